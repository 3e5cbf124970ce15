#include "judge/media/mp4_box.h"

#include <algorithm>

namespace saksi::judge {

namespace {

bool is_type(const uint8_t* bytes) {
  return std::all_of(bytes, bytes + 4, [](uint8_t c) { return (c >= 0x20 && c < 0x7F) || c == 0xA9; });
}

}  // namespace

std::optional<Mp4BoxHeader> read_box_header(const ByteSource& source, uint64_t offset) {
  uint8_t bytes[16];
  const size_t got = source.read(offset, bytes, sizeof bytes);
  if (got < 8 || !is_type(bytes + 4)) return std::nullopt;
  Mp4BoxHeader box;
  box.type.assign(reinterpret_cast<const char*>(bytes) + 4, 4);
  box.offset = offset;
  box.header_bytes = 8;
  box.size = be32(bytes);
  box.to_end = box.size == 0;
  if (box.size == 1) {
    if (got < 16) return std::nullopt;
    box.header_bytes = 16;
    box.size = be64(bytes + 8);
    // An end beyond 2^62 would overflow sums of offsets.
    if (box.size > (uint64_t{1} << 62)) return std::nullopt;
  }
  if (box.to_end) box.size = source.size() - offset;
  if (box.size < box.header_bytes) return std::nullopt;
  return box;
}

bool Mp4Cursor::take(size_t count) {
  if (left() >= count) return true;
  overrun_ = true;
  at_ = size_;
  return false;
}

uint8_t Mp4Cursor::u8() { return take(1) ? data_[at_++] : uint8_t{0}; }

uint16_t Mp4Cursor::u16() {
  if (!take(2)) return 0;
  at_ += 2;
  return be16(data_ + at_ - 2);
}

uint32_t Mp4Cursor::u32() {
  if (!take(4)) return 0;
  at_ += 4;
  return be32(data_ + at_ - 4);
}

uint64_t Mp4Cursor::u64() {
  if (!take(8)) return 0;
  at_ += 8;
  return be64(data_ + at_ - 8);
}

void Mp4Cursor::skip(size_t count) {
  if (take(count)) at_ += count;
}

std::vector<Mp4Child> child_boxes(const uint8_t* data, size_t size, bool& broken) {
  std::vector<Mp4Child> children;
  size_t at = 0;
  while (size - at >= 8) {
    uint64_t header = 8;
    uint64_t length = be32(data + at);
    if (length == 1 && size - at >= 16) {
      header = 16;
      length = be64(data + at + 8);
    }
    if (length == 0) length = size - at;
    if (length < header || length > size - at || !is_type(data + at + 4)) {
      broken = true;
      return children;
    }
    children.push_back({std::string(reinterpret_cast<const char*>(data) + at + 4, 4), data + at + header, static_cast<size_t>(length - header)});
    at += static_cast<size_t>(length);
  }
  // QuickTime ends some containers with a 32-bit zero.
  if (size != at && size - at != 4) broken = true;
  return children;
}

const Mp4Child* find_child(const std::vector<Mp4Child>& children, const char* type) {
  for (const Mp4Child& child : children) {
    if (child.type == type) return &child;
  }
  return nullptr;
}

}  // namespace saksi::judge
