#include "sim/benchmark/camera_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <systemc>

#include "base/error.h"
#include "sim/engine/run.h"
#include "sim/scene/scene_yaml.h"

namespace saksi::sim {

namespace {

constexpr double kClockNs = 10;  // of the encoder on this board

/// A card with the camera's settings, for as long as a run lasts.
class SettingsCard {
 public:
  explicit SettingsCard(const CameraJob& job) : path_(std::filesystem::temp_directory_path() / fmt::format("saksi-camera-{}.img", getpid())) {
    hw::CardImageSpec spec;
    spec.files = {{"SAKSI.CFG", fmt::format("width={}\r\nheight={}\r\nfps={}\r\ngop={}\r\nqp={}\r\nbitrate_kbps={}\r\n", job.width, job.height,
                                            job.fps, job.gop, job.qp, job.bitrate_kbps)}};
    hw::make_card_image(path_.string(), spec);
  }
  ~SettingsCard() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  SettingsCard(const SettingsCard&) = delete;
  SettingsCard& operator=(const SettingsCard&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

std::vector<CameraPicture> run_camera(const CameraJob& job) {
  const hw::BoardSpec spec = hw::load_board_spec(project_dir() + "/boards/saksi-cam.yaml");
  const std::string firmware = default_firmware_path();
  if (firmware.empty()) throw UsageError("the reference firmware has not been built; build it (./saksi build)");
  const hw::Program program = hw::load_program(firmware, {spec.memory("dram").address, spec.memory("dram").size});
  SceneOverrides overrides;
  overrides.seed = job.seed;
  overrides.from_ns = static_cast<int64_t>(job.scene_from_s * 1e9);
  const std::unique_ptr<Scene> scene = load_scene(job.scene_path, overrides);
  const SettingsCard card(job);
  hw::BoardConfig config;
  config.seed = job.seed;
  config.encoder = job.encoder;
  config.card_image = card.path();
  std::vector<CameraPicture> pictures;
  hw::BoardObservers observers;
  observers.picture = [&](const hw::PictureTruth& picture) {
    pictures.push_back({picture.bytes, static_cast<double>(picture.t_done_ns - picture.t_start_ns) / kClockNs});
  };
  hw::Board board(spec, config, program, scene.get(), observers);
  board.connect_cell();
  sc_core::sc_start(sc_core::sc_time(job.seconds, sc_core::SC_SEC));
  return pictures;
}

}  // namespace saksi::sim
