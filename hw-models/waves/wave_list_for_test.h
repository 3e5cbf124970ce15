#ifndef SAKSI_HW_MODELS_WAVES_WAVE_LIST_FOR_TEST_H_
#define SAKSI_HW_MODELS_WAVES_WAVE_LIST_FOR_TEST_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// Keeps all that is told, for tests to look at.
class WaveList final : public WaveSink {
 public:
  using Value = std::vector<uint32_t>;
  using Changes = std::vector<std::pair<uint64_t, Value>>;  ///< (picoseconds, new value), in the order told

  void declare(const WaveEnumeration& enumeration) override { enumerations.push_back(enumeration); }
  bool declare(const WaveSignal& signal) override {
    if (signal.name == declined) return false;
    codes_[signal.scope + "." + signal.name] = signal.code;
    return true;
  }
  void at(uint64_t ps) override { times.push_back(ps); }
  void value(uint32_t code, const uint32_t* words, uint32_t count) override {
    changes_[code].emplace_back(times.back(), Value(words, words + count));
  }

  /// Whether a value came of a signal that was not declared, or declined.
  bool has_foreign_values() const {
    return std::any_of(changes_.begin(), changes_.end(), [this](const auto& change) {
      return std::none_of(codes_.begin(), codes_.end(), [&](const auto& code) { return code.second == change.first; });
    });
  }
  bool has(const std::string& name) const { return codes_.count(name) != 0; }
  const Changes& of(const std::string& name) const { return changes_.at(codes_.at(name)); }
  /// The value just before a time.
  Value before(const std::string& name, uint64_t ps) const {
    Value last;
    for (const auto& [when, value] : of(name)) {
      if (when >= ps) break;
      last = value;
    }
    return last;
  }
  /// Times at which a wire rises.
  std::vector<uint64_t> rises(const std::string& name) const {
    std::vector<uint64_t> result;
    for (const auto& [when, value] : of(name)) {
      if (value[0] != 0) result.push_back(when);
    }
    return result;
  }

  std::string declined;  ///< name of a signal that is not wanted
  std::vector<uint64_t> times;
  std::vector<WaveEnumeration> enumerations;

 private:
  std::map<std::string, uint32_t> codes_;
  std::map<uint32_t, Changes> changes_;
};

}  // namespace saksi::hw

#endif
