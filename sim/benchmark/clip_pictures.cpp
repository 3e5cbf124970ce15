#include "sim/benchmark/clip_pictures.h"

#include <algorithm>
#include <functional>
#include <memory>

extern "C" {
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include "base/error.h"
#include "sim/scene/clip_decoder.h"

namespace saksi::sim {

namespace {

constexpr int kAcross = 5;  // pixels a picture
constexpr int kDown = 3;
constexpr size_t kRowSlack = 64;  // the scaler's vector stores may reach beyond a plane's end

constexpr int whole_macroblocks(int size) { return (size + 15) / 16 * 16; }

struct FrameDeleter {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct ScalerDeleter {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

/// A clip's pictures at one size in a planar form with full chroma (three planes) or NV12 (two).
class ScaledClip {
 public:
  ScaledClip(const std::string& path, int width, int height, AVPixelFormat format)
      : path_(path), decoder_(path), width_(width), height_(height), format_(format), frame_(av_frame_alloc()) {
    for (std::vector<uint8_t>& plane : planes_) plane.resize(static_cast<size_t>(width) * static_cast<size_t>(height) + kRowSlack);
  }

  bool next() {
    if (!decoder_.next(frame_.get())) return false;
    const AVFrame& frame = *frame_;
    const auto format = static_cast<AVPixelFormat>(frame.format);
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, format, width_, height_, format_,
                                       SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr, nullptr, nullptr));
    if (!scaler_) throw UsageError("clip '" + path_ + "' has frames that FFmpeg cannot scale. Convert it: ffmpeg -i FILE -pix_fmt yuv420p clip.mp4");
    uint8_t* const planes[4] = {planes_[0].data(), planes_[1].data(), planes_[2].data(), nullptr};
    const int strides[4] = {width_, width_, width_, 0};
    sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides);
    return true;
  }

  const uint8_t* row(size_t plane, int y) const { return planes_[plane].data() + static_cast<ptrdiff_t>(y) * width_; }

 private:
  std::string path_;
  ClipDecoder decoder_;
  int width_, height_;
  AVPixelFormat format_;
  std::unique_ptr<AVFrame, FrameDeleter> frame_;
  std::unique_ptr<SwsContext, ScalerDeleter> scaler_;
  std::vector<uint8_t> planes_[3];
};

std::vector<Nv12Picture> take(ScaledClip& clip, const std::string& path, int count, const std::function<Nv12Picture(int)>& picture_of) {
  std::vector<Nv12Picture> pictures;
  for (int n = 0; n < count && clip.next(); ++n) pictures.push_back(picture_of(n));
  if (pictures.empty()) throw UsageError("clip '" + path + "' has no frame that can be decoded. Give a video file with at least one frame.");
  return pictures;
}

Nv12Picture blank(int width, int height) {
  Nv12Picture picture;
  picture.width = whole_macroblocks(width);
  picture.height = whole_macroblocks(height);
  picture.luma.resize(static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height));
  picture.chroma.resize(picture.luma.size() / 2);
  return picture;
}

/// Fills a plane of `stride` bytes a row and `rows` rows; beyond `height` rows of `samples` samples of `bytes` bytes the outermost go on.
template <class Sample>
void fill(std::vector<uint8_t>& plane, int stride, int samples, int height, int bytes, Sample sample) {
  const int rows = static_cast<int>(plane.size()) / stride;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < stride; ++x) {
      plane[static_cast<size_t>(y * stride + x)] = sample(std::min(x / bytes, samples - 1), x % bytes, std::min(y, height - 1));
    }
  }
}

/// Where a window that started at 0 and moves by `step` is after n steps, if it turns at 0 and at `room`.
int turned(int n, int step, int room) {
  if (room == 0) return 0;
  const int way = n * step % (2 * room);
  return way <= room ? way : 2 * room - way;
}

}  // namespace

std::vector<Nv12Picture> still_camera(const std::string& path, int width, int height, int count) {
  ScaledClip clip(path, width, height, AV_PIX_FMT_NV12);
  return take(clip, path, count, [&](int) {
    Nv12Picture picture = blank(width, height);
    fill(picture.luma, picture.width, width, height, 1, [&](int x, int, int y) { return clip.row(0, y)[x]; });
    fill(picture.chroma, picture.width, width / 2, height / 2, 2, [&](int x, int colour, int y) { return clip.row(1, y)[2 * x + colour]; });
    return picture;
  });
}

std::vector<Nv12Picture> moving_camera(const std::string& path, int width, int height, int count) {
  // Full chroma, so that the window may stand at odd places.
  ScaledClip clip(path, 2 * width, 2 * height, AV_PIX_FMT_YUV444P);
  return take(clip, path, count, [&](int n) {
    const int left = turned(n, kAcross, width), top = turned(n, kDown, height);
    Nv12Picture picture = blank(width, height);
    fill(picture.luma, picture.width, width, height, 1, [&](int x, int, int y) { return clip.row(0, top + y)[left + x]; });
    fill(picture.chroma, picture.width, width / 2, height / 2, 2, [&](int x, int colour, int y) {
      const size_t plane = colour == 0 ? 1 : 2;
      const uint8_t *upper = clip.row(plane, top + 2 * y) + left + 2 * x, *lower = clip.row(plane, top + 2 * y + 1) + left + 2 * x;
      return static_cast<uint8_t>((upper[0] + upper[1] + lower[0] + lower[1] + 2) / 4);
    });
    return picture;
  });
}

}  // namespace saksi::sim
