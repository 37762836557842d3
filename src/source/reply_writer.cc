#include "source/reply_writer.h"

#include <boost/asio/error.hpp>
#include <utility>

namespace telephony::ingest {

bool ReplyWriter::send(Clock::time_point deadline) {
  constexpr std::size_t kKeptBytes = 16 * 1024;  // the memory of a burst of replies is given back
  if (queue_.empty()) return true;
  if (busy()) {
    sending_ += std::exchange(queue_, {});
    return true;
  }
  Transport::Error error;
  const std::size_t sent = transport_.write_some(queue_, error);
  const bool gone = error && error != boost::asio::error::would_block;
  if (!gone && sent < queue_.size()) {
    sending_ = queue_.substr(sent);
    deadline_ = deadline;
  }
  queue_.clear();
  if (queue_.capacity() > kKeptBytes) std::string().swap(queue_);
  return !gone;
}

bool ReplyWriter::send_rest() {
  Transport::Error error;
  sent_ += transport_.write_some(std::string_view(sending_).substr(sent_), error);
  if (error) return error == boost::asio::error::would_block;
  if (sent_ < sending_.size()) return true;
  std::string().swap(sending_);
  sent_ = 0;
  return true;
}

}  // namespace telephony::ingest
