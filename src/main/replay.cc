#include "main/replay.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <vector>

#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/expose/exposition.h"
#include "telephony_exporter/memory/huge_pages.h"
#include "telephony_exporter/record/hint_metrics.h"

namespace telephony {
namespace {

/// Less than the room only at the file's end, or where it can't be read on.
std::size_t fill(int file, std::span<char> room) {
  std::size_t size = 0;
  while (size < room.size()) {
    const ssize_t got = ::read(file, room.data() + size, room.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

}  // namespace

Replay::Replay(std::shared_ptr<const Settings> settings, const Options& options)
    : settings_(std::move(settings)),
      source_(*settings_->source(options.source)),
      log_(options.log_level, options.log_format),
      journal_(make_memory_journal()),
      ledger_(settings_),
      hints_(settings_),
      metrics_(*settings_, *journal_, ledger_),
      calls_(settings_),
      pipeline_({*journal_, ledger_, hints_, metrics_, calls_, unlisted_, log_}, Pipeline::Commits::each) {
  journal_->adopt(settings_);
}

void Replay::read(int file, const std::string& name) {
  if (name.ends_with(".json")) return read_document(file);
  if (name.ends_with(".form")) return read_lines(file, BodyFormat::form);
  if (name.ends_with(".csv")) return read_lines(file, BodyFormat::csv);
  const bool ndjson = name.ends_with(".ndjson") || name.ends_with(".jsonl");
  read_lines(file, ndjson ? BodyFormat::ndjson : BodyFormat::text);
}

void Replay::accept(BodyFormat format, std::string_view body) {
  RawEvent raw;
  raw.format = format;
  raw.body = body;
  raw.csv_header = csv_header_;
  pipeline_.accept(source_, raw, [&](const Receipt& receipt) {
    for (const Reject& reject : receipt.rejects) {
      log_.warn("rejected", {{"cause", std::string(name(reject.cause))}, {"detail", reject.detail}});
    }
  });
}

void Replay::read_document(int file) {
  std::vector<char> document;
  std::size_t size = 0;
  while (size == document.size()) {
    document.resize(size + limits::kFileChunkBytes);
    size += fill(file, std::span(document).subspan(size));
  }
  accept(BodyFormat::json, {document.data(), size});
}

void Replay::read_lines(int file, BodyFormat format) {
  csv_header_.clear();
  std::vector<char, HugePages<char>> chunk(limits::kFileChunkBytes);
  std::size_t kept = 0;  // bytes of a line that the last chunk cut
  for (bool more = true; more;) {
    if (kept == chunk.size()) chunk.resize(2 * kept);  // a line that is longer than the chunk
    const std::size_t size = kept + fill(file, std::span(chunk).subspan(kept));
    more = size == chunk.size();
    const std::string_view filled(chunk.data(), size);
    const std::size_t end = more ? filled.rfind('\n') + 1 : size;
    accept_lines(format, filled.substr(0, end));
    kept = size - end;
    std::copy(chunk.begin() + static_cast<std::ptrdiff_t>(end),
              chunk.begin() + static_cast<std::ptrdiff_t>(size), chunk.begin());
  }
}

void Replay::accept_lines(BodyFormat format, std::string_view lines) {
  if (format != BodyFormat::form) {
    if (!lines.empty()) accept(format, lines);
    // The header of a file holds for all of its pieces.
    if (format == BodyFormat::csv && csv_header_.empty()) csv_header_ = lines.substr(0, lines.find('\n'));
    return;
  }
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (end > 0) accept(format, lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

std::string Replay::page() const {
  const HintMetrics hints(hints_);
  const std::array<const prometheus::Collectable*, 4> sources = {&ledger_, &hints, &metrics_, &calls_};
  return exposition(sources);
}

}  // namespace telephony
