#include "hw-models/isp/finish.h"

#include <algorithm>
#include <cstdlib>

#include "base/wide_vectors.h"

namespace saksi::hw {

namespace {

/// A difference that is noise for all of it up to `limit`, and less and less of it up to twice that.
inline int16_t noise_in(int16_t difference, int16_t limit) {
  const int16_t size = static_cast<int16_t>(difference < 0 ? -difference : difference);
  const int16_t noise = std::max<int16_t>(0, std::min<int16_t>(size, static_cast<int16_t>(2 * limit - size)));
  return static_cast<int16_t>(difference < 0 ? -noise : noise);
}

}  // namespace

SAKSI_WIDE_VECTORS void finish_row(const FinishSettings& settings, const int16_t* __restrict up, const int16_t* __restrict here,
                                   const int16_t* __restrict down, int width, uint8_t* __restrict out, int step) {
  const int16_t limit = static_cast<int16_t>(settings.denoise);
  const int gain = settings.gain, coring = settings.coring;
  for (int x = 0; x < width; ++x) {
    const int16_t centre = here[x];
    const auto from = [centre](int16_t value) { return static_cast<int16_t>(value - centre); };
    const int16_t nw = from(up[x - 1]), n = from(up[x]), ne = from(up[x + 1]), w = from(here[x - 1]);
    const int16_t e = from(here[x + 1]), sw = from(down[x - 1]), s = from(down[x]), se = from(down[x + 1]);
    const int noise = 2 * (noise_in(n, limit) + noise_in(w, limit) + noise_in(e, limit) + noise_in(s, limit)) + noise_in(nw, limit) +
                      noise_in(ne, limit) + noise_in(sw, limit) + noise_in(se, limit);
    const int stands_out = -((2 * (n + w + e + s) + nw + ne + sw + se) >> 4);
    const int kept = std::max(0, std::abs(stands_out) - coring);
    const int detail = ((stands_out < 0 ? -kept : kept) * gain) >> 4;
    const int value = centre + (noise >> 4) + detail;
    out[x * step] = static_cast<uint8_t>(std::clamp((value + 8) >> 4, 1, 254));
  }
}

}  // namespace saksi::hw
