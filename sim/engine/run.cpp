#include "sim/engine/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/error.h"
#include "base/host_profile.h"
#include "base/light_code.h"
#include "base/recording_format.h"
#include "base/sha256.h"
#include "base/wall_clock.h"
#include "hw-models/board/board.h"
#include "hw-models/h264/size_table.h"
#include "judge/signature/date.h"
#include "judge/verdict/judge.h"
#include "judge/verdict/requirement.h"
#include "reports/report.h"
#include "sim/debug/debugger.h"
#include "sim/device/simulated_device.h"
#include "sim/engine/board_rtl_progress.h"
#include "sim/engine/device_parts.h"
#include "sim/engine/sector_map.h"
#include "sim/observe/cpu_trace.h"
#include "sim/observe/end_watch.h"
#include "sim/observe/probes.h"
#include "sim/observe/second_run.h"
#include "sim/player/player.h"
#include "sim/scene/size_tables.h"
#include "sim/scene/webcam.h"
#include "sim/self-check/self_check.h"
#include "sim/self-check/stages.h"
#include "sim/waves/wave_window.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr char kSizesHaveNoPicture[] = "--encoder sizes carries no picture: what a picture must show stays inconclusive";

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

void check_out_dir(const std::string& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  const std::string probe = dir + "/.writable";
  const bool writable = !error && std::ofstream(probe).put('x').flush().good();
  fs::remove(probe, error);
  if (!writable) throw UsageError(dir + ": the out folder cannot be written; name another with --out");
}

/// The webcam that the scene shows, if no recording of it is there yet.
std::optional<Webcam> unrecorded_webcam(const PreparedRun& run) {
  return run.request.clip_path.empty() ? webcam_of(YamlNode::load(run.scenario.light_path)) : std::nullopt;
}

/// Tells each second that passes.
void record_webcam(const Webcam& webcam, const std::string& file) {
  int told_s = -1;
  capture_webcam(webcam, file, [&](double seconds) {
    if (static_cast<int>(seconds) == told_s) return;
    told_s = static_cast<int>(seconds);
    fmt::print(stderr, "  {}: {} of {} s recorded\n", webcam.device, told_s, webcam.seconds);
  });
}

/// The table that encoder "sizes" draws from, read and found good; empty for the other encoders.
std::string size_table_of(const PreparedRun& run) {
  const RunRequest& request = run.request;
  if (hw::parse_encoder(request.encoder).kind != hw::EncoderKind::kSizes) {
    if (!request.size_table.empty()) throw UsageError("--size-table is for --encoder sizes");
    return "";
  }
  if (request.size_table.empty() && !request.clip_path.empty()) {
    throw UsageError("--encoder sizes draws the sizes of the scene's own pictures, not of --clip's; name a table fitted to these: --size-table FILE");
  }
  const std::string path = request.size_table.empty() ? find_size_table(run.scenario.light_path, project_dir()) : request.size_table;
  const auto setting = [&](const char* key) {
    const auto found = run.device.settings.find(key);
    return found == run.device.settings.end() ? 0 : std::atoi(found->second.c_str());
  };
  const int width = setting("width"), height = setting("height");
  if (width > 0 && height > 0 && !hw::SizeTable::load(path).covers((width + 15) / 16, (height + 15) / 16)) {
    throw UsageError(fmt::format("{0}: holds no sizes for pictures of about {1}x{2}. Fit them: saksi fit-sizes {3} --add --sizes {1}x{2}", path,
                                 width, height, run.scenario.light_path));
  }
  return path;
}

/// The folders and files that an earlier run into the same folder left.
void clear_outputs(const std::string& dir) {
  for (const char* name : {"vendor-ca.pem", "recording", "truth", "bundle", "verdicts.json", "self-check.json", "performance.json", "report.html",
                           "junit.xml", "timeline.json", "profile.folded", "coverage.info", "guest-faults.json", "cpu-trace.txt"}) {
    fs::remove_all(dir + "/" + name);
  }
  fs::create_directories(dir + "/recording");
  fs::create_directories(dir + "/truth");
}

Json input_entry(const std::string& path) {
  if (path.empty()) return nullptr;
  return {{"name", fs::path(path).filename().string()}, {"sha256", hex(sha256_file(path))}};
}

