#include "decode/csv.h"

#include <algorithm>

namespace telephony {

std::optional<std::string_view> CsvRow::next() {
  if (done_) return std::nullopt;
  // Some writers put a space behind the separator, before the quote.
  const std::size_t first = std::min(rest_.find_first_not_of(' '), rest_.size());
  std::string_view cell;
  if (first < rest_.size() && rest_[first] == '"') {
    rest_.remove_prefix(first + 1);
    cell = quoted();
  } else {
    cell = rest_.substr(0, rest_.find(separator_));
  }
  const std::size_t end = rest_.find(separator_);
  done_ = end == rest_.npos;
  rest_.remove_prefix(done_ ? rest_.size() : end + 1);
  return cell;
}

std::string_view CsvRow::quoted() {
  const std::size_t start = buffer_.size();
  std::size_t copied = 0;
  std::size_t i = 0;
  for (; i < rest_.size(); ++i) {
    if (rest_[i] != '"') continue;
    if (i + 1 == rest_.size() || rest_[i + 1] != '"') break;
    buffer_ += rest_.substr(copied, i + 1 - copied);
    copied = i + 2;
    ++i;
  }
  const std::string_view last = rest_.substr(copied, i - copied);
  rest_.remove_prefix(std::min(i + 1, rest_.size()));
  if (copied == 0) return last;
  buffer_ += last;
  return std::string_view(buffer_).substr(start);
}

}  // namespace telephony
