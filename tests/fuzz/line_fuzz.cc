// Log lines. The first byte picks the source: 0 to 5 are those of the shipped configuration.
#include "body_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static telephony::BodyCheck body_check;
  const telephony::FuzzInput input(data, size);
  body_check.check(input.selector, telephony::BodyFormat::text, input.body);
  return 0;
}
