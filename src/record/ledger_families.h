// The names of the metrics of what was counted stand in this file only.
#pragma once

#include "telephony_exporter/catalog/entry.h"
#include "telephony_exporter/record/page.h"

namespace telephony {
namespace ledger_families {

using prometheus::MetricType;

inline constexpr FamilyHead kErrors = {"telephony_errors_total", MetricType::Counter,
                                       "Errors by the provider's code, as its catalog describes it."};
inline constexpr FamilyHead kSessions = {"telephony_sessions_total", MetricType::Counter,
                                         "Finished sessions, calls and messages by how they ended."};
inline constexpr FamilyHead kAccountErrors = {"telephony_account_errors_total", MetricType::Counter,
                                              "Errors of events that name an account."};
inline constexpr FamilyHead kAccountSessions = {"telephony_account_sessions_total", MetricType::Counter,
                                                "Finished sessions of events that name an account."};
inline constexpr FamilyHead kInfo = {"telephony_error_info", MetricType::Gauge,
                                     "What a code means and what to do about it; always 1."};
inline constexpr FamilyHead kLastError = {"telephony_last_error_timestamp_seconds", MetricType::Gauge,
                                          "When an error was last received, as a Unix time; 0 until then."};
inline constexpr FamilyHead kAccountLastError = {
    "telephony_account_last_error_timestamp_seconds", MetricType::Gauge,
    "When an account's error was last received, as a Unix time; 0 until then."};

}  // namespace ledger_families

/// The account metrics have no family, and a counter must not move between label sets when a family's
/// defaults change; so an account's unlisted codes all count as this.
const Entry& unlisted_of_accounts();

}  // namespace telephony
