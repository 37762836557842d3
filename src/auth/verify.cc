#include "telephony_exporter/auth/verify.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// Takes as long as `value` is, whatever the secret.
bool equal(std::string_view value, std::string_view secret) {
  const bool comparable = value.size() == secret.size() && !secret.empty();
  const std::string_view other = comparable ? secret : value;
  return (CRYPTO_memcmp(value.data(), other.data(), value.size()) == 0) & comparable;
}

bool verify_header(const AuthHeader& auth, std::span<const Header> headers) {
  const auto named = [&](const Header& header) { return equal_ignoring_case(header.name, auth.name); };
  const auto header = std::find_if(headers.begin(), headers.end(), named);
  if (header == headers.end() || std::find_if(header + 1, headers.end(), named) != headers.end())
    return false;
  bool known = false;
  // Every secret is tried, so that the time doesn't tell which one it was.
  for (const Secret& secret : auth.secrets) known |= equal(header->value, secret.value);
  return known;
}

}  // namespace

Verdict verify(const std::optional<Auth>& auth, std::span<const Header> headers) {
  const auto* header = auth ? std::get_if<AuthHeader>(&*auth) : nullptr;
  if (header == nullptr || verify_header(*header, headers)) return Verdict::accepted;
  return Verdict::unauthenticated;
}

}  // namespace telephony
