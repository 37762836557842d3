#include "expose/request_head.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;
using Parser = http::request_parser<http::empty_body>;

// The quality "0", "0.0", ... says "anything but this".
bool is_zero(std::string_view quality) {
  return !quality.empty() && quality[0] == '0' && quality.find_first_not_of("0.") == std::string_view::npos;
}

bool accepts_gzip(boost::beast::string_view accept_encoding) {
  for (const auto& coding : http::ext_list{accept_encoding}) {
    if (!iequals(coding.first, "gzip")) continue;
    for (const auto& parameter : coding.second) {
      if (iequals(parameter.first, "q") && is_zero(parameter.second)) return false;
    }
    return true;
  }
  return false;
}

// Where a body ends must be beyond doubt, or a proxy in front may see other requests than we do.
std::variant<std::size_t, Refusal> body_bytes(const Parser& parser) {
  const auto& fields = parser.get();
  const auto lengths = fields.count(http::field::content_length);
  const bool has_encoding = fields.count(http::field::transfer_encoding) > 0;
  if (lengths > 1 || (lengths > 0 && has_encoding) ||
      fields[http::field::content_length].find(',') != boost::beast::string_view::npos) {
    return Refusal{400, "the length of the body is ambiguous"};
  }
  if (has_encoding) return Refusal{411, "a body needs a Content-Length"};
  const auto length = parser.content_length().value_or(0);
  if (length > limits::kWebBodyBytes) return Refusal{413, "the body is too large"};
  return static_cast<std::size_t>(length);
}

}  // namespace

std::variant<RequestHead, Refusal> parse_head(std::string_view head) {
  Parser parser;
  parser.header_limit(limits::kHeadBytes);
  parser.body_limit(boost::none);  // our own limit answers 413
  boost::system::error_code error;
  parser.put(boost::asio::buffer(head), error);
  if (error == http::error::header_limit) return Refusal{431, "the request head is too large"};
  if (error || !parser.is_header_done()) return Refusal{400, "this is no HTTP/1.1 request"};

  const auto body = body_bytes(parser);
  if (const auto* refusal = std::get_if<Refusal>(&body)) return *refusal;
  const auto& request = parser.get();
  RequestHead result;
  result.method = std::string(request.method_string());
  result.target = std::string(request.target());
  result.body_bytes = std::get<std::size_t>(body);
  // HTTP/1.0 clients would have to be told that the connection stays open; a client that waits for
  // "100 Continue" gets the final reply instead, and its body is never read.
  const bool expects = result.body_bytes > 0 && request.count(http::field::expect) > 0;
  if (expects) result.body_bytes = 0;
  result.keep_alive = request.version() == 11 && request.keep_alive() && !expects;
  result.gzip = accepts_gzip(request[http::field::accept_encoding]);
  return result;
}

}  // namespace telephony
