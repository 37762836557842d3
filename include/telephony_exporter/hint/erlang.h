// Erlang's formula for calls that are lost when all channels are busy.
#pragma once

#include <cstdint>

namespace telephony {

/// The share of calls that find no channel, 0 to 1.
double erlang_b(double erlangs, std::uint32_t channels);

/// The fewest channels with which no larger share than `target_blocking` is lost.
std::uint32_t channels_for(double erlangs, double target_blocking);

/// What was asked for, of which `blocking`, less than 1, was refused.
double offered_erlangs(double carried, double blocking);

}  // namespace telephony
