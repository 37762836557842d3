// Catalog files: what they load to, and what the shipped ones promise.
#include "telephony_exporter/catalog/catalog.h"

#include <gtest/gtest.h>

#include <set>

#include "settings_fixture.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
provider: acme
title: Acme Telephony
no_error: ["0", none]
code_spaces:
  - name: voice
    products: [voice, fax]
    title: Voice codes
    source: https://example.com/voice
    families:
      - name: capacity
        title: Capacity
        pattern: "2xx"
        unlisted: {category: capacity, severity: critical, retry: {class: backoff, base: 30s, max: 10m}}
      - {name: progress, title: Progress, pattern: "1xx", counts: false,
         unlisted: {category: normal, severity: info, retry: never}}
    codes:
      - code: "201"
        reason: full
        family: capacity
        category: capacity
        severity: critical
        retry: {class: later, base: 5m, max: 1h}
        message: All lines are full
        meaning: There is no line left.
        remedy: Wait for a line.
        aliases: [LINES_FULL, "9"]
      - {code: "201", reason: queue_full, family: capacity, category: capacity, severity: warning, retry: immediate,
         message: The queue is full, meaning: m, remedy: r, source: https://example.com/queue, default: true}
      - {code: "180", reason: ringing, family: progress, category: normal, severity: info, retry: never,
         message: Ringing, meaning: m, remedy: r}
  - name: api
    products: []
    title: API codes
    source: https://example.com/api
    families:
      - {name: api, title: API, unlisted: {category: request, severity: warning, retry: after_fix}}
    codes:
      - {code: "-1", reason: bad, family: api, category: request, severity: warning, retry: after_fix,
         message: Bad request, meaning: m, remedy: r}
outcomes: {completed: [completed, done], ongoing: [ringing]}
records: [/data/calls]
events:
  - kind: call
    products: [voice]
    when: [/status, /Payload/Status]
    status: [/payload/status]
    code: [/code, {line: /log}, {reason: "header:Reason"}]
    text: [/text]
    account: [/account]
    dedup: {id: [/id], with: [/seq]}
    warning: careful
  - {kind: greeting, when: {field: /type, equals: Hello}}
lines:
  - {kind: log, pattern: 'error {code}'}
)";

TEST(Catalog, LoadsCodeSpaces) {
  const Catalog catalog = parse_catalog(kCatalog, "acme.yml");
  EXPECT_EQ(catalog.provider, "acme");
  EXPECT_EQ(catalog.title, "Acme Telephony");
  ASSERT_EQ(catalog.spaces.size(), 2U);
  const CodeSpace& voice = catalog.spaces[0];
  EXPECT_EQ(voice.name, "voice");
  EXPECT_EQ(voice.title, "Voice codes");
  EXPECT_EQ(voice.products, (std::vector<std::string>{"voice", "fax"}));
  EXPECT_EQ(catalog.space_for("voice"), &voice);
  EXPECT_EQ(catalog.space_for("fax"), &voice);
  EXPECT_EQ(catalog.space_for("sms"), nullptr);
  EXPECT_EQ(catalog.space_for(""), nullptr);
  ASSERT_EQ(voice.entries.size(), 6U) << "three entries, two families, the unknown one";

  const Entry& full = voice.entries[0];
  EXPECT_EQ(full.code, "201");
  EXPECT_EQ(full.reason, "full");
  EXPECT_EQ(full.family, "capacity");
  EXPECT_EQ(full.category, Category::capacity);
  EXPECT_EQ(full.severity, Severity::critical);
  EXPECT_EQ(full.retry, (Retry{RetryClass::later, std::chrono::minutes(5), std::chrono::hours(1)}));
  EXPECT_EQ(full.message, "All lines are full");
  EXPECT_EQ(full.meaning, "There is no line left.");
  EXPECT_EQ(full.remedy, "Wait for a line.");
  EXPECT_EQ(full.source, "https://example.com/voice");
  EXPECT_EQ(full.aliases, (std::vector<std::string>{"LINES_FULL", "9"}));
  EXPECT_FALSE(full.preferred);
  EXPECT_TRUE(full.counts);
  EXPECT_EQ(voice.entries[1].source, "https://example.com/queue");
  EXPECT_EQ(voice.entries[1].retry, (Retry{RetryClass::immediate, {}, {}}));
  EXPECT_TRUE(voice.entries[1].preferred);
  EXPECT_FALSE(voice.entries[2].counts) << "the family does not count";

  const Entry& unlisted = voice.entries[3];
  EXPECT_EQ(unlisted.code, "unlisted");
  EXPECT_EQ(unlisted.category, Category::capacity);
  EXPECT_EQ(unlisted.severity, Severity::critical);
  EXPECT_EQ(unlisted.retry, (Retry{RetryClass::backoff, std::chrono::seconds(30), std::chrono::minutes(10)}));
  EXPECT_EQ(unlisted.message, "A code that the catalog does not list: Capacity");
  EXPECT_FALSE(voice.entries[4].counts);
}

