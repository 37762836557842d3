// What the head of a request says about its sender.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "telephony_exporter/config/auth.h"
#include "telephony_exporter/event/event.h"
#include "telephony_exporter/event/posting.h"

namespace telephony::auth {

/// The value of the header called `name` (in any case); nothing when it is missing, empty or sent twice.
std::optional<std::string_view> only_header(std::span<const Header> headers, std::string_view name);

/// The same for the first of several names that is there.
std::optional<std::string_view> only_header(std::span<const Header> headers,
                                            std::span<const std::string> names);

/// What follows `scheme` and a space in the Authorization header (RFC 9110 section 11.4).
std::optional<std::string_view> credentials(std::span<const Header> headers, std::string_view scheme);

/// The value of a header with a decimal number of seconds since 1970 that is at most `tolerance` from now.
std::optional<std::string_view> fresh_timestamp(std::span<const Header> headers, std::string_view name,
                                                std::chrono::seconds tolerance, WallTime now);

/// Whether a time in seconds since 1970 is at most `tolerance` from now, before or after.
bool is_fresh(double seconds, std::chrono::seconds tolerance, WallTime now);

/// Whether `sent` is one of the secrets. Every one is tried, so that the time doesn't tell which it was.
bool is_one_of(std::string_view sent, std::span<const Secret> secrets);

}  // namespace telephony::auth
