#include "telephony_exporter/hint/erlang.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace telephony {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Row {
  std::uint32_t channels;
  double offered;
  double blocking;
};

/// The classical tables: ITU-D Study Group 2, Teletraffic Engineering Handbook, appendix; Rappaport, Wireless
/// Communications, table 3.4; for 15, 17 and 25 channels the calculators of erlang.com and abstractmicro.com.
const std::vector<Row> kTables = {
    {1, 0.0101, 0.01},  {2, 0.153, 0.01},   {4, 0.869, 0.01},   {5, 1.361, 0.01},    {10, 4.461, 0.01},
    {15, 8.108, 0.01},  {17, 9.6516, 0.01}, {20, 12.03, 0.01},  {25, 16.1245, 0.01}, {24, 15.3, 0.01},
    {40, 29.0, 0.01},   {70, 56.1, 0.01},   {100, 84.06, 0.01}, {10, 3.96, 0.005},   {20, 11.1, 0.005},
    {100, 80.9, 0.005}, {10, 5.084, 0.02},  {20, 13.18, 0.02},  {17, 12.4613, 0.05}, {1, 1, 0.5}};

TEST(Erlang, BlocksAsThePublishedTablesSay) {
  for (const Row& row : kTables)
    EXPECT_NEAR(*erlang_b(row.offered, row.channels), row.blocking, row.blocking * 0.03)
        << row.channels << ' ' << row.offered;
  EXPECT_NEAR(*erlang_b(10, 15), 0.0365, 0.00005);
}

TEST(Erlang, NeedsAsManyChannelsAsThePublishedTablesSay) {
  for (const Row& row : kTables) {
    EXPECT_EQ(channels_for(row.offered * 0.99, row.blocking), row.channels) << row.offered;
    EXPECT_EQ(channels_for(row.offered * 1.01, row.blocking), row.channels + 1) << row.offered;
  }
  EXPECT_EQ(channels_for(10, 0.01), 18U);
  EXPECT_EQ(channels_for(10, 0.05), 15U);
  EXPECT_EQ(channels_for(15.7, 0.01), 25U);
}

/// (A^N / N!) / sum of (A^k / k!) in exact fractions (Python's `fractions`), rounded once at the end.
TEST(Erlang, AgreesWithExactFractions) {
  const std::vector<Row> exact = {{15, 10, 0.036496945472370791},     {3, 0.5, 0.012658227848101266},
                                  {10, 4.25, 0.0075910998536399092},  {100, 84, 0.0098725286092007838},
                                  {100, 120, 0.19626998945511362},    {200, 250, 0.21371457684190204},
                                  {12, 0.125, 2.6809973318893614e-20}};
  for (const Row& row : exact)
    EXPECT_NEAR(*erlang_b(row.offered, row.channels) / row.blocking, 1, 1e-12)
        << row.offered << ' ' << row.channels;
}

/// P(X = N) / P(X <= N) of a Poisson variable, summed with 40 digits (Python's mpmath).
TEST(Erlang, StaysStableUpTo100000Channels) {
  const std::vector<Row> large = {
      {1000, 990, 0.018965776430814612},         {10'000, 9900, 0.0028581267388565864},
      {100'000, 97'000, 1.4380766613725421e-23}, {100'000, 99'000, 8.2257755985042223e-6},
      {100'000, 100'000, 0.0025188934235469064}, {100'000, 150'000, 0.33334666506708251}};
  for (const Row& row : large)
    EXPECT_NEAR(*erlang_b(row.offered, row.channels) / row.blocking, 1, 1e-9)
        << row.offered << ' ' << row.channels;
  EXPECT_EQ(erlang_b(1, 100'000), 0);
  EXPECT_NEAR(*erlang_b(1e300, 100'000), 1, 1e-12);
}

TEST(Erlang, FindsTheFewestChannels) {
  for (const double offered : {0.001, 0.5, 3.0, 47.3, 900.0, 20'000.0}) {
    for (const double target : {0.001, 0.01, 0.2}) {
      const std::uint32_t channels = *channels_for(offered, target);
      EXPECT_LE(*erlang_b(offered, channels), target);
      EXPECT_GT(*erlang_b(offered, channels - 1), target);
    }
  }
}

TEST(Erlang, NoTrafficNeedsNoChannel) {
  EXPECT_EQ(channels_for(0, 0.01), 0U);
  EXPECT_EQ(erlang_b(0, 1), 0);
  EXPECT_EQ(erlang_b(0, 0), 1);
  EXPECT_EQ(erlang_b(5, 0), 1);
  EXPECT_EQ(channels_for(5, 1), 0U);
}

TEST(Erlang, HasNoAnswerToBadInput) {
  for (const double bad : {-1.0, -kInfinity, kInfinity, kNaN}) {
    EXPECT_EQ(erlang_b(bad, 10), std::nullopt) << bad;
    EXPECT_EQ(channels_for(bad, 0.01), std::nullopt) << bad;
    EXPECT_EQ(channels_for(10, bad), std::nullopt) << bad;
    EXPECT_EQ(offered_traffic(bad, 0.1), std::nullopt) << bad;
    EXPECT_EQ(offered_traffic(10, bad), std::nullopt) << bad;
  }
  EXPECT_EQ(channels_for(10, 0), std::nullopt);
  EXPECT_EQ(channels_for(10, 1.1), std::nullopt);
  EXPECT_EQ(channels_for(200'000, 0.01), std::nullopt) << "more channels than any trunk has";
  EXPECT_EQ(erlang_b(10, kMostChannels + 1), std::nullopt);
  EXPECT_EQ(offered_traffic(10, 1), std::nullopt);
  EXPECT_EQ(offered_traffic(std::numeric_limits<double>::max(), 0.9), std::nullopt);
}

TEST(Erlang, TellsWhatWasOfferedFromWhatWasCarried) {
  EXPECT_DOUBLE_EQ(*offered_traffic(9, 0.1), 10);
  EXPECT_EQ(offered_traffic(0, 0.1), 0);
  const double blocking = *erlang_b(12, 10);
  EXPECT_NEAR(*offered_traffic(12 * (1 - blocking), blocking), 12, 1e-12);
}

}  // namespace
}  // namespace telephony
