#ifndef SAKSI_SIM_SWARM_FAULT_H_
#define SAKSI_SIM_SWARM_FAULT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/engine/run.h"

namespace saksi::sim {

/// Keys of a YAML map and their values.
using YamlKeys = std::map<std::string, std::string>;

/// One thing that goes wrong in a run of a swarm, as additions to the scenario and the device file.
struct Fault {
  std::string kind;                      ///< one of fault_kinds()
  std::string text;                      ///< for people: "the supply dips to 2700 mV for 40 ms at 5.2 s"
  std::vector<YamlKeys> actions;         ///< of the scenario
  std::map<std::string, YamlKeys> keys;  ///< of the device file, by its section: "card", "card.faults"; values in YAML
};

/// The kinds, in the order in which they are drawn: "cut", "dip" (supply), "pull", "stall", "slow", "small" (card), "bounce", "press" (button),
/// "heat" (sensor), "clock", "reorder", "crc" (card).
const std::vector<std::string>& fault_kinds();

/// What goes wrong in run `index` of a swarm. Each run has a random part of the kinds, at least one (swarm testing: Groce et al., ISSTA 2012), so
/// that no kind hides what another would show. The scenario's last second stays as it is.
std::vector<Fault> draw_faults(uint64_t seed, int index, const Scenario& scenario);

/// Writes scenario.yaml and device.yaml into a folder: the scenario and the device of `run` with the faults, complete in themselves. `saksi run` and
/// `saksi sweep` play them. Returns the scenario's path. Throws InfraError if they cannot be written.
std::string write_faulted_scenario(const PreparedRun& run, const std::vector<Fault>& faults, const std::string& dir);

}  // namespace saksi::sim

#endif
