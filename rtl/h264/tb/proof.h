#ifndef SAKSI_RTL_H264_TB_PROOF_H_
#define SAKSI_RTL_H264_TB_PROOF_H_

#include <memory>

#include "rtl/h264/tb/decoder.h"
#include "rtl/h264/tb/h264_bench.h"
#include "rtl/h264/tb/slice_reader.h"

namespace saksi::tb {

/// A stream under proof: codes pictures on the block and holds each against both decoders and against the limits of the profile, as GoogleTest
/// expectations.
class Proof {
 public:
  /// Size as displayed; the block codes whole macroblocks.
  Proof(int width, int height);

  /// Codes a picture of the displayed size and expects that it is right. Parameter sets go before each IDR picture.
  Coded check(const Picture& picture, const Job& job);
  /// Codes the next picture of a stream: an IDR every idr_period pictures, idr_pic_id alternating, frame_num counting from it.
  Coded check_next(const Picture& picture, int qp, int idr_period);

  H264Bench& bench() { return bench_; }
  /// The syntax of the last picture.
  const SliceBits& slice() const { return slice_; }

 private:
  void check_limits(const Coded& coded, const Job& job);
  void check_decoders(const Coded& coded, const Job& job);

  int width_;
  int height_;
  int count_ = 0;
  H264Bench bench_;
  std::unique_ptr<Decoder> ffmpeg_ = make_ffmpeg_decoder();
  std::unique_ptr<Decoder> openh264_ = make_openh264_decoder();
  SliceBits slice_;
};

}  // namespace saksi::tb

#endif
