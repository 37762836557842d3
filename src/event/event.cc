#include "telephony_exporter/event/event.h"

#include <strings.h>

#include <algorithm>
#include <array>

namespace telephony {

std::string_view name(RejectCause cause) {
  static constexpr std::array<std::string_view, kRejectCauses> kNames = {
      "malformed",       "too_large",   "too_long", "too_deep",    "unsupported_type",
      "unauthenticated", "not_allowed", "bad_code", "unavailable", "timeout"};
  return kNames[static_cast<std::size_t>(cause)];
}

std::string_view name(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomes> kNames = {
      "completed", "no_answer", "busy", "canceled", "failed", "error", "other"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view name(CallField field) {
  static constexpr std::array<std::string_view, kCallFields> kNames = {"duration", "setup",  "mos",
                                                                       "loss",     "jitter", "occurred"};
  return kNames[static_cast<std::size_t>(field)];
}

std::string_view find_header(std::span<const Header> headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return header.name.size() == name.size() &&
           strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? std::string_view{} : found->value;
}

}  // namespace telephony
