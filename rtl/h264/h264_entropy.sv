// Entropy stage: slice header, macroblock layer and CAVLC residual, up to 64 bits a cycle. Decides on I_PCM.
//
// While one macroblock is coded the levels of the next are collected: start_i exchanges the two halves of the level memory and codes the one that
// was collected. Where the coding stage asks for it, count_i has the macroblock coded without a bit going out before that, to see that it keeps to
// MaxMbBits and that every level fits in level_prefix 15.
//
// Cycles from start_i to done_o: 3, and 1 for each code; 2 more at the end of a slice, or 4 if skipped macroblocks are left to be coded there.
// Codes are: 2 slice header; of Inter 2, 3 or 5 by the number of partitions, of Intra_16x16 1, of Intra_4x4 2; of a block half of its parts (see
// coder_t), rounded up. An I_PCM macroblock takes 51. From count_i to verdict_valid_o: 2, and 1 for each code.
module h264_entropy
  import h264_pkg::*;
  import h264_cavlc_pkg::*;
  import h264_syntax_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_pic_i,
  input  config_t     cfg_i,

  // Levels of the macroblock that is being collected. Every block that its mb_info_t has coded comes, the last one counts if it comes again.
  input  logic        lev_valid_i,
  input  logic [4:0]  lev_idx_i,
  input  levels_t     lev_levels_i,
  input  scan_t       lev_scan_i,

  // The macroblock, with start_i or count_i; either only when nothing is under way.
  input  logic        start_i,
  input  logic        count_i,
  input  place_t      place_i,
  input  mb_info_t    info_i,
  input  logic [5:0]  qp_i,            // for the slice header
  output logic        done_o,          // all bits are through the NAL stage

  // The word on a counted macroblock, and its samples if it becomes I_PCM.
  output logic        verdict_valid_o,
  output logic        verdict_pcm_o,
  input  logic        rec_valid_i,
  input  logic        rec_pcm_i,
  input  logic [4:0]  rec_idx_i,
  input  block_t      rec_block_i,

  output logic        sym_valid_o,
  output logic        sym_last_o,      // the NAL unit ends here, on a byte boundary; at most 8 bits
  output logic [6:0]  sym_len_o,
  output logic [63:0] sym_bits_o       // those beyond the length are zero
);
  localparam logic [5:0] LastPcmWord = 6'd47;
  localparam logic [4:0] PcmTotal = 5'd16;

  // Numbers of levels of the blocks at a macroblock's edge: luma, and chroma as {component, place}.
  typedef struct packed {
    logic [3:0][4:0] luma;
    logic [3:0][4:0] chroma;
  } edge_t;

  typedef enum logic [4:0] {
    Idle,
    SliceFirst,   // slice header
    SliceSecond,
    MbHeader,
    Modes,        // Intra_4x4: the other half of the modes, and the end of the header
    Vectors,      // Inter: mvd, and the end of the header
    Residual,     // and the end of the macroblock
    Verdict,
    PcmGap,
    PcmAlign,
    PcmSamples,
    SliceRun,     // mb_skip_run at the end of a slice
    SliceGap,
    Trailing,
    NalGroup,     // the NAL stage works
    NalWord,
    NalFifo
  } state_e;

  state_e      state_q;
  place_t      place_q;
  mb_info_t    info_q;
  logic [5:0]  qp_q;
  logic [12:0] run_q;         // mb_skip_run
  logic        counting_q;
  logic        bad_q;
  logic [13:0] bits_q;        // of the counted macroblock
  logic [2:0]  bit_pos_q;     // bits in the NAL unit, modulo 8

  // Levels of two macroblocks.
  levels_t     levels_mem[64];
  scan_t       scan_mem[64];
  logic        wr_half_q;
  logic        half_q;        // of the macroblock that is coded or counted

  code_t       code_q;
  logic        made_q;        // code_q is new
  logic        last_q;
  coder_t      coder_q;
  logic        busy;          // in the middle of a block
  logic [26:0] pending_q;     // blocks to code, lowest first: luma DC, 16 luma in the order of luma4x4BlkIdx, Cb DC, Cr DC, 8 chroma
  logic [4:0]  block_q;       // the block of coder_q
  logic [4:0]  next_q;        // the lowest of pending_q
  logic [1:0]  vector_q;
  logic [5:0]  word_q;
  logic        mb_end;

  // Numbers of levels of this macroblock's blocks, and of the neighbours.
  logic [4:0]  total_q[24];
  edge_t       above[MaxWidthMbs];
  edge_t       top_q;
  edge_t       left_q;

  block_t      pcm_mem[24];

  // The number of levels that blocks to the right and below see.
  function automatic logic [4:0] seen(input logic [4:0] b);
    if (info_q.kind == MbPcm) seen = PcmTotal;
    else if (info_q.kind == MbSkip) seen = '0;
    else seen = (b[4] ? info_q.cbp_chroma == 2'd2 : info_q.cbp_luma[{b[3], b[1]}]) ? total_q[b] : 5'd0;
  endfunction

  function automatic logic [4:0] context_at(input logic [4:0] block);
    logic [4:0] b;
    b = block == BlkLumaDc ? 5'd0 : block;
    if (!b[4]) begin
      context_at = context_of(b[1:0] != 2'd0 || place_q.has_left, b[1:0] != 2'd0 ? seen(b - 5'd1) : left_q.luma[b[3:2]],
                              b[3:2] != 2'd0 || place_q.has_top, b[3:2] != 2'd0 ? seen(b - 5'd4) : top_q.luma[b[1:0]]);
    end else begin
      context_at = context_of(b[0] || place_q.has_left, b[0] ? seen(b - 5'd1) : left_q.chroma[b[2:1]],
                              b[1] || place_q.has_top, b[1] ? seen(b - 5'd2) : top_q.chroma[{b[2], b[0]}]);
    end
  endfunction

  assign busy = coder_q.todo != '0 || coder_q.runs_due;
  assign mb_end = state_q == Residual && !busy && pending_q == '0;
  assign sym_valid_o = made_q && !counting_q;
  assign sym_last_o = last_q;
  assign sym_len_o = code_q.len;
  assign sym_bits_o = code_q.bits;

  always_ff @(posedge clk_i) begin : levels
    if (lev_valid_i) begin
      levels_mem[{wr_half_q, lev_idx_i}] <= lev_levels_i;
      scan_mem[{wr_half_q, lev_idx_i}] <= lev_scan_i;
    end
    if (!rst_ni) wr_half_q <= 1'b0;
    else if (start_i) wr_half_q <= !wr_half_q;
  end

  always_ff @(posedge clk_i) begin : pcm
    if (rec_valid_i && rec_pcm_i) pcm_mem[rec_idx_i] <= rec_block_i;
  end

  always_ff @(posedge clk_i) begin : control
    made_q <= 1'b0;
    last_q <= 1'b0;
    done_o <= 1'b0;
    verdict_valid_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Idle;
      counting_q <= 1'b0;
    end else begin
      unique case (state_q)
        Idle: if (start_i || count_i) begin
          place_q <= place_i;
          info_q <= info_i;
          qp_q <= qp_i;
          top_q <= above[place_i.x[6:0]];
          half_q <= wr_half_q;
          counting_q <= count_i;
          bad_q <= 1'b0;
          coder_q <= '0;
          pending_q <= '0;
          if (count_i) begin
            state_q <= MbHeader;
          end else begin
            run_q <= (place_i.slice_first ? '0 : run_q) + 13'(info_i.kind == MbSkip);
            state_q <= place_i.slice_first ? SliceFirst : info_i.kind == MbSkip ? Residual : MbHeader;
          end
        end

        SliceFirst: begin
          code_q <= slice_first(cfg_i, int'(place_q.y) * int'(cfg_i.width_mbs) + int'(place_q.x));
          made_q <= 1'b1;
          state_q <= SliceSecond;
        end

        SliceSecond: begin
          code_q <= slice_second(cfg_i, qp_q);
          made_q <= 1'b1;
          state_q <= info_q.kind == MbSkip ? Residual : MbHeader;
        end

        MbHeader: begin
          code_q <= mb_header(info_q, cfg_i.inter && !counting_q, run_q, cfg_i.inter);
          made_q <= 1'b1;
          vector_q <= '0;
          pending_q <= blocks_of(info_q);
          next_q <= lowest_block(blocks_of(info_q));
          if (!counting_q) run_q <= '0;
          unique case (info_q.kind)
            MbIntra16: state_q <= Residual;
            MbIntra4: state_q <= Modes;
            MbPcm: state_q <= PcmGap;
            default: state_q <= Vectors;
          endcase
        end

        Modes: begin
          code_q <= modes(info_q);
          made_q <= 1'b1;
          state_q <= Residual;
        end

        Vectors: begin
          code_q <= vector(info_q, vector_q, vector_q == last_vector(info_q.partition));
          made_q <= 1'b1;
          vector_q <= vector_q + 2'd1;
          if (vector_q == last_vector(info_q.partition)) state_q <= Residual;
        end

        Residual: begin
          if (coder_q.bad) bad_q <= 1'b1;
          if (busy) begin
            {coder_q, code_q} <= next_step(coder_q, levels_mem[{half_q, block_q}]);
            made_q <= 1'b1;
          end else if (pending_q != '0) begin
            {coder_q, code_q} <= first_step(scan_mem[{half_q, next_q}], levels_mem[{half_q, next_q}],
                                            kind_of(next_q, info_q.kind == MbIntra16), context_at(next_q));
            made_q <= 1'b1;
            if (next_q < BlkLumaDc) total_q[next_q] <= 5'($countones(scan_mem[{half_q, next_q}].nonzero));
            block_q <= next_q;
            pending_q <= pending_q & (pending_q - 27'd1);
            next_q <= lowest_block(pending_q & (pending_q - 27'd1));
          end else if (counting_q) begin
            state_q <= Verdict;
          end else if (place_q.slice_last) begin
            state_q <= run_q != '0 ? SliceRun : Trailing;
          end else begin
            state_q <= NalWord;
          end
        end

        Verdict: begin
          verdict_valid_o <= 1'b1;
          verdict_pcm_o <= bits_q > 14'(MaxMbBits) || bad_q;
          counting_q <= 1'b0;
          state_q <= Idle;
        end

        // The place in the byte is known a cycle after the code before.
        PcmGap: state_q <= PcmAlign;

        PcmAlign: begin
          code_q <= code_of({4'd0, 3'd0 - bit_pos_q}, '0);
          made_q <= 1'b1;
          word_q <= '0;
          state_q <= PcmSamples;
        end

        PcmSamples: begin
          code_q <= code_of(7'd64, pcm_bits(pcm_mem[pcm_block(word_q)][32*pcm_row(word_q)+:32],
                                            pcm_mem[pcm_block(word_q)|5'd1][32*pcm_row(word_q)+:32]));
          made_q <= 1'b1;
          word_q <= word_q + 6'd1;
          if (word_q == LastPcmWord) begin
            pending_q <= '0;
            state_q <= Residual;
          end
        end

        SliceRun: begin
          code_q <= skip_run(run_q);
          made_q <= 1'b1;
          run_q <= '0;
          state_q <= SliceGap;
        end

        SliceGap: state_q <= Trailing;

        Trailing: begin
          // rbsp_stop_one_bit and zeros to the end of the byte.
          code_q <= code_of(7'd8 - 7'(bit_pos_q), 64'd128 >> bit_pos_q);
          made_q <= 1'b1;
          last_q <= 1'b1;
          state_q <= NalGroup;
        end

        NalGroup: state_q <= NalWord;

        NalWord: state_q <= NalFifo;

        NalFifo: begin
          done_o <= 1'b1;
          state_q <= Idle;
        end

        default: state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : count
    if (start_pic_i) bit_pos_q <= '0;
    else if (sym_valid_o) bit_pos_q <= bit_pos_q + code_q.len[2:0];
    if (count_i) bits_q <= '0;
    else if (made_q && counting_q) bits_q <= bits_q + 14'(code_q.len);
  end

  // What the macroblock to the right and the one below see.
  always_ff @(posedge clk_i) begin : neighbours
    if (mb_end && !counting_q) begin
      left_q <= {seen(5'd15), seen(5'd11), seen(5'd7), seen(5'd3), seen(5'd23), seen(5'd21), seen(5'd19), seen(5'd17)};
      above[place_q.x[6:0]] <= {seen(5'd15), seen(5'd14), seen(5'd13), seen(5'd12), seen(5'd23), seen(5'd22), seen(5'd19), seen(5'd18)};
    end
  end

endmodule : h264_entropy
