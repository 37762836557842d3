// The reader of JSON against simdjson's document tree: the same records for whatever comes.
#include "decode/json_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "decode/json_shapes.h"
#include "decode/plain_string.h"
#include "interposed.h"
#include "json_oracle.h"
#include "settings_fixture.h"
#include "telephony_exporter/decode/decoder.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

std::string shown(const std::optional<double>& value) { return value ? std::to_string(*value) : "-"; }

/// All that a record says; of a reject only its cause.
std::string shown(const Record& record) {
  if (std::holds_alternative<Ignored>(record)) return "ignored";
  if (const auto* reject = std::get_if<Reject>(&record)) return std::string(name(reject->cause));
  const Event& event = std::get<Event>(record);
  std::string out;
  for (const std::string_view part :
       {event.kind, event.code, event.numbering, event.text, event.account, event.identity, event.warning}) {
    out += std::string(part) + '|';
  }
  if (event.session) out += name(*event.session);
  if (event.retry_after) out += " after " + std::to_string(event.retry_after->count());
  if (event.call) out += " call " + std::string(event.call->session) + '/' + std::string(event.call->leg);
  if (event.call && event.call->over) out += " over";
  for (const CallMeasures& leg : event.legs) {
    out += " leg " + shown(leg.duration_seconds) + ' ' + shown(leg.setup_seconds) + ' ' + shown(leg.mos) +
           ' ' + shown(leg.loss_ratio) + ' ' + shown(leg.jitter_seconds);
  }
  if (event.occurred) out += " at " + std::to_string(event.occurred->time_since_epoch().count());
  return out + ' ' + event.absurd.to_string();
}

using Records = std::vector<std::string>;

Records read(Decoder& decoder, const Source& source, std::string_view body,
             BodyFormat format = BodyFormat::json) {
  // In memory of its own and of its own size, so that a sanitizer sees what is read behind it.
  const std::vector<char> own(body.begin(), body.end());
  RawEvent raw;
  raw.format = format;
  raw.body = {own.data(), own.size()};
  Records records;
  decoder.decode(source, raw, [&](const Record& record) { records.push_back(shown(record)); });
  return records;
}

Records read(const Source& source, std::string_view body, BodyFormat format = BodyFormat::json) {
  static Decoder decoder;
  return read(decoder, source, body, format);
}

Records read_slowly(const Source& source, std::string_view body) {
  static JsonOracle oracle;
  Records records;
  oracle.decode(source, body, [&](const Record& record) { records.push_back(shown(record)); });
  return records;
}

/// An array that can't be read as a whole is read by its elements, which the oracle does not.
bool is_refused_array(const Source& source, const std::string& body) {
  const Records records = read_slowly(source, body);
  const bool refused = records == Records{"malformed"} || records == Records{"too_deep"};
  return refused && body.find_first_not_of(" \t\r\n") == body.find('[');
}

const std::string kAcme = R"(
provider: acme
title: Acme
no_error: ["0", none]
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: failure, title: Failures, unlisted: {category: request, severity: warning, retry: never}}
    codes:
      - {code: "17", reason: busy, family: failure, category: user, severity: info, retry: never,
         message: Busy, meaning: m, remedy: r}
outcomes: {completed: [completed], no_answer: [no_answer], ongoing: [ringing]}
records: [/data/calls, "/Data/1/a~1b", /calls, /list/0]
events:
  - kind: call
    when: [/status, /error/code, /error/text, /list/1/code, /legs/*/code]
    status: [/status]
    code: [/error/code, /legs/*/code, /list/1/code, /legs/a/code, "/*/*/code"]
    text: [/error/text, /error/a~1b, /legs/b/text, /legs/*/text]
    account: [/account, /legs/*/account, "/*/account"]
    dedup: {id: [/id, /other/id], with: [/status, /sequence]}
    legs: {at: [/legs/a, /legs/b], duration: [/duration], mos: [/mos]}
