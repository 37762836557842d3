#include "telephony_exporter/decode/reason_header.h"

#include <algorithm>

#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

/// Reads tokens and quoted strings off the front of a header value.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }

  /// True, and consumed with the white space around it, when the next character is `c`.
  bool take(char c) {
    skip_space();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    skip_space();
    return true;
  }

  std::string value() {
    skip_space();
    if (!text_.empty() && text_.front() == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(";,= \t"), text_.size());
    std::string token(text_.substr(0, end));
    text_.remove_prefix(end);
    skip_space();
    return token;
  }

  /// Past the next comma that stands in no quotes.
  void skip_value() {
    while (!text_.empty() && text_.front() != ',') {
      if (text_.front() == '"') {
        quoted();
      } else {
        text_.remove_prefix(1);
      }
    }
    take(',');
  }

 private:
  void skip_space() {
    const std::size_t n = std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
    text_.remove_prefix(n);
  }

  std::string quoted() {
    std::string out;
    std::size_t i = 1;
    for (; i < text_.size() && text_[i] != '"'; ++i) {
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      out += text_[i];
    }
    text_.remove_prefix(std::min(i + 1, text_.size()));
    return out;
  }

  std::string_view text_;
};

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<ReasonValue> parse_reason(std::string_view header) {
  std::vector<ReasonValue> values;
  Tokenizer tokens(header);
  while (!tokens.done()) {
    ReasonValue value;
    value.protocol = tokens.value();
    bool well_formed = !value.protocol.empty();
    while (well_formed && tokens.take(';')) {
      const std::string name = tokens.value();
      const std::string content = tokens.take('=') ? tokens.value() : "";
      well_formed = !name.empty();
      if (equal_ignoring_case(name, "cause") && is_number(content)) value.cause = content;
      if (equal_ignoring_case(name, "text")) value.text = content;
    }
    if (well_formed && (tokens.done() || tokens.take(','))) {
      if (!value.cause.empty() || !value.text.empty()) values.push_back(std::move(value));
    } else {
      tokens.skip_value();
    }
  }
  return values;
}

}  // namespace telephony
