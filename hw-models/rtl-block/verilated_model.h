#ifndef SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_VERILATED_MODEL_H_

#include <verilated.h>
#include <verilated_save.h>

#include <cstdint>
#include <cstring>
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

/// Adapts a class that Verilator made (with --savable). What there is of ports is told by a function that is generated with each design
/// (rtl-adapter/), as is the source in which this is used; V<top>.h and V<top>__Syms.h must have been included there.
///
/// States are taken and given back as the bytes of Verilator's symbol table object, which holds every module instance by value: some
/// hundred times faster than its save format, which writes element by element, and a state is taken at every register access. That a
/// model keeps nothing elsewhere (as an unsynthesisable queue or string would) is verified against the save format, see check_states().
template <class V>
class VerilatedModel final : public RtlModel {
 public:
  explicit VerilatedModel(std::vector<RtlPin> (*pins_of)(V&)) : top_(&single_threaded(context_), "top"), pins_(pins_of(top_)) {}
  ~VerilatedModel() override { top_.final(); }

  void eval() override { top_.eval(); }
  const std::vector<RtlPin>& pins() const override { return pins_; }
  void save(std::vector<uint8_t>& state) override {
    state.resize(sizeof(Symbols));
    std::memcpy(state.data(), symbols(), sizeof(Symbols));
  }
  void restore(const std::vector<uint8_t>& state) override { std::memcpy(symbols(), state.data(), sizeof(Symbols)); }
  void save_portably(std::vector<uint8_t>& state) override {
    MemorySave out(state);
    out << top_;
  }

 private:
  using Symbols = std::remove_pointer_t<std::remove_const_t<decltype(std::declval<V>().rootp->vlSymsp)>>;

  void* symbols() { return const_cast<void*>(static_cast<const void*>(top_.rootp->vlSymsp)); }

  /// A context makes a pool of idle threads otherwise, which a fork of the simulation would not have and would wait for at its end.
  static VerilatedContext& single_threaded(VerilatedContext& context) {
    context.threads(1);
    return context;
  }

  VerilatedContext context_;
  V top_;
  std::vector<RtlPin> pins_;
};

}  // namespace saksi::hw

#endif
