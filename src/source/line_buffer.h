// The bytes of a stream to whole lines.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace telephony {

/// Holds at most `room` bytes: of a line that is longer than a line may be, enough is kept that it is
/// refused. It takes no memory before something is to be received.
class LineBuffer {
 public:
  explicit LineBuffer(std::size_t room);

  std::span<char> prepare();       ///< room for what is received next; ends what lines() gave
  void commit(std::size_t bytes);  ///< so much of it was received

  /// The whole lines that have arrived.
  std::string_view lines() const;
  /// What has arrived of the next one.
  std::string_view rest() const;

 private:
  const std::size_t room_;
  std::string bytes_;  ///< as long as `room_`, or empty
  std::size_t size_ = 0;
  bool skipping_ = false;  ///< to the end of a line that is too long
};

}  // namespace telephony
