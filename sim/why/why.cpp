#include "sim/why/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/recording_format.h"
#include "base/sha256.h"
#include "hw-models/cpu/elf_loader.h"
#include "judge/card/fat_volume.h"
#include "judge/media/mp4.h"
#include "sim/engine/run.h"
#include "sim/observe/elf_layout.h"
#include "sim/observe/source_lines.h"
#include "sim/self-check/truth_files.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;
constexpr uint64_t kSectorBytes = 512;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

uint64_t number(const std::string& text, const std::string& question) {
  const bool is_hex = text.rfind("0x", 0) == 0;
  const std::string digits = is_hex ? text.substr(2) : text;
  const bool good =
      !digits.empty() && digits.size() < 16 && digits.find_first_not_of(is_hex ? "0123456789abcdefABCDEF" : "0123456789") == std::string::npos;
  if (!good) throw UsageError(fmt::format("{}: '{}' is no number; card:OFFSET, clip:FRAME or clip:FILE:FRAME was expected", question, text));
  return std::stoull(digits, nullptr, is_hex ? 16 : 10);
}

/// A clip on the card at the end of the run.
struct Clip {
  size_t index;
  std::unique_ptr<judge::ByteSource> source;
  judge::Mp4Movie movie;
};

/// What a run left, read for questions.
class Evidence {
 public:
  explicit Evidence(const std::string& dir) : dir_(dir) {
    const std::string image = dir + "/recording/" + recording::kCardFile;
    writes_ = read_json_lines(dir + "/truth/block-writes.jsonl");
    if (!fs::exists(image) || writes_.empty()) {
      throw UsageError(fmt::format("{}: no run with a card and its truth: recording/card.img and truth/block-writes.jsonl must be there", dir));
    }
    card_bytes_ = fs::file_size(image);
    volume_ = std::make_unique<judge::FatVolume>(std::make_shared<judge::FileSource>(image));
  }

  uint64_t card_bytes() const { return card_bytes_; }
  const judge::FatVolume& volume() const { return *volume_; }
  const std::string& path(size_t index) const { return volume_->files()[index].path; }

  Clip open(size_t index) const {
    Clip clip{index, volume_->open(index), {}};
    clip.movie = judge::parse_mp4(*clip.source);
    return clip;
  }

  /// The first clip whose path ends like this.
  Clip find_clip(const std::string& name, const std::string& question) const {
    std::string known;
    for (size_t i = 0; i < volume_->files().size(); ++i) {
      if (!ends_with(path(i), ".MP4")) continue;
      if (ends_with(path(i), name)) return open(i);
      known += (known.empty() ? "" : ", ") + path(i);
    }
    throw UsageError(fmt::format("{}: no such clip on the card{}", question, known.empty() ? ", and no other" : "; there are: " + known));
  }

  /// The file that a place on the card belongs to, and where in it.
  std::optional<std::pair<size_t, uint64_t>> owner(uint64_t offset) const {
    for (size_t i = 0; i < volume_->files().size(); ++i) {
      for (const judge::FatVolume::Extent& extent : volume_->extents(i)) {
        if (offset >= extent.source_offset && offset < extent.source_offset + extent.bytes)
          return std::pair(i, extent.file_offset + offset - extent.source_offset);
      }
    }
    return std::nullopt;
  }

  uint64_t card_offset(size_t index, uint64_t file_offset) const {
    for (const judge::FatVolume::Extent& extent : volume_->extents(index)) {
      if (file_offset >= extent.file_offset && file_offset < extent.file_offset + extent.bytes)
        return extent.source_offset + file_offset - extent.file_offset;
    }
    return 0;
  }

  std::vector<Json> writes_to(uint64_t sector) const {
    std::vector<Json> found;
    for (const Json& write : writes_) {
      const uint64_t lba = write.at("lba").get<uint64_t>();
      if (sector >= lba && sector < lba + write.at("count").get<uint64_t>()) found.push_back(write);
    }
    return found;
  }

