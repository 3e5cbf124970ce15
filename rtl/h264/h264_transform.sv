// Stage 3, transform: residual, transform and quantisation; levels to the entropy stage; inverse path and reconstruction.
//
// A block a cycle each way. Forward, the blocks come from the prediction stage in order; the inverse of the luma blocks starts when their DC
// block is known, and that of the chroma blocks follows.
module h264_transform
  import h264_pkg::*;
  import h264_transform_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       start_i,
  input  config_t    cfg_i,

  // From the prediction stage.
  input  logic       blk_valid_i,
  input  logic       blk_pcm_i,
  input  logic [4:0] blk_idx_i,
  input  block_t     blk_src_i,
  input  block_t     blk_pred_i,
  input  pred_mode_e luma_mode_i,
  input  pred_mode_e chroma_mode_i,

  // To the entropy stage.
  output logic       lev_valid_o,
  output logic [4:0] lev_idx_o,
  output levels_t    lev_levels_o,
  output scan_t      lev_scan_o,
  output logic       mb_valid_o,   // all levels of a macroblock are there
  output mb_info_t   mb_info_o,

  // Reconstructed blocks, in the order of their numbers.
  output logic       rec_valid_o,
  output logic       rec_pcm_o,
  output logic [4:0] rec_idx_o,
  output block_t     rec_block_o,
  output logic       maybe_pcm_o   // meaningful from the last reconstructed block to the next macroblock
);
  localparam logic [4:0] LastLuma = 5'd15;
  localparam logic [4:0] LastBlock = 5'd23;
  localparam logic [16:0] HeaderBitsMax = 17'd16;  // mb_type 9, intra_chroma_pred_mode 5, mb_qp_delta 1

  quant_t         luma_q;         // quantisation of luma
  quant_t         chroma_q;

  // Forward.
  logic           fwd_valid_q;
  logic [4:0]     fwd_idx_q;
  ac_block_t      fwd_q;
  logic [255:0]   luma_dcs_q;     // shifted in from the top
  logic [127:0]   chroma_dcs_q;
  logic           luma_ac_q;
  logic           chroma_ac_q;
  logic [16:0]    bits_max_q;     // 27 blocks of up to 4095 fit
  logic           luma_dc_due_q;  // luma_dcs_q is complete
  logic           chroma_dc_due_q;
  dc_block_t      luma_dc_q;
  dc_block_t [1:0] chroma_dc_q;
  logic [1:0]     dc_write_q;     // DC blocks still to hand over, plus one

  // Inverse.
  levels_t        own_levels[32];
  block_t         own_pred[32];
  logic [23:0]    own_has_ac_q;
  logic           inv_luma_q;     // luma blocks may go
  logic           inv_chroma_q;   // chroma blocks may go
  logic [4:0]     inv_idx_q;
  logic           inv_go;
  logic           get_valid_q;
  logic [4:0]     get_idx_q;
  levels_t        get_levels_q;
  block_t         get_pred_q;
  logic           get_has_ac_q;
  logic [15:0]    get_dc_q;

  assign maybe_pcm_o = bits_max_q > 17'(MaxMbBits);

  always_ff @(posedge clk_i) begin : quantisation
    if (start_i) begin
      luma_q <= quant_of(cfg_i.qp);
      chroma_q <= quant_of(chroma_qp(cfg_i.qp));
    end
  end

  always_ff @(posedge clk_i) begin : forward_control
    fwd_valid_q <= rst_ni && blk_valid_i && !blk_pcm_i;
    luma_dc_due_q <= rst_ni && fwd_valid_q && fwd_idx_q == LastLuma;
    chroma_dc_due_q <= rst_ni && fwd_valid_q && fwd_idx_q == LastBlock;
    fwd_idx_q <= blk_idx_i;
  end

  always_ff @(posedge clk_i) begin : forward
    if (blk_valid_i && !blk_pcm_i) fwd_q <= forward_block(blk_src_i, blk_pred_i, blk_idx_i[4] ? chroma_q : luma_q);
  end

  always_ff @(posedge clk_i) begin : keep
    if (blk_valid_i && !blk_pcm_i) own_pred[blk_idx_i] <= blk_pred_i;
    if (fwd_valid_q) own_levels[fwd_idx_q] <= fwd_q.levels;
  end

  always_ff @(posedge clk_i) begin : sum_up
    if (fwd_valid_q) begin
      own_has_ac_q[fwd_idx_q] <= fwd_q.scan.nonzero != '0;
      luma_ac_q <= fwd_idx_q != '0 && luma_ac_q || !fwd_idx_q[4] && fwd_q.scan.nonzero != '0;
      chroma_ac_q <= fwd_idx_q != '0 && chroma_ac_q || fwd_idx_q[4] && fwd_q.scan.nonzero != '0;
      bits_max_q <= (fwd_idx_q == '0 ? HeaderBitsMax : bits_max_q) + 17'(fwd_q.bits_max);
    end else if (dc_write_q == 2'd3) begin
      bits_max_q <= bits_max_q + 17'(luma_dc_q.bits_max) + 17'(chroma_dc_q[0].bits_max) + 17'(chroma_dc_q[1].bits_max);
    end
  end

  always_ff @(posedge clk_i) begin : luma_dcs
    if (fwd_valid_q && !fwd_idx_q[4]) luma_dcs_q <= {fwd_q.dc, luma_dcs_q[255:16]};
  end

  always_ff @(posedge clk_i) begin : chroma_dcs
    if (fwd_valid_q && fwd_idx_q[4]) chroma_dcs_q <= {fwd_q.dc, chroma_dcs_q[127:16]};
  end

  always_ff @(posedge clk_i) begin : dc
    if (luma_dc_due_q) luma_dc_q <= luma_dc_block(luma_dcs_q, luma_q);
    if (chroma_dc_due_q) begin
      chroma_dc_q[0] <= chroma_dc_block(chroma_dcs_q[63:0], chroma_q);
      chroma_dc_q[1] <= chroma_dc_block(chroma_dcs_q[127:64], chroma_q);
    end
  end

  // The AC blocks go to the entropy stage as they come, then the three DC blocks, then the macroblock.
  always_ff @(posedge clk_i) begin : hand_over
    if (!rst_ni) begin
      dc_write_q <= '0;
      lev_valid_o <= 1'b0;
      mb_valid_o <= 1'b0;
    end else begin
      lev_valid_o <= fwd_valid_q || dc_write_q != '0;
      if (fwd_valid_q) begin
        lev_idx_o <= fwd_idx_q;
        lev_levels_o <= fwd_q.levels;
        lev_scan_o <= fwd_q.scan;
      end else if (dc_write_q == 2'd3) begin
        lev_idx_o <= BlkLumaDc;
        lev_levels_o <= luma_dc_q.levels;
        lev_scan_o <= luma_dc_q.scan;
      end else if (dc_write_q != '0) begin
        lev_idx_o <= dc_write_q[1] ? BlkCbDc : BlkCrDc;
        lev_levels_o <= chroma_dc_q[dc_write_q[0]].levels;
        lev_scan_o <= chroma_dc_q[dc_write_q[0]].scan;
      end
      if (chroma_dc_due_q) dc_write_q <= 2'd3;
      else if (dc_write_q != '0) dc_write_q <= dc_write_q - 2'd1;
      mb_valid_o <= dc_write_q == 2'd1;
      if (dc_write_q == 2'd1) begin
        mb_info_o.luma_mode <= luma_mode_i;
        mb_info_o.chroma_mode <= chroma_mode_i;
        mb_info_o.cbp_luma <= luma_ac_q;
        mb_info_o.cbp_chroma <= chroma_ac_q ? 2'd2 : 2'((chroma_dc_q[0].scan.nonzero | chroma_dc_q[1].scan.nonzero) != '0);
        mb_info_o.maybe_pcm <= maybe_pcm_o;
      end
    end
  end

  assign inv_go = inv_idx_q[4] ? inv_chroma_q : inv_luma_q;

  always_ff @(posedge clk_i) begin : inverse
    if (!rst_ni) begin
      inv_luma_q <= 1'b0;
      inv_chroma_q <= 1'b0;
      inv_idx_q <= '0;
      get_valid_q <= 1'b0;
    end else begin
      if (luma_dc_due_q) inv_luma_q <= 1'b1;
      if (chroma_dc_due_q) inv_chroma_q <= 1'b1;
      get_valid_q <= inv_go;
      if (inv_go) begin
        inv_idx_q <= inv_idx_q + 5'd1;
        get_idx_q <= inv_idx_q;
        get_levels_q <= own_levels[inv_idx_q];
        get_pred_q <= own_pred[inv_idx_q];
        get_has_ac_q <= own_has_ac_q[inv_idx_q];
        get_dc_q <= inv_idx_q[4] ? chroma_dc_q[inv_idx_q[2]].scaled[16*inv_idx_q[1:0]+:16] : luma_dc_q.scaled[16*inv_idx_q[3:0]+:16];
        if (inv_idx_q == LastLuma) inv_luma_q <= 1'b0;
        if (inv_idx_q == LastBlock) begin
          inv_chroma_q <= 1'b0;
          inv_idx_q <= '0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin : reconstruct
    rec_valid_o <= rst_ni && (get_valid_q || blk_valid_i && blk_pcm_i);
    if (get_valid_q) begin
      rec_pcm_o <= 1'b0;
      rec_idx_o <= get_idx_q;
      rec_block_o <= reconstruct_block(get_levels_q, get_has_ac_q, get_dc_q, get_pred_q, get_idx_q[4] ? chroma_q : luma_q);
    end else if (blk_valid_i && blk_pcm_i) begin
      rec_pcm_o <= 1'b1;
      rec_idx_o <= blk_idx_i;
      rec_block_o <= blk_src_i;
    end
  end

endmodule : h264_transform
