// Erlang's loss formula: how many channels a trunk needs. Traffic is in erlangs, a blocking is a ratio.
#pragma once

#include <cstdint>
#include <optional>

namespace telephony {

inline constexpr std::uint32_t kMostChannels = 100'000;

/// The part of `offered` calls that `channels` refuse, B(A, N), in [0, 1]. Nothing for traffic that is
/// negative, infinite or no number, and for more than kMostChannels.
std::optional<double> erlang_b(double offered, std::uint32_t channels);

/// The fewest channels that refuse at most `target` of `offered`; none where nothing is offered. Nothing for
/// such traffic, for a target outside (0, 1], and where kMostChannels would not be enough.
std::optional<std::uint32_t> channels_for(double offered, double target);

/// What was offered where `carried` got through and `blocking` of the calls did not, by call attempts that do
/// not come back. Nothing for such traffic and for a blocking outside [0, 1).
std::optional<double> offered_traffic(double carried, double blocking);

}  // namespace telephony
