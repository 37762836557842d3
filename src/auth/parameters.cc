#include "auth/parameters.h"

#include <algorithm>
#include <charconv>

namespace telephony::auth {
namespace {

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

Parameters sorted_parameters(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (!pair.empty()) parameters.emplace_back(decode(pair.substr(0, equals)), decode(value));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::sort(parameters.begin(), parameters.end());
  return parameters;
}

std::string_view query_of(std::string_view url) {
  return url.substr(std::min(url.find('?'), url.size() - 1) + 1);
}

}  // namespace telephony::auth
