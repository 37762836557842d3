// Texts as the decoder reads them, many lines at a time, against every line read on its own by trying all
// patterns from its beginning: the same records in the same order.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "decode/decoder_impl.h"
#include "settings_fixture.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

using Records = std::vector<std::string>;

std::string shown(const Event& event) {
  std::string out(event.kind);
  for (const auto part :
       {event.code, event.numbering, event.text, event.account, event.identity, event.warning}) {
    out += '|' + std::string(part);
  }
  return out + '|' + (event.session ? std::string(name(*event.session)) : "");
}

void show(const Record& record, Records& records) {
  if (const auto* ignored = std::get_if<Ignored>(&record))
    records.insert(records.end(), ignored->records, "ignored");
  if (const auto* event = std::get_if<Event>(&record)) records.push_back(shown(*event));
  if (const auto* reject = std::get_if<Reject>(&record)) {
    records.push_back(std::string(name(reject->cause)) + ' ' + std::to_string(reject->record) + ' ' +
                      reject->detail);
  }
}

/// What events of a number say.
std::map<std::uint64_t, std::string>& known_events() {
  static std::map<std::uint64_t, std::string> known;
  return known;
}

/// Of events with this number all else is the same.
void expect_alike(const Event& event) {
  if (event.alike == 0) return;
  const auto [first, is_new] = known_events().try_emplace(event.alike, shown(event));
  EXPECT_EQ(first->second, shown(event));
}

/// With `again` half of the events whose number is known are not looked at again.
Records decoded(const Source& source, BodyFormat format, std::string_view body, bool again = false) {
  static Decoder decoder;
  Records records;
  RawEvent raw;
  raw.format = format;
  raw.body = body;
  const auto visit = [&](const Record& record) {
    show(record, records);
    if (const auto* event = std::get_if<Event>(&record)) expect_alike(*event);
  };
  if (!again) {
    decoder.decode(source, raw, visit);
    return records;
  }
  decoder.decode(source, raw, visit, [&](std::uint64_t alike) {
    const auto known = known_events().find(alike);
    if (known == known_events().end() || records.size() % 2 == 0) return false;
    records.push_back(known->second);
    return true;
  });
  return records;
}

/// A line that is neither blank nor too long, by layouts, then by patterns.
class Oracle {
 public:
  Records records(const Source& source, std::string_view body) {
    source_ = &source;
    records_.clear();
    for (std::size_t number = 1; !body.empty(); ++number) {
      const std::string_view line = next_line(body);
      if (is_blank(line)) continue;
      if (line.size() > limits::kLineBytes) {
        show(Reject{RejectCause::too_long, records_.size(),
                    "line " + std::to_string(number) + " is longer than " +
                        std::to_string(limits::kLineBytes) + " bytes"},
             records_);
      } else {
        read(line);
      }
    }
    return records_;
  }

 private:
  void read(std::string_view line) {
    if (line[line.find_first_not_of(" \t")] == '{') {
      const Records json = decoded(*source_, BodyFormat::json, line);
      if (json.empty() || json[0].find("JSON: wrong") == std::string::npos) return add_json(json);
    }
    for (const Layout& layout : source_->catalog->reading.layouts) {
      if (reads(layout, line)) return;
    }
    const auto match = match_line(source_->catalog->reading.lines, line);
    show(match ? Record(line_event(*match, *source_, scratch_)) : Record(Ignored{}), records_);
  }

  /// A reject of the document tells its position there.
  void add_json(const Records& json) {
    for (std::string record : json) {
      if (record.starts_with("bad_code 0")) record.replace(9, 1, std::to_string(records_.size()));
      if (record.starts_with("malformed 0")) record.replace(10, 1, std::to_string(records_.size()));
      records_.push_back(record);
    }
  }

  bool reads(const Layout& layout, std::string_view line) {
    const auto fields = laid_out(layout, line);
    if (!fields) return false;
    if (layout.as == Layout::As::json) {
      const Records json = decoded(*source_, BodyFormat::json, *fields);
      if (!json.empty() && json[0].find("JSON: wrong") != std::string::npos) return false;
      add_json(json);
      return true;
    }
    Slots slots;
    const Reading& reading = source_->catalog->reading;
    if (!read_layout(layout, *fields, reading.fields, slots, buffer_)) return false;
    const EventRule* rule = find_rule(*source_, slots);
    if (rule == nullptr) return false;
    Record record = apply_rule(*rule, *source_, slots, scratch_);
    if (auto* event = std::get_if<Event>(&record);
        event != nullptr && event->code.empty() && event->text.empty()) {
      if (const auto match = match_line(reading.lines, line)) add_match(*match, *source_, scratch_, *event);
    }
    if (auto* reject = std::get_if<Reject>(&record)) reject->record = records_.size();
    show(record, records_);
    return true;
  }

