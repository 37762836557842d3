#include "telephony_exporter/catalog/text.h"

#include <gtest/gtest.h>

namespace telephony {
namespace {

struct NormalCase {
  const char* text;
  const char* normal;
};

const NormalCase kNormal[] = {
    {"", ""},
    {"Busy Here", "busy here"},
    {"  Busy \t here \r\n", "busy here"},
    {"NO_ANSWER", "no answer"},
    {"no-answer", "no answer"},
    {"No answer (30 s)", "no answer"},
    {"No (for now) answer", "no answer"},
    {"No(for now)answer", "no answer"},
    {"Feature (a (b) c) off", "feature c off"},
    {"Feature (not closed", "feature not closed"},
    {"()", ""},
    {"The number +1234567 is unverified.", "the number is unverified"},
    {"The number is unverified", "the number is unverified"},
    {"1234567", ""},
    {"T38 fax2mail", "t fax mail"},
    {"Don't", "don t"},
    {"Numéro non attribué", "numéro non attribué"},
    {"\xff\xfe", "\xff\xfe"},
};

TEST(NormalText, KeepsWordsOnly) {
  for (const NormalCase& c : kNormal) EXPECT_EQ(normal_text(c.text), c.normal) << c.text;
}

TEST(NormalText, IsNormalAlready) {
  for (const NormalCase& c : kNormal) EXPECT_EQ(normal_text(c.normal), c.normal);
}

TEST(NormalText, ABufferHoldsTheLastTextOnly) {
  std::string buffer = "left over";
  normal_text("Busy Here", buffer);
  EXPECT_EQ(buffer, "busy here");
  normal_text("(gone)", buffer);
  EXPECT_EQ(buffer, "");
}

TEST(NormalText, ManyOpenBracketsTakeNoQuadraticTime) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(normal_text(std::string(1 << 20, '(')), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(EqualIgnoringCase, ComparesAsciiLettersOnly) {
  EXPECT_TRUE(equal_ignoring_case("CallA", "callA"));
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_FALSE(equal_ignoring_case("callA", "callAB"));
  EXPECT_FALSE(equal_ignoring_case("callA", "callB"));
  EXPECT_FALSE(equal_ignoring_case("É", "é"));
}

}  // namespace
}  // namespace telephony
