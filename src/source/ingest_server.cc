#include "telephony_exporter/source/ingest_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "source/bind.h"
#include "source/connection.h"
#include "source/socket.h"
#include "source/socket_peer.h"
#include "source/tls_files.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using ingest::Acceptor;
using ingest::Answers;
using ingest::bind_to;
using ingest::Clock;
using ingest::Connection;
using ingest::Descriptor;

constexpr int kBacklog = 4096;
constexpr int kAcceptsInRound = 64;  // so that a burst of new connections does not hold up the others
constexpr std::chrono::milliseconds kAcceptAgainAfter{100};
constexpr std::chrono::minutes kWarnAgainAfter{1};
constexpr Clock::time_point kNever = Clock::time_point::max();

class Call final : public ingest::Watcher {
 public:
  explicit Call(std::function<void()> call) : call_(std::move(call)) {}
  void on_ready(std::uint32_t) override { call_(); }

 private:
  std::function<void()> call_;
};

}  // namespace

class IngestServer::Impl {
 public:
  explicit Impl(ingest::Context context) : context_(std::move(context)) {
    context_.closed = [this](Connection& connection) { remove(connection); };
  }

  void listen(std::string_view text) try {
    bind_to<tcp>(acceptor_, ListenAddress::parse(text));
    acceptor_.set_option(tcp::no_delay(true));  // which its connections inherit
    acceptor_.listen(kBacklog);
    acceptor_.non_blocking(true);
    const tcp::endpoint bound = acceptor_.local_endpoint();
    address_ = ListenAddress{bound.address().to_string(), bound.port()}.to_string();
    if (!context_.loop.watch(acceptor_.native_handle(), accept_) ||
        !context_.loop.watch(context_.answers->bell(), answer_)) {
      throw boost::system::system_error(errno, boost::system::system_category());
    }
    thread_ = std::thread([this] { run(); });
  } catch (const boost::system::system_error& error) {
    throw ConfigError("cannot listen on " + std::string(text) + ": " + error.code().message());
  }

  void stop() {
    if (!thread_.joinable()) return;
    stop_requested_ = true;
    context_.answers->wake();
    thread_.join();
    context_.answers->close();
  }

  const std::string& address() const { return address_; }

 private:
  void run() {
    context_.answers->adopt_this_thread();
    tick_at_ = Clock::now() + context_.limits.tick;
    while (!context_.stopping || !connections_.empty()) {
      context_.loop.wait(std::min({tick_at_, accept_at_, stop_at_}));
      const Clock::time_point now = context_.loop.now();
      if (stop_requested_ && !context_.stopping) begin_stop();
      if (now >= stop_at_) for_each([](Connection& connection) { connection.close(); });
      if (now >= accept_at_) resume_accepting();
      if (now >= tick_at_) tick(now);
      gone_.clear();
    }
  }

  void accept() {
    for (int accepted = 0; accepted < kAcceptsInRound; ++accepted) {
      if (const int error = accept_one(); error != 0) return back_off(error);
    }
  }

  /// The error, or 0.
  int accept_one() {
    tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    Descriptor socket(accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) return errno == ECONNABORTED || errno == EINTR ? 0 : errno;
    peer.resize(size);
    add(std::move(socket), peer);
    return 0;
  }

  /// Out of descriptors or memory: the connection stays in the backlog, so trying at once would spin.
  void back_off(int error) {
    if (error == EAGAIN) return;
    warn("cannot accept connections", {"error", std::system_category().message(error)});
    context_.loop.forget(acceptor_.native_handle());
    accept_at_ = context_.loop.now() + kAcceptAgainAfter;
  }

  void resume_accepting() {
    const bool watched = context_.loop.watch(acceptor_.native_handle(), accept_);
    accept_at_ = watched ? kNever : context_.loop.now() + kAcceptAgainAfter;
  }

