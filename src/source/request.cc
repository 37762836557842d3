#include "source/request.h"

#include <boost/beast/core/string.hpp>

#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {
namespace {

using boost::beast::iequals;

constexpr std::string_view kAccepted =
    "send application/json, application/x-ndjson, application/x-www-form-urlencoded, text/csv or text/plain";

/// Path and query of an origin-form or absolute-form target.
std::string_view origin_form(std::string_view target) {
  if (const std::size_t scheme = target.find("://"); !target.starts_with('/') && scheme != target.npos) {
    const std::size_t slash = target.find('/', scheme + 3);
    target = slash == target.npos ? "/" : target.substr(slash);
  }
  return target;
}

std::string_view challenge_of(const std::optional<Auth>& auth) {
  const bool basic = auth && std::holds_alternative<AuthBasic>(*auth);
  return basic ? "Basic realm=\"telephony_exporter\", charset=\"UTF-8\"" : "Bearer";
}

Problem unauthenticated(const Webhook& webhook) {
  const bool signature = signature_of(webhook.auth) != nullptr;
  return {401, signature ? "the signature is missing, stale or wrong" : "the secret is missing or wrong",
          RejectCause::unauthenticated, challenge_of(webhook.auth)};
}

std::optional<Problem> check_sender(const Head& head, const Arrival& arrival, const Request& request) {
  const Webhook& webhook = *request.source->webhook();
  if (!allows(webhook, request.settings->ingest, arrival.peer.address, head.fields)) {
    return Problem{403, "this address may not deliver here", RejectCause::not_allowed};
  }
  if (verify_head(webhook.auth, head.fields, arrival.now) == Verdict::accepted) return std::nullopt;
  return unauthenticated(webhook);
}

std::optional<BodyFormat> format_of(std::string_view content_type) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  const auto is = [&](std::string_view name) { return iequals(type, name); };
  constexpr std::string_view kApplication = "application/";
  constexpr std::string_view kJsonSuffix = "+json";
  if (is("application/json")) return BodyFormat::json;
  if (is("application/x-ndjson") || is("application/ndjson") || is("application/jsonl")) {
    return BodyFormat::ndjson;
  }
  if (is("application/x-www-form-urlencoded")) return BodyFormat::form;
  if (is("text/plain")) return BodyFormat::text;
  if (is("text/csv")) return BodyFormat::csv;
  if (type.size() > kApplication.size() + kJsonSuffix.size() &&
      iequals(type.substr(0, kApplication.size()), kApplication) &&
      iequals(type.substr(type.size() - kJsonSuffix.size()), kJsonSuffix)) {
    return BodyFormat::json;
  }
  return std::nullopt;
}

std::optional<Problem> check_framing(const Head& head, Request& request) {
  if (!head.chunked && !head.length) {
    return Problem{411, "send Content-Length or Transfer-Encoding: chunked", RejectCause::malformed};
  }
  if (head.length && *head.length > limits::kBodyBytes) {
    return Problem{413, "a body may have " + std::to_string(limits::kBodyBytes) + " bytes",
                   RejectCause::too_large};
  }
  if (head.length) request.length = static_cast<std::size_t>(*head.length);
  request.expects_continue = !head.http_1_0 && iequals(find_header(head.fields, "Expect"), "100-continue");
  return std::nullopt;
}

std::optional<Problem> check_type(const Head& head, Request& request) {
  for (const Header& field : head.fields) {
    if (!iequals(field.name, "Content-Encoding")) continue;
    if (field.value.empty() || iequals(field.value, "identity")) continue;
    return Problem{415, "send the body without a Content-Encoding", RejectCause::unsupported_type};
  }
  const std::string_view type = find_header(head.fields, "Content-Type");
  const std::optional<BodyFormat> format = format_of(type);
  if (!format) {
    const std::string what =
        trimmed(type).empty() ? "Content-Type is missing" : "Content-Type is not one of ours";
    return Problem{415, what + "; " + std::string(kAccepted), RejectCause::unsupported_type};
  }
  request.format = *format;
  return std::nullopt;
}

std::optional<Problem> check_idempotency_key(const Head& head, Request& request) {
  request.idempotency_key = find_header(head.fields, "Idempotency-Key");
  // Without its key a redelivery would count twice, so a key that is too long is not just ignored.
  if (request.idempotency_key.size() <= limits::kIdempotencyKeyBytes) return std::nullopt;
  return Problem{400,
                 "an Idempotency-Key may have " + std::to_string(limits::kIdempotencyKeyBytes) + " bytes",
                 RejectCause::too_long};
}

}  // namespace

std::optional<Problem> admit(const Head& head, const Arrival& arrival, Request& request) {
  request.without_body = head.method == "HEAD";
  if (head.keep_alive) request.persistence = head.http_1_0 ? Persistence::keep_alive : Persistence::implied;
  request.target = origin_form(head.target);
  request.source = request.settings->at_path(request.target.substr(0, request.target.find('?')));
  if (request.source == nullptr) return Problem{404, "no source has this path", {}};
  if (head.method != "POST") return Problem{405, "send events by POST", {}};
  if (auto problem = check_sender(head, arrival, request)) return problem;
  if (auto problem = check_framing(head, request)) return problem;
  if (auto problem = check_type(head, request)) return problem;
  if (auto problem = check_idempotency_key(head, request)) return problem;
  request.signature = signature_of(request.source->webhook()->auth);
  const Catalog* catalog = request.source->catalog;
  const bool read = catalog != nullptr && !catalog->reading.headers.empty();
  if (read || request.signature != nullptr) request.headers = head.fields;
  return std::nullopt;
}

std::optional<Problem> verify(const Request& request, std::string_view body, const Arrival& arrival) {
  if (request.signature == nullptr) return std::nullopt;
  const Webhook& webhook = *request.source->webhook();
  const std::string url =
      public_url(*request.settings, webhook, arrival.peer, request.headers).append(request.target);
  const SignedRequest sent{request.headers, url, request.format, body, arrival.now};
  if (verify_signature(*request.signature, sent) == Verdict::accepted) return std::nullopt;
  return unauthenticated(webhook);
}

}  // namespace telephony::ingest
