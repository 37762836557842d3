// Writes a call log: about 95 bytes a line, three in ten an error of one of 40 codes, one in a hundred a
// decoy.
//   call_log file=PATH bytes=N seed=N shapes=1|10
// and says on standard output what stands in it: lines, errors by code, lines with the literal that grep
// looks for. With ten shapes, errors are written in ten notations, one for each pattern of the catalog with
// ten.
#include <array>
#include <fstream>
#include <iostream>
#include <random>
#include <vector>

#include "bench/load/arguments.h"

namespace telephony::bench {
namespace {

constexpr int kCodes = 40;
constexpr std::array<std::string_view, 5> kTexts = {"Busy Here", "Temporarily not available",
                                                    "Service Unavailable", "Request Timeout",
                                                    "Call Rejected by the other side"};
constexpr std::array<std::string_view, 5> kPlain = {
    "call started, from trunk to agent, codec opus", "media established after 143 ms, packets both ways",
    "call ended by the caller, 73 s, quality good", "registration renewed for the next 3600 seconds",
    "heartbeat of the dialer, queue empty"};
/// The same for shape n of bench/parts/ten_patterns.py.
constexpr std::array<std::string_view, 10> kBefore = {
    "Telephony - ", "SIP/2.0 ",       "Gateway error ", "hangup cause=", "carrier said [",
    "disposition ", "release code: ", "peer answered ", "Q850;status=",  "dial failed ("};
constexpr std::array<std::string_view, 10> kBetween = {" - ",       " ",    ": ",     " text=", "] ",
                                                       " because ", " as ", " with ", " note ", ") "};

struct Written {
  std::uint64_t bytes = 0, lines = 0, errors = 0, decoys = 0, literals = 0;
  std::array<std::uint64_t, kCodes> by_code = {};
};

/// 400 to 419, 480 to 489 and 500 to 509: some are in the catalog, some are not.
int code(std::size_t i) { return static_cast<int>(i < 20 ? 400 + i : i < 30 ? 460 + i : 470 + i); }

class Log {
 public:
  Log(std::uint64_t seed, std::size_t shapes) : luck_(seed), shapes_(shapes) {}

  void append(std::string& line, Written& written) {
    const std::uint64_t luck = luck_() >> 16, kind = luck % 100;
    line += stamp(written.lines);
    if (kind < 30) {
      append_error(line, luck / 100, written);
    } else if (kind == 30) {
      line += luck / 100 % 2 == 0 ? "INFO  dialer[7]: Telephony - worker is ready, no call is waiting for it"
                                  : "INFO  dialer[7]: telephony retry 486 is planned, nothing was refused";
      written.literals += luck / 100 % 2 == 0;
      ++written.decoys;
    } else {
      line += "INFO  dialer[7]: ";
      line += kPlain[luck / 100 % kPlain.size()];
    }
    line += '\n';
    ++written.lines;
  }

 private:
  static std::string stamp(std::uint64_t n) {
    std::array<char, 40> text;
    const auto part = [&](int shift, std::uint64_t of) {
      return static_cast<int>(n / 1000 / static_cast<std::uint64_t>(shift) % of);
    };
    const int size = std::snprintf(text.data(), text.size(), "2026-01-13T%02d:%02d:%02d.%03d+00:00 ",
                                   part(3600, 24), part(60, 60), part(1, 60), static_cast<int>(n % 1000));
    return std::string(text.data(), static_cast<std::size_t>(size));
  }

  void append_error(std::string& line, std::uint64_t luck, Written& written) {
    const std::size_t which = luck % kCodes, shape = luck / kCodes % shapes_;
    line += "ERROR dialer[7]: call=";
    line += std::to_string(100'000'000 + written.lines) + ' ';
    line += kBefore[shape];
    line += std::to_string(code(which));
    line += kBetween[shape];
    line += kTexts[luck / 1000 % kTexts.size()];
    ++written.errors;
    ++written.by_code[which];
    written.literals += shape == 0;
  }

  std::mt19937_64 luck_;
  std::size_t shapes_;
};

Written write(const Arguments& arguments) {
  std::ofstream out(arguments.word("file"), std::ios::binary);
  Log log(arguments.number("seed"), arguments.number("shapes"));
  Written written;
  std::string buffer;
  for (const std::uint64_t bytes = arguments.number("bytes"); written.bytes < bytes;) {
    buffer.clear();
    while (buffer.size() < 1 << 20 && written.bytes + buffer.size() < bytes) log.append(buffer, written);
    out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    written.bytes += buffer.size();
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + arguments.word("file"));
  return written;
}

}  // namespace
}  // namespace telephony::bench

int main(int argc, char** argv) {
  using namespace telephony::bench;
  try {
    const Written written = write(Arguments(argc, argv));
    std::cout << "{\"bytes\":" << written.bytes << ",\"lines\":" << written.lines
              << ",\"errors\":" << written.errors << ",\"decoys\":" << written.decoys
              << ",\"literals\":" << written.literals << ",\"codes\":{";
    for (std::size_t i = 0; i < kCodes; ++i)
      std::cout << (i == 0 ? "" : ",") << '"' << code(i) << "\":" << written.by_code[i];
    std::cout << "}}\n";
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "call_log: " << e.what() << '\n';
    return 1;
  }
}
