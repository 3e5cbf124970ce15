#ifndef SAKSI_HW_MODELS_H264_H264_MODEL_H_
#define SAKSI_HW_MODELS_H264_H264_MODEL_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "hw-models/h264/h264_block.h"
#include "hw-models/h264/model/picture_coder.h"
#include "hw-models/h264/picture_input.h"

namespace saksi::hw {

/// The encoder as its C++ twin: at every register and interrupt like rtl/h264 under RtlBlock, at a small part of the host's time. Bitstream,
/// picture, counters and clock cycles are equal; so is the time at which the interrupt comes.
class H264Model : public H264Block {
 public:
  H264Model(sc_core::sc_module_name name, const RtlBlockConfig& config);

  /// Calls `judge` with each picture whose number is a multiple of `period`, before it is coded; 0 ends it. The judge throws to end the run.
  void check_every(uint32_t period, std::function<void(const PictureInput&)> judge) {
    check_period_ = period;
    judge_ = std::move(judge);
  }

 private:
  struct Plane;
  Outcome code(const h264::PictureConfig& config) override;

  h264::PictureCoder coder_;
  uint64_t pictures_ = 0;
  uint32_t check_period_ = 0;
  std::function<void(const PictureInput&)> judge_;
};

}  // namespace saksi::hw

#endif
