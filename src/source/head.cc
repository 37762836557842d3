#include "source/head.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

/// Beast's parser, leaving each field where it stands instead of copying it into a container.
class HeadParser : public http::basic_parser<true> {
 public:
  HeadParser(std::string_view bytes, Head& head) : bytes_(bytes), head_(head) {
    header_limit(limits::kHeadBytes);
    body_limit(boost::none);  // the door refuses a length that is too large, and knows for whom
  }

  /// What is wrong with the fields that Beast lets pass, or null.
  const char* objection() const {
    if (lengths_ > 1) return "more than one Content-Length";
    if (codings_ > 1 || bad_coding_) return "a Transfer-Encoding other than chunked";
    if (codings_ > 0 && head_.http_1_0) return "a Transfer-Encoding in HTTP/1.0";
    if (hosts_ > 1 || (hosts_ == 0 && !head_.http_1_0)) return "not exactly one Host";
    return nullptr;
  }

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code&) override {
    head_.method = method;
    head_.target = target;
    head_.http_1_0 = version == 10;
  }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    // Beast unfolds into a buffer of its own, which is gone when this returns.
    const bool folded = value.data() < bytes_.data() || value.data() > bytes_.data() + bytes_.size();
    if (folded) error = http::error::bad_obs_fold;
    if (head_.fields.size() == limits::kHeadFields) error = http::error::header_limit;
    if (error) return;
    head_.fields.push_back({name, value});
    if (field == http::field::host) ++hosts_;
    if (field == http::field::content_length) lengths_ += value.find(',') == value.npos ? 1 : 2;
    if (field == http::field::transfer_encoding) {
      ++codings_;
      bad_coding_ |= !beast::iequals(value, "chunked");
    }
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  std::string_view bytes_;
  Head& head_;
  int hosts_ = 0;
  int lengths_ = 0;
  int codings_ = 0;
  bool bad_coding_ = false;
};

}  // namespace

HeadStatus parse_head(std::string_view bytes, Head& head) {
  head.fields.clear();
  HeadParser parser(bytes.substr(0, limits::kHeadBytes), head);
  error_code error;
  head.bytes = parser.put({bytes.data(), std::min(bytes.size(), limits::kHeadBytes)}, error);
  if (error == http::error::header_limit) return HeadStatus::too_large;
  if (error == http::error::need_more) {
    return bytes.size() < limits::kHeadBytes ? HeadStatus::incomplete : HeadStatus::too_large;
  }
  if (error) {
    head.error = error.message();
    return HeadStatus::malformed;
  }
  if (const char* objection = parser.objection()) {
    head.error = objection;
    return HeadStatus::malformed;
  }
  head.keep_alive = parser.keep_alive();
  head.chunked = parser.chunked();
  const auto length = parser.content_length();
  head.length = length ? std::optional<std::uint64_t>(*length) : std::nullopt;
  return HeadStatus::complete;
}

}  // namespace telephony::ingest
