// The traps of the providers' real events (DESIGN.md section 6) with the shipped catalogs, from body to
// counter. The fixture checks after every body that nothing received went uncounted.
#include <gtest/gtest.h>

#include <array>

#include "river_fixture.h"
#include "telephony_exporter/explain/explain.h"

namespace telephony {
namespace {

constexpr const char* kMasking = "8x8-number-masking";
constexpr const char* kVoice = "8x8-voice";
constexpr const char* kSms = "8x8-sms";
constexpr const char* kSynthflow = "synthflow";
constexpr const char* kRestcomm = "restcomm-voice";
constexpr const char* kRestcommSms = "restcomm-sms";

using Lines = std::vector<std::string>;

struct Case {
  const char* source;
  BodyFormat format;
  std::string body;
  std::string receipt;
  Lines counted;
};

/// Each case in a river of its own.
void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.source + (": " + c.body));
    River river(shipped_settings());
    EXPECT_EQ(summary(river.post(c.source, c.format, c.body)), c.receipt);
    EXPECT_EQ(river.counted(), c.counted);
  }
}

Case json(const char* source, std::string body, std::string receipt, Lines counted) {
  return {source, BodyFormat::json, std::move(body), std::move(receipt), std::move(counted)};
}
Case form(const char* source, std::string body, std::string receipt, Lines counted) {
  return {source, BodyFormat::form, std::move(body), std::move(receipt), std::move(counted)};
}
Case line(const char* source, std::string body, std::string receipt, Lines counted) {
  return {source, BodyFormat::text, std::move(body), std::move(receipt), std::move(counted)};
}

const std::string k2010 = "-2010 trunk_capacity_exceeded capacity capacity critical = 1";
const std::string k2004 = "-2004 no_coverage coverage destination warning = 1";
const std::string kSessionError = "session error = 1";
const std::string kUnlistedUnknown = "unlisted unlisted unknown unknown warning = 1";

TEST(Traps, ACodeIsANumberOrAString) {
  const auto session = [](const std::string& details) {
    return R"({"payload":{"sessionId":"s","sessionStatus":"ERROR","errorDetails":{)" + details + "}}}";
  };
  check({
      json(kMasking, session(R"("errorCode":-2010)"), "counted 1", {k2010, kSessionError}),
      json(kMasking, session(R"("errorCode":"-2010")"), "counted 1", {k2010, kSessionError}),
      json(kMasking, session(R"("errorCode":" -2010 ")"), "counted 1", {k2010, kSessionError}),
      json(kMasking, session(R"("errorCode":-2010.0)"), "counted 1", {k2010, kSessionError}),
      json(kVoice, session(R"("errorCode":-2010)"), "counted 1", {k2010, kSessionError}),
  });
}

TEST(Traps, TheTextIsCalledErrorMsg) {
  const auto session = [](const std::string& details) {
    return R"({"payload":{"sessionId":"s","sessionStatus":"ERROR","errorDetails":{)" + details + "}}}";
  };
  const std::string words = "\"No coverage available for requested area\"";
  check({
      json(kMasking, session(R"("errorMsg":)" + words), "counted 1", {k2004, kSessionError}),
      json(kMasking, session(R"("errorMessage":)" + words), "counted 1", {k2004, kSessionError}),
      json(kMasking, session(R"("errorCode":null,"errorMsg":)" + words), "counted 1", {k2004, kSessionError}),
      json(kMasking, session(R"("errorCode":"","errorMsg":)" + words), "counted 1", {k2004, kSessionError}),
      json(kMasking, session(R"("errorCode":-2010,"errorMsg":)" + words), "counted 1",
           {k2010, kSessionError}),
  });
}

