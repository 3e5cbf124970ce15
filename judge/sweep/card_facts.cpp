#include "judge/sweep/card_facts.h"

#include <algorithm>

#include "base/sha256.h"
#include "judge/card/hash_range.h"
#include "judge/media/clip_decoder.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;
constexpr size_t kPiece = 1 << 16;

void hash_number(Sha256& hash, uint64_t value) {
  uint8_t bytes[8];
  for (size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<uint8_t>(value >> 8 * i);
  hash.update(bytes, sizeof bytes);
}

/// Size, and place and bytes of each piece that is not all zeros: a file that was laid out beforehand is mostly holes, which are not read.
std::string content_of(const ByteSource& source) {
  Sha256 hash;
  hash_number(hash, source.size());
  std::vector<uint8_t> piece(kPiece);
  for (uint64_t at = source.next_data(0) / kPiece * kPiece; at < source.size();
       at = std::max(at + kPiece, source.next_data(at + kPiece) / kPiece * kPiece)) {
    piece.resize(kPiece);
    piece.resize(source.read(at, piece.data(), static_cast<size_t>(std::min<uint64_t>(kPiece, source.size() - at))));
    if (std::all_of(piece.begin(), piece.end(), [](uint8_t byte) { return byte == 0; })) continue;
    hash_number(hash, at);
    hash.update(piece.data(), piece.size());
  }
  return hex(hash.finish());
}

/// Samples [first, end) as one unit.
ClipUnit unit_of(const ByteSource& source, const Mp4Movie& movie, size_t first, size_t end, uint64_t number) {
  Sha256 hash;
  hash_number(hash, number);
  hash_number(hash, static_cast<uint64_t>(movie.samples[first].dts));
  for (size_t i = first; i < end; ++i) {
    const Mp4Sample& sample = movie.samples[i];
    hash_number(hash, sample.size);
    hash_number(hash, sample.duration);
    hash_range(hash, source, sample.offset, sample.offset + sample.size);
  }
  return {hex(hash.finish()), end - first};
}

std::vector<ClipUnit> units_of(const ByteSource& source, const Mp4Movie& movie) {
  std::vector<ClipUnit> units;
  if (movie.fragmented) {
    for (const Mp4Fragment& fragment : movie.fragments) {
      if (fragment.sample_count == 0) continue;
      units.push_back(unit_of(source, movie, fragment.first_sample, fragment.first_sample + fragment.sample_count, fragment.sequence));
    }
    return units;
  }
  for (size_t first = 0; first < movie.samples.size();) {
    size_t end = first + 1;
    while (end < movie.samples.size() && !movie.samples[end].sync) ++end;
    units.push_back(unit_of(source, movie, first, end, units.size()));
    first = end;
  }
  return units;
}

bool is_called_clip(const std::string& path) {
  if (path.size() < 4) return false;
  std::string tail = path.substr(path.size() - 4);
  std::transform(tail.begin(), tail.end(), tail.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return tail == ".mp4" || tail == ".mov" || tail == ".m4v";
}

FileFacts facts_of(const VolumeFile& file, const ByteSource& source, const ClipCheck& check) {
  FileFacts facts;
  facts.path = file.path;
  facts.size = file.size;
  facts.content = content_of(source);
  // What a camera lays out beforehand under another name is no clip before it bears a clip's name.
  facts.is_clip = is_called_clip(file.path) && file.size > 0;
  if (!facts.is_clip) return facts;
  const Mp4Movie movie = parse_mp4(source);
  facts.problems = movie.problems;
  facts.units = units_of(source, movie);
  facts.chain = follow_hash_chain(source, movie, facts.problems);
  if (!check || movie.samples.empty()) return facts;
  const Problems decoding = check(source, movie, facts.content);
  facts.problems.insert(facts.problems.end(), decoding.begin(), decoding.end());
  return facts;
}

bool is_fine(const Problems& problems) {
  return std::all_of(problems.begin(), problems.end(), [](const Problem& problem) { return problem.severity == Severity::kNote; });
}

Json to_json(const Problems& problems) {
  Json list = Json::array();
  for (const Problem& problem : problems)
    list.push_back({{"severity", static_cast<int>(problem.severity)}, {"kind", problem.kind}, {"text", problem.text}});
  return list;
}

Problems problems_of(const Json& list) {
  Problems problems;
  for (const Json& item : list) {
    problems.push_back(
        {static_cast<Severity>(item.at("severity").get<int>()), item.at("kind").get<std::string>(), item.at("text").get<std::string>()});
  }
  return problems;
}

}  // namespace

bool FileFacts::plays() const { return is_clip && frames() > 0 && is_fine(problems); }

size_t FileFacts::frames() const {
  size_t count = 0;
  for (const ClipUnit& unit : units) count += unit.frames;
  return count;
}

const FileFacts* CardFacts::find(const std::string& path) const {
  for (const FileFacts& file : files) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

CardFacts read_card_facts(const Volume& volume, const ClipCheck& check) {
  CardFacts facts;
  facts.readable = volume.readable();
  facts.problems = volume.problems();
  for (size_t i = 0; i < volume.files().size(); ++i) facts.files.push_back(facts_of(volume.files()[i], *volume.open(i), check));
  return facts;
}

Problems decode_problems(const ByteSource& clip, const Mp4Movie& movie) {
  ClipDecoder decoder(movie, clip);
  DecodedPicture picture;
  size_t pictures = 0;
  while (decoder.next(picture)) ++pictures;
  Problems problems = decoder.problems();
  if (pictures < movie.samples.size()) {
    problems.push_back({Severity::kDamage, "decode-error", std::to_string(movie.samples.size() - pictures) + " samples gave no picture."});
  }
  return problems;
}

Json to_json(const CardFacts& facts) {
  Json files = Json::array();
  for (const FileFacts& file : facts.files) {
    Json units = Json::array();
    for (const ClipUnit& unit : file.units) units.push_back({unit.id, unit.frames});
    files.push_back({{"path", file.path},
                     {"size", file.size},
                     {"content", file.content},
                     {"is_clip", file.is_clip},
                     {"units", units},
                     {"chain", static_cast<int>(file.chain)},
                     {"problems", to_json(file.problems)}});
  }
  return {{"readable", facts.readable}, {"problems", to_json(facts.problems)}, {"files", files}};
}

CardFacts card_facts_of(const Json& json) {
  CardFacts facts;
  facts.readable = json.at("readable").get<bool>();
  facts.problems = problems_of(json.at("problems"));
  for (const Json& item : json.at("files")) {
    FileFacts file;
    file.path = item.at("path").get<std::string>();
    file.size = item.at("size").get<uint64_t>();
    file.content = item.at("content").get<std::string>();
    file.is_clip = item.at("is_clip").get<bool>();
    for (const Json& unit : item.at("units")) file.units.push_back({unit.at(0).get<std::string>(), unit.at(1).get<size_t>()});
    file.chain = static_cast<HashChain>(item.at("chain").get<int>());
    file.problems = problems_of(item.at("problems"));
    facts.files.push_back(std::move(file));
  }
  return facts;
}

}  // namespace saksi::judge
