// Goal: a scene finds the table of its class, its own before the project's, and one without is told what there is. Method: folders by hand.
#include "sim/scene/size_tables.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/temp_folder.h"

namespace saksi::sim {
namespace {

namespace fs = std::filesystem;

class SizeTables : public ::testing::Test {
 protected:
  SizeTables() {
    fs::create_directories(dir_ / "mine" / "sizes");
    fs::create_directories(dir_ / "project/scenarios/scenes/sizes");
    touch("project/scenarios/scenes/sizes/desk.yaml", "");
  }
  void touch(const std::string& name, const std::string& text) const { std::ofstream(dir_ / name) << text; }
  std::string path(const std::string& name) const { return (dir_ / name).string(); }
  std::string found(const std::string& scene) const { return find_size_table(path(scene), path("project")); }

  TempFolder temp_;  // of its own: the tests of this suite run side by side
  const fs::path dir_ = temp_.path();
};

TEST_F(SizeTables, TheClassIsTheNameUnlessTheSceneSaysOtherwise) {
  touch("mine/street.yaml", "name: street\ngrey: 0.4\n");
  EXPECT_EQ(size_class_of(path("mine/street.yaml")), "street");
  touch("mine/street.yaml", "name: street\ngrey: 0.4\nsize_class: desk\n");
  EXPECT_EQ(size_class_of(path("mine/street.yaml")), "desk");
  EXPECT_EQ(own_size_table(path("mine/street.yaml")), path("mine/sizes/desk.yaml"));
}

TEST_F(SizeTables, ItsOwnComesBeforeTheProjects) {
  touch("mine/desk.yaml", "name: desk\ngrey: 0.4\n");
  EXPECT_EQ(found("mine/desk.yaml"), path("project/scenarios/scenes/sizes/desk.yaml"));
  touch("mine/sizes/desk.yaml", "");
  EXPECT_EQ(found("mine/desk.yaml"), path("mine/sizes/desk.yaml"));
}

TEST_F(SizeTables, WithoutOneTheClassesAndTheWayToAnotherAreSaid) {
  touch("mine/street.yaml", "name: street\ngrey: 0.4\n");
  touch("mine/sizes/yard.yaml", "");
  try {
    found("mine/street.yaml");
    FAIL();
  } catch (const UsageError& error) {
    const std::string text = error.what();
    for (const char* part : {"'street'", "desk, yard", "size_class", "saksi fit-sizes"}) EXPECT_NE(text.find(part), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace saksi::sim
