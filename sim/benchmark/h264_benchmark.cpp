#include "sim/benchmark/h264_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/benchmark/bd_rate.h"
#include "sim/benchmark/coded_clip.h"
#include "sim/benchmark/x264_peer.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
using Pictures = std::vector<Nv12Picture>;

constexpr int kWidth = 352;
constexpr int kHeight = 288;
constexpr int kHdWidth = 1920;
constexpr int kHdHeight = 1080;
constexpr int kHdPart = 8;  // one picture at 1920x1080 is 20 at 352x288
constexpr int kGop = 60;
constexpr int kQp = 27;
constexpr int kQps[] = {22, 27, 32, 37};

constexpr H264Bar kCircuitFrames{40, 80, false};
constexpr H264Bar kIntraFrames{80, 110, false};
constexpr H264Bar kCyclesAMb{400, 150, true};
constexpr H264Bar kTwinFrames{300, 600, false};
constexpr H264Bar kTwinHdFrames{15, 30, false};
constexpr H264Bar kBdRate{10, 0, true};  // percent

double macroblocks(const Pictures& pictures) { return static_cast<double>(pictures.size()) * (pictures[0].width / 16) * (pictures[0].height / 16); }

class Benchmark {
 public:
  explicit Benchmark(const H264BenchmarkOptions& options) : options_(options) {}

  H264BenchmarkResult run() {
    result_.clip = options_.clip;
    result_.peer_line = x264_line("22 | 27 | 32 | 37");
    tell("reading the clip");
    const Pictures still = still_camera(options_.clip, kWidth, kHeight, options_.pictures);
    const Pictures moving = moving_camera(options_.clip, kWidth, kHeight, options_.pictures);
    result_.pictures = still.size();
    if (still.size() < static_cast<size_t>(options_.pictures)) {
      result_.notes.push_back(fmt::format("the clip has {} pictures, {} were wanted", still.size(), options_.pictures));
    }
    const std::string size = fmt::format(", {}x{}", kWidth, kHeight);
    const std::string clip = ", the clip" + size, camera = ", moving camera" + size;
    measure(still, {kQp, kGop}, ", I and P" + clip, kCircuitFrames, kCyclesAMb, kTwinFrames);
    measure(moving, {kQp, kGop}, ", I and P" + camera, kCircuitFrames, kCyclesAMb, kTwinFrames);
    measure(still, {kQp, 1}, ", I alone" + clip, kIntraFrames, std::nullopt, std::nullopt);
    measure_hd();
    compare_with_peer(still, clip);
    compare_with_peer(moving, camera);
    return result_;
  }

 private:
  using Bar = std::optional<H264Bar>;

  void tell(const std::string& what) const {
    if (options_.progress) options_.progress(what);
  }

  void add(const std::string& what, const std::string& unit, double value, const Bar& bar = std::nullopt) {
    result_.figures.push_back({what, unit, value, options_.bars ? bar : std::nullopt});
  }

  /// The results of all repeats are the same; the time is the fastest's.
  template <class Code>
  CodedClip fastest(Code code, const Pictures& pictures, const CodingJob& job, const std::string& what) const {
    CodedClip best;
    for (int repeat = 0; repeat < options_.repeats; ++repeat) {
      tell(fmt::format("{} of {}: {}", repeat + 1, options_.repeats, what));
      CodedClip coded = code(pictures, job);
      if (repeat == 0 || coded.cpu_s < best.cpu_s) best = std::move(coded);
    }
    return best;
  }

  void add_speed(const std::string& what, const CodedClip& coded, const Pictures& pictures, const Bar& bar) {
    add(what, "frames/s", static_cast<double>(pictures.size()) / coded.cpu_s, bar);
    add(what, "us/macroblock", 1e6 * coded.cpu_s / macroblocks(pictures));
  }

  /// Circuit and twin on the same pictures.
  void measure(const Pictures& pictures, const CodingJob& job, const std::string& what, const Bar& frames, const Bar& cycles_a_mb,
               const Bar& twin_frames) {
    const CodedClip circuit = fastest(code_by_circuit, pictures, job, "RTL" + what);
    const double cycles = cycles_of(circuit);
    add_speed("RTL" + what, circuit, pictures, frames);
    add("RTL" + what, "ns/cycle", 1e9 * circuit.cpu_s / cycles);
    add("RTL" + what, "cycles/macroblock", cycles / macroblocks(pictures), cycles_a_mb);
    const CodedClip twin = fastest(code_by_twin, pictures, job, "twin" + what);
    add_speed("twin" + what, twin, pictures, twin_frames);
    add("both" + what, "kbit/picture", kbits_a_picture(twin));
    add("both" + what, "dB, luma", mean_luma_psnr(pictures, twin));
    const std::string difference = first_difference(twin, circuit);
    if (!difference.empty()) result_.differences.push_back((what + ": ").substr(2) + difference);
  }

