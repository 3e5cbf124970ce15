#ifndef SAKSI_JUDGE_CARD_BYTE_SOURCE_H_
#define SAKSI_JUDGE_CARD_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace saksi::judge {

/// Bytes that can be read at any offset: a file, a card, a file on a card, memory. Never changes what it reads.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  /// Reads up to `count` bytes at `offset`; returns how many there were. Less than asked only at the end or at an unreadable place.
  virtual size_t read(uint64_t offset, void* buffer, size_t count) const = 0;

  /// The first place at or after `offset` that may hold something other than zeros; size() if there is none. A hint: `offset` itself where nothing is
  /// known. So the holes of a card need not be read.
  virtual uint64_t next_data(uint64_t offset) const { return offset; }

  /// True if all `count` bytes were there.
  bool read_exactly(uint64_t offset, void* buffer, size_t count) const { return read(offset, buffer, count) == count; }
};

/// A plain file or a block device, opened for reading only.
class FileSource : public ByteSource {
 public:
  /// Throws UsageError if the path cannot be opened or is neither a file nor a block device.
  explicit FileSource(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  uint64_t size() const override { return size_; }
  size_t read(uint64_t offset, void* buffer, size_t count) const override;

 private:
  int fd_;
  uint64_t size_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
  uint64_t size() const override { return bytes_.size(); }
  size_t read(uint64_t offset, void* buffer, size_t count) const override;

 private:
  std::vector<uint8_t> bytes_;
};

/// Integers as they are stored. The caller has checked the bounds.
inline uint16_t le16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | (p[1] << 8)); }
inline uint32_t le32(const uint8_t* p) { return p[0] | (uint32_t{p[1]} << 8) | (uint32_t{p[2]} << 16) | (uint32_t{p[3]} << 24); }
inline uint16_t be16(const uint8_t* p) { return static_cast<uint16_t>((p[0] << 8) | p[1]); }
inline uint32_t be32(const uint8_t* p) { return (uint32_t{p[0]} << 24) | (uint32_t{p[1]} << 16) | (uint32_t{p[2]} << 8) | p[3]; }
inline uint64_t be64(const uint8_t* p) { return (uint64_t{be32(p)} << 32) | be32(p + 4); }

}  // namespace saksi::judge

#endif
