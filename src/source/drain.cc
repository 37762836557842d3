#include "source/drain.h"

#include <sys/socket.h>

#include <cerrno>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {

Drain::Progress Drain::drop(int socket) {
  constexpr int kDropsInTurn = 64;
  char unused[64 * 1024];
  for (int drop = 0; drop < kDropsInTurn; ++drop) {
    // MSG_TRUNC drops what was received without copying it.
    const ssize_t dropped = ::recv(socket, unused, sizeof unused, MSG_TRUNC);
    if (dropped < 0 && (errno == EAGAIN || errno == EINTR)) return Progress::empty;
    if (dropped <= 0) return Progress::ended;
    dropped_bytes_ += static_cast<std::size_t>(dropped);
    if (dropped_bytes_ > limits::kDroppedBytes) return Progress::ended;
  }
  return Progress::paused;
}

}  // namespace telephony::ingest
