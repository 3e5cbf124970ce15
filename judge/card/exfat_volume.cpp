#include "judge/card/exfat_volume.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/card/fat_volume.h"

namespace saksi::judge {

namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFiles = 100'000;
constexpr size_t kMaxFolders = 10'000;
constexpr uint64_t kMaxFolderBytes = 8 * 1024 * 1024;  ///< a quarter of a million entries
constexpr uint64_t kMaxUpcaseBytes = 128 * 1024;       ///< the whole table, written out

}  // namespace

ExfatVolume::ExfatVolume(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {
  ProblemList problems;
  geometry_ = find_exfat_volume(*source_, problems);
  if (geometry_) {
    read_tree(problems);
  } else {
    problems.add(Severity::kDamage, "no-volume", "No exFAT boot region was found on the card, nor its backup.");
  }
  problems_ = problems.take();
}

bool ExfatVolume::recognises(const ByteSource& source) {
  ProblemList problems;
  return find_exfat_volume(source, problems).has_value();
}

std::unique_ptr<ByteSource> ExfatVolume::open(size_t index) const {
  const Place& place = places_.at(index);
  return std::make_unique<ExtentSource>(source_, place.extents, std::min(place.bytes, files_[index].size), place.valid);
}

uint32_t ExfatVolume::next(uint32_t cluster) const {
  uint8_t bytes[4] = {};
  source_->read(geometry_->fat_offset() + uint64_t{cluster} * 4, bytes, sizeof bytes);
  return le32(bytes);
}

/// Gives a cluster to a file. False: it has an owner, or is none.
bool ExfatVolume::take(uint32_t cluster, const std::string& name, Place& place, ProblemList& problems) {
  if (!geometry_->has_cluster(cluster)) {
    problems.add(Severity::kDamage, "bad-chain", fmt::format("{}: its clusters lead to {}, which is none.", name, cluster));
    return false;
  }
  if (owned_[cluster - 2]) {
    problems.add(Severity::kDamage, "cross-link", fmt::format("{}: cluster {} belongs to another file, or to this one twice.", name, cluster));
    return false;
  }
  owned_[cluster - 2] = true;
  const uint64_t at = geometry_->cluster_offset(cluster);
  if (!place.extents.empty() && place.extents.back().source_offset + place.extents.back().bytes == at) {
    place.extents.back().bytes += geometry_->cluster_bytes;
  } else {
    place.extents.push_back({place.bytes, at, geometry_->cluster_bytes});
  }
  place.bytes += geometry_->cluster_bytes;
  return true;
}

/// The clusters of an entry; those of an entry of unknown size, the root's, up to the end mark.
ExfatVolume::Place ExfatVolume::locate(const ExfatEntry& entry, const std::string& name, ProblemList& problems) {
  constexpr uint32_t kEnd = 0xFFFFFFFF;
  Place place;
  place.valid = entry.valid;
  uint32_t cluster = entry.first_cluster;
  const bool is_root = entry.size == UINT64_MAX;
  while (place.bytes < entry.size && (is_root ? place.bytes < kMaxFolderBytes : true)) {
    if (!take(cluster, name, place, problems)) break;
    const uint32_t after = entry.no_fat_chain ? cluster + 1 : next(cluster);
    if (!entry.no_fat_chain && after == kEnd) break;
    cluster = after;
  }
  if (!is_root && place.bytes < entry.size) {
    problems.add(Severity::kDamage, "short-chain", fmt::format("{}: the size is {} bytes, but the clusters hold {}.", name, entry.size, place.bytes));
  }
  return place;
}

std::vector<uint8_t> ExfatVolume::read_whole(const Place& place, uint64_t bytes) const {
  const ExtentSource content(source_, place.extents, std::min(place.bytes, bytes), place.valid);
  std::vector<uint8_t> result(static_cast<size_t>(content.size()));
  result.resize(content.read(0, result.data(), result.size()));
  return result;
}

void ExfatVolume::read_tree(ProblemList& problems) {
  if (geometry_->end() > source_->size()) {
    problems.add(Severity::kDamage, "short-card", fmt::format("The volume ends at byte {}, the card at {}.", geometry_->end(), source_->size()));
  }
  if (geometry_->dirty) problems.add(Severity::kTorn, "dirty", "The volume is marked as not cleanly closed.");
  owned_.assign(geometry_->cluster_count, false);
  ExfatEntry root;
  root.first_cluster = geometry_->root_cluster;
  root.size = root.valid = UINT64_MAX;
  std::vector<Folder> folders{{"", root, 0}};
  for (size_t i = 0; i < folders.size() && i < kMaxFolders; ++i) read_folder(Folder(folders[i]), folders, problems);
  compare_bitmap(problems);
  sort_files();
}

void ExfatVolume::read_folder(const Folder& folder, std::vector<Folder>& folders, ProblemList& problems) {
  const std::string name = folder.path.empty() ? "The root folder" : folder.path;
  const Place place = locate(folder.entry, name, problems);
  const ExfatDirectory directory = parse_exfat_directory(read_whole(place, std::min(folder.entry.size, kMaxFolderBytes)));
  if (directory.bad_sets > 0)
    problems.add(Severity::kDamage, "bad-entry", fmt::format("{}: {} directory entries make no sense.", name, directory.bad_sets));
  if (folder.path.empty()) read_tables(directory, problems);
  for (const ExfatEntry& entry : directory.entries) {
    const std::string path = folder.path.empty() ? entry.name : folder.path + "/" + entry.name;
    if (!upcase_.empty() && exfat_name_hash(entry.units, upcase_) != entry.name_hash) {
      problems.add(Severity::kDamage, "bad-entry", fmt::format("{}: the hash of the name is wrong; other readers do not find it.", path));
    }
    if (!entry.is_folder) {
      add_file(path, entry, problems);
    } else if (folder.depth < kMaxDepth) {
      folders.push_back({path, entry, folder.depth + 1});
    }
  }
}

/// The allocation bitmap of the FAT in use, and the up-case table.
void ExfatVolume::read_tables(const ExfatDirectory& root, ProblemList& problems) {
  const size_t wanted = geometry_->uses_second_fat ? 1 : 0;
  const uint64_t bitmap_bytes = (uint64_t{geometry_->cluster_count} + 7) / 8;
  for (size_t i = 0; i < root.bitmaps.size() && i < 2; ++i) {
    const Place place = locate(root.bitmaps[i], "The allocation bitmap", problems);
    if (i == wanted && root.bitmaps[i].size >= bitmap_bytes) bitmap_ = read_whole(place, bitmap_bytes);
  }
  if (bitmap_.size() < bitmap_bytes) {
    bitmap_.clear();
    problems.add(Severity::kDamage, "bitmap-difference", "The allocation bitmap is missing or too short.");
  }
  if (root.upcases.empty() || root.upcases[0].size > kMaxUpcaseBytes) {
    problems.add(Severity::kDamage, "bad-upcase-table", "The up-case table is missing or too long.");
    return;
  }
  const Place place = locate(root.upcases[0], "The up-case table", problems);
  const std::vector<uint8_t> table = read_whole(place, root.upcases[0].size);
  if (upcase_checksum(table) != root.upcases[0].checksum) {
    problems.add(Severity::kDamage, "bad-upcase-table", "The checksum of the up-case table is wrong.");
  } else {
    upcase_ = expand_upcase(table);
  }
}

void ExfatVolume::add_file(const std::string& path, const ExfatEntry& entry, ProblemList& problems) {
  if (files_.size() >= kMaxFiles) return;
  Place place = entry.first_cluster == 0 ? Place() : locate(entry, path, problems);
  files_.push_back({path, entry.size});
  places_.push_back(std::move(place));
}

void ExfatVolume::compare_bitmap(ProblemList& problems) const {
  if (bitmap_.empty()) return;
  size_t lost = 0, unmarked = 0;
  for (size_t i = 0; i < owned_.size(); ++i) {
    const bool marked = (bitmap_[i / 8] >> (i % 8) & 1) != 0;
    lost += marked && !owned_[i];
    unmarked += owned_[i] && !marked;
  }
  if (lost > 0) problems.add(Severity::kTorn, "lost-chain", fmt::format("{} clusters are in use but belong to no file.", lost));
  if (unmarked > 0) {
    problems.add(Severity::kDamage, "bitmap-difference",
                 fmt::format("{} clusters of files are marked as free: what is written next may overwrite them.", unmarked));
  }
}

void ExfatVolume::sort_files() {
  std::vector<size_t> order(files_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return files_[a].path < files_[b].path; });
  std::vector<VolumeFile> files;
  std::vector<Place> places;
  for (size_t i : order) {
    files.push_back(files_[i]);
    places.push_back(std::move(places_[i]));
  }
  files_.swap(files);
  places_.swap(places);
}

std::unique_ptr<Volume> open_card_volume(std::shared_ptr<const ByteSource> source) {
  if (ExfatVolume::recognises(*source)) return std::make_unique<ExfatVolume>(std::move(source));
  return std::make_unique<FatVolume>(std::move(source));
}

bool has_card_volume(const ByteSource& source) { return ExfatVolume::recognises(source) || FatVolume::recognises(source); }

}  // namespace saksi::judge
