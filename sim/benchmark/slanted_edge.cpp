#include "sim/benchmark/slanted_edge.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int kOversampling = 4;

/// x = at_first_row + slope * row.
struct Line {
  double at_first_row = 0;
  double slope = 0;
};

double hamming(double from_centre, double half_width) {
  return std::abs(from_centre) > half_width ? 0 : 0.54 + 0.46 * std::cos(kPi * from_centre / half_width);
}

/// The centre of gravity of a row's differences, looked at through a window about `centre`.
double edge_of_row(const double* row, int columns, double centre, double half_width) {
  double sum = 0, moment = 0;
  for (int x = 1; x < columns; ++x) {
    const double difference = (row[x] - row[x - 1]) * hamming(x - 0.5 - centre, half_width);
    sum += difference;
    moment += difference * (x - 0.5);
  }
  return sum != 0 ? moment / sum : centre;
}

Line fit(const std::vector<double>& places) {
  double n = 0, r = 0, p = 0, rr = 0, rp = 0;
  for (size_t row = 0; row < places.size(); ++row) {
    const auto at = static_cast<double>(row);
    n += 1;
    r += at;
    p += places[row];
    rr += at * at;
    rp += at * places[row];
  }
  const double slope = (n * rp - r * p) / (n * rr - r * r);
  return {(p - slope * r) / n, slope};
}

Line find_edge(const EdgePicture& picture) {
  Line line{(picture.columns - 1) / 2.0, 0};
  std::vector<double> places(static_cast<size_t>(picture.rows));
  // The window is wide at first and narrow about the edge then, so that noise far from it does not draw the line to the middle.
  for (const double half_width : {picture.columns / 2.0, picture.columns / 4.0, picture.columns / 8.0, picture.columns / 8.0}) {
    for (int row = 0; row < picture.rows; ++row) {
      const double* samples = &picture.samples[static_cast<size_t>(row) * static_cast<size_t>(picture.columns)];
      places[static_cast<size_t>(row)] = edge_of_row(samples, picture.columns, line.at_first_row + line.slope * row, half_width);
    }
    line = fit(places);
  }
  return line;
}

/// The edge's profile in quarters of a sample, its middle at half of the size.
std::vector<double> profile(const EdgePicture& picture, const Line& line) {
  const int bins = kOversampling * (picture.columns / 2);
  std::vector<double> sums(static_cast<size_t>(bins), 0.0), counts(static_cast<size_t>(bins), 0.0);
  for (int row = 0; row < picture.rows; ++row) {
    for (int x = 0; x < picture.columns; ++x) {
      const double distance = x - line.at_first_row - line.slope * row;
      const int bin = static_cast<int>(std::floor(distance * kOversampling)) + bins / 2;
      if (bin < 0 || bin >= bins) continue;
      sums[static_cast<size_t>(bin)] += picture.samples[static_cast<size_t>(row) * static_cast<size_t>(picture.columns) + static_cast<size_t>(x)];
      counts[static_cast<size_t>(bin)] += 1;
    }
  }
  for (size_t bin = 0; bin < sums.size(); ++bin) {
    if (counts[bin] == 0) throw InfraError("slanted edge: a part of the edge's profile has no samples; it needs more rows or another angle");
    sums[bin] /= counts[bin];
  }
  return sums;
}

double sinc(double x) { return x == 0 ? 1 : std::sin(kPi * x) / (kPi * x); }

}  // namespace

double EdgeResponse::frequency_at(double share) const {
  for (size_t i = 1; i < contrast.size(); ++i) {
    if (contrast[i] > share) continue;
    const double part = (contrast[i - 1] - share) / (contrast[i - 1] - contrast[i]);
    return frequency[i - 1] + part * (frequency[i] - frequency[i - 1]);
  }
  throw InfraError("slanted edge: the contrast stays above what was asked for up to one cycle a sample");
}

EdgeResponse edge_response(const EdgePicture& picture) {
  if (picture.columns < 32 || picture.rows < 32) throw InfraError("slanted edge: the picture must have at least 32 x 32 samples");
  const Line line = find_edge(picture);
  EdgeResponse response;
  response.angle_deg = std::atan(line.slope) * 180 / kPi;
  if (std::abs(response.angle_deg) < 2 || std::abs(response.angle_deg) > 15) {
    throw InfraError("slanted edge: no edge that leans 2 to 15 degrees from the vertical was found");
  }
  const std::vector<double> edge = profile(picture, line);
  const double middle = static_cast<double>(edge.size()) / 2;
  std::vector<double> spread(edge.size() - 1);
  for (size_t i = 0; i < spread.size(); ++i) spread[i] = (edge[i + 1] - edge[i]) * hamming(static_cast<double>(i) + 1 - middle, middle);
  const double across = std::cos(std::atan(line.slope));  // samples lie closer together across the edge than along a row
  constexpr int kSteps = 400;
  double at_zero = 0;
  for (int step = 0; step <= kSteps; ++step) {
    const double in_row = static_cast<double>(step) / kSteps;  // cycles a sample along the row
    double real = 0, imaginary = 0;
    for (size_t i = 0; i < spread.size(); ++i) {
      const double phase = 2 * kPi * in_row * static_cast<double>(i) / kOversampling;
      real += spread[i] * std::cos(phase);
      imaginary += spread[i] * std::sin(phase);
    }
    const double magnitude = std::hypot(real, imaginary);
    if (step == 0) at_zero = magnitude;
    // Gathering in bins and taking differences each cost what a window of one bin does.
    const double lost = sinc(in_row / kOversampling);
    response.frequency.push_back(in_row / across);
    response.contrast.push_back(magnitude / at_zero / (lost * lost));
  }
  return response;
}

}  // namespace saksi::sim
