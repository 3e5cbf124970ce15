// Context-adaptive variable length coding: Exp-Golomb codes (clause 9.1) and transform coefficient levels (clause 9.2), as functions of one step.
package h264_cavlc_pkg;
  import h264_pkg::*;

  typedef enum logic [1:0] {
    KindFull,     // 16 levels
    KindAc,       // 15 levels
    KindChromaDc  // 4 levels
  } kind_e;

  // Up to 64 bits for the bitstream; the first one is bit len - 1, those above are zero. Functions carry both parts apart, which runs faster.
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

  // Codes as 16 * length + value, 0 where there is none.

  // Table 9-5: coeff_token by TrailingOnes and TotalCoeff, for 0 <= nC < 2, 2 <= nC < 4, 4 <= nC < 8.
  localparam int Token[3][4][17] = '{
    '{
      '{'h011, 'h065, 'h087, 'h097, 'h0a7, 'h0b7, 'h0df, 'h0db, 'h0d8, 'h0ef, 'h0eb, 'h0ff, 'h0fb, 'h10f, 'h10b, 'h107, 'h104},
      '{0, 'h021, 'h064, 'h086, 'h096, 'h0a6, 'h0b6, 'h0de, 'h0da, 'h0ee, 'h0ea, 'h0fe, 'h0fa, 'h0f1, 'h10e, 'h10a, 'h106},
      '{0, 0, 'h031, 'h075, 'h085, 'h095, 'h0a5, 'h0b5, 'h0dd, 'h0d9, 'h0ed, 'h0e9, 'h0fd, 'h0f9, 'h10d, 'h109, 'h105},
      '{0, 0, 0, 'h053, 'h063, 'h074, 'h084, 'h094, 'h0a4, 'h0b4, 'h0dc, 'h0ec, 'h0e8, 'h0fc, 'h0f8, 'h10c, 'h108}},
    '{
      '{'h023, 'h06b, 'h067, 'h077, 'h087, 'h084, 'h097, 'h0bf, 'h0bb, 'h0cf, 'h0cb, 'h0c8, 'h0df, 'h0db, 'h0d7, 'h0e9, 'h0e7},
      '{0, 'h022, 'h057, 'h06a, 'h066, 'h076, 'h086, 'h096, 'h0be, 'h0ba, 'h0ce, 'h0ca, 'h0de, 'h0da, 'h0eb, 'h0e8, 'h0e6},
      '{0, 0, 'h033, 'h069, 'h065, 'h075, 'h085, 'h095, 'h0bd, 'h0b9, 'h0cd, 'h0c9, 'h0dd, 'h0d9, 'h0d6, 'h0ea, 'h0e5},
      '{0, 0, 0, 'h045, 'h044, 'h056, 'h068, 'h064, 'h074, 'h094, 'h0bc, 'h0b8, 'h0cc, 'h0dc, 'h0d8, 'h0d1, 'h0e4}},
    '{
      '{'h04f, 'h06f, 'h06b, 'h068, 'h07f, 'h07b, 'h079, 'h078, 'h08f, 'h08b, 'h09f, 'h09b, 'h098, 'h0ad, 'h0a9, 'h0a5, 'h0a1},
      '{0, 'h04e, 'h05f, 'h05c, 'h05a, 'h058, 'h06e, 'h06a, 'h07e, 'h08e, 'h08a, 'h09e, 'h09a, 'h097, 'h0ac, 'h0a8, 'h0a4},
      '{0, 0, 'h04d, 'h05e, 'h05b, 'h059, 'h06d, 'h069, 'h07d, 'h07a, 'h08d, 'h089, 'h09d, 'h099, 'h0ab, 'h0a7, 'h0a3},
      '{0, 0, 0, 'h04c, 'h04b, 'h04a, 'h049, 'h048, 'h05d, 'h06c, 'h07c, 'h08c, 'h088, 'h09c, 'h0aa, 'h0a6, 'h0a2}}
  };

  // The same for nC == -1, chroma DC.
  localparam int ChromaToken[4][5] = '{
    '{'h021, 'h067, 'h064, 'h063, 'h062},
    '{0, 'h011, 'h066, 'h073, 'h083},
    '{0, 0, 'h031, 'h072, 'h082},
    '{0, 0, 0, 'h065, 'h070}
  };

  // Tables 9-7 and 9-8: total_zeros by TotalCoeff - 1 and value.
  localparam int Zeros[15][16] = '{
    '{'h011, 'h033, 'h032, 'h043, 'h042, 'h053, 'h052, 'h063, 'h062, 'h073, 'h072, 'h083, 'h082, 'h093, 'h092, 'h091},
    '{'h037, 'h036, 'h035, 'h034, 'h033, 'h045, 'h044, 'h043, 'h042, 'h053, 'h052, 'h063, 'h062, 'h061, 'h060, 0},
    '{'h045, 'h037, 'h036, 'h035, 'h044, 'h043, 'h034, 'h033, 'h042, 'h053, 'h052, 'h061, 'h051, 'h060, 0, 0},
    '{'h053, 'h037, 'h045, 'h044, 'h036, 'h035, 'h034, 'h043, 'h033, 'h042, 'h052, 'h051, 'h050, 0, 0, 0},
    '{'h045, 'h044, 'h043, 'h037, 'h036, 'h035, 'h034, 'h033, 'h042, 'h051, 'h041, 'h050, 0, 0, 0, 0},
    '{'h061, 'h051, 'h037, 'h036, 'h035, 'h034, 'h033, 'h032, 'h041, 'h031, 'h060, 0, 0, 0, 0, 0},
    '{'h061, 'h051, 'h035, 'h034, 'h033, 'h023, 'h032, 'h041, 'h031, 'h060, 0, 0, 0, 0, 0, 0},
    '{'h061, 'h041, 'h051, 'h033, 'h023, 'h022, 'h032, 'h031, 'h060, 0, 0, 0, 0, 0, 0, 0},
    '{'h061, 'h060, 'h041, 'h023, 'h022, 'h031, 'h021, 'h051, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h051, 'h050, 'h031, 'h023, 'h022, 'h021, 'h041, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h040, 'h041, 'h031, 'h032, 'h011, 'h033, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h040, 'h041, 'h021, 'h011, 'h031, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h030, 'h031, 'h011, 'h021, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h020, 'h021, 'h011, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h010, 'h011, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  };

  // Table 9-9(a): total_zeros of chroma DC.
  localparam int ChromaZeros[3][4] = '{
    '{'h011, 'h021, 'h031, 'h030},
    '{'h011, 'h021, 'h020, 0},
    '{'h011, 'h010, 0, 0}
  };

  // Table 9-10: run_before by Min(zerosLeft, 7) - 1 and value.
  localparam int Run[7][15] = '{
    '{'h011, 'h010, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h011, 'h021, 'h020, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h023, 'h022, 'h021, 'h020, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h023, 'h022, 'h021, 'h031, 'h030, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h023, 'h022, 'h033, 'h032, 'h031, 'h030, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h023, 'h030, 'h031, 'h033, 'h032, 'h035, 'h034, 0, 0, 0, 0, 0, 0, 0, 0},
    '{'h037, 'h036, 'h035, 'h034, 'h033, 'h032, 'h031, 'h041, 'h051, 'h061, 'h071, 'h081, 'h091, 'h0a1, 'h0b1}
  };

  // Appends size bits.
  function automatic void add(inout logic [63:0] bits, inout int len, input int size, input int value);
    bits = bits << size | 64'(unsigned'(value));
    len = len + size;
  endfunction

  // Appends a code of a table.
  function automatic void add_code(inout logic [63:0] bits, inout int len, input int code);
    add(bits, len, code >> 4, code & 15);
  endfunction

  // ue(v); as many zeros as the value has bits after its first one come first.
  function automatic void add_ue(inout logic [63:0] bits, inout int len, input int value);
    int x;
    int size;
    x = value + 1;
    size = 0;
    if (x >= 65536) size = size + 16;
    if (x >> size >= 256) size = size + 8;
    if (x >> size >= 16) size = size + 4;
    if (x >> size >= 4) size = size + 2;
    if (x >> size >= 2) size = size + 1;
    add(bits, len, 2 * size + 1, x);
  endfunction

  function automatic void add_se(inout logic [63:0] bits, inout int len, input int value);
    add_ue(bits, len, value > 0 ? 2 * value - 1 : -2 * value);
  endfunction

  // nC from the numbers of levels of the blocks to the left and above, as far as they exist.
  function automatic logic [4:0] context_of(input logic has_left, input logic [4:0] left, input logic has_top, input logic [4:0] top);
    unique case ({has_left, has_top})
      2'b11: context_of = 5'((6'(left) + 6'(top) + 6'd1) >> 1);
      2'b10: context_of = left;
      2'b01: context_of = top;
      default: context_of = '0;
    endcase
  endfunction

  // coeff_token; for 8 <= nC only the one of an empty block.
  function automatic int token(input kind_e kind, input logic [4:0] nc, input logic [1:0] ones, input logic [4:0] total);
    if (kind == KindChromaDc) token = ChromaToken[ones][3'(total)];
    else if (nc < 5'd8) token = Token[nc < 5'd2 ? 0 : nc < 5'd4 ? 1 : 2][ones][total];
    else token = 'h063;
  endfunction

  // Position in zig-zag order of the level at the lowest bit of a mask.
  function automatic int position_of(input int mask);
    int m;
    m = mask & -mask;
    return ((m & 'h00ff) != 0 ? 8 : 0) + ((m & 'h0f0f) != 0 ? 4 : 0) + ((m & 'h3333) != 0 ? 2 : 0) + ((m & 'h5555) != 0 ? 1 : 0);
  endfunction

  // A level: prefix and suffix. skip is 2 where its magnitude cannot be 1, else 0; shift is suffixLength.
  function automatic void add_level(inout logic [63:0] bits, inout int len, inout int skip, inout int shift, inout logic bad, input int level);
    int size;
    int code;
    size = level < 0 ? -level : level;
    code = 2 * size - (level < 0 ? 1 : 2) - skip;
    skip = 0;
    if (code < (shift == 0 ? 14 : 15 << shift)) begin
      add(bits, len, (code >> shift) + 1 + shift, (1 << shift) | (code & ((1 << shift) - 1)));
    end else if (shift == 0 && code < 30) begin
      add(bits, len, 19, 16 + code - 14);
    end else begin
      code = code - (shift == 0 ? 30 : 15 << shift);
      if (code > 4095) bad = 1'b1;
      add(bits, len, 28, 4096 + (code & 4095));
    end
    if (shift == 0) shift = 1;
    if (size > (3 << (shift - 1)) && shift < 6) shift = shift + 1;
  endfunction

  // total_zeros and run_before of all levels but the last.
  function automatic void add_runs(inout logic [63:0] bits, inout int len, input int nonzero, input kind_e kind, input int total);
    int todo;
    int left;
    int place;
    int next;
    todo = nonzero;
    place = position_of(todo);
    left = place + (kind == KindAc ? 0 : 1) - total;
    add_code(bits, len, kind == KindChromaDc ? ChromaZeros[2'(total - 1)][2'(left)] : Zeros[4'(total - 1)][4'(left)]);
    for (int i = 0; i < 15; i++) begin
      todo = todo & (todo - 1);
      if (left != 0 && todo != 0) begin
        next = position_of(todo);
        add_code(bits, len, Run[left > 7 ? 3'd6 : 3'(left - 1)][4'(place - next - 1)]);
        left = left - (place - next - 1);
        place = next;
      end
    end
  endfunction

  // The first step of a block: coeff_token, the signs of the trailing ones, and what comes next.
  function automatic step_t first_step(input scan_t scan, input levels_t levels, input kind_e kind, input logic [4:0] nc);
    coder_t      coder;
    logic [63:0] bits;
    int          len;
    int          todo;
    int          lowest;
    int          total;
    int          ones;
    int          signs;
    int          skip;
    int          shift;
    logic        bad;
    logic        runs_due;
    todo = int'(scan.nonzero);
    bits = '0;
    len = 0;
    skip = 0;
    shift = 0;
    bad = 1'b0;
    runs_due = 1'b0;
    total = 0;
    if (todo == 0) begin
      add_code(bits, len, token(kind, nc, '0, '0));
    end else begin
      ones = 0;
      signs = 0;
      for (int i = 0; i < 3; i++) begin
        lowest = todo & -todo;
        if ((int'(scan.one) & lowest) != 0) begin
          ones = ones + 1;
          signs = 2 * signs + ((int'(scan.negative) & lowest) != 0 ? 1 : 0);
          todo = todo & ~lowest;
        end
      end
      total = int'($countones(scan.nonzero));
      if (nc < 5'd8 || kind == KindChromaDc) add_code(bits, len, token(kind, nc, 2'(ones), 5'(total)));
      else add(bits, len, 6, 4 * (total - 1) + ones);
      add(bits, len, ones, signs);
      skip = ones == 3 ? 0 : 2;
      shift = total > 10 && ones != 3 ? 1 : 0;
      runs_due = total != (kind == KindFull ? 16 : kind == KindAc ? 15 : 4);
      if (todo != 0) begin
        add_level(bits, len, skip, shift, bad, int'($signed(levels[16*position_of(todo)+:16])));
        todo = todo & (todo - 1);
      end else begin
        // Trailing ones never fill a block.
        add_runs(bits, len, int'(scan.nonzero), kind, total);
        runs_due = 1'b0;
      end
    end
    coder = {scan.nonzero, 16'(todo), kind, 5'(total), runs_due, skip != 0, 3'(shift), bad};
    return {coder, 7'(len), bits};
  endfunction

  // Any other step: a level, and what comes next; or the runs.
  function automatic step_t next_step(input coder_t earlier, input levels_t levels);
    coder_t      coder;
    logic [63:0] bits;
    int          len;
    int          todo;
    int          skip;
    int          shift;
    logic        bad;
    logic        runs_due;
    bits = '0;
    len = 0;
    todo = int'(earlier.todo);
    skip = earlier.skip_one ? 2 : 0;
    shift = int'(earlier.suffix_length);
    bad = earlier.bad;
    runs_due = earlier.runs_due;
    for (int i = 0; i < 2; i++) begin
      if (todo != 0) begin
        add_level(bits, len, skip, shift, bad, int'($signed(levels[16*position_of(todo)+:16])));
        todo = todo & (todo - 1);
      end else if (runs_due) begin
        add_runs(bits, len, int'(earlier.nonzero), earlier.kind, int'(earlier.total));
        runs_due = 1'b0;
      end
    end
    coder = {earlier.nonzero, 16'(todo), earlier.kind, earlier.total, runs_due, skip != 0, 3'(shift), bad};
    return {coder, 7'(len), bits};
  endfunction

endpackage : h264_cavlc_pkg
