#include "sim/observe/end_watch.h"

#include <fmt/format.h>

#include "sim/observe/trap_names.h"

namespace saksi::sim {

namespace {

constexpr int64_t kLooks = 8;  ///< in the time after which no progress is a hang

int64_t kernel_ns() { return static_cast<int64_t>(sc_core::sc_time_stamp().value() / 1000); }

}  // namespace

EndWatch::EndWatch(sc_core::sc_module_name name, hw::CpuDebug& cpu, const hw::SymbolTable& symbols, int64_t hang_after_ns,
                   std::function<void(const FirmwareEnd&)> lost)
    : sc_core::sc_module(name), cpu_(cpu), symbols_(symbols), hang_after_ns_(hang_after_ns), lost_(std::move(lost)) {
  cpu_.set_lost_trap_listener([this](const hw::LostTrap& trap) { lost_trap(trap); });
  if (hang_after_ns_ == 0) return;
  SC_HAS_PROCESS(EndWatch);
  SC_METHOD(look);
  sensitive << look_event_;
}

EndWatch::~EndWatch() { cpu_.set_lost_trap_listener(nullptr); }

void EndWatch::look() {
  if (ended_) return;
  if (cpu_.idle() || cpu_.progress() != progress_) {
    progress_ = cpu_.progress();
    since_ns_ = kernel_ns();
  } else if (kernel_ns() - since_ns_ >= hang_after_ns_) {
    return end(fmt::format("the firmware hangs: no progress for {} s, at {} (0x{:08x})", static_cast<double>(hang_after_ns_) * 1e-9,
                           symbols_.describe(cpu_.pc()), cpu_.pc()));
  }
  const int64_t step_ns = std::max<int64_t>(1, hang_after_ns_ / kLooks);
  look_event_.notify(sc_core::sc_time::from_value(static_cast<uint64_t>(step_ns) * 1000));
}

void EndWatch::lost_trap(const hw::LostTrap& trap) {
  if (ended_) return;
  end(fmt::format("the firmware traps and has no handler: {} at {} (mepc 0x{:08x}, mtval 0x{:08x}); the handler at 0x{:08x} traps at once: {}",
                  trap_name(trap.mcause), symbols_.describe(trap.mepc), trap.mepc, trap.mtval, trap.handler, trap_name(trap.handler_mcause)));
}

void EndWatch::end(const std::string& why) {
  ended_ = true;
  lost_({why, static_cast<int64_t>(cpu_.local_time_ps() / 1000), cpu_.position()});
}

}  // namespace saksi::sim
