// The one field of a body that a sender signs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "telephony_exporter/catalog/signature.h"
#include "telephony_exporter/event/event.h"

namespace telephony::auth {

/// The text of the first alternative that is there and not empty. Nothing when the body is neither a form nor
/// one JSON object, when the field is no text, or when a key on the way to it is there twice: the event might
/// then be read from another place than was signed.
std::optional<std::string> text_of(const SignedField& field, BodyFormat format, std::string_view body);

}  // namespace telephony::auth
