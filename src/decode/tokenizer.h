// Tokens, quoted strings and comments of SIP header values (RFC 3261 section 25.1).
#pragma once

#include <string>
#include <string_view>

namespace telephony {

/// Reads them off the front of a header value.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }

  /// True, and consumed with the white space around it, when the next character is `c`.
  bool take(char c);
  /// A token, or a quoted string without its quotes and escapes.
  std::string value();
  /// True when the text went on with a comment, or with none; false when it is not closed.
  bool skip_comment();
  /// Past the next comma that stands in no quotes.
  void skip_value();

 private:
  void skip_space();
  std::string quoted();

  std::string_view text_;
};

}  // namespace telephony
