#include "judge/media/nal.h"

namespace saksi::judge {

namespace {

NalHead h264_head(const uint8_t* nal, size_t size) {
  NalHead head;
  const bool forbidden = (nal[0] & 0x80) != 0;
  const bool reference = (nal[0] & 0x60) != 0;
  switch (nal[0] & 0x1F) {
    case 1:
      head = {NalKind::kInter, true, false, 1};
      break;
    case 2:
    case 3:
    case 4:
      head = {NalKind::kOther, true, false, 1};
      break;
    case 5:
      head = {NalKind::kIntra, reference, false, 1};
      break;
    case 6:
      head = {NalKind::kSei, !reference, false, 1};
      break;
    case 7:
    case 8:
    case 13:
    case 15:
      head = {NalKind::kParameterSet, reference, false, 1};
      break;
    case 9:
      head = {NalKind::kDelimiter, true, false, 1};
      break;
    case 10:
    case 11:
    case 12:
      head = {NalKind::kOther, !reference, false, 1};
      break;
    default:
      break;
  }
  head.valid = head.valid && !forbidden;
  // first_mb_in_slice is the Exp-Golomb code of 0: one bit that is 1.
  head.primary = head.is_slice() && size > 1 && (nal[1] & 0x80) != 0;
  return head;
}

NalHead h265_head(const uint8_t* nal, size_t size) {
  NalHead head;
  head.bytes = 2;
  if (size < 2) return head;
  const int type = (nal[0] & 0x7E) >> 1;
  const int layer = ((nal[0] & 1) << 5) | (nal[1] >> 3);
  const int temporal_plus_1 = nal[1] & 7;
  if (temporal_plus_1 == 0) return head;
  const bool base = temporal_plus_1 == 1;
  if (type <= 1) {
    head = {NalKind::kInter, true, false, 2};
  } else if (type <= 3 || (type >= 6 && type <= 9)) {
    head = {NalKind::kOther, !base, false, 2};
  } else if (type <= 5) {
    head = {NalKind::kOther, layer != 0 || !base, false, 2};
  } else if (type >= 16 && type <= 21) {
    head = {NalKind::kIntra, base, false, 2};
  } else if (type == 32 || type == 33) {
    head = {NalKind::kParameterSet, base, false, 2};
  } else if (type == 34) {
    head = {NalKind::kParameterSet, true, false, 2};
  } else if (type == 35) {
    head = {NalKind::kDelimiter, true, false, 2};
  } else if (type == 36 || type == 37) {
    head = {NalKind::kOther, base && layer == 0, false, 2};
  } else if (type == 38) {
    head = {NalKind::kOther, true, false, 2};
  } else if (type == 39 || type == 40) {
    head = {NalKind::kSei, true, false, 2};
  }
  head.valid = head.valid && (nal[0] & 0x80) == 0;
  head.primary = head.is_slice() && size > 2 && (nal[2] & 0x80) != 0;
  return head;
}

}  // namespace

NalHead parse_nal_head(const uint8_t* nal, size_t size, VideoCodec codec) {
  if (size == 0) return {};
  return codec == VideoCodec::kH265 ? h265_head(nal, size) : h264_head(nal, size);
}

size_t trimmed_nal_size(const uint8_t* nal, size_t size) {
  while (size > 0 && nal[size - 1] == 0) --size;
  return size;
}

}  // namespace saksi::judge
