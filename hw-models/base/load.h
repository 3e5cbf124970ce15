#ifndef SAKSI_HW_MODELS_BASE_LOAD_H_
#define SAKSI_HW_MODELS_BASE_LOAD_H_

#include <cstdint>
#include <functional>
#include <utility>

namespace saksi::hw {

/// What a block draws from its rail now. The block sets it whenever its state changes; the rail listens.
class Load {
 public:
  void connect(std::function<void()> listener) { listener_ = std::move(listener); }
  void set_uw(uint32_t microwatts) {
    if (microwatts == uw_) return;
    uw_ = microwatts;
    if (listener_) listener_();
  }
  uint32_t uw() const { return uw_; }

 private:
  uint32_t uw_ = 0;
  std::function<void()> listener_;
};

}  // namespace saksi::hw

#endif
