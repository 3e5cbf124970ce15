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
#include "sim/sweep/card_family.h"
#include "sim/sweep/case_files.h"
#include "sim/sweep/forked.h"
#include "sim/sweep/plan.h"
#include "sim/sweep/recovery_bench.h"
#include "sim/sweep/recovery_run.h"
#include "sim/sweep/tally.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr unsigned kRecoveryLimitS = 600;  ///< host time; a recovery takes a fraction of a second
constexpr double kRunLimitS = 3600;
constexpr size_t kCasesMax = 5;
constexpr double kAfterWriteS = 1e-9;  ///< the write has been done
constexpr size_t kFamilyCardsMax = 64;
constexpr size_t kFamiliesAWorker = 4;  ///< at least, where there are so many cards: else one worker has all the work at the end
constexpr size_t kRehearsals = 4;

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

/// An erase can change more sectors than are worth comparing.
bool erases(const WriteLog& log, size_t from, size_t to) {
  return std::any_of(log.entries().begin() + static_cast<ptrdiff_t>(from), log.entries().begin() + static_cast<ptrdiff_t>(to),
                     [](const WriteLog::Entry& entry) { return entry.is_erase; });
}

/// Whether the recoveries must be simulated each by itself.
bool is_apart(const SweepRequest& request, const CardSpec& card) {
  return request.apart || card.has_faults || card.flash.enabled;  // beneath such a card lies more than its sectors
}

/// What one worker does: the families of the plan that are its own, each from the state that the bench has in it.
class Explorer {
 public:
  Explorer(const SweepRequest& request, bool apart, RecoveryBench& bench, KnownClips known)
      : request_(request), apart_(apart), bench_(bench), known_(std::move(known)) {}

  /// Recovers from the cards of a family made of the card that the bench holds, which stays as it is. The list of results, each with the number of
  /// its card and the id of its cut below that of the card; with more depth those of cuts within each recovery as well.
  Json explore(const CardFamily& family, int depth) {
    Json results = Json::array();
    if (depth == 1) {
      results = in_forked_process([&] { return bench_.recover(family, request_.next_clip && depth == request_.depth, known_); }, kRecoveryLimitS);
      const auto card_of = [](const Json& result) { return result.at("card").get<size_t>(); };
      std::sort(results.begin(), results.end(), [&](const Json& a, const Json& b) { return card_of(a) < card_of(b); });
      return results;
    }
    for (size_t i = 0; i < family.size(); ++i) {
      const Json of_card = in_forked_process(
          [&] {
            family.put_on_base(bench_.card(), i);
            return explore_deeper(family.number(i), depth);
          },
          kRecoveryLimitS);
      results.insert(results.end(), of_card.begin(), of_card.end());
    }
    return results;
  }

  /// As explore(), and learns which clips are good.
  Json explore_and_learn(const CardFamily& family) {
    Json results = explore(family, request_.depth);
    for (const Json& result : results) known_.learn(result);
    return results;
  }

 private:
  Json explore_deeper(size_t card, int depth) {
    Json first = in_forked_process(
        [&] {
          Json json =
              bench_.recover(CardFamily(bench_.card(), {}, 0, {{card, 0, nullptr}}), request_.next_clip && depth == request_.depth, known_).at(0);
          json["writes"] = to_json(bench_.writes_until_ready());
          return json;
        },
        kRecoveryLimitS);
    known_.learn(first);
    const WriteLog writes = write_log_of(first.at("writes"));
    first.erase("writes");
    Json results = Json::array({first});
    const size_t count = writes.entries().size();
    const size_t together = apart_ || erases(writes, 0, count) ? 1 : std::max<size_t>(count, 1);
    for (size_t begin = 0; begin < count; begin += together) {
      std::vector<CardFamily::Member> members;
      for (size_t i = begin; i < std::min(begin + together, count); ++i) members.push_back({i + 1, i + 1, nullptr});
      for (Json& below : explore(CardFamily(bench_.card(), writes, 0, members), depth - 1)) {
        below["id"] = "/" + std::to_string(below.at("card").get<size_t>()) + below.at("id").get<std::string>();
        below["card"] = card;
        results.push_back(std::move(below));
      }
    }
    return results;
  }

