// One provider's connection: requests in, replies out, one after the other.
#pragma once

#include <memory>
#include <optional>

#include "source/context.h"
#include "source/drain.h"
#include "source/reply_writer.h"
#include "source/request_reader.h"
#include "source/transport.h"

namespace telephony::ingest {

/// Lives on the listener's thread, and is held by the listener until the round in which it closed is over.
class Connection final : public Watcher, public std::enable_shared_from_this<Connection> {
 public:
  /// TLS with a context, plain without.
  Connection(Descriptor socket, const Peer& peer, Context& context, ssl_ctx_st* tls);

  void start();
  void on_ready(std::uint32_t events) override;
  void answer_later(const Receipt& receipt);
  void expire(Clock::time_point now);                   ///< gives up on a peer that is too slow
  bool waits() const { return waiting_; }               ///< for a place for its large body
  void go_on();                                         ///< it has one now
  void make_room();                                     ///< gives it up, because others wait
  std::optional<Clock::time_point> idle_until() const;  ///< set while no request is in flight
  void stop();                                          ///< closes, unless a request is in flight
  void close();
  int socket() const { return transport_.socket(); }

  std::size_t position = 0;  ///< in the listener's list

 private:
  enum class State : std::uint8_t { reading, answering, closing, lingering, closed };
  using Phase = RequestReader::Phase;
  using Error = boost::system::error_code;

  void proceed();
  void take_turn();
  bool may_go_on();
  bool advance();
  bool read();
  void deliver();
  void answer(const Receipt& receipt);
  void refuse(const Problem& problem, bool body_follows);
  void next_request();
  ReplyForm reply_form();
  void end_reply(int status, bool keep);
  bool idle() const;
  void set_deadline();
  void leave_place();
  void give_up(const Problem& problem);
  bool flush();
  void hang_up();
  void finish();
  void linger();

  Transport transport_;
  Context& context_;
  BodyShare share_;
  RequestReader reader_;
  ReplyWriter writer_;
  Drain drain_;
  Done done_;
  Clock::time_point deadline_;
  std::optional<Phase> awaited_;  ///< what the deadline is for
  State state_ = State::reading;
  bool delivering_ = false;
  bool body_follows_ = false;
  bool served_ = false;
  bool large_ = false;    ///< has a place
  bool waiting_ = false;  ///< for one
};

}  // namespace telephony::ingest
