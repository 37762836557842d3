// Bytes to requests: heads, then bodies, one request after the other. Knows no socket and no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "source/buffer.h"
#include "source/chunked_body.h"
#include "source/request.h"

namespace telephony::ingest {

class RequestReader {
 public:
  enum class Phase : std::uint8_t { idle, head, body };
  enum class Progress : std::uint8_t { incomplete, complete, refused };

  using WallClock = std::function<WallTime()>;

  /// `head` may be shared by readers on one thread.
  RequestReader(const Live& live, Head& head, const Peer& peer, const WallClock& now)
      : live_(live), head_(head), peer_(peer), now_(now) {}

  std::span<char> prepare();       ///< room for what is received next
  void commit(std::size_t bytes);  ///< so much of it was received
  Progress advance();              ///< reads on; once it is complete or refused, call next()
  void next();                     ///< forgets the request and gives its memory back

  Phase phase() const { return phase_; }
  const Request& request() const { return request_; }
  std::string_view body() const { return body_; }      ///< when complete
  const Problem& problem() const { return problem_; }  ///< when refused
  bool body_follows() const { return body_follows_; }  ///< when refused: what comes next is no head
  std::size_t held_bytes() const;                      ///< of what is arriving
  bool needs_place() const;                            ///< before more of the body is received
  bool has_more() const { return !in_.empty(); }       ///< bytes that were received but not read
  bool take_continue();                                ///< true once when the peer waits to send its body

 private:
  Progress read_head();
  Progress begin_body();
  Progress read_body();
  Progress read_chunks();
  Progress complete(std::string_view body);
  Progress refuse(Problem problem, bool body_follows);
  bool skip_body();
  std::size_t free_bytes() const;

  const Live& live_;
  Head& head_;
  const Peer peer_;
  const WallClock& now_;
  Request request_;
  Problem problem_;
  Buffer in_;
  Buffer large_body_;
  std::unique_ptr<ChunkedBody> chunks_;
  std::string_view body_;
  std::size_t parsed_bytes_ = 0;
  Phase phase_ = Phase::idle;
  ChunkedBody::Status chunks_status_ = ChunkedBody::Status::incomplete;
  bool body_follows_ = false;
  bool read_one_ = false;
};

}  // namespace telephony::ingest