TEST(Traps, AJsonLogLineMayHoldTheCodeAnywhere) {
  for (const char* line : {R"({"level":"error","errorCode":-2010})", R"({"errorCode":"-2010","sub":"x"})",
                           R"({"body":{"payload":{"errorDetails":{"errorCode": -2010}}}})",
                           R"({"msg":"errorCode=-2010"})", R"({"log":"{\"errorCode\":-2010}"})"}) {
    River river(shipped_settings());
    EXPECT_EQ(summary(river.text(kVoice, line)), "counted 1") << line;
    EXPECT_EQ(summary(river.json(kVoice, line)), "counted 1") << line;
  }
}

TEST(Traps, AFailedCallKeepsAnErrorWithoutItsUsualForm) {
  const auto call = [](const std::string& status, const std::string& message) {
    return R"({"status":")" + status + R"(","error_message":")" + message +
           R"(","call":{"call_id":"1","status":")" + status + "\"}}";
  };
  const auto errors = [&](const std::string& status, const std::string& message) {
    River river(shipped_settings());
    EXPECT_EQ(summary(river.json(kSynthflow, call(status, message))), "counted 1") << message;
    const std::string page = river.page();
    const bool busy = page.find("reason=\"busy_here\",severity=\"info\"} 1") != page.npos;
    const bool unlisted =
        page.find("telephony_exporter_unlisted_codes_total{provider=\"synthflow\"} 1") != page.npos;
    return std::string(busy ? "busy" : unlisted ? "unlisted" : "none");
  };
  EXPECT_EQ(errors("failed", "Telephony - 486 - Busy Here"), "busy");
  EXPECT_EQ(errors("failed", "Busy here"), "busy");
  EXPECT_EQ(errors("failed", "Something failed"), "unlisted");
  EXPECT_EQ(errors("completed", "agent_goodbye"), "none");
  EXPECT_EQ(errors("no-answer", "voicemail"), "none");
}

TEST(Traps, AMessageThatIsDeliveredAndReadIsOneMessage) {
  const auto receipt = [](const std::string& state) {
    return R"({"namespace":"SMS","payload":{"umid":"u","status":{"state":")" + state + "\"}}}";
  };
  River river(shipped_settings());
  EXPECT_EQ(summary(river.json("8x8-sms", receipt("delivered"))), "counted 1");
  EXPECT_EQ(summary(river.json("8x8-sms", receipt("read"))), "ignored 1");
}

TEST(Traps, StatusWordsAreSpeltInManyWays) {
  const std::map<std::string, std::vector<const char*>> spellings = {
      {"session no_answer = 4", {"NO_ANSWER", "NO ANSWER", "no-answer", "No Answer"}},
      {"session canceled = 4", {"CANCELED", "CANCELLED", "canceled", "Cancelled"}},
      {"session busy = 2", {"BUSY", "busy"}},
      {"session completed = 2", {"COMPLETED", "Completed"}},
      {"session other = 2", {"SOMETHING_NEW", "?"}},
  };
  for (const auto& [counted, words] : spellings) {
    River river(shipped_settings());
    int id = 0;
    for (const char* word : words) {
      const std::string session =
          "{\"payload\":{\"sessionId\":\"" + std::to_string(++id) + "\",\"sessionStatus\":\"" + word + "\"}}";
      EXPECT_EQ(summary(river.json(kMasking, session)), "counted 1") << word;
    }
    EXPECT_EQ(river.counted(), Lines{counted});
  }
  check({
      form(kRestcomm, "CallSid=CA1&CallStatus=no-answer", "counted 1", {"session no_answer = 1"}),
      form(kRestcomm, "CallSid=CA1&CallStatus=canceled", "counted 1", {"session canceled = 1"}),
      json(kSynthflow, R"({"call":{"call_id":"1","status":"user_canceled"}})", "counted 1",
           {"session canceled = 1"}),
  });
}

