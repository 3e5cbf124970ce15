#ifndef SAKSI_HW_MODELS_WAVES_LINE_WAVES_H_
#define SAKSI_HW_MODELS_WAVES_LINE_WAVES_H_

#include <cstdint>
#include <map>
#include <string>

#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// Single wires that belong to no circuit, by name.
class LineWaves {
 public:
  /// Declares `lines` in scope top.`module` and shows their levels at `ps`.
  LineWaves(WaveSink& sink, const std::string& module, const std::map<std::string, bool>& lines, uint64_t ps);
  /// A wire has got a level. Of an unknown one nothing is shown.
  void set(const std::string& line, bool level, uint64_t ps);
  /// Shows that nothing has changed up to here.
  void reach(uint64_t ps);

 private:
  void value(uint32_t code, bool level);

  WaveSink& sink_;
  std::map<std::string, uint32_t> codes_;
  uint64_t shown_ps_;
};

}  // namespace saksi::hw

#endif
