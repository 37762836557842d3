#include "source/syslog_frames.h"

#include <algorithm>
#include <utility>

#include "telephony_exporter/event/limits.h"

namespace telephony::syslog {
namespace {

constexpr std::size_t kCountDigits = 9;
constexpr std::string_view kLineEnds("\n\0", 2);
constexpr std::string_view kBetween("\r\n\0", 3);

enum class Framing : std::uint8_t { unknown, counted, line };

/// What a frame is that began with `kept` and goes on with `next`. Lines of text may begin with a number, so
/// a count is believed only before the '<' that every message of RFC 5424 begins with.
Framing framing(std::string_view kept, char next) {
  const bool digit = next >= (kept.empty() ? '1' : '0') && next <= '9';
  const bool counts = kept.empty() || kept.back() != ' ';
  if (counts && digit && kept.size() < kCountDigits) return Framing::unknown;
  if (counts && next == ' ' && !kept.empty()) return Framing::unknown;
  return !counts && next == '<' ? Framing::counted : Framing::line;
}

std::size_t number(std::string_view digits) {
  std::size_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::size_t>(c - '0');
  return value;
}

}  // namespace

Frames::Next Frames::next(std::string_view& rest, std::string_view& message) {
  if (state_ == State::told) {
    state_ = State::begin;
    kept_ = {};
  }
  if (state_ == State::begin) begin(rest);
  switch (state_) {
    case State::counted:
    case State::rest_of_counted:
      return counted(rest, message);
    case State::line:
    case State::rest_of_line:
      return line(rest, message);
    default:
      return Next::nothing;
  }
}

void Frames::begin(std::string_view& rest) {
  if (kept_.empty()) rest.remove_prefix(std::min(rest.find_first_not_of(kBetween), rest.size()));
  while (!rest.empty() && state_ == State::begin) {
    switch (framing(kept_, rest.front())) {
      case Framing::unknown:
        kept_ += rest.front();
        rest.remove_prefix(1);
        break;
      case Framing::counted:
        kept_.pop_back();
        left_ = number(kept_);
        kept_.clear();
        state_ = State::counted;
        break;
      case Framing::line:
        state_ = State::line;
        break;
    }
  }
}

Frames::Next Frames::counted(std::string_view& rest, std::string_view& message) {
  if (state_ == State::counted && kept_.size() + left_ > limits::kSyslogFrameBytes) {
    state_ = State::rest_of_counted;
    return Next::too_long;
  }
  const std::string_view piece = rest.substr(0, left_);
  rest.remove_prefix(piece.size());
  left_ -= piece.size();
  if (state_ == State::rest_of_counted) {
    if (left_ > 0) return Next::nothing;
    state_ = State::begin;
    return next(rest, message);
  }
  if (left_ == 0) return finish(piece, message);
  kept_ += piece;
  return Next::nothing;
}

Frames::Next Frames::line(std::string_view& rest, std::string_view& message) {
  const std::size_t end = rest.find_first_of(kLineEnds);
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  if (state_ == State::rest_of_line) {
    if (end == rest.npos) return Next::nothing;
    state_ = State::begin;
    return next(rest, message);
  }
  if (kept_.size() + piece.size() > limits::kSyslogFrameBytes) {
    kept_ = {};
    state_ = end == rest.npos ? State::rest_of_line : State::begin;
    return Next::too_long;
  }
  if (end != rest.npos) return finish(piece, message);
  kept_ += piece;
  return Next::nothing;
}

/// A frame that came as a whole is not copied.
Frames::Next Frames::finish(std::string_view last, std::string_view& message) {
  state_ = State::told;
  if (!kept_.empty()) last = kept_ += last;
  message = last;
  return Next::message;
}

Frames::Next Frames::end(bool in_order, std::string_view& message) {
  const State state = std::exchange(state_, State::told);
  if (state == State::counted) return Next::cut;
  const bool unfinished = (state == State::begin || state == State::line) && !kept_.empty();
  if (!unfinished) return Next::nothing;
  message = kept_;
  return in_order ? Next::message : Next::cut;
}

}  // namespace telephony::syslog
