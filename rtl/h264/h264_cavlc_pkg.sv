// Context-adaptive variable length coding: Exp-Golomb codes (clause 9.1) and transform coefficient levels (clause 9.2), as functions of one step.
package h264_cavlc_pkg;
  import h264_pkg::*;

  typedef enum logic [1:0] {
    KindFull,     // 16 levels
    KindAc,       // 15 levels
    KindChromaDc  // 4 levels
  } kind_e;

  // Up to 64 bits for the bitstream; the first one is bit len - 1, those above are zero.
  typedef struct packed {
    logic [6:0]  len;
    logic [63:0] bits;
  } code_t;

  // The coder between two steps of a block. Its parts are coeff_token with the trailing ones, each further level, and total_zeros with all of
  // run_before, 30 bits at most. A step codes two of them.
  typedef struct packed {
    logic [15:0] nonzero;        // as in scan_t
    logic [15:0] todo;           // levels still to code
    kind_e       kind;
    logic [4:0]  total;          // TotalCoeff
    logic        runs_due;
    logic        skip_one;       // the next level cannot be of magnitude 1
    logic [2:0]  suffix_length;
    logic        bad;            // a level needs a level_prefix beyond 15
  } coder_t;

  typedef struct packed {
    coder_t coder;
    code_t  code;
  } step_t;

  // Table 9-5: length and value of coeff_token by TrailingOnes and TotalCoeff, for 0 <= nC < 2, 2 <= nC < 4, 4 <= nC < 8.
  localparam int TokenLength[3][4][17] = '{
    '{'{1, 6, 8, 9, 10, 11, 13, 13, 13, 14, 14, 15, 15, 16, 16, 16, 16},
      '{0, 2, 6, 8, 9, 10, 11, 13, 13, 14, 14, 15, 15, 15, 16, 16, 16},
      '{0, 0, 3, 7, 8, 9, 10, 11, 13, 13, 14, 14, 15, 15, 16, 16, 16},
      '{0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 13, 14, 14, 15, 15, 16, 16}},
    '{'{2, 6, 6, 7, 8, 8, 9, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14},
      '{0, 2, 5, 6, 6, 7, 8, 9, 11, 11, 12, 12, 13, 13, 14, 14, 14},
      '{0, 0, 3, 6, 6, 7, 8, 9, 11, 11, 12, 12, 13, 13, 13, 14, 14},
      '{0, 0, 0, 4, 4, 5, 6, 6, 7, 9, 11, 11, 12, 13, 13, 13, 14}},
    '{'{4, 6, 6, 6, 7, 7, 7, 7, 8, 8, 9, 9, 9, 10, 10, 10, 10},
      '{0, 4, 5, 5, 5, 5, 6, 6, 7, 8, 8, 9, 9, 9, 10, 10, 10},
      '{0, 0, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 10},
      '{0, 0, 0, 4, 4, 4, 4, 4, 5, 6, 7, 8, 8, 9, 10, 10, 10}}
  };
  localparam int TokenValue[3][4][17] = '{
    '{'{1, 5, 7, 7, 7, 7, 15, 11, 8, 15, 11, 15, 11, 15, 11, 7, 4},
      '{0, 1, 4, 6, 6, 6, 6, 14, 10, 14, 10, 14, 10, 1, 14, 10, 6},
      '{0, 0, 1, 5, 5, 5, 5, 5, 13, 9, 13, 9, 13, 9, 13, 9, 5},
      '{0, 0, 0, 3, 3, 4, 4, 4, 4, 4, 12, 12, 8, 12, 8, 12, 8}},
    '{'{3, 11, 7, 7, 7, 4, 7, 15, 11, 15, 11, 8, 15, 11, 7, 9, 7},
      '{0, 2, 7, 10, 6, 6, 6, 6, 14, 10, 14, 10, 14, 10, 11, 8, 6},
      '{0, 0, 3, 9, 5, 5, 5, 5, 13, 9, 13, 9, 13, 9, 6, 10, 5},
      '{0, 0, 0, 5, 4, 6, 8, 4, 4, 4, 12, 8, 12, 12, 8, 1, 4}},
    '{'{15, 15, 11, 8, 15, 11, 9, 8, 15, 11, 15, 11, 8, 13, 9, 5, 1},
      '{0, 14, 15, 12, 10, 8, 14, 10, 14, 14, 10, 14, 10, 7, 12, 8, 4},
      '{0, 0, 13, 14, 11, 9, 13, 9, 13, 10, 13, 9, 13, 9, 11, 7, 3},
      '{0, 0, 0, 12, 11, 10, 9, 8, 13, 12, 12, 12, 8, 12, 10, 6, 2}}
  };

  // The same for nC == -1, chroma DC.
  localparam int ChromaTokenLength[4][5] = '{
    '{2, 6, 6, 6, 6},
    '{0, 1, 6, 7, 8},
    '{0, 0, 3, 7, 8},
    '{0, 0, 0, 6, 7}
  };
  localparam int ChromaTokenValue[4][5] = '{
    '{1, 7, 4, 3, 2},
    '{0, 1, 6, 3, 3},
    '{0, 0, 1, 2, 2},
    '{0, 0, 0, 5, 0}
  };

  // Tables 9-7 and 9-8: total_zeros by TotalCoeff - 1 and value.
  localparam int ZerosLength[15][16] = '{
    '{1, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 9},
    '{3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6, 0},
    '{4, 3, 3, 3, 4, 4, 3, 3, 4, 5, 5, 6, 5, 6, 0, 0},
    '{5, 3, 4, 4, 3, 3, 3, 4, 3, 4, 5, 5, 5, 0, 0, 0},
    '{4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 4, 5, 0, 0, 0, 0},
    '{6, 5, 3, 3, 3, 3, 3, 3, 4, 3, 6, 0, 0, 0, 0, 0},
    '{6, 5, 3, 3, 3, 2, 3, 4, 3, 6, 0, 0, 0, 0, 0, 0},
    '{6, 4, 5, 3, 2, 2, 3, 3, 6, 0, 0, 0, 0, 0, 0, 0},
    '{6, 6, 4, 2, 2, 3, 2, 5, 0, 0, 0, 0, 0, 0, 0, 0},
    '{5, 5, 3, 2, 2, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{4, 4, 3, 3, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{4, 4, 2, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{3, 3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  };
  localparam int ZerosValue[15][16] = '{
    '{1, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 1},
    '{7, 6, 5, 4, 3, 5, 4, 3, 2, 3, 2, 3, 2, 1, 0, 0},
    '{5, 7, 6, 5, 4, 3, 4, 3, 2, 3, 2, 1, 1, 0, 0, 0},
    '{3, 7, 5, 4, 6, 5, 4, 3, 3, 2, 2, 1, 0, 0, 0, 0},
    '{5, 4, 3, 7, 6, 5, 4, 3, 2, 1, 1, 0, 0, 0, 0, 0},
    '{1, 1, 7, 6, 5, 4, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0},
    '{1, 1, 5, 4, 3, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0},
    '{1, 1, 1, 3, 3, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0},
    '{1, 0, 1, 3, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0},
    '{1, 0, 1, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{0, 1, 1, 2, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  };

  // Table 9-9(a): total_zeros of chroma DC.
  localparam int ChromaZerosLength[3][4] = '{
    '{1, 2, 3, 3},
    '{1, 2, 2, 0},
    '{1, 1, 0, 0}
  };
  localparam int ChromaZerosValue[3][4] = '{
    '{1, 1, 1, 0},
    '{1, 1, 0, 0},
    '{1, 0, 0, 0}
  };

  // Table 9-10: run_before by Min(zerosLeft, 7) - 1 and value.
  localparam int RunLength[7][15] = '{
    '{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{2, 2, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{2, 2, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{2, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0},
    '{3, 3, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11}
  };
  localparam int RunValue[7][15] = '{
    '{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{3, 2, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{3, 0, 1, 3, 2, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0},
    '{7, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1}
  };

  // Table 9-4: codeNum of coded_block_pattern by its value, of Intra_4x4 and of Inter macroblocks.
  localparam int CbpCode[2][48] = '{
    '{3, 29, 30, 17, 31, 18, 37, 8, 32, 38, 19, 9, 20, 10, 11, 2,
      16, 33, 34, 21, 35, 22, 39, 4, 36, 40, 23, 5, 24, 6, 7, 1,
      41, 42, 43, 25, 44, 26, 46, 12, 45, 47, 27, 13, 28, 14, 15, 0},
    '{0, 2, 3, 7, 4, 8, 17, 13, 5, 18, 9, 14, 10, 15, 16, 11,
      1, 32, 33, 36, 34, 37, 44, 40, 35, 45, 38, 41, 39, 42, 43, 19,
      6, 24, 25, 20, 26, 21, 46, 28, 27, 47, 22, 29, 23, 30, 31, 12}
  };

  // Appends a code of len bits.
  function automatic void add(inout code_t code, input int len, input int bits);
    code.bits = code.bits << len | 64'(unsigned'(bits));
    code.len = code.len + 7'(len);
  endfunction

  // ue(v) of values below 2^31 - 1; as many zeros as the value has bits after its first one come first.
  function automatic void add_ue(inout code_t code, input int value);
    int x;
    int size;
    x = value + 1;
    size = 0;
    if (x >= 65536) size = size + 16;
    if (x >> size >= 256) size = size + 8;
    if (x >> size >= 16) size = size + 4;
    if (x >> size >= 4) size = size + 2;
    if (x >> size >= 2) size = size + 1;
    code.bits = code.bits << (2 * size + 1) | 64'(unsigned'(x));
    code.len = code.len + 7'(2 * size + 1);
  endfunction

  function automatic void add_se(inout code_t code, input int value);
    add_ue(code, value > 0 ? 2 * value - 1 : -2 * value);
  endfunction

  // nC from the numbers of levels of the blocks to the left and above, as far as they exist.
  function automatic logic [4:0] context_of(input logic has_left, input logic [4:0] left, input logic has_top, input logic [4:0] top);
    unique case ({has_left, has_top})
      2'b11: return 5'((6'(left) + 6'(top) + 6'd1) >> 1);
      2'b10: return left;
      2'b01: return top;
      default: return '0;
    endcase
  endfunction

  function automatic void add_token(inout code_t code, input kind_e kind, input logic [4:0] nc, input logic [1:0] ones, input logic [4:0] total);
    if (kind == KindChromaDc) add(code, ChromaTokenLength[ones][3'(total)], ChromaTokenValue[ones][3'(total)]);
    else if (nc < 5'd2) add(code, TokenLength[0][ones][total], TokenValue[0][ones][total]);
    else if (nc < 5'd4) add(code, TokenLength[1][ones][total], TokenValue[1][ones][total]);
    else if (nc < 5'd8) add(code, TokenLength[2][ones][total], TokenValue[2][ones][total]);
    else add(code, 6, total == '0 ? 3 : int'({4'(total - 5'd1), ones}));
  endfunction

  // Position in zig-zag order of the level at the lowest bit of a mask.
  function automatic int position_of(input logic [15:0] mask);
    logic [15:0] m;
    m = mask & -mask;
    return int'({(m & 16'h00ff) != '0, (m & 16'h0f0f) != '0, (m & 16'h3333) != '0, (m & 16'h5555) != '0});
  endfunction

  // A level: prefix and suffix.
  function automatic void add_level(inout code_t symbol, inout coder_t coder, input levels_t levels);
    int level;
    int size;
    int code;
    int shift;
    level = int'($signed(levels[16*position_of(coder.todo)+:16]));
    coder.todo = coder.todo & (coder.todo - 16'd1);
    size = level < 0 ? -level : level;
    code = 2 * size - (level < 0 ? 1 : 2) - (coder.skip_one ? 2 : 0);
    shift = int'(coder.suffix_length);
    coder.skip_one = 1'b0;
    if (shift == 0 && code < 14) begin
      add(symbol, code + 1, 1);
    end else if (shift == 0 && code < 30) begin
      add(symbol, 19, 16 + code - 14);
    end else if (shift != 0 && code < (15 << shift)) begin
      add(symbol, (code >> shift) + 1 + shift, (1 << shift) | (code & ((1 << shift) - 1)));
    end else begin
      code = code - (shift == 0 ? 30 : 15 << shift);
      if (code > 4095) coder.bad = 1'b1;
      add(symbol, 28, 4096 + (code & 4095));
    end
    if (shift == 0) shift = 1;
    if (size > (3 << (shift - 1)) && shift < 6) shift = shift + 1;
    coder.suffix_length = 3'(shift);
  endfunction

  // total_zeros and run_before of all levels but the last.
  function automatic void add_runs(inout code_t symbol, inout coder_t coder);
    logic [15:0] todo;
    int          left;
    int          run;
    int          row;
    int          place;
    int          next;
    coder.runs_due = 1'b0;
    todo = coder.nonzero;
    place = position_of(todo);
    left = place + (coder.kind == KindAc ? 0 : 1) - int'(coder.total);
    row = int'(coder.total) - 1;
    if (coder.kind == KindChromaDc) add(symbol, ChromaZerosLength[2'(row)][2'(left)], ChromaZerosValue[2'(row)][2'(left)]);
    else add(symbol, ZerosLength[4'(row)][4'(left)], ZerosValue[4'(row)][4'(left)]);
    for (int i = 0; i < 15; i++) begin
      todo = todo & (todo - 16'd1);
      if (left == 0 || todo == '0) break;
      next = position_of(todo);
      run = place - next - 1;
      row = left > 7 ? 6 : left - 1;
      add(symbol, RunLength[3'(row)][4'(run)], RunValue[3'(row)][4'(run)]);
      left = left - run;
      place = next;
    end
  endfunction

  // The first step of a block: coeff_token, the signs of the trailing ones, and what comes next.
  function automatic step_t first_step(input scan_t scan, input levels_t levels, input kind_e kind, input logic [4:0] nc);
    coder_t      coder;
    code_t       code;
    logic [15:0] todo;
    logic [15:0] lowest;
    logic [4:0]  total;
    int          ones;
    int          signs;
    todo = scan.nonzero;
    ones = 0;
    signs = 0;
    for (int i = 0; i < 3; i++) begin
      lowest = todo & -todo;
      if (ones == i && (scan.one & lowest) != '0) begin
        ones = ones + 1;
        signs = 2 * signs + ((scan.negative & lowest) != '0 ? 1 : 0);
        todo = todo & ~lowest;
      end
    end
    total = 5'($countones(scan.nonzero));
    coder.nonzero = scan.nonzero;
    coder.todo = todo;
    coder.kind = kind;
    coder.total = total;
    coder.runs_due = total != '0 && total != (kind == KindFull ? 5'd16 : kind == KindAc ? 5'd15 : 5'd4);
    coder.skip_one = ones != 3;
    coder.suffix_length = total > 5'd10 && ones != 3 ? 3'd1 : 3'd0;
    coder.bad = 1'b0;
    code = '0;
    add_token(code, kind, nc, 2'(ones), total);
    add(code, ones, signs);
    if (todo != '0) add_level(code, coder, levels);
    else if (coder.runs_due) add_runs(code, coder);
    return {coder, code};
  endfunction

  // Any other step: a level, and what comes next; or the runs.
  function automatic step_t next_step(input coder_t earlier, input levels_t levels);
    coder_t coder;
    code_t  code;
    coder = earlier;
    code = '0;
    if (coder.todo != '0) add_level(code, coder, levels);
    if (coder.todo != '0) add_level(code, coder, levels);
    else if (coder.runs_due) add_runs(code, coder);
    return {coder, code};
  endfunction

endpackage : h264_cavlc_pkg
