// One client of the web listener. It costs memory until its request is complete, and a thread only then.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "expose/request_head.h"
#include "expose/responder.h"
#include "telephony_exporter/expose/web_server.h"

namespace telephony {

class WebConnection;

/// What the replies that are being sent weigh together. A page that several of them share weighs once.
class UnsentBytes {
 public:
  void add(const Reply& reply);
  void remove(const Reply& reply);  ///< one that was added
  std::size_t total() const { return total_; }

 private:
  std::size_t total_ = 0;
  std::map<SharedText, std::size_t> readers_;
};

/// What the connections share; used on the I/O thread alone.
struct WebClients {
  WebLimits limits;
  bool stopping = false;
  UnsentBytes unsent;
  /// Makes the reply on another thread and calls `done` on the I/O thread.
  std::function<void(RequestHead head, bool close, std::function<void(Reply)> done)> reply;
  std::function<void(const WebConnection& writer, int status)> writing;  ///< a reply is about to be sent
  std::function<void(WebConnection& closed)> closed;
};

/// Lives on the I/O thread.
class WebConnection : public std::enable_shared_from_this<WebConnection> {
 public:
  using Clock = std::chrono::steady_clock;
  using Socket =
      boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  enum class State { reading, idle, answering, writing, lingering, closed };

  WebConnection(Socket socket, WebClients& clients);

  void start() { read_on(); }
  void check_deadline(Clock::time_point now);
  void stop();  ///< closes, now or when the reply in flight has been sent
  void close();

  State state() const { return state_; }
  Clock::time_point since() const { return since_; }  ///< the state's beginning

 private:
  void enter(State state);
  void read_on();
  void received(const boost::system::error_code& error, std::size_t bytes);
  void serve_buffered();
  bool take_head();
  bool refuse_with(int status, std::string_view detail);
  void write(Reply reply);
  void sent();
  void written(const boost::system::error_code& error);

  Socket socket_;
  WebClients& clients_;
  State state_ = State::reading;
  Clock::time_point since_ = Clock::now();
  std::array<char, 2048> chunk_{};
  std::string in_;
  std::size_t searched_ = 0;  ///< bytes of `in_` that are known to hold no end of a head
  std::optional<RequestHead> head_;
  Reply out_;  ///< empty but while writing
};

}  // namespace telephony
