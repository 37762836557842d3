#include "decode/tokenizer.h"

#include <algorithm>

namespace telephony {

bool Tokenizer::take(char c) {
  skip_space();
  if (text_.empty() || text_.front() != c) return false;
  text_.remove_prefix(1);
  skip_space();
  return true;
}

std::string Tokenizer::value() {
  skip_space();
  if (!text_.empty() && text_.front() == '"') return quoted();
  const std::size_t end = std::min(text_.find_first_of(";,= \t("), text_.size());
  std::string token(text_.substr(0, end));
  text_.remove_prefix(end);
  skip_space();
  return token;
}

bool Tokenizer::skip_comment() {
  skip_space();
  if (text_.empty() || text_.front() != '(') return true;
  std::size_t depth = 0;
  std::size_t i = 0;
  for (; i < text_.size(); ++i) {
    if (text_[i] == '\\')
      ++i;
    else if (text_[i] == '(')
      ++depth;
    else if (text_[i] == ')' && --depth == 0)
      break;
  }
  const bool closed = i < text_.size();
  text_.remove_prefix(std::min(i + 1, text_.size()));
  skip_space();
  return closed;
}

void Tokenizer::skip_value() {
  while (!text_.empty() && text_.front() != ',') {
    if (text_.front() == '"') {
      quoted();
    } else {
      text_.remove_prefix(1);
    }
  }
  take(',');
}

void Tokenizer::skip_space() {
  const std::size_t n = std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
  text_.remove_prefix(n);
}

std::string Tokenizer::quoted() {
  std::string out;
  std::size_t i = 1;
  for (; i < text_.size() && text_[i] != '"'; ++i) {
    if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
    out += text_[i];
  }
  text_.remove_prefix(std::min(i + 1, text_.size()));
  return out;
}

}  // namespace telephony
