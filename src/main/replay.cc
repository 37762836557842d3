#include "main/replay.h"

#include <array>
#include <iterator>

#include "telephony_exporter/expose/exposition.h"
#include "telephony_exporter/record/hint_metrics.h"

namespace telephony {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

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

void Replay::read(std::istream& in, const std::string& file) {
  if (file.ends_with(".json")) return read_document(in);
  if (file.ends_with(".form")) return read_lines(in, BodyFormat::form);
  if (file.ends_with(".csv")) return read_lines(in, BodyFormat::csv);
  const bool ndjson = file.ends_with(".ndjson") || file.ends_with(".jsonl");
  read_lines(in, ndjson ? BodyFormat::ndjson : BodyFormat::text);
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

void Replay::read_document(std::istream& in) {
  const std::string body(std::istreambuf_iterator<char>(in), {});
  accept(BodyFormat::json, body);
}

void Replay::read_lines(std::istream& in, BodyFormat format) {
  csv_header_.clear();
  std::string buffer;
  std::size_t kept = 0;  // bytes of a line that the last chunk cut
  while (in) {
    buffer.resize(kept + kChunkBytes);
    in.read(buffer.data() + kept, kChunkBytes);
    const std::string_view filled(buffer.data(), kept + static_cast<std::size_t>(in.gcount()));
    const std::size_t end = in ? filled.rfind('\n') + 1 : filled.size();
    accept_lines(format, filled.substr(0, end));
    kept = filled.size() - end;
    buffer.erase(0, end);
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
