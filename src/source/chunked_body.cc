#include "source/chunked_body.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "source/buffer.h"
#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kFirstBytes = 1024;               // then in step with what has arrived
constexpr std::size_t kWireBytes = limits::kHeadBytes;  // a chunk's header or the trailer must fit in
constexpr std::size_t kLastChunkBytes = 5;              // "0\r\n\r\n"

}  // namespace

class ChunkedBody::Parser : public http::basic_parser<true> {
 public:
  Parser() {
    eager(true);
    body_limit(limits::kBodyBytes);
    // The real head was parsed and judged before; this one brings Beast to the same point.
    constexpr std::string_view kHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    error_code error;
    put({kHead.data(), kHead.size()}, error);
  }

  Status parse() {
    // Any valid rest has these bytes; with fewer, Beast's debug build runs into an assertion of its own.
    if (wire.size() < kLastChunkBytes) return Status::incomplete;
    error_code error;
    const std::size_t parsed = put({wire.view().data(), wire.size()}, error);
    wire.consume(parsed);
    parsed_ += parsed;
    if (error == http::error::body_limit) return Status::too_large;
    if (error && error != http::error::need_more) return Status::malformed;
    if (is_done()) return Status::complete;
    if (parsed_ - body.size() > limits::kChunkFramingBytes) return Status::too_large;
    return wire.size() < kWireBytes ? Status::incomplete : Status::malformed;
  }

  Buffer wire;
  Buffer body;

 private:
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code&) override {
    // Large bodies are few, and growing step by step would cost more memory than the longest.
    if (body.size() + bytes.size() > limits::kSmallBodyBytes) body.prepare(limits::kBodyBytes - body.size());
    body.append(bytes);
    return bytes.size();
  }
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, error_code&) override {}
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(http::field, beast::string_view, beast::string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  std::size_t parsed_ = 0;
};

ChunkedBody::ChunkedBody() : parser_(std::make_unique<Parser>()) {}
ChunkedBody::~ChunkedBody() = default;

std::span<char> ChunkedBody::prepare() {
  const std::size_t held = parser_->wire.size();
  std::size_t target = kFirstBytes;
  while (target < kWireBytes && (target <= held || target < parser_->body.size())) target *= 2;
  return parser_->wire.prepare(target - held);
}

ChunkedBody::Status ChunkedBody::commit(std::size_t bytes) {
  parser_->wire.commit(bytes);
  return parser_->parse();
}

ChunkedBody::Status ChunkedBody::append(std::string_view bytes) {
  parser_->wire.append(bytes);
  return parser_->parse();
}

std::string_view ChunkedBody::body() const { return parser_->body.view(); }
std::string_view ChunkedBody::rest() const { return parser_->wire.view(); }

}  // namespace telephony::ingest
