#include "journal/totals.h"

#include <algorithm>

namespace telephony {

void Totals::add(const Batch& batch) {
  for (const Posting& posting : batch.postings) {
    const std::string account(posting.account);
    if (posting.error) {
      add(History::Errors{*posting.error, account, posting.count, posting.received, posting.received});
    }
    if (posting.session) {
      add(History::Sessions{posting.stream, account, *posting.session, posting.count, posting.received});
    }
  }
  for (const FilePosition& position : batch.positions) positions[position.file] = position;
}

void Totals::add(const History::Errors& later) {
  const auto [found, added] = errors.try_emplace({later.series, later.account}, later);
  if (added) return;
  found->second.count += later.count;
  found->second.last_seen = std::max(found->second.last_seen, later.last_seen);
}

void Totals::add(const History::Sessions& later) {
  const auto [found, added] = sessions.try_emplace({later.stream, later.account, later.outcome}, later);
  if (!added) found->second.count += later.count;
}

KeyRun keys_of(const Batch& batch) {
  KeyRun run{batch.committed, {}};
  for (const Posting& posting : batch.postings) {
    if (posting.key) run.keys.push_back(*posting.key);
  }
  return run;
}

std::int64_t seal(const HashKey& key, const History::Errors& row) {
  return Seal('e')
      .add(std::int64_t{row.series})
      .add(row.account)
      .add(static_cast<std::int64_t>(row.count))
      .add(to_nanoseconds(row.created))
      .add(to_nanoseconds(row.last_seen))
      .over(key);
}

std::int64_t seal(const HashKey& key, const History::Sessions& row) {
  return Seal('s')
      .add(std::int64_t{row.stream})
      .add(row.account)
      .add(std::int64_t{row.outcome})
      .add(static_cast<std::int64_t>(row.count))
      .add(to_nanoseconds(row.created))
      .over(key);
}

std::int64_t seal(const HashKey& key, const FilePosition& row) {
  return Seal('p').add(row.file).add(static_cast<std::int64_t>(row.offset)).add(row.fingerprint).over(key);
}

std::int64_t seal(const HashKey& key, const KeptHint& row) {
  return Seal('h')
      .add(std::int64_t{row.series})
      .add(row.account)
      .add(to_bits(row.state.level))
      .add(to_bits(row.state.waiting))
      .add(to_nanoseconds(row.state.changed))
      .add(to_nanoseconds(row.state.not_before))
      .over(key);
}

std::int64_t seal(const HashKey& key, StreamId id, const Stream& row, WallTime created) {
  return Seal('n')
      .add(std::int64_t{id})
      .add(row.provider)
      .add(row.product)
      .add(to_nanoseconds(created))
      .over(key);
}

std::int64_t seal(const HashKey& key, SeriesId id, const ErrorSeries& row, WallTime created) {
  return Seal('r')
      .add(std::int64_t{id})
      .add(std::int64_t{row.stream})
      .add(row.code)
      .add(row.reason)
      .add(row.family)
      .add(to_nanoseconds(created))
      .over(key);
}

}  // namespace telephony
