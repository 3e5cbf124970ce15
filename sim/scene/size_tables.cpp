#include "sim/scene/size_tables.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/yaml.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "sizes";
constexpr char kExtension[] = ".yaml";

fs::path beside(const std::string& scene_path) { return fs::path(scene_path).parent_path() / kFolder; }

}  // namespace

std::string size_class_of(const std::string& scene_path) {
  const YamlNode scene = YamlNode::load(scene_path);
  return scene.has("size_class") ? scene.at("size_class").as_string() : scene.at("name").as_string();
}

std::string own_size_table(const std::string& scene_path) { return (beside(scene_path) / (size_class_of(scene_path) + kExtension)).string(); }

std::string find_size_table(const std::string& scene_path, const std::string& project_dir) {
  const std::string file = size_class_of(scene_path) + kExtension;
  std::set<std::string> classes;
  for (const fs::path& folder : {beside(scene_path), fs::path(project_dir) / "scenarios" / "scenes" / kFolder}) {
    if (fs::exists(folder / file)) return (folder / file).string();
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
      if (entry.path().extension() == kExtension) classes.insert(entry.path().stem().string());
    }
  }
  std::string list;
  for (const std::string& name : classes) list += (list.empty() ? "" : ", ") + name;
  throw UsageError(
      fmt::format("{}: --encoder sizes has no table for the scene's class '{}'. Classes that have one: {}. If this scene's pictures are like "
                  "one of these, say so in the scene file ('size_class: NAME'); else fit one: saksi fit-sizes {}",
                  scene_path, size_class_of(scene_path), list, scene_path));
}

}  // namespace saksi::sim
