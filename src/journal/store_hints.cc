// Retry hints in the journal: one row each, changed in place.
#include "journal/store.h"
#include "journal/totals.h"

namespace telephony {
namespace {

void write_hints(Database& database, const HashKey& key, std::span<const KeptHint> hints,
                 std::uint64_t& seals) {
  Statement select = database.prepare("SELECT seal FROM hints WHERE series = ? AND account = ?");
  Statement remove = database.prepare("DELETE FROM hints WHERE series = ? AND account = ?");
  Statement write = database.prepare("INSERT INTO hints VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (const KeptHint& row : hints) {
    const HintState& state = row.state;
    const std::string_view account = row.account;
    if (select.bind(row.series).bind(account).step()) seals -= static_cast<std::uint64_t>(select.integer(0));
    select.reset();
    remove.bind(row.series).bind(account).run();
    if (state == HintState()) continue;
    const std::int64_t sealed = seal(key, row);
    seals += static_cast<std::uint64_t>(sealed);
    write.bind(row.series).bind(account).bind(to_bits(state.level)).bind(to_bits(state.waiting));
    write.bind(to_nanoseconds(state.changed)).bind(to_nanoseconds(state.not_before)).bind(sealed).run();
  }
}

}  // namespace

void Store::keep(std::span<const KeptHint> hints) {
  Head head = head_;
  Transaction transaction(database_);
  if (head.format < kFormat) {
    database_.run(kHintsTable);
    head.format = kFormat;
  }
  write_hints(database_, head.hash_key, hints, head.seals);
  write_head(head);
  transaction.commit();
  head_ = head;
}

void Store::load_hints(History& history, std::uint64_t& seals) {
  if (head_.format < kFormat) return;
  Statement rows =
      database_.prepare("SELECT series, account, level, waiting, changed, not_before, seal FROM hints");
  while (rows.step()) {
    KeptHint& row = history.hints.emplace_back();
    row.series = static_cast<SeriesId>(rows.integer(0));
    row.account = rows.bytes(1);
    row.state = {from_bits(rows.integer(2)), from_bits(rows.integer(3)), from_nanoseconds(rows.integer(4)),
                 from_nanoseconds(rows.integer(5))};
    expect(seal(head_.hash_key, row) == rows.integer(6) && row.series < history.table.errors().size(),
           "a hint is not what was written");
    seals += static_cast<std::uint64_t>(rows.integer(6));
  }
}

}  // namespace telephony
