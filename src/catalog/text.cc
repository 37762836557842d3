#include "telephony_exporter/catalog/text.h"

#include <strings.h>

namespace telephony {

void normal_text(std::string_view text, std::string& out) {
  out.clear();
  bool separated = false;
  std::size_t close =
      0;  // npos once nothing closes any more, so that many open brackets cost no more than one
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == '(' && close != text.npos) {
      close = text.find(')', i);
      if (close != text.npos) i = close;
    }
    if (c >= 'A' && c <= 'Z') c = static_cast<unsigned char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || c >= 0x80) {
      if (separated && !out.empty()) out += ' ';
      separated = false;
      out += static_cast<char>(c);
    } else {
      separated = true;
    }
  }
}

std::string normal_text(std::string_view text) {
  std::string out;
  normal_text(text, out);
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace telephony