Json manifest_of(const PreparedRun& run, const std::string& firmware) {
  Json manifest;
  manifest[recording::kKeySchema] = recording::kSchema;
  manifest[recording::kKeyScenario] = run.request.name;
  if (!run.request.state.empty()) manifest[recording::kKeyState] = run.request.state;
  manifest[recording::kKeySeed] = run.scenario.seed;
  if (run.device.bench_date_s) manifest[recording::kKeyDate] = *run.device.bench_date_s;
  manifest[recording::kKeyDevice] = {
      {"name", run.device.name}, {"kind", "simulated"}, {recording::kKeyClaims, run.device.claims}, {"settings", run.device.settings}};
  manifest[recording::kKeyLightCode] = {{"tick_hz", light_code::kTickHz}, {recording::kKeyEpochTick, light_code::epoch_of(run.scenario.seed)}};
  Json ids = Json::array();
  const Json requirements = Json::parse(run.verdict_requirements);
  for (const Json& requirement : requirements) ids.push_back(requirement.at("id"));
  manifest[recording::kKeyRequire] = ids;
  manifest[recording::kKeyRequirements] = requirements;
  manifest["encoder"] = run.request.encoder;
  if (!run.size_table.empty()) manifest[recording::kKeyNoPicture] = kSizesHaveNoPicture;
  manifest["inputs"] = {{"scenario", input_entry(run.scenario.path)},  {"device", input_entry(run.device_path)},
                        {"board", input_entry(run.device.board_path)}, {"light", input_entry(run.scenario.light_path)},
                        {"firmware", input_entry(firmware)},           {"clip", input_entry(run.clip_path)}};
  if (!run.size_table.empty()) manifest["inputs"]["size_table"] = input_entry(run.size_table);
  for (const hw::BoardRtl& circuit : run.rtl) {
    Json& entries = manifest["inputs"]["rtl"][circuit.block] = Json::array();
    for (const std::string& path : circuit.sources) entries.push_back(input_entry(path));
  }
  manifest["parameters"] = run.request.parameters;
  manifest["version"] = SAKSI_VERSION;
  return manifest;
}

/// Host seconds of a run's stages.
struct Stages {
  double record_s = 0;
  double judge_s = 0;
  double report_s = 0;
};

Json performance_of(double simulated_s, const Stages& stages, SimulatedDevice& device) {
  const double rtl_s = HostProfile::seconds(HostWork::kRtl);
  const double scene_s = HostProfile::seconds(HostWork::kScene);
  const double sensor_s = HostProfile::seconds(HostWork::kSensor);
  const double isp_s = HostProfile::seconds(HostWork::kIsp);
  const double total_s = stages.record_s + stages.judge_s + stages.report_s;
  const auto share = [&](double seconds) { return total_s > 0 ? std::max(0.0, seconds) / total_s : 0.0; };
  Json json;
  json["simulated_s"] = simulated_s;
  json["wall_s"] = total_s;
  json["instructions"] = device.board().cpu().instructions();
  json["rtl_cycles"] = device.board().encoder_cycles();
  json["share"] = {{"rtl", share(rtl_s)},
                   {"scene", share(scene_s)},
                   {"sensor", share(sensor_s)},
                   {"isp", share(isp_s)},
                   {"cpu", share(stages.record_s - rtl_s - scene_s - sensor_s - isp_s)},
                   {"judge", share(stages.judge_s)},
                   {"report", share(stages.report_s)}};
  return json;
}

/// The device of a run and everything around it, in this process.
struct Bench {
  const PreparedRun& run;
  const hw::Program& program;
  std::string firmware;
  SimulatedDevice& device;
};

/// Where a probe's file goes: a bare name into the run's folder.
std::string probe_path(const std::string& path, const std::string& out_dir) {
  return path.empty() || path.find('/') != std::string::npos ? path : out_dir + "/" + path;
}

ProbeOptions probes_of(const PreparedRun& run) {
  const std::string& out = run.request.out_dir;
  ProbeOptions options = run.request.probes;
  options.coverage_path = probe_path(options.coverage_path, out);
  if (!options.profile_path.empty()) options.profile_path = out + "/profile.folded";
  if (!options.spans_path.empty()) options.spans_path = out + "/truth/spans.jsonl";
  return options;
}

ProbedProgram probed(const Bench& bench) {
  return {bench.firmware, &bench.program, ram_of(hw::load_board_spec(bench.run.device.board_path)), bench.run.request.name, project_dir()};
}

