// Commands of the documents do what the documents say.
#include <gtest/gtest.h>

#include "process.h"

namespace telephony {
namespace {

/// The first line of the document that begins with the text.
std::string line_of(const std::string& document, const std::string& start) {
  const std::string text = read_text_file(SOURCE_DIRECTORY "/docs/" + document);
  const std::size_t at = text.find('\n' + start);
  if (at == text.npos) throw std::runtime_error(document + " has no line that begins with " + start);
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

TEST(Recipes, JoinTheLinesOfManagerEvents) {
  const std::string events =
      "Asterisk Call Manager/9.0.0\r\n"
      "Event: Newchannel\r\nChannel: PJSIP/1001-00000001\r\nUniqueid: 1.1\r\n\r\n"
      "Event: Hangup\r\nChannel: PJSIP/carrier-a-00000002\r\nCallerIDName: x;\tCause: 34\r\nUniqueid: 1.2\r\n"
      "Linkedid: 1.1\r\nCause: 17\r\nCause-txt: User busy\r\n\r\n"
      "Event: Hangup\r\nChannel: PJSIP/1001-00000001\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\nCause: 17\r\n\r\n";
  const Finished joined = run({"/bin/sh", "-c", line_of("switches/asterisk.md", "awk ")}, {}, events);
  EXPECT_EQ(joined.exit_code, 0) << joined.errors;

  const Finished replayed =
      run_exporter({"replay", "--config.file=" SOURCE_DIRECTORY "/tests/testdata/more_providers.yml",
                    "--source", "asterisk", "-"},
                   {}, joined.output);
  const std::vector<Sample> samples = parse_metrics(replayed.output);
  EXPECT_EQ(sum_of(samples, "telephony_errors_total", {{"provider", "asterisk"}}), 1) << replayed.errors;
  EXPECT_EQ(
      sum_of(samples, "telephony_account_errors_total", {{"account", "carrier-a"}, {"reason", "user_busy"}}),
      1);
  EXPECT_EQ(
      sum_of(samples, "telephony_exporter_events_total", {{"source", "asterisk"}, {"result", "duplicate"}}),
      1);
}

}  // namespace
}  // namespace telephony
