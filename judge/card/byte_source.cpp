#include "judge/card/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace saksi::judge {

FileSource::FileSource(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), size_(0) {
  if (fd_ < 0) throw UsageError(path + ": cannot be read; check the path and its permissions");
  struct stat status {};
  const bool known = fstat(fd_, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
  const off_t end = known ? lseek(fd_, 0, SEEK_END) : -1;
  if (end < 0) {
    close(fd_);
    throw UsageError(path + ": is neither a file nor a block device");
  }
  size_ = static_cast<uint64_t>(end);
}

FileSource::~FileSource() { close(fd_); }

size_t FileSource::read(uint64_t offset, void* buffer, size_t count) const {
  size_t done = 0;
  while (done < count && offset + done < size_) {
    const ssize_t got = pread(fd_, static_cast<uint8_t*>(buffer) + done, count - done, static_cast<off_t>(offset + done));
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

size_t MemorySource::read(uint64_t offset, void* buffer, size_t count) const {
  if (offset >= bytes_.size()) return 0;
  const size_t there = std::min<size_t>(count, bytes_.size() - static_cast<size_t>(offset));
  if (there > 0) std::memcpy(buffer, bytes_.data() + offset, there);
  return there;
}

}  // namespace saksi::judge
