// Front end: motion vectors, mode decision, prediction, transform, quantisation and reconstruction of one macroblock.
//
// Nothing here can start before the macroblock to the left is reconstructed, so this stage sets the pace. A block a cycle each way through one
// forward and one inverse transform. Order of a macroblock:
//
//   P: vectors, motion search, forward transform of the inter prediction with its cost; if that is poor, the intra path decides too
//   I: costs of Intra16x16, a choice; Intra4x4 block by block (choose, forward, rebuild) until it costs more than the best so far
//   then chroma, the way back, and for the rare macroblock that might exceed 3200 bits the counting of its bits and the turn to I_PCM
module h264_front
  import h264_pkg::*;
  import h264_intra_pkg::*;
  import h264_transform_pkg::*;
  import h264_vectors_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  config_t       cfg_i,

  input  logic          start_i,
  input  place_t        place_i,
  input  logic [5:0]    qp_i,           // of the macroblock line
  input  logic          last_resort_i,  // the macroblock must take next to no bits
  input  logic [1:0]    slot_i,         // of the fetch ring: where the macroblock's group lies
  output logic          done_o,
  output mb_info_t      info_o,
  output deblock_info_t deblock_o,

  // Source blocks, a cycle after rd_en_o.
  output logic          rd_en_o,
  output logic [3:0]    rd_mb_o,        // {slot, macroblock of the group}
  output logic [4:0]    rd_blk_o,
  input  block_t        rd_block_i,

  // Motion search, and its prediction a cycle after rd_en_o.
  output logic          motion_start_o,
  output mv_t           mvp_o,
  output mv_t           skip_mv_o,
  output mv_t [2:0]     cand_o,
  output logic [7:0]    bit_weight_o,
  output logic [15:0]   skip_sad_o,
  input  logic          motion_done_i,
  input  partition_e    partition_i,
  input  mv_t [3:0]     mv_i,
  input  logic          early_i,
  input  logic [15:0]   mv_cost_i,
  input  block_t        inter_block_i,

  // To the entropy stage.
  output logic          lev_valid_o,
  output logic [4:0]    lev_idx_o,
  output levels_t       lev_levels_o,
  output scan_t         lev_scan_o,
  output logic          count_o,
  input  logic          entropy_idle_i,
  input  logic          verdict_valid_i,
  input  logic          verdict_pcm_i,

  // Reconstructed blocks; a later one of the same number replaces an earlier one.
  output logic          rec_valid_o,
  output logic          rec_pcm_o,
  output logic [4:0]    rec_idx_o,
  output block_t        rec_block_o
);
  localparam logic [4:0] FirstChroma = 5'd16;
  localparam logic [4:0] LastBlock = 5'd23;
  localparam logic [3:0] LastLuma = 4'd15;

  // No macroblock header is longer: mb_type, four vectors of up to 34 bits, coded_block_pattern, mb_qp_delta.
  localparam logic [16:0] HeaderBitsMax = 17'd180;

  // Thresholds and biases, in units of bit_cost.
  localparam int SkipFactor = 48;     // the residual of P_Skip is most likely zero
  localparam int IntraFactor = 192;   // the inter prediction is good enough not to ask for intra
  localparam int Intra16Bits = 4;
  localparam int Intra4Bits = 8;

  // A quantised 8x8 block, the luma, or a chroma component worth less is dropped.
  localparam int Keep8x8 = 4;
  localparam int KeepLuma = 6;
  localparam int KeepChroma = 7;

  localparam logic [3:0] NoMode = 4'd15;

  typedef struct packed {
    neighbour_t [1:0] vectors;
    logic [3:0][3:0]  modes;
  } below_t;

  typedef logic [3:0][19:0] sums_t;

  typedef struct packed {
    pred_mode_e  mode;
    logic [19:0] cost;
  } mode_choice_t;

  typedef enum logic [4:0] {
    Idle,
    Vectors,
    Motion,
    InterLuma,      // forward transform of the inter prediction
    InterChoice,
    IntraSetup,
    IntraCosts,
    IntraChoice,
    IntraDecide,
    Block4Choose,
    Block4Forward,
    Block4Rebuild,
    ChromaCosts,
    ChromaChoice,
    ChromaDecide,
    Luma16,         // forward transform of Intra16x16
    Chroma,         // forward transform of chroma
    Settle,         // the second transforms
    Inverse,
    Check,
    Count,
    Pcm,
    Finish
  } state_e;

  state_e       state_q;
  place_t       place_q;
  logic [5:0]   qp_q;
  logic         last_resort_q;
  logic [3:0]   rd_mb_q;
  logic [5:0]   last_qp_q;     // of the last macroblock with mb_qp_delta, or the slice's
  logic [7:0]   weight_q;
  logic [5:0]   k_q;           // step within a state

  quant_t       luma_quant_q;
  quant_t       chroma_quant_q;

  // Neighbours. Chroma holds Cb in the low half, Cr in the high half.
  logic [127:0] above_y[MaxWidthMbs];
  logic [127:0] above_c[MaxWidthMbs];
  below_t       above_info[MaxWidthMbs];
  logic [127:0] top_y_q;
  logic [31:0]  top_right_y_q;
  logic [127:0] top_c_q;
  logic [127:0] left_y_q;
  logic [127:0] left_c_q;
  logic [7:0]   corner_y_q;
  logic [15:0]  corner_c_q;
  logic [127:0] bottom_y_q;    // of this macroblock
  logic [127:0] bottom_c_q;
  logic [127:0] right_y_q;
  logic [127:0] right_c_q;
  logic         has_top_right_q;
  neighbours_t  vectors_q;
  neighbour_t [1:0] left_vectors_q;
  logic [3:0][3:0]  top_modes_q;
  logic [3:0][3:0]  left_modes_q;

  // Intra prediction.
  logic [7:0]   dc_y_q;
  logic [63:0]  dc_c_q;
  plane_t       plane_y_q;
  plane_t [1:0] plane_c_q;
  sums_t        sums_q;
  pred_mode_e   luma_mode_q;
  pred_mode_e   chroma_mode_q;
  logic [3:0]   mode4_q[16];   // by raster number
  logic [19:0]  cost4_q;
  logic [19:0]  best_cost_q;
  logic         inter_q;       // the best so far
  logic         intra4_q;
  logic [15:0]  i4_predicted_q;
  logic [15:0][2:0] i4_rem_q;
  logic [3:0]   predicted_q;   // mode of the block being chosen
  logic [3:0]   mode_q;
  mode_choice_t choice16_q;
  logic         redo_q;        // the inter prediction's transform once more

  // Forward: a source block arrives (get), stands beside its prediction (pre), is transformed and quantised (fwd).
  logic         get_valid_q;
  logic [4:0]   get_idx_q;
  logic         pre_valid_q;
  logic [4:0]   pre_idx_q;
  logic         pre_inter_q;
  logic         pre_dc_q;      // the block keeps its DC
  block_t       src_q;
  block_t       pred_q;
  logic         fwd_valid_q;
  logic [4:0]   fwd_idx_q;
  ac_block_t    fwd_q;
  logic [19:0]  distortion_q;
  block_t       own_pred[24];
  levels_t      own_levels[24];
  block_t       own_rec[16];
  logic [23:0]  nonzero_q;
  logic [255:0] luma_dcs_q;
  logic [127:0] chroma_dcs_q;
  logic [3:0][5:0] score_q;    // by 8x8 block
  logic [1:0][5:0] chroma_score_q;
  logic [16:0]  bits_max_q;
  dc_block_t    luma_dc_q;
  dc_block_t [1:0] chroma_dc_q;
  logic         pcm_q;

  logic         pass;          // state of a forward pass
  logic         pass_inter;
  logic         fails4;        // Intra4x4 costs too much
  logic [19:0]  cost16;
  logic         residual;      // mb_qp_delta is coded
  logic [1:0]   dropped;       // AC of a chroma component

  function automatic logic [3:0] raster_of(input logic [3:0] index);
    return {index[3], index[1], index[2], index[0]};
  endfunction

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
  function automatic mode_choice_t choose(input sums_t sums, input logic has_top, input logic has_left, input logic [7:0] weight,
                                          input logic [3:0][2:0] bits);
    mode_choice_t best;
    logic [19:0]  cost;
    best.mode = PredDc;
    best.cost = sums[PredDc] + 20'(weight * 11'(bits[PredDc]));
    cost = sums[PredVertical] + 20'(weight * 11'(bits[PredVertical]));
    if (has_top && cost < best.cost) best = '{mode: PredVertical, cost: cost};
    cost = sums[PredHorizontal] + 20'(weight * 11'(bits[PredHorizontal]));
    if (has_left && cost < best.cost) best = '{mode: PredHorizontal, cost: cost};
    cost = sums[PredPlane] + 20'(weight * 11'(bits[PredPlane]));
    if (has_top && has_left && cost < best.cost) best = '{mode: PredPlane, cost: cost};
    return best;
  endfunction

  function automatic logic [63:0] chroma_dcs(input logic [127:0] top, input logic [127:0] left, input logic has_top, input logic has_left);
    logic [63:0] dcs;
    for (int i = 0; i < 8; i++) begin
      dcs[8*i+:8] = chroma_dc(top[32*(2*(i/4)+i%2)+:32], left[32*(i/2)+:32], has_top, has_left, i % 2 == 1, (i / 2) % 2 == 1);
    end
    return dcs;
  endfunction

  // Right column of a block.
  function automatic logic [31:0] column(input block_t block);
    return {block[127:120], block[95:88], block[63:56], block[31:24]};
  endfunction

  // What lies around luma block b of this macroblock, from its reconstructed blocks and the neighbours.
  function automatic edge4_t edge_of(input logic [3:0] b, input block_t left_block, input block_t top_block, input block_t right_block,
                                     input logic [7:0] corner_in);
    edge4_t      e;
    logic [1:0]  bx;
    logic [1:0]  by;
    logic        has_right;
    logic [31:0] right;
    bx = b[1:0];
    by = b[3:2];
    e.has_left = bx != '0 || place_q.has_left;
    e.has_top = by != '0 || place_q.has_top;
    e.left = bx != '0 ? column(left_block) : left_y_q[32*by+:32];
    e.top[31:0] = by != '0 ? top_block[127:96] : top_y_q[32*bx+:32];
    // Blocks that are decoded before those to the lower left of them.
    has_right = by != '0 ? 1'(16'h5750 >> b) : bx != 2'd3 ? place_q.has_top : has_top_right_q;
    right = by != '0 ? right_block[127:96] : bx != 2'd3 ? top_y_q[32*2'(bx+2'd1)+:32] : top_right_y_q;
    e.top[63:32] = has_right ? right : {4{e.top[31:24]}};
    if (by == '0) e.corner = bx != '0 ? top_y_q[8*(4*bx-1)+:8] : corner_y_q;
    else e.corner = bx != '0 ? corner_in : left_y_q[8*(4*by-1)+:8];
    return e;
  endfunction

  // Mode prediction of Intra4x4 block b.
  function automatic logic [3:0] predicted_mode(input logic [3:0] b);
    logic [3:0] a;
    logic [3:0] c;
    a = b[1:0] != '0 ? mode4_q[b-4'd1] : left_modes_q[b[3:2]];
    c = b[3:2] != '0 ? mode4_q[b-4'd4] : top_modes_q[b[1:0]];
    return a == NoMode || c == NoMode ? Intra4Dc : a < c ? a : c;
  endfunction

  function automatic neighbour_t existing(input logic exists, input neighbour_t n);
    return exists ? n : '0;
  endfunction

  // Which 8x8 blocks of an inter macroblock are worth their bits.
  function automatic logic [3:0] worth(input logic [3:0][5:0] score);
    return 8'(score[0]) + 8'(score[1]) + 8'(score[2]) + 8'(score[3]) < 8'(KeepLuma) ? '0 :
           {score[3] >= 6'(Keep8x8), score[2] >= 6'(Keep8x8), score[1] >= 6'(Keep8x8), score[0] >= 6'(Keep8x8)};
  endfunction

  // By 8x8 block: whether any of its blocks is set.
  function automatic logic [3:0] by_8x8(input logic [15:0] blocks);
    return {|(blocks & 16'hcc00), |(blocks & 16'h3300), |(blocks & 16'h00cc), |(blocks & 16'h0033)};
  endfunction

  function automatic logic [15:0] blocks_of(input logic [3:0] parts);
    return {parts[3], parts[3], parts[2], parts[2], parts[3], parts[3], parts[2], parts[2], parts[1], parts[1], parts[0], parts[0],
            parts[1], parts[1], parts[0], parts[0]};
  endfunction

  function automatic logic [7:0] sad_weight(input logic [7:0] weight);
    return weight < 8'd2 ? 8'd1 : weight >> 1;
  endfunction

  assign pass = state_q == InterLuma || state_q == Luma16 || state_q == Chroma;
  assign pass_inter = state_q == InterLuma || state_q == Chroma && inter_q;
  assign fails4 = cost4_q >= best_cost_q;
  assign cost16 = choice16_q.cost + 20'(Intra16Bits) * 20'(weight_q);
  assign dropped = {chroma_score_q[1] < 6'(KeepChroma), chroma_score_q[0] < 6'(KeepChroma)};
  assign residual = !pcm_q && (info_o.kind == MbIntra16 || info_o.cbp_luma != '0 || info_o.cbp_chroma != '0);

  always_comb begin : reading
    rd_mb_o = rd_mb_q;
    rd_en_o = 1'b0;
    rd_blk_o = k_q[4:0];
    unique case (state_q)
      InterLuma, IntraCosts, Luma16: rd_en_o = !k_q[4];
      ChromaCosts, Chroma: begin
        rd_en_o = !k_q[3];
        rd_blk_o = FirstChroma + k_q[4:0];
      end
      IntraDecide: begin
        rd_en_o = 1'b1;
        rd_blk_o = '0;
      end
      Block4Rebuild: begin
        rd_en_o = 1'b1;
        rd_blk_o = {1'b0, raster_of(k_q[3:0] + 4'd1)};
      end
      Pcm: rd_en_o = k_q < 6'd24;
      default: ;
    endcase
  end

  always_ff @(posedge clk_i) begin : control
    done_o <= 1'b0;
    motion_start_o <= 1'b0;
    count_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      unique case (state_q)
        Idle: begin
          k_q <= '0;
          inter_q <= cfg_i.inter;
          intra4_q <= 1'b0;
          redo_q <= 1'b0;
          pcm_q <= 1'b0;
          if (start_i) begin
            state_q <= cfg_i.inter ? Vectors : IntraSetup;
            place_q <= place_i;
            qp_q <= qp_i;
            weight_q <= bit_cost(qp_i);
            last_resort_q <= last_resort_i;
            rd_mb_q <= {slot_i, place_i.x[1:0]};
          end
        end
        Vectors: begin
          motion_start_o <= 1'b1;
          state_q <= Motion;
        end
        Motion: if (motion_done_i) state_q <= InterLuma;
        InterLuma: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd17) begin
            k_q <= '0;
            state_q <= redo_q ? Chroma : InterChoice;
          end
        end
        InterChoice: begin
          best_cost_q <= distortion_q + 20'({mv_cost_i, 1'b0});
          state_q <= Chroma;
          if (!early_i && (last_resort_q || distortion_q > 20'(IntraFactor) * 20'(weight_q))) state_q <= IntraSetup;
          if (last_resort_q && !early_i) inter_q <= 1'b0;
        end
        IntraSetup: begin
          luma_mode_q <= PredDc;
          chroma_mode_q <= PredDc;
          state_q <= last_resort_q ? Luma16 : IntraCosts;
        end
        IntraCosts: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd16) begin
            k_q <= '0;
            state_q <= IntraChoice;
          end
        end
        IntraChoice: begin
          choice16_q <= choose(sums_q, place_q.has_top, place_q.has_left, weight_q, {3'd2, 3'd2, 3'd0, 3'd0});
          cost4_q <= 20'(Intra4Bits) * 20'(weight_q);
          state_q <= IntraDecide;
        end
        IntraDecide: begin
          if (!inter_q || cost16 < best_cost_q) begin
            inter_q <= 1'b0;
            luma_mode_q <= choice16_q.mode;
            best_cost_q <= cost16;
          end
          // Intra4x4 seldom takes a quarter off.
          state_q <= inter_q && cost16 - (cost16 >> 2) >= best_cost_q ? Chroma : Block4Choose;
        end
        Block4Choose: state_q <= Block4Forward;
        Block4Forward: begin
          cost4_q <= cost4_q + 20'(hadamard_cost(src_q, pred_q)) + 20'(weight_q) * (mode_q == predicted_q ? 20'd1 : 20'd4);
          state_q <= Block4Rebuild;
        end
        Block4Rebuild: begin
          k_q <= k_q + 6'd1;
          state_q <= Block4Choose;
          if (fails4) begin
            k_q <= '0;
            redo_q <= 1'b1;
            state_q <= inter_q ? InterLuma : Luma16;
          end else if (k_q[3:0] == LastLuma) begin
            k_q <= '0;
            inter_q <= 1'b0;
            intra4_q <= 1'b1;
            state_q <= ChromaCosts;
          end
        end
        Luma16: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd16) begin
            k_q <= '0;
            state_q <= last_resort_q ? Chroma : ChromaCosts;
          end
        end
        ChromaCosts: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd8) begin
            k_q <= '0;
            state_q <= ChromaChoice;
          end
        end
        ChromaChoice: begin
          choice16_q <= choose(sums_q, place_q.has_top, place_q.has_left, weight_q, {3'd4, 3'd0, 3'd2, 3'd2});
          state_q <= ChromaDecide;
        end
        ChromaDecide: begin
          chroma_mode_q <= choice16_q.mode;
          state_q <= Chroma;
        end
        Chroma: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd8) begin
            k_q <= '0;
            state_q <= Settle;
          end
        end
        Settle: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd2) begin
            k_q <= intra4_q ? 6'(FirstChroma) : '0;
            state_q <= Inverse;
          end
        end
        Inverse: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'(LastBlock)) begin
            k_q <= '0;
            state_q <= Check;
          end
        end
        Check: state_q <= bits_max_q > 17'(MaxMbBits) && !last_resort_q ? Count : Finish;
        Count: begin
          k_q <= '0;
          if (k_q == '0 && entropy_idle_i) begin
            count_o <= 1'b1;
            k_q <= 6'd1;
          end else if (k_q != '0) begin
            k_q <= 6'd1;
            if (verdict_valid_i) begin
              k_q <= '0;
              pcm_q <= verdict_pcm_i;
              state_q <= verdict_pcm_i ? Pcm : Finish;
            end
          end
        end
        Pcm: begin
          k_q <= k_q + 6'd1;
          if (k_q == 6'd25) begin
            k_q <= '0;
            state_q <= Finish;
          end
        end
        Finish: begin
          done_o <= 1'b1;
          state_q <= Idle;
        end
        default: state_q <= Idle;
      endcase
    end
  end

  // Neighbours of the macroblock that starts.
  always_ff @(posedge clk_i) begin : around
    if (state_q == Idle && start_i) begin
      top_y_q <= above_y[place_i.x[6:0]];
      top_c_q <= above_c[place_i.x[6:0]];
      corner_y_q <= top_y_q[127:120];
      corner_c_q <= {top_c_q[127:120], top_c_q[63:56]};
      has_top_right_q <= place_i.has_top && place_i.x + 8'd1 < cfg_i.width_mbs;
      top_right_y_q <= above_y[place_i.x[6:0]+7'd1][31:0];
      top_modes_q <= place_i.has_top ? above_info[place_i.x[6:0]].modes : {4{NoMode}};
      if (!place_i.has_left) left_modes_q <= {4{NoMode}};
      vectors_q.top_left <= existing(place_i.has_top && place_i.has_left, vectors_q.top[1]);
      vectors_q.left <= {existing(place_i.has_left, left_vectors_q[1]), existing(place_i.has_left, left_vectors_q[0])};
      vectors_q.top <= {existing(place_i.has_top, above_info[place_i.x[6:0]].vectors[1]),
                        existing(place_i.has_top, above_info[place_i.x[6:0]].vectors[0])};
      vectors_q.top_right <= existing(place_i.has_top && place_i.x + 8'd1 < cfg_i.width_mbs, above_info[place_i.x[6:0]+7'd1].vectors[0]);
    end
    if (state_q == Finish) begin
      left_y_q <= right_y_q;
      left_c_q <= right_c_q;
      above_y[place_q.x[6:0]] <= bottom_y_q;
      above_c[place_q.x[6:0]] <= bottom_c_q;
      above_info[place_q.x[6:0]] <= below_info();
      left_modes_q <= intra4_q && !pcm_q ? {mode4_q[15], mode4_q[11], mode4_q[7], mode4_q[3]} : {4{Intra4Dc}};
      left_vectors_q <= {vector_of(inter_q && !pcm_q, mv_i[3]), vector_of(inter_q && !pcm_q, mv_i[1])};
    end
  end

  function automatic neighbour_t vector_of(input logic inter, input mv_t mv);
    return inter ? '{exists: 1'b1, inter: 1'b1, mv: mv} : '{exists: 1'b1, inter: 1'b0, mv: '0};
  endfunction

  function automatic below_t below_info();
    below_t below;
    below.vectors = {vector_of(inter_q && !pcm_q, mv_i[3]), vector_of(inter_q && !pcm_q, mv_i[2])};
    below.modes = intra4_q && !pcm_q ? {mode4_q[15], mode4_q[14], mode4_q[13], mode4_q[12]} : {4{Intra4Dc}};
    return below;
  endfunction

  always_ff @(posedge clk_i) begin : vectors
    if (state_q == Vectors) begin
      mvp_o <= predict_16x16(vectors_q);
      skip_mv_o <= skip_vector(vectors_q);
      cand_o <= {vectors_q.top_right.mv, vectors_q.top[0].mv, vectors_q.left[0].mv};
      bit_weight_o <= sad_weight(weight_q);
      skip_sad_o <= last_resort_q ? 16'hffff : 16'(SkipFactor) * 16'(weight_q);
    end
  end

  always_ff @(posedge clk_i) begin : quantisation
    if (state_q == Idle && start_i && (place_i.x == '0 || place_i.slice_first)) begin
      luma_quant_q <= quant_of(qp_i);
      chroma_quant_q <= quant_of(chroma_qp(qp_i));
    end
  end

  always_ff @(posedge clk_i) begin : intra_setup
    if (state_q == IntraSetup) begin
      dc_y_q <= luma_dc(top_y_q, left_y_q, place_q.has_top, place_q.has_left);
      dc_c_q <= chroma_dcs(top_c_q, left_c_q, place_q.has_top, place_q.has_left);
      plane_y_q <= luma_plane(top_y_q, left_y_q, corner_y_q);
      plane_c_q <= {chroma_plane(top_c_q[127:64], left_c_q[127:64], corner_c_q[15:8]),
                    chroma_plane(top_c_q[63:0], left_c_q[63:0], corner_c_q[7:0])};
    end
  end

  always_ff @(posedge clk_i) begin : get
    get_valid_q <= rst_ni && rd_en_o && state_q != IntraDecide && state_q != Block4Rebuild;
    if (rd_en_o) get_idx_q <= rd_blk_o;
  end

  always_ff @(posedge clk_i) begin : costs
    if (state_q == IntraSetup || state_q == IntraDecide) begin
      sums_q <= '0;
    end else if (get_valid_q && (state_q == IntraCosts || state_q == ChromaCosts)) begin
      if (state_q == IntraCosts) begin
        sums_q <= add_costs(sums_q, block_costs(rd_block_i, luma_refs(top_y_q, left_y_q, dc_y_q, plane_y_q, get_idx_q[3:0])));
      end else begin
        sums_q <= add_costs(sums_q, block_costs(rd_block_i, chroma_refs(top_c_q, left_c_q, dc_c_q, plane_c_q, get_idx_q[2:0])));
      end
    end
  end

  // A block beside its prediction.
  always_ff @(posedge clk_i) begin : prepare
    pre_valid_q <= rst_ni && (get_valid_q && pass || state_q == Block4Choose);
    if (get_valid_q && pass) begin
      src_q <= rd_block_i;
      pre_idx_q <= get_idx_q;
      pre_inter_q <= pass_inter;
      pre_dc_q <= state_q == InterLuma;
      if (pass_inter) pred_q <= inter_block_i;
      else if (!get_idx_q[4]) pred_q <= predict_block(luma_mode_q, luma_refs(top_y_q, left_y_q, dc_y_q, plane_y_q, get_idx_q[3:0]));
      else pred_q <= predict_block(chroma_mode_q, chroma_refs(top_c_q, left_c_q, dc_c_q, plane_c_q, get_idx_q[2:0]));
    end else if (state_q == Block4Choose) begin
      src_q <= rd_block_i;
      pre_idx_q <= {1'b0, raster_of(k_q[3:0])};
      pre_inter_q <= 1'b0;
      pre_dc_q <= 1'b1;
      predicted_q <= predicted_mode(raster_of(k_q[3:0]));
      {mode_q, pred_q} <= choose_4x4(rd_block_i, edge_of(raster_of(k_q[3:0]), own_rec[raster_of(k_q[3:0])-4'd1], own_rec[raster_of(k_q[3:0])-4'd4],
                                                         own_rec[raster_of(k_q[3:0])-4'd3], own_rec[raster_of(k_q[3:0])-4'd5][127:120]),
                                     predicted_mode(raster_of(k_q[3:0])), sad_weight(weight_q));
    end
  end

  always_ff @(posedge clk_i) begin : modes4
    if (state_q == IntraDecide) begin
      i4_predicted_q <= '0;
      i4_rem_q <= '0;
    end else if (state_q == Block4Forward) begin
      mode4_q[pre_idx_q[3:0]] <= mode_q;
      i4_predicted_q[k_q[3:0]] <= mode_q == predicted_q;
      if (mode_q != predicted_q) i4_rem_q[k_q[3:0]] <= 3'(mode_q < predicted_q ? mode_q : mode_q - 4'd1);
    end
  end

  always_ff @(posedge clk_i) begin : forward
    fwd_valid_q <= rst_ni && pre_valid_q;
    if (pre_valid_q) begin
      fwd_idx_q <= pre_idx_q;
      fwd_q <= forward_block(src_q, pred_q, pre_idx_q[4] ? chroma_quant_q : luma_quant_q, pre_inter_q, pre_dc_q);
      own_pred[pre_idx_q] <= pred_q;
    end
  end

  always_ff @(posedge clk_i) begin : distortion
    if (state_q == Motion) distortion_q <= '0;
    else if (pre_valid_q && pre_inter_q && !pre_idx_q[4] && !redo_q) distortion_q <= distortion_q + 20'(hadamard_cost(src_q, pred_q));
  end

  always_ff @(posedge clk_i) begin : sum_up
    if ((state_q == InterLuma || state_q == Luma16) && k_q == '0 || state_q == Block4Choose && k_q == '0) begin
      bits_max_q <= HeaderBitsMax;
      score_q <= '0;
      chroma_score_q <= '0;
      nonzero_q <= '0;
    end else if (fwd_valid_q) begin
      bits_max_q <= bits_max_q + 17'(fwd_q.bits_max);
      nonzero_q[fwd_idx_q] <= fwd_q.scan.nonzero != '0;
      own_levels[fwd_idx_q] <= fwd_q.levels;
      if (!fwd_idx_q[4]) score_q[{fwd_idx_q[3], fwd_idx_q[1]}] <= score_q[{fwd_idx_q[3], fwd_idx_q[1]}] + 6'(fwd_q.score);
      else chroma_score_q[fwd_idx_q[2]] <= chroma_score_q[fwd_idx_q[2]] + 6'(fwd_q.score);
    end else if (state_q == Inverse && k_q == 6'(FirstChroma)) begin
      bits_max_q <= bits_max_q + (inter_q || intra4_q ? '0 : 17'(luma_dc_q.bits_max)) + 17'(chroma_dc_q[0].bits_max) + 17'(chroma_dc_q[1].bits_max);
    end else if (state_q == Settle && k_q == 6'd2) begin
      // What is dropped.
      if (last_resort_q) begin
        nonzero_q <= '0;
      end else if (inter_q) begin
        nonzero_q[15:0] <= nonzero_q[15:0] & blocks_of(worth(score_q));
        if (dropped[0]) nonzero_q[19:16] <= '0;
        if (dropped[1]) nonzero_q[23:20] <= '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin : dcs
    if (fwd_valid_q && fwd_idx_q[4]) chroma_dcs_q <= {fwd_q.dc, chroma_dcs_q[127:16]};
    else if (fwd_valid_q && !inter_q && !pre_dc_q) luma_dcs_q <= {fwd_q.dc, luma_dcs_q[255:16]};
    if (state_q == Settle && k_q == 6'd2) begin
      if (last_resort_q) begin
        luma_dc_q <= '0;
        chroma_dc_q <= '0;
      end else begin
        if (!inter_q && !intra4_q) luma_dc_q <= luma_dc_block(luma_dcs_q, luma_quant_q);
        chroma_dc_q <= {chroma_dc_block(chroma_dcs_q[127:64], chroma_quant_q, inter_q), chroma_dc_block(chroma_dcs_q[63:0], chroma_quant_q, inter_q)};
      end
    end
  end

  // The levels of the blocks go to the entropy stage as they come, those of the second transforms during the way back, and chroma blocks that
  // were dropped once more, empty.
  always_ff @(posedge clk_i) begin : hand_over
    lev_valid_o <= rst_ni && (fwd_valid_q || state_q == Inverse && (k_q >= 6'(FirstChroma) && k_q < 6'(FirstChroma) + 6'd3 ||
                                                                    k_q < 6'd8 && inter_q && dropped[k_q[2]]));
    if (fwd_valid_q) begin
      lev_idx_o <= fwd_idx_q;
      lev_levels_o <= fwd_q.levels;
      lev_scan_o <= fwd_q.scan;
    end else if (state_q == Inverse && k_q < 6'd8) begin
      lev_idx_o <= FirstChroma + k_q[4:0];
      lev_scan_o <= '0;
    end else if (state_q == Inverse && k_q == 6'(FirstChroma)) begin
      lev_idx_o <= BlkLumaDc;
      lev_levels_o <= luma_dc_q.levels;
      lev_scan_o <= luma_dc_q.scan;
    end else if (state_q == Inverse && k_q[4]) begin
      lev_idx_o <= k_q[0] ? BlkCbDc : BlkCrDc;
      lev_levels_o <= chroma_dc_q[!k_q[0]].levels;
      lev_scan_o <= chroma_dc_q[!k_q[0]].scan;
    end
  end

  always_ff @(posedge clk_i) begin : reconstruct
    rec_valid_o <= rst_ni && (state_q == Block4Rebuild || state_q == Inverse || state_q == Pcm && get_valid_q);
    if (state_q == Block4Rebuild) begin
      rec_pcm_o <= 1'b0;
      rec_idx_o <= fwd_idx_q;
      rec_block_o <= reconstruct_block(fwd_q.levels, fwd_q.scan.nonzero != '0, 1'b1, '0, own_pred[fwd_idx_q], luma_quant_q);
      own_rec[fwd_idx_q[3:0]] <= reconstruct_block(fwd_q.levels, fwd_q.scan.nonzero != '0, 1'b1, '0, own_pred[fwd_idx_q], luma_quant_q);
    end else if (state_q == Inverse) begin
      rec_pcm_o <= 1'b0;
      rec_idx_o <= k_q[4:0];
      rec_block_o <= reconstruct_block(own_levels[k_q[4:0]], nonzero_q[k_q[4:0]], !k_q[4] && inter_q,
                                       k_q[4] ? chroma_dc_q[k_q[2]].scaled[16*k_q[1:0]+:16] : luma_dc_q.scaled[16*k_q[3:0]+:16],
                                       own_pred[k_q[4:0]], k_q[4] ? chroma_quant_q : luma_quant_q);
    end else if (state_q == Pcm && get_valid_q) begin
      rec_pcm_o <= 1'b1;
      rec_idx_o <= get_idx_q;
      rec_block_o <= rd_block_i;
    end
  end

  // The right column and the bottom row of what is reconstructed, for the macroblocks to come.
  always_ff @(posedge clk_i) begin : borders
    if (rec_valid_o) begin
      if (!rec_idx_o[4]) begin
        if (rec_idx_o[1:0] == 2'd3) right_y_q[32*rec_idx_o[3:2]+:32] <= column(rec_block_o);
        if (rec_idx_o[3:2] == 2'd3) bottom_y_q[32*rec_idx_o[1:0]+:32] <= rec_block_o[127:96];
      end else begin
        if (rec_idx_o[0]) right_c_q[32*rec_idx_o[2:1]+:32] <= column(rec_block_o);
        if (rec_idx_o[1]) bottom_c_q[32*{rec_idx_o[2], rec_idx_o[0]}+:32] <= rec_block_o[127:96];
      end
    end
  end

  function automatic mb_info_t describe();
    mb_info_t info;
    info = '0;
    info.chroma_mode = chroma_mode_q;
    info.luma_mode = luma_mode_q;
    info.i4_predicted = i4_predicted_q;
    info.i4_rem = i4_rem_q;
    info.cbp_chroma = nonzero_q[23:16] != '0 ? 2'd2 : 2'((chroma_dc_q[0].scan.nonzero | chroma_dc_q[1].scan.nonzero) != '0);
    info.qp_delta = {1'b0, qp_q} - {1'b0, place_q.slice_first ? qp_q : last_qp_q};
    if (inter_q) begin
      info.partition = partition_i;
      info.cbp_luma = by_8x8(nonzero_q[15:0]);
      info.kind = partition_i == Part16x16 && nonzero_q == '0 && info.cbp_chroma == '0 && mv_i[0] == skip_mv_o ? MbSkip : MbInter;
      info.mvd = differences(vectors_q, partition_i, mv_i);
    end else if (intra4_q) begin
      info.kind = MbIntra4;
      info.cbp_luma = by_8x8(nonzero_q[15:0]);
    end else begin
      info.kind = MbIntra16;
      info.cbp_luma = {4{nonzero_q[15:0] != '0}};
    end
    return info;
  endfunction

  always_ff @(posedge clk_i) begin : result
    if (state_q == Check) info_o <= describe();
    if (state_q == Finish) begin
      if (pcm_q) info_o.kind <= MbPcm;
      deblock_o.qp <= pcm_q ? '0 : residual ? qp_q : place_q.slice_first ? qp_q : last_qp_q;
      deblock_o.intra <= !inter_q || pcm_q;
      deblock_o.nonzero <= nonzero_q[15:0];
      deblock_o.mv <= inter_q && !pcm_q ? mv_i : '0;
      if (residual || place_q.slice_first) last_qp_q <= qp_q;
    end
  end

endmodule : h264_front
