// Lingering close: what a peer still sends after its last reply is read and dropped, because closing with
// bytes unread would send an RST, which can destroy the reply on its way. TLS is dropped as it comes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace telephony::ingest {

class Drain {
 public:
  enum class Progress : std::uint8_t {
    empty,   ///< until the peer sends more
    paused,  ///< it is the others' turn
    ended    ///< the peer has closed or has sent too much
  };

  Progress drop(int socket);

 private:
  std::size_t dropped_bytes_ = 0;
};

}  // namespace telephony::ingest
