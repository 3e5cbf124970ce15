#ifndef SAKSI_REPORTS_REPORT_INPUT_H_
#define SAKSI_REPORTS_REPORT_INPUT_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "judge/recording/recording.h"

namespace saksi::report {

using Json = nlohmann::ordered_json;

/// A decoded picture: planes without padding, chroma halved both ways (rounded up), BT.709 in video range.
struct YuvPicture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> y;   ///< width * height
  std::vector<uint8_t> cb;  ///< ((width + 1) / 2) * ((height + 1) / 2)
  std::vector<uint8_t> cr;
};

/// A stored frame: which, and when the light fell on it.
struct StoredFrame {
  std::string clip;                  ///< path on the card
  int64_t index = 0;                 ///< in the clip, from 0
  std::optional<int64_t> photon_ns;  ///< read from its light code, on the time axis of events.jsonl; none if unreadable
  int64_t uncertainty_ns = 0;        ///< half-width of its interval
};

/// A stored frame that the report shows.
struct Still {
  StoredFrame frame;
  YuvPicture picture;
};

/// truth/frames.jsonl: one exposure of the sensor.
struct Exposure {
  int64_t frame = 0;
  int64_t t_row0_ns = 0;  ///< photon time of the first row of the output
  int64_t exposure_ns = 0;
  int64_t t_done_ns = 0;
};

/// truth/encoder.jsonl: one coded picture.
struct EncoderRun {
  int64_t t_start_ns = 0;
  int64_t t_done_ns = 0;
  int64_t bytes = 0;
};

/// truth/block-writes.jsonl: one write command to the card.
struct BlockWrite {
  int64_t t_ns = 0;
  int64_t lba = 0;
  int64_t count = 0;
  std::string file;  ///< the file that the sectors belong to; empty for volume structures
  int64_t offset = 0;
  int64_t command = -1;      ///< number of the write command that brought it; -1: none did (an erase, or what a cut left)
  int64_t t_command_ns = 0;  ///< when the firmware gave that
};

/// truth/spans.jsonl: a function was entered, or the one that was entered last was left.
struct SpanEdge {
  int64_t t_ns = 0;
  bool begins = false;
  std::string name;  ///< of what begins
};

/// truth/stages.json: a stage of the way of the first stored frame after the press.
struct Stage {
  std::string name;
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
};

/// Everything that a report can say about one run. What a bench with a physical device does not leave is empty or null.
struct ReportInput {
  std::string name;                           ///< of the run: its scenario, or its folder when a suite gave it another name
  std::optional<judge::Recording> recording;  ///< none: a bare card or clip was judged
  Json verdicts = Json::object();
  Json self_check;   ///< null: not simulated
  Json performance;  ///< null: not told
  std::string replay_command;
  std::vector<StoredFrame> frames;
  std::vector<Still> stills;
  std::vector<Exposure> exposures;
  std::vector<EncoderRun> encoder_runs;
  std::vector<BlockWrite> block_writes;
  std::vector<Stage> stages;    ///< in the order in which they began to be of interest; empty without a press
  std::vector<SpanEdge> spans;  ///< in order of time; empty unless asked for
  std::string profile;          ///< profile.folded: collapsed stacks; empty unless asked for
};

/// Reads a folder that `run` or `judge` left, aside from frames and stills, which read_stills() adds. Throws UsageError.
ReportInput read_folder(const std::string& dir);

/// The first press of the recording, if there was one.
std::optional<int64_t> first_press_ns(const ReportInput& input);

/// What `object[key]` says if it is a string, else `otherwise`: files that another version wrote may lack a key.
std::string text_or(const Json& object, const char* key, const std::string& otherwise = "");

}  // namespace saksi::report

#endif
