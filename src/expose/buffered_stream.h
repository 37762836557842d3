// A stream for cpp-httplib that reads from memory and writes to memory.
#pragma once

#include <httplib.h>

#include <string>
#include <string_view>

namespace telephony {

class BufferedStream : public httplib::Stream {
 public:
  /// `in` must outlive the stream.
  explicit BufferedStream(std::string_view in) : in_(in) {}

  /// What is written from there is left out of the output: it will be sent from where it stands.
  void leave_out(std::string_view body) { left_out_ = body; }
  std::string take_output() { return std::move(out_); }

  bool is_readable() const override { return !in_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view in_;
  std::string_view left_out_;
  std::string out_;
};

}  // namespace telephony
