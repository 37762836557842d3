#include "decode/layout.h"

#include <algorithm>

#include "decode/csv.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

void set(const FieldTree& fields, std::string_view key, std::string_view value, Slots& slots) {
  const FieldTree* field = fields.child(key);
  if (field != nullptr && field->slot && field->key != "*") slots.set(*field->slot, value);
}

bool read_pairs(const Layout& layout, std::string_view text, const FieldTree& fields, Slots& slots) {
  bool found = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(layout.separator), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find(layout.equals);
    if (equals != pair.npos) {
      found = true;
      set(fields, trimmed(pair.substr(0, equals)), trimmed(pair.substr(equals + layout.equals.size())),
          slots);
    }
    text.remove_prefix(std::min(end + layout.separator.size(), text.size()));
  }
  return found;
}

/// The text in quotes at the front of `rest`, which is taken off, without its escapes.
std::string_view take_quoted(std::string_view& rest, std::string& buffer) {
  const std::size_t start = buffer.size();
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    buffer += rest[i];
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return std::string_view(buffer).substr(start);
}

/// How many bytes stand before the first of the characters.
template <typename... Char>
std::size_t length_before(std::string_view text, Char... ends) {
  std::size_t n = 0;
  while (n < text.size() && ((text[n] != ends) && ...)) ++n;
  return n;
}

/// The mark behind a pair in a sentence, as in "a=1, b=2" or "a=1; b=2", is no part of the value.
std::string_view without_comma(std::string_view value) {
  const bool marked = value.ends_with(',') || value.ends_with(';');
  return value.substr(0, value.size() - (marked ? 1 : 0));
}

bool read_logfmt(std::string_view rest, const FieldTree& fields, Slots& slots, std::string& buffer) {
  if (rest.find('=') == rest.npos) return false;
  while (!rest.empty()) {
    const std::size_t end = length_before(rest, '=', ' ', '\t');
    const std::string_view key = rest.substr(0, end);
    const bool pair = end < rest.size() && rest[end] == '=';
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!pair) continue;
    if (rest.starts_with('"')) {
      set(fields, key, take_quoted(rest, buffer), slots);
    } else {
      const std::size_t length = length_before(rest, ' ', '\t');
      const std::string_view value = rest.substr(0, length);
      // A form in a log line, as a=1&b=2, is no pair.
      if (value.find('=') == value.npos) set(fields, key, without_comma(value), slots);
      rest.remove_prefix(length);
    }
  }
  return true;
}

/// How many cells the row has.
std::size_t read_cells(const Layout& layout, std::string_view row, Slots& slots, std::string& buffer) {
  CsvRow cells(row, layout.separator[0], buffer);
  auto column = layout.columns.begin();
  std::size_t n = 0;
  for (auto cell = cells.next(); cell; cell = cells.next(), ++n) {
    if (column == layout.columns.end() || column->first != n) continue;
    slots.set(column->second, trimmed(*cell));
    ++column;
  }
  return n;
}

}  // namespace

std::optional<std::string_view> laid_out(const Layout& layout, std::string_view line) {
  std::optional<std::string_view> found;
  if (layout.after.empty()) found = line;
  for (const std::string& literal : layout.after) {
    const std::size_t at = line.find(literal);
    if (at == line.npos) continue;
    found = line.substr(at + literal.size());
    break;
  }
  if (!found || layout.as != Layout::As::json) return found;
  const std::size_t open = found->find('{');
  const std::size_t close = found->rfind('}');
  if (open == found->npos || close == found->npos || close < open) return std::nullopt;
  return found->substr(open, close - open + 1);
}

bool read_layout(const Layout& layout, std::string_view text, const FieldTree& fields, Slots& slots,
                 std::string& buffer) {
  buffer.clear();
  buffer.reserve(text.size());  // so that views into it stay valid: nothing gets longer
  switch (layout.as) {
    case Layout::As::pairs:
      return read_pairs(layout, text, fields, slots);
    case Layout::As::logfmt:
      return read_logfmt(text, fields, slots, buffer);
    case Layout::As::csv:
      return read_cells(layout, text, slots, buffer) == layout.cells;
    case Layout::As::json:
      break;
  }
  return false;
}

Layout read_header(std::string_view row, const FieldTree& fields) {
  static constexpr std::string_view kSeparators = ",;\t";
  Layout header;
  header.as = Layout::As::csv;
  for (const char separator : kSeparators) {
    std::string buffer;
    buffer.reserve(row.size());
    header.separator = separator;
    header.cells = 0;
    header.columns.clear();
    CsvRow cells(row, separator, buffer);
    for (auto cell = cells.next(); cell; cell = cells.next(), ++header.cells) {
      const FieldTree* field = fields.child(trimmed(*cell));
      if (field == nullptr || !field->slot || field->key == "*") continue;
      header.columns.emplace_back(header.cells, *field->slot);
    }
    if (!header.columns.empty()) break;
  }
  return header;
}

void read_row(const Layout& header, std::string_view row, Slots& slots, std::string& buffer) {
  buffer.clear();
  buffer.reserve(row.size());
  read_cells(header, row, slots, buffer);
}

}  // namespace telephony
