#include "judge/signature/export_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "judge/media/mp4_box.h"
#include "judge/signature/date.h"

namespace saksi::judge {

namespace {

constexpr uint64_t kMaxMetaBytes = 1 << 20;
constexpr size_t kMaxBoxes = 1'000'000;
constexpr size_t kMaxSeals = 8, kMaxSources = 64, kMaxTextBytes = 1000;
constexpr uint32_t kScheme = 0x6F656666;              ///< "oeff"
constexpr int64_t kFrom1904To1970_s = 2'082'844'800;  ///< ISO/IEC 14496-12 counts from 1904
constexpr int64_t kStartTolerance_s = 2, kExportTolerance_s = 3600;

/// A box in the file: where its head and its payload begin, and the payload in memory.
struct Place {
  uint64_t head = 0;
  uint64_t payload = 0;
  const uint8_t* data = nullptr;
  size_t size = 0;
  uint64_t end() const { return payload + size; }
};

/// One sinf box with what matters of it.
struct Signing {
  Place box;
  Place signature;
  std::vector<uint8_t> certificate, algorithm;
  std::string information;
  std::optional<int64_t> start_time;
};

std::vector<uint8_t> bytes_of(const Place& place) { return {place.data, place.data + place.size}; }

std::string take_text(Mp4Cursor& cursor) {
  const uint8_t* begin = cursor.here();
  const size_t size = static_cast<size_t>(std::find(begin, begin + cursor.left(), uint8_t{0}) - begin);
  std::string text(reinterpret_cast<const char*>(begin), std::min(size, kMaxTextBytes));
  cursor.skip(std::min(size + 1, cursor.left()));
  return text;
}

/// The meta box at file level that holds an export's boxes, and what it holds.
class ExportBoxes {
 public:
  /// False if there is none.
  bool find(const ByteSource& source);
  bool broken() const { return broken_; }
  void read(uint32_t track, ExportFile& file);
  const std::vector<Signing>& signings() const { return signings_; }
  /// A signature over the file as it was when that signing was made: its own signature zero, later signings not there yet.
  class View;

 private:
  friend class View;
  std::vector<std::pair<std::string, Place>> children(const Place& parent, size_t skipped);
  bool take(const ByteSource& source, const Mp4BoxHeader& box);
  void read_unit(const Place& suep, ExportFile& file);
  std::optional<int64_t> read_start(const Place& cstb, uint32_t track);
  void read_signing(const Place& sinf, uint32_t track);

