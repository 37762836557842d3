#include "telephony_exporter/catalog/text.h"

#include <cstdint>
#include <cstring>

namespace telephony {
namespace {

/// Eight bytes of text at once, ASCII letters lower-cased. A byte's upper bit shows whether it is at least
/// 'A', and whether it is beyond 'Z'; what is the one and not the other gets the bit that makes it lower
/// case.
std::uint64_t lower_case(std::uint64_t bytes) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const std::uint64_t low = bytes & (0x7f * kEach);
  const std::uint64_t from_a = low + (0x80 - 'A') * kEach;
  const std::uint64_t beyond_z = low + (0x7f - 'Z') * kEach;
  const std::uint64_t is_upper = (from_a ^ beyond_z) & ~bytes & (0x80 * kEach);
  return bytes | is_upper >> 2;
}

std::uint64_t eight_bytes(const char* text) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  return bytes;
}

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

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
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto equal_at = [&](std::size_t at) {
    return lower_case(eight_bytes(a.data() + at)) == lower_case(eight_bytes(b.data() + at));
  };
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) {
      if (lower_case(a[i]) != lower_case(b[i])) return false;
    }
    return true;
  }
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (!equal_at(at)) return false;
  }
  return equal_at(size - 8);  // the last eight, some of them for the second time
}

}  // namespace telephony
