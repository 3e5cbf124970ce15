// Deblocking and write-out: collects the reconstructed blocks of a macroblock, filters the macroblock before that (clause 8.7), and writes final
// pixels to the picture, a group of macroblocks at a time and one burst a row.
//
// Pixels stay where they were collected until they are written, in a ring of a line of macroblocks and eight more: at the right end of a line are
// the macroblock that is collected, the one that is filtered, and from the line above those that are not final or not yet written. The three that
// use the ring at the same time never touch the same macroblock.
//
// An operation of the filter (h264_deblock_pkg) takes one cycle, and those that can change nothing take none: from start_i to done_o
// it is a cycle and one for every operation.
module h264_deblock
  import h264_pkg::*;
  import h264_deblock_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          start_pic_i,    // forgets what there was of another picture, and commands and beats not yet taken
  input  config_t       cfg_i,

  // Blocks of the macroblock that is collected, in any order. The last one counts.
  input  logic          rec_valid_i,
  input  logic [4:0]    rec_idx_i,
  input  block_t        rec_block_i,

  input  logic          start_i,        // what was collected, up to this cycle, is the macroblock at place_i: filter it
  input  place_t        place_i,
  input  deblock_info_t info_i,
  output logic          done_o,

  output logic          group_ready_o,  // the next group is final; holds between slots
  input  logic          group_write_i,
  output logic          group_done_o,

  output logic          cmd_valid_o,
  input  logic          cmd_ready_i,
  output logic [31:0]   cmd_addr_o,
  output logic [4:0]    cmd_beats_o,
  output logic          data_valid_o,
  output logic [127:0]  data_o,
  input  logic          data_pop_i
);
  localparam int RingMbs = MaxWidthMbs + 8;
  localparam int MbBits = $clog2(RingMbs);

  // Rows 0..15 of a macroblock are luma, 16..23 chroma.
  localparam logic [4:0] FirstChromaRow = 5'd16;
  localparam logic [4:0] LastRow = 5'd23;

  typedef logic [MbBits-1:0] ring_t;  // a macroblock's place in the ring

  // Address {place, block, upper or lower two rows}. In silicon 2 banks by the sum of a block's row and column, as the two blocks of an operation are
  // neighbours; times 2 for even and odd places.
  logic [63:0] mem[2*32*RingMbs];

  ring_t       collected_q;
  ring_t       mb_q;           // that is filtered
  ring_t       above_q;
  ring_t       left_q;
  ring_t       ring_end_q;     // the ring's last place

  border_t     line_q[MaxWidthMbs];  // of the line above, and from the current column on of the current line
  border_t     left_border_q;

  logic        busy_q;
  operations_t todo_q;
  edges_t      edges_q;
  edge_qps_t   luma_qps_q;
  edge_qps_t   chroma_qps_q;
  logic        intra_q;
  logic        left_intra_q;   // on either side of the edge
  logic        above_intra_q;
  logic [7:0]  final_more_q;   // macroblocks that are final with this one
  logic [7:0]  final_q;        // macroblocks that are final, modulo 256

  function automatic ring_t next_place(input ring_t place, input ring_t ring_end);
    return place == ring_end ? '0 : place + MbBits'(1);
  endfunction

  task automatic start_macroblock();
    border_t   above;
    edges_t    edges;
    edge_qps_t luma;
    edge_qps_t chroma;
    above = line_q[place_i.x[6:0]];
    edges = edges_of(info_i, left_border_q, above, place_i.x != '0, place_i.y != '0);
    luma = luma_qps(info_i.qp, left_border_q.qp, above.qp);
    chroma = chroma_qps(info_i.qp, left_border_q.qp, above.qp);
    todo_q <= cfg_i.deblock ? operations_of(edges, luma, chroma) : '0;
    edges_q <= edges;
    luma_qps_q <= luma;
    chroma_qps_q <= chroma;
    intra_q <= info_i.intra;
    left_intra_q <= info_i.intra || left_border_q.intra;
    above_intra_q <= info_i.intra || above.intra;
    line_q[place_i.x[6:0]] <= lower_border(info_i);
    left_border_q <= right_border(info_i);
    final_more_q <= 8'(place_i.y != '0) + (place_i.picture_last ? cfg_i.width_mbs : '0);
    left_q <= mb_q;
    mb_q <= collected_q;
    collected_q <= next_place(collected_q, ring_end_q);
    above_q <= next_place(above_q, ring_end_q);
  endtask

  // bS of an operation's lines, as far as it depends on the blocks: of the first and the second half of the lines, which differ for chroma only.
  function automatic logic [1:0] halves(input logic luma, input logic [15:0] segments, input logic [3:0] number);
    return luma ? {2{segments[number]}} : segments[{number[1], 1'b0, number[0], 1'b0}+:2];
  endfunction

  task automatic run_operation(input logic [5:0] number);
    operation_t  op;
    edge_qps_t   qps;
    logic [1:0]  filter;
    logic [1:0]  coded;
    thresholds_t thresholds;
    logic [MbBits+4:0] p;  // blocks
    logic [MbBits+4:0] q;
    lanes_t      tc0;
    lanes_t      still;
    logic [63:0] p01;
    logic [63:0] p23;
    logic [63:0] q01;
    logic [63:0] q23;
    logic        changed;
    op = operation(number);
    qps = op.luma ? luma_qps_q : chroma_qps_q;
    thresholds = Thresholds[(!op.outer ? qps.inner : op.vertical ? qps.left : qps.above) - FirstQp];
    filter = halves(op.luma, op.vertical ? edges_q.filter_v : edges_q.filter_h, number[3:0]);
    coded = halves(op.luma, op.vertical ? edges_q.coded_v : edges_q.coded_h, number[3:0]);
    // The lanes have the lines 0, 2, 1, 3.
    tc0 = 64'h0000_0001_0000_0001 * 64'(tc0_of(thresholds, coded[0], intra_q)) + 64'h0001_0000_0001_0000 * 64'(tc0_of(thresholds, coded[1], intra_q));
    still = (filter[0] ? '0 : EvenLanes) | (filter[1] ? '0 : OddLanes);
    q = {mb_q, op.q_block};
    p = {!op.outer ? mb_q : op.vertical ? left_q : above_q, op.p_block};
    p01 = mem[{p, 1'b0}];
    p23 = mem[{p, 1'b1}];
    q01 = mem[{q, 1'b0}];
    q23 = mem[{q, 1'b1}];
    changed = filter_edge(op.luma, op.vertical, op.outer && (op.vertical ? left_intra_q : above_intra_q), in_all(int'(thresholds.alpha)),
                          in_all(int'(thresholds.beta)), tc0, still, p01, p23, q01, q23);
    if (changed) begin
      mem[{p, 1'b0}] <= p01;
      mem[{p, 1'b1}] <= p23;
      mem[{q, 1'b0}] <= q01;
      mem[{q, 1'b1}] <= q23;
    end
  endtask

  // Of bits of which one is set.
  function automatic logic [5:0] number_of(input operations_t bits);
    return {(bits & 48'hFFFF_0000_0000) != '0, (bits & 48'h0000_FFFF_0000) != '0, (bits & 48'hFF00_FF00_FF00) != '0,
            (bits & 48'hF0F0_F0F0_F0F0) != '0, (bits & 48'hCCCC_CCCC_CCCC) != '0, (bits & 48'hAAAA_AAAA_AAAA) != '0};
  endfunction

  always_ff @(posedge clk_i) begin : filtering
    done_o <= busy_q && todo_q == '0;
    if (busy_q) begin
      if (todo_q == '0) begin
        final_q <= final_q + final_more_q;
        busy_q <= 1'b0;
      end else begin
        run_operation(number_of(todo_q & -todo_q));
        todo_q <= todo_q & (todo_q - 48'd1);
      end
    end
    if (start_i) begin
      busy_q <= 1'b1;
      start_macroblock();
    end
    if (!rst_ni || start_pic_i) begin
      done_o <= 1'b0;
      busy_q <= 1'b0;
      final_q <= '0;
      ring_end_q <= cfg_i.width_mbs[MbBits-1:0] + MbBits'(7);
      collected_q <= '0;
      above_q <= MbBits'(7);  // of the macroblock before the first one
    end
  end

  always_ff @(posedge clk_i) begin : collecting
    if (rec_valid_i) begin
      mem[{collected_q, rec_idx_i, 1'b0}] <= rec_block_i[63:0];
      mem[{collected_q, rec_idx_i, 1'b1}] <= rec_block_i[127:64];
    end
  end

  // Writing.
  logic        writing_q;
  logic [7:0]  taken_q;       // macroblocks that were written or are, modulo 256
  logic        loading_q;     // beats of the group are still to come to the output
  logic [7:0]  mbs_left_q;    // of this line from this group on
  logic [2:0]  group_mbs_q;
  ring_t       group_q;       // its first macroblock
  ring_t       beat_mb_q;     // of the next beat
  logic [1:0]  beat_q;
  logic [4:0]  row_q;
  logic [4:0]  cmd_row_q;     // of the next command
  logic [31:0] luma_addr_q;   // address of the group's first pixel
  logic [31:0] chroma_addr_q;
  logic [31:0] line_luma_q;   // and of its line's
  logic [31:0] line_chroma_q;
  logic        take;
  logic        beat_end;      // of a row
  logic        group_end;

  function automatic logic [2:0] group_size(input logic [7:0] left);
    return left > 8'(GroupMbs) ? 3'(GroupMbs) : left[2:0];
  endfunction

  function automatic logic [31:0] row_of(input ring_t place, input logic [4:0] block, input logic [1:0] row);
    logic [63:0] rows;
    rows = mem[{place, block, row[1]}];
    return row[0] ? rows[63:32] : rows[31:0];
  endfunction

  function automatic logic [127:0] luma_beat(input ring_t place, input logic [3:0] row);
    return {row_of(place, {1'b0, row[3:2], 2'd3}, row[1:0]), row_of(place, {1'b0, row[3:2], 2'd2}, row[1:0]),
            row_of(place, {1'b0, row[3:2], 2'd1}, row[1:0]), row_of(place, {1'b0, row[3:2], 2'd0}, row[1:0])};
  endfunction

  function automatic logic [127:0] chroma_beat(input ring_t place, input logic [2:0] row);
    return {interleaved(row_of(place, {3'b100, row[2], 1'b1}, row[1:0]), row_of(place, {3'b101, row[2], 1'b1}, row[1:0])),
            interleaved(row_of(place, {3'b100, row[2], 1'b0}, row[1:0]), row_of(place, {3'b101, row[2], 1'b0}, row[1:0]))};
  endfunction

  assign group_ready_o = !writing_q && final_q - taken_q >= 8'(group_mbs_q);
  assign cmd_beats_o = 5'(group_mbs_q);
  assign take = !data_valid_o || data_pop_i;
  assign beat_end = 3'(beat_q) + 3'd1 == group_mbs_q;
  assign group_end = writing_q && take && !loading_q && !cmd_valid_o;

  // In each process what reads a register stands before what writes it: Verilator then keeps no second copy.
  always_ff @(posedge clk_i) begin : commands
    if (cmd_valid_o && cmd_ready_i) begin
      cmd_addr_o <= cmd_row_q == FirstChromaRow - 5'd1 ? chroma_addr_q : cmd_addr_o + cfg_i.rec_stride;
      if (cmd_row_q == LastRow) cmd_valid_o <= 1'b0;
      cmd_row_q <= cmd_row_q + 5'd1;
    end
    if (group_write_i) begin
      cmd_row_q <= '0;
      cmd_valid_o <= 1'b1;
      cmd_addr_o <= luma_addr_q;
    end
    if (!rst_ni || start_pic_i) cmd_valid_o <= 1'b0;
  end

  always_ff @(posedge clk_i) begin : beats
    if (data_pop_i) data_valid_o <= 1'b0;
    if (loading_q && take) begin
      if (row_q < FirstChromaRow) data_o <= luma_beat(beat_mb_q, row_q[3:0]);
      else data_o <= chroma_beat(beat_mb_q, row_q[2:0]);
      data_valid_o <= 1'b1;
      beat_mb_q <= beat_end && row_q != LastRow ? group_q : next_place(beat_mb_q, ring_end_q);
      beat_q <= beat_end ? '0 : beat_q + 2'd1;
      if (beat_end) begin
        if (row_q == LastRow) loading_q <= 1'b0;
        row_q <= row_q + 5'd1;
      end
    end
    if (group_write_i) begin
      beat_mb_q <= group_q;
      loading_q <= 1'b1;
      beat_q <= '0;
      row_q <= '0;
    end
    if (!rst_ni || start_pic_i) begin
      loading_q <= 1'b0;
      data_valid_o <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin : groups
    group_done_o <= group_end;
    if (group_end) begin
      group_q <= beat_mb_q;  // one past the last
      writing_q <= 1'b0;
      if (mbs_left_q > 8'(GroupMbs)) begin
        luma_addr_q <= luma_addr_q + 32'(16 * GroupMbs);
        chroma_addr_q <= chroma_addr_q + 32'(16 * GroupMbs);
        group_mbs_q <= group_size(mbs_left_q - 8'(GroupMbs));
        mbs_left_q <= mbs_left_q - 8'(GroupMbs);
      end else begin
        luma_addr_q <= line_luma_q + (cfg_i.rec_stride << 4);
        chroma_addr_q <= line_chroma_q + (cfg_i.rec_stride << 3);
        line_luma_q <= line_luma_q + (cfg_i.rec_stride << 4);
        line_chroma_q <= line_chroma_q + (cfg_i.rec_stride << 3);
        group_mbs_q <= group_size(cfg_i.width_mbs);
        mbs_left_q <= cfg_i.width_mbs;
      end
    end
    if (group_write_i) begin
      taken_q <= taken_q + 8'(group_mbs_q);
      writing_q <= 1'b1;
    end
    if (!rst_ni || start_pic_i) begin
      group_done_o <= 1'b0;
      writing_q <= 1'b0;
      taken_q <= '0;
      group_q <= '0;
      luma_addr_q <= cfg_i.rec_y;
      chroma_addr_q <= cfg_i.rec_c;
      line_luma_q <= cfg_i.rec_y;
      line_chroma_q <= cfg_i.rec_c;
      group_mbs_q <= group_size(cfg_i.width_mbs);
      mbs_left_q <= cfg_i.width_mbs;
    end
  end

endmodule : h264_deblock
