// The ingest listener under TLS: the same requests, its certificates, and peers who do not keep to the
// protocol.
#include <httplib.h>
#include <openssl/ssl.h>

#include <csignal>

#include "certificates.h"
#include "ingest_fixture.h"
#include "process.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

using ClientAuth = TlsSettings::ClientAuth;
using Version = TlsSettings::Version;

constexpr std::string_view kChunkedHead =
    "POST /hooks/open HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";

/// How a client opens its connections.
class ClientContext {
 public:
  ClientContext() : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_security_level(context_.get(), 0);  // so that it can offer what must be refused
  }
  ClientContext& at_most(int version) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    return *this;
  }
  ClientContext& as(const Identity& identity) {
    SSL_CTX_use_certificate(context_.get(), identity.x509());
    SSL_CTX_use_PrivateKey(context_.get(), identity.private_key());
    return *this;
  }
  ClientContext& offer(std::string_view protocols) {
    SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
    return *this;
  }
  SSL_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
};

class IngestTlsTest : public IngestServerTest {
 protected:
  IngestTlsTest() {
    std::signal(SIGPIPE, SIG_IGN);  // as the exporter does
    tls_.cert_file = {directory_.write("cert.pem", server_identity_.certificate()), "c.yml:1:2"};
    tls_.key_file = {directory_.write("key.pem", server_identity_.key()), "c.yml:1:3"};
    limits_.tls_files = 10ms;
    limits_.tick = 5ms;
    adopt();
  }

  /// Puts the settings into force.
  void adopt() {
    const auto settings = std::const_pointer_cast<Settings>(ingest_settings());
    settings->ingest.tls = tls_;
    live_.set(settings);
  }
  void adopt_plain() { live_.set(ingest_settings()); }

  void demand(ClientAuth type) {
    tls_.client_auth = type;
    if (type >= ClientAuth::verify_if_given) {
      tls_.client_ca_file = {directory_.write("ca.pem", ca_.certificate()), "c.yml:1:4"};
    }
    adopt();
  }

  IngestClient open() {
    if (!server_) serve(limits_);
    return connect();
  }
  IngestClient secured(const ClientContext& context = {}) {
    IngestClient client = open();
    client.secure(context.get());
    return client;
  }
  int status_for(const ClientContext& context = {}) {
    return secured(context).ask(ingest_request("{}")).status;
  }

  std::string served_certificate() {
    const IngestClient client = secured();
    const std::unique_ptr<X509, void (*)(X509*)> peer(SSL_get1_peer_certificate(client.tls()), X509_free);
    return peer ? std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(peer.get()))) : "none";
  }
  static std::string serial(const Identity& identity) {
    return std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(identity.x509())));
  }
  std::size_t logged(std::string_view text) {
    const std::lock_guard lock(log_mutex_);
    return static_cast<std::size_t>(
        std::count_if(logged_.begin(), logged_.end(),
                      [&](const std::string& line) { return line.find(text) != line.npos; }));
  }
  std::string refusal() {
    adopt();
    try {
      check_tls(*live_.get());
      return "";
    } catch (const ConfigError& error) {
      std::string message = error.what();
      for (auto at = message.find(directory_.path()); at != message.npos;
           at = message.find(directory_.path())) {
        message.erase(at, directory_.path().size() + 1);
      }
      return message;
    }
  }

  TemporaryDirectory directory_;
  Identity server_identity_{"server"};
  Identity ca_{"ca"};
  TlsSettings tls_;
  IngestLimits limits_;
};

TEST_F(IngestTlsTest, CountsBodiesAndKeepsTheConnection) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    IngestClient client = secured(ClientContext().at_most(version));
    EXPECT_EQ(SSL_version(client.tls()), version);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(client.ask(ingest_request(std::to_string(i))).status, 200);
    EXPECT_EQ(client.ask(ingest_request("{}", "", "POST /nowhere HTTP/1.1")).status, 404);
    EXPECT_EQ(client.ask(ingest_request("")).status, 200);
  }
  EXPECT_EQ(recorder_.accepted().size(), 12u);
}