TEST(Catalog, LoadsHowEventsAreRead) {
  const Catalog catalog = parse_catalog(kCatalog, "acme.yml");
  const Reading& reading = catalog.reading;
  EXPECT_EQ(reading.no_error, (std::vector<std::string>{"0", "none"}));
  EXPECT_EQ(reading.records, std::vector<std::string>{"/data/calls"});
  ASSERT_EQ(reading.statuses.size(), 3U);
  EXPECT_EQ(reading.statuses[1].normal_text, "done");
  EXPECT_EQ(reading.statuses[1].outcome, Outcome::completed);
  EXPECT_EQ(reading.statuses[2].outcome, std::nullopt);
  ASSERT_EQ(reading.headers.size(), 1U);
  EXPECT_EQ(reading.headers[0].first, "Reason");
  ASSERT_EQ(reading.lines.size(), 1U);
  EXPECT_EQ(reading.lines[0].kind, "log");

  ASSERT_EQ(reading.events.size(), 2U);
  const EventRule& call = reading.events[0];
  EXPECT_EQ(call.kind, "call");
  EXPECT_EQ(call.products, std::vector<std::string>{"voice"});
  ASSERT_EQ(call.when.size(), 2U);
  EXPECT_EQ(call.status, std::vector<Slot>{call.when[1]})
      << "one location in any case of letters is one slot";
  ASSERT_EQ(call.code.size(), 3U);
  EXPECT_EQ(call.code[0].as, Field::As::value);
  EXPECT_EQ(call.code[1].as, Field::As::line);
  EXPECT_EQ(call.code[2].as, Field::As::reason);
  EXPECT_EQ(call.code[2].slot, reading.headers[0].second);
  EXPECT_EQ(call.warning, "careful");
  EXPECT_EQ(reading.events[1].equals, std::vector<std::string>{"Hello"});
  EXPECT_EQ(reading.slots, 10U);

  const FieldTree* payload = reading.fields.child("PAYLOAD");
  ASSERT_NE(payload, nullptr);
  ASSERT_NE(payload->child("Status"), nullptr);
  EXPECT_EQ(payload->child("Status")->slot, call.status[0]);
  EXPECT_EQ(payload->child("other"), nullptr);
}

TEST(Catalog, AStarStandsForAnyKeyButANamedOneGoesFirst) {
  FieldTree tree;
  tree.children = {{"*", Slot{1}, {}}, {"named", Slot{2}, {}}};
  EXPECT_EQ(tree.child("anything")->slot, Slot{1});
  EXPECT_EQ(tree.child("Named")->slot, Slot{2});
}

