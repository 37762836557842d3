#include "telephony_exporter/journal/session_keys.h"

#include <bit>

#include "journal/seal.h"

namespace telephony {

SessionKeys::SessionKeys()
    : hash_key_(random_hash_key()),
      provider_key_(std::bit_cast<HashKey>(identity_key(hash_key_, provider_))) {}

std::uint64_t SessionKeys::key(std::string_view provider, std::string_view session) {
  if (provider != provider_) {
    provider_ = provider;
    provider_key_ = std::bit_cast<HashKey>(identity_key(hash_key_, provider_));
  }
  return short_key(provider_key_, session);
}

}  // namespace telephony
