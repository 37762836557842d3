// What a code or a text means: which entries are found, and how they are shown.
#include "telephony_exporter/explain/explain.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "settings_fixture.h"

namespace telephony {
namespace {

using Found = std::vector<std::string>;

/// "PROVIDER/SPACE CODE REASON" of what is found in the shipped catalogs.
Found found(std::string_view query, std::optional<std::string_view> provider = std::nullopt) {
  Found out;
  for (const Meaning& m : explain(shipped_settings()->all_catalogs(), query, provider)) {
    out.push_back(m.catalog->provider + '/' + m.space->name + ' ' +
                  std::string(m.code.empty() ? m.entry->code : m.code) + ' ' + m.entry->reason);
  }
  return out;
}

TEST(Explain, FindsACode) {
  EXPECT_EQ(found("-2010"), Found{"8x8/voice -2010 trunk_capacity_exceeded"});
  EXPECT_EQ(found(" -2010\n"), Found{"8x8/voice -2010 trunk_capacity_exceeded"});
  EXPECT_EQ(found("-9999"), (Found{"8x8/voice -9999 unknown_error", "8x8/api -9999 unknown_error"}));
  EXPECT_EQ(found("300010"), Found{"restcomm/reason_codes 30010 price_exceeds_max_price"});
}

TEST(Explain, LooksAtOneProviderWhenAsked) {
  EXPECT_EQ(found("3102", "restcomm"), Found{"restcomm/reason_codes 3102 number_not_bound"});
  EXPECT_EQ(found("486", "synthflow"), Found{"synthflow/telephony 486 busy_here"});
  EXPECT_EQ(found("486"), (Found{"synthflow/telephony 486 busy_here", "restcomm/reason_codes 486 busy_here",
                                 "sip/sip 486 busy_here"}));
  EXPECT_EQ(found("3102", "synthflow"), Found{});
  EXPECT_EQ(found("3102", "nobody"), Found{});
}

TEST(Explain, ShowsAllMeaningsOfACode) {
  EXPECT_EQ(found("403", "synthflow"),
            (Found{"synthflow/telephony 403 caller_id_unauthorized", "synthflow/telephony 403 forbidden",
                   "synthflow/telephony 403 invalid_credentials",
                   "synthflow/telephony 403 no_international_permission",
                   "synthflow/telephony 403 number_blacklisted"}));
}

TEST(Explain, ReadsAWholeLogLine) {
  EXPECT_EQ(found("Telephony - 403 - Invalid credentials"),
            Found{"synthflow/telephony 403 invalid_credentials"});
  EXPECT_EQ(
      found(
          "09:20 dialer: \"Telephony - 400 - The number +12025550143 is unverified. Trial accounts may only "
          "make calls to verified numbers.\""),
      Found{"synthflow/telephony 400 unverified_number_trial"});
  EXPECT_EQ(found("Reason: CPaaS;cause=1105;text=\"Call No Answer\""),
            Found{"restcomm/reason_codes 1105 call_no_answer"});
  EXPECT_EQ(found("Telephony - 499 - Something new"), Found{"synthflow/telephony 499 unlisted"});
}

TEST(Explain, ReadsAWholeReasonHeader) {
  EXPECT_EQ(
      found("Reason: Q.850;cause=17;text=\"User busy\", SIP;cause=486"),
      (Found{"q850/q850 17 user_busy", "restcomm/reason_codes 486 busy_here", "sip/sip 486 busy_here"}));
  EXPECT_EQ(found("CPaaS;cause=3102"), Found{"restcomm/reason_codes 3102 number_not_bound"});
  EXPECT_EQ(found("reason: Q.850 ;cause=16 ;text=\"Terminated\""),
            Found{"q850/q850 16 normal_call_clearing"});
  EXPECT_EQ(found("Q.850;cause=33"), Found{"q850/q850 33 unlisted"});
  EXPECT_EQ(found("SIP;cause=603;text=\"v=analytics1;url=https://x.example\"", "sip"),
            Found{"sip/sip 603 network_blocked"});
}

TEST(Explain, ReadsAStatusLine) {
  EXPECT_EQ(found("SIP/2.0 486 Busy Here"), Found{"sip/sip 486 busy_here"});
  EXPECT_EQ(found("SIP/2.0 603 Network Blocked"), Found{"sip/sip 603 network_blocked"});
  EXPECT_EQ(found("SIP/2.0 603 Decline"), Found{"sip/sip 603 decline"});
  EXPECT_EQ(found("SIP/2.0 200 OK"), Found{"sip/sip 200 ok"}) << "what does not count is explained, too";
  EXPECT_EQ(found("SIP/2.0 499 Nothing"), Found{"sip/sip 499 unlisted"});
}

TEST(Explain, KnowsTheNamesThatSwitchesGiveToCauses) {
  for (const char* query : {"USER_BUSY", "User busy", "AST_CAUSE_USER_BUSY"}) {
    EXPECT_EQ(found(query), Found{"q850/q850 17 user_busy"}) << query;
  }
  EXPECT_EQ(found("NORMAL_CLEARING"), Found{"q850/q850 16 normal_call_clearing"});
  EXPECT_EQ(found("User alerting, no answer"), Found{"q850/q850 19 no_answer_from_user"});
  EXPECT_EQ(found("ORIGINATOR_CANCEL"), Found{"freeswitch/hangup_causes 487 originator_cancel"});
  EXPECT_EQ(found("CHANUNAVAIL"), Found{"asterisk/hangup_causes CHANUNAVAIL channel_unavailable"});
  EXPECT_EQ(found("USER_BUSY", "freeswitch"), Found{"freeswitch/hangup_causes 17 user_busy"});
}

TEST(Explain, FindsAProvidersWords) {
  EXPECT_EQ(found("the TRUNK capacity has been exceeded"), Found{"8x8/voice -2010 trunk_capacity_exceeded"});
  EXPECT_EQ(found("QUEUE_OVERFLOW"), Found{"restcomm/reason_codes 30001 message_queue_overflow"});
  EXPECT_EQ(found("trunk"),
            (Found{"8x8/voice -2010 trunk_capacity_exceeded", "q850/q850 5 misdialled_trunk_prefix"}));
  EXPECT_EQ(found("capacity trunk"), Found{"8x8/voice -2010 trunk_capacity_exceeded"});
}

TEST(Explain, ACodeThatNobodyListsIsExplainedByItsFamily) {
  EXPECT_EQ(found("1299"), Found{"restcomm/reason_codes 1299 unlisted"});
  EXPECT_EQ(found("499"), (Found{"synthflow/telephony 499 unlisted", "restcomm/reason_codes 499 unlisted",
                                 "sip/sip 499 unlisted"}));
  EXPECT_EQ(found("-1099"), Found{"8x8/api -1099 unlisted"});
}

TEST(Explain, FindsNothingForNonsense) {
  for (const char* query : {"", "  \n", "-", "77777777", "xyzzy", "()", "\xff"})
    EXPECT_EQ(found(query), Found{}) << query;
}

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice, fax]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: failure, title: Failures, pattern: "4xx", unlisted: {category: request, severity: warning, retry: never}}
      - {name: success, title: Success, pattern: "2xx", counts: false,
         unlisted: {category: normal, severity: info, retry: never}}
    codes:
      - {code: "403", reason: forbidden, family: failure, category: authorization, severity: critical,
         retry: {class: backoff, base: 90s, max: 2h}, message: Forbidden,
         meaning: "The account is not allowed to place this call, and neither is any other account of the same company at this time of day.",
         remedy: Ask for permission.}
      - {code: "200", reason: ok, family: success, category: normal, severity: info, retry: never, message: OK,
         meaning: It worked., remedy: Nothing to do.}
  - name: api
    products: []
    title: API
    source: https://example.com/api
    families:
      - {name: api, title: API, unlisted: {category: request, severity: warning, retry: after_fix}}
    codes:
      - {code: "-1", reason: bad, family: api, category: request, severity: warning,
         retry: {class: later, base: 5m, max: 90m}, message: Bad, meaning: Bad request., remedy: Mend it.}
)";

