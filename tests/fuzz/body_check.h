// What must hold for every body, whoever wrote it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/decode/decoder.h"
#include "telephony_exporter/event/event.h"

namespace telephony {

/// The sources of the shipped configuration, those of the other shipped catalogs, and a decoder that is used
/// again from body to body.
class BodyCheck {
 public:
  BodyCheck();

  /// Decodes and classifies the body as one of `source`'s (modulo their number); ends the program when the
  /// records break a promise.
  void check(std::size_t source, BodyFormat format, std::string_view body,
             std::span<const Header> headers = {});

 private:
  struct Totals;
  void check_record(const Source& source, const Record& record, Totals& totals);
  void check_event(const Source& source, const Event& event);

  std::vector<std::shared_ptr<const Settings>> settings_;
  std::vector<const Source*> sources_;
  Decoder decoder_;
  std::string scratch_;
};

/// The first byte of a fuzz input picks the source; the rest is the body.
struct FuzzInput {
  FuzzInput(const std::uint8_t* data, std::size_t size)
      : selector(size > 0 ? data[0] : 0),
        body(size > 0 ? reinterpret_cast<const char*>(data) + 1 : "", size > 0 ? size - 1 : 0) {}

  /// Of the first 16 sources, or, with the highest bit, of the others.
  std::size_t source() const { return (selector & 0x0fU) + ((selector & 0x80U) >> 3U); }

  std::uint8_t selector;
  std::string_view body;
};

}  // namespace telephony
