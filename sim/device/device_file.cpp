#include "sim/device/device_file.h"

#include <fmt/format.h>

#include <climits>
#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "judge/signature/date.h"
#include "sim/device/card_file.h"

namespace saksi::sim {

namespace {

constexpr double kClaimMax = 1e6;

CellSpec read_cell(const YamlNode& node) {
  node.allow_keys({"capacity_mah", "charge_percent"});
  CellSpec cell;
  cell.capacity_mah = static_cast<int>(node.get_int("capacity_mah", cell.capacity_mah, 50, 20000));
  cell.charge_percent = static_cast<int>(node.get_int("charge_percent", cell.charge_percent, 0, 100));
  return cell;
}

hw::LensConfig read_lens(const YamlNode& node) {
  node.allow_keys({"projection", "field_of_view_deg", "mtf50_lp_mm", "corner_illumination", "veiling_glare", "smear"});
  hw::LensConfig lens;
  using Kind = hw::LensProjection::Kind;
  constexpr double kWidestStraight = 150;  // beyond, the outermost pixels would see next to nothing
  if (node.has("projection")) {
    lens.projection.kind = node.at("projection").as_word({"fisheye", "straight-line"}) == "fisheye" ? Kind::kFisheye : Kind::kStraightLine;
  }
  if (node.has("field_of_view_deg")) {
    const double view = node.at("field_of_view_deg").as_number(20, lens.projection.kind == Kind::kFisheye ? 190 : kWidestStraight);
    lens.projection = hw::LensProjection::with_view(lens.projection.kind, view, hw::kSensorWidthMm);
  }
  lens.mtf50_lp_mm = node.get_number("mtf50_lp_mm", lens.mtf50_lp_mm, 10, 450);
  lens.corner_illumination = node.get_number("corner_illumination", lens.corner_illumination, 0.05, 1);
  lens.veiling_glare = node.get_number("veiling_glare", lens.veiling_glare, 0, 0.5);
  lens.smear = node.get_number("smear", lens.smear, 0, 1);
  return lens;
}

hw::PixelConfig read_sensor(const YamlNode& node) {
  node.allow_keys({"temperature_c", "defect_share"});
  hw::PixelConfig pixels;
  pixels.temperature_c = static_cast<float>(node.get_number("temperature_c", pixels.temperature_c, -40, 100));
  pixels.defect_share = static_cast<float>(node.get_number("defect_share", pixels.defect_share, 0, 0.01));
  return pixels;
}

/// "YYYY-MM-DD" or "YYYY-MM-DDThh:mm:ssZ", of the years that the clock has, in seconds since 1970.
int64_t read_date(const YamlNode& node) {
  const std::string text = node.as_string();
  constexpr size_t kDateBytes = 10, kFullBytes = 20;
  int hour = 0, minute = 0, second = 0, used = 0;
  const bool has_time = text.size() == kFullBytes && std::sscanf(text.c_str() + kDateBytes, "T%2d:%2d:%2dZ%n", &hour, &minute, &second, &used) == 3 &&
                        used == kFullBytes - kDateBytes && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (text.size() != kDateBytes && !has_time) node.fail("'" + text + "' is no date: YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ was expected");
  int64_t date_s = 0;
  try {
    date_s = judge::parse_date(text.substr(0, kDateBytes));
  } catch (const UsageError& error) {
    node.fail(error.what());
  }
  const int year = std::atoi(text.c_str());
  if (year < 2000 || year > 2099) node.fail("the clock has the years 2000 to 2099");
  return date_s + hour * 3600 + minute * 60 + second;
}

void read_rtc(const YamlNode& node, hw::Pcf85063aConfig& rtc) {
  using Config = hw::Pcf85063aConfig;
  node.allow_keys({"date", "drift_ppm", "backup", "stopped"});
  if (node.has("date")) rtc.date_s = read_date(node.at("date"));
  rtc.drift_ppm = node.get_number("drift_ppm", rtc.drift_ppm, -1000, 1000);
  if (node.has("backup")) {
    const std::string word = node.at("backup").as_word({"on", "off", "flat"});
    rtc.backup = word == "on" ? Config::Backup::kOn : word == "off" ? Config::Backup::kOff : Config::Backup::kFlat;
  }
  if (node.has("stopped")) {
    const std::string word = node.at("stopped").as_word({"no", "oscillator", "counter"});
    rtc.stopped = word == "no" ? Config::Stopped::kNo : word == "oscillator" ? Config::Stopped::kOscillator : Config::Stopped::kCounter;
  }
}

constexpr int kVersionMax = 1000;  ///< of firmware: the boot ROM counts up to it one by one

void read_image(const YamlNode& node, hw::FirmwareImage& image) {
  using Signature = hw::FirmwareImage::Signature;
  node.allow_keys({"version", "signature", "changed"});
  image.version = static_cast<uint32_t>(node.get_int("version", image.version, 1, kVersionMax));
  if (node.has("signature")) {
    const std::string word = node.at("signature").as_word({"vendor", "missing", "foreign"});
    image.signature = word == "vendor" ? Signature::kVendor : word == "missing" ? Signature::kMissing : Signature::kForeign;
  }
  image.changed = node.get_bool("changed", image.changed);
}

void read_element(const YamlNode& node, DeviceSpec& device) {
  node.allow_keys({"nonce", "replayed_signatures", "newest_firmware"});
  hw::Atecc608Faults& faults = device.element_faults;
  device.newest_firmware = static_cast<int>(node.get_int("newest_firmware", device.newest_firmware, 0, kVersionMax));
  if (node.has("nonce")) faults.nonce_reused = node.at("nonce").as_word({"fresh", "reused"}) == "reused";
  faults.replayed_signatures = static_cast<uint32_t>(node.get_int("replayed_signatures", faults.replayed_signatures, 0, INT_MAX));
}

void read_settings(const YamlNode& node, Settings& settings) {
  for (const std::string& key : node.keys()) settings[key] = node.at(key).as_string();
}

nlohmann::ordered_json to_json(const YamlNode& node) {
  if (node.is_map()) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const std::string& key : node.keys()) object[key] = to_json(node.at(key));
    return object;
  }
  if (node.is_list()) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const YamlNode& item : node.items()) list.push_back(to_json(item));
    return list;
  }
  const std::string text = node.as_string();
  if (text == "true" || text == "false") return text == "true";
  const bool number = !text.empty() && text.find_first_not_of("-0123456789.") == std::string::npos;
  if (!number) return text;
  if (text.find('.') != std::string::npos) return node.as_number(-1e12, 1e12);
  return node.as_int(INT64_MIN, INT64_MAX);
}

