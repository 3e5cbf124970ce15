#include "firmware-under-test/bsp/mock_host.h"

#include <cstdarg>
#include <cstdio>
#include <stdexcept>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/bsp/mmio.h"

namespace saksi::firmware {
namespace {

MockHost* host = nullptr;

/// Bus addresses are handed out in windows of this size, one for each piece of memory.
constexpr uint32_t kWindow = 0x00100000;

uint32_t read(uint32_t address) {
  if (host->on_read) return host->on_read(address);
  return host->registers[address];
}

void write(uint32_t address, uint32_t value) {
  host->registers[address] = value;
  host->writes.push_back({address, value});
  if (host->on_write) host->on_write(address, value);
}

void add_line(char grade, const char* format, va_list arguments) {
  char line[200];
  std::vsnprintf(line, sizeof line, format, arguments);
  if (host != nullptr) host->log.push_back(std::string(1, grade) + ": " + line);
}

}  // namespace

MockHost::MockHost() { host = this; }
MockHost::~MockHost() { host = nullptr; }

void MockHost::raise(uint32_t source) {
  auto found = handlers.find(source);
  if (found != handlers.end()) found->second();
}

uint32_t MockHost::address_of(const volatile void* memory) {
  auto pointer = reinterpret_cast<uintptr_t>(memory);
  for (const auto& [address, start] : dma_) {
    if (start == pointer) return address;
  }
  uint32_t address = 0x80000000u + static_cast<uint32_t>(dma_.size()) * kWindow + static_cast<uint32_t>(pointer % 4096);
  if (dma_.size() >= 2000) throw std::runtime_error("too many pieces of memory");
  dma_[address] = pointer;
  return address;
}

uint8_t* MockHost::memory_at(uint32_t address) {
  auto next = dma_.upper_bound(address);
  if (next == dma_.begin()) throw std::runtime_error("no memory at that address");
  --next;
  return reinterpret_cast<uint8_t*>(next->second + (address - next->first));
}

std::vector<uint32_t> MockHost::written(uint32_t address) const {
  std::vector<uint32_t> values;
  for (const Access& access : writes) {
    if (access.address == address) values.push_back(access.value);
  }
  return values;
}

}  // namespace saksi::firmware

using saksi::firmware::host;

extern "C" {

uint32_t mmio_read32(uint32_t address) { return saksi::firmware::read(address); }
uint16_t mmio_read16(uint32_t address) { return static_cast<uint16_t>(saksi::firmware::read(address)); }
uint8_t mmio_read8(uint32_t address) { return static_cast<uint8_t>(saksi::firmware::read(address)); }
void mmio_write32(uint32_t address, uint32_t value) { saksi::firmware::write(address, value); }
void mmio_write16(uint32_t address, uint16_t value) { saksi::firmware::write(address, value); }
void mmio_write8(uint32_t address, uint8_t value) { saksi::firmware::write(address, value); }
uint32_t dma_address(const volatile void* memory) { return host->address_of(memory); }

void irq_attach(uint32_t source, irq_handler_t handler) { host->handlers[source] = handler; }
uint32_t irq_save(void) { return 0; }
void irq_restore(uint32_t) {}

uint64_t clock_now(void) { return host == nullptr ? 0 : host->now; }

bool clock_wait(bool (*done)(void), uint64_t deadline) {
  while (!done()) {
    if (host->now >= deadline) return false;
    uint64_t before = host->now;
    if (host->on_sleep) host->on_sleep();
    if (host->now == before && !done()) host->now = deadline;
  }
  return true;
}

void clock_sleep_ms(uint32_t ms) { host->now += static_cast<uint64_t>(ms) * CLOCK_TICKS_PER_MS; }

void log_info(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  saksi::firmware::add_line('I', format, arguments);
  va_end(arguments);
}

void log_warning(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  saksi::firmware::add_line('W', format, arguments);
  va_end(arguments);
}

void log_error(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  saksi::firmware::add_line('E', format, arguments);
  va_end(arguments);
}

}  // extern "C"
