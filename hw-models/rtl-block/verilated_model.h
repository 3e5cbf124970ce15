#ifndef SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_

#include <verilated.h>
#include <verilated_save.h>

#include <cstdint>
#include <type_traits>
#include <vector>

#include "hw-models/rtl-block/rtl_model.h"

namespace saksi::hw {

/// Verilator's save format into memory instead of a file.
class MemorySave final : public VerilatedSerialize {
 public:
  explicit MemorySave(std::vector<uint8_t>& out) : out_(out) { out_.clear(); }
  ~MemorySave() override { take(); }
  void flush() override { take(); }

 private:
  void take() {
    out_.insert(out_.end(), m_bufp, m_cp);
    m_cp = m_bufp;
  }
  std::vector<uint8_t>& out_;
};

/// The way back. Reads straight from the vector; the base class's own buffer stays unused.
class MemoryRestore final : public VerilatedDeserialize {
 public:
  explicit MemoryRestore(const std::vector<uint8_t>& in) {
    m_cp = const_cast<uint8_t*>(in.data());
    m_endp = m_cp + in.size();
  }

 private:
  void fill() override {}  // Everything is there from the start.
};

/// Adapts a class that Verilator made (with --savable) from a block with the standard ports. A block whose ports differ in name or width does
/// not compile here, which is the check that it can be coupled.
template <class V>
class VerilatedModel final : public RtlModel {
 public:
  VerilatedModel() : top_(&context_, "top") {
    ports_.clk = narrow(top_.clk);
    ports_.rst_n = narrow(top_.rst_n);
    ports_.irq = narrow(top_.irq);
    bind_reads();
    bind_writes();
    bind_registers();
  }
  ~VerilatedModel() override { top_.final(); }

  void eval() override { top_.eval(); }
  const RtlPorts& ports() const override { return ports_; }
  void save(std::vector<uint8_t>& state) override {
    MemorySave out(state);
    out << top_;
  }
  void restore(const std::vector<uint8_t>& state) override {
    MemoryRestore in(state);
    in >> top_;
  }
  V& top() { return top_; }

 private:
  static CData* narrow(CData& port) { return &port; }
  static IData* word(IData& port) { return &port; }
  static EData* wide(VlWide<4>& port) { return port.data(); }
  template <class T>
  static AddressPort address(T& port) {
    static_assert(std::is_same<T, CData>::value || std::is_same<T, SData>::value || std::is_same<T, IData>::value,
                  "s_axil_awaddr and s_axil_araddr have at most 32 bits");
    return AddressPort{&port, sizeof(T)};
  }

  void bind_reads() {
    auto& axi = ports_.m_axi;
    axi.arvalid = narrow(top_.m_axi_arvalid);
    axi.arready = narrow(top_.m_axi_arready);
    axi.araddr = word(top_.m_axi_araddr);
    axi.arlen = narrow(top_.m_axi_arlen);
    axi.arsize = narrow(top_.m_axi_arsize);
    axi.arburst = narrow(top_.m_axi_arburst);
    axi.rvalid = narrow(top_.m_axi_rvalid);
    axi.rready = narrow(top_.m_axi_rready);
    axi.rdata = wide(top_.m_axi_rdata);
    axi.rresp = narrow(top_.m_axi_rresp);
    axi.rlast = narrow(top_.m_axi_rlast);
  }

  void bind_writes() {
    auto& axi = ports_.m_axi;
    axi.awvalid = narrow(top_.m_axi_awvalid);
    axi.awready = narrow(top_.m_axi_awready);
    axi.awaddr = word(top_.m_axi_awaddr);
    axi.awlen = narrow(top_.m_axi_awlen);
    axi.awsize = narrow(top_.m_axi_awsize);
    axi.awburst = narrow(top_.m_axi_awburst);
    axi.wvalid = narrow(top_.m_axi_wvalid);
    axi.wready = narrow(top_.m_axi_wready);
    axi.wdata = wide(top_.m_axi_wdata);
    static_assert(std::is_same<decltype(top_.m_axi_wstrb), SData&>::value, "m_axi_wstrb has 16 bits");
    axi.wstrb = &top_.m_axi_wstrb;
    axi.wlast = narrow(top_.m_axi_wlast);
    axi.bvalid = narrow(top_.m_axi_bvalid);
    axi.bready = narrow(top_.m_axi_bready);
    axi.bresp = narrow(top_.m_axi_bresp);
  }

  void bind_registers() {
    auto& axil = ports_.s_axil;
    axil.awvalid = narrow(top_.s_axil_awvalid);
    axil.awready = narrow(top_.s_axil_awready);
    axil.awaddr = address(top_.s_axil_awaddr);
    axil.wvalid = narrow(top_.s_axil_wvalid);
    axil.wready = narrow(top_.s_axil_wready);
    axil.wdata = word(top_.s_axil_wdata);
    axil.wstrb = narrow(top_.s_axil_wstrb);
    axil.bvalid = narrow(top_.s_axil_bvalid);
    axil.bready = narrow(top_.s_axil_bready);
    axil.bresp = narrow(top_.s_axil_bresp);
    axil.arvalid = narrow(top_.s_axil_arvalid);
    axil.arready = narrow(top_.s_axil_arready);
    axil.araddr = address(top_.s_axil_araddr);
    axil.rvalid = narrow(top_.s_axil_rvalid);
    axil.rready = narrow(top_.s_axil_rready);
    axil.rdata = word(top_.s_axil_rdata);
    axil.rresp = narrow(top_.s_axil_rresp);
  }

  VerilatedContext context_;
  V top_;
  RtlPorts ports_{};
};

}  // namespace saksi::hw

#endif