/// Second process: plays the scenario again, up to where the trace is wanted.
[[noreturn]] void answer_trace(const Bench& bench, const TraceRequest& wanted, SecondRun& second) {
  const std::string dir = bench.run.request.out_dir + "/truth/second-run";  // card images at cuts go there
  fs::create_directories(dir);
  const auto answer = [&](const std::string& text) {
    fs::remove_all(dir);
    second.answer(text);
  };
  Probes probes({}, probed(bench), bench.device.board());
  hw::CpuDebug& cpu = bench.device.board().cpu();
  const auto answer_here = [&] { answer(trace_text(cpu.trace(), probes.symbols(), &probes.lines())); };
  trace_up_to(cpu, wanted, answer_here);
  recording::EventLog events;
  Player player(bench.run.scenario, bench.device, events, dir);
  bench.device.set_observer(player);
  player.play();
  if (cpu.position() == wanted.position) answer_here();  // the scenario ended here: there is no instruction to halt before
  answer("");
  std::abort();  // answer() does not return
}

/// What became of the firmware, for the user; empty if nothing is to be said.
std::string firmware_notes(const Bench& bench, const std::optional<FirmwareEnd>& lost, Probes& probes, SecondRun& second) {
  const ProbeOptions& asked = bench.run.request.probes;
  const std::string& out = bench.run.request.out_dir;
  std::string notes = probes.messages();
  if (const GuestCheck* check = probes.guest_check()) write_text(out + "/guest-faults.json", check->json(probes.lines()).dump(2) + "\n");
  if (!lost && asked.trace_length == 0) return notes;
  TraceRequest request;
  request.position = lost ? lost->position : bench.device.board().cpu().position();
  request.length = static_cast<uint64_t>(asked.trace_length > 0 ? asked.trace_length : kTraceLength);
  if (request.position == 0) return notes;
  const std::string heading = lost ? fmt::format("{}; at {}.{:09} s\n", lost->why, lost->t_ns / 1'000'000'000, lost->t_ns % 1'000'000'000) : "";
  const std::string trace = heading + second.trace(request);
  write_text(out + "/cpu-trace.txt", trace);
  return notes + trace;
}

/// Around what waves are recorded; nothing if they are not asked for.
std::optional<WaveTrigger> waves_of(const PreparedRun& run, const hw::BoardSpec& board) {
  if (run.request.trace.empty()) return std::nullopt;
  WaveTrigger trigger = wave_trigger_option(run.request.trace, run.scenario.waves);
  if (!run.request.trace_signals.empty()) trigger.signals = run.request.trace_signals;
  if (trigger.around == "irq") {
    std::string known;
    for (const hw::BoardSpec::Block& block : board.blocks) {
      if (block.irq == 0) continue;
      if (block.name == trigger.detail) return trigger;
      known += (known.empty() ? "" : ", ") + block.name;
    }
    throw UsageError(fmt::format("{}: {} has no block '{}' with an irq; known: {}", trigger.place, board.path, trigger.detail, known));
  }
  if (trigger.around == "time" && trigger.at_ns - trigger.before_ns >= run.scenario.duration_ns) {
    const double end_s = static_cast<double>(run.scenario.duration_ns) * 1e-9;
    throw UsageError(fmt::format("{}: the run is over at {:.3f} s, before the window begins", trigger.place, end_s));
  }
  return trigger;
}

/// Plays to the end, with waves around their event.
void play(Player& player, WaveWindow* waves) {
  if (!waves) return player.play();
  player.on_event([waves](const std::string& word, const std::string& text, int64_t t_ns) { waves->saw(word, text, t_ns); });
  player.on_pause([&player, waves](int64_t t_ns, bool over) {
    const int64_t next_ns = waves->pause(t_ns, over);
    if (waves->is_recorder()) player.leave_no_images();
    return next_ns;
  });
  try {
    player.play();
  } catch (...) {
    if (waves->is_recorder()) waves->abandon();
    throw;
  }
}

/// Makes ready to record, if that is asked for.
void make_waves(std::optional<WaveWindow>& waves, const Bench& bench, SecondRun& second) {
  if (!bench.run.waves) return;
  const WaveTrigger& trigger = *bench.run.waves;
  const std::string path = bench.run.request.out_dir + "/truth/waves.fst";
  waves.emplace(trigger, known_time(trigger, bench.run.scenario), bench.device.board(), path, [&second] { second.forget(); });
}

