#include "sim/engine/device_parts.h"

#include <cstdlib>

#include "base/light_code.h"

namespace saksi::sim {

namespace {

/// Above this coded width the sensor's full readout is cropped to 1920 of its 3280 columns, and the light code must fit into that part.
constexpr int kWidestFullField = 1640;
constexpr double kCroppedFieldPart = 0.585;

std::string config_text(const Settings& settings) {
  std::string text;
  for (const auto& [key, value] : settings) text += key + "=" + value + "\r\n";
  return text;
}

hw::EncoderConfig encoder_of(const PreparedRun& run) {
  hw::EncoderConfig encoder = hw::parse_encoder(run.request.encoder);
  encoder.check_folder = run.request.out_dir + "/truth";
  encoder.size_table = run.size_table;
  return encoder;
}

}  // namespace

hw::MemoryRange ram_of(const hw::BoardSpec& board) { return {board.memory("dram").address, board.memory("dram").size}; }

SceneOverrides scene_overrides(const PreparedRun& run) {
  SceneOverrides overrides;
  if (!run.request.clip_path.empty()) overrides.clip = run.request.clip_path;
  overrides.seed = run.scenario.seed;
  overrides.lens = run.device.lens.projection;
  overrides.from_ns = run.scenario.light_from_ns;
  overrides.code_epoch = light_code::epoch_of(run.scenario.seed);
  const auto width = run.device.settings.find("width");
  if (width != run.device.settings.end() && std::atoi(width->second.c_str()) > kWidestFullField) overrides.field_part = kCroppedFieldPart;
  return overrides;
}

std::string make_card(const PreparedRun& run) {
  const CardSpec& card = run.device.card;
  if (!card.present) return "";
  if (!card.image.empty()) return card.image;
  hw::CardImageSpec spec;
  spec.capacity_mib = static_cast<uint32_t>(card.capacity_mib);
  spec.seed = run.scenario.seed;
  spec.over = card.formatted_over;
  spec.files = {{"SAKSI.CFG", config_text(run.device.settings)}};
  spec.filler_mib = static_cast<uint32_t>(card.filler_mib);
  if (card.free_mib >= 0) spec.free_kib = static_cast<uint32_t>(card.free_mib) * 1024;
  const std::string path = run.request.out_dir + "/truth/card-before.img";
  hw::make_card_image(path, spec);
  return path;
}

DeviceParts::DeviceParts(const PreparedRun& run, const std::string& card_image) {
  config.board = hw::load_board_spec(run.device.board_path);
  config.device = run.device;
  config.card_image = card_image;
  config.seed = run.scenario.seed;
  config.cpu_engine = run.request.cpu_engine;
  config.encoder = encoder_of(run);
  program = hw::load_program(firmware_of(run), ram_of(config.board));
  config.program = &program;
  if (run.device.secure_boot) {
    const hw::BoardSpec::Memory& rom = config.board.memory("rom");
    boot_rom = hw::load_program(boot_rom_path(), {rom.address, rom.size});
    config.boot_rom = &*boot_rom;
  }
  light = load_scene(run.scenario.light_path, scene_overrides(run));
  config.light = light.get();
}

}  // namespace saksi::sim
