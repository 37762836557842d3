#include "telephony_exporter/classify/classify.h"

#include <gtest/gtest.h>

#include <random>

#include "telephony_exporter/catalog/catalog.h"

namespace telephony {
namespace {

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: progress, title: Progress, pattern: "1xx", counts: false,
         unlisted: {category: normal, severity: info, retry: never}}
      - {name: failure, title: Failures, pattern: "4xx", unlisted: {category: request, severity: warning, retry: never}}
    codes:
      - {code: "180", reason: ringing, family: progress, category: normal, severity: info, retry: never,
         message: Ringing, meaning: m, remedy: r}
      - {code: "403", reason: caller_id, family: failure, category: caller_identity, severity: warning, retry: never,
         message: Caller ID is unauthorized, meaning: m, remedy: r}
      - {code: "403", reason: forbidden, family: failure, category: authorization, severity: warning, retry: never,
         message: Forbidden, meaning: m, remedy: r, default: true}
      - {code: "403", reason: forbidden_country, family: failure, category: policy, severity: warning, retry: never,
         message: Forbidden country +1234, meaning: m, remedy: r, aliases: [GEO_BLOCKED, No permission (geo)]}
      - {code: "486", reason: busy, family: failure, category: user, severity: info, retry: never,
         message: Busy Here, meaning: m, remedy: r, aliases: ["17"]}
)";

const CodeSpace& space_of_calls() {
  static const Catalog catalog = parse_catalog(kCatalog, "acme.yml");
  return catalog.spaces.front();
}

std::string meaning_of(const std::string& code, const std::string& text) {
  const CodeSpace& space = space_of_calls();
  Event event;
  event.code = code;
  event.text = text;
  std::string scratch = "left over";
  const auto found = classify(event, space, scratch);
  if (!found) return "nothing";
  const Entry& entry = space.entries[found->entry];
  return entry.code + ' ' + entry.reason + ' ' + entry.family + (found->unlisted ? " unlisted" : "");
}

struct Case {
  const char* code;
  const char* text;
  const char* meaning;
};

const Case kCases[] = {
    {"", "", "nothing"},
    {"486", "", "486 busy failure"},
    {"486", "Something else", "486 busy failure"},
    {"17", "", "486 busy failure"},
    {"403", "", "403 forbidden failure"},
    {"403", "Forbidden", "403 forbidden failure"},
    {"403", "FORBIDDEN!", "403 forbidden failure"},
    {"403", "caller_id is unauthorized", "403 caller_id failure"},
    {"403", "Caller ID is unauthorized, see https://example.com", "403 caller_id failure"},
    {"403", "Caller ID is unauthorizedly", "403 forbidden failure unlisted"},
    {"403", "Caller ID", "403 forbidden failure unlisted"},
    {"403", "Forbidden country +44 20", "403 forbidden_country failure"},
    {"403", "Forbidden country of destination", "403 forbidden_country failure"},
    {"403", "Forbidden thing", "403 forbidden failure"},
    {"403", "Geo-Blocked", "403 forbidden_country failure"},
    {"403", "no permission", "403 forbidden_country failure"},
    {"403", "The sky fell", "403 forbidden failure unlisted"},
    {"403", "+12025550143", "403 forbidden failure"},
    {"499", "", "unlisted unlisted failure unlisted"},
    {"499", "Busy Here", "unlisted unlisted failure unlisted"},
    {"999", "", "unlisted unlisted unknown unlisted"},
    {"-403", "", "unlisted unlisted unknown unlisted"},
    {"0403", "", "unlisted unlisted unknown unlisted"},
    {"BUSY_HERE", "", "486 busy failure"},
    {"busy-here", "Forbidden", "486 busy failure"},
    {"GEO_BLOCKED", "", "403 forbidden_country failure"},
    {"NO_SUCH_NAME", "", "unlisted unlisted unknown unlisted"},
    {"", "Busy Here", "486 busy failure"},
    {"", "busy   HERE (callee)", "486 busy failure"},
    {"", "Busy Here now", "unlisted unlisted unknown unlisted"},
    {"", "12345", "unlisted unlisted unknown unlisted"},
    {"180", "", "nothing"},
    {"199", "", "nothing"},
    {"", "Ringing", "nothing"},
    {"RINGING", "", "nothing"},
    {"unlisted", "", "unlisted unlisted unknown unlisted"},
    {"\xff\x01", "\xfe", "unlisted unlisted unknown unlisted"},
};

TEST(Classify, CodeFirstThenText) {
  for (const Case& c : kCases) EXPECT_EQ(meaning_of(c.code, c.text), c.meaning) << c.code << " / " << c.text;
}

TEST(Classify, IsTotal) {
  std::string code, text;
  for (int i = 0; i < 2000; ++i) {
    code = std::string(static_cast<std::size_t>(i % 7), static_cast<char>(i));
    text += static_cast<char>(i * 31);
    EXPECT_NE(meaning_of(code, text), "");
  }
}

using Meaning = std::optional<std::pair<std::uint32_t, bool>>;

Meaning shown(const std::optional<Classification>& found) {
  return found ? Meaning({found->entry, found->unlisted}) : std::nullopt;
}

TEST(Classifier, RemembersWhatClassifySays) {
  const CodeSpace& space = space_of_calls();
  std::mt19937 random(1);
  Classifier classifier;
  std::string scratch;
  for (int round = 0; round < 20'000; ++round) {
    const Case& one = kCases[random() % std::size(kCases)];
    const Case& other = kCases[random() % std::size(kCases)];
    // More different ones than are remembered, and some that are too long to be.
    std::string text = other.text;
    if (random() % 4 == 0) text += ' ' + std::to_string(random() % 3000);
    if (random() % 50 == 0) text += std::string(random() % 120, 'x');
    Event event;
    event.code = one.code;
    event.text = text;
    event.numbering = random() % 20 == 0 ? "other" : "";
    if (random() % 3 == 0) event.session = random() % 2 == 0 ? Outcome::failed : Outcome::completed;
    ASSERT_EQ(shown(classifier.classify(event, space)), shown(classify(event, space, scratch)))
        << event.code << " / " << text;
  }
}

TEST(Classifier, TellsCodeAndTextApart) {
  Classifier classifier;
  const auto entry = [&](std::string_view code, std::string_view text) {
    Event event;
    event.code = code;
    event.text = text;
    return classifier.classify(event, space_of_calls());
  };
  EXPECT_EQ(shown(entry("48", "6")), shown(entry("48", "")));
  EXPECT_NE(shown(entry("486", "")), shown(entry("48", "6")));
}

TEST(Classifier, RemembersNothingOfASpaceThatWasReplaced) {
  std::string other = kCatalog;
  other.replace(other.find("busy"), 4, "gone");
  Classifier classifier;
  for (const char* reason : {"busy", "gone", "busy"}) {
    // The new one is likely to stand where the old one stood.
    const Catalog catalog = parse_catalog(reason == std::string("gone") ? other : kCatalog, "acme.yml");
    Event event;
    event.code = "486";
    const CodeSpace& space = catalog.spaces.front();
    EXPECT_EQ(space.entries[classifier.classify(event, space)->entry].reason, reason);
  }
}

}  // namespace
}  // namespace telephony
