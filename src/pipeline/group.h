// What is committed together.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {

/// One body, and what it turned into.
struct Delivery {
  SourceId source = 0;
  std::string_view idempotency_key;  ///< of the request, while its body is decoded
  WallTime received;
  std::size_t first = 0;  ///< its postings in the group: [first, last)
  std::size_t last = 0;
  std::vector<std::pair<std::size_t, UnlistedCode>> unlisted;  ///< by position of the posting
  RejectCounts causes{};
  Receipt receipt;
  Pipeline::Done done;
};

/// What the event of a posting told of its calls.
struct CallNote {
  std::size_t posting = 0;  ///< its position
  CallSample sample;
};

/// What an event says of a trunk, counted or not.
struct TrunkNote {
  StreamId stream = 0;
  std::string_view account;
  TrunkEvent event;
  std::optional<std::size_t> posting;  ///< that tells the refusal
  WallTime received;
};

/// Deques keep the accounts, and the delivery that is being filled, where they are.
struct Group {
  std::vector<Posting> postings;
  std::vector<TrunkNote> trunk_notes;
  std::vector<CallNote> calls;
  std::vector<FilePosition> positions;
  std::deque<std::string> accounts;
  std::deque<Delivery> deliveries;

  void clear() {
    postings.clear();
    trunk_notes.clear();
    calls.clear();
    positions.clear();
    accounts.clear();
    deliveries.clear();
  }
};

}  // namespace telephony
