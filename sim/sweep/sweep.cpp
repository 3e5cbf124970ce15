#include "sim/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/error.h"
#include "base/wall_clock.h"
#include "judge/card/fat_volume.h"
#include "judge/measure/observe.h"
#include "judge/sweep/cut_judge.h"
#include "reports/sweep_report.h"
#include "sim/engine/jobs.h"
#include "sim/sweep/case_files.h"
#include "sim/sweep/forked.h"
#include "sim/sweep/plan.h"
#include "sim/sweep/recovery_bench.h"
#include "sim/sweep/tally.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr unsigned kRecoveryLimitS = 600;  ///< host time; a recovery takes a fraction of a second
constexpr double kRunLimitS = 3600;
constexpr size_t kCasesMax = 5;
constexpr double kAfterWriteS = 1e-9;  ///< the write has been done

/// A scenario's run in a process of its own.
void run_once(const PreparedRun& prepared) {
  const auto work = [&] {
    run(prepared, [](double, double) {});
    return ExitCode::kPass;
  };
  const std::vector<JobResult> results = run_jobs({{prepared.request.name, work}}, 1, kRunLimitS, [](size_t, const JobResult&) {});
  if (results[0].code != ExitCode::kPass) {
    throw InfraError(fmt::format("{}: {}", prepared.request.name, results[0].problem.empty() ? "could not be recorded" : results[0].problem));
  }
}

PreparedRun prepare(RunRequest request, const std::string& folder) {
  request.out_dir += "/" + folder;
  return prepare_run(request);
}

/// The recoveries' device: no picture is needed to see whether a clip is laid out well, and drawing sizes is many times faster. Where there is no
/// table of sizes for the scene, the twin codes.
PreparedRun recovery_run(const PreparedRun& uncut) {
  RunRequest fast = uncut.request;
  fast.probes = {};
  fast.encoder = "sizes";
  try {
    return check_run(fast);
  } catch (const UsageError&) {
    fast.encoder = "model";
    return check_run(fast);
  }
}

std::vector<double> durable_times(const std::string& path, size_t writes) {
  std::ifstream in(path);
  std::vector<double> times;
  for (std::string line; std::getline(in, line);) times.push_back(static_cast<double>(Json::parse(line).at("t_ns").get<int64_t>()) / 1e9);
  if (times.size() != writes) throw InfraError(fmt::format("{}: has {} writes, the log beside it {}", path, times.size(), writes));
  return times;
}

Json to_json(const RecoveryRun& run) {
  Json json = {{"waited_s", run.seen.waited_s}, {"said", run.seen.said}, {"after", judge::to_json(run.seen.after)}, {"decoded", run.decoded}};
  if (run.seen.ready_s) json["ready_s"] = *run.seen.ready_s;
  if (run.seen.next) json["next"] = judge::to_json(*run.seen.next);
  return json;
}

judge::Recovery recovery_of(const Json& json) {
  judge::Recovery recovery;
  recovery.waited_s = json.at("waited_s").get<double>();
  recovery.said = json.at("said").get<std::vector<std::string>>();
  recovery.after = judge::card_facts_of(json.at("after"));
  if (json.contains("ready_s")) recovery.ready_s = json.at("ready_s").get<double>();
  if (json.contains("next")) recovery.next = judge::card_facts_of(json.at("next"));
  return recovery;
}

Json to_json(const WriteLog& log) {
  Json writes = Json::array();
  for (const WriteLog::Entry& entry : log.entries()) {
    Json line = {{"lba", entry.lba}, {"count", entry.count}, {"erase", entry.is_erase}, {"settled", entry.is_settled}};
    if (!entry.is_erase) line["data"] = Json::binary(std::vector<uint8_t>(log.data(entry).begin(), log.data(entry).end()));
    writes.push_back(std::move(line));
  }
  return writes;
}

WriteLog write_log_of(const Json& writes) {
  WriteLog log;
  for (const Json& line : writes) {
    if (line.at("erase").get<bool>()) {
      log.erase(line.at("lba").get<uint32_t>(), line.at("count").get<uint32_t>());
      continue;
    }
    log.write(line.at("lba").get<uint32_t>(), line.at("data").get_binary().data());
    if (line.at("settled").get<bool>()) log.settle();
  }
  return log;
}

