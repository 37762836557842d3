// The decoder's insides: one body after the other, with buffers that are used again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "decode/json_reader.h"
#include "decode/json_shapes.h"
#include "decode/known_lines.h"
#include "decode/layout.h"
#include "decode/line_scan.h"
#include "decode/rules.h"
#include "telephony_exporter/decode/decoder.h"

namespace telephony {

/// Where in a body a text of JSON stands, to be named when something is wrong with it.
struct Place {
  std::size_t line = 0;     ///< counted from 1; 0: the body is no lines
  std::size_t element = 0;  ///< of an array, counted from 1; 0: the text is whole
  bool in_form = false;

  bool is_part() const { return line != 0 || element != 0 || in_form; }
  std::string text() const;  ///< "line 7 element 0 "; empty for a body as a whole
};

class Decoder::Impl {
 public:
  void decode(const Source& source, const RawEvent& raw, const Visit& visit, const Again& again);

 private:
  void decode_body(std::string_view body);
  void give(Record&& record);
  void form_body(std::string_view body);
  void read_headers();

  // JSON (decoder_json.cc).
  std::optional<JsonFault> parse(std::string_view text);
  bool known_record(std::string_view& text, bool alone);
  void learn_shape(std::string_view text);
  void json_body(std::string_view body, const Place& place);
  void unknown_record(std::string_view body, const Place& place);
  bool give_elements(std::string_view body, Place place);
  void give_parsed(std::optional<JsonFault> fault, std::string_view body, const Place& place);
  void ndjson_body(std::string_view body);
  void roots(const Place& place);
  void root_object(JsonReader::Token root, const Place& place);
  void json_record(JsonReader::Token record);

  // Lines (decoder_lines.cc).
  void text_body(std::string_view body);
  void csv_body(std::string_view body);
  bool check_line(std::string_view line, std::size_t number);
  void text_line(std::string_view line, Hits hits);
  void plain_line(std::string_view line, Hits hits);
  bool read_stand(const Stand& stand);
  bool laid_out_line(std::string_view line, Hits hits);
  bool read_fields(std::string_view line);
  void csv_row(const Layout& header, std::string_view line);
  void give_match(const std::optional<LineMatch>& match);

  const Source* source_ = nullptr;
  const RawEvent* raw_ = nullptr;
  const Visit* visit_ = nullptr;
  const Again* again_ = nullptr;
  std::size_t records_ = 0;
  JsonReader json_;
  JsonShapes shapes_;
  std::vector<JsonScalar> scalars_;
  LineScan lines_;
  KnownLines known_lines_;
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
