#ifndef SAKSI_JUDGE_TEST_SUPPORT_CLIP_WRITER_H_
#define SAKSI_JUDGE_TEST_SUPPORT_CLIP_WRITER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "judge/test-support/light_scene.h"

namespace saksi::judge::testing {

struct CodedPicture {
  std::vector<uint8_t> bytes;  ///< NAL units, each behind its 4-byte length
  bool sync;
  int64_t pts;  ///< in the clip's timescale
};

struct CodedClip {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> avcc;
  std::vector<CodedPicture> pictures;
};

constexpr uint32_t kTimescale = 90000;

/// Codes pictures with libx264 at a fixed QP, without B pictures.
class ClipEncoder {
 public:
  ClipEncoder(int width, int height, int qp, int gop);
  ~ClipEncoder();
  void add(const Picture& picture, int64_t pts);
  /// The coded clip; nothing can be added afterwards.
  CodedClip finish();

 private:
  struct State;
  void drain();
  std::unique_ptr<State> state_;
};

/// A fragmented MP4: one fragment each `per_fragment` pictures; default-base-is-moof, moofs on 512-byte boundaries with free boxes between.
std::vector<uint8_t> mux_fragmented(const CodedClip& clip, size_t per_fragment);

/// A plain MP4 with the moov in front or behind.
std::vector<uint8_t> mux_plain(const CodedClip& clip, bool moov_first);

}  // namespace saksi::judge::testing

#endif
