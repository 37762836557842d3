#include "source/drain.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "telephony_exporter/event/limits.h"

namespace telephony::ingest {

bool Drain::drop() {
  constexpr int kDropsInTurn = 64;  // then it is the others' turn
  char unused[64 * 1024];
  for (int drop = 0; drop < kDropsInTurn; ++drop) {
    boost::system::error_code error;
    // MSG_TRUNC drops what was received without copying it.
    dropped_bytes_ += socket_.receive(boost::asio::buffer(unused), MSG_TRUNC, error);
    if (error == boost::asio::error::would_block) return true;
    if (error || dropped_bytes_ > limits::kDroppedBytes) return false;
  }
  return true;
}

}  // namespace telephony::ingest
