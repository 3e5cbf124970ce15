#include "judge/signature/played_nals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "judge/media/h264_sps.h"
#include "judge/media/nal.h"

namespace saksi::judge {

namespace {

constexpr int64_t kNoStop = std::numeric_limits<int64_t>::max();
/// More is no recording; the samples of so many stretches bound the work.
constexpr size_t kMaxStretches = 64;

/// A duration in another timescale; kNoStop if it is out of range.
int64_t rescale(uint64_t duration, uint32_t from, uint32_t to) {
  if (from == 0) return kNoStop;
  const long double scaled = static_cast<long double>(duration) * to / from;
  return scaled < 4e18L ? static_cast<int64_t>(std::ceil(scaled)) : kNoStop;
}

}  // namespace

PlayedNals::PlayedNals(const Mp4Movie& movie, const ByteSource& source) : movie_(movie), source_(source), length_bytes_(movie.nal_length_bytes()) {
  plan();
}

void PlayedNals::plan() {
  if (!movie_.has_movie) return;
  const std::optional<H264Sps> sps = movie_.codec == VideoCodec::kH264 ? sps_of_avcc(movie_.avcc) : std::nullopt;
  if (sps && sps->time_scale > 0) picture_duration_ = rescale(uint64_t{2} * sps->num_units_in_tick, sps->time_scale, movie_.timescale);
  for (const Mp4Edit& edit : movie_.edits) {
    if (edit.media_time < 0 || stretches_.size() >= kMaxStretches) continue;
    const int64_t length = edit.duration == 0 ? kNoStop : rescale(edit.duration, movie_.movie_timescale, movie_.timescale);
    add_stretch(edit.media_time, length < kNoStop - edit.media_time ? edit.media_time + length : kNoStop);
  }
  if (stretches_.empty()) {
    int64_t stop = kNoStop;
    if (!movie_.fragmented) {
      if (movie_.movie_duration > 0) stop = rescale(movie_.movie_duration, movie_.movie_timescale, movie_.timescale);
      if (movie_.media_duration > 0) stop = std::min(stop, rescale(movie_.media_duration, 1, 1));
    }
    add_stretch(0, stop);
  }
  std::vector<bool> shown(movie_.samples.size(), false);
  for (const Stretch& stretch : stretches_)
    std::fill(shown.begin() + static_cast<ptrdiff_t>(stretch.first), shown.begin() + static_cast<ptrdiff_t>(stretch.end), true);
  hidden_ = static_cast<size_t>(std::count(shown.begin(), shown.end(), false));
  sample_ = stretches_.front().first;
}

void PlayedNals::add_stretch(int64_t start, int64_t stop) {
  const auto& samples = movie_.samples;
  size_t first = 0;
  if (start > 0) {
    for (size_t i = 0; i < samples.size() && samples[i].pts <= start; ++i) {
      if (samples[i].sync) first = i;
    }
  }
  const auto past = std::find_if(samples.begin() + static_cast<ptrdiff_t>(first), samples.end(), [&](const Mp4Sample& s) { return s.dts >= stop; });
  stretches_.push_back({first, static_cast<size_t>(past - samples.begin()), start, stop});
}

bool PlayedNals::load_next_sample() {
  while (stretch_ < stretches_.size()) {
    if (sample_ >= stretches_[stretch_].end) {
      if (++stretch_ < stretches_.size()) sample_ = stretches_[stretch_].first;
      continue;
    }
    loaded_ = sample_++;
    const Mp4Sample& sample = movie_.samples[loaded_];
    at_ = 0;
    first_nal_ = true;
    next_dts_ = sample.dts;
    if (sample.size > kMaxSampleBytes) {
      ++unreadable_;
      continue;
    }
    bytes_.resize(sample.size);
    if (source_.read_exactly(sample.offset, bytes_.data(), bytes_.size())) return true;
    ++unreadable_;
  }
  return false;
}

bool PlayedNals::is_outside(const PlayedNal& nal) {
  const Mp4Sample& sample = movie_.samples[loaded_];
  const Stretch& stretch = stretches_[stretch_];
  const int64_t start = first_nal_ ? sample.pts : next_dts_;
  const bool is_picture = parse_nal_head(nal.bytes, nal.size, movie_.codec).primary;
  const int64_t duration = !is_picture ? 0 : picture_duration_ > 0 ? picture_duration_ : sample.duration;
  first_nal_ = false;
  next_dts_ += duration;
  const int64_t end = start + duration;
  return start >= stretch.stop || end < stretch.start || (end == stretch.start && duration > 0);
}

bool PlayedNals::next(PlayedNal& nal) {
  while (true) {
    if (at_ >= bytes_.size() && !load_next_sample()) return false;
    if (at_ >= bytes_.size()) continue;
    size_t length = 0;
    const size_t left = bytes_.size() - at_;
    for (size_t i = 0; i < length_bytes_ && i < left; ++i) length = (length << 8) | bytes_[at_ + i];
    if (left < length_bytes_ || length > left - length_bytes_ || length == 0) {
      ++unreadable_;
      at_ = bytes_.size();
      continue;
    }
    const uint8_t* bytes = bytes_.data() + at_ + length_bytes_;
    nal = {bytes, trimmed_nal_size(bytes, length), loaded_, movie_.samples[loaded_].offset + at_ + length_bytes_};
    at_ += length_bytes_ + length;
    if (nal.size > 0 && !is_outside(nal)) return true;
  }
}

}  // namespace saksi::judge
