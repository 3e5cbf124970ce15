#include "reports/test-support/sample_run.h"

#include "base/recording_format.h"

namespace saksi::report {

namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kPressNs = 5500 * kMs;
constexpr int64_t kStopNs = 9500 * kMs;
constexpr char kClip[] = "DCIM/100SAKSI/CLIP0001.MP4";

Json requirement(const char* id, const char* en, const char* in_indonesian, Json limit, const char* measurement, const char* verdict) {
  return {{"id", id},        {"text", {{"en", en}, {"id", in_indonesian}}}, {"limit", limit}, {"measurement", measurement}, {"verdict", verdict},
          {"source", "ours"}};
}

Json measurement(const char* id, double value, const char* unit, double uncertainty) {
  return {{"id", id}, {"value", value}, {"unit", unit}, {"uncertainty", uncertainty}, {"coverage", 0.95}, {"samples", {value}}, {"clip", kClip}};
}

Json verdicts() {
  Json json = {{"schema", "saksi-verdicts/1"}, {"scenario", "press-at-desk"}, {"seed", 1}};
  json["device"] = {{"name", "saksi-cam <rev \"B\" & co>"}, {"kind", "simulated"}};
  json["digest"] = std::string(64, 'a');
  json["verdict"] = "pass";
  json["measurements"] = {measurement("press_to_record", 0.0412, "s", 0.0042), measurement("pre_event_s", 3.0213, "s", 0.0042),
                          measurement("frames_dropped", 0, "1", 0)};
  json["requirements"] = {
      requirement("press-to-record", "The first picture after the press is taken at most half a second after it.",
                  "Gambar pertama setelah penekanan diambil paling lambat setengah detik sesudahnya.", {{"max", 0.5}, {"unit", "s"}},
                  "press_to_record", "pass"),
      requirement("pre-event-complete", "The claimed seconds before the press are stored.",
                  "Detik-detik sebelum penekanan yang dijanjikan tersimpan.", {{"min", 2.0}, {"max", 3.2}, {"unit", "s"}}, "pre_event_s", "pass"),
      requirement("no-frames-dropped", "No picture is missing.", "Tidak ada gambar yang hilang.", {{"equal", 0}, {"unit", "1"}}, "frames_dropped",
                  "pass")};
  json["requirements"][1]["standing"] = "proposed";
  json["requirements"][1]["conditions"] = {{"en", "The darkest scene."}, {"id", "Adegan tergelap."}};
  json["requirements"][2]["source"] = "A book (2024), p. 8";
  json["requirements"][2]["standing"] = "second-hand";
  json["evidence"] = {
      {{"file", kClip}, {"verdict", "pass"}, {"signature", "not-signed"}, {"frames", 105}, {"recovered_until", 7.0}, {"problems", Json::array()}}};
  json["not_judged"] = {{{"id", "stop-recorded"}, {"reason", "a bare MP4 holds no button press"}}};
  return json;
}

judge::Event event(int64_t t_ns, const char* from, const char* kind, const char* name) {
  judge::Event event;
  event.t_ns = t_ns;
  event.from = from;
  event.kind = kind;
  event.name = name;
  return event;
}

judge::Event led(int64_t t_ns, const char* name, bool on) {
  judge::Event result = event(t_ns, "device", recording::kEventLed, name);
  result.on = on;
  return result;
}

judge::Event supply(int64_t t_ns, int64_t mv) {
  judge::Event result = event(t_ns, "bench", recording::kEventSupply, "");
  result.mv = mv;
  return result;
}

judge::Recording sample_recording() {
  judge::Recording recording;
  recording.manifest = {{"schema", recording::kSchema}, {"scenario", "press-at-desk"}, {"seed", 1}, {"encoder", "rtl"}, {"version", "0.1.0"}};
  recording.manifest["inputs"] = {{"scenario", {{"name", "press-at-desk.yaml"}, {"sha256", std::string(64, 'c')}}},
                                  {"firmware", {{"name", "saksi-cam.elf"}, {"sha256", std::string(64, 'b')}}}};
  recording.events = {supply(100 * kMs, 3700),
                      led(600 * kMs, "green", true),
                      event(kPressNs, "bench", recording::kEventPress, "record"),
                      event(kPressNs + 200 * kMs, "bench", recording::kEventRelease, "record"),
                      led(kPressNs + 310 * kMs, "red", true),
                      led(kPressNs + 311 * kMs, "green", false),
                      event(kStopNs, "bench", recording::kEventPress, "record"),
                      led(kStopNs + 120 * kMs, "red", false),
                      led(kStopNs + 121 * kMs, "green", true),
                      event(11000 * kMs, "bench", recording::kEventEnd, "")};
  for (int64_t t_ms = 100; t_ms < 11000; t_ms += 50) {
    judge::Event rail = event(t_ms * kMs, "device", recording::kEventRail, "vsys");
    rail.mv = 3700 - t_ms / 200 - (t_ms / 50 % 2) * 12;
    rail.ua = t_ms < 600 ? 90'000 : 240'000 + t_ms / 50 % 3 * 40'000;
    recording.events.push_back(rail);
  }
  recording.console = {{612 * kMs, "ready, \"ring\" 3000 ms"}, {kPressNs + 5 * kMs, "press: <clip 1>"}};
  return recording;
}

YuvPicture grey_ramp() {
  YuvPicture picture;
  picture.width = 64;
  picture.height = 36;
  for (int i = 0; i < 64 * 36; ++i) picture.y.push_back(static_cast<uint8_t>(16 + i % 64 * 3));
  picture.cb.assign(32 * 18, 120);
  picture.cr.assign(32 * 18, 140);
  return picture;
}

void add_truth(ReportInput& input) {
  for (int n = 0; n < 150; ++n) {
    const int64_t t_ns = 800 * kMs + n * 1'000'000'000LL / 15;
    input.exposures.push_back({n, t_ns, 10 * kMs, t_ns + 40 * kMs});
    input.encoder_runs.push_back({t_ns + 42 * kMs, t_ns + 55 * kMs, 12'000});
    if (t_ns >= kPressNs + 250 * kMs && t_ns <= kStopNs + 100 * kMs) {
      for (int k = 0; k < 24; ++k) input.block_writes.push_back({t_ns + 60 * kMs + k * 40'000, 8192 + n * 24 + k, 1, kClip, 512 * (n * 24 + k)});
    }
  }
}

}  // namespace

ReportInput sample_run() {
  ReportInput input;
  input.name = "press-at-desk";
  input.recording = sample_recording();
  input.verdicts = verdicts();
  input.self_check = {
      {"measurements",
       {{{"id", "press_to_record"}, {"value", 0.0412}, {"truth", 0.0407}, {"error", 0.0005}, {"uncertainty", 0.0042}, {"covered", true}}}}};
  input.performance = {{"simulated_s", 11.0}, {"wall_s", 9.125}, {"instructions", 1234567890}, {"rtl_cycles", 98765432}};
  input.replay_command = "./saksi run press-at-desk.yaml --seed 1";
  add_truth(input);
  for (int n = 0; n < 105; ++n) {
    input.frames.push_back({kClip, n, 2507 * kMs + n * 1'000'000'000LL / 15, 4 * kMs});
    if (n < 2 || (n >= 43 && n <= 47) || n == 104) input.stills.push_back({input.frames.back(), grey_ramp()});
  }
  return input;
}

ReportInput sample_failed_run() {
  ReportInput input = sample_run();
  input.verdicts["verdict"] = "fail";
  input.verdicts["measurements"][0] = measurement("press_to_record", 1.312, "s", 0.021);
  input.verdicts["requirements"][0]["verdict"] = "fail";
  input.verdicts["requirements"][1]["verdict"] = "inconclusive";
  input.verdicts["requirements"][1]["reason"] = "the limit lies inside the uncertainty";
  input.verdicts["evidence"][0]["verdict"] = "fail";
  input.verdicts["evidence"][0]["problems"] = {{{"severity", "torn"}, {"kind", "truncated"}, {"text", "The last fragment is cut <off>."}}};
  input.replay_command = "./saksi replay out/press-at-desk/bundle";
  std::vector<judge::Event>& events = input.recording->events;
  events.insert(events.begin() + 6, supply(7000 * kMs, 0));
  return input;
}

ReportInput sample_bare_clip() {
  ReportInput input;
  input.name = "CLIP0001.MP4";
  input.verdicts = verdicts();
  input.verdicts.erase("device");
  input.verdicts.erase("seed");
  return input;
}

}  // namespace saksi::report
