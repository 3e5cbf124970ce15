// The functions of h264_transform_pkg as a combinational module, so that a test can call them.
module h264_transform_bench
  import h264_pkg::*;
  import h264_transform_pkg::*;
(
  input  logic [5:0]   qp_i,          // of luma
  output logic [5:0]   chroma_qp_o,

  input  logic         inter_i,       // rounding
  input  logic         own_dc_i,      // the block keeps its DC

  input  block_t       src_i,
  input  block_t       pred_i,
  output logic [15:0]  dc_o,
  output levels_t      levels_o,
  output scan_t        scan_o,
  output logic [11:0]  bits_max_o,
  output logic [3:0]   score_o,
  input  logic [15:0]  scaled_dc_i,
  output block_t       rec_o,         // of levels_o and scaled_dc_i

  input  logic [255:0] luma_dcs_i,
  output levels_t      luma_levels_o,
  output logic [255:0] luma_scaled_o,

  input  logic [63:0]  chroma_dcs_i,
  output levels_t      chroma_levels_o,
  output logic [63:0]  chroma_scaled_o
);
  quant_t    quant;
  ac_block_t ac;
  dc_block_t luma_dc;
  dc_block_t chroma_dc;

  always_comb begin
    quant = quant_of(qp_i);
    chroma_qp_o = chroma_qp(qp_i);
    ac = forward_block(src_i, pred_i, quant, inter_i, own_dc_i);
    dc_o = ac.dc;
    levels_o = ac.levels;
    scan_o = ac.scan;
    bits_max_o = ac.bits_max;
    score_o = ac.score;
    rec_o = reconstruct_block(ac.levels, ac.scan.nonzero != '0, own_dc_i, scaled_dc_i, pred_i, quant);
    luma_dc = luma_dc_block(luma_dcs_i, quant);
    luma_levels_o = luma_dc.levels;
    luma_scaled_o = luma_dc.scaled;
    chroma_dc = chroma_dc_block(chroma_dcs_i, quant, inter_i);
    chroma_levels_o = chroma_dc.levels;
    chroma_scaled_o = chroma_dc.scaled[63:0];
  end

  // The masks and bounds of the DC blocks are checked with whole pictures.
  logic unused;
  assign unused = ^{luma_dc.scan, luma_dc.bits_max, chroma_dc.scan, chroma_dc.bits_max, chroma_dc.scaled[255:64]};

endmodule : h264_transform_bench