TEST(Traps, KeysAreSpeltInAnyCase) {
  const auto leg = [](const std::string& key) {
    return R"({"payload":{"sessionId":"s","sessionStatus":"ERROR","details":{")" + key +
           R"(":{"errorDetails":{"errorCode":-2004}}}}})";
  };
  check({
      json(kMasking, leg("callA"), "counted 1", {k2004, kSessionError}),
      json(kMasking, leg("CallA"), "counted 1", {k2004, kSessionError}),
      json(kMasking, leg("CALLB"), "counted 1", {k2004, kSessionError}),
      json(kMasking,
           R"({"Payload":{"SessionId":"s","SessionStatus":"ERROR","ErrorDetails":{"ErrorCode":-2004}}})",
           "counted 1", {k2004, kSessionError}),
  });
}

TEST(Traps, OneCodeInTwoCodeSpacesStaysApart) {
  const std::string event = R"({"payload":{"errorDetails":{"errorCode":-9999}}})";
  check({
      json(kMasking, event, "counted 1", {"-9999 unknown_error internal platform critical = 1"}),
      json(kVoice, event, "counted 1", {"-9999 unknown_error internal platform critical = 1"}),
  });

  std::vector<const Catalog*> catalogs;
  for (const auto& catalog : shipped_settings()->catalogs) catalogs.push_back(catalog.get());
  Lines found;
  for (const Meaning& meaning : explain(catalogs, "-9999")) {
    found.push_back(meaning.space->name + ' ' + meaning.entry->family);
  }
  EXPECT_EQ(found, (Lines{"voice internal", "api api_request"}));

  // The API's codes never arrive by event, so they have no series.
  River river(shipped_settings());
  Lines series;
  for (const auto& [name, value] : samples(river.ledger())) {
    if (name.starts_with("telephony_errors_total{") && name.find("code=\"-9999\"") != name.npos) {
      series.push_back(name.substr(name.find("family=")));
    }
  }
  EXPECT_EQ(
      series,
      (Lines{
          R"(family="internal",product="number_masking",provider="8x8",reason="unknown_error",severity="critical"})",
          R"(family="internal",product="voice",provider="8x8",reason="unknown_error",severity="critical"})"}));
  EXPECT_EQ(river.page().find("api_request"), std::string::npos);
}

TEST(Traps, ACodeOfOneProductMeansNothingInAnother) {
  check({
      json(kSms, R"({"payload":{"umid":"m","status":{"state":"undelivered","errorCode":15}}})", "counted 1",
           {"15 invalid_destination sms_delivery destination warning = 1", "session failed = 1"}),
      json(kSms, R"({"payload":{"umid":"m","status":{"state":"undelivered","errorCode":-2010}}})",
           "counted 1", {kUnlistedUnknown, "session failed = 1"}),
      json(kMasking, R"({"payload":{"errorDetails":{"errorCode":15}}})", "counted 1", {kUnlistedUnknown}),
      json(kVoice, R"({"payload":{"errorDetails":{"errorCode":-1004}}})", "counted 1", {kUnlistedUnknown}),
  });
}

TEST(Traps, ASessionSummaryHasNoEventIdAndCountsOncePerSession) {
  const auto session = [](const std::string& id, const std::string& more) {
    return R"({"payload":{"sessionId":")" + id + R"(","sessionStatus":"BUSY")" + more + "}}";
  };
  River river(shipped_settings());
  EXPECT_EQ(summary(river.json(kMasking, session("s1", ""))), "counted 1");
  EXPECT_EQ(summary(river.json(kMasking, session("s1", R"(,"eventId":"e2","callCount":2)"))), "duplicate 1");
  EXPECT_EQ(summary(river.json(kMasking, session("s2", ""))), "counted 1");
  EXPECT_EQ(summary(river.json(kMasking, session("S1", ""))), "counted 1") << "ids are compared as they are";
  EXPECT_EQ(summary(river.json(kVoice, session("s1", ""))), "counted 1")
      << "another product, another session";
  EXPECT_EQ(river.counted(), (Lines{"session busy = 3", "session busy = 1"}));
}

TEST(Traps, WithoutAnyIdEveryDeliveryCounts) {
  River river(shipped_settings());
  const std::string session = R"({"payload":{"sessionStatus":"BUSY"}})";
  EXPECT_EQ(summary(river.json(kMasking, session)), "counted 1");
  EXPECT_EQ(summary(river.json(kMasking, session)), "counted 1");
  EXPECT_EQ(river.counted(), Lines{"session busy = 2"});
}

