// JSON to slots in one walk over the tokens, which checks each token as it passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode/json_tokens.h"
#include "decode/slots.h"
#include "telephony_exporter/decode/line.h"

namespace telephony {

/// Why a text can't be read.
enum class JsonFault : std::uint8_t { malformed, too_deep };

/// A value that is no object and no array.
struct JsonScalar {
  std::string_view text;                   ///< as it stands there, a string with its quotes
  const FieldSteps::Step* step = nullptr;  ///< that its keys lead to
};

/// Reads one text after the other. Values stand in the text, or in memory of the reader until the next record
/// is read.
class JsonReader {
 public:
  using Token = JsonTokens::Token;

  /// Checks the whole text; one that is an object is read on the way, as a record.
  std::optional<JsonFault> parse(std::string_view text, const FieldSteps& fields, Slots& slots);
  void give_back() { tokens_.give_back(); }

  // Of the text that was parsed last and has no fault; its first token is 0.
  bool is_object(Token value) const { return tokens_[value] == '{'; }
  bool is_array(Token value) const { return tokens_[value] == '['; }
  /// Reads another value as a record.
  void read(Token value, const FieldSteps& fields, Slots& slots);
  /// Whether the record that was read last may hold what a pointer to records names.
  bool may_list() const { return may_list_; }
  /// The scalars of the object that was parsed, in document order, while `slots` hold what was read of it.
  /// False when they don't tell everything that `parse` told.
  bool scalars(const FieldSteps& fields, Slots& slots, std::vector<JsonScalar>& scalars);
  /// The array that a JSON pointer (RFC 6901) leads to from an object. Of equal keys the first leads on.
  std::optional<Token> array_at(Token object, std::string_view pointer);
  /// Calls `visit` with each element of an array, which may read them.
  template <typename Visit>
  void for_each(Token array, const Visit& visit) {
    for (Token at = array + 1; tokens_[at] != ']';) {
      visit(at);
      at = tokens_.behind(at);
      if (tokens_[at] == ',') ++at;
    }
  }
  /// The first line pattern that any string of the value holds, in document order.
  std::optional<LineMatch> search(Token value, std::span<const LinePattern> patterns);
  /// The value without white space, its numbers and escapes in their usual form.
  std::string minified(Token value);

 private:
  class Walk;
  bool is_closed() const;
  std::optional<Token> child(Token parent, const std::string& segment);
  void append_string(Token token, simdjson::internal::mini_formatter& out);

  JsonTokens tokens_;
  bool may_list_ = false;
};

}  // namespace telephony
