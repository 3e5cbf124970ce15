// Test pictures: H.264 intra pictures of I_PCM macroblocks with the slice header that the camera's encoder writes (ITU-T H.264,
// 7.3.3), so that a decoder can be asked what it makes of the camera's parameter sets and files.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_PCM_PICTURE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_PCM_PICTURE_H_

#include <cstdint>
#include <vector>

namespace saksi::firmware {

class BitWriter {
 public:
  void bits(uint32_t value, int count) {
    while (count-- > 0) bits_.push_back(value >> count & 1);
  }
  void ue(uint32_t value) {
    int length = 0;
    while ((value + 1) >> (length + 1)) ++length;
    bits(0, length);
    bits(value + 1, length + 1);
  }
  void align() {
    while (bits_.size() % 8) bits_.push_back(false);
  }
  /// The bits as a NAL unit: header byte first, emulation prevention done.
  std::vector<uint8_t> nal(uint8_t header) const {
    std::vector<uint8_t> out{header};
    int zeros = 0;
    for (size_t i = 0; i < bits_.size(); i += 8) {
      uint8_t byte = 0;
      for (size_t j = 0; j < 8; ++j) byte = static_cast<uint8_t>(byte << 1 | (i + j < bits_.size() && bits_[i + j] ? 1 : 0));
      if (zeros == 2 && byte <= 3) {
        out.push_back(3);
        zeros = 0;
      }
      out.push_back(byte);
      zeros = byte == 0 ? zeros + 1 : 0;
    }
    return out;
  }

 private:
  std::vector<bool> bits_;
};

/// A grey picture of one luma value.
inline std::vector<uint8_t> pcm_picture(uint32_t width, uint32_t height, bool is_idr, uint32_t frame_num, uint32_t idr_pic_id, uint8_t luma) {
  BitWriter w;
  w.ue(0);  // first_mb_in_slice
  w.ue(7);  // slice_type I
  w.ue(0);  // pic_parameter_set_id
  w.bits(frame_num, 4);
  if (is_idr) w.ue(idr_pic_id);
  w.bits(0, is_idr ? 2 : 1);  // dec_ref_pic_marking
  w.ue(0);                    // slice_qp_delta
  w.ue(1);                    // disable_deblocking_filter_idc
  uint32_t mbs = ((width + 15) / 16) * ((height + 15) / 16);
  for (uint32_t mb = 0; mb < mbs; ++mb) {
    w.ue(25);  // I_PCM
    w.align();
    for (int i = 0; i < 256; ++i) w.bits(luma, 8);
    for (int i = 0; i < 128; ++i) w.bits(128, 8);
  }
  w.bits(1, 1);
  w.align();
  return w.nal(is_idr ? 0x65 : 0x61);
}

}  // namespace saksi::firmware

#endif
