// Points in time and numbers as senders write them, and what is none.
#include "decode/timestamp.h"

#include <gtest/gtest.h>

#include <limits>

namespace telephony {
namespace {

using As = TimeField::As;

/// Milliseconds since 1970, or -1.
std::int64_t read(std::string_view text, As as) {
  const auto time = parse_time(text, as);
  if (!time) return -1;
  return std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

constexpr std::int64_t kMorning = 1768292983000;  // 2026-01-13T08:29:43Z

TEST(Timestamp, Rfc3339) {
  EXPECT_EQ(read("2026-01-13T08:29:43Z", As::rfc3339), kMorning);
  EXPECT_EQ(read("2026-01-13t08:29:43z", As::rfc3339), kMorning);
  EXPECT_EQ(read("2026-01-13 08:29:43Z", As::rfc3339), kMorning);
  EXPECT_EQ(read("2026-01-13T08:29:43.375Z", As::rfc3339), kMorning + 375);
  EXPECT_EQ(read("2026-01-13T08:29:43.3750000001234567890Z", As::rfc3339), kMorning + 375);
  EXPECT_EQ(read("2026-01-13T09:29:43+01:00", As::rfc3339), kMorning);
  EXPECT_EQ(read("2026-01-13T02:59:43.5-05:30", As::rfc3339), kMorning + 500);
  EXPECT_EQ(read("2026-01-13T08:29:43.000+0000", As::rfc3339), kMorning);
  EXPECT_EQ(read("2026-01-14T00:29:43+16:00", As::rfc3339), kMorning);
  EXPECT_EQ(read("2024-02-29T00:00:00Z", As::rfc3339), 1709164800000);
  EXPECT_EQ(read("2016-12-31T23:59:60Z", As::rfc3339), 1483228800000) << "a leap second";
}

TEST(Timestamp, WhatIsNoRfc3339) {
  for (const char* text : {"",
                           " ",
                           "now",
                           "null",
                           "2026-01-13",
                           "2026-01-13T08:29:43",
                           "2026-01-13T08:29Z",
                           "2026-01-13T08:29:43.Z",
                           "2026-01-13T08:29:43ZZ",
                           "2026-01-13T08:29:43+1",
                           "2026-01-13T08:29:43+01:0",
                           "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-00-10T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-13T24:00:00Z",
                           "2026-01-13T08:60:00Z",
                           "2026-01-13T08:29:61Z",
                           "2026-01-13T08:29:43+24:00",
                           "2026-01-13T08:29:43+00:60",
                           "0001-01-01T00:00:00Z",
                           "1970-01-01T00:00:00Z",
                           "1999-12-31T23:59:59Z",
                           "2200-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z",
                           "-026-01-13T08:29:43Z",
                           "2026-1-13T08:29:43Z",
                           "20260113T082943Z",
                           "2026-01-13T08:29:43 Z",
                           "2026-01-13T08:29:43.5e3Z",
                           "+2026-01-13T08:29:43Z"}) {
    EXPECT_EQ(read(text, As::rfc3339), -1) << text;
  }
  EXPECT_EQ(read("1999-12-31T23:59:59-01:00", As::rfc3339), -1) << "its year is out of what is read";
}

TEST(Timestamp, Local) {
  EXPECT_EQ(read("2026-01-13 08:29:43", As::local), kMorning);
  EXPECT_EQ(read("2026-01-13T08:29:43.25", As::local), kMorning + 250);
  EXPECT_EQ(read("2026-01-13 08:29:43Z", As::local), -1);
  EXPECT_EQ(read("2026-01-13 08:29:43+01:00", As::local), -1);
}

TEST(Timestamp, Rfc2822) {
  EXPECT_EQ(read("Tue, 13 Jan 2026 08:29:43 +0000", As::rfc2822), kMorning);
  EXPECT_EQ(read("Tue, 13 Jan 2026 08:29:43 GMT", As::rfc2822), kMorning);
  EXPECT_EQ(read("13 jan 2026 09:29:43 +0100", As::rfc2822), kMorning);
  EXPECT_EQ(read("Sun, 1 Mar 2026 00:00 Z", As::rfc2822), 1772323200000);
  for (const char* text :
       {"", ",", "Tue, 13 Jan 2026 08:29:43", "Tue, 13 Jan 26 08:29:43 GMT", "Tue, 31 Feb 2026 08:29:43 GMT",
        "Tue, 13 Foo 2026 08:29:43 GMT", "Tue, 13 Jan 2026 08:29:43 CEST",
        "Tue, 13 Jan 2026 08:29:43 GMT GMT", "13 Ja", "2026"}) {
    EXPECT_EQ(read(text, As::rfc2822), -1) << text;
  }
}

TEST(Timestamp, SinceTheEpoch) {
  EXPECT_EQ(read("1768292983", As::epoch_seconds), kMorning);
  EXPECT_EQ(read("1768292983.375", As::epoch_seconds), kMorning + 375);
  EXPECT_EQ(read("1768292983375", As::epoch_milliseconds), kMorning + 375);
  EXPECT_EQ(read("1768292983375123", As::epoch_microseconds), kMorning + 375);
  EXPECT_EQ(read("1768292983375", As::epoch_seconds), -1) << "milliseconds are no seconds";
  EXPECT_EQ(read("1768292983", As::epoch_milliseconds), -1) << "seconds are no milliseconds";
  for (const char* text : {"", "0", "-1", "-1768292983", "1e300", "1e999", "nan", "inf", "0x6966",
                           "1768292983s", "99999999999999999999999999"}) {
    EXPECT_EQ(read(text, As::epoch_seconds), -1) << text;
  }
}

TEST(Number, IsDecimalAndFinite) {
  EXPECT_EQ(parse_number("4.5"), 4.5);
  EXPECT_EQ(parse_number("-1"), -1);
  EXPECT_EQ(parse_number("1e3"), 1000);
  for (const char* text :
       {"", " 1", "1 ", "+1", "1,5", "4.5/5", "inf", "-inf", "nan", "0x10", "1e999", "--1", "."}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace telephony
