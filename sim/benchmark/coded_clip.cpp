#include "sim/benchmark/coded_clip.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>
#include <tuple>

#include "base/error.h"
#include "hw-models/h264/h264_circuit.h"

namespace saksi::sim {

namespace {

// Where the planes would lie in the device's memory; only rows that cross 4 KB make a difference.
constexpr uint32_t kSource = 0x8000'0000;
constexpr uint32_t kReconstructed[2] = {0x8040'0000, 0x8080'0000};
constexpr uint32_t kBitstream = 0x80C0'0000;
constexpr uint32_t kMbBytesMax = 640;  // more than a macroblock can take

constexpr double kEqualDb = 99;

/// CPU seconds of this process: other processes do not count, as they would on the wall's clock.
double process_cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

hw::h264::PictureConfig config_of(const Nv12Picture& picture, const CodingJob& job, int number) {
  hw::h264::PictureConfig config;
  const uint32_t luma_bytes = static_cast<uint32_t>(picture.luma.size());
  const uint32_t own = kReconstructed[number % 2], before = kReconstructed[1 - number % 2];
  config.width_mbs = picture.width / 16;
  config.height_mbs = picture.height / 16;
  config.src_y = kSource;
  config.src_c = kSource + luma_bytes;
  config.src_stride = config.rec_stride = static_cast<uint32_t>(picture.width);
  config.rec_y = own;
  config.rec_c = own + luma_bytes;
  config.ref_y = before;
  config.ref_c = before + luma_bytes;
  config.bs_addr = kBitstream;
  config.bs_size = kMbBytesMax * static_cast<uint32_t>(config.width_mbs * config.height_mbs);
  config.qp = job.qp;
  config.deblock = true;
  config.idr = number % job.gop == 0;
  config.inter = !config.idr;
  config.frame_num = number % job.gop % 16;
  config.idr_pic_id = number / job.gop % 2;
  return config;
}

template <class Coder>
CodedClip code(Coder& coder, const std::vector<Nv12Picture>& pictures, const CodingJob& job) {
  CodedClip coded;
  struct Planes {
    std::vector<uint8_t> luma, chroma;
  } reconstructed[2];
  for (Planes& planes : reconstructed) {
    planes.luma.resize(pictures[0].luma.size());
    planes.chroma.resize(pictures[0].chroma.size());
  }
  int number = 0;
  for (const Nv12Picture& picture : pictures) {
    const hw::h264::PictureConfig config = config_of(picture, job, number);
    Planes &own = reconstructed[number % 2], &before = reconstructed[1 - number % 2];
    const hw::h264::PicturePlanes planes{picture.luma.data(), picture.chroma.data(), own.luma.data(),
                                         own.chroma.data(),   before.luma.data(),    before.chroma.data()};
    const double start_s = process_cpu_s();
    coder.code(config, planes);
    coded.cpu_s += process_cpu_s() - start_s;
    coded.pictures.push_back({coder.bytes(), coder.counters(), own.luma, own.chroma});
    ++number;
  }
  return coded;
}

std::string counter_difference(const hw::h264::PictureCounters& twin, const hw::h264::PictureCounters& circuit) {
  const std::tuple<const char*, uint32_t, uint32_t> counters[] = {{"cycles", twin.cycles, circuit.cycles},
                                                                  {"I_PCM macroblocks", twin.pcm_mbs, circuit.pcm_mbs},
                                                                  {"skipped macroblocks", twin.skip_mbs, circuit.skip_mbs},
                                                                  {"intra macroblocks", twin.intra_mbs, circuit.intra_mbs},
                                                                  {"sum of QPs", twin.qp_sum, circuit.qp_sum}};
  for (const auto& [name, of_twin, of_circuit] : counters) {
    if (of_twin != of_circuit) return fmt::format("the twin counts {} {}, the circuit {}", of_twin, name, of_circuit);
  }
  return "";
}

std::string byte_difference(const char* what, const std::vector<uint8_t>& twin, const std::vector<uint8_t>& circuit) {
  if (twin == circuit) return "";
  if (twin.size() != circuit.size()) return fmt::format("the twin has {} bytes of {}, the circuit {}", twin.size(), what, circuit.size());
  size_t at = 0;
  while (twin[at] == circuit[at]) ++at;
  return fmt::format("byte {} of the {} is {} by the twin, {} by the circuit", at, what, twin[at], circuit[at]);
}

}  // namespace

CodedClip code_by_twin(const std::vector<Nv12Picture>& pictures, const CodingJob& job) {
  hw::h264::PictureCoder coder{hw::h264::BusTiming{}};
  return code(coder, pictures, job);
}

CodedClip code_by_circuit(const std::vector<Nv12Picture>& pictures, const CodingJob& job) {
  hw::H264Circuit coder{hw::h264::BusTiming{}};
  try {
    return code(coder, pictures, job);
  } catch (const std::runtime_error& error) {
    throw InfraError(std::string(error.what()) + ". 'saksi run SCENARIO --encoder model+check=1' says where circuit and twin part.");
  }
}

std::string first_difference(const CodedClip& twin, const CodedClip& circuit) {
  if (twin.pictures.size() != circuit.pictures.size()) {
    return fmt::format("the twin coded {} pictures, the circuit {}", twin.pictures.size(), circuit.pictures.size());
  }
  for (size_t n = 0; n < twin.pictures.size(); ++n) {
    const CodedPicture &a = twin.pictures[n], &b = circuit.pictures[n];
    for (const std::string& found : {byte_difference("NAL unit", a.bytes, b.bytes), byte_difference("reconstructed luma", a.luma, b.luma),
                                     byte_difference("reconstructed chroma", a.chroma, b.chroma), counter_difference(a.counters, b.counters)}) {
      if (!found.empty()) return fmt::format("picture {}: {}", n, found);
    }
  }
  return "";
}

double kbits_a_picture(const CodedClip& coded) {
  double bytes = 0;
  for (const CodedPicture& picture : coded.pictures) bytes += static_cast<double>(picture.bytes.size());
  return 8 * bytes / 1000 / static_cast<double>(coded.pictures.size());
}

double cycles_of(const CodedClip& coded) {
  double cycles = 0;
  for (const CodedPicture& picture : coded.pictures) cycles += picture.counters.cycles;
  return cycles;
}

double luma_psnr(const Nv12Picture& picture, const uint8_t* luma, int stride) {
  double sum = 0;
  for (int y = 0; y < picture.height; ++y) {
    const uint8_t *a = picture.luma.data() + static_cast<ptrdiff_t>(y) * picture.width, *b = luma + static_cast<ptrdiff_t>(y) * stride;
    int row = 0;
    for (int x = 0; x < picture.width; ++x) row += (a[x] - b[x]) * (a[x] - b[x]);
    sum += row;
  }
  return sum == 0 ? kEqualDb : 10 * std::log10(255.0 * 255.0 * static_cast<double>(picture.luma.size()) / sum);
}

double mean_luma_psnr(const std::vector<Nv12Picture>& pictures, const CodedClip& coded) {
  double sum = 0;
  for (size_t n = 0; n < pictures.size(); ++n) sum += luma_psnr(pictures[n], coded.pictures[n].luma.data(), pictures[n].width);
  return sum / static_cast<double>(pictures.size());
}

}  // namespace saksi::sim
