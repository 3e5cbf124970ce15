// The encoder's circuit with random registers, sizes, contents and trouble. What it codes is held against two decoders, the limits of the profile,
// and the twin (rtl/h264/tb/proof.h). SAKSI_EFFORT multiplies the streams.

#include <gtest/gtest.h>

#include <string>

#include "regs/h264_regs.hpp"
#include "rtl/h264/tb/content.h"
#include "rtl/h264/tb/proof.h"
#include "tests/support/effort.h"

namespace saksi::tb {
namespace {

namespace reg = regs::h264;

/// Random numbers, both bounds included.
class Draw {
 public:
  explicit Draw(const std::string& name) : random_(9, name) {}
  int operator()(int low, int high) { return low + static_cast<int>(random_.below(static_cast<uint64_t>(high - low + 1))); }

 private:
  SeedStream random_;
};

/// Any registers that a picture of at least some 4000 bytes can be coded with.
Job any_job(Draw& in, int qp_min) {
  Job job;
  job.qp = in(qp_min, 51);
  job.inter = in(0, 4) != 0;
  job.deblock = in(0, 3) != 0;
  job.slice_rows = in(0, 2) == 0 ? in(1, 5) : 0;
  job.rate_control = in(0, 2) == 0;
  job.qp_min = in(0, 30);
  job.qp_max = in(job.qp_min, 51);
  job.row_bytes = static_cast<uint32_t>(in(10, 600));
  job.max_bytes = in(0, 3) == 0 ? static_cast<uint32_t>(in(4000, 20000)) : 0;
  return job;
}

TEST(H264Random, Registers) {
  Draw in("registers");
  for (uint64_t stream = 0; stream < 25 * test::effort(); stream++) {
    const int width = in(49, 200), height = in(49, 120);
    Proof proof(width / 2 * 2, height / 2 * 2);
    if (in(0, 3) == 0) proof.bench().set_stride(coded_size(width) + 16 * in(0, 20));
    if (in(0, 4) == 0) proof.set_back_pressure(stream);
    const int kind = in(0, 7);
    const int idr_period = in(1, 4);
    for (int n = 0; n < 4; n++) {
      const Job job = any_job(in, 0);
      proof.check_next(content(kContents[kind], n, width / 2 * 2, height / 2 * 2), job, idr_period);
    }
    if (HasFailure()) FAIL() << "stream " << stream;
  }
}

// Every kind of content at any size up to the largest, which comes first.
TEST(H264Random, SizesUpToTheLargest) {
  Draw in("sizes");
  for (uint64_t stream = 0; stream < 4 * test::effort(); stream++) {
    const int width = stream == 0 ? 1920 : 2 * in(25, 960), height = stream == 0 ? 1088 : 2 * in(25, 544);
    const char* const kind = kContents[in(0, 7)];
    Job job = any_job(in, 10);
    job.inter = true;
    job.max_bytes = 0;
    Proof proof(width, height);
    for (int n = 0; n < 2; n++) proof.check_next(content(kind, n, width, height), job, 2);
    if (HasFailure()) FAIL() << "stream " << stream << ": " << width << " x " << height << ", " << kind;
  }
}

// A picture is started, and at some cycle aborted, met by a bus error or reset; the bus is held back. The stream after it is as if nothing had been.
TEST(H264Random, TroubleAtAnyCycle) {
  Draw in("trouble");
  for (uint64_t stream = 0; stream < 40 * test::effort(); stream++) {
    const int width = 16 * in(4, 9), height = 16 * in(4, 7);
    const char* const kind = kContents[in(0, 5)];
    Proof proof(width, height);
    H264Bench& bench = proof.bench();
    if (in(0, 1) == 0) proof.set_back_pressure(stream);
    Job spoilt = any_job(in, 0);
    for (int n = 0; n < 3; n++) {
      spoilt.idr = n == 0;
      const int trouble = in(0, 2);
      if (trouble == 1) {
        const uint32_t places[] = {H264Bench::kSource, bench.reconstructed(), bench.next_reconstructed(), H264Bench::kBitstream};
        const uint32_t address = places[in(0, 3)] + static_cast<uint32_t>(in(0, width * height / 8));
        bench.set_error_range(address, address + static_cast<uint32_t>(in(0, 5000)));
      }
      bench.start(content(kind, n, width, height), spoilt);
      bench.clock(in(0, 128 * width * height / 256));
      if (trouble == 0) bench.write(reg::kCtrl, reg::kCtrlAbort.put(1));
      if (trouble == 2)
        bench.reset();
      else
        bench.finish();
      bench.set_error_range(1, 0);
    }
    const Job job = any_job(in, 0);
    for (int n = 0; n < 2; n++) proof.check_next(content(kind, n, width, height), job, 2);
    if (HasFailure()) FAIL() << "stream " << stream;
  }
}

}  // namespace
}  // namespace saksi::tb
