// What the middle of the river hands to the journal and the ledger: numbers, no names.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telephony {

/// Position of an error series (provider, product, code, reason) in the SeriesTable; never reused.
using SeriesId = std::uint32_t;

/// Position of a (provider, product) pair in the SeriesTable; never reused.
using StreamId = std::uint32_t;

/// Position of an account among those that were admitted; never reused.
using AccountId = std::uint32_t;
inline constexpr AccountId kOtherAccount = 0;
inline constexpr std::string_view kOtherAccountName = "other";

using WallTime = std::chrono::system_clock::time_point;

/// A keyed 128-bit hash of an event's identity.
struct EventKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const EventKey&) const = default;
};

/// How far a file has been read.
struct FilePosition {
  std::string file;              ///< what tells the file from all others, as its source sees it
  std::uint64_t offset = 0;      ///< bytes
  std::string fingerprint = {};  ///< what tells its content from another's under the same name
  bool forgotten = false;        ///< it is gone for good
};

/// An event on its way to be counted, or several that are alike. What the views show must outlive the commit.
struct Posting {
  StreamId stream = 0;
  std::uint32_t count = 1;               ///< more than 1 only without a key
  std::optional<EventKey> key;           ///< without one, the event always counts
  std::optional<SeriesId> error;         ///< the error series to raise
  std::optional<std::uint8_t> session;   ///< the Outcome, as a number, of the session that ended
  std::string_view account;              ///< as sent, or once admitted as counted; empty when there is none
  AccountId account_id = kOtherAccount;  ///< once admitted
  std::string_view session_id;           ///< for exemplars; empty where none is wanted
  WallTime received;
  std::optional<std::chrono::seconds> retry_after;  ///< how long the sender asks to wait; not kept
  bool duplicate = false;                           ///< set by the journal
};

}  // namespace telephony
