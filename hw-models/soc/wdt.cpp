#include "hw-models/soc/wdt.h"

#include <algorithm>

#include "regs/wdt_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::wdt;
constexpr uint32_t kFeedKey = 0x5AFE;

}  // namespace

Wdt::Wdt(sc_core::sc_module_name name, const WdtConfig& /*config*/) : RegBlock(name, r::kRegisters), bite_event_("bite_event") {
  regs.on_write(r::kCtrl, [this](uint32_t value) { write_ctrl(value); });
  regs.on_write(r::kTimeout, [this](uint32_t value) { regs.set(r::kTimeout, value & r::kTimeoutMs.mask()); });
  regs.on_write(r::kFeed, [this](uint32_t value) {
    if (value == kFeedKey && running_) restart();
  });

  SC_HAS_PROCESS(Wdt);
  SC_METHOD(bite);
  sensitive << bite_event_;
  dont_initialize();
}

void Wdt::reset() {
  RegBlock::reset();
  bite_event_.cancel();
  running_ = false;
}

void Wdt::write_ctrl(uint32_t value) {
  const bool start = !running_ && r::kCtrlEnable.get(value) != 0;
  running_ = running_ || start;
  regs.set(r::kCtrl, r::kCtrlEnable.put(running_ ? 1 : 0));
  if (start) restart();
}

void Wdt::restart() {
  const uint32_t timeout_ms = std::max(regs.field(r::kTimeoutMs), 1u);
  bite_event_.cancel();
  notify_at(bite_event_, now() + sc_core::sc_time(timeout_ms, sc_core::SC_MS));
}

void Wdt::bite() {
  reset();
  regs.set_field(r::kCauseWatchdog, 1);
  if (listener_) listener_();
}

}  // namespace saksi::hw