lines:
  - {kind: log, pattern: 'error {code}: {text}'}
  - {kind: json, pattern: '"errorCode":{code}'}
  - {kind: json_text, pattern: '"errorText":"{text}"'}
)";

const Source& acme() {
  static const auto settings = settings_of(kAcme);
  return settings->sources.front();
}

/// A random value, made of what means something to the catalog and of what does not.
class RandomJson {
 public:
  explicit RandomJson(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }

  std::string value(std::size_t depth) {
    switch (depth == 0 ? 2 + below(6) : below(8)) {
      case 0:
        return object(depth - 1);
      case 1:
        return array(depth - 1);
      case 2:
      case 3:
        return number();
      case 4:
        return pick({"true", "false", "null"});
      default:
        return string();
    }
  }

  std::string object(std::size_t depth) {
    return '{' + items([&] { return key() + space() + ':' + space() + value(depth); }) + '}';
  }

  std::string array(std::size_t depth) {
    return '[' + items([&] { return value(depth); }) + ']';
  }

  /// One byte more, less or another, or a piece twice.
  std::string mutated(std::string text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        return text.insert(at, 1, byte());
      case 1:
        return text.erase(at, 1 + below(4));
      case 2:
        if (at < text.size()) text[at] = byte();
        return text;
      default:
        return text.insert(at, text.substr(below(text.size() + 1), below(8)));
    }
  }

 private:
  template <typename Item>
  std::string items(const Item& item) {
    std::string out = space();
    const std::size_t n = below(5);
    for (std::size_t i = 0; i < n; ++i) out += (i > 0 ? "," : "") + space() + item() + space();
    return out;
  }

  std::string pick(const std::vector<std::string>& list) { return list[below(list.size())]; }
  std::string space() { return below(4) == 0 ? pick({" ", "\t", "\r\n ", "        "}) : ""; }
  char byte() {
    static constexpr std::string_view kLikely = "\"\\{}[]:, \n0123456789eE+-.truefalsn/ux\x80\xc3\xff\x01";
    return below(8) == 0 ? static_cast<char>(below(256)) : kLikely[below(kLikely.size())];
  }

  std::string key() {
    return '"' + pick({"status",    "Status",    "error",      "ERROR",   "code",      "text",
                       "a/b",       "a\\/b",     "\\u0063ode", "legs",    "a",         "b",
                       "B",         "list",      "account",    "id",      "other",     "sequence",
                       "calls",     "Calls",     "data",       "Data",    "mos",       "duration",
                       "errorCode", "errorText", "",           "unknown", "h\xc3\xa4", "\\ud83d\\ude00"}) +
           '"';
  }
  std::string string() {
    return '"' +
           pick({"completed", "No answer", "17", "-2010", "", "none", "error 17: Busy", "two words", "x\\ny",
                 "error \\u0031\\u0037: B\\\"usy\\\"", "\\ud83d\\ude00", "\\\\", "h\xc3\xa4", "a\\/b", " 5 ",
                 "a\\u0000b", "12.5", std::string(100, 'x')}) +
           '"';
  }
  std::string number() {
    return pick({"0", "-0", "17", "-2010", "-2010.0", "2.01e3", "1e300", "12.5", "1e-400", "0.1", "1E+2",
                 "9223372036854775807", "-9223372036854775808", "18446744073709551615", "123456789012345678",
                 "1234567890123456789", "1000000000000000", "999999999999999.0", "4.2"});
  }

  std::mt19937 random_;
};

TEST(JsonReader, ReadsRandomDocumentsAsTheDocumentTreeDoes) {
  RandomJson random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string body = random.below(4) == 0 ? random.array(3) : random.object(4);
    ASSERT_EQ(read(acme(), body), read_slowly(acme(), body)) << body;
  }
}

bool has_long_number(const std::string& text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits == 19) return true;
  }
  return false;
}

