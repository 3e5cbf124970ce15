#ifndef SAKSI_JUDGE_TEST_SUPPORT_STORY_H_
#define SAKSI_JUDGE_TEST_SUPPORT_STORY_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/recording_format.h"
#include "judge/test-support/clip_writer.h"

namespace saksi::judge::testing {

/// A clip of a made-up recording.
struct StoryClip {
  std::string file = "DCIM/100SAKSI/CLIP0001.MP4";
  std::vector<double> photon_s;  ///< when each stored frame was exposed
  std::vector<double> pts_s;     ///< presentation times; empty: true ones
  size_t per_fragment = 15;
};

/// A made-up recording with a known truth. The tests say what happened and when; this draws the frames, codes them, and writes the folder.
struct Story {
  SceneCamera camera;
  int qp = 27;
  uint64_t seed = 1;
  nlohmann::ordered_json claims;
  std::vector<std::string> require;  ///< ids, from scenarios/requirements/first-light.yaml
  recording::EventLog events;
  std::string console;
  std::vector<StoryClip> clips;                       ///< on card.img
  std::map<int, std::vector<StoryClip>> snapshots;    ///< on card-N.img

  /// 320x180 at 15 frames/s, pre-event 1 s, GOP 5, LEDs red, green, amber.
  Story();
  /// Photon times from `first_s` on, `count` frames at the claimed rate.
  std::vector<double> steady(double first_s, int count) const;
  /// Writes the recording folder.
  void write(const std::string& folder) const;
  /// The bytes of one clip.
  std::vector<uint8_t> film(const StoryClip& clip) const;
};

}  // namespace saksi::judge::testing

#endif
