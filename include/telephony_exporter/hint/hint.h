// Whether and when to try again, for a caller who meets a code now. Pure functions.
#pragma once

#include <chrono>

#include "telephony_exporter/catalog/entry.h"

namespace telephony {

struct Hint {
  bool allowed = false;
  std::chrono::seconds after{0};  ///< meaningful when allowed; never 0 for backoff
};

/// The catalog's advice alone.
Hint rest_hint(const Retry& retry);

}  // namespace telephony
