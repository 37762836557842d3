#include "decode/json_tokens.h"

#include <algorithm>
#include <cstring>

#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

/// Enough for most texts.
constexpr std::size_t kSmallBytes = 64 * 1024;

}  // namespace

bool JsonTokens::find(std::string_view text) {
  size_ = 0;
  if (text.empty()) return false;  // such a view may point nowhere
  if (!stage_ || stage_->capacity() < text.size()) {
    stage_.reset();
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        std::max(text.size(), kSmallBytes), limits::kJsonDepth, stage_);
    if (error) return false;
  }
  text_ = text.data();
  end_ = text_ + text.size();
  plain_from_ = plain_to_ = text_;
  forget_strings();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (stage_->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) return false;
  starts_ = stage_->structural_indexes.get();
  size_ = stage_->n_structural_indexes;
  return true;
}

void JsonTokens::give_back() {
  if (stage_ && stage_->capacity() > kSmallBytes) stage_.reset();
  if (unescaped_.size() > 2 * kSmallBytes + simdjson::SIMDJSON_PADDING) unescaped_ = {};
  if (escaped_.capacity() > 2 * kSmallBytes) escaped_ = {};
}

JsonTokens::Token JsonTokens::behind(Token value) const {
  std::size_t depth = 0;
  do {
    const char c = (*this)[value++];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  } while (depth > 0);
  return value;
}

bool JsonTokens::search_escape(const char* from, const char* to) {
  if (from < plain_from_ || from > plain_to_) {
    plain_from_ = from;
    const void* found = std::memchr(from, '\\', static_cast<std::size_t>(end_ - from));
    plain_to_ = found != nullptr ? static_cast<const char*>(found) : end_;
  }
  return to <= plain_to_;
}

/// Escapes are rare enough for a copy with the padding that simdjson wants behind a string.
bool JsonTokens::unescape(std::string_view& content) {
  // Unescaping makes no text longer; a record's strings are unescaped once, and one key at a time once more.
  const auto text_size = static_cast<std::size_t>(end_ - text_);
  if (unescaped_bytes_ == 0 && unescaped_.size() < 2 * text_size + simdjson::SIMDJSON_PADDING) {
    unescaped_.resize(2 * text_size + simdjson::SIMDJSON_PADDING);
  }
  escaped_.assign(content).append(1, '"').append(simdjson::SIMDJSON_PADDING, ' ');
  std::uint8_t* const to = unescaped_.data() + unescaped_bytes_;
  const std::uint8_t* const end =
      stage_->parse_string(reinterpret_cast<const std::uint8_t*>(escaped_.data()), to);
  if (end == nullptr) return false;
  const auto size = static_cast<std::size_t>(end - to);
  unescaped_bytes_ += size;
  content = {reinterpret_cast<const char*>(to), size};
  return true;
}

}  // namespace telephony
