#include "judge/media/parameter_sets.h"

#include "judge/media/mp4_box.h"

namespace saksi::judge {

std::vector<std::vector<uint8_t>> described_parameter_sets(VideoCodec codec, const std::vector<uint8_t>& config) {
  std::vector<std::vector<uint8_t>> sets;
  Mp4Cursor cursor(config.data(), config.size());
  const auto take = [&](size_t count) {
    for (size_t i = 0; i < count && !cursor.overrun(); ++i) {
      const size_t size = cursor.u16();
      if (size > cursor.left()) return;
      sets.emplace_back(cursor.here(), cursor.here() + size);
      cursor.skip(size);
    }
  };
  if (codec == VideoCodec::kH265) {
    cursor.skip(22);
    for (size_t arrays = cursor.u8(); arrays > 0 && !cursor.overrun(); --arrays) {
      cursor.skip(1);
      take(cursor.u16());
    }
  } else {
    cursor.skip(5);
    take(cursor.u8() & 0x1F);
    take(cursor.u8());
  }
  return sets;
}

}  // namespace saksi::judge
