#include "storm.h"

#include <httplib.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <set>

namespace telephony {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr unsigned kSenders = 4;
constexpr milliseconds kScrapeEvery{100};
constexpr std::array<const char*, 4> kCodes = {"-2001", "-2004", "-2010", "-9999"};
constexpr std::array<const char*, 5> kAccounts = {"acme_sg", "acme_us", "globex", "initech", "umbrella"};
constexpr const char* kPath = "/webhooks/8x8/number-masking";

struct SentEvent {
  std::string body;
  const char* code;
  const char* account;
  bool unanswered = false;
};

/// One sender's connection, its memory, and its share of the truth.
class Sender {
 public:
  Sender(std::uint16_t port, unsigned number) : client_("127.0.0.1", port), number_(number), random_(number) {
    client_.set_tcp_nodelay(true);
    client_.set_keep_alive(true);
    client_.set_connection_timeout(1);
    client_.set_read_timeout(10);
  }

  void step() {
    if (!waiting_.empty()) return deliver();
    if (!acknowledged_.empty() && random_() % 10 == 0) return redeliver();
    create();
    deliver();
  }
  bool deliver_rest() {
    if (!waiting_.empty()) deliver();
    return waiting_.empty();
  }
  const StormFigures& figures() const { return figures_; }

 private:
  void create() {
    SentEvent event;
    event.code = kCodes[random_() % kCodes.size()];
    event.account = kAccounts[random_() % kAccounts.size()];
    event.body = R"({"payload":{"sessionId":")" + std::to_string(number_) + '-' +
                 std::to_string(figures_.events++) + R"(","subAccountId":")" + event.account +
                 R"(","sessionStatus":"ERROR","errorDetails":{"errorCode":)" + event.code + "}}}";
    waiting_.push_back(std::move(event));
  }

  /// The oldest event that is not acknowledged.
  void deliver() {
    SentEvent& event = waiting_.front();
    const std::string reply = post(event.body);
    if (reply.empty()) {
      event.unanswered = true;
      return;
    }
    const bool duplicate = reply.find(R"("duplicate":1)") != reply.npos;
    if (duplicate && event.unanswered) ++figures_.committed_unanswered;
    if (duplicate && !event.unanswered) ADD_FAILURE() << "never delivered, yet a duplicate: " << event.body;
    ++figures_.by_code[event.code];
    ++figures_.by_account[event.account];
    acknowledged_.push_back(std::move(event.body));
    waiting_.pop_front();
  }

  void redeliver() {
    ++figures_.redeliveries;
    const std::string reply = post(acknowledged_[random_() % acknowledged_.size()]);
    if (!reply.empty() && reply.find(R"("duplicate":1)") == reply.npos) ++figures_.counted_twice;
  }

  /// The receipt; empty when there is none.
  std::string post(const std::string& body) {
    ++figures_.requests;
    const auto reply = client_.Post(kPath, body, "application/json");
    if (reply && reply->status == 200) return reply->body;
    if (reply && reply->status != 503) ADD_FAILURE() << reply->status << ' ' << reply->body;
    ++figures_.unanswered;
    return "";
  }

  httplib::Client client_;
  const unsigned number_;
  std::mt19937 random_;
  std::deque<SentEvent> waiting_;
  std::vector<std::string> acknowledged_;
  StormFigures figures_;
};

/// The domain counters of a page by what names them whatever the catalog says of them now.
std::map<std::string, double> counters_of(const std::string& page) {
  std::string lines;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = page.find('\n', at) + 1;
    const std::string_view line(page.data() + at, end - at);
    if (line.starts_with("telephony_") && !line.starts_with("telephony_exporter_") &&
        line.substr(0, line.find('{')).ends_with("_total")) {
      lines += line;
    }
    at = end;
  }
  std::map<std::string, double> counters;
  for (const Sample& sample : parse_metrics(lines)) {
    std::string key = sample.name;
    for (const auto& [name, value] : sample.labels) {
      if (name != "category" && name != "severity") key += ' ' + value;
    }
    counters[key] += sample.value;
  }
  return counters;
}

}  // namespace

