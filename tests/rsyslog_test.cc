// A real rsyslogd forwards to the real exporter, in every format and framing that it has.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "process.h"
#include "syslog_sender.h"

namespace telephony {
namespace {

constexpr std::chrono::seconds kSoon{60};

/// Takes lines by TCP and forwards as it is told to.
class Rsyslog {
 public:
  explicit Rsyslog(const std::string& actions)
      : port_(free_port()),
        process_({"/usr/sbin/rsyslogd", "-n", "-i", directory_.path() + "/pid", "-f",
                  directory_.write("rsyslog.conf", "global(workDirectory=\"" + directory_.path() + "\")\n" +
                                                       "module(load=\"imtcp\")\n"
                                                       "input(type=\"imtcp\" address=\"127.0.0.1\" port=\"" +
                                                       std::to_string(port_) + "\")\n" + actions)}) {
    EXPECT_TRUE(eventually(kSoon, [&] { return syslog_tcp(port_).connected() || process_.wait({}); }));
    EXPECT_EQ(process_.wait({}), std::nullopt) << process_.errors();
  }
  void send(const std::string& lines) const { EXPECT_TRUE(syslog_tcp(port_).send(lines)); }

 private:
  TemporaryDirectory directory_;
  std::uint16_t port_;
  Process process_;
};

std::string forward(std::uint16_t port, const std::string& how) {
  return "action(type=\"omfwd\" target=\"127.0.0.1\" port=\"" + std::to_string(port) +
         "\" queue.type=\"LinkedList\" action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\" " + how +
         ")\n";
}

/// What Asterisk and Kamailio give to the syslog daemon of their machine.
std::string responses(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += "<134>Jan 13 08:26:58 sbc1 asterisk[99]: VERBOSE[" + std::to_string(i) +
             "][C-1a]: chan_sip.c: Got SIP response 486 \"Busy Here\" back from 192.0.2.50:5060\n";
  }
  return lines;
}
std::string calls(int first, int count) {
  std::string lines;
  for (int i = first; i < first + count; ++i) {
    lines +=
        "<134>Jan 13 08:26:58 sbc1 /usr/sbin/kamailio[1234]: NOTICE: acc [acc.c:287]: acc_log_request(): "
        "ACC: "
        "call missed: timestamp=1;method=INVITE;call_id=" +
        std::to_string(i) + "@192.0.2.10;code=503;reason=Service Unavailable;trunk=carrier-a\n";
  }
  return lines;
}

class RsyslogTest : public ExporterTest {
 protected:
  std::string configuration(const std::string& sources) const {
    return directory_.write("exporter.yml", "providers: [" SOURCE_DIRECTORY
                                            "/config/providers/asterisk.yml, " SOURCE_DIRECTORY
                                            "/config/providers/kamailio.yml]\nsources:\n" +
                                                sources);
  }
  std::string source(const std::string& name, const std::string& provider, std::uint16_t port) const {
    return "  - {name: " + name + ", provider: " + provider +
           ", product: voice, syslog: {listen: '127.0.0.1:" + std::to_string(port) + "'}}\n";
  }
  TemporaryDirectory directory_;
};

TEST_F(RsyslogTest, EveryFormatAndFramingCountsExactly) {
  constexpr int kMessages = 500;
  std::string sources, actions;
  std::vector<std::string> names;
  for (const std::string format :
       {"RSYSLOG_SyslogProtocol23Format", "RSYSLOG_ForwardFormat", "RSYSLOG_TraditionalForwardFormat"}) {
    for (const std::string how :
         {"protocol=\"udp\"", "protocol=\"tcp\"", "protocol=\"tcp\" TCP_Framing=\"octet-counted\""}) {
      const std::uint16_t port = free_port();
      names.push_back("forwarded-" + std::to_string(names.size()));
      sources += source(names.back(), "asterisk", port);
      actions += forward(port, "template=\"" + format + "\" " + how);
    }
  }
  const Exporter& exporter = start({configuration(sources)});
  const Rsyslog rsyslog(actions);
  rsyslog.send(responses(kMessages));
  for (const std::string& name : names) {
    const Labels counted{{"source", name}, {"result", "counted"}};
    EXPECT_TRUE(eventually(kSoon, [&] {
      return exporter.metric("telephony_exporter_events_total", counted).value_or(0) >= kMessages;
    })) << name;
    EXPECT_EQ(exporter.metric("telephony_exporter_events_received_total", {{"source", name}}), kMessages)
        << name;
    EXPECT_EQ(exporter.metric("telephony_exporter_events_total", counted), kMessages) << name;
    EXPECT_EQ(exporter.metric("telephony_exporter_source_up", {{"source", name}}), 1) << name;
  }
  EXPECT_EQ(exporter.metric("telephony_errors_total", {{"provider", "asterisk"}, {"code", "486"}}),
            kMessages * static_cast<double>(names.size()));
}

TEST_F(RsyslogTest, WhatIsSentWhileTheExporterIsDownComesLater) {
  constexpr int kMessages = 200;
  const std::uint16_t calls_port = free_port();
  const std::uint16_t lines_port = free_port();
  const std::string file =
      configuration(source("calls", "kamailio", calls_port) + source("lines", "asterisk", lines_port));
  const std::string journal = directory_.path() + "/journal.db";
  const auto begin = [&]() -> Exporter& { return start({.configuration = file, .journal = journal}); };
  Exporter* exporter = &begin();
  const Rsyslog rsyslog(
      "if $syslogtag contains \"kamailio\" then " +
      forward(calls_port,
              "protocol=\"tcp\" TCP_Framing=\"octet-counted\" template=\"RSYSLOG_SyslogProtocol23Format\"") +
      "if $syslogtag contains \"asterisk\" then " +
      forward(lines_port, "protocol=\"tcp\" template=\"RSYSLOG_ForwardFormat\""));
  const auto result = [&](const char* name, const char* result) {
    return exporter->metric("telephony_exporter_events_total", {{"source", name}, {"result", result}})
        .value_or(-1);
  };
  const auto errors = [&](const char* provider, const char* code) {
    return exporter->metric("telephony_errors_total", {{"code", code}, {"provider", provider}}).value_or(-1);
  };
  const auto expect_nothing_lost = [&](double calls, double responses) {
    EXPECT_TRUE(eventually(
        kSoon, [&] { return errors("kamailio", "503") >= calls && errors("asterisk", "486") >= responses; }))
        << errors("kamailio", "503") << ' ' << errors("asterisk", "486");
    EXPECT_EQ(errors("kamailio", "503"), calls) << "ids count once";
  };
  rsyslog.send(calls(0, kMessages) + responses(kMessages));
  expect_nothing_lost(kMessages, kMessages);
  EXPECT_EQ(errors("asterisk", "486"), kMessages) << "while the connection stands, nothing is repeated";
  stop_exporter();
  rsyslog.send(calls(kMessages, kMessages) + responses(kMessages));
  exporter = &begin();
  // What rsyslog had in its send buffer when the connection broke it may send twice.
  expect_nothing_lost(2 * kMessages, 2 * kMessages);
  const double repeated = result("calls", "duplicate");
  rsyslog.send(calls(0, 2 * kMessages));
  EXPECT_TRUE(eventually(kSoon, [&] { return result("calls", "duplicate") >= repeated + 2 * kMessages; }));
  expect_nothing_lost(2 * kMessages, 2 * kMessages);
}

}  // namespace
}  // namespace telephony
