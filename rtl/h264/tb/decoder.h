#ifndef SAKSI_RTL_H264_TB_DECODER_H_
#define SAKSI_RTL_H264_TB_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rtl/h264/tb/picture.h"

namespace saksi::tb {

using Bytes = std::vector<uint8_t>;

/// A sequence and a picture parameter set, each after a start code, as the encoder's slices expect them: Constrained Baseline, pic_order_cnt_type 2,
/// 4-bit frame_num, pic_init_qp 26. The coded size is cropped to width x height.
Bytes parameter_sets(int width, int height);

/// One of two decoders that know nothing of each other. Whatever they complain about is an error here.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Decodes one access unit in byte stream format. False, and what() set, if there was any error or no picture.
  virtual bool decode(const Bytes& access_unit, Picture& picture) = 0;
  const std::string& what() const { return what_; }

 protected:
  std::string what_;
};

/// libavcodec; gives the picture in its coded size.
std::unique_ptr<Decoder> make_ffmpeg_decoder();
/// libopenh264; gives the cropped picture.
std::unique_ptr<Decoder> make_openh264_decoder();

}  // namespace saksi::tb

#endif
