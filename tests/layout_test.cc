// Fields in lines of text: pairs, logfmt, JSON behind other text, rows with and without a header; parts of
// values, encoded values, codes of several numberings side by side.
#include <gtest/gtest.h>

#include "settings_fixture.h"
#include "telephony_exporter/decode/decoder.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

const char* const kInner = R"(
provider: inner
title: Inner
code_spaces:
  - name: inner
    products: [voice]
    title: Inner
    source: https://example.com/inner
    families:
      - {name: low, title: Low, pattern: "1-31", unlisted: {category: normal, severity: info, retry: never}}
    codes:
      - {code: "17", reason: busy, family: low, category: user, severity: info, retry: never, message: User busy,
         meaning: m, remedy: r, aliases: [USER_BUSY]}
      - {code: "16", reason: cleared, family: low, category: normal, severity: info, retry: never, message: Cleared,
         meaning: m, remedy: r, counts: false}
)";

const char* const kCatalog = R"(
provider: acme
title: Acme
no_error: ["0", "200"]
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    include: [{file: inner.yml, numbering: cause}]
    families:
      - {name: failure, title: Failures, pattern: "4xx", unlisted: {like: "486"}}
    codes:
      - {code: "486", reason: busy_here, family: failure, category: user, severity: info, retry: never,
         message: Busy here, meaning: m, remedy: r}
outcomes: {completed: [2xx, done], busy: ["486"], failed: [4xx], ongoing: ["401"]}
reason_protocols: [Own, SIP, {protocol: Q.850, numbering: cause}]
records: [/record]
layouts:
  - {as: pairs, after: ["ACC: ", "acc> "]}
  - {as: pairs, after: ["AMI "], separator: ", ", equals: ": "}
  - {as: json, after: ["json:"]}
  - {as: csv, columns: [id, code, words, trunk]}
  - {as: logfmt}
events:
  - kind: encoded
    when: {field: /kind, equals: [url, URI]}
    percent_encoded: true
    code: [{field: /code, after: "sip:"}, {field: /cause, numbering: cause}]
    text: [/words]
    account: [/trunk]
  - kind: call
    when: [/code, /cause, /status, /reason]
    status: [/status]
    code: [{reason: /reason}, {field: /cause, numbering: cause}, /code]
    text: [/words]
    account: [{field: /trunk, after: "PJSIP/", before: "-"}, /gateway]
    retry_after: [/retry_after]
    dedup: {id: [/id]}
lines:
  - {kind: reason, pattern: 'Reason: {reason}'}
  - {kind: quoted_reason, pattern: 'why "{reason}" trunk {account} '}
  - {kind: hangup, pattern: 'Hangup {} [{word}] trunk={account}', numbering: cause}
  - {kind: log, pattern: 'failed with {code}: {text}'}
)";

const Settings& settings() {
  static const TestDirectory directory;
  static const auto loaded = [] {
    directory.write("inner.yml", kInner);
    return settings_of(directory, kCatalog);
  }();
  return *loaded;
}

std::string shown(const Record& record) {
  if (std::holds_alternative<Ignored>(record)) return "ignored";
  if (const auto* reject = std::get_if<Reject>(&record)) return "reject " + reject->detail;
  const Event& event = std::get<Event>(record);
  std::string out(event.kind);
  const auto add = [&](const char* what, std::string_view value) {
    if (!value.empty()) out += ' ' + std::string(what) + '=' + std::string(value);
  };
  add("code", event.code);
  add("of", event.numbering);
  add("text", event.text);
  add("account", event.account);
  add("id", event.identity);
  add("session", event.session ? name(*event.session) : "");
  if (event.retry_after) add("retry", std::to_string(event.retry_after->count()));
  return out;
}

using Records = std::vector<std::string>;

Records decoded(BodyFormat format, std::string_view body, std::string_view csv_header = {}) {
  static Decoder decoder;
  Records records;
  RawEvent raw;
  raw.format = format;
  raw.body = body;
  raw.csv_header = csv_header;
  decoder.decode(settings().sources.front(), raw,
                 [&](const Record& record) { records.push_back(shown(record)); });
  return records;
}

std::string line(std::string_view text) {
  const Records records = decoded(BodyFormat::text, text);
  return records.size() == 1 ? records.front() : std::to_string(records.size()) + " records";
}

TEST(Layouts, PairsBehindALiteral) {
  EXPECT_EQ(line("Jan 13 x: ACC: code=486;words=Busy Here;id=c1;gateway=gw"),
            "call code=486 text=Busy Here account=gw id=4:call2:c1");
  EXPECT_EQ(line("acc> code = 486 ; words = Busy = Here ;;x"), "call code=486 text=Busy = Here");
  EXPECT_EQ(line("AMI Event: Hangup, Code: 404, Words: Gone"), "call code=404 text=Gone");
  EXPECT_EQ(line("ACC: nothing"), "ignored");
  EXPECT_EQ(line("ACC: other=1"), "ignored");
  EXPECT_EQ(line("ACC: code=;status=486"), "call session=busy");
  EXPECT_EQ(line("ACC: code=486;code=404"), "call code=486") << "the first one stays";
}

