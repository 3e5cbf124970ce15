#ifndef SAKSI_SIM_SWEEP_FORKED_H_
#define SAKSI_SIM_SWEEP_FORKED_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace saksi::sim {

/// Runs `work` in a forked process and gives what it returns. An exception there, a signal, or more than `limit_s` seconds of host time: InfraError
/// that says so. Standard output and error are the caller's.
nlohmann::ordered_json in_forked_process(const std::function<nlohmann::ordered_json()>& work, unsigned limit_s);

/// Several forked processes that each send values as they come.
class ForkedWorkers {
 public:
  using Send = std::function<void(const nlohmann::ordered_json&)>;
  ForkedWorkers() = default;
  /// Ends those that still run.
  ~ForkedWorkers();
  ForkedWorkers(const ForkedWorkers&) = delete;
  ForkedWorkers& operator=(const ForkedWorkers&) = delete;

  void start(const std::function<void(const Send&)>& work);
  /// The next value of any worker; nullopt once all have ended. InfraError if one died or threw.
  std::optional<nlohmann::ordered_json> next();

 private:
  struct Worker {
    int pid;
    int pipe;
    std::vector<uint8_t> received;
    bool open;
  };
  void finish(Worker& worker);
  std::vector<Worker> workers_;
};

}  // namespace saksi::sim

#endif