/// A claim of the wrong kind would be found by the judge at best, after the run.
void check_claim(const std::string& key, const YamlNode& value) {
  if (key == "signing") {
    value.as_bool();
  } else if (key == "leds") {
    value.allow_keys({"recording", "ready", "fault"});
    for (const std::string& led : value.keys()) value.at(led).as_word({"red", "green", "amber"});
  } else {
    value.as_number(0, kClaimMax);
  }
}

void merge_claims(const YamlNode& node, nlohmann::ordered_json& claims) {
  node.allow_keys({"pre_event_s", "frame_rate_hz", "width", "height", "gop", "signing", "leds"});
  for (const std::string& key : node.keys()) {
    check_claim(key, node.at(key));
    claims[key] = to_json(node.at(key));
  }
}

}  // namespace

DeviceSpec load_device(const std::string& path, const Scenario& scenario, const DeviceOverrides& overrides) {
  const YamlNode root = YamlNode::load(path);
  root.allow_keys({"name", "kind", "board", "firmware", "lens", "sensor", "cell", "rtc", "secure_element", "secure_boot", "firmware_image", "card",
                   "settings", "claims"});
  root.at("kind").as_word({"simulated"});
  DeviceSpec device;
  device.name = root.at("name").as_string();
  device.path = path;
  device.board_path = root.at("board").path();
  if (root.has("firmware") && root.at("firmware").as_string() != "default") device.firmware_path = root.at("firmware").path();
  if (root.has("lens")) device.lens = read_lens(root.at("lens"));
  if (root.has("sensor")) device.pixels = read_sensor(root.at("sensor"));
  if (root.has("cell")) device.cell = read_cell(root.at("cell"));
  if (root.has("rtc")) read_rtc(root.at("rtc"), device.rtc);
  if (root.has("secure_element")) read_element(root.at("secure_element"), device);
  if (root.has("secure_boot")) device.secure_boot = root.at("secure_boot").as_word({"on", "off"}) == "on";
  if (root.has("firmware_image")) read_image(root.at("firmware_image"), device.firmware_image);
  if (root.has("card")) read_card(root.at("card"), device.card);
  if (root.has("settings")) read_settings(root.at("settings"), device.settings);
  merge_claims(root.at("claims"), device.claims);

  if (scenario.rtc) read_rtc(*scenario.rtc, device.rtc);
  if (scenario.date) device.bench_date_s = read_date(*scenario.date);
  if (scenario.secure_element) read_element(*scenario.secure_element, device);
  if (scenario.firmware_image) read_image(*scenario.firmware_image, device.firmware_image);
  if (scenario.card) read_card(*scenario.card, device.card);
  if (scenario.settings) read_settings(*scenario.settings, device.settings);
  if (scenario.claims) merge_claims(*scenario.claims, device.claims);

  if (!overrides.firmware_path.empty()) device.firmware_path = overrides.firmware_path;
  if (overrides.width) {
    device.settings["width"] = std::to_string(*overrides.width);
    device.settings["height"] = std::to_string(*overrides.height);
    device.claims["width"] = *overrides.width;
    device.claims["height"] = *overrides.height;
  }
  if (overrides.fps) {
    device.settings["fps"] = std::to_string(*overrides.fps);
    device.claims["frame_rate_hz"] = *overrides.fps;
  }
  return device;
}

}  // namespace saksi::sim
