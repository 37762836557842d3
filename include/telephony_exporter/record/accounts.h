// The accounts that have been seen, within a budget; the one label value that is learned from the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// Begins with seven or more digits and dialling punctuation, or has them behind a "+" or a scheme such as
/// tel:.
bool looks_like_phone_number(std::string_view text);

/// An IP address, with or without sip: before it and a port behind it.
bool looks_like_address(std::string_view text);

/// False for what must not become a label: empty, over limits::kAccountBytes, not printable, not UTF-8, the
/// name of the overflow, or what looks like a phone number or an address.
bool is_account(std::string_view text);

/// Not thread-safe.
class Accounts {
 public:
  /// Accounts that are always admitted, and how many there may be altogether. What was admitted stays.
  void limit(std::size_t max, const std::map<std::string, std::vector<std::string>, std::less<>>& allow);

  /// The account's number; kOtherAccount when it is no account or the budget is used up.
  AccountId admit(std::string_view provider, std::string_view account);

  /// Whether `admit` would give it a number of its own.
  bool admits(std::string_view provider, std::string_view account) const;

  /// The number of an account that was admitted before, whatever the budget is now.
  AccountId restore(std::string_view provider, std::string_view account);

  const std::string& name(AccountId id) const { return names_[id]; }
  const std::vector<std::string>& names() const { return names_; }  ///< by AccountId
  std::size_t size() const { return names_.size() - 1; }

 private:
  /// Looked up for every event, so it takes no memory.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  using Ids = std::unordered_map<std::string, AccountId, Hash, std::equal_to<>>;

  const AccountId* find(std::string_view provider, std::string_view account) const;  ///< or null
  AccountId add(std::string_view provider, std::string_view account);

  std::vector<std::string> names_ = {std::string(kOtherAccountName)};
  std::map<std::string, Ids, std::less<>> ids_;  ///< by provider
  std::size_t max_ = 0;
};

}  // namespace telephony
