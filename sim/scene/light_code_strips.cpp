#include "sim/scene/light_code_strips.h"

#include <algorithm>

namespace saksi::sim {

namespace {

/// The share of [begin, end) that lies in [from, to).
double share(double begin, double end, double from, double to) { return std::max(0.0, std::min(end, to) - std::max(begin, from)) / (end - begin); }

}  // namespace

void LightCodeStrips::set_window(const SceneWindow& window) {
  window_ = window;
  for (Columns& columns : kept_) columns = Columns();

  rows_.assign(static_cast<size_t>(window.rows), Row());
  for (int row = 0; row < window.rows; ++row) {
    const double top = window.row_begin(row);
    const double bottom = window.row_begin(row + 1);
    Row& out = rows_[static_cast<size_t>(row)];
    for (const double centre : light_code::kStripCentreY) {
      const double half = light_code::kBankHeight * light_code::kBanks / 2;
      out.strip += static_cast<float>(share(top, bottom, centre - half - light_code::kMargin, centre + half + light_code::kMargin));
      for (int bank = 0; bank < light_code::kBanks; ++bank) {
        const double begin = centre - half + bank * light_code::kBankHeight;
        out.bank[static_cast<size_t>(bank)] += static_cast<float>(share(top, bottom, begin, begin + light_code::kBankHeight));
      }
    }
  }

  const double margin = light_code::kMargin / window.aspect;
  const double from = light_code::kStripLeft - margin;
  const double to = light_code::kStripLeft + light_code::kStripWidth + margin;
  strip_columns_.resize(static_cast<size_t>(window.columns));
  for (int x = 0; x < window.columns; ++x) {
    strip_columns_[static_cast<size_t>(x)] = static_cast<float>(share(window.column_begin(x), window.column_begin(x + 1), from, to));
  }
}

const std::vector<float>& LightCodeStrips::white_columns(uint32_t shown) {
  Columns& columns = kept_[shown % kKept];
  if (columns.shown == shown) return columns.white;
  columns.shown = shown;
  columns.white.assign(static_cast<size_t>(window_.columns), 0.0f);
  const light_code::Cells cells = light_code::encode(shown);
  const double cell = light_code::kStripWidth / light_code::kCells;
  for (int x = 0; x < window_.columns; ++x) {
    const double begin = window_.column_begin(x);
    const double end = window_.column_begin(x + 1);
    const int first = std::max(0, static_cast<int>((begin - light_code::kStripLeft) / cell) - 1);
    double white = 0;
    for (int i = first; i < light_code::kCells && light_code::kStripLeft + i * cell < end; ++i) {
      if (cells[static_cast<size_t>(i)]) white += share(begin, end, light_code::kStripLeft + i * cell, light_code::kStripLeft + (i + 1) * cell);
    }
    columns.white[static_cast<size_t>(x)] = static_cast<float>(white);
  }
  return columns.white;
}

void LightCodeStrips::add_white(int row, int64_t t0_ns, int64_t t1_ns, float* sums) {
  const Row& shares = rows_[static_cast<size_t>(row)];
  if (t1_ns <= t0_ns) return;
  for (int64_t t = std::max<int64_t>(t0_ns, 0); t < t1_ns;) {
    const int64_t tick = light_code::tick_at(t);
    const int64_t end = std::min(light_code::tick_begin_ns(tick + 1), t1_ns);
    const double part = static_cast<double>(end - t) / static_cast<double>(t1_ns - t0_ns);
    for (int bank = 0; bank < light_code::kBanks; ++bank) {
      if (shares.bank[static_cast<size_t>(bank)] == 0.0f) continue;
      const float weight = shares.bank[static_cast<size_t>(bank)] * static_cast<float>(part);
      const float* white = white_columns(light_code::shown(bank, tick + epoch_tick_)).data();
      for (size_t x = 0; x < static_cast<size_t>(window_.columns); ++x) sums[x] += weight * white[x];
    }
    t = end;
  }
}

void LightCodeStrips::draw(int row, int64_t t0_ns, int64_t t1_ns, const std::array<float, 3>& lux_s, float* const planes[3]) {
  const float strip = covered(row);
  if (strip <= 0.0f) return;
  const size_t columns = static_cast<size_t>(window_.columns);
  white_.assign(columns, 0.0f);
  add_white(row, t0_ns, t1_ns, white_.data());
  const float* inside = covered_columns();
  constexpr float kBlack = static_cast<float>(light_code::kBlack);
  constexpr float kContrast = static_cast<float>(light_code::kWhite - light_code::kBlack);
  for (size_t colour = 0; colour < 3; ++colour) {
    float* light = planes[colour];
    if (!light) continue;
    for (size_t x = 0; x < columns; ++x) {
      const float share = strip * inside[x];
      light[x] = light[x] * (1.0f - share) + lux_s[colour] * (kBlack * share + kContrast * white_[x]);
    }
  }
}

}  // namespace saksi::sim