TEST(Traps, ShapeDecidesNotTheEventType) {
  check({
      json(kMasking, R"({"eventType":"CALL_STATUS","payload":{"sessionId":"s","sessionStatus":"FAILED"}})",
           "counted 1", {"session failed = 1"}),
      json(kMasking, R"({"eventType":"CALL_ACTION","payload":{"sessionId":"s","sessionStatus":"FAILED"}})",
           "counted 1", {"session failed = 1"}),
      json(kMasking, R"({"payload":{"sessionId":"s","sessionStatus":"FAILED"}})", "counted 1",
           {"session failed = 1"}),
      json(kMasking,
           R"({"eventType":"SESSION_SUMMARY","payload":{"eventId":"e","callStatus":"CALL_CONNECTED"}})",
           "ignored 1", {}),
      json(kMasking, R"({"eventType":"SOMETHING_NEW","payload":{"errorDetails":{"errorCode":-2010}}})",
           "counted 1", {k2010}),
  });
}

TEST(Traps, ErrorDetailsCountWhereverTheyStand) {
  const std::string details = R"("errorDetails":{"errorCode":"-2010"})";
  const Lines without_session = {k2010};
  check({
      json(kMasking, "{" + details + "}", "counted 1", without_session),
      json(kMasking, R"({"payload":{)" + details + "}}", "counted 1", without_session),
      json(kMasking, R"({"details":{"callB":{)" + details + "}}}", "counted 1", without_session),
      json(kMasking, R"({"payload":{"details":{"callA":{"callStatus":"ERROR",)" + details + "}}}}",
           "counted 1", without_session),
      json(kMasking,
           R"({"eventType":"CALL_STATUS","payload":{"eventId":"e","callStatus":"CALL_DISCONNECTED",)" +
               details + "}}",
           "counted 1", without_session),
      json(kMasking, R"({"eventType":"CALL_ACTION",)" + details + "}", "counted 1", without_session),
      // One event is one error, however often it says so.
      json(kMasking,
           "{" + details + R"(,"payload":{"sessionId":"s","sessionStatus":"ERROR",)" + details + "}}",
           "counted 1", {k2010, kSessionError}),
  });
}

TEST(Traps, ACallActionIsIgnoredWithAWarning) {
  const std::string action =
      R"({"eventType":"CALL_ACTION","payload":{"eventId":"e","callStatus":"CALL_RECEIVED","source":"+12025550143"}})";
  const std::string said =
      " level=warn msg=\"an event arrived that the catalog warns of\" source=8x8-number-masking "
      "kind=call_action "
      "warning=\"a CALL_ACTION webhook arrived; its sender waits for a call flow in the reply and live calls "
      "fail "
      "without one: point the VCA webhook at your own application and only VSS and VCS at this exporter\"\n";
  River river(shipped_settings());
  EXPECT_EQ(summary(river.json(kMasking, action)), "ignored 1");
  ASSERT_EQ(river.log_text().find(" level="), sizeof("ts=2026-01-13T08:29:06.123Z") - 1);
  EXPECT_EQ(river.log_text().substr(river.log_text().find(" level=")), said);
  EXPECT_EQ(river.counted(), Lines{});

  const std::size_t once = river.log_text().size();
  river.clock.advance(std::chrono::minutes(59));
  river.json(kMasking, action);
  EXPECT_EQ(river.log_text().size(), once) << "the warning is repeated once an hour, not more often";
  river.clock.advance(std::chrono::minutes(1));
  river.json(kMasking, action);
  EXPECT_EQ(river.log_text().size(), 2 * once);
}

