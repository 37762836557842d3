#include "telephony_exporter/source/stream_reader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "source/line_buffer.h"
#include "telephony_exporter/event/limits.h"

namespace telephony {

class StreamReader::Impl {
 public:
  Impl(const Live& live, int file, StreamHooks hooks, Log& log)
      : live_(live), file_(file), wake_(eventfd(0, EFD_CLOEXEC)), hooks_(std::move(hooks)), log_(log) {
    thread_ = std::thread([this] { run(); });
  }
  ~Impl() {
    stop();
    close(wake_);
  }

  void stop() {
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    while (!stopping_) {
      const std::shared_ptr<const Settings> settings = live_.get();
      const Source* source = settings->standard_input();
      if (source != nullptr) tell(*source, 0);
      const bool reads = source != nullptr && !ended_;
      if (wait(reads) && reads) read_some(*source);
    }
  }

  /// Until there is something to read, or to look whether the settings have changed. True for the first.
  bool wait(bool for_bytes) {
    std::array<pollfd, 2> waiting = {pollfd{wake_, POLLIN, 0}, pollfd{file_, POLLIN, 0}};
    poll(waiting.data(), for_bytes ? 2 : 1, static_cast<int>(limits::kFilePoll.count()));
    return waiting[1].revents != 0 && !stopping_;
  }

  void read_some(const Source& source) {
    const std::span<char> room = buffer_.prepare();
    const ssize_t got = read(file_, room.data(), room.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got > 0) {
      buffer_.commit(static_cast<std::size_t>(got));
      return deliver(source, buffer_.lines());
    }
    ended_ = true;
    deliver(source, buffer_.rest());
    log_.warn("standard input has ended", {{"source", source.name}});
  }

  /// Again and again: these lines are nowhere else.
  void deliver(const Source& source, std::string_view lines) {
    if (lines.empty()) return;
    RawEvent raw;
    raw.format = source.standard_input()->format;
    raw.body = lines;
    raw.csv_header = header_;
    while (!committed(source, raw)) {
      tell(source, lines.size());
      wait(false);
      if (stopping_) {
        return log_.warn("lines from standard input were not counted", {{"source", source.name}});
      }
    }
    if (header_.empty()) header_ = lines.substr(0, lines.find('\n'));
    caught_up_ = Clock::now();
  }

  bool committed(const Source& source, const RawEvent& raw) {
    // Shared, because the other thread may still be inside it when the answer is here.
    const auto answer = std::make_shared<std::promise<bool>>();
    hooks_.accept(source, raw, [answer](const Receipt& receipt) { answer->set_value(!receipt.unavailable); });
    return answer->get_future().get();
  }

  void tell(const Source& source, std::size_t uncommitted_bytes) {
    int unread_bytes = 0;
    if (ended_ || ioctl(file_, FIONREAD, &unread_bytes) != 0) unread_bytes = 0;
    StreamState state;
    state.up = !ended_;
    state.lag_bytes = uncommitted_bytes + static_cast<std::uint64_t>(unread_bytes);
    const Clock::time_point now = Clock::now();
    if (state.lag_bytes == 0) caught_up_ = now;
    state.lag_seconds = std::chrono::duration<double>(now - caught_up_).count();
    hooks_.state(source, state);
  }

  using Clock = std::chrono::steady_clock;

  const Live& live_;
  const int file_;
  const int wake_;
  const StreamHooks hooks_;
  Log& log_;
  LineBuffer buffer_{limits::kStreamBytes};
  std::string header_;  ///< the first line, which names the columns of all rows
  bool ended_ = false;
  Clock::time_point caught_up_ = Clock::now();
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

StreamReader::StreamReader(const Live& live, int file, StreamHooks hooks, Log& log)
    : impl_(std::make_unique<Impl>(live, file, std::move(hooks), log)) {}

StreamReader::~StreamReader() = default;

void StreamReader::stop() { impl_->stop(); }

}  // namespace telephony
