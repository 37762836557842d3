#include "source/request_reader.h"

#include <algorithm>
#include <utility>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {
namespace {

constexpr std::size_t kFirstBytes = 512;      // until a peer has sent a whole request
constexpr std::size_t kFirstBodyBytes = 256;  // until as much has arrived
constexpr std::size_t kInBytes = Workbench::kInBytes;

/// Little for who has sent little, then what needs no place. There are few places, and growing step by step
/// would cost more memory than the longest body does.
std::size_t body_room(std::size_t held, std::size_t free) {
  if (held < kFirstBodyBytes) return kFirstBodyBytes;
  return held <= free ? free + 1 - held : limits::kBodyBytes;
}

}  // namespace

std::span<char> RequestReader::prepare() {
  if (chunks_) return chunks_->prepare();
  if (phase_ == Phase::body) {
    const std::size_t missing = *request_.length - large_body_.size();
    const std::size_t room = std::min(missing, body_room(large_body_.size(), free_bytes()));
    if (large_body_.size() + room <= limits::kSmallBodyBytes) return large_body_.prepare(room);
    take_large_body();
    return large_body_.prepare(limits::kBodyBytes - large_body_.size()).first(room);
  }
  leave_bench();
  if (in_.empty()) {
    in_.release();
    return {bench_.in.get(), kInBytes};
  }
  std::size_t target = read_one_ ? kInBytes : kFirstBytes;
  while (target <= in_.size()) target *= 2;
  return in_.prepare(target - in_.size());
}

void RequestReader::commit(std::size_t bytes) {
  if (chunks_) {
    chunks_status_ = chunks_->commit(bytes);
  } else if (phase_ == Phase::body) {
    large_body_.commit(bytes);
  } else if (in_.empty()) {
    on_bench_ = {bench_.in.get(), bytes};
  } else {
    in_.commit(bytes);
  }
}

/// Goes on in the memory of the last large body, whose pages the kernel has cleared already.
void RequestReader::take_large_body() {
  if (large_body_.capacity() >= bench_.large_body.capacity()) return;
  bench_.large_body.append(large_body_.view());
  large_body_.release();
  std::swap(large_body_, bench_.large_body);
}

void RequestReader::leave_large_body() {
  if (large_body_.capacity() < limits::kBodyBytes) return large_body_.release();
  large_body_.clear();
  bench_.large_body = std::exchange(large_body_, {});
  bench_.large_body_used = true;
}

void RequestReader::leave_bench() {
  if (on_bench_.empty()) return;
  in_.append(std::exchange(on_bench_, {}));
}

void RequestReader::consume(std::size_t bytes) {
  if (on_bench_.empty()) return in_.consume(bytes);
  on_bench_.remove_prefix(bytes);
}

RequestReader::Progress RequestReader::advance() {
  if (phase_ == Phase::body) return chunks_ ? read_chunks() : read_body();
  // Old clients end a body with an empty line (RFC 9112 section 2.2).
  while (phase_ == Phase::idle && view().starts_with("\r\n")) consume(2);
  const bool cut_empty_line = phase_ == Phase::idle && view() == "\r";
  return view().empty() || cut_empty_line ? Progress::incomplete : read_head();
}

RequestReader::Progress RequestReader::read_head() {
  // A head is parsed from its start each time; only a new line can have completed a field.
  const bool first = std::exchange(phase_, Phase::head) == Phase::idle;
  request_.settings = live_.get();
  if (const std::size_t bytes = first ? bench_.memo.recall(view(), request_) : 0; bytes > 0) {
    phase_ = Phase::body;
    consume(bytes);
    return read_body();
  }
  const bool full = view().size() >= limits::kHeadBytes;
  const bool new_line =
      view().find('\n', std::exchange(parsed_bytes_, view().size())) != std::string_view::npos;
  if (!first && !full && !new_line) return Progress::incomplete;
  return judge_head();
}

