// Motion search and inter prediction of one macroblock of a P picture.
//
//   try          SAD of the vectors that the neighbours suggest, the one of P_Skip first, which may end the search
//   spread       two rings of eight wide steps around the best of them, if none was any good
//   walk         steps of the 16x16 vector to the best of its four neighbours while that helps
//   choose       the partition, from the best vectors seen for each
//   walk apart   the same steps for every vector of the partition, if there are several
//   interpolate  block by block, the quadrant between the better horizontal and the better vertical neighbour at half samples
//   corner       the best of its four corners
//   quarter      the three quarter samples next to that
//   predict      luma from the interpolated samples or straight from the window, and chroma
//
// A cycle takes the SADs of a whole macroblock together with what is decided from them: 1080p30 asks for a clock below 60 MHz, and few wide
// cycles simulate fastest. The window is what a chip would make of 64 banks: words of a macroblock row lie in different ones.
// From start to done: 1, and 1 for every vector tried and every neighbour looked at; 1 for the choice if there is a walk, and 8 if the samples
// between are looked at.
module h264_motion
  import h264_pkg::*;
  import h264_motion_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  // Source and reference on their way from the bus.
  input  logic        beat_valid_i,
  input  beat_t       beat_i,

  input  logic        start_i,
  input  logic [7:0]  mb_x_i,
  input  logic [7:0]  width_mbs_i,
  input  logic [1:0]  slot_i,         // of the macroblock's group; its neighbours are in the slots before and after, modulo 4
  input  mv_t         mvp_i,          // predicted vector of the 16x16 partition
  input  mv_t         skip_mv_i,      // vector of P_Skip
  input  mv_t [2:0]   cand_i,         // vectors of the neighbours
  input  logic [7:0]  bit_weight_i,   // SAD units of a bit, at least 1
  input  logic [15:0] skip_sad_i,     // stop at skip_mv_i if it is whole-sample and its SAD is below

  output logic        done_o,
  output partition_e  partition_o,
  output mv_t [3:0]   mv_o,           // of the 8x8 blocks
  output logic        early_o,        // stopped by skip_sad_i
  output logic [15:0] sad_o,          // of the luma prediction
  output logic [15:0] mv_cost_o,      // bit_weight_i times the bits of types and of vectors, as if mvp_i predicted them all

  // The prediction, from done_o to the next start_i, a cycle after it is asked for.
  input  logic        rd_en_i,
  input  logic [4:0]  rd_idx_i,
  output block_t      rd_block_o
);
  localparam int PoorSad = 8 * 256;
  localparam logic [4:0] LastStep = 5'd15;       // of the 16x16 vector
  localparam logic [4:0] LastStepApart = 5'd3;

  typedef enum logic [3:0] {
    Idle, Try, Spread, Walk, Choose, WalkApart, Interpolate, Corner, Quarter, PredictWhole, Predict
  } state_e;

  // The registers and memories from here on belong to one process, which writes them as its variables: not before their old values have served.
  // Written with <=, each would be copied in every cycle of the simulation, whether or not anything happens.

  // Eight pixels (or four pairs of Cb and Cr) by column of eight and row.
  logic [63:0] source[512];     // {slot, macroblock, half, row}
  logic [63:0] luma[2048];      // {slot, macroblock, half, row of the window}
  logic [63:0] chroma[1024];
  logic [63:0] samples[128];    // {block, sample_e, row} of the quadrants
  block_t      prediction[24];

  state_e      state_q;
  partition_e  partition_q;
  logic [7:0]  mb_x_q;
  logic [7:0]  width_q;
  logic [1:0]  slot_q;
  mv_t         mvp_q;
  logic [7:0]  bit_weight_q;
  logic [15:0] skip_sad_q;      // 0 if the vector is not whole-sample

  whole_t      suggested[6];       // suggested vectors, of which those pending are to be tried
  logic [5:0]  list_pending_q;
  logic [3:0]  spread_q;        // places of the two rings
  logic [4:0]  step_q;
  logic [3:0]  pending_q;       // directions
  logic [1:0]  count_q;         // of blocks and quarter samples

  best_t       all_q;           // the best vectors of the 16x16 partition,
  best_t       upper_q;         // of 16x8,
  best_t       lower_q;
  best_t       left_q;          // of 8x16,
  best_t       right_q;
  best_t       own0_q;          // of 8x8; from the choice on those of the blocks, whatever the partition
  best_t       own1_q;
  best_t       own2_q;
  best_t       own3_q;
  sads_t       all_sads_q;      // of all_q
  sads_t       from_sads_q;
  whole_t      from0_q;         // where a step begins
  whole_t      from1_q;
  whole_t      from2_q;
  whole_t      from3_q;
  sads_t       ring_left_q;     // neighbours in the last step
  sads_t       ring_right_q;
  sads_t       ring_up_q;
  sads_t       ring_down_q;

  logic [3:0]  is_right_q;      // quadrants of the blocks
  logic [3:0]  is_below_q;
  sads_t       side_sads_q;
  sads_t       down_sads_q;
  sads_t       both_sads_q;
  position_t [3:0] corner_q;
  position_t [3:0] found_q;

  // A word column of the window, column words right of the macroblock's first one. The picture's first and last pixels go on beyond its edges.
  typedef struct packed {
    logic [4:0] index;
    logic       outside;
    logic       right;
  } column_t;

  function automatic column_t column_of(input int column);
    column_t c;
    int at;
    at = 2 * int'(mb_x_q) + column;
    c.right = at >= 0;
    c.outside = at < 0 || at >= 2 * int'(width_q);
    if (!c.outside) c.index = {slot_q, mb_x_q[1:0], 1'b0} + 5'(column);
    else if (c.right) c.index = {slot_q, mb_x_q[1:0], 1'b0} + 5'(2 * int'(width_q) - 1 - 2 * int'(mb_x_q));
    else c.index = {slot_q, mb_x_q[1:0], 1'b0} - 5'(2 * int'(mb_x_q));
    return c;
  endfunction

  function automatic logic [63:0] luma_word(input column_t c, input logic [5:0] row);
    logic [63:0] w;
    w = luma[{c.index, row}];
    if (c.outside) w = ((c.right ? w >> 56 : w) & 64'hFF) * 64'h0101_0101_0101_0101;
    return w;
  endfunction

  function automatic logic [63:0] chroma_word(input column_t c, input logic [4:0] row);
    logic [63:0] w;
    w = chroma[{c.index, row}];
    if (c.outside) w = ((c.right ? w >> 48 : w) & 64'hFFFF) * Ones;
    return w;
  endfunction

  function automatic logic [8:0] source_at(input logic [1:0] block);
    return {slot_q, mb_x_q[1:0], block[0], block[1], 3'b000};
  endfunction

  // SAD of an 8x8 block at a whole-sample vector, if that is a candidate.
  function automatic logic [15:0] block_sad(input int block, input whole_t v);
    column_t c0;
    column_t c1;
    logic [5:0] shift;
    logic [5:0] row;
    logic [63:0] near;
    logic [8:0] from;
    int x;
    x = 8 * (block & 1) + int'(v.x);
    row = 6'(LumaWindowAbove + 8 * (block >> 1) + int'(v.y));
    shift = {3'(x), 3'b000};
    c0 = column_of(x >>> 3);
    c1 = column_of((x >>> 3) + 1);
    from = source_at(2'(block));
    near = '0;
    block_sad = NoSad;
    if (within_reach(v)) begin
      for (int r = 0; r < 8; r++) begin
        near += nearness(source[from + 9'(r)], aligned(luma_word(c0, row + 6'(r)), luma_word(c1, row + 6'(r)), shift));
      end
      block_sad = sad_of(near);
    end
  endfunction

  // SAD of an 8x8 block at a place of its quadrant.
  function automatic logic [15:0] place_sad(input logic [1:0] block, input position_t position);
    logic [3:0] pair;
    logic [63:0] near;
    logic [8:0] from;
    pair = samples_at(position);
    from = source_at(block);
    near = '0;
    for (int r = 0; r < 8; r++) begin
      near += nearness(source[from + 9'(r)], mean(samples[{block, pair[1:0], 3'(r)}], samples[{block, pair[3:2], 3'(r)}]));
    end
    return sad_of(near);
  endfunction

  function automatic int sum(input sads_t s);
    return int'(s[0]) + int'(s[1]) + int'(s[2]) + int'(s[3]);
  endfunction

  // Nothing is gained by a better prediction.
  function automatic logic is_tiny(input sads_t s);
    return sum(s) < 256 + 32 * int'(bit_weight_q);
  endfunction

  // A block's best place in its quadrant.
  typedef struct packed {
    best_t     best;
    position_t position;
  } placed_t;

  function automatic placed_t better_place(input placed_t now, input position_t position, input logic [15:0] sad, input logic right,
                                           input logic below);
    mv_t mv;
    logic [16:0] cost;
    mv = moved(now.best.v, right, below, position);
    cost = 17'(int'(sad) + vector_cost(int'(mv.x), int'(mv.y), mvp_q, bit_weight_q));
    return cost < now.best.cost ? '{best: '{cost: cost, v: now.best.v}, position: position} : now;
  endfunction

  function automatic placed_t best_corner(input best_t best, input int block, input sads_t side, input sads_t down, input sads_t both);
    placed_t now;
    now = '{best: best, position: '0};
    now = better_place(now, '{y: 2'd0, x: 2'd2}, side[block], is_right_q[block], is_below_q[block]);
    now = better_place(now, '{y: 2'd2, x: 2'd0}, down[block], is_right_q[block], is_below_q[block]);
    return better_place(now, '{y: 2'd2, x: 2'd2}, both[block], is_right_q[block], is_below_q[block]);
  endfunction

  // The quarter samples next to a corner.
  function automatic position_t next_to(input position_t corner, input logic [1:0] i);
    return '{y: i == 2'd1 ? corner.y : 2'd1, x: i == 2'd2 ? corner.x : 2'd1};
  endfunction

  // Four pixels from the even bytes of lanes.
  function automatic logic [31:0] packed_lanes(input logic [63:0] lanes);
    logic [63:0] pairs;
    pairs = (lanes | (lanes >> 8)) & 64'h0000_FFFF_0000_FFFF;
    return 32'(pairs | (pairs >> 16));
  endfunction

  // One vector against the best of all partitions.
  task automatic consider(input whole_t v, input sads_t s, output whole_t all_v_d, output sads_t all_sads_d);
    best_t all_d;
    int cost;
    cost = whole_cost(v, mvp_q, bit_weight_q);
    all_d = better(all_q, v, sum(s), cost);
    all_sads_d = all_d.cost != all_q.cost ? s : all_sads_q;
    all_v_d = all_d.v;
    all_q = all_d;
    all_sads_q = all_sads_d;
    upper_q = better(upper_q, v, int'(s[0]) + int'(s[1]), cost);
    lower_q = better(lower_q, v, int'(s[2]) + int'(s[3]), cost);
    left_q = better(left_q, v, int'(s[0]) + int'(s[2]), cost);
    right_q = better(right_q, v, int'(s[1]) + int'(s[3]), cost);
    own0_q = better(own0_q, v, int'(s[0]), cost);
    own1_q = better(own1_q, v, int'(s[1]), cost);
    own2_q = better(own2_q, v, int'(s[2]), cost);
    own3_q = better(own3_q, v, int'(s[3]), cost);
  endtask

  task automatic set_ring(input logic [1:0] d, input sads_t s);
    unique case (d)
      2'd0:    ring_left_q = s;
      2'd1:    ring_right_q = s;
      2'd2:    ring_up_q = s;
      default: ring_down_q = s;
    endcase
  endtask

  task automatic start();
    whole_t list[6];
    list[0] = whole_of(skip_mv_i);
    list[1] = whole_of(mvp_i);
    list[2] = '0;
    for (int i = 0; i < 3; i++) list[3+i] = whole_of(cand_i[i]);
    for (int i = 0; i < 6; i++) begin
      logic is_new;
      is_new = 1'b1;
      for (int j = 0; j < i; j++) is_new &= list[i] != list[j];
      suggested[i] = list[i];
      list_pending_q[i] = is_new;
    end
    skip_sad_q = skip_mv_i.x[1:0] == '0 && skip_mv_i.y[1:0] == '0 ? skip_sad_i : '0;
    mb_x_q = mb_x_i;
    width_q = width_mbs_i;
    slot_q = slot_i;
    mvp_q = mvp_i;
    bit_weight_q = bit_weight_i;
    all_q = NoBest;
    upper_q = NoBest;
    lower_q = NoBest;
    left_q = NoBest;
    right_q = NoBest;
    own0_q = NoBest;
    own1_q = NoBest;
    own2_q = NoBest;
    own3_q = NoBest;
    early_o <= 1'b0;
    partition_q = Part16x16;
    state_q = Try;
  endtask

  task automatic set_from(input whole_t v, input sads_t s);
    from0_q = v;
    from1_q = v;
    from2_q = v;
    from3_q = v;
    from_sads_q = s;
  endtask

  task automatic tried(input whole_t v, input sads_t s);
    whole_t all_v_d;
    sads_t all_sads_d;
    logic is_first;
    is_first = list_pending_q[0];
    consider(v, s, all_v_d, all_sads_d);
    list_pending_q &= list_pending_q - 6'd1;
    set_from(all_v_d, all_sads_d);
    pending_q = '1;
    step_q = '0;
    spread_q = '0;
    if (is_first && sum(s) < int'(skip_sad_q)) begin
      early_o <= 1'b1;
      state_q = PredictWhole;
    end else if (list_pending_q == '0) begin
      state_q = is_tiny(all_sads_d) ? PredictWhole : sum(all_sads_d) < PoorSad ? Walk : Spread;
    end
  endtask

  // Around from0_q, 8 samples away and then 4, row by row.
  function automatic whole_t spread_to(input logic [3:0] i);
    whole_t to;
    logic [3:0] n;
    logic signed [5:0] stride;
    n = i[2] ? {2'b01, i[1:0]} + 4'd1 : {2'b00, i[1:0]};
    stride = i[3] ? 6'sd4 : 6'sd8;
    to.y = from0_q.y + (n < 4'd3 ? -stride : n < 4'd6 ? 6'sd0 : stride);
    to.x = from0_q.x + (n % 4'd3 == 4'd0 ? -stride : n % 4'd3 == 4'd1 ? 6'sd0 : stride);
    return to;
  endfunction

  task automatic spread_out(input whole_t v, input sads_t s);
    whole_t all_v_d;
    sads_t all_sads_d;
    all_v_d = all_q.v;
    all_sads_d = all_sads_q;
    if (within_reach(v)) consider(v, s, all_v_d, all_sads_d);
    if (spread_q[2:0] == '1) set_from(all_v_d, all_sads_d);
    if (spread_q == '1) state_q = Walk;
    spread_q = spread_q + 4'd1;
  endtask

  task automatic walked(input logic [1:0] d, input whole_t v, input sads_t s);
    logic [1:0] back;
    whole_t all_v_d;
    sads_t all_sads_d;
    all_v_d = all_q.v;
    all_sads_d = all_sads_q;
    if (within_reach(v)) consider(v, s, all_v_d, all_sads_d);
    set_ring(d, s);
    pending_q &= pending_q - 4'd1;
    if (pending_q == '0) begin
      if (all_v_d != from0_q && step_q != LastStep) begin
        // The neighbour that we come from is known.
        back = all_v_d.x < from0_q.x ? 2'd1 : all_v_d.x > from0_q.x ? 2'd0 : all_v_d.y < from0_q.y ? 2'd3 : 2'd2;
        pending_q = ~(4'd1 << back);
        set_ring(back, from_sads_q);
        set_from(all_v_d, all_sads_d);
        step_q = step_q + 5'd1;
      end else begin
        state_q = Choose;
      end
    end
  endtask

  function automatic best_t better_apart(input best_t best, input whole_t v, input logic [15:0] sad);
    return within_reach(v) ? better(best, v, int'(sad), whole_cost(v, mvp_q, bit_weight_q)) : best;
  endfunction

  task automatic walked_apart(input logic [1:0] d, input whole_t v0, input whole_t v1, input whole_t v2, input whole_t v3, input sads_t s);
    sads_t sums;
    best_t own0_d;
    best_t own1_d;
    best_t own2_d;
    best_t own3_d;
    sums = over_partitions(partition_q, s);
    own0_d = better_apart(own0_q, v0, sums[0]);
    own1_d = better_apart(own1_q, v1, sums[1]);
    own2_d = better_apart(own2_q, v2, sums[2]);
    own3_d = better_apart(own3_q, v3, sums[3]);
    own0_q = own0_d;
    own1_q = own1_d;
    own2_q = own2_d;
    own3_q = own3_d;
    set_ring(d, s);
    pending_q &= pending_q - 4'd1;
    if (pending_q == '0) begin
      if (step_q == LastStepApart || {own0_d.v, own1_d.v, own2_d.v, own3_d.v} == {from0_q, from1_q, from2_q, from3_q}) state_q = Interpolate;
      from0_q = own0_d.v;
      from1_q = own1_d.v;
      from2_q = own2_d.v;
      from3_q = own3_d.v;
      step_q = step_q + 5'd1;
      pending_q = '1;
    end
  endtask

  // The SADs of the next suggested vector or of the next neighbour of the present ones.
  task automatic evaluate();
    logic [1:0] d;
    whole_t v0;
    whole_t v1;
    whole_t v2;
    whole_t v3;
    sads_t s;
    d = pending_q[0] ? 2'd0 : pending_q[1] ? 2'd1 : pending_q[2] ? 2'd2 : 2'd3;
    v0 = neighbour(from0_q, d);
    v1 = neighbour(from1_q, d);
    v2 = neighbour(from2_q, d);
    v3 = neighbour(from3_q, d);
    if (state_q == Spread) v0 = spread_to(spread_q);
    if (state_q == Try) begin
      v0 = suggested[list_pending_q[0] ? 0 : list_pending_q[1] ? 1 : list_pending_q[2] ? 2 : list_pending_q[3] ? 3 : list_pending_q[4] ? 4 : 5];
    end
    if (state_q == Try || state_q == Spread) begin
      v1 = v0;
      v2 = v0;
      v3 = v0;
    end
    s[0] = block_sad(0, v0);
    s[1] = block_sad(1, v1);
    s[2] = block_sad(2, v2);
    s[3] = block_sad(3, v3);
    unique case (state_q)
      Try:     tried(v0, s);
      Spread:  spread_out(v0, s);
      Walk:    walked(d, v0, s);
      default: walked_apart(d, v0, v1, v2, v3, s);
    endcase
  endtask

  task automatic choose();
    partition_e partition;
    int cost;
    int least;
    best_t own0_d;
    best_t own1_d;
    best_t own2_d;
    best_t own3_d;
    partition = Part16x16;
    least = int'(all_q.cost) + int'(bit_weight_q) * type_bits(Part16x16);
    {own0_d, own1_d, own2_d, own3_d} = {4{all_q}};
    cost = int'(upper_q.cost) + int'(lower_q.cost) + int'(bit_weight_q) * type_bits(Part16x8);
    if (cost < least) begin
      partition = Part16x8;
      least = cost;
      {own0_d, own1_d, own2_d, own3_d} = {{2{upper_q}}, {2{lower_q}}};
    end
    cost = int'(left_q.cost) + int'(right_q.cost) + int'(bit_weight_q) * type_bits(Part8x16);
    if (cost < least) begin
      partition = Part8x16;
      least = cost;
      {own0_d, own1_d, own2_d, own3_d} = {2{left_q, right_q}};
    end
    cost = int'(own0_q.cost) + int'(own1_q.cost) + int'(own2_q.cost) + int'(own3_q.cost) + int'(bit_weight_q) * type_bits(Part8x8);
    if (cost < least) begin
      partition = Part8x8;
      {own0_d, own1_d, own2_d, own3_d} = {own0_q, own1_q, own2_q, own3_q};
    end
    own0_q = own0_d;
    own1_q = own1_d;
    own2_q = own2_d;
    own3_q = own3_d;
    from0_q = own0_d.v;
    from1_q = own1_d.v;
    from2_q = own2_d.v;
    from3_q = own3_d.v;
    pending_q = '1;
    step_q = '0;
    count_q = '0;
    if (is_tiny(all_sads_q)) begin
      state_q = PredictWhole;
    end else begin
      partition_q = partition;
      state_q = partition == Part16x16 ? Interpolate : WalkApart;
    end
  endtask

  // Whether the partition that has the block is better off at a than at b.
  function automatic logic is_less(input sads_t a, input sads_t b, input int block);
    sads_t a_sums;
    sads_t b_sums;
    a_sums = over_partitions(partition_q, a);
    b_sums = over_partitions(partition_q, b);
    return a_sums[block] < b_sums[block];
  endfunction

  // On which side of a component the quadrant lies: towards less, but never beyond the vectors' reach. A walk that ran out of steps does not know
  // its last vector's own neighbours.
  function automatic logic inwards(input logic signed [5:0] component, input logic towards_less);
    return int'(component) == Reach || int'(component) != -Reach && towards_less;
  endfunction

  // All samples of a block's quadrant.
  task automatic interpolate(input int block, input whole_t v);
    column_t c0;
    column_t c1;
    column_t c2;
    logic is_right;
    logic is_below;
    logic [5:0] row;
    logic [5:0] shift;
    logic [8:0] from;
    logic [63:0] whole_e[13];  // pixels in the columns of the whole samples, even and odd
    logic [63:0] whole_o[13];
    logic [63:0] side_e[13];   // filtered to the side, not yet rounded
    logic [63:0] side_o[13];
    logic [63:0] side_near;
    logic [63:0] down_near;
    logic [63:0] both_near;
    int x;
    is_right = inwards(v.x, is_less(ring_left_q, ring_right_q, block));
    is_below = inwards(v.y, is_less(ring_up_q, ring_down_q, block));
    x = 8 * (block & 1) + int'(v.x) - int'(is_right) - 2;
    row = 6'(LumaWindowAbove + 8 * (block >> 1) + int'(v.y) - int'(is_below) - 2);
    shift = {3'(x), 3'b000};
    c0 = column_of(x >>> 3);
    c1 = column_of((x >>> 3) + 1);
    c2 = column_of((x >>> 3) + 2);
    from = source_at(2'(block));
    side_near = '0;
    down_near = '0;
    both_near = '0;
    for (int r = 0; r < 13; r++) begin
      logic [63:0] middle;
      logic [63:0] lo;
      logic [63:0] hi;
      logic [63:0] t2;
      logic [63:0] t3;
      logic [63:0] t4;
      logic [63:0] t5;
      middle = luma_word(c1, row + 6'(r));
      lo = aligned(luma_word(c0, row + 6'(r)), middle, shift);
      hi = aligned(middle, luma_word(c2, row + 6'(r)), shift);
      // t<n>: every second pixel from n on.
      t2 = (even(lo) >> 16) | (even(hi) << 48);
      t3 = (odd(lo) >> 16) | (odd(hi) << 48);
      t4 = (even(lo) >> 32) | (even(hi) << 32);
      t5 = (odd(lo) >> 32) | (odd(hi) << 32);
      side_e[r] = filter(even(lo) + t5, odd(lo) + t4, t2 + t3);
      side_o[r] = filter(odd(lo) + ((even(lo) >> 48) | (even(hi) << 16)), t2 + t5, t3 + t4);
      whole_e[r] = is_right ? t3 : t2;
      whole_o[r] = is_right ? t4 : t3;
      if (r >= 5) begin
        // The row whose filters end here.
        logic [63:0] src_e;
        logic [63:0] src_o;
        logic [63:0] e;
        logic [63:0] o;
        src_e = even(source[from + 9'(r - 5)]);
        src_o = odd(source[from + 9'(r - 5)]);
        samples[{2'(block), SampleWhole, 3'(r-5)}] = is_below ? whole_e[r-2] | (whole_o[r-2] << 8) : whole_e[r-3] | (whole_o[r-3] << 8);
        e = rounded(is_below ? side_e[r-2] : side_e[r-3]);
        o = rounded(is_below ? side_o[r-2] : side_o[r-3]);
        samples[{2'(block), SampleSide, 3'(r-5)}] = e | (o << 8);
        side_near += nearness_lanes(src_e, e) + nearness_lanes(src_o, o);
        e = rounded(filter(whole_e[r-5] + whole_e[r], whole_e[r-4] + whole_e[r-1], whole_e[r-3] + whole_e[r-2]));
        o = rounded(filter(whole_o[r-5] + whole_o[r], whole_o[r-4] + whole_o[r-1], whole_o[r-3] + whole_o[r-2]));
        samples[{2'(block), SampleDown, 3'(r-5)}] = e | (o << 8);
        down_near += nearness_lanes(src_e, e) + nearness_lanes(src_o, o);
        e = filter_again(side_e[r-5] + side_e[r], side_e[r-4] + side_e[r-1], side_e[r-3] + side_e[r-2]);
        o = filter_again(side_o[r-5] + side_o[r], side_o[r-4] + side_o[r-1], side_o[r-3] + side_o[r-2]);
        samples[{2'(block), SampleBoth, 3'(r-5)}] = e | (o << 8);
        both_near += nearness_lanes(src_e, e) + nearness_lanes(src_o, o);
      end
    end
    is_right_q[block] = is_right;
    is_below_q[block] = is_below;
    side_sads_q[block] = sad_of(side_near);
    down_sads_q[block] = sad_of(down_near);
    both_sads_q[block] = sad_of(both_near);
  endtask

  task automatic corner();
    placed_t p0;
    placed_t p1;
    placed_t p2;
    placed_t p3;
    sads_t side;
    sads_t down;
    sads_t both;
    side = over_partitions(partition_q, side_sads_q);
    down = over_partitions(partition_q, down_sads_q);
    both = over_partitions(partition_q, both_sads_q);
    p0 = best_corner(own0_q, 0, side, down, both);
    p1 = best_corner(own1_q, 1, side, down, both);
    p2 = best_corner(own2_q, 2, side, down, both);
    p3 = best_corner(own3_q, 3, side, down, both);
    own0_q = p0.best;
    own1_q = p1.best;
    own2_q = p2.best;
    own3_q = p3.best;
    corner_q = {p3.position, p2.position, p1.position, p0.position};
    found_q = {p3.position, p2.position, p1.position, p0.position};
    count_q = '0;
    state_q = Quarter;
  endtask

  task automatic quarter();
    placed_t p0;
    placed_t p1;
    placed_t p2;
    placed_t p3;
    position_t [3:0] at;
    sads_t s;
    for (int k = 0; k < 4; k++) begin
      at[k] = next_to(corner_q[k], count_q);
      s[k] = place_sad(2'(k), at[k]);
    end
    s = over_partitions(partition_q, s);
    p0 = better_place('{best: own0_q, position: found_q[0]}, at[0], s[0], is_right_q[0], is_below_q[0]);
    p1 = better_place('{best: own1_q, position: found_q[1]}, at[1], s[1], is_right_q[1], is_below_q[1]);
    p2 = better_place('{best: own2_q, position: found_q[2]}, at[2], s[2], is_right_q[2], is_below_q[2]);
    p3 = better_place('{best: own3_q, position: found_q[3]}, at[3], s[3], is_right_q[3], is_below_q[3]);
    own0_q = p0.best;
    own1_q = p1.best;
    own2_q = p2.best;
    own3_q = p3.best;
    found_q = {p3.position, p2.position, p1.position, p0.position};
    if (count_q == 2'd2) state_q = Predict;
    count_q = count_q + 2'd1;
  endtask

  // Eight rows of luma into four 4x4 blocks.
  task automatic keep_luma(input int block, input logic [63:0] rows[8]);
    for (int i = 0; i < 2; i++) begin
      prediction[5'(8 * (block >> 1) + 4 * i + 2 * (block & 1))] = {rows[4*i+3][31:0], rows[4*i+2][31:0], rows[4*i+1][31:0], rows[4*i][31:0]};
      prediction[5'(8 * (block >> 1) + 4 * i + 2 * (block & 1) + 1)] = {rows[4*i+3][63:32], rows[4*i+2][63:32], rows[4*i+1][63:32], rows[4*i][63:32]};
    end
  endtask

  task automatic predict_luma(input int block);
    logic [3:0] pair;
    logic [63:0] rows[8];
    pair = samples_at(found_q[block]);
    for (int r = 0; r < 8; r++) rows[r] = mean(samples[{2'(block), pair[1:0], 3'(r)}], samples[{2'(block), pair[3:2], 3'(r)}]);
    keep_luma(block, rows);
  endtask

  task automatic predict_whole_luma(input int block, input whole_t v);
    column_t c0;
    column_t c1;
    logic [5:0] shift;
    logic [5:0] row;
    logic [63:0] rows[8];
    int x;
    x = 8 * (block & 1) + int'(v.x);
    row = 6'(LumaWindowAbove + 8 * (block >> 1) + int'(v.y));
    shift = {3'(x), 3'b000};
    c0 = column_of(x >>> 3);
    c1 = column_of((x >>> 3) + 1);
    for (int r = 0; r < 8; r++) rows[r] = aligned(luma_word(c0, row + 6'(r)), luma_word(c1, row + 6'(r)), shift);
    keep_luma(block, rows);
  endtask

  // Cb and Cr of the 4x4 pixels that go with a luma block.
  task automatic predict_chroma(input int block, input mv_t mv);
    column_t c0;
    column_t c1;
    logic [5:0] shift;
    logic [4:0] row;
    logic [63:0] dx;
    logic [63:0] dy;
    logic [63:0] cb[5];
    logic [63:0] cr[5];
    int x;
    x = 4 * (block & 1) + (int'(mv.x) >>> 3);
    row = 5'(ChromaWindowAbove + 4 * (block >> 1) + (int'(mv.y) >>> 3));
    shift = {2'(x), 4'b0000};
    c0 = column_of(x >>> 2);
    c1 = column_of((x >>> 2) + 1);
    dx = {61'b0, mv.x[2:0]};
    dy = {61'b0, mv.y[2:0]};
    if ((dx | dy) == '0) begin
      for (int r = 0; r < 4; r++) begin
        logic [63:0] a;
        a = aligned(chroma_word(c0, row + 5'(r)), chroma_word(c1, row + 5'(r)), shift);
        cb[r] = even(a);
        cr[r] = odd(a);
      end
    end else begin
      for (int r = 0; r < 5; r++) begin
        logic [63:0] hi;
        logic [63:0] a;
        logic [63:0] b;
        hi = chroma_word(c1, row + 5'(r));
        a = aligned(chroma_word(c0, row + 5'(r)), hi, shift);
        b = (a >> 16) | ((hi >> shift) << 48);
        cb[r] = even(a) * (64'd8 - dx) + even(b) * dx;
        cr[r] = odd(a) * (64'd8 - dx) + odd(b) * dx;
      end
      for (int r = 0; r < 4; r++) begin
        cb[r] = ((cb[r] * (64'd8 - dy) + cb[r+1] * dy + Ones * 64'd32) >> 6) & Low8;
        cr[r] = ((cr[r] * (64'd8 - dy) + cr[r+1] * dy + Ones * 64'd32) >> 6) & Low8;
      end
    end
    prediction[5'd16 + 5'(block)] = {packed_lanes(cb[3]), packed_lanes(cb[2]), packed_lanes(cb[1]), packed_lanes(cb[0])};
    prediction[5'd20 + 5'(block)] = {packed_lanes(cr[3]), packed_lanes(cr[2]), packed_lanes(cr[1]), packed_lanes(cr[0])};
  endtask

  task automatic predict(input logic is_whole);
    mv_t [3:0] mv;
    partition_e merged;
    int cost[4];
    int sad;
    int total;
    mv[0] = moved(own0_q.v, is_right_q[0], is_below_q[0], found_q[0]);
    mv[1] = moved(own1_q.v, is_right_q[1], is_below_q[1], found_q[1]);
    mv[2] = moved(own2_q.v, is_right_q[2], is_below_q[2], found_q[2]);
    mv[3] = moved(own3_q.v, is_right_q[3], is_below_q[3], found_q[3]);
    if (is_whole) mv = {4{moved(all_q.v, 1'b0, 1'b0, '0)}};
    for (int k = 0; k < 4; k++) begin
      if (is_whole) predict_whole_luma(k, all_q.v);
      else predict_luma(k);
      predict_chroma(k, mv[k]);
      cost[k] = vector_cost(int'(mv[k].x), int'(mv[k].y), mvp_q, bit_weight_q);
    end
    sad = (is_whole ? int'(all_q.cost) : int'(own0_q.cost)) - cost[0];
    if (partition_q[1]) sad += int'(own1_q.cost) - cost[1];
    if (partition_q[0]) sad += int'(own2_q.cost) - cost[2];
    if (partition_q == Part8x8) sad += int'(own3_q.cost) - cost[3];
    merged = merged_partition(mv);
    total = cost[0] + int'(bit_weight_q) * type_bits(merged);
    if (merged[1]) total += cost[1];
    if (merged[0]) total += cost[2];
    if (merged == Part8x8) total += cost[3];
    partition_o <= merged;
    mv_o <= mv;
    sad_o <= 16'(sad);
    mv_cost_o <= 16'(total);
    done_o <= 1'b1;
    state_q = Idle;
  endtask

  task automatic keep_beat();
    unique case (beat_i.kind)
      BeatSourceLuma: begin
        source[{beat_i.slot, beat_i.mb, 1'b0, beat_i.row[3:0]}] = beat_i.data[63:0];
        source[{beat_i.slot, beat_i.mb, 1'b1, beat_i.row[3:0]}] = beat_i.data[127:64];
      end
      BeatReferenceLuma: begin
        luma[{beat_i.slot, beat_i.mb, 1'b0, beat_i.row}] = beat_i.data[63:0];
        luma[{beat_i.slot, beat_i.mb, 1'b1, beat_i.row}] = beat_i.data[127:64];
      end
      BeatReferenceChroma: begin
        chroma[{beat_i.slot, beat_i.mb, 1'b0, beat_i.row[4:0]}] = beat_i.data[63:0];
        chroma[{beat_i.slot, beat_i.mb, 1'b1, beat_i.row[4:0]}] = beat_i.data[127:64];
      end
      default: ;
    endcase
  endtask

  always_ff @(posedge clk_i) begin : control
    if (!rst_ni) begin
      state_q = Idle;
      done_o <= 1'b0;
    end else begin
      done_o <= 1'b0;
      // Not a case: that would be compiled with a copy of the same work for each of its states.
      if (state_q == Idle) begin
        if (start_i) start();
      end else if (state_q == Try || state_q == Spread || state_q == Walk || state_q == WalkApart) begin
        evaluate();
      end else if (state_q == Choose) begin
        choose();
      end else if (state_q == Interpolate) begin
        interpolate(int'(count_q), count_q[1] ? (count_q[0] ? own3_q.v : own2_q.v) : count_q[0] ? own1_q.v : own0_q.v);
        if (count_q == 2'd3) state_q = Corner;
        count_q = count_q + 2'd1;
      end else if (state_q == Corner) begin
        corner();
      end else if (state_q == Quarter) begin
        quarter();
      end else begin
        predict(state_q == PredictWhole);
      end
    end
    if (beat_valid_i) keep_beat();
    if (rd_en_i) rd_block_o <= prediction[rd_idx_i];
  end

endmodule : h264_motion
