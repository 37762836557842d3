// Questions for a retry hint, and the answer to one caller.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "expose/request_head.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/hint/hint.h"

namespace telephony {

/// The one meaning of a code that was asked for. Valid as long as the settings.
struct HintTarget {
  std::string provider;
  std::string product;
  std::string account;  ///< empty: any
  const Entry* entry = nullptr;
  SeriesId series = 0;
};

/// Takes the parameters provider, product, account, code and reason; a refusal says what to ask instead.
std::variant<HintTarget, Refusal> find_hint_target(const Settings& settings,
                                                   const std::function<std::string(const char*)>& parameter);

/// Evenly in [0, 1), anew for each caller. Thread-safe.
double any_share();

/// The wait of one caller, three times: in seconds, as a time, and as the header Retry-After has it.
struct HintAnswer {
  HintAnswer(const HintTarget& target, const Hint& hint, WallTime now, double share);

  nlohmann::json data;
  long retry_after = 0;  ///< whole seconds, rounded up; 0 when there is nothing to wait for
};

}  // namespace telephony
