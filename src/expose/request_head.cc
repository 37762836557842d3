#include "expose/request_head.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <optional>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::empty_body>;

// All fields of this name as one list, as RFC 9110 joins them.
std::string joined(const Parser& parser, http::field name) {
  std::string list;
  const auto [begin, end] = parser.get().equal_range(name);
  for (auto field = begin; field != end; ++field) {
    if (!list.empty()) list += ", ";
    list.append(field->value().data(), field->value().size());
  }
  return list;
}

// Takes what stands before the separator. Beast has such a list too, but in 1.81 an item without parameters
// shows those of the one before it.
std::string_view next(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view found = trimmed(rest.substr(0, end));
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return found;
}

// From 0 to 1; what cannot be read asks for nothing.
double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = next(parameters, ';');
    if (!equal_ignoring_case(next(value, '='), "q")) continue;
    double q = 0;
    const char* const last = value.data() + value.size();
    const auto [end, error] = std::from_chars(value.data(), last, q);
    return error == std::errc{} && end == last && q >= 0 && q <= 1 ? q : 0;
  }
  return 1;
}

// Whoever says nothing of identity gets gzip if that is welcome at all (RFC 9110, 12.5.3).
bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<double> gzip, any;
  double identity = 0;
  while (!accept_encoding.empty()) {
    std::string_view parameters = next(accept_encoding, ',');
    const std::string_view coding = next(parameters, ';');
    const double q = quality(parameters);
    if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) gzip = q;
    if (equal_ignoring_case(coding, "identity")) identity = q;
    if (coding == "*") any = q;
  }
  const double wanted = gzip ? *gzip : any.value_or(0);
  return wanted > 0 && wanted >= identity;
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
  result.gzip = accepts_gzip(joined(parser, http::field::accept_encoding));
  result.page = negotiate(joined(parser, http::field::accept));
  return result;
}

}  // namespace telephony
