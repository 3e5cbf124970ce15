#include "hw-models/waves/line_waves.h"

#include <algorithm>

namespace saksi::hw {

LineWaves::LineWaves(WaveSink& sink, const std::string& module, const std::map<std::string, bool>& lines, uint64_t ps) : sink_(sink), shown_ps_(ps) {
  for (const auto& [name, level] : lines) {
    WaveSignal signal;
    signal.scope = "top." + module;
    signal.name = name;
    signal.code = static_cast<uint32_t>(codes_.size());
    codes_[name] = signal.code;
    sink_.declare(signal);
  }
  sink_.at(ps);
  for (const auto& [name, level] : lines) value({codes_.at(name), level});
}

void LineWaves::set(const std::string& line, bool level, uint64_t ps) {
  const auto code = codes_.find(line);
  if (code != codes_.end()) pending_.emplace(ps, Change{code->second, level});
}

void LineWaves::reach(uint64_t ps) {
  while (!pending_.empty() && pending_.begin()->first <= ps) {
    show_time(std::max(shown_ps_, pending_.begin()->first));
    value(pending_.begin()->second);
    pending_.erase(pending_.begin());
  }
  if (ps > shown_ps_) show_time(ps);
}

void LineWaves::show_time(uint64_t ps) {
  shown_ps_ = ps;
  sink_.at(ps);
}

void LineWaves::value(const Change& change) {
  const uint32_t word = change.level ? 1 : 0;
  sink_.value(change.code, &word, 1);
}

}  // namespace saksi::hw
