// Prints what the encoder costs and yields: clock cycles and host time a macroblock, PSNR and bits a picture.
//
//     h264_speed [CLIP [WIDTH HEIGHT [PICTURES]]]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <vector>

#include "rtl/h264/tb/h264_bench.h"

using namespace saksi::tb;

namespace {

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void measure(H264Bench& bench, const std::vector<Picture>& pictures, int qp) {
  double cycles = 0;
  double bits = 0;
  double psnr = 0;
  double pcm_mbs = 0;
  double host_s = 0;
  for (const Picture& picture : pictures) {
    Job job;
    job.qp = qp;
    const double before_s = cpu_s();
    const Coded coded = bench.encode(picture, job);
    host_s += cpu_s() - before_s;
    cycles += coded.cycles;
    bits += 8.0 * coded.nal.size();
    psnr += luma_psnr(picture, coded.reconstructed);
    pcm_mbs += coded.pcm_mbs;
  }
  const double count = pictures.size();
  const double mbs = count * (pictures[0].width / 16) * (pictures[0].height / 16);
  std::printf("QP %2d: %6.1f cycles/MB  %6.2f us/MB  %5.1f ns/cycle  %7.1f pictures/s  PSNR %5.2f dB  %8.0f bits/picture  %.2f I_PCM/picture\n", qp,
              cycles / mbs, 1e6 * host_s / mbs, 1e9 * host_s / cycles, count / host_s, psnr / count, bits / count, pcm_mbs / count);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int width = argc > 3 ? std::atoi(argv[2]) : 352;
    const int height = argc > 3 ? std::atoi(argv[3]) : 288;
    const int count = argc > 4 ? std::atoi(argv[4]) : 20;
    Clip clip(argc > 1 ? argv[1] : Clip::default_path(), width, height);
    std::vector<Picture> pictures;
    Picture picture;
    while (static_cast<int>(pictures.size()) < count && clip.next(picture)) pictures.push_back(padded(picture));
    H264Bench bench;
    for (int qp : {12, 22, 27, 36, 51}) measure(bench, pictures, qp);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "h264_speed: %s\n", error.what());
    return 2;
  }
  return 0;
}
