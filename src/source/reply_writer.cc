#include "source/reply_writer.h"

#include <boost/asio/error.hpp>

namespace telephony::ingest {

bool ReplyWriter::send() {
  constexpr std::size_t kKeptBytes = 1024;  // the memory of a burst of replies is given back
  if (queue_.empty()) return true;
  boost::system::error_code error;
  const std::size_t sent = socket_.write_some(boost::asio::buffer(queue_), error);
  if (error && error != boost::asio::error::would_block) return false;
  if (sent < queue_.size()) sending_ = queue_.substr(sent);
  queue_.clear();
  if (queue_.capacity() > kKeptBytes) std::string().swap(queue_);
  return true;
}

}  // namespace telephony::ingest