/// Waits for the waves; what became of them, in lines for the user.
std::string wave_notes(std::optional<WaveWindow>& waves, const SimulatedDevice& device, const std::function<void(double, double)>& progress) {
  if (!waves) return "";
  return waves->finish(device.now_ns(), [&](double done_ms, double of_ms) {
    if (progress) progress(done_ms, of_ms);
  });
}

/// Runs the scenario and leaves recording/ and truth/.
void record(const Bench& bench, TruthLog& truth, WaveWindow* waves, const std::function<void(double, double)>& progress) {
  const PreparedRun& run = bench.run;
  SimulatedDevice& device = bench.device;
  const std::string dir = run.request.out_dir + "/recording";
  recording::EventLog events;
  Player player(run.scenario, device, events, dir);
  device.set_observer(player);
  const double of_s = static_cast<double>(run.scenario.duration_ns) * 1e-9;
  player.on_progress([&](int64_t t_ns) { progress(static_cast<double>(t_ns) * 1e-9, of_s); });
  play(player, waves);
  events.write(dir + "/" + recording::kEventsFile);
  write_text(dir + "/" + recording::kConsoleFile, player.console());
  write_text(dir + "/" + recording::kManifestFile, manifest_of(run, bench.firmware).dump(2) + "\n");
  const SectorMap sectors(device.has_card() ? dir + "/" + recording::kCardFile : "");
  truth.write(run.request.out_dir + "/truth", bench.program.symbols, [&](uint32_t lba) { return sectors.owner(lba); });
}

/// Leaves the vendor's root certificate in the run's folder. Clips of a device that claims to sign are judged by it, at the date at which the
/// scenario ends.
judge::JudgeOptions judge_options(const PreparedRun& run, const hw::BoardSpec& board, int64_t end_ns) {
  judge::JudgeOptions options;
  const std::string pem = hw::vendor_ca_pem(board);
  if (pem.empty()) return options;
  const std::string path = run.request.out_dir + "/vendor-ca.pem";
  write_text(path, pem);
  if (!run.device.claims.value("signing", false)) return options;
  options.signature.anchors = judge::TrustAnchors::from_pem(pem, path);
  const int64_t end_s = run.device.rtc.date_s + end_ns / 1'000'000'000;
  options.signature.today = end_s / judge::kSecondsPerDay * judge::kSecondsPerDay;
  return options;
}

}  // namespace

std::string program_path() { return fs::read_symlink("/proc/self/exe").string(); }
std::string project_dir() { return SAKSI_PROJECT_DIR; }

std::string default_firmware_path() {
  const fs::path path = fs::path(program_path()).parent_path() / "firmware" / "saksi-cam.elf";
  return fs::exists(path) ? path.string() : "";
}

std::string boot_rom_path() {
  const fs::path path = fs::path(program_path()).parent_path() / "firmware" / "boot-rom.elf";
  if (!fs::exists(path)) throw UsageError(path.string() + " is missing; build it (./saksi build), or set secure_boot: off in the device file");
  return path.string();
}

PreparedRun check_run(const RunRequest& request) {
  PreparedRun run;
  run.request = request;
  run.scenario = load_scenario(request.scenario_path, request.parameters, request.seed);
  if (run.request.name.empty()) run.request.name = run.scenario.name;
  if (!request.light_path.empty()) run.scenario.light_path = request.light_path;
  if (!request.requirements_path.empty()) run.scenario.requirements_path = request.requirements_path;
  if (request.time_limit_s > 0) run.scenario.duration_ns = std::min(run.scenario.duration_ns, static_cast<int64_t>(request.time_limit_s * 1e9));

  run.device_path = !request.device_path.empty()        ? request.device_path
                    : !run.scenario.device_path.empty() ? run.scenario.device_path
                                                        : project_dir() + "/scenarios/devices/saksi-cam.yaml";
  run.device = load_device(run.device_path, run.scenario, {request.firmware_path, request.width, request.height, request.fps});
  if (!request.board_path.empty()) run.device.board_path = request.board_path;
  const hw::BoardSpec board = hw::load_board_spec(run.device.board_path);
  hw::load_program(firmware_of(run), ram_of(board));
  run.rtl = build_board_rtl(board);
  run.waves = waves_of(run, board);
  run.size_table = size_table_of(run);
  const std::optional<Webcam> webcam = unrecorded_webcam(run);
  run.clip_path = webcam ? webcam->device : load_scene(run.scenario.light_path, scene_overrides(run))->source_file();

  const judge::RequirementSet requirements = judge::RequirementSet::load(run.scenario.requirements_path);
  Json entries = Json::array();
  for (const judge::Requirement& requirement : requirements.check(*run.scenario.require)) entries.push_back(requirement.to_json());
  run.verdict_requirements = entries.dump();
  return run;
}

