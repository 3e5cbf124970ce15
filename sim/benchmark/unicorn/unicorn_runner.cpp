// saksi_unicorn ELF: runs a bare program of QEMU virt's memory map on Unicorn, with the serial port, the timer's registers and the test
// finisher by callback. A peer for `saksi benchmark cpu`: it has no interrupts and its timer stands still.
// Exit codes: 0 the program passed, 1 it failed, 2 it cannot be loaded, 3 Unicorn stopped by itself.
#include <unicorn/unicorn.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "hw-models/cpu/elf_loader.h"

namespace {

constexpr saksi::hw::MemoryRange kRam{0x80000000, 128 << 20};
constexpr uint64_t kFinisher = 0x00100000, kClint = 0x02000000, kUart = 0x10000000;
constexpr size_t kPage = 0x1000, kClintSize = 0x10000;
constexpr uint64_t kLineStatus = 5;
constexpr uint64_t kTransmitterEmpty = 0x60;
constexpr uint64_t kPass = 0x5555;

/// What the program wrote to the finisher.
uint64_t finished = 0;

uint64_t read_uart(uc_engine*, uint64_t offset, unsigned, void*) { return offset == kLineStatus ? kTransmitterEmpty : 0; }

void write_uart(uc_engine*, uint64_t offset, unsigned, uint64_t value, void*) {
  if (offset == 0) std::putchar(static_cast<int>(value & 0xFF));
}

uint64_t read_nothing(uc_engine*, uint64_t, unsigned, void*) { return 0; }

void write_nothing(uc_engine*, uint64_t, unsigned, uint64_t, void*) {}

void write_finisher(uc_engine* engine, uint64_t, unsigned, uint64_t value, void*) {
  finished = value;
  uc_emu_stop(engine);
}

void need(uc_err error, const char* what) {
  if (error == UC_ERR_OK) return;
  std::fprintf(stderr, "saksi_unicorn: %s: %s\n", what, uc_strerror(error));
  std::exit(3);
}

int run(const saksi::hw::Program& program) {
  std::vector<uint8_t> memory(kRam.size);
  place(program, kRam, memory.data());
  uc_engine* engine = nullptr;
  need(uc_open(UC_ARCH_RISCV, UC_MODE_RISCV32, &engine), "uc_open");
  need(uc_mem_map_ptr(engine, kRam.base, memory.size(), UC_PROT_ALL, memory.data()), "RAM");
  need(uc_mmio_map(engine, kUart, kPage, read_uart, nullptr, write_uart, nullptr), "serial port");
  need(uc_mmio_map(engine, kClint, kClintSize, read_nothing, nullptr, write_nothing, nullptr), "timer");
  need(uc_mmio_map(engine, kFinisher, kPage, read_nothing, nullptr, write_finisher, nullptr), "finisher");
  const uc_err error = uc_emu_start(engine, program.entry, 0, 0, 0);
  uc_close(engine);
  if (finished == 0) need(error == UC_ERR_OK ? UC_ERR_EXCEPTION : error, "uc_emu_start");
  return (finished & 0xFFFF) == kPass ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: saksi_unicorn ELF\n");
    return 2;
  }
  try {
    return run(saksi::hw::load_program(argv[1], kRam));
  } catch (const saksi::UsageError& error) {
    std::fprintf(stderr, "saksi_unicorn: %s\n", error.what());
    return 2;
  }
}
