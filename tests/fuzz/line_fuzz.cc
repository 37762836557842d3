// Log lines and rows. The first byte picks the source: 0 to 5 are those of the shipped configuration, 6 to ;
// those for SIP, Q.850 and switches; @ to K are all of these again, with rows of a file that may have a
// header.
#include "body_check.h"
#include "telephony_exporter/decode/reason_header.h"
#include "telephony_exporter/decode/retry_after.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using telephony::BodyFormat;
  static telephony::BodyCheck body_check;
  const telephony::FuzzInput input(data, size);
  const bool rows = (input.selector & 0x40) != 0;
  body_check.check(input.source(), rows ? BodyFormat::csv : BodyFormat::text, input.body);
  // A header is a line at most; what is longer says no more of its parser.
  const std::string_view header = input.body.substr(0, 256);
  telephony::parse_retry_after(header);
  telephony::parse_reason(header);
  return 0;
}
