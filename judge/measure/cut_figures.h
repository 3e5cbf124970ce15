#ifndef SAKSI_JUDGE_MEASURE_CUT_FIGURES_H_
#define SAKSI_JUDGE_MEASURE_CUT_FIGURES_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

// What a sweep of power cuts (judge/sweep) finds of each cut. A single recording has none of these: it was cut once at most, and nobody saw the
// camera recover.
constexpr char kCutFramesLost[] = "cut_frames_lost";      ///< frames that an outside reader found at the cut, and no more after recovery
constexpr char kCutTail[] = "cut_tail";                   ///< seconds, from the last frame that is left to the cut, while the recording LED was lit
constexpr char kCutFilesChanged[] = "cut_files_changed";  ///< files that were complete at the cut and are not the same bytes afterwards
constexpr char kCutVolumeFaults[] = "cut_volume_faults";  ///< findings on the volume after recovery that are more than a note
constexpr char kCutClipsBroken[] = "cut_clips_broken";    ///< clips that do not play to their end after recovery
constexpr char kCutStaleFrames[] = "cut_stale_frames";    ///< frames after recovery that are not of this recording
constexpr char kCutReadyTime[] = "cut_ready_time";        ///< seconds from power to the ready LED
constexpr char kCutLedUntrue[] = "cut_led_untrue";        ///< 1 if the recording LED was lit and no frame from the press on is left, else 0
constexpr char kCutNextClipBad[] = "cut_next_clip_bad";   ///< 1 if the next recording left no good clip of its own, else 0
constexpr char kCutLossUnsaid[] = "cut_loss_unsaid";      ///< frames or files that are lost and neither the camera nor the card says so

/// Says that a sweep is needed.
void measure_in_sweep(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