  const SweepRequest& request_;
  bool apart_;
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

/// Some cards of the history, for what every recovery has in common to be got ready before them.
std::vector<RecoveryBench::PrepareCard> rehearsal(const CardHistory& history) {
  std::vector<RecoveryBench::PrepareCard> cards;
  for (size_t i = 1; i <= kRehearsals; ++i) {
    cards.push_back([&history, i](hw::SectorStore& card) { history.apply(card, 0, history.writes() * i / (kRehearsals + 1)); });
  }
  return cards;
}

/// Parts of the plan, [begin, end), whose cards are recovered from together as far as the camera sees no difference.
std::vector<std::pair<size_t, size_t>> families_of(const SweepRequest& request, bool apart, const WriteLog& log,
                                                   const std::vector<PlannedCard>& plan) {
  const size_t size = apart ? 1 : std::clamp<size_t>(plan.size() / (kFamiliesAWorker * static_cast<size_t>(request.parallel)), 1, kFamilyCardsMax);
  std::vector<std::pair<size_t, size_t>> families;
  for (size_t i = 0; i < plan.size(); ++i) {
    if (families.empty() || i - families.back().first >= size || erases(log, plan[families.back().first].writes, plan[i].writes)) {
      families.push_back({i, i + 1});
    } else {
      families.back().second = i + 1;
    }
  }
  return families;
}

/// Lets workers go through the plan.
void recover_all(const SweepRequest& request, const Uncut& uncut, const CardHistory& history, const std::vector<PlannedCard>& plan,
                 const std::function<void(const Json& results)>& judge_results) {
  const PreparedRun device = recovery_run(uncut.prepared);
  const bool apart = is_apart(request, uncut.prepared.device.card);
  const std::vector<std::pair<size_t, size_t>> families = families_of(request, apart, history.log(), plan);
  KnownClips known;
  known.has_picture = uncut.prepared.size_table.empty();
  known.keep_in = request.run.out_dir + "/clips";
  fs::create_directories(known.keep_in);
  ForkedWorkers workers;
  const size_t count = std::min<size_t>(static_cast<size_t>(request.parallel), families.size());
  for (size_t w = 0; w < count; ++w) {
    workers.start([&, w](const ForkedWorkers::Send& send) {
      RecoveryBench bench(device, uncut.base_image, rehearsal(history));
      Explorer explorer(request, apart, bench, known);
      size_t writes = 0;
      for (size_t i = w; i < families.size(); i += count) {
        const auto [begin, end] = families[i];
        history.apply(bench.card(), writes, plan[begin].writes);
        writes = plan[begin].writes;
        std::vector<CardFamily::Member> members;
        for (size_t card = begin; card < end; ++card) members.push_back({card, plan[card].writes, &plan[card].patches});
        send({{"family", i}, {"results", explorer.explore_and_learn(CardFamily(bench.card(), history.log(), writes, members))}});
      }
    });
  }
  // In the order of the plan, whichever worker is faster.
  std::map<size_t, Json> waiting;
  for (size_t next = 0; std::optional<Json> message = workers.next();) {
    waiting[message->at("family").get<size_t>()] = std::move(message->at("results"));
    for (auto ready = waiting.find(next); ready != waiting.end(); ready = waiting.find(++next)) {
      judge_results(ready->second);
      waiting.erase(ready);
    }
  }
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
        RecoveryBench bench(device, uncut.base_image, rehearsal(history));
        history.apply(bench.card(), 0, id.cuts[0].writes);
        for (const SectorPatch& patch : history.damage(id.cuts[0], ahead)) bench.card().write(patch.lba, patch.data.data());
        const auto as_it_is = [&] { return CardFamily(bench.card(), {}, 0, {{0, 0, nullptr}}); };
        for (size_t level = 1; level < id.cuts.size(); ++level) {
          const Json below = in_forked_process(
              [&] {
                bench.recover(as_it_is(), false, {});
                return to_json(bench.writes_until_ready());
              },
              kRecoveryLimitS);
          apply_writes(bench.card(), write_log_of(below), 0, id.cuts[level].writes);
        }
        bench.card().write_image(dir + "/card-at-cut.img");
        const Json results = bench.recover(as_it_is(), request.next_clip && id.cuts.size() == 1, {});
        bench.card().write_image(dir + "/card-after.img");
        return results.at(0);
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
  size_t done = 0, recoveries = 0, simulated = 0;
  const double started_s = wall_clock_s();
  recover_all(request, uncut, history, plan, [&](const Json& results) {
    for (const Json& result : results) {
      const judge::Recovery recovery = recovery_run_of(result).seen;
      const std::string below = result.at("id").get<std::string>();
      ++recoveries;
      simulated += result.at("simulated").get<size_t>();
      done += below.empty() ? 1 : 0;
      for (const CutId& cut : plan[result.at("card").get<size_t>()].cuts) {
        const CutId id = nested(cut, below);
        ++by_damage[damage_word(cut.cuts[0].damage)];
        tally.add(id, judge::judge_cut(truth, recovery, cut.cuts[0].writes, all_legal(id)));
      }
    }
    progress(done, plan.size(), tally.broken());
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
                 {"simulated", simulated},
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
