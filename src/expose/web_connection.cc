#include "expose/web_connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "telephony_exporter/event/limits.h"

namespace telephony {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

// What one call sends. While it runs, acknowledgements wait, and with them the memory that they would free: a
// longer call takes ever new memory, a shorter one finds what it just filled in the processor's cache.
constexpr std::size_t kPieceBytes = 128 * 1024;

std::array<asio::const_buffer, 2> rest_of(std::array<asio::const_buffer, 2> parts, std::size_t taken) {
  for (asio::const_buffer& part : parts) {
    const std::size_t of_this = std::min(taken, part.size());
    part += of_this;
    taken -= of_this;
  }
  return parts;
}

}  // namespace

void UnsentBytes::add(const Reply& reply) {
  total_ += reply.bytes.size();
  if (reply.page && readers_[reply.page]++ == 0) total_ += reply.page->size();
}

void UnsentBytes::remove(const Reply& reply) {
  total_ -= reply.bytes.size();
  const auto readers = readers_.find(reply.page);
  if (readers == readers_.end() || --readers->second > 0) return;
  total_ -= reply.page->size();
  readers_.erase(readers);
}

WebConnection::WebConnection(Socket socket, WebClients& clients)
    : socket_(std::move(socket)), clients_(clients) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void WebConnection::enter(State state) {
  state_ = state;
  since_ = Clock::now();
}

void WebConnection::read_on() {
  socket_.async_read_some(
      asio::buffer(chunk_),
      [self = shared_from_this()](const auto& error, std::size_t bytes) { self->received(error, bytes); });
}

void WebConnection::received(const boost::system::error_code& error, std::size_t bytes) {
  if (error == asio::error::operation_aborted) return;
  if (state_ == State::writing || state_ == State::closed) return;  // overtaken by a deadline
  if (error) return close();
  if (state_ == State::lingering) return read_on();
  if (state_ == State::idle) enter(State::reading);
  in_.append(chunk_.data(), bytes);
  serve_buffered();
}

// Acts on what has come, or reads on.
void WebConnection::serve_buffered() {
  if (!head_ && !take_head()) return;
  if (in_.size() < head_->body_bytes) return read_on();
  in_.erase(0, head_->body_bytes);
  head_->arrived = Clock::now();
  enter(State::answering);
  RequestHead head = std::move(*head_);
  head_.reset();
  const bool close = !head.keep_alive || clients_.stopping;
  clients_.reply(std::move(head), close,
                 [self = shared_from_this()](Reply reply) { self->write(std::move(reply)); });
}

// False when the head is not all there, or not a good one; what has to be done about it is done.
bool WebConnection::take_head() {
  while (in_.starts_with("\r\n")) in_.erase(0, 2);  // some clients end a body with an empty line
  const bool is_text = in_.empty() || in_[0] == '\r' || (in_[0] >= 'A' && in_[0] <= 'Z');
  if (!is_text) return refuse_with(400, "this is no HTTP/1.1 request");  // most likely TLS: no end would come
  const auto end = in_.find(kHeadEnd, searched_ - std::min(searched_, kHeadEnd.size() - 1));
  const bool is_whole = end != std::string::npos;
  const auto bytes = is_whole ? end + kHeadEnd.size() : in_.size() + 1;
  if (bytes > limits::kHeadBytes) return refuse_with(431, "the request head is too large");
  searched_ = is_whole ? 0 : in_.size();
  if (!is_whole) {
    read_on();
    return false;
  }
  auto parsed = parse_head(std::string_view(in_).substr(0, bytes));
  in_.erase(0, bytes);
  if (const auto* refusal = std::get_if<Refusal>(&parsed))
    return refuse_with(refusal->status, refusal->detail);
  head_ = std::get<RequestHead>(std::move(parsed));
  return true;
}

bool WebConnection::refuse_with(int status, std::string_view detail) {
  write(refuse({status, detail}));
  return false;
}

void WebConnection::write(Reply reply) {
  if (state_ == State::closed) return;
  enter(State::writing);
  out_ = std::move(reply);
  clients_.unsent.add(out_);
  clients_.writing(*this, out_.status);
  const std::array<asio::const_buffer, 2> parts = {
      asio::buffer(out_.bytes), out_.page ? asio::buffer(*out_.page) : asio::const_buffer()};
  const auto a_piece = [](const boost::system::error_code& error, std::size_t) {
    return error ? std::size_t{0} : kPieceBytes;
  };
  // What the socket takes at once needs no turn of the event loop for each piece.
  boost::system::error_code error;
  const std::size_t taken = asio::write(socket_, parts, a_piece, error);
  if (error != asio::error::would_block) return written(error);
  asio::async_write(socket_, rest_of(parts, taken), a_piece,
                    [self = shared_from_this()](const auto& failed, std::size_t) { self->written(failed); });
}

void WebConnection::sent() {
  clients_.unsent.remove(out_);
  out_ = {};
}

void WebConnection::written(const boost::system::error_code& error) {
  if (state_ == State::closed) return;
  const bool last = out_.close;
  sent();
  if (error || clients_.stopping) return close();
  if (!last) {
    enter(State::idle);
    if (!in_.empty()) enter(State::reading);
    return serve_buffered();
  }
  // To close with bytes unread would reset the connection, and the client might lose the reply.
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  enter(State::lingering);
  read_on();
}

void WebConnection::check_deadline(Clock::time_point now) {
  const auto over = [&](std::chrono::milliseconds deadline) { return now - since_ >= deadline; };
  if (state_ == State::reading && over(clients_.limits.head)) {
    if (in_.empty() && !head_) return close();
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    refuse_with(408, "the request did not come in time");
    return;
  }
  if ((state_ == State::idle && over(clients_.limits.idle)) ||
      (state_ == State::writing && over(clients_.limits.write)) ||
      (state_ == State::lingering && over(clients_.limits.linger))) {
    close();
  }
}

void WebConnection::stop() {
  if (state_ != State::answering && state_ != State::writing) close();
}

void WebConnection::close() {
  if (state_ == State::closed) return;
  if (state_ == State::writing) clients_.unsent.remove(out_);
  enter(State::closed);
  boost::system::error_code ignored;
  socket_.close(ignored);
  clients_.closed(*this);
}

}  // namespace telephony
