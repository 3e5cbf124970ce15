#include "hw-models/isp/pipeline.h"

#include <algorithm>
#include <cstring>

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

uint8_t luma_of(int red, int green, int blue) {
  return static_cast<uint8_t>((kLumaRed * red + kLumaGreen * green + kLumaBlue * blue + (16 << kYuvBits) + (1 << (kYuvBits - 1))) >> kYuvBits);
}

/// From sums of 8 samples; all values below stay within 31 bits.
uint8_t chroma_of(int red, int green, int blue, int k_red, int k_green, int k_blue) {
  constexpr int kBits = kYuvBits + 3;
  return static_cast<uint8_t>((k_red * red + k_green * green + k_blue * blue + (128 << kBits) + (1 << (kBits - 1))) >> kBits);
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

/// Bilinear demosaic of one row. Inputs begin one sample left of the first column. `own` is the colour that the row has besides green, at
/// columns of parity `parity`; `other` is the one of the rows above and below. Values are within +-4095, so that four fit in 16 bits.
void demosaic(const int16_t* __restrict up, const int16_t* __restrict here, const int16_t* __restrict down, int parity, int width,
              int16_t* __restrict own, int16_t* __restrict green, int16_t* __restrict other) {
  for (int x = 0; x < width; ++x) {
    const int16_t across = static_cast<int16_t>(here[x] + here[x + 2]);
    const int16_t along = static_cast<int16_t>(up[x + 1] + down[x + 1]);
    const int16_t diagonal = static_cast<int16_t>(static_cast<int16_t>(up[x] + up[x + 2]) + static_cast<int16_t>(down[x] + down[x + 2]));
    const int16_t cross = static_cast<int16_t>(across + along);
    const bool on_own = (x & 1) == parity;
    own[x] = on_own ? here[x + 1] : static_cast<int16_t>(static_cast<int16_t>(across + 1) >> 1);
    green[x] = on_own ? static_cast<int16_t>(static_cast<int16_t>(cross + 2) >> 2) : here[x + 1];
    other[x] = static_cast<int16_t>(on_own ? static_cast<int16_t>(diagonal + 2) >> 2 : static_cast<int16_t>(along + 1) >> 1);
  }
}

void start_sum(const int16_t* __restrict row, int16_t weight, size_t width, int32_t* __restrict sums) {
  for (size_t x = 0; x < width; ++x) sums[x] = row[x] * weight;
}

void add_to_sum(const int16_t* __restrict row, int16_t weight, size_t width, int32_t* __restrict sums) {
  for (size_t x = 0; x < width; ++x) sums[x] += row[x] * weight;
}

// A sum of 12-bit values by weights that add up to 2^14 is narrowed to 14 bits between the two directions.
constexpr int kNarrowing = 12;

template <int kTaps>
void scale_across(const BoxWeights& box, const int16_t* in, int width, const uint16_t* curve, int16_t* out) {
  constexpr int kShift = BoxWeights::kBits + BoxWeights::kBits - kNarrowing;
  const int taps = kTaps != 0 ? kTaps : box.taps();
  for (int x = 0; x < width; ++x) {
    const int16_t* from = in + box.first(x);
    const int16_t* weights = box.weights(x);
    int32_t sum = 1 << (kShift - 1);
    for (int k = 0; k < taps; ++k) sum += from[k] * weights[k];
    out[x] = static_cast<int16_t>(curve[std::clamp(sum >> kShift, 0, kFull)]);
  }
}

void scale_across(const BoxWeights& box, const int16_t* in, int width, const uint16_t* curve, int16_t* out) {
  switch (box.taps()) {
    case 1:
      return scale_across<1>(box, in, width, curve, out);
    case 2:
      return scale_across<2>(box, in, width, curve, out);
    case 3:
      return scale_across<3>(box, in, width, curve, out);
    case 4:
      return scale_across<4>(box, in, width, curve, out);
    default:
      return scale_across<0>(box, in, width, curve, out);
  }
}

}  // namespace

bool IspSettings::valid() const {
  const bool even = ((crop_x | crop_y | crop_width | crop_height | out_width | out_height) & 1) == 0;
  return even && in_width >= 4 && in_height >= 4 && crop_x >= 0 && crop_y >= 0 && crop_x + crop_width <= in_width &&
         crop_y + crop_height <= in_height && out_width >= 64 && out_height >= 64 && out_width <= 1920 && out_height <= 1080 &&
         crop_width >= out_width && crop_height >= out_height && black_level >= 0 && black_level < 1023;
}

const std::array<uint16_t, 4096>& bt709_curve() {
  static const std::array<uint16_t, 4096> curve = make_curve();
  return curve;
}

