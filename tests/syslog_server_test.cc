// The syslog server with real sockets: what is sent counts once, and nobody can make it wait or grow.
#include "telephony_exporter/source/syslog_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "process.h"
#include "river_fixture.h"
#include "syslog_sender.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr seconds kSoon{60};

constexpr const char* kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families: [{name: lines, title: Lines, unlisted: {category: unknown, severity: warning, retry: never}}]
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical, retry: never,
         message: Full, meaning: m, remedy: r}
events: [{kind: row, when: [/code], code: [/code]}]
lines: [{kind: call, pattern: "code={code}"}]
)";

std::string counted(std::string_view message) {
  return std::to_string(message.size()) + ' ' + std::string(message);
}

class SyslogServerTest : public ::testing::TestWithParam<Pipeline::Commits> {
 protected:
  ~SyslogServerTest() override { stop(); }

  /// One source, `logs`, on a free port.
  void start(const std::string& more = "", const SyslogLimits& limits = {}) {
    port_ = free_port();
    limits_ = limits;
    limits_.tick = milliseconds(20);
    const auto settings = settings_of("logs", more);
    river_ = std::make_unique<River>(settings, nullptr, GetParam());
    server_ = std::make_unique<SyslogServer>(settings, hooks(), log_, limits_);
  }
  std::shared_ptr<const Settings> settings_of(const std::string& name, const std::string& more = "",
                                              std::uint16_t port = 0) {
    directory_.write("acme.yml", kCatalog);
    const std::string file =
        directory_.write("config.yml", "providers: [acme.yml]\nsources:\n  - {name: " + name +
                                           ", provider: acme, product: voice, syslog: {listen: '127.0.0.1:" +
                                           std::to_string(port == 0 ? port_ : port) + "'" + more + "}}\n");
    return load_settings(file, river_ ? river_->settings().table : SeriesTable());
  }
  void reload(const std::shared_ptr<const Settings>& settings) {
    const auto listen = server_->prepare(settings);
    river_->reload(settings);
    listen();
  }
  void stop() {
    if (server_) server_->stop();
    if (river_) river_->pipeline().stop();
    const std::lock_guard lock(mutex_);
    if (river_) river_->saw(std::exchange(seen_, {}));
  }

