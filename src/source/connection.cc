#include "source/connection.h"

#include <utility>

#include "source/socket_peer.h"

namespace telephony::ingest {
namespace {

constexpr Clock::time_point kNever = Clock::time_point::max();

Problem too_much() { return {503, "too much is being sent at once", RejectCause::unavailable}; }

}  // namespace

Connection::Connection(Socket socket, Context& context, ssl_ctx_st* tls)
    : transport_(std::move(socket)),
      context_(context),
      share_(context.bodies),
      reader_(context.live, context.head, peer_of(transport_.socket(), tls != nullptr), context.hooks.now),
      writer_(transport_),
      drain_(transport_.socket()),
      deadline_(kNever) {
  if (tls != nullptr) transport_.speak_tls(*tls, context.log);
}

void Connection::start() {
  done_ = [weak = weak_from_this(), mailbox = context_.mailbox](const Receipt& receipt) {
    if (mailbox->on_its_thread()) {
      if (const auto self = weak.lock(); self && self->delivering_) return self->answer(receipt);
    }
    mailbox->post([weak, receipt] {
      if (const auto self = weak.lock()) self->answer_later(receipt);
    });
  };
  proceed();
}

void Connection::proceed() {
  while (advance()) continue;
  if (state_ == State::reading && reader_.take_continue()) writer_.queue() += kContinue;
  flush();
  if (writer_.busy()) return;  // on_written() goes on
  if (state_ == State::closing) finish();
  if (state_ == State::reading) await_bytes();
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

void Connection::await_bytes() {
  if (context_.stopping && idle()) return close();
  const Phase phase = reader_.phase();
  if (awaited_ != phase) {
    awaited_ = phase;
    const IngestLimits& limits = context_.limits;
    const bool between = phase == Phase::idle && served_;
    deadline_ = Clock::now() + (between ? limits.idle : phase == Phase::body ? limits.body : limits.head);
  }
  read();
}

void Connection::read() {
  share_.hold(reader_.held_bytes());
  if (!large_ && reader_.needs_place()) {
    large_ = context_.places.take(shared_from_this());
    waiting_ = !large_;
    if (waiting_) return;
  }
  transport_.async_read_some(
      reader_.prepare(),
      [self = shared_from_this()](const Error& error, std::size_t bytes) { self->on_read(error, bytes); });
}

void Connection::go_on() {
  waiting_ = false;
  large_ = true;
  read();
}

void Connection::leave_place() {
  waiting_ = false;
  if (std::exchange(large_, false)) context_.places.leave(*this);
}

void Connection::on_read(const Error& error, std::size_t bytes) {
  if (state_ != State::reading) return;  // it was too slow, and has been told so
  if (error == kNotTls) refuse({400, "this port speaks HTTPS, and the request is plain HTTP", {}}, true);
  if (error && error != kNotTls) return hang_up();
  reader_.commit(bytes);
  if (state_ == State::reading && !share_.hold(reader_.held_bytes())) refuse(too_much(), true);
  proceed();
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

void Connection::flush() {
  if (state_ == State::closed || writer_.busy()) return;
  if (!writer_.send()) return hang_up();
  if (!writer_.busy()) return;
  writer_.send_rest(Clock::now() + context_.limits.write,
                    [self = shared_from_this()](const Error& error) { self->on_written(error); });
}

void Connection::on_written(const Error& error) {
  if (state_ == State::closed) return;
  if (error) return hang_up();
  proceed();
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
  transport_.cancel();
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
  deadline_ = Clock::now() + context_.limits.linger;
  drain_.run([self = shared_from_this()] { self->close(); });
}

}  // namespace telephony::ingest
