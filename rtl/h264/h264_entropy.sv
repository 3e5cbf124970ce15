// Stage 4, entropy: slice header, macroblock layer and CAVLC residual, a symbol a cycle. Decides on I_PCM.
//
// A macroblock whose bits might exceed the limit is coded twice: first to count its bits and to see that every level fits in level_prefix 15,
// then, after the prediction stage has been told, as it is or as I_PCM.
module h264_entropy
  import h264_pkg::*;
  import h264_cavlc_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       start_i,
  input  config_t    cfg_i,

  // Levels of a macroblock, then the macroblock.
  input  logic       lev_valid_i,
  input  logic [4:0] lev_idx_i,
  input  levels_t    lev_levels_i,
  input  scan_t      lev_scan_i,
  input  logic       mb_valid_i,
  input  mb_info_t   mb_info_i,
  output logic       levels_free_o,   // there is room for another macroblock's levels

  // The word on a macroblock with maybe_pcm, and its samples if it becomes I_PCM.
  output logic       verdict_valid_o,
  output logic       verdict_pcm_o,
  input  logic       rec_valid_i,
  input  logic       rec_pcm_i,
  input  logic [4:0] rec_idx_i,
  input  block_t     rec_block_i,

  // Symbols to the NAL stage, which says a few cycles early when it is full.
  output logic       sym_valid_o,
  output logic       sym_last_o,      // the NAL unit ends here, on a byte boundary
  output symbol_t    sym_o,
  input  logic       sym_ready_i
);
  localparam logic [4:0] LastBlock = 5'd23;
  localparam logic [4:0] PcmBlockLevels = 5'd16;
  localparam logic [6:0] LastPcmWord = 7'd95;

  // Steps through the blocks of a macroblock: luma DC, 16 luma AC in the order of luma4x4BlkIdx, Cb DC, Cr DC, 8 chroma AC.
  localparam logic [4:0] SeqLumaDc = 5'd0;
  localparam logic [4:0] SeqLumaAc = 5'd1;
  localparam logic [4:0] SeqChromaDc = 5'd17;
  localparam logic [4:0] SeqChromaAc = 5'd19;
  localparam logic [4:0] SeqEnd = 5'd27;

  // Numbers of levels of the blocks at a macroblock's edge: luma, and chroma as {component, place}.
  typedef struct packed {
    logic [3:0][4:0] luma;
    logic [3:0][4:0] chroma;
  } edge_t;

  typedef enum logic [3:0] {
    Idle,
    SliceHeader,
    Wait,       // for a macroblock
    MbHeader,
    Residual,
    Settle,     // the last symbol is being counted
    Verdict,
    PcmFill,    // the samples come
    PcmHeader,
    PcmGap,
    PcmAlign,
    PcmSamples,
    MbEnd,
    Trailing
  } state_e;

  state_e      state_q;
  logic [2:0]  header_q;       // step of the slice header
  logic [7:0]  mb_x_q;
  logic [7:0]  lines_q;        // macroblock lines from this one on
  logic        has_left_q;
  logic        has_top_q;

  // Two macroblocks' levels.
  levels_t     levels_mem[64];
  scan_t       scan_mem[64];
  mb_info_t    info_mem[2];
  logic        wr_slot_q;
  logic        rd_slot_q;
  logic [1:0]  held_q;         // macroblocks
  mb_info_t    info_q;         // of the current one

  logic [4:0]  seq_q;          // next block
  coder_t      coder_q;
  levels_t     levels_q;       // of the current block
  logic        made_q;         // coder_q.symbol is new
  logic        last_q;
  logic        counting_q;
  logic        bad_q;
  logic [11:0] bits_q;         // of this macroblock
  logic [2:0]  bit_pos_q;      // bits in the NAL unit, modulo 8
  logic        pcm_q;          // the current macroblock is I_PCM
  logic [6:0]  word_q;

  // Numbers of levels of this macroblock's blocks, and of the neighbours.
  logic [4:0]  total_q[24];
  edge_t       above[MaxWidthMbs];
  edge_t       top_q;
  edge_t       left_q;

  block_t      pcm_mem[24];

  logic        line_end;
  logic        over;

  // Block number of a step.
  function automatic logic [4:0] block_of(input logic [4:0] seq);
    logic [3:0] idx;
    idx = 4'(seq - SeqLumaAc);
    if (seq == SeqLumaDc) return BlkLumaDc;
    if (seq < SeqChromaDc) return {1'b0, idx[3], idx[1], idx[2], idx[0]};
    if (seq < SeqChromaAc) return seq == SeqChromaDc ? BlkCbDc : BlkCrDc;
    return seq - SeqChromaAc + 5'd16;
  endfunction

  function automatic kind_e kind_of(input logic [4:0] seq);
    return seq == SeqLumaDc ? KindDc : seq == SeqChromaDc || seq == SeqChromaDc + 5'd1 ? KindChromaDc : KindAc;
  endfunction

  // The step after this one, past what coded_block_pattern leaves out.
  function automatic logic [4:0] seq_after(input logic [4:0] seq, input logic cbp_luma, input logic [1:0] cbp_chroma);
    logic [4:0] next;
    next = seq + 5'd1;
    if (next == SeqLumaAc && !cbp_luma) next = SeqChromaDc;
    if (next == SeqChromaDc && cbp_chroma == 2'd0) next = SeqEnd;
    if (next == SeqChromaAc && cbp_chroma != 2'd2) next = SeqEnd;
    return next;
  endfunction

  // Table 7-11: I_16x16_<mode>_<chroma>_<luma>.
  function automatic symbol_t mb_header(input mb_info_t info);
    symbol_t    symbol;
    logic [1:0] chroma_mode;
    symbol = ue(6'd1 + 6'(info.luma_mode) + 6'(info.cbp_chroma) * 6'd4 + (info.cbp_luma ? 6'd12 : 6'd0));
    unique case (info.chroma_mode)
      PredDc: chroma_mode = 2'd0;
      PredHorizontal: chroma_mode = 2'd1;
      PredVertical: chroma_mode = 2'd2;
      default: chroma_mode = 2'd3;
    endcase
    symbol = append(symbol, ue(6'(chroma_mode)));
    return append(symbol, symbol_of(1, 1));  // mb_qp_delta 0
  endfunction

  // The slice header in five steps, the NAL unit header first.
  function automatic symbol_t slice_header(input logic [2:0] step, input config_t cfg);
    logic [16:0] pic_id;
    int          pic_id_bits;
    int          delta;
    pic_id = 17'(cfg.idr_pic_id) + 17'd1;
    pic_id_bits = 1;
    for (int i = 1; i < 17; i++) begin
      if (pic_id[i]) pic_id_bits = i + 1;
    end
    delta = int'(cfg.qp) - 26;
    unique case (step)
      // nal_ref_idc 3 and nal_unit_type 5, or 2 and 1.
      3'd0: return symbol_of(8, cfg.idr ? 'h65 : 'h41);
      // first_mb_in_slice 0, slice_type 7, pic_parameter_set_id 0, frame_num.
      3'd1: return symbol_of(13, int'({1'b1, 7'b0001000, 1'b1, cfg.frame_num}));
      // idr_pic_id, its leading zeros apart since it may have 33 bits.
      3'd2: return symbol_of(cfg.idr ? pic_id_bits - 1 : 0, 0);
      3'd3: return cfg.idr ? symbol_of(pic_id_bits, int'(pic_id)) : symbol_of(0, 0);
      // dec_ref_pic_marking, slice_qp_delta, disable_deblocking_filter_idc 1.
      default: return append(append(symbol_of(cfg.idr ? 2 : 1, 0), ue(6'(delta > 0 ? 2 * delta - 1 : -2 * delta))), symbol_of(3, 2));
    endcase
  endfunction

  // Where the w-th four samples of an I_PCM macroblock lie, in raster order of its planes: {block, row}.
  function automatic logic [6:0] pcm_place(input logic [6:0] w);
    return w[6] ? {2'b10, w[4], w[3], w[0], w[2:1]} : {1'b0, w[5:4], w[1:0], w[3:2]};
  endfunction

  function automatic symbol_t pcm_symbol(input block_t block, input logic [1:0] row);
    logic [31:0] p;
    p = block[32*row+:32];
    return symbol_of(32, int'({p[7:0], p[15:8], p[23:16], p[31:24]}));
  endfunction

  // nC of a block, from what was coded before: total_q within the macroblock, left_q and top_q at its edges.
  function automatic logic [4:0] context_at(input logic [4:0] seq);
    logic [4:0] b;
    b = seq == SeqLumaDc ? 5'd0 : block_of(seq);
    if (!b[4]) begin
      return context_of(b[1:0] != 2'd0 || has_left_q, b[1:0] != 2'd0 ? total_q[b-5'd1] : left_q.luma[b[3:2]],
                        b[3:2] != 2'd0 || has_top_q, b[3:2] != 2'd0 ? total_q[b-5'd4] : top_q.luma[b[1:0]]);
    end
    return context_of(b[0] || has_left_q, b[0] ? total_q[b-5'd1] : left_q.chroma[b[2:1]],
                      b[1] || has_top_q, b[1] ? total_q[b-5'd2] : top_q.chroma[{b[2], b[0]}]);
  endfunction

  // The number of levels that neighbours see of a block of this macroblock.
  function automatic logic [4:0] seen(input logic [4:0] b);
    if (pcm_q) return PcmBlockLevels;
    return (b[4] ? info_q.cbp_chroma == 2'd2 : info_q.cbp_luma) ? total_q[b] : 5'd0;
  endfunction

  assign line_end = mb_x_q + 8'd1 == cfg_i.width_mbs;
  assign over = bits_q > 12'(MaxMbBits) || bad_q;
  assign levels_free_o = held_q != 2'd2;
  assign sym_valid_o = made_q && !counting_q;
  assign sym_last_o = last_q;
  assign sym_o = coder_q.symbol;

  always_ff @(posedge clk_i) begin : levels
    if (lev_valid_i) begin
      levels_mem[{wr_slot_q, lev_idx_i}] <= lev_levels_i;
      scan_mem[{wr_slot_q, lev_idx_i}] <= lev_scan_i;
    end
    if (!rst_ni || start_i) begin
      wr_slot_q <= 1'b0;
      rd_slot_q <= 1'b0;
      held_q <= '0;
    end else begin
      if (mb_valid_i) begin
        info_mem[wr_slot_q] <= mb_info_i;
        wr_slot_q <= !wr_slot_q;
      end
      if (state_q == MbEnd) rd_slot_q <= !rd_slot_q;
      held_q <= held_q + 2'(mb_valid_i) - 2'(state_q == MbEnd);
    end
  end

  always_ff @(posedge clk_i) begin : control
    made_q <= 1'b0;
    last_q <= 1'b0;
    verdict_valid_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Idle;
      counting_q <= 1'b0;
    end else begin
      unique case (state_q)
        Idle: begin
          header_q <= '0;
          mb_x_q <= '0;
          lines_q <= cfg_i.height_mbs;
          has_left_q <= 1'b0;
          has_top_q <= 1'b0;
          counting_q <= 1'b0;
          if (start_i) state_q <= SliceHeader;
        end

        SliceHeader: begin
          coder_q.symbol <= slice_header(header_q, cfg_i);
          made_q <= 1'b1;
          header_q <= header_q + 3'd1;
          if (header_q == 3'd4) state_q <= Wait;
        end

        Wait: if (held_q != '0) begin
          info_q <= info_mem[rd_slot_q];
          counting_q <= info_mem[rd_slot_q].maybe_pcm;
          top_q <= above[mb_x_q[6:0]];
          pcm_q <= 1'b0;
          bad_q <= 1'b0;
          state_q <= MbHeader;
        end

        MbHeader: if (sym_ready_i) begin
          coder_q.symbol <= mb_header(info_q);
          coder_q.todo <= '0;
          coder_q.runs_due <= 1'b0;
          made_q <= 1'b1;
          seq_q <= SeqLumaDc;
          state_q <= Residual;
        end

        Residual: if (sym_ready_i) begin
          made_q <= 1'b1;
          if (coder_q.todo != '0) begin
            coder_q <= code_level(coder_q, levels_q);
          end else if (coder_q.runs_due) begin
            coder_q <= code_runs(coder_q);
          end else if (seq_q != SeqEnd) begin
            coder_q <= start_block(scan_mem[{rd_slot_q, block_of(seq_q)}], kind_of(seq_q), context_at(seq_q));
            levels_q <= levels_mem[{rd_slot_q, block_of(seq_q)}];
            if (kind_of(seq_q) == KindAc) begin
              total_q[block_of(seq_q)] <= 5'($countones(scan_mem[{rd_slot_q, block_of(seq_q)}].nonzero));
            end
            seq_q <= seq_after(seq_q, info_q.cbp_luma, info_q.cbp_chroma);
          end else begin
            made_q <= 1'b0;
            state_q <= counting_q ? Settle : MbEnd;
          end
          if (coder_q.bad) bad_q <= 1'b1;
          if (counting_q && over) begin
            made_q <= 1'b0;
            state_q <= Verdict;
          end
        end

        Settle: state_q <= Verdict;

        Verdict: begin
          verdict_valid_o <= 1'b1;
          verdict_pcm_o <= over;
          counting_q <= 1'b0;
          pcm_q <= over;
          state_q <= over ? PcmFill : MbHeader;
        end

        PcmFill: begin
          word_q <= '0;
          if (rec_valid_i && rec_pcm_i) begin
            pcm_mem[rec_idx_i] <= rec_block_i;
            if (rec_idx_i == LastBlock) state_q <= PcmHeader;
          end
        end

        PcmHeader: if (sym_ready_i) begin
          coder_q.symbol <= ue(6'd25);
          made_q <= 1'b1;
          state_q <= PcmGap;
        end

        PcmGap: state_q <= PcmAlign;

        PcmAlign: begin
          coder_q.symbol <= symbol_of((8 - int'(bit_pos_q)) % 8, 0);
          made_q <= 1'b1;
          state_q <= PcmSamples;
        end

        PcmSamples: if (sym_ready_i) begin
          coder_q.symbol <= pcm_symbol(pcm_mem[5'(pcm_place(word_q) >> 2)], 2'(pcm_place(word_q)));
          made_q <= 1'b1;
          word_q <= word_q + 7'd1;
          if (word_q == LastPcmWord) state_q <= MbEnd;
        end

        MbEnd: begin
          mb_x_q <= line_end ? '0 : mb_x_q + 8'd1;
          has_left_q <= !line_end;
          state_q <= Wait;
          if (line_end) begin
            has_top_q <= 1'b1;
            lines_q <= lines_q - 8'd1;
            if (lines_q == 8'd1) state_q <= Trailing;
          end
        end

        Trailing: if (!made_q && sym_ready_i) begin
          // rbsp_stop_one_bit and zeros to the end of the byte.
          coder_q.symbol <= symbol_of(8 - int'(bit_pos_q), 128 >> bit_pos_q);
          made_q <= 1'b1;
          last_q <= 1'b1;
          state_q <= Idle;
        end

        default: state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : count
    if (start_i) bit_pos_q <= '0;
    else if (sym_valid_o) bit_pos_q <= bit_pos_q + coder_q.symbol.len[2:0];
    if (state_q == Wait) bits_q <= '0;
    else if (made_q) bits_q <= bits_q + 12'(coder_q.symbol.len);
  end

  // What the macroblock to the right and the one below see.
  always_ff @(posedge clk_i) begin : neighbours
    if (state_q == MbEnd) begin
      left_q <= {seen(5'd15), seen(5'd11), seen(5'd7), seen(5'd3), seen(5'd23), seen(5'd21), seen(5'd19), seen(5'd17)};
      above[mb_x_q[6:0]] <= {seen(5'd15), seen(5'd14), seen(5'd13), seen(5'd12), seen(5'd23), seen(5'd22), seen(5'd19), seen(5'd18)};
    end
  end

endmodule : h264_entropy
