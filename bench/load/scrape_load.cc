// Scrapes a page over a new connection each time and says how long each took, from connect to the last byte.
//   scrape_load port=N path=/metrics encoding=identity|gzip times=N every_ms=N
#include <chrono>
#include <iostream>
#include <thread>

#include "bench/load/arguments.h"
#include "bench/load/peer.h"

int main(int argc, char** argv) {
  using telephony::bench::Peer, telephony::bench::Reply;
  try {
    const telephony::bench::Arguments arguments(argc, argv);
    const std::string request = "GET " + arguments.word("path") +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/plain;version=0.0.4\r\n" +
                                "Accept-Encoding: " + arguments.word("encoding") +
                                "\r\nConnection: close\r\n\r\n";
    const std::chrono::milliseconds every(arguments.number("every_ms"));
    auto next = std::chrono::steady_clock::now();
    std::size_t bytes = 0;
    std::cout << "{\"milliseconds\":[";
    for (std::uint64_t i = 0; i < arguments.number("times"); ++i, next += every) {
      std::this_thread::sleep_until(next);
      const auto begin = std::chrono::steady_clock::now();
      Peer peer(static_cast<int>(arguments.number("port")));
      peer.send(request);
      const Reply reply = peer.receive();
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
      if (reply.status != 200) throw std::runtime_error("the answer was " + std::to_string(reply.status));
      bytes = reply.body.size();
      std::cout << (i == 0 ? "" : ",") << took.count() << std::flush;
    }
    std::cout << "],\"bytes\":" << bytes << "}\n";
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "scrape_load: " << e.what() << '\n';
    return 1;
  }
}