std::string shown(std::string_view query) {
  static const Catalog catalog = parse_catalog(kCatalog, "acme.yml");
  const Catalog* one = &catalog;
  std::string out;
  for (const Meaning& meaning : explain({&one, 1}, query))
    out += to_text(meaning) + to_json(meaning).dump() + '\n';
  return out;
}

TEST(Explain, ShowsABlockAndJson) {
  EXPECT_EQ(shown("403"), R"(acme 403  forbidden
  message   Forbidden
  family    failure
  category  authorization
  severity  critical
  retry     backoff, wait 90s growing to 2h
  meaning   The account is not allowed to place this call, and neither is any other account of
            the same company at this time of day.
  remedy    Ask for permission.
  products  voice, fax
  source    https://example.com/codes
{"category":"authorization","code":"403","family":"failure","meaning":"The account is not allowed to place this call, and neither is any other account of the same company at this time of day.","message":"Forbidden","products":["voice","fax"],"provider":"acme","reason":"forbidden","remedy":"Ask for permission.","retry":"backoff","retry_base_seconds":90,"retry_max_seconds":7200,"severity":"critical","source":"https://example.com/codes"}
)");
}

TEST(Explain, SaysWhatIsNotCountedAndWhatNeverArrives) {
  EXPECT_EQ(shown("200"), R"(acme 200  ok
  message   OK
  family    success
  category  normal
  severity  none: this is no error and is not counted
  retry     never
  meaning   It worked.
  remedy    Nothing to do.
  products  voice, fax
  source    https://example.com/codes
{"category":"normal","code":"200","family":"success","meaning":"It worked.","message":"OK","products":["voice","fax"],"provider":"acme","reason":"ok","remedy":"Nothing to do.","retry":"never","severity":"info","source":"https://example.com/codes"}
)");
  EXPECT_EQ(shown("-1"), R"(acme -1  bad
  message   Bad
  family    api
  category  request
  severity  warning
  retry     later, wait 5m to 90m
  meaning   Bad request.
  remedy    Mend it.
  products  none: replies of the API, never events
  source    https://example.com/api
{"category":"request","code":"-1","family":"api","meaning":"Bad request.","message":"Bad","products":[],"provider":"acme","reason":"bad","remedy":"Mend it.","retry":"later","retry_base_seconds":300,"retry_max_seconds":5400,"severity":"warning","source":"https://example.com/api"}
)");
}

TEST(Explain, ShowsTheCodeAskedForWhenItsFamilyAnswers) {
  EXPECT_EQ(shown("499").substr(0, sizeof("acme 499  unlisted\n") - 1), "acme 499  unlisted\n");
}

TEST(AllMeanings, AreTheListedEntriesInTheFilesOrder) {
  const Catalog catalog = parse_catalog(kCatalog, "acme.yml");
  const Catalog* one = &catalog;
  std::string codes;
  for (const Meaning& meaning : all_meanings({&one, 1})) codes += meaning.entry->code + ' ';
  EXPECT_EQ(codes, "403 200 -1 ");
}

}  // namespace
}  // namespace telephony