StormFigures& StormFigures::operator+=(const StormFigures& more) {
  events += more.events;
  requests += more.requests;
  redeliveries += more.redeliveries;
  unanswered += more.unanswered;
  committed_unanswered += more.committed_unanswered;
  counted_twice += more.counted_twice;
  for (const auto& [code, count] : more.by_code) by_code[code] += count;
  for (const auto& [account, count] : more.by_account) by_account[account] += count;
  return *this;
}

Storm::Storm(Ports ports, int events_per_second) : ports_(ports) {
  const std::chrono::microseconds pause(1'000'000 * static_cast<int>(kSenders) / events_per_second);
  for (unsigned i = 0; i < kSenders; ++i) senders_.emplace_back([this, i, pause] { send(i, pause); });
  scraper_ = std::thread([this] { scrape(); });
}

Storm::~Storm() { calm(); }

void Storm::send(unsigned number, std::chrono::microseconds pause) {
  Sender sender(ports_.ingest, number);
  for (auto next = steady_clock::now(); !calming_; std::this_thread::sleep_until(next)) {
    sender.step();
    next = std::max(next + pause, steady_clock::now() - pause);  // what was missed is not made up for
  }
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return sender.deliver_rest(); }));
  const std::lock_guard lock(mutex_);
  figures_ += sender.figures();
}

void Storm::scrape() {
  httplib::Client client("127.0.0.1", ports_.web);
  std::map<std::string, double> last;
  for (auto next = steady_clock::now(); !stopping_; std::this_thread::sleep_until(next)) {
    next = std::max(next + kScrapeEvery, steady_clock::now());
    const auto page = client.Get("/metrics");
    if (!page || page->status != 200) continue;
    ++scrapes_;
    std::map<std::string, double> now = counters_of(page->body);
    const std::lock_guard lock(mutex_);
    for (const auto& [key, value] : last) {
      const auto found = now.find(key);
      if (found == now.end()) {
        falls_.push_back(key + " vanished at " + std::to_string(value));
      } else if (found->second < value) {
        falls_.push_back(key + " fell from " + std::to_string(value) + " to " +
                         std::to_string(found->second));
      }
    }
    last = std::move(now);
  }
}

StormFigures Storm::calm() {
  calming_ = true;
  for (std::thread& sender : senders_) {
    if (sender.joinable()) sender.join();
  }
  stopping_ = true;
  if (scraper_.joinable()) scraper_.join();
  const std::lock_guard lock(mutex_);
  return figures_;
}

std::vector<std::string> Storm::falls() const {
  const std::lock_guard lock(mutex_);
  return falls_;
}

void expect_exact(const std::vector<Sample>& samples, const StormFigures& truth) {
  const Labels stream = {{"provider", "8x8"}, {"product", "number_masking"}};
  const auto with = [&](const std::string& name, const std::string& value) {
    Labels labels = stream;
    labels[name] = value;
    return labels;
  };
  for (const auto& [code, count] : truth.by_code) {
    EXPECT_EQ(sum_of(samples, "telephony_errors_total", with("code", code)), count) << code;
    EXPECT_EQ(sum_of(samples, "telephony_account_errors_total", with("code", code)), count) << code;
  }
  for (const auto& [account, count] : truth.by_account) {
    EXPECT_EQ(sum_of(samples, "telephony_account_errors_total", with("account", account)), count) << account;
    EXPECT_EQ(sum_of(samples, "telephony_account_sessions_total", with("account", account)), count)
        << account;
  }
  EXPECT_EQ(sum_of(samples, "telephony_errors_total", stream), truth.events);
  EXPECT_EQ(sum_of(samples, "telephony_sessions_total", stream), truth.events);
  EXPECT_EQ(sum_of(samples, "telephony_sessions_total", with("outcome", "error")), truth.events);
  EXPECT_EQ(truth.counted_twice, 0U);
}

int repetitions(const char* variable, int usual) {
  const char* value = std::getenv(variable);
  return value == nullptr ? usual : std::atoi(value);
}

}  // namespace telephony
