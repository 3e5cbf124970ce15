#ifndef SAKSI_HW_MODELS_H264_H264_BLOCK_H_
#define SAKSI_HW_MODELS_H264_H264_BLOCK_H_

#include <cstdint>
#include <vector>

#include "hw-models/base/bus_block.h"
#include "hw-models/h264/model/picture_coder.h"
#include "hw-models/rtl-block/rtl_block.h"

namespace saksi::hw {

/// The encoder's registers, interrupt and time, at every access like rtl/h264 under RtlBlock; how a picture is coded is the derived class's.
///
/// A picture is coded at once when it is started, and announced when the circuit would be done. Not equal to the circuit: how far a picture has
/// come when it is aborted or power fails in the middle.
class H264Block : public BusBlock {
 public:
  H264Block(sc_core::sc_module_name name, const RtlBlockConfig& config);

  void reset() override;
  const Ranges& written_ranges() const override { return written_; }
  const Ranges& read_ranges() const override { return read_; }
  uint64_t evaluated_cycles() const override { return 0; }

 protected:
  /// What came of a picture.
  struct Outcome {
    h264::PictureCounters counters;
    std::vector<uint32_t> nal_sizes;              ///< bytes
    const std::vector<uint8_t>* bytes = nullptr;  ///< the NAL units, back to back, even beyond bs_size; valid until the next picture
    bool overflow = false;
    bool bus_error = false;
  };
  /// Codes a picture whose configuration is within the block's limits, in no time. Notes what it reads and writes, save the bitstream, which the
  /// base writes to memory.
  virtual Outcome code(const h264::PictureConfig& config) = 0;

  Ranges written_, read_;  ///< of the last picture

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  uint32_t read(uint32_t offset, uint64_t edge) const;
  void write(uint32_t offset, uint32_t data, uint32_t mask, uint64_t edge, const sc_core::sc_time& when);
  void configure(uint32_t offset, uint32_t data, uint32_t mask);
  void start(uint64_t edge, const sc_core::sc_time& when);
  bool config_ok() const;
  void code_picture();
  void abort(uint64_t edge);
  /// What has happened by an edge.
  bool coding(uint64_t edge) const { return edge >= begin_edge_ && edge < done_edge_; }
  void settle(uint64_t edge);
  void irq_method();
  void update_irq(const sc_core::sc_time& when);

  uint64_t edge_at(const sc_core::sc_time& time) const;
  sc_core::sc_time time_of(uint64_t edge) const;

  RtlBlockConfig config_;
  h264::PictureConfig next_;  ///< what the registers hold now
  h264::PictureConfig latched_;
  uint64_t edge_ = 0;        ///< end of the last access
  uint64_t begin_edge_ = 0;  ///< from here to done_edge_ a picture is coded
  uint64_t done_edge_ = 0;
  bool pending_ = false;  ///< its end is still to come
  bool bus_error_ = false, overflow_ = false, config_error_ = false, aborted_ = false;
  bool done_ = false, error_ = false, done_enable_ = false, error_enable_ = false;
  uint32_t nal_index_ = 0;
  uint32_t bytes_ = 0;
  std::vector<uint32_t> nal_sizes_;
  h264::PictureCounters counters_;
  sc_core::sc_event irq_event_;
};

}  // namespace saksi::hw

#endif
