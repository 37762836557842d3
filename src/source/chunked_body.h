// A body in the chunked transfer coding, decoded as it arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace telephony::ingest {

/// Bounded in content, in framing altogether, and in the framing that has to be held at once.
class ChunkedBody {
 public:
  enum class Status : std::uint8_t { incomplete, complete, malformed, too_large };

  ChunkedBody();
  ~ChunkedBody();

  /// Room for what is received next; never empty while the body is incomplete.
  std::span<char> prepare();
  /// Takes in the first `bytes` of the room.
  Status commit(std::size_t bytes);
  Status append(std::string_view bytes);

  std::string_view body() const;
  std::string_view rest() const;  ///< what was received behind a complete body

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace telephony::ingest
