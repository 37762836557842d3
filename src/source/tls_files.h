// The TLS of new connections: as the settings in force say, with what their files hold now.
#pragma once

#include <optional>
#include <string>

#include "source/context.h"
#include "source/tls_context.h"

namespace telephony::ingest {

/// On the listener's thread.
class TlsFiles {
 public:
  /// Throws ConfigError when the files cannot be used.
  TlsFiles(const Context& context);

  /// Follows the settings at once and their files after a while; what cannot be used is logged, and the files
  /// that were read before stay in use.
  void refresh(Clock::time_point now);

  /// Whether connections can be opened: without TLS where the settings ask for it, they can't.
  bool ready() const { return !settings_ || tls_; }
  ssl_ctx_st* context() const { return tls_.get(); }  ///< null for plain HTTP

 private:
  void load();
  void reload();

  const Context& context_;
  std::optional<TlsSettings> settings_;
  TlsContext tls_;
  std::string state_;  ///< of the files, when they were last looked at
  Clock::time_point look_again_;
};

}  // namespace telephony::ingest
