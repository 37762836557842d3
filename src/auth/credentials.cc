#include "auth/credentials.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "auth/digest.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony::auth {

std::optional<std::string_view> only_header(std::span<const Header> headers, std::string_view name) {
  const auto named = [&](const Header& header) { return equal_ignoring_case(header.name, name); };
  const auto header = std::find_if(headers.begin(), headers.end(), named);
  if (header == headers.end() || header->value.empty()) return std::nullopt;
  if (std::find_if(header + 1, headers.end(), named) != headers.end()) return std::nullopt;
  return header->value;
}

std::optional<std::string_view> only_header(std::span<const Header> headers,
                                            std::span<const std::string> names) {
  for (const std::string& name : names) {
    const auto named = [&](const Header& header) { return equal_ignoring_case(header.name, name); };
    if (std::any_of(headers.begin(), headers.end(), named)) return only_header(headers, name);
  }
  return std::nullopt;
}

std::optional<std::string_view> credentials(std::span<const Header> headers, std::string_view scheme) {
  const auto value = only_header(headers, "Authorization");
  if (!value || value->size() <= scheme.size() || (*value)[scheme.size()] != ' ') return std::nullopt;
  if (!equal_ignoring_case(value->substr(0, scheme.size()), scheme)) return std::nullopt;
  return value->substr(scheme.size() + 1);
}

bool is_fresh(double seconds, std::chrono::seconds tolerance, WallTime now) {
  const double age = std::chrono::duration<double>(now.time_since_epoch()).count() - seconds;
  return std::abs(age) <= static_cast<double>(tolerance.count());
}

std::optional<std::string_view> fresh_timestamp(std::span<const Header> headers, std::string_view name,
                                                std::chrono::seconds tolerance, WallTime now) {
  const auto value = only_header(headers, name);
  if (!value) return std::nullopt;
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seconds);
  if (error != std::errc{} || end != value->data() + value->size()) return std::nullopt;
  return is_fresh(static_cast<double>(seconds), tolerance, now) ? value : std::nullopt;
}

bool is_one_of(std::string_view sent, std::span<const Secret> secrets) {
  bool known = false;
  for (const Secret& secret : secrets) known |= equal(sent, secret.value);
  return known;
}

}  // namespace telephony::auth
