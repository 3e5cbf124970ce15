// Stage 2, predict: decides how a macroblock is predicted, then streams its 24 source blocks with their predictions to the transform.
//
// A macroblock cannot start before the one to its left is reconstructed, so this stage also leads the others: it waits for the fetch, for
// room further down, and for the word on I_PCM where the entropy stage has to count bits first. Pictures are one slice: a neighbour exists
// unless it lies outside the picture.
module h264_predict
  import h264_pkg::*;
  import h264_intra_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       start_i,
  input  config_t    cfg_i,

  // Source macroblocks.
  input  logic       group_ready_i,
  output logic       group_release_o,
  output logic       rd_en_o,
  output logic [1:0] rd_mb_o,
  output logic [4:0] rd_blk_o,
  input  block_t     rd_block_i,

  // Room further down.
  input  logic       levels_free_i,     // the entropy stage can take the levels of another macroblock
  input  logic       write_free_i,      // the write-out stage can take the blocks of another macroblock

  // To the transform stage.
  output logic       blk_valid_o,
  output logic       blk_pcm_o,         // reconstruct as the source is
  output logic [4:0] blk_idx_o,
  output block_t     blk_src_o,
  output block_t     blk_pred_o,
  output pred_mode_e luma_mode_o,
  output pred_mode_e chroma_mode_o,

  // Reconstructed blocks.
  input  logic       rec_valid_i,
  input  logic [4:0] rec_idx_i,
  input  block_t     rec_block_i,
  input  logic       maybe_pcm_i,       // meaningful once the last block is reconstructed
  input  logic       verdict_valid_i,   // such a macroblock was counted
  input  logic       verdict_pcm_i,     // and is to become I_PCM
  output logic       mb_finish_o        // its reconstruction is final
);
  localparam logic [4:0] LastBlock = 5'd23;

  typedef logic [3:0][19:0] sums_t;

  typedef enum logic [2:0] {
    Idle,
    Wait,    // for source and room
    Setup,   // what all blocks share: DC and plane predictions
    Decide,  // costs of the four modes, a block a cycle
    Choose,
    Stream,  // a block a cycle
    Recon    // for the last reconstructed block, and the verdict
  } state_e;

  state_e       state_q;
  logic [7:0]   mb_x_q;
  logic [7:0]   lines_q;       // macroblock lines from this one on
  logic         has_top_q;
  logic         has_left_q;
  logic [4:0]   k_q;           // block that is computed in this cycle
  logic         replay_q;      // streaming as I_PCM
  logic         rec_done_q;
  logic         verdict_q;
  logic         verdict_pcm_q;
  sums_t        luma_sums_q;
  sums_t        chroma_sums_q;

  // Neighbours. Chroma holds Cb in the low half, Cr in the high half.
  logic [127:0] above_y[MaxWidthMbs];
  logic [127:0] above_c[MaxWidthMbs];
  logic [127:0] top_y_q;
  logic [127:0] top_c_q;
  logic [127:0] left_y_q;
  logic [127:0] left_c_q;
  logic [7:0]   corner_y_q;
  logic [15:0]  corner_c_q;
  logic [127:0] bottom_y_q;    // of this macroblock
  logic [127:0] bottom_c_q;

  // Shared by the blocks of this macroblock.
  logic [7:0]   dc_y_q;
  logic [63:0]  dc_c_q;        // by block, Cb then Cr
  plane_t       plane_y_q;
  plane_t [1:0] plane_c_q;

  logic         line_end;
  logic         go;
  logic         finish;
  logic         wait_verdict;

  function automatic reference_t luma_refs(input logic [127:0] top, input logic [127:0] left, input logic [7:0] dc, input plane_t plane,
                                           input logic [3:0] blk);
    return '{top: top[32*blk[1:0]+:32], left: left[32*blk[3:2]+:32], dc: dc, plane: plane_at(plane, blk[1:0], blk[3:2])};
  endfunction

  // blk: {component, row, column}
  function automatic reference_t chroma_refs(input logic [127:0] top, input logic [127:0] left, input logic [63:0] dc,
                                             input plane_t [1:0] plane, input logic [2:0] blk);
    return '{top: top[32*{blk[2], blk[0]}+:32], left: left[32*blk[2:1]+:32], dc: dc[8*blk+:8],
             plane: plane_at(plane[blk[2]], {1'b0, blk[0]}, {1'b0, blk[1]})};
  endfunction

  function automatic sums_t add_costs(input sums_t sums, input costs_t costs);
    return {sums[3] + 20'(costs[3]), sums[2] + 20'(costs[2]), sums[1] + 20'(costs[1]), sums[0] + 20'(costs[0])};
  endfunction

  // The cheapest of the modes whose neighbours exist; bits counts what each costs more than the cheapest to signal.
  function automatic pred_mode_e choose(input sums_t sums, input logic has_top, input logic has_left, input logic [7:0] weight,
                                        input logic [3:0][2:0] bits);
    pred_mode_e  best;
    logic [19:0] cost;
    logic [19:0] best_cost;
    best = PredDc;
    best_cost = sums[PredDc] + 20'(weight * 11'(bits[PredDc]));
    cost = sums[PredVertical] + 20'(weight * 11'(bits[PredVertical]));
    if (has_top && cost < best_cost) begin
      best = PredVertical;
      best_cost = cost;
    end
    cost = sums[PredHorizontal] + 20'(weight * 11'(bits[PredHorizontal]));
    if (has_left && cost < best_cost) begin
      best = PredHorizontal;
      best_cost = cost;
    end
    cost = sums[PredPlane] + 20'(weight * 11'(bits[PredPlane]));
    if (has_top && has_left && cost < best_cost) best = PredPlane;
    return best;
  endfunction

  function automatic logic [63:0] chroma_dcs(input logic [127:0] top, input logic [127:0] left, input logic has_top, input logic has_left);
    logic [63:0] dcs;
    for (int i = 0; i < 8; i++) begin
      dcs[8*i+:8] = chroma_dc(top[32*(2*(i/4)+i%2)+:32], left[32*(i/2)+:32], has_top, has_left, i % 2 == 1, (i / 2) % 2 == 1);
    end
    return dcs;
  endfunction

  assign go = state_q == Wait && group_ready_i && write_free_i;
  assign line_end = mb_x_q + 8'd1 == cfg_i.width_mbs;
  assign wait_verdict = maybe_pcm_i && !replay_q;
  assign finish = state_q == Recon && rec_done_q && (!wait_verdict || (verdict_q && !verdict_pcm_q));
  assign mb_finish_o = finish;
  assign group_release_o = finish && (line_end || mb_x_q[1:0] == 2'(GroupMbs - 1));

  assign rd_mb_o = mb_x_q[1:0];
  assign rd_blk_o = state_q == Decide || state_q == Stream ? k_q + 5'd1 : 5'd0;
  assign rd_en_o = state_q != Idle && state_q != Wait;

  always_ff @(posedge clk_i) begin : control
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      unique case (state_q)
        Idle: begin
          mb_x_q <= '0;
          lines_q <= cfg_i.height_mbs;
          has_top_q <= 1'b0;
          has_left_q <= 1'b0;
          if (start_i) state_q <= Wait;
        end
        Wait: if (go) state_q <= Setup;
        Setup: begin
          k_q <= '0;
          replay_q <= 1'b0;
          state_q <= Decide;
        end
        Decide: begin
          k_q <= k_q + 5'd1;
          if (k_q == LastBlock) state_q <= Choose;
        end
        Choose: begin
          k_q <= '0;
          if (levels_free_i) state_q <= Stream;
        end
        Stream: begin
          k_q <= k_q + 5'd1;
          if (k_q == LastBlock) state_q <= Recon;
        end
        Recon: begin
          k_q <= '0;
          if (finish) begin
            has_left_q <= !line_end;
            mb_x_q <= line_end ? '0 : mb_x_q + 8'd1;
            state_q <= Wait;
            if (line_end) begin
              has_top_q <= 1'b1;
              lines_q <= lines_q - 8'd1;
              if (lines_q == 8'd1) state_q <= Idle;
            end
          end else if (rec_done_q && verdict_q) begin
            replay_q <= 1'b1;
            state_q <= Stream;
          end
        end
        default: state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : progress
    if (!rst_ni || state_q == Setup) begin
      rec_done_q <= 1'b0;
      verdict_q <= 1'b0;
    end else begin
      if (state_q == Stream) rec_done_q <= 1'b0;
      if (rec_valid_i && rec_idx_i == LastBlock) rec_done_q <= 1'b1;
      if (verdict_valid_i) begin
        verdict_q <= 1'b1;
        verdict_pcm_q <= verdict_pcm_i;
      end
    end
  end

  always_ff @(posedge clk_i) begin : setup
    if (state_q == Setup) begin
      dc_y_q <= luma_dc(top_y_q, left_y_q, has_top_q, has_left_q);
      dc_c_q <= chroma_dcs(top_c_q, left_c_q, has_top_q, has_left_q);
      plane_y_q <= luma_plane(top_y_q, left_y_q, corner_y_q);
      plane_c_q <= {chroma_plane(top_c_q[127:64], left_c_q[127:64], corner_c_q[15:8]),
                    chroma_plane(top_c_q[63:0], left_c_q[63:0], corner_c_q[7:0])};
    end
  end

  always_ff @(posedge clk_i) begin : choice
    if (state_q == Choose) begin
      // mb_type, and intra_chroma_pred_mode: ue(v).
      luma_mode_o <= choose(luma_sums_q, has_top_q, has_left_q, bit_cost(cfg_i.qp), {3'd2, 3'd2, 3'd0, 3'd0});
      chroma_mode_o <= choose(chroma_sums_q, has_top_q, has_left_q, bit_cost(cfg_i.qp), {3'd4, 3'd0, 3'd2, 3'd2});
    end
  end

  always_ff @(posedge clk_i) begin : costs
    if (state_q == Setup) begin
      luma_sums_q <= '0;
      chroma_sums_q <= '0;
    end else if (state_q == Decide) begin
      if (!k_q[4]) begin
        luma_sums_q <= add_costs(luma_sums_q, block_costs(rd_block_i, luma_refs(top_y_q, left_y_q, dc_y_q, plane_y_q, k_q[3:0])));
      end else begin
        chroma_sums_q <= add_costs(chroma_sums_q, block_costs(rd_block_i, chroma_refs(top_c_q, left_c_q, dc_c_q, plane_c_q, k_q[2:0])));
      end
    end
  end

  always_ff @(posedge clk_i) begin : stream
    blk_valid_o <= rst_ni && state_q == Stream;
    if (state_q == Stream) begin
      blk_pcm_o <= replay_q;
      blk_idx_o <= k_q;
      blk_src_o <= rd_block_i;
      if (!k_q[4]) blk_pred_o <= predict_block(luma_mode_o, luma_refs(top_y_q, left_y_q, dc_y_q, plane_y_q, k_q[3:0]));
      else blk_pred_o <= predict_block(chroma_mode_o, chroma_refs(top_c_q, left_c_q, dc_c_q, plane_c_q, k_q[2:0]));
    end
  end

  // The right column and the bottom row of what is reconstructed become neighbours. Predictions were all made by then.
  always_ff @(posedge clk_i) begin : neighbours
    if (rec_valid_i) begin
      if (!rec_idx_i[4]) begin
        if (rec_idx_i[1:0] == 2'd3) begin
          left_y_q[32*rec_idx_i[3:2]+:32] <= {rec_block_i[127:120], rec_block_i[95:88], rec_block_i[63:56], rec_block_i[31:24]};
        end
        if (rec_idx_i[3:2] == 2'd3) bottom_y_q[32*rec_idx_i[1:0]+:32] <= rec_block_i[127:96];
      end else begin
        if (rec_idx_i[0]) begin
          left_c_q[32*rec_idx_i[2:1]+:32] <= {rec_block_i[127:120], rec_block_i[95:88], rec_block_i[63:56], rec_block_i[31:24]};
        end
        if (rec_idx_i[1]) bottom_c_q[32*{rec_idx_i[2], rec_idx_i[0]}+:32] <= rec_block_i[127:96];
      end
    end
  end

  always_ff @(posedge clk_i) begin : corners
    if (finish) begin
      above_y[mb_x_q[6:0]] <= bottom_y_q;
      above_c[mb_x_q[6:0]] <= bottom_c_q;
      corner_y_q <= top_y_q[127:120];
      corner_c_q <= {top_c_q[127:120], top_c_q[63:56]};
    end
  end

  always_ff @(posedge clk_i) begin : tops
    if (go) begin
      top_y_q <= above_y[mb_x_q[6:0]];
      top_c_q <= above_c[mb_x_q[6:0]];
    end
  end

endmodule : h264_predict
