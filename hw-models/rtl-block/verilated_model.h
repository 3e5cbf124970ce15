#ifndef SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_

#include <verilated.h>
#include <verilated_fst_c.h>
#include <verilated_save.h>

#include <cstdint>
#include <cstring>
#include <memory>
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

/// Adapts a class that Verilator made (with --savable and --trace-fst). What there is of ports is told by a function that is generated with each
/// design (rtl-adapter/), as is the source in which this is used; V<top>.h and V<top>__Syms.h must have been included there.
///
/// States are taken and given back as the bytes of Verilator's symbol table object, which holds every module instance by value: some
/// hundred times faster than its save format, which writes element by element, and a state is taken at every register access. That a
/// model keeps nothing elsewhere (as an unsynthesisable queue or string would) is verified against the save format, see check_states().
template <class V>
class VerilatedModel final : public RtlModel {
 public:
  VerilatedModel(std::vector<RtlPin> (*pins_of)(V&), std::string module)
      : top_(&prepared(context_), "top"), pins_(pins_of(top_)), module_(std::move(module)) {}
  ~VerilatedModel() override { top_.final(); }

  void eval() override { top_.eval(); }
  const std::vector<RtlPin>& pins() const override { return pins_; }
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
  void save_portably(std::vector<uint8_t>& state) override {
    MemorySave out(state);
    out << top_;
  }
  std::string module() const override { return module_; }
  void open_waves(WaveSink& sink) override {
    constexpr int kAllLevels = 99;
    waves_ = std::make_unique<VerilatedFstC>(&sink);
    top_.trace(waves_.get(), kAllLevels);
    waves_->open("");
  }
  void show(uint64_t ps) override { waves_->dump(ps); }

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

  /// A context makes a pool of idle threads otherwise, which a fork of the simulation would not have and would wait for at its end. And it is
  /// to know beforehand that waves may be opened.
  static VerilatedContext& prepared(VerilatedContext& context) {
    context.threads(1);
    context.traceEverOn(true);
    return context;
  }

  VerilatedContext context_;
  V top_;
  std::vector<RtlPin> pins_;
  std::string module_;
  std::unique_ptr<VerilatedFstC> waves_;
};

}  // namespace saksi::hw

#endif
