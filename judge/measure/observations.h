#ifndef SAKSI_JUDGE_MEASURE_OBSERVATIONS_H_
#define SAKSI_JUDGE_MEASURE_OBSERVATIONS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "judge/card/volume.h"
#include "judge/measure/photon_time.h"
#include "judge/media/h264_sps.h"
#include "judge/media/hash_chain.h"
#include "judge/media/mp4.h"
#include "judge/recording/recording.h"
#include "judge/signature/export_file.h"
#include "judge/signature/media_signing.h"

namespace saksi::judge {

/// A decoded picture that was stored in a clip.
struct StoredFrame {
  double pts_s;          ///< presentation time in the file
  bool damaged;          ///< the decoder had to guess parts of it; its time is not used
  double mean_luma = 0;  ///< of some of its pixels, evenly spread
  double mean_cb = 128;  ///< of its colour difference samples
  double mean_cr = 128;
};

/// A clip that was found, parsed and decoded.
struct StoredClip {
  std::string file;  ///< path on the card
  uint64_t size = 0;
  Mp4Movie movie;  ///< description and fragments; its samples are dropped after decoding, its problems moved to `problems`
  size_t sample_count = 0;
  std::optional<H264Sps> sps;
  std::vector<StoredFrame> frames;  ///< in presentation order
  PhotonTimes photon;               ///< photon.frames[i] belongs to frames[i]
  Problems problems;
  HashChain hash_chain = HashChain::kNone;
  SignatureResult signature;  ///< its problems do not make a clip less playable; those of `export_file` are among them
  ExportFile export_file;
  double recovered_until_s = 0;  ///< end of the last of the first pictures in a row that decoded without damage, in media time

  /// Something else than zeros was found in the file.
  bool has_content() const;
  /// Plays to its end: at least one picture and nothing damaged; what a power cut leaves behind the end is let through if `torn_allowed`.
  bool is_playable(bool torn_allowed) const;
};

/// A card, or what stands for one, and the clips on it.
struct CardContents {
  bool readable = false;
  Problems problems;              ///< of the volume
  std::vector<StoredClip> clips;  ///< sorted by path

  /// The worst severity of `problems`.
  Severity worst() const;
};

/// What was judged.
enum class InputKind { kRecording, kCard, kFolder, kClip };

/// Everything that the measurements look at.
struct Observations {
  InputKind kind = InputKind::kRecording;
  std::optional<Recording> recording;  ///< absent for a bare card or clip
  Claims claims;
  CardContents card;                      ///< as it came out in the end
  std::map<int, CardContents> snapshots;  ///< by N of card-N.img
  std::string no_picture;                 ///< why the pictures are no evidence of what was before the camera; empty if they are
  std::string digest;                     ///< hex; also the seed of the Monte Carlo draws
};

/// What is known of the frames on a card before they are looked at.
struct FrameHints {
  double latest_s = 0;         ///< none was exposed later than this; 0 if unknown
  bool has_light_code = true;  ///< false: none is looked for, which takes longer than decoding
  uint32_t epoch_tick = 0;     ///< what the light code showed when time began
};

/// Reads and decodes all MP4 files of a volume.
CardContents read_card(const Volume& volume, const Claims& claims, const FrameHints& hints, const SignatureOptions& signature = {});
/// Parses, decodes and times one clip.
StoredClip read_clip(const ByteSource& source, const std::string& file, const Claims& claims, const FrameHints& hints,
                     const SignatureOptions& signature = {});

}  // namespace saksi::judge

#endif
