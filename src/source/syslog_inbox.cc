#include "source/syslog_inbox.h"

#include <algorithm>
#include <utility>

#include "source/syslog_text.h"

namespace telephony::syslog {

Inbox::Inbox(Context& context, std::shared_ptr<const Settings> settings, const Source& source)
    : context_(context), settings_(std::move(settings)), source_(&source), pause_(context.io) {}

void Inbox::adopt(std::shared_ptr<const Settings> settings, const Source& source) {
  settings_ = std::move(settings);
  source_ = &source;
}

bool Inbox::allows(const IpAddress& peer) const {
  const std::vector<Cidr>& allow = source_->syslog()->allow;
  return allow.empty() || contains(allow, peer);
}

/// A message is one event, whatever line ends stand in it.
void Inbox::add(std::string_view message) {
  if (gathered_.empty()) gathered_since_ = Clock::now();
  const std::size_t begin = gathered_.size();
  gathered_ += text_of(message);
  std::replace(gathered_.begin() + static_cast<std::ptrdiff_t>(begin), gathered_.end(), '\n', ' ');
  gathered_ += '\n';
}

void Inbox::refuse(RejectCause cause, std::uint64_t messages) {
  context_.hooks.refuse(*source_, cause, messages);
}

void Inbox::deliver() {
  while (!committing_ && !pausing_ && !empty()) {
    if (body_.empty()) {
      std::swap(body_, gathered_);
      body_since_ = gathered_since_;
    }
    if (!context_.hooks.can_commit()) return again_later();
    RawEvent raw;
    raw.format = BodyFormat::text;
    raw.body = body_;
    committing_ = true;
    context_.hooks.accept(*source_, raw, done());
  }
  if (full()) return;
  for (const auto& go_on : std::exchange(waiting_, {})) go_on();
}

/// Called on this thread, it is called by deliver(), which goes on.
Done Inbox::done() {
  return [weak = weak_from_this(), mailbox = context_.mailbox](const Receipt& receipt) {
    const bool committed = !receipt.unavailable;
    if (mailbox->on_its_thread()) {
      if (const auto self = weak.lock()) self->settle(committed);
      return;
    }
    mailbox->post([weak, committed] {
      const auto self = weak.lock();
      if (!self) return;
      self->settle(committed);
      self->deliver();
    });
  };
}

void Inbox::settle(bool committed) {
  committing_ = false;
  if (!committed) return again_later();
  body_.clear();
}

void Inbox::again_later() {
  pausing_ = true;
  pause_.expires_after(limits::kSyslogAgainAfter);
  pause_.async_wait([self = shared_from_this()](const boost::system::error_code&) {
    self->pausing_ = false;
    self->deliver();
  });
}

SyslogState Inbox::state(Clock::time_point now) const {
  SyslogState state;
  state.lag_bytes = body_.size() + gathered_.size();
  if (empty()) return state;
  const Clock::time_point since = body_.empty() ? gathered_since_ : body_since_;
  state.lag_seconds = std::chrono::duration<double>(now - since).count();
  return state;
}

}  // namespace telephony::syslog