TEST(JsonReader, ReadsMutatedDocumentsAsTheDocumentTreeDoes) {
  RandomJson random(8);
  std::size_t refused = 0;
  for (int i = 0; i < 40'000; ++i) {
    std::string body = random.below(4) == 0 ? random.array(3) : random.object(4);
    for (std::size_t n = random.below(3); n > 0 || i % 3 == 0; --n) {
      body = random.mutated(std::move(body));
      if (n == 0) break;
    }
    const Records expected = read_slowly(acme(), body);
    if (is_refused_array(acme(), body)) continue;
    refused += expected == Records{"malformed"} ? 1 : 0;
    const Records records = read(acme(), body);
    if (records == expected) continue;
    // Whole numbers beyond 64 bits are the one thing that the tree refuses and the reader does not.
    ASSERT_TRUE(has_long_number(body) && expected == Records{"malformed"}) << body;
  }
  EXPECT_GT(refused, 5'000U);
}

/// Every sample of every provider, whole and with each of its bytes changed.
TEST(JsonReader, ReadsTheSamplesAsTheDocumentTreeDoes) {
  RandomJson random(9);
  const auto more = load_settings(SOURCE_DIRECTORY "/tests/testdata/more_providers.yml");
  std::size_t texts = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(SOURCE_DIRECTORY "/tests/testdata/providers")) {
    const auto ending = file.path().extension();
    if (ending != ".json" && ending != ".ndjson") continue;
    const std::string name = file.path().parent_path().filename();
    const Source* source = shipped_settings()->source(name);
    if (source == nullptr) source = more->source(name);
    ASSERT_NE(source, nullptr) << name;
    std::ifstream in(file.path(), std::ios::binary);
    std::string text;
    while (ending == ".ndjson" ? !std::getline(in, text).fail() : text.empty()) {
      if (ending == ".json") text.assign(std::istreambuf_iterator<char>(in), {});
      ++texts;
      EXPECT_EQ(read(*source, text), read_slowly(*source, text)) << file.path();
      for (int i = 0; i < 200; ++i) {
        const std::string mutated = random.mutated(text);
        if (is_refused_array(*source, mutated)) continue;
        const Records expected = read_slowly(*source, mutated);
        if (has_long_number(mutated) && expected == Records{"malformed"}) continue;
        ASSERT_EQ(read(*source, mutated), expected) << mutated;
      }
    }
  }
  EXPECT_GT(texts, 80U);
}

/// The text with other scalars in the places of some that it has, so that its shape stays.
std::string with_other_scalars(std::string text, RandomJson& random) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end =
        text[at] == '"' ? text.find('"', at + 1) + 1 : text.find_first_of(",]} :\t\r\n", at);
    const bool is_value = end != 0 && end != text.npos &&
                          std::string_view("{}[],: \t\r\n").find(text[at]) == std::string_view::npos &&
                          text.find_first_not_of(" \t\r\n", end) != text.find(':', end);
    if (!is_value || random.below(2) == 0) {
      at = end > at && end != text.npos ? end : at + 1;
      continue;
    }
    const std::string scalar = random.value(0);
    text.replace(at, end - at, scalar);
    at += scalar.size();
  }
  return text;
}

/// What a known shape tells is what the tree tells, whatever stands where the values stood.
TEST(JsonReader, ReadsKnownShapesAsTheDocumentTreeDoes) {
  RandomJson random(10);
  std::size_t events = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string first = random.object(4);
    Decoder decoder;
    for (int again = 0; again < 2; ++again) {
      ASSERT_EQ(read(decoder, acme(), first), read_slowly(acme(), first)) << first;
    }
    for (int again = 0; again < 3; ++again) {
      std::string body = with_other_scalars(first, random);
      if (again == 2) body = random.mutated(std::move(body));
      const Records expected = read_slowly(acme(), body);
      if (is_refused_array(acme(), body) || (has_long_number(body) && expected == Records{"malformed"}))
        continue;
      ASSERT_EQ(read(decoder, acme(), body), expected) << body << "\nafter " << first;
      const bool ends_well = !expected.empty() && expected.front() != "malformed";
      events += ends_well && expected.front() != "ignored" ? 1 : 0;
      if (!ends_well || body.find('\n') != body.npos || first.find('\n') != first.npos) continue;
      Records both = expected;
      for (const std::string& record : read_slowly(acme(), first)) both.push_back(record);
      ASSERT_EQ(read(decoder, acme(), body + '\n' + first, BodyFormat::ndjson), both)
          << body << "\nafter " << first;
    }
  }
  EXPECT_GT(events, 10'000U);
}

