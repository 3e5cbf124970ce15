// Motion search and inter prediction (clause 8.4.2.2) as functions of 64-bit words: eight pixels, or four 16-bit lanes.
//
// Lanes do not borrow from each other: wherever a lane could become negative, it carries an offset that is said there.
package h264_motion_pkg;
  import h264_pkg::*;

  // Whole samples, -16..16.
  typedef struct packed {
    logic signed [5:0] y;
    logic signed [5:0] x;
  } whole_t;

  // A vector with the SAD and bits that it costs.
  typedef struct packed {
    logic [16:0] cost;
    whole_t      v;
  } best_t;

  // SADs of the four 8x8 blocks, or for each of them the sum over the partition that has it.
  typedef logic [3:0][15:0] sads_t;

  // The four corners of a quadrant between whole samples, with the letters of clause 8.4.2.2.1.
  typedef enum logic [1:0] {
    SampleWhole = 2'd0,  // G
    SampleSide  = 2'd1,  // b: half a sample to the side
    SampleDown  = 2'd2,  // h: half a sample down
    SampleBoth  = 2'd3   // j
  } sample_e;

  // A place in a quadrant, in quarter samples from its whole samples: 0..2 each.
  typedef struct packed {
    logic [1:0] y;
    logic [1:0] x;
  } position_t;

  localparam int Reach = MvLimit / 4;
  localparam logic [15:0] NoSad = 16'h3FFF;   // of a block at a vector that is not a candidate: above all others, and four of them still fit
  localparam best_t NoBest = '{cost: '1, v: '0};

  localparam logic [63:0] Low8 = 64'h00FF_00FF_00FF_00FF;
  localparam logic [63:0] Low10 = 64'h03FF_03FF_03FF_03FF;
  localparam logic [63:0] Low11 = 64'h07FF_07FF_07FF_07FF;
  localparam logic [63:0] Low14 = 64'h3FFF_3FFF_3FFF_3FFF;
  localparam logic [63:0] Low15 = 64'h7FFF_7FFF_7FFF_7FFF;
  localparam logic [63:0] Ones = 64'h0001_0001_0001_0001;
  localparam logic [63:0] Tops = 64'h8000_8000_8000_8000;

  function automatic logic [63:0] even(input logic [63:0] pixels);
    return pixels & Low8;
  endfunction

  function automatic logic [63:0] odd(input logic [63:0] pixels);
    return (pixels >> 8) & Low8;
  endfunction

  // The word that begins shift bits after the beginning of lo.
  function automatic logic [63:0] aligned(input logic [63:0] lo, input logic [63:0] hi, input logic [5:0] shift);
    return (lo >> shift) | ((hi << 1) << (6'd63 ^ shift));
  endfunction

  // 256 - |a - b| of lanes of pixels.
  function automatic logic [63:0] nearness_lanes(input logic [63:0] a, input logic [63:0] b);
    logic [63:0] d;
    logic [63:0] m;
    d = (a | (Ones << 8)) - b;
    m = (d >> 8) & Ones;
    return (d ^ ((m << 9) - m)) + m;
  endfunction

  // 512 - the absolute differences of two pixels, in lanes.
  function automatic logic [63:0] nearness(input logic [63:0] a, input logic [63:0] b);
    return nearness_lanes(even(a), even(b)) + nearness_lanes(odd(a), odd(b));
  endfunction

  // The SAD of eight rows from the sum of their nearness.
  function automatic logic [15:0] sad_of(input logic [63:0] near);
    return 16'd16384 - 16'((near * Ones) >> 48);
  endfunction

  // Rounded means of pixels.
  function automatic logic [63:0] mean(input logic [63:0] p, input logic [63:0] q);
    return (p | q) - (((p ^ q) >> 1) & 64'h7F7F_7F7F_7F7F_7F7F);
  endfunction

  // Clip1(value - offset) in lanes; value - offset < 512.
  function automatic logic [63:0] clip_lanes(input logic [63:0] value, input logic [63:0] offset);
    logic [63:0] d;
    logic [63:0] m;
    logic [63:0] r;
    d = (value | Tops) - offset;
    m = (d >> 15) & Ones;
    r = d & ((m << 15) - m);
    m = (r >> 8) & Ones;
    return (r | ((m << 8) - m)) & Low8;
  endfunction

  // a - 5 b + 20 c + 2560: the six taps over the sums of the outer, middle and inner pairs of pixels; 10..13270.
  function automatic logic [63:0] filter(input logic [63:0] a, input logic [63:0] b, input logic [63:0] c);
    return a + c * 64'd20 + Ones * 64'd2560 - b * 64'd5;
  endfunction

  // The samples of filter's sums: (sum + 16) >> 5, clipped.
  function automatic logic [63:0] rounded(input logic [63:0] sum);
    return clip_lanes(((sum + Ones * 64'd16) >> 5) & Low11, Ones * 64'd80);
  endfunction

  // (a - 5 b + 20 c + 512) >> 10, clipped, of pairs of filter's sums, which carry 5120. The taps are divided by 4 and again by 4 on the way,
  // which loses nothing that the last shift would not: ((a - b) / 4 + c - b) / 4 + c. The first quotient carries 8192, the second 10240.
  function automatic logic [63:0] filter_again(input logic [63:0] a, input logic [63:0] b, input logic [63:0] c);
    logic [63:0] u;
    logic [63:0] w;
    logic [63:0] half;
    u = (((a | Tops) - b) >> 2) & Low14;
    w = (c | Tops) - b;
    half = (u & w) + (((u ^ w) >> 1) & Low15);
    return clip_lanes(((((half >> 1) & Low15) + c + Ones * 64'd32) >> 6) & Low10, Ones * 64'd240);
  endfunction

  // The two samples whose mean is found at a place: {second, first}.
  function automatic logic [3:0] samples_at(input position_t position);
    unique case (position)
      4'b0000: samples_at = {SampleWhole, SampleWhole};
      4'b0001: samples_at = {SampleSide, SampleWhole};
      4'b0010: samples_at = {SampleSide, SampleSide};
      4'b0100: samples_at = {SampleDown, SampleWhole};
      4'b0101: samples_at = {SampleDown, SampleSide};
      4'b0110: samples_at = {SampleBoth, SampleSide};
      4'b1000: samples_at = {SampleDown, SampleDown};
      4'b1001: samples_at = {SampleBoth, SampleDown};
      default: samples_at = {SampleBoth, SampleBoth};
    endcase
  endfunction

  // Bits of se(value), clause 9.1.
  function automatic int se_bits(input int value);
    int magnitude;
    magnitude = value < 0 ? -value : value;
    return magnitude == 0 ? 1 : magnitude < 2 ? 3 : magnitude < 4 ? 5 : magnitude < 8 ? 7 : magnitude < 16 ? 9 : magnitude < 32 ? 11 :
           magnitude < 64 ? 13 : magnitude < 128 ? 15 : 17;
  endfunction

  // The cost of a vector (x, y) in quarter samples.
  function automatic int vector_cost(input int x, input int y, input mv_t mvp, input logic [7:0] bit_weight);
    return (se_bits(x - int'(mvp.x)) + se_bits(y - int'(mvp.y))) * int'(bit_weight);
  endfunction

  function automatic int whole_cost(input whole_t v, input mv_t mvp, input logic [7:0] bit_weight);
    return vector_cost(4 * int'(v.x), 4 * int'(v.y), mvp, bit_weight);
  endfunction

  function automatic logic within_reach(input whole_t v);
    return int'(v.x) <= Reach && int'(v.x) >= -Reach && int'(v.y) <= Reach && int'(v.y) >= -Reach;
  endfunction

  function automatic whole_t whole_of(input mv_t mv);
    return '{y: 6'((int'(mv.y) + 2) >>> 2), x: 6'((int'(mv.x) + 2) >>> 2)};
  endfunction

  // Directions: left, right, up, down; the opposite of d is d ^ 1.
  function automatic whole_t neighbour(input whole_t v, input logic [1:0] d);
    return '{y: v.y + (d[1] ? (d[0] ? 6'sd1 : -6'sd1) : 6'sd0), x: v.x + (d[1] ? 6'sd0 : d[0] ? 6'sd1 : -6'sd1)};
  endfunction

  function automatic best_t better(input best_t best, input whole_t v, input int sad, input int bits_cost);
    return 17'(sad + bits_cost) < best.cost ? '{cost: 17'(sad + bits_cost), v: v} : best;
  endfunction

  function automatic sads_t over_partitions(input partition_e partition, input sads_t s);
    logic [15:0] all;
    all = s[0] + s[1] + s[2] + s[3];
    unique case (partition)
      Part16x16: over_partitions = {4{all}};
      Part16x8:  over_partitions = {{2{s[2] + s[3]}}, {2{s[0] + s[1]}}};
      Part8x16:  over_partitions = {2{s[1] + s[3], s[0] + s[2]}};
      default:   over_partitions = s;
    endcase
  endfunction

  // The coarsest partition with these vectors.
  function automatic partition_e merged_partition(input mv_t [3:0] mv);
    logic rows;
    logic columns;
    rows = mv[0] == mv[1] && mv[2] == mv[3];
    columns = mv[0] == mv[2] && mv[1] == mv[3];
    return rows ? (columns ? Part16x16 : Part16x8) : columns ? Part8x16 : Part8x8;
  endfunction

  // Bits of mb_type and all sub_mb_type.
  function automatic int type_bits(input partition_e partition);
    return partition == Part16x16 ? 1 : partition == Part8x8 ? 9 : 3;
  endfunction

  // A vector at a place of the quadrant whose whole samples are right of (below) the half samples.
  function automatic mv_t moved(input whole_t v, input logic right, input logic below, input position_t position);
    mv_t mv;
    mv.x = 9'(4 * int'(v.x) + (right ? -int'(position.x) : int'(position.x)));
    mv.y = 9'(4 * int'(v.y) + (below ? -int'(position.y) : int'(position.y)));
    return mv;
  endfunction

endpackage : h264_motion_pkg
