#include "hw-models/h264/size_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/yaml.h"

namespace saksi::hw {

namespace {

constexpr int kQpMax = 51;
constexpr double kBitsMax = 3200;  // of a macroblock: clause A.3.1
constexpr double kCyclesMax = 100'000;

double mixed(double a, double b, double part) { return a + (b - a) * part; }
double mixed_log(double a, double b, double part) { return a * std::exp2(std::log2(b / a) * part); }

template <size_t kCount>
std::array<double, kCount> read_numbers(const YamlNode& node, double min, double max) {
  std::array<double, kCount> numbers{};
  const std::vector<YamlNode> items = node.items();
  if (items.size() != kCount) node.fail("expected " + std::to_string(kCount) + " numbers");
  for (size_t i = 0; i < kCount; ++i) numbers[i] = items[i].as_number(min, max);
  return numbers;
}

SizesAtQp read_qp(const YamlNode& node) {
  node.allow_keys({"qp", "bits", "cycles", "skipped", "intra"});
  SizesAtQp at;
  at.qp = static_cast<int>(node.at("qp").as_int(0, kQpMax));
  at.bits = read_numbers<kSizeScores.size()>(node.at("bits"), 0, kBitsMax);
  if (at.bits[0] <= 0) node.at("bits").fail("expected numbers above 0");
  if (!std::is_sorted(at.bits.begin(), at.bits.end())) node.at("bits").fail("expected ascending numbers");
  at.cycles = node.at("cycles").as_number(1, kCyclesMax);
  at.skipped = node.at("skipped").as_number(0, 1);
  at.intra = node.at("intra").as_number(0, 1);
  return at;
}

SizesOfType read_type(const YamlNode& node) {
  node.allow_keys({"correlations", "bands", "qps"});
  SizesOfType type;
  type.correlations = read_numbers<kSizeLags>(node.at("correlations"), -1, 1);
  type.bands = read_numbers<kSizeBands>(node.at("bands"), 0, 1);
  double sum = 0;
  for (const double band : type.bands) sum += band;
  if (std::abs(sum - 1) > 0.01) node.at("bands").fail("expected shares that add up to 1");
  for (const YamlNode& item : node.at("qps").items()) {
    type.qps.push_back(read_qp(item));
    if (type.qps.size() > 1 && type.qps.end()[-2].qp >= type.qps.back().qp) item.fail("expected ascending values of qp");
  }
  if (type.qps.empty()) node.at("qps").fail("expected at least one entry");
  return type;
}

SizesOfPicture read_picture(const YamlNode& node) {
  node.allow_keys({"size", "command", "i", "p"});
  SizesOfPicture picture;
  picture.command = node.get_string("command", "");
  const std::string size = node.at("size").as_string();
  if (std::sscanf(size.c_str(), "%dx%d", &picture.width, &picture.height) != 2 || picture.width < 1 || picture.height < 1) {
    node.at("size").fail("expected WIDTHxHEIGHT in pixels");
  }
  picture.i = read_type(node.at("i"));
  picture.p = read_type(node.at("p"));
  return picture;
}

}  // namespace

SizesAtQp SizesOfType::at(double qp) const {
  const auto above = std::find_if(qps.begin(), qps.end(), [&](const SizesAtQp& entry) { return entry.qp >= qp; });
  if (above == qps.begin()) return qps.front();
  if (above == qps.end()) return qps.back();
  const SizesAtQp &low = above[-1], &high = *above;
  const double part = (qp - low.qp) / (high.qp - low.qp);
  SizesAtQp found;
  found.cycles = mixed_log(low.cycles, high.cycles, part);
  found.skipped = mixed(low.skipped, high.skipped, part);
  found.intra = mixed(low.intra, high.intra, part);
  return found;
}

double SizesOfType::bits(int qp, double score) const {
  const auto above = std::find_if(qps.begin(), qps.end(), [&](const SizesAtQp& entry) { return entry.qp >= qp; });
  const SizesAtQp& high = above == qps.end() ? qps.back() : *above;
  const SizesAtQp& low = above == qps.begin() || above == qps.end() ? high : above[-1];
  const double place = std::clamp(score, kSizeScores.front(), kSizeScores.back());
  const auto next = std::find_if(kSizeScores.begin() + 1, kSizeScores.end() - 1, [&](double at) { return at >= place; });
  const auto n = static_cast<size_t>(next - kSizeScores.begin());
  const double part = (place - kSizeScores[n - 1]) / (kSizeScores[n] - kSizeScores[n - 1]);
  const double of_low = mixed_log(low.bits[n - 1], low.bits[n], part), of_high = mixed_log(high.bits[n - 1], high.bits[n], part);
  return low.qp == high.qp ? of_low : mixed_log(of_low, of_high, static_cast<double>(qp - low.qp) / (high.qp - low.qp));
}

SizeTable SizeTable::load(const std::string& path) {
  const YamlNode root = YamlNode::load(path);
  root.allow_keys({"class", "fitted", "pictures"});
  SizeTable table;
  table.scene_class = root.at("class").as_string();
  for (const YamlNode& item : root.at("pictures").items()) table.pictures.push_back(read_picture(item));
  if (table.pictures.empty()) root.at("pictures").fail("expected at least one size of picture");
  return table;
}

namespace {

double macroblocks(const SizesOfPicture& picture) { return ((picture.width + 15) / 16) * ((picture.height + 15) / 16); }

template <size_t kCount>
void mix(std::array<double, kCount>& into, const std::array<double, kCount>& other, double part) {
  for (size_t i = 0; i < kCount; ++i) into[i] = mixed(into[i], other[i], part);
}

/// Types with the same parameters; false if they have not.
bool mix(SizesOfType& into, const SizesOfType& other, double part) {
  const auto same = [](const SizesAtQp& a, const SizesAtQp& b) { return a.qp == b.qp; };
  if (!std::equal(into.qps.begin(), into.qps.end(), other.qps.begin(), other.qps.end(), same)) return false;
  mix(into.correlations, other.correlations, part);
  mix(into.bands, other.bands, part);
  for (size_t i = 0; i < into.qps.size(); ++i) {
    SizesAtQp& own = into.qps[i];
    const SizesAtQp& its = other.qps[i];
    for (size_t k = 0; k < own.bits.size(); ++k) own.bits[k] = mixed_log(own.bits[k], its.bits[k], part);
    own.cycles = mixed_log(own.cycles, its.cycles, part);
    own.skipped = mixed(own.skipped, its.skipped, part);
    own.intra = mixed(own.intra, its.intra, part);
  }
  return true;
}

}  // namespace

SizesOfPicture SizeTable::at(int width_mbs, int height_mbs) const {
  const double mbs = width_mbs * height_mbs;
  const SizesOfPicture *below = nullptr, *above = nullptr;
  for (const SizesOfPicture& picture : pictures) {
    const double own = macroblocks(picture);
    if (own <= mbs && (!below || own > macroblocks(*below))) below = &picture;
    if (own >= mbs && (!above || own < macroblocks(*above))) above = &picture;
  }
  if (!below || !above || below == above) return below ? *below : *above;
  const double part = std::log2(mbs / macroblocks(*below)) / std::log2(macroblocks(*above) / macroblocks(*below));
  SizesOfPicture sizes = *below;
  if (mix(sizes.i, above->i, part) && mix(sizes.p, above->p, part)) return sizes;
  return part < 0.5 ? *below : *above;
}

bool SizeTable::covers(int width_mbs, int height_mbs) const {
  constexpr double kFar = 1.6;
  const double mbs = width_mbs * height_mbs;
  bool below = false, above = false;
  for (const SizesOfPicture& picture : pictures) {
    below = below || macroblocks(picture) <= kFar * mbs;
    above = above || macroblocks(picture) >= mbs / kFar;
  }
  return below && above;
}

}  // namespace saksi::hw
