#include "telephony_exporter/expose/web_server.h"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "expose/responder.h"
#include "expose/routes.h"
#include "expose/web_connection.h"
#include "expose/web_listener.h"

namespace telephony {

namespace asio = boost::asio;

namespace {

// Enough that a slow reload or a long exposition does not keep /-/healthy waiting.
constexpr std::size_t kReplyThreads = 4;

// Whoever asked before a page was begun has it by then.
constexpr std::chrono::seconds kPageKept{1};

std::chrono::milliseconds sweep_interval(const WebLimits& limits) {
  const auto shortest = std::min({limits.head, limits.write, limits.idle, limits.linger, limits.stop});
  return std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

}  // namespace

/// One thread does all I/O and owns all connections; a few others make replies.
class WebServer::Impl {
 public:
  Impl(std::string_view address, std::string telemetry_path, const WebParts& parts, Log& log);
  ~Impl() { stop(); }

  std::string address() const { return address_; }
  void stop();

 private:
  using State = WebConnection::State;
  using Clock = WebConnection::Clock;
  using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;

  void accept();
  void admit(WebConnection::Socket socket);
  bool evict(std::initializer_list<State> states, const WebConnection* spared = nullptr);
  void sweep();
  void reply(RequestHead head, bool close, std::function<void(Reply)> done);
  void begin_stop();

  asio::io_context io_{1};
  WebListener listener_;
  std::string address_;
  Timer timer_;
  bool accepting_ = true;
  Clock::time_point stop_by_;

  std::function<void(int)> replied_;
  Routes routes_;
  Responder responder_;
  WebClients clients_;
  std::set<std::shared_ptr<WebConnection>> connections_;

  asio::thread_pool pool_{kReplyThreads};
  std::once_flag stopped_;
  std::thread thread_;
};

WebServer::Impl::Impl(std::string_view address, std::string telemetry_path, const WebParts& parts, Log& log)
    : listener_(listen_on(io_, address)),
      address_(bound_address(listener_)),
      timer_(io_),
      replied_(parts.replied),
      routes_(std::move(telemetry_path), parts),
      responder_(routes_, log) {
  clients_.limits = parts.limits;
  clients_.reply = [this](auto head, bool close, auto done) {
    reply(std::move(head), close, std::move(done));
  };
  clients_.closed = [this](WebConnection& closed) {
    connections_.erase(closed.shared_from_this());
    if (clients_.stopping && connections_.empty()) timer_.cancel();
  };
  clients_.writing = [this](const WebConnection& writer, int status) {
    if (replied_) replied_(status);
    while (clients_.unsent.total() > clients_.limits.unsent_bytes && evict({State::writing}, &writer)) {
    }
  };
  accept();
  sweep();
  thread_ = std::thread([this] { io_.run(); });
}

void WebServer::Impl::accept() {
  listener_.async_accept([this](const auto& error, WebConnection::Socket socket) {
    if (clients_.stopping) return;
    accepting_ = !error;
    if (error) {  // out of descriptors, most likely: make room, and go on with the next sweep
      evict({State::reading, State::idle, State::lingering});
      return;
    }
    admit(std::move(socket));
    accept();
  });
}

// Whoever holds all connections, a client that comes now and is quick gets its answer.
void WebServer::Impl::admit(WebConnection::Socket socket) {
  const bool has_room = connections_.size() < clients_.limits.connections ||
                        evict({State::reading, State::idle, State::lingering}) || evict({State::writing});
  if (!has_room) return;
  const auto connection = std::make_shared<WebConnection>(std::move(socket), clients_);
  connections_.insert(connection);
  connection->start();
}

// Closes the connection that has been longest in one of the states.
bool WebServer::Impl::evict(std::initializer_list<State> states, const WebConnection* spared) {
  std::shared_ptr<WebConnection> longest;
  for (const auto& connection : connections_) {
    const bool may_go = std::find(states.begin(), states.end(), connection->state()) != states.end();
    if (!may_go || connection.get() == spared) continue;
    if (!longest || connection->since() < longest->since()) longest = connection;
  }
  if (longest) longest->close();
  return longest != nullptr;
}

void WebServer::Impl::sweep() {
  const auto now = Clock::now();
  if (routes_.forget_pages(now - kPageKept)) malloc_trim(0);  // a scrape leaves nothing behind
  const auto connections = connections_;                      // a connection that closes leaves the set
  for (const auto& connection : connections) {
    connection->check_deadline(now);
    if (clients_.stopping && now >= stop_by_) connection->close();
  }
  if (clients_.stopping && connections_.empty()) return;
  if (!accepting_ && !clients_.stopping) {
    accepting_ = true;
    accept();
  }
  timer_.expires_after(sweep_interval(clients_.limits));
  timer_.async_wait([this](const auto& error) {
    if (!error || !connections_.empty()) sweep();
  });
}

/// A thread more costs a small page more time than all its numbers. A quick one is made on this thread,
/// behind what has come in meanwhile, so that a crowd shares it here, too.
void WebServer::Impl::reply(RequestHead head, bool close, std::function<void(Reply)> done) {
  if (routes_.is_quick(head)) {
    asio::post(io_, [this, close, head = std::move(head), done = std::move(done)] {
      done(responder_.reply(head, close));
    });
    return;
  }
  asio::post(pool_, [this, close, head = std::move(head), done = std::move(done)]() mutable {
    asio::post(io_, [done = std::move(done), reply = responder_.reply(head, close)]() mutable {
      done(std::move(reply));
    });
  });
}

void WebServer::Impl::begin_stop() {
  clients_.stopping = true;
  stop_by_ = Clock::now() + clients_.limits.stop;
  boost::system::error_code ignored;
  listener_.close(ignored);
  const auto connections = connections_;
  for (const auto& connection : connections) connection->stop();
  if (connections_.empty()) timer_.cancel();
}

void WebServer::Impl::stop() {
  std::call_once(stopped_, [this] {
    asio::post(io_, [this] { begin_stop(); });
    thread_.join();
    pool_.stop();
    pool_.join();
  });
}

WebServer::WebServer(std::string_view address, std::string telemetry_path, const WebParts& parts, Log& log)
    : impl_(std::make_unique<Impl>(address, std::move(telemetry_path), parts, log)) {}

WebServer::~WebServer() = default;

std::string WebServer::address() const { return impl_->address(); }

void WebServer::stop() { impl_->stop(); }

}  // namespace telephony