  std::vector<uint8_t> bytes_;
  Place meta_;
  std::optional<Place> ipro_;
  std::vector<std::pair<std::string, Place>> boxes_;
  std::vector<Signing> signings_;
  bool broken_ = false;
};

std::vector<std::pair<std::string, Place>> ExportBoxes::children(const Place& parent, size_t skipped) {
  std::vector<std::pair<std::string, Place>> found;
  if (parent.size < skipped) {
    broken_ = true;
    return found;
  }
  for (const Mp4Child& child : child_boxes(parent.data + skipped, parent.size - skipped, broken_)) {
    Place place;
    place.data = child.data;
    place.size = child.size;
    place.payload = parent.payload + static_cast<uint64_t>(child.data - parent.data);
    place.head = found.empty() ? parent.payload + skipped : found.back().second.end();
    found.emplace_back(child.type, place);
  }
  return found;
}

bool ExportBoxes::find(const ByteSource& source) {
  uint64_t at = 0;
  for (size_t i = 0; i < kMaxBoxes && at < source.size(); ++i) {
    const std::optional<Mp4BoxHeader> box = read_box_header(source, at);
    if (!box || box->size > source.size() - at) return false;
    if (box->type == "meta" && take(source, *box)) return true;
    at = box->end();
  }
  return false;
}

bool ExportBoxes::take(const ByteSource& source, const Mp4BoxHeader& box) {
  constexpr size_t kFullBoxBytes = 4;
  if (box.size > kMaxMetaBytes) return false;
  bytes_.resize(static_cast<size_t>(box.size - box.header_bytes));
  if (!source.read_exactly(box.payload(), bytes_.data(), bytes_.size())) return false;
  meta_ = {box.offset, box.payload(), bytes_.data(), bytes_.size()};
  broken_ = false;
  boxes_ = children(meta_, kFullBoxBytes);
  // Others have a meta box at file level, too: for tags, in QuickTime's form or for still pictures.
  return std::any_of(boxes_.begin(), boxes_.end(), [](const auto& child) { return child.first == "suep"; });
}

void ExportBoxes::read(uint32_t track, ExportFile& file) {
  constexpr size_t kIproHeadBytes = 6;
  bool has_unit = false;
  for (const auto& [type, place] : boxes_) {
    if (type == "suep" && has_unit) broken_ = true;
    if (type == "suep" && !has_unit) read_unit(place, file);
    has_unit = has_unit || type == "suep";
    if (type == "cstb") file.start_time = read_start(place, track);
    if (type != "ipro") continue;
    broken_ = broken_ || ipro_;
    ipro_ = place;
  }
  if (!ipro_) return;
  for (const auto& [type, place] : children(*ipro_, kIproHeadBytes)) {
    if (type == "sinf" && signings_.size() < kMaxSeals) {
      read_signing(place, track);
    } else {
      broken_ = true;
    }
  }
}

void ExportBoxes::read_unit(const Place& suep, ExportFile& file) {
  Mp4Cursor cursor(suep.data, suep.size);
  const uint32_t version = cursor.u32() >> 24;
  if (version != 1) {
    broken_ = true;
    return;
  }
  file.unit = take_text(cursor);
  file.url = take_text(cursor);
  file.mac = take_text(cursor);
  const uint64_t time = cursor.u64();
  constexpr uint64_t kMaxTime = uint64_t{1} << 40;
  if (time != 0 && time < kMaxTime) file.exported_at = static_cast<int64_t>(time) - kFrom1904To1970_s;
  file.operator_name = take_text(cursor);
  const uint32_t count = cursor.u32();
  for (uint32_t i = 0; i < count && cursor.left() > 0 && file.sources.size() < kMaxSources; ++i) {
    ExportSource source;
    source.track = cursor.u16();
    for (std::string* text : {&source.name, &source.url, &source.mac, &source.line}) *text = take_text(cursor);
    file.sources.push_back(source);
  }
  broken_ = broken_ || cursor.overrun() || (file.sources.size() < count && count <= kMaxSources);
}

/// Of that track, or else of the first.
std::optional<int64_t> ExportBoxes::read_start(const Place& cstb, uint32_t track) {
  Mp4Cursor cursor(cstb.data, cstb.size);
  const uint32_t count = cursor.u32();
  std::optional<int64_t> start;
  for (uint32_t i = 0; i < count && cursor.left() > 0; ++i) {
    const uint32_t of = cursor.u32();
    const auto time = static_cast<int64_t>(cursor.u64());
    if (cursor.overrun()) break;
    if (!start || of == track) start = time;
    if (of == track) return start;
  }
  broken_ = broken_ || cursor.overrun();
  return start;
}

void ExportBoxes::read_signing(const Place& sinf, uint32_t track) {
  Signing signing;
  signing.box = sinf;
  bool has_scheme = false;
  for (const auto& [type, place] : children(sinf, 0)) {
    if (type == "cstb") signing.start_time = read_start(place, track);
    if (type == "schm" && place.size >= 8) has_scheme = be32(place.data + 4) == kScheme;
    if (type != "schi") continue;
    for (const auto& [inner, content] : children(place, 0)) {
      if (inner == "sibo") signing.signature = content;
      if (inner == "cert") signing.certificate = bytes_of(content);
      if (inner == "sigC") signing.algorithm = bytes_of(content);
      if (inner == "cstb") signing.start_time = read_start(content, track);
      if (inner != "auib") continue;
      Mp4Cursor cursor(content.data, content.size);
      signing.information = take_text(cursor);
    }
  }
  if (!has_scheme || signing.signature.size == 0 || signing.certificate.empty()) {
    broken_ = true;
    return;
  }
  signings_.push_back(std::move(signing));
}

/// Hands out the bytes of the file, piece by piece.
class ExportBoxes::View {
 public:
  View(const ByteSource& source, const ExportBoxes& boxes, size_t index) : source_(source), end_(source.size()) {
    const Signing& signing = boxes.signings_[index];
    zero_ = signing.signature;
    const uint64_t last = boxes.signings_.back().box.end();
    gap_from_ = signing.box.end();
    gap_to_ = last;
    shorten(boxes.meta_, gap_to_ - gap_from_);
    shorten(*boxes.ipro_, gap_to_ - gap_from_);
  }

  /// The next bytes; false at the end.
  bool next(std::vector<uint8_t>& bytes) {
    constexpr uint64_t kPiece = 1 << 20;
    if (at_ >= gap_from_ && at_ < gap_to_) at_ = gap_to_;
    if (at_ >= end_) return false;
    const uint64_t limit = at_ < gap_from_ ? gap_from_ : end_;
    bytes.resize(static_cast<size_t>(std::min(kPiece, limit - at_)));
    bytes.resize(source_.read(at_, bytes.data(), bytes.size()));
    if (bytes.empty()) return false;
    for (uint64_t i = std::max(at_, zero_.payload); i < std::min(at_ + bytes.size(), zero_.end()); ++i) bytes[static_cast<size_t>(i - at_)] = 0;
    for (const auto& [offset, byte] : patches_) {
      if (offset >= at_ && offset - at_ < bytes.size()) bytes[static_cast<size_t>(offset - at_)] = byte;
    }
    at_ += bytes.size();
    return true;
  }

