#include "sim/scene/still_source.h"

#include <utility>

#include "sim/scene/clip_source.h"

namespace saksi::sim {

StillSource::StillSource(Picture picture, std::string file) : picture_(std::move(picture)), file_(std::move(file)) {}

Picture StillSource::load(const std::string& path) {
  ClipSource file(path, ClipSource::AtEnd::kHold);
  return file.picture(0);
}

Picture StillSource::uniform(uint8_t level) {
  Picture picture;
  picture.width = 4;
  picture.height = 3;
  picture.rgb.assign(3 * 4 * 3, level);
  return picture;
}

PictureSpan StillSource::span_at(int64_t) { return PictureSpan{0, 0, kForeverNs}; }

const Picture& StillSource::picture(int64_t) { return picture_; }

}  // namespace saksi::sim
