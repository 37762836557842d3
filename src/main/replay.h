// Files through the river at once: what a source would have counted.
#pragma once

#include <memory>
#include <string>

#include "main/command_line.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {

class Replay {
 public:
  /// `options.source` must be one of the settings' sources.
  Replay(std::shared_ptr<const Settings> settings, const Options& options);

  /// Reads an open file to its end; the ending of its name says how: .json is one document, .ndjson and
  /// .jsonl hold a document a line, .form a form a line, .csv rows, all others log lines.
  void read(int file, const std::string& name);

  std::string page() const;

 private:
  void accept(BodyFormat format, std::string_view body);
  void read_document(int file);
  void read_lines(int file, BodyFormat format);
  void accept_lines(BodyFormat format, std::string_view lines);

  std::shared_ptr<const Settings> settings_;
  const Source& source_;
  Log log_;
  std::unique_ptr<Journal> journal_;
  Ledger ledger_;
  Hints hints_;
  ExporterMetrics metrics_;
  CallMetrics calls_;
  UnlistedCodes unlisted_;
  Pipeline pipeline_;
  std::string csv_header_;
};

}  // namespace telephony
