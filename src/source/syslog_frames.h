// Syslog messages out of a TCP stream (RFC 6587 section 3.4): counted octets, or lines; each frame says
// which.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace telephony::syslog {

class Frames {
 public:
  /// `cut` is a frame whose end never came.
  enum class Next : std::uint8_t { nothing, message, too_long, cut };

  /// Takes bytes off the front of `rest`, up to the end of a frame or all of them. `message` is valid until
  /// the next call, while the bytes are. Of a frame that is too long the rest is dropped.
  Next next(std::string_view& rest, std::string_view& message);

  /// The stream has ended. A last line without an end is a message when the sender closed in order.
  Next end(bool in_order, std::string_view& message);

  /// Bytes of a frame came, but not its end.
  bool inside() const { return state_ != State::told && (state_ != State::begin || !kept_.empty()); }

 private:
  enum class State : std::uint8_t { begin, counted, line, rest_of_counted, rest_of_line, told };

  void begin(std::string_view& rest);
  Next counted(std::string_view& rest, std::string_view& message);
  Next line(std::string_view& rest, std::string_view& message);
  Next finish(std::string_view last, std::string_view& message);

  State state_ = State::begin;
  std::size_t left_ = 0;  ///< octets of a counted frame that are still to come
  std::string kept_;      ///< of a frame that came in pieces
};

}  // namespace telephony::syslog