  /// Exposure and coding of the frame that a sample shows; null if the truth does not know the picture.
  Json frame_of(const Clip& clip, const judge::Mp4Sample& sample) const {
    const PictureTruths truths = read_picture_truths(dir_ + "/truth");
    const int64_t* shown = frame_of_sample(*clip.source, sample, truths);
    if (shown == nullptr) return nullptr;
    const std::vector<Json> pictures = read_json_lines(dir_ + "/truth/encoder.jsonl"), frames = read_json_lines(dir_ + "/truth/frames.jsonl");
    for (const Json& picture : pictures) {
      if (picture.at("frame").get<int64_t>() != *shown) continue;
      for (const Json& frame : frames) {
        if (frame.at("frame") != picture.at("frame")) continue;
        const int64_t end_row = frame.at("t_row0_ns").get<int64_t>() +
                                (frame.at("rows").get<int64_t>() - 1) * frame.at("row_ns_num").get<int64_t>() / frame.at("row_ns_den").get<int64_t>();
        const int64_t half = frame.at("exposure_ns").get<int64_t>() / 2;
        return {{"frame", frame.at("frame")},
                {"exposed_from_ns", frame.at("t_row0_ns").get<int64_t>() - half},
                {"exposed_to_ns", end_row + half},
                {"coded_ns", picture.at("t_done_ns")}};
      }
    }
    return nullptr;
  }

 private:
  std::string dir_;
  std::vector<Json> writes_;
  uint64_t card_bytes_ = 0;
  std::unique_ptr<judge::FatVolume> volume_;
};

/// What of a clip a byte is; adds the frame if it is one.
void tell_part(const Evidence& evidence, const Clip& clip, uint64_t offset, Json& answer) {
  const std::vector<judge::Mp4Sample>& samples = clip.movie.samples;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (offset < samples[i].offset || offset >= samples[i].offset + samples[i].size) continue;
    answer["part"] =
        fmt::format("coded picture {} ({}), byte {} of {}", i, samples[i].sync ? "IDR" : "P", offset - samples[i].offset, samples[i].size);
    answer["clip_frame"] = i;
    const Json frame = evidence.frame_of(clip, samples[i]);
    if (!frame.is_null()) answer["frame"] = frame;
    return;
  }
  const std::vector<judge::Mp4Fragment>& fragments = clip.movie.fragments;
  for (size_t i = fragments.size(); i-- > 0;) {
    if (offset < fragments[i].offset) continue;
    const bool before = offset < samples[fragments[i].first_sample].offset;
    answer["part"] = fmt::format("{} fragment {} (sequence number {}, {} pictures)", before ? "head of" : "padding behind", i, fragments[i].sequence,
                                 fragments[i].sample_count);
    return;
  }
  answer["part"] = clip.movie.has_movie ? "header of the clip" : "a file that holds no movie";
}

/// Function and line of each place of a stack.
class Lines {
 public:
  Lines(const std::string& run_dir, const std::string& firmware) {
    const std::string path = firmware.empty() ? default_firmware_path() : firmware;
    std::ifstream in(run_dir + "/recording/" + recording::kManifestFile);
    const Json manifest = in ? Json::parse(in, nullptr, false) : Json();
    const std::string ran = manifest.is_object() ? manifest.at("inputs").at("firmware").at("sha256").get<std::string>() : "";
    if (path.empty() || hex(sha256_file(path)) != ran) {
      note_ = "source lines are left out: the run's firmware has another hash; name its ELF with --firmware";
      return;
    }
    const ElfLayout layout = read_elf_layout(path);
    symbols_ = layout.symbols;
    lines_ = std::make_unique<SourceLines>(path, layout.code, project_dir());
  }

  const std::string& note() const { return note_; }

  /// Of "name+0x12".
  Json place(const std::string& symbol) const {
    Json json = {{"function", symbol.substr(0, symbol.find('+'))}};
    if (!lines_) return json;
    const size_t plus = symbol.find('+');
    const uint32_t offset = plus == std::string::npos ? 0 : static_cast<uint32_t>(std::stoul(symbol.substr(plus + 1), nullptr, 16));
    for (const hw::SymbolTable::Symbol& one : symbols_.functions()) {
      if (one.name != json.at("function").get<std::string>()) continue;
      const std::string line = lines_->describe(one.address + offset);
      if (!line.empty()) json["line"] = line;
      break;
    }
    return json;
  }

 private:
  std::string note_;
  hw::SymbolTable symbols_;
  std::unique_ptr<SourceLines> lines_;
};