void put_patches(hw::SectorStore& store, const std::vector<SectorPatch>& patches) {
  for (const SectorPatch& patch : patches) store.write(patch.lba, patch.data.data());
}

/// What one worker does: the cards of the plan that are its own, each from the state that the bench has in it.
class Explorer {
 public:
  Explorer(const SweepRequest& request, RecoveryBench& bench, KnownClips known) : request_(request), bench_(bench), known_(std::move(known)) {}

  /// Recovers from the card that the bench holds, which is then used up. The list of results: the recovery's, and with more depth those of cuts
  /// within it.
  Json explore(int depth, const std::string& id) {
    const bool next_clip = request_.next_clip && depth == request_.depth;
    if (depth == 1) {
      Json result = to_json(bench_.recover(next_clip, known_));
      result["id"] = id;
      return Json::array({result});
    }
    Json result = in_forked_process(
        [&] {
          const RecoveryRun run = bench_.recover(next_clip, known_);
          Json json = to_json(run);
          json["writes"] = to_json(run.writes);
          return json;
        },
        kRecoveryLimitS);
    for (const Json& content : result.at("decoded")) known_.good.insert(content.get<std::string>());
    const WriteLog writes = write_log_of(result.at("writes"));
    result.erase("writes");
    result["id"] = id;
    Json results = Json::array({result});
    for (size_t i = 0; i < writes.entries().size(); ++i) {
      apply_writes(bench_.card(), writes, i, i + 1);
      const std::string nested = id + "/" + std::to_string(i + 1);
      const Json below = in_forked_process([&] { return explore(depth - 1, nested); }, kRecoveryLimitS);
      results.insert(results.end(), below.begin(), below.end());
    }
    return results;
  }

  /// One card of the plan, which the bench holds but for its patches.
  Json explore_card(const PlannedCard& card, size_t index) {
    Json results = in_forked_process(
        [&] {
          put_patches(bench_.card(), card.patches);
          return explore(request_.depth, "");
        },
        kRecoveryLimitS);
    for (const Json& content : results.at(0).at("decoded")) known_.good.insert(content.get<std::string>());
    return {{"card", index}, {"results", std::move(results)}};
  }

 private:
  const SweepRequest& request_;
  RecoveryBench& bench_;
  KnownClips known_;
};

/// The run without a cut and everything that is known of it.
struct Uncut {
  PreparedRun prepared;
  std::string base_image;
  std::string folder;
};

Uncut record_uncut(const SweepRequest& request, const SweepStage& stage) {
  Uncut uncut;
  uncut.prepared = prepare(request.run, "run");
  const CardSpec& card = uncut.prepared.device.card;
  if (!card.present) throw UsageError(fmt::format("{}: there is no card in the camera, so nothing can be cut", request.run.scenario_path));
  if (request.used_card && card.image.empty() && card.formatted_over.empty()) {
    stage("the card's earlier life: the same scenario with another seed, then formatted");
    RunRequest earlier = request.run;
    earlier.seed = uncut.prepared.scenario.seed + 1'000'000;
    earlier.probes = {};
    const PreparedRun first = prepare(earlier, "earlier");
    run_once(first);
    uncut.prepared.device.card.formatted_over = request.run.out_dir + "/earlier/recording/card.img";
  }
  stage("the run without a cut");
  run_once(uncut.prepared);
  uncut.folder = request.run.out_dir + "/run";
  uncut.base_image = card.image.empty() ? uncut.folder + "/truth/card-before.img" : card.image;
  if (!fs::exists(uncut.folder + "/truth/card-writes.log")) {
    throw NothingToCut(fmt::format("{}: nothing was written to the card, or more than a log holds ({} MiB)", request.run.scenario_path,
                                   TruthLog::kLoggedSectorsMax / 2048));
  }
  return uncut;
}

judge::UncutRun describe(const Uncut& uncut, const CardHistory& history) {
  const judge::Observations run = judge::observe(uncut.folder);
  const auto card_at = [&](size_t writes) { return judge::read_card_facts(judge::FatVolume(history.at(writes)), nullptr); };
  return judge::describe_uncut_run(run, card_at, durable_times(uncut.folder + "/truth/block-writes.jsonl", history.writes()));
}

