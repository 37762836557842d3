#include "journal/batch_blob.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace telephony {
namespace {

static_assert(std::endian::native == std::endian::little);

/// Without has_count, as in every older journal, a posting is one event.
enum Part : std::uint8_t { has_key = 1, has_error = 2, has_session = 4, has_account = 8, has_count = 16 };
constexpr std::uint8_t kAllParts = has_key | has_error | has_session | has_account | has_count;

template <typename T>
void put(std::string& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put(std::string& out, WallTime time) {
  put(out, std::int64_t{std::chrono::nanoseconds(time.time_since_epoch()).count()});
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, take_bytes(sizeof value).data(), sizeof value);
    return value;
  }
  WallTime take_time() { return WallTime(std::chrono::nanoseconds(take<std::int64_t>())); }
  std::string_view take_text() { return take_bytes(take<std::uint32_t>()); }
  /// How many items follow, of which each takes at least `bytes`.
  std::uint32_t take_count(std::size_t bytes) {
    const auto count = take<std::uint32_t>();
    if (count > rest_.size() / bytes) throw Damage("a batch says more than it holds");
    return count;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view take_bytes(std::size_t size) {
    if (size > rest_.size()) throw Damage("a batch ends too early");
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view rest_;
};

void put_posting(std::string& out, const Posting& posting) {
  const bool account = !posting.account.empty();
  const bool several = posting.count != 1;
  put(out, static_cast<std::uint8_t>((posting.key ? has_key : 0) | (posting.error ? has_error : 0) |
                                     (posting.session ? has_session : 0) | (account ? has_account : 0) |
                                     (several ? has_count : 0)));
  put(out, posting.stream);
  put(out, posting.received);
  if (posting.key) put(out, *posting.key);
  if (posting.error) put(out, *posting.error);
  if (posting.session) put(out, *posting.session);
  if (account) put_text(out, posting.account);
  if (several) put(out, posting.count);
}

Posting take_posting(Reader& reader) {
  const auto parts = reader.take<std::uint8_t>();
  if ((parts & ~kAllParts) != 0) throw Damage("a batch has parts that are not known");
  Posting posting;
  posting.stream = reader.take<StreamId>();
  posting.received = reader.take_time();
  if (parts & has_key) posting.key = reader.take<EventKey>();
  if (parts & has_error) posting.error = reader.take<SeriesId>();
  if (parts & has_session) posting.session = reader.take<std::uint8_t>();
  if (parts & has_account) posting.account = reader.take_text();
  if (parts & has_count) posting.count = reader.take<std::uint32_t>();
  return posting;
}

constexpr std::size_t kLeastPosting = sizeof(std::uint8_t) + sizeof(StreamId) + sizeof(std::int64_t);
constexpr std::size_t kLeastPosition = 2 * sizeof(std::uint32_t) + sizeof(std::uint64_t) + 1;

}  // namespace

std::string encode_batch(WallTime committed, std::span<const Posting> postings,
                         std::span<const FilePosition> positions) {
  const auto fresh = [](const Posting& posting) { return !posting.duplicate; };
  constexpr std::size_t kUsualPosting = 64;
  std::string out;
  out.reserve(postings.size() * kUsualPosting);
  put(out, committed);
  put(out, static_cast<std::uint32_t>(std::count_if(postings.begin(), postings.end(), fresh)));
  for (const Posting& posting : postings) {
    if (fresh(posting)) put_posting(out, posting);
  }
  put(out, static_cast<std::uint32_t>(positions.size()));
  for (const FilePosition& position : positions) {
    put_text(out, position.file);
    put(out, position.offset);
    put_text(out, position.fingerprint);
    put(out, static_cast<std::uint8_t>(position.forgotten));
  }
  return out;
}

Batch decode_batch(std::string_view bytes) {
  Reader reader(bytes);
  Batch batch;
  batch.committed = reader.take_time();
  auto left = reader.take_count(kLeastPosting);
  batch.postings.reserve(left);
  for (; left > 0; --left) {
    batch.postings.push_back(take_posting(reader));
  }
  for (left = reader.take_count(kLeastPosition); left > 0; --left) {
    FilePosition& position = batch.positions.emplace_back();
    position.file = reader.take_text();
    position.offset = reader.take<std::uint64_t>();
    position.fingerprint = reader.take_text();
    position.forgotten = reader.take<std::uint8_t>() != 0;
  }
  if (!reader.at_end()) throw Damage("a batch goes on behind its end");
  return batch;
}

std::string encode_keys(std::span<const KeyRun> runs) {
  std::string out;
  for (const KeyRun& run : runs) {
    put(out, run.since);
    put(out, static_cast<std::uint32_t>(run.keys.size()));
    out.append(reinterpret_cast<const char*>(run.keys.data()), run.keys.size() * sizeof(EventKey));
  }
  return out;
}

std::vector<KeyRun> decode_keys(std::string_view bytes) {
  Reader reader(bytes);
  std::vector<KeyRun> runs;
  while (!reader.at_end()) {
    KeyRun& run = runs.emplace_back();
    run.since = reader.take_time();
    for (auto left = reader.take_count(sizeof(EventKey)); left > 0; --left) {
      run.keys.push_back(reader.take<EventKey>());
    }
  }
  return runs;
}

}  // namespace telephony
