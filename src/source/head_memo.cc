#include "source/head_memo.h"

#include <algorithm>
#include <charconv>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {
namespace {

constexpr std::size_t kHeadBytes = 1024;  // longer ones are no webhook's
constexpr std::size_t kLengthDigits = 7;

bool is_let_in_for_its_bytes_alone(const Request& request) {
  const Webhook& webhook = *request.source->webhook();
  const bool open = !webhook.auth || std::holds_alternative<AuthNone>(*webhook.auth);
  return open && webhook.allow.empty() && request.headers.empty() && request.idempotency_key.empty() &&
         !request.expects_continue && request.length;
}

/// The digits of the only Content-Length; empty when there are other characters.
std::string_view digits_of_length(const Head& head) {
  const std::string_view value = find_header(head.fields, "Content-Length");
  return value.size() <= kLengthDigits && value.find_first_not_of("0123456789") == value.npos ? value : "";
}

}  // namespace

std::size_t HeadMemo::recall(std::string_view bytes, Request& request) const {
  for (const Entry& entry : entries_) {
    if (entry.request.settings != request.settings || !bytes.starts_with(entry.before)) continue;
    const std::string_view rest = bytes.substr(entry.before.size());
    std::size_t length = 0;
    const char* const end = rest.data() + std::min(rest.size(), kLengthDigits);
    const auto number = std::from_chars(rest.data(), end, length);
    const auto digits = static_cast<std::size_t>(number.ptr - rest.data());
    if (digits == 0 || length > limits::kBodyBytes || !rest.substr(digits).starts_with(entry.after)) continue;
    request.source = entry.request.source;
    request.format = entry.request.format;
    request.persistence = entry.request.persistence;
    request.length = length;
    return entry.before.size() + digits + entry.after.size();
  }
  return 0;
}

void HeadMemo::remember(std::string_view bytes, const Head& head, const Request& request) {
  if (head.bytes > kHeadBytes || !is_let_in_for_its_bytes_alone(request)) return;
  const std::string_view digits = digits_of_length(head);
  if (digits.empty()) return;
  Entry& entry = entries_[oldest_];
  oldest_ = (oldest_ + 1) % entries_.size();
  const auto at = static_cast<std::size_t>(digits.data() - bytes.data());
  entry.before = bytes.substr(0, at);
  entry.after = bytes.substr(at + digits.size(), head.bytes - at - digits.size());
  entry.request.settings = request.settings;
  entry.request.source = request.source;
  entry.request.format = request.format;
  entry.request.persistence = request.persistence;
}

void HeadMemo::keep_only(const Settings& settings) {
  for (Entry& entry : entries_) {
    if (entry.request.settings.get() != &settings) entry = {};
  }
}

}  // namespace telephony::ingest
