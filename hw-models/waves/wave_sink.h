#ifndef SAKSI_HW_MODELS_WAVES_WAVE_SINK_H_
#define SAKSI_HW_MODELS_WAVES_WAVE_SINK_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace saksi::hw {

/// A signal of a circuit, as it is told once, before the first value.
struct WaveSignal {
  std::string scope;  ///< instances from the top, with dots
  std::string name;   ///< with the index of an element, as "bank[3]"
  uint32_t code = 0;  ///< names its values; two signals of one code are always equal
  uint32_t bits = 1;
  bool is_bus = false;  ///< msb and lsb are part of what is shown
  int msb = 0, lsb = 0;
  int direction = 0;    ///< libfst's fstVarDir
  int type = 16;        ///< libfst's fstVarType; 16 is a wire
  int enumeration = 0;  ///< id of its names for values, 0: none
};

/// Names for values of a signal: (name, value in binary digits).
struct WaveEnumeration {
  int id = 0;
  std::string name;
  uint32_t bits = 1;
  std::vector<std::pair<std::string, std::string>> items;
};

/// What a circuit tells of its signals: first which there are, then, time after time, the new values of those that have changed.
class WaveSink {
 public:
  virtual ~WaveSink() = default;

  virtual void declare(const WaveEnumeration& enumeration) = 0;
  /// False: no value of this signal is wanted under this name.
  virtual bool declare(const WaveSignal& signal) = 0;
  /// What follows is of this time, later than the last.
  virtual void at(uint64_t ps) = 0;
  /// A new value, least significant word first, as many words as the signal's bits need.
  virtual void value(uint32_t code, const uint32_t* words, uint32_t count) = 0;
};

}  // namespace saksi::hw

#endif
