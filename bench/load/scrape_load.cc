// Scrapes a page over a new connection each time and says how long each took, from connect to the last byte.
//   scrape_load port=N path=/metrics encoding=identity|gzip times=N every_ms=N touch=N
// Before each scrape it posts one webhook to the port `touch`, so that no page is like the one before; 0: to
// none.
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <thread>

#include "bench/load/arguments.h"
#include "bench/load/peer.h"

namespace telephony::bench {
namespace {

void post(Peer& peer, std::uint64_t number) {
  const std::string body =
      R"({"payload":{"sessionId":"touch-)" + std::to_string(getpid()) + '-' + std::to_string(number) +
      R"(","subAccountId":"account_000000","sessionStatus":"ERROR","errorDetails":{"errorCode":-2010}}})";
  peer.send("POST /w HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body);
  if (peer.receive().status != 200) throw std::runtime_error("the event between two scrapes did not count");
}

/// Milliseconds.
double scrape(int port, const std::string& request, std::size_t& bytes) {
  const auto begin = std::chrono::steady_clock::now();
  Peer peer(port);
  peer.send(request);
  const Reply reply = peer.receive();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  if (reply.status != 200) throw std::runtime_error("the answer was " + std::to_string(reply.status));
  bytes = reply.bytes;
  return took.count();
}

void run(const Arguments& arguments) {
  const std::string request =
      "GET " + arguments.word("path") +
      " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/plain;version=0.0.4\r\nAccept-Encoding: " +
      arguments.word("encoding") + "\r\nConnection: close\r\n\r\n";
  const int port = static_cast<int>(arguments.number("port")),
            touch = static_cast<int>(arguments.number("touch"));
  std::optional<Peer> ingest;
  if (touch != 0) ingest.emplace(touch);
  auto next = std::chrono::steady_clock::now();
  std::size_t bytes = 0;
  std::cout << "{\"milliseconds\":[";
  for (std::uint64_t i = 0; i < arguments.number("times"); ++i) {
    std::this_thread::sleep_until(next += std::chrono::milliseconds(arguments.number("every_ms")));
    if (ingest) post(*ingest, i);
    std::cout << (i == 0 ? "" : ",") << scrape(port, request, bytes) << std::flush;
  }
  std::cout << "],\"bytes\":" << bytes << "}\n";
}

}  // namespace
}  // namespace telephony::bench

int main(int argc, char** argv) {
  try {
    telephony::bench::run(telephony::bench::Arguments(argc, argv));
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "scrape_load: " << e.what() << '\n';
    return 1;
  }
}
