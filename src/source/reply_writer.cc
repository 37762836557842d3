#include "source/reply_writer.h"

#include <boost/asio/error.hpp>

namespace telephony::ingest {

bool ReplyWriter::send() {
  constexpr std::size_t kKeptBytes = 1024;  // the memory of a burst of replies is given back
  if (queue_.empty()) return true;
  Transport::Error error;
  const std::size_t sent = transport_.write_some(queue_, error);
  if (error && error != boost::asio::error::would_block) return false;
  if (sent < queue_.size()) sending_ = queue_.substr(sent);
  queue_.clear();
  if (queue_.capacity() > kKeptBytes) std::string().swap(queue_);
  return true;
}

bool ReplyWriter::send_more(Transport::Error& error) {
  const std::size_t sent = transport_.write_some(std::string_view(sending_).substr(sent_), error);
  if (error == boost::asio::error::would_block) error = {};
  sent_ += sent;
  if (!error && sent_ < sending_.size()) return false;
  std::string().swap(sending_);
  sent_ = 0;
  return true;
}

}  // namespace telephony::ingest
