#include "sim/swarm/swarm.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "base/error.h"
#include "sim/engine/jobs.h"
#include "sim/swarm/fault.h"
#include "sim/sweep/sweep.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr double kRunLimitS = 1800;  ///< host time of one run with its recoveries and, if it fails, its minimising
constexpr int kDamagedCuts = 3;      ///< besides one before the first write and one after the last

/// What one run came to.
struct Broken {
  std::string requirement;  ///< the first that was broken; empty: none
  std::string cut;          ///< the first cut that broke it
  std::string why;
  size_t cuts = 0;
};

/// Runs of one swarm.
class Swarm {
 public:
  explicit Swarm(const SwarmRequest& request) : request_(request) {}

  PreparedRun base(int index) const {
    RunRequest run = request_.run;
    run.seed = run.seed.value_or(request_.seed) + static_cast<uint64_t>(index);
    return check_run(run);
  }

  /// Runs one and leaves its result in results/N.json, and what broke in cases/N.
  ExitCode one(int index) const {
    const PreparedRun prepared = base(index);
    std::vector<Fault> faults = draw_faults(request_.seed, index, prepared.scenario);
    Json result = {{"run", index}, {"seed", prepared.scenario.seed}, {"faults", texts(faults)}, {"kinds", kinds(faults)}, {"cuts", 0}};
    try {
      find_broken(prepared, faults, index, result);
    } catch (const NothingToCut&) {
      result["nothing_written"] = true;
    } catch (const std::exception& error) {
      result["problem"] = error.what();
    }
    std::ofstream out(result_path(index));
    out << result.dump() << "\n";
    return out.flush() ? ExitCode::kPass : ExitCode::kInfraError;
  }

  std::string result_path(int index) const { return fmt::format("{}/results/{}.json", request_.run.out_dir, index); }

 private:
  static Json texts(const std::vector<Fault>& faults) {
    Json list = Json::array();
    for (const Fault& fault : faults) list.push_back(fault.text);
    return list;
  }
  static Json kinds(const std::vector<Fault>& faults) {
    Json list = Json::array();
    for (const Fault& fault : faults) list.push_back(fault.kind);
    return list;
  }

  void find_broken(const PreparedRun& prepared, std::vector<Fault> faults, int index, Json& result) const {
    const std::string dir = fmt::format("{}/runs/{}", request_.run.out_dir, index);
    Broken broken = play(prepared, faults, index, dir);
    result["cuts"] = broken.cuts;
    if (!broken.requirement.empty()) {
      minimise(prepared, faults, broken, index, dir);
      broken = play(prepared, faults, index, fmt::format("{}/cases/{}", request_.run.out_dir, index));
      result["broken"] = {{"requirement", broken.requirement},
                          {"cut", broken.cut},
                          {"why", broken.why},
                          {"faults", texts(faults)},
                          {"folder", fmt::format("cases/{}", index)}};
    }
    fs::remove_all(dir);
  }

  Broken play(const PreparedRun& prepared, const std::vector<Fault>& faults, int index, const std::string& dir) const {
    SweepRequest request;
    request.run = request_.run;
    request.run.scenario_path = write_faulted_scenario(prepared, faults, dir);
    request.run.device_path.clear();
    request.run.parameters.clear();
    request.run.seed.reset();
    request.run.out_dir = dir + "/sweep";
    request.requirements_path = request_.requirements_path;
    request.cuts = "2";
    request.damaged = kDamagedCuts;
    request.used_card = false;
    request.seed = request_.seed + static_cast<uint64_t>(index);
    const SweepResult result = sweep(
        request, [](const std::string&) {}, [](size_t, size_t, size_t) {});
    Broken broken;
    broken.cuts = result.json.at("cuts").get<size_t>();
    for (const Json& line : result.json.at("requirements")) {
      if (line.at("broken").get<size_t>() == 0) continue;
      const Json& first = line.at("first_broken").at(0);
      broken.requirement = line.at("id").get<std::string>();
      broken.cut = first.at("cut").get<std::string>();
      broken.why = first.at("why").get<std::string>();
      break;
    }
    return broken;
  }

