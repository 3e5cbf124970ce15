#include "judge/test-support/story.h"

#include <cmath>
#include <fstream>

#include "base/light_code.h"
#include "judge/test-support/card_image.h"

namespace saksi::judge::testing {

namespace {

constexpr int kCardMib = 34;

std::vector<CardFile> card_files(const Story& story, const std::vector<StoryClip>& clips) {
  std::vector<CardFile> files;
  for (const StoryClip& clip : clips) files.emplace_back(clip.file, story.film(clip));
  return files;
}

}  // namespace

Story::Story() {
  camera.width = 320;
  camera.height = 180;
  claims = {{"pre_event_s", 1}, {"frame_rate_hz", 15}, {"width", 320}, {"height", 180}, {"gop", 5}, {"leds", {{"recording", "red"}, {"ready", "green"}, {"fault", "amber"}}}};
}

std::vector<double> Story::steady(double first_s, int count) const {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(first_s + i / claims["frame_rate_hz"].get<double>());
  return times;
}

std::vector<uint8_t> Story::film(const StoryClip& clip) const {
  if (clip.photon_s.empty()) return std::vector<uint8_t>(4096, 0);
  SeedStream noise(seed, "story/" + clip.file);
  ClipEncoder encoder(camera.width, camera.height, qp, 5);
  for (size_t i = 0; i < clip.photon_s.size(); ++i) {
    const double pts_s = clip.pts_s.empty() ? clip.photon_s[i] - clip.photon_s[0] : clip.pts_s[i];
    encoder.add(draw_light_code(camera, clip.photon_s[i], noise), static_cast<int64_t>(std::llround(pts_s * kTimescale)));
  }
  return mux_fragmented(encoder.finish(), clip.per_fragment);
}

void Story::write(const std::string& folder) const {
  nlohmann::ordered_json manifest;
  manifest["schema"] = recording::kSchema;
  manifest["scenario"] = "story";
  manifest["seed"] = seed;
  manifest["device"] = {{"name", "made-up"}, {"kind", "simulated"}, {"claims", claims}};
  manifest["light_code"] = {{"tick_hz", light_code::kTickHz}};
  manifest["require"] = require;
  std::ofstream(folder + "/manifest.json") << manifest.dump(2) << "\n";
  events.write(folder + "/events.jsonl");
  std::ofstream(folder + "/console.log") << console;
  make_card_image(folder + "/card.img", kCardMib, card_files(*this, clips));
  for (const auto& [n, on_card] : snapshots) make_card_image(folder + "/" + recording::card_snapshot_file(n), kCardMib, card_files(*this, on_card));
}

}  // namespace saksi::judge::testing
