#include "judge/sweep/cut_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "judge/measure/cut_figures.h"

namespace saksi::judge {

namespace {

/// Units of a card, and how often each is there.
std::map<std::string, size_t> units_on(const CardFacts& card) {
  std::map<std::string, size_t> units;
  for (const FileFacts& file : card.files) {
    for (const ClipUnit& unit : file.units) ++units[unit.id];
  }
  return units;
}

Measurement count(const char* id, size_t value, const std::string& sentence) {
  Measurement measurement;
  measurement.id = id;
  measurement.unit = "1";
  measurement.value = static_cast<double>(value);
  measurement.explain = sentence;
  return measurement;
}

Measurement none(const char* id, const char* unit, const std::string& reason) {
  Measurement measurement;
  measurement.id = id;
  measurement.unit = unit;
  measurement.reason = reason;
  return measurement;
}

/// Everything about one cut in one place.
class Cut {
 public:
  Cut(const UncutRun& uncut, const Recovery& recovery, size_t cut) : uncut_(uncut), recovery_(recovery), cut_(cut), kept_(units_on(recovery.after)) {}

  Measurement frames_lost() const {
    size_t lost = 0;
    std::string first;
    for (const UncutFile& file : uncut_.files) {
      for (const UncutUnit& unit : file.units) {
        if (unit.durable_at > cut_ || kept_.count(unit.id) != 0) continue;
        lost += unit.frames;
        if (first.empty()) first = fmt::format("{} frames of {}, on the card since write {}, are gone", unit.frames, file.path, unit.durable_at);
      }
    }
    return count(kCutFramesLost, lost, first);
  }

  Measurement tail() const {
    Measurement measurement = none(kCutTail, "s", "the recording LED was dark");
    for (const LitSpan& span : uncut_.lit) {
      if (span.to_s <= from_s() || span.from_s >= to_s()) continue;
      const std::optional<double> last = last_kept_s();
      const double cut_s = std::min(to_s(), span.to_s);
      if (!last && !has_times()) {
        measurement.reason = "the pictures do not tell when they were exposed";
      } else if (!last) {
        measurement.at_least = cut_s - span.press_s;
        measurement.explain = "no frame is left";
      } else {
        measurement.value = cut_s - *last;
        measurement.explain = fmt::format("the last frame that is left was exposed at {:.3f} s, power went until {:.3f} s", *last, cut_s);
      }
    }
    return measurement;
  }

  Measurement files_changed() const {
    size_t changed = 0;
    std::string first;
    for (const UncutFile& file : uncut_.files) {
      if (file.complete_at > cut_) continue;
      const FileFacts* now = recovery_.after.find(file.path);
      if (now && now->content == file.content) continue;
      ++changed;
      if (first.empty()) first = fmt::format("{}, complete since write {}, {}", file.path, file.complete_at, now ? "has other bytes" : "is gone");
    }
    return count(kCutFilesChanged, changed, first);
  }

  Measurement volume_faults() const {
    size_t faults = recovery_.after.readable ? 0 : 1;
    std::string first = recovery_.after.readable ? "" : "the card holds no volume that can be read";
    for (const Problem& problem : recovery_.after.problems) {
      if (problem.severity == Severity::kNote) continue;
      ++faults;
      if (first.empty()) first = problem.text;
    }
    return count(kCutVolumeFaults, faults, first);
  }

  Measurement clips_broken() const {
    size_t broken = 0;
    std::string first;
    for (const FileFacts& file : recovery_.after.files) {
      if (!file.is_clip || file.plays()) continue;
      ++broken;
      if (first.empty()) first = file.path + ": " + (file.problems.empty() ? "holds no picture" : file.problems.front().text);
    }
    return count(kCutClipsBroken, broken, first);
  }

  Measurement stale_frames() const {
    std::set<std::string> own = uncut_.older_units;
    for (const UncutFile& file : uncut_.files) {
      for (const UncutUnit& unit : file.units) own.insert(unit.id);
    }
    std::set<std::string> seen;
    size_t stale = 0;
    std::string first;
    for (const FileFacts& file : recovery_.after.files) {
      for (const ClipUnit& unit : file.units) {
        const bool is_foreign = own.count(unit.id) == 0 && !(uncut_.ends_recording && !is_known_clip(file.path));
        const bool is_repeated = !seen.insert(unit.id).second;
        if (!is_foreign && !is_repeated) continue;
        stale += unit.frames;
        if (first.empty())
          first = fmt::format("{} frames in {} {}", unit.frames, file.path, is_foreign ? "were never recorded like this" : "stand there twice");
      }
    }
    return count(kCutStaleFrames, stale, first);
  }

