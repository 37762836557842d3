// A listening socket for the web server.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

namespace telephony {

using WebListener =
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// HOST:PORT, [HOST]:PORT, or :PORT for every address of both IP versions. Throws ConfigError.
WebListener listen_on(boost::asio::io_context& io, std::string_view address);

/// HOST:PORT as bound.
std::string bound_address(const WebListener& listener);

}  // namespace telephony