/// Vectors find what a look at each byte finds, wherever it stands.
TEST(PlainString, EndsWhereItDoesByteByByte) {
  std::mt19937 random(11);
  for (std::size_t size = 0; size < 300; ++size) {
    for (const char c : {'"', '\\', '\n', '\0', '\x1f', ' ', '\x7f', '\x80', '\xff'}) {
      std::vector<char> text(size, 'x');
      for (int i = 0; i < 3 && size > 0; ++i) text[random() % size] = c;
      const auto is_end = [](char b) { return b == '"' || b == '\\' || static_cast<unsigned char>(b) < ' '; };
      const auto end =
          static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_end) - text.begin());
      PlainString string;
      ASSERT_EQ(string.find_end(text.data(), text.data() + size), text.data() + end) << size << ' ' << int{c};
      const bool ascii = std::none_of(text.begin(), text.end(), [](char b) { return (b & 0x80) != 0; });
      ASSERT_EQ(string.is_ascii(), ascii) << size << ' ' << int{c};
    }
  }
}

TEST(JsonShapes, KnowOnWhatTheyKnewWhenMemoryRanOut) {
  const FieldSteps& steps = acme().catalog->reading.steps;
  JsonReader reader;
  Slots slots;
  std::vector<JsonScalar> scalars;
  const std::string text = R"({"status":"busy","a rather long name":[1,{"id":2}],"account":null})";
  ASSERT_EQ(reader.parse(text, steps, slots), std::nullopt);
  ASSERT_TRUE(reader.scalars(steps, slots, scalars));
  int failures = 0;
  for (int nth = 1;; ++nth) {
    JsonShapes shapes;
    try {
      const interposed::AllocationFault fault(nth);
      shapes.learn(text, scalars, steps);
      break;
    } catch (const std::bad_alloc&) {
      ++failures;
    }
    EXPECT_EQ(shapes.read(text, steps, slots), 0U);
    for (int again = 0; again < 2; ++again) shapes.learn(text, scalars, steps);
    EXPECT_EQ(shapes.read(text, steps, slots), text.size());
    const std::string other = R"({"status":"busy","another":1})";
    EXPECT_EQ(shapes.read(other, steps, slots), 0U);
  }
  EXPECT_GT(failures, 2);
}

