// Goal: a mistake in a file is reported with file, line, column and what was expected. Method: one wrong document each.
#include "base/yaml.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace saksi {
namespace {

template <typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Yaml, UnknownKeyNamesPlaceAndNearestKey) {
  const YamlNode node = YamlNode::parse("press: 1\nactoins: 2\n", "a.yaml");
  EXPECT_EQ(message_of([&] { node.allow_keys({"press", "actions"}); }), "a.yaml:2:1: unknown key 'actoins'; did you mean 'actions'? Known here: press, actions");
}

TEST(Yaml, MissingKeyIsNamed) {
  const YamlNode node = YamlNode::parse("a:\n  b: 1\n", "a.yaml");
  EXPECT_EQ(message_of([&] { node.at("a").at("c"); }), "a.yaml:2:3: key 'c' is missing here");
}

TEST(Yaml, DuplicateKeyIsAnError) {
  EXPECT_EQ(message_of([] { YamlNode::parse("a: 1\na: 2\n", "a.yaml"); }), "a.yaml:1:1: key 'a' stands twice");
}

TEST(Yaml, SyntaxErrorHasAPlace) {
  EXPECT_EQ(message_of([] { YamlNode::parse("a: [1\nb: 2\n", "a.yaml"); }).rfind("a.yaml:", 0), 0u);
}

TEST(Yaml, RangeIsSaid) {
  const YamlNode node = YamlNode::parse("qp: 60\n", "a.yaml");
  EXPECT_EQ(message_of([&] { node.at("qp").as_int(0, 51); }), "a.yaml:1:5: 60 is out of range; 0 to 51 was expected");
}

TEST(Yaml, SecondsBecomeExactNanoseconds) {
  const YamlNode node = YamlNode::parse("a: 2.1\nb: 0.000000001\nc: -3\nd: 1.0000000001\n", "a.yaml");
  EXPECT_EQ(node.at("a").as_ns(1'000'000'000, 0, 10'000'000'000), 2'100'000'000);
  EXPECT_EQ(node.at("b").as_ns(1'000'000'000, 0, 10), 1);
  EXPECT_EQ(node.at("c").as_ns(1'000'000'000, -10'000'000'000, 0), -3'000'000'000);
  EXPECT_EQ(message_of([&] { node.at("d").as_ns(1'000'000'000, 0, 10'000'000'000); }), "a.yaml:4:4: '1.0000000001' is finer than a nanosecond");
}

TEST(Yaml, NotANumberIsRejected) {
  const YamlNode node = YamlNode::parse("a: nan\nb: 1e3\n", "a.yaml");
  EXPECT_NE(message_of([&] { node.at("a").as_number(0, 1); }), "no error");
  EXPECT_EQ(node.at("b").as_number(0, 1000), 1000.0);
}

TEST(Yaml, PathsAreRelativeToTheFile) {
  const YamlNode node = YamlNode::parse("a: ../x.avi\nb: /y.avi\n", "dir/sub/a.yaml");
  EXPECT_EQ(node.at("a").path(), "dir/x.avi");
  EXPECT_EQ(node.at("b").path(), "/y.avi");
}

}  // namespace
}  // namespace saksi
