#include "hw-models/h264/h264_sizes.h"

#include <utility>

namespace saksi::hw {

H264Sizes::H264Sizes(sc_core::sc_module_name name, const RtlBlockConfig& config, SizeTable table, uint64_t seed)
    : H264Block(name, config), draw_(std::move(table), seed) {}

/// Notes the rows of a plane that the circuit would use; false if some of them lie nowhere.
bool H264Sizes::note(Ranges& ranges, uint32_t address, uint32_t stride, uint32_t width, uint32_t rows) {
  const bool in_one = stride == width && dma.direct(address, size_t{stride} * rows) != nullptr;
  if (in_one) note_range(ranges, address, stride * rows);
  bool complete = true;
  for (uint32_t y = 0; !in_one && y < rows; ++y) {
    const bool there = dma.direct(address + y * stride, width) != nullptr;
    if (there) note_range(ranges, address + y * stride, width);
    complete = complete && there;
  }
  return complete;
}

H264Block::Outcome H264Sizes::code(const h264::PictureConfig& c) {
  const auto width = static_cast<uint32_t>(16 * c.width_mbs), height = static_cast<uint32_t>(16 * c.height_mbs);
  bool complete = note(read_, c.src_y, c.src_stride, width, height);
  complete = note(read_, c.src_c, c.src_stride, width, height / 2) && complete;
  complete = note(written_, c.rec_y, c.rec_stride, width, height) && complete;
  complete = note(written_, c.rec_c, c.rec_stride, width, height / 2) && complete;
  if (c.inter) {
    complete = note(read_, c.ref_y, c.rec_stride, width, height) && complete;
    complete = note(read_, c.ref_c, c.rec_stride, width, height / 2) && complete;
  }
  const DrawnPicture drawn = draw_.next(c);
  picture_.write(c, drawn.slice_bytes);
  return {drawn.counters, picture_.nal_sizes(), &picture_.bytes(), picture_.bytes().size() > c.bs_size, !complete};
}

}  // namespace saksi::hw
