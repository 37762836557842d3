#include <algorithm>

#include "config/load.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/event/posting.h"

namespace telephony {
namespace {

std::string load_provider(const Node& node, const Settings& settings) {
  std::string name = node.text();
  if (settings.catalog(name) == nullptr) {
    node.fail("no file under 'providers' describes provider '" + name + "'");
  }
  return name;
}

void check_is_no_overflow(const Node& node, std::string_view account) {
  if (account == kOtherAccountName) {
    node.fail("'other' stands for the accounts that have no series of their own");
  }
}

void load_allow(const Node& node, Settings& settings) {
  for (const auto& [provider, accounts] : node.pairs()) {
    const std::string name = load_provider(provider, settings);
    const auto [allowed, added] = settings.accounts_allow.try_emplace(name, accounts.texts());
    if (!added) provider.fail("provider '" + name + "' is here twice");
    for (const std::string& account : allowed->second) check_is_no_overflow(accounts, account);
  }
}

std::string load_account_name(const Node& node) {
  std::string name = node.text();
  check_is_no_overflow(node, name);
  if (name.size() > limits::kAccountBytes) {
    node.fail("is longer than " + std::to_string(limits::kAccountBytes) + " bytes");
  }
  return name;
}

AccountNames load_names(const Node& node) {
  AccountNames names;
  for (const auto& [said, account] : node.pairs()) {
    const bool added = names.try_emplace(said.text(), load_account_name(account)).second;
    if (!added) said.fail("'" + said.text() + "' is here twice");
  }
  if (names.empty()) node.fail("lists nothing, so every account would count as 'other'");
  return names;
}

/// The names of the list are allowed, and a record that says one of the allowed names means it.
void join(AccountNames& names, std::vector<std::string>& allowed) {
  for (const auto& [said, account] : names) {
    if (std::find(allowed.begin(), allowed.end(), account) == allowed.end()) allowed.push_back(account);
  }
  for (const std::string& account : allowed) names.try_emplace(account, account);
}

std::uint32_t load_calls(const Node& node) {
  const std::uint64_t calls = node.number();
  if (calls > limits::kTrunkCalls)
    node.fail("is more than " + std::to_string(limits::kTrunkCalls) + " calls");
  return static_cast<std::uint32_t>(calls);
}

TrunkLimits load_trunk_limits(const Node& node) {
  TrunkLimits limits;
  for (const auto& [account, calls] : node.pairs()) {
    const bool added = limits.try_emplace(load_account_name(account), load_calls(calls)).second;
    if (!added) account.fail("'" + account.text() + "' is here twice");
  }
  if (limits.empty()) node.fail("names no account");
  return limits;
}

/// Whose limit is known has series of its own, and stands for itself where a list gives names to accounts.
void allow(const std::string& account, const std::string& provider, Settings& settings) {
  auto& allowed = settings.accounts_allow[provider];
  if (std::find(allowed.begin(), allowed.end(), account) == allowed.end()) allowed.push_back(account);
  const auto names = settings.accounts_map.find(provider);
  if (names != settings.accounts_map.end()) names->second.try_emplace(account, account);
}

}  // namespace

void load_trunks(const Node& node, Settings& settings) {
  for (const auto& [provider, list] : node.pairs()) {
    const std::string name = load_provider(provider, settings);
    const auto [limits, added] = settings.trunks.try_emplace(name, load_trunk_limits(list));
    if (!added) provider.fail("provider '" + name + "' is here twice");
    for (const auto& [account, calls] : limits->second) allow(account, name, settings);
  }
}

void load_accounts(const Node& node, Settings& settings) {
  node.expect_keys({"max", "allow", "map"});
  if (const auto max = node.find("max")) settings.accounts_max = max->number();
  if (const auto allow = node.find("allow")) load_allow(*allow, settings);
  const auto map = node.find("map");
  if (!map) return;
  for (const auto& [provider, list] : map->pairs()) {
    const std::string name = load_provider(provider, settings);
    const auto [names, added] = settings.accounts_map.try_emplace(name, load_names(list));
    if (!added) provider.fail("provider '" + name + "' is here twice");
    join(names->second, settings.accounts_allow[name]);
  }
}

}  // namespace telephony
