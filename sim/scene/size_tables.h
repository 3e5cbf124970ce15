#ifndef SAKSI_SIM_SCENE_SIZE_TABLES_H_
#define SAKSI_SIM_SCENE_SIZE_TABLES_H_

#include <string>

namespace saksi::sim {

/// The class of a scene as regards the sizes of its pictures: its key `size_class`, else its name. Throws UsageError.
std::string size_class_of(const std::string& scene_path);

/// Where the table of a class is, if it is of the user's making: sizes/<class>.yaml beside the scene file.
std::string own_size_table(const std::string& scene_path);

/// The table of picture sizes for a scene: its own_size_table(), else that of the project's scenes. Throws UsageError, saying which classes have one
/// and how to make one.
std::string find_size_table(const std::string& scene_path, const std::string& project_dir);

}  // namespace saksi::sim

#endif