  /// What became of everything so far.
  Receipt seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  SyslogState state() {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  void expect_counted(std::uint64_t count) {
    EXPECT_TRUE(eventually(kSoon, [&] { return seen().counted >= count; }))
        << seen().counted << " of " << count;
    EXPECT_EQ(seen().counted, count);
  }
  double rejected(const std::string& cause) {
    return samples(
        river_->metrics())["telephony_exporter_rejected_total{cause=\"" + cause + "\",source=\"logs\"}"];
  }
  void expect_rejected(const std::string& cause, double count) {
    EXPECT_TRUE(eventually(kSoon, [&] { return rejected(cause) >= count; })) << cause;
    EXPECT_EQ(rejected(cause), count) << cause;
  }
  std::string log_text() {
    const std::lock_guard lock(mutex_);
    return log_text_;
  }
  SyslogSender tcp(const char* from = "127.0.0.1") const { return syslog_tcp(port_, from); }
  SyslogSender udp(const char* from = "127.0.0.1") const { return syslog_udp(port_, from); }

  std::atomic<bool> can_commit_ = true;
  std::atomic<int> failures_ = 0;  ///< how many of the next deliveries are refused
  std::uint16_t port_ = 0;
  std::unique_ptr<River> river_;
  std::unique_ptr<SyslogServer> server_;

 private:
  SyslogHooks hooks() {
    return {[this](const Source& source, const RawEvent& raw, const Done& done) {
              if (failures_ > 0) {
                --failures_;
                Receipt refused;
                refused.unavailable = true;
                return done(refused);
              }
              river_->pipeline().accept(source, raw, [this, done](const Receipt& receipt) {
                note(receipt);
                done(receipt);
              });
            },
            [this] { return can_commit_.load(); },
            [this](const Source& source, RejectCause cause, std::uint64_t messages) {
              river_->pipeline().refuse(source, cause, messages);
              Receipt receipt;
              receipt.received = receipt.rejected = messages;
              note(receipt);
            },
            [this](const Source&, const SyslogState& state) {
              const std::lock_guard lock(mutex_);
              state_ = state;
            }};
  }
  void note(const Receipt& receipt) {
    const std::lock_guard lock(mutex_);
    seen_ += receipt;
  }

  TemporaryDirectory directory_;
  SyslogLimits limits_;
  std::mutex mutex_;
  Receipt seen_;
  SyslogState state_;
  std::string log_text_;
  Log log_{LogLevel::info, LogFormat::logfmt, [this](std::string_view line) {
             const std::lock_guard lock(mutex_);
             log_text_ += line;
           }};
};

TEST_P(SyslogServerTest, CountsWhatComesByEitherProtocol) {
  start();
  const SyslogSender datagrams = udp();
  const SyslogSender stream = tcp();
  EXPECT_TRUE(datagrams.send("<13>Jan 13 08:26:58 sbc1 app[1]: code=1\n"));
  EXPECT_TRUE(datagrams.send("<13>1 2026-01-13T08:26:58Z sbc1 app - - - {\"code\":\"1\"}"));
  EXPECT_TRUE(stream.send("<13>Jan 13 08:26:58 sbc1 app[1]: code=1\n"));
  EXPECT_TRUE(stream.send(counted("<13>1 - - - - - - code=1") + counted("<13>code=1\nand so on")));
  EXPECT_TRUE(datagrams.send("code=1\ncode=1"));
  expect_counted(6);
  EXPECT_TRUE(datagrams.send("<13>nothing"));
  EXPECT_TRUE(datagrams.send("<13>Jan 13 08:26:58 sbc1 app[1]:"));
  EXPECT_TRUE(eventually(kSoon, [&] { return seen().ignored == 1; }));
  EXPECT_EQ(seen().received, 7U) << "an empty message is none";
  EXPECT_TRUE(eventually(kSoon, [&] { return state().up && state().lag_bytes == 0; }));
}

TEST_P(SyslogServerTest, AStreamMayComeByteByByte) {
  start();
  const SyslogSender stream = tcp();
  const std::string bytes = counted("<13>code=1") + "<13>code=1\n" + counted("<13>code=1");
  for (const char c : bytes) EXPECT_TRUE(stream.send({&c, 1}));
  expect_counted(3);
}

TEST_P(SyslogServerTest, ManyOfEach) {
  start();
  constexpr int kSenders = 8;
  constexpr int kEach = 2000;
  std::vector<std::thread> senders;
  for (int i = 0; i < kSenders; ++i) {
    senders.emplace_back([this, i] {
      const SyslogSender stream = tcp();
      std::string bytes;
      for (int n = 0; n < kEach; ++n) bytes += i % 2 == 0 ? "<13>code=1\n" : counted("<13>code=1");
      EXPECT_TRUE(stream.send(bytes));
    });
  }
  for (std::thread& sender : senders) sender.join();
  expect_counted(kSenders * kEach);
}

TEST_P(SyslogServerTest, WhatIsTooLongIsOneReject) {
  start();
  const SyslogSender stream = tcp();
  const SyslogSender datagrams = udp();
  EXPECT_TRUE(stream.send("<13>" + std::string(100'000, 'x') + " code=1\n<13>code=1\n"));
  EXPECT_TRUE(stream.send(counted("<13>" + std::string(100'000, 'x') + " code=1") + counted("<13>code=1")));
  EXPECT_TRUE(datagrams.send("<13>" + std::string(40'000, 'x')));
  EXPECT_TRUE(datagrams.send("<13>" + std::string(limits::kLineBytes, 'x')));
  EXPECT_TRUE(datagrams.send("<13>" + std::string(limits::kLineBytes + 1, 'x')));
  EXPECT_TRUE(datagrams.send("<13>code=1"));
  expect_counted(3);
  expect_rejected("too_long", 4);
  EXPECT_TRUE(eventually(kSoon, [&] { return seen().ignored == 1; })) << "as long as a line may be";
}

TEST_P(SyslogServerTest, ACutMessageIsNotBelieved) {
  start();
  SyslogSender counting = tcp();
  EXPECT_TRUE(counting.send("11 <13>code=1"));
  counting.close();
  expect_rejected("malformed", 1);
  SyslogSender lines = tcp();
  EXPECT_TRUE(lines.send("<13>code=1\n<13>code=1"));
  lines.close();
  expect_counted(2);
}

TEST_P(SyslogServerTest, SlowAndSilentSendersAreClosed) {
  SyslogLimits limits;
  limits.frame = milliseconds(100);
  limits.idle = milliseconds(400);
  start("", limits);
  const SyslogSender slow = tcp();
  EXPECT_TRUE(slow.send("<13>code=1\n<13>code"));
  EXPECT_TRUE(slow.closed_by_peer());
  expect_rejected("timeout", 1);
  expect_counted(1);
  const SyslogSender silent = tcp();
  EXPECT_TRUE(silent.send("<13>code=1\n"));
  EXPECT_TRUE(silent.closed_by_peer());
  expect_counted(2);
  const SyslogSender endless = tcp();
  EXPECT_TRUE(endless.send("<13>" + std::string(100'000, 'x')));
  EXPECT_TRUE(endless.closed_by_peer());
  expect_rejected("too_long", 1);
  expect_rejected("timeout", 1);
}

TEST_P(SyslogServerTest, OneConnectionTooManyTakesTheRoomOfASilentOne) {
  SyslogLimits limits;
  limits.connections = 3;
  start("", limits);
  std::vector<SyslogSender> busy;
  for (int i = 0; i < 3; ++i) {
    busy.push_back(tcp());
    EXPECT_TRUE(busy.back().send("<13>code=1\n"));
    expect_counted(i + 1U);
  }
  for (const int i : {1, 2}) EXPECT_TRUE(busy[i].send("<13>half of code=1\n<13>half of"));
  expect_counted(5);
  const SyslogSender newcomer = tcp();
  EXPECT_TRUE(newcomer.send("<13>code=1\n<13>half of"));
  EXPECT_TRUE(busy[0].closed_by_peer());
  expect_counted(6);
  EXPECT_TRUE(tcp().closed_by_peer()) << "all are at work";
  EXPECT_THAT(log_text(), HasSubstr("too many syslog connections"));
  for (const int i : {1, 2}) EXPECT_TRUE(busy[i].send(" code=1\n"));
  EXPECT_TRUE(newcomer.send(" code=1\n"));
  expect_counted(9);
}

TEST_P(SyslogServerTest, OnlyThoseWhoAreAllowedMaySend) {
  start(", allow: [127.0.0.2/31]");
  EXPECT_TRUE(udp("127.0.0.1").send("<13>code=1"));
  EXPECT_TRUE(udp("127.0.0.3").send("<13>code=1"));
  EXPECT_TRUE(tcp("127.0.0.1").closed_by_peer());
  EXPECT_TRUE(tcp("127.0.0.2").send("<13>code=1\n"));
  expect_counted(2);
  expect_rejected("not_allowed", 2);
}

TEST_P(SyslogServerTest, WhileNothingCanBeCommittedTcpWaits) {
  start();
  const std::string line = "<13>code=1 " + std::string(500, 'x') + '\n';
  constexpr std::size_t kLines = 20'000;  // more than all buffers on the way
  std::string all;
  for (std::size_t i = 0; i < kLines; ++i) all += line;
  const SyslogSender stream = tcp();
  can_commit_ = false;
  std::size_t sent = 0;
  EXPECT_TRUE(eventually(kSoon, [&] {
    sent += stream.send_now(std::string_view(all).substr(sent));
    return state().lag_bytes >= limits::kSyslogBatchBytes;
  }));
  EXPECT_LT(sent, all.size());
  EXPECT_LE(state().lag_bytes, 2 * (limits::kSyslogBatchBytes + 64 * 1024)) << "memory is bounded";
  EXPECT_EQ(seen().received, 0U);
  EXPECT_TRUE(eventually(kSoon, [&] { return state().lag_seconds > 0; }));
  failures_ = 3;
  can_commit_ = true;
  EXPECT_TRUE(stream.send(std::string_view(all).substr(sent)));
  expect_counted(kLines);
  EXPECT_EQ(seen().received, kLines);
}

TEST_P(SyslogServerTest, DatagramsThatTheKernelDropsAreCounted) {
  SyslogLimits limits;
  limits.receive_bytes = 64 * 1024;
  start("", limits);
  can_commit_ = false;
  const SyslogSender datagrams = udp();
  const std::string message = "<13>code=1 " + std::string(1000, 'x');
  constexpr int kSent = 2000;
  for (int i = 0; i < kSent; ++i) EXPECT_TRUE(datagrams.send(message));
  EXPECT_TRUE(eventually(kSoon, [&] { return seen().rejected > 0; }));
  can_commit_ = true;
  EXPECT_TRUE(eventually(kSoon, [&] { return seen().received >= kSent; }));
  EXPECT_EQ(seen().received, static_cast<std::uint64_t>(kSent)) << "each is counted or known to be lost";
  EXPECT_EQ(static_cast<double>(seen().rejected), rejected("unavailable"));
  EXPECT_GT(seen().counted, 0U);
}

TEST_P(SyslogServerTest, WhatHasArrivedIsCountedBeforeItStops) {
  start();
  can_commit_ = false;
  const SyslogSender stream = tcp();
  const SyslogSender datagrams = udp();
  EXPECT_TRUE(stream.send("<13>code=1\n"));
  EXPECT_TRUE(eventually(kSoon, [&] { return state().lag_bytes > 0; }));
  std::string all;
  for (int i = 0; i < 1000; ++i) all += "<13>code=1\n";
  EXPECT_TRUE(stream.send(all + "<13>co"));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(datagrams.send("<13>code=1"));
  can_commit_ = true;
  server_->stop();
  expect_counted(1051);
  expect_rejected("malformed", 1);
  EXPECT_TRUE(stream.closed_by_peer());
}

TEST_P(SyslogServerTest, StopsInTimeWhenNothingCanBeCommitted) {
  SyslogLimits limits;
  limits.stop = milliseconds(100);
  start("", limits);
  can_commit_ = false;
  EXPECT_TRUE(tcp().send("<13>code=1\n"));
  EXPECT_TRUE(eventually(kSoon, [&] { return state().lag_bytes > 0; }));
  server_->stop();
  EXPECT_THAT(log_text(), HasSubstr("stopped before all syslog messages could be committed"));
}

TEST_P(SyslogServerTest, AReloadKeepsConnectionsAndChangesWhoseTheyAre) {
  start();
  const SyslogSender stream = tcp();
  EXPECT_TRUE(stream.send("<13>code=1\n"));
  expect_counted(1);
  reload(settings_of("other"));
  EXPECT_TRUE(eventually(kSoon, [&] {
    EXPECT_TRUE(stream.send("<13>code=1\n"));
    return samples(river_->metrics())["telephony_exporter_events_received_total{source=\"other\"}"] > 0;
  }));
  reload(settings_of("other", ", allow: [127.0.0.2/32]"));
  EXPECT_TRUE(stream.closed_by_peer()) << "not allowed any more";
  EXPECT_TRUE(tcp("127.0.0.2").send("<13>code=1\n"));
}

TEST_P(SyslogServerTest, AReloadMovesToAnotherAddressOrChangesNothing) {
  start();
  const std::uint16_t old_port = port_;
  const std::uint16_t new_port = free_port();
  const SyslogSender stream = tcp();
  {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(new_port);
    const int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(other, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    try {
      (void)server_->prepare(settings_of("logs", "", new_port));
      ADD_FAILURE() << "an address was taken twice";
    } catch (const ConfigError& error) {
      EXPECT_EQ(std::string(error.what()), "source 'logs' cannot listen on udp 127.0.0.1:" +
                                               std::to_string(new_port) + ": Address already in use");
    }
    ::close(other);
  }
  EXPECT_TRUE(stream.send("<13>code=1\n"));
  expect_counted(1);
  port_ = new_port;
  reload(settings_of("logs", ", protocols: [tcp]"));
  EXPECT_TRUE(tcp().send("<13>code=1\n"));
  expect_counted(2);
  EXPECT_TRUE(stream.closed_by_peer());
  EXPECT_TRUE(eventually(kSoon, [&] { return !syslog_tcp(old_port).connected(); }));
  reload(settings_of("logs"));
  EXPECT_TRUE(udp().send("<13>code=1"));
  expect_counted(3);
}

TEST_P(SyslogServerTest, ATakenAddressIsRefusedAtTheStart) {
  start();
  Log log(LogLevel::error);
  EXPECT_THROW(SyslogServer(settings_of("logs"), {}, log), ConfigError);
}

INSTANTIATE_TEST_SUITE_P(Commits, SyslogServerTest,
                         ::testing::Values(Pipeline::Commits::each, Pipeline::Commits::grouped),
                         [](const auto& info) {
                           return info.param == Pipeline::Commits::each ? "Each" : "Grouped";
                         });

}  // namespace
}  // namespace telephony
