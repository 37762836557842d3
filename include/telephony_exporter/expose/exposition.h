// The metrics page, and which of its formats a client gets.
#pragma once

#include <prometheus/collectable.h>

#include <span>
#include <string>
#include <string_view>

#include "telephony_exporter/record/page.h"

namespace telephony {

const char* content_type(PageFormat format);

/// What an Accept header asks for, by RFC 9110: the format with the higher q, and of two alike OpenMetrics if
/// it is named. An empty or malformed header gets text, and so does one that takes neither.
PageFormat negotiate(std::string_view accept);

/// All families, sorted by name, their samples by labels. A source that is `Rendered` writes its own. `old`
/// is a text that nobody needs any more: the page may take its memory.
std::string exposition(std::span<const prometheus::Collectable* const> sources,
                       PageFormat format = PageFormat::text, std::string old = {});

}  // namespace telephony
