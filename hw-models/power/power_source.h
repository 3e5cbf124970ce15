#ifndef SAKSI_HW_MODELS_POWER_POWER_SOURCE_H_
#define SAKSI_HW_MODELS_POWER_POWER_SOURCE_H_

#include <cstdint>
#include <functional>
#include <systemc>
#include <utility>

namespace saksi::hw {

/// What feeds a rail: an ideal voltage behind a resistance.
class PowerSource {
 public:
  virtual ~PowerSource() = default;

  /// Microvolts without load, 0 if nothing comes out.
  virtual int64_t open_uv() const = 0;
  virtual int64_t resistance_uohm() const = 0;
  /// The rail reports what it took, in microampere-nanoseconds (femtocoulombs).
  virtual void drew_fc(int64_t /*charge*/) {}
  /// How often open_uv() has to be asked again under constant load; SC_ZERO_TIME: only when changed() was called.
  virtual sc_core::sc_time refresh() const { return sc_core::SC_ZERO_TIME; }

  void connect(std::function<void()> listener) { listener_ = std::move(listener); }

 protected:
  void changed() {
    if (listener_) listener_();
  }

 private:
  std::function<void()> listener_;
};

}  // namespace saksi::hw

#endif
