#include <algorithm>
#include <nlohmann/json.hpp>

#include "decode/json.h"

namespace telephony {
namespace {

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

std::string json_error_position(std::string_view text, bool one_line) {
  PositionFinder finder;
  if (nlohmann::json::sax_parse(text, &finder)) {
    const std::size_t nul = text.find('\0');  // to this parser the end of the text
    if (nul == text.npos) return "in a number beyond 64 bits or a text that is not UTF-8";
    finder.at = nul + 1;
  }
  if (finder.at > text.size()) return "at its end";
  const std::string_view before = text.substr(0, finder.at > 0 ? finder.at - 1 : 0);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t column =
      before.size() - (before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1) + 1;
  return (one_line ? "at" : "at line " + std::to_string(line) + ",") + " column " + std::to_string(column);
}

}  // namespace telephony
