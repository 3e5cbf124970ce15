#include "sim/scene/webcam.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/child_process.h"
#include "base/error.h"
#include "base/wall_clock.h"

namespace saksi::sim {

namespace {

constexpr double kLeastS = 1, kMostS = 600;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::optional<Webcam> webcam_of(const YamlNode& scene) {
  if (!scene.has("webcam")) return std::nullopt;
  Webcam webcam;
  webcam.device = scene.at("webcam").as_string();
  webcam.seconds = scene.get_number("seconds", webcam.seconds, kLeastS, kMostS);
  struct stat status;
  if (stat(webcam.device.c_str(), &status) != 0) {
    scene.at("webcam").fail("there is no device '" + webcam.device + "'; see which there are with 'ls /dev/video*', or show a video: 'clip: FILE'");
  }
  if (!S_ISCHR(status.st_mode)) scene.at("webcam").fail("'" + webcam.device + "' is no device; a video file is shown by 'clip: FILE'");
  return webcam;
}

void capture_webcam(const Webcam& webcam, const std::string& file, const std::function<void(double)>& progress) {
  const std::string messages = file + ".log";
  const double started_s = wall_clock_s();
  const std::vector<std::string> command = {
      "ffmpeg", "-nostdin", "-v",   "error", "-y", "-f", webcam.format, "-i", webcam.device, "-t", fmt::format("{}", webcam.seconds),
      "-an",    "-c:v",     "ffv1", "-g",    "1",  file};
  const int code = run_child(command, ".", messages, [&] {
    if (progress) progress(std::min(webcam.seconds, wall_clock_s() - started_s));
  });
  const std::string said = text_of(messages);
  std::filesystem::remove(messages);
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  constexpr int kNoSuchProgram = 127;
  if (code == kNoSuchProgram) throw UsageError("the program ffmpeg is needed to record a webcam: 'apt-get install ffmpeg'");
  if (code != 0 || error || size == 0) {
    throw UsageError(fmt::format("webcam '{}' cannot be recorded; ffmpeg says: {}", webcam.device, said.empty() ? "nothing" : said));
  }
}

}  // namespace saksi::sim
