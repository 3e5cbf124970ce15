#include "sim/self-check/self_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "judge/card/fat_volume.h"
#include "judge/media/mp4.h"
#include "judge/recording/recording.h"
#include "sim/self-check/truth_files.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

/// A picture stored in a clip: which sensor frame it is, its photon time at the centre row, and its presentation time in the file.
struct Stored {
  int64_t frame;
  double photon_s;
  double pts_s;
};

std::vector<Stored> stored_pictures(const judge::ByteSource& file, const PictureTruths& truth) {
  std::vector<Stored> stored;
  const judge::Mp4Movie movie = judge::parse_mp4(file);
  for (const judge::Mp4Sample& sample : movie.samples) {
    const int64_t* frame = frame_of_sample(file, sample, truth);
    if (frame != nullptr) stored.push_back({*frame, truth.photon_s.at(*frame), movie.seconds(sample.pts)});
  }
  return stored;
}

std::vector<std::vector<Stored>> stored_clips(const std::string& card_image, const PictureTruths& truth) {
  std::vector<std::vector<Stored>> clips;
  const judge::FatVolume volume(std::make_shared<judge::FileSource>(card_image));
  for (size_t i = 0; i < volume.files().size(); ++i) {
    const std::string& path = volume.files()[i].path;
    if (path.size() < 4 || path.substr(path.size() - 4) != ".MP4") continue;
    const std::vector<Stored> stored = stored_pictures(*volume.open(i), truth);
    if (!stored.empty()) clips.push_back(stored);
  }
  return clips;
}

std::vector<double> press_times_s(const judge::Recording& recording) {
  std::vector<double> times;
  for (const judge::Event& event : recording.events) {
    if (event.kind == "press") times.push_back(static_cast<double>(event.t_ns) * 1e-9);
  }
  return times;
}

std::optional<double> press_to_record(const std::vector<Stored>& clip, double press_s) {
  for (const Stored& picture : clip) {
    if (picture.photon_s >= press_s) return picture.photon_s - press_s;
  }
  return std::nullopt;
}

double press_gap(const std::vector<Stored>& clip, double press_s) {
  double gap = std::max(0.0, clip.front().photon_s - press_s);  // nothing before the press: the hole begins with it
  for (size_t i = 1; i < clip.size(); ++i) {
    if (clip[i].photon_s < press_s - 1 || clip[i - 1].photon_s > press_s + 1) continue;
    gap = std::max(gap, clip[i].photon_s - clip[i - 1].photon_s);
  }
  return gap;
}

double pts_error(const std::vector<Stored>& clip) {
  double worst = 0;
  for (const Stored& picture : clip) {
    worst = std::max(worst, std::abs((picture.pts_s - clip[0].pts_s) - (picture.photon_s - clip[0].photon_s)));
  }
  return worst;
}

/// The measurements of a scenario with one recording in it: the only kind in which a press belongs to a clip without doubt.
std::map<std::string, double> true_values(const std::vector<Stored>& clip, const std::vector<double>& presses_s) {
  std::map<std::string, double> values;
  values["frames_dropped"] = static_cast<double>(clip.back().frame - clip.front().frame + 1 - static_cast<int64_t>(clip.size()));
  double repeated = 0;
  for (size_t i = 1; i < clip.size(); ++i) repeated += clip[i].frame == clip[i - 1].frame ? 1 : 0;
  values["frames_dropped"] += repeated;
  values["frames_repeated"] = repeated;
  values["pts_error"] = pts_error(clip);
  if (presses_s.empty()) return values;
  if (const auto value = press_to_record(clip, presses_s[0])) values["press_to_record"] = *value;
  values["pre_event_s"] = std::max(0.0, presses_s[0] - clip.front().photon_s);
  values["press_gap"] = press_gap(clip, presses_s[0]);
  if (presses_s.size() > 1) values["stop_to_end"] = clip.back().photon_s - presses_s[1];
  return values;
}

double rounded(double value) { return std::round(value * 1e6) / 1e6; }

}  // namespace

Json self_check(const std::string& run_dir, const Json& verdicts) {
  Json result = {{"measurements", Json::array()}};
  const judge::Recording recording = judge::Recording::load(run_dir + "/recording");
  if (!recording.card_image) return result;
  const std::vector<std::vector<Stored>> clips = stored_clips(*recording.card_image, read_picture_truths(run_dir + "/truth"));
  if (clips.size() != 1) return result;
  const std::map<std::string, double> truth = true_values(clips[0], press_times_s(recording));
  for (const Json& measurement : verdicts.at("measurements")) {
    const auto known = truth.find(measurement.at("id").get<std::string>());
    if (known == truth.end() || !measurement.contains("value") || !measurement.at("value").is_number()) continue;
    const double value = measurement.at("value").get<double>();
    const double uncertainty = measurement.value("uncertainty", 0.0);
    const double error = value - known->second;
    // Both numbers are written with six decimals, so the last one may be off by one.
    const bool covered = std::abs(error) <= uncertainty + 1e-6;
    result["measurements"].push_back({{"id", known->first},
                                      {"value", value},
                                      {"truth", rounded(known->second)},
                                      {"error", rounded(error)},
                                      {"uncertainty", uncertainty},
                                      {"covered", covered}});
  }
  return result;
}

}  // namespace saksi::sim
