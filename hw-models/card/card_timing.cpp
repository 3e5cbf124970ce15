#include "hw-models/card/card_timing.h"

#include "base/error.h"

namespace saksi::hw {

namespace {

struct Profile {
  const char* name;
  CardTiming timing;
};

CardTiming instant() { return CardTiming{}; }

CardTiming good() {
  CardTiming timing;
  timing.init_us = 50'000;
  timing.read_access_us = 400;
  timing.read_gap_ns = 0;
  timing.write_start_us = 1'000;
  timing.program_4k_us = 300;  // 13 MB/s once started: speed class 10
  timing.spread_permille = 300;
  timing.buffer_sectors = 64;
  timing.stall_each_mib = 4;
  timing.stall_min_ms = 12;
  timing.stall_max_ms = 16;
  timing.erase_us = 2'000;
  return timing;
}

CardTiming typical() {
  CardTiming timing = good();
  timing.init_us = 150'000;
  timing.read_access_us = 700;
  timing.write_start_us = 2'000;
  timing.program_4k_us = 400;
  timing.spread_permille = 600;
  timing.stall_min_ms = 100;
  timing.stall_max_ms = 220;
  return timing;
}

CardTiming bad_but_legal() {
  CardTiming timing = typical();
  timing.init_us = 900'000;  // the standard allows a second
  timing.read_access_us = 50'000;
  timing.write_start_us = 6'000;
  timing.program_4k_us = 800;
  timing.spread_permille = 300;  // six sigma of start and programming are 41 ms
  timing.stall_each_mib = 2;
  timing.stall_min_ms = 180;
  timing.stall_max_ms = 205;  // the standard allows 250 ms of busy, start and programming included
  return timing;
}

CardTiming late() {
  CardTiming timing = good();
  timing.stall_after_writes = 32;
  timing.stall_ms = 2'000;  // beyond the standard, seen in the field
  return timing;
}

CardTiming illegal() {
  CardTiming timing = typical();
  timing.stall_each_mib = 2;
  timing.stall_min_ms = 600;  // the standard allows 250 ms, 500 ms with SDXC; hosts give up after 500 to 1000
  timing.stall_max_ms = 2'000;
  return timing;
}

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> kProfiles = {{"instant", instant()}, {"good", good()}, {"typical", typical()}, {"bad-but-legal", bad_but_legal()},
                                                 {"illegal", illegal()}, {"late", late()}};
  return kProfiles;
}

}  // namespace

CardTiming CardTiming::profile(const std::string& name) {
  std::string known;
  for (const Profile& profile : profiles()) {
    if (name == profile.name) return profile.timing;
    known += (known.empty() ? "" : ", ") + std::string(profile.name);
  }
  throw UsageError("'" + name + "' is not a card timing profile; known are: " + known);
}

std::vector<std::string> CardTiming::profile_names() {
  std::vector<std::string> names;
  for (const Profile& profile : profiles()) names.push_back(profile.name);
  return names;
}

uint64_t vary(uint64_t median, uint32_t sigma_permille, SeedStream& stream) {
  if (sigma_permille == 0) return median;
  constexpr int64_t kUnit = 1 << 16;
  int64_t n = -6 * kUnit;
  for (int i = 0; i < 12; ++i) n += static_cast<int64_t>(stream.below(kUnit));
  // exp(x) as (1 + x/8 + (x/8)^2/2 + (x/8)^3/6)^8 for x >= 0, and its inverse for x < 0: within 0.1 % up to x = 1.8.
  const int64_t x = (n < 0 ? -n : n) * static_cast<int64_t>(sigma_permille) / 1000;
  const int64_t y = x / 8;
  int64_t factor = kUnit + y + y * y / (2 * kUnit) + y * y / kUnit * y / (6 * kUnit);
  for (int i = 0; i < 3; ++i) factor = factor * factor / kUnit;
  const auto wide_factor = static_cast<unsigned __int128>(factor);
  const auto wide_median = static_cast<unsigned __int128>(median);
  return static_cast<uint64_t>(n < 0 ? wide_median * kUnit / wide_factor : wide_median * wide_factor / kUnit);
}

}  // namespace saksi::hw
