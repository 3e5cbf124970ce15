// Stage 1, fetch: reads the source picture by groups of up to four macroblocks, one burst a row, and keeps two groups as 4x4 blocks.
module h264_fetch
  import h264_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  config_t      cfg_i,

  // Read commands, and the data that come back in their order.
  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_addr_o,
  output logic [4:0]   cmd_beats_o,
  input  logic         beat_valid_i,
  input  logic [127:0] beat_data_i,

  // To the prediction stage.
  output logic         group_ready_o,    // the oldest group is complete
  input  logic         group_release_i,  // the oldest group is no longer needed
  input  logic         rd_en_i,
  input  logic [1:0]   rd_mb_i,          // macroblock of the oldest group
  input  logic [4:0]   rd_blk_i,
  output block_t       rd_block_o        // the cycle after
);
  // Rows 0..15 of a macroblock are luma, 16..23 chroma.
  localparam logic [4:0] FirstChromaRow = 5'd16;
  localparam logic [4:0] LastRow = 5'd23;

  // A word is one row of a 4x4 block; address {slot, macroblock of the group, block, row}. In silicon 16 banks, by column and row.
  logic [31:0] mem[1024];

  // Asking.
  logic        active_q;
  logic [7:0]  ask_left_q;   // macroblocks of this line from this group on
  logic [7:0]  ask_lines_q;  // macroblock lines from this one on
  logic [4:0]  ask_row_q;
  logic [31:0] line_y_q;     // address of the first pixel of this line of macroblocks
  logic [31:0] line_c_q;
  logic [31:0] row_addr_q;   // address of the group's first pixel in this row
  logic [31:0] offset_q;     // of the group in the line, bytes
  logic [1:0]  asked_q;      // groups asked for or held

  // Receiving.
  logic         beat_valid_q;
  logic [127:0] beat_q;
  logic [7:0]  get_left_q;
  logic [4:0]  get_row_q;
  logic [1:0]  get_mb_q;
  logic        get_slot_q;
  logic [1:0]  complete_q;   // groups held

  logic        oldest_q;     // slot of the oldest group
  logic        ask;
  logic        ask_group_end;
  logic        get_group_end;

  function automatic logic [2:0] group_size(input logic [7:0] left);
    return left > 8'(GroupMbs) ? 3'(GroupMbs) : left[2:0];
  endfunction

  assign cmd_valid_o = active_q && asked_q != 2'd2;
  assign cmd_addr_o = row_addr_q;
  assign cmd_beats_o = 5'(group_size(ask_left_q));
  assign ask = cmd_valid_o && cmd_ready_i;
  assign ask_group_end = ask && ask_row_q == LastRow;
  assign get_group_end = beat_valid_q && get_row_q == LastRow && 3'(get_mb_q) + 3'd1 == group_size(get_left_q);
  assign group_ready_o = complete_q != 2'd0;

  always_ff @(posedge clk_i) begin : asking
    if (!rst_ni) begin
      active_q <= 1'b0;
    end else if (start_i) begin
      active_q <= 1'b1;
      ask_left_q <= cfg_i.width_mbs;
      ask_lines_q <= cfg_i.height_mbs;
      ask_row_q <= '0;
      line_y_q <= cfg_i.src_y;
      line_c_q <= cfg_i.src_c;
      row_addr_q <= cfg_i.src_y;
      offset_q <= '0;
    end else if (ask) begin
      ask_row_q <= ask_row_q == LastRow ? '0 : ask_row_q + 5'd1;
      row_addr_q <= row_addr_q + cfg_i.src_stride;
      if (ask_row_q == FirstChromaRow - 5'd1) begin
        row_addr_q <= line_c_q + offset_q;
      end else if (ask_row_q == LastRow) begin
        if (ask_left_q > 8'(GroupMbs)) begin
          ask_left_q <= ask_left_q - 8'(GroupMbs);
          offset_q <= offset_q + 32'(16 * GroupMbs);
          row_addr_q <= line_y_q + offset_q + 32'(16 * GroupMbs);
        end else begin
          ask_left_q <= cfg_i.width_mbs;
          offset_q <= '0;
          line_y_q <= line_y_q + (cfg_i.src_stride << 4);
          line_c_q <= line_c_q + (cfg_i.src_stride << 3);
          row_addr_q <= line_y_q + (cfg_i.src_stride << 4);
          ask_lines_q <= ask_lines_q - 8'd1;
          if (ask_lines_q == 8'd1) active_q <= 1'b0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin : input_register
    beat_valid_q <= rst_ni && beat_valid_i;
    if (beat_valid_i) beat_q <= beat_data_i;
  end

  always_ff @(posedge clk_i) begin : receiving
    if (start_i) begin
      get_left_q <= cfg_i.width_mbs;
      get_row_q <= '0;
      get_mb_q <= '0;
      get_slot_q <= 1'b0;
    end else if (beat_valid_q) begin
      if (get_row_q < FirstChromaRow) begin
        mem[{get_slot_q, get_mb_q, 1'b0, get_row_q[3:2], 2'd0, get_row_q[1:0]}] <= beat_q[31:0];
        mem[{get_slot_q, get_mb_q, 1'b0, get_row_q[3:2], 2'd1, get_row_q[1:0]}] <= beat_q[63:32];
        mem[{get_slot_q, get_mb_q, 1'b0, get_row_q[3:2], 2'd2, get_row_q[1:0]}] <= beat_q[95:64];
        mem[{get_slot_q, get_mb_q, 1'b0, get_row_q[3:2], 2'd3, get_row_q[1:0]}] <= beat_q[127:96];
      end else begin
        // Cb in the even bytes, Cr in the odd ones.
        mem[{get_slot_q, get_mb_q, 3'b100, get_row_q[2], 1'b0, get_row_q[1:0]}] <=
            {beat_q[55:48], beat_q[39:32], beat_q[23:16], beat_q[7:0]};
        mem[{get_slot_q, get_mb_q, 3'b100, get_row_q[2], 1'b1, get_row_q[1:0]}] <=
            {beat_q[119:112], beat_q[103:96], beat_q[87:80], beat_q[71:64]};
        mem[{get_slot_q, get_mb_q, 3'b101, get_row_q[2], 1'b0, get_row_q[1:0]}] <=
            {beat_q[63:56], beat_q[47:40], beat_q[31:24], beat_q[15:8]};
        mem[{get_slot_q, get_mb_q, 3'b101, get_row_q[2], 1'b1, get_row_q[1:0]}] <=
            {beat_q[127:120], beat_q[111:104], beat_q[95:88], beat_q[79:72]};
      end
      get_mb_q <= get_mb_q + 2'd1;
      if (3'(get_mb_q) + 3'd1 == group_size(get_left_q)) begin
        get_mb_q <= '0;
        get_row_q <= get_row_q + 5'd1;
        if (get_row_q == LastRow) begin
          get_row_q <= '0;
          get_slot_q <= !get_slot_q;
          get_left_q <= get_left_q > 8'(GroupMbs) ? get_left_q - 8'(GroupMbs) : cfg_i.width_mbs;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin : slots
    if (!rst_ni || start_i) begin
      asked_q <= '0;
      complete_q <= '0;
      oldest_q <= 1'b0;
    end else begin
      asked_q <= asked_q + 2'(ask_group_end) - 2'(group_release_i);
      complete_q <= complete_q + 2'(get_group_end) - 2'(group_release_i);
      if (group_release_i) oldest_q <= !oldest_q;
    end
  end

  always_ff @(posedge clk_i) begin : reading
    if (rd_en_i) begin
      rd_block_o <= {mem[{oldest_q, rd_mb_i, rd_blk_i, 2'd3}], mem[{oldest_q, rd_mb_i, rd_blk_i, 2'd2}],
                     mem[{oldest_q, rd_mb_i, rd_blk_i, 2'd1}], mem[{oldest_q, rd_mb_i, rd_blk_i, 2'd0}]};
    end
  end

endmodule : h264_fetch
