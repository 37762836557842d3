#include "telephony_exporter/source/ingest_server.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <thread>
#include <utility>

#include "source/bind.h"
#include "source/connection.h"
#include "source/tls_files.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using ingest::Acceptor;
using ingest::bind_to;
using ingest::Clock;
using ingest::Connection;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, ingest::Executor>;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kAcceptAgainAfter{100};
constexpr std::chrono::minutes kWarnAgainAfter{1};

}  // namespace

class IngestServer::Impl {
 public:
  explicit Impl(ingest::Context context) : context_(std::move(context)) {
    context_.mailbox = std::make_shared<ingest::Mailbox>(io_);
    context_.closed = [this](Connection& connection) { remove(connection); };
  }

  void listen(std::string_view text) try {
    bind_to<tcp>(acceptor_, ListenAddress::parse(text));
    acceptor_.listen(kBacklog);
    const tcp::endpoint bound = acceptor_.local_endpoint();
    address_ = ListenAddress{bound.address().to_string(), bound.port()}.to_string();
    accept();
    tick();
    thread_ = std::thread([this] {
      context_.mailbox->adopt_this_thread();
      io_.run();
    });
  } catch (const boost::system::system_error& error) {
    throw ConfigError("cannot listen on " + std::string(text) + ": " + error.code().message());
  }

  void stop() {
    if (!thread_.joinable()) return;
    context_.mailbox->post([this] { begin_stop(); });
    thread_.join();
    context_.mailbox->close();
  }

  const std::string& address() const { return address_; }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, ingest::Socket socket) {
      if (!acceptor_.is_open()) return;
      if (error && error != asio::error::connection_aborted) return back_off(error);
      if (!error) add(std::move(socket));
      accept();
    });
  }

  /// Out of descriptors or memory: the connection stays in the backlog, so trying at once would spin.
  void back_off(const error_code& error) {
    warn("cannot accept connections", {"error", error.message()});
    pause_.expires_after(kAcceptAgainAfter);
    pause_.async_wait([this](const error_code& cancelled) {
      if (!cancelled) accept();
    });
  }

  void add(ingest::Socket socket) {
    tls_.refresh(Clock::now());
    if (!tls_.ready()) return;
    if (connections_.size() >= context_.limits.connections && !make_room()) {
      return warn("too many connections", {"limit", std::to_string(context_.limits.connections)});
    }
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    auto connection = std::make_shared<Connection>(std::move(socket), context_, tls_.context());
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
    connections_.back()->position = connection.position;
    std::swap(connections_[connection.position], connections_.back());
    connections_.pop_back();
    if (context_.stopping && connections_.empty()) end_stop();
  }

  void tick() {
    tick_.expires_after(context_.limits.tick);
    tick_.async_wait([this](const error_code& cancelled) {
      if (cancelled) return;
      const Clock::time_point now = Clock::now();
      tls_.refresh(now);
      context_.places.clear_since(now - context_.limits.place);
      for_each([now](Connection& connection) { connection.expire(now); });
      if (!context_.stopping || !connections_.empty()) tick();
    });
  }

  /// Backwards, as a connection that closes is replaced by the last one.
  template <typename Action>
  void for_each(Action action) {
    for (std::size_t i = connections_.size(); i-- > 0;) {
      const std::shared_ptr<Connection> connection = connections_[i];
      action(*connection);
    }
  }

  /// Lets in who has connected already: closing the listener would reset them.
  void accept_waiting() {
    error_code error;
    acceptor_.non_blocking(true, error);
    while (!error && connections_.size() < context_.limits.connections) {
      ingest::Socket socket = acceptor_.accept(error);
      if (!error) add(std::move(socket));
    }
  }

  void begin_stop() {
    context_.stopping = true;
    accept_waiting();
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    stop_.expires_after(context_.limits.stop);
    stop_.async_wait([this](const error_code& cancelled) {
      if (!cancelled) for_each([](Connection& connection) { connection.close(); });
    });
    for_each([](Connection& connection) { connection.stop(); });
    if (connections_.empty()) end_stop();
  }

  void end_stop() {
    tick_.cancel();
    stop_.cancel();
  }

  void warn(std::string_view message, LogField field) {
    const Clock::time_point now = Clock::now();
    if (now < warn_after_) return;
    warn_after_ = now + kWarnAgainAfter;
    context_.log.warn(message, {std::move(field)});
  }

  ingest::Context context_;
  ingest::TlsFiles tls_{context_};
  asio::io_context io_{1};
  Acceptor acceptor_{io_};
  Timer tick_{io_};
  Timer pause_{io_};
  Timer stop_{io_};
  std::vector<std::shared_ptr<Connection>> connections_;
  Clock::time_point warn_after_;
  std::string address_;
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
