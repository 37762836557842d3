// The real binary: what is signed counts, what was changed does not, and no secret is shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "process.h"
#include "sender.h"

namespace telephony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBusy =
    R"({"data":{"event_type":"call.hangup","id":"0001","payload":{"hangup_cause":"user_busy"}}})";

class SignedDelivery : public ExporterTest {
 protected:
  SignedDelivery() {
    directory_.write("auth_token", "kites-over-the-bay\n");
    directory_.write("public_key", base64_of(Ed25519Signer(Sender::kSeed).public_key()) + '\n');
    configure("127.0.0.0/8");
  }

  std::string configure(const std::string& allow) {
    return file_ = directory_.write("exporter.yml", R"(
providers: [)" SOURCE_DIRECTORY R"(/config/providers/twilio.yml, )" SOURCE_DIRECTORY
                                                    R"(/config/providers/telnyx.yml]
ingest: {public_url: https://hooks.example.com}
sources:
  - name: twilio
    provider: twilio
    product: voice
    webhook: {path: /twilio, auth: {preset: twilio, secrets: [{file: auth_token}]}}
  - name: telnyx
    provider: telnyx
    product: voice
    webhook:
      path: /telnyx
      allow: [)" + allow + R"(]
      auth: {preset: telnyx, secrets: [{file: public_key}]}
)");
  }

  static Answer hangup(const Exporter& exporter, const std::string& body, std::int64_t seconds_ago = 0) {
    const auto now = std::chrono::system_clock::now() - std::chrono::seconds(seconds_ago);
    const std::string time = std::to_string(std::chrono::system_clock::to_time_t(now));
    const std::string signature = Ed25519Signer(Sender::kSeed).sign(time + '|' + kBusy);
    return exporter.post("/telnyx", body, "application/json",
                         {{"telnyx-signature-ed25519", base64_of(signature)}, {"telnyx-timestamp", time}});
  }

  static Answer form(const Exporter& exporter, const std::string& body, const std::string& key) {
    // What the sender signed is the form "CallSid=CA1&CallStatus=busy&SipResponseCode=486".
    const std::string signed_text =
        "https://hooks.example.com/twilio?region=ie1CallSidCA1CallStatusbusySipResponseCode486";
    return exporter.post("/twilio?region=ie1", body, "application/x-www-form-urlencoded",
                         {{"X-Twilio-Signature", base64_of(mac_of(EVP_sha1(), key, signed_text))}});
  }

  static double rejected(const Exporter& exporter, const char* source, const char* cause) {
    return exporter.metric("telephony_exporter_rejected_total", {{"source", source}, {"cause", cause}})
        .value_or(-1);
  }

  TemporaryDirectory directory_;
  std::string file_;
};

TEST_F(SignedDelivery, CountsOnlyWhatItsSenderSigned) {
  const Exporter& exporter = start({file_});
  EXPECT_EQ(hangup(exporter, kBusy).status, 200);
  std::string changed = kBusy;
  changed.replace(changed.find("user_busy"), 9, "no_answer");
  EXPECT_EQ(hangup(exporter, changed).status, 401);
  EXPECT_EQ(hangup(exporter, kBusy, 301).status, 401) << "stale";
  EXPECT_EQ(hangup(exporter, kBusy, -310).status, 401) << "from the future";
  EXPECT_EQ(exporter.post("/telnyx", kBusy).status, 401);
  EXPECT_EQ(rejected(exporter, "telnyx", "unauthenticated"), 4);
  EXPECT_EQ(exporter.metric("telephony_exporter_events_total", {{"source", "telnyx"}, {"result", "counted"}}),
            1);
  EXPECT_EQ(exporter.metric("telephony_errors_total", {{"provider", "telnyx"}}), 1);

  const std::string form_body = "SipResponseCode=486&CallStatus=busy&CallSid=CA1";
  EXPECT_EQ(form(exporter, form_body, "kites-over-the-bay").status, 200);
  const Answer refused = form(exporter, form_body, "kites-over-the-bat");
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.body, HasSubstr("the signature is missing, stale or wrong"));
  EXPECT_EQ(form(exporter, "SipResponseCode=487&CallStatus=busy&CallSid=CA1", "kites-over-the-bay").status,
            401);
  EXPECT_EQ(rejected(exporter, "twilio", "unauthenticated"), 2);
  EXPECT_EQ(exporter.metric("telephony_errors_total", {{"provider", "twilio"}}), 1);

  const std::string shown = exporter.get("/config").body;
  EXPECT_THAT(shown, HasSubstr("preset: telnyx\n        secrets: [<secret>]"));
  for (const std::string& text :
       {shown, exporter.get("/").body, exporter.get("/metrics").body, exporter.errors()}) {
    EXPECT_THAT(text, Not(HasSubstr("kites-over")));
  }
}

TEST_F(SignedDelivery, ReloadsSecretsAndNetworks) {
  Exporter& exporter = start({file_});
  const std::string body = "CallSid=CA1&CallStatus=busy&SipResponseCode=486";
  EXPECT_EQ(form(exporter, body, "the new token").status, 401);
  directory_.write("auth_token", "the new token");
  configure("192.0.2.0/24");
  ASSERT_EQ(exporter.reload().status, 200);
  EXPECT_EQ(form(exporter, body, "kites-over-the-bay").status, 401);
  EXPECT_EQ(form(exporter, body, "the new token").status, 200);
  const Answer refused = hangup(exporter, kBusy);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("\"cause\":\"not_allowed\""));
  EXPECT_EQ(rejected(exporter, "telnyx", "not_allowed"), 1);
  directory_.write("auth_token", "\n");
  EXPECT_EQ(exporter.reload().status, 500) << "an empty secret";
  EXPECT_EQ(form(exporter, body, "the new token").status, 200) << "the old configuration stays";
}

}  // namespace
}  // namespace telephony
