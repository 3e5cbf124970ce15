#include "hw-models/h264/h264_model.h"

#include <cstring>
#include <memory>

namespace saksi::hw {

/// Rows of a picture in the block's memory, as a pointer if they lie in one piece of it, else as a copy in which rows that are nowhere are zero.
struct H264Model::Plane {
  Plane(DmaInitiator& dma, uint32_t address, uint32_t stride, uint32_t width, uint32_t rows)
      : address_(address), stride_(stride), width_(width), rows_(rows) {
    const size_t size = size_t{stride} * (rows - 1) + width;
    data = dma.direct(address, size);
    if (data) return;
    copy_.resize(size);
    data = copy_.data();
    for (uint32_t y = 0; y < rows; ++y) {
      const uint8_t* row = dma.direct(address + y * stride, width);
      missing = missing || !row;
      if (row) std::memcpy(data + size_t{y} * stride, row, width);
    }
  }
  /// Gives rows that were written back to memory.
  void store(DmaInitiator& dma) const {
    for (uint32_t y = 0; y < rows_; ++y) {
      uint8_t* row = dma.direct(address_ + y * stride_, width_);
      if (!row) continue;
      if (!copy_.empty()) std::memcpy(row, data + size_t{y} * stride_, width_);
      if (dma.observed()) dma.wrote(row, width_);
    }
  }
  void note(DmaInitiator& dma, Ranges& ranges) const {
    for (uint32_t y = 0; y < rows_; ++y) {
      if (!missing || dma.direct(address_ + y * stride_, width_)) note_range(ranges, address_ + y * stride_, width_);
    }
  }
  std::vector<uint8_t> bytes() const { return {data, data + size_t{stride_} * (rows_ - 1) + width_}; }

  uint8_t* data;
  bool missing = false;

 private:
  uint32_t address_, stride_, width_, rows_;
  std::vector<uint8_t> copy_;
};

H264Model::H264Model(sc_core::sc_module_name name, const RtlBlockConfig& config)
    : H264Block(name, config), coder_(h264::BusTiming{config.memory.read_latency_cycles, config.memory.write_latency_cycles}) {}

H264Block::Outcome H264Model::code(const h264::PictureConfig& c) {
  const auto width = static_cast<uint32_t>(16 * c.width_mbs), height = static_cast<uint32_t>(16 * c.height_mbs);
  const Plane source[2] = {{dma, c.src_y, c.src_stride, width, height}, {dma, c.src_c, c.src_stride, width, height / 2}};
  const Plane picture[2] = {{dma, c.rec_y, c.rec_stride, width, height}, {dma, c.rec_c, c.rec_stride, width, height / 2}};
  h264::PicturePlanes planes;
  planes.source_luma = source[0].data;
  planes.source_chroma = source[1].data;
  planes.luma = picture[0].data;
  planes.chroma = picture[1].data;
  bool bus_error = source[0].missing || source[1].missing || picture[0].missing || picture[1].missing;
  std::unique_ptr<Plane> reference[2];
  for (const Plane& plane : source) plane.note(dma, read_);
  for (const Plane& plane : picture) plane.note(dma, written_);
  if (c.inter) {
    reference[0] = std::make_unique<Plane>(dma, c.ref_y, c.rec_stride, width, height);
    reference[1] = std::make_unique<Plane>(dma, c.ref_c, c.rec_stride, width, height / 2);
    planes.reference_luma = reference[0]->data;
    planes.reference_chroma = reference[1]->data;
    for (const auto& plane : reference) {
      bus_error = bus_error || plane->missing;
      plane->note(dma, read_);
    }
  }
  if (check_period_ != 0 && pictures_ % check_period_ == 0) {
    PictureInput input{pictures_, c, source[0].bytes(), source[1].bytes(), {}, {}};
    if (c.inter) {
      input.reference_luma = reference[0]->bytes();
      input.reference_chroma = reference[1]->bytes();
    }
    judge_(input);
  }
  ++pictures_;
  coder_.code(c, planes);
  for (const Plane& plane : picture) plane.store(dma);
  return {coder_.counters(), coder_.nal_sizes(), &coder_.bytes(), coder_.overflow(), bus_error};
}

}  // namespace saksi::hw