TEST(Traps, CodesBetweenTheListedFamiliesFallBackToTheThousand) {
  const auto call = [](const std::string& code) {
    return "CallSid=CA1&CallStatus=failed&ReasonCode=" + code;
  };
  const std::string failed = "session failed = 1";
  check({
      form(kRestcomm, call("1203"), "counted 1", {"unlisted unlisted generic platform warning = 1", failed}),
      form(kRestcomm, call("1299"), "counted 1", {"unlisted unlisted generic platform warning = 1", failed}),
      form(kRestcomm, call("1199"), "counted 1", {"unlisted unlisted call request warning = 1", failed}),
      form(kRestcomm, call("2503"), "counted 1", {"unlisted unlisted rcml request warning = 1", failed}),
      form(kRestcomm, call("2399"), "counted 1", {"unlisted unlisted rcml_say media warning = 1", failed}),
      form(kRestcomm, call("4199"), "counted 1",
           {"unlisted unlisted media_gateway media warning = 1", failed}),
      form(kRestcomm, call("3399"), "counted 1",
           {"unlisted unlisted account_provisioning authorization critical = 1", failed}),
      form(kRestcomm, call("1202"), "counted 1",
           {"1202 client_not_found generic provisioning warning = 1", failed}),
      form(kRestcomm, call("2502"), "counted 1", {"2502 play_url_invalid rcml media warning = 1", failed}),
      form(kRestcomm, call("4100"), "counted 1",
           {"4100 media_operation_failed media_gateway media warning = 1", failed}),
  });
}

TEST(Traps, EndingsAreInfo) {
  const auto call = [](const std::string& code) {
    return "CallSid=CA1&CallStatus=completed&ReasonCode=" + code;
  };
  const std::string completed = "session completed = 1";
  check({
      form(kRestcomm, call("1101"), "counted 1", {"1101 call_terminated call normal info = 1", completed}),
      form(kRestcomm, call("1102"), "counted 1", {"1102 call_canceled call user info = 1", completed}),
      form(kRestcomm, call("1106"), "counted 1", {"1106 call_transferred call normal info = 1", completed}),
      form(kRestcomm, call("2002"), "counted 1",
           {"2002 rcml_ended_successfully rcml normal info = 1", completed}),
      form(kRestcomm, call("2400"), "counted 1",
           {"2400 call_rejected_by_application rcml_reject normal info = 1", completed}),
  });
}

TEST(Traps, AnErrorCodeMayBeAName) {
  const auto sms = [](const std::string& code) {
    return "MessageSid=SM1&MessageStatus=failed&ErrorCode=" + code;
  };
  const std::string failed = "session failed = 1";
  const std::string unreachable = "30003 unreachable_destination_handset sms destination warning = 1";
  check({
      form(kRestcommSms, sms("30003"), "counted 1", {unreachable, failed}),
      form(kRestcommSms, sms("UNREACHABLE_DESTINATION_HANDSET"), "counted 1", {unreachable, failed}),
      form(kRestcommSms, sms("unreachable-destination-handset"), "counted 1", {unreachable, failed}),
      form(kRestcommSms, sms("Unreachable+destination+handset"), "counted 1", {unreachable, failed}),
      form(kRestcommSms, sms("QUEUE_OVERFLOW"), "counted 1",
           {"30001 message_queue_overflow sms capacity critical = 1", failed}),
      form(kRestcommSms, sms("ACCOUNT_SUSPENDED"), "counted 1",
           {"30002 account_suspended sms authorization critical = 1", failed}),
      form(kRestcommSms, sms("SOMETHING_NEW"), "counted 1", {kUnlistedUnknown, failed}),
      form(kRestcommSms, sms("0"), "counted 1", {failed}),
      form(kRestcommSms, sms("null"), "counted 1", {failed}),
      form(kRestcommSms, sms(""), "counted 1", {failed}),
      line(kRestcommSms, "MessageStatus=failed&ErrorCode=ACCOUNT_SUSPENDED&MessageSid=SM1", "counted 1",
           {"30002 account_suspended sms authorization critical = 1"}),
      line(kRestcommSms, "MessageStatus=delivered&ErrorCode=0&MessageSid=SM1", "ignored 1", {}),
      line(kRestcommSms, "MessageStatus=delivered ErrorCode=null", "ignored 1", {}),
  });
}

