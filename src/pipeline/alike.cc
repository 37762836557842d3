// Events of one body that are alike, and that one posting stands for.
#include <algorithm>
#include <limits>

#include "pipeline/group.h"
#include "telephony_exporter/catalog/text.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/pipeline/pipeline.h"

namespace telephony {
namespace {

constexpr std::ptrdiff_t kPhoneDigits = 7;

/// A code is short; with as many digits as a phone number it may hold one, whatever stands around it.
bool may_hold_phone_number(std::string_view code) {
  return std::count_if(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }) >= kPhoneDigits;
}

/// An unlisted code as people may see it: no phone number, and of the text only words.
std::shared_ptr<const UnlistedCode> unlisted_code(const Source& source, const Event& event,
                                                  std::uint32_t entry) {
  UnlistedCode code;
  code.provider = source.provider;
  code.product = source.product;
  code.code = may_hold_phone_number(event.code) ? "…" : std::string(event.code);
  code.text = normal_text(event.text.substr(0, limits::kUnlistedTextBytes));
  code.family = source.space->entries[entry].family;
  return std::make_shared<const UnlistedCode>(std::move(code));
}

}  // namespace

std::shared_ptr<const UnlistedCode> Pipeline::shown(const Source& source, const Event& event,
                                                    std::uint32_t entry) {
  return event.alike == 0 ? unlisted_code(source, event, entry) : unlisted(source, event, entry).shown;
}

/// What lines of the event's number say. The same may be said by lines of other numbers, which several
/// patterns read, or which differ where people don't see it.
Pipeline::Unlisted& Pipeline::unlisted(const Source& source, const Event& event, std::uint32_t entry) {
  const SeriesId series = source.series[entry];
  AlikeText& known = alike_text(event.alike);
  if (known.unlisted && known.unlisted->series == series) return *known.unlisted;
  auto shown = unlisted_code(source, event, entry);
  if (unlisted_.size() >= kAlikeTexts) unlisted_.clear();
  std::shared_ptr<Unlisted>& same = unlisted_[{series, shown->code, shown->text}];
  if (!same) same = std::make_shared<Unlisted>(Unlisted{std::move(shown), series, {}});
  known.unlisted = same;
  return *same;
}

/// True when a posting stands for the event as well.
bool Pipeline::add_plain(const Source& source, const Event& event, const Classification& meaning,
                         bool refused) {
  if (meaning.unlisted && (event.alike == 0 || refused)) return false;
  const SeriesId series = source.series[meaning.entry];
  if (series >= alike_.size()) alike_.resize(series + 1);
  Alike& alike = meaning.unlisted ? unlisted(source, event, meaning.entry).alike : alike_[series];
  // Each refusal, and each event to warn of, is looked at.
  if (event.alike != 0 && !refused && event.warning.empty()) alike_text(event.alike).entry = meaning.entry;
  return add_to_alike(alike, refused);
}

/// Errors of one body that are alike are one posting, whose count they raise. False when there is none yet;
/// the next posting is it then. What is told of calls between two refusals keeps them apart, as a trunk
/// learns from how many calls there were at each.
bool Pipeline::add_to_alike(Alike& alike, bool refused) {
  const bool in_order = !refused || alike.posting >= open_->refusals_from;
  if (alike.delivery == deliveries_ && in_order && raise(alike.posting)) return true;
  alike = {deliveries_, open_->postings.size()};
  return false;
}

/// The same for events of which the decoder knows that they are alike, before anybody looks at what they say.
bool Pipeline::add_again(const Source& source, std::uint64_t text, Delivery& delivery) {
  const AlikeText& known = alike_text(text);
  if (!known.entry || !delivery.idempotency_key.empty()) return false;
  const SeriesId series = source.series[*known.entry];
  if (known.unlisted ? known.unlisted->series != series : series >= alike_.size()) return false;
  Alike& alike = known.unlisted ? known.unlisted->alike : alike_[series];
  if (alike.delivery != deliveries_ || !raise(alike.posting)) {
    alike = {deliveries_, open_->postings.size()};
    if (known.unlisted) delivery.unlisted.push_back({alike.posting, known.unlisted->shown});
    add_posting(source, delivery).error = series;
  }
  ++delivery.receipt.received;
  return true;
}

/// Its place, which another one may have had.
Pipeline::AlikeText& Pipeline::alike_text(std::uint64_t text) {
  if (alike_texts_.empty()) alike_texts_.resize(kAlikeTexts);
  AlikeText& known = alike_texts_[text % kAlikeTexts];
  if (known.text != text) known = {.text = text};
  return known;
}

/// Lets the posting stand for one event more; false when it can't.
bool Pipeline::raise(std::size_t posting) {
  std::uint32_t& count = open_->postings[posting].count;
  if (count == std::numeric_limits<std::uint32_t>::max()) return false;
  ++count;
  ++open_->events;
  return true;
}

}  // namespace telephony
