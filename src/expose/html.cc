#include "expose/html.h"

namespace telephony {

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string fill(std::string_view form,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string filled;
  while (true) {
    const auto open = form.find("{{");
    const auto close = form.find("}}", open == form.npos ? open : open + 2);
    if (close == form.npos) return filled.append(form);
    filled.append(form.substr(0, open));
    std::string_view name = form.substr(open + 2, close - open - 2);
    form.remove_prefix(close + 2);
    const bool is_html = name.starts_with('!');
    if (is_html) name.remove_prefix(1);
    for (const auto& [known, value] : values) {
      if (known == name) filled += is_html ? std::string(value) : escape_html(value);
    }
  }
}

}  // namespace telephony
