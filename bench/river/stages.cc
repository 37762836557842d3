#include "bench/river/stages.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "telephony_exporter/classify/classify.h"
#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/decode/decoder.h"
#include "telephony_exporter/expose/exposition.h"
#include "telephony_exporter/journal/journal.h"
#include "telephony_exporter/record/ledger.h"

namespace telephony::bench {
namespace {

constexpr std::size_t kEventBytes = 1009, kBatch = 1000, kAccounts = 370;
constexpr WallTime kNow{std::chrono::seconds(1'760'000'000)};

/// Written into the temporary directory for as long as it takes to read it.
std::shared_ptr<const Settings> settings(const std::string& directory) {
  const std::string catalogs = std::filesystem::absolute(directory).string();
  const auto path =
      std::filesystem::temp_directory_path() / ("telephony_stages-" + std::to_string(getpid()) + ".yml");
  std::ofstream(path) << "providers: [" << catalogs << "/8x8.yml, " << catalogs << "/restcomm.yml, "
                      << catalogs << R"(/synthflow.yml]
accounts: {max: 1000}
sources:
  - {name: json, provider: 8x8, product: number_masking, webhook: {path: /json, auth: none}}
  - {name: form, provider: restcomm, product: voice, webhook: {path: /form, auth: none}}
  - {name: text, provider: synthflow, product: voice, webhook: {path: /text, auth: none}}
)";
  auto read = load_settings(path.string());
  std::filesystem::remove(path);
  return read;
}

std::string text(const char* format, std::size_t a, std::size_t b, std::size_t c) {
  std::array<char, 1024> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), format, a, b, c);
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::string session(std::size_t n) {
  std::string body = text(
      R"({"namespace":"VOICE","eventType":"SESSION_SUMMARY","description":"Session summary of a call","payload":)"
      R"({"sessionId":"%09zu","timestamp":"2026-01-13T08:29:43Z","subAccountId":"account_%zu","sessionStatus":"ERROR",)"
      R"("errorDetails":{"errorCode":-20%02zu,"errorMessage":""},"callDuration":0,"padding":")",
      n, n % 4, n % 10 + 1);
  return body + std::string(kEventBytes - body.size() - 3, 'x') + "\"}}";
}

std::string form(std::size_t n) {
  return text(
      "CallSid=CA%zu&AccountSid=AC%zu&From=alice&To=%%2B15550100&CallStatus=failed&Direction=outbound-api&"
      "ApiVersion=2012-04-24&ErrorCode=111%zu&Timestamp=Tue%%2C+13+Jan+2026+08%%3A29%%3A43+GMT",
      n, n % 4, n % 3);
}

std::string line(std::size_t n) {
  if (n % 10 >= 3)
    return text("2026-01-13T08:%02zu:%02zu.%03zu+00:00 INFO  dialer[7]: call started, from trunk to agent\n",
                n / 60 % 60, n % 60, n % 1000);
  constexpr std::array<const char*, 3> kErrors = {
      "2026-01-13T08:%02zu:%02zu.%03zu+00:00 ERROR dialer[7]: call=1 Telephony - 486 - Busy Here\n",
      "2026-01-13T08:%02zu:%02zu.%03zu+00:00 ERROR dialer[7]: call=1 Telephony - 480 - Temporarily not "
      "available\n",
      "2026-01-13T08:%02zu:%02zu.%03zu+00:00 ERROR dialer[7]: call=1 Telephony - 503 - Service "
      "Unavailable\n"};
  return text(kErrors[n % 10], n / 60 % 60, n % 60, n % 1000);
}

template <typename Make>
std::string joined(Make make, const char* end) {
  std::string all;
  for (std::size_t n = 0; n < kBatch; ++n) all += make(n) + end;
  return all;
}

void expect(std::size_t found, std::size_t wanted, const char* of) {
  if (found != wanted) {
    throw std::logic_error(std::string(of) + ": " + std::to_string(found) + " instead of " +
                           std::to_string(wanted));
  }
}

/// Decodes bodies of one source, each of which is `events` events and nothing to reject.
struct Decoding {
  Decoding(std::shared_ptr<const Settings> all, const char* source, BodyFormat as,
           std::vector<std::string> what, std::size_t count)
      : settings(std::move(all)),
        from(*settings->source(source)),
        format(as),
        bodies(std::move(what)),
        events(count) {}

  void operator()() {
    std::size_t found = 0;
    for (const std::string& body : bodies) {
      RawEvent raw;
      raw.format = format;
      raw.body = body;
      decoder.decode(from, raw,
                     [&](const Record& record) { found += std::holds_alternative<Event>(record); });
    }
    expect(found, events, "events decoded");
  }

