// Bytes to requests: heads, then bodies, one request after the other. Knows no socket and no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "source/buffer.h"
#include "source/chunked_body.h"
#include "source/head_memo.h"
#include "source/request.h"

namespace telephony::ingest {

/// What the readers of one thread share, because only one of them reads at a time: memory that stays in the
/// processor's cache however many connections there are, and that idle connections need not have.
struct Workbench {
  static constexpr std::size_t kInBytes = 4 * 1024;  // enough for most requests as a whole

  Head head = {};
  HeadMemo memo = {};
  std::unique_ptr<char[]> in = std::make_unique_for_overwrite<char[]>(kInBytes);
  Buffer large_body = {};  ///< of the last one that was large: the next takes its memory over
  bool large_body_used = false;

  /// Gives back what no request has used since the last call, and forgets what is out of date.
  void tidy(const Settings& settings) {
    if (!std::exchange(large_body_used, false)) large_body.release();
    memo.keep_only(settings);
  }
};

/// Bytes are received on the bench, and a request that arrives as a whole is read there. What is left of them
/// is taken off the bench by leave_bench(), before another connection's turn.
class RequestReader {
 public:
  enum class Phase : std::uint8_t { idle, head, body };
  enum class Progress : std::uint8_t { incomplete, complete, refused };

  using WallClock = std::function<WallTime()>;

  RequestReader(LiveView& live, Workbench& bench, const Peer& peer, const WallClock& now)
      : live_(live), bench_(bench), head_(bench.head), peer_(peer), now_(now) {}

  std::span<char> prepare();       ///< room for what is received next
  void commit(std::size_t bytes);  ///< so much of it was received
  Progress advance();              ///< reads on; once it is complete or refused, call next()
  void next();                     ///< forgets the request and gives its memory back
  void leave_bench();

  Phase phase() const { return phase_; }
  const Request& request() const { return request_; }
  std::string_view body() const { return body_; }      ///< when complete
  const Problem& problem() const { return problem_; }  ///< when refused
  bool body_follows() const { return body_follows_; }  ///< when refused: what comes next is no head
  std::size_t held_bytes() const;                      ///< of what is arriving
  bool needs_place() const;                            ///< before more of the body is received
  bool has_more() const { return !view().empty(); }    ///< bytes that were received but not read
  bool take_continue();                                ///< true once when the peer waits to send its body

 private:
  std::string_view view() const { return on_bench_.empty() ? in_.view() : on_bench_; }
  void consume(std::size_t bytes);
  bool is_whole() const;
  Progress read_head();
  Progress judge_head();
  Progress begin_body();
  Progress read_body();
  Progress read_chunks();
  Progress complete(std::string_view body);
  Progress refuse(Problem problem, bool body_follows);
  bool skip_body();
  void take_large_body();
  void leave_large_body();
  std::size_t free_bytes() const;

  LiveView& live_;
  Workbench& bench_;
  Head& head_;
  const Peer peer_;
  const WallClock& now_;
  Request request_;
  Problem problem_;
  std::string_view on_bench_;  ///< received and not read; in_ is empty then
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
