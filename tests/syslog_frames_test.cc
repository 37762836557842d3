// Messages out of a TCP stream, framed in every way that senders know.
#include "source/syslog_frames.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "telephony_exporter/event/limits.h"

namespace telephony::syslog {
namespace {

using Next = Frames::Next;
using Texts = std::vector<std::string>;

/// What a stream says that arrives in pieces of that size and then ends in order.
Texts read(std::string_view stream, std::size_t piece, bool in_order = true) {
  Frames frames;
  Texts texts;
  std::string_view message;
  const auto note = [&](Next next) {
    if (next == Next::message) texts.emplace_back(message);
    if (next == Next::too_long) texts.emplace_back("(too long)");
    if (next == Next::cut) texts.emplace_back("(cut)");
    return next != Next::nothing;
  };
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const std::string bytes(stream.substr(at, piece));  // so that a sanitizer sees what reads beyond it
    std::string_view rest = bytes;
    while (note(frames.next(rest, message))) continue;
    EXPECT_TRUE(rest.empty());
  }
  note(frames.end(in_order, message));
  return texts;
}

/// However the stream is cut into pieces.
void expect_frames(std::string_view stream, const Texts& texts) {
  for (std::size_t piece = 1; piece < stream.size(); piece += 1 + piece / 16) {
    EXPECT_EQ(read(stream, piece), texts) << "in pieces of " << piece;
  }
  EXPECT_EQ(read(stream, stream.size() + 1), texts);
}

TEST(SyslogFrames, CountedOctets) {
  expect_frames("8 <13>a b\n3 <1>10 <34>hello\n", {"<13>a b\n", "<1>", "<34>hello\n"});
}

TEST(SyslogFrames, LinesWithEveryEnd) {
  expect_frames(std::string_view("<1>a\n<2>b\r\n<3>c\0\n\r\n<4>d e\n", 25),
                {"<1>a", "<2>b\r", "<3>c", "<4>d e"});
}

TEST(SyslogFrames, EachFrameSaysHowItIsFramed) {
  expect_frames("5 <1>ab<2>line\n6 <3>c\nd<4>line\n", {"<1>ab", "<2>line", "<3>c\nd", "<4>line"});
}

TEST(SyslogFrames, SendersThatCountAndEndLinesToo) { expect_frames("4 <1>a\n4 <2>b\n", {"<1>a", "<2>b"}); }

TEST(SyslogFrames, ALineMayBeginWithANumber) {
  expect_frames("17: Jan 13 08:26:58: up\n486 Busy Here\n1768292818 x\n5\n0 <1>\n2026-01-13 a\n",
                {"17: Jan 13 08:26:58: up", "486 Busy Here", "1768292818 x", "5", "0 <1>", "2026-01-13 a"});
}

TEST(SyslogFrames, ALastLineWithoutAnEnd) {
  EXPECT_EQ(read("<1>a\n<2>b", 3), (Texts{"<1>a", "<2>b"}));
  EXPECT_EQ(read("486", 1), (Texts{"486"}));
  EXPECT_EQ(read("<1>a\n<2>b", 3, false), (Texts{"<1>a", "(cut)"})) << "a connection that broke";
}

TEST(SyslogFrames, ACountedFrameThatEndsEarlyIsCut) {
  EXPECT_EQ(read("4 <1>a9 <2>b", 100), (Texts{"<1>a", "(cut)"}));
  EXPECT_EQ(read("4 <1>a9 <", 2), (Texts{"<1>a", "(cut)"}));
}

TEST(SyslogFrames, NothingIsNothing) {
  EXPECT_EQ(read("", 1), Texts{});
  expect_frames(std::string_view("\r\n\n\0\n", 5), {});
}

TEST(SyslogFrames, WhatIsTooLongIsLeftOut) {
  const std::string most(limits::kSyslogFrameBytes - 3, 'x');
  const std::string count = std::to_string(limits::kSyslogFrameBytes);
  const std::string more = std::to_string(limits::kSyslogFrameBytes + 1);
  for (const std::size_t piece : {1, 7, 1000, 100'000}) {
    EXPECT_EQ(read("<1>" + most + "\n<2>" + most + "y\n<3>z\n", piece),
              (Texts{"<1>" + most, "(too long)", "<3>z"}));
    EXPECT_EQ(read(count + " <1>" + most + more + " <2>" + most + "y4 <3>z", piece),
              (Texts{"<1>" + most, "(too long)", "<3>z"}));
    EXPECT_EQ(read("<1>" + std::string(100'000, 'x'), piece), Texts{"(too long)"}) << "told once";
    EXPECT_EQ(read("999999999 <1>abc", piece), Texts{"(too long)"}) << "told once";
  }
}

TEST(SyslogFrames, KnowsWhetherItIsInsideAFrame) {
  Frames frames;
  std::string_view message;
  const auto inside_after = [&](std::string_view bytes) {
    while (frames.next(bytes, message) != Next::nothing) continue;
    return frames.inside();
  };
  EXPECT_FALSE(frames.inside());
  EXPECT_TRUE(inside_after("<1>a"));
  EXPECT_FALSE(inside_after("b\n"));
  EXPECT_FALSE(inside_after("\n"));
  EXPECT_TRUE(inside_after("1"));
  EXPECT_TRUE(inside_after("0 "));
  EXPECT_TRUE(inside_after("<"));
  EXPECT_FALSE(inside_after("123456789"));
  EXPECT_TRUE(inside_after("999999 <"));
}

}  // namespace
}  // namespace telephony::syslog
