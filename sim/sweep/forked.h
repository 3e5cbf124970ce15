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

/// Where a process divides: both go on from here, the new one as the branch.
class Branch {
 public:
  /// Forks. `limit_s` as above, of the branch.
  explicit Branch(unsigned limit_s);
  bool is_here() const { return pid_ == 0; }  ///< in the new process
  /// In the new process: ends it with a value for the other.
  [[noreturn]] void finish(const nlohmann::ordered_json& value);
  /// In the new process: ends it; collect() throws an InfraError with this text.
  [[noreturn]] void fail(const std::string& problem);
  /// In the other: waits for the value. Throws like in_forked_process().
  nlohmann::ordered_json collect();

 private:
  int pid_ = 0;
  int pipe_ = -1;  ///< the end that is ours
};

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
