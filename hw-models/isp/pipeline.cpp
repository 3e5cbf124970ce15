#include "hw-models/isp/pipeline.h"

#include <algorithm>
#include <cstring>

#include "base/wide_vectors.h"

namespace saksi::hw {

namespace {

constexpr int kFull = 4095;  ///< white, linear and coded

/// The positive twentieth root, by Newton's method in basic arithmetic: the C library's pow may differ from one machine to the next.
double twentieth_root(double value) {
  double root = 1;  // value <= 1, so the iteration falls towards the root
  for (int i = 0; i < 200; ++i) {
    double power = 1;
    for (int k = 0; k < 19; ++k) power *= root;
    root -= (power * root - value) / (20 * power);
  }
  return root;
}

/// ITU-R BT.709-6, item 1.2.
double bt709_transfer(double linear) {
  if (linear < 0.018) return 4.5 * linear;
  const double root = twentieth_root(linear);
  double power = 1;
  for (int i = 0; i < 9; ++i) power *= root;  // linear ^ 0.45
  return 1.099 * power - 0.099;
}

std::array<uint16_t, 4096> make_curve() {
  std::array<uint16_t, 4096> curve;
  for (int i = 0; i <= kFull; ++i) {
    curve[static_cast<size_t>(i)] = static_cast<uint16_t>(bt709_transfer(static_cast<double>(i) / kFull) * kFull + 0.5);
  }
  return curve;
}

// BT.709-6 item 3.2 to 3.4, with limited range, for R'G'B' of 0..4095 and 20 fractional bits:
// Y = 16 + 219 * (0.2126 R + 0.7152 G + 0.0722 B); Cb = 128 + 224 * (B - Y) / 1.8556; Cr = 128 + 224 * (R - Y) / 1.5748.
constexpr int kYuvBits = 20;
constexpr int kLumaSum = 56077;  // 219 * 2^20 / 4095
constexpr int kLumaRed = 11922;
constexpr int kLumaBlue = 4049;
constexpr int kLumaGreen = kLumaSum - kLumaRed - kLumaBlue;
constexpr int kCbBlue = 28679;  // 224 / 2 * 2^20 / 4095
constexpr int kCbRed = -6572;
constexpr int kCbGreen = -(kCbBlue + kCbRed);  // grey has no colour, exactly
constexpr int kCrRed = 28679;
constexpr int kCrBlue = -2630;
constexpr int kCrGreen = -(kCrRed + kCrBlue);

constexpr int kFineBits = 4;  ///< of an 8-bit step, before the picture is finished

/// With `kFraction` fractional bits.
template <int kFraction = 0>
int luma_of(int red, int green, int blue) {
  constexpr int kBits = kYuvBits - kFraction;
  return (kLumaRed * red + kLumaGreen * green + kLumaBlue * blue + (16 << kYuvBits) + (1 << (kBits - 1))) >> kBits;
}

/// From sums of 8 samples; all values below stay within 31 bits.
template <int kFraction = 0>
int chroma_of(int red, int green, int blue, int k_red, int k_green, int k_blue) {
  constexpr int kBits = kYuvBits + 3 - kFraction;
  return (k_red * red + k_green * green + k_blue * blue + (128 << (kYuvBits + 3)) + (1 << (kBits - 1))) >> kBits;
}

/// Mirrors an index into [0, size) keeping its parity, and so its colour in the mosaic.
int mirrored(int index, int size) {
  if (index < 0) return -index;
  return index < size ? index : 2 * size - 2 - index;
}

/// The black level is taken off and the gain put on; 4095 is the converter's end at gain 1. Below black stays negative, so that the mean of
/// a dark area's noise does too.
int16_t to_linear(int raw, int black, int gain) {
  const int64_t span = 1023 - black;
  const int64_t scaled = static_cast<int64_t>(raw - black) * gain * kFull;
  const int64_t divisor = 256 * span;
  const int64_t value = (scaled + (scaled < 0 ? -divisor : divisor) / 2) / divisor;
  return static_cast<int16_t>(std::clamp<int64_t>(value, -kFull, kFull));
}

/// Bilinear demosaic of one row. `own` is the colour that the row has besides green, at columns of parity `parity`; `other` is the one of the rows
/// above and below. Values are within +-4095, so that four fit in 16 bits.
SAKSI_WIDE_VECTORS void demosaic(const int16_t* __restrict up, const int16_t* __restrict here, const int16_t* __restrict down, int parity, int width,
                                 int16_t* __restrict own, int16_t* __restrict green, int16_t* __restrict other) {
  for (int x = 0; x < width; ++x) {
    const int16_t across = static_cast<int16_t>(here[x - 1] + here[x + 1]);
    const int16_t along = static_cast<int16_t>(up[x] + down[x]);
    const int16_t diagonal = static_cast<int16_t>(static_cast<int16_t>(up[x - 1] + up[x + 1]) + static_cast<int16_t>(down[x - 1] + down[x + 1]));
    const int16_t cross = static_cast<int16_t>(across + along);
    const bool on_own = (x & 1) == parity;
    own[x] = on_own ? here[x] : static_cast<int16_t>(static_cast<int16_t>(across + 1) >> 1);
    green[x] = on_own ? static_cast<int16_t>(static_cast<int16_t>(cross + 2) >> 2) : here[x];
    other[x] = static_cast<int16_t>(on_own ? static_cast<int16_t>(diagonal + 2) >> 2 : static_cast<int16_t>(along + 1) >> 1);
  }
}

SAKSI_WIDE_VECTORS void start_sum(const int16_t* __restrict row, int16_t weight, size_t width, int32_t* __restrict sums) {
  for (size_t x = 0; x < width; ++x) sums[x] = row[x] * weight;
}

SAKSI_WIDE_VECTORS void add_to_sum(const int16_t* __restrict row, int16_t weight, size_t width, int32_t* __restrict sums) {
  for (size_t x = 0; x < width; ++x) sums[x] += row[x] * weight;
}

// A sum of 12-bit values by weights that add up to 2^14 is narrowed to 14 bits between the two directions.
constexpr int kNarrowing = 12;

template <int kTaps>
void scale_across(const BoxWeights& box, const int16_t* in, int width, int16_t* out) {
  constexpr int kShift = BoxWeights::kBits + BoxWeights::kBits - kNarrowing;
  const int taps = kTaps != 0 ? kTaps : box.taps();
  for (int x = 0; x < width; ++x) {
    const int16_t* from = in + box.first(x);
    const int16_t* weights = box.weights(x);
    int32_t sum = 1 << (kShift - 1);
    for (int k = 0; k < taps; ++k) sum += from[k] * weights[k];
    out[x] = static_cast<int16_t>(std::clamp(sum >> kShift, -kFull, kFull));
  }
}

void scale_across(const BoxWeights& box, const int16_t* in, int width, int16_t* out) {
  switch (box.taps()) {
    case 1:
      return scale_across<1>(box, in, width, out);
    case 2:
      return scale_across<2>(box, in, width, out);
    case 3:
      return scale_across<3>(box, in, width, out);
    case 4:
      return scale_across<4>(box, in, width, out);
    default:
      return scale_across<0>(box, in, width, out);
  }
}

/// Where a plane of bytes goes.
struct BytePlane {
  uint8_t* at = nullptr;
  size_t stride = 0;
  int step = 1;
};

/// The margin repeats the edge.
void finish_plane(std::vector<int16_t>& fine, const FinishSettings& settings, int width, int height, const BytePlane& out) {
  const size_t stride = static_cast<size_t>(width) + 2;
  const auto row = [&](int y) { return fine.data() + static_cast<size_t>(y + 1) * stride + 1; };
  for (int y = 0; y < height; ++y) {
    row(y)[-1] = row(y)[0];
    row(y)[width] = row(y)[width - 1];
  }
  std::copy_n(row(0) - 1, stride, row(-1) - 1);
  std::copy_n(row(height - 1) - 1, stride, row(height) - 1);
  for (int y = 0; y < height; ++y)
    finish_row(settings, row(y - 1), row(y), row(y + 1), width, out.at + static_cast<size_t>(y) * out.stride, out.step);
}

}  // namespace

int IspSettings::shading_term(int distance) const {
  const int64_t radius_squared = static_cast<int64_t>(shading_radius) * shading_radius;
  const int64_t term = ((static_cast<int64_t>(shading_k) * distance * distance) << (kShadingBits - 12)) / radius_squared;
  return static_cast<int>(std::min<int64_t>(term, 1 << (kShadingBits + 4)));
}

bool IspSettings::valid() const {
  const bool even = ((crop_x | crop_y | crop_width | crop_height | out_width | out_height) & 1) == 0;
  return even && in_width >= 4 && in_height >= 4 && crop_x >= 0 && crop_y >= 0 && crop_x + crop_width <= in_width &&
         crop_y + crop_height <= in_height && out_width >= 64 && out_height >= 64 && out_width <= 1920 && out_height <= 1080 &&
         crop_width >= out_width && crop_height >= out_height && black_level >= 0 && black_level < 1023;
}

// A demosaiced row needs the linear ones within kMosaicMargin of it, and these, without their defects, as many again.
int IspSettings::first_row() const { return std::max(0, crop_y - 2 * kMosaicMargin); }
int IspSettings::end_row() const { return std::min(in_height, crop_y + crop_height + 2 * kMosaicMargin); }

const std::array<uint16_t, 4096>& bt709_curve() {
  static const std::array<uint16_t, 4096> curve = make_curve();
  return curve;
}

Yuv bt709_yuv(int red, int green, int blue) {
  return Yuv{static_cast<uint8_t>(luma_of(red, green, blue)),
             static_cast<uint8_t>(chroma_of(8 * red, 8 * green, 8 * blue, kCbRed, kCbGreen, kCbBlue)),
             static_cast<uint8_t>(chroma_of(8 * red, 8 * green, 8 * blue, kCrRed, kCrGreen, kCrBlue))};
}

void BoxWeights::set(int inputs, int outputs) {
  if (inputs == inputs_ && outputs == outputs_) return;
  inputs_ = inputs;
  outputs_ = outputs;
  // In units of 1 / outputs of an input, output i covers [i * inputs, (i + 1) * inputs).
  taps_ = 1;
  for (int i = 0; i < outputs; ++i) taps_ = std::max(taps_, ((i + 1) * inputs - 1) / outputs - i * inputs / outputs + 1);
  first_.resize(static_cast<size_t>(outputs));
  weights_.assign(static_cast<size_t>(outputs) * static_cast<size_t>(taps_), 0);
  for (int i = 0; i < outputs; ++i) {
    // Near the end, start early enough that all taps lie within the inputs.
    const int first = std::min(i * inputs / outputs, inputs - taps_);
    first_[static_cast<size_t>(i)] = first;
    int16_t* weights = &weights_[static_cast<size_t>(i) * static_cast<size_t>(taps_)];
    int sum = 0;
    int largest = 0;
    for (int k = 0; k < taps_; ++k) {
      const int begin = std::max(i * inputs, (first + k) * outputs);
      const int end = std::min((i + 1) * inputs, (first + k + 1) * outputs);
      weights[k] = static_cast<int16_t>(std::max(0, end - begin) * (1 << kBits) / inputs);
      sum += weights[k];
      if (weights[k] > weights[largest]) largest = k;
    }
    weights[largest] = static_cast<int16_t>(weights[largest] + (1 << kBits) - sum);
  }
}

void IspPipeline::Colours::resize(size_t n) {
  red.resize(n);
  green.resize(n);
  blue.resize(n);
}

void IspPipeline::configure(const IspSettings& s) {
  settings_ = s;
  horizontal_.set(s.crop_width, s.out_width);
  vertical_.set(s.crop_height, s.out_height);
  const int gains[4] = {s.red_gain, s.green_gain, s.green_gain, s.blue_gain};
  for (size_t place = 0; place < 4; ++place) {
    for (int raw = 0; raw < 1024; ++raw) to_linear_[place][static_cast<size_t>(raw)] = to_linear(raw, s.black_level, gains[place]);
  }
  if (s.gamma) {
    curve_ = bt709_curve();
  } else {
    for (size_t i = 0; i <= kFull; ++i) curve_[i] = static_cast<uint16_t>(i);
  }
  const size_t margined = static_cast<size_t>(s.crop_width) + 2 * kMosaicMargin;
  // Defects are looked for in the margin too, where their neighbours lie further out.
  for (auto& row : margined_) row.resize(margined + 2 * kMosaicMargin);
  for (auto& row : linear_) row.resize(margined);
  sound_.resize(margined);
  configure_shading();
  configure_finish();
  for (auto& row : demosaiced_) row.resize(static_cast<size_t>(s.crop_width));
  for (auto& row : coded_) row.resize(static_cast<size_t>(s.out_width));
  sums_.resize(3 * static_cast<size_t>(s.crop_width));
  narrow_.resize(static_cast<size_t>(s.crop_width));
}

void IspPipeline::configure_shading() {
  const IspSettings& s = settings_;
  shading_.assign(sound_.size(), 0);
  if (!s.shades()) return;
  for (size_t i = 0; i < shading_.size(); ++i) {
    shading_[i] = s.shading_term(s.crop_x + static_cast<int>(i) - kMosaicMargin - s.shading_x);
  }
}

void IspPipeline::configure_finish() {
  const size_t width = static_cast<size_t>(settings_.out_width), height = static_cast<size_t>(settings_.out_height);
  if (settings_.luma_finish.enabled()) fine_[0].resize((width + 2) * (height + 2));
  if (settings_.chroma_finish.enabled()) {
    for (size_t plane : {1, 2}) fine_[plane].resize((width / 2 + 2) * (height / 2 + 2));
  }
}

uint64_t IspPipeline::process(const IspSettings& settings, const uint16_t* raw, const Nv12Planes& out) {
  configure(settings);
  raw_ = raw;
  margined_y_.fill(-1);
  linear_y_.fill(-1);
  demosaiced_y_.fill(-1);
  const bool luma_fine = settings_.luma_finish.enabled(), chroma_fine = settings_.chroma_finish.enabled();
  for (int y = 0; y < settings_.out_height; ++y) {
    Colours& coded = coded_[static_cast<size_t>(y & 1)];
    scaled_row(y, coded);
    code_row(coded);
    if (luma_fine) {
      keep_luma(coded, &fine_[0][static_cast<size_t>(y + 1) * static_cast<size_t>(settings_.out_width + 2) + 1]);
    } else {
      write_luma(coded, out.luma + static_cast<size_t>(y) * out.stride);
    }
    if ((y & 1) == 0) continue;
    if (chroma_fine) {
      keep_chroma(y / 2);
    } else {
      write_chroma(out.chroma + static_cast<size_t>(y / 2) * out.stride);
    }
  }
  finish(out);
  uint64_t luma_sum = 0;
  for (int y = 0; y < settings_.out_height; ++y) {
    const uint8_t* luma = out.luma + static_cast<size_t>(y) * out.stride;
    for (int x = 0; x < settings_.out_width; ++x) luma_sum += luma[x];
  }
  pad(out);
  return luma_sum;
}

/// A row of the raw frame from 2 * kMosaicMargin columns before the crop on.
const uint16_t* IspPipeline::raw_row(int y) {
  const int row = mirrored(y, settings_.in_height);
  const size_t slot = static_cast<size_t>(row) % kRows;
  uint16_t* out = margined_[slot].data();
  if (margined_y_[slot] == row) return out;
  margined_y_[slot] = row;
  const uint16_t* raw = raw_ + static_cast<size_t>(row) * static_cast<size_t>(settings_.in_width);
  constexpr int kReach = 2 * kMosaicMargin;
  const int width = settings_.crop_width;
  for (int i = 1; i <= kReach; ++i) {
    out[kReach - i] = raw[mirrored(settings_.crop_x - i, settings_.in_width)];
    out[kReach + width - 1 + i] = raw[mirrored(settings_.crop_x + width - 1 + i, settings_.in_width)];
  }
  std::copy_n(raw + settings_.crop_x, width, out + kReach);
  return out;
}

/// A row without its defects, from kMosaicMargin columns before the crop on.
const uint16_t* IspPipeline::sound_row(int y) {
  if (settings_.defect_threshold == 0) return raw_row(y) + kMosaicMargin;
  FiveRows<uint16_t> rows;
  for (int i = 0; i < 5; ++i) rows[static_cast<size_t>(i)] = raw_row(y + i - 2) + kMosaicMargin;
  correct_defects(rows, settings_.crop_width + 2 * kMosaicMargin, settings_.defect_threshold, settings_.black_level, sound_.data());
  return sound_.data();
}

const int16_t* IspPipeline::linear_row(int y) {
  const int row = mirrored(y, settings_.in_height);
  const size_t slot = static_cast<size_t>(row) % kRows;
  int16_t* out = linear_[slot].data();
  if (linear_y_[slot] == row) return out + kMosaicMargin;
  linear_y_[slot] = row;
  const int16_t* even = to_linear_[static_cast<size_t>(2 * (row & 1))].data();
  const int16_t* odd = to_linear_[static_cast<size_t>(2 * (row & 1) + 1)].data();
  const uint16_t* in = sound_row(row);
  const int width = settings_.crop_width + 2 * kMosaicMargin;
  for (int x = 0; x < width; x += 2) {
    out[x] = even[in[x] & 1023];
    out[x + 1] = odd[in[x + 1] & 1023];
  }
  if (settings_.shades()) correct_shading(shading_.data(), settings_.shading_term(row - settings_.shading_y), width, out);
  return out + kMosaicMargin;
}

const IspPipeline::Colours& IspPipeline::demosaiced_row(int crop_y) {
  const size_t slot = static_cast<size_t>(crop_y) % kDemosaicedRows;
  Colours& out = demosaiced_[slot];
  if (demosaiced_y_[slot] == crop_y) return out;
  demosaiced_y_[slot] = crop_y;
  const int y = settings_.crop_y + crop_y;
  // A blue row is a red one with red and blue changed over and the columns shifted by one.
  const int parity = y & 1;
  int16_t* own = parity == 0 ? out.red.data() : out.blue.data();
  int16_t* other = parity == 0 ? out.blue.data() : out.red.data();
  if (settings_.gradient_demosaic) {
    FiveRows<int16_t> rows;
    for (int i = 0; i < 5; ++i) rows[static_cast<size_t>(i)] = linear_row(y + i - 2);
    demosaic_by_gradient(rows, parity, settings_.crop_width, own, out.green.data(), other);
  } else {
    demosaic(linear_row(y - 1), linear_row(y), linear_row(y + 1), parity, settings_.crop_width, own, out.green.data(), other);
  }
  return out;
}

void IspPipeline::scaled_row(int out_y, Colours& coded) {
  const size_t width = static_cast<size_t>(settings_.crop_width);
  if (vertical_.taps() == 1 && horizontal_.taps() == 1) {  // the same size: weights of one leave everything as it is
    const Colours& row = demosaiced_row(vertical_.first(out_y));
    std::copy_n(row.red.data(), width, coded.red.data());
    std::copy_n(row.green.data(), width, coded.green.data());
    std::copy_n(row.blue.data(), width, coded.blue.data());
    return;
  }
  const int16_t* weights = vertical_.weights(out_y);
  auto sum = start_sum;
  for (int k = 0; k < vertical_.taps(); ++k) {
    if (weights[k] == 0) continue;
    const Colours& row = demosaiced_row(vertical_.first(out_y) + k);
    sum(row.red.data(), weights[k], width, &sums_[0]);
    sum(row.green.data(), weights[k], width, &sums_[width]);
    sum(row.blue.data(), weights[k], width, &sums_[2 * width]);
    sum = add_to_sum;
  }
  int16_t* const outputs[3] = {coded.red.data(), coded.green.data(), coded.blue.data()};
  for (size_t colour = 0; colour < 3; ++colour) {
    const int32_t* sums = &sums_[colour * width];
    for (size_t x = 0; x < width; ++x) narrow_[x] = static_cast<int16_t>((sums[x] + (1 << (kNarrowing - 1))) >> kNarrowing);
    scale_across(horizontal_, narrow_.data(), settings_.out_width, outputs[colour]);
  }
}

/// Linear light to coded values.
SAKSI_WIDE_VECTORS void IspPipeline::code_row(Colours& row) const {
  const std::array<int, 9>& m = settings_.colour_matrix;
  const bool identical = m == IspSettings().colour_matrix;
  const size_t width = static_cast<size_t>(settings_.out_width);
  int16_t* red = row.red.data();
  int16_t* green = row.green.data();
  int16_t* blue = row.blue.data();
  for (size_t x = 0; !identical && x < width; ++x) {
    const int r = red[x], g = green[x], b = blue[x];
    red[x] = static_cast<int16_t>(std::clamp((m[0] * r + m[1] * g + m[2] * b + 512) >> 10, 0, kFull));
    green[x] = static_cast<int16_t>(std::clamp((m[3] * r + m[4] * g + m[5] * b + 512) >> 10, 0, kFull));
    blue[x] = static_cast<int16_t>(std::clamp((m[6] * r + m[7] * g + m[8] * b + 512) >> 10, 0, kFull));
  }
  for (int16_t* colour : {red, green, blue}) {
    for (size_t x = 0; x < width; ++x) colour[x] = static_cast<int16_t>(curve_[static_cast<size_t>(std::max<int16_t>(0, colour[x]))]);
  }
}

SAKSI_WIDE_VECTORS void IspPipeline::keep_luma(const Colours& coded, int16_t* luma) const {
  const int16_t* red = coded.red.data();
  const int16_t* green = coded.green.data();
  const int16_t* blue = coded.blue.data();
  for (int x = 0; x < settings_.out_width; ++x) luma[x] = static_cast<int16_t>(luma_of<kFineBits>(red[x], green[x], blue[x]));
}

SAKSI_WIDE_VECTORS void IspPipeline::keep_chroma(int out_y) {
  const size_t width = static_cast<size_t>(settings_.out_width) / 2;
  const size_t at = static_cast<size_t>(out_y + 1) * (width + 2) + 1;
  for (size_t x = 0; x < width; ++x) {
    const int red = chroma_sum(&Colours::red, 2 * x);
    const int green = chroma_sum(&Colours::green, 2 * x);
    const int blue = chroma_sum(&Colours::blue, 2 * x);
    fine_[1][at + x] = static_cast<int16_t>(chroma_of<kFineBits>(red, green, blue, kCbRed, kCbGreen, kCbBlue));
    fine_[2][at + x] = static_cast<int16_t>(chroma_of<kFineBits>(red, green, blue, kCrRed, kCrGreen, kCrBlue));
  }
}

void IspPipeline::finish(const Nv12Planes& out) {
  const int width = settings_.out_width, height = settings_.out_height;
  if (settings_.luma_finish.enabled()) finish_plane(fine_[0], settings_.luma_finish, width, height, {out.luma, out.stride, 1});
  if (!settings_.chroma_finish.enabled()) return;
  finish_plane(fine_[1], settings_.chroma_finish, width / 2, height / 2, {out.chroma, out.stride, 2});
  finish_plane(fine_[2], settings_.chroma_finish, width / 2, height / 2, {out.chroma + 1, out.stride, 2});
}

SAKSI_WIDE_VECTORS void IspPipeline::write_luma(const Colours& coded, uint8_t* luma) const {
  const int16_t* red = coded.red.data();
  const int16_t* green = coded.green.data();
  const int16_t* blue = coded.blue.data();
  for (int x = 0; x < settings_.out_width; ++x) luma[x] = static_cast<uint8_t>(luma_of(red[x], green[x], blue[x]));
}

/// Eight times the mean colour around a chroma sample: weights 1 2 1 across, both rows alike.
int IspPipeline::chroma_sum(const std::vector<int16_t> Colours::*plane, size_t x) const {
  const size_t left = x == 0 ? 0 : x - 1;
  const std::vector<int16_t>& a = coded_[0].*plane;
  const std::vector<int16_t>& b = coded_[1].*plane;
  return a[left] + 2 * a[x] + a[x + 1] + b[left] + 2 * b[x] + b[x + 1];
}

void IspPipeline::write_chroma(uint8_t* chroma) const {
  for (size_t x = 0; x < static_cast<size_t>(settings_.out_width); x += 2) {
    const int red = chroma_sum(&Colours::red, x);
    const int green = chroma_sum(&Colours::green, x);
    const int blue = chroma_sum(&Colours::blue, x);
    chroma[x] = static_cast<uint8_t>(chroma_of(red, green, blue, kCbRed, kCbGreen, kCbBlue));
    chroma[x + 1] = static_cast<uint8_t>(chroma_of(red, green, blue, kCrRed, kCrGreen, kCrBlue));
  }
}

void IspPipeline::pad(const Nv12Planes& out) const {
  const size_t width = static_cast<size_t>(settings_.out_width);
  const size_t padded_width = static_cast<size_t>(padded_to_16(settings_.out_width));
  const size_t height = static_cast<size_t>(settings_.out_height);
  const size_t padded_height = static_cast<size_t>(padded_to_16(settings_.out_height));
  for (size_t y = 0; y < height; ++y) {
    uint8_t* row = out.luma + y * out.stride;
    std::memset(row + width, row[width - 1], padded_width - width);
  }
  for (size_t y = 0; y < height / 2; ++y) {
    uint8_t* row = out.chroma + y * out.stride;
    for (size_t x = width; x < padded_width; ++x) row[x] = row[x - 2];
  }
  for (size_t y = height; y < padded_height; ++y) std::memcpy(out.luma + y * out.stride, out.luma + (height - 1) * out.stride, padded_width);
  for (size_t y = height / 2; y < padded_height / 2; ++y) {
    std::memcpy(out.chroma + y * out.stride, out.chroma + (height / 2 - 1) * out.stride, padded_width);
  }
}

}  // namespace saksi::hw
