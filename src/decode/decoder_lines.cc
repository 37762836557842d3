#include <utility>

#include "decode/decoder_impl.h"
#include "decode/line_match.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

/// At a glance neither blank nor too long nor JSON.
bool is_plain(std::string_view line) {
  return !line.empty() && line.size() <= limits::kLineBytes &&
         !begins_oddly(static_cast<unsigned char>(line[0]));
}

}  // namespace

void Decoder::Impl::text_body(std::string_view body) {
  const Reading& reading = source_->catalog->reading;
  std::size_t number = 0;
  std::size_t ignored = 0;
  const auto read = [&](std::string_view line, Hits hits) {
    ++number;
    const bool plain = is_plain(line);
    if (plain && !reading.any_line && hits.at.empty()) {
      ++ignored;
      return;
    }
    if (ignored > 0) give(Ignored{std::exchange(ignored, 0)});
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (plain) {
      plain_line(line, hits);
    } else if (check_line(line, number)) {
      text_line(line, hits);
    }
  };
  lines_.each_line(body, reading.needles, reading.any_line, read, [&](std::size_t lines) {
    number += lines;
    ignored += lines;
  });
  if (ignored > 0) give(Ignored{ignored});
}

/// A file with a header tells its columns; one without is lines, whose columns the catalog knows.
void Decoder::Impl::csv_body(std::string_view body) {
  const FieldTree& fields = source_->catalog->reading.fields;
  std::string_view rest = body;
  const bool inside = !raw_->csv_header.empty();
  const Layout header = read_header(inside ? without_mark(raw_->csv_header) : next_line(rest), fields);
  if (header.columns.empty()) return text_body(body);
  if (inside) rest = body;
  for (std::size_t number = inside ? 1 : 2; !rest.empty(); ++number) {
    const std::string_view line = next_line(rest);
    if (check_line(line, number)) csv_row(header, line);
  }
}

/// False when there is nothing to read.
bool Decoder::Impl::check_line(std::string_view line, std::size_t number) {
  if (is_blank(line)) return false;
  if (line.size() <= limits::kLineBytes) return true;
  give(Reject{
      RejectCause::too_long, 0,
      "line " + std::to_string(number) + " is longer than " + std::to_string(limits::kLineBytes) + " bytes"});
  return false;
}

void Decoder::Impl::text_line(std::string_view line, Hits hits) {
  if (line[line.find_first_not_of(" \t")] == '{' && !parse(line)) return roots({});
  plain_line(line, hits);
}

void Decoder::Impl::plain_line(std::string_view line, Hits hits) {
  if (laid_out_line(line, hits)) return;
  const bool said = any_stand(source_->catalog->reading.lines, line, hits,
                              [this](const Stand& stand) { return read_stand(stand); });
  if (!said) give(Ignored{});
}

bool Decoder::Impl::read_stand(const Stand& stand) {
  if (const KnownLines::Known* known = known_lines_.find(*source_, stand)) {
    ++records_;
    if (!*again_ || !(*again_)(known->alike)) (*visit_)(known_lines_.record(*known));
    return true;
  }
  const auto match = match_stand(stand);
  if (!match) return false;
  known_lines_.keep(*source_, stand, *match, scratch_);
  give(line_event(*match, *source_, scratch_));
  return true;
}

/// The first layout that the line has and whose fields a rule knows reads it.
bool Decoder::Impl::laid_out_line(std::string_view line, Hits hits) {
  const Reading& reading = source_->catalog->reading;
  for (const Layout& layout : reading.layouts) {
    if (!layout.signs.empty() && !has_sign(layout.signs, line, hits)) continue;
    const auto fields = laid_out(layout, line);
    if (!fields) continue;
    if (layout.as == Layout::As::json) {
      if (parse(*fields)) continue;
      roots({});
      return true;
    }
    slots_.clear();
    if (read_layout(layout, *fields, reading.fields, slots_, buffer_) && read_fields(line)) return true;
  }
  return false;
}

/// False when no rule knows the fields. An error that stands in none of them may be said in words.
bool Decoder::Impl::read_fields(std::string_view line) {
  const EventRule* rule = find_rule(*source_, slots_);
  if (rule == nullptr) return false;
  Record record = apply_rule(*rule, *source_, slots_, scratch_);
  auto* event = std::get_if<Event>(&record);
  if (event != nullptr && event->code.empty() && event->text.empty()) {
    const Reading& reading = source_->catalog->reading;
    if (const auto match = match_line(reading.lines, line)) add_match(*match, *source_, scratch_, *event);
  }
  give(std::move(record));
  return true;
}

void Decoder::Impl::csv_row(const Layout& header, std::string_view line) {
  slots_.clear();
  read_row(header, line, slots_, buffer_);
  if (!read_fields(line)) give_match(match_line(source_->catalog->reading.lines, line));
}

void Decoder::Impl::give_match(const std::optional<LineMatch>& match) {
  if (!match) return give(Ignored{});
  give(line_event(*match, *source_, scratch_));
}

}  // namespace telephony