TEST_F(IngestTlsTest, ReadsLargeAndChunkedBodies) {
  IngestClient client = secured();
  const std::string large(limits::kBodyBytes - 1, 'x');
  EXPECT_EQ(client.ask(ingest_request(large)).status, 200);
  EXPECT_EQ(recorder_.accepted().back().body, large);
  std::string chunked(kChunkedHead);
  for (int i = 0; i < 60; ++i)
    chunked += "4000\r\n" + std::string(0x4000, static_cast<char>('0' + i)) + "\r\n";
  EXPECT_EQ(client.ask(chunked + "0\r\n\r\n").status, 200);
  EXPECT_EQ(recorder_.accepted().back().body.size(), 60u * 0x4000);
}

TEST_F(IngestTlsTest, ReadsRequestsInAnyPieces) {
  const std::string request = ingest_request("{\"a\":1}");
  IngestClient client = secured();
  for (const char byte : request) client.send({&byte, 1});
  EXPECT_EQ(client.read().status, 200);
  for (std::size_t cut = 1; cut < request.size(); cut += 7) {
    client.send(request.substr(0, cut));
    client.send(request.substr(cut));
    ASSERT_EQ(client.read().status, 200) << cut;
  }
}

TEST_F(IngestTlsTest, AnswersPipelinedRequestsInTheirOrder) {
  IngestClient client = secured();
  std::string all;
  for (int i = 0; i < 500; ++i) all += ingest_request(std::to_string(i));
  client.send(all);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.read().status, 200) << i;
  const auto accepted = recorder_.accepted();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(accepted[static_cast<std::size_t>(i)].body, std::to_string(i));
}

TEST_F(IngestTlsTest, KeepsTheOrderOfRepliesThatASlowPeerTakesLate) {
  Receipt receipt{.received = 11, .counted = 1, .rejected = 10, .rejects = {}};
  receipt.rejects.assign(10, {RejectCause::malformed, 0, std::string(1000, 'd')});
  recorder_.answer_with(receipt);
  IngestClient client = secured();
  std::string burst;
  for (int i = 0; i < 1000; ++i) burst += ingest_request("{}");
  client.send(burst);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.read().json()["rejected"], 10) << i;
}

TEST_F(IngestTlsTest, GivesUpOnAPeerThatDoesNotRead) {
  limits_.write = 50ms;
  Receipt receipt{.received = 11, .counted = 1, .rejected = 10, .rejects = {}};
  receipt.rejects.assign(10, {RejectCause::malformed, 0, std::string(1000, 'd')});
  recorder_.answer_with(receipt);
  IngestClient client = secured();
  std::string burst;
  for (int i = 0; i < 60; ++i) burst += ingest_request("{}");
  EXPECT_TRUE(eventually([&] { return !client.send(burst); }));
}

TEST_F(IngestTlsTest, TakesAnswersFromAnotherThread) {
  recorder_.hold();
  IngestClient client = secured();
  client.send(ingest_request("{}"));
  ASSERT_TRUE(eventually([&] { return recorder_.held() == 1; }));
  recorder_.release();
  EXPECT_EQ(client.read().status, 200);
}

TEST_F(IngestTlsTest, SaysGoodbye) {
  IngestClient client = secured();
  EXPECT_EQ(client.ask(ingest_request("{}", "Connection: close\r\n")).status, 200);
  EXPECT_TRUE(client.closed());
  EXPECT_NE(SSL_get_shutdown(client.tls()) & SSL_RECEIVED_SHUTDOWN, 0);
}

TEST_F(IngestTlsTest, ARefusedPeerThatSendsOnCanReadWhy) {
  IngestClient client = secured();
  client.send(
      "POST /hooks/open HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9999999\r\n\r\n");
  client.flood(std::string(65536, 'x'), 9'000'000);
  EXPECT_EQ(client.read().status, 413);
}

