// Intra prediction (clauses 8.3.3 and 8.3.4) and what its mode decision needs, as functions of one 4x4 block.
package h264_intra_pkg;
  import h264_pkg::*;

  // Plane prediction: pixel (x, y) of the macroblock is Clip1((base + slope_x * x + slope_y * y) >> 5); base holds the rounding.
  typedef struct packed {
    logic signed [15:0] base;
    logic signed [15:0] slope_x;
    logic signed [15:0] slope_y;
  } plane_t;

  // The four predictions of one 4x4 block: what the neighbours say about it.
  typedef struct packed {
    logic [31:0] top;    // four pixels above the macroblock, in these columns
    logic [31:0] left;   // four pixels left of the macroblock, in these rows
    logic [7:0]  dc;
    plane_t      plane;  // base moved to this block's first pixel
  } reference_t;

  // Sums of absolute transformed differences, by pred_mode_e.
  typedef logic [3:0][15:0] costs_t;

  function automatic logic [7:0] clip_pixel(input int value);
    return value < 0 ? 8'd0 : value > 255 ? 8'd255 : 8'(value);
  endfunction

  function automatic int sum4(input logic [31:0] p);
    return int'(p[7:0]) + int'(p[15:8]) + int'(p[23:16]) + int'(p[31:24]);
  endfunction

  // DC prediction of luma: the mean of the neighbours that exist.
  function automatic logic [7:0] luma_dc(input logic [127:0] top, input logic [127:0] left, input logic has_top, input logic has_left);
    int t;
    int l;
    t = 0;
    l = 0;
    for (int i = 0; i < 4; i++) begin
      t += sum4(top[32*i+:32]);
      l += sum4(left[32*i+:32]);
    end
    unique case ({has_top, has_left})
      2'b11: luma_dc = 8'((t + l + 16) >> 5);
      2'b10: luma_dc = 8'((t + 8) >> 4);
      2'b01: luma_dc = 8'((l + 8) >> 4);
      default: luma_dc = 8'd128;
    endcase
  endfunction

  // DC prediction of the chroma block in column bx and row by. Blocks on the diagonal take both neighbours; of the others, the upper right
  // one prefers the row above and the lower left one the column to the left.
  function automatic logic [7:0] chroma_dc(input logic [31:0] top, input logic [31:0] left, input logic has_top, input logic has_left,
                                           input logic bx, input logic by);
    logic use_top;
    logic use_left;
    use_top = has_top && !(has_left && !bx && by);
    use_left = has_left && !(has_top && bx && !by);
    unique case ({use_top, use_left})
      2'b11: chroma_dc = 8'((sum4(top) + sum4(left) + 4) >> 3);
      2'b10: chroma_dc = 8'((sum4(top) + 2) >> 2);
      2'b01: chroma_dc = 8'((sum4(left) + 2) >> 2);
      default: chroma_dc = 8'd128;
    endcase
  endfunction

  function automatic plane_t luma_plane(input logic [127:0] top, input logic [127:0] left, input logic [7:0] corner);
    int h;
    int v;
    int b;
    int c;
    plane_t plane;
    h = 8 * (int'(top[127:120]) - int'(corner));
    v = 8 * (int'(left[127:120]) - int'(corner));
    for (int i = 0; i < 7; i++) begin
      h += (i + 1) * (int'(top[8*(8+i)+:8]) - int'(top[8*(6-i)+:8]));
      v += (i + 1) * (int'(left[8*(8+i)+:8]) - int'(left[8*(6-i)+:8]));
    end
    b = (5 * h + 32) >>> 6;
    c = (5 * v + 32) >>> 6;
    plane.base = 16'(16 * (int'(top[127:120]) + int'(left[127:120])) - 7 * (b + c) + 16);
    plane.slope_x = 16'(b);
    plane.slope_y = 16'(c);
    return plane;
  endfunction

  function automatic plane_t chroma_plane(input logic [63:0] top, input logic [63:0] left, input logic [7:0] corner);
    int h;
    int v;
    int b;
    int c;
    plane_t plane;
    h = 4 * (int'(top[63:56]) - int'(corner));
    v = 4 * (int'(left[63:56]) - int'(corner));
    for (int i = 0; i < 3; i++) begin
      h += (i + 1) * (int'(top[8*(4+i)+:8]) - int'(top[8*(2-i)+:8]));
      v += (i + 1) * (int'(left[8*(4+i)+:8]) - int'(left[8*(2-i)+:8]));
    end
    b = (34 * h + 32) >>> 6;
    c = (34 * v + 32) >>> 6;
    plane.base = 16'(16 * (int'(top[63:56]) + int'(left[63:56])) - 3 * (b + c) + 16);
    plane.slope_x = 16'(b);
    plane.slope_y = 16'(c);
    return plane;
  endfunction

  // The plane as seen from the block in column bx and row by.
  function automatic plane_t plane_at(input plane_t plane, input logic [1:0] bx, input logic [1:0] by);
    plane_t moved;
    moved = plane;
    moved.base = 16'(int'(plane.base) + 4 * int'(bx) * int'(plane.slope_x) + 4 * int'(by) * int'(plane.slope_y));
    return moved;
  endfunction

  function automatic block_t predict_block(input pred_mode_e mode, input reference_t refs);
    block_t p;
    int base;
    int sx;
    int sy;
    p = '0;
    base = int'(refs.plane.base);
    sx = int'(refs.plane.slope_x);
    sy = int'(refs.plane.slope_y);
    unique case (mode)
      PredVertical: p = {4{refs.top}};
      PredHorizontal: p = {{4{refs.left[31:24]}}, {4{refs.left[23:16]}}, {4{refs.left[15:8]}}, {4{refs.left[7:0]}}};
      PredDc: p = {16{refs.dc}};
      default: begin
        for (int y = 0; y < 4; y++) begin
          p[32*y+:32] = {clip_pixel((base + 3 * sx + y * sy) >>> 5), clip_pixel((base + 2 * sx + y * sy) >>> 5),
                         clip_pixel((base + sx + y * sy) >>> 5), clip_pixel((base + y * sy) >>> 5)};
        end
      end
    endcase
    return p;
  endfunction

  function automatic int magnitude(input int value);
    return value < 0 ? -value : value;
  endfunction

  // Sums of absolute Hadamard-transformed differences of one block against its four predictions.
  //
  // The transform is linear, so the source is transformed once. A vertical prediction differs from nothing only in the first row of the
  // transform, a horizontal one only in the first column, DC only in one place; the plane is taken unclipped, which leaves five places. One
  // transform and a few subtractions so do the work of five transforms.
  function automatic costs_t block_costs(input block_t src, input reference_t refs);
    int s[16];
    int t[4];
    int l[4];
    int a;
    int b;
    int c;
    int d;
    int rest;
    int row;
    int column;
    int base;
    int sx;
    int sy;
    costs_t costs;
    for (int y = 0; y < 4; y++) begin
      a = int'(src[32*y+:8]) + int'(src[32*y+8+:8]);
      b = int'(src[32*y+16+:8]) + int'(src[32*y+24+:8]);
      c = int'(src[32*y+:8]) - int'(src[32*y+8+:8]);
      d = int'(src[32*y+16+:8]) - int'(src[32*y+24+:8]);
      s[4*y] = a + b;
      s[4*y+1] = a - b;
      s[4*y+2] = c - d;
      s[4*y+3] = c + d;
    end
    for (int x = 0; x < 4; x++) begin
      a = s[x] + s[4+x];
      b = s[8+x] + s[12+x];
      c = s[x] - s[4+x];
      d = s[8+x] - s[12+x];
      s[x] = a + b;
      s[4+x] = a - b;
      s[8+x] = c - d;
      s[12+x] = c + d;
    end
    a = int'(refs.top[7:0]) + int'(refs.top[15:8]);
    b = int'(refs.top[23:16]) + int'(refs.top[31:24]);
    c = int'(refs.top[7:0]) - int'(refs.top[15:8]);
    d = int'(refs.top[23:16]) - int'(refs.top[31:24]);
    t[0] = 4 * (a + b);
    t[1] = 4 * (a - b);
    t[2] = 4 * (c - d);
    t[3] = 4 * (c + d);
    a = int'(refs.left[7:0]) + int'(refs.left[15:8]);
    b = int'(refs.left[23:16]) + int'(refs.left[31:24]);
    c = int'(refs.left[7:0]) - int'(refs.left[15:8]);
    d = int'(refs.left[23:16]) - int'(refs.left[31:24]);
    l[0] = 4 * (a + b);
    l[1] = 4 * (a - b);
    l[2] = 4 * (c - d);
    l[3] = 4 * (c + d);

    rest = 0;
    for (int i = 5; i < 16; i++) begin
      if (i % 4 != 0) rest += magnitude(s[i]);
    end
    row = magnitude(s[1]) + magnitude(s[2]) + magnitude(s[3]);
    column = magnitude(s[4]) + magnitude(s[8]) + magnitude(s[12]);
    base = int'(refs.plane.base) - 16;
    sx = int'(refs.plane.slope_x);
    sy = int'(refs.plane.slope_y);
    costs[PredVertical] = 16'(rest + column + magnitude(s[0] - t[0]) + magnitude(s[1] - t[1]) + magnitude(s[2] - t[2]) + magnitude(s[3] - t[3]));
    costs[PredHorizontal] = 16'(rest + row + magnitude(s[0] - l[0]) + magnitude(s[4] - l[1]) + magnitude(s[8] - l[2]) + magnitude(s[12] - l[3]));
    costs[PredDc] = 16'(rest + row + column + magnitude(s[0] - 16 * int'(refs.dc)));
    costs[PredPlane] = 16'(rest + magnitude(s[2]) + magnitude(s[8]) + magnitude(s[0] - ((16 * base + 24 * (sx + sy)) >>> 5)) +
                           magnitude(s[1] + (sx >>> 1)) + magnitude(s[3] + (sx >>> 2)) + magnitude(s[4] + (sy >>> 1)) +
                           magnitude(s[12] + (sy >>> 2)));
    return costs;
  endfunction

  // Sum of absolute Hadamard-transformed differences of one block.
  function automatic int hadamard_cost(input block_t src, input block_t pred);
    int s[16];
    int a;
    int b;
    int c;
    int d;
    int sum;
    for (int i = 0; i < 16; i++) s[i] = int'(src[8*i+:8]) - int'(pred[8*i+:8]);
    for (int y = 0; y < 4; y++) begin
      a = s[4*y] + s[4*y+1];
      b = s[4*y+2] + s[4*y+3];
      c = s[4*y] - s[4*y+1];
      d = s[4*y+2] - s[4*y+3];
      s[4*y] = a + b;
      s[4*y+1] = a - b;
      s[4*y+2] = c - d;
      s[4*y+3] = c + d;
    end
    sum = 0;
    for (int x = 0; x < 4; x++) begin
      a = s[x] + s[4+x];
      b = s[8+x] + s[12+x];
      c = s[x] - s[4+x];
      d = s[8+x] - s[12+x];
      sum += magnitude(a + b) + magnitude(a - b) + magnitude(c - d) + magnitude(c + d);
    end
    return sum;
  endfunction

  // The pixels around a 4x4 block.
  typedef struct packed {
    logic        has_top;
    logic        has_left;
    logic [63:0] top;     // 8 above, the right four repeat the fourth where they are not decoded yet
    logic [7:0]  corner;
    logic [31:0] left;
  } edge4_t;

  // What was chosen for a 4x4 block.
  typedef struct packed {
    logic [3:0] mode;  // Intra4x4PredMode as in table 8-2
    block_t     pred;
  } choice4_t;

  localparam logic [3:0] Intra4Dc = 4'd2;

  // Means of bytes in lanes, rounded up and down.
  function automatic logic [63:0] mean_up(input logic [63:0] x, input logic [63:0] y);
    return (x | y) - (((x ^ y) >> 1) & 64'h7f7f7f7f7f7f7f7f);
  endfunction

  function automatic logic [63:0] mean_down(input logic [63:0] x, input logic [63:0] y);
    return (x & y) + (((x ^ y) >> 1) & 64'h7f7f7f7f7f7f7f7f);
  endfunction

  // Absolute differences of four bytes in the even lanes; a guard bit above each keeps the lanes apart.
  function automatic logic [63:0] difference(input logic [63:0] x, input logic [63:0] y);
    logic [63:0] d;
    logic [63:0] m;
    d = ((x & 64'h00ff00ff00ff00ff) | 64'h0100010001000100) - (y & 64'h00ff00ff00ff00ff);
    m = ((d >> 8) & 64'h0001000100010001) ^ 64'h0001000100010001;
    return ((d & 64'h00ff00ff00ff00ff) ^ ((m << 8) - m)) + m;
  endfunction

  // Sum of absolute differences of 16 pixels, in two words.
  function automatic int sad16(input logic [63:0] a0, input logic [63:0] a1, input logic [63:0] b0, input logic [63:0] b1);
    logic [63:0] sum;
    sum = difference(a0, b0) + difference(a0 >> 8, b0 >> 8) + difference(a1, b1) + difference(a1 >> 8, b1 >> 8);
    sum = sum + (sum >> 32);
    return int'(sum[15:0]) + int'(sum[31:16]);
  endfunction

  // The best of the nine modes of a 4x4 block by sum of absolute differences; the predicted mode costs one bit, the others four.
  function automatic choice4_t choose_4x4(input block_t src, input edge4_t around, input logic [3:0] predicted, input logic [7:0] weight);
    logic [63:0] low;    // along the edge from the lower left corner: left 3..0, corner, above 0..2
    logic [63:0] high;   // above 0..7
    logic [63:0] l2;     // two-tap means around low: byte i of e[i] and e[i + 1]
    logic [63:0] l3;     // three-tap means: byte i around e[i + 1]
    logic [63:0] h2;     // byte i of above i and i + 1
    logic [63:0] h3;     // byte i around above i + 1
    logic [7:0]  l30;    // around e[0]
    logic [7:0]  mean;
    logic [63:0] p0[9];  // rows 0 and 1
    logic [63:0] p1[9];  // rows 2 and 3
    logic        any;
    logic [8:0]  possible;
    int          t;
    int          l;
    int          cost;
    int          best_cost;
    choice4_t    best;
    low = {around.top[23:0], around.corner, around.left[7:0], around.left[15:8], around.left[23:16], around.left[31:24]};
    high = around.top;
    l2 = mean_up(low, {high[31:24], low[63:8]});
    l3 = mean_up({high[31:24], low[63:8]}, mean_down(low, {high[39:24], low[63:16]}));
    h2 = mean_up(high, {high[63:56], high[63:8]});
    h3 = mean_up({high[63:56], high[63:8]}, mean_down(high, {{2{high[63:56]}}, high[63:16]}));
    l30 = 8'((3 * int'(low[7:0]) + int'(low[15:8]) + 2) >> 2);
    t = sum4(high[31:0]);
    l = sum4(around.left);
    unique case ({around.has_top, around.has_left})
      2'b11: begin
        mean = 8'((t + l + 4) >> 3);
        possible = 9'h1ff;
      end
      2'b10: begin
        mean = 8'((t + 2) >> 2);
        possible = 9'h08d;
      end
      2'b01: begin
        mean = 8'((l + 2) >> 2);
        possible = 9'h106;
      end
      default: begin
        mean = 8'd128;
        possible = 9'h004;
      end
    endcase
    // Vertical, horizontal, DC.
    p0[0] = {2{high[31:0]}};
    p1[0] = p0[0];
    p0[1] = {{4{around.left[15:8]}}, {4{around.left[7:0]}}};
    p1[1] = {{4{around.left[31:24]}}, {4{around.left[23:16]}}};
    p0[2] = {8{mean}};
    p1[2] = {8{mean}};
    // Diagonal down left, down right.
    p0[3] = {h3[39:8], h3[31:0]};
    p1[3] = {h3[55:24], h3[47:16]};
    p0[4] = {l3[47:16], l3[55:24]};
    p1[4] = {l3[31:0], l3[39:8]};
    // Vertical right, horizontal down.
    p0[5] = {l3[55:24], l2[63:32]};
    p1[5] = {l3[47:24], l3[15:8], l2[55:32], l3[23:16]};
    p0[6] = {l3[31:24], l2[31:24], l3[23:16], l2[23:16], l3[47:24], l2[31:24]};
    p1[6] = {l3[15:8], l2[15:8], l3[7:0], l2[7:0], l3[23:16], l2[23:16], l3[15:8], l2[15:8]};
    // Vertical left, horizontal up.
    p0[7] = {h3[31:0], h2[31:0]};
    p1[7] = {h3[39:8], h2[39:8]};
    p0[8] = {l30, l2[7:0], l3[7:0], l2[15:8], l3[7:0], l2[15:8], l3[15:8], l2[23:16]};
    p1[8] = {{4{low[7:0]}}, {2{low[7:0]}}, l30, l2[7:0]};
    best.mode = '0;
    best.pred = '0;
    best_cost = 0;
    any = 1'b0;
    for (int mode = 0; mode < 9; mode++) begin
      if (possible[mode]) begin
        cost = sad16(src[63:0], src[127:64], p0[mode], p1[mode]) + int'(weight) * (4'(mode) == predicted ? 1 : 4);
        if (!any || cost < best_cost) begin
          any = 1'b1;
          best_cost = cost;
          best.mode = 4'(mode);
        end
      end
    end
    best.pred = {p1[best.mode], p0[best.mode]};
    return best;
  endfunction

  // What a bit weighs against block_costs, which are about twice a sum of absolute differences: 2 * 2 ** ((qp - 12) / 6).
  function automatic logic [7:0] bit_cost(input logic [5:0] qp);
    localparam logic [7:0] Table[6] = '{8'd128, 8'd144, 8'd161, 8'd181, 8'd203, 8'd228};
    logic [7:0] mantissa;
    mantissa = Table[3'(qp % 6'd6)];
    return mantissa >> (4'd8 - 4'(qp / 6'd6));
  endfunction

endpackage : h264_intra_pkg
