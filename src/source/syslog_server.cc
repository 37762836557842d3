#include "telephony_exporter/source/syslog_server.h"

#include <algorithm>
#include <map>
#include <thread>
#include <vector>

#include "source/syslog_door.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

using syslog::Clock;
using syslog::Door;
using syslog::Inbox;

namespace {

constexpr std::chrono::milliseconds kStopTick{5};

/// Where one door is: "udp 127.0.0.1:5514".
using Doors = std::map<std::string, std::shared_ptr<Door>>;

std::string key_of(const char* protocol, const Syslog& syslog) {
  return std::string(protocol) + ' ' + syslog.listen.to_string();
}

template <typename Use>
void for_each_door(const Source& source, Use use) {
  const Syslog* syslog = source.syslog();
  if (syslog == nullptr) return;
  if (syslog->udp) use(key_of("udp", *syslog), syslog::open_udp);
  if (syslog->tcp) use(key_of("tcp", *syslog), syslog::open_tcp);
}

}  // namespace

class SyslogServer::Impl {
 public:
  Impl(SyslogHooks hooks, Log& log, const SyslogLimits& limits)
      : context_{std::move(hooks), limits, log}, tick_(context_.io) {}

  void start(const std::shared_ptr<const Settings>& settings) {
    doors_ = open(*settings);
    apply(doors_, settings);
    tick();
    thread_ = std::thread([this] {
      context_.mailbox->adopt_this_thread();
      context_.io.run();
    });
  }

  std::function<void()> prepare(const std::shared_ptr<const Settings>& settings) {
    return [this, settings, doors = open(*settings)] {
      doors_ = doors;
      context_.mailbox->post([this, settings, doors] { apply(doors, settings); });
    };
  }

  void stop() {
    if (!thread_.joinable()) return;
    context_.mailbox->post([this] { begin_stop(); });
    thread_.join();
    context_.mailbox->close();
  }

 private:
  /// A door that is open already is taken as it is.
  Doors open(const Settings& settings) {
    Doors doors;
    for (const Source& source : settings.sources) {
      for_each_door(source, [&](const std::string& key, auto open_door) {
        const auto there = doors_.find(key);
        try {
          doors[key] = there != doors_.end() ? there->second : open_door(context_, source.syslog()->listen);
        } catch (const boost::system::system_error& error) {
          throw ConfigError("source '" + source.name + "' cannot listen on " + key + ": " +
                            error.code().message());
        }
      });
    }
    return doors;
  }

  // From here on, on the server's thread.

  void apply(const Doors& doors, const std::shared_ptr<const Settings>& settings) {
    for (const auto& door : serving_) {
      const bool stays =
          std::any_of(doors.begin(), doors.end(), [&](const auto& d) { return d.second == door; });
      if (!stays) door->stop();
    }
    for (const auto& inbox : inboxes_) inbox->retired = true;
    for (const Source& source : settings->sources) {
      if (source.syslog() == nullptr) continue;
      const std::shared_ptr<Inbox> inbox = inbox_of(settings, source);
      for_each_door(source, [&](const std::string& key, auto) { serve(doors.at(key), inbox); });
    }
  }

  std::shared_ptr<Inbox> inbox_of(const std::shared_ptr<const Settings>& settings, const Source& source) {
    for (const auto& inbox : inboxes_) {
      if (inbox->source().name != source.name) continue;
      inbox->adopt(settings, source);
      inbox->retired = false;
      return inbox;
    }
    return inboxes_.emplace_back(std::make_shared<Inbox>(context_, settings, source));
  }

  void serve(const std::shared_ptr<Door>& door, const std::shared_ptr<Inbox>& inbox) {
    if (std::find(serving_.begin(), serving_.end(), door) == serving_.end()) serving_.push_back(door);
    door->serve(inbox);
  }

  void tick() {
    tick_.expires_after(stopping_ ? kStopTick : context_.limits.tick);
    tick_.async_wait([this](const boost::system::error_code& cancelled) {
      if (cancelled) return;
      const Clock::time_point now = Clock::now();
      for (const auto& door : serving_) door->tick(now);
      std::erase_if(serving_, [](const auto& door) { return door->closed(); });
      for (const auto& inbox : inboxes_) report(*inbox, now);
      std::erase_if(inboxes_, [](const auto& inbox) {
        return inbox->retired && inbox->empty() && inbox.use_count() == 1;
      });
      if (stopping_ && may_end(now)) return context_.io.stop();
      tick();
    });
  }

  void report(const Inbox& inbox, Clock::time_point now) {
    if (inbox.retired) return;
    SyslogState state = inbox.state(now);
    state.up = std::all_of(serving_.begin(), serving_.end(),
                           [&](const auto& door) { return door->inbox() != &inbox || door->up(); });
    context_.hooks.state(inbox.source(), state);
  }

  void begin_stop() {
    stopping_ = true;
    stop_at_ = Clock::now() + context_.limits.stop;
    for (const auto& door : serving_) door->stop();
    tick();
  }

  bool may_end(Clock::time_point now) {
    const bool idle = std::all_of(inboxes_.begin(), inboxes_.end(), [](const auto& i) { return i->empty(); });
    if (serving_.empty() && idle) return true;
    if (now < stop_at_) return false;
    for (const auto& door : serving_) door->close();
    if (!idle) context_.log.warn("stopped before all syslog messages could be committed");
    return true;
  }

  syslog::Context context_;
  Doors doors_;  ///< used by who starts and reloads, one at a time
  std::vector<std::shared_ptr<Door>> serving_;
  std::vector<std::shared_ptr<Inbox>> inboxes_;
  syslog::Timer tick_;
  Clock::time_point stop_at_;
  bool stopping_ = false;
  std::thread thread_;
};

SyslogServer::SyslogServer(const std::shared_ptr<const Settings>& settings, SyslogHooks hooks, Log& log,
                           const SyslogLimits& limits)
    : impl_(std::make_unique<Impl>(std::move(hooks), log, limits)) {
  impl_->start(settings);
}

SyslogServer::~SyslogServer() { impl_->stop(); }

std::function<void()> SyslogServer::prepare(const std::shared_ptr<const Settings>& settings) {
  return impl_->prepare(settings);
}

void SyslogServer::stop() { impl_->stop(); }

}  // namespace telephony
