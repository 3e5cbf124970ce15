#include "firmware-under-test/camera/parameter_sets.h"

#include <stdbool.h>
#include <string.h>

enum { kSpsHeader = 0x67, kPpsHeader = 0x68, kBaseline = 66, kConstraintSets01 = 0xC0 };

// Bits, most significant first, into a NAL unit: emulation prevention (7.4.1) is done byte by byte.
typedef struct {
  uint8_t* out;
  uint32_t bytes;
  uint32_t zeros;  // zero bytes at the end of `out`
  uint32_t current, bits;
} writer_t;

static void put_byte(writer_t* w, uint8_t byte) {
  if (w->zeros == 2 && byte <= 3) {
    w->out[w->bytes++] = 3;
    w->zeros = 0;
  }
  w->out[w->bytes++] = byte;
  w->zeros = byte == 0 ? w->zeros + 1 : 0;
}

static void put_bits(writer_t* w, uint32_t value, uint32_t count) {
  while (count-- > 0) {
    w->current = w->current << 1 | (value >> count & 1);
    if (++w->bits < 8) continue;
    put_byte(w, (uint8_t)w->current);
    w->current = 0;
    w->bits = 0;
  }
}

static void put_flag(writer_t* w, bool value) { put_bits(w, value, 1); }

// ue(v), 9.1
static void put_ue(writer_t* w, uint32_t value) {
  uint32_t length = 0;
  while ((value + 1) >> (length + 1) != 0) ++length;
  put_bits(w, 0, length);
  put_bits(w, value + 1, length + 1);
}

static void put_trailing(writer_t* w) {
  put_bits(w, 1, 1);
  while (w->bits != 0) put_bits(w, 0, 1);
}

static void put_cropping(writer_t* w, uint32_t right_pixels, uint32_t bottom_pixels) {
  bool is_cropped = right_pixels != 0 || bottom_pixels != 0;
  put_flag(w, is_cropped);
  if (!is_cropped) return;
  put_ue(w, 0);
  put_ue(w, right_pixels / 2);  // units of one chroma sample
  put_ue(w, 0);
  put_ue(w, bottom_pixels / 2);
}

static void put_vui(writer_t* w, uint32_t fps) {
  put_flag(w, true);         // aspect_ratio_info_present_flag
  put_bits(w, 1, 8);         // square samples
  put_flag(w, false);        // overscan_info_present_flag
  put_flag(w, true);         // video_signal_type_present_flag
  put_bits(w, 5, 3);         // video_format unspecified
  put_flag(w, false);        // video_full_range_flag
  put_flag(w, true);         // colour_description_present_flag
  put_bits(w, 1, 8);         // colour_primaries BT.709
  put_bits(w, 1, 8);         // transfer_characteristics BT.709
  put_bits(w, 1, 8);         // matrix_coefficients BT.709
  put_flag(w, false);        // chroma_loc_info_present_flag
  put_flag(w, true);         // timing_info_present_flag
  put_bits(w, 1, 32);        // num_units_in_tick
  put_bits(w, 2 * fps, 32);  // time_scale: a tick is a field
  put_flag(w, false);        // fixed_frame_rate_flag: a frame may be lost
  put_flag(w, false);        // nal_hrd_parameters_present_flag
  put_flag(w, false);        // vcl_hrd_parameters_present_flag
  put_flag(w, false);        // pic_struct_present_flag
  put_flag(w, true);         // bitstream_restriction_flag
  put_flag(w, true);         // motion_vectors_over_pic_boundaries_flag
  put_ue(w, 0);              // max_bytes_per_pic_denom: no limit
  put_ue(w, 0);              // max_bits_per_mb_denom: no limit
  put_ue(w, 10);             // log2_max_mv_length_horizontal
  put_ue(w, 10);             // log2_max_mv_length_vertical
  put_ue(w, 0);              // max_num_reorder_frames
  put_ue(w, 1);              // max_dec_frame_buffering
}

static uint32_t macroblocks(uint32_t pixels) { return (pixels + 15) / 16; }