PreparedRun prepare_run(const RunRequest& request) {
  PreparedRun run = check_run(request);
  check_out_dir(request.out_dir);
  if (const std::optional<Webcam> webcam = unrecorded_webcam(run)) {
    run.request.clip_path = request.out_dir + "/webcam.mkv";
    record_webcam(*webcam, run.request.clip_path);
    run.clip_path = load_scene(run.scenario.light_path, scene_overrides(run))->source_file();
  }
  return run;
}

std::string firmware_of(const PreparedRun& prepared) {
  const std::string path = prepared.device.firmware_path.empty() ? default_firmware_path() : prepared.device.firmware_path;
  if (path.empty()) throw UsageError("the reference firmware has not been built; build it (./saksi build) or name one with --firmware");
  return path;
}

RunResult run(const PreparedRun& prepared, const std::function<void(double, double)>& progress, DebugPort* debug,
              const std::function<void(double, double)>& wave_progress) {
  const std::string& out = prepared.request.out_dir;
  clear_outputs(out);
  const double started_s = wall_clock_s();
  const std::string firmware = firmware_of(prepared);
  DeviceParts parts(prepared, make_card(prepared));
  SimulatedDeviceConfig& config = parts.config;
  const hw::Program& program = parts.program;
  std::optional<WaveWindow> waves;
  const auto saw = [&waves](const std::string& word, const std::string& detail, int64_t t_ns) {
    if (waves) waves->saw(word, detail, t_ns);
  };
  if (prepared.waves) config.hidden_event = saw;
  SecondRun second;
  // A debugger may change the run: a second one would not be the same.
  const auto wanted = debug ? std::optional<TraceRequest>() : second.fork();
  Stages stages;
  TruthLog truth;
  SimulatedDevice device(config, truth);
  const Bench bench{prepared, program, firmware, device};
  if (wanted) answer_trace(bench, *wanted, second);
  Probes probes(probes_of(prepared), probed(bench), device.board());
  std::optional<FirmwareEnd> lost;
  const EndWatch watch("end_watch", device.board().cpu(), probes.symbols(), prepared.scenario.hang_after_ns, [&](const FirmwareEnd& end) {
    lost = end;
    saw("lost", "", end.t_ns);
  });
  std::optional<Debugger> debugger;
  if (debug) debugger.emplace(*debug, device.board(), program.symbols);
  make_waves(waves, bench, second);
  record(bench, truth, waves ? &*waves : nullptr, progress);
  debugger.reset();
  probes.finish();
  std::string notes = firmware_notes(bench, lost, probes, second);
  if (!prepared.size_table.empty()) notes += fmt::format("{}: {}\n", prepared.request.name, kSizesHaveNoPicture);
  stages.record_s = wall_clock_s() - started_s;

  const Json verdicts = judge::judge_recording(out + "/recording", judge_options(prepared, config.board, device.now_ns()));
  write_text(out + "/verdicts.json", judge::verdicts_text(verdicts));
  write_text(out + "/truth/stages.json", press_stages(out).dump(2) + "\n");
  write_text(out + "/self-check.json", self_check(out, verdicts).dump(2) + "\n");
  stages.judge_s = wall_clock_s() - started_s - stages.record_s;

  const double simulated_s = static_cast<double>(device.now_ns()) * 1e-9;
  write_text(out + "/performance.json", performance_of(simulated_s, stages, device).dump(2) + "\n");
  report::report_folder(out, "en");
  stages.report_s = wall_clock_s() - started_s - stages.record_s - stages.judge_s;
  write_text(out + "/performance.json", performance_of(simulated_s, stages, device).dump(2) + "\n");
  notes += wave_notes(waves, device, wave_progress);
  return {judge::verdicts_exit_code(verdicts), verdicts.at("digest").get<std::string>(), notes};
}

}  // namespace saksi::sim