TEST(Traps, OneBodyMayHoldManyCalls) {
  check({json(kSynthflow, R"({"status":"ok","response":{"calls":[
      {"call_id":"1","call_status":"failed","error_message":"Telephony - 486 - Busy Here"},
      {"call_id":"2","call_status":"completed","error_message":null},
      {"call_id":"3","call_status":"in-progress"},
      {"call_id":"1","call_status":"failed","error_message":"Telephony - 486 - Busy Here"}]}})",
              "counted 2, duplicate 1, ignored 1",
              {"486 busy_here request_failure user info = 1", "session completed = 1", "session failed = 1"}),
         json(kSynthflow, R"({"response":{"calls":[]}})", "", {})});
}

TEST(Traps, TheTextOfASipCodeMayMeanSomethingElse) {
  const auto call = [](const std::string& message) {
    return R"({"call":{"call_id":"1","status":"failed"},"error_message":"Telephony - )" + message + "\"}";
  };
  const std::string failed = "session failed = 1";
  check({
      json(kSynthflow, call("484 - Call Rejected"), "counted 1",
           {"484 call_rejected request_failure user info = 1", failed}),
      json(kSynthflow, call("484 - Address Incomplete"), "counted 1",
           {"484 address_incomplete request_failure destination warning = 1", failed}),
      json(kSynthflow, call("500 - Decline"), "counted 1",
           {"500 declined server_failure user info = 1", failed}),
      json(kSynthflow, call("500 - Internal Server Error"), "counted 1",
           {"500 internal_server_error server_failure platform critical = 1", failed}),
      json(kSynthflow, call("608 - Termination needs STI IDHDR"), "counted 1",
           {"608 identity_header_required global_failure caller_identity warning = 1", failed}),
      json(kSynthflow, call("608 - Rejected"), "counted 1",
           {"608 rejected_by_policy global_failure policy warning = 1", failed}),
      json(kSynthflow, call("403 - invalid  CREDENTIALS (trunk 4)"), "counted 1",
           {"403 invalid_credentials request_failure authorization critical = 1", failed}),
      json(kSynthflow, call("403 - Something new"), "counted 1",
           {"403 forbidden request_failure authorization warning = 1", failed}),
      json(kSynthflow, call("499 - Something new"), "counted 1",
           {"unlisted unlisted request_failure request warning = 1", failed}),
      json(kSynthflow, R"({"call":{"call_id":"1","status":"completed"},"error_message":"agent_goodbye"})",
           "counted 1", {"session completed = 1"}),
      line(kSynthflow, "dialer: Telephony - 500 - Decline", "counted 1",
           {"500 declined server_failure user info = 1"}),
  });
}

TEST(Traps, APhoneNumberInAMessageMatchesAndIsNeverShown) {
  River river(shipped_settings());
  const std::string digits = "2025550143";
  const auto call = [](const std::string& account, const std::string& message) {
    return R"({"call":{"status":"failed","model_id":")" + account + R"("},"error_message":"Telephony - )" +
           message + "\"}";
  };
  river.json(kSynthflow, call("model",
                              "400 - The number +12025550143 is unverified. Trial accounts may only make "
                              "calls to verified numbers."));
  EXPECT_EQ(river.counted(), (Lines{"400 unverified_number_trial request_failure authorization warning = 1",
                                    "session failed = 1"}));
  river.json(kSynthflow, call("+12025550143", "403 - Callee +1 202 555 0143 or 12025550143 is unknown"));
  river.json(kSynthflow, call("(202) 555-0143", "499 - No 12025550143"));
  river.text(kSynthflow, "Telephony - 12025550143 - No such thing");
  river.form(kRestcommSms, "MessageSid=SM1&MessageStatus=failed&To=%2B12025550143&ErrorCode=%2B12025550143");
  river.form(kRestcommSms, "MessageSid=SM2&MessageStatus=failed&ErrorCode=TO_12025550143");
  river.text(kRestcommSms, "ErrorCode=TO_12025550143");
  river.json(kMasking, R"({"payload":{"sessionStatus":"ERROR","subAccountId":"12025550143","errorDetails":{
      "errorCode":"12025550143","errorMsg":"+12025550143 is wrong"}}})");
  river.json(kMasking, R"({"payload":{"sessionStatus":"+12025550143"},"eventType":"+12025550143"})");
  EXPECT_EQ(river.total().counted, 9U);

  std::string shown = river.page() + river.log_text();
  for (const UnlistedCode& code : river.unlisted().list()) shown += code.code + '\n' + code.text + '\n';
  for (const std::string& part : {digits, std::string("555 0143"), std::string("0143")}) {
    EXPECT_EQ(shown.find(part), std::string::npos) << shown.substr(shown.find(part) - 100, 200);
  }
}