TEST(JsonShapes, KnowARecordThatRepeatsOneButForItsValues) {
  const FieldSteps& steps = acme().catalog->reading.steps;
  JsonReader reader;
  JsonShapes shapes;
  Slots slots;
  std::vector<JsonScalar> scalars;
  const auto learn = [&](const std::string& text) {
    ASSERT_EQ(reader.parse(text, steps, slots), std::nullopt);
    ASSERT_TRUE(reader.scalars(steps, slots, scalars));
    shapes.learn(text, scalars, steps);
  };
  const std::string first = R"({"status":"busy","x":[1,{"id":2}],"account":null})";
  EXPECT_EQ(shapes.read(first, steps, slots), 0U);
  EXPECT_TRUE(shapes.curious());
  learn(first);
  EXPECT_EQ(shapes.read(first, steps, slots), first.size());
  const std::string second =
      "{\"status\":17.50,\"x\":[null,{\"id\":\"h\xc3\xa4\"}],\"account\":\"acme\"}and more";
  EXPECT_EQ(shapes.read(second, steps, slots), second.size() - 8);
  EXPECT_FALSE(shapes.curious());
  const std::string third = R"({"status":"busy","x":["\\ \"\/",{"id":2}],"account":null})";
  EXPECT_EQ(shapes.read(third, steps, slots), third.size()) << "nobody wants the string with the escapes";
  for (const char* other :
       {"", "{", R"({"status":"busy)", R"({"status":"busy","x":[1,{"id":2}],"account":nul)",
        R"({"status":"busy","x":[1,{"id":2}],"Account":null})",
        R"({"status":"busy","x":[1,{"id":[]}],"account":null})",
        R"({"status":"b\u0075sy","x":[1,{"id":2}],"account":null})",
        R"({"status":"busy","x":["\u0031",{"id":2}],"account":null})",
        R"({"status":"busy","x":["\x",{"id":2}],"account":null})", R"({"status":"busy","x":["\)",
        R"({"status":"b\/sy","x":[1,{"id":2}],"account":null})",
        R"({"status":"busy","x":[01,{"id":2}],"account":null})",
        "{\"status\":\"bu\tsy\",\"x\":[1,{\"id\":2}],\"account\":null}",
        "{\"status\":\"b\xffsy\",\"x\":[1,{\"id\":2}],\"account\":null}"}) {
    EXPECT_EQ(shapes.read(other, steps, slots), 0U) << other;
    ASSERT_EQ(shapes.read(first, steps, slots), first.size());
  }
  // So many shapes that those that came first are forgotten.
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = R"({"status":"busy","k)" + std::to_string(i) + R"(":"completed"})";
    shapes.read(text, steps, slots);
    learn(text);
    if (!testing::Test::HasFatalFailure()) continue;
    FAIL() << text;
  }
  EXPECT_EQ(shapes.read(first, steps, slots), 0U);
  learn(first);
  std::size_t pause = 0;
  while (shapes.read(first, steps, slots) == 0 && pause < 100) ++pause;
  EXPECT_GT(pause, 0U);
  EXPECT_LT(pause, 9U);
  EXPECT_EQ(shapes.read(first, FieldSteps(), slots), 0U) << "another catalog's fields stand elsewhere";
  EXPECT_EQ(shapes.read(first, steps, slots), first.size());
}

/// Decoders remember shapes and status words, and each catalog has its own.
TEST(JsonReader, ReadsWhatTwoCatalogsShareByEachOfThem) {
  std::string catalog = kAcme;
  catalog.replace(catalog.find("completed: [completed]"), 22, "failed: [completed]");
  catalog.replace(catalog.find("account: [/account"), 18, "account: [/id");
  const auto other = settings_of(catalog);
  const std::string body = R"({"status":"completed","account":"a","id":"1"})";
  Decoder decoder;
  for (int again = 0; again < 3; ++again) {
    EXPECT_EQ(read(decoder, acme(), body), read_slowly(acme(), body));
    const Records records = read(decoder, other->sources.front(), body);
    EXPECT_EQ(records, read_slowly(other->sources.front(), body));
    EXPECT_NE(records, read(decoder, acme(), body));
    EXPECT_NE(records.front().find("|failed "), std::string::npos) << records.front();
  }
}

