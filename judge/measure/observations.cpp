#include "judge/measure/observations.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/recording_format.h"
#include "judge/media/clip_decoder.h"
#include "judge/media/light_code_reader.h"

namespace saksi::judge {

namespace {

bool has_mp4_name(const std::string& path) {
  std::string lower = path;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const std::string ending : {".mp4", ".m4v", ".mov"}) {
    if (lower.size() > ending.size() && lower.compare(lower.size() - ending.size(), ending.size(), ending) == 0) return true;
  }
  return false;
}

void append(Problems& to, const Problems& from) { to.insert(to.end(), from.begin(), from.end()); }

/// The mean over each n-th column of each n-th row; `none` of an empty plane.
double mean_of(const LumaPicture& picture, int step, double none) {
  int64_t sum = 0, count = 0;
  for (int y = step / 2; y < picture.height; y += step) {
    for (int x = step / 2; x < picture.width; x += step, ++count) sum += picture.at(x, y);
  }
  return count > 0 ? static_cast<double>(sum) / static_cast<double>(count) : none;
}

/// A reader that knows where the code lies, from the first picture in which it can be found: the pictures before it can be read then, too.
LightCodeReader located_reader(const ByteSource& source, const FrameHints& known, const Mp4Movie& movie) {
  constexpr int kLookedAt = 30;
  LightCodeReader reader(known.epoch_tick);
  if (!known.has_light_code) return reader;
  ClipDecoder decoder(movie, source);
  DecodedPicture picture;
  for (int i = 0; i < kLookedAt && decoder.next(picture); ++i) {
    if (!picture.damaged && reader.read(picture.luma).readable()) break;
  }
  return reader;
}

/// Decodes all pictures and reads their light codes.
std::vector<FrameReading> decode(const ByteSource& source, const FrameHints& known, StoredClip& clip) {
  std::vector<FrameReading> readings;
  ClipDecoder decoder(clip.movie, source);
  LightCodeReader reader = located_reader(source, known, clip.movie);
  DecodedPicture picture;
  constexpr int kStep = 4;
  constexpr double kNeutral = 128;
  bool damage_seen = false;
  bool disordered = false;
  while (decoder.next(picture)) {
    const Mp4Sample& sample = clip.movie.samples[picture.sample];
    const StoredFrame frame{clip.movie.seconds(picture.pts), picture.damaged, mean_of(picture.luma, kStep, 0),
                            mean_of(picture.cb, kStep / 2, kNeutral), mean_of(picture.cr, kStep / 2, kNeutral)};
    disordered = disordered || (!clip.frames.empty() && frame.pts_s <= clip.frames.back().pts_s);
    clip.frames.push_back(frame);
    readings.push_back(picture.damaged || !known.has_light_code ? FrameReading{} : reader.read(picture.luma));
    damage_seen = damage_seen || picture.damaged;
    if (!damage_seen) clip.recovered_until_s = std::max(clip.recovered_until_s, clip.movie.seconds(picture.pts + sample.duration));
  }
  append(clip.problems, decoder.problems());
  if (disordered) clip.problems.push_back({Severity::kDamage, "time-order", "The presentation times do not rise from picture to picture."});
  const size_t expected = clip.movie.samples.size() - decoder.unwritten() - decoder.without_picture();
  if (clip.movie.has_movie && clip.frames.size() < expected) {
    clip.problems.push_back(
        {Severity::kDamage, "lost-picture", fmt::format("{} coded pictures gave {} decoded ones.", expected, clip.frames.size())});
  }
  return readings;
}

}  // namespace

bool StoredClip::has_content() const {
  return std::none_of(problems.begin(), problems.end(), [](const Problem& p) { return p.kind == "empty"; });
}

bool StoredClip::is_playable(bool torn_allowed) const {
  if (frames.empty()) return false;
  const Severity allowed = torn_allowed ? Severity::kTorn : Severity::kNote;
  return std::all_of(problems.begin(), problems.end(), [&](const Problem& p) { return p.severity <= allowed; });
}

Severity CardContents::worst() const {
  Severity worst = Severity::kNote;
  for (const Problem& problem : problems) worst = std::max(worst, problem.severity);
  return worst;
}

StoredClip read_clip(const ByteSource& source, const std::string& file, const Claims& claims, const FrameHints& known,
                     const SignatureOptions& signature) {
  StoredClip clip;
  clip.file = file;
  clip.size = source.size();
  clip.movie = parse_mp4(source);
  clip.problems.swap(clip.movie.problems);
  clip.hash_chain = follow_hash_chain(source, clip.movie, clip.problems);
  clip.signature = verify_media_signing(source, clip.movie, signature);
  clip.export_file = read_export_file(source, clip.movie.track_id, clip.signature, signature);
  Problems& against = clip.signature.problems;
  against.insert(against.end(), clip.export_file.problems.begin(), clip.export_file.problems.end());
  clip.sample_count = clip.movie.samples.size();
  if (clip.movie.codec == VideoCodec::kH264) clip.sps = sps_of_avcc(clip.movie.avcc);
  const std::vector<FrameReading> readings = decode(source, known, clip);
  clip.movie.samples.clear();

  PhotonHints hints;
  const std::optional<double> rate = claims.number(recording::kClaimFrameRate);
  if (rate && *rate > 0) hints.frame_period_s = 1 / *rate;
  for (const StoredFrame& frame : clip.frames) hints.pts_s.push_back(frame.pts_s);
  hints.latest_s = known.latest_s;
  hints.height = clip.sps ? clip.sps->height : clip.movie.height;
  clip.photon = estimate_photon_times(readings, hints);
  if (clip.photon.foreign > 0) {
    clip.problems.push_back(
        {Severity::kNote, "foreign-light-code",
         fmt::format("The light code in {} of its {} pictures tells times outside of this recording: they were filmed in another one.",
                     clip.photon.foreign, clip.frames.size())});
  }
  return clip;
}

CardContents read_card(const Volume& volume, const Claims& claims, const FrameHints& known, const SignatureOptions& signature) {
  CardContents card;
  card.readable = volume.readable();
  card.problems = volume.problems();
  for (size_t i = 0; i < volume.files().size(); ++i) {
    const VolumeFile& file = volume.files()[i];
    const std::unique_ptr<ByteSource> source = volume.open(i);
    if (!has_mp4_name(file.path) && !looks_like_mp4(*source)) continue;
    StoredClip clip = read_clip(*source, file.path, claims, known, signature);
    // A camera may lay out the next clip ahead of time under another name; until it holds a picture it is no clip.
    if (!has_mp4_name(file.path) && clip.sample_count == 0) continue;
    card.clips.push_back(std::move(clip));
    if (source->size() < file.size) {
      card.clips.back().problems.push_back(
          {Severity::kDamage, "short-chain", fmt::format("Only {} of {} bytes are on the card.", source->size(), file.size)});
    }
  }
  std::vector<SignatureResult*> signatures;
  for (StoredClip& clip : card.clips) signatures.push_back(&clip.signature);
  name_shared_nonces(signatures);
  return card;
}

}  // namespace saksi::judge
