// Bodies to records: every format, its limits, and what becomes of what is not well-formed.
#include "telephony_exporter/decode/decoder.h"

#include <gtest/gtest.h>

#include "settings_fixture.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
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
records: [/data/calls, /calls]
events:
  - kind: greeting
    when: {field: /type, equals: Hello}
    warning: Say hello elsewhere.
  - kind: call
    when: [/status, /error/code, /error/text, /log, /reason, "header:Reason"]
    status: [/status]
    code:
      - /error/code
      - /legs/*/code
      - /list/1/code
      - {line: /log}
      - {reason: /reason}
      - {reason: "header:Reason"}
    text: [/error/text, /error/a~1b]
    account: [/account, /legs/*/account]
    dedup: {id: [/id, /other/id], with: [/status, /sequence]}
lines:
  - {kind: log, pattern: 'error {code}: {text}'}
  - {kind: log_word, pattern: 'word={word} id={id}'}
)";

const Settings& settings() {
  static const auto loaded = settings_of(kCatalog);
  return *loaded;
}

std::string shown(const Record& record) {
  if (std::holds_alternative<Ignored>(record)) return "ignored";
  if (const auto* reject = std::get_if<Reject>(&record)) {
    return "reject " + std::string(name(reject->cause)) + ' ' + std::to_string(reject->record) + ": " +
           reject->detail;
  }
  const Event& event = std::get<Event>(record);
  std::string out(event.kind);
  const auto add = [&](const char* what, std::string_view value) {
    if (!value.empty()) out += ' ' + std::string(what) + '=' + std::string(value);
  };
  add("code", event.code);
  add("text", event.text);
  add("account", event.account);
  add("id", event.identity);
  add("session", event.session ? name(*event.session) : "");
  add("warning", event.warning);
  return out;
}

using Records = std::vector<std::string>;

Records decoded(const RawEvent& raw) {
  static Decoder decoder;
  Records records;
  decoder.decode(settings().sources.front(), raw, [&](const Record& record) {
    const auto* ignored = std::get_if<Ignored>(&record);
    records.insert(records.end(), ignored != nullptr ? ignored->records : 1, shown(record));
  });
  return records;
}

Records decoded(BodyFormat format, std::string_view body) {
  RawEvent raw;
  raw.format = format;
  raw.body = body;
  return decoded(raw);
}

struct Case {
  std::string body;
  Records records;
};

void check(BodyFormat format, const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(decoded(format, c.body), c.records) << c.body.substr(0, 200);
}

const char* const kBadCode = "reject bad_code 0: the error code is neither a number nor a short word";

TEST(DecodeJson, ReadsTheFieldsOfTheRule) {
  check(BodyFormat::json,
        {
            {R"({"status":"completed"})", {"call session=completed"}},
            {R"({"status":"no-answer","id":"7"})", {"call id=4:call1:79:no-answer0: session=no_answer"}},
            {R"({"status":"ringing"})", {"call"}},
            {R"({"status":"exploded"})", {"call session=other"}},
            {R"({"STATUS":"Completed","Account":" acme "})", {"call account=acme session=completed"}},
            {R"({"error":{"code":17,"text":"Busy"}})", {"call code=17 text=Busy"}},
            {R"({"error":{"text":"Busy"}})", {"call text=Busy"}},
            {R"({"error":{"code":17,"a/b":"escaped"}})", {"call code=17 text=escaped"}},
            {R"({"status":"completed","legs":{"a":{},"b":{"code":5,"account":"x"},"c":{"code":6}}})",
             {"call code=5 account=x session=completed"}},
            {R"({"status":"completed","legs":[{"code":8}]})", {"call code=8 session=completed"}},
            {R"({"status":"completed","list":[{"code":1},{"code":2}]})", {"call code=2 session=completed"}},
            {R"({"log":"at 9: error 17: Busy"})", {"call code=17 text=Busy"}},
            {R"({"log":"all is well"})", {"call"}},
            {R"({"reason":"SIP;cause=486;text=\"Busy\""})", {"call code=486 text=Busy"}},
            {R"({"reason":"SIP;cause=486, X;cause=7"})", {"call code=7"}},
            {R"({"reason":"Q.850;cause=16"})", {"call"}},
            {R"({"reason":"Nobody home"})", {"call text=Nobody home"}},
            {R"({"type":"HELLO"})", {"greeting warning=Say hello elsewhere."}},
            {R"({"type":"other"})", {"ignored"}},
            {R"({"status":null})", {"ignored"}},
            {R"({"status":""})", {"ignored"}},
            {"{}", {"ignored"}},
            {R"({"unknown":{"status":"completed"}})", {"ignored"}},
        });
}