Json writes_json(const std::vector<Json>& writes, const Lines& lines) {
  Json list = Json::array();
  for (const Json& write : writes) {
    Json line = {{"t_ns", write.at("t_ns")}};
    if (write.contains("command")) line["command"] = write.at("command");
    Json stack = Json::array();
    if (write.contains("stack")) {
      for (const Json& symbol : write.at("stack")) stack.push_back(lines.place(symbol.get<std::string>()));
    }
    line["stack"] = stack;
    list.push_back(line);
  }
  return list;
}

double seconds(const Json& ns) { return ns.get<double>() / 1e9; }

}  // namespace

Json why(const std::string& run_dir, const std::string& question, const std::string& firmware) {
  const Evidence evidence(run_dir);
  Json answer = {{"question", question}};
  uint64_t offset = 0;
  if (question.rfind("card:", 0) == 0) {
    offset = number(question.substr(5), question);
  } else if (question.rfind("clip:", 0) == 0) {
    const size_t colon = question.rfind(':');
    const uint64_t frame = number(question.substr(colon + 1), question);
    const Clip clip = evidence.find_clip(colon > 4 ? question.substr(5, colon - 5) : "", question);
    if (frame >= clip.movie.samples.size())
      throw UsageError(fmt::format("{}: {} has {} frames", question, evidence.path(clip.index), clip.movie.samples.size()));
    offset = evidence.card_offset(clip.index, clip.movie.samples[frame].offset);
  } else {
    throw UsageError(fmt::format("{}: card:OFFSET, clip:FRAME or clip:FILE:FRAME was expected", question));
  }
  if (offset >= evidence.card_bytes()) throw UsageError(fmt::format("{}: the card has {} bytes", question, evidence.card_bytes()));
  answer["card_offset"] = offset;
  answer["sector"] = offset / kSectorBytes;
  answer["at"] = offset % kSectorBytes;
  if (const auto owner = evidence.owner(offset)) {
    answer["file"] = evidence.path(owner->first);
    answer["file_offset"] = owner->second;
    if (ends_with(evidence.path(owner->first), ".MP4")) tell_part(evidence, evidence.open(owner->first), owner->second, answer);
  }
  const Lines lines(run_dir, firmware);
  if (!lines.note().empty()) answer["note"] = lines.note();
  answer["writes"] = writes_json(evidence.writes_to(offset / kSectorBytes), lines);
  return answer;
}

std::string why_text(const Json& answer) {
  std::string text = fmt::format("Byte {} of the card is byte {} of sector {}.\n", answer.at("card_offset").get<uint64_t>(),
                                 answer.at("at").get<uint64_t>(), answer.at("sector").get<uint64_t>());
  if (answer.contains("file")) {
    text += fmt::format("It is byte {} of {}", answer.at("file_offset").get<uint64_t>(), answer.at("file").get<std::string>());
    text += answer.contains("part") ? ": " + answer.at("part").get<std::string>() + ".\n" : ".\n";
  } else {
    text += "It belongs to no file: boot sector, FAT, folder or free space.\n";
  }
  if (answer.contains("frame")) {
    const Json& frame = answer.at("frame");
    text += fmt::format("The picture shows frame {} of the sensor, exposed from {:.6f} to {:.6f} s and coded at {:.6f} s.\n",
                        frame.at("frame").get<int64_t>(), seconds(frame.at("exposed_from_ns")), seconds(frame.at("exposed_to_ns")),
                        seconds(frame.at("coded_ns")));
  }
  const Json& writes = answer.at("writes");
  if (writes.empty()) return text + "The camera never wrote that sector.\n";
  text += fmt::format("The sector was written {} time{}; the last time at {:.6f} s", writes.size(), writes.size() == 1 ? "" : "s",
                      seconds(writes.back().at("t_ns")));
  text += writes.back().contains("command") ? fmt::format(", by write command {}:\n", writes.back().at("command").get<uint64_t>()) : ".\n";
  for (const Json& place : writes.back().at("stack")) {
    text += fmt::format("  {:<28} {}\n", place.at("function").get<std::string>(), place.contains("line") ? place.at("line").get<std::string>() : "");
  }
  if (answer.contains("note")) text += answer.at("note").get<std::string>() + "\n";
  return text;
}

}  // namespace saksi::sim
