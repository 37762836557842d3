#include "telephony_exporter/record/accounts.h"

#include <arpa/inet.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kPhoneDigits = 7;  // E.164 subscriber numbers are hardly ever shorter

/// Digits with dialling punctuation, or bytes of other alphabets' spaces and dashes, between them; then no
/// letter.
bool starts_with_number(std::string_view text) {
  std::size_t digits = 0, end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && c < 0x80 && std::string_view("+-.() /").find(text[i]) == std::string_view::npos) break;
    digits += digit ? 1 : 0;
    if (digit) end = i + 1;
  }
  const char next = end < text.size() ? text[end] : ' ';
  const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '_';
  return digits >= kPhoneDigits && !letter;
}

}  // namespace

bool looks_like_phone_number(std::string_view text) {
  for (const std::string_view plus : {"+", "%2B", "%2b"}) {
    for (std::size_t at = text.find(plus); at != text.npos; at = text.find(plus, at + 1)) {
      if (starts_with_number(text.substr(at + plus.size()))) return true;
    }
  }
  const std::size_t scheme = text.find(':');
  const bool has_scheme = scheme != text.npos && text.substr(0, scheme).find_first_of(kDigits) == text.npos;
  return starts_with_number(has_scheme ? text.substr(scheme + 1) : text);
}

bool looks_like_address(std::string_view text) {
  for (const std::string_view scheme : {"sip:", "sips:"}) {
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  }
  const bool in_brackets = text.starts_with('[');
  if (in_brackets) text.remove_prefix(1);
  const bool colons = std::count(text.begin(), text.end(), ':') > 1;
  const std::string address(text.substr(0, text.find_first_of(in_brackets || colons ? "]" : ":;")));
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return inet_pton(colons ? AF_INET6 : AF_INET, address.c_str(), ignored.data()) == 1;
}

bool is_account(std::string_view text) {
  const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  return !text.empty() && text.size() <= limits::kAccountBytes && text != kOtherAccountName &&
         std::none_of(text.begin(), text.end(), control) && !looks_like_phone_number(text) &&
         !looks_like_address(text) && simdjson::validate_utf8(text);
}

void Accounts::limit(std::size_t max,
                     const std::map<std::string, std::vector<std::string>, std::less<>>& allow) {
  max_ = max;
  for (const auto& [provider, accounts] : allow) {
    for (const std::string& account : accounts) add(provider, account);
  }
}

AccountId Accounts::admit(std::string_view provider, std::string_view account) {
  if (const AccountId* known = find(provider, account)) return *known;
  return admits(provider, account) ? add(provider, account) : kOtherAccount;
}

bool Accounts::admits(std::string_view provider, std::string_view account) const {
  return find(provider, account) != nullptr || (size() < max_ && is_account(account));
}

const AccountId* Accounts::find(std::string_view provider, std::string_view account) const {
  const auto ids = ids_.find(provider);
  if (ids == ids_.end()) return nullptr;
  const auto found = ids->second.find(account);
  return found == ids->second.end() ? nullptr : &found->second;
}

AccountId Accounts::restore(std::string_view provider, std::string_view account) {
  return account == kOtherAccountName ? kOtherAccount : add(provider, account);
}

AccountId Accounts::add(std::string_view provider, std::string_view account) {
  Ids& ids = ids_[std::string(provider)];
  const auto [found, added] = ids.try_emplace(std::string(account), static_cast<AccountId>(names_.size()));
  if (added) names_.emplace_back(account);
  return found->second;
}

}  // namespace telephony
