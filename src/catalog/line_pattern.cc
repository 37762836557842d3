#include <map>
#include <stdexcept>

#include "telephony_exporter/catalog/line_reading.h"

namespace telephony {

LinePattern LinePattern::parse(std::string_view text) {
  static const std::map<std::string_view, Part> kCaptures = {
      {"code", Part::code}, {"word", Part::word},       {"text", Part::text},    {"id", Part::id},
      {"", Part::any},      {"account", Part::account}, {"reason", Part::reason}};
  LinePattern pattern;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    if (open > 0) pattern.pieces.push_back({Part::literal, std::string(text.substr(0, open))});
    if (open == text.npos) break;
    if (pattern.pieces.empty() || pattern.pieces.back().part != Part::literal) {
      throw std::invalid_argument("a capture must follow a literal text");
    }
    const std::size_t close = text.find('}', open);
    if (close == text.npos) throw std::invalid_argument("'{' is not closed");
    const std::string_view capture = text.substr(open + 1, close - open - 1);
    const auto found = kCaptures.find(capture);
    if (found == kCaptures.end()) {
      throw std::invalid_argument("unknown capture '{" + std::string(capture) +
                                  "}'; expected {code}, {word}, {text}, {reason}, {id}, {account} or {}");
    }
    pattern.pieces.push_back({found->second, ""});
    text.remove_prefix(close + 1);
  }
  for (const Piece& piece : pattern.pieces) {
    const bool names_error = piece.part == Part::code || piece.part == Part::word ||
                             piece.part == Part::text || piece.part == Part::reason;
    if (!names_error) continue;
    pattern.sign.text = pattern.pieces.front().literal;
    return pattern;
  }
  throw std::invalid_argument("captures neither a code nor a text");
}

}  // namespace telephony
