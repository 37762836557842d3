// The running exporter while its journal cannot be written to: it says so, loses nothing, and recovers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "journal_fixture.h"
#include "process.h"

namespace telephony {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

const char* const kCatalog = R"(
provider: acme
title: Acme
code_spaces:
  - name: voice
    products: [voice]
    title: Voice
    source: https://example.com/codes
    families:
      - {name: lines, title: Lines, unlisted: {category: capacity, severity: warning, retry: never}}
    codes:
      - {code: "1", reason: full, family: lines, category: capacity, severity: critical, retry: never,
         message: Full, meaning: m, remedy: r}
events:
  - {kind: call, when: [/code], code: [/code], dedup: {id: [/id]}}
)";

class JournalTroubleTest : public ExporterTest {
 protected:
  Exporter& start() {
    directory_.write("acme.yml", kCatalog);
    const std::string config = directory_.write(
        "exporter.yml",
        "providers: [acme.yml]\n"
        "sources:\n"
        "  - {name: calls, provider: acme, product: voice, webhook: {path: /calls, auth: none}}\n");
    return ExporterTest::start({.configuration = config, .journal = journal_});
  }
  static Answer post(const Exporter& exporter, const std::string& id) {
    return exporter.post("/calls", R"({"code":1,"id":")" + id + "\"}");
  }

  /// Posts until the exporter has noticed, and returns the ids that it did not take.
  static std::vector<std::string> expect_refused(const Exporter& exporter) {
    std::vector<std::string> refused;
    EXPECT_TRUE(eventually(seconds(10), [&] {
      const std::string id = "refused " + std::to_string(refused.size());
      const Answer answer = post(exporter, id);
      if (answer.status == 200) return false;
      EXPECT_EQ(answer.status, 503);
      EXPECT_EQ(answer.headers.count("Retry-After"), 1U);
      EXPECT_EQ(answer.type, "application/problem+json");
      refused.push_back(id);
      return exporter.get("/-/ready").status == 503;
    }));
    EXPECT_EQ(exporter.metric("telephony_exporter_journal_healthy"), 0);
    EXPECT_EQ(exporter.get("/-/healthy").status, 200);
    EXPECT_EQ(post(exporter, "before").status, 200) << "what is counted already is acknowledged";
    EXPECT_THAT(exporter.errors(), HasSubstr("the journal cannot commit; senders are told to try again"));
    return refused;
  }

  static void expect_recovers(const Exporter& exporter, const std::vector<std::string>& refused) {
    EXPECT_TRUE(eventually(seconds(10), [&] { return exporter.get("/-/ready").status == 200; }))
        << "nobody sent anything, it has to find out by itself";
    EXPECT_EQ(exporter.metric("telephony_exporter_journal_healthy"), 1);
    EXPECT_THAT(exporter.errors(), HasSubstr("the journal commits again"));
    for (const std::string& id : refused) {
      EXPECT_THAT(post(exporter, id).body, HasSubstr(R"("counted":1)")) << id;
      EXPECT_THAT(post(exporter, id).body, HasSubstr(R"("duplicate":1)")) << id;
    }
    EXPECT_THAT(post(exporter, "before").body, HasSubstr(R"("duplicate":1)"));
    EXPECT_EQ(exporter.metric("telephony_errors_total", {{"code", "1"}}), 1 + refused.size());
  }

  TemporaryDirectory directory_;
  const std::string journal_ = directory_.path() + "/journal.db";
};

TEST_F(JournalTroubleTest, ALockOfSomebodyElse) {
  const Exporter& exporter = start();
  EXPECT_EQ(post(exporter, "before").status, 200);
  Sql other(journal_);
  other.run("BEGIN IMMEDIATE");
  const auto refused = expect_refused(exporter);
  other.run("ROLLBACK");
  expect_recovers(exporter, refused);
}

/// The limit on the size of files stands for a disk without space; to set one needs no rights.
TEST_F(JournalTroubleTest, ADiskWithoutSpace) {
  Exporter& exporter = start();
  EXPECT_EQ(post(exporter, "before").status, 200);
  rlimit before{};
  ASSERT_EQ(prlimit(exporter.process().id(), RLIMIT_FSIZE, nullptr, &before), 0);
  const rlimit full{std::filesystem::file_size(journal_ + "-wal"), before.rlim_max};
  ASSERT_EQ(prlimit(exporter.process().id(), RLIMIT_FSIZE, &full, nullptr), 0);
  const auto refused = expect_refused(exporter);
  ASSERT_EQ(prlimit(exporter.process().id(), RLIMIT_FSIZE, &before, nullptr), 0);
  expect_recovers(exporter, refused);
}

TEST_F(JournalTroubleTest, ABackupDisturbsNobody) {
  const Exporter& exporter = start();
  EXPECT_EQ(post(exporter, "before").status, 200);
  Sql other(journal_);
  other.run("BEGIN; SELECT * FROM batches");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(post(exporter, std::to_string(i)).status, 200);
  EXPECT_EQ(exporter.metric("telephony_exporter_journal_healthy"), 1);
  other.run("ROLLBACK; VACUUM INTO '" + directory_.path() + "/backup.db'");
  EXPECT_EQ(inspect_journal(directory_.path() + "/backup.db").errors, 21U);
  EXPECT_EQ(post(exporter, "after").status, 200);
}

TEST_F(JournalTroubleTest, ASecondExporterOnTheSameJournal) {
  const Exporter& exporter = start();
  EXPECT_EQ(post(exporter, "before").status, 200);
  const Finished second =
      run_exporter({"--config.file=" + directory_.path() + "/exporter.yml", "--journal.path=" + journal_,
                    "--web.listen-address=127.0.0.1:0", "--ingest.listen-address=127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr("--journal.path '" + journal_ +
                                       "' cannot be used: it is in use by another telephony_exporter\n"));
  EXPECT_EQ(post(exporter, "after").status, 200);
}

}  // namespace
}  // namespace telephony
