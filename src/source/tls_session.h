// One connection's TLS, over a socket that does not block.
#pragma once

#include <boost/asio/error.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace telephony {
class Log;
}

namespace telephony::ingest {

/// Nothing here waits: what can't be done at once fails with would_block. The handshake is part of the first
/// reads. SIGPIPE has to be ignored.
class TlsSession {
 public:
  using Error = boost::system::error_code;

  TlsSession(ssl_ctx_st& context, int socket, Log& log);

  std::size_t read(std::span<char> room, Error& error);  ///< end of file by the peer's close_notify
  std::size_t write(std::string_view bytes, Error& error);
  void close_notify();
  bool has_pending() const;  ///< bytes were received that read() has not returned

 private:
  bool opens_with_tls(Error& error);
  void fail(int result, Error& error);

  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  int socket_;
  Log& log_;
  bool begun_ = false;
  bool broken_ = false;  ///< nothing may be sent any more
};

/// The peer's first byte is none of TLS; it is still unread.
extern const TlsSession::Error kNotTls;

}  // namespace telephony::ingest
