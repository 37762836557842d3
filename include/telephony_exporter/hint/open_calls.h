// Which calls are open, by what was told of them in any order, more than once or never.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/hint/call_table.h"
#include "telephony_exporter/hint/ended_sessions.h"

namespace telephony {

/// Within these, OpenCalls takes about 20 MB; 4 of them where sessions are told only when they are over.
struct CallLimits {
  std::size_t open = limits::kOpenCalls;
  std::size_t ended = limits::kEndedCalls;  ///< legs, and sessions
  std::chrono::seconds expiry = limits::kOpenCallExpiry;
  std::chrono::seconds memory = limits::kEndedCallMemory;
};

/// What became of a leg. Of what has expired or was dropped the end was never told.
enum class CallChange : std::uint8_t { opened, ended, expired, dropped };

/// Not thread-safe. A call is a leg, as each takes a channel; a session of which no leg is told is one call.
/// Times are seconds on a clock that does not run backwards: when a report was received, never what it says.
class OpenCalls {
 public:
  using Tell = std::function<void(const CallTable::Call& call, CallChange change)>;

  /// `tell` is called with every leg that opens, and once with each of them that leaves.
  explicit OpenCalls(Tell tell, CallLimits limits = {})
      : tell_(std::move(tell)), limits_(limits), ended_sessions_(limits.ended, limits.memory) {}

  /// The call opens under way, unless it is open or has ended; over, it ends with all its legs.
  void report(const TrunkId& trunk, const CallId& id, bool over, std::uint32_t now);

  /// A report of this session is to come.
  [[gnu::always_inline]] void prefetch(std::uint64_t session) const {
    open_.prefetch(session);
    ended_legs_.prefetch(session);
    ended_sessions_.prefetch(session);
  }

  /// Lets go of what was never said to have ended.
  void expire(std::uint32_t now);

  /// Something of this session is open, or has ended lately.
  bool knows(std::uint64_t session, std::uint32_t now) const {
    return ended_sessions_.contains(session, now) || open_.holds(session) || ended_legs_.holds(session);
  }

  std::size_t size() const { return open_.size(); }
  std::uint64_t expired() const { return expired_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  void open(const CallTable::Call& call);
  void end(const CallId& id, std::uint32_t now);
  void remember_leg(const CallId& id, std::uint32_t now);

  Tell tell_;
  CallLimits limits_;
  CallTable open_;
  CallTable ended_legs_;
  EndedSessions ended_sessions_;
  std::uint64_t expired_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace telephony
