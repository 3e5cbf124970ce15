#include "sim/benchmark/size_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr int kQpFirst = 10, kQpLast = 51, kQpStep = 2;
constexpr size_t kQps = (kQpLast - kQpFirst + kQpStep - 1) / kQpStep + 1;
constexpr size_t kQpOfCorrelation = 9;  // 28: of an index, where the bands and the correlation are taken
constexpr size_t kIntraEvery = 5;       // pictures, at the other parameters
constexpr size_t kPicturesMin = 40;
constexpr uint32_t kMbBytesMax = 640;  // more than a macroblock can take

constexpr int qp_of(size_t index) { return std::min(kQpFirst + kQpStep * static_cast<int>(index), kQpLast); }

/// Share of a normal variable's values below a score.
double below(double score) { return std::erfc(-score / std::sqrt(2)) / 2; }

/// The score below which a share of the values lies, by bisection.
double score_at(double share) {
  double low = -8, high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (below(middle) < share ? low : high) = middle;
  }
  return low;
}

double quantile(const std::vector<double>& sorted, double share) {
  const double at = std::clamp(share * static_cast<double>(sorted.size()) - 0.5, 0.0, static_cast<double>(sorted.size() - 1));
  const auto low = static_cast<size_t>(at);
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - static_cast<double>(low));
}

double mean(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }

/// Mean of what is drawn from the quantiles.
double drawn_mean(const hw::SizesAtQp& entry) {
  hw::SizesOfType type;
  type.qps = {entry};
  constexpr int kSteps = 4000;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) sum += type.bits(entry.qp, score_at((i + 0.5) / kSteps));
  return sum / kSteps;
}

/// Correlations of the pictures' scores with those of the pictures before them, scores being what the ranks of their sizes are to a normal variable.
std::array<double, hw::kSizeLags> correlations_of(const std::vector<SizeFit::Sample>& samples) {
  std::vector<size_t> by_size(samples.size());
  std::iota(by_size.begin(), by_size.end(), size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](size_t a, size_t b) { return samples[a].bits < samples[b].bits; });
  std::map<size_t, double> scores;  // by picture
  const auto count = static_cast<double>(samples.size());
  for (size_t rank = 0; rank < by_size.size(); ++rank) scores[samples[by_size[rank]].picture] = score_at((static_cast<double>(rank) + 0.5) / count);
  std::array<double, hw::kSizeLags> correlations{};
  for (size_t lag = 1; lag <= hw::kSizeLags; ++lag) {
    double both = 0, one = 0;
    for (const auto& [picture, score] : scores) {
      const auto before = picture < lag ? scores.end() : scores.find(picture - lag);
      if (before == scores.end()) continue;
      both += score * before->second;
      one += (score * score + before->second * before->second) / 2;
    }
    if (one > 0) correlations[lag - 1] = both / one;
  }
  return correlations;
}

}  // namespace

/// Pictures at one quantisation parameter, each after the one before.
struct SizeFit::Chain {
  hw::h264::PictureCoder coder{hw::h264::BusTiming{}};
  Planes made, reference;  ///< reconstructed
  Planes alone;            ///< of a picture that no other refers to
  std::vector<hw::h264::PictureCoder::MbTrace> trace;
};

SizeFit::SizeFit(int fps) : fps_(fps) {
  for (size_t i = 0; i < kQps; ++i) chains_.push_back(std::make_unique<Chain>());
  chains_[kQpOfCorrelation]->coder.trace_to(&chains_[kQpOfCorrelation]->trace);
  i_.at_qp.resize(kQps);
  p_.at_qp.resize(kQps);
}

SizeFit::~SizeFit() = default;

void SizeFit::add(const hw::PictureInput& input) {
  for (size_t i = 0; i < kQps; ++i) {
    Chain& chain = *chains_[i];
    for (Planes* planes : {&chain.made, &chain.reference, &chain.alone}) {
      planes->luma.resize(input.source_luma.size());
      planes->chroma.resize(input.source_chroma.size());
    }
    code(i, input, input.config.inter, chain.made);
    const bool is_sampled = i == kQpOfCorrelation || pictures_ % kIntraEvery == 0;
    if (input.config.inter && is_sampled) code(i, input, false, chain.alone);
    std::swap(chain.made, chain.reference);
  }
  ++pictures_;
}