TEST(Traps, ThirtyThousandIsNotThreeThousand) {
  const auto sms = [](const std::string& code) {
    return "MessageSid=SM1&MessageStatus=failed&ErrorCode=" + code;
  };
  const std::string failed = "session failed = 1";
  check({
      form(kRestcommSms, sms("30001"), "counted 1",
           {"30001 message_queue_overflow sms capacity critical = 1", failed}),
      form(kRestcommSms, sms("30050"), "counted 1", {"unlisted unlisted sms unknown warning = 1", failed}),
      form(kRestcommSms, sms("3000"), "counted 1",
           {"3000 provisioning_error provisioning provisioning warning = 1", failed}),
      form(kRestcommSms, sms("3999"), "counted 1",
           {"unlisted unlisted provisioning provisioning warning = 1", failed}),
      form(kRestcommSms, sms("300010"), "counted 1",
           {"30010 price_exceeds_max_price sms request warning = 1", failed}),
      form(kRestcommSms, sms("300011"), "counted 1", {kUnlistedUnknown, failed}),
      form(kRestcommSms, sms("31234"), "counted 1", {kUnlistedUnknown, failed}),
  });
}

TEST(Traps, SipSuccessAndProgressAreNoErrors) {
  const auto dial = [](const std::string& code) {
    return "CallSid=CA1&DialCallSid=CA2&DialCallStatus=completed&DialSipResponseCode=" + code;
  };
  check({
      form(kRestcomm, dial("200"), "counted 1", {"session completed = 1"}),
      form(kRestcomm, dial("202"), "counted 1", {"session completed = 1"}),
      form(kRestcomm, dial("299"), "counted 1", {"session completed = 1"}),
      form(kRestcomm, dial("180"), "counted 1", {"session completed = 1"}),
      form(kRestcomm, "DialSipResponseCode=200", "ignored 1", {}),
      form(kRestcomm, dial("486"), "counted 1",
           {"486 busy_here request_failure user info = 1", "session completed = 1"}),
      form(kRestcomm, "DialSipResponseCode=404", "counted 1",
           {"404 not_found request_failure destination warning = 1"}),
  });
  River river(shipped_settings());
  EXPECT_EQ(river.page().find("code=\"200\""), std::string::npos) << "what never counts has no series";
}

