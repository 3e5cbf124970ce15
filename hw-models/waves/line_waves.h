#ifndef SAKSI_HW_MODELS_WAVES_LINE_WAVES_H_
#define SAKSI_HW_MODELS_WAVES_LINE_WAVES_H_

#include <cstdint>
#include <map>
#include <string>

#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// Single wires that belong to no circuit, by name. The CPU, which runs ahead of the kernel by a slice, tells of its changes before others tell of
/// earlier ones: they are put in order.
class LineWaves {
 public:
  /// Declares `lines` in scope top.`module` and shows their levels at `ps`.
  LineWaves(WaveSink& sink, const std::string& module, const std::map<std::string, bool>& lines, uint64_t ps);
  /// A wire gets a level at a time not before that of the last reach(). Of an unknown wire nothing is shown.
  void set(const std::string& line, bool level, uint64_t ps);
  /// Shows what has changed up to here.
  void reach(uint64_t ps);

 private:
  struct Change {
    uint32_t code;
    bool level;
  };
  void show_time(uint64_t ps);
  void value(const Change& change);

  WaveSink& sink_;
  std::map<std::string, uint32_t> codes_;
  std::multimap<uint64_t, Change> pending_;  ///< by time; of equal times in the order told
  uint64_t shown_ps_;
};

}  // namespace saksi::hw

#endif
