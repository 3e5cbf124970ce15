#ifndef SAKSI_HW_MODELS_SOC_GOLDFISH_RTC_H_
#define SAKSI_HW_MODELS_SOC_GOLDFISH_RTC_H_

#include <cstdint>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct GoldfishRtcConfig {
  uint64_t start_s = 1'767'225'600;  ///< what it shows at virtual time 0, in seconds since 1970: 2026-01-01 00:00:00 UTC
};

/// The clock that QEMU virt has for its guests' date (Linux drivers/rtc/rtc-goldfish.c). It runs with virtual time from a constant date, so
/// that a run is the same on every day, and keeps its time over a reset.
class GoldfishRtc : public RegBlock {
 public:
  GoldfishRtc(sc_core::sc_module_name name, const GoldfishRtcConfig& config);

  void reset() override;

 private:
  uint64_t time_ns() const;
  void set_time_ns(uint64_t value);
  void arm();
  void disarm();
  void alarm_method();
  void update_irq();

  uint64_t offset_ns_;  ///< of the clock against virtual time, modulo 2^64
  bool pending_ = false;
  sc_core::sc_event alarm_event_;
};

}  // namespace saksi::hw

#endif
