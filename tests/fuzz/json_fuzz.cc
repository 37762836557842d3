// JSON and NDJSON bodies. The first byte picks the source: 0 to 5 are those of the shipped configuration with
// a JSON body, 6 to ; those for SIP, Q.850 and switches, @ to K all of these with NDJSON.
#include "body_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using telephony::BodyFormat;
  static telephony::BodyCheck body_check;
  const telephony::FuzzInput input(data, size);
  const BodyFormat format = (input.selector & 0x40) == 0 ? BodyFormat::json : BodyFormat::ndjson;
  body_check.check(input.source(), format, input.body);
  return 0;
}
