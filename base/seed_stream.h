#ifndef SAKSI_BASE_SEED_STREAM_H_
#define SAKSI_BASE_SEED_STREAM_H_

#include <cstdint>
#include <string>

namespace saksi {

/// A named stream of random numbers of one seed: all randomness of a run comes from these, so that a run can be repeated to the bit, and
/// so that one part's use of chance does not shift another's. xoshiro256** (Blackman and Vigna 2018), seeded by SHA-256 of seed and name.
class SeedStream {
 public:
  SeedStream(uint64_t seed, const std::string& name);

  /// 64 uniformly random bits.
  uint64_t next();
  /// Uniform in [0, bound), without bias; bound > 0.
  uint64_t below(uint64_t bound);
  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform();

 private:
  uint64_t state_[4];
};

}  // namespace saksi

#endif
