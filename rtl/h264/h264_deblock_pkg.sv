// The deblocking filter (clause 8.7) of progressive frames with FilterOffsetA and FilterOffsetB 0, as functions.
//
// One operation filters four lines across one edge: block p, left of it or above it, and block q. The samples of the four lines that lie equally
// far from the edge are computed together, in one word of four 16-bit lanes: all arithmetic here is the lanes' own, no borrow or carry crosses.
package h264_deblock_pkg;
  import h264_pkg::*;
  import h264_transform_pkg::chroma_qp;

  typedef logic [63:0] lanes_t;  // of the lines 0, 2, 1, 3: the order in which rows and columns of a block fall out alike

  localparam lanes_t One = 64'h0001_0001_0001_0001;
  localparam lanes_t Low = 64'h00FF_00FF_00FF_00FF;
  localparam lanes_t Guard = 64'h8000_8000_8000_8000;
  localparam lanes_t EvenLanes = 64'h0000_FFFF_0000_FFFF;
  localparam lanes_t OddLanes = 64'hFFFF_0000_FFFF_0000;
  localparam lanes_t LowHalf = 64'h0000_0000_FFFF_FFFF;
  localparam lanes_t HighHalf = 64'hFFFF_FFFF_0000_0000;

  // Tables 8-16 and 8-17.
  typedef struct packed {
    logic [7:0] alpha;
    logic [4:0] beta;
    logic [4:0] tc0_bs3;
    logic [4:0] tc0_bs2;
    logic [4:0] tc0_bs1;
  } thresholds_t;

  // Below this average of QPs, alpha and beta are 0 and nothing is filtered.
  localparam logic [5:0] FirstQp = 6'd16;

  localparam thresholds_t Thresholds[36] = '{  // from FirstQp on
    {8'd4, 5'd2, 5'd0, 5'd0, 5'd0}, {8'd4, 5'd2, 5'd1, 5'd0, 5'd0}, {8'd5, 5'd2, 5'd1, 5'd0, 5'd0}, {8'd6, 5'd3, 5'd1, 5'd0, 5'd0},
    {8'd7, 5'd3, 5'd1, 5'd0, 5'd0}, {8'd8, 5'd3, 5'd1, 5'd1, 5'd0}, {8'd9, 5'd3, 5'd1, 5'd1, 5'd0}, {8'd10, 5'd4, 5'd1, 5'd1, 5'd1},
    {8'd12, 5'd4, 5'd1, 5'd1, 5'd1}, {8'd13, 5'd4, 5'd1, 5'd1, 5'd1}, {8'd15, 5'd6, 5'd1, 5'd1, 5'd1}, {8'd17, 5'd6, 5'd2, 5'd1, 5'd1},
    {8'd20, 5'd7, 5'd2, 5'd1, 5'd1}, {8'd22, 5'd7, 5'd2, 5'd1, 5'd1}, {8'd25, 5'd8, 5'd2, 5'd1, 5'd1}, {8'd28, 5'd8, 5'd3, 5'd2, 5'd1},
    {8'd32, 5'd9, 5'd3, 5'd2, 5'd1}, {8'd36, 5'd9, 5'd3, 5'd2, 5'd2}, {8'd40, 5'd10, 5'd4, 5'd2, 5'd2}, {8'd45, 5'd10, 5'd4, 5'd3, 5'd2},
    {8'd50, 5'd11, 5'd4, 5'd3, 5'd2}, {8'd56, 5'd11, 5'd5, 5'd3, 5'd3}, {8'd63, 5'd12, 5'd6, 5'd4, 5'd3}, {8'd71, 5'd12, 5'd6, 5'd4, 5'd3},
    {8'd80, 5'd13, 5'd7, 5'd5, 5'd4}, {8'd90, 5'd13, 5'd8, 5'd5, 5'd4}, {8'd101, 5'd14, 5'd9, 5'd6, 5'd4}, {8'd113, 5'd14, 5'd10, 5'd7, 5'd5},
    {8'd127, 5'd15, 5'd11, 5'd8, 5'd6}, {8'd144, 5'd15, 5'd13, 5'd8, 5'd6}, {8'd162, 5'd16, 5'd14, 5'd10, 5'd7}, {8'd182, 5'd16, 5'd16, 5'd11, 5'd8},
    {8'd203, 5'd17, 5'd18, 5'd12, 5'd9}, {8'd226, 5'd17, 5'd20, 5'd13, 5'd10},
    {8'd255, 5'd18, 5'd23, 5'd15, 5'd11}, {8'd255, 5'd18, 5'd25, 5'd17, 5'd13}
  };

  // What neighbours are remembered by: the 4x4 blocks and 8x8 vectors that lie along the edge, in the order of the edge.
  typedef struct packed {
    logic [5:0] qp;
    logic       intra;
    logic [3:0] nonzero;
    mv_t        mv1;
    mv_t        mv0;
  } border_t;

  // The luma edges of a macroblock, four lines each. Bit 4 * edge + segment, both counted from the upper left.
  typedef struct packed {
    logic [15:0] filter_v;  // vertical edges where bS is not 0
    logic [15:0] filter_h;
    logic [15:0] coded_v;   // where there are coefficients on one side: bS 2, unless intra makes it more
    logic [15:0] coded_h;
  } edges_t;

  // Operations are numbered in the order in which they are done: 0..15 luma vertical edges and 16..31 luma horizontal edges as in edges_t;
  // 32..39 chroma vertical edges and 40..47 chroma horizontal edges, Cr in bit 2, edge in bit 1, segment in bit 0.
  typedef logic [47:0] operations_t;

  typedef struct packed {
    logic       luma;
    logic       vertical;
    logic       outer;    // the edge is the macroblock's left or upper one
    logic [4:0] q_block;
    logic [4:0] p_block;  // of the macroblock left or above, if outer
  } operation_t;

  function automatic border_t right_border(input deblock_info_t info);
    return {info.qp, info.intra, info.nonzero[15], info.nonzero[11], info.nonzero[7], info.nonzero[3], info.mv[3], info.mv[1]};
  endfunction

  function automatic border_t lower_border(input deblock_info_t info);
    return {info.qp, info.intra, info.nonzero[15:12], info.mv[3], info.mv[2]};
  endfunction

  // Vectors that differ by a whole sample or more.
  function automatic logic apart(input mv_t a, input mv_t b);
    int dx;
    int dy;
    dx = int'(a.x) - int'(b.x);
    dy = int'(a.y) - int'(b.y);
    return dx > 3 || dx < -3 || dy > 3 || dy < -3;
  endfunction

  function automatic edges_t edges_of(input deblock_info_t info, input border_t left, input border_t above,
                                      input logic has_left, input logic has_above);
    logic [15:0] columns;  // info.nonzero, by columns
    edges_t      edges;
    for (int i = 0; i < 16; i++) columns[i] = info.nonzero[4*(i%4)+i/4];
    edges.coded_v = columns | {columns[11:0], left.nonzero};
    edges.coded_h = info.nonzero | {info.nonzero[11:0], above.nonzero};
    if (info.intra) begin
      edges.filter_v = '1;
      edges.filter_h = '1;
    end else begin
      edges.filter_v = edges.coded_v | {4'd0, {2{apart(info.mv[2], info.mv[3])}}, {2{apart(info.mv[0], info.mv[1])}}, 4'd0,
                                        {2{left.intra || apart(left.mv1, info.mv[2])}}, {2{left.intra || apart(left.mv0, info.mv[0])}}};
      edges.filter_h = edges.coded_h | {4'd0, {2{apart(info.mv[1], info.mv[3])}}, {2{apart(info.mv[0], info.mv[2])}}, 4'd0,
                                        {2{above.intra || apart(above.mv1, info.mv[1])}}, {2{above.intra || apart(above.mv0, info.mv[0])}}};
    end
    if (!has_left) edges.filter_v[3:0] = '0;
    if (!has_above) edges.filter_h[3:0] = '0;
    return edges;
  endfunction

  // The chroma operations of one plane and direction where bS is not 0: along each lie two luma segments.
  function automatic logic [3:0] chroma_operations(input logic [15:0] luma);
    return {luma[11:10] != '0, luma[9:8] != '0, luma[3:2] != '0, luma[1:0] != '0};
  endfunction

  // Average QPs across the left edge, the upper edge and the inner edges.
  typedef struct packed {
    logic [5:0] left;
    logic [5:0] above;
    logic [5:0] inner;
  } edge_qps_t;

  function automatic edge_qps_t luma_qps(input logic [5:0] qp, input logic [5:0] left, input logic [5:0] above);
    return {6'((int'(qp) + int'(left) + 1) >> 1), 6'((int'(qp) + int'(above) + 1) >> 1), qp};
  endfunction

  function automatic edge_qps_t chroma_qps(input logic [5:0] qp, input logic [5:0] left, input logic [5:0] above);
    return luma_qps(chroma_qp(qp), chroma_qp(left), chroma_qp(above));
  endfunction

  // The operations that can change anything.
  function automatic operations_t operations_of(input edges_t edges, input edge_qps_t luma, input edge_qps_t chroma);
    logic [31:0] y;
    logic [15:0] c;
    y = {edges.filter_h, edges.filter_v};
    c = {{2{chroma_operations(edges.filter_h)}}, {2{chroma_operations(edges.filter_v)}}};
    if (luma.inner < FirstQp) y &= 32'h000F_000F;
    if (luma.left < FirstQp) y &= 32'hFFFF_FFF0;
    if (luma.above < FirstQp) y &= 32'hFFF0_FFFF;
    if (chroma.inner < FirstQp) c &= 16'h3333;
    if (chroma.left < FirstQp) c &= 16'hFFCC;
    if (chroma.above < FirstQp) c &= 16'hCCFF;
    return {c, y};
  endfunction

  function automatic operation_t operation(input logic [5:0] number);
    operation_t op;
    op.luma = !number[5];
    if (op.luma) begin
      op.vertical = !number[4];
      op.outer = number[3:2] == '0;
      op.q_block = op.vertical ? {1'b0, number[1:0], number[3:2]} : {1'b0, number[3:0]};
      op.p_block = op.vertical ? {1'b0, number[1:0], number[3:2] - 2'd1} : {1'b0, number[3:2] - 2'd1, number[1:0]};
    end else begin
      op.vertical = !number[3];
      op.outer = !number[1];
      op.q_block = op.vertical ? {2'b10, number[2], number[0], number[1]} : {2'b10, number[2:0]};
      op.p_block = op.vertical ? {2'b10, number[2], number[0], !number[1]} : {2'b10, number[2], !number[1], number[0]};
    end
    return op;
  endfunction

  // Where bS is 1..3.
  function automatic logic [4:0] tc0_of(input thresholds_t thresholds, input logic coded, input logic intra);
    return intra ? thresholds.tc0_bs3 : coded ? thresholds.tc0_bs2 : thresholds.tc0_bs1;
  endfunction

  function automatic lanes_t in_all(input int value);
    return 64'(value) * One;
  endfunction

  // All ones in the lanes whose guard bit is set.
  function automatic lanes_t whole(input lanes_t guards);
    return (guards << 1) - (guards >> 15);
  endfunction

  function automatic lanes_t pick(input lanes_t mask, input lanes_t a, input lanes_t b);
    return b ^ ((a ^ b) & mask);
  endfunction

  // In the guard bits: |a - b| >= limit.
  function automatic lanes_t far(input lanes_t a, input lanes_t b, input lanes_t limit);
    return (((a | Guard) - b - limit) | ((b | Guard) - a - limit)) & Guard;
  endfunction

  // a - b, or 0 where that is negative.
  function automatic lanes_t excess(input lanes_t a, input lanes_t b);
    lanes_t difference;
    lanes_t positive;
    difference = (a | Guard) - b;
    positive = difference & Guard;
    return difference & (positive - (positive >> 15));
  endfunction

  // x clipped to -limit..limit, and limit added; x comes with an offset.
  function automatic lanes_t confined(input lanes_t x, input lanes_t offset, input lanes_t limit);
    lanes_t range;
    range = limit << 1;
    return range - excess(range, excess(x, offset - limit));
  endfunction

  // Clip1 of x - 256.
  function automatic lanes_t clip(input lanes_t x);
    lanes_t in_range;
    lanes_t above;
    in_range = (x >> 8) & One;
    above = (x >> 9) & One;
    return (x & ((in_range << 8) - in_range)) | ((above << 8) - above);
  endfunction

  // Row y of a block is in the low (even y) or high half of a word. The columns of a block, or its rows, as lanes.
  function automatic void take_apart(input logic columns, input logic [63:0] rows01, input logic [63:0] rows23,
                                     output lanes_t a, output lanes_t b, output lanes_t c, output lanes_t d);
    lanes_t even01;
    lanes_t odd01;
    lanes_t even23;
    lanes_t odd23;
    even01 = rows01 & Low;
    odd01 = (rows01 >> 8) & Low;
    even23 = rows23 & Low;
    odd23 = (rows23 >> 8) & Low;
    if (columns) begin
      a = (even01 & EvenLanes) | ((even23 & EvenLanes) << 16);
      b = (odd01 & EvenLanes) | ((odd23 & EvenLanes) << 16);
      c = ((even01 >> 16) & EvenLanes) | (even23 & OddLanes);
      d = ((odd01 >> 16) & EvenLanes) | (odd23 & OddLanes);
    end else begin
      a = (even01 & LowHalf) | (odd01 << 32);
      b = (even01 >> 32) | (odd01 & HighHalf);
      c = (even23 & LowHalf) | (odd23 << 32);
      d = (even23 >> 32) | (odd23 & HighHalf);
    end
  endfunction

  function automatic void put_together(input logic columns, input lanes_t a, input lanes_t b, input lanes_t c, input lanes_t d,
                                       output logic [63:0] rows01, output logic [63:0] rows23);
    if (columns) begin
      rows01 = (a & EvenLanes) | ((c & EvenLanes) << 16) | ((b & EvenLanes) << 8) | ((d & EvenLanes) << 24);
      rows23 = ((a >> 16) & EvenLanes) | (c & OddLanes) | (((b >> 16) & EvenLanes) << 8) | ((d & OddLanes) << 8);
    end else begin
      rows01 = (a & LowHalf) | (b << 32) | ((a >> 32) << 8) | ((b & HighHalf) << 8);
      rows23 = (c & LowHalf) | (d << 32) | ((c >> 32) << 8) | ((d & HighHalf) << 8);
    end
  endfunction

  // Equations 8-470 to 8-478, bS below 4: p0 and q0. tc is 0 in the lanes that stay.
  function automatic void filter_near(input lanes_t p1, input lanes_t q1, input lanes_t tc, inout lanes_t p0, inout lanes_t q0);
    lanes_t delta;  // + tc
    delta = confined((((q0 << 2) + p1 + 64'd2052 * One - (p0 << 2) - q1) >> 3) & (64'h1FFF * One), 64'd256 * One, tc);
    p0 = clip(p0 + delta + 64'd256 * One - tc);
    q0 = clip(q0 + tc + 64'd256 * One - delta);
  endfunction

  // Equations 8-479 to 8-482, bS below 4: p1 or q1, in lanes of mask.
  function automatic lanes_t filter_second(input lanes_t x0, input lanes_t x1, input lanes_t x2, input lanes_t y0,
                                         input lanes_t tc0, input lanes_t mask);
    lanes_t mean;
    mean = ((x2 + (((x0 + y0 + One) >> 1) & Low)) >> 1) & Low;
    return pick(mask, x1 + confined(mean + 64'd256 * One - x1, 64'd256 * One, tc0) - tc0, x1);
  endfunction

  // bS 4: the samples on one side (x) of the edge, where they are filtered weakly (on) or strongly (smooth, a part of on).
  function automatic void filter_strong(input lanes_t on, input lanes_t smooth, input lanes_t x3, input lanes_t y0, input lanes_t y1,
                                        inout lanes_t x0, inout lanes_t x1, inout lanes_t x2);
    lanes_t sum;
    lanes_t brief;
    sum = x1 + x0 + y0;
    brief = (((x1 << 1) + x0 + y1 + 64'd2 * One) >> 2) & Low;
    x0 = pick(on, pick(smooth, ((x2 + (sum << 1) + y1 + 64'd4 * One) >> 3) & Low, brief), x0);
    x1 = pick(smooth, ((x2 + sum + 64'd2 * One) >> 2) & Low, x1);
    x2 = pick(smooth, ((((x3 + x2) << 1) + x2 + sum + 64'd4 * One) >> 3) & Low, x2);
  endfunction

  // Filters four lines across an edge. Lanes with bS 0 are in still, all ones. Returns whether anything changed.
  function automatic logic filter_edge(input logic luma, input logic columns, input logic bs4,
                                       input lanes_t alpha, input lanes_t beta, input lanes_t tc0, input lanes_t still,
                                       inout logic [63:0] p01, inout logic [63:0] p23, inout logic [63:0] q01, inout logic [63:0] q23);
    lanes_t p0;
    lanes_t p1;
    lanes_t p2;
    lanes_t p3;
    lanes_t q0;
    lanes_t q1;
    lanes_t q2;
    lanes_t q3;
    lanes_t old_p0;
    lanes_t old_p1;
    lanes_t old_q1;
    lanes_t on;
    lanes_t smooth_p;
    lanes_t smooth_q;
    lanes_t tc;
    take_apart(columns, p01, p23, p3, p2, p1, p0);
    take_apart(columns, q01, q23, q0, q1, q2, q3);
    on = ~(still | far(p0, q0, alpha) | far(p1, p0, beta) | far(q1, q0, beta)) & Guard;
    if (on != '0) begin
      old_p0 = p0;
      old_p1 = p1;
      old_q1 = q1;
      smooth_p = ~far(p2, p0, beta) & on;
      smooth_q = ~far(q2, q0, beta) & on;
      if (bs4) begin
        // (alpha >> 2) + 2
        tc = luma ? ~far(p0, q0, ((alpha >> 2) & Low) + 64'd2 * One) : '0;
        filter_strong(whole(on), whole(smooth_p & tc), p3, q0, q1, p0, p1, p2);
        filter_strong(whole(on), whole(smooth_q & tc), q3, old_p0, old_p1, q0, q1, q2);
      end else begin
        if (luma) begin
          p1 = filter_second(p0, p1, p2, q0, tc0, whole(smooth_p));
          q1 = filter_second(q0, q1, q2, p0, tc0, whole(smooth_q));
          tc = tc0 + (smooth_p >> 15) + (smooth_q >> 15);
        end else begin
          tc = tc0 + One;
        end
        filter_near(old_p1, old_q1, tc & whole(on), p0, q0);
      end
      put_together(columns, p3, p2, p1, p0, p01, p23);
      put_together(columns, q0, q1, q2, q3, q01, q23);
    end
    return on != '0;
  endfunction

  // Four Cb and four Cr samples as NV12 has them.
  function automatic logic [63:0] interleaved(input logic [31:0] cb, input logic [31:0] cr);
    lanes_t b;
    lanes_t r;
    b = {cr[31:16], cb[31:16], cr[15:0], cb[15:0]};
    r = (b >> 16) & EvenLanes;
    b = b & EvenLanes;
    return ((b | (b << 8)) & Low) | (((r | (r << 8)) & Low) << 8);
  endfunction

endpackage : h264_deblock_pkg