TEST(JsonReader, RefusesWhatIsBrokenInFieldsThatNobodyReads) {
  const auto with = [](const std::string& value) {
    return R"({"status":"completed","skipped":{"deep":[1,)" + value + R"(,{}]},"account":"a"})";
  };
  const Records read_well = read(acme(), with("2"));
  ASSERT_EQ(read_well.size(), 1U);
  EXPECT_NE(read_well[0], "malformed");
  for (const char* value : {"tru",
                            "truex",
                            "True",
                            "nul",
                            "nulll",
                            "falsey",
                            "NaN",
                            "-",
                            "+1",
                            "01",
                            "-01",
                            "1.",
                            ".5",
                            "1e",
                            "1e+",
                            "1.e1",
                            "0x1",
                            "1_0",
                            "1 2",
                            "1e999",
                            "--1",
                            "1-",
                            "'a'",
                            "\"a",
                            "a\"",
                            "\"\\x\"",
                            "\"\\u12\"",
                            "\"\\u12g4\"",
                            "\"\\ud800\"",
                            "\"\\ud800\\u0041\"",
                            "\"\t\"",
                            "\"\n\"",
                            "\"\x01\"",
                            "\"\xff\"",
                            "\"\xc3\"",
                            "\"\xed\xa0\x80\"",
                            "\"\xf5\x80\x80\x80\"",
                            "\"\xc0\xaf\"",
                            "\xc3\xa4",
                            "\"a\"\"b\"",
                            "\"a\"b",
                            "1\"b\"",
                            "{",
                            "}",
                            "[",
                            "]",
                            "{]",
                            "[}",
                            "[1,]",
                            "[,1]",
                            "[1 2]",
                            "{\"a\"}",
                            "{\"a\":}",
                            "{:1}",
                            "{1:1}",
                            "{\"a\":1,}",
                            "{\"a\" 1}",
                            "{a:1}",
                            ",",
                            ":",
                            "/**/",
                            "1//",
                            "\\",
                            "\\\"",
                            "true false",
                            "\"a\":1",
                            ""}) {
    const std::string body = with(value);
    EXPECT_EQ(read(acme(), body), Records{"malformed"}) << body;
    EXPECT_EQ(read_slowly(acme(), body), Records{"malformed"}) << body;
    if (body.find('\n') != body.npos) continue;
    EXPECT_EQ(read(acme(), with("1") + "\n" + body + "\n" + with("1"), BodyFormat::ndjson),
              (Records{read_well[0], "malformed", read_well[0]}))
        << body;
  }
}

TEST(JsonReader, ANumberBeyond64BitsIsANumber) {
  for (const char* digits :
       {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890"}) {
    const std::string number(digits);
    EXPECT_EQ(read(acme(), R"({"status":"completed","skipped":)" + number + "}"),
              read(acme(), R"({"status":"completed","skipped":1})"));
    EXPECT_EQ(read(acme(), R"({"error":{"code":)" + number + "}}"), Records{"bad_code"});
    EXPECT_EQ(read(acme(), R"({"x":)" + number + R"(,"errorCode":17})").front().substr(0, 8), "json|17|");
    EXPECT_EQ(read(acme(), R"({"skipped":)" + number + "x}"), Records{"malformed"});
  }
}

TEST(JsonReader, SettlesWhetherATextIsTooDeepAsTheDocumentTreeDoes) {
  for (std::size_t levels = limits::kJsonDepth - 2; levels < limits::kJsonDepth + 3; ++levels) {
    for (const char* inside : {"", "1", "{}", "[]", "{\"a\":1}", "[1]", "x", "]"}) {
      for (const char* end : {"", "}", "x", "]"}) {
        const std::string body = R"({"status":)" + std::string(levels - 1, '[') + inside +
                                 std::string(levels - 1, ']') + "}" + end;
        EXPECT_EQ(read(acme(), body), read_slowly(acme(), body)) << body;
      }
    }
  }
}

TEST(FieldSteps, AreRefusedWhenTheyAreTooMany) {
  std::string locations;
  for (int i = 0; i < 12; ++i) {
    std::string location = "/";
    for (int level = 0; level < 12; ++level)
      location += (level > 0 ? "/" : "") + std::string(level == i ? "a" : "*");
    locations += (i > 0 ? ", \"" : "\"") + location + "\"";
  }
  std::string catalog = kAcme;
  catalog.replace(catalog.find("/error/text, /error/a~1b"), 24, locations);
  EXPECT_THROW(settings_of(catalog), std::exception);
}

}  // namespace
}  // namespace telephony
