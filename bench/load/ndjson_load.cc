// Posts session summaries as NDJSON, 1009 bytes an event, each with a session id of its own, and adds up the
// receipts.
//   ndjson_load port=N path=/w batch=1000 connections=4 events=N seconds=N run=N accounts=N
// It ends when `events` were sent or `seconds` are over. An id is the run, the number of the POST and the
// place in it, so that bodies are built once and only the number of the POST is written into them: the load
// costs little more than its sockets. Event n of a run has the code n % 10 and the account n / 10 % accounts.
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/load/arguments.h"
#include "bench/load/peer.h"

namespace telephony::bench {
namespace {

constexpr std::size_t kEventBytes = 1009, kLineBytes = kEventBytes + 1;
constexpr std::uint64_t kCodes = 10;  // -2001 to -2010
const std::string kBeforeId =
    R"({"namespace":"VOICE","eventType":"SESSION_SUMMARY","description":"Session summary of a call","payload":{"sessionId":")";
const std::string kBeforeAccount = R"(","timestamp":"2026-01-13T08:29:43Z","subAccountId":"account_)";
const std::string kBeforeCode = R"(","sessionStatus":"ERROR","errorDetails":{"errorCode":-20)";
const std::string kAfterCode = R"(,"errorMessage":""},"callDuration":0,"padding":")";

constexpr std::size_t kRunDigits = 6, kPostDigits = 8, kPlaceDigits = 4, kAccountDigits = 6, kCodeDigits = 2;

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
  explicit Body(const Arguments& arguments)
      : batch_(arguments.number("batch")),
        accounts_(arguments.number("accounts")),
        alike_(batch_ % (accounts_ * kCodes) == 0) {
    std::string event = kBeforeId + std::string(kRunDigits + kPostDigits + kPlaceDigits, '0') +
                        kBeforeAccount + std::string(kAccountDigits, '0') + kBeforeCode +
                        std::string(kCodeDigits, '0') + kAfterCode;
    event += std::string(kEventBytes - event.size() - 3, 'x') + "\"}}\n";
    text_ = "POST " + arguments.word("path") +
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: " +
            std::to_string(event.size() * batch_) + "\r\n\r\n";
    head_ = text_.size();
    for (std::size_t i = 0; i < batch_; ++i) {
      text_ += event;
      char* id = place(i) + kBeforeId.size();
      write_number(id, kRunDigits, arguments.number("run"));
      write_number(id + kRunDigits + kPostDigits, kPlaceDigits, i);
    }
    write_labels(0);
  }

  const std::string& number(std::uint64_t post) {
    std::array<char, kPostDigits> digits;
    write_number(digits.data(), kPostDigits, post);
    for (std::size_t i = 0; i < batch_; ++i) {
      std::memcpy(place(i) + kBeforeId.size() + kRunDigits, digits.data(), kPostDigits);
    }
    if (!alike_) write_labels(post * batch_);
    return text_;
  }

 private:
  char* place(std::size_t i) { return text_.data() + head_ + i * kLineBytes; }

  void write_labels(std::uint64_t first) {
    for (std::size_t i = 0; i < batch_; ++i) {
      char* account =
          place(i) + kBeforeId.size() + kRunDigits + kPostDigits + kPlaceDigits + kBeforeAccount.size();
      write_number(account, kAccountDigits, (first + i) / kCodes % accounts_);
      write_number(account + kAccountDigits + kBeforeCode.size(), kCodeDigits, (first + i) % kCodes + 1);
    }
  }

  std::size_t batch_, head_ = 0;
  std::uint64_t accounts_;
  bool alike_;  ///< all bodies have the same accounts and codes at the same places
  std::string text_;
};

class Load {
 public:
  explicit Load(const Arguments& arguments)
      : arguments_(arguments),
        batch_(arguments.number("batch")),
        posts_(arguments.number("events") / batch_),
        until_(std::chrono::steady_clock::now() + std::chrono::seconds(arguments.number("seconds"))) {}

  Sum run() {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < arguments_.number("connections"); ++i)
      threads.emplace_back([this] { post(); });
    threads.clear();
    return sum_;
  }

 private:
  void post() {
    Sum sum;
    Peer peer(static_cast<int>(arguments_.number("port")));
    Body body(arguments_);
    while (std::chrono::steady_clock::now() < until_) {
      const std::uint64_t post = next_++;
      if (post >= posts_) break;
      peer.send(body.number(post));
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

  Arguments arguments_;
  std::size_t batch_;
  std::uint64_t posts_;
  std::atomic<std::uint64_t> next_ = 0;
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
