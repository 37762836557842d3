// Posts session summaries as NDJSON, 1009 bytes an event, each with a session id of its own, and adds up the
// receipts.
//   ndjson_load port=N path=/w batch=1000 connections=4 events=N seconds=N first=N accounts=N
// It ends when `events` were sent or `seconds` are over. Bodies are built once, and numbers written into
// their places: so the load costs little more than its sockets. Event n is of account n % accounts, and its
// code changes after each round of accounts.
#include <atomic>
#include <chrono>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/load/arguments.h"
#include "bench/load/peer.h"

namespace telephony::bench {
namespace {

constexpr std::size_t kEventBytes = 1009, kLineBytes = kEventBytes + 1;
constexpr int kCodes = 10;  // -2001 to -2010
const std::string kBeforeId =
    R"({"namespace":"VOICE","eventType":"SESSION_SUMMARY","description":"Session summary of a call","payload":{"sessionId":")";
const std::string kBeforeAccount = R"(","timestamp":"2026-01-13T08:29:43Z","subAccountId":"account_)";
const std::string kBeforeCode = R"(","sessionStatus":"ERROR","errorDetails":{"errorCode":-20)";
const std::string kAfterCode = R"(,"errorMessage":""},"callDuration":0,"padding":")";

constexpr std::size_t kIdDigits = 12, kAccountDigits = 6, kCodeDigits = 2;

struct Sum {
  std::uint64_t sent = 0, failed = 0, received = 0, counted = 0, duplicate = 0, ignored = 0, rejected = 0;

  void operator+=(const Sum& other) {
    sent += other.sent, failed += other.failed, received += other.received, counted += other.counted;
    duplicate += other.duplicate, ignored += other.ignored, rejected += other.rejected;
  }
};

void write_number(char* to, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = digits; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

std::uint64_t field(const std::string& body, const std::string& name) {
  const auto at = body.find('"' + name + "\":");
  return at == body.npos ? 0 : std::strtoull(body.c_str() + at + name.size() + 3, nullptr, 10);
}

/// What is posted, with its head.
class Body {
 public:
  Body(const std::string& path, std::size_t batch, std::uint64_t accounts)
      : batch_(batch), accounts_(accounts) {
    std::string event = kBeforeId + std::string(kIdDigits, '0') + kBeforeAccount +
                        std::string(kAccountDigits, '0') + kBeforeCode + std::string(kCodeDigits, '0') +
                        kAfterCode;
    event += std::string(kEventBytes - event.size() - 3, 'x') + "\"}}\n";
    text_ = "POST " + path +
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: " +
            std::to_string(event.size() * batch) + "\r\n\r\n";
    head_ = text_.size();
    for (std::size_t i = 0; i < batch; ++i) text_ += event;
  }

  const std::string& number(std::uint64_t first) {
    char* at = text_.data() + head_;
    for (std::uint64_t n = first; n < first + batch_; ++n, at += kLineBytes) {
      char* account = at + kBeforeId.size() + kIdDigits + kBeforeAccount.size();
      write_number(at + kBeforeId.size(), kIdDigits, n);
      write_number(account, kAccountDigits, n % accounts_);
      write_number(account + kAccountDigits + kBeforeCode.size(), kCodeDigits, n / accounts_ % kCodes + 1);
    }
    return text_;
  }

 private:
  std::size_t batch_, head_ = 0;
  std::uint64_t accounts_;
  std::string text_;
};

class Load {
 public:
  explicit Load(const Arguments& arguments)
      : port_(static_cast<int>(arguments.number("port"))),
        path_(arguments.word("path")),
        batch_(arguments.number("batch")),
        connections_(arguments.number("connections")),
        accounts_(arguments.number("accounts")),
        next_(arguments.number("first")),
        end_(arguments.number("first") + arguments.number("events")),
        until_(std::chrono::steady_clock::now() + std::chrono::seconds(arguments.number("seconds"))) {}

  Sum run() {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < connections_; ++i) threads.emplace_back([this] { post(); });
    threads.clear();
    return sum_;
  }

 private:
  void post() {
    Sum sum;
    Peer peer(port_);
    Body body(path_, batch_, accounts_);
    while (std::chrono::steady_clock::now() < until_) {
      const std::uint64_t first = next_.fetch_add(batch_);
      if (first + batch_ > end_) break;
      peer.send(body.number(first));
      const Reply reply = peer.receive();
      sum += {batch_,
              reply.status == 200 ? 0U : 1U,
              field(reply.body, "received"),
              field(reply.body, "counted"),
              field(reply.body, "duplicate"),
              field(reply.body, "ignored"),
              field(reply.body, "rejected")};
    }
    const std::lock_guard lock(mutex_);
    sum_ += sum;
  }

  int port_;
  std::string path_;
  std::size_t batch_, connections_;
  std::uint64_t accounts_;
  std::atomic<std::uint64_t> next_;
  std::uint64_t end_;
  std::chrono::steady_clock::time_point until_;
  std::mutex mutex_;
  Sum sum_;
};

}  // namespace
}  // namespace telephony::bench

int main(int argc, char** argv) {
  try {
    telephony::bench::Load load(telephony::bench::Arguments(argc, argv));
    const auto begin = std::chrono::steady_clock::now();
    const auto sum = load.run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::cout << "{\"sent\":" << sum.sent << ",\"failed\":" << sum.failed << ",\"received\":" << sum.received
              << ",\"counted\":" << sum.counted << ",\"duplicate\":" << sum.duplicate
              << ",\"ignored\":" << sum.ignored << ",\"rejected\":" << sum.rejected
              << ",\"seconds\":" << seconds.count() << "}\n";
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "ndjson_load: " << e.what() << '\n';
    return 1;
  }
}
