#include "telephony_exporter/catalog/text.h"

#include "catalog/ascii_case.h"

namespace telephony {

void normal_text(std::string_view text, std::string& out) {
  out.resize(text.size());  // it gets no longer
  char* end = out.data();
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
      if (separated && end != out.data()) *end++ = ' ';
      separated = false;
      *end++ = static_cast<char>(c);
    } else {
      separated = true;
    }
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
}

std::string normal_text(std::string_view text) {
  std::string out;
  normal_text(text, out);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && equal_ignoring_case(a.data(), b.data(), a.size());
}

}  // namespace telephony
