// Floods of redeliveries and of accounts, through the shipped binary: the counts stay exact, the memory
// bounded.
#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <barrier>
#include <csignal>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include "process.h"

namespace telephony {
namespace {

using std::chrono::seconds;

constexpr const char* kPath = "/webhooks/8x8/number-masking";
constexpr const char* kNdjson = "application/x-ndjson";

std::string event(std::uint32_t id, const std::string& account) {
  return R"({"payload":{"sessionId":"event-)" + std::to_string(id) + R"(","subAccountId":")" + account +
         R"(","sessionStatus":"ERROR","errorDetails":{"errorCode":)" + (id % 2 == 0 ? "-2010" : "-2004") +
         "}}}";
}

/// Kibibytes that the process holds in memory.
long resident_kib(const Process& process) {
  std::istringstream status(read_text_file("/proc/" + std::to_string(process.id()) + "/status"));
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  throw std::runtime_error("no VmRSS");
}

std::uint64_t number_after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  return at == text.npos ? 0 : std::stoull(text.substr(at + key.size()));
}

class RedeliveryTest : public ::testing::Test {
 protected:
  Exporter& start() {
    exporter_.reset();
    exporter_ = std::make_unique<Exporter>(start_);
    client_ = std::make_unique<httplib::Client>("127.0.0.1", exporter_->ingest_port());
    client_->set_keep_alive(true);
    client_->set_tcp_nodelay(true);
    return *exporter_;
  }

  /// Adds up the receipts of a body.
  void post(const std::string& body) {
    const auto reply = client_->Post(kPath, body, kNdjson);
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->status, 200) << reply->body;
    counted_ += number_after(reply->body, R"("counted":)");
    duplicate_ += number_after(reply->body, R"("duplicate":)");
  }

  double errors() const {
    return exporter_->metric("telephony_errors_total", {{"product", "number_masking"}}).value_or(-1);
  }

  TemporaryDirectory directory_;
  Start start_ = {
      .configuration = "", .journal = directory_.path() + "/journal.db", .binary = SHIPPED_BINARY};
  std::unique_ptr<Exporter> exporter_;
  std::unique_ptr<httplib::Client> client_;
  std::uint64_t counted_ = 0;
  std::uint64_t duplicate_ = 0;
};

TEST_F(RedeliveryTest, AHundredThousandEventsEachDeliveredUpTo46Times) {
  constexpr std::uint32_t kEvents = 100'000;
  constexpr std::size_t kBody = 500;
  constexpr long kMemoryKib = 48 * 1024;
  std::mt19937 random(46);
  std::vector<std::uint32_t> deliveries;
  for (std::uint32_t id = 0; id < kEvents; ++id) deliveries.insert(deliveries.end(), 1 + random() % 46, id);
  std::shuffle(deliveries.begin(), deliveries.end(), random);

  start();
  long most_kib = 0;
  for (std::size_t first = 0; first < deliveries.size(); first += kBody) {
    const std::size_t last = std::min(first + kBody, deliveries.size());
    std::string body;
    for (std::size_t i = first; i < last; ++i) body += event(deliveries[i], "acme") + '\n';
    post(body);
    const std::size_t third = deliveries.size() / 3 / kBody * kBody;
    if (first != third && first != 2 * third) continue;
    most_kib = std::max(most_kib, resident_kib(exporter_->process()));
    // One orderly restart, and one that nobody announced.
    exporter_->process().signal(first == third ? SIGTERM : SIGKILL);
    ASSERT_TRUE(exporter_->process().wait(seconds(10)));
    start();
  }
  most_kib = std::max(most_kib, resident_kib(exporter_->process()));
  EXPECT_EQ(counted_, kEvents);
  EXPECT_EQ(duplicate_, deliveries.size() - kEvents);
  EXPECT_EQ(errors(), kEvents);
  EXPECT_EQ(exporter_->metric("telephony_errors_total", {{"code", "-2010"}, {"product", "number_masking"}}),
            kEvents / 2);
  EXPECT_EQ(exporter_->metric("telephony_exporter_dedup_keys"), kEvents);
  EXPECT_LT(most_kib, kMemoryKib);
  std::cout << "redelivery: " << deliveries.size() << " deliveries of " << kEvents
            << " events, 2 restarts: " << counted_ << " counted, at most " << most_kib
            << " KiB resident, journal of " << *exporter_->metric("telephony_exporter_journal_bytes") / 1024
            << " KiB\n";
}

