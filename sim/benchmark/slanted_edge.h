#ifndef SAKSI_SIM_BENCHMARK_SLANTED_EDGE_H_
#define SAKSI_SIM_BENCHMARK_SLANTED_EDGE_H_

#include <vector>

namespace saksi::sim {

/// A picture of linear samples, row by row.
struct EdgePicture {
  int columns = 0;
  int rows = 0;
  std::vector<double> samples;
};

/// What the slanted-edge method (e-SFR of ISO 12233) finds in the picture of one straight edge, dark to one side and light to the other.
struct EdgeResponse {
  double angle_deg = 0;           ///< of the edge from the vertical
  std::vector<double> frequency;  ///< cycles a sample, across the edge, from 0
  std::vector<double> contrast;   ///< that is left at it; 1 at 0

  /// The lowest frequency at which the contrast is down to a share, by linear interpolation. InfraError if it stays above.
  double frequency_at(double share) const;
};

/// Measures an edge that leans 2 to 15 degrees from the vertical and crosses all rows. Samples are gathered along the edge in quarters of a sample,
/// so the response is free of aliasing up to one cycle a sample. Throws InfraError if there is no such edge.
EdgeResponse edge_response(const EdgePicture& picture);

}  // namespace saksi::sim

#endif
