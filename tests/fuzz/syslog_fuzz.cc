// A stream of syslog, and the headers of its messages. The first byte says in pieces of what size the rest
// arrives; the outcome may not depend on that.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "source/syslog_frames.h"
#include "source/syslog_text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony::syslog {
namespace {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

std::string_view without_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(std::string_view("\r\n\0", 3)) + 1);
}

void check_text(std::string_view message) {
  const std::string_view text = text_of(message);
  require(without_end(message).ends_with(text), "a text is the end of its message");
  require(text.empty() ||
              (text.data() >= message.data() && text.data() + text.size() <= message.data() + message.size()),
          "a text is a view into its message");
  if (!message.starts_with('<')) {
    require(text_of("<13>" + std::string(message)) == text, "a priority changes no text");
  }
  std::string_view expected = without_end(message);
  if (expected.starts_with("\xEF\xBB\xBF")) expected.remove_prefix(3);
  require(text_of("<13>1 - - - - - [a@1 b=\"]\"] " + std::string(message)) == expected,
          "what stands behind a header of RFC 5424 is the text");
}

/// What a stream says, one entry after the other.
std::string transcript(std::string_view bytes, std::size_t piece, bool in_order) {
  Frames frames;
  std::string text;
  std::string_view message;
  const auto note = [&](Frames::Next next) {
    text += static_cast<char>('0' + static_cast<int>(next));
    if (next != Frames::Next::message) return next != Frames::Next::nothing;
    require(message.size() <= limits::kSyslogFrameBytes, "a message is within its limit");
    require(!message.empty(), "a message is not empty");
    text.append(std::to_string(message.size())).append(" ").append(message);
    return true;
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string_view rest = bytes.substr(at, piece);
    while (note(frames.next(rest, message))) continue;
    text.pop_back();  // how often nothing came is a matter of the pieces
    require(rest.empty(), "all bytes are taken");
  }
  const bool inside = frames.inside();
  const Frames::Next last = frames.end(in_order, message);
  require(inside || last == Frames::Next::nothing, "what is outside of a frame has no end");
  note(last);
  return text;
}

}  // namespace
}  // namespace telephony::syslog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace telephony::syslog;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 128 + bytes.size() / 64;
  const bool in_order = data[0] < 128;
  require(transcript(bytes, piece, in_order) == transcript(bytes, bytes.size() + 1, in_order),
          "the size of the pieces changes nothing");
  check_text(bytes);
  return 0;
}
