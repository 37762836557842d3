// Who may deliver: a request's head against the secrets of its source. Nothing is decoded here.
#pragma once

#include <span>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

enum class Verdict : std::uint8_t { accepted, unauthenticated };

/// Compares in constant time. A header that is sent twice is refused.
Verdict verify(const std::optional<Auth>& auth, std::span<const Header> headers);

}  // namespace telephony