void SizeFit::code(size_t qp_index, const hw::PictureInput& input, bool inter, Planes& made) {
  Chain& chain = *chains_[qp_index];
  hw::h264::PictureConfig config = input.config;
  const int mbs = config.width_mbs * config.height_mbs;
  config.qp = qp_of(qp_index);
  config.inter = inter;
  config.idr = !inter;
  config.rate_control = false;
  config.max_bytes = 0;
  config.slice_rows = 0;
  config.rec_stride = config.src_stride;
  config.bs_size = kMbBytesMax * static_cast<uint32_t>(mbs);
  chain.coder.code(config, {input.source_luma.data(), input.source_chroma.data(), made.luma.data(), made.chroma.data(), chain.reference.luma.data(),
                            chain.reference.chroma.data()});
  if (!is_for_fit(pictures_, fps_)) return;
  Samples& samples = inter ? p_ : i_;
  const hw::h264::PictureCounters& counters = chain.coder.counters();
  samples.at_qp[qp_index].push_back({pictures_, 8.0 * static_cast<double>(chain.coder.bytes().size()) / mbs,
                                     static_cast<double>(counters.cycles) / mbs, static_cast<double>(counters.skip_mbs) / mbs,
                                     static_cast<double>(counters.intra_mbs) / mbs});
  for (size_t mb = 1; mb < chain.trace.size(); ++mb) {
    const size_t band = static_cast<size_t>(chain.trace[mb - 1].place.y) * hw::kSizeBands / static_cast<size_t>(config.height_mbs);
    samples.bands[band] += static_cast<double>(chain.trace[mb].bytes_before - chain.trace[mb - 1].bytes_before);
  }
}

hw::SizesOfPicture SizeFit::fitted(int width, int height) const {
  if (p_.at_qp[kQpOfCorrelation].size() < kPicturesMin) {
    throw UsageError(fmt::format("{} pictures are too few to fit sizes to; give --seconds more", p_.at_qp[kQpOfCorrelation].size()));
  }
  return {width, height, "", fitted(i_), fitted(p_)};
}

hw::SizesOfType SizeFit::fitted(const Samples& samples) {
  hw::SizesOfType type;
  for (size_t i = 0; i < kQps; ++i) {
    std::vector<double> bits, cycles, skipped, intra;
    for (const Sample& sample : samples.at_qp[i]) {
      bits.push_back(sample.bits);
      cycles.push_back(sample.cycles);
      skipped.push_back(sample.skipped);
      intra.push_back(sample.intra);
    }
    std::sort(bits.begin(), bits.end());
    hw::SizesAtQp entry;
    entry.qp = qp_of(i);
    for (size_t k = 0; k < hw::kSizeScores.size(); ++k) entry.bits[k] = quantile(bits, below(hw::kSizeScores[k]));
    // Interpolation between the quantiles may shift the mean, and that is what a card or a rate control sees first.
    const double scale = mean(bits) / drawn_mean(entry);
    for (double& quantile_bits : entry.bits) quantile_bits *= scale;
    entry.cycles = mean(cycles);
    entry.skipped = mean(skipped);
    entry.intra = mean(intra);
    type.qps.push_back(entry);
  }
  const double bytes = std::accumulate(samples.bands.begin(), samples.bands.end(), 0.0);
  for (size_t band = 0; band < hw::kSizeBands; ++band) type.bands[band] = samples.bands[band] / bytes;
  type.correlations = correlations_of(samples.at_qp[kQpOfCorrelation]);
  return type;
}

namespace {

std::string joined(const double* numbers, size_t count, const char* format) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + fmt::format(fmt::runtime(format), numbers[i]);
  return "[" + text + "]";
}

std::string text_of(const hw::SizesOfType& type, const char* name) {
  std::string text =
      fmt::format("    {}:\n      correlations: {}\n      bands: {}\n      qps:\n", name,
                  joined(type.correlations.data(), type.correlations.size(), "{:.3f}"), joined(type.bands.data(), type.bands.size(), "{:.4f}"));
  for (const hw::SizesAtQp& at : type.qps) {
    text += fmt::format("        - {{qp: {}, bits: {}, cycles: {:.1f}, skipped: {:.4f}, intra: {:.4f}}}\n", at.qp,
                        joined(at.bits.data(), at.bits.size(), "{:.4g}"), at.cycles, at.skipped, at.intra);
  }
  return text;
}

}  // namespace

std::string text_of(const hw::SizeTable& table, const std::vector<std::string>& fitted) {
  std::string text =
      "# Sizes and times of the encoder's pictures on one class of scenes, for --encoder sizes. Made by 'saksi fit-sizes'; what the numbers\n"
      "# are stands in docs/formats/size-table.md.\n";
  text += "class: " + table.scene_class + "\nfitted:\n";
  for (const std::string& line : fitted) text += "  " + line + "\n";
  text += "pictures:\n";
  for (const hw::SizesOfPicture& picture : table.pictures) {
    text += fmt::format("  - size: {}x{}\n", picture.width, picture.height);
    if (!picture.command.empty()) text += "    command: " + picture.command + "\n";
    text += text_of(picture.i, "i") + text_of(picture.p, "p");
  }
  return text;
}

}  // namespace saksi::sim