TEST(Catalog, IncludesAnotherFilesCodesBesideIt) {
  const TestDirectory directory;
  std::string included = kCatalog;
  included.erase(included.find("  - name: api"));
  directory.write("base.yml", included);
  const std::string file = directory.write("more.yml", R"(
provider: more
title: More
code_spaces:
  - name: all
    products: [voice]
    title: All
    source: https://example.com/more
    include: [base.yml]
    families:
      - {name: more, title: More, pattern: "3xx", unlisted: {category: request, severity: warning, retry: never}}
    codes:
      - {code: "301", reason: moved, family: more, category: destination, severity: warning, retry: never,
         message: Moved, meaning: m, remedy: r}
      - {code: "299", reason: late, family: capacity, category: expiry, severity: warning, retry: never,
         message: Late, meaning: m, remedy: r}
)");
  const std::shared_ptr<const Catalog> loaded = CatalogFiles().load(file);
  const Catalog& catalog = *loaded;
  const CodeSpace& space = catalog.spaces.front();
  std::vector<std::string> entries;
  for (const Entry& entry : space.entries)
    entries.push_back(entry.code + ' ' + entry.reason + ' ' + entry.family);
  EXPECT_EQ(entries, (std::vector<std::string>{"201 full capacity", "201 queue_full capacity",
                                               "180 ringing progress", "301 moved more", "299 late capacity",
                                               "unlisted unlisted capacity", "unlisted unlisted progress",
                                               "unlisted unlisted more", "unlisted unlisted unknown"}));
  EXPECT_EQ(space.entries[0].source, "https://example.com/voice");
  EXPECT_FALSE(space.entries[2].counts);
}

const CodeSpace& shipped(const std::string& source) { return *shipped_settings()->source(source)->space; }

std::size_t listed(const CodeSpace& space) {
  std::size_t n = 0;
  while (!space.is_unlisted(static_cast<std::uint32_t>(n))) ++n;
  return n;
}

TEST(ShippedCatalogs, HoldEveryCodeOfTheDictionaries) {
  EXPECT_EQ(listed(shipped("8x8-number-masking")), 11U);
  EXPECT_EQ(listed(shipped("8x8-sms")), 61U) << "0 to 61 without 6";
  EXPECT_EQ(listed(shipped("synthflow")), 35U);
  std::set<std::string> synthflow;
  for (const Entry& entry : shipped("synthflow").entries) synthflow.insert(entry.code);
  EXPECT_EQ(synthflow.size(), 21U + 1) << "and the unlisted one";

  const std::vector<std::string> restcomm = {
      "1000",  "1001",  "1002",  "1100",  "1101",  "1102",  "1103",  "1104",  "1105",  "1106",  "1200",
      "1201",  "1202",  "2000",  "2001",  "2002",  "2100",  "2200",  "2201",  "2300",  "2301",  "2302",
      "2303",  "2400",  "2500",  "2501",  "2502",  "3000",  "3100",  "3101",  "3102",  "3103",  "3200",
      "3201",  "3301",  "4000",  "4100",  "5000",  "5001",  "30001", "30002", "30003", "30004", "30005",
      "30006", "30007", "30008", "30009", "30010", "30011", "30090"};
  for (const std::string& code : restcomm)
    EXPECT_EQ(shipped("restcomm-voice").with_code(code).size(), 1U) << code;
  for (int code = -2010; code <= -2001; ++code) {
    EXPECT_EQ(shipped("8x8-voice").with_code(std::to_string(code)).size(), 1U) << code;
  }
  for (const char* cause : {"1", "17", "127"})
    EXPECT_EQ(shipped("restcomm-voice").with_code(cause, "q850").size(), 1U) << cause;
  EXPECT_EQ(shipped("8x8-voice").with_code("-9999").size(), 1U);
}