TEST_F(IngestTlsTest, CountsAClientThatVanishesInMidBody) {
  IngestClient client = secured();
  const std::string request = ingest_request(std::string(100, 'x'));
  client.send(request.substr(0, request.size() - 50));
  client.vanish();
  ASSERT_TRUE(eventually([&] { return recorder_.refused().size() == 1; }));
  EXPECT_EQ(recorder_.refused(), std::vector<std::string>{"open malformed"});
}

TEST_F(IngestTlsTest, CutsSlowPeers) {
  limits_.head = limits_.body = 300ms;
  IngestClient head = secured();
  EXPECT_EQ(head.ask("POST /hooks/open HTTP/1.1\r\n").status, 408);
  EXPECT_TRUE(head.closed());
  IngestClient body = secured();
  const std::string request = ingest_request("{}");
  EXPECT_EQ(body.ask(request.substr(0, request.size() - 1)).status, 408);
  EXPECT_EQ(recorder_.refused(), std::vector<std::string>{"open timeout"});
}

TEST_F(IngestTlsTest, CutsAHandshakeThatStalls) {
  limits_.head = 50ms;
  IngestClient mute = open();
  IngestClient begun = open();
  begun.send(std::string_view("\x16\x03\x01\x02\x00\x01\x00", 7));
  EXPECT_TRUE(mute.closed());
  EXPECT_TRUE(begun.closed());
  EXPECT_TRUE(recorder_.replied().empty());
}

TEST_F(IngestTlsTest, ClosesOnNonsenseBehindTheFirstByte) {
  IngestClient client = open();
  client.send("\x16nonsense that is long enough for a record's header");
  IngestReply reply = client.read();  // an alert, if anything
  EXPECT_EQ(reply.status, 0);
  EXPECT_TRUE(eventually([&] { return logged("TLS handshake failed") == 1; }));
  EXPECT_TRUE(recorder_.replied().empty());
  EXPECT_EQ(status_for(), 200);
}

TEST_F(IngestTlsTest, TellsAPeerThatSpeaksPlainHttp) {
  IngestClient client = open();
  const IngestReply reply = client.ask(ingest_request("{}"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["detail"], "this port speaks HTTPS, and the request is plain HTTP");
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(recorder_.accepted().empty());
}

TEST_F(IngestTlsTest, KeepsToTheVersionsThatItMaySpeak) {
  EXPECT_EQ(status_for(ClientContext().at_most(TLS1_1_VERSION)), 0);
  EXPECT_EQ(status_for(ClientContext().at_most(TLS1_2_VERSION)), 200);
  tls_.min_version = Version::tls13;
  adopt();
  EXPECT_EQ(status_for(ClientContext().at_most(TLS1_2_VERSION)), 0);
  EXPECT_EQ(status_for(), 200);
  tls_.min_version = tls_.max_version = Version::tls12;
  tls_.cipher_suites = {{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", ""}};
  adopt();
  const IngestClient client = secured();
  EXPECT_STREQ(SSL_get_version(client.tls()), "TLSv1.2");
  EXPECT_STREQ(SSL_get_cipher(client.tls()), "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_F(IngestTlsTest, SpeaksHttp1Alone) {
  const IngestClient both = secured(ClientContext().offer("\x02h2\x08http/1.1"));
  const unsigned char* chosen = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(both.tls(), &chosen, &bytes);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), bytes), "http/1.1");
  EXPECT_EQ(status_for(ClientContext().offer("\x02h2")), 0);
}

TEST_F(IngestTlsTest, AsksForClientCertificatesAsItIsTold) {
  const Identity known("known", &ca_);
  const Identity stranger("stranger");
  struct Case {
    ClientAuth type;
    int none, unknown, ours;
  };
  for (const Case& c :
       {Case{ClientAuth::none, 200, 200, 200}, Case{ClientAuth::request, 200, 200, 200},
        Case{ClientAuth::require_any, 0, 200, 200}, Case{ClientAuth::verify_if_given, 200, 0, 200},
        Case{ClientAuth::require_and_verify, 0, 0, 200}}) {
    demand(c.type);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const int type = static_cast<int>(c.type);
      EXPECT_EQ(status_for(ClientContext().at_most(version)), c.none) << type << ' ' << version;
      EXPECT_EQ(status_for(ClientContext().at_most(version).as(stranger)), c.unknown)
          << type << ' ' << version;
      EXPECT_EQ(status_for(ClientContext().at_most(version).as(known)), c.ours) << type << ' ' << version;
    }
  }
}

