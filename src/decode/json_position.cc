#include <algorithm>
#include <nlohmann/json.hpp>

#include "decode/json_faults.h"

namespace telephony {
namespace {

constexpr std::size_t kSearchedBytes = 64 * 1024;

/// simdjson says what is wrong but not where; this parser is slow and knows.
struct PositionFinder : nlohmann::json_sax<nlohmann::json> {
  std::size_t at = 0;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    at = position;
    return false;
  }
};

}  // namespace

std::string json_error_position(std::string_view whole, bool one_line) {
  // The parser keeps a copy of each token, and white space is one to it.
  const std::string_view text = whole.substr(0, kSearchedBytes);
  PositionFinder finder;
  const bool sound = nlohmann::json::sax_parse(text, &finder);
  if (text.size() < whole.size() && (sound || finder.at > text.size())) return "behind its first 64 KiB";
  if (sound) {
    // To this parser a NUL is the end of the text, and a byte order mark is nothing.
    const std::size_t nul = text.find('\0');
    finder.at = nul == text.npos ? 1 : nul + 1;
  }
  if (finder.at > text.size()) return "at its end";
  const std::string_view before = text.substr(0, finder.at > 0 ? finder.at - 1 : 0);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t column =
      before.size() - (before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1) + 1;
  return (one_line ? "at" : "at line " + std::to_string(line) + ",") + " column " + std::to_string(column);
}

}  // namespace telephony