bool all_legal(const CutId& id) {
  return std::all_of(id.cuts.begin(), id.cuts.end(), [](const Cut& cut) { return is_legal(cut.damage); });
}

CutId nested(const CutId& id, const std::string& below) { return below.empty() ? id : CutId::parse(id.text() + below); }

/// Lets workers go through the plan.
void recover_all(const SweepRequest& request, const Uncut& uncut, const CardHistory& history, const std::vector<PlannedCard>& plan,
                 const std::function<void(const PlannedCard&, const Json&)>& judge_result) {
  const PreparedRun device = recovery_run(uncut.prepared);
  KnownClips known;
  known.has_picture = uncut.prepared.size_table.empty();
  known.keep_in = request.run.out_dir + "/clips";
  fs::create_directories(known.keep_in);
  ForkedWorkers workers;
  const size_t count = std::min<size_t>(static_cast<size_t>(request.parallel), plan.size());
  for (size_t w = 0; w < count; ++w) {
    workers.start([&, w](const ForkedWorkers::Send& send) {
      RecoveryBench bench(device, uncut.base_image);
      Explorer explorer(request, bench, known);
      size_t writes = 0;
      for (size_t i = w; i < plan.size(); i += count) {
        history.apply(bench.card(), writes, plan[i].writes);
        writes = plan[i].writes;
        send(explorer.explore_card(plan[i], i));
      }
    });
  }
  while (const std::optional<Json> message = workers.next()) judge_result(plan[message->at("card").get<size_t>()], message->at("results"));
}

/// What it takes to make a cut of this sweep again: see sweep_of().
Json made_of(const SweepRequest& request, const Uncut& uncut) {
  const auto absolute = [](const std::string& path) { return path.empty() ? "" : fs::absolute(path).string(); };
  return {{"scenario", absolute(request.run.scenario_path)},
          {"parameters", request.run.parameters},
          {"seed", uncut.prepared.scenario.seed},
          {"device", absolute(request.run.device_path)},
          {"firmware", absolute(request.run.firmware_path)},
          {"encoder", request.run.encoder},
          {"requirements", absolute(request.requirements_path)},
          {"used_card", request.used_card},
          {"next_clip", request.next_clip}};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

/// Leaves what is needed to look into a cut: the card as the cut left it and as the camera left it, what it said,
/// and two scenarios that play what came before and after it.
void leave_case(const SweepRequest& request, const Uncut& uncut, const CardHistory& history, const CutId& id, uint32_t ahead, double cut_s) {
  const std::string dir = request.run.out_dir + "/cases/" + id.file_name();
  fs::create_directories(dir);
  const PreparedRun device = recovery_run(uncut.prepared);
  const Json seen = in_forked_process(
      [&] {
        RecoveryBench bench(device, uncut.base_image);
        history.apply(bench.card(), 0, id.cuts[0].writes);
        put_patches(bench.card(), history.damage(id.cuts[0], ahead));
        for (size_t level = 1; level < id.cuts.size(); ++level) {
          const Json below = in_forked_process([&] { return to_json(bench.recover(false, {}).writes); }, kRecoveryLimitS);
          apply_writes(bench.card(), write_log_of(below), 0, id.cuts[level].writes);
        }
        bench.card().write_image(dir + "/card-at-cut.img");
        const RecoveryRun run = bench.recover(request.next_clip && id.cuts.size() == 1, {});
        bench.card().write_image(dir + "/card-after.img");
        return to_json(run);
      },
      kRecoveryLimitS);
  std::string console;
  for (const Json& line : seen.at("said")) console += line.get<std::string>() + "\n";
  write_text(dir + "/console.log", console);
  write_text(dir + "/recovery.json", seen.dump(2) + "\n");
  write_text(dir + "/case.json", Json({{"cut", id.text()}, {"firmware", fs::absolute(firmware_of(uncut.prepared)).string()}}).dump(2) + "\n");
  write_recover_scenario(uncut.prepared, dir + "/card-at-cut.img", dir);
  if (cut_s > 0) write_before_scenario(uncut.prepared, uncut.base_image, cut_s, dir);
}

}  // namespace

