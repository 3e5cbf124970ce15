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
#include "judge/media/mp4.h"
#include "judge/recording/recording.h"

namespace saksi::judge {

/// A decoded picture that was stored in a clip.
struct StoredFrame {
  double pts_s;   ///< presentation time in the file
  FrameTime time; ///< photon time
  bool damaged;
};

/// A clip that was found, parsed and decoded.
struct StoredClip {
  std::string file;  ///< path on the card
  uint64_t size = 0;
  Mp4Movie movie;                ///< samples and fragments; problems are moved to `problems`
  std::optional<H264Sps> sps;
  std::vector<StoredFrame> frames;  ///< in presentation order
  PhotonTimes photon;               ///< by index of `frames`
  Problems problems;
  double recovered_until_s = 0;     ///< end of the last picture that decoded without damage before any that did not, in media time
};

/// A card, or what stands for one, and the clips on it.
struct CardContents {
  bool readable = false;
  Problems problems;  ///< of the volume
  std::vector<StoredClip> clips;  ///< sorted by path
};

/// Everything that the measurements look at.
struct Observations {
  std::optional<Recording> recording;  ///< absent for a bare card or clip
  Claims claims;
  CardContents card;                   ///< as it came out in the end
  std::map<int, CardContents> snapshots;  ///< by N of card-N.img
  std::string what;                    ///< "recording", "card" or "clip": for sentences such as "a bare clip holds no button press"
  std::string digest;                  ///< hex; also the seed of the Monte Carlo draws
};

/// Reads and decodes all MP4 files of a volume.
CardContents read_card(const Volume& volume, const Claims& claims, double latest_s);
/// Parses, decodes and times one clip.
StoredClip read_clip(const ByteSource& source, const std::string& file, const Claims& claims, double latest_s);

}  // namespace saksi::judge

#endif