  const Source* source_ = nullptr;
  Records records_;
  RuleScratch scratch_;
  std::string buffer_;
};

std::vector<const Source*> all_sources() {
  static const auto more = load_settings(SOURCE_DIRECTORY "/tests/testdata/more_providers.yml");
  std::vector<const Source*> sources;
  for (const auto* settings : {shipped_settings().get(), more.get()}) {
    for (const Source& source : settings->sources) sources.push_back(&source);
  }
  return sources;
}

std::vector<std::string> sample_lines() {
  std::vector<std::string> lines;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(SOURCE_DIRECTORY "/tests/testdata/providers")) {
    if (!file.is_regular_file() || !file.path().filename().string().starts_with("sample")) continue;
    std::ifstream in(file.path(), std::ios::binary);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
  }
  return lines;
}

/// The second time the decoder has heard it all.
void expect_same(const Source& source, std::string_view body) {
  static Oracle oracle;
  const Records expected = oracle.records(source, body);
  for (const char* time : {"first", "second"}) {
    ASSERT_EQ(decoded(source, BodyFormat::text, body), expected)
        << time << ", " << source.name << ": " << body;
  }
  ASSERT_EQ(decoded(source, BodyFormat::text, body, true), expected) << source.name << ": " << body;
}

TEST(LinesOracle, AgreesOnAllSamplesOfAllSources) {
  std::string all;
  for (const std::string& line : sample_lines()) all += line + '\n';
  for (const Source* source : all_sources()) expect_same(*source, all);
}

/// What the patterns and layouts of the source look for, whole or cut, and what lines are made of besides.
class Mutations {
 public:
  Mutations(const Source& source, std::mt19937& random) : random_(random) {
    for (const LinePattern& line : source.catalog->reading.lines) {
      for (const auto& piece : line.pieces) words_.push_back(piece.literal);
    }
    for (const Layout& layout : source.catalog->reading.layouts) {
      for (const Sign& sign : layout.signs) words_.push_back(sign.text);
    }
  }

  std::string body(const std::vector<std::string>& lines) {
    std::string body;
    for (unsigned count = random_() % 40; count > 0; --count) {
      body += line(lines);
      static constexpr std::array<std::string_view, 6> kEnds = {"\n",   "\n",   "\n",
                                                                "\r\n", "\n\n", "\n \t\r\n"};
      body += kEnds[random_() % kEnds.size()];
    }
    if (!body.empty() && random_() % 2 == 0) body.pop_back();
    return body;
  }

 private:
  std::string line(const std::vector<std::string>& lines) {
    std::string line = random_() % 2 == 0 ? lines[random_() % lines.size()] : "";
    for (unsigned edits = random_() % 5; edits > 0; --edits) {
      line.insert(random_() % (line.size() + 1), word());
      if (!line.empty() && random_() % 3 == 0) line.erase(random_() % line.size(), random_() % 5);
    }
    if (random_() % 100 == 0)
      line.insert(0, std::string(limits::kLineBytes - line.size() % 100 - random_() % 3, '-'));
    return line;
  }

  std::string word() {
    static constexpr std::array<std::string_view, 8> kOthers = {" 486 ", "17", "-",  " - Busy",
                                                                ",",     "{",  "\"", "="};
    if (words_.empty() || random_() % 3 == 0) return std::string(kOthers[random_() % kOthers.size()]);
    std::string word = words_[random_() % words_.size()];
    if (random_() % 6 == 0) word.resize(random_() % (word.size() + 1));
    return random_() % 3 == 0 ? word + "486 - Busy here" : word;
  }

  std::mt19937& random_;
  std::vector<std::string> words_;
};

TEST(LinesOracle, AgreesOnMutatedLines) {
  std::mt19937 random(1);
  const std::vector<std::string> lines = sample_lines();
  for (const Source* source : all_sources()) {
    Mutations mutations(*source, random);
    for (int round = 0; round < 60 && !HasFatalFailure(); ++round)
      expect_same(*source, mutations.body(lines));
  }
}

// More than are remembered, so that what is new takes the places of what was known.
TEST(LinesOracle, AgreesOnManyDifferentErrors) {
  std::mt19937 random(3);
  const Source& source = *shipped_settings()->source("synthflow");
  for (int round = 0; round < 20 && !HasFatalFailure(); ++round) {
    std::string body;
    for (int i = 0; i < 2000; ++i) {
      const std::string text(random() % 130, static_cast<char>('a' + random() % 26));
      body += "Telephony - " + std::to_string(400 + random() % 200) + " - Busy " + text +
              (i % 7 == 0 ? ",x\n" : "\n");
    }
    expect_same(source, body);
  }
}

}  // namespace
}  // namespace telephony
