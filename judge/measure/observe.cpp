#include "judge/measure/observe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "base/light_code.h"
#include "base/recording_format.h"
#include "base/sha256.h"
#include "judge/card/exfat_volume.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

namespace {

namespace fs = std::filesystem;

constexpr char kWhatIsJudged[] = "a recording folder, a card image or device with FAT32, a mounted card, or an MP4 file";

bool ends_with(const std::string& path, const std::string& ending) {
  if (path.size() < ending.size()) return false;
  std::string tail = path.substr(path.size() - ending.size());
  for (char& c : tail) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return tail == ending;
}

/// A file that is called an MP4 but does not begin like one: damaged at its beginning, if it holds any of an MP4's boxes, or zeros; else foreign.
bool is_damaged_mp4(const std::string& path, const ByteSource& source) {
  if (!ends_with(path, ".mp4") && !ends_with(path, ".m4v") && !ends_with(path, ".mov")) return false;
  constexpr size_t kSearched = 16 * 1024 * 1024;
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min<uint64_t>(source.size(), kSearched)));
  bytes.resize(source.read(0, bytes.data(), bytes.size()));
  const auto holds = [&](const char* type) { return std::search(bytes.begin(), bytes.end(), type, type + 4) != bytes.end(); };
  const bool zeros =
      std::all_of(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(std::min<size_t>(bytes.size(), 512)), [](uint8_t b) { return b == 0; });
  return !bytes.empty() && (zeros || holds("moov") || holds("mdat") || holds("moof"));
}

/// A card whose boot sectors are gone cannot be told from any other file but by its name and size.
bool is_damaged_card(const std::string& path, const ByteSource& source) {
  constexpr uint64_t kSmallest = 64 * 1024;
  return ends_with(path, ".img") && !begins_like_mp4(source) && source.size() >= kSmallest && source.size() % 512 == 0;
}

CardContents read_image(const std::string& path, const Claims& claims, const FrameHints& hints, const SignatureOptions& signature) {
  return read_card(*open_card_volume(std::make_shared<FileSource>(path)), claims, hints, signature);
}

/// What the light code showed at t = 0. A number that cannot be one is as none at all: then the pictures tell other times than the recording's.
uint32_t epoch_tick_of(const nlohmann::ordered_json& manifest) {
  const auto code = manifest.find(recording::kKeyLightCode);
  if (code == manifest.end() || !code->is_object() || !code->contains(recording::kKeyEpochTick)) return 0;
  const nlohmann::ordered_json& epoch = (*code)[recording::kKeyEpochTick];
  if (!epoch.is_number_unsigned() || epoch.get<uint64_t>() >= light_code::kTickModulus || epoch.get<uint64_t>() % 2 != 0) return 0;
  return epoch.get<uint32_t>();
}

/// Why the light code of a recording cannot be read; empty if it can.
std::string other_code(const nlohmann::ordered_json& manifest) {
  const auto code = manifest.find(recording::kKeyLightCode);
  if (code == manifest.end() || !code->is_object() || !code->contains("tick_hz") || (*code)["tick_hz"] == light_code::kTickHz) return "";
  return fmt::format("the light code counted {} ticks a second, and this version reads {}", (*code)["tick_hz"].dump(), light_code::kTickHz);
}

/// Why the pictures are no evidence of what was before the camera; empty if they are.
std::string why_no_picture(const nlohmann::ordered_json& manifest) {
  const auto no_picture = manifest.find(recording::kKeyNoPicture);
  const std::string said = no_picture != manifest.end() && no_picture->is_string() ? no_picture->get<std::string>() : "";
  return said.empty() ? other_code(manifest) : said;
}

Observations observe_recording(const std::string& path, const SignatureOptions& signature) {
  Observations o;
  o.kind = InputKind::kRecording;
  o.recording = Recording::load(path);
  const nlohmann::ordered_json& manifest = o.recording->manifest;
  const auto device = manifest.find(recording::kKeyDevice);
  if (device != manifest.end() && device->is_object() && device->contains(recording::kKeyClaims)) o.claims = Claims((*device)[recording::kKeyClaims]);
  o.digest = o.recording->digest;
  o.no_picture = why_no_picture(manifest);
  const FrameHints hints = frame_hints(*o.recording);
  for (const auto& [n, image] : o.recording->card_snapshots) o.snapshots[n] = read_image(image, o.claims, hints, signature);
  if (o.recording->card_image) {
    o.card = read_image(*o.recording->card_image, o.claims, hints, signature);
  } else if (!o.snapshots.empty()) {
    o.card = o.snapshots.rbegin()->second;
  } else {
    o.card.problems.push_back({Severity::kNote, "no-card", "The recording holds no card image."});
  }
  return o;
}

/// Digest lines of all files of a mounted card, like those of a recording.
std::string folder_contents_digest(const std::string& path, const Volume& volume) {
  std::string lines;
  for (const VolumeFile& file : volume.files()) {
    std::error_code error;
    const fs::path place = fs::path(path) / file.path;
    const bool there = fs::exists(place, error);
    lines += recording::digest_line(file.path, file.size, there ? hex(sha256_file(place.string())) : "unreadable");
  }
  return hex(sha256(lines));
}

Observations observe_folder(const std::string& path, const SignatureOptions& signature) {
  const fs::path root(path);
  for (const char* part : {recording::kManifestFile, recording::kEventsFile}) {
    if (fs::exists(root / part))
      throw UsageError(
          fmt::format("{}: is an incomplete recording folder: {} and {} must both be there", path, recording::kManifestFile, recording::kEventsFile));
  }
  Observations o;
  o.kind = InputKind::kFolder;
  const std::unique_ptr<Volume> volume = open_folder_volume(path);
  o.card = read_card(*volume, o.claims, {}, signature);
  o.digest = folder_contents_digest(path, *volume);
  return o;
}

Observations observe_file(const std::string& path, const SignatureOptions& signature) {
  const auto source = std::make_shared<FileSource>(path);
  Observations o;
  std::error_code error;
  const bool device = fs::is_block_file(path, error);
  if (device || has_card_volume(*source) || is_damaged_card(path, *source)) {
    o.kind = InputKind::kCard;
    o.card = read_card(*open_card_volume(source), o.claims, {}, signature);
    o.digest = hex(sparse_file_digest(path));
  } else if (looks_like_mp4(*source) || is_damaged_mp4(path, *source)) {
    o.kind = InputKind::kClip;
    o.card.readable = true;
    o.card.clips.push_back(read_clip(*source, fs::path(path).filename().string(), o.claims, {}, signature));
    o.digest = hex(sha256_file(path));
  } else {
    throw UsageError(fmt::format("{}: is none of what can be judged: {}", path, kWhatIsJudged));
  }
  return o;
}

}  // namespace

FrameHints frame_hints(const Recording& recording) {
  return {static_cast<double>(recording.end_ns()) / 1e9, why_no_picture(recording.manifest).empty(), epoch_tick_of(recording.manifest)};
}

Observations observe(const std::string& path, const SignatureOptions& signature) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw UsageError(fmt::format("{}: does not exist; expected is {}", path, kWhatIsJudged));
  if (!fs::is_directory(status)) return observe_file(path, signature);
  if (Recording::recognises(path)) return observe_recording(path, signature);
  const std::string inner = (fs::path(path) / "recording").string();
  if (Recording::recognises(inner)) return observe_recording(inner, signature);
  return observe_folder(path, signature);
}

}  // namespace saksi::judge
