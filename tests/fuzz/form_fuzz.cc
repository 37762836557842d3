// Forms, with a Reason header when a line follows. The first byte picks the source: 0 to 5 are those of the
// shipped configuration, 6 to ; those for SIP, Q.850 and switches.
#include <array>

#include "body_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static telephony::BodyCheck body_check;
  const telephony::FuzzInput input(data, size);
  const std::size_t line = input.body.find('\n');
  const std::string_view reason = line == input.body.npos ? std::string_view{} : input.body.substr(line + 1);
  const std::array<telephony::Header, 1> headers = {{{"Reason", reason}}};
  body_check.check(input.source(), telephony::BodyFormat::form, input.body.substr(0, line), headers);
  return 0;
}