TEST_F(IngestTlsTest, ResumesTheSessionOfAPeerWithACertificate) {
  demand(ClientAuth::require_and_verify);
  const Identity known("known", &ca_);
  ClientContext context;
  context.as(known);
  IngestClient first = secured(context);
  EXPECT_EQ(first.ask(ingest_request("{}")).status, 200);
  IngestClient second = open();
  second.secure(context.get(), SSL_get1_session(first.tls()));
  EXPECT_EQ(second.ask(ingest_request("{}")).status, 200);
  EXPECT_EQ(SSL_session_reused(second.tls()), 1);
}

TEST_F(IngestTlsTest, ServesAReplacedCertificateToTheNextConnection) {
  IngestClient before = secured();
  EXPECT_EQ(before.ask(ingest_request("{}")).status, 200);
  EXPECT_EQ(served_certificate(), serial(server_identity_));
  const Identity renewed("renewed");
  directory_.write("key.pem", renewed.key());
  directory_.write("cert.pem", renewed.certificate());
  EXPECT_TRUE(eventually([&] { return served_certificate() == serial(renewed); }));
  EXPECT_EQ(before.ask(ingest_request("{}")).status, 200) << "who is connected stays so";
}

TEST_F(IngestTlsTest, KeepsTheOldCertificateWhenTheNewOneIsBroken) {
  EXPECT_EQ(served_certificate(), serial(server_identity_));
  directory_.write("cert.pem", "-----BEGIN CERTIFICATE-----\nnothing\n");
  ASSERT_TRUE(eventually([&] { return logged("certificate not reloaded; the old one stays") == 1; }));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(served_certificate(), serial(server_identity_));
  EXPECT_EQ(logged("certificate not reloaded"), 1u) << "it is said once";
  directory_.write("cert.pem", server_identity_.certificate());
  EXPECT_TRUE(eventually([&] { return logged("certificate loaded") == 1; }));
}

TEST_F(IngestTlsTest, FollowsTheSettings) {
  IngestClient under_tls = secured();
  EXPECT_EQ(under_tls.ask(ingest_request("{}")).status, 200);
  adopt_plain();
  IngestClient plain = connect();
  EXPECT_EQ(plain.ask(ingest_request("{}")).status, 200);
  EXPECT_EQ(under_tls.ask(ingest_request("{}")).status, 200);
  adopt();
  EXPECT_EQ(status_for(), 200);
  EXPECT_EQ(plain.ask(ingest_request("{}")).status, 200);
  tls_.cert_file.text += ".gone";
  adopt();
  EXPECT_TRUE(connect().closed()) << "what should be encrypted is not taken in plain";
  EXPECT_EQ(logged("certificate not loaded; new connections are closed"), 1u);
}

TEST_F(IngestTlsTest, StopsWithConnectionsOpen) {
  IngestClient idle = secured();
  EXPECT_EQ(idle.ask(ingest_request("{}")).status, 200);
  IngestClient silent = open();
  IngestClient sending = secured();
  const std::string request = ingest_request("{}");
  sending.send(request.substr(0, request.size() - 1));
  ASSERT_EQ(status_for(), 200);
  std::thread stopping([&] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  EXPECT_NE(SSL_get_shutdown(idle.tls()) & SSL_RECEIVED_SHUTDOWN, 0);
  EXPECT_TRUE(silent.closed());
  const IngestReply reply = sending.ask(request.substr(request.size() - 1));
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.has("\r\nConnection: close\r\n"));
  stopping.join();
}