 private:
  /// The size in a box's head, as it was before `by` bytes came into the box. A box that goes to the end of the file has none.
  void shorten(const Place& box, uint64_t by) {
    constexpr uint64_t kLongHead = 16;
    uint8_t head[kLongHead] = {};
    if (by == 0 || source_.read(box.head, head, sizeof head) < 8 || be32(head) == 0) return;
    const bool is_long = be32(head) == 1;
    const uint64_t size = box.end() - box.head - by;
    for (uint64_t i = 0; i < (is_long ? 8u : 4u); ++i)
      patches_.emplace_back(box.head + (is_long ? 15 : 3) - i, static_cast<uint8_t>(size >> (8 * i)));
  }

  const ByteSource& source_;
  uint64_t end_, at_ = 0;
  Place zero_;
  uint64_t gap_from_, gap_to_;
  std::vector<std::pair<uint64_t, uint8_t>> patches_;
};

ExportSeal check_seal(const ByteSource& source, const ExportBoxes& boxes, size_t index, const SignatureOptions& options) {
  const Signing& signing = boxes.signings()[index];
  ExportSeal seal;
  seal.information = signing.information;
  seal.start_time = signing.start_time;
  const std::optional<CertificateChain> chain = CertificateChain::from_der(signing.certificate);
  if (!chain) return seal;
  seal.subject = chain->subject();
  seal.fingerprint = chain->fingerprint();
  if (options.anchors) seal.key = chain->check(*options.anchors, options.today).trusted ? "trusted" : "not-trusted";
  ExportBoxes::View view(source, boxes, index);
  const std::optional<bool> good =
      chain->verify_data(signing.algorithm, bytes_of(signing.signature), [&view](std::vector<uint8_t>& bytes) { return view.next(bytes); });
  seal.state = !good ? "unsupported" : *good ? "valid" : "invalid";
  return seal;
}

void add(ExportFile& file, Severity severity, const char* kind, const std::string& text) { file.problems.push_back({severity, kind, text}); }

void judge_seals(ExportFile& file) {
  if (file.seals.empty()) {
    add(file, Severity::kNote, "export-unsigned", "The file says that it is an export, but no seal is on it.");
  }
  for (size_t i = 0; i < file.seals.size(); ++i) {
    const ExportSeal& seal = file.seals[i];
    const std::string which = fmt::format("Seal {} of {}, of {},", i + 1, file.seals.size(), seal.subject.empty() ? "nobody" : seal.subject);
    if (seal.state == "invalid") add(file, Severity::kDamage, "export-seal-invalid", which + " does not fit: the file was changed since.");
    if (seal.state == "unsupported")
      add(file, Severity::kDoubt, "export-seal-unsupported", which + " is of a kind that is not known here; it was not checked.");
    if (seal.key == "not-trusted")
      add(file, Severity::kNote, "export-key-not-trusted", which + " is of a key that nobody whom you trust has issued.");
  }
}

void judge_times(const SignatureResult& signature, ExportFile& file) {
  std::optional<int64_t> start = file.start_time;
  for (const ExportSeal& seal : file.seals) start = seal.start_time ? seal.start_time : start;
  if (start && signature.signed_from && std::llabs(unix_of_1601(*start) - *signature.signed_from) > kStartTolerance_s) {
    add(file, Severity::kDoubt, "export-time-contradiction",
        fmt::format("The export says that the recording began at {} UTC, the camera signed {} UTC.", time_text(unix_of_1601(*start)),
                    time_text(*signature.signed_from)));
  }
  if (file.exported_at && signature.signed_until && *file.exported_at < *signature.signed_until - kExportTolerance_s) {
    add(file, Severity::kDoubt, "export-time-contradiction",
        fmt::format("The file says that it was exported at {} UTC, before its recording ended at {} UTC.", time_text(*file.exported_at),
                    time_text(*signature.signed_until)));
  }
}

}  // namespace

ExportFile read_export_file(const ByteSource& source, uint32_t track, const SignatureResult& signature, const SignatureOptions& options) {
  ExportFile file;
  ExportBoxes boxes;
  if (!boxes.find(source)) return file;
  file.present = true;
  boxes.read(track, file);
  for (size_t i = 0; i < boxes.signings().size(); ++i) file.seals.push_back(check_seal(source, boxes, i, options));
  if (boxes.broken()) add(file, Severity::kDoubt, "export-unreadable", "What the file says of its export cannot be read in full.");
  judge_seals(file);
  judge_times(signature, file);
  return file;
}

}  // namespace saksi::judge