static uint32_t make_sps(uint8_t* out, uint32_t width, uint32_t height, uint32_t fps, uint32_t qp) {
  writer_t w = {.out = out};
  put_bits(&w, kSpsHeader, 8);
  put_bits(&w, kBaseline, 8);
  put_bits(&w, kConstraintSets01, 8);
  put_bits(&w, parameter_sets_level(width, height, fps, qp), 8);
  put_ue(&w, 0);        // seq_parameter_set_id
  put_ue(&w, 0);        // log2_max_frame_num_minus4
  put_ue(&w, 2);        // pic_order_cnt_type
  put_ue(&w, 1);        // max_num_ref_frames
  put_flag(&w, false);  // gaps_in_frame_num_value_allowed_flag
  put_ue(&w, macroblocks(width) - 1);
  put_ue(&w, macroblocks(height) - 1);
  put_flag(&w, true);  // frame_mbs_only_flag
  put_flag(&w, true);  // direct_8x8_inference_flag
  put_cropping(&w, macroblocks(width) * 16 - width, macroblocks(height) * 16 - height);
  put_flag(&w, true);  // vui_parameters_present_flag
  put_vui(&w, fps);
  put_trailing(&w);
  return w.bytes;
}

static uint32_t make_pps(uint8_t* out) {
  writer_t w = {.out = out};
  put_bits(&w, kPpsHeader, 8);
  put_ue(&w, 0);        // pic_parameter_set_id
  put_ue(&w, 0);        // seq_parameter_set_id
  put_flag(&w, false);  // entropy_coding_mode_flag: CAVLC
  put_flag(&w, false);  // bottom_field_pic_order_in_frame_present_flag
  put_ue(&w, 0);        // num_slice_groups_minus1
  put_ue(&w, 0);        // num_ref_idx_l0_default_active_minus1
  put_ue(&w, 0);        // num_ref_idx_l1_default_active_minus1
  put_flag(&w, false);  // weighted_pred_flag
  put_bits(&w, 0, 2);   // weighted_bipred_idc
  put_ue(&w, 0);        // pic_init_qp_minus26, a signed 0
  put_ue(&w, 0);        // pic_init_qs_minus26, a signed 0
  put_ue(&w, 0);        // chroma_qp_index_offset, a signed 0
  put_flag(&w, true);   // deblocking_filter_control_present_flag
  put_flag(&w, false);  // constrained_intra_pred_flag
  put_flag(&w, false);  // redundant_pic_cnt_present_flag
  put_trailing(&w);
  return w.bytes;
}

void parameter_sets_make(parameter_sets_t* sets, uint32_t width, uint32_t height, uint32_t fps, uint32_t qp) {
  memset(sets, 0, sizeof *sets);
  sets->sps_bytes = make_sps(sets->sps, width, height, fps, qp);
  sets->pps_bytes = make_pps(sets->pps);
}

typedef struct {
  uint8_t level_idc;
  uint32_t mbs_per_second, mbs_per_frame, kbits_per_second;
} level_t;

static const level_t levels[] = {
    {10, 1485, 99, 64},        {11, 3000, 396, 192},        {12, 6000, 396, 384},        {13, 11880, 396, 768},
    {20, 11880, 396, 2000},    {21, 19800, 792, 4000},      {22, 20250, 1620, 4000},     {30, 40500, 1620, 10000},
    {31, 108000, 3600, 14000}, {32, 216000, 5120, 20000},   {40, 245760, 8192, 20000},   {41, 245760, 8192, 50000},
    {42, 522240, 8704, 50000}, {50, 589824, 22080, 135000}, {51, 983040, 36864, 240000}, {52, 2073600, 36864, 240000},
};
enum { kLevels = sizeof levels / sizeof levels[0] };

static uint32_t bits_per_mb(uint32_t qp) {
  if (qp >= 34) return 150;
  if (qp >= 28) return 250;
  if (qp >= 22) return 450;
  if (qp >= 16) return 800;
  return 3200;
}

uint8_t parameter_sets_level(uint32_t width, uint32_t height, uint32_t fps, uint32_t qp) {
  uint32_t mbs = macroblocks(width) * macroblocks(height);
  uint32_t kbits = (uint32_t)((uint64_t)mbs * fps * bits_per_mb(qp) / 1000);
  uint32_t longest_side = macroblocks(width > height ? width : height);
  for (uint32_t i = 0; i < kLevels; ++i) {
    const level_t* level = &levels[i];
    bool holds_frame = mbs <= level->mbs_per_frame && longest_side * longest_side <= 8 * level->mbs_per_frame;
    if (holds_frame && mbs * fps <= level->mbs_per_second && kbits <= level->kbits_per_second) return level->level_idc;
  }
  return levels[kLevels - 1].level_idc;
}
