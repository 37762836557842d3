#include <algorithm>
#include <vector>

#include "source/bind.h"
#include "source/socket_peer.h"
#include "source/syslog_connection.h"
#include "source/syslog_door.h"

namespace telephony::syslog {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int kBacklog = 1024;
constexpr std::chrono::minutes kWarnAgainAfter{1};

class TcpDoor : public Door, public std::enable_shared_from_this<TcpDoor> {
 public:
  TcpDoor(Context& context, const ListenAddress& address) : context_(context), acceptor_(context.io) {
    ingest::bind_to<tcp>(acceptor_, address);
    acceptor_.listen(kBacklog);
    acceptor_.non_blocking(true);
  }

  void serve(const std::shared_ptr<Inbox>& inbox) override {
    const bool first = inbox_ == nullptr;
    inbox_ = inbox;
    for (const auto& connection : connections_) connection->serve(inbox_);
    if (first) wait();
  }

  void tick(Clock::time_point now) override {
    for (const auto& connection : connections_) {
      if (!connection->closed()) connection->expire(now);
    }
    forget_closed();
    if (!accepts_ && acceptor_.is_open()) accept();
  }

  /// Closing the listener would reset those who have connected already.
  void stop() override {
    accept();
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& connection : connections_) connection->stop();
  }

  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& connection : connections_) connection->close();
    connections_.clear();
  }
  bool closed() const override { return !acceptor_.is_open() && connections_.empty(); }
  bool up() const override { return accepts_; }

 private:
  void wait() {
    accepts_ = true;
    acceptor_.async_wait(ingest::Acceptor::wait_read, [self = shared_from_this()](const error_code&) {
      if (self->acceptor_.is_open()) self->accept();
    });
  }

  void accept() {
    error_code error;
    while (!error || error == boost::asio::error::connection_aborted) {
      Socket socket = acceptor_.accept(error);
      if (!error) add(std::move(socket));
    }
    if (error == boost::asio::error::would_block) return wait();
    // Out of descriptors or memory: the connection stays in the backlog, so trying at once would spin.
    accepts_ = false;
    warn("cannot accept syslog connections", error.message());
  }

  void add(Socket socket) {
    const IpAddress peer = ingest::peer_of(socket, false).address;
    if (!inbox_->allows(peer)) return inbox_->refuse(RejectCause::not_allowed);
    if (connections_.size() >= context_.limits.connections && !make_room())
      return warn("too many syslog connections", "all of them are at work");
    connections_.push_back(std::make_shared<Connection>(std::move(socket), context_, peer));
    connections_.back()->serve(inbox_);
  }

  /// Closes who has been silent for longest; false when all are at work.
  bool make_room() {
    forget_closed();
    if (connections_.size() < context_.limits.connections) return true;
    Connection* first = nullptr;
    for (const auto& connection : connections_) {
      const auto until = connection->silent_until();
      if (until && (first == nullptr || *until < *first->silent_until())) first = connection.get();
    }
    if (first != nullptr) first->close();
    forget_closed();
    return first != nullptr;
  }

  void forget_closed() {
    std::erase_if(connections_, [](const auto& connection) { return connection->closed(); });
  }

  void warn(const char* message, const std::string& error) {
    if (Clock::now() < warn_after_) return;
    warn_after_ = Clock::now() + kWarnAgainAfter;
    context_.log.warn(message, {{"source", inbox_->source().name}, {"error", error}});
  }

  Context& context_;
  ingest::Acceptor acceptor_;
  std::vector<std::shared_ptr<Connection>> connections_;
  Clock::time_point warn_after_;
  bool accepts_ = true;
};

}  // namespace

std::shared_ptr<Door> open_tcp(Context& context, const ListenAddress& address) {
  return std::make_shared<TcpDoor>(context, address);
}

}  // namespace telephony::syslog
