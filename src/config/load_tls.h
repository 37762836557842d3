// The `tls_server_config` of a listener, read and written.
#pragma once

#include <yaml-cpp/yaml.h>

#include "telephony_exporter/config/tls.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {

/// Throws ConfigError. Whether the files can be used is for the listener to say.
TlsSettings load_tls(const Node& node);

/// As a value of the mapping that is being written.
void emit_tls(YAML::Emitter& out, const TlsSettings& tls);

}  // namespace telephony
