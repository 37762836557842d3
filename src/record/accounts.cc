#include "telephony_exporter/record/accounts.h"

#include <simdjson.h>

#include <algorithm>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kPhoneDigits = 7;  // E.164 subscriber numbers are hardly ever shorter

std::string key_of(std::string_view provider, std::string_view account) {
  return std::string(provider) + '\n' + std::string(account);
}

}  // namespace

bool looks_like_phone_number(std::string_view text) {
  // tel:+12025550143;ext=1 and sip:12025550143@host are numbers with something around them.
  const std::size_t scheme = text.find(':');
  if (scheme != text.npos && text.substr(0, scheme).find_first_of(kDigits) == text.npos) {
    text.remove_prefix(scheme + 1);
  }
  text = text.substr(0, text.find_first_of("@;"));
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return static_cast<std::size_t>(digits) >= kPhoneDigits &&
         text.find_first_not_of("0123456789+-.() /") == text.npos;
}

bool is_account(std::string_view text) {
  const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  return !text.empty() && text.size() <= limits::kAccountBytes && text != "other" &&
         std::none_of(text.begin(), text.end(), control) && !looks_like_phone_number(text) &&
         simdjson::validate_utf8(text);
}

void Accounts::limit(std::size_t max,
                     const std::map<std::string, std::vector<std::string>, std::less<>>& allow) {
  max_ = max;
  for (const auto& [provider, accounts] : allow) {
    for (const std::string& account : accounts) add(provider, account);
  }
}

AccountId Accounts::admit(std::string_view provider, std::string_view account) {
  if (const auto found = ids_.find(key_of(provider, account)); found != ids_.end()) return found->second;
  if (size() >= max_ || !is_account(account)) {
    ++folded_;
    return kOtherAccount;
  }
  return add(provider, account);
}

AccountId Accounts::add(std::string_view provider, std::string_view account) {
  const auto [found, added] =
      ids_.try_emplace(key_of(provider, account), static_cast<AccountId>(names_.size()));
  if (added) names_.emplace_back(account);
  return found->second;
}

}  // namespace telephony
