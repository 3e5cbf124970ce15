#include "sim/observe/trap_names.h"

#include <fmt/format.h>

#include <iterator>

namespace saksi::sim {

namespace {

constexpr uint32_t kInterrupt = 1u << 31;

const char* const kExceptions[] = {"instruction address misaligned",
                                   "instruction access fault",
                                   "illegal instruction",
                                   "breakpoint",
                                   "load address misaligned",
                                   "load access fault",
                                   "store address misaligned",
                                   "store access fault",
                                   "ecall from user mode",
                                   "ecall",
                                   "ecall",
                                   "ecall"};

}  // namespace

bool is_interrupt(uint32_t mcause) { return (mcause & kInterrupt) != 0; }

std::string trap_name(uint32_t mcause) {
  if (!is_interrupt(mcause)) return mcause < std::size(kExceptions) ? kExceptions[mcause] : fmt::format("cause {}", mcause);
  switch (mcause & ~kInterrupt) {
    case 3:
      return "interrupt: software";
    case 7:
      return "interrupt: timer";
    case 11:
      return "interrupt: external";
    default:
      return fmt::format("interrupt {}", mcause & ~kInterrupt);
  }
}

}  // namespace saksi::sim