Yuv bt709_yuv(int red, int green, int blue) {
  return Yuv{luma_of(red, green, blue), chroma_of(8 * red, 8 * green, 8 * blue, kCbRed, kCbGreen, kCbBlue),
             chroma_of(8 * red, 8 * green, 8 * blue, kCrRed, kCrGreen, kCrBlue)};
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
  for (auto& row : linear_) row.resize(static_cast<size_t>(s.crop_width) + 2);
  for (auto& row : demosaiced_) row.resize(static_cast<size_t>(s.crop_width));
  for (auto& row : coded_) row.resize(static_cast<size_t>(s.out_width));
  sums_.resize(3 * static_cast<size_t>(s.crop_width));
  narrow_.resize(static_cast<size_t>(s.crop_width));
}

uint64_t IspPipeline::process(const IspSettings& settings, const uint16_t* raw, const Nv12Planes& out) {
  configure(settings);
  raw_ = raw;
  linear_y_.fill(-1);
  demosaiced_y_.fill(-1);
  uint64_t luma_sum = 0;
  for (int y = 0; y < settings_.out_height; ++y) {
    Colours& coded = coded_[static_cast<size_t>(y & 1)];
    scaled_row(y, coded);
    uint8_t* luma = out.luma + static_cast<size_t>(y) * out.stride;
    write_luma(coded, luma);
    for (int x = 0; x < settings_.out_width; ++x) luma_sum += luma[x];
    if (y & 1) write_chroma(out.chroma + static_cast<size_t>(y / 2) * out.stride);
  }
  pad(out);
  return luma_sum;
}

const int16_t* IspPipeline::linear_row(int y) {
  const int row = mirrored(y, settings_.in_height);
  const size_t slot = static_cast<size_t>(row) % kLinearRows;
  int16_t* out = linear_[slot].data();
  if (linear_y_[slot] == row) return out;
  linear_y_[slot] = row;
  const uint16_t* raw = raw_ + static_cast<size_t>(row) * static_cast<size_t>(settings_.in_width);
  const int16_t* even = to_linear_[static_cast<size_t>(2 * (row & 1))].data();
  const int16_t* odd = to_linear_[static_cast<size_t>(2 * (row & 1) + 1)].data();
  const uint16_t* in = raw + settings_.crop_x;
  for (int x = 0; x < settings_.crop_width; x += 2) {
    out[x + 1] = even[in[x] & 1023];
    out[x + 2] = odd[in[x + 1] & 1023];
  }
  out[0] = odd[raw[mirrored(settings_.crop_x - 1, settings_.in_width)] & 1023];
  out[settings_.crop_width + 1] = even[raw[mirrored(settings_.crop_x + settings_.crop_width, settings_.in_width)] & 1023];
  return out;
}

const IspPipeline::Colours& IspPipeline::demosaiced_row(int crop_y) {
  const size_t slot = static_cast<size_t>(crop_y) % kDemosaicedRows;
  Colours& out = demosaiced_[slot];
  if (demosaiced_y_[slot] == crop_y) return out;
  demosaiced_y_[slot] = crop_y;
  const int y = settings_.crop_y + crop_y;
  const int16_t* up = linear_row(y - 1);
  const int16_t* here = linear_row(y);
  const int16_t* down = linear_row(y + 1);
  // A blue row is a red one with red and blue changed over and the columns shifted by one.
  if ((y & 1) == 0) {
    demosaic(up, here, down, 0, settings_.crop_width, out.red.data(), out.green.data(), out.blue.data());
  } else {
    demosaic(up, here, down, 1, settings_.crop_width, out.blue.data(), out.green.data(), out.red.data());
  }
  return out;
}

void IspPipeline::scaled_row(int out_y, Colours& coded) {
  const size_t width = static_cast<size_t>(settings_.crop_width);
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
    scale_across(horizontal_, narrow_.data(), settings_.out_width, curve_.data(), outputs[colour]);
  }
}

void IspPipeline::write_luma(const Colours& coded, uint8_t* luma) const {
  const int16_t* red = coded.red.data();
  const int16_t* green = coded.green.data();
  const int16_t* blue = coded.blue.data();
  for (int x = 0; x < settings_.out_width; ++x) luma[x] = luma_of(red[x], green[x], blue[x]);
}

void IspPipeline::write_chroma(uint8_t* chroma) const {
  const auto sum = [this](const std::vector<int16_t> Colours::*plane, size_t x) {
    const size_t left = x == 0 ? 0 : x - 1;
    const std::vector<int16_t>& a = coded_[0].*plane;
    const std::vector<int16_t>& b = coded_[1].*plane;
    return a[left] + 2 * a[x] + a[x + 1] + b[left] + 2 * b[x] + b[x + 1];
  };
  for (size_t x = 0; x < static_cast<size_t>(settings_.out_width); x += 2) {
    const int red = sum(&Colours::red, x);
    const int green = sum(&Colours::green, x);
    const int blue = sum(&Colours::blue, x);
    chroma[x] = chroma_of(red, green, blue, kCbRed, kCbGreen, kCbBlue);
    chroma[x + 1] = chroma_of(red, green, blue, kCrRed, kCrGreen, kCrBlue);
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
