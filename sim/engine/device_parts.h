#ifndef SAKSI_SIM_ENGINE_DEVICE_PARTS_H_
#define SAKSI_SIM_ENGINE_DEVICE_PARTS_H_

#include <memory>
#include <optional>
#include <string>

#include "sim/device/simulated_device.h"
#include "sim/engine/run.h"
#include "sim/scene/scene_yaml.h"

namespace saksi::sim {

/// What the simulated device of a run is made of, and what must outlive it.
struct DeviceParts {
  /// Throws UsageError for files that are not as expected.
  DeviceParts(const PreparedRun& run, const std::string& card_image);
  hw::Program program;
  std::optional<hw::Program> boot_rom;
  std::unique_ptr<Scene> light;
  SimulatedDeviceConfig config;  ///< refers to those before
};

/// The card that a run begins with: truth/card-before.img in its out folder, made anew, or the image that the device names. Empty without a card.
std::string make_card(const PreparedRun& run);

/// What a run puts in place of values of its scene.
SceneOverrides scene_overrides(const PreparedRun& run);

/// Where programs are loaded.
hw::MemoryRange ram_of(const hw::BoardSpec& board);

}  // namespace saksi::sim

#endif
