// Sequencer: leads macroblocks through the stages in lock-step slots, and controls the rate.
//
// In a slot the front end codes one macroblock; entropy coding and deblocking take the one before; the writer empties what was full when the
// slot began. The slot ends when all are done. Only the loading of groups of macroblocks runs across slots: a group starts to be coded when
// the next one, which its motion vectors may point to, is there, and the one after that is asked for.
module h264_sequencer
  import h264_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  config_t       cfg_i,

  input  logic          start_pic_i,
  input  logic          abort_i,        // stop between two macroblocks
  output logic          end_pic_o,
  output logic          aborted_o,      // with end_pic_o

  output logic          load_o,
  input  logic          loaded_i,

  output logic          front_start_o,
  output place_t        place_o,
  output logic [5:0]    qp_o,
  output logic          last_resort_o,
  output logic [1:0]    slot_o,
  input  logic          front_done_i,
  input  mb_info_t      info_i,
  input  deblock_info_t deblock_info_i,

  output logic          back_start_o,   // of entropy coding and deblocking
  output place_t        back_place_o,
  output logic [5:0]    back_qp_o,
  output mb_info_t      back_info_o,
  output deblock_info_t back_deblock_o,
  input  logic          entropy_done_i,
  output logic          entropy_idle_o,
  input  logic          deblock_done_i,

  output logic          drain_o,
  output logic          drain_all_o,
  input  logic          drain_done_i,
  input  logic          group_ready_i,
  output logic          group_write_o,
  input  logic          group_done_i,
  input  logic          writer_idle_i,

  input  logic [31:0]   bytes_i         // of NAL units so far
);
  // An upper bound on what one macroblock adds to the NAL units: 3200 bits and its part of a header, half as much again for emulation
  // prevention. One coded as the last resort takes no more than 4 bytes before that.
  localparam logic [31:0] MbBytesMax = 32'd640;
  localparam logic [31:0] LastResortBytesMax = 32'd6;

  typedef enum logic [2:0] {
    Idle,
    First,   // the first group is being loaded
    Second,
    Begin,   // of a slot
    Busy,
    Last,    // everything is coded, the rest is written
    Rest
  } state_e;

  state_e      state_q;
  logic        left_over_q;      // a macroblock is to be coded
  logic        coded_q;          // back_place_o is to be coded by the stages behind
  logic [7:0]  slice_lines_q;    // lines of this slice that were begun
  logic [15:0] groups_q;         // still to be loaded
  logic [31:0] mbs_q;            // macroblocks still to be coded
  logic [31:0] expected_q;       // bytes at the start of this line by the plan
  logic        abort_q;
  logic        loading_q;
  logic        front_busy_q;
  logic        entropy_busy_q;
  logic        deblock_busy_q;
  logic        drain_busy_q;
  logic        write_busy_q;
  logic        busy;
  logic        drained_q;        // with drain_all_o
  place_t      next_q;           // of the next macroblock

  function automatic logic [15:0] groups_of(input logic [7:0] width, input logic [7:0] height);
    return ((16'(width) + 16'd3) >> 2) * 16'(height);
  endfunction

  // Quantisation parameter of a line: the picture's, and more or less by how far the bytes so far are from the plan, in lines' worth.
  function automatic logic [5:0] line_qp(input config_t cfg, input logic [31:0] bytes, input logic [31:0] expected);
    logic signed [33:0] over;
    logic signed [33:0] unit;
    int                 qp;
    qp = int'(cfg.qp);
    if (cfg.rate_control) begin
      over = $signed({2'b0, bytes}) - $signed({2'b0, expected});
      unit = $signed({2'b0, cfg.row_bytes});
      if (over > 34'sd1 * unit) qp += 1;
      if (over > 34'sd2 * unit) qp += 1;
      if (over > 34'sd4 * unit) qp += 2;
      if (over > 34'sd8 * unit) qp += 3;
      if (over > 34'sd16 * unit) qp += 4;
      if (over < -34'sd2 * unit) qp -= 1;
      if (over < -34'sd5 * unit) qp -= 1;
      if (qp < int'(cfg.qp_min)) qp = int'(cfg.qp_min);
      if (qp > int'(cfg.qp_max)) qp = int'(cfg.qp_max);
    end
    return 6'(qp);
  endfunction

  // A macroblock must do with next to nothing if it, and the one whose bytes are not counted yet, could use up what all others need at least.
  function automatic logic is_last_resort(input logic [31:0] max_bytes, input logic [31:0] bytes, input logic [31:0] mbs);
    return max_bytes != '0 && bytes + 2 * MbBytesMax + mbs * LastResortBytesMax > max_bytes;
  endfunction

  // The place after this one.
  function automatic place_t after(input place_t place, input config_t cfg, input logic slice_end);
    place_t next;
    next = place;
    next.x = place.x + 8'd1;
    next.has_left = 1'b1;
    next.slice_first = 1'b0;
    if (next.x == cfg.width_mbs) begin
      next.x = '0;
      next.y = place.y + 8'd1;
      next.has_left = 1'b0;
      next.has_top = !slice_end;
      next.slice_first = slice_end;
    end
    return next;
  endfunction

  assign busy = front_busy_q && !front_done_i || entropy_busy_q && !entropy_done_i || deblock_busy_q && !deblock_done_i ||
                drain_busy_q && !drain_done_i || write_busy_q && !group_done_i;
  assign entropy_idle_o = !entropy_busy_q;

  always_ff @(posedge clk_i) begin : flags
    if (!rst_ni || start_pic_i) begin
      loading_q <= 1'b0;
      front_busy_q <= 1'b0;
      entropy_busy_q <= 1'b0;
      deblock_busy_q <= 1'b0;
      drain_busy_q <= 1'b0;
      write_busy_q <= 1'b0;
    end else begin
      if (loaded_i) loading_q <= 1'b0;
      if (front_done_i) front_busy_q <= 1'b0;
      if (entropy_done_i) entropy_busy_q <= 1'b0;
      if (deblock_done_i) deblock_busy_q <= 1'b0;
      if (drain_done_i) drain_busy_q <= 1'b0;
      if (group_done_i) write_busy_q <= 1'b0;
      if (state_q == Begin && !waits()) begin
        front_busy_q <= left_over_q;
        entropy_busy_q <= coded_q;
        deblock_busy_q <= coded_q;
        drain_busy_q <= 1'b1;
        write_busy_q <= group_ready_i;
      end
      if (state_q == Last) begin
        write_busy_q <= group_ready_i;
        drain_busy_q <= !group_ready_i && !drained_q;
      end
      if (state_q == First || state_q == Second && !loading_q || state_q == Begin && !waits() && loads()) loading_q <= 1'b1;
    end
  end

  // A group may begin when all that was asked for is there.
  function automatic logic waits();
    return left_over_q && next_q.x[1:0] == '0 && loading_q;
  endfunction

  function automatic logic loads();
    return left_over_q && next_q.x[1:0] == '0 && groups_q != '0;
  endfunction

  always_ff @(posedge clk_i) begin : control
    load_o <= 1'b0;
    front_start_o <= 1'b0;
    back_start_o <= 1'b0;
    drain_o <= 1'b0;
    drain_all_o <= 1'b0;
    group_write_o <= 1'b0;
    end_pic_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      if (abort_i) abort_q <= 1'b1;
      unique case (state_q)
        Idle: begin
          if (start_pic_i) begin
            state_q <= First;
            groups_q <= groups_of(cfg_i.width_mbs, cfg_i.height_mbs);
            mbs_q <= 32'(cfg_i.width_mbs) * 32'(cfg_i.height_mbs);
            left_over_q <= 1'b1;
            coded_q <= 1'b0;
            abort_q <= 1'b0;
            drained_q <= 1'b0;
            expected_q <= '0;
            slice_lines_q <= 8'd1;
            slot_o <= 2'd3;
            next_q <= '{x: '0, y: '0, has_left: 1'b0, has_top: 1'b0, slice_first: 1'b1, slice_last: 1'b0, picture_last: 1'b0};
          end
        end
        First: begin
          load_o <= 1'b1;
          groups_q <= groups_q - 16'd1;
          state_q <= Second;
        end
        Second: if (!loading_q) begin
          load_o <= 1'b1;
          groups_q <= groups_q - 16'd1;
          state_q <= Begin;
        end
        Begin: if (!waits()) begin
          state_q <= Busy;
          drain_o <= 1'b1;
          group_write_o <= group_ready_i;
          back_start_o <= coded_q;
          back_place_o <= place_o;
          back_qp_o <= qp_o;
          back_info_o <= info_i;
          back_deblock_o <= deblock_info_i;
          coded_q <= left_over_q;
          front_start_o <= left_over_q;
          if (left_over_q) begin
            place_o <= next_q;
            place_o.slice_last <= next_q.x + 8'd1 == cfg_i.width_mbs && (slice_end() || mbs_q == 32'd1);
            place_o.picture_last <= mbs_q == 32'd1;
            if (next_q.x == '0) begin
              qp_o <= line_qp(cfg_i, bytes_i, expected_q);
              expected_q <= expected_q + cfg_i.row_bytes;
            end
            last_resort_o <= is_last_resort(cfg_i.max_bytes, bytes_i, mbs_q);
            if (next_q.x[1:0] == '0) slot_o <= slot_o + 2'd1;
            if (loads()) begin
              load_o <= 1'b1;
              groups_q <= groups_q - 16'd1;
            end
            mbs_q <= mbs_q - 32'd1;
            left_over_q <= mbs_q != 32'd1;
            next_q <= after(next_q, cfg_i, slice_end());
            if (next_q.x + 8'd1 == cfg_i.width_mbs) slice_lines_q <= slice_end() ? 8'd1 : slice_lines_q + 8'd1;
          end
        end
        Busy: begin
          if (!busy && writer_idle_i) begin
            state_q <= coded_q ? Begin : Last;
            if (abort_q || abort_i) begin
              state_q <= Rest;
              drained_q <= 1'b1;
            end
          end
        end
        Last: begin
          group_write_o <= group_ready_i;
          drain_o <= !group_ready_i && !drained_q;
          drain_all_o <= !group_ready_i && !drained_q;
          if (!group_ready_i) drained_q <= 1'b1;
          state_q <= Rest;
        end
        Rest: begin
          if (!busy && writer_idle_i && !loading_q) begin
            state_q <= Last;
            if (drained_q) begin
              end_pic_o <= 1'b1;
              aborted_o <= abort_q;
              state_q <= Idle;
            end
          end
        end
        default: state_q <= Idle;
      endcase
    end
  end

  // The next macroblock's line is the last one of its slice, unless the picture ends before.
  function automatic logic slice_end();
    return cfg_i.slice_rows != '0 && slice_lines_q == cfg_i.slice_rows;
  endfunction

endmodule : h264_sequencer
