#include "auth/signed_content.h"

#include <algorithm>

#include "auth/body_field.h"
#include "auth/credentials.h"
#include "auth/digest.h"
#include "auth/parameters.h"

namespace telephony::auth {
namespace {

/// A URL whose port is the default one of its scheme may be signed with the port or without.
std::string with_default_port_or_without(std::string_view url) {
  const std::string_view port = url.starts_with("https:") ? ":443" : ":80";
  const std::size_t host = std::min(url.find("://") + 3, url.size());
  const std::size_t end = std::min(url.find_first_of("/?", host), url.size());
  const std::string_view authority = url.substr(host, end - host);
  const std::size_t colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  std::string other(url);
  if (colon == authority.npos) {
    other.insert(end, port);
  } else if (authority.substr(colon) == port) {
    other.erase(host + colon, port.size());
  }
  return other;
}

/// Whether the query carries the digest of the body, exactly once; nothing when it carries none.
std::optional<bool> query_covers_body(std::string_view url, std::string_view body) {
  constexpr std::string_view kName = "bodySHA256";
  std::optional<bool> covers;
  for (const auto& [name, value] : sorted_parameters(query_of(url))) {
    if (name == kName) covers = !covers.has_value() && equal(value, sha256_hex(body));
  }
  return covers;
}

/// Finds what is signed, by what the scheme says.
class Finder {
 public:
  explicit Finder(const SignedRequest& request) : request_(request) {}

  std::vector<ContentBytes> operator()(const SignedBody&) const { return {{"", request_.body}}; }

  std::vector<ContentBytes> operator()(const SignedTimestampAndBody& content) const {
    const auto timestamp = fresh_timestamp(request_.headers, content.header, content.tolerance, request_.now);
    if (!timestamp) return {};
    return {{std::string(*timestamp) + content.separator, request_.body}};
  }

  /// The URL, then names and values in order, a value that is there twice once. A body that is no form is
  /// covered by its digest in the query.
  std::vector<ContentBytes> operator()(const SignedUrlAndForm&) const {
    const bool form = request_.format == BodyFormat::form;
    const auto covered = query_covers_body(request_.url, request_.body);
    if (!covered.value_or(form)) return {};
    Parameters parameters = form ? sorted_parameters(request_.body) : Parameters{};
    parameters.erase(std::unique(parameters.begin(), parameters.end()), parameters.end());
    std::string tail;
    for (const auto& [name, value] : parameters) tail.append(name).append(value);
    return {{std::string(request_.url) + tail}, {with_default_port_or_without(request_.url) + tail}};
  }

  /// The URL without its query, "?", the query in order, "." if there is one, the form in order, ".", the
  /// nonce. The "?" stands there for a form even when there is no query.
  std::vector<ContentBytes> operator()(const SignedUrlFormAndNonce& content) const {
    const auto nonce = only_header(request_.headers, content.header);
    if (!nonce || request_.format != BodyFormat::form) return {};
    const Parameters form = sorted_parameters(request_.body);
    std::string query;
    for (const auto& [name, value] : sorted_parameters(query_of(request_.url))) {
      query.append(query.empty() ? "" : "&").append(name).append("=").append(value);
    }
    std::string own(request_.url.substr(0, request_.url.find('?')));
    if (!query.empty() || !form.empty()) own.append("?").append(query);
    if (!query.empty() && !form.empty()) own += '.';
    for (const auto& [name, value] : form) own.append(name).append(value);
    own.append(".").append(*nonce);
    return {{std::move(own)}};
  }

  std::vector<ContentBytes> operator()(const SignedField& content) const {
    auto text = text_of(content, request_.format, request_.body);
    if (!text) return {};
    return {{std::move(*text)}};
  }

 private:
  const SignedRequest& request_;
};

}  // namespace

std::vector<ContentBytes> signed_content(const SignedContent& content, const SignedRequest& request) {
  return std::visit(Finder(request), content);
}

}  // namespace telephony::auth
