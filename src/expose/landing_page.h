// The page for people: what this exporter reads, and what a code means.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "telephony_exporter/config/settings.h"
#include "telephony_exporter/record/exporter_metrics.h"

namespace telephony {

/// What the page shows. The last two come from the network.
struct LandingPage {
  const Settings& settings;
  const std::string& telemetry_path;
  const std::string& ingest_address;
  const std::function<SourceState(const std::string& source)>& source_state;
  std::size_t unlisted = 0;  ///< how many codes no catalog lists
  std::string query;
  std::string provider;
};

/// The Content-Security-Policy that goes with it.
inline constexpr const char* kLandingPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

std::string landing_page(const LandingPage& page);

}  // namespace telephony
