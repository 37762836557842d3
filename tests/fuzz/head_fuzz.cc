// The head of an HTTP request, and what the ingest listener reads from a connection. The first byte says in
// pieces of what size the rest arrives; the outcome may not depend on that.
#include <cstdio>
#include <cstdlib>

#include "source/request_reader.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {
namespace {

using ingest::Head;
using ingest::HeadStatus;
using ingest::RequestReader;

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

std::shared_ptr<const Settings> settings() {
  auto made = std::make_shared<Settings>();
  for (const char* path : {"/a", "/b"}) {
    Source source;
    source.name = path + 1;
    source.input = Webhook{path, std::nullopt, ""};
    made->sources.push_back(std::move(source));
  }
  std::get<Webhook>(made->sources[1].input).auth = AuthBearer{{{"t0ken"}}};
  return made;
}

bool is_within(std::string_view view, std::string_view bytes) {
  return view.empty() ||
         (view.data() >= bytes.data() && view.data() + view.size() <= bytes.data() + bytes.size());
}

void check_complete(const Head& head, std::string_view bytes) {
  const std::string_view read = bytes.substr(0, head.bytes);
  require(head.bytes <= bytes.size() && head.bytes <= limits::kHeadBytes, "a head is within its limit");
  require(read.ends_with("\r\n\r\n"), "a head ends with an empty line");
  require(head.fields.size() <= limits::kHeadFields, "fields are bounded");
  require(is_within(head.method, read) && is_within(head.target, read), "method and target are in the head");
  for (const Header& field : head.fields) {
    require(is_within(field.name, read) && is_within(field.value, read), "fields are in the head");
    require(!field.name.empty(), "a field has a name");
    require(field.name.find_first_of("\r\n: ") == field.name.npos, "a name ends before its colon");
    require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == field.value.npos,
            "a value is one line");
  }
  require(!(head.chunked && head.length), "a body is framed in one way");
}

bool same(const Head& a, const Head& b) {
  const auto equal = [](const Header& x, const Header& y) { return x.name == y.name && x.value == y.value; };
  return a.bytes == b.bytes && a.method == b.method && a.target == b.target && a.http_1_0 == b.http_1_0 &&
         a.keep_alive == b.keep_alive && a.chunked == b.chunked && a.length == b.length &&
         std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(), equal);
}

/// What is known of a part is known of the whole.
void check_head(std::string_view bytes, std::size_t piece) {
  static Head whole, part;
  const HeadStatus status = parse_head(bytes, whole);
  if (status == HeadStatus::complete) check_complete(whole, bytes);
  for (std::size_t size = piece; size < bytes.size(); size += piece) {
    const HeadStatus so_far = parse_head(bytes.substr(0, size), part);
    if (so_far == HeadStatus::incomplete) continue;
    require(so_far == status, "what comes later changes no verdict");
    require(so_far != HeadStatus::complete || same(part, whole), "what comes later changes no head");
    break;
  }
  if (status != HeadStatus::complete) return;
  require(parse_head(bytes.substr(0, whole.bytes), part) == HeadStatus::complete && same(part, whole),
          "a head needs nothing behind it");
  require(parse_head(bytes.substr(0, whole.bytes - 1), part) == HeadStatus::incomplete,
          "a head needs its last byte");
}

constexpr std::string_view kBodyIsMissing = "...";

/// The requests that are read from a connection, up to the first that is refused.
std::string transcript(std::string_view bytes, std::size_t piece) {
  static const Live live(settings());
  static LiveView view(live);
  static const RequestReader::WallClock now = [] { return WallTime{}; };
  static ingest::Workbench bench;
  RequestReader reader(view, bench, {}, now);
  std::string text;
  while (true) {
    switch (reader.advance()) {
      case RequestReader::Progress::complete:
        text.append(reader.request().source->name).append(": ").append(reader.body()).append("\n");
        reader.next();
        continue;
      case RequestReader::Progress::refused:
        return text + std::to_string(reader.problem().status);
      case RequestReader::Progress::incomplete:
        break;
    }
    if (bytes.empty()) return text.append(reader.phase() == RequestReader::Phase::body ? kBodyIsMissing : "");
    reader.leave_bench();
    const std::span<char> room = reader.prepare();
    const std::size_t size = std::min({piece, room.size(), bytes.size()});
    require(size > 0, "there is room for what comes");
    std::copy_n(bytes.data(), size, room.data());
    reader.commit(size);
    bytes.remove_prefix(size);
  }
}

/// Whether the one can still become the other. A head that arrives in pieces is looked at when one of its
/// lines ends, and a chunked body when there are as many bytes as its end has.
bool may_become(std::string_view parts, std::string_view whole, bool ended) {
  if (parts == whole) return true;
  if (parts.ends_with(kBodyIsMissing)) {
    parts.remove_suffix(kBodyIsMissing.size());
    return whole.starts_with(parts) && whole.substr(parts.size()) == "400";
  }
  return !ended && (whole.starts_with(parts) || parts.starts_with(whole));
}

}  // namespace
}  // namespace telephony

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Long inputs in few pieces: what is to be found is at their ends.
  const std::size_t piece = 1 + data[0] % 64 + bytes.size() / 12;
  telephony::check_head(bytes, piece);
  const std::string whole = telephony::transcript(bytes, bytes.size());
  const std::string parts = telephony::transcript(bytes, piece);
  telephony::require(telephony::may_become(parts, whole, bytes.ends_with('\n')),
                     "the size of the pieces changes nothing");
  return 0;
}
