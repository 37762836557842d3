// What the sessions of calls are known by, of which no journal keeps anything.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace telephony {

/// Keyed hashes of sessions, for as long as this lives. They need only 64 bits: two of 100,000 calls meet
/// once in a billion times. Not thread-safe.
class SessionKeys {
 public:
  /// Throws std::runtime_error when the system gives no random numbers.
  SessionKeys();

  /// Each provider has its own sessions: they are hashed with a key that is derived from its name, and made
  /// once for all that follow each other.
  std::uint64_t key(std::string_view provider, std::string_view session);

 private:
  using HashKey = std::array<unsigned char, 16>;

  const HashKey hash_key_;
  std::string provider_;
  HashKey provider_key_;
};

}  // namespace telephony
