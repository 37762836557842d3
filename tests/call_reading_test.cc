// What events tell of calls: where they stand, how long they took, how they sounded; and what cannot be.
#include <gtest/gtest.h>

#include <iterator>

#include "settings_fixture.h"
#include "telephony_exporter/decode/decoder.h"

namespace telephony {
namespace {

constexpr const char* kCatalog = R"(provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: capacity, title: Capacity, unlisted: {category: capacity, severity: warning, retry: never}}
    codes:
      - {code: "1", reason: full, family: capacity, category: capacity, severity: critical, retry: never,
         message: Full, meaning: It is full., remedy: Wait.}
outcomes:
  completed: [completed]
  ongoing: [ringing]
events:
  - kind: progress
    when: [/progress]
    call: {session: [/session], leg: [/leg], status: [/progress], under_way: [up, still up], over: [down]}
    occurred: [/at, {field: /epoch, as: epoch_seconds}]
  - kind: own_status
    when: [/status]
    status: [/status]
    call: {session: [/session]}
    legs: {duration: [/seconds, {field: /ms, unit: milliseconds}], setup: [/ring]}
  - kind: summary
    when: [/legs]
    code: [/legs/*/code]
    call: {session: [/session]}
    legs:
      at: [/legs/a, /legs/b]
      initiated: [/initiated]
      connected: [/connected]
      disconnected: [/disconnected]
      duration: [/duration]
      mos: [/quality/mos]
      loss: [{field: /quality/loss, unit: percent}, {field: /quality/ratio, unit: ratio}]
      jitter: [{field: /quality/jitter, unit: milliseconds}]
)";

const Settings& settings() {
  static const auto loaded = settings_of(kCatalog);
  return *loaded;
}

std::string shown(const std::optional<double>& value) {
  if (!value) return "-";
  std::ostringstream out;
  out << *value;
  return out.str();
}

/// "duration setup mos loss jitter" of each leg, then what was absurd.
std::string shown(const Event& event) {
  std::string out;
  for (const CallMeasures& leg : event.legs) {
    out += out.empty() ? "" : ", ";
    out += shown(leg.duration_seconds) + ' ' + shown(leg.setup_seconds) + ' ' + shown(leg.mos) + ' ' +
           shown(leg.loss_ratio) + ' ' + shown(leg.jitter_seconds);
  }
  for (std::size_t i = 0; i < kCallFields; ++i) {
    if (event.absurd[i]) out += " !" + std::string(name(static_cast<CallField>(i)));
  }
  return out;
}

/// "session/leg is up" or "... is over".
std::string shown(const std::optional<CallReport>& call) {
  if (!call) return "";
  return std::string(call->session) + '/' + std::string(call->leg) + (call->over ? " is over" : " is up");
}

/// What `show` makes of the one event that the body holds.
template <typename Show>
std::string decoded(std::string_view body, Show show) {
  Decoder decoder;
  RawEvent raw;
  raw.body = body;
  std::string out = "no event";
  decoder.decode(settings().sources.front(), raw, [&](const Record& record) {
    if (const auto* event = std::get_if<Event>(&record)) out = show(*event);
  });
  return out;
}

std::string call(std::string_view body) {
  return decoded(body, [](const Event& event) { return shown(event.call); });
}
std::string legs(std::string_view body) {
  return decoded(body, [](const Event& event) { return shown(event); });
}
std::string leg(const std::string& fields) {
  return legs(R"({"session":"s","legs":{"A":{)" + fields + "}}}");
}

TEST(CallReading, WordsSayWhetherACallIsUnderWay) {
  EXPECT_EQ(call(R"({"progress":"UP","session":"s1","leg":"a"})"), "s1/a is up");
  EXPECT_EQ(call(R"({"progress":"still_up","session":"s1","leg":7})"), "s1/7 is up");
  EXPECT_EQ(call(R"({"progress":"Down","session":" s1 ","leg":"a"})"), "s1/a is over");
  EXPECT_EQ(call(R"({"progress":"down","session":"s1"})"), "s1/ is over");
  EXPECT_EQ(call(R"({"progress":"sideways","session":"s1"})"), "") << "a word that nobody listed";
  EXPECT_EQ(call(R"({"progress":"up","session":""})"), "") << "nobody's call";
  EXPECT_EQ(call(R"({"progress":"up","session":{}})"), "");
  EXPECT_EQ(call(R"({"progress":"up"})"), "");
}

TEST(CallReading, AnEventInProgressIsNeitherAnErrorNorASession) {
  EXPECT_EQ(decoded(R"({"progress":"up","session":"s1"})",
                    [](const Event& event) {
                      return std::string(event.code) + (event.session ? "session" : "neither");
                    }),
            "neither");
}

TEST(CallReading, WithoutWordsTheStatusOfTheEventSaysIt) {
  EXPECT_EQ(call(R"({"status":"ringing","session":"s1"})"), "s1/ is up");
  EXPECT_EQ(call(R"({"status":"completed","session":"s1"})"), "s1/ is over");
  EXPECT_EQ(call(R"({"legs":1,"session":"s1"})"), "s1/ is over") << "a summary has no status";
}

TEST(CallReading, LegsStandWhereTheCatalogSays) {
  EXPECT_EQ(legs(R"({"legs":{
      "A":{"initiated":"2026-01-13T08:29:06Z","connected":"2026-01-13T08:29:12.5Z","duration":31,
           "quality":{"mos":4.4,"loss":0.5,"jitter":18}},
      "b":{"Connected":"2026-01-13T08:29:13Z","DISCONNECTED":"2026-01-13T09:29:43+01:00",
           "quality":{"mos":"4.1","ratio":0.02,"jitter":0}},
      "c":{"duration":7}}})"),
            "31 6.5 4.4 0.005 0.018, 30 - 4.1 0.02 0");
  EXPECT_EQ(legs(R"({"legs":{"c":{"duration":7}}})"), "") << "a leg that the catalog does not name";
}

TEST(CallReading, ALocationMayBeNamedBesideAnyOther) {
  EXPECT_EQ(decoded(R"({"legs":{"a":{"duration":7,"code":1,"connected":"2026-01-13T08:29:12Z"}}})",
                    [](const Event& event) { return std::string(event.code) + ' ' + shown(event); }),
            "1 7 - - - -");
}

TEST(CallReading, WhatNobodyTookHasNoDuration) {
  EXPECT_EQ(leg(R"("duration":0,"initiated":"2026-01-13T08:29:06Z","disconnected":"2026-01-13T08:29:43Z")"),
            "");
  EXPECT_EQ(leg(R"("duration":0,"connected":"2026-01-13T08:29:06Z")"), "0 - - - -") << "but for a moment";
  EXPECT_EQ(legs(R"({"status":"completed","seconds":0})"), "");
  EXPECT_EQ(legs(R"({"status":"completed","seconds":0,"ring":5})"), "") << "nor a setup";
}

TEST(CallReading, UnitsBecomeSecondsAndRatios) {
  EXPECT_EQ(legs(R"({"status":"completed","seconds":"31"})"), "31 - - - -");
  EXPECT_EQ(legs(R"({"status":"completed","seconds":"","ms":31500,"ring":2.25})"), "31.5 2.25 - - -");
  EXPECT_EQ(leg(R"("quality":{"loss":100})"), "- - - 1 -");
  EXPECT_EQ(leg(R"("quality":{"ratio":1})"), "- - - 1 -");
}

TEST(CallReading, WhatCannotBeIsLeftOut) {
  EXPECT_EQ(leg(R"("duration":-1)"), " !duration");
  EXPECT_EQ(leg(R"("duration":604801)"), " !duration") << "more than a week";
  EXPECT_EQ(leg(R"("duration":604800)"), "604800 - - - -");
  EXPECT_EQ(leg(R"("duration":1e300)"), " !duration");
  EXPECT_EQ(leg(R"("duration":"nan")"), " !duration");
  EXPECT_EQ(leg(R"("duration":"inf")"), " !duration");
  EXPECT_EQ(leg(R"("duration":true)"), " !duration");
  EXPECT_EQ(leg(R"("duration":{})"), " !duration");
  EXPECT_EQ(leg(R"("duration":18446744073709551615)"), " !duration");
  EXPECT_EQ(leg(R"("quality":{"mos":9})"), " !mos");
  EXPECT_EQ(leg(R"("quality":{"mos":0})"), " !mos");
  EXPECT_EQ(leg(R"("quality":{"loss":300})"), " !loss");
  EXPECT_EQ(leg(R"("quality":{"loss":-0.1})"), " !loss");
  EXPECT_EQ(leg(R"("quality":{"ratio":1.5})"), " !loss");
  EXPECT_EQ(leg(R"("quality":{"jitter":-5})"), " !jitter");
  EXPECT_EQ(leg(R"("quality":{"jitter":10001})"), " !jitter");
  EXPECT_EQ(leg(R"("quality":{"jitter":20,"mos":"good","loss":null})"), "- - - - 0.02 !mos")
      << "the rest stays";
}

TEST(CallReading, TimesThatRunBackwards) {
  EXPECT_EQ(leg(R"("initiated":"2026-01-13T08:29:06Z","connected":"2026-01-13T08:29:05Z")"), " !setup");
  EXPECT_EQ(leg(R"("connected":"2026-01-13T08:29:06Z","disconnected":"2026-01-13T08:29:05Z")"), " !duration");
  EXPECT_EQ(leg(R"("initiated":"2026-01-13T08:00:00Z","connected":"2026-01-13T09:00:01Z")"), " !setup")
      << "an hour";
  EXPECT_EQ(leg(R"("initiated":"0001-01-01T00:00:00Z","connected":"2026-01-13T08:29:05Z")"), " !setup");
  EXPECT_EQ(leg(R"("connected":"2026-01-13T08:29:06Z","disconnected":"2026-02-13T08:29:05Z")"), " !duration");
  EXPECT_EQ(leg(R"("connected":"2026-01-13T08:29:06Z","disconnected":"soon","duration":5)"),
            "5 - - - - !duration");
}

TEST(CallReading, WhenAnEventOccurred) {
  const auto occurred = [](std::string_view body) {
    return decoded(body, [](const Event& event) {
      const auto seconds = [](WallTime time) {
        return std::chrono::duration<double>(time.time_since_epoch()).count();
      };
      std::ostringstream out;
      out.precision(14);
      if (event.occurred) out << seconds(*event.occurred);
      return out.str() + shown(event);
    });
  };
  EXPECT_EQ(occurred(R"({"progress":"up","at":"2026-01-13T08:29:43.375Z"})"), "1768292983.375");
  EXPECT_EQ(occurred(R"({"progress":"up","epoch":1768292983})"), "1768292983");
  EXPECT_EQ(occurred(R"({"progress":"up","epoch":0})"), "") << "is how some say that there is none";
  EXPECT_EQ(occurred(R"({"progress":"up","at":"0001-01-01T00:00:00Z"})"), " !occurred");
  EXPECT_EQ(occurred(R"({"progress":"up","at":17})"), " !occurred");
  EXPECT_EQ(occurred(R"({"progress":"up"})"), "");
}

/// The samples of 8x8: the shipped catalog fills what the documented payloads hold.
TEST(CallReading, TheShippedCatalogReadsSummariesAndStatusEvents) {
  const Source& source = *shipped_settings()->source("8x8-number-masking");
  const auto read = [&](std::string_view body) {
    Decoder decoder;
    RawEvent raw;
    raw.body = body;
    std::string out;
    decoder.decode(source, raw, [&](const Record& record) {
      const Event& event = std::get<Event>(record);
      out = shown(event.call) + (event.occurred ? " at a time; " : "; ") + shown(event);
    });
    return out;
  };
  EXPECT_EQ(read(R"({"payload":{"eventId":"e","callId":"c","sessionId":"s","callStatus":"CALL_CONNECTED",
                     "callDuration":0,"sipCode":200,"timestamp":"2026-01-06T10:17:19.375Z"},"eventType":"CALL_STATUS"})"),
            "s/c is up at a time; ");
  EXPECT_EQ(
      read(R"({"payload":{"eventId":"e","callId":"c","sessionId":"s","callStatus":"CALL_DISCONNECTED"}})"),
      "s/c is over; ");
  EXPECT_EQ(read(R"({"payload":{"eventId":"e","callId":"c","sessionId":"s","callStatus":"CALL_DISCONNECTED",
                     "errorDetails":{"errorCode":-2010}}})"),
            "s/c is over; ");
  EXPECT_EQ(
      read(R"({"payload":{"sessionId":"s","sessionStatus":"BUSY","endTime":"2026-01-13T08:29:43Z","details":{
      "CallA":{"initiatedTimestamp":"2026-01-13T08:29:06Z","connectedTimestamp":"2026-01-13T08:29:07Z",
               "callDuration":37,"callQuality":{"mos":4.5,"packetLossRate":0.5,"jitter":20}},
      "callB":{"initiatedTimestamp":"2026-01-13T08:29:29Z","disconnectedTimestamp":"2026-01-13T08:29:43Z",
               "callDuration":0}}}})"),
      "s/ is over at a time; 37 1 4.5 0.005 0.02");
}

}  // namespace
}  // namespace telephony
