#ifndef SAKSI_HW_MODELS_ISP_ISP_H_
#define SAKSI_HW_MODELS_ISP_ISP_H_

#include <cstdint>
#include <functional>
#include <systemc>
#include <vector>

#include "hw-models/base/dma_initiator.h"
#include "hw-models/base/reg_block.h"
#include "hw-models/isp/pipeline.h"
#include "hw-models/isp/statistics.h"
#include "hw-models/sensor/raw_frame.h"

namespace saksi::hw {

struct IspConfig {
  /// mtime at an absolute virtual time, for FRAME_TIME; without it FRAME_TIME counts 10 MHz from t = 0.
  std::function<uint64_t(const sc_core::sc_time&)> mtime;
};

/// Camera receiver and image signal processor. Registers: regs/isp.yaml; picture processing: pipeline.h.
///
/// Every frame that begins while CTRL.ENABLE is set is counted; it is taken if a buffer is armed, and latches every register then. The
/// picture is in memory, and DONE set, 300 us after the sensor's last row: the time of 16 sensor rows in the line buffers (estimate).
/// Of a frame without samples memory stays as it is, and MEAN_Y and all statistics are 0.
/// Clearing ENABLE disarms, and lets the frame under way come to its end. A frame that the sensor breaks off is lost and raises SIZE_ERROR.
/// White balance gains that make a grey subject under D65 neutral with the default pixels of hw-models/sensor: red 502, green 256, blue 557.
class Isp : public RegBlock, public RawSink {
 public:
  static constexpr int64_t kLatencyNs = 300'000;

  Isp(sc_core::sc_module_name name, const IspConfig& config);

  DmaInitiator dma;

  void reset() override;

  bool on_frame_start(const FrameTiming& timing, sc_core::sc_time now) override;
  RowSpan wanted_rows(const FrameTiming& timing) const override;
  void on_frame_end(const RawFrame& frame, sc_core::sc_time now) override;
  void on_frame_abort(sc_core::sc_time now) override;

 private:
  /// What a frame latches when it begins.
  struct Job {
    IspSettings settings;
    uint32_t stride = 0;
    uint32_t luma = 0;
    uint32_t chroma = 0;
    uint64_t time = 0;   ///< mtime at the first row
    bool fits = false;   ///< the frame has the expected size, and the geometry is possible
    uint32_t cause = 0;  ///< IRQ_STATUS bit to raise
    uint32_t mean_y = 0;
    FrameStatistics statistics;
  };

  void write_ctrl();
  Job latch() const;
  /// Writes the picture and gives the IRQ_STATUS bit: DONE, or why it failed.
  uint32_t run(Job& job, const RawFrame& frame);
  const uint16_t* ten_bit(const RawFrame& frame);
  void finish();
  void show_zone();
  void raise(uint32_t cause);
  void update_status();
  void update_irq();

  IspConfig config_;
  IspPipeline pipeline_;
  std::vector<uint16_t> widened_;  ///< an 8-bit frame as 10-bit samples
  FrameStatistics statistics_;     ///< of the last complete frame
  bool enabled_ = false;
  bool armed_ = false;
  bool receiving_ = false;
  Job receiving_job_;
  bool finishing_ = false;
  Job finishing_job_;
  sc_core::sc_event done_event_;
};

}  // namespace saksi::hw

#endif
