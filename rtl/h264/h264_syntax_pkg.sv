// Slice header and macroblock layer (clauses 7.3.3 to 7.3.5), as functions that make up to 64 bits each.
package h264_syntax_pkg;
  import h264_pkg::*;
  import h264_cavlc_pkg::*;

  // Table 9-4: codeNum of coded_block_pattern by its value, of Intra_4x4 and of Inter macroblocks.
  localparam int CbpCode[2][48] = '{
    '{3, 29, 30, 17, 31, 18, 37, 8, 32, 38, 19, 9, 20, 10, 11, 2,
      16, 33, 34, 21, 35, 22, 39, 4, 36, 40, 23, 5, 24, 6, 7, 1,
      41, 42, 43, 25, 44, 26, 46, 12, 45, 47, 27, 13, 28, 14, 15, 0},
    '{0, 2, 3, 7, 4, 8, 17, 13, 5, 18, 9, 14, 10, 15, 16, 11,
      1, 32, 33, 36, 34, 37, 44, 40, 35, 45, 38, 41, 39, 42, 43, 19,
      6, 24, 25, 20, 26, 21, 46, 28, 27, 47, 22, 29, 23, 30, 31, 12}
  };

  // Blocks to code, as a mask in coding order: luma DC, 16 luma in the order of luma4x4BlkIdx, Cb DC, Cr DC, 8 chroma.
  function automatic logic [26:0] blocks_of(input mb_info_t info);
    logic [3:0] cbp;
    cbp = info.cbp_luma;
    return {{8{info.cbp_chroma == 2'd2}}, {2{info.cbp_chroma != 2'd0}}, {4{cbp[3]}}, {4{cbp[2]}}, {4{cbp[1]}}, {4{cbp[0]}}, info.kind == MbIntra16};
  endfunction

  // Number of the lowest block of a mask in coding order.
  function automatic logic [4:0] lowest_block(input logic [26:0] pending);
    logic [26:0] m;
    logic [4:0]  place;
    m = pending & -pending;
    place = {(m & 27'h7ff0000) != '0, (m & 27'h700ff00) != '0, (m & 27'h0f0f0f0) != '0, (m & 27'h4cccccc) != '0, (m & 27'h2aaaaaa) != '0};
    return place == 5'd0 ? BlkLumaDc : place < 5'd17 ? raster(4'(place - 5'd1)) : place < 5'd19 ? place + 5'd8 : place - 5'd3;
  endfunction

  // Block number of a luma4x4BlkIdx.
  function automatic logic [4:0] raster(input logic [3:0] idx);
    return {1'b0, idx[3], idx[1], idx[2], idx[0]};
  endfunction

  function automatic kind_e kind_of(input logic [4:0] b, input logic intra16);
    return b == BlkCbDc || b == BlkCrDc ? KindChromaDc : b == BlkLumaDc || !b[4] && !intra16 ? KindFull : KindAc;
  endfunction

  // NAL unit header; first_mb_in_slice, slice_type, pic_parameter_set_id 0, frame_num. nal_ref_idc is 3 or 2, nal_unit_type 5 or 1.
  function automatic code_t slice_first(input config_t cfg, input int first_mb);
    logic [63:0] bits;
    int          len;
    bits = '0;
    len = 0;
    add(bits, len, 8, cfg.idr ? 'h65 : 'h41);
    add_ue(bits, len, first_mb);
    add_ue(bits, len, cfg.inter ? 5 : 7);
    add(bits, len, 5, int'({1'b1, cfg.frame_num}));
    return {7'(len), bits};
  endfunction

  // idr_pic_id; no num_ref_idx_active_override_flag, no ref_pic_list_modification_flag_l0; dec_ref_pic_marking, slice_qp_delta, and
  // disable_deblocking_filter_idc 0 with offsets 0, or 1.
  function automatic code_t slice_second(input config_t cfg, input logic [5:0] qp);
    logic [63:0] bits;
    int          len;
    bits = '0;
    len = 0;
    if (cfg.idr) add_ue(bits, len, int'(cfg.idr_pic_id));
    if (cfg.inter) add(bits, len, 2, 0);
    add(bits, len, cfg.idr ? 2 : 1, 0);
    add_se(bits, len, int'(qp) - 26);
    add(bits, len, 3, cfg.deblock ? 7 : 2);
    return {7'(len), bits};
  endfunction

  // Tables 7-11, 7-13 and 7-17: mb_type and sub_mb_type.
  function automatic void add_type(inout logic [63:0] bits, inout int len, input logic inter_slice, input mb_info_t info);
    int offset;
    offset = inter_slice ? 5 : 0;
    unique case (info.kind)
      MbIntra16: add_ue(bits, len, offset + 1 + int'(info.luma_mode) + 4 * int'(info.cbp_chroma) + (info.cbp_luma != '0 ? 12 : 0));
      MbIntra4: add_ue(bits, len, offset);
      MbPcm: add_ue(bits, len, offset + 25);
      default: begin
        add_ue(bits, len, int'(info.partition));
        if (info.partition == Part8x8) add(bits, len, 4, 15);
      end
    endcase
  endfunction

  function automatic void add_chroma_mode(inout logic [63:0] bits, inout int len, input pred_mode_e mode);
    unique case (mode)
      PredDc: add_ue(bits, len, 0);
      PredHorizontal: add_ue(bits, len, 1);
      PredVertical: add_ue(bits, len, 2);
      default: add_ue(bits, len, 3);
    endcase
  endfunction

  // coded_block_pattern and mb_qp_delta.
  function automatic void add_pattern(inout logic [63:0] bits, inout int len, input mb_info_t info);
    int pattern;
    pattern = 16 * int'(info.cbp_chroma) + int'(info.cbp_luma);
    add_ue(bits, len, CbpCode[info.kind == MbIntra4 ? 0 : 1][6'(pattern)]);
    if (pattern != 0) add_se(bits, len, int'(info.qp_delta));
  endfunction

  // Eight of the modes of Intra_4x4.
  function automatic void add_modes(inout logic [63:0] bits, inout int len, input logic [7:0] predicted, input logic [23:0] rem);
    for (int i = 0; i < 8; i++) begin
      if (predicted[i]) add(bits, len, 1, 1);
      else add(bits, len, 4, int'(rem[3*i+:3]));
    end
  endfunction

  function automatic code_t mb_header(input mb_info_t info, input logic with_run, input logic [12:0] run, input logic inter_slice);
    logic [63:0] bits;
    int          len;
    bits = '0;
    len = 0;
    if (with_run) add_ue(bits, len, int'(run));
    add_type(bits, len, inter_slice, info);
    if (info.kind == MbIntra4) add_modes(bits, len, info.i4_predicted[7:0], info.i4_rem[7:0]);
    if (info.kind == MbIntra16) begin
      add_chroma_mode(bits, len, info.chroma_mode);
      add_se(bits, len, int'(info.qp_delta));
    end
    return {7'(len), bits};
  endfunction

  function automatic code_t modes(input mb_info_t info);
    logic [63:0] bits;
    int          len;
    bits = '0;
    len = 0;
    add_modes(bits, len, info.i4_predicted[15:8], info.i4_rem[15:8]);
    add_chroma_mode(bits, len, info.chroma_mode);
    add_pattern(bits, len, info);
    return {7'(len), bits};
  endfunction

  function automatic code_t vector(input mb_info_t info, input logic [1:0] which, input logic last);
    logic [63:0] bits;
    int          len;
    mv_t         mvd;
    bits = '0;
    len = 0;
    mvd = info.mvd[which];
    add_se(bits, len, int'(mvd.x));
    add_se(bits, len, int'(mvd.y));
    if (last) add_pattern(bits, len, info);
    return {7'(len), bits};
  endfunction

  function automatic logic [1:0] last_vector(input partition_e partition);
    return partition == Part16x16 ? 2'd0 : partition == Part8x8 ? 2'd3 : 2'd1;
  endfunction

  function automatic code_t skip_run(input logic [12:0] run);
    logic [63:0] bits;
    int          len;
    bits = '0;
    len = 0;
    add_ue(bits, len, int'(run));
    return {7'(len), bits};
  endfunction

  function automatic code_t code_of(input logic [6:0] len, input logic [63:0] bits);
    return {len, bits};
  endfunction

  // Eight samples of an I_PCM macroblock in raster order of its planes lie in two neighbouring blocks.
  function automatic logic [4:0] pcm_block(input logic [5:0] w);
    return w[5] ? {2'b10, w[3:2], 1'b0} : {1'b0, w[4:3], w[0], 1'b0};
  endfunction

  function automatic logic [1:0] pcm_row(input logic [5:0] w);
    return w[5] ? w[1:0] : w[2:1];
  endfunction

  function automatic logic [63:0] pcm_bits(input logic [31:0] left, input logic [31:0] right);
    return {left[7:0], left[15:8], left[23:16], left[31:24], right[7:0], right[15:8], right[23:16], right[31:24]};
  endfunction

endpackage : h264_syntax_pkg
