#include "decode/json_reader.h"

#include "decode/json_fill.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

/// One walk over a value. Where a step is null, nothing of what stands there is wanted, and it is checked
/// only.
class JsonReader::Walk {
 public:
  using Step = FieldSteps::Step;

  Walk(JsonTokens& tokens, const FieldSteps& fields, Slots& slots, std::vector<JsonScalar>* scalars = nullptr)
      : tokens_(tokens), fields_(fields), slots_(slots), scalars_(scalars) {}

  /// False when the walk met a fault.
  bool value(const Step* step) {
    switch (tokens_[at_]) {
      case '{':
        return enter(step, '}') && object(step);
      case '[':
        return enter(step, ']') && array(step);
      case '"':
        return string(step);
      case 't':
      case 'f':
      case 'n':
        return atom(step);
      default:
        return number(step);
    }
  }

  Token at() const { return at_; }
  void start_at(Token token) { at_ = token; }
  JsonFault fault() const { return fault_; }
  bool may_list() const { return may_list_; }
  /// Whether a bracket stands where a field or a list of records is looked for.
  bool brackets_told() const { return brackets_told_; }

 private:
  bool is(char c) {
    if (tokens_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// Past an opening bracket. What is empty is no level of its own.
  bool enter(const Step* step, char close) {
    ++at_;
    fill_unreadable(step, slots_);
    brackets_told_ = brackets_told_ || (step != nullptr && (step->lists || !step->slots.empty()));
    may_list_ = may_list_ || (step != nullptr && step->lists);
    const bool is_empty = tokens_[at_] == close;
    if (is_empty || ++depth_ < limits::kJsonDepth) return true;
    fault_ = JsonFault::too_deep;
    return false;
  }

  bool object(const Step* step) {
    if (is('}')) return true;
    const bool wanted = step != nullptr && FieldSteps::leads(*step);
    do {
      std::string_view key;
      if (tokens_[at_] != '"' || !tokens_.string(at_++, key) || !is(':')) return false;
      const Step* const below = wanted ? fields_.below(*step, key) : nullptr;
      // Most values are strings, which need no call.
      if (!(tokens_[at_] == '"' ? string(below) : value(below))) return false;
    } while (is(','));
    --depth_;
    return is('}');
  }

  bool array(const Step* step) {
    if (is(']')) return true;
    const bool wanted = step != nullptr && FieldSteps::leads(*step);
    std::size_t index = 0;
    do {
      if (!value(wanted ? fields_.below(*step, index++) : nullptr)) return false;
    } while (is(','));
    --depth_;
    return is(']');
  }

  bool string(const Step* step) {
    note(step);
    std::string_view content;
    if (!tokens_.string(at_++, content)) return false;
    fill(step, content, slots_);
    return true;
  }

  bool number(const Step* step) {
    if (at_ == tokens_.size()) return false;
    note(step);
    const auto number = parse_json_number(tokens_.raw(at_++));
    if (number) fill(step, *number, slots_);
    return number.has_value();
  }

  bool atom(const Step* step) {
    note(step);
    const std::string_view word = tokens_.raw(at_++);
    if (word == "null") return true;
    fill_unreadable(step, slots_);
    return word == "true" || word == "false";
  }

  void note(const Step* step) {
    if (scalars_ != nullptr) scalars_->push_back({tokens_.raw(at_), step});
  }

  JsonTokens& tokens_;
  const FieldSteps& fields_;
  Slots& slots_;
  std::vector<JsonScalar>* scalars_;
  Token at_ = 0;
  std::size_t depth_ = 0;
  JsonFault fault_ = JsonFault::malformed;
  bool may_list_ = false;
  bool brackets_told_ = false;
};

/// What is cut short is no text at all, however deep it goes.
bool JsonReader::is_closed() const {
  const char last = tokens_[tokens_.size() - 1];
  return (!is_object(0) || last == '}') && (!is_array(0) || last == ']');
}

std::optional<JsonFault> JsonReader::parse(std::string_view text, const FieldSteps& fields, Slots& slots) {
  slots.clear();
  if (!tokens_.find(text) || !is_closed()) return JsonFault::malformed;
  Walk walk(tokens_, fields, slots);
  const bool valid = walk.value(is_object(0) ? fields.root() : nullptr);
  may_list_ = walk.may_list();
  if (!valid) return walk.fault();
  return walk.at() == tokens_.size() ? std::nullopt : std::optional(JsonFault::malformed);
}

void JsonReader::read(Token value, const FieldSteps& fields, Slots& slots) {
  slots.clear();
  tokens_.forget_strings();
  Walk walk(tokens_, fields, slots);
  walk.start_at(value);
  walk.value(fields.root());
  may_list_ = walk.may_list();
}

bool JsonReader::scalars(const FieldSteps& fields, Slots& slots, std::vector<JsonScalar>& scalars) {
  scalars.clear();
  const std::size_t mark = tokens_.mark();
  Walk walk(tokens_, fields, slots, &scalars);
  walk.value(fields.root());
  tokens_.forget_strings(mark);  // the slots, which are full, hold those of the first walk
  return !walk.brackets_told();
}

}  // namespace telephony
