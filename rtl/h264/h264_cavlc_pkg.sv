// Context-adaptive variable length coding of transform coefficient levels (clause 9.2), as functions of one step.
package h264_cavlc_pkg;
  import h264_pkg::*;

  typedef enum logic [1:0] {
    KindDc,       // 16 levels
    KindAc,       // 15 levels
    KindChromaDc  // 4 levels
  } kind_e;

  // The coder between two steps of a block. First coeff_token with the trailing ones, then a level a step, then total_zeros with all of
  // run_before.
  typedef struct packed {
    symbol_t     symbol;         // made by the last step
    scan_t       scan;
    kind_e       kind;
    logic [15:0] todo;           // levels still to code
    logic        runs_due;
    logic [4:0]  total;          // TotalCoeff
    logic        skip_one;       // the next level cannot be of magnitude 1
    logic [2:0]  suffix_length;
    logic        bad;            // a level needs a level_prefix beyond 15
  } coder_t;

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

  function automatic symbol_t symbol_of(input int len, input int bits);
    symbol_t symbol;
    symbol.len = 6'(len);
    symbol.bits = bits;
    return symbol;
  endfunction

  // ue(v) of values up to 62.
  function automatic symbol_t ue(input logic [5:0] value);
    logic [5:0] code;
    code = value + 6'd1;
    return symbol_of(code[5] ? 11 : code[4] ? 9 : code[3] ? 7 : code[2] ? 5 : code[1] ? 3 : 1, int'(code));
  endfunction

  function automatic symbol_t append(input symbol_t first, input symbol_t second);
    return symbol_of(int'(first.len) + int'(second.len), int'((first.bits << second.len) | second.bits));
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

  function automatic symbol_t token_symbol(input kind_e kind, input logic [4:0] nc, input logic [1:0] ones, input logic [4:0] total);
    if (kind == KindChromaDc) return symbol_of(ChromaTokenLength[ones][3'(total)], ChromaTokenValue[ones][3'(total)]);
    if (nc < 5'd2) return symbol_of(TokenLength[0][ones][total], TokenValue[0][ones][total]);
    if (nc < 5'd4) return symbol_of(TokenLength[1][ones][total], TokenValue[1][ones][total]);
    if (nc < 5'd8) return symbol_of(TokenLength[2][ones][total], TokenValue[2][ones][total]);
    return symbol_of(6, total == '0 ? 3 : int'({4'(total - 5'd1), ones}));
  endfunction

  // First step: coeff_token and the signs of the trailing ones.
  function automatic coder_t start_block(input scan_t scan, input kind_e kind, input logic [4:0] nc);
    coder_t      coder;
    logic [15:0] todo;
    logic [15:0] lowest;
    logic [1:0]  ones;
    logic [2:0]  signs;
    logic        going;
    todo = scan.nonzero;
    ones = '0;
    signs = '0;
    going = 1'b1;
    if (todo != '0) begin
      for (int i = 0; i < 3; i++) begin
        lowest = todo & -todo;
        going = going && (scan.one & lowest) != '0;
        if (going) begin
          ones = ones + 2'd1;
          signs = {signs[1:0], (scan.negative & lowest) != '0};
          todo = todo & ~lowest;
        end
      end
    end
    coder.scan = scan;
    coder.kind = kind;
    coder.total = 5'($countones(scan.nonzero));
    coder.todo = todo;
    coder.symbol = append(token_symbol(kind, nc, ones, coder.total), symbol_of(int'(ones), int'(signs)));
    coder.runs_due = coder.total != '0 && coder.total != (kind == KindDc ? 5'd16 : kind == KindAc ? 5'd15 : 5'd4);
    coder.skip_one = ones != 2'd3;
    coder.suffix_length = 3'(coder.total > 5'd10 && ones != 2'd3);
    coder.bad = 1'b0;
    return coder;
  endfunction

  // Position in zig-zag order of the next level.
  function automatic logic [3:0] next_position(input logic [15:0] todo);
    logic [15:0] m;
    logic [3:0]  p;
    m = todo & -todo;
    p = {(m & 16'h00ff) != '0, (m & 16'h0f0f) != '0, (m & 16'h3333) != '0, (m & 16'h5555) != '0};
    return p;
  endfunction

  // Next step: a level.
  function automatic coder_t code_level(input coder_t coder, input levels_t levels);
    coder_t next;
    int     level;
    int     size;
    int     code;
    int     shift;
    next = coder;
    next.todo = coder.todo & (coder.todo - 16'd1);
    level = int'($signed(levels[16*next_position(coder.todo)+:16]));
    size = level < 0 ? -level : level;
    code = 2 * size - (level < 0 ? 1 : 2) - (coder.skip_one ? 2 : 0);
    shift = int'(coder.suffix_length);
    next.skip_one = 1'b0;
    if (shift == 0 && code < 14) begin
      next.symbol = symbol_of(code + 1, 1);
    end else if (shift == 0 && code < 30) begin
      next.symbol = symbol_of(19, 16 + code - 14);
    end else if (shift != 0 && code < (15 << shift)) begin
      next.symbol = symbol_of((code >> shift) + 1 + shift, (1 << shift) | (code & ((1 << shift) - 1)));
    end else begin
      code = code - (shift == 0 ? 30 : 15 << shift);
      next.symbol = symbol_of(28, 4096 + code);
      next.bad = coder.bad || code > 4095;
    end
    if (shift == 0) shift = 1;
    if (size > (3 << (shift - 1)) && shift < 6) shift = shift + 1;
    next.suffix_length = 3'(shift);
    return next;
  endfunction

  // Last step: total_zeros and all of run_before, 30 bits at most.
  function automatic coder_t code_runs(input coder_t coder);
    coder_t  next;
    symbol_t symbol;
    int      left;
    int      run;
    int      row;
    logic    started;
    next = coder;
    next.runs_due = 1'b0;
    // Of the levels' positions, the highest is at the lowest bit of the mask.
    left = int'(next_position(coder.scan.nonzero)) + (coder.kind == KindAc ? 0 : 1) - int'(coder.total);
    row = int'(coder.total) - 1;
    symbol = coder.kind == KindChromaDc ? symbol_of(ChromaZerosLength[2'(row)][2'(left)], ChromaZerosValue[2'(row)][2'(left)]) :
                                          symbol_of(ZerosLength[4'(row)][4'(left)], ZerosValue[4'(row)][4'(left)]);
    run = 0;
    started = 1'b0;
    for (int i = 0; i < 16; i++) begin
      if (left > 0) begin
        if (!coder.scan.nonzero[i]) begin
          if (started) run = run + 1;
        end else begin
          if (started) begin
            row = left > 7 ? 6 : left - 1;
            symbol = append(symbol, symbol_of(RunLength[3'(row)][4'(run)], RunValue[3'(row)][4'(run)]));
            left = left - run;
          end
          started = 1'b1;
          run = 0;
        end
      end
    end
    next.symbol = symbol;
    return next;
  endfunction

endpackage : h264_cavlc_pkg
