// The codes and texts that no catalog lists, for people to look at; bounded, and without any digits of a
// text.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "telephony_exporter/event/posting.h"

namespace telephony {

struct UnlistedCode {
  std::string provider;
  std::string product;
  std::string code;    ///< verbatim, or "…" when it may hold a phone number
  std::string text;    ///< in normal form: words only
  std::string family;  ///< where it counted
  std::uint64_t count = 0;
  WallTime first_seen;
  WallTime last_seen;
};

/// Thread-safe. Beyond limits::kUnlistedCodes the one not seen for longest makes room.
class UnlistedCodes {
 public:
  /// How often a code was seen since it was added last.
  struct Seen {
    const UnlistedCode* code;
    std::uint64_t times = 1;
  };
  /// Returns those that the operator should hear of: each at first sight, then once per
  /// limits::kLogAgainAfter; and no more than limits::kUnlistedCodes in that time, so that nobody can flood
  /// the log.
  std::vector<const UnlistedCode*> add(std::span<const Seen> all, WallTime now);

  /// Newest first, then most frequent first, then by code and text.
  std::vector<UnlistedCode> list() const;

 private:
  struct Kept {
    UnlistedCode code;
    WallTime told;
  };
  using List = std::list<Kept>;
  /// By what tells codes apart; the texts are those of the list.
  using Name = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
  struct Hash {
    std::size_t operator()(const Name& name) const {
      const std::hash<std::string_view> hash;
      return hash(std::get<0>(name)) + 31 * hash(std::get<1>(name));
    }
  };

  static Name name_of(const UnlistedCode& code);
  bool see(const Seen& seen, WallTime now);
  Kept& kept(const UnlistedCode& code, WallTime now);
  bool may_tell(WallTime now);

  mutable std::mutex mutex_;
  List kept_;  ///< the one seen last is first
  std::unordered_map<Name, List::iterator, Hash> by_name_;
  WallTime telling_since_;
  std::size_t told_ = 0;
};

}  // namespace telephony
