#include "judge/sweep/uncut_run.h"

#include <algorithm>
#include <map>

#include "base/recording_format.h"
#include "judge/measure/timeline.h"

namespace saksi::judge {

namespace {

/// The smallest number of writes after which `holds` is true; `writes` if it is only then.
size_t first_after(size_t writes, const std::function<bool(size_t)>& holds) {
  size_t low = 0, high = writes;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

bool has_unit(const CardFacts& card, const std::string& id) {
  for (const FileFacts& file : card.files) {
    if (std::any_of(file.units.begin(), file.units.end(), [&](const ClipUnit& unit) { return unit.id == id; })) return true;
  }
  return false;
}

bool has_file(const CardFacts& card, const FileFacts& file) {
  const FileFacts* found = card.find(file.path);
  return found && found->size == file.size && found->content == file.content;
}

/// Gives the units of a clip the exposure times that its frames have.
void add_times(UncutFile& file, const CardContents& card) {
  for (const StoredClip& clip : card.clips) {
    if (clip.file != file.path) continue;
    size_t frame = 0;
    for (UncutUnit& unit : file.units) {
      for (size_t i = 0; i < unit.frames && frame < clip.photon.frames.size(); ++i, ++frame) {
        if (clip.photon.frames[frame].known) unit.exposed_s.push_back(clip.photon.frames[frame].time_s.middle());
      }
    }
  }
}

/// A clip that was written to last in a session that nobody stopped, or after which the camera was never ready again, or while the recording LED was
/// lit for the last time and to the end, is as its camera left it in the middle: a start afterwards may still put it in order.
void mark_unfinished(UncutRun& uncut, const Timeline& timeline, const std::optional<std::string>& ready_led) {
  for (UncutFile& file : uncut.files) {
    const double s = uncut.from_s(file.complete_at);
    const bool was_ready = !ready_led || timeline.first_lit(*ready_led, s);
    const bool unfinished = std::any_of(timeline.sessions().begin(), timeline.sessions().end(), [&](const Session& session) {
      return (!session.stop || !was_ready) && s >= session.press.s && s <= session.until_s;
    });
    const bool goes_on = !uncut.lit.empty() && uncut.lit.back().to_s >= uncut.end_s && s >= uncut.lit.back().from_s;
    if (unfinished || goes_on) file.complete_at = UncutFile::kNever;
  }
}

double seconds(const Event& event) { return static_cast<double>(event.t_ns) / 1e9; }

std::vector<LitSpan> lit_spans(const Observations& run, const Timeline& timeline) {
  std::vector<LitSpan> spans;
  const std::optional<std::string> led = run.claims.led(recording::kClaimLedRecording);
  if (!led) return spans;
  bool lit = false;
  for (const Event& event : run.recording->events) {
    if (event.kind != recording::kEventLed || event.name != *led || event.on == lit) continue;
    lit = event.on;
    if (!lit) {
      spans.back().to_s = seconds(event);
      continue;
    }
    double press_s = 0;
    for (const Session& session : timeline.sessions()) {
      if (session.press.s <= seconds(event)) press_s = session.press.s;
    }
    spans.push_back({seconds(event), timeline.end_s(), press_s});
  }
  return spans;
}

}  // namespace

UncutRun describe_uncut_run(const Observations& run, const CardAt& card_at, std::vector<double> durable_s) {
  std::map<size_t, CardFacts> known;
  const auto card = [&](size_t writes) -> const CardFacts& {
    const auto found = known.find(writes);
    return found != known.end() ? found->second : known.emplace(writes, card_at(writes)).first->second;
  };
  const size_t writes = durable_s.size();
  const Timeline timeline(*run.recording, run.claims);
  UncutRun uncut;
  uncut.durable_s = std::move(durable_s);
  uncut.end_s = timeline.end_s();
  uncut.lit = lit_spans(run, timeline);
  const std::optional<double> rate = run.claims.number(recording::kClaimFrameRate);
  uncut.frame_period_s = rate && *rate > 0 ? 1 / *rate : 0;
  for (const FileFacts& file : card(0).files) {
    for (const ClipUnit& unit : file.units) uncut.older_units.insert(unit.id);
  }
  for (const FileFacts& file : card(writes).files) {
    UncutFile entry{file.path, file.content, first_after(writes, [&](size_t n) { return has_file(card(n), file); }), {}};
    for (const ClipUnit& unit : file.units) {
      entry.units.push_back({unit.id, unit.frames, first_after(writes, [&](size_t n) { return has_unit(card(n), unit.id); }), {}});
    }
    add_times(entry, run.card);
    uncut.files.push_back(std::move(entry));
  }
  mark_unfinished(uncut, timeline, run.claims.led(recording::kClaimLedReady));
  uncut.ends_recording = !timeline.sessions().empty() && !timeline.sessions().back().stop;
  return uncut;
}

}  // namespace saksi::judge
