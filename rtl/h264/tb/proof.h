#ifndef SAKSI_RTL_H264_TB_PROOF_H_
#define SAKSI_RTL_H264_TB_PROOF_H_

#include <memory>

#include "hw-models/h264/model/picture_coder.h"
#include "rtl/h264/tb/decoder.h"
#include "rtl/h264/tb/h264_bench.h"
#include "rtl/h264/tb/slice_reader.h"

namespace saksi::tb {

/// A stream under proof: codes pictures on the block and holds each, as GoogleTest expectations, against both decoders, against the limits of the
/// profile, and against the twin in bitstream, picture, counters and clock cycles.
class Proof {
 public:
  /// Size as displayed; the block codes whole macroblocks.
  Proof(int width, int height);

  /// Codes a picture of the displayed size and expects that it is right. Parameter sets go before each IDR picture.
  Coded check(const Picture& picture, const Job& job);
  /// Codes the next picture of a stream: an IDR every idr_period pictures, P pictures (or with `job.inter` unset I pictures) between, idr_pic_id
  /// alternating, frame_num counting from it.
  Coded check_next(const Picture& picture, Job job, int idr_period);

  /// From now on the bus is held back at random, and the twin's cycles do not count.
  void set_back_pressure(uint64_t seed);

  H264Bench& bench() { return bench_; }
  /// The syntax of the last picture: its first slice's header, and the macroblocks of all.
  const SliceBits& slice() const { return slice_; }

 private:
  void check_limits(const Coded& coded, const Job& job);
  void check_decoders(const Coded& coded, const Job& job);
  void check_twin(const Coded& coded);

  int width_;
  int height_;
  int count_ = 0;
  H264Bench bench_;
  std::unique_ptr<Decoder> ffmpeg_ = make_ffmpeg_decoder();
  std::unique_ptr<Decoder> openh264_ = make_openh264_decoder();
  SliceBits slice_;
  hw::h264::PictureCoder twin_{hw::h264::BusTiming{1, 1}};
  bool timed_ = true;
};

}  // namespace saksi::tb

#endif