TEST_F(IngestTlsTest, StopsInTimeWhateverThePeersDo) {
  limits_.stop = 50ms;
  IngestClient slow = secured();
  slow.send("POST /hooks/open HTTP/1.1\r\n");
  IngestClient half_open = open();
  half_open.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  const auto start = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(IngestTlsTest, RefusesFilesThatDoNotFit) {
  EXPECT_EQ(refusal(), "");
  directory_.write("key.pem", Identity("other").key());
  EXPECT_EQ(refusal(), "c.yml:1:3: the key in 'key.pem' is not that of the certificate in 'cert.pem'");
  EXPECT_THROW(serve(), ConfigError);
  directory_.write("key.pem", server_identity_.key_behind_a_passphrase());
  EXPECT_EQ(refusal(), "c.yml:1:3: 'key.pem' holds no key that can be used: bad decrypt");
  directory_.write("key.pem", server_identity_.key());
  tls_.client_auth = ClientAuth::require_and_verify;
  tls_.client_ca_file = {directory_.write("ca.pem", "nothing"), "c.yml:1:4"};
  EXPECT_EQ(refusal(), "c.yml:1:4: 'ca.pem' holds no certificate that can be used: no start line");
}

TEST_F(IngestTlsTest, OnlyWarnsOfACertificateThatHasExpired) {
  const Identity expired("expired", nullptr, -1);
  directory_.write("cert.pem", expired.certificate());
  directory_.write("key.pem", expired.key());
  EXPECT_EQ(status_for(), 200);
  EXPECT_EQ(logged("certificate has expired"), 1u);
}

class TlsEndToEndTest : public ExporterTest {
 protected:
  TlsEndToEndTest() {
    write_identity(first_);
    configuration_ =
        write_configuration("ingest: {tls_server_config: {cert_file: cert.pem, key_file: key.pem}}\n");
  }

  void write_identity(const Identity& identity) {
    directory_.write("key.pem", identity.key());
    directory_.write("cert.pem", identity.certificate());
  }
  std::string write_configuration(const std::string& ingest) {
    return directory_.write("exporter.yml", "providers: [" SOURCE_DIRECTORY "/config/providers/sip.yml]\n" +
                                                ingest +
                                                "sources:\n  - {name: calls, provider: sip, product: voice, "
                                                "webhook: {path: /calls}}\n");
  }
  /// The status of an event that is delivered to who can prove to be `server`; 0 without one.
  int deliver(const Exporter& exporter, const Identity& server) {
    httplib::SSLClient client("127.0.0.1", exporter.ingest_port());
    client.set_ca_cert_path(directory_.write("ca.pem", server.certificate()).c_str());
    client.enable_server_certificate_verification(true);
    const auto result = client.Post("/calls", "SIP/2.0 503 Service Unavailable", "text/plain");
    return result ? result->status : 0;
  }

  TemporaryDirectory directory_;
  Identity first_{"first"};
  std::string configuration_;
};

TEST_F(TlsEndToEndTest, CountsAndFollowsItsFiles) {
  Exporter& exporter = start({.configuration = configuration_});
  EXPECT_EQ(deliver(exporter, first_), 200);
  EXPECT_EQ(exporter.metric("telephony_exporter_events_received_total", {{"source", "calls"}}), 1);
  const Identity second("second");
  EXPECT_EQ(deliver(exporter, second), 0);
  write_identity(second);
  EXPECT_TRUE(eventually([&] { return deliver(exporter, second) == 200; }));
  directory_.write("key.pem", first_.key());
  const Answer refused = exporter.reload();
  EXPECT_EQ(refused.status, 500);
  EXPECT_NE(refused.body.find("is not that of the certificate"), std::string::npos) << refused.body;
  EXPECT_EQ(deliver(exporter, second), 200);
  write_configuration("");
  EXPECT_EQ(exporter.reload().status, 200);
  EXPECT_EQ(exporter.post("/calls", "SIP/2.0 503 Service Unavailable", "text/plain").status, 200);
}

}  // namespace
}  // namespace telephony
