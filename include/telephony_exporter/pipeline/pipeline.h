// The river's middle: decode, classify, commit, count; in this order, and nothing is acknowledged before.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>

#include "telephony_exporter/classify/classify.h"
#include "telephony_exporter/decode/decoder.h"
#include "telephony_exporter/event/done.h"
#include "telephony_exporter/hint/hints.h"
#include "telephony_exporter/journal/journal.h"
#include "telephony_exporter/journal/session_keys.h"
#include "telephony_exporter/log/log.h"
#include "telephony_exporter/pipeline/unlisted.h"
#include "telephony_exporter/record/call_metrics.h"
#include "telephony_exporter/record/exemplars.h"
#include "telephony_exporter/record/exporter_metrics.h"
#include "telephony_exporter/record/ledger.h"
#include "telephony_exporter/record/trunk_metrics.h"

namespace telephony {

/// Where the river's middle reads and writes; all must outlive the pipeline.
struct PipelineParts {
  Journal& journal;
  Ledger& ledger;
  Hints& hints;
  ExporterMetrics& metrics;
  CallMetrics& calls;
  UnlistedCodes& unlisted;
  Log& log;
  TrunkMetrics* trunks = nullptr;  ///< null: nobody asks which calls are open
  Exemplars* exemplars = nullptr;  ///< null: nobody asks which sessions were counted
};

struct Group;
struct Delivery;

/// Thread-safe.
class Pipeline {
 public:
  using Clock = std::function<WallTime()>;

  /// Who commits: the caller of `accept`, or a thread that takes all that came while it was at work.
  enum class Commits : std::uint8_t { each, grouped };

  explicit Pipeline(PipelineParts parts, Commits commits, Clock clock = std::chrono::system_clock::now);
  ~Pipeline();

  /// Takes one body of a source. `done` is called once, when its events are committed and counted, or
  /// refused; on this thread or another. `raw` is not used after this returns.
  void accept(const Source& source, const RawEvent& raw, const Done& done);

  /// Counts requests or messages that were refused before they could be split: each is one received and one
  /// rejected.
  void refuse(const Source& source, RejectCause cause, std::uint64_t count = 1);

  /// Commits what waits, and takes no more groups. Nothing may be accepted afterwards.
  void stop();

 private:
  void add(const Source& source, const Record& record, Delivery& delivery);
  void add_event(const Source& source, const Event& event, Delivery& delivery);
  bool take(const Source& source, const RawEvent& raw, const Done& done);
  Posting& add_posting(const Source& source, const Delivery& delivery);
  bool raise(std::size_t posting);
  void note_calls(const Event& event);
  void note_trunk(const Source& source, const Event& event, bool refused, WallTime received);
  void see_trunks(Group& group);
  void begin_identities(const Source& source);
  std::optional<EventKey> key_of(const Source& source, const Event& event, const Delivery& delivery);
  void run();
  void run_or_abort() noexcept;
  void settle(Group& group, WallTime now);
  void count(Group& group);
  void observe(const Group& group);
  void settle(Group& group, Delivery& delivery, bool committed);
  void maintain(WallTime now);
  bool keep_hints(WallTime now);
  void note_unlisted(const Group& group, const Delivery& delivery);
  void warn(const Source& source, const Event& event, WallTime now);

  /// The last plain posting of events that are alike, if it is one of the delivery that is being taken.
  struct Alike {
    std::uint64_t delivery = 0;
    std::size_t posting = 0;
  };

  /// An unlisted code that lines say, in whatever words they do.
  struct Unlisted {
    std::shared_ptr<const UnlistedCode> shown;
    SeriesId series = 0;
    Alike alike;
  };

  /// What plain events of an Event::alike are. The number is of one code space, so it tells an entry of it.
  struct AlikeText {
    std::uint64_t text = 0;                   ///< its number
    std::shared_ptr<Unlisted> unlisted = {};  ///< null: the entry is listed, or not known
    std::optional<std::uint32_t> entry = {};
  };
  static constexpr std::size_t kAlikeTexts = 4096;
  bool add_plain(const Source& source, const Event& event, const Classification& meaning, bool refused);
  bool add_to_alike(Alike& alike, bool refused);
  bool add_again(const Source& source, std::uint64_t text, Delivery& delivery);
  std::shared_ptr<const UnlistedCode> shown(const Source& source, const Event& event, std::uint32_t entry);
  Unlisted& unlisted(const Source& source, const Event& event, std::uint32_t entry);
  AlikeText& alike_text(std::uint64_t text);

  PipelineParts parts_;
  Clock clock_;
  WallTime hints_tried_;         ///< when the last of them were given to the journal
  WallTime hints_forgotten_;     ///< when old ones were looked for
  std::mutex mutex_;             ///< over what follows
  std::unique_ptr<Group> open_;  ///< what waits for the next commit
  Classifier classifier_;
  Decoder decoder_;
  SessionKeys sessions_;
  std::string identity_;                ///< begins with what all events of the source have in common
  std::size_t identity_prefix_ = 0;     ///< that many bytes of it
  std::uint64_t deliveries_ = 0;        ///< that were taken; the number of the last one
  std::vector<Alike> alike_;            ///< by SeriesId
  std::vector<AlikeText> alike_texts_;  ///< by the number's last bits; empty until there is one
  /// By series, code and text; a series is of one provider, product and family.
  std::map<std::tuple<SeriesId, std::string, std::string>, std::shared_ptr<Unlisted>> unlisted_;
  std::map<std::string, WallTime, std::less<>> warned_;
  bool stopping_ = false;
  bool asleep_ = false;  ///< the committer waits to be told that something arrived
  std::condition_variable arrived_;
  std::thread committer_;
};

}  // namespace telephony
