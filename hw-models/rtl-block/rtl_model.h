#ifndef SAKSI_HW_MODELS_RTL_BLOCK_RTL_MODEL_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_RTL_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// A port whose width is the block's choice, up to 32 bits (the address of the register port).
struct AddressPort {
  void* storage = nullptr;
  unsigned bytes = 0;  ///< 1, 2 or 4
  void set(uint32_t value) {
    if (bytes == 1) *static_cast<uint8_t*>(storage) = static_cast<uint8_t>(value);
    if (bytes == 2) *static_cast<uint16_t*>(storage) = static_cast<uint16_t>(value);
    if (bytes == 4) *static_cast<uint32_t*>(storage) = value;
  }
};

/// Where a Verilated block keeps the standard ports of its top: clk, rst_n, irq, m_axi_* (AXI4, 128 bits of data, 32 of address, no IDs),
/// s_axil_* (AXI4-Lite, 32 bits). Read and written in place, since a call for each port and cycle would cost more than small blocks do.
struct RtlPorts {
  uint8_t* clk;
  uint8_t* rst_n;
  const uint8_t* irq;

  struct {
    const uint8_t *arvalid, *arlen, *arsize, *arburst;
    const uint32_t* araddr;
    uint8_t* arready;
    const uint8_t* rready;
    uint8_t *rvalid, *rresp, *rlast;
    uint32_t* rdata;  ///< 4 words, least significant first
    const uint8_t *awvalid, *awlen, *awsize, *awburst;
    const uint32_t* awaddr;
    uint8_t* awready;
    const uint8_t *wvalid, *wlast;
    const uint32_t* wdata;  ///< 4 words
    const uint16_t* wstrb;
    uint8_t* wready;
    const uint8_t* bready;
    uint8_t *bvalid, *bresp;
  } m_axi;

  struct {
    uint8_t *awvalid, *wvalid, *wstrb, *bready, *arvalid, *rready;
    AddressPort awaddr, araddr;
    uint32_t* wdata;
    const uint8_t *awready, *wready, *bvalid, *bresp, *arready, *rvalid, *rresp;
    const uint32_t* rdata;
  } s_axil;
};

/// One Verilated block, without its type: what RtlBlock needs of it.
class RtlModel {
 public:
  virtual ~RtlModel() = default;

  virtual void eval() = 0;
  virtual const RtlPorts& ports() const = 0;
  /// Everything that the block remembers, ports included; `state` is replaced. The same state gives the same bytes. A state belongs to the
  /// model it was taken from, in this process and its forked children.
  virtual void save(std::vector<uint8_t>& state) = 0;
  virtual void restore(const std::vector<uint8_t>& state) = 0;

  /// Name of the top module.
  virtual std::string module() const = 0;
  /// Declares every signal to `sink`, which must outlive the model; show() tells it their values from then on. Once.
  virtual void open_waves(WaveSink& sink) = 0;
  /// Tells the values that differ from those told last, as those of time `ps`, later than the last. All of them the first time.
  virtual void show(uint64_t ps) = 0;
};

}  // namespace saksi::hw

#endif