TEST(ShippedCatalogs, HoldEveryResponseCodeOfTheRegistry) {
  // https://www.iana.org/assignments/sip-parameters, section "Response Codes".
  static constexpr std::array<int, 75> kRegistered = {
      100, 180, 181, 182, 183, 199, 200, 202, 204, 300, 301, 302, 305, 380, 400, 401, 402, 403, 404,
      405, 406, 407, 408, 410, 412, 413, 414, 415, 416, 417, 420, 421, 422, 423, 424, 425, 428, 429,
      430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482, 483, 484, 485, 486, 487, 488, 489,
      491, 493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580, 600, 603, 604, 606, 607, 608};
  const CodeSpace& space = shipped_settings()->catalog("sip")->spaces.front();
  std::set<std::string> listed_codes;
  for (std::uint32_t i = 0; !space.is_unlisted(i); ++i) listed_codes.insert(space.entries[i].code);
  std::set<std::string> registered;
  for (const int code : kRegistered) registered.insert(std::to_string(code));
  EXPECT_EQ(listed_codes, registered);
  EXPECT_EQ(listed(space), 76U) << "603 has two meanings";
}

TEST(ShippedCatalogs, HoldEveryCauseOfQ850) {
  static constexpr std::array<int, 74> kCauses = {
      1,  2,  3,  4,  5,  6,  7,  8,  9,  14, 16,  17,  18,  19,  20,  21,  22, 23, 24,
      25, 26, 27, 28, 29, 30, 31, 34, 38, 39, 40,  41,  42,  43,  44,  45,  46, 47, 49,
      50, 52, 53, 54, 55, 57, 58, 62, 63, 65, 66,  69,  70,  79,  81,  82,  83, 84, 85,
      86, 87, 88, 90, 91, 95, 96, 97, 98, 99, 100, 101, 102, 103, 110, 111, 127};
  static constexpr std::array<const char*, 8> kClasses = {"normal_event",
                                                          "normal_event",
                                                          "resource_unavailable",
                                                          "service_unavailable",
                                                          "service_not_implemented",
                                                          "invalid_message",
                                                          "protocol_error",
                                                          "interworking"};
  const CodeSpace& space = shipped_settings()->catalog("q850")->spaces.front();
  EXPECT_EQ(listed(space), kCauses.size());
  for (const int cause : kCauses) {
    const auto entries = space.with_code(std::to_string(cause));
    ASSERT_EQ(entries.size(), 1U) << cause;
    const Entry& entry = space.entries[entries.front()];
    EXPECT_EQ(entry.family, kClasses.at(static_cast<std::size_t>(cause / 16))) << cause;
    EXPECT_EQ(entry.counts, cause != 16) << cause;
  }
}