  /// Takes faults away, one after the other, as long as the same requirement is broken without them.
  void minimise(const PreparedRun& prepared, std::vector<Fault>& faults, const Broken& broken, int index, const std::string& dir) const {
    for (size_t i = 0; i < faults.size();) {
      std::vector<Fault> fewer = faults;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      fs::remove_all(dir);
      if (play(prepared, fewer, index, dir).requirement == broken.requirement) {
        faults = std::move(fewer);
        i = 0;  // one that was needed may not be any more
      } else {
        ++i;
      }
    }
  }

  const SwarmRequest& request_;
};

Json read_json(const std::string& path) {
  std::ifstream in(path);
  return in ? Json::parse(in, nullptr, false) : Json();
}

/// What all runs came to.
class Summary {
 public:
  void add(int index, const JobResult& job, const Json& result) {
    if (job.code != ExitCode::kPass || !result.is_object() || result.contains("problem")) {
      const Json& known = result.is_object() ? result : Json::object();
      failures_.push_back({{"run", index}, {"problem", known.value("problem", job.problem)}, {"faults", known.value("faults", Json::array())}});
      return;
    }
    cuts_ += result.at("cuts").get<size_t>();
    nothing_written_ += result.contains("nothing_written") ? 1 : 0;
    for (const Json& kind : result.at("kinds")) ++kinds_[kind.get<std::string>()];
    if (!result.contains("broken")) return;
    Json broken = result.at("broken");
    broken["run"] = index;
    broken["drawn"] = result.at("faults");
    broken_.push_back(broken);
  }

  Json json(const SwarmRequest& request, const std::string& name) const {
    Json kinds = Json::object();
    for (const std::string& kind : fault_kinds()) kinds[kind] = kinds_.count(kind) != 0 ? kinds_.at(kind) : 0;
    return {{"schema", "saksi-swarm/1"},
            {"scenario", name},
            {"verdict", verdict_word(verdict())},
            {"runs", request.runs},
            {"seed", request.seed},
            {"cuts", cuts_},
            {"faults", kinds},
            {"nothing_written", nothing_written_},
            {"broken", broken_},
            {"not_run", failures_}};
  }
  ExitCode verdict() const {
    if (!failures_.empty()) return ExitCode::kInfraError;
    return broken_.empty() ? ExitCode::kPass : ExitCode::kFail;
  }

 private:
  size_t cuts_ = 0, nothing_written_ = 0;
  std::map<std::string, size_t> kinds_;
  Json broken_ = Json::array(), failures_ = Json::array();
};

}  // namespace

SwarmResult swarm(const SwarmRequest& request, const SwarmProgress& progress) {
  const Swarm one_swarm(request);
  const std::string name = one_swarm.base(0).scenario.name;
  for (const char* folder : {"results", "runs", "cases"}) fs::create_directories(request.run.out_dir + "/" + folder);
  std::vector<Job> jobs;
  for (int i = 0; i < request.runs; ++i) jobs.push_back({fmt::format("{}-swarm-{}", name, i), [&one_swarm, i] { return one_swarm.one(i); }});
  Summary summary;
  int done = 0;
  size_t broke = 0;
  const std::vector<JobResult> results = run_jobs(jobs, request.parallel, kRunLimitS, [&](size_t index, const JobResult& job) {
    const Json result = read_json(one_swarm.result_path(static_cast<int>(index)));
    broke += job.code != ExitCode::kPass || !result.is_object() || result.contains("broken") || result.contains("problem") ? 1 : 0;
    progress(++done, broke);
  });
  for (size_t i = 0; i < results.size(); ++i) summary.add(static_cast<int>(i), results[i], read_json(one_swarm.result_path(static_cast<int>(i))));
  SwarmResult result;
  result.code = summary.verdict();
  result.json = summary.json(request, name);
  std::ofstream out(request.run.out_dir + "/swarm.json");
  out << result.json.dump(2) << "\n";
  if (!out.flush()) throw InfraError(request.run.out_dir + "/swarm.json: cannot be written");
  fs::remove_all(request.run.out_dir + "/runs");
  return result;
}

}  // namespace saksi::sim
