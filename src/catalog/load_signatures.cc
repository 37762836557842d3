#include <algorithm>
#include <cctype>

#include "catalog/load.h"
#include "telephony_exporter/catalog/signature.h"

namespace telephony {
namespace {

using Keys = std::vector<std::string_view>;

void expect(const Node& node, Keys keys, std::span<const std::string_view> more) {
  keys.insert(keys.end(), more.begin(), more.end());
  node.expect_keys(keys);
}

std::chrono::seconds load_tolerance(const Node& node) {
  const auto tolerance = node.find("tolerance");
  if (!tolerance) return kTolerance;
  const std::chrono::seconds seconds = tolerance->duration();
  if (seconds.count() == 0) tolerance->fail("must be 1s or more");
  return seconds;
}

FieldPath load_field_path(const Node& node) {
  FieldPath path{node.text(), pointer_segments(node, node.text())};
  if (std::find(path.segments.begin(), path.segments.end(), "*") != path.segments.end()) {
    node.fail("'" + path.pointer + "' must name one field; a signature covers no '*'");
  }
  return path;
}

SignedField load_signed_field(const Node& list) {
  SignedField field;
  for (const Node& item : list.items()) field.alternatives.push_back(load_field_path(item));
  if (field.alternatives.empty()) list.fail("names no field; list at least one");
  return field;
}

SignedTimestampAndBody load_timestamp(const Node& node) {
  node.expect_keys({"header", "separator", "tolerance"});
  SignedTimestampAndBody content;
  content.header = load_header_name(node.at("header"));
  if (const auto separator = node.find("separator")) content.separator = separator->text();
  content.tolerance = load_tolerance(node);
  return content;
}

SignedContent load_content(const Node& node) {
  static constexpr std::array<std::string_view, 2> kPlain = {"body", "url_and_form"};
  if (node.is_scalar()) {
    if (node.choice(kPlain) == 0) return SignedBody{};
    return SignedUrlAndForm{};
  }
  node.expect_keys({"timestamp_and_body", "url_form_and_nonce", "field"});
  if (node.pairs().size() != 1) {
    node.fail("one thing is signed: write one of timestamp_and_body, url_form_and_nonce and field");
  }
  if (const auto timestamp = node.find("timestamp_and_body")) return load_timestamp(*timestamp);
  if (const auto field = node.find("field")) return load_signed_field(*field);
  const Node nonce = node.at("url_form_and_nonce");
  nonce.expect_keys({"header"});
  return SignedUrlFormAndNonce{load_header_name(nonce.at("header"))};
}

HmacScheme load_hmac(const Node& node, std::span<const std::string_view> more) {
  expect(node, {"digest", "encoding", "headers", "prefix", "list", "content"}, more);
  HmacScheme scheme;
  scheme.digest = static_cast<Digest>(node.at("digest").choice(kDigestNames));
  scheme.encoding = static_cast<Encoding>(node.at("encoding").choice(kEncodingNames));
  for (const Node& header : node.at("headers").items()) scheme.headers.push_back(load_header_name(header));
  if (scheme.headers.empty()) node.at("headers").fail("names no header; list at least one");
  if (const auto prefix = node.find("prefix")) scheme.prefix = prefix->text();
  if (const auto list = node.find("list")) scheme.list = list->boolean();
  scheme.content = load_content(node.at("content"));
  return scheme;
}

Ed25519Scheme load_ed25519(const Node& node, std::span<const std::string_view> more) {
  expect(node, {"header", "timestamp_header", "encoding", "tolerance"}, more);
  Ed25519Scheme scheme;
  scheme.header = load_header_name(node.at("header"));
  scheme.timestamp_header = load_header_name(node.at("timestamp_header"));
  if (const auto encoding = node.find("encoding")) {
    scheme.encoding = static_cast<Encoding>(encoding->choice(kEncodingNames));
  }
  scheme.tolerance = load_tolerance(node);
  return scheme;
}

JwtScheme load_jwt(const Node& node, std::span<const std::string_view> more) {
  expect(node, {"issuer", "tolerance"}, more);
  JwtScheme scheme;
  if (const auto issuer = node.find("issuer")) scheme.issuer = issuer->text();
  scheme.tolerance = load_tolerance(node);
  return scheme;
}

SignaturePreset load_preset(const Node& node) {
  Keys keys = {"name"};
  keys.insert(keys.end(), kSignatureSchemeNames.begin(), kSignatureSchemeNames.end());
  node.expect_keys(keys);
  SignaturePreset preset{node.at("name").slug(), {}};
  if (node.pairs().size() != 2) {
    node.fail("a signature has a name and one of hmac, ed25519, jwt_hs256 and standard_webhooks");
  }
  for (const std::string_view scheme : kSignatureSchemeNames) {
    if (const auto settings = node.find(scheme)) preset.scheme = load_signature_scheme(*settings, scheme);
  }
  return preset;
}

}  // namespace

std::string load_header_name(const Node& node) {
  std::string name = node.text();
  const bool token = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!token) node.fail("'" + name + "' is no name of a header; use letters, digits and -");
  return name;
}

SignatureScheme load_signature_scheme(const Node& node, std::string_view name,
                                      std::span<const std::string_view> more) {
  if (name == "hmac") return load_hmac(node, more);
  if (name == "ed25519") return load_ed25519(node, more);
  if (name == "jwt_hs256") return load_jwt(node, more);
  expect(node, {"tolerance"}, more);
  return StandardWebhooksScheme{load_tolerance(node)};
}

std::vector<SignaturePreset> load_signatures(const Node& list) {
  std::vector<SignaturePreset> presets;
  for (const Node& item : list.items()) {
    SignaturePreset preset = load_preset(item);
    for (const SignaturePreset& other : presets) {
      if (other.name == preset.name) item.at("name").fail("signature '" + preset.name + "' is here twice");
    }
    presets.push_back(std::move(preset));
  }
  return presets;
}

}  // namespace telephony