RequestReader::Progress RequestReader::judge_head() {
  switch (parse_head(view(), head_)) {
    case HeadStatus::incomplete:
      return Progress::incomplete;
    case HeadStatus::complete:
      if (on_bench_.empty() || is_whole()) return begin_body();
      leave_bench();  // with what the request shows of its head, which is parsed where it stays
      return judge_head();
    case HeadStatus::malformed:
      return refuse({400, "the head is not valid HTTP: " + head_.error, RejectCause::malformed}, true);
    case HeadStatus::too_large:
      break;
  }
  return refuse({431,
                 "a head may have " + std::to_string(limits::kHeadBytes) + " bytes and " +
                     std::to_string(limits::kHeadFields) + " fields",
                 {}},
                true);
}

/// Whether all that belongs to the request is there, as far as its head can tell.
bool RequestReader::is_whole() const {
  return !head_.chunked && head_.length.value_or(0) <= view().size() - head_.bytes;
}

RequestReader::Progress RequestReader::begin_body() {
  phase_ = Phase::body;
  auto problem = admit(head_, {peer_, now_()}, request_);
  if (!problem) bench_.memo.remember(view(), head_, request_);
  consume(head_.bytes);
  if (problem) return refuse(std::move(*problem), !skip_body());
  request_.expects_continue &= view().empty();
  if (request_.length) return read_body();
  chunks_ = std::make_unique<ChunkedBody>();
  chunks_status_ = chunks_->append(in_.view());
  in_.consume(in_.size());
  return read_chunks();
}

RequestReader::Progress RequestReader::read_body() {
  const std::size_t length = *request_.length;
  if (large_body_.empty() && view().size() >= length) {
    const std::string_view body = view().substr(0, length);
    consume(length);
    return complete(body);
  }
  large_body_.append(view());
  consume(view().size());
  if (large_body_.size() < length) return Progress::incomplete;
  return complete(large_body_.view());
}

RequestReader::Progress RequestReader::read_chunks() {
  switch (chunks_status_) {
    case ChunkedBody::Status::incomplete:
      return Progress::incomplete;
    case ChunkedBody::Status::complete:
      break;
    case ChunkedBody::Status::malformed:
      return refuse({400, "the chunked coding is broken", RejectCause::malformed}, true);
    case ChunkedBody::Status::too_large:
      return refuse(
          {413, "a body may have " + std::to_string(limits::kBodyBytes) + " bytes", RejectCause::too_large},
          true);
  }
  return complete(chunks_->body());
}

/// A signature covers the body as it came, so that it is verified before anybody reads the body.
RequestReader::Progress RequestReader::complete(std::string_view body) {
  if (request_.signature != nullptr) {
    if (auto problem = verify(request_, body, {peer_, now_()})) return refuse(std::move(*problem), false);
  }
  body_ = body;
  return Progress::complete;
}

RequestReader::Progress RequestReader::refuse(Problem problem, bool body_follows) {
  problem_ = std::move(problem);
  body_follows_ = body_follows;
  return Progress::refused;
}

/// A refused body that has arrived already is no reason to close.
bool RequestReader::skip_body() {
  if (head_.chunked) return false;
  if (!head_.length) return head_.method != "POST";
  if (view().size() < *head_.length) return false;
  consume(static_cast<std::size_t>(*head_.length));
  return true;
}

std::size_t RequestReader::held_bytes() const {
  return view().size() + large_body_.size() + (chunks_ ? chunks_->body().size() : 0);
}

/// What is announced as large need not show that it is.
std::size_t RequestReader::free_bytes() const {
  return request_.length.value_or(0) > limits::kSmallBodyBytes ? kInBytes : limits::kSmallBodyBytes;
}

bool RequestReader::needs_place() const { return phase_ == Phase::body && held_bytes() > free_bytes(); }

bool RequestReader::take_continue() {
  return phase_ == Phase::body && std::exchange(request_.expects_continue, false);
}

void RequestReader::next() {
  if (chunks_) in_.append(chunks_->rest());
  chunks_.reset();
  leave_large_body();
  request_ = {};
  problem_ = {};
  body_ = {};
  parsed_bytes_ = 0;
  phase_ = Phase::idle;
  read_one_ = true;
}

}  // namespace telephony::ingest
