#include "sim/scene/clip_source.h"

#include <algorithm>

extern "C" {
#include <libavutil/frame.h>
}

#include "base/error.h"
#include "sim/scene/clip_decoder.h"

namespace saksi::sim {

ClipSource::ClipSource(const std::string& path, AtEnd at_end) : path_(path), at_end_(at_end), decoder_(std::make_unique<ClipDecoder>(path)) {
  for (AVFrame*& frame : kept_) frame = av_frame_alloc();
  kept_id_.fill(-1);
  if (!decode_next()) {
    for (AVFrame*& frame : kept_) av_frame_free(&frame);
    throw UsageError("clip '" + path + "' has no frame that can be decoded. Give a video file with at least one frame.");
  }
}

ClipSource::~ClipSource() {
  for (AVFrame*& frame : kept_) av_frame_free(&frame);
}

bool ClipSource::decode_next() {
  const size_t slot = static_cast<size_t>(next_id_) % kKept;
  AVFrame* frame = kept_[slot];
  av_frame_unref(frame);
  kept_id_[slot] = -1;
  if (!decoder_->next(frame)) {
    complete_ = true;
    damaged_ = std::max(damaged_, decoder_->damaged());
    return false;
  }
  damaged_ = std::max(damaged_, decoder_->damaged());
  kept_id_[slot] = next_id_;
  if (next_id_ == static_cast<int64_t>(begin_ns_.size())) add_time(*frame);
  ++next_id_;
  return true;
}

void ClipSource::add_time(const AVFrame& frame) {
  const int64_t file_ns = decoder_->time_ns(frame);
  int64_t begin_ns = 0;
  if (begin_ns_.empty()) {
    file_start_ns_ = file_ns == INT64_MIN ? 0 : file_ns;
  } else {
    begin_ns = file_ns == INT64_MIN ? 0 : file_ns - file_start_ns_;
    // A time that is missing or runs backwards is replaced by the one that is due.
    if (begin_ns <= begin_ns_.back()) begin_ns = begin_ns_.back() + last_duration_ns_;
  }
  begin_ns_.push_back(begin_ns);
  last_duration_ns_ = decoder_->duration_ns(frame);
}

PictureSpan ClipSource::span_at(int64_t t_ns) {
  t_ns = std::max<int64_t>(t_ns, 0);
  while (!complete_ && begin_ns_.back() <= t_ns) decode_next();
  if (begin_ns_.back() <= t_ns) return span_of_complete(t_ns);
  const auto after = std::upper_bound(begin_ns_.begin(), begin_ns_.end(), t_ns);
  return PictureSpan{after - begin_ns_.begin() - 1, *(after - 1), *after};
}

/// The clip's end is known, and t_ns is in its last frame or later.
PictureSpan ClipSource::span_of_complete(int64_t t_ns) {
  const int64_t last = static_cast<int64_t>(begin_ns_.size()) - 1;
  if (at_end_ == AtEnd::kHold) {
    ended_ = ended_ || t_ns >= begin_ns_.back() + last_duration_ns_;
    return PictureSpan{last, begin_ns_.back(), kForeverNs};
  }
  const int64_t length = begin_ns_.back() + last_duration_ns_;
  const int64_t pass_begin = t_ns / length * length;
  ended_ = ended_ || pass_begin > 0;
  const auto after = std::upper_bound(begin_ns_.begin(), begin_ns_.end(), t_ns - pass_begin);
  const int64_t end = after == begin_ns_.end() ? length : *after;
  return PictureSpan{after - begin_ns_.begin() - 1, pass_begin + *(after - 1), pass_begin + end};
}

const Picture& ClipSource::picture(int64_t id) {
  if (id == current_id_) return current_;
  if (kept_id_[static_cast<size_t>(id) % kKept] != id) {
    if (id < next_id_) {
      decoder_ = std::make_unique<ClipDecoder>(path_);
      kept_id_.fill(-1);
      next_id_ = 0;
    }
    while (next_id_ <= id) {
      if (!decode_next()) throw InfraError("clip '" + path_ + "' has become shorter while it was shown. Leave it alone until the run is over.");
    }
  }
  decoder_->convert(*kept_[static_cast<size_t>(id) % kKept], &current_);
  current_id_ = id;
  return current_;
}

std::vector<std::string> ClipSource::warnings() const {
  std::vector<std::string> list;
  if (ended_) {
    list.push_back("the clip '" + path_ + "' ended and " + (at_end_ == AtEnd::kLoop ? "started over" : "its last frame stayed"));
  }
  if (damaged_ > 0) list.push_back("the clip '" + path_ + "' has " + std::to_string(damaged_) + " damaged frames or packets");
  return list;
}

}  // namespace saksi::sim
