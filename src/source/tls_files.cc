#include "source/tls_files.h"

#include <sys/stat.h>

#include "telephony_exporter/yaml/node.h"

namespace telephony::ingest {
namespace {

/// Differs when one of the files has been written or replaced.
std::string state_of(const TlsSettings& settings) {
  std::string state;
  for (const Placed* file : {&settings.cert_file, &settings.key_file, &settings.client_ca_file}) {
    struct stat now {};
    if (stat(file->text.c_str(), &now) != 0) now = {};
    for (const auto number :
         {static_cast<std::int64_t>(now.st_dev), static_cast<std::int64_t>(now.st_ino),
          static_cast<std::int64_t>(now.st_size), static_cast<std::int64_t>(now.st_mtim.tv_sec),
          static_cast<std::int64_t>(now.st_mtim.tv_nsec)}) {
      state += std::to_string(number) + ' ';
    }
  }
  return state;
}

}  // namespace

TlsFiles::TlsFiles(const Context& context) : context_(context), settings_(context.live.get()->ingest.tls) {
  if (settings_) load();
}

void TlsFiles::load() {
  state_ = state_of(*settings_);  // before they are read, so that a change meanwhile is seen later
  tls_ = load_tls_context(*settings_);
  if (has_expired(tls_)) context_.log.warn("certificate has expired", {{"file", settings_->cert_file.text}});
}

void TlsFiles::refresh(Clock::time_point now) {
  const auto live = context_.live.get();
  const bool other_settings = live->ingest.tls != settings_;
  if (!other_settings && (!settings_ || now < look_again_)) return;
  look_again_ = now + context_.limits.tls_files;
  if (other_settings) {
    settings_ = live->ingest.tls;
    tls_.reset();  // nobody is let in by what is no longer asked for
    if (settings_) reload();
  } else if (state_of(*settings_) != state_) {
    reload();
  }
}

void TlsFiles::reload() try {
  load();
  context_.log.info("certificate loaded", {{"file", settings_->cert_file.text}});
} catch (const ConfigError& error) {
  const char* const consequence = tls_ ? "certificate not reloaded; the old one stays"
                                       : "certificate not loaded; new connections are closed";
  context_.log.error(consequence, {{"error", error.what()}});
}

}  // namespace telephony::ingest
