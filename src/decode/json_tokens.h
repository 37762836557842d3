// JSON text as tokens, where it stands: simdjson's first stage finds where each one begins, and nothing is
// copied.
//
// That stage also proves that the text is UTF-8, that every string ends, and that none holds a control
// character. Behind a token stands nothing but white space until the next begins, so its end is found from
// there backwards, without a look at what is inside. So no byte behind the text is ever read, and no padding
// is needed.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telephony {

class JsonTokens {
 public:
  /// Number of a token of the text: a bracket, a comma, a colon, a string, or another scalar.
  using Token = std::uint32_t;

  /// Finds the tokens of a text, which must stay where it is. False when it is no JSON, or there is no
  /// memory.
  bool find(std::string_view text);
  /// What one large text needed, four times its size, must not be kept for the small ones.
  void give_back();

  Token size() const { return size_; }
  /// The first byte of a token; NUL, which begins no value, behind the last.
  char operator[](Token token) const { return token < size_ ? text_[starts_[token]] : '\0'; }
  /// A token as it stands in the text.
  std::string_view raw(Token token) const {
    const std::uint32_t start = starts_[token];
    std::uint32_t end = starts_[token + 1];  // behind the last one stands the text's size
    while (end > start + 1 && is_space(text_[end - 1])) --end;
    return {text_ + start, end - start};
  }
  /// The content of a string, without its quotes and escapes; false when an escape is none. Valid until
  /// `find`, or until it is forgotten.
  bool string(Token token, std::string_view& content) {
    const char* const open = text_ + starts_[token] + 1;
    const char* close = text_ + starts_[token + 1] - 1;
    while (*close != '"') --close;
    content = {open, static_cast<std::size_t>(close - open)};
    return is_plain(open, close) || unescape(content);
  }
  /// The token behind a value, in a text that is known to be valid.
  Token behind(Token value) const;
  /// How much memory the strings take that had escapes. Those behind a mark can be forgotten, for others.
  std::size_t mark() const { return unescaped_bytes_; }
  void forget_strings(std::size_t mark = 0) { unescaped_bytes_ = mark; }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  /// Whether no escape stands there. Most texts have none at all, so they are searched from one to the next.
  bool is_plain(const char* from, const char* to) {
    return (from >= plain_from_ && to <= plain_to_) || search_escape(from, to);
  }
  bool search_escape(const char* from, const char* to);
  bool unescape(std::string_view& content);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  const char* text_ = nullptr;
  const char* end_ = nullptr;
  const std::uint32_t* starts_ = nullptr;
  Token size_ = 0;
  const char* plain_from_ = nullptr;  ///< from here...
  const char* plain_to_ = nullptr;    ///< ...to here no byte is a backslash
  std::string escaped_;
  std::vector<std::uint8_t> unescaped_;  ///< keeps its size as long as views into it are in use
  std::size_t unescaped_bytes_ = 0;
};

}  // namespace telephony