SweepRequest sweep_of(const std::string& folder) {
  std::ifstream in(folder + "/sweep.json");
  const Json sweep = in ? Json::parse(in, nullptr, false) : Json();
  if (!sweep.is_object() || !sweep.contains("of")) throw UsageError(folder + ": holds no sweep.json of 'saksi sweep'");
  const Json& of = sweep.at("of");
  SweepRequest request;
  request.run.scenario_path = of.at("scenario").get<std::string>();
  request.run.parameters = of.at("parameters").get<Parameters>();
  request.run.seed = of.at("seed").get<uint64_t>();
  request.run.device_path = of.at("device").get<std::string>();
  request.run.firmware_path = of.at("firmware").get<std::string>();
  request.run.encoder = of.at("encoder").get<std::string>();
  request.requirements_path = of.at("requirements").get<std::string>();
  request.used_card = of.at("used_card").get<bool>();
  request.next_clip = of.at("next_clip").get<bool>();
  return request;
}

SweepResult sweep(const SweepRequest& request, const SweepStage& stage, const SweepProgress& progress) {
  const judge::RequirementSet set = judge::RequirementSet::load(request.requirements_path);
  const Uncut uncut = record_uncut(request, stage);
  const hw::SectorStore base(uncut.base_image);
  const CardHistory history(base, WriteLog::load(uncut.folder + "/truth/card-writes.log"));
  const uint32_t ahead = hw::CardTiming::profile(uncut.prepared.device.card.profile).buffer_sectors;
  const std::vector<PlannedCard> plan = plan_cuts(request, history, ahead);
  size_t planned = 0;
  for (const PlannedCard& card : plan) planned += card.cuts.size();
  stage(fmt::format("{} writes, {} cuts, {} different cards", history.writes(), planned, plan.size()));
  const judge::UncutRun truth = describe(uncut, history);

  Tally tally(set.entries(), judge::Claims(uncut.prepared.device.claims));
  std::map<std::string, size_t> by_damage;
  size_t done = 0, recoveries = 0;
  const double started_s = wall_clock_s();
  recover_all(request, uncut, history, plan, [&](const PlannedCard& card, const Json& results) {
    for (const Json& result : results) {
      const judge::Recovery recovery = recovery_of(result);
      ++recoveries;
      for (const CutId& cut : card.cuts) {
        const CutId id = nested(cut, result.at("id").get<std::string>());
        ++by_damage[damage_word(cut.cuts[0].damage)];
        tally.add(id, judge::judge_cut(truth, recovery, cut.cuts[0].writes, all_legal(id)));
      }
    }
    progress(++done, plan.size(), tally.broken());
  });
  const double took_s = wall_clock_s() - started_s;
  std::vector<CutId> cases = tally.cases(kCasesMax);
  if (request.cuts.rfind("cut=", 0) == 0) cases = {CutId::parse(request.cuts)};
  for (const CutId& id : cases) {
    const double cut_s = id.cuts[0].writes == 0 ? 0 : truth.from_s(id.cuts[0].writes) + kAfterWriteS;
    leave_case(request, uncut, history, id, ahead, cut_s);
  }

  SweepResult result;
  result.code = tally.verdict();
  result.cards_per_s = took_s > 0 ? static_cast<double>(recoveries) / took_s / request.parallel : 0;
  result.json = {{"schema", "saksi-sweep/1"},
                 {"scenario", uncut.prepared.request.name},
                 {"verdict", verdict_word(result.code)},
                 {"of", made_of(request, uncut)},
                 {"writes", history.writes()},
                 {"cuts", tally.cuts()},
                 {"cards", recoveries},
                 {"broken", tally.broken()},
                 {"by_damage", by_damage},
                 {"requirements", tally.json()}};
  Json left = Json::array();
  for (const CutId& id : cases) left.push_back({{"cut", id.text()}, {"folder", "cases/" + id.file_name()}});
  result.json["cases"] = left;
  write_text(request.run.out_dir + "/sweep.json", result.json.dump(2) + "\n");
  report::report_sweep(result.json, request.lang, request.run.out_dir);
  return result;
}

}  // namespace saksi::sim
