// JSON bodies read by way of simdjson's document tree: slow and plain, to compare the decoder with.
#pragma once

#include <simdjson.h>

#include <functional>
#include <string>
#include <string_view>

#include "decode/rules.h"

namespace telephony {

/// Reads the whole document first, then walks it once for every place that a key may lead to. Of what is no
/// JSON it says where its body goes wrong only as far as it is needed: that it does.
class JsonOracle {
 public:
  using Visit = std::function<void(const Record& record)>;

  void decode(const Source& source, std::string_view body, const Visit& visit);

 private:
  void roots(simdjson::dom::element root);
  void root_object(simdjson::dom::element root);
  void record(simdjson::dom::element element);

  const Source* source_ = nullptr;
  const Visit* visit_ = nullptr;
  simdjson::dom::parser parser_;
  Slots slots_;
  RuleScratch scratch_;
  std::string text_;
};

}  // namespace telephony