TEST(DecodeJson, IdentityHoldsTheKindTheIdAndEachOther) {
  check(BodyFormat::json,
        {
            {R"({"status":"completed","id":"a","sequence":3})",
             {"call id=4:call1:a9:completed1:3 session=completed"}},
            {R"({"status":"completed","other":{"id":12}})",
             {"call id=4:call2:129:completed0: session=completed"}},
            {R"({"status":"completed","id":"","other":{"id":"b"}})",
             {"call id=4:call1:b9:completed0: session=completed"}},
            {R"({"status":"completed","id":null,"sequence":3})", {"call session=completed"}},
        });
}

TEST(DecodeJson, ACodeIsAWholeNumberOrAShortWord) {
  const auto code = [](const std::string& value) { return R"({"error":{"code":)" + value + "}}"; };
  const std::string longest(limits::kCodeBytes, 'a');
  check(BodyFormat::json, {
                              {code("-2010"), {"call code=-2010"}},
                              {code("\"-2010\""), {"call code=-2010"}},
                              {code("-2010.0"), {"call code=-2010"}},
                              {code("2.01e3"), {"call code=2010"}},
                              {code("9223372036854775807"), {"call code=9223372036854775807"}},
                              {code("-9223372036854775808"), {"call code=-9223372036854775808"}},
                              {code("\"  17\\t\""), {"call code=17"}},
                              {code("\"" + longest + "\""), {"call code=" + longest}},
                              {code("\"two words\""), {"call text=two words"}},
                              {code("\"" + longest + " a\""), {"call text=" + longest + " a"}},
                              {code("0"), {"call"}},
                              {code("-0.0"), {"call"}},
                              {code("\"none\""), {"call"}},
                              {code("null"), {"ignored"}},
                              {code("\"\""), {"ignored"}},
                              {code("\"" + longest + "a\""), {kBadCode}},
                              {code("-2010.5"), {kBadCode}},
                              {code("18446744073709551615"), {kBadCode}},
                              {code("1e300"), {kBadCode}},
                              {code("true"), {kBadCode}},
                              {code("{}"), {kBadCode}},
                              {code("[17]"), {kBadCode}},
                              {code("\"a\\u0000b\""), {kBadCode}},
                              {code("\"a\\nb\""), {kBadCode}},
                              {code("\"\\u007f\""), {kBadCode}},
                          });
}

TEST(DecodeJson, TheNextAlternativeIsReadWhenOneSaysNothing) {
  check(BodyFormat::json, {
                              {R"({"error":{"code":0},"legs":{"a":{"code":5}}})", {"call code=5"}},
                              {R"({"error":{"code":""},"log":"error 6: Six"})", {"call code=6 text=Six"}},
                              {R"({"error":{"code":4},"legs":{"a":{"code":5}}})", {"call code=4"}},
                          });
}

TEST(DecodeJson, OfAKeyThatIsThereTwiceTheFirstCounts) {
  check(BodyFormat::json,
        {
            {R"({"status":"completed","status":"no_answer"})", {"call session=completed"}},
            {R"({"Status":"completed","status":"no_answer"})", {"call session=completed"}},
            {R"({"error":{"code":1},"error":{"code":2,"text":"Two"}})", {"call code=1 text=Two"}},
            {R"({"error":{"code":true,"code":2}})", {kBadCode}},
        });
}

