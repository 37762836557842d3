#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstring>

#include "source/bind.h"
#include "source/syslog_door.h"

namespace telephony::syslog {
namespace {

using boost::asio::ip::udp;
using boost::system::error_code;
using DatagramSocket = boost::asio::basic_datagram_socket<udp, Executor>;

constexpr unsigned kDatagramsAtOnce = 32;
constexpr int kReadsInTurn = 8;  // then it is the others' turn

IpAddress address_of(const sockaddr_storage& from) {
  IpAddress address;
  if (from.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, &v4.sin_addr, 4);
  }
  return address;
}

/// Room for what one call of the kernel gives.
class Datagrams {
 public:
  Datagrams() {
    for (std::size_t i = 0; i < kDatagramsAtOnce; ++i) {
      pieces_[i] = {bytes_.get() + i * limits::kSyslogFrameBytes, limits::kSyslogFrameBytes};
      heads_[i].msg_hdr.msg_iov = &pieces_[i];
      heads_[i].msg_hdr.msg_iovlen = 1;
      heads_[i].msg_hdr.msg_name = &peers_[i];
    }
  }

  /// How many came; 0 when there are none.
  std::size_t receive(int socket) {
    for (mmsghdr& head : heads_) head.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int count = recvmmsg(socket, heads_.data(), kDatagramsAtOnce, MSG_DONTWAIT, nullptr);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  std::string_view message(std::size_t i) const {
    return {static_cast<const char*>(pieces_[i].iov_base), heads_[i].msg_len};
  }
  bool truncated(std::size_t i) const { return (heads_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0; }
  IpAddress peer(std::size_t i) const { return address_of(peers_[i]); }

 private:
  std::unique_ptr<char[]> bytes_ =
      std::make_unique_for_overwrite<char[]>(kDatagramsAtOnce * limits::kSyslogFrameBytes);
  std::array<iovec, kDatagramsAtOnce> pieces_{};
  std::array<sockaddr_storage, kDatagramsAtOnce> peers_{};
  std::array<mmsghdr, kDatagramsAtOnce> heads_{};
};

class UdpDoor : public Door, public std::enable_shared_from_this<UdpDoor> {
 public:
  UdpDoor(Context& context, const ListenAddress& address) : socket_(context.io) {
    ingest::bind_to<udp>(socket_, address);
    // Beyond the system's limit only with the privilege; without it the kernel gives what it may.
    const int bytes = context.limits.receive_bytes;
    if (setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
      setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  void serve(const std::shared_ptr<Inbox>& inbox) override {
    const bool first = inbox_ == nullptr;
    if (!first) count_drops();
    inbox_ = inbox;
    if (first) wait();
  }

  void tick(Clock::time_point) override { count_drops(); }

  void stop() override {
    stopping_ = true;
    error_code ignored;
    socket_.cancel(ignored);  // wakes wait()
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  bool closed() const override { return !socket_.is_open(); }

 private:
  void wait() {
    socket_.async_wait(DatagramSocket::wait_read,
                       [self = shared_from_this()](const error_code&) { self->receive(); });
  }

  void receive() {
    if (closed()) return;
    bool more = true;
    for (int reads = 0; more && reads < kReadsInTurn && !inbox_->full(); ++reads) more = receive_some();
    count_drops();
    inbox_->deliver();
    if (stopping_ && !more) return close();
    if (inbox_->full()) return inbox_->when_room([self = shared_from_this()] { self->receive(); });
    if (!stopping_) return wait();
    post(socket_.get_executor(), [self = shared_from_this()] { self->receive(); });
  }

  /// False when there is nothing more.
  bool receive_some() {
    const std::size_t count = datagrams_.receive(socket_.native_handle());
    for (std::size_t i = 0; i < count; ++i) {
      if (!inbox_->allows(datagrams_.peer(i))) {
        inbox_->refuse(RejectCause::not_allowed);
      } else if (datagrams_.truncated(i)) {
        inbox_->refuse(RejectCause::too_long);
      } else {
        inbox_->add(datagrams_.message(i));
      }
    }
    return count > 0;
  }

  /// What came while the receive buffer was full is lost, and the kernel knows how much that was.
  void count_drops() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (closed() || getsockopt(socket_.native_handle(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0)
      return;
    const std::uint32_t dropped = memory[SK_MEMINFO_DROPS] - drops_;
    drops_ = memory[SK_MEMINFO_DROPS];
    if (dropped > 0) inbox_->refuse(RejectCause::unavailable, dropped);
  }

  DatagramSocket socket_;
  Datagrams datagrams_;
  std::uint32_t drops_ = 0;
  bool stopping_ = false;
};

}  // namespace

std::shared_ptr<Door> open_udp(Context& context, const ListenAddress& address) {
  return std::make_shared<UdpDoor>(context, address);
}

}  // namespace telephony::syslog
