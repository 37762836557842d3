#include <sodium.h>

#include <array>
#include <cstring>
#include <mutex>
#include <stdexcept>

#include "journal/dedup_window.h"

namespace telephony {
namespace {

/// Keys forgotten for every key remembered: enough to shrink, too few to be noticed.
constexpr std::size_t kPruneFactor = 4;

class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(DedupLimits limits) : window_(limits) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium finds no source of random numbers");
    randombytes_buf(hash_key_.data(), hash_key_.size());
  }

  EventKey key(std::string_view identity) const override {
    std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> hash;
    crypto_shorthash_siphashx24(hash.data(), reinterpret_cast<const unsigned char*>(identity.data()),
                                identity.size(), hash_key_.data());
    EventKey key;
    std::memcpy(&key.high, hash.data(), sizeof key.high);
    std::memcpy(&key.low, hash.data() + sizeof key.high, sizeof key.low);
    return key;
  }

  bool commit(std::span<Posting> batch, WallTime now) override {
    const auto start = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    // A clock that is set back must not make the window's order lie.
    now_ = std::max(now_, now);
    window_.prune(now_, kPruneFactor * batch.size());
    for (Posting& posting : batch) posting.duplicate = posting.key && !window_.insert(*posting.key, now_);
    window_.prune(now_, kPruneFactor * batch.size());
    ++commits_;
    commit_time_ += std::chrono::steady_clock::now() - start;
    return true;
  }

  JournalStats stats(WallTime now) const override {
    const std::lock_guard lock(mutex_);
    JournalStats stats;
    stats.commits = commits_;
    stats.commit_seconds = commit_time_.count();
    stats.dedup_keys = window_.size();
    stats.dedup_window_seconds = window_.covered(std::max(now_, now)).count();
    return stats;
  }

  void limit(DedupLimits limits) override {
    const std::lock_guard lock(mutex_);
    window_.limit(limits);
  }

 private:
  std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES> hash_key_{};
  mutable std::mutex mutex_;
  DedupWindow window_;
  WallTime now_;
  std::uint64_t commits_ = 0;
  std::chrono::duration<double> commit_time_{0};
};

}  // namespace

std::unique_ptr<Journal> make_memory_journal(DedupLimits limits) {
  return std::make_unique<MemoryJournal>(limits);
}

}  // namespace telephony
