// `auth` as it stands in the configuration, secrets masked.
#pragma once

#include <yaml-cpp/yaml.h>

#include "telephony_exporter/config/auth.h"

namespace telephony {

void show_auth(YAML::Emitter& out, const Auth& auth);

}  // namespace telephony