TEST(DecodeJson, SplitsArraysAndLists) {
  const std::string done = R"({"status":"completed"})";
  check(
      BodyFormat::json,
      {
          {"[]", {}},
          {"[" + done + "," + done + "]", {"call session=completed", "call session=completed"}},
          {"[" + done + ",{}," + done + "]", {"call session=completed", "ignored", "call session=completed"}},
          {"[" + done + ",5,[]]",
           {"call session=completed", "reject malformed 1: holds something that is no JSON object",
            "reject malformed 2: holds something that is no JSON object"}},
          {R"({"data":{"calls":[)" + done + ",{}]}}", {"call session=completed", "ignored"}},
          {R"({"calls":[)" + done + "]}", {"call session=completed"}},
          {R"({"data":{"calls":[]}})", {}},
          {R"({"data":{"calls":{}},"status":"completed"})", {"call session=completed"}},
          {R"([{"data":{"calls":[)" + done + "," + done + "]}}]",
           {"call session=completed", "call session=completed"}},
          {"5", {"reject malformed 0: holds something that is no JSON object"}},
          {"\"text\"", {"reject malformed 0: holds something that is no JSON object"}},
          {"null", {"reject malformed 0: holds something that is no JSON object"}},
      });
}

TEST(DecodeJson, SaysWhereItStopsBeingJson) {
  check(BodyFormat::json,
        {
            {"", {"reject malformed 0: is not JSON: wrong at its end"}},
            {"   ", {"reject malformed 0: is not JSON: wrong at its end"}},
            {R"({"status":)", {"reject malformed 0: is not JSON: wrong at its end"}},
            {R"({"status":"compl)", {"reject malformed 0: is not JSON: wrong at its end"}},
            {"{\"a\":}", {"reject malformed 0: is not JSON: wrong at line 1, column 6"}},
            {"{\n \"a\": 1,\n \"b\" 2}", {"reject malformed 0: is not JSON: wrong at line 3, column 6"}},
            {"{} {}", {"reject malformed 0: is not JSON: wrong at line 1, column 4"}},
            {"{'a':1}", {"reject malformed 0: is not JSON: wrong at line 1, column 2"}},
            {"{\"a\":01}", {"reject malformed 0: is not JSON: wrong at line 1, column 7"}},
            {std::string("{}\0x", 4), {"reject malformed 0: is not JSON: wrong at line 1, column 3"}},
            {std::string("[]\0x", 4), {"reject malformed 0: is not JSON: wrong at line 1, column 3"}},
            {"{\"a\":NaN}", {"reject malformed 0: is not JSON: wrong at line 1, column 6"}},
            {"{\"a\":\"\\x\"}", {"reject malformed 0: is not JSON: wrong at line 1, column 8"}},
            {"{\"a\":\"\xff\"}", {"reject malformed 0: is not JSON: wrong at line 1, column 7"}},
            {"status=completed", {"reject malformed 0: is not JSON: wrong at line 1, column 1"}},
            {"{\"a\":1e999}", {"reject malformed 0: is not JSON: wrong at line 1, column 10"}},
            {"{\"a\":12345678901234567890123}", {"ignored"}},
        });
}

TEST(DecodeJson, AByteOrderMarkIsSkipped) {
  const std::string mark = "\xef\xbb\xbf";
  check(BodyFormat::json, {{mark + R"({"status":"completed"})", {"call session=completed"}}});
  check(BodyFormat::ndjson,
        {{mark + "{\"status\":\"completed\"}\n{}", {"call session=completed", "ignored"}}});
  check(BodyFormat::text, {{mark + "{\"status\":\"completed\"}\n", {"call session=completed"}},
                           {mark + "error 17: Busy\n", {"log code=17 text=Busy"}}});
}

