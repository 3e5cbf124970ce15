#include "hw-models/card/sector_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.h"

namespace saksi::hw {

namespace {

constexpr uint64_t kHeldBytesMax = 64ull << 20;
constexpr size_t kCopyBytes = 256 * 1024;

bool all_zero(const uint8_t* data, size_t size) { return size == 0 || (data[0] == 0 && std::memcmp(data, data + 1, size - 1) == 0); }

[[noreturn]] void fail_errno(const std::string& path, const char* what) { throw InfraError(path + ": " + what + ": " + std::strerror(errno)); }

void write_all(int fd, const std::string& path, uint64_t offset, const uint8_t* data, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t put = pwrite(fd, data + done, size - done, static_cast<off_t>(offset + done));
    if (put <= 0) fail_errno(path, "cannot be written");
    done += static_cast<size_t>(put);
  }
}

/// Calls `visit(begin, end)` for each part of a file's range that may hold something other than zeros.
template <class Visit>
void for_each_extent(int fd, uint64_t begin, uint64_t end, Visit visit) {
  off_t at = static_cast<off_t>(begin);
  while (static_cast<uint64_t>(at) < end) {
    const off_t data = lseek(fd, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return;  // nothing but a hole is left
    if (data < 0) {                          // a file system without holes
      visit(static_cast<uint64_t>(at), end);
      return;
    }
    if (static_cast<uint64_t>(data) >= end) return;
    const off_t hole = lseek(fd, data, SEEK_HOLE);
    const uint64_t stop = hole < 0 ? end : std::min<uint64_t>(end, static_cast<uint64_t>(hole));
    visit(static_cast<uint64_t>(data), stop);
    at = static_cast<off_t>(stop);
  }
}

}  // namespace

SectorStore::SectorStore(uint64_t sectors) : sectors_(sectors) {}

SectorStore::SectorStore(const std::string& path) : path_(path), base_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (base_ < 0) throw UsageError(path + ": cannot be read as a card image: " + std::strerror(errno));
  const off_t size = lseek(base_, 0, SEEK_END);
  if (size < static_cast<off_t>(kSectorBytes)) {
    close(base_);
    throw UsageError(path + ": is no card image, it holds less than one sector of 512 bytes");
  }
  sectors_ = static_cast<uint64_t>(size) / kSectorBytes;
  hold_base();
}

void SectorStore::hold_base() {
  uint64_t bytes = 0;
  const uint64_t end = sectors_ * kSectorBytes;
  for_each_extent(base_, 0, end, [&](uint64_t from, uint64_t to) { bytes += to - from; });
  if (bytes > kHeldBytesMax) return;
  std::map<uint64_t, std::vector<uint8_t>> held;
  for_each_extent(base_, 0, end, [&](uint64_t from, uint64_t to) {
    std::vector<uint8_t>& part = held[from];
    part.resize(static_cast<size_t>(to - from));
    read_base(from, part.data(), part.size());
  });
  held_ = std::move(held);
  is_held_ = true;
}

void SectorStore::read_held(uint64_t offset, uint8_t* data, size_t size) const {
  std::memset(data, 0, size);
  auto part = held_.upper_bound(offset);
  if (part != held_.begin()) --part;
  for (; part != held_.end() && part->first < offset + size; ++part) {
    const uint64_t from = std::max(offset, part->first);
    const uint64_t to = std::min(offset + size, part->first + part->second.size());
    if (from < to) std::memcpy(data + (from - offset), part->second.data() + (from - part->first), static_cast<size_t>(to - from));
  }
}

SectorStore::~SectorStore() {
  if (base_ >= 0) close(base_);
}

