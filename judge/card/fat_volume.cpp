#include "judge/card/fat_volume.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/card/fat_boot.h"
#include "judge/card/fat_directory.h"
#include "judge/card/fat_table.h"

namespace saksi::judge {

namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFiles = 100'000;
constexpr size_t kMaxFolders = 10'000;
constexpr uint64_t kMaxFolderBytes = 2 * 1024 * 1024;  // what the format allows
constexpr uint32_t kClusterMask = 0x0FFFFFFF;

}  // namespace

class FatVolume::Reader {
 public:
  explicit Reader(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {
    ProblemList problems;
    geometry_ = find_fat_volume(*source_, problems);
    if (geometry_) read_tree(problems);
    problems_ = problems.take();
  }

  const std::vector<VolumeFile>& files() const { return files_; }
  const Problems& problems() const { return problems_; }
  bool readable() const { return geometry_.has_value(); }
  uint32_t cluster_bytes() const { return geometry_ ? geometry_->cluster_bytes : 0; }

  std::vector<Extent> extents(size_t index) const {
    std::vector<Extent> extents;
    uint64_t bytes = 0;
    for (const ClusterRun& run : runs_.at(index)) {
      const uint64_t length = uint64_t{run.count} * geometry_->cluster_bytes;
      extents.push_back({bytes, geometry_->cluster_offset(run.first), length});
      bytes += length;
    }
    return extents;
  }

  std::unique_ptr<ByteSource> open(size_t index) const {
    std::vector<Extent> all = extents(index);
    const uint64_t bytes = all.empty() ? 0 : all.back().file_offset + all.back().bytes;
    const uint64_t size = std::min(bytes, files_[index].size);
    return std::make_unique<ExtentSource>(source_, std::move(all), size, size);
  }

 private:
  struct Folder {
    std::string path;
    uint32_t first_cluster;
    int depth;
  };

  void read_tree(ProblemList& problems) {
    if (geometry_->end() > source_->size()) {
      problems.add(Severity::kDamage, "short-card", fmt::format("The volume ends at byte {}, the card at {}.", geometry_->end(), source_->size()));
    }
    FatTable table(*source_, *geometry_, problems);
    std::vector<Folder> folders{{"", geometry_->root_cluster & kClusterMask, 0}};
    for (size_t i = 0; i < folders.size() && i < kMaxFolders; ++i) read_folder(Folder(folders[i]), table, folders, problems);
    table.report_lost(problems);
    sort_files();
  }

  void read_folder(const Folder& folder, FatTable& table, std::vector<Folder>& folders, ProblemList& problems) {
    const std::string name = folder.path.empty() ? "The root folder" : folder.path;
    ProblemList chain_problems;
    const ClusterChain chain =
        table.follow(folder.first_cluster, std::max<uint64_t>(1, kMaxFolderBytes / geometry_->cluster_bytes), name, chain_problems);
    const bool crossed = chain_problems.worst() == Severity::kDamage;
    for (const Problem& problem : chain_problems.take()) problems.add(problem.severity, problem.kind, problem.text);
    // A folder whose clusters belong to something else too may be its own parent: it is read once and not descended from.
    const FatDirectory directory = parse_fat_directory(read_clusters(chain));
    if (directory.bad_entries > 0)
      problems.add(Severity::kDamage, "bad-entry", fmt::format("{}: {} directory entries make no sense.", name, directory.bad_entries));
    for (const FatEntry& entry : directory.entries) {
      const std::string path = folder.path.empty() ? entry.name : folder.path + "/" + entry.name;
      if (!entry.is_folder) {
        add_file(path, entry, table, problems);
      } else if (folder.depth < kMaxDepth && !crossed) {
        folders.push_back({path, entry.first_cluster & kClusterMask, folder.depth + 1});
      }
    }
  }

  std::vector<uint8_t> read_clusters(const ClusterChain& chain) const {
    std::vector<uint8_t> bytes;
    for (const ClusterRun& run : chain.runs) {
      const size_t begin = bytes.size();
      const size_t length = size_t{run.count} * geometry_->cluster_bytes;
      bytes.resize(begin + length, 0);
      source_->read(geometry_->cluster_offset(run.first), &bytes[begin], length);
    }
    return bytes;
  }

  void add_file(const std::string& path, const FatEntry& entry, FatTable& table, ProblemList& problems) {
    if (files_.size() >= kMaxFiles) return;
    ClusterChain chain;
    const uint64_t wanted = (uint64_t{entry.size} + geometry_->cluster_bytes - 1) / geometry_->cluster_bytes;
    const uint32_t first = entry.first_cluster & kClusterMask;
    if (first != 0) {
      chain = table.follow(first, wanted, path, problems);
      if (chain.too_long)
        problems.add(Severity::kTorn, "long-chain",
                     fmt::format("{}: more clusters belong to the file than its size of {} bytes needs.", path, entry.size));
    }
    if (chain.clusters < wanted) {
      problems.add(Severity::kDamage, "short-chain",
                   fmt::format("{}: the size is {} bytes, but the clusters hold {}.", path, entry.size, chain.clusters * geometry_->cluster_bytes));
    }
    files_.push_back({path, entry.size});
    runs_.push_back(std::move(chain.runs));
  }

  void sort_files() {
    std::vector<size_t> order(files_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return files_[a].path < files_[b].path; });
    std::vector<VolumeFile> files;
    std::vector<std::vector<ClusterRun>> runs;
    for (size_t i : order) {
      files.push_back(files_[i]);
      runs.push_back(std::move(runs_[i]));
    }
    files_.swap(files);
    runs_.swap(runs);
  }

  std::shared_ptr<const ByteSource> source_;
  std::optional<FatGeometry> geometry_;
  std::vector<VolumeFile> files_;
  std::vector<std::vector<ClusterRun>> runs_;  ///< of files_[i]
  Problems problems_;
};

FatVolume::FatVolume(std::shared_ptr<const ByteSource> source) : reader_(std::make_unique<Reader>(std::move(source))) {}
FatVolume::~FatVolume() = default;

bool FatVolume::recognises(const ByteSource& source) {
  ProblemList problems;
  if (find_fat_volume(source, problems)) return true;
  for (const Problem& problem : problems.take()) {
    if (problem.kind == "other-file-system") return true;
  }
  return false;
}

const std::vector<VolumeFile>& FatVolume::files() const { return reader_->files(); }
const Problems& FatVolume::problems() const { return reader_->problems(); }
bool FatVolume::readable() const { return reader_->readable(); }
std::unique_ptr<ByteSource> FatVolume::open(size_t index) const { return reader_->open(index); }
std::vector<FatVolume::Extent> FatVolume::extents(size_t index) const { return reader_->extents(index); }
uint32_t FatVolume::cluster_bytes() const { return reader_->cluster_bytes(); }

}  // namespace saksi::judge
