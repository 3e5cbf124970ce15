#ifndef SAKSI_JUDGE_MEDIA_MP4_BOX_H_
#define SAKSI_JUDGE_MEDIA_MP4_BOX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/card/byte_source.h"

namespace saksi::judge {

/// Head of a box in the file.
struct Mp4BoxHeader {
  std::string type;       ///< four characters
  uint64_t offset;        ///< of the head
  uint64_t header_bytes;  ///< 8 or 16
  uint64_t size;          ///< head included; for a box that goes to the end of the file, what is left
  bool to_end;

  uint64_t payload() const { return offset + header_bytes; }
  uint64_t end() const { return offset + size; }
};

/// Reads a box head. nullopt if fewer than 8 bytes are left, the type is not four printable characters, or the size is smaller than the head.
/// The size is not checked against the file's.
std::optional<Mp4BoxHeader> read_box_header(const ByteSource& source, uint64_t offset);

/// A cursor over bytes in memory that never runs over: past the end it reads zeros and says so.
class Mp4Cursor {
 public:
  Mp4Cursor(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint8_t u8();
  uint16_t u16();
  uint32_t u32();
  uint64_t u64();
  void skip(size_t count);
  size_t left() const { return size_ - at_; }
  const uint8_t* here() const { return data_ + at_; }
  bool overrun() const { return overrun_; }

 private:
  bool take(size_t count);
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
  bool overrun_ = false;
};

/// A box inside a parsed box: its type and payload.
struct Mp4Child {
  std::string type;
  const uint8_t* data;
  size_t size;
  Mp4Cursor cursor() const { return {data, size}; }
};

/// The boxes that stand one behind the other in `data`; stops at the first that cannot be right and then sets `broken`.
std::vector<Mp4Child> child_boxes(const uint8_t* data, size_t size, bool& broken);

/// The first child of that type; nullptr if there is none.
const Mp4Child* find_child(const std::vector<Mp4Child>& children, const char* type);

}  // namespace saksi::judge

#endif
