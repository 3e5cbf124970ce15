#ifndef SAKSI_HW_MODELS_BASE_IRQ_LINE_H_
#define SAKSI_HW_MODELS_BASE_IRQ_LINE_H_

#include <functional>
#include <utility>

namespace saksi::hw {

/// A level-triggered interrupt wire. A change reaches the listener by a call, at once, so that the CPU sees it before its next
/// instruction; an sc_signal would cost a delta cycle for each change.
class IrqLine {
 public:
  void connect(std::function<void(bool level)> listener) { listener_ = std::move(listener); }
  void set(bool level) {
    if (level == level_) return;
    level_ = level;
    if (listener_) listener_(level);
  }
  bool level() const { return level_; }

 private:
  bool level_ = false;
  std::function<void(bool)> listener_;
};

}  // namespace saksi::hw

#endif
