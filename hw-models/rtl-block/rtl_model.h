#ifndef SAKSI_HW_MODELS_RTL_BLOCK_RTL_MODEL_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_RTL_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// A port of a Verilated top: what it is called and where the model keeps it. Read and written in place, since a call for each port and
/// cycle would cost more than small blocks do.
struct RtlPin {
  enum class Direction { kInput, kOutput, kInout };
  std::string name;
  Direction direction = Direction::kInput;
  int msb = 0;
  int lsb = 0;
  bool unpacked = false;    ///< an array of them
  void* storage = nullptr;  ///< 1, 2, 4 or 8 bytes, or 32-bit words with the least significant first
  std::string place;        ///< "file:line" of its declaration, empty if not known

  unsigned width() const { return static_cast<unsigned>(msb > lsb ? msb - lsb : lsb - msb) + 1; }
};

/// One Verilated block, without its type: what RtlBlock needs of it. It may come out of a shared object of its own, see rtl-build/.
class RtlModel {
 public:
  virtual ~RtlModel() = default;

  virtual void eval() = 0;
  /// In the order of the declarations that Verilator gives; the same for the model's whole life.
  virtual const std::vector<RtlPin>& pins() const = 0;
  /// Everything that the block remembers, ports included; `state` is replaced. The same state gives the same bytes. A state belongs to the
  /// model it was taken from, in this process and its forked children.
  virtual void save(std::vector<uint8_t>& state) = 0;
  virtual void restore(const std::vector<uint8_t>& state) = 0;
  /// The same by Verilator's own account, much slower: to check the above.
  virtual void save_portably(std::vector<uint8_t>& state) = 0;

  /// Name of the top module.
  virtual std::string module() const = 0;
  /// Declares every signal to `sink`, which must outlive the model; show() tells it their values from then on. Once.
  virtual void open_waves(WaveSink& sink) = 0;
  /// Tells the values that differ from those told last, as those of time `ps`, later than the last. All of them the first time.
  virtual void show(uint64_t ps) = 0;
};

/// Of the interface above, for models out of shared objects; to be raised with every change of it.
constexpr uint32_t kRtlModelVersion = 2;

}  // namespace saksi::hw

#endif
