// What stands behind the drivers and the camera on the host: registers, interrupts, time and the log, all under the test's control.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_MOCK_HOST_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_MOCK_HOST_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace saksi::firmware {

/// One register access by a driver.
struct Access {
  uint32_t address;
  uint32_t value;
};

/// The machine that the code under test runs on. There is one at a time; it registers itself.
class MockHost {
 public:
  MockHost();
  ~MockHost();
  MockHost(const MockHost&) = delete;
  MockHost& operator=(const MockHost&) = delete;

  /// Asked at every read of a register, whatever its width; by default memory: what was last written, 0 at first.
  std::function<uint32_t(uint32_t address)> on_read;
  /// Told at every write, after it was recorded.
  std::function<void(uint32_t address, uint32_t value)> on_write;
  /// Called while the code sleeps: may advance `now` and raise interrupts. If it does neither, time jumps to the deadline.
  std::function<void()> on_sleep;

  std::vector<Access> writes;
  std::map<uint32_t, uint32_t> registers;
  uint64_t now = 0;              ///< ticks of 100 ns
  std::vector<std::string> log;  ///< lines, "I: boot"

  /// Runs the handler that was attached to an interrupt source.
  void raise(uint32_t source);
  /// The address that a driver was given for a piece of memory, and back.
  uint32_t address_of(const volatile void* memory);
  uint8_t* memory_at(uint32_t address);

  /// The values written to one register, in order.
  std::vector<uint32_t> written(uint32_t address) const;

  std::map<uint32_t, void (*)()> handlers;

 private:
  std::map<uint32_t, uintptr_t> dma_;  ///< bus address to host address
};

}  // namespace saksi::firmware

#endif
