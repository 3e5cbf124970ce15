#ifndef SAKSI_HW_MODELS_RTL_BLOCK_RTL_PORTS_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_RTL_PORTS_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "hw-models/rtl-block/rtl_model.h"
#include "hw-models/rtl-block/rtl_port_names.h"

namespace saksi::hw {

/// A port whose width is the block's choice, up to 64 bits: an address or an ID. Without storage it reads 0 and swallows what is written.
struct WordPort {
  void* storage = nullptr;
  unsigned bytes = 0;  ///< 1, 2, 4 or 8
  unsigned lsb = 0;    ///< the bits below are not there, as in [31:2]
  uint64_t mask = 0;   ///< of the bits that are there, seen from lsb; a Verilated model relies on the others being 0

  void set(uint64_t value) const {
    value = (value >> lsb) & mask;
    if (storage) std::memcpy(storage, &value, bytes);
  }
  uint64_t get() const {
    uint64_t value = 0;
    if (storage) std::memcpy(&value, storage, bytes);
    return value << lsb;
  }
};

/// Where a block keeps its ports, found by name: clock, reset, irq, one AXI master and one AXI4-Lite or APB slave.
///   clock     clk, clk_i, clock, aclk, pclk, ap_clk
///   reset     rst_n, rst_ni, resetn, reset_n, aresetn, presetn, ap_rst_n (active low); rst, rst_i, reset, reset_i, ap_rst (active high)
///   irq       irq, irq_o, interrupt; may be missing
///   master    m_axi_*, m_axil_*: AXI4 or AXI4-Lite, 32 to 512 bits of data; may be missing, whole or in one direction
///   registers s_axil_*, s_axi_*, s_axi_control_* (AXI4-Lite, 32 bits) or psel, penable, ... (APB, 32 bits; also with s_apb_ or apb_ before)
/// Case does not matter, and _i or _o may follow. A signal that a block leaves out stands here as a constant or as a place that nobody reads,
/// so that nothing else has to ask. Inputs besides these must be tied; outputs are left open.
struct RtlPorts {
  /// Throws UsageError that names every port which cannot be coupled, its place, and what was expected.
  RtlPorts(const std::vector<RtlPin>& pins, const RtlPortNames& names, const std::string& design);
  RtlPorts(const RtlPorts&) = delete;
  RtlPorts& operator=(const RtlPorts&) = delete;

  uint8_t* clk = nullptr;
  uint8_t* reset = nullptr;
  uint8_t reset_active = 0;
  const uint8_t* irq = nullptr;
  bool has_irq = false;

  struct {
    unsigned data_bytes = 4;
    const uint8_t *arvalid, *arlen, *arsize, *arburst;
    WordPort araddr, arid, rid;
    uint8_t* arready;
    const uint8_t* rready;
    uint8_t *rvalid, *rresp, *rlast;
    void* rdata;  ///< data_bytes, least significant first
    const uint8_t *awvalid, *awlen, *awsize, *awburst;
    WordPort awaddr, awid, bid;
    uint8_t* awready;
    const uint8_t *wvalid, *wlast;
    const void* wdata;
    WordPort wstrb;
    uint8_t* wready;
    const uint8_t* bready;
    uint8_t *bvalid, *bresp;
  } m_axi{};

  bool is_apb = false;
  bool has_strobes = false;  ///< of the registers: without them a write is of a whole word
  struct {
    uint8_t *awvalid, *wvalid, *wstrb, *bready, *arvalid, *rready;
    WordPort awaddr, araddr;
    uint32_t* wdata;
    const uint8_t *awready, *wready, *bvalid, *bresp, *arready, *rvalid, *rresp;
    const uint32_t* rdata;
  } s_axil{};
  struct {
    uint8_t *psel, *penable, *pwrite, *pstrb;
    WordPort paddr;
    uint32_t* pwdata;
    const uint8_t *pready, *pslverr;
    const uint32_t* prdata;
  } apb{};

 private:
  friend class PortFinder;
  /// In place of what a block has not got.
  const uint8_t zero_ = 0;
  const uint8_t one_ = 1;
  const uint8_t zeros_[64] = {};
  const uint64_t all_strobes_ = ~uint64_t{0};
  uint8_t full_size_ = 2;  ///< log2 of data_bytes
  uint8_t unread_[64] = {};
};

}  // namespace saksi::hw

#endif
