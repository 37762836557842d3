// Short texts that live as long as a group, without an allocation for each.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telephony {

/// Texts are laid one behind the other into chunks that stay where they are, so views of them hold until
/// `clear`, after which the same chunks are filled anew.
class TextArena {
 public:
  static constexpr std::size_t kChunkBytes = 16 * 1024;
  static constexpr std::size_t kKeptChunks = 8;  ///< for the next group; what was needed beyond it is freed

  /// A copy of the text. What was kept last is not copied again: neighbours often name the same account.
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (text != last_) last_ = copy(text);
    return last_;
  }

  void clear() {
    last_ = {};
    large_.clear();
    if (chunks_.size() > kKeptChunks) chunks_.resize(kKeptChunks);
    filled_ = 0;
    used_ = 0;
  }

 private:
  std::string_view copy(std::string_view text) {
    if (text.size() > kChunkBytes) return *large_.emplace_back(std::make_unique<std::string>(text));
    if (filled_ < chunks_.size() && kChunkBytes - used_ < text.size()) {
      ++filled_;
      used_ = 0;
    }
    if (filled_ == chunks_.size()) chunks_.push_back(std::make_unique<char[]>(kChunkBytes));
    char* place = chunks_[filled_].get() + used_;
    std::memcpy(place, text.data(), text.size());
    used_ += text.size();
    return {place, text.size()};
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t filled_ = 0;  ///< chunks that are full
  std::size_t used_ = 0;    ///< bytes of the one behind them
  std::vector<std::unique_ptr<std::string>> large_;
  std::string_view last_;
};

}  // namespace telephony
