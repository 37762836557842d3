// Keyed hashes: of identities, and over the rows of a journal, so that a byte that changed is seen.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "telephony_exporter/event/posting.h"

namespace telephony {

/// 16 random bytes; nobody who doesn't know them can make two identities collide.
using HashKey = std::array<unsigned char, 16>;

/// Throws std::runtime_error when the system gives no random numbers.
HashKey random_hash_key();

/// SipHash-2-4 with 128 bits.
EventKey identity_key(const HashKey& key, std::string_view identity);

/// SipHash-2-4 with 64 bits.
std::uint64_t short_key(const HashKey& key, std::string_view text);

/// SipHash-2-4 over the values of one row, in order; begins with what tells the tables apart.
class Seal {
 public:
  explicit Seal(char table) { bytes_ += table; }
  Seal& add(std::int64_t value);
  Seal& add(std::string_view text);
  std::int64_t over(const HashKey& key) const;

 private:
  std::string bytes_;
};

}  // namespace telephony
