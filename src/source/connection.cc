#include "source/connection.h"

#include <boost/asio/error.hpp>
#include <utility>

namespace telephony::ingest {
namespace {

constexpr Clock::time_point kNever = Clock::time_point::max();
constexpr int kReadsInTurn = 16;  // then it is the others' turn
constexpr std::size_t kRepliesTogether = 4 * 1024;

Problem too_much() { return {503, "too much is being sent at once", RejectCause::unavailable}; }

}  // namespace

Connection::Connection(Descriptor socket, const Peer& peer, Context& context, ssl_ctx_st* tls)
    : transport_(std::move(socket)),
      context_(context),
      share_(context.bodies),
      reader_(context.settings, context.bench, peer, context.hooks.now),
      writer_(transport_, context.replies),
      deadline_(kNever) {
  if (tls != nullptr) transport_.speak_tls(*tls, context.log);
}

void Connection::start() {
  done_ = [weak = weak_from_this(), answers = context_.answers](const Receipt& receipt) {
    if (answers->on_its_thread()) {
      if (const auto self = weak.lock(); self && self->delivering_) return self->answer(receipt);
    }
    answers->post({weak, receipt});
  };
  set_deadline();
  if (!context_.loop.watch_edges(transport_.socket(), *this)) close();
}

void Connection::on_ready(std::uint32_t events) {
  if (state_ == State::closed) return;
  transport_.on_ready(events);
  if (state_ == State::lingering) return linger();
  if (writer_.busy()) {
    if (!writer_.send_rest()) return hang_up();
    if (writer_.busy()) return;
  }
  proceed();
}

void Connection::proceed() {
  take_turn();
  reader_.leave_bench();
}

void Connection::take_turn() {
  for (int reads = 0; reads < kReadsInTurn; ++reads) {
    while (advance()) continue;
    if (state_ == State::reading && reader_.take_continue()) writer_.queue() += kContinue;
    // While there is more to read, the replies to all of it go out together.
    const bool more = state_ == State::reading && transport_.readable();
    if ((!more || writer_.queue().size() >= kRepliesTogether) && !may_go_on()) return;
    if (!transport_.readable()) return;
    if (!read()) {
      may_go_on();
      return;
    }
  }
  if (may_go_on()) context_.loop.again(shared_from_this());
}

/// Sends what is to be sent; false when there is nothing to be read then.
bool Connection::may_go_on() {
  if (!flush()) return false;  // on_ready() goes on
  if (state_ == State::closing) finish();
  if (state_ != State::reading) return false;
  if (context_.stopping && idle()) {
    close();
    return false;
  }
  set_deadline();
  return true;
}

bool Connection::advance() {
  if (state_ != State::reading || writer_.busy()) return false;
  switch (reader_.advance()) {
    case RequestReader::Progress::incomplete:
      return false;
    case RequestReader::Progress::complete:
      deliver();
      break;
    case RequestReader::Progress::refused:
      refuse(reader_.problem(), reader_.body_follows());
      break;
  }
  return state_ == State::reading;
}

void Connection::set_deadline() {
  const Phase phase = reader_.phase();
  if (awaited_ == phase) return;
  awaited_ = phase;
  const IngestLimits& limits = context_.limits;
  const bool between = phase == Phase::idle && served_;
  deadline_ = context_.loop.now() + (between                ? limits.idle
                                     : phase == Phase::body ? limits.body
                                                            : limits.head);
}

/// False when there is nothing to go on with.
bool Connection::read() {
  share_.hold(reader_.held_bytes());
  if (!large_ && reader_.needs_place()) {
    large_ = context_.places.take(shared_from_this());
    waiting_ = !large_;
    if (waiting_) return false;
  }
  Error error;
  const std::size_t bytes = transport_.read_some(reader_.prepare(), error);
  if (error == boost::asio::error::would_block) return false;
  if (error == kNotTls) {
    refuse({400, "this port speaks HTTPS, and the request is plain HTTP", {}}, true);
    return true;
  }
  if (error) {
    if (flush()) hang_up();  // else the end is read again
    return false;
  }
  reader_.commit(bytes);
  if (!share_.hold(reader_.held_bytes())) refuse(too_much(), true);
  return true;
}

void Connection::go_on() {
  waiting_ = false;
  large_ = true;
  context_.loop.again(shared_from_this());
}

void Connection::leave_place() {
  waiting_ = false;
  if (std::exchange(large_, false)) context_.places.leave(*this);
}

void Connection::deliver() {
  const Request& request = reader_.request();
  state_ = State::answering;
  deadline_ = kNever;
  delivering_ = true;
  context_.hooks.accept(*request.source, request.raw(reader_.body()), done_);
  delivering_ = false;
  if (state_ != State::answering) return next_request();
  leave_place();
}

void Connection::answer(const Receipt& receipt) {
  if (state_ != State::answering) return;
  const ReplyForm form = reply_form();
  const int status = append_receipt(writer_.queue(), receipt, form);
  end_reply(status, form.persistence != Persistence::close);
  served_ = status == 200;  // patience is for those who deliver
}

void Connection::answer_later(const Receipt& receipt) {
  if (state_ != State::answering) return;
  answer(receipt);
  next_request();
  proceed();
}

void Connection::refuse(const Problem& problem, bool body_follows) {
  const Request& request = reader_.request();
  if (request.source != nullptr && problem.cause) context_.hooks.refuse(*request.source, *problem.cause);
  body_follows_ = body_follows;
  ReplyForm form = reply_form();
  if (body_follows) form.persistence = Persistence::close;
  append_problem(writer_.queue(), problem, form);
  end_reply(problem.status, form.persistence != Persistence::close);
  next_request();
}

void Connection::next_request() {
  reader_.next();
  share_.hold(reader_.held_bytes());
  leave_place();
}

ReplyForm Connection::reply_form() {
  const Request& request = reader_.request();
  return {context_.stopping ? Persistence::close : request.persistence, request.without_body};
}

void Connection::end_reply(int status, bool keep) {
  context_.hooks.replied(status);
  state_ = keep ? State::reading : State::closing;
  deadline_ = kNever;
  awaited_.reset();
}

/// False when the replies are not sent: the socket is full, or the peer is gone.
bool Connection::flush() {
  if (state_ == State::closed) {
    writer_.queue().clear();
    return false;
  }
  if (!writer_.send(context_.loop.now() + context_.limits.write)) {
    hang_up();
    return false;
  }
  return !writer_.busy();
}

void Connection::expire(Clock::time_point now) {
  if (writer_.overdue(now)) return hang_up();
  if (now < deadline_) return;
  const Phase phase = reader_.phase();
  if (state_ == State::lingering || phase == Phase::idle) return close();
  if (waiting_) return give_up(too_much());
  if (phase == Phase::body) return give_up({408, "the body took too long", RejectCause::timeout});
  give_up({408, "the head took too long", {}});
}

void Connection::make_room() { give_up(too_much()); }

void Connection::give_up(const Problem& problem) {
  waiting_ = false;
  refuse(problem, true);
  proceed();
}

bool Connection::idle() const {
  return state_ == State::reading && reader_.phase() == Phase::idle && !reader_.has_more() &&
         !writer_.busy() && !transport_.has_unread();
}

std::optional<Clock::time_point> Connection::idle_until() const {
  return idle() ? std::optional(deadline_) : std::nullopt;
}

void Connection::stop() {
  if (idle()) close();
}

/// The peer is gone, or as good as gone.
void Connection::hang_up() {
  if (state_ == State::reading && reader_.phase() == Phase::body) {
    context_.hooks.refuse(*reader_.request().source, RejectCause::malformed);
  }
  close();
}

void Connection::close() {
  if (std::exchange(state_, State::closed) == State::closed) return;
  transport_.close();
  leave_place();
  context_.closed(*this);
}

/// Ends a connection whose last reply is sent.
void Connection::finish() {
  transport_.finish_sending();
  if (!body_follows_ && !reader_.has_more() && !transport_.has_unread()) return close();
  state_ = State::lingering;
  deadline_ = context_.loop.now() + context_.limits.linger;
  linger();
}

void Connection::linger() {
  switch (drain_.drop(transport_.socket())) {
    case Drain::Progress::empty:
      return;
    case Drain::Progress::paused:
      return context_.loop.again(shared_from_this());
    case Drain::Progress::ended:
      return close();
  }
}

}  // namespace telephony::ingest
