#include "sim/benchmark/scene_sheet.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "sim/benchmark/camera_run.h"
#include "sim/scene/canvas.h"
#include "sim/scene/scene_yaml.h"

namespace saksi::sim {

namespace {

constexpr int kAcross = 4, kCaption = 16;
constexpr uint8_t kBlack = 16, kNeutral = 128;
constexpr double kSettleS = 5, kFromReset = 0.2;

report::YuvPicture blank(int width, int height) {
  report::YuvPicture picture;
  picture.width = width;
  picture.height = height;
  picture.y.assign(static_cast<size_t>(width) * static_cast<size_t>(height), kBlack);
  picture.cb.assign(picture.y.size() / 4, kNeutral);
  picture.cr = picture.cb;
  return picture;
}

/// The mean of 2 x 2 samples; `step` from one sample of a colour to the next.
uint8_t mean_of_four(const std::vector<uint8_t>& plane, size_t stride, size_t x, size_t y, size_t step) {
  const uint8_t* at = &plane[2 * y * stride + 2 * x * step];
  return static_cast<uint8_t>((at[0] + at[step] + at[stride] + at[stride + step] + 2) / 4);
}

report::YuvPicture halved(const hw::PictureInput& input) {
  report::YuvPicture tile = blank(kTileWidth, kTileHeight);
  const size_t stride = input.config.src_stride;
  for (size_t y = 0; y < kTileHeight; ++y) {
    for (size_t x = 0; x < kTileWidth; ++x) tile.y[y * kTileWidth + x] = mean_of_four(input.source_luma, stride, x, y, 1);
  }
  const std::vector<uint8_t> red(input.source_chroma.begin() + 1, input.source_chroma.end());
  for (size_t y = 0; y < kTileHeight / 2; ++y) {
    for (size_t x = 0; x < kTileWidth / 2; ++x) {
      tile.cb[y * kTileWidth / 2 + x] = mean_of_four(input.source_chroma, stride, x, y, 2);
      tile.cr[y * kTileWidth / 2 + x] = mean_of_four(red, stride, x, y, 2);
    }
  }
  return tile;
}

/// White letters, a texel to a sample.
void write_caption(const std::string& name, int left, int top, report::YuvPicture* sheet) {
  Canvas canvas(kTileWidth, kCaption, 1);
  std::string capitals = name;
  for (char& letter : capitals) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  canvas.text(6, 4, 7, capitals, {1, 1, 1});
  const Texture texture = canvas.texture(true);
  for (int y = 0; y < kCaption; ++y) {
    for (int x = 0; x < kTileWidth; ++x) {
      constexpr float kRange = 219;
      const Texel texel = texture.finest().at(x + 1, y + 1);
      sheet->y[static_cast<size_t>((top + y) * sheet->width + left + x)] = static_cast<uint8_t>(kBlack + kRange * texel[3]);
    }
  }
}

void place(const std::vector<uint8_t>& tile, int tile_width, int left, int top, int width, std::vector<uint8_t>* plane) {
  const int rows = static_cast<int>(tile.size()) / tile_width;
  for (int y = 0; y < rows; ++y) std::copy_n(tile.begin() + y * tile_width, tile_width, plane->begin() + (top + y) * width + left);
}

}  // namespace

report::YuvPicture scene_tile(const std::string& scene_path, uint64_t seed) {
  const double look_s = look_at_s(YamlNode::load(scene_path));
  CameraJob job;
  job.scene_path = scene_path;
  job.width = 2 * kTileWidth;
  job.height = 2 * kTileHeight;
  job.seed = seed;
  // A scene whose moment is near its beginning is seen from its time 0 on; it stands still before that.
  job.seconds = kSettleS;
  job.scene_from_s = look_s - kSettleS + kFromReset;
  job.encoder.kind = hw::EncoderKind::kModel;
  report::YuvPicture tile;
  job.encoder.tap = [&](const hw::PictureInput& input) { tile = halved(input); };
  run_camera(job);
  if (tile.y.empty()) throw InfraError(scene_path + ": the camera coded no picture within " + std::to_string(kSettleS) + " s");
  return tile;
}

report::YuvPicture contact_sheet(const std::vector<report::YuvPicture>& tiles, const std::vector<std::string>& names) {
  const int count = static_cast<int>(tiles.size()), rows = (count + kAcross - 1) / kAcross, high = kTileHeight + kCaption;
  report::YuvPicture sheet = blank(std::min(count, kAcross) * kTileWidth, rows * high);
  for (int i = 0; i < count; ++i) {
    const auto& tile = tiles[static_cast<size_t>(i)];
    const int left = i % kAcross * kTileWidth, top = i / kAcross * high;
    place(tile.y, kTileWidth, left, top, sheet.width, &sheet.y);
    place(tile.cb, kTileWidth / 2, left / 2, top / 2, sheet.width / 2, &sheet.cb);
    place(tile.cr, kTileWidth / 2, left / 2, top / 2, sheet.width / 2, &sheet.cr);
    write_caption(names[static_cast<size_t>(i)], left, top + kTileHeight, &sheet);
  }
  return sheet;
}

}  // namespace saksi::sim