void SectorStore::read_base(uint64_t offset, uint8_t* data, size_t size) const {
  if (is_held_) return read_held(offset, data, size);
  size_t done = 0;
  while (base_ >= 0 && done < size) {
    const ssize_t got = pread(base_, data + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0) fail_errno(path_, "cannot be read");
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  std::memset(data + done, 0, size - done);
}

void SectorStore::read(uint64_t lba, uint8_t* data) const {
  lba = place(lba);
  const auto page = pages_.find(lba / kPageSectors);
  if (page == pages_.end()) {
    read_base(lba * kSectorBytes, data, kSectorBytes);
  } else {
    std::memcpy(data, page->second->data() + lba % kPageSectors * kSectorBytes, kSectorBytes);
  }
}

uint64_t SectorStore::next_data(uint64_t offset) const {
  const uint64_t end = sectors_ * kSectorBytes;
  uint64_t found = end;
  if ((base_ >= 0 && !is_held_) || wrap_ != 0) return std::min(offset, end);
  const auto page = pages_.lower_bound(offset / kPageBytes);
  if (page != pages_.end()) found = std::min(found, std::max(offset, page->first * kPageBytes));
  auto part = held_.upper_bound(offset);
  if (part != held_.begin() && std::prev(part)->first + std::prev(part)->second.size() > offset) return std::min(offset, end);
  if (part != held_.end()) found = std::min(found, part->first);
  return found;
}

SectorStore::Page& SectorStore::dirty_page(uint64_t page) {
  std::unique_ptr<Page>& slot = pages_[page];
  if (!slot) {
    slot = std::make_unique<Page>();
    read_base(page * kPageBytes, slot->data(), kPageBytes);
  }
  return *slot;
}

void SectorStore::write(uint64_t lba, const uint8_t* data) {
  lba = place(lba);
  std::memcpy(dirty_page(lba / kPageSectors).data() + lba % kPageSectors * kSectorBytes, data, kSectorBytes);
}

/// Zeros the part of a page that lies in the byte range [first, end).
void SectorStore::erase_page_part(uint64_t page, uint64_t first, uint64_t end) {
  const uint64_t begin = std::max(first, page * kPageBytes);
  const uint64_t stop = std::min(end, (page + 1) * kPageBytes);
  std::memset(dirty_page(page).data() + (begin - page * kPageBytes), 0, stop - begin);
}

void SectorStore::erase(uint64_t first, uint64_t count) {
  if (wrap_ == 0) return erase_range(first, count);
  if (count >= wrap_) return erase_range(0, wrap_);
  const uint64_t begin = place(first);
  const uint64_t before_end = std::min(count, wrap_ - begin);
  erase_range(begin, before_end);
  if (before_end < count) erase_range(0, count - before_end);
}

void SectorStore::erase_range(uint64_t first, uint64_t count) {
  const uint64_t begin = first * kSectorBytes;
  const uint64_t end = (first + count) * kSectorBytes;
  const auto visit = [&](uint64_t from, uint64_t to) {
    for (uint64_t page = from / kPageBytes; page * kPageBytes < to; ++page) erase_page_part(page, begin, end);
  };
  if (base_ >= 0) for_each_extent(base_, begin, end, visit);
  for (auto page = pages_.lower_bound(begin / kPageBytes); page != pages_.end() && page->first * kPageBytes < end; ++page) {
    erase_page_part(page->first, begin, end);
  }
}

void SectorStore::copy_base(int out) const {
  std::vector<uint8_t> buffer(kCopyBytes);
  for_each_extent(base_, 0, sectors_ * kSectorBytes, [&](uint64_t from, uint64_t to) {
    for (uint64_t at = from; at < to; at += kCopyBytes) {
      const size_t size = static_cast<size_t>(std::min<uint64_t>(kCopyBytes, to - at));
      read_base(at, buffer.data(), size);
      for (size_t part = 0; part < size; part += kPageBytes) {
        const size_t bytes = std::min(kPageBytes, size - part);
        if (!all_zero(buffer.data() + part, bytes)) write_all(out, "card image", at + part, buffer.data() + part, bytes);
      }
    }
  });
}

/// As a reader sees a card that uses its memory again and again: each page that holds something, at each of its places.
void SectorStore::write_wrapped(int out, const std::string& path) const {
  std::array<uint8_t, kSectorBytes> sector;
  const auto write_page = [&](uint64_t first) {
    for (uint64_t lba = first; lba < std::min(first + kPageSectors, wrap_); ++lba) {
      read(lba, sector.data());
      if (all_zero(sector.data(), sector.size())) continue;
      for (uint64_t place = lba; place < sectors_; place += wrap_) write_all(out, path, place * kSectorBytes, sector.data(), sector.size());
    }
  };
  if (base_ >= 0) {
    for_each_extent(base_, 0, wrap_ * kSectorBytes, [&](uint64_t from, uint64_t to) {
      for (uint64_t page = from / kPageBytes; page * kPageBytes < to; ++page) {
        if (pages_.count(page) == 0) write_page(page * kPageSectors);
      }
    });
  }
  for (const auto& [page, data] : pages_) write_page(page * kPageSectors);
}

void SectorStore::write_image(const std::string& path) const {
  struct stat ours {
  }, theirs{};
  if (base_ >= 0 && fstat(base_, &ours) == 0 && stat(path.c_str(), &theirs) == 0 && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino) {
    throw UsageError(path + ": is the card's base image and must not be overwritten");
  }
  const int out = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (out < 0) fail_errno(path, "cannot be written");
  try {
    if (ftruncate(out, static_cast<off_t>(sectors_ * kSectorBytes)) != 0) fail_errno(path, "cannot be given the card's size");
    if (wrap_ != 0) {
      write_wrapped(out, path);
    } else if (base_ >= 0) {
      copy_base(out);
    }
    for (const auto& [page, data] : pages_) {
      if (wrap_ != 0) break;
      const uint64_t begin = page * kPageBytes;
      const size_t size = static_cast<size_t>(std::min<uint64_t>(kPageBytes, sectors_ * kSectorBytes - begin));
      const bool hole = all_zero(data->data(), size) && lseek(out, static_cast<off_t>(begin), SEEK_DATA) != static_cast<off_t>(begin);
      if (!hole) write_all(out, path, begin, data->data(), size);
    }
  } catch (...) {
    close(out);
    throw;
  }
  if (close(out) != 0) fail_errno(path, "cannot be written");
}

}  // namespace saksi::hw
