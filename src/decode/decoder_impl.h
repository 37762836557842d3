// The decoder's insides: one body after the other, with buffers that are used again.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "decode/layout.h"
#include "decode/line_scan.h"
#include "decode/rules.h"
#include "telephony_exporter/decode/decoder.h"

namespace telephony {

class Decoder::Impl {
 public:
  Impl();
  void decode(const Source& source, const RawEvent& raw, const Visit& visit);

 private:
  // Documents (decoder.cc).
  void make_parser();
  void decode_body(std::string_view body);
  void give(Record record);
  simdjson::error_code parse(std::string_view text, simdjson::dom::element& root);
  void json_body(std::string_view body, const std::string& place);
  bool give_elements(std::string_view body, const std::string& place);
  void give_parsed(simdjson::error_code error, simdjson::dom::element root, std::string_view body,
                   const std::string& place);
  void ndjson_body(std::string_view body);
  void roots(simdjson::dom::element root, const std::string& place);
  void root_object(simdjson::dom::element root, const std::string& place);
  void json_record(simdjson::dom::element record);
  void form_body(std::string_view body);
  void read_headers();

  // Lines (decoder_lines.cc).
  void text_body(std::string_view body);
  void csv_body(std::string_view body);
  bool check_line(std::string_view line, std::size_t number);
  void text_line(std::string_view line, Hits hits);
  bool laid_out_line(std::string_view line, Hits hits);
  bool read_fields(std::string_view line);
  void csv_row(const Layout& header, std::string_view line);
  void give_match(const std::optional<LineMatch>& match);

  const Source* source_ = nullptr;
  const RawEvent* raw_ = nullptr;
  const Visit* visit_ = nullptr;
  std::size_t records_ = 0;
  simdjson::dom::parser parser_;
  LineScan lines_;
  Slots slots_;
  RuleScratch scratch_;
  std::string buffer_;
  std::string text_;
};

/// Some editors and senders begin a UTF-8 text with a byte order mark.
std::string_view without_mark(std::string_view text);

/// Takes a line off the front, without its end.
std::string_view next_line(std::string_view& rest);
bool is_blank(std::string_view line);

}  // namespace telephony