TEST(Traps, AReasonHeaderCarriesTheCode) {
  struct HeaderCase {
    const char* reason;
    Lines counted;
  };
  const std::string busy = "486 busy_here request_failure user info = 1";
  const std::string no_answer = "1105 call_no_answer call user info = 1";
  const std::string failed = "session failed = 1";
  const std::vector<HeaderCase> cases = {
      {R"(SIP;cause=486;text="Busy Here")", {busy, failed}},
      {R"(sip ; cause = 486)", {busy, failed}},
      {R"(CPaaS;cause=1105;text="Call No Answer")", {no_answer, failed}},
      {R"(SIP;cause=486, CPaaS;cause=1105;text="Call No Answer")", {no_answer, failed}},
      {R"(Q.850;cause=16;text="Terminated", SIP;cause=486)", {busy, failed}},
      {R"(Q.850;cause=16;text="Terminated")", {failed}},
      {R"(Q.850;cause=17;text="User busy")", {"17 user_busy normal_event user info = 1", failed}},
      {R"(Q.850;cause=34)", {"34 no_circuit_available resource_unavailable capacity critical = 1", failed}},
      {R"(Q.850;cause=102)", {"102 recovery_on_timer_expiry protocol_error expiry warning = 1", failed}},
      {R"(Q.850;cause=17, CPaaS;cause=3102)",
       {"3102 number_not_bound number_provisioning provisioning warning = 1", failed}},
      {"Call No Answer", {no_answer, failed}},
      {R"(SIP;cause=200;text="Call completed elsewhere")", {failed}},
  };
  for (const HeaderCase& c : cases) {
    SCOPED_TRACE(c.reason);
    const std::array<Header, 2> headers = {Header{"Host", "localhost"}, Header{"reason", c.reason}};
    RawEvent raw;
    raw.format = BodyFormat::form;
    raw.body = "CallSid=CA1&CallStatus=failed";
    raw.headers = headers;
    River by_header(shipped_settings());
    EXPECT_EQ(summary(by_header.post(kRestcomm, raw)), "counted 1");
    EXPECT_EQ(by_header.counted(), c.counted);

    std::string encoded;
    for (const char* at = c.reason; *at != '\0'; ++at) {
      static constexpr const char* kHex = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(*at);
      encoded += {'%', kHex[byte / 16], kHex[byte % 16]};
    }
    River by_field(shipped_settings());
    EXPECT_EQ(summary(by_field.form(kRestcomm, "CallSid=CA1&CallStatus=failed&Reason=" + encoded)),
              "counted 1");
    EXPECT_EQ(by_field.counted(), c.counted);
  }
}

TEST(Traps, TheMoreSpecificCodeWins) {
  check({
      form(kRestcomm, "CallSid=CA1&CallStatus=failed&DialSipResponseCode=486&ReasonCode=1105", "counted 1",
           {"1105 call_no_answer call user info = 1", "session failed = 1"}),
      form(kRestcomm, "CallSid=CA1&CallStatus=failed&DialSipResponseCode=486&ReasonCode=0", "counted 1",
           {"486 busy_here request_failure user info = 1", "session failed = 1"}),
      json(kRestcomm, R"({"CallSid":"CA1","CallStatus":"failed","reason_code":3102})", "counted 1",
           {"3102 number_not_bound number_provisioning provisioning warning = 1", "session failed = 1"}),
      form(kRestcomm, "CallSid=CA1&CallStatus=failed&DialSipResponseCode=486&Reason=Q.850%3Bcause%3D17",
           "counted 1", {"486 busy_here request_failure user info = 1", "session failed = 1"}),
      json(kRestcomm, R"({"sid":"1","error_code":"3102"})", "counted 1",
           {"3102 number_not_bound number_provisioning provisioning warning = 1"}),
  });
}

TEST(Traps, AnUnlistedCodeIsToldOnceAnHour) {
  River river(shipped_settings());
  const std::string event = R"({"errorDetails":{"errorCode":-2999}})";
  river.json(kMasking, event);
  river.json(kMasking, event);
  const std::string said =
      " level=warn msg=\"a code is not in the catalog; see /api/v1/unlisted\" provider=8x8 "
      "product=number_masking "
      "code=-2999 family=unknown\n";
  const std::size_t once = river.log_text().size();
  EXPECT_EQ(river.log_text().substr(river.log_text().find(" level=")), said);
  river.clock.advance(std::chrono::hours(1));
  river.json(kMasking, event);
  EXPECT_EQ(river.log_text().size(), 2 * once);
  EXPECT_EQ(samples(river.metrics()).at(R"(telephony_exporter_unlisted_codes_total{provider="8x8"})"), 3);
}

}  // namespace
}  // namespace telephony
