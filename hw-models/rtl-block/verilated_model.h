#ifndef SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_

#include <verilated.h>
#include <verilated_fst_c.h>
#include <verilated_save.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "hw-models/rtl-block/rtl_model.h"

namespace saksi::hw {

/// Verilator's save format (--savable) into memory instead of a file.
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

/// Adapts a class that Verilator made (with --savable) from a block with the standard ports. A block whose ports differ in name or width does
/// not compile here, which is the check that it can be coupled. Wherever it is used, V<top>.h and V<top>__Syms.h must have been included.
///
/// States are taken and given back as the bytes of Verilator's symbol table object, which holds every module instance by value: some
/// hundred times faster than its save format, which writes element by element, and a state is taken at every register access. That a
/// model keeps nothing elsewhere (as an unsynthesisable queue or string would) is verified against the save format when it is made.
template <class V>
class VerilatedModel final : public RtlModel {
 public:
  VerilatedModel() : top_(&prepared(context_), "top") {
    ports_.clk = narrow(top_.clk);
    ports_.rst_n = narrow(top_.rst_n);
    ports_.irq = narrow(top_.irq);
    bind_reads();
    bind_writes();
    bind_registers();
    check_states();
  }
  ~VerilatedModel() override { top_.final(); }

  void eval() override { top_.eval(); }
  const RtlPorts& ports() const override { return ports_; }
  void save(std::vector<uint8_t>& state) override {
    mark_active();
    state.resize(sizeof(Symbols));
    std::memcpy(state.data(), table(), sizeof(Symbols));
  }
  void restore(const std::vector<uint8_t>& state) override {
    const uint32_t base_code = table()->__Vm_baseCode;  // of the waves, which may have been opened since
    std::memcpy(static_cast<void*>(table()), state.data(), sizeof(Symbols));
    table()->__Vm_baseCode = base_code;
  }
  std::string module() const override { return std::string(top_.modelName()).substr(1); }  // the class is called V<module>
  void open_waves(WaveSink& sink) override {
    constexpr int kAllLevels = 99;
    waves_ = std::make_unique<VerilatedFstC>(&sink);
    top_.trace(waves_.get(), kAllLevels);
    waves_->open("");
  }
  void show(uint64_t ps) override { waves_->dump(ps); }
  V& top() { return top_; }

 private:
  using Symbols = std::remove_pointer_t<std::remove_const_t<decltype(std::declval<V>().rootp->vlSymsp)>>;

  Symbols* table() { return const_cast<Symbols*>(top_.rootp->vlSymsp); }

  /// Verilator notes in a state which parts of it have changed since waves were last shown, and looks at no others then. A state that is
  /// brought back has been followed by others that were shown: all its parts count as changed. So the same state also gives the same bytes.
  void mark_active() {
    table()->__Vm_activity = true;
    mark_parts(*top_.rootp, 0);
  }
  template <class Root>
  static auto mark_parts(Root& root, int) -> decltype(void(root.__Vm_traceActivity)) {
    for (size_t i = 0; i < sizeof root.__Vm_traceActivity / sizeof root.__Vm_traceActivity[0]; ++i) root.__Vm_traceActivity[i] = 1;
  }
  template <class Root>
  static void mark_parts(Root&, long) {}  // a model of one part

  /// Clocks the model out of a state and back into it, and compares by Verilator's own account of the state.
  void check_states() {
    constexpr int kCycles = 100;
    top_.eval();
    std::vector<uint8_t> bytes, before, after;
    save(bytes);
    save_portably(before);
    for (int i = 0; i < kCycles; ++i) {
      *ports_.clk = static_cast<uint8_t>(i & 1);
      *ports_.rst_n = static_cast<uint8_t>(i > kCycles / 2);
      top_.eval();
    }
    restore(bytes);
    save_portably(after);
    if (before != after) throw std::logic_error("this Verilated model keeps state outside its symbol table; it cannot be coupled");
  }
  void save_portably(std::vector<uint8_t>& state) {
    MemorySave out(state);
    out << top_;
  }

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

  /// A context makes a pool of idle threads otherwise, which a fork of the simulation would not have and would wait for at its end. And it is
  /// to know beforehand that waves may be opened.
  static VerilatedContext& prepared(VerilatedContext& context) {
    context.threads(1);
    context.traceEverOn(true);
    return context;
  }

  VerilatedContext context_;
  V top_;
  RtlPorts ports_{};
  std::unique_ptr<VerilatedFstC> waves_;
};

}  // namespace saksi::hw

#endif
