#include "telephony_exporter/decode/retry_after.h"

#include <algorithm>
#include <string>

#include "decode/tokenizer.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// RFC 3261 section 20.19: what is larger than 2**32-1 is as good as that.
constexpr std::chrono::seconds kForever{0xFFFFFFFF};

std::optional<std::chrono::seconds> delta_seconds(const std::string& digits) {
  const bool number = !digits.empty() &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return std::nullopt;
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  if (digits.size() - zeros > 10) return kForever;
  return std::min(std::chrono::seconds(std::stoull(digits.substr(zeros))), kForever);
}

}  // namespace

std::optional<RetryAfter> parse_retry_after(std::string_view value) {
  Tokenizer tokens(trimmed(value));
  const auto delay = delta_seconds(tokens.value());
  if (!delay || !tokens.skip_comment()) return std::nullopt;
  RetryAfter result{*delay, std::nullopt};
  while (tokens.take(';')) {
    const std::string name = tokens.value();
    const std::string content = tokens.take('=') ? tokens.value() : "";
    if (name.empty()) return std::nullopt;
    if (equal_ignoring_case(name, "duration")) result.duration = delta_seconds(content);
  }
  if (!tokens.done()) return std::nullopt;
  return result;
}

}  // namespace telephony
