#include "source/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <new>

#include "telephony_exporter/log/log.h"

namespace telephony::ingest {

namespace error = boost::asio::error;

const TlsSession::Error kNotTls = make_error_code(boost::system::errc::protocol_error);

TlsSession::TlsSession(ssl_ctx_st& context, int socket, Log& log)
    : ssl_(SSL_new(&context), SSL_free), socket_(socket), log_(log) {
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) throw std::bad_alloc();
  SSL_set_accept_state(ssl_.get());
}

/// Somebody who speaks plain HTTP is told so, which he can't be once OpenSSL has eaten his first bytes.
bool TlsSession::opens_with_tls(Error& error) {
  constexpr char kHandshakeRecord = 0x16;
  if (begun_) return true;
  char first = 0;
  const ssize_t got = recv(socket_, &first, 1, MSG_PEEK);
  if (got < 0) error = Error(errno, boost::system::system_category());
  if (got == 0) error = error::eof;
  if (got == 1 && first != kHandshakeRecord) error = kNotTls;
  begun_ = !error;
  return begun_;
}

std::size_t TlsSession::read(std::span<char> room, Error& error) {
  if (!opens_with_tls(error)) return 0;
  std::size_t bytes = 0;
  ERR_clear_error();
  const int result = SSL_read_ex(ssl_.get(), room.data(), room.size(), &bytes);
  if (result != 1) fail(result, error);
  return bytes;
}

std::size_t TlsSession::write(std::string_view bytes, Error& error) {
  std::size_t written = 0;
  while (written < bytes.size() && !error) {
    std::size_t now = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), bytes.data() + written, bytes.size() - written, &now);
    if (result != 1) fail(result, error);
    written += now;
  }
  return written;
}

void TlsSession::fail(int result, Error& error) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      error = error::would_block;
      return;
    case SSL_ERROR_ZERO_RETURN:
      error = error::eof;
      return;
    default:
      break;
  }
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  if (!SSL_is_init_finished(ssl_.get())) {
    log_.debug("TLS handshake failed", {{"error", reason == nullptr ? "the peer is gone" : reason}});
  }
  ERR_clear_error();
  broken_ = true;
  error = error::connection_reset;
}

void TlsSession::close_notify() {
  if (broken_ || !SSL_is_init_finished(ssl_.get())) return;
  broken_ = true;
  ERR_clear_error();
  // A peer whose socket is full is not waited for: he has what was sent, and sees the connection end.
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsSession::has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

}  // namespace telephony::ingest
