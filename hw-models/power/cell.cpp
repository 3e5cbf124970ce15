#include "hw-models/power/cell.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace saksi::hw {

namespace {

struct Point {
  int64_t charge_ppm;
  int64_t value;
};

constexpr std::array<Point, 23> kOpenUv = {
    {{0, 2'560'000},       {10'000, 3'000'000},  {20'000, 3'140'000},  {50'000, 3'314'000},  {100'000, 3'371'000},  {150'000, 3'440'000},
     {200'000, 3'500'000}, {250'000, 3'544'000}, {300'000, 3'577'000}, {350'000, 3'607'000}, {400'000, 3'638'000},  {450'000, 3'674'000},
     {500'000, 3'723'000}, {550'000, 3'772'000}, {600'000, 3'826'000}, {650'000, 3'872'000}, {700'000, 3'919'000},  {750'000, 3'960'000},
     {800'000, 4'006'000}, {850'000, 4'060'000}, {900'000, 4'113'000}, {950'000, 4'154'000}, {1'000'000, 4'190'000}}};

constexpr std::array<Point, 8> kResistanceUohm = {{{0, 135'000},
                                                   {100'000, 135'000},
                                                   {200'000, 50'000},
                                                   {300'000, 40'000},
                                                   {500'000, 37'000},
                                                   {700'000, 42'000},
                                                   {900'000, 42'000},
                                                   {1'000'000, 49'000}}};

template <size_t N>
int64_t interpolate(const std::array<Point, N>& curve, int64_t charge_ppm) {
  size_t upper = 1;
  while (upper + 1 < N && curve[upper].charge_ppm < charge_ppm) ++upper;
  const Point& a = curve[upper - 1];
  const Point& b = curve[upper];
  return a.value + (b.value - a.value) * (charge_ppm - a.charge_ppm) / (b.charge_ppm - a.charge_ppm);
}

constexpr __int128 kFcPerMah = static_cast<__int128>(3600) * 1'000'000'000'000;  // 3.6 C

}  // namespace

Cell::Cell(const CellConfig& config) : config_(config), charge_fc_(kFcPerMah * config.capacity_mah * config.charge_permille / 1000) {}

void Cell::set_connected(bool connected) {
  if (connected == connected_) return;
  connected_ = connected;
  changed();
}

uint32_t Cell::charge_ppm() const { return static_cast<uint32_t>(charge_fc_ * 1'000'000 / (kFcPerMah * config_.capacity_mah)); }

int64_t Cell::charge_ppm_at(int64_t open_uv) {
  if (open_uv <= kOpenUv.front().value) return 0;
  for (size_t i = 1; i < kOpenUv.size(); ++i) {
    const Point& a = kOpenUv[i - 1];
    const Point& b = kOpenUv[i];
    if (open_uv < b.value) return a.charge_ppm + (b.charge_ppm - a.charge_ppm) * (open_uv - a.value) / (b.value - a.value);
  }
  return kOpenUv.back().charge_ppm;
}

int64_t Cell::open_uv() const { return connected_ ? interpolate(kOpenUv, charge_ppm()) : 0; }

int64_t Cell::resistance_uohm() const { return interpolate(kResistanceUohm, charge_ppm()) + config_.extra_resistance_mohm * int64_t{1000}; }

void Cell::drew_fc(int64_t charge) { charge_fc_ = std::max<__int128>(0, charge_fc_ - charge); }

}  // namespace saksi::hw