TEST(ShippedCatalogs, CategoriesAreThoseOfTheDesign) {
  struct Case {
    const char* source;
    const char* code;
    const char* text;
    Category category;
  };
  const std::vector<Case> cases = {
      {"8x8-voice", "-2010", "", Category::capacity},
      {"restcomm-sms", "30001", "", Category::capacity},
      {"8x8-voice", "-2002", "", Category::connectivity},
      {"synthflow", "502", "", Category::connectivity},
      {"synthflow", "503", "No Routeplan Found", Category::connectivity},
      {"8x8-voice", "-2001", "", Category::platform},
      {"8x8-voice", "-9999", "", Category::platform},
      {"synthflow", "500", "Internal Server Error", Category::platform},
      {"restcomm-voice", "1000", "", Category::platform},
      {"synthflow", "403", "Invalid credentials", Category::authorization},
      {"synthflow", "403", "No International Permission", Category::authorization},
      {"restcomm-sms", "30002", "", Category::authorization},
      {"8x8-voice", "-2008", "", Category::caller_identity},
      {"synthflow", "403",
       "Caller ID is unauthorized. A Valid Caller ID is either a DID you have purchased from Twilio or a "
       "verified Caller ID.",
       Category::caller_identity},
      {"synthflow", "608", "Termination needs STI IDHDR", Category::caller_identity},
      {"synthflow", "403", "Phone number is blacklisted", Category::policy},
      {"synthflow", "608", "Rejected", Category::policy},
      {"restcomm-sms", "30004", "", Category::policy},
      {"restcomm-sms", "30007", "", Category::policy},
      {"8x8-voice", "-2004", "", Category::destination},
      {"restcomm-voice", "404", "", Category::destination},
      {"restcomm-voice", "410", "", Category::destination},
      {"restcomm-sms", "30003", "", Category::destination},
      {"restcomm-voice", "480", "", Category::user},
      {"restcomm-voice", "486", "", Category::user},
      {"restcomm-voice", "487", "", Category::user},
      {"synthflow", "484", "Call Rejected", Category::user},
      {"restcomm-voice", "1105", "", Category::user},
      {"8x8-voice", "-2003", "", Category::request},
      {"8x8-voice", "-2009", "", Category::request},
      {"restcomm-voice", "400", "", Category::request},
      {"restcomm-voice", "2000", "", Category::request},
      {"8x8-voice", "-2005", "", Category::media},
      {"8x8-voice", "-2006", "", Category::media},
      {"restcomm-voice", "488", "", Category::media},
      {"restcomm-voice", "2300", "", Category::media},
      {"restcomm-voice", "2500", "", Category::media},
      {"restcomm-voice", "4000", "", Category::media},
      {"8x8-voice", "-2007", "", Category::expiry},
      {"restcomm-voice", "408", "", Category::expiry},
      {"restcomm-voice", "1104", "", Category::expiry},
      {"restcomm-sms", "30011", "", Category::expiry},
      {"restcomm-voice", "3100", "", Category::provisioning},
      {"restcomm-voice", "3200", "", Category::provisioning},
      {"synthflow", "404", "No VoiceURL", Category::provisioning},
      {"restcomm-voice", "1101", "", Category::normal},
      {"restcomm-voice", "1106", "", Category::normal},
      {"restcomm-voice", "2002", "", Category::normal},
      {"restcomm-voice", "2400", "", Category::normal},
  };
  for (const Case& c : cases) {
    const CodeSpace& space = shipped(c.source);
    const std::string text = normal_text(c.text);
    bool found = false;
    for (const std::uint32_t i : space.with_code(c.code)) {
      if (!text.empty() && normal_text(space.entries[i].message) != text) continue;
      found = true;
      EXPECT_EQ(name(space.entries[i].category), name(c.category)) << c.code << ' ' << c.text;
    }
    EXPECT_TRUE(found) << c.source << ' ' << c.code << ' ' << c.text;
  }
}

TEST(ShippedCatalogs, TheSameWordsMeanTheSameCategoryEverywhere) {
  std::map<std::string, std::pair<Category, std::string>> known;
  for (const auto& catalog : shipped_settings()->catalogs) {
    for (const CodeSpace& space : catalog->spaces) {
      for (std::uint32_t i = 0; !space.is_unlisted(i); ++i) {
        const Entry& entry = space.entries[i];
        const std::string where = catalog->provider + ' ' + entry.code;
        std::string words = normal_text(entry.message);
        if (words == "not acceptable")
          words += entry.code;  // SIP says so of a request (406) and of media (606)
        const auto [first, added] = known.try_emplace(words, entry.category, where);
        EXPECT_EQ(name(first->second.first), name(entry.category))
            << entry.message << " of " << where << " and of " << first->second.second;
      }
    }
  }
}

TEST(ShippedCatalogs, SeverityRetryAndCategoryAgree) {
  for (const auto& catalog : shipped_settings()->catalogs) {
    for (const CodeSpace& space : catalog->spaces) {
      for (std::uint32_t i = 0; !space.is_unlisted(i); ++i) {
        const Entry& entry = space.entries[i];
        SCOPED_TRACE(catalog->provider + ' ' + entry.code + ' ' + entry.reason);
        EXPECT_TRUE(entry.category != Category::normal || entry.severity == Severity::info);
        EXPECT_TRUE(entry.category != Category::user || entry.severity != Severity::critical);
        EXPECT_TRUE(entry.severity != Severity::critical || entry.retry.kind != RetryClass::never);
        EXPECT_TRUE(entry.source.starts_with("https://")) << entry.source;
        EXPECT_NE(entry.meaning, entry.message);
      }
    }
  }
}

}  // namespace
}  // namespace telephony
