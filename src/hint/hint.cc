#include "telephony_exporter/hint/hint.h"

#include <algorithm>

namespace telephony {

Hint rest_hint(const Retry& retry) {
  switch (retry.kind) {
    case RetryClass::never:
    case RetryClass::after_fix:
      return {false, std::chrono::seconds(0)};
    case RetryClass::immediate:
      return {true, std::chrono::seconds(0)};
    case RetryClass::backoff:
    case RetryClass::later:
      return {true, std::max(retry.base, std::chrono::seconds(1))};
  }
  return {};
}

}  // namespace telephony
