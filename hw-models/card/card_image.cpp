#include "hw-models/card/card_image.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/seed_stream.h"
#include "hw-models/card/sector_store.h"

namespace saksi::hw {

namespace {

constexpr uint32_t kMinCapacityMib = 2112;                 // 65525 clusters of 32 KiB, below which a volume is no FAT32
constexpr uint32_t kSdhcMaxMib = 32 * 1024;                // larger cards are SDXC
constexpr uint32_t kMaxCapacityMib = 2 * 1024 * 1024 - 1;  // SDXC goes to 2 TiB; less one, so that the number of sectors fits in 32 bits
constexpr uint64_t kMaxFileBytes = 1ull << 32;             // less one cluster
constexpr int kShortNumbers = 99;                          // FILLER99.BIN; from then on FILL0100.BIN
constexpr uint32_t kEndOfChain = 0x0FFFFFFF;
constexpr size_t kDirectoryEntryBytes = 32;
constexpr uint16_t kDate = (2026 - 1980) << 9 | 1 << 5 | 1;
constexpr uint8_t kArchive = 0x20;

/// A program of dosfstools by its full path. The folders are fixed, since a plain user's PATH has no sbin.
std::string find_program(const std::string& program) {
  for (const char* folder : {"/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/", "/usr/local/sbin/"}) {
    const std::string path = folder + program;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  throw InfraError(program + " not found; install Debian's dosfstools");
}

/// Runs a program to its end in a fixed environment, its output thrown away.
void run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  char locale[] = "LC_ALL=C";
  char zone[] = "TZ=UTC";
  char* environment[] = {locale, zone, nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int error = posix_spawn(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw InfraError(words[0] + ": cannot be started: " + std::strerror(error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw InfraError(words[0] + ": lost: " + std::strerror(errno));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw InfraError(words[0] + ": failed to format " + words.back());
}

uint32_t load16(const uint8_t* at) { return at[0] | at[1] << 8; }
uint32_t load32(const uint8_t* at) { return load16(at) | load16(at + 2) << 16; }
void store16(uint8_t* at, uint32_t value) {
  at[0] = static_cast<uint8_t>(value);
  at[1] = static_cast<uint8_t>(value >> 8);
}
void store32(uint8_t* at, uint32_t value) {
  store16(at, value & 0xFFFF);
  store16(at + 2, value >> 16);
}

/// A freshly formatted FAT32 volume in a file, to which whole files are added in the root folder, each in clusters one after another.
class FreshVolume {
 public:
  explicit FreshVolume(const std::string& path) : path_(path), fd_(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) fail("cannot be opened");
    read_layout();
  }
  ~FreshVolume() { close(fd_); }
  FreshVolume(const FreshVolume&) = delete;
  FreshVolume& operator=(const FreshVolume&) = delete;

  uint32_t cluster_bytes() const { return cluster_bytes_; }
  uint32_t free_clusters() const { return free_; }

  /// A file of `size` bytes that begins with `contents`; what is beyond them is left as it is on the card, a hole.
  void add(const std::string& name, uint32_t size, const std::string& contents) {
    const uint32_t clusters = (size + cluster_bytes_ - 1) / cluster_bytes_;
    if (clusters > free_) throw UsageError(fmt::format("{}: does not fit on the card", name));
    const uint32_t first = clusters == 0 ? 0 : next_;
    chain(clusters);
    if (!contents.empty()) write(cluster_offset(first), contents.data(), contents.size());
    add_entry(name, first, size);
    free_ -= clusters;
    next_ += clusters;
  }

  /// Brings the free-cluster count of the FSInfo sector up to date.
  void finish() {
    uint8_t words[8];
    store32(words, free_);
    store32(words + 4, next_ - 1);  // the last one given out, as the FAT specification's hint
    write(fs_info_ + 488, words, sizeof words);
  }

 private:
  [[noreturn]] void fail(const char* what) const { throw InfraError(fmt::format("{}: {}: {}", path_, what, std::strerror(errno))); }

  void read_layout() {
    std::array<uint8_t, 512> boot{};
    if (pread(fd_, boot.data(), boot.size(), 0) != static_cast<ssize_t>(boot.size())) fail("cannot be read");
    const uint32_t sector = load16(&boot[11]);
    const uint32_t fat_sectors = load32(&boot[36]);
    cluster_bytes_ = boot[13] * sector;
    fats_ = boot[16];
    fat_ = static_cast<uint64_t>(load16(&boot[14])) * sector;
    fat_bytes_ = static_cast<uint64_t>(fat_sectors) * sector;
    data_ = fat_ + fats_ * fat_bytes_;
    root_ = load32(&boot[44]);
    fs_info_ = static_cast<uint64_t>(load16(&boot[48])) * sector;
    const uint64_t clusters = (static_cast<uint64_t>(load32(&boot[32])) * sector - data_) / cluster_bytes_;
    next_ = root_ + 1;  // mkfs gives the root folder the first cluster and nothing else
    free_ = static_cast<uint32_t>(clusters) - 1;
    root_used_ = kDirectoryEntryBytes;  // the volume label
  }

  uint64_t cluster_offset(uint32_t cluster) const { return data_ + static_cast<uint64_t>(cluster - 2) * cluster_bytes_; }

  void write(uint64_t offset, const void* data, size_t size) {
    if (pwrite(fd_, data, size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size)) fail("cannot be written");
  }

  void chain(uint32_t clusters) {
    if (clusters == 0) return;
    std::vector<uint8_t> links(clusters * 4ull);
    for (uint32_t i = 0; i < clusters; ++i) store32(&links[4ull * i], i + 1 == clusters ? kEndOfChain : next_ + i + 1);
    for (uint32_t copy = 0; copy < fats_; ++copy) write(fat_ + copy * fat_bytes_ + 4ull * next_, links.data(), links.size());
  }

  void add_entry(const std::string& name, uint32_t first, uint32_t size) {
    if (root_used_ + kDirectoryEntryBytes > cluster_bytes_) throw UsageError(name + ": too many files for the root folder");
    std::array<uint8_t, kDirectoryEntryBytes> entry{};
    const std::array<uint8_t, 11> short_name = eight_three(name);
    std::copy(short_name.begin(), short_name.end(), entry.begin());
    entry[11] = kArchive;
    store16(&entry[16], kDate);  // created
    store16(&entry[18], kDate);  // accessed
    store16(&entry[24], kDate);  // written
    store16(&entry[20], first >> 16);
    store16(&entry[26], first & 0xFFFF);
    store32(&entry[28], size);
    write(cluster_offset(root_) + root_used_, entry.data(), entry.size());
    root_used_ += kDirectoryEntryBytes;
  }

  static std::array<uint8_t, 11> eight_three(const std::string& name) {
    std::array<uint8_t, 11> result;
    result.fill(' ');
    const size_t dot = name.find('.');
    const std::string stem = name.substr(0, dot);
    const std::string extension = dot == std::string::npos ? "" : name.substr(dot + 1);
    const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~";
    if (stem.empty() || stem.size() > 8 || extension.size() > 3 || (stem + extension).find_first_not_of(allowed) != std::string::npos) {
      throw UsageError("'" + name + "' is not an 8.3 name in upper case");
    }
    std::copy(stem.begin(), stem.end(), result.begin());
    std::copy(extension.begin(), extension.end(), result.begin() + 8);
    return result;
  }

  std::string path_;
  int fd_;
  uint32_t cluster_bytes_ = 0;
  uint32_t fats_ = 0;
  uint64_t fat_ = 0, fat_bytes_ = 0, data_ = 0, fs_info_ = 0;  ///< byte offsets, and one size
  uint32_t root_ = 0;                                          ///< cluster of the root folder
  size_t root_used_ = 0;                                       ///< bytes of it
  uint32_t next_ = 0;                                          ///< first free cluster; all behind it are free
  uint32_t free_ = 0;
};

void make_blank(const std::string& path, uint64_t bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const bool sized = fd >= 0 && ftruncate(fd, static_cast<off_t>(bytes)) == 0;
  const std::string reason = std::strerror(errno);
  if (fd >= 0) close(fd);
  if (!sized) throw InfraError(path + ": cannot be written: " + reason);
}

/// Gives back what mkfs.vfat has written zeros to: the FATs, which grow with the card.
void punch_zeros(const std::string& path) {
  constexpr size_t kChunk = 64 * 1024;
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) throw InfraError(path + ": cannot be opened: " + std::strerror(errno));
  std::vector<char> buffer(kChunk);
  const off_t end = lseek(fd, 0, SEEK_END);
  for (off_t at = lseek(fd, 0, SEEK_DATA); at >= 0 && at < end; at = lseek(fd, at, SEEK_DATA)) {
    at -= at % static_cast<off_t>(kChunk);
    const ssize_t got = pread(fd, buffer.data(), kChunk, at);
    if (got <= 0) break;
    const bool is_zero = buffer[0] == 0 && std::memcmp(buffer.data(), buffer.data() + 1, static_cast<size_t>(got) - 1) == 0;
    // A file system without holes keeps its zeros: the same card, on more of the disk.
    if (is_zero && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, got) != 0) break;
    at += got;
  }
  close(fd);
}

void copy_used(const std::string& from, const std::string& to, uint64_t bytes) {
  const SectorStore used(from);
  if (used.sectors() * kSectorBytes != bytes) {
    throw UsageError(fmt::format("{}: has {} MiB, and the card that is formatted over it {} MiB; both must be the same", from,
                                 used.sectors() * kSectorBytes >> 20, bytes >> 20));
  }
  used.write_image(to);
}

void add_filler(FreshVolume& volume, const CardImageSpec& spec) {
  uint64_t clusters = static_cast<uint64_t>(spec.filler_mib) * 1024 * 1024 / volume.cluster_bytes();
  if (spec.free_kib) {
    const uint64_t keep = *spec.free_kib * 1024ull / volume.cluster_bytes();
    if (keep > volume.free_clusters()) throw UsageError(fmt::format("a card of {} MiB cannot have {} KiB free", spec.capacity_mib, *spec.free_kib));
    clusters = volume.free_clusters() - keep;
  }
  for (int number = 1; clusters > 0; ++number) {
    const uint32_t part = static_cast<uint32_t>(std::min<uint64_t>(clusters, kMaxFileBytes / volume.cluster_bytes() - 1));
    const std::string name = number <= kShortNumbers ? fmt::format("FILLER{}.BIN", number) : fmt::format("FILL{:04}.BIN", number);
    volume.add(name, part * volume.cluster_bytes(), "");
    clusters -= part;
  }
}

}  // namespace

void make_card_image(const std::string& path, const CardImageSpec& spec) {
  if (spec.capacity_mib < kMinCapacityMib || spec.capacity_mib > kMaxCapacityMib) {
    throw UsageError(fmt::format("a card of {} MiB cannot be made; {} to {} MiB was expected", spec.capacity_mib, kMinCapacityMib, kMaxCapacityMib));
  }
  const uint64_t bytes = static_cast<uint64_t>(spec.capacity_mib) << 20;
  if (spec.over.empty()) {
    make_blank(path, bytes);
  } else {
    copy_used(spec.over, path, bytes);
  }
  SeedStream random(spec.seed, "card volume id");
  const std::string volume_id = fmt::format("{:08x}", random.below(0xFFFFFFFF) + 1);
  const std::string cluster_sectors = spec.capacity_mib <= kSdhcMaxMib ? "64" : "128";
  run({find_program("mkfs.vfat"), "-F", "32", "-s", cluster_sectors, "--invariant", "-i", volume_id, "-n", "SAKSI", path});
  if (spec.over.empty()) punch_zeros(path);
  FreshVolume volume(path);
  for (const CardFile& file : spec.files) volume.add(file.name, static_cast<uint32_t>(file.contents.size()), file.contents);
  add_filler(volume, spec);
  volume.finish();
}

}  // namespace saksi::hw
