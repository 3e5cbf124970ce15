#include "sim/scene/scene_yaml.h"

#include <sys/stat.h>

#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "sim/scene/clip_source.h"
#include "sim/scene/pattern_source.h"
#include "sim/scene/picture_scene.h"
#include "sim/scene/still_source.h"
#include "sim/scene/world_yaml.h"

namespace saksi::sim {

namespace {

constexpr const char* kPackagedClip = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
constexpr const char* kCachedClip = SAKSI_SOURCE_DIR "/out/cache/vtest.avi";
constexpr double kLookAtS = 1, kLookAtMaxS = 86'400;
constexpr const char* kContents[] = {"clip", "webcam", "picture", "grey", "pattern", "world"};

bool exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

/// Which of the kinds of content the scene has.
std::string content_of(const YamlNode& node) {
  std::string found;
  for (const char* key : kContents) {
    if (!node.has(key)) continue;
    if (!found.empty())
      node.fail("'" + found + "' and '" + key + "' stand together; a scene shows one of clip, webcam, picture, grey, pattern, world");
    found = key;
  }
  if (found.empty()) node.fail("the scene shows nothing: one of clip, webcam, picture, grey, pattern, world is needed, for example 'clip: default'");
  return found;
}

/// A file named in the scene, with the place of its name in front of whatever is wrong with it.
template <typename Open>
auto open_at(const YamlNode& node, const Open& open) {
  try {
    return open();
  } catch (const UsageError& error) {
    node.fail(error.what());
  }
}

std::unique_ptr<PictureSource> open_source(const YamlNode& node, const SceneOverrides& overrides, PictureSceneConfig* config) {
  ClipSource::AtEnd at_end = ClipSource::AtEnd::kLoop;
  if (node.has("at_end") && node.at("at_end").as_word({"loop", "hold"}) == "hold") at_end = ClipSource::AtEnd::kHold;
  const std::string content = content_of(node);
  if (overrides.clip) return std::make_unique<ClipSource>(*overrides.clip == "default" ? default_clip() : *overrides.clip, at_end);
  const YamlNode value = node.at(content);
  if (content == "webcam") value.fail("a webcam is recorded before a run, by 'saksi run'; here give the recording in its place: 'clip: FILE'");
  if (content == "clip") {
    return open_at(value, [&] { return std::make_unique<ClipSource>(value.as_string() == "default" ? default_clip() : value.path(), at_end); });
  }
  if (content == "picture") {
    return open_at(value, [&] { return std::make_unique<StillSource>(StillSource::load(value.path()), value.path()); });
  }
  if (content == "grey") {
    config->white_reflectance = value.as_number(0.0, 1.0);
    return std::make_unique<StillSource>(StillSource::uniform(255));
  }
  const bool pan = value.as_word({"pan", "noise"}) == "pan";
  return std::make_unique<PatternSource>(pan ? PatternSource::Kind::kPan : PatternSource::Kind::kNoise, overrides.seed);
}

}  // namespace

std::string default_clip() {
  if (const char* named = std::getenv("SAKSI_CLIP"); named && *named) return named;
  if (exists(kPackagedClip)) return kPackagedClip;
  if (exists(kCachedClip)) return kCachedClip;
  throw UsageError(std::string("the default clip vtest.avi is not on this machine: neither ") + kPackagedClip + " nor " + kCachedClip +
                   " is there. It comes with Debian's package opencv-doc ('apt-get install opencv-doc'). Slim images drop /usr/share/doc: there, "
                   "take it out of the package ('apt-get download opencv-doc && dpkg-deb -x opencv-doc_*.deb DIR') and copy it to the second "
                   "place. Or show another video: '--clip FILE', or SAKSI_CLIP=FILE.");
}

double look_at_s(const YamlNode& node) { return node.get_number("look_at_s", kLookAtS, 0, kLookAtMaxS); }

std::unique_ptr<Scene> load_scene(const std::string& path, const SceneOverrides& overrides) { return load_scene(YamlNode::load(path), overrides); }

std::unique_ptr<Scene> load_scene(const YamlNode& node, const SceneOverrides& overrides) {
  node.allow_keys({"name", "clip", "webcam", "seconds", "picture", "grey", "pattern", "world", "lux", "light_changes", "flicker",
                   "colour_temperature_k", "field_part", "at_end", "light_code", "size_class", "look_at_s"});
  look_at_s(node);
  PictureSceneConfig config;
  config.name = node.at("name").as_string();
  config.light = read_light(node, {});
  config.field_part = node.get_number("field_part", config.field_part, 0.05, 1.0);
  if (overrides.field_part) config.field_part = *overrides.field_part;
  config.light_code = node.get_bool("light_code", true);
  config.from_ns = overrides.from_ns;
  config.code_epoch = overrides.code_epoch;
  if (content_of(node) == "world") {
    WorldConfig world;
    world.name = config.name;
    world.lens = overrides.lens;
    world.field_part = config.field_part;
    world.light_code = config.light_code;
    world.from_ns = config.from_ns;
    world.code_epoch = config.code_epoch;
    return load_world(node.at("world"), std::move(world), config.light, overrides);
  }
  std::unique_ptr<PictureSource> source = open_source(node, overrides, &config);
  return std::make_unique<PictureScene>(config, std::move(source));
}

}  // namespace saksi::sim
