#include "sim/benchmark/judge_benchmark.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "judge/measure/observations.h"
#include "judge/signature/media_signing.h"

namespace saksi::sim {

namespace {

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

uint64_t peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss);
}

double fastest_s(int repeats, const std::function<void()>& work) {
  double best = 0;
  for (int i = 0; i < repeats; ++i) {
    const double before = cpu_s();
    work();
    const double took = std::max(cpu_s() - before, 1e-6);
    best = i == 0 ? took : std::min(best, took);
  }
  return best;
}

}  // namespace

JudgeSpeed run_judge_benchmark(const std::string& clip, int repeats) {
  JudgeSpeed speed;
  speed.clip = clip;
  const judge::FileSource source(clip);
  const uint64_t before_kib = peak_kib();
  const double verify_s = fastest_s(repeats, [&] {
    const judge::Mp4Movie movie = judge::parse_mp4(source);
    if (!movie.has_movie || movie.samples.empty()) throw UsageError(clip + ": holds no video to be judged");
    speed.plays_s = movie.seconds(movie.samples.back().dts - movie.samples.front().dts + movie.samples.back().duration);
    speed.signature = judge::verify_media_signing(source, movie, {}).signature;
  });
  speed.peak_kib = peak_kib();
  speed.grown_kib = speed.peak_kib - before_kib;
  const double decode_s = fastest_s(1, [&] { judge::read_clip(source, clip, {}, {}); });
  speed.mbit_per_s = speed.plays_s > 0 ? static_cast<double>(source.size()) * 8 / 1e6 / speed.plays_s : 0;
  speed.verify_times = speed.plays_s / verify_s;
  speed.decode_times = speed.plays_s / decode_s;
  return speed;
}

std::string text_of(const JudgeSpeed& speed) {
  std::string text = fmt::format("{}: {:.1f} s of {:.2f} Mbit/s, signature {}\n", speed.clip, speed.plays_s, speed.mbit_per_s, speed.signature);
  const auto bar = [](double value, double wanted) { return value >= wanted ? "reached" : "short"; };
  text += fmt::format("  verified, not decoded      {:>8.1f} times faster than it plays (at least {:.0f}: {})\n", speed.verify_times,
                      kVerifyTimesWanted, bar(speed.verify_times, kVerifyTimesWanted));
  text += fmt::format("  every picture decoded      {:>8.1f} times faster than it plays (at least {:.0f}: {})\n", speed.decode_times,
                      kDecodeTimesWanted, bar(speed.decode_times, kDecodeTimesWanted));
  return text + fmt::format("  memory while verifying     {:>8.1f} MiB, of which {:.1f} MiB for this\n", static_cast<double>(speed.peak_kib) / 1024,
                            static_cast<double>(speed.grown_kib) / 1024);
}

nlohmann::ordered_json json_of(const JudgeSpeed& speed) {
  return {{"clip", speed.clip},
          {"signature", speed.signature},
          {"plays_s", speed.plays_s},
          {"mbit_per_s", speed.mbit_per_s},
          {"verify_times", speed.verify_times},
          {"verify_times_wanted", kVerifyTimesWanted},
          {"decode_times", speed.decode_times},
          {"decode_times_wanted", kDecodeTimesWanted},
          {"peak_kib", speed.peak_kib},
          {"grown_kib", speed.grown_kib}};
}

}  // namespace saksi::sim
