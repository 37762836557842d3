// Syslog into the real binary: what operators see, reload, stop and start.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "process.h"
#include "syslog_sender.h"

namespace telephony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kSoon{60};
constexpr const char* kBusy =
    "<134>Jan 13 08:26:58 sbc1 asterisk[99]: Got SIP response 486 \"Busy Here\" back\n";

class SyslogProcessTest : public ExporterTest {
 protected:
  std::string write(const std::string& sources) const {
    return directory_.write("exporter.yml", "providers: [" SOURCE_DIRECTORY
                                            "/config/providers/asterisk.yml]\nsources:\n" +
                                                sources);
  }
  static std::string source(const std::string& name, std::uint16_t port, const std::string& more = "") {
    return "  - {name: " + name +
           ", provider: asterisk, product: voice, syslog: {listen: '127.0.0.1:" + std::to_string(port) + "'" +
           more + "}}\n";
  }
  Exporter& begin(const std::string& sources) {
    return start({.configuration = write(sources), .journal = directory_.path() + "/journal.db"});
  }
  static bool counts(const Exporter& exporter, double count) {
    return eventually(kSoon, [&] {
      return exporter.metric("telephony_errors_total", {{"code", "486"}}) == count;
    });
  }
  static std::optional<double> received(const Exporter& exporter, const std::string& name) {
    return exporter.metric("telephony_exporter_events_received_total", {{"source", name}});
  }
  static std::optional<double> up(const Exporter& exporter, const std::string& name) {
    return exporter.metric("telephony_exporter_source_up", {{"source", name}});
  }

  TemporaryDirectory directory_;
  const std::uint16_t port_ = free_port();
};

TEST_F(SyslogProcessTest, IsSeenWhereOperatorsLook) {
  const Exporter& exporter = begin(source("switch", port_, ", protocols: [udp], allow: [127.0.0.0/8]"));
  EXPECT_EQ(up(exporter, "switch"), 1);
  EXPECT_EQ(received(exporter, "switch"), 0);
  EXPECT_EQ(exporter.metric("telephony_exporter_source_lag_bytes", {{"source", "switch"}}), 0);
  EXPECT_TRUE(syslog_udp(port_).send(kBusy));
  EXPECT_TRUE(counts(exporter, 1));
  EXPECT_EQ(received(exporter, "switch"), 1);
  EXPECT_THAT(exporter.get("/config").body,
              HasSubstr("    syslog:\n      listen: 127.0.0.1:" + std::to_string(port_) +
                        "\n      protocols: [udp]\n      allow: [127.0.0.0/8]\n"));
  EXPECT_THAT(exporter.get("/").body,
              HasSubstr("syslog <code>127.0.0.1:" + std::to_string(port_) + "</code>"));
}

TEST_F(SyslogProcessTest, EveryAddressIsOfBothFamilies) {
  const Exporter& exporter = begin(
      "  - {name: open, provider: asterisk, product: voice, syslog: {listen: ':" + std::to_string(port_) +
      "', allow: [127.0.0.2/32]}}\n");
  EXPECT_TRUE(syslog_udp(port_, "127.0.0.2").send(kBusy));
  EXPECT_TRUE(syslog_tcp(port_, "127.0.0.2").send(kBusy));
  EXPECT_TRUE(counts(exporter, 2));
  EXPECT_TRUE(syslog_udp(port_, "127.0.0.3").send(kBusy));
  EXPECT_TRUE(syslog_tcp(port_, "127.0.0.3").closed_by_peer());
  EXPECT_TRUE(eventually(kSoon, [&] {
    return exporter.metric("telephony_exporter_rejected_total", {{"cause", "not_allowed"}}) == 2;
  }));
}

TEST_F(SyslogProcessTest, DoesNotStartWhereItCannotListen) {
  begin(source("switch", port_));
  const Finished second = run_exporter({"--config.file=" + directory_.path() + "/exporter.yml",
                                        "--journal.path=:memory:", "--web.listen-address=127.0.0.1:0",
                                        "--ingest.listen-address=127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr("source 'switch' cannot listen on udp 127.0.0.1:" +
                                       std::to_string(port_) + ": Address already in use"));
}

TEST_F(SyslogProcessTest, AReloadAddsMovesAndRemovesSources) {
  const std::uint16_t second_port = free_port();
  const std::string hook = "  - {name: hook, provider: asterisk, product: voice, webhook: {path: /hook}}\n";
  const Exporter& exporter = begin(hook);
  EXPECT_FALSE(syslog_tcp(port_).connected());
  write(hook + source("switch", port_));
  EXPECT_EQ(exporter.reload().status, 200);
  EXPECT_TRUE(syslog_tcp(port_).send(kBusy));
  EXPECT_TRUE(counts(exporter, 1));
  EXPECT_EQ(up(exporter, "switch"), 1);
  write(hook + source("switch", second_port) + source("other", port_));
  EXPECT_EQ(exporter.reload().status, 200);
  EXPECT_TRUE(syslog_tcp(port_).send(kBusy));
  EXPECT_TRUE(syslog_tcp(second_port).send(kBusy));
  EXPECT_TRUE(counts(exporter, 3));
  EXPECT_EQ(received(exporter, "switch"), 2);
  EXPECT_EQ(received(exporter, "other"), 1);
  write(hook + source("switch", exporter.web_port()));
  const Answer answer = exporter.reload();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("source 'switch' cannot listen on tcp 127.0.0.1:"));
  EXPECT_TRUE(syslog_tcp(second_port).send(kBusy)) << "all is as it was";
  EXPECT_TRUE(counts(exporter, 4));
  write(hook);
  EXPECT_EQ(exporter.reload().status, 200);
  EXPECT_TRUE(eventually(kSoon, [&] { return !syslog_tcp(second_port).connected(); }));
  EXPECT_FALSE(up(exporter, "switch").has_value());
  EXPECT_EQ(received(exporter, "switch"), 3);
}

TEST_F(SyslogProcessTest, WhatWasReceivedSurvivesAStop) {
  const std::string sources = source("switch", port_);
  begin(sources);
  const SyslogSender stream = syslog_tcp(port_);
  const SyslogSender datagrams = syslog_udp(port_);
  std::string lines;
  for (int i = 0; i < 3000; ++i) lines += kBusy;
  EXPECT_TRUE(stream.send(lines));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(datagrams.send(kBusy));
  stop_exporter();
  EXPECT_TRUE(stream.closed_by_peer());
  const Exporter& exporter = begin(sources);
  EXPECT_EQ(exporter.metric("telephony_errors_total", {{"code", "486"}}), 3100);
}

}  // namespace
}  // namespace telephony
