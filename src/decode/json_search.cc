// What is looked for in JSON that no rule reads, and where a provider's lists of records stand.
#include <charconv>

#include "decode/json_reader.h"

namespace telephony {
namespace {

/// The first segment of a JSON pointer, taken off its front.
std::string take_segment(std::string_view& pointer) {
  std::string segment;
  std::size_t i = 1;
  for (; i < pointer.size() && pointer[i] != '/'; ++i) {
    if (pointer[i] == '~') {
      segment += pointer[++i] == '0' ? '~' : '/';
    } else {
      segment += pointer[i];
    }
  }
  pointer.remove_prefix(i);
  return segment;
}

std::optional<std::size_t> index_of(const std::string& segment) {
  std::size_t index = 0;
  const char* const end = segment.data() + segment.size();
  const auto parsed = std::from_chars(segment.data(), end, index);
  const bool plain = segment.size() == 1 || segment.front() != '0';
  return plain && parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(index) : std::nullopt;
}

void append_number(std::string_view text, simdjson::internal::mini_formatter& out) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  std::uint64_t large = 0;
  if (const auto parsed = std::from_chars(text.data(), end, whole);
      parsed.ec == std::errc{} && parsed.ptr == end) {
    out.number(whole);
  } else if (const auto again = std::from_chars(text.data(), end, large);
             again.ec == std::errc{} && again.ptr == end) {
    out.number(large);
  } else {
    out.number(simdjson::internal::from_chars(text.data(), end));
  }
}

}  // namespace

std::optional<JsonReader::Token> JsonReader::child(Token parent, const std::string& segment) {
  Token at = parent + 1;
  const auto index = is_array(parent) ? index_of(segment) : std::nullopt;
  if (!is_object(parent) && !index) return std::nullopt;
  for (std::size_t i = 0; tokens_[at] != '}' && tokens_[at] != ']'; ++i) {
    if (index) {
      if (i == *index) return at;
    } else {
      const std::size_t mark = tokens_.mark();
      std::string_view key;
      const bool found = tokens_.string(at, key) && key == segment;
      tokens_.forget_strings(mark);
      at += 2;
      if (found) return at;
    }
    at = tokens_.behind(at);
    if (tokens_[at] == ',') ++at;
  }
  return std::nullopt;
}

std::optional<JsonReader::Token> JsonReader::array_at(Token object, std::string_view pointer) {
  std::optional<Token> at = object;
  while (at && !pointer.empty()) at = child(*at, take_segment(pointer));
  return at && is_array(*at) ? at : std::nullopt;
}

std::optional<LineMatch> JsonReader::search(Token value, std::span<const LinePattern> patterns) {
  tokens_.forget_strings();
  const Token end = tokens_.behind(value);
  for (Token at = value; at < end; ++at) {
    const bool is_value = tokens_[at] == '"' && tokens_[at + 1] != ':';
    std::string_view text;
    if (!is_value || !tokens_.string(at, text)) continue;
    if (const auto match = match_line(patterns, text)) return match;
  }
  return std::nullopt;
}

void JsonReader::append_string(Token token, simdjson::internal::mini_formatter& out) {
  std::string_view content;
  if (!tokens_.string(token, content)) return;
  tokens_[token + 1] == ':' ? out.key(content) : out.string(content);
}

/// simdjson's own formatter, which knows the usual form of numbers and escapes.
std::string JsonReader::minified(Token value) {
  tokens_.forget_strings();
  simdjson::internal::mini_formatter out;
  const Token end = tokens_.behind(value);
  for (Token at = value; at < end; ++at) {
    switch (tokens_[at]) {
      case '{':
        out.start_object();
        break;
      case '}':
        out.end_object();
        break;
      case '[':
        out.start_array();
        break;
      case ']':
        out.end_array();
        break;
      case ',':
        out.comma();
        break;
      case ':':
        break;  // written with its key
      case '"':
        append_string(at, out);
        break;
      case 't':
        out.true_atom();
        break;
      case 'f':
        out.false_atom();
        break;
      case 'n':
        out.null_atom();
        break;
      default:
        append_number(tokens_.raw(at), out);
    }
  }
  return std::string(out.str());
}

}  // namespace telephony