  std::shared_ptr<const Settings> settings;
  const Source& from;
  BodyFormat format;
  std::vector<std::string> bodies;
  std::size_t events;
  Decoder decoder;
};

template <typename Work, typename... Arguments>
std::function<void()> runs(Arguments&&... arguments) {
  auto work = std::make_shared<Work>(std::forward<Arguments>(arguments)...);
  return [work] { (*work)(); };
}

struct Classifying {
  explicit Classifying(std::shared_ptr<const Settings> all)
      : settings(std::move(all)), space(*settings->source("json")->space) {
    for (std::size_t n = 0; n < kBatch; ++n) codes.push_back("-" + std::to_string(2001 + n % 10));
  }

  void operator()() {
    std::size_t found = 0;
    Event event;
    event.session = Outcome::error;
    for (const std::string& code : codes) {
      event.code = code;
      found += classify(event, space, scratch).has_value();
    }
    expect(found, kBatch, "events classified");
  }

  std::shared_ptr<const Settings> settings;
  const CodeSpace& space;
  std::vector<std::string> codes;
  std::string scratch;
};

/// Keys that were never seen, as nearly all are; the window is at its limit after 100 runs.
struct Remembering {
  Remembering() : journal(make_memory_journal({std::chrono::hours(96), 100 * kBatch})), postings(kBatch) {}

  void operator()() {
    for (Posting& posting : postings)
      posting.key = journal->key(std::to_string(++number)), posting.duplicate = false;
    if (!journal->commit(postings, {}, kNow)) throw std::logic_error("no commit");
    for (const Posting& posting : postings) expect(posting.duplicate, 0, "duplicates");
    journal->maintain(kNow);
  }

  std::unique_ptr<Journal> journal;
  std::vector<Posting> postings;
  std::uint64_t number = 0;
};

struct Counting {
  explicit Counting(const std::shared_ptr<const Settings>& settings) : ledger(settings), postings(kBatch) {
    const Source& source = *settings->source("json");
    for (std::size_t n = 0; n < kBatch; ++n) names.push_back("account_" + std::to_string(n % 4));
    for (std::size_t n = 0; n < kBatch; ++n) {
      postings[n].stream = source.stream;
      postings[n].error = source.series[n % source.series.size()];
      postings[n].session = static_cast<std::uint8_t>(Outcome::error);
      postings[n].account = names[n];
      postings[n].received = kNow;
    }
  }

  void operator()() {
    ledger.admit(postings);
    ledger.post(postings);
  }

  Ledger ledger;
  std::vector<std::string> names;
  std::vector<Posting> postings;
};

/// A page of about ten thousand samples, most of them of accounts.
struct Rendering {
  explicit Rendering(const std::shared_ptr<const Settings>& settings) : ledger(settings) {
    const Source& source = *settings->source("json");
    std::vector<std::string> names;
    for (std::size_t account = 0; account < kAccounts; ++account)
      names.push_back("account_" + std::to_string(account));
    std::vector<Posting> postings;
    for (const std::string& name : names) {
      for (std::size_t code = 0; code < 10; ++code) {
        Posting posting;
        posting.stream = source.stream;
        posting.error = source.series[code];
        posting.session = static_cast<std::uint8_t>(Outcome::error);
        posting.account = name;
        posting.received = kNow;
        postings.push_back(posting);
      }
    }
    ledger.admit(postings);
    ledger.post(postings);
    const std::string page = render();
    for (std::size_t at = 0; at < page.size(); at = page.find('\n', at) + 1) samples += page[at] != '#';
    bytes = page.size();
  }

  std::string render() const {
    const std::array<const prometheus::Collectable*, 1> sources = {&ledger};
    return exposition(sources);
  }
  void operator()() const { expect(render().size(), bytes, "bytes rendered"); }

  Ledger ledger;
  std::size_t samples = 0, bytes = 0;
};

template <typename Make>
std::vector<std::string> many(Make make) {
  std::vector<std::string> all;
  for (std::size_t n = 0; n < kBatch; ++n) all.push_back(make(n));
  return all;
}

}  // namespace

std::vector<Stage> stages(const std::string& catalogs) {
  const auto read = settings(catalogs);
  const auto page = std::make_shared<Rendering>(read);
  using Bodies = std::vector<std::string>;
  return {
      {"decode_json", "event", kBatch, runs<Decoding>(read, "json", BodyFormat::json, many(session), kBatch)},
      {"decode_ndjson", "event", kBatch,
       runs<Decoding>(read, "json", BodyFormat::ndjson, Bodies{joined(session, "\n")}, kBatch)},
      {"decode_form", "event", kBatch, runs<Decoding>(read, "form", BodyFormat::form, many(form), kBatch)},
      {"decode_lines", "line", kBatch,
       runs<Decoding>(read, "text", BodyFormat::text, Bodies{joined(line, "")}, kBatch * 3 / 10)},
      {"classify", "event", kBatch, runs<Classifying>(read)},
      {"remember", "key", kBatch, runs<Remembering>()},
      {"count", "event", kBatch, runs<Counting>(read)},
      {"render", "sample", page->samples, [page] { (*page)(); }},
  };
}

}  // namespace telephony::bench