  void add(Descriptor socket, const tcp::endpoint& peer) {
    tls_.refresh(context_.loop.now());
    if (!tls_.ready()) return;
    if (connections_.size() >= context_.limits.connections && !make_room()) {
      return warn("too many connections", {"limit", std::to_string(context_.limits.connections)});
    }
    const bool tls = tls_.context() != nullptr;
    auto connection = std::make_shared<Connection>(std::move(socket), ingest::peer_of(peer.address(), tls),
                                                   context_, tls_.context());
    connection->position = connections_.size();
    connections_.push_back(connection);
    connection->start();
  }

  /// Closes the connection that would be closed first anyway; false when all of them are at work.
  bool make_room() {
    Connection* first = nullptr;
    for (const auto& connection : connections_) {
      const auto until = connection->idle_until();
      if (until && (first == nullptr || *until < *first->idle_until())) first = connection.get();
    }
    if (first != nullptr) first->close();
    return first != nullptr;
  }

  void remove(Connection& connection) {
    const std::size_t position = connection.position;
    gone_.push_back(std::move(connections_[position]));
    if (position + 1 < connections_.size()) {
      connections_[position] = std::move(connections_.back());
      connections_[position]->position = position;
    }
    connections_.pop_back();
  }

  void tick(Clock::time_point now) {
    tick_at_ = now + context_.limits.tick;
    tls_.refresh(now);
    context_.bench.tidy(*context_.settings.get());
    context_.places.clear_since(now - context_.limits.place);
    for_each([now](Connection& connection) { connection.expire(now); });
  }

  /// Backwards, as a connection that closes is replaced by the last one.
  template <typename Action>
  void for_each(Action action) {
    for (std::size_t i = connections_.size(); i-- > 0;) {
      const std::shared_ptr<Connection> connection = connections_[i];
      action(*connection);
    }
  }

  void answer() {
    context_.answers->take(answers_);
    for (const Answers::Answer& answer : answers_) {
      if (const auto connection = answer.to.lock()) connection->answer_later(answer.receipt);
    }
    answers_.clear();
  }

  void begin_stop() {
    context_.stopping = true;
    stop_at_ = context_.loop.now() + context_.limits.stop;
    // Lets in who has connected already: closing the listener would reset them.
    while (connections_.size() < context_.limits.connections && accept_one() == 0) continue;
    error_code ignored;
    acceptor_.close(ignored);
    accept_at_ = kNever;
    for_each([](Connection& connection) { connection.stop(); });
  }

  void warn(std::string_view message, LogField field) {
    const Clock::time_point now = Clock::now();
    if (now < warn_after_) return;
    warn_after_ = now + kWarnAgainAfter;
    context_.log.warn(message, {std::move(field)});
  }

  ingest::Context context_;
  ingest::TlsFiles tls_{context_};
  asio::io_context io_{1};  // never run: it only helps to open the door
  Acceptor acceptor_{io_};
  Call accept_{[this] { accept(); }};
  Call answer_{[this] { answer(); }};
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> gone_;  ///< in this round, which may still tell them something
  std::vector<Answers::Answer> answers_;           ///< that are being given
  Clock::time_point tick_at_;
  Clock::time_point accept_at_ = kNever;  ///< set while nobody is let in
  Clock::time_point stop_at_ = kNever;
  Clock::time_point warn_after_;
  std::string address_;
  std::atomic<bool> stop_requested_ = false;
  std::thread thread_;
};

void check_tls(const Settings& settings) {
  if (settings.ingest.tls) ingest::load_tls_context(*settings.ingest.tls);
}

IngestServer::IngestServer(std::string_view address, const Live& live, IngestHooks hooks, Log& log,
                           const IngestLimits& limits)
    : impl_(std::make_unique<Impl>(ingest::Context{live, std::move(hooks), limits, log})) {
  impl_->listen(address);
}

IngestServer::~IngestServer() { impl_->stop(); }

std::string IngestServer::address() const { return impl_->address(); }

void IngestServer::stop() { impl_->stop(); }

}  // namespace telephony
