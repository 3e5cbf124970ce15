#include "sim/self-check/stages.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "judge/card/fat_volume.h"
#include "judge/media/mp4.h"
#include "judge/recording/recording.h"
#include "sim/self-check/truth_files.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
constexpr uint64_t kSectorBytes = 512;

/// The frame that is followed, and where it lies on the card.
struct Followed {
  int64_t frame = 0;
  double photon_s = 0;
  std::string file;
  uint64_t head = 0;   ///< offset of its fragment's first sector
  uint64_t begin = 0;  ///< of the fragment's samples
  uint64_t end = 0;
};

std::optional<int64_t> first_press_ns(const judge::Recording& recording) {
  for (const judge::Event& event : recording.events) {
    if (event.kind == "press") return event.t_ns;
  }
  return std::nullopt;
}

void follow_in(const judge::ByteSource& source, const std::string& file, const PictureTruths& truth, double press_s, std::optional<Followed>& first) {
  const judge::Mp4Movie movie = judge::parse_mp4(source);
  for (const judge::Mp4Sample& sample : movie.samples) {
    const int64_t* frame = frame_of_sample(source, sample, truth);
    if (frame == nullptr || sample.fragment >= movie.fragments.size()) continue;
    const double photon_s = truth.photon_s.at(*frame);
    if (photon_s < press_s || (first && first->photon_s <= photon_s)) continue;
    const judge::Mp4Fragment& fragment = movie.fragments[sample.fragment];
    const judge::Mp4Sample& last = movie.samples[fragment.first_sample + fragment.sample_count - 1];
    first = Followed{*frame, photon_s, file, fragment.offset, movie.samples[fragment.first_sample].offset, last.offset + last.size};
  }
}

std::optional<Followed> follow(const std::string& card_image, const PictureTruths& truth, double press_s) {
  std::optional<Followed> first;
  const judge::FatVolume volume(std::make_shared<judge::FileSource>(card_image));
  for (size_t i = 0; i < volume.files().size(); ++i) {
    const std::string& path = volume.files()[i].path;
    if (path.size() > 4 && path.substr(path.size() - 4) == ".MP4") follow_in(*volume.open(i), path, truth, press_s, first);
  }
  return first;
}

/// The first line for which `fits`; nullptr if there is none.
const Json* first_line(const std::vector<Json>& lines, const std::function<bool(const Json&)>& fits) {
  const auto found = std::find_if(lines.begin(), lines.end(), fits);
  return found != lines.end() ? &*found : nullptr;
}

class Stages {
 public:
  explicit Stages(const std::string& truth_dir)
      : frames_(read_json_lines(truth_dir + "/frames.jsonl")),
        pictures_(read_json_lines(truth_dir + "/encoder.jsonl")),
        irqs_(read_json_lines(truth_dir + "/irqs.jsonl")),
        writes_(read_json_lines(truth_dir + "/block-writes.jsonl")) {}

  Json of(int64_t press_ns, const Followed& followed) {
    add_interrupt(press_ns);
    add_picture(followed.frame);
    add_card(followed);
    return stages_;
  }

 private:
  void add(const char* stage, int64_t begin_ns, int64_t end_ns) { stages_.push_back({{"stage", stage}, {"begin_ns", begin_ns}, {"end_ns", end_ns}}); }

  /// When a block's wire to the interrupt controller rises or falls, at or after a time.
  std::optional<int64_t> edge(const char* block, bool level, int64_t from_ns) const {
    const Json* line = first_line(irqs_, [&](const Json& irq) {
      return irq.at("t_ns").get<int64_t>() >= from_ns && irq.at("block") == block && irq.at("level") == level;
    });
    return line != nullptr ? std::optional<int64_t>(line->at("t_ns").get<int64_t>()) : std::nullopt;
  }

  void add_interrupt(int64_t press_ns) {
    const std::optional<int64_t> raised = edge("gpio", true, press_ns);
    if (!raised) return;
    add("button", press_ns, *raised);
    if (const auto served = edge("gpio", false, *raised)) add("interrupt", *raised, *served);
  }

  void add_picture(int64_t frame) {
    const auto is_it = [frame](const Json& line) { return line.at("frame") == frame; };
    const Json* exposed = first_line(frames_, is_it);
    const Json* coded = first_line(pictures_, is_it);
    if (exposed == nullptr || coded == nullptr) return;
    const int64_t row0 = exposed->at("t_row0_ns").get<int64_t>(), exposure = exposed->at("exposure_ns").get<int64_t>();
    const double row_ns = exposed->at("row_ns_num").get<double>() / exposed->at("row_ns_den").get<double>();
    const int64_t rows_ns = std::llround((exposed->at("rows").get<double>() - 1) * row_ns);
    const int64_t read_ns = exposed->at("t_done_ns").get<int64_t>();
    add("exposure", row0 - exposure / 2, row0 + exposure / 2 + rows_ns);
    add("readout", row0 + exposure / 2, read_ns);
    const std::optional<int64_t> processed = edge("isp", true, read_ns);
    if (processed) add("isp", read_ns, *processed);
    coded_ns_ = coded->at("t_done_ns").get<int64_t>();
    add("encoder", coded->at("t_start_ns").get<int64_t>(), coded_ns_);
  }

  /// From the coded picture to the sector that makes its fragment part of the file.
  void add_card(const Followed& followed) {
    std::optional<int64_t> given, written, committed;
    for (const Json& write : writes_) {
      const int64_t t_ns = write.at("t_ns").get<int64_t>();
      if (t_ns < coded_ns_ || write.at("file") != followed.file) continue;
      const uint64_t offset = write.at("offset").get<uint64_t>();
      if (offset == followed.head / kSectorBytes * kSectorBytes && given && !committed) committed = t_ns;
      if (offset + kSectorBytes <= followed.begin || offset >= followed.end || committed) continue;
      if (!given) given = write.value("t_command_ns", t_ns);
      written = t_ns;
    }
    if (!given || !committed) return;
    add("mux", coded_ns_, *given);
    add("block_write", *given, *written);
    add("commit", *written, *committed);
  }

  std::vector<Json> frames_, pictures_, irqs_, writes_;
  Json stages_ = Json::array();
  int64_t coded_ns_ = 0;
};

}  // namespace

Json press_stages(const std::string& run_dir) {
  const judge::Recording recording = judge::Recording::load(run_dir + "/recording");
  const std::optional<int64_t> press_ns = first_press_ns(recording);
  if (!press_ns || !recording.card_image) return Json();
  const std::optional<Followed> followed =
      follow(*recording.card_image, read_picture_truths(run_dir + "/truth"), static_cast<double>(*press_ns) * 1e-9);
  if (!followed) return Json();
  const Json stages = Stages(run_dir + "/truth").of(*press_ns, *followed);
  return {{"press_ns", *press_ns}, {"frame", followed->frame}, {"file", followed->file}, {"stages", stages}};
}

}  // namespace saksi::sim
