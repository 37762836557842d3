#include "journal/seal.h"

#include <sodium.h>

#include <cstring>
#include <stdexcept>

namespace telephony {
namespace {

const unsigned char* data_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

HashKey random_hash_key() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium finds no source of random numbers");
  HashKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

EventKey identity_key(const HashKey& key, std::string_view identity) {
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == std::tuple_size_v<HashKey>);
  std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> hash;
  crypto_shorthash_siphashx24(hash.data(), data_of(identity), identity.size(), key.data());
  EventKey out;
  std::memcpy(&out.high, hash.data(), sizeof out.high);
  std::memcpy(&out.low, hash.data() + sizeof out.high, sizeof out.low);
  return out;
}

std::uint64_t short_key(const HashKey& key, std::string_view text) {
  std::uint64_t hash = 0;
  static_assert(crypto_shorthash_BYTES == sizeof hash &&
                crypto_shorthash_KEYBYTES == std::tuple_size_v<HashKey>);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), data_of(text), text.size(), key.data());
  return hash;
}

Seal& Seal::add(std::int64_t value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  return *this;
}

Seal& Seal::add(std::string_view text) {
  add(static_cast<std::int64_t>(text.size()));
  bytes_ += text;
  return *this;
}

std::int64_t Seal::over(const HashKey& key) const {
  return static_cast<std::int64_t>(short_key(key, bytes_));
}

}  // namespace telephony
