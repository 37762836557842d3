// The metrics of calls that are open and of the trunks that they take.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "telephony_exporter/hint/trunks.h"
#include "telephony_exporter/record/ledger.h"

namespace telephony {

/// What an event says of a trunk, counted or not.
struct TrunkNote {
  StreamId stream = 0;
  std::string_view account;            ///< as told; may be empty
  TrunkEvent event;                    ///< its trunk is filled in when it is seen
  std::optional<std::size_t> posting;  ///< the position of the one that tells the refusal
  WallTime received;
};

/// Thread-safe. Nothing of it outlives a restart; a reload changes limits, never counts.
class TrunkMetrics : public Rendered {
 public:
  using Clock = std::function<WallTime()>;

  /// The ledger, which decides on accounts, must outlive the metrics.
  TrunkMetrics(std::shared_ptr<const Settings> settings, Ledger& ledger,
               Clock clock = std::chrono::system_clock::now);

  /// To be called after the ledger has adopted them.
  void adopt(std::shared_ptr<const Settings> settings);

  /// These are to be seen soon: the memory that the first of them need comes while something else is done.
  /// Never waits.
  void expect(std::span<const TrunkNote> notes) const;

  /// What events say, in their order.
  void see(std::span<TrunkNote> notes);

  bool any() const;  ///< of which something was told
  /// What a hint wants to know; `account` as counted, empty where events name none.
  TrunkView view(StreamId stream, std::string_view account) const;

  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<RenderedFamily> rendered(PageFormat format) const override;

 private:
  struct Reading;
  Reading read() const;
  TrunkId trunk(StreamId stream, std::string_view account) const;

  Ledger& ledger_;
  Clock clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  mutable Trunks trunks_;  ///< to read it, time must pass
};

}  // namespace telephony