  Measurement ready_time() const {
    Measurement measurement = none(kCutReadyTime, "s", "");
    if (recovery_.ready_s) {
      measurement.value = *recovery_.ready_s;
    } else {
      measurement.add_at_least(recovery_.waited_s, "the ready LED was never lit");
    }
    return measurement;
  }

  Measurement led_untrue() const {
    for (const LitSpan& span : uncut_.lit) {
      if (span.to_s <= from_s() || span.from_s >= to_s() || keeps_from(span.press_s)) continue;
      return count(kCutLedUntrue, 1,
                   fmt::format("the recording LED was lit at {:.3f} s, and no frame from the press on is left", std::max(from_s(), span.from_s)));
    }
    return count(kCutLedUntrue, 0, "");
  }

  Measurement next_clip_bad() const {
    if (!recovery_.next) return none(kCutNextClipBad, "1", "no recording was made after this cut");
    bool has_new = false;
    for (const FileFacts& file : recovery_.next->files) {
      if (!file.is_clip) continue;
      const FileFacts* before = recovery_.after.find(file.path);
      if (before && before->content != file.content) return count(kCutNextClipBad, 1, "the next recording changed " + file.path);
      has_new = has_new || (!before && file.plays());
    }
    for (const FileFacts& file : recovery_.after.files) {
      if (file.is_clip && !recovery_.next->find(file.path)) return count(kCutNextClipBad, 1, "the next recording took the place of " + file.path);
    }
    return count(kCutNextClipBad, has_new ? 0 : 1, has_new ? "" : "the next recording left no clip that plays");
  }

  Measurement loss_unsaid() const {
    const auto speaks = [](const std::string& line) { return line.rfind("E:", 0) == 0 || line.rfind("W:", 0) == 0; };
    bool said = std::any_of(recovery_.said.begin(), recovery_.said.end(), speaks) || *volume_faults().value > 0;
    for (const FileFacts& file : recovery_.after.files) {
      for (const Problem& problem : file.problems) said = said || problem.severity != Severity::kNote;
    }
    const double lost = *frames_lost().value + *files_changed().value;
    const std::string what = *frames_lost().value > 0 ? frames_lost().explain : files_changed().explain;
    return count(kCutLossUnsaid, said ? 0 : static_cast<size_t>(lost), said || lost == 0 ? "" : what + ", and nothing says so");
  }

 private:
  double from_s() const { return uncut_.from_s(cut_); }
  double to_s() const { return uncut_.to_s(cut_); }

  template <class Visit>
  void for_each_kept(Visit visit) const {
    for (const UncutFile& file : uncut_.files) {
      for (const UncutUnit& unit : file.units) {
        if (kept_.count(unit.id) != 0) visit(file, unit);
      }
    }
  }

  bool has_times() const {
    return std::any_of(uncut_.files.begin(), uncut_.files.end(), [](const UncutFile& file) {
      return std::any_of(file.units.begin(), file.units.end(), [](const UncutUnit& unit) { return !unit.exposed_s.empty(); });
    });
  }

  bool is_known_clip(const std::string& path) const {
    return std::any_of(uncut_.files.begin(), uncut_.files.end(), [&](const UncutFile& file) { return file.path == path && !file.units.empty(); });
  }

  std::optional<double> last_kept_s() const {
    std::optional<double> last;
    for_each_kept([&](const UncutFile&, const UncutUnit& unit) {
      for (double s : unit.exposed_s) last = std::max(last.value_or(s), s);
    });
    return last;
  }

  /// Whether a frame is left that was exposed after the press, or as it was pressed. Without times: any frame that became durable after the press.
  bool keeps_from(double press_s) const {
    const bool timed = has_times();
    bool keeps = false;
    for_each_kept([&](const UncutFile&, const UncutUnit& unit) {
      if (!timed) keeps = keeps || uncut_.from_s(unit.durable_at) >= press_s;
      for (double s : unit.exposed_s) keeps = keeps || s >= press_s - uncut_.frame_period_s;
    });
    return keeps;
  }

  const UncutRun& uncut_;
  const Recovery& recovery_;
  size_t cut_;
  std::map<std::string, size_t> kept_;
};

}  // namespace

std::vector<Measurement> judge_cut(const UncutRun& uncut, const Recovery& recovery, size_t cut, bool is_legal) {
  const Cut one(uncut, recovery, cut);
  if (!is_legal) return {one.loss_unsaid()};
  return {one.frames_lost(),  one.tail(),       one.files_changed(), one.volume_faults(), one.clips_broken(),
          one.stale_frames(), one.ready_time(), one.led_untrue(),    one.next_clip_bad(), one.loss_unsaid()};
}

}  // namespace saksi::judge