TEST(DecodeJson, DepthIsLimited) {
  const auto nested = [](std::size_t levels, const std::string& inside) {
    std::string body;
    for (std::size_t i = 1; i < levels; ++i) body += "{\"a\":";
    return body + inside + std::string(levels - 1, '}');
  };
  check(BodyFormat::json,
        {
            {nested(limits::kJsonDepth, "{}"), {"ignored"}},
            {nested(limits::kJsonDepth, "[]"), {"ignored"}},
            {nested(limits::kJsonDepth + 1, "{}"), {"reject too_deep 0: is nested deeper than 64 levels"}},
            {nested(limits::kJsonDepth + 1, "[]"), {"reject too_deep 0: is nested deeper than 64 levels"}},
            {std::string(100'000, '[') + std::string(100'000, ']'),
             {"reject too_deep 0: element 0 is nested deeper than 64 levels"}},
            {"[{\"status\":\"completed\"}, " + nested(limits::kJsonDepth + 1, "{}") +
                 R"(,{"a":"],[{\",1"},{"b":12345678901234567890123}])",
             {"call session=completed", "reject too_deep 1: element 1 is nested deeper than 64 levels",
              "ignored", "ignored"}},
            {std::string(60'000, '['), {"reject malformed 0: is not JSON: wrong at its end"}},
            {std::string(100'000, '['), {"reject malformed 0: is not JSON: wrong behind its first 64 KiB"}},
        });
  check(BodyFormat::ndjson,
        {{"{}\n" + nested(limits::kJsonDepth + 1, "{}") + "\n{}",
          {"ignored", "reject too_deep 1: line 2 is nested deeper than 64 levels", "ignored"}}});
}

TEST(DecodeJson, NoneOfTheProvidersFieldsIsSearchedAsText) {
  check(BodyFormat::json,
        {
            {R"({"msg":"x error 17: Busy"})", {"log code=17 text=Busy"}},
            {R"({"a":1,"b":[true,{"c":"error 17: Busy"}],"d":"error 18: Late"})", {"log code=17 text=Busy"}},
            {R"({"msg":"word=GONE id=x-1"})", {"log_word code=GONE id=8:log_word3:x-1"}},
            {R"({"error 17: Busy":1})", {"log code=17 text=Busy"}},
            {R"({"msg":"error 0: Fine"})", {"log"}},
            {R"({"status":"completed","msg":"error 17: Busy"})", {"call session=completed"}},
        });
}

TEST(DecodeNdjson, ReadsLinesOneByOne) {
  const std::string done = R"({"status":"completed"})";
  const std::string read = "call session=completed";
  check(BodyFormat::ndjson,
        {
            {"", {}},
            {"\n \n\t\r\n", {}},
            {done, {read}},
            {done + "\n", {read}},
            {done + "\r\n\r\n" + done + "\r\n", {read, read}},
            {done + "\n{\"a\":}\n" + done + "\nx\n" + done,
             {read, "reject malformed 1: line 2 is not JSON: wrong at column 6", read,
              "reject malformed 3: line 4 is not JSON: wrong at column 1", read}},
            {done + "\n{\"status\":", {read, "reject malformed 1: line 2 is not JSON: wrong at its end"}},
            {"[" + done + "," + done + "]\n" + done, {read, read, read}},
            {"\n5\n", {"reject malformed 0: line 2 holds something that is no JSON object"}},
            {"{\"error\":{\"code\":true}}\n" + done, {kBadCode, read}},
        });
}

TEST(DecodeForm, IsAFlatRecord) {
  check(BodyFormat::form,
        {
            {"status=completed", {"call session=completed"}},
            {"Status=no+answer&ID=a%2Fb", {"call id=4:call3:a/b9:no answer0: session=no_answer"}},
            {"%73tatus=%63ompleted", {"call session=completed"}},
            {"status=completed&status=no_answer", {"call session=completed"}},
            {"&&status=completed&&", {"call session=completed"}},
            {"status=completed&account=a=b", {"call account=a=b session=completed"}},
            {"log=error+17%3A+Busy", {"call code=17 text=Busy"}},
            {"reason=SIP%3Bcause%3D486", {"call code=486"}},
            {"type=hello", {"greeting warning=Say hello elsewhere."}},
            {"error=17", {"ignored"}},
            {"status", {"ignored"}},
            {"status=", {"ignored"}},
            {"=completed", {"ignored"}},
            {"", {"ignored"}},
            {"msg=error+17%3A+Busy", {"ignored"}},
        });
}

TEST(DecodeForm, SaysWhereAPercentEncodingIsBad) {
  const auto bad = [](int byte) {
    return Records{"reject malformed 0: is no form: a '%' without two hexadecimal digits at byte " +
                   std::to_string(byte)};
  };
  check(BodyFormat::form, {
                              {"%", bad(0)},
                              {"a=%", bad(2)},
                              {"a=%4", bad(2)},
                              {"a=%4g", bad(2)},
                              {"status=completed&b=1%zz", bad(20)},
                              {"a%=1", bad(1)},
                              {"a=%%41", bad(2)},
                          });
}

TEST(DecodeText, SearchesEachLine) {
  const std::string longest = "error 17: " + std::string(limits::kLineBytes - 10, 'a');
  check(BodyFormat::text, {
                              {"", {}},
                              {"\n\r\n \t\n", {}},
                              {"all is well\nx error 17: Busy\r\n\nword=GONE id=7 x",
                               {"ignored", "log code=17 text=Busy", "log_word code=GONE id=8:log_word1:7"}},
                              {"error 0: Fine\n", {"log"}},
                              {longest, {"log code=17 text=" + longest.substr(10)}},
                              {longest + "\r\n", {"log code=17 text=" + longest.substr(10)}},
                              {"ok\n" + longest + "a\nok",
                               {"ignored", "reject too_long 1: line 2 is longer than 8192 bytes", "ignored"}},
                              {"word=" + std::string(limits::kCodeBytes + 1, 'a') + " id=7", {"ignored"}},
                              {std::string("error 17: a\0b", 13), {std::string("log code=17 text=a\0b", 20)}},
                              {"\xff\xfe error 17: \xff", {"log code=17 text=\xff"}},
                          });
}

TEST(DecodeText, ALineMayBeJson) {
  check(BodyFormat::text,
        {
            {R"( {"status":"completed"})", {"call session=completed"}},
            {R"({"level":"error","msg":"error 17: Busy"})", {"log code=17 text=Busy"}},
            {R"({"data":{"calls":[{"status":"completed"},{}]}})", {"call session=completed", "ignored"}},
            {R"({"status":"completed",)", {"ignored"}},
            {R"({not JSON} error 17: Busy)", {"log code=17 text=Busy"}},
            {std::string(100, '{') + " error 17: Busy", {"log code=17 text=Busy"}},
            {R"({"error":{"code":true}})", {kBadCode}},
            {"word=GONE id=7\nword=GONE id=12\n{\"status\":\"completed\",\"id\":\"a\"}\nword=GONE id=8",
             {"log_word code=GONE id=8:log_word1:7", "log_word code=GONE id=8:log_word2:12",
              "call id=4:call1:a9:completed0: session=completed", "log_word code=GONE id=8:log_word1:8"}},
        });
}

TEST(Decode, RequestHeadersAreFields) {
  const std::array<Header, 2> headers = {Header{"X-Reason", "SIP;cause=1"},
                                         Header{"REASON", "SIP;cause=486"}};
  RawEvent raw;
  raw.headers = headers;
  raw.format = BodyFormat::form;
  raw.body = "a=b";
  EXPECT_EQ(decoded(raw), Records{"call code=486"});
  raw.format = BodyFormat::json;
  raw.body = R"([{"status":"completed"},{"error":{"code":5}}])";
  EXPECT_EQ(decoded(raw), (Records{"call code=486 session=completed", "call code=5"}));
}

TEST(Decode, ALargeBodyIsRead) {
  std::string body = "[";
  std::size_t records = 0;
  while (body.size() < limits::kBodyBytes - 100) {
    body += R"({"status":"completed"},)";
    ++records;
  }
  body.back() = ']';
  EXPECT_EQ(decoded(BodyFormat::json, body), Records(records, "call session=completed"));
}

TEST(Decode, OneBodyLeavesNothingBehindForTheNext) {
  EXPECT_EQ(decoded(BodyFormat::json,
                    R"({"status":"completed","id":"a","error":{"code":5,"text":"t"},"account":"x"})"),
            Records{"call code=5 text=t account=x id=4:call1:a9:completed0: session=completed"});
  EXPECT_EQ(decoded(BodyFormat::json, R"({"status":"completed"})"), Records{"call session=completed"});
  EXPECT_EQ(decoded(BodyFormat::form, "status=completed"), Records{"call session=completed"});
}

}  // namespace
}  // namespace telephony
