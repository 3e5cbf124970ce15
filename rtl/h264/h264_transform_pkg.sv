// Transform, quantisation and their inverses (clause 8.5), as functions of one block.
package h264_transform_pkg;
  import h264_pkg::*;

  // What a quantisation parameter means for one colour component. The three scales are for coefficients in even rows and columns, in odd
  // rows and columns, and the others.
  typedef struct packed {
    logic [3:0]       period;   // qp / 6
    logic [2:0][13:0] scale;    // quantisation
    logic [2:0][4:0]  inverse;  // levelScale / 16
  } quant_t;

  // A transformed and quantised 4x4 block whose DC goes its own way (Intra16x16 luma and chroma).
  typedef struct packed {
    logic signed [15:0] dc;  // not quantised
    levels_t            levels;
    scan_t              scan;
    logic [11:0]        bits_max;  // no coding of this block is longer
    logic [3:0]         score;     // keep_score()
  } ac_block_t;

  // A block of quantised DC levels, and what the decoder makes of them, in raster order.
  typedef struct packed {
    levels_t      levels;
    scan_t        scan;
    logic [255:0] scaled;
    logic [11:0]  bits_max;
  } dc_block_t;

  // Raster position (x + 4 * y) of zig-zag position z.
  localparam int ZigZag[16] = '{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  // QPc of table 8-15, chroma_qp_index_offset 0.
  function automatic logic [5:0] chroma_qp(input logic [5:0] qp);
    localparam logic [5:0] Table[22] = '{6'd29, 6'd30, 6'd31, 6'd32, 6'd32, 6'd33, 6'd34, 6'd34, 6'd35, 6'd35, 6'd36, 6'd36, 6'd37, 6'd37,
                                         6'd37, 6'd38, 6'd38, 6'd38, 6'd39, 6'd39, 6'd39, 6'd39};
    return qp < 6'd30 ? qp : Table[5'(qp - 6'd30)];
  endfunction

  function automatic quant_t quant_of(input logic [5:0] qp);
    quant_t q;
    q.period = 4'(qp / 6'd6);
    unique case (qp % 6'd6)
      6'd0: begin
        q.scale = {14'd8066, 14'd5243, 14'd13107};
        q.inverse = {5'd13, 5'd16, 5'd10};
      end
      6'd1: begin
        q.scale = {14'd7490, 14'd4660, 14'd11916};
        q.inverse = {5'd14, 5'd18, 5'd11};
      end
      6'd2: begin
        q.scale = {14'd6554, 14'd4194, 14'd10082};
        q.inverse = {5'd16, 5'd20, 5'd13};
      end
      6'd3: begin
        q.scale = {14'd5825, 14'd3647, 14'd9362};
        q.inverse = {5'd18, 5'd23, 5'd14};
      end
      6'd4: begin
        q.scale = {14'd5243, 14'd3355, 14'd8192};
        q.inverse = {5'd20, 5'd25, 5'd16};
      end
      default: begin
        q.scale = {14'd4559, 14'd2893, 14'd7282};
        q.inverse = {5'd23, 5'd29, 5'd18};
      end
    endcase
    return q;
  endfunction

  // Which of the three scales raster position i takes.
  function automatic int scale_class(input int i);
    return i % 2 != (i / 4) % 2 ? 2 : i % 2;
  endfunction

  function automatic int magnitude(input int value);
    return value < 0 ? -value : value;
  endfunction

  // An upper bound on the bits of a block, from the number of its levels and the sum of their magnitudes: coeff_token takes at most 16 bits,
  // total_zeros 9, a level 2 * magnitude + 6 whatever suffixLength is, run_before 3, and the one run longer than 6 that fits 8 more.
  function automatic logic [11:0] block_bits_max(input int count, input int sum);
    int bits;
    bits = count == 0 ? 6 : 33 + 9 * count + 2 * sum;
    return bits > 4095 ? 12'd4095 : 12'(bits);
  endfunction

  // How much a block of few small levels is worth keeping: 0..3 for each level, by the zeros before it in the scan; 9 if one is beyond 1.
  function automatic logic [3:0] keep_score(input scan_t scan);
    int score;
    int zeros;
    score = 9;
    if ((scan.nonzero & ~scan.one) == '0) begin
      score = 0;
      zeros = 0;
      for (int z = 0; z < 16; z++) begin
        if (scan.nonzero[15-z]) begin
          score += zeros == 0 ? 3 : zeros < 3 ? 2 : zeros < 6 ? 1 : 0;
          zeros = 0;
        end else begin
          zeros = zeros + 1;
        end
      end
    end
    return score > 9 ? 4'd9 : 4'(score);
  endfunction

  // Forward transform of source minus prediction and quantisation, of all but DC unless with_dc. Levels are rounded up from 2/3 on for intra,
  // from 5/6 on for inter.
  function automatic ac_block_t forward_block(input block_t src, input block_t pred, input quant_t q, input logic inter, input logic with_dc);
    int w[16];
    int level[16];
    int s0;
    int s1;
    int d0;
    int d1;
    int m;
    int round;
    int count;
    int sum;
    int shift;
    int scale0;
    int scale1;
    int scale2;
    ac_block_t result;
    for (int y = 0; y < 4; y++) begin
      w[0] = int'(src[32*y+:8]) - int'(pred[32*y+:8]);
      w[1] = int'(src[32*y+8+:8]) - int'(pred[32*y+8+:8]);
      w[2] = int'(src[32*y+16+:8]) - int'(pred[32*y+16+:8]);
      w[3] = int'(src[32*y+24+:8]) - int'(pred[32*y+24+:8]);
      s0 = w[0] + w[3];
      s1 = w[1] + w[2];
      d0 = w[0] - w[3];
      d1 = w[1] - w[2];
      level[4*y] = s0 + s1;
      level[4*y+1] = 2 * d0 + d1;
      level[4*y+2] = s0 - s1;
      level[4*y+3] = d0 - 2 * d1;
    end
    for (int x = 0; x < 4; x++) begin
      s0 = level[x] + level[12+x];
      s1 = level[4+x] + level[8+x];
      d0 = level[x] - level[12+x];
      d1 = level[4+x] - level[8+x];
      w[x] = s0 + s1;
      w[4+x] = 2 * d0 + d1;
      w[8+x] = s0 - s1;
      w[12+x] = d0 - 2 * d1;
    end
    shift = 15 + int'(q.period);
    round = (inter ? 5461 : 10922) << q.period;
    scale0 = int'(q.scale[0]);
    scale1 = int'(q.scale[1]);
    scale2 = int'(q.scale[2]);
    count = 0;
    sum = 0;
    result.scan = '0;
    for (int z = 0; z < 16; z++) begin
      m = z == 0 && !with_dc ? 0 : (magnitude(w[ZigZag[z]]) *
                               (scale_class(ZigZag[z]) == 0 ? scale0 : scale_class(ZigZag[z]) == 1 ? scale1 : scale2) + round) >> shift;
      level[z] = w[ZigZag[z]] < 0 ? -m : m;
      result.scan.nonzero[15-z] = m != 0;
      result.scan.one[15-z] = m == 1;
      result.scan.negative[15-z] = w[ZigZag[z]] < 0;
      sum += m;
    end
    count = $countones(result.scan.nonzero);
    result.dc = 16'(w[0]);
    result.bits_max = block_bits_max(count, sum);
    result.levels = {16'(level[15]), 16'(level[14]), 16'(level[13]), 16'(level[12]), 16'(level[11]), 16'(level[10]), 16'(level[9]),
                     16'(level[8]), 16'(level[7]), 16'(level[6]), 16'(level[5]), 16'(level[4]), 16'(level[3]), 16'(level[2]),
                     16'(level[1]), 16'(level[0])};
    result.score = result.scan.nonzero == '0 ? 4'd0 : keep_score(result.scan);
    return result;
  endfunction

  // Scales the levels of one block, transforms them back, with the DC as it comes if it has been scaled already, and adds the prediction.
  function automatic block_t reconstruct_block(input levels_t levels, input logic has_ac, input logic own_dc, input logic signed [15:0] dc,
                                               input block_t pred, input quant_t q);
    int d[16];
    int f[16];
    int a;
    int b;
    int c;
    int e;
    int scale0;
    int scale1;
    int scale2;
    block_t rec;
    if (!has_ac && (own_dc || dc == '0)) begin
      rec = pred;
    end else if (!has_ac) begin
      a = (int'(dc) + 32) >>> 6;
      for (int i = 0; i < 16; i++) rec[8*i+:8] = h264_intra_pkg::clip_pixel(int'(pred[8*i+:8]) + a);
    end else begin
      scale0 = int'(q.inverse[0]) << q.period;
      scale1 = int'(q.inverse[1]) << q.period;
      scale2 = int'(q.inverse[2]) << q.period;
      d[0] = own_dc ? int'($signed(levels[15:0])) * scale0 : int'(dc);
      for (int z = 1; z < 16; z++) begin
        d[ZigZag[z]] = int'($signed(levels[16*z+:16])) *
                       (scale_class(ZigZag[z]) == 0 ? scale0 : scale_class(ZigZag[z]) == 1 ? scale1 : scale2);
      end
      for (int y = 0; y < 4; y++) begin
        a = d[4*y] + d[4*y+2];
        b = d[4*y] - d[4*y+2];
        c = (d[4*y+1] >>> 1) - d[4*y+3];
        e = d[4*y+1] + (d[4*y+3] >>> 1);
        f[4*y] = a + e;
        f[4*y+1] = b + c;
        f[4*y+2] = b - c;
        f[4*y+3] = a - e;
      end
      for (int x = 0; x < 4; x++) begin
        a = f[x] + f[8+x];
        b = f[x] - f[8+x];
        c = (f[4+x] >>> 1) - f[12+x];
        e = f[4+x] + (f[12+x] >>> 1);
        d[x] = a + e;
        d[4+x] = b + c;
        d[8+x] = b - c;
        d[12+x] = a - e;
      end
      for (int i = 0; i < 16; i++) rec[8*i+:8] = h264_intra_pkg::clip_pixel(int'(pred[8*i+:8]) + ((d[i] + 32) >>> 6));
    end
    return rec;
  endfunction

  typedef int matrix_t[16];

  function automatic matrix_t hadamard(input matrix_t in);
    matrix_t s;
    matrix_t out;
    int a;
    int b;
    int c;
    int e;
    for (int y = 0; y < 4; y++) begin
      a = in[4*y] + in[4*y+1];
      b = in[4*y+2] + in[4*y+3];
      c = in[4*y] - in[4*y+1];
      e = in[4*y+2] - in[4*y+3];
      s[4*y] = a + b;
      s[4*y+1] = a - b;
      s[4*y+2] = c - e;
      s[4*y+3] = c + e;
    end
    for (int x = 0; x < 4; x++) begin
      a = s[x] + s[4+x];
      b = s[8+x] + s[12+x];
      c = s[x] - s[4+x];
      e = s[8+x] - s[12+x];
      out[x] = a + b;
      out[4+x] = a - b;
      out[8+x] = c - e;
      out[12+x] = c + e;
    end
    return out;
  endfunction

  // The second transform of Intra16x16: dc holds the DC coefficients of the 16 blocks in raster order.
  function automatic dc_block_t luma_dc_block(input logic [255:0] dc, input quant_t q);
    int w[16];
    int level[16];
    int a;
    int b;
    int c;
    int e;
    int m;
    int round;
    int shift;
    int sum;
    int scale;
    dc_block_t result;
    for (int i = 0; i < 16; i++) w[i] = int'($signed(dc[16*i+:16]));
    w = hadamard(w);
    shift = 16 + int'(q.period);
    round = 21845 << q.period;
    scale = int'(q.scale[0]);
    sum = 0;
    result.scan = '0;
    result.levels = '0;
    for (int z = 0; z < 16; z++) begin
      a = w[ZigZag[z]];
      m = ((magnitude(a) + 1) / 2 * scale + round) >> shift;
      level[ZigZag[z]] = a < 0 ? -m : m;
      result.levels[16*z+:16] = 16'(level[ZigZag[z]]);
      result.scan.nonzero[15-z] = m != 0;
      result.scan.one[15-z] = m == 1;
      result.scan.negative[15-z] = a < 0;
      // An escape code of 28 bits holds levels up to 2047 whatever suffixLength is.
      sum += m > 2047 ? 4095 : m > 11 ? 11 : m;
    end
    result.bits_max = block_bits_max($countones(result.scan.nonzero), sum);
    w = hadamard(level);
    b = int'(q.inverse[0]) << q.period;
    for (int i = 0; i < 16; i++) begin
      c = w[i] * b;
      e = (c + 2) >>> 2;
      result.scaled[16*i+:16] = 16'(e);
    end
    return result;
  endfunction

  // The second transform of one chroma component: dc holds the DC coefficients of its four blocks. The levels stand in zig-zag positions 0..3.
  function automatic dc_block_t chroma_dc_block(input logic [63:0] dc, input quant_t q, input logic inter);
    int w[4];
    int level[4];
    int m;
    int round;
    int shift;
    int sum;
    int scale;
    dc_block_t result;
    w[0] = int'($signed(dc[15:0])) + int'($signed(dc[31:16]));
    w[1] = int'($signed(dc[15:0])) - int'($signed(dc[31:16]));
    w[2] = int'($signed(dc[47:32])) + int'($signed(dc[63:48]));
    w[3] = int'($signed(dc[47:32])) - int'($signed(dc[63:48]));
    shift = 16 + int'(q.period);
    round = (inter ? 10922 : 21845) << q.period;
    scale = int'(q.scale[0]);
    sum = 0;
    result = '0;
    for (int i = 0; i < 4; i++) begin
      level[i] = i < 2 ? w[i%2] + w[i%2+2] : w[i%2] - w[i%2+2];
      m = (magnitude(level[i]) * scale + round) >> shift;
      result.scan.nonzero[15-i] = m != 0;
      result.scan.one[15-i] = m == 1;
      result.scan.negative[15-i] = level[i] < 0;
      level[i] = level[i] < 0 ? -m : m;
      result.levels[16*i+:16] = 16'(level[i]);
      sum += m > 2047 ? 4095 : m > 11 ? 11 : m;
    end
    result.bits_max = block_bits_max($countones(result.scan.nonzero), sum);
    scale = int'(q.inverse[0]) << q.period;
    w[0] = level[0] + level[1];
    w[1] = level[0] - level[1];
    w[2] = level[2] + level[3];
    w[3] = level[2] - level[3];
    for (int i = 0; i < 4; i++) begin
      m = i < 2 ? w[i%2] + w[i%2+2] : w[i%2] - w[i%2+2];
      result.scaled[16*i+:16] = 16'((m * scale) >>> 1);
    end
    return result;
  endfunction

endpackage : h264_transform_pkg