TEST_F(RedeliveryTest, AMillionAccountsStayWithinTheBudget) {
  constexpr std::uint32_t kAccounts = 1'000'000;
  constexpr std::uint32_t kBody = 1000;
  constexpr int kBudget = 50;
  constexpr int kKeys = 10'000;
  constexpr long kGrowthKib = 8 * 1024;
  start_.configuration = directory_.write(
      "exporter.yml",
      "providers: [" SOURCE_DIRECTORY "/config/providers/8x8.yml]\naccounts: {max: " +
          std::to_string(kBudget) + "}\njournal: {dedup: {max_keys: " + std::to_string(kKeys) +
          "}}\nsources:\n  - {name: nm, provider: 8x8, product: number_masking, webhook: {path: " + kPath +
          ", auth: none}}\n");
  start();
  long early_kib = 0;
  for (std::uint32_t id = 0; id < kAccounts; id += kBody) {
    std::string body;
    for (std::uint32_t i = id; i < id + kBody; ++i) body += event(i, "account_" + std::to_string(i)) + '\n';
    post(body);
    if (id == kAccounts / 10) early_kib = resident_kib(exporter_->process());
  }
  const long growth_kib = resident_kib(exporter_->process()) - early_kib;
  const std::vector<Sample> samples = exporter_->metrics();
  EXPECT_EQ(counted_, kAccounts);
  EXPECT_EQ(sum_of(samples, "telephony_errors_total"), kAccounts);
  EXPECT_EQ(sum_of(samples, "telephony_account_errors_total"), kAccounts);
  EXPECT_EQ(sum_of(samples, "telephony_account_sessions_total"), kAccounts);
  EXPECT_EQ(sum_of(samples, "telephony_account_errors_total", {{"account", "other"}}), kAccounts - kBudget);
  EXPECT_EQ(sum_of(samples, "telephony_exporter_accounts"), kBudget);
  EXPECT_EQ(sum_of(samples, "telephony_exporter_accounts_folded_total"), kAccounts - kBudget);
  EXPECT_LE(*sum_of(samples, "telephony_exporter_dedup_keys"), kKeys);
  const auto series = std::count_if(samples.begin(), samples.end(), [](const Sample& sample) {
    return sample.name == "telephony_account_errors_total";
  });
  EXPECT_LE(series, kBudget + 2) << "one for each account, and two codes of all others";
  EXPECT_LT(growth_kib, kGrowthKib);
  const double bytes = *sum_of(samples, "telephony_exporter_journal_bytes");
  EXPECT_LT(bytes, 16 * 1024 * 1024) << "forgotten keys leave the journal";
  exporter_->process().signal(SIGKILL);
  ASSERT_TRUE(exporter_->process().wait(seconds(10)));
  start();
  EXPECT_EQ(errors(), kAccounts);
  EXPECT_EQ(exporter_->metric("telephony_account_errors_total", {{"account", "other"}}), kAccounts - kBudget);
  EXPECT_EQ(exporter_->metric("telephony_exporter_accounts"), kBudget);
  std::cout << "accounts: " << kAccounts << " distinct ones, " << series << " series, " << growth_kib
            << " KiB more resident than after the first tenth, journal of " << bytes / 1024 << " KiB\n";
}

TEST_F(RedeliveryTest, OneEventOn64ConnectionsAtOnceCountsOnce) {
  constexpr int kConnections = 64;
  const int rounds = 200;
  start();
  std::barrier together(kConnections);
  std::atomic<int> accepted = 0;
  std::atomic<int> counted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kConnections; ++t) {
    threads.emplace_back([&] {
      httplib::Client client("127.0.0.1", exporter_->ingest_port());
      client.set_keep_alive(true);
      client.set_tcp_nodelay(true);
      for (int round = 0; round < rounds; ++round) {
        const std::string body = event(static_cast<std::uint32_t>(round), "acme");
        together.arrive_and_wait();
        const auto reply = client.Post(kPath, body, "application/json");
        if (!reply || reply->status != 200) continue;
        ++accepted;
        counted += static_cast<int>(number_after(reply->body, R"("counted":)"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, kConnections * rounds);
  EXPECT_EQ(counted, rounds);
  EXPECT_EQ(errors(), rounds);
  expect_conserved(exporter_->metrics());
  std::cout << "one event on " << kConnections << " connections at once, " << rounds << " times: " << accepted
            << " replies 200, " << counted << " counted\n";
}

}  // namespace
}  // namespace telephony
