#include "sim/scene/pattern_source.h"

#include <algorithm>
#include <cstring>

#include "base/seed_stream.h"

namespace saksi::sim {

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr int kPaintingWidth = 2560;
constexpr int kBoxes = 400;
constexpr int kPanStep = 4;  // pixels a picture
constexpr int64_t kPictureNs = 40'000'000;

}  // namespace

PatternSource::PatternSource(Kind kind, uint64_t seed) : kind_(kind), seed_(seed) {
  current_.width = kWidth;
  current_.height = kHeight;
  current_.rgb.resize(3 * kWidth * kHeight);
  if (kind_ == Kind::kPan) draw_painting();
}

PictureSpan PatternSource::span_at(int64_t t_ns) {
  const int64_t id = std::max<int64_t>(t_ns, 0) / kPictureNs;
  return PictureSpan{id, id * kPictureNs, (id + 1) * kPictureNs};
}

const Picture& PatternSource::picture(int64_t id) {
  if (id == current_id_) return current_;
  current_id_ = id;
  if (kind_ == Kind::kPan) {
    draw_pan(id);
  } else {
    draw_noise(id);
  }
  return current_;
}

void PatternSource::draw_painting() {
  painting_.assign(3 * static_cast<size_t>(kPaintingWidth) * kHeight, 96);
  SeedStream random(seed_, "scene/pan");
  for (int i = 0; i < kBoxes; ++i) {
    const int width = 8 + static_cast<int>(random.below(160));
    const int height = 8 + static_cast<int>(random.below(120));
    const int left = static_cast<int>(random.below(kPaintingWidth));
    const int top = static_cast<int>(random.below(static_cast<uint64_t>(kHeight - height)));
    const uint64_t colour = random.next();
    for (int y = top; y < top + height; ++y) {
      for (int x = left; x < left + width; ++x) {
        uint8_t* pixel = &painting_[3 * (static_cast<size_t>(y) * kPaintingWidth + static_cast<size_t>(x % kPaintingWidth))];
        for (int c = 0; c < 3; ++c) pixel[c] = static_cast<uint8_t>(colour >> (8 * c));
      }
    }
  }
}

void PatternSource::draw_pan(int64_t id) {
  const size_t offset = static_cast<size_t>(id * kPanStep % kPaintingWidth);
  const size_t whole = std::min<size_t>(kWidth, kPaintingWidth - offset);
  for (size_t y = 0; y < kHeight; ++y) {
    uint8_t* out = &current_.rgb[3 * y * kWidth];
    const uint8_t* row = &painting_[3 * y * kPaintingWidth];
    std::memcpy(out, row + 3 * offset, 3 * whole);
    std::memcpy(out + 3 * whole, row, 3 * (kWidth - whole));
  }
}

void PatternSource::draw_noise(int64_t id) {
  SeedStream random(seed_, "scene/noise/" + std::to_string(id));
  for (size_t i = 0; i < current_.rgb.size(); i += 8) {
    const uint64_t bits = random.next();
    for (size_t b = 0; b < 8; ++b) current_.rgb[i + b] = static_cast<uint8_t>(bits >> (8 * b));
  }
}

}  // namespace saksi::sim
