#include "telephony_exporter/decode/reason_header.h"

#include <algorithm>
#include <array>

#include "decode/tokenizer.h"
#include "telephony_exporter/catalog/text.h"

namespace telephony {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::span<const ReasonProtocol> or_default(std::span<const ReasonProtocol> protocols) {
  static const std::array<ReasonProtocol, 2> kDefault = {{{"*", ""}, {"SIP", ""}}};
  return protocols.empty() ? std::span<const ReasonProtocol>(kDefault) : protocols;
}

}  // namespace

std::vector<ReasonValue> parse_reason(std::string_view header) {
  std::vector<ReasonValue> values;
  Tokenizer tokens(header);
  while (!tokens.done()) {
    ReasonValue value;
    value.protocol = tokens.value();
    bool well_formed = !value.protocol.empty();
    while (well_formed && tokens.take(';')) {
      const std::string name = tokens.value();
      const std::string content = tokens.take('=') ? tokens.value() : "";
      well_formed = !name.empty();
      if (equal_ignoring_case(name, "cause") && is_number(content)) value.cause = content;
      if (equal_ignoring_case(name, "text")) value.text = content;
    }
    const bool says_something = !value.cause.empty() || !value.text.empty();
    // In a log line words may follow the header, so what was read before them holds.
    if (!value.protocol.empty() && says_something) values.push_back(std::move(value));
    if (!tokens.take(',')) tokens.skip_value();
  }
  return values;
}

const ReasonProtocol* protocol_of(const ReasonValue& value, std::span<const ReasonProtocol> protocols) {
  const ReasonProtocol* any = nullptr;
  for (const ReasonProtocol& protocol : or_default(protocols)) {
    if (equal_ignoring_case(protocol.name, value.protocol)) return &protocol;
    if (protocol.name == "*") any = &protocol;
  }
  return equal_ignoring_case(value.protocol, "Q.850") ? nullptr : any;
}

std::optional<ChosenReason> choose_reason(std::string_view header,
                                          std::span<const ReasonProtocol> protocols) {
  std::optional<ChosenReason> chosen;
  const ReasonProtocol* best = nullptr;
  for (ReasonValue& value : parse_reason(header)) {
    const ReasonProtocol* protocol = value.cause.empty() ? nullptr : protocol_of(value, protocols);
    if (protocol == nullptr || (best != nullptr && protocol >= best)) continue;  // they stand in one array
    best = protocol;
    chosen = ChosenReason{std::move(value), protocol->numbering};
  }
  return chosen;
}

}  // namespace telephony
