// What messages say, with the headers that real senders write.
#include "source/syslog_text.h"

#include <gtest/gtest.h>

#include <string>

#include "river_fixture.h"

namespace telephony::syslog {
namespace {

struct Example {
  std::string_view message;
  std::string_view text;
};

void expect_texts(std::initializer_list<Example> examples) {
  for (const Example& example : examples)
    EXPECT_EQ(text_of(example.message), example.text) << example.message;
}

TEST(SyslogText, Rfc5424) {
  expect_texts({
      // The examples of RFC 5424 section 6.5.
      {"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xEF\xBB\xBF'su root' failed",
       "'su root' failed"},
      {"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time", "%% It's time"},
      {R"(<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [exampleSDID@32473 iut="3" eventID="1011"] An event)",
       "An event"},
      {R"(<165>1 2003-10-11T22:14:15.003Z h e - ID47 [a@32473 iut="3"][b@32473 class="high"])", ""},
      {R"(<13>1 - - - - - [a@1 x="\"]\\" y="] ["][b] text [c])", "text [c]"},
      {"<13>1 - - - - - -", ""},
      {"<13>1 - - - - - - ", ""},
      {"<13>1 - - - - - -  two spaces", " two spaces"},
      {"1 2026-01-13T08:26:58Z h a 1 m - without a priority", "without a priority"},
      {"<13>1 - - - - - - first\nsecond\n", "first\nsecond"},
  });
}

TEST(SyslogText, WhatIsNearlyRfc5424LosesNoText) {
  expect_texts({
      {"<13>1 - - - - - [a@1 x=\"open text", "[a@1 x=\"open text"},
      {"<13>1 - - - - - text without data", "text without data"},
      {"<13>1 call failed", "1 call failed"},
      {"<13>1 2026-01-13T08:26:58Z h a 1", "1 2026-01-13T08:26:58Z h a 1"},
      {"<13>2 - - - - - - a later version", "2 - - - - - - a later version"},
      {"<13>1 - -  - - - x", "1 - -  - - - x"},
  });
}

TEST(SyslogText, Rfc3164) {
  expect_texts({
      // The examples of RFC 3164 section 5.4.
      {"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
       "'su root' failed for lonvick on /dev/pts/8"},
      {"Use the BFG!", "Use the BFG!"},
      {"<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!",
       "TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!"},
      {"<30>Jan 13 08:26:58 sbc1 /usr/sbin/kamailio[1234]: ERROR: core", "ERROR: core"},
      {"<30>Jan  3 08:26:58 sbc1 asterisk[99]: VERBOSE[1]: x", "VERBOSE[1]: x"},
      {"<30>Jan 3 08:26:58 sbc1 asterisk[99]: one-digit day", "one-digit day"},
      {"<30>Jan 13 08:26:58 asterisk[99]: no host, as in a local socket", "no host, as in a local socket"},
      {"<30>Jan 13 08:26:58 2001:db8::1 app: an address", "an address"},
      {"<30>Jan 13 08:26:58 sbc1 app[12] no colon", "no colon"},
      {"<30>Jan 13 2026 08:26:58 sbc1 app: with the year", "with the year"},
      {"Jan 13 08:26:58 sbc1 app: no priority", "no priority"},
      {"<30>Jan 13 08:26:58 sbc1 app:", ""},
  });
}

TEST(SyslogText, ForwardersThatWriteIsoTimes) {
  expect_texts({
      {"<134>2026-01-13T08:26:58.123456+01:00 sbc1 opensips[4321]: ACC: call missed: x",
       "ACC: call missed: x"},
      {"<134>2026-01-13T08:26:58Z sbc1 opensips[4321]: ACC: y", "ACC: y"},
      {"2026-01-13T08:26:58.123456-07:00 sbc1 json_acc: {\"method\":\"INVITE\"}", "{\"method\":\"INVITE\"}"},
  });
}

TEST(SyslogText, Routers) {
  expect_texts({
      {"<189>29: *Mar  1 18:48:50.483: %SYS-5-CONFIG_I: Configured", "%SYS-5-CONFIG_I: Configured"},
      {"<189>29: Mar  1 2026 18:48:50.483 UTC: %VOICE-3-X: text", "%VOICE-3-X: text"},
      {"<189>: 2026 Jan 13 08:26:58 CEST: %ETHPORT-5-IF: up", "%ETHPORT-5-IF: up"},
      {"<189>29: router1: Mar  1 18:48:50.483: %SYS-5-X: y", "29: router1: Mar  1 18:48:50.483: %SYS-5-X: y"},
  });
}

TEST(SyslogText, WithoutATagTheHostMayBeAWord) {
  expect_texts({
      {"<30>Jan 13 08:26:58 Got SIP response 486 \"Busy Here\"", "Got SIP response 486 \"Busy Here\""},
      {"<30>Jan 13 08:26:58 sbc1 Got SIP response 486", "sbc1 Got SIP response 486"},
      {"<30>Jan 13 08:26:58 sbc1 Retry after: 5", "sbc1 Retry after: 5"},
      {"<30>Jan 13 08:26:58 sbc1 {\"code\":1}", "{\"code\":1}"},
      {"<30>Jan 13 08:26:58", ""},
  });
}

TEST(SyslogText, WhatIsNoHeaderIsText) {
  expect_texts({
      {"", ""},
      {"\n", ""},
      {"<13>", ""},
      {"<13>plain", "plain"},
      {"<192>no priority goes so far", "<192>no priority goes so far"},
      {"<1x>y", "<1x>y"},
      {"<>y", "<>y"},
      {"<0013>y", "<0013>y"},
      {"<13>app: no time, so this may be part of the text", "app: no time, so this may be part of the text"},
      {"<13>Jan 13 08:26 almost a time", "Jan 13 08:26 almost a time"},
      {"<13>Jan 13 08:26:58text", "Jan 13 08:26:58text"},
      {"{\"code\":1}", "{\"code\":1}"},
      {"text\r\n", "text"},
  });
}

/// The catalogs' patterns find in a message what they find in a line of a file.
TEST(SyslogText, TheCatalogsOfSwitchesReadWhatArrives) {
  const auto settings = load_settings(SOURCE_DIRECTORY "/tests/testdata/more_providers.yml");
  const std::initializer_list<std::pair<const char*, std::string>> lines = {
      {"kamailio",
       "NOTICE: acc [acc.c:287]: acc_log_request(): ACC: call missed: "
       "timestamp=1;method=INVITE;call_id=a@192.0.2.1;code=486;reason=Busy Here"},
      {"kamailio", R"({"method":"INVITE","callid":"b@192.0.2.1","sip_code":"486","sip_reason":"Busy Here"})"},
      {"opensips",
       "ACC: call missed: timestamp=1;method=INVITE;call_id=a@192.0.2.1;code=486;reason=Busy Here"},
      {"freeswitch",
       "97ceeb52 2026-01-13 08:26:58.123456 [NOTICE] sofia.c:8758 Hangup sofia/external/x@192.0.2.4 "
       "[CS_CONSUME_MEDIA] [USER_BUSY]"},
      {"asterisk",
       R"(VERBOSE[4242][C-1a]: chan_sip.c: Got SIP response 486 "Busy Here" back from 192.0.2.50)"},
      {"asterisk", R"("","1001","12025550150","a","""Ann"" <1001>","PJSIP/1001-1","PJSIP/c-2","Dial","x",)"
                   R"("2026-01-13 08:26:58",,"2026-01-13 08:27:08",10,0,"BUSY","DOCUMENTATION","17.1","")"},
  };
  for (const auto& [provider, line] : lines) {
    for (const std::string header :
         {"<134>1 2026-01-13T08:26:58.1Z sbc1 app 12 - - ", "<134>Jan 13 08:26:58 sbc1 app[12]: ",
          "<134>2026-01-13T08:26:58.123456+01:00 sbc1 app: ", "<134>"}) {
      const std::string message = header + line;
      EXPECT_EQ(text_of(message), line);
      River river(settings);
      EXPECT_EQ(summary(river.text(provider, text_of(message))), "counted 1") << message;
    }
  }
  // Lines that a syslog daemon has written to a file keep their header, unless they are rows.
  for (const auto& [provider, line] : std::vector(lines.begin(), lines.end() - 1)) {
    if (line.starts_with('{')) continue;
    River river(settings);
    EXPECT_EQ(summary(river.text(provider, "2026-01-13T08:26:58.123456+01:00 sbc1 app[12]: " + line)),
              "counted 1");
  }
}

}  // namespace
}  // namespace telephony::syslog