  void measure_hd() {
    const int count = (options_.pictures + kHdPart - 1) / kHdPart;
    const Pictures pictures = still_camera(options_.clip, kHdWidth, kHdHeight, count);
    const std::string what = fmt::format("twin, I and P, the clip, {}x{}", kHdWidth, kHdHeight);
    add_speed(what, fastest(code_by_twin, pictures, {kQp, kGop}, what), pictures, kTwinHdFrames);
  }

  void compare_with_peer(const Pictures& pictures, const std::string& what) {
    if (!peer_) return;
    RateCurve own, peer;
    for (size_t i = 0; i < own.size(); ++i) {
      tell(fmt::format("bits and PSNR at QP {}{}", kQps[i], what));
      const X264Clip coded = code_by_x264(pictures, kQps[i]);
      if (!coded.problem.empty()) {
        result_.notes.push_back("no BD-rate: " + coded.problem);
        peer_ = false;
        return;
      }
      if (kQps[i] == kQp) result_.peer_settings = coded.settings;
      const CodedClip twin = code_by_twin(pictures, {kQps[i], kGop});
      peer[i] = {coded.kbits_a_picture, coded.psnr_db};
      own[i] = {kbits_a_picture(twin), mean_luma_psnr(pictures, twin)};
      add(fmt::format("libx264, QP {}", kQps[i]) + what, "kbit/picture", peer[i].rate);
      add(fmt::format("libx264, QP {}", kQps[i]) + what, "dB, luma", peer[i].psnr_db);
      add(fmt::format("twin, QP {}", kQps[i]) + what, "kbit/picture", own[i].rate);
      add(fmt::format("twin, QP {}", kQps[i]) + what, "dB, luma", own[i].psnr_db);
    }
    const std::optional<double> difference = bd_rate(peer, own);
    if (difference) {
      add("bits at equal PSNR against libx264" + what, "% BD-rate", 100 * *difference, kBdRate);
    } else {
      result_.notes.push_back("no BD-rate" + what + ": the clip gives the two encoders no PSNR that both reach");
    }
  }

  const H264BenchmarkOptions& options_;
  H264BenchmarkResult result_;
  bool peer_ = true;
};

std::string limit(const H264Bar& bar, double value) { return fmt::format("{} {:g}", bar.at_most ? "<=" : ">=", value); }

}  // namespace

H264BenchmarkResult run_h264_benchmark(const H264BenchmarkOptions& options) { return Benchmark(options).run(); }

std::string text_of(const H264BenchmarkResult& result) {
  const std::string clip = std::filesystem::path(result.clip).filename().string();
  const std::string title = fmt::format("H.264: QP {}, {} pictures of {}", kQp, result.pictures, clip);
  std::string text = fmt::format("{:<66} {:>9} {:<18} {:>7} {:>8}\n", title, "measured", "", "bar", "stretch");
  for (const H264Figure& figure : result.figures) {
    text += fmt::format("{:<66} {:>9.2f} {:<18}", figure.what, figure.value, figure.unit);
    if (figure.bar) {
      const char* const verdict = figure.stretched() ? "ok, stretch too" : figure.met() ? "ok" : "short";
      text += fmt::format(" {:>7} {:>8}  {}", limit(*figure.bar, figure.bar->wanted), limit(*figure.bar, figure.bar->stretch), verdict);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  text += "libx264 through libavcodec, as: " + result.peer_line + "\n";
  if (!result.peer_settings.empty()) text += fmt::format("libx264 itself, at QP {}: {}\n", kQp, result.peer_settings);
  for (const std::string& note : result.notes) text += "note: " + note + "\n";
  for (const std::string& difference : result.differences) text += "DIFFERENT: " + difference + "\n";
  if (result.all_right()) text += "Twin and RTL agree in every byte, reconstructed pixel and counter of the pictures that both coded.\n";
  return text;
}

Json json_of(const H264BenchmarkResult& result) {
  Json json = {{"clip", result.clip}, {"pictures", result.pictures}, {"figures", Json::array()}};
  for (const H264Figure& figure : result.figures) {
    Json one = {{"name", figure.what}, {"value", figure.value}, {"unit", figure.unit}};
    if (figure.bar) {
      one[figure.bar->at_most ? "at_most" : "at_least"] = figure.bar->wanted;
      one["stretch"] = figure.bar->stretch;
      one["met"] = figure.met();
      one["stretch_met"] = figure.stretched();
    }
    json["figures"].push_back(one);
  }
  json["x264"] = {{"line", result.peer_line}, {"settings", result.peer_settings}};
  json["notes"] = result.notes;
  json["differences"] = result.differences;
  json["all_right"] = result.all_right();
  return json;
}

}  // namespace saksi::sim
