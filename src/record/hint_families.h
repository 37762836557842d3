// The names of the metrics of retry hints stand in this file only.
#pragma once

#include "telephony_exporter/record/page.h"

namespace telephony::hint_families {

using prometheus::MetricType;

inline constexpr FamilyHead kAllowed = {"telephony_retry_allowed", MetricType::Gauge,
                                        "1 if trying again can help without a change, 0 if it cannot."};
inline constexpr FamilyHead kAfter = {
    "telephony_retry_after_seconds", MetricType::Gauge,
    "How long a caller who gets this code now should wait, in the account that waits longest."};
inline constexpr FamilyHead kNotBefore = {
    "telephony_retry_not_before_timestamp_seconds", MetricType::Gauge,
    "When the last raised wait ends, counted from the event that changed it last; 0 if none is raised."};
inline constexpr FamilyHead kAccountAfter = {
    "telephony_account_retry_after_seconds", MetricType::Gauge,
    "How long a caller of this account should wait, while that is longer than usual."};

}  // namespace telephony::hint_families
