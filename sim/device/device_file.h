#ifndef SAKSI_SIM_DEVICE_DEVICE_FILE_H_
#define SAKSI_SIM_DEVICE_DEVICE_FILE_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/yaml.h"
#include "hw-models/board/board.h"
#include "sim/player/scenario.h"

namespace saksi::sim {

/// The cell in the device.
struct CellSpec {
  int capacity_mah = 2900;
  int charge_percent = 80;
};

/// The card in the device when the scenario begins.
struct CardSpec {
  bool present = true;
  int capacity_mib = 4096;
  std::string profile = "typical";  ///< timing profile of the card model
  std::string image;                ///< a card as it came out of another camera or run, only ever read; empty: a fresh one is made
  std::string formatted_over;       ///< the fresh card was formatted over this image: what its files held still lies in free clusters
  int filler_mib = 0;               ///< occupied before the scenario begins
  int free_mib = -1;                ///< >= 0: filler so that this much is free, instead of filler_mib
  int stall_ms = 0;                 ///< fault: one write is this late
  int stall_after_writes = 0;       ///< which write command, counted from 1
  bool has_faults = false;          ///< faults were named
  hw::CardFaults faults;            ///< none by default
  hw::FlashConfig flash;            ///< not enabled: programming costs what the profile says
};

/// What the camera is told in SAKSI.CFG on its card; key=value lines.
using Settings = std::map<std::string, std::string>;

/// A device file, with what a scenario and the command line put in place of its values. docs/formats/device.md describes the format.
struct DeviceSpec {
  std::string name;
  std::string path;
  std::string board_path;
  std::string firmware_path;  ///< empty: the reference firmware of this build
  CellSpec cell;
  CardSpec card;
  hw::LensConfig lens;
  hw::PixelConfig pixels;  ///< of the image sensor
  hw::Pcf85063aConfig rtc;
  std::optional<int64_t> bench_date_s;  ///< what the bench's own clock shows at the scenario's start, seconds since 1970, if the scenario says so
  hw::Atecc608Faults element_faults;
  bool secure_boot = false;
  hw::FirmwareImage firmware_image;
  int newest_firmware = 1;  ///< version of what ran before, which the secure element remembers
  Settings settings;
  nlohmann::ordered_json claims;  ///< what the device claims; copied into the manifest
};

/// What the command line puts in place of a file's values.
struct DeviceOverrides {
  std::string firmware_path;
  std::optional<int> width;
  std::optional<int> height;
  std::optional<int> fps;
};

/// Reads a device file and applies the scenario's and the command line's replacements, in this order. Throws UsageError.
DeviceSpec load_device(const std::string& path, const Scenario& scenario, const DeviceOverrides& overrides);

}  // namespace saksi::sim

#endif
