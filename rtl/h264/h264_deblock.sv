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
  input  logic          start_pic_i,    // forgets what there was of another picture
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
  localparam int MbBlocks = 24;
  localparam int BlockBits = $clog2(RingMbs * MbBlocks);

  // Rows 0..15 of a macroblock are luma, 16..23 chroma.
  localparam logic [4:0] FirstChromaRow = 5'd16;
  localparam logic [4:0] LastRow = 5'd23;

  typedef logic [BlockBits-1:0] block_addr_t;

  // Two words a block: two rows each. In silicon 2 banks of blocks, by the sum of row and column, as the two blocks of an operation are neighbours;
  // times 2 for even and odd places of the ring.
  logic [63:0] mem[2*RingMbs*MbBlocks];

  // First blocks of macroblocks.
  block_addr_t collected_q;
  block_addr_t mb_q;        // that is filtered
  block_addr_t above_q;
  block_addr_t left_q;
  block_addr_t ring_end_q;  // of the ring's last one

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

  function automatic block_addr_t next_mb(input block_addr_t mb, input block_addr_t ring_end);
    return mb == ring_end ? '0 : mb + BlockBits'(MbBlocks);
  endfunction

  always_ff @(posedge clk_i) begin : collecting
    if (start_pic_i) begin
      ring_end_q <= (BlockBits'(cfg_i.width_mbs) + BlockBits'(7)) * BlockBits'(MbBlocks);
      collected_q <= '0;
      above_q <= BlockBits'(7 * MbBlocks);  // of the macroblock before the first one
    end else if (start_i) begin
      left_q <= mb_q;
      mb_q <= collected_q;
      collected_q <= next_mb(collected_q, ring_end_q);
      above_q <= next_mb(above_q, ring_end_q);
    end
  end

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
    block_addr_t p;
    block_addr_t q;
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
    q = mb_q + BlockBits'(op.q_block);
    p = (!op.outer ? mb_q : op.vertical ? left_q : above_q) + BlockBits'(op.p_block);
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

  always_ff @(posedge clk_i) begin : filtering
    done_o <= 1'b0;
    if (!rst_ni || start_pic_i) begin
      busy_q <= 1'b0;
      final_q <= '0;
    end else if (start_i) begin
      busy_q <= 1'b1;
      start_macroblock();
    end else if (busy_q && todo_q == '0) begin
      busy_q <= 1'b0;
      done_o <= 1'b1;
      final_q <= final_q + final_more_q;
    end else if (busy_q) begin
      // The number of the lowest bit that is set.
      run_operation(6'($countones((todo_q & -todo_q) - 48'd1)));
      todo_q <= todo_q & (todo_q - 48'd1);
    end
    if (rec_valid_i) begin
      mem[{collected_q + BlockBits'(rec_idx_i), 1'b0}] <= rec_block_i[63:0];
      mem[{collected_q + BlockBits'(rec_idx_i), 1'b1}] <= rec_block_i[127:64];
    end
  end

  // Writing.
  logic        writing_q;
  logic [7:0]  taken_q;       // macroblocks that were written or are, modulo 256
  logic        loading_q;     // beats of the group are still to come to the output
  logic [7:0]  mbs_left_q;    // of this line from this group on
  logic [2:0]  group_mbs_q;
  block_addr_t group_q;
  block_addr_t beat_mb_q;     // of the next beat
  logic [1:0]  beat_q;
  logic [4:0]  row_q;
  logic [4:0]  cmd_row_q;     // of the next command
  logic [31:0] luma_addr_q;   // address of the group's first pixel
  logic [31:0] chroma_addr_q;
  logic [31:0] line_luma_q;   // and of its line's
  logic [31:0] line_chroma_q;
  logic        take;
  logic        group_end;

  function automatic logic [2:0] group_size(input logic [7:0] left);
    return left > 8'(GroupMbs) ? 3'(GroupMbs) : left[2:0];
  endfunction

  function automatic logic [31:0] row_of(input block_addr_t block, input logic [1:0] row);
    logic [63:0] rows;
    rows = mem[{block, row[1]}];
    return row[0] ? rows[63:32] : rows[31:0];
  endfunction

  function automatic logic [127:0] beat_of(input block_addr_t mb, input logic [4:0] row);
    block_addr_t block;
    if (row < FirstChromaRow) begin
      block = mb + BlockBits'({row[3:2], 2'd0});
      return {row_of(block + BlockBits'(3), row[1:0]), row_of(block + BlockBits'(2), row[1:0]), row_of(block + BlockBits'(1), row[1:0]),
              row_of(block, row[1:0])};
    end
    block = mb + BlockBits'({3'b100, row[2], 1'b0});
    return {interleaved(row_of(block + BlockBits'(1), row[1:0]), row_of(block + BlockBits'(5), row[1:0])),
            interleaved(row_of(block, row[1:0]), row_of(block + BlockBits'(4), row[1:0]))};
  endfunction

  assign group_ready_o = !writing_q && final_q - taken_q >= 8'(group_mbs_q);
  assign cmd_beats_o = 5'(group_mbs_q);
  assign take = !data_valid_o || data_pop_i;
  assign group_end = writing_q && take && !loading_q && !cmd_valid_o;

  always_ff @(posedge clk_i) begin : writing
    group_done_o <= 1'b0;
    if (!rst_ni || start_pic_i) begin
      writing_q <= 1'b0;
      loading_q <= 1'b0;
      cmd_valid_o <= 1'b0;
      data_valid_o <= 1'b0;
      taken_q <= '0;
      mbs_left_q <= cfg_i.width_mbs;
      group_mbs_q <= group_size(cfg_i.width_mbs);
      group_q <= '0;
      luma_addr_q <= cfg_i.rec_y;
      chroma_addr_q <= cfg_i.rec_c;
      line_luma_q <= cfg_i.rec_y;
      line_chroma_q <= cfg_i.rec_c;
    end else if (group_write_i) begin
      writing_q <= 1'b1;
      taken_q <= taken_q + 8'(group_mbs_q);
      loading_q <= 1'b1;
      beat_mb_q <= group_q;
      beat_q <= '0;
      row_q <= '0;
      cmd_row_q <= '0;
      cmd_valid_o <= 1'b1;
      cmd_addr_o <= luma_addr_q;
    end else if (writing_q) begin
      if (data_pop_i) data_valid_o <= 1'b0;
      if (cmd_valid_o && cmd_ready_i) begin
        cmd_row_q <= cmd_row_q + 5'd1;
        cmd_addr_o <= cmd_row_q == FirstChromaRow - 5'd1 ? chroma_addr_q : cmd_addr_o + cfg_i.rec_stride;
        if (cmd_row_q == LastRow) cmd_valid_o <= 1'b0;
      end
      if (loading_q && take) begin
        data_valid_o <= 1'b1;
        data_o <= beat_of(beat_mb_q, row_q);
        if (3'(beat_q) + 3'd1 == group_mbs_q) begin
          beat_q <= '0;
          beat_mb_q <= group_q;
          row_q <= row_q + 5'd1;
          if (row_q == LastRow) begin
            loading_q <= 1'b0;
            group_q <= next_mb(beat_mb_q, ring_end_q);
          end
        end else begin
          beat_q <= beat_q + 2'd1;
          beat_mb_q <= next_mb(beat_mb_q, ring_end_q);
        end
      end
      if (group_end) begin
        writing_q <= 1'b0;
        group_done_o <= 1'b1;
        if (mbs_left_q > 8'(GroupMbs)) begin
          mbs_left_q <= mbs_left_q - 8'(GroupMbs);
          group_mbs_q <= group_size(mbs_left_q - 8'(GroupMbs));
          luma_addr_q <= luma_addr_q + 32'(16 * GroupMbs);
          chroma_addr_q <= chroma_addr_q + 32'(16 * GroupMbs);
        end else begin
          mbs_left_q <= cfg_i.width_mbs;
          group_mbs_q <= group_size(cfg_i.width_mbs);
          luma_addr_q <= line_luma_q + (cfg_i.rec_stride << 4);
          line_luma_q <= line_luma_q + (cfg_i.rec_stride << 4);
          chroma_addr_q <= line_chroma_q + (cfg_i.rec_stride << 3);
          line_chroma_q <= line_chroma_q + (cfg_i.rec_stride << 3);
        end
      end
    end
  end

endmodule : h264_deblock
