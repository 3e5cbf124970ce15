#include "sim/engine/bundle.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr char kSchema[] = "saksi-bundle/1";
constexpr char kFile[] = "bundle.json";

/// Copies a file into the bundle and returns its name there; an empty path stays empty.
std::string take(const std::string& path, const std::string& dir, const std::string& stem) {
  if (path.empty()) return "";
  const std::string name = stem + fs::path(path).extension().string();
  fs::copy_file(path, fs::path(dir) / name, fs::copy_options::overwrite_existing);
  return name;
}

/// The nearest folder that holds both.
fs::path common_folder(const fs::path& a, const fs::path& b) {
  fs::path common;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
  return common;
}

/// Copies the board file and with it the circuits that it brings, each at its place seen from the others, so that the relative paths in the
/// board file still lead to them. Returns the board file's name in the bundle.
std::string take_board(const PreparedRun& prepared, const std::string& dir) {
  const std::string& board = prepared.device.board_path;
  if (prepared.rtl.empty()) return take(board, dir, "board");
  const fs::path absolute = fs::absolute(board).lexically_normal();
  fs::path root = absolute.parent_path();
  for (const hw::BoardRtl& circuit : prepared.rtl) {
    for (const std::string& path : circuit.sources) root = common_folder(root, fs::path(path).parent_path());
    for (const std::string& path : circuit.include_dirs) root = common_folder(root, path);
  }
  const auto place = [&](const fs::path& path) { return fs::path("board") / path.lexically_relative(root); };
  const auto copy = [&](const fs::path& path) {
    fs::create_directories((dir / place(path)).parent_path());
    fs::copy_file(path, dir / place(path), fs::copy_options::overwrite_existing);
  };
  copy(absolute);
  for (const hw::BoardRtl& circuit : prepared.rtl) {
    for (const std::string& path : circuit.sources) copy(path);
    for (const std::string& path : circuit.include_dirs) fs::create_directories(dir / place(path));
  }
  return place(absolute).string();
}

template <typename T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

template <typename T>
std::optional<T> get(const Json& json, const char* key) {
  if (!json.contains(key)) return std::nullopt;
  return json.at(key).get<T>();
}

}  // namespace

void write_bundle(const PreparedRun& prepared, const std::string& digest, const std::string& bundle_dir) {
  fs::create_directories(bundle_dir);
  const RunRequest& request = prepared.request;
  const std::string firmware = prepared.device.firmware_path.empty() ? default_firmware_path() : prepared.device.firmware_path;
  Json json;
  json["schema"] = kSchema;
  json["digest"] = digest;
  json["name"] = request.name;
  if (!request.state.empty()) json["state"] = request.state;
  json["scenario"] = take(request.scenario_path, bundle_dir, "scenario");
  json["device"] = take(prepared.device_path, bundle_dir, "device");
  json["board"] = take_board(prepared, bundle_dir);
  json["light"] = take(prepared.scenario.light_path, bundle_dir, "scene");
  json["requirements"] = take(prepared.scenario.requirements_path, bundle_dir, "requirements");
  json["firmware"] = take(firmware, bundle_dir, "firmware");
  json["clip"] = take(prepared.clip_path, bundle_dir, "clip");
  json["encoder"] = request.encoder;
  if (!prepared.size_table.empty()) json["size_table"] = take(prepared.size_table, bundle_dir, "size-table");
  json["parameters"] = request.parameters;
  json["seed"] = prepared.scenario.seed;
  json["time_limit_s"] = request.time_limit_s;
  put(json, "width", request.width);
  put(json, "height", request.height);
  put(json, "fps", request.fps);
  std::ofstream out(fs::path(bundle_dir) / kFile);
  out << json.dump(2) << "\n";
  if (!out.flush()) throw InfraError(bundle_dir + ": the bundle cannot be written");
}

Bundle read_bundle(const std::string& bundle_dir) {
  const fs::path dir(bundle_dir);
  std::ifstream in(dir / kFile);
  if (!in) throw UsageError(bundle_dir + ": is no bundle (it holds no bundle.json); a failed run leaves one in its folder 'bundle'");
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object() || json.value("schema", "") != kSchema) throw UsageError((dir / kFile).string() + ": is not a bundle of this version (" + kSchema + ")");
  try {
    const auto path = [&](const char* key) {
      const std::string name = json.at(key).get<std::string>();
      if (name.empty()) return name;
      if (!fs::exists(dir / name)) throw UsageError((dir / name).string() + ": is missing from the bundle");
      return (dir / name).string();
    };
    Bundle bundle;
    RunRequest& request = bundle.request;
    bundle.digest = json.at("digest").get<std::string>();
    request.name = json.at("name").get<std::string>();
    request.state = json.value("state", "");
    request.scenario_path = path("scenario");
    request.device_path = path("device");
    request.board_path = path("board");
    request.light_path = path("light");
    request.requirements_path = path("requirements");
    request.firmware_path = path("firmware");
    request.clip_path = path("clip");
    request.encoder = json.at("encoder").get<std::string>();
    if (json.contains("size_table")) request.size_table = path("size_table");
    request.parameters = json.at("parameters").get<Parameters>();
    request.seed = json.at("seed").get<uint64_t>();
    request.time_limit_s = json.at("time_limit_s").get<double>();
    request.width = get<int>(json, "width");
    request.height = get<int>(json, "height");
    request.fps = get<int>(json, "fps");
    return bundle;
  } catch (const Json::exception& error) {
    throw UsageError((dir / kFile).string() + ": " + error.what());
  }
}

}  // namespace saksi::sim
