// The strict YAML reader: what it takes, and what it says about the rest.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "settings_fixture.h"
#include "telephony_exporter/event/limits.h"
#include "telephony_exporter/yaml/node.h"

namespace telephony {
namespace {

Node value_of(const std::string& text) { return Node::parse("key: " + text + "\n", "f.yml").at("key"); }

/// What `read` throws, or "no error".
std::string error_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Node, ReadsTexts) {
  EXPECT_EQ(value_of("a word").text(), "a word");
  EXPECT_EQ(value_of("'quoted: #'").text(), "quoted: #");
  EXPECT_EQ(value_of("\"-2010\"").text(), "-2010");
  EXPECT_EQ(value_of(">-\n  two\n  lines").text(), "two lines");
  EXPECT_EQ(value_of("[a, b]").texts(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(error_of([] { value_of("''").text(); }), "f.yml:1:6: expected a text, found an empty one");
  EXPECT_EQ(error_of([] { value_of("[]").text(); }), "f.yml:1:6: expected a text, found a list");
  EXPECT_EQ(error_of([] { value_of("{}").text(); }), "f.yml:1:6: expected a text, found a mapping");
  EXPECT_EQ(error_of([] { value_of("~").text(); }), "f.yml:1:6: expected a text, found nothing");
  EXPECT_EQ(error_of([] { value_of("[a, []]").texts(); }), "f.yml:1:10: expected a text, found a list");
  EXPECT_EQ(error_of([] { value_of("a").items(); }), "f.yml:1:6: expected a list, found a text");
  EXPECT_EQ(error_of([] { value_of("a").pairs(); }), "f.yml:1:6: expected a mapping, found a text");
}

TEST(Node, ReadsSlugs) {
  for (const char* good : {"a", "8x8", "number_masking", "0", "a_"}) EXPECT_EQ(value_of(good).slug(), good);
  for (const std::string bad : {"A", "a-b", "a b", "_a", "é", "a."}) {
    EXPECT_EQ(error_of([&] { value_of(bad).slug(); }),
              "f.yml:1:6: '" + bad + "' is no name; use a-z, 0-9 and _");
  }
}

TEST(Node, ReadsBooleans) {
  EXPECT_TRUE(value_of("true").boolean());
  EXPECT_FALSE(value_of("false").boolean());
  for (const std::string bad : {"yes", "no", "True", "1", "on"}) {
    EXPECT_EQ(error_of([&] { value_of(bad).boolean(); }),
              "f.yml:1:6: '" + bad + "' is neither true nor false");
  }
}

TEST(Node, ReadsNumbers) {
  EXPECT_EQ(value_of("1").number(), 1U);
  EXPECT_EQ(value_of("4000000").number(), 4000000U);
  EXPECT_EQ(value_of("18446744073709551615").number(), 18446744073709551615U);
  for (const std::string bad :
       {"0", "-1", "1.0", "1e3", "0x10", "4_000", "18446744073709551616", "many", "1 000"}) {
    EXPECT_EQ(error_of([&] { value_of(bad).number(); }),
              "f.yml:1:6: '" + bad + "' is no whole number of 1 or more");
  }
}

TEST(Node, ReadsDurations) {
  const std::map<std::string, long> good = {{"0s", 0},       {"30s", 30},    {"5m", 300},
                                            {"96h", 345600}, {"4d", 345600}, {"36500d", 3153600000}};
  for (const auto& [text, seconds] : good) EXPECT_EQ(value_of(text).duration().count(), seconds) << text;
  for (const std::string bad : {"30", "s", "-1s", "1.5h", "30 s", "1w", "1ms", "1h30m", "4294967296s"}) {
    EXPECT_EQ(error_of([&] { value_of(bad).duration(); }),
              "f.yml:1:6: '" + bad + "' is no duration; write a number and s, m, h or d, as in 30s");
  }
  EXPECT_EQ(error_of([] { value_of("4294967295d").duration(); }),
            "f.yml:1:6: '4294967295d' is longer than 100 years");
}

TEST(Node, ReadsChoices) {
  static constexpr std::array<std::string_view, 3> kNames = {"never", "backoff", "later"};
  EXPECT_EQ(value_of("later").choice(kNames), 2U);
  EXPECT_EQ(error_of([] { value_of("latre").choice(kNames); }),
            "f.yml:1:6: 'latre' is not allowed here; did you mean 'later'?");
  EXPECT_EQ(error_of([] { value_of("Never").choice(kNames); }),
            "f.yml:1:6: 'Never' is not allowed here; did you mean 'never'?");
  EXPECT_EQ(error_of([] { value_of("sometimes").choice(kNames); }),
            "f.yml:1:6: 'sometimes' is not allowed here; expected one of: never, backoff, later");
}

TEST(Node, FindsKeys) {
  const Node root = Node::parse("a: 1\nb:\n  c: 2\n", "f.yml");
  EXPECT_EQ(root.at("a").text(), "1");
  EXPECT_EQ(root.at("b").at("c").place(), "f.yml:3:6");
  EXPECT_FALSE(root.find("c"));
  EXPECT_EQ(error_of([&] { root.at("c"); }), "f.yml:1:1: key 'c' is missing");
  EXPECT_EQ(error_of([&] { root.at("b").at("d"); }), "f.yml:3:3: key 'd' is missing");
  EXPECT_EQ(root.file(), "f.yml");
}

TEST(Node, ExpectsKeys) {
  const auto keys_of = [](const std::string& text) {
    return error_of([&] { Node::parse(text, "f.yml").expect_keys({"name", "pattern", "title"}); });
  };
  EXPECT_EQ(keys_of("title: 1\nname: 2\n"), "no error");
  EXPECT_EQ(keys_of("{}"), "no error");
  EXPECT_EQ(keys_of("name: 1\npatern: 2\n"), "f.yml:2:1: unknown key 'patern'; did you mean 'pattern'?");
  EXPECT_EQ(keys_of("colour: 2\n"), "f.yml:1:1: unknown key 'colour'; expected one of: name, pattern, title");
  EXPECT_EQ(keys_of("name: 1\nname: 1\n"), "f.yml:2:1: key 'name' is here twice");
  EXPECT_EQ(keys_of("[a]: 1\n"), "f.yml:1:1: expected a text, found a list");
  EXPECT_EQ(keys_of("name\n"), "f.yml:1:1: expected a mapping, found a text");
}

TEST(NodeParse, WantsOneDocument) {
  const auto parsed = [](const std::string& text) { return error_of([&] { Node::parse(text, "f.yml"); }); };
  EXPECT_EQ(parsed("a: 1\n"), "no error");
  EXPECT_EQ(parsed("--- {a: 1}\n"), "no error");
  EXPECT_EQ(parsed(""), "f.yml:1:1: is empty");
  EXPECT_EQ(parsed("\n# only a comment\n"), "f.yml:1:1: is empty");
  EXPECT_EQ(parsed("a: 1\n---\nb: 2\n"), "f.yml:3:1: a second document starts here; one file holds one");
  EXPECT_EQ(parsed("a: [1\n"), "f.yml:2:1: is not YAML: end of sequence flow not found");
  EXPECT_EQ(parsed("a: \"1"), "f.yml:1:6: is not YAML: illegal EOF in scalar");
  EXPECT_EQ(parsed("a: *nobody\n"), "f.yml:1:4: is not YAML: the referenced anchor is not defined");
}

TEST(NodeParse, DepthIsLimited) {
  const auto flow = [](std::size_t levels) {
    return error_of(
        [&] { Node::parse("a: " + std::string(levels, '[') + std::string(levels, ']') + '\n', "f.yml"); });
  };
  EXPECT_EQ(flow(limits::kYamlDepth - 1), "no error");  // the mapping around it is a level
  EXPECT_EQ(flow(limits::kYamlDepth), "f.yml:1:35: is nested deeper than 32 levels");
  EXPECT_EQ(flow(1'000'000), "f.yml:1:35: is nested deeper than 32 levels");
  EXPECT_EQ(error_of([] { Node::parse("a: '" + std::string(100, '[') + "'  # ((({{{\n", "f.yml"); }),
            "no error");
  std::string block = "x:\n";
  for (std::size_t i = 1; i < 400; ++i) block += std::string(i, ' ') + "x:\n";
  EXPECT_EQ(error_of([&] { Node::parse(block, "f.yml"); }), "f.yml:33:33: is nested deeper than 32 levels");
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_EQ(error_of([&] { Node::parse(dashes, "f.yml"); }), "f.yml:1:65: is nested deeper than 32 levels");
}

TEST(NodeLoad, FilesAreLimited) {
  const TestDirectory directory;
  const std::string good = directory.write("good.yml", "a: 1\n");
  EXPECT_EQ(Node::load(good).at("a").place(), good + ":1:4");
  const std::string large = directory.write("large.yml", "a: " + std::string(limits::kYamlBytes, 'a'));
  EXPECT_EQ(error_of([&] { Node::load(large); }), large + ":1:1: is larger than 4194304 bytes");
}

/// What our tree and yaml-cpp's, which needs a second parse, say of one document, in one form.
std::string shape(const Node& node) {
  std::string out = node.place() + ' ';
  if (node.is_map()) {
    for (const auto& [key, value] : node.pairs()) out += '{' + shape(key) + '=' + shape(value) + '}';
  } else if (node.is_scalar()) {
    try {
      out += node.text();
    } catch (const ConfigError&) {
      out += "empty";
    }
  } else {
    try {
      for (const Node& item : node.items()) out += '[' + shape(item) + ']';
    } catch (const ConfigError&) {
      out += "nothing";
    }
  }
  return out;
}

std::string shape(const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  const bool none = mark.is_null();
  std::string out = "f.yml:" + std::to_string(none ? 1 : mark.line + 1) + ':' +
                    std::to_string(none ? 1 : mark.column + 1) + ' ';
  if (node.IsMap()) {
    for (const auto& item : node) out += '{' + shape(item.first) + '=' + shape(item.second) + '}';
  } else if (node.IsScalar()) {
    out += node.Scalar().empty() ? "empty" : node.Scalar();
  } else if (node.IsSequence()) {
    for (const YAML::Node& item : node) out += '[' + shape(item) + ']';
  } else {
    out += "nothing";
  }
  return out;
}

TEST(Yaml, TheTreeIsThatOfYamlCpp) {
  for (const std::string text :
       {"a: b", "[1, ~, '', \"x\\ty\", !t z]", "- a\n- - b\n  - c: d\n    e:\n",
        "{a: &x {b: 1}, c: *x, d: [*x, *x]}", "&r [a, &n , *n]",
        "a: |\n  one\n  two\nb: >-\n  three\n  four\n", "? [k, l]\n: v\n? m\n", "~", "--- x", "a: 1\na: 2",
        "null", "key: &k null\nother: *k\n", "[]", "{}", "{a, b: }", "<<: {a: 1}\nb: 2",
        "\xef\xbb\xbf"
        "a: b"}) {
    EXPECT_EQ(shape(Node::parse(text, "f.yml")), shape(YAML::Load(text))) << text;
  }
  for (const auto& file : std::filesystem::directory_iterator(SOURCE_DIRECTORY "/config/providers")) {
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(shape(Node::parse(text, "f.yml")), shape(YAML::Load(text))) << file.path();
  }
}

}  // namespace
}  // namespace telephony