TEST(Layouts, Logfmt) {
  EXPECT_EQ(line(R"(ts=1 code=486 words="Busy \"Here\"" gateway=gw)"),
            R"(call code=486 text=Busy "Here" account=gw)");
  EXPECT_EQ(line(R"(a code=486)"), "call code=486");
  EXPECT_EQ(line(R"(code=)"), "ignored");
  EXPECT_EQ(line(R"(code="486)"), "call code=486");
  EXPECT_EQ(line(R"(= == code=486)"), "call code=486");
  EXPECT_EQ(line(R"(words="code=486")"), "ignored");
  EXPECT_EQ(line("failed: code=486, words=busy; gateway=gw,1"), "call code=486 text=busy account=gw,1");
  EXPECT_EQ(line(R"(code=486,; words="busy," gateway=,)"), "call code=486, text=busy,");
  EXPECT_EQ(line("status=486&code=486"), "ignored") << "a form";
  EXPECT_EQ(line("status=486&code=486 code=404"), "call code=404");
}

TEST(Layouts, AnErrorInWordsIsFoundBesideTheFields) {
  EXPECT_EQ(line(R"(id=c9 status=486 msg="failed with 404: Gone")"),
            "call code=404 text=Gone id=4:call2:c9 session=busy");
  EXPECT_EQ(line(R"(id=c9 status=done msg="all is well")"), "call id=4:call2:c9 session=completed");
}

TEST(Layouts, JsonBehindALiteral) {
  EXPECT_EQ(line(R"(Jan 13 host json: {"code":486,"id":"c2"} trailing)"), "call code=486 id=4:call2:c2");
  EXPECT_EQ(line(R"(Jan 13 host json: {"code":486)"), "ignored");
  EXPECT_EQ(line("json: }{"), "ignored");
}

TEST(Layouts, RowsOfKnownColumns) {
  EXPECT_EQ(line(R"("c3","486","Busy, ""Here""", "PJSIP/carrier-a-0001")"),
            R"(call code=486 text=Busy, "Here" account=carrier-a id=4:call2:c3)");
  EXPECT_EQ(line("c3,486,,"), "call code=486 id=4:call2:c3");
  EXPECT_EQ(line("c3,486,"), "ignored") << "a row has as many cells as the layout has columns";
  EXPECT_EQ(line("c3,486,,,"), "ignored");
  EXPECT_EQ(line(R"("c3,486)"), "ignored");
}

TEST(Layouts, AFileWithAHeader) {
  const std::string header = "Time,ID,Code,Words\r\n";
  EXPECT_EQ(decoded(BodyFormat::csv, header + "1,c1,486,Busy\r\n\r\n2,c2,200,OK\n3,c3\n4,c4,404,Gone,more\n"),
            (Records{"call code=486 text=Busy id=4:call2:c1", "call text=OK id=4:call2:c2", "ignored",
                     "call code=404 text=Gone id=4:call2:c4"}));
  EXPECT_EQ(decoded(BodyFormat::csv, "5,c5,404,x\n", "Time,ID,Code,Words"),
            Records{"call code=404 text=x id=4:call2:c5"});
  EXPECT_EQ(decoded(BodyFormat::csv,
                    "\xEF\xBB\xBF"
                    "code,time\n486,1\n"),
            Records{"call code=486"});
  EXPECT_EQ(decoded(BodyFormat::csv, "486,1\n",
                    "\xEF\xBB\xBF"
                    "code,time\r"),
            Records{"call code=486"});
  EXPECT_EQ(decoded(BodyFormat::csv, "time;code\n1;486\n"), Records{"call code=486"});
  EXPECT_EQ(decoded(BodyFormat::csv, "time\tcode\n1\t486\n"), Records{"call code=486"});
  EXPECT_EQ(decoded(BodyFormat::csv, header), Records{}) << "a header is no record";
  EXPECT_EQ(decoded(BodyFormat::csv, ""), Records{});
  EXPECT_EQ(decoded(BodyFormat::csv, "time,code\nfailed with 404: Gone\n"),
            Records{"log code=404 text=Gone"});
}

TEST(Layouts, AFileWithoutAHeaderIsLines) {
  EXPECT_EQ(decoded(BodyFormat::csv, "c1,486,x,\nc2,404,y,\n"),
            (Records{"call code=486 text=x id=4:call2:c1", "call code=404 text=y id=4:call2:c2"}));
  EXPECT_EQ(decoded(BodyFormat::csv, "c2,404,y,\n", "c1,486,x,"),
            Records{"call code=404 text=y id=4:call2:c2"});
}

TEST(Layouts, ALongRowIsRefused) {
  const std::string row = "time,code\n" + std::string(limits::kLineBytes + 1, 'x') + "\n1,486\n";
  EXPECT_EQ(decoded(BodyFormat::csv, row),
            (Records{"reject line 2 is longer than 8192 bytes", "call code=486"}));
}

TEST(Layouts, EncodedValuesAndPartsOfValues) {
  EXPECT_EQ(decoded(BodyFormat::json,
                    R"({"kind":"URL","code":"sip%3A486","words":"Busy%20Here","trunk":"a%2fb+c"})"),
            Records{"encoded code=486 text=Busy Here account=a/b+c"});
  EXPECT_EQ(
      decoded(BodyFormat::json, R"({"kind":"uri","code":"tel%3A486","cause":"USER_BUSY","words":"100%"})"),
      Records{"encoded code=USER_BUSY of=cause text=100%"});
  EXPECT_EQ(decoded(BodyFormat::json, R"({"kind":"url","code":"sip%3A200","cause":"%zz"})"),
            Records{"encoded code=%zz of=cause"})
      << "what is no encoding stays as it is";
  EXPECT_EQ(decoded(BodyFormat::json, R"({"code":486,"trunk":"PJSIP/a-b-0001"})"),
            Records{"call code=486 account=a-b"});
  EXPECT_EQ(decoded(BodyFormat::json, R"({"code":486,"trunk":"Local/a-0001","gateway":"g"})"),
            Records{"call code=486 account=g"});
}

TEST(Layouts, ARecordInAForm) {
  EXPECT_EQ(decoded(BodyFormat::form, "a=b&record=%7B%22code%22%3A486%7D"), Records{"call code=486"});
  EXPECT_EQ(decoded(BodyFormat::form, "record=%5B%7B%22code%22%3A486%7D%2C%7B%7D%5D"),
            (Records{"call code=486", "ignored"}));
  EXPECT_EQ(decoded(BodyFormat::form, "record=%7B"),
            Records{"reject the record in the form is not JSON: wrong at its end"});
  EXPECT_EQ(decoded(BodyFormat::form, "record=&code=404"), Records{"call code=404"});
}

TEST(Numberings, TheSpacesOwnCodeWinsOverADerivedOne) {
  EXPECT_EQ(line("ACC: cause=17;code=486"), "call code=486");
  EXPECT_EQ(line("ACC: cause=17;code=200"), "call code=17 of=cause") << "no error says nothing of the cause";
  EXPECT_EQ(line("ACC: cause=17"), "call code=17 of=cause");
  EXPECT_EQ(decoded(BodyFormat::json, R"({"reason":"Q.850;cause=17;text=\"x\"","code":486})"),
            Records{"call code=486"});
  EXPECT_EQ(decoded(BodyFormat::json, R"({"reason":"Q.850;cause=18;text=\"x\"","cause":17})"),
            Records{"call code=18 of=cause text=x"});
}

TEST(Numberings, AReasonHeaderSpeaksTheProtocolsOfTheCatalog) {
  EXPECT_EQ(line("x Reason: SIP;cause=486"), "reason code=486");
  EXPECT_EQ(line("x Reason: Q.850;cause=17, SIP;cause=486;text=\"a, b; c\""), "reason code=486 text=a, b; c");
  EXPECT_EQ(line("x Reason: SIP;cause=486, own ;cause=4 ;text=\"mine\" and so on"),
            "reason code=4 text=mine");
  EXPECT_EQ(line("x Reason: Q.850;cause=17"), "reason code=17 of=cause");
  EXPECT_EQ(line("x Reason: RELEASE_CAUSE;cause=1"), "reason") << "a protocol that the catalog does not name";
  EXPECT_EQ(line("x Reason: because"), "ignored");
  EXPECT_EQ(line(R"(x why "Q.850;cause=17" trunk gw1 )"), "quoted_reason code=17 of=cause account=gw1");
  EXPECT_EQ(line("Hangup a/b [x] [USER_BUSY] trunk=gw1"), "ignored");
  EXPECT_EQ(line("Hangup a/b [USER_BUSY] trunk=gw1"), "hangup code=USER_BUSY of=cause account=gw1");
}

TEST(Outcomes, OfCodes) {
  const std::vector<std::pair<const char*, const char*>> cases = {{"200", "completed"},  {"486", "busy"},
                                                                  {"487", "failed"},     {"500", "other"},
                                                                  {"done", "completed"}, {"4", "other"}};
  for (const auto& [status, outcome] : cases) {
    EXPECT_EQ(line("ACC: status=" + std::string(status)), "call session=" + std::string(outcome));
  }
  EXPECT_EQ(line("ACC: status=401"), "call") << "the call goes on";
}

TEST(RetryAfterField, IsReadOrLeftOut) {
  EXPECT_EQ(line("ACC: code=486;retry_after=120 (meeting)"), "call code=486 retry=120");
  EXPECT_EQ(line("ACC: code=486;retry_after=tomorrow"), "call code=486");
}

}  // namespace
}  // namespace telephony
