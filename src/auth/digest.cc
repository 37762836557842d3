#include "auth/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "telephony_exporter/config/text_encoding.h"

namespace telephony::auth {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const std::array<unsigned char, EVP_MAX_MD_SIZE>& bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

bool equal(std::string_view sent, std::string_view ours) {
  const bool comparable = sent.size() == ours.size() && !ours.empty();
  const std::string_view other = comparable ? ours : sent;
  return (CRYPTO_memcmp(sent.data(), other.data(), sent.size()) == 0) & comparable;
}

std::string hmac(Digest digest, std::string_view key, std::initializer_list<std::string_view> pieces) {
  static constexpr std::array<const char*, 3> kNames = {"SHA1", "SHA256", "SHA512"};
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(algorithm),
                                                                          EVP_MAC_CTX_free);
  char* const name = const_cast<char*>(kNames[static_cast<std::size_t>(digest)]);
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
  bool good = !key.empty() && context != nullptr &&
              EVP_MAC_init(context.get(), bytes_of(key), key.size(), parameters.data()) == 1;
  for (const std::string_view piece : pieces) {
    good = good && EVP_MAC_update(context.get(), bytes_of(piece), piece.size()) == 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t size = 0;
  good = good && EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1;
  return good ? text_of(out, size) : "";
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) != 1) return "";
  return to_hex(text_of(out, size));
}

bool ed25519_verify(std::string_view public_key, std::string_view message, std::string_view signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

}  // namespace telephony::auth
