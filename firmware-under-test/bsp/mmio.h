// Register access and DMA addresses. On the camera these are plain loads and stores; a host build declares them only, so that a
// test's mock (mock_host.h) stands behind the drivers.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_MMIO_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_MMIO_H_

#include <stdint.h>

#if defined(__riscv)

static inline uint32_t mmio_read32(uint32_t address) { return *(volatile uint32_t*)(uintptr_t)address; }
static inline uint16_t mmio_read16(uint32_t address) { return *(volatile uint16_t*)(uintptr_t)address; }
static inline uint8_t mmio_read8(uint32_t address) { return *(volatile uint8_t*)(uintptr_t)address; }
static inline void mmio_write32(uint32_t address, uint32_t value) { *(volatile uint32_t*)(uintptr_t)address = value; }
static inline void mmio_write16(uint32_t address, uint16_t value) { *(volatile uint16_t*)(uintptr_t)address = value; }
static inline void mmio_write8(uint32_t address, uint8_t value) { *(volatile uint8_t*)(uintptr_t)address = value; }

// The bus address of memory that a block will read or write. Orders the CPU's stores before the start of the block.
static inline uint32_t dma_address(const volatile void* memory) {
  __asm__ volatile("fence" ::: "memory");
  return (uint32_t)(uintptr_t)memory;
}

#else

#ifdef __cplusplus
extern "C" {
#endif
uint32_t mmio_read32(uint32_t address);
uint16_t mmio_read16(uint32_t address);
uint8_t mmio_read8(uint32_t address);
void mmio_write32(uint32_t address, uint32_t value);
void mmio_write16(uint32_t address, uint16_t value);
void mmio_write8(uint32_t address, uint8_t value);
uint32_t dma_address(const volatile void* memory);
#ifdef __cplusplus
}
#endif

#endif

#endif
