// Stage 6, write-out: collects the reconstructed blocks of up to four macroblocks and writes them to the picture, one burst a row.
// Holds two such groups: one is filled while the other is written.
module h264_writeout
  import h264_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  config_t      cfg_i,

  input  logic         rec_valid_i,
  input  logic [4:0]   rec_idx_i,
  input  block_t       rec_block_i,
  input  logic         mb_finish_i,   // the macroblock's blocks are final
  output logic         write_free_o,  // room for the blocks of the next macroblock

  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_addr_o,
  output logic [4:0]   cmd_beats_o,
  output logic         data_valid_o,
  output logic [127:0] data_o,
  input  logic         data_pop_i,

  output logic         done_o         // all is handed over
);
  // Rows 0..15 of a macroblock are luma, 16..23 chroma.
  localparam logic [4:0] FirstChromaRow = 5'd16;
  localparam logic [4:0] LastRow = 5'd23;

  // A word is one row of a 4x4 block; address {slot, macroblock of the group, block, row}. In silicon 16 banks, by column and row.
  logic [31:0] mem[1024];

  // Filling.
  logic        fill_slot_q;
  logic [1:0]  fill_mb_q;
  logic [7:0]  fill_left_q;   // macroblocks of this line from this group on
  logic        fill_end;      // the group is full

  // Writing.
  logic [1:0]  full_q;        // groups to write
  logic        slot_q;
  logic [7:0]  left_q;        // macroblocks of this line from this group on
  logic [7:0]  lines_q;       // macroblock lines from this one on
  logic [4:0]  row_q;         // of the next beat
  logic [1:0]  mb_q;
  logic [4:0]  cmd_row_q;     // of the next command
  logic        cmd_end_q;     // the group's last command was taken
  logic [31:0] line_y_q;      // address of the first pixel of this line of macroblocks
  logic [31:0] line_c_q;
  logic [31:0] offset_q;      // of the group in the line, bytes
  logic [31:0] row_addr_q;
  logic        load;
  logic        row_end;
  logic        group_end;
  logic        running_q;
  logic        data_end_q;    // the group's last beat stands at the output or was taken

  function automatic logic [2:0] group_size(input logic [7:0] left);
    return left > 8'(GroupMbs) ? 3'(GroupMbs) : left[2:0];
  endfunction

  assign fill_end = mb_finish_i && 3'(fill_mb_q) + 3'd1 == group_size(fill_left_q);
  assign write_free_o = full_q != 2'd2;

  always_ff @(posedge clk_i) begin : filling
    if (rec_valid_i) begin
      mem[{fill_slot_q, fill_mb_q, rec_idx_i, 2'd0}] <= rec_block_i[31:0];
      mem[{fill_slot_q, fill_mb_q, rec_idx_i, 2'd1}] <= rec_block_i[63:32];
      mem[{fill_slot_q, fill_mb_q, rec_idx_i, 2'd2}] <= rec_block_i[95:64];
      mem[{fill_slot_q, fill_mb_q, rec_idx_i, 2'd3}] <= rec_block_i[127:96];
    end
    if (start_i) begin
      fill_slot_q <= 1'b0;
      fill_mb_q <= '0;
      fill_left_q <= cfg_i.width_mbs;
    end else if (mb_finish_i) begin
      fill_mb_q <= fill_mb_q + 2'd1;
      if (fill_end) begin
        fill_mb_q <= '0;
        fill_slot_q <= !fill_slot_q;
        fill_left_q <= fill_left_q > 8'(GroupMbs) ? fill_left_q - 8'(GroupMbs) : cfg_i.width_mbs;
      end
    end
  end

  function automatic logic [127:0] luma_row(input logic [31:0] p0, input logic [31:0] p1, input logic [31:0] p2, input logic [31:0] p3);
    return {p3, p2, p1, p0};
  endfunction

  // Cb in the even bytes, Cr in the odd ones.
  function automatic logic [127:0] chroma_row(input logic [31:0] b0, input logic [31:0] b1, input logic [31:0] r0, input logic [31:0] r1);
    return {r1[31:24], b1[31:24], r1[23:16], b1[23:16], r1[15:8], b1[15:8], r1[7:0], b1[7:0],
            r0[31:24], b0[31:24], r0[23:16], b0[23:16], r0[15:8], b0[15:8], r0[7:0], b0[7:0]};
  endfunction

  assign cmd_valid_o = full_q != '0 && !cmd_end_q;
  assign cmd_addr_o = row_addr_q;
  assign cmd_beats_o = 5'(group_size(left_q));
  assign row_end = 3'(mb_q) + 3'd1 == group_size(left_q);
  assign load = full_q != '0 && !data_end_q && (!data_valid_o || data_pop_i);
  // A group is given back when its last beat was loaded and its last command taken.
  assign group_end = data_end_q && cmd_end_q;
  assign done_o = !running_q && !data_valid_o;

  always_ff @(posedge clk_i) begin : slots
    if (!rst_ni || start_i) full_q <= '0;
    else full_q <= full_q + 2'(fill_end) - 2'(group_end);
  end

  always_ff @(posedge clk_i) begin : data
    if (!rst_ni || start_i) begin
      data_valid_o <= 1'b0;
      row_q <= '0;
      mb_q <= '0;
      data_end_q <= 1'b0;
    end else begin
      if (data_pop_i) data_valid_o <= 1'b0;
      if (group_end) data_end_q <= 1'b0;
      if (load) begin
        data_valid_o <= 1'b1;
        if (row_q < FirstChromaRow) begin
          data_o <= luma_row(mem[{slot_q, mb_q, 1'b0, row_q[3:2], 2'd0, row_q[1:0]}], mem[{slot_q, mb_q, 1'b0, row_q[3:2], 2'd1, row_q[1:0]}],
                             mem[{slot_q, mb_q, 1'b0, row_q[3:2], 2'd2, row_q[1:0]}], mem[{slot_q, mb_q, 1'b0, row_q[3:2], 2'd3, row_q[1:0]}]);
        end else begin
          data_o <= chroma_row(mem[{slot_q, mb_q, 3'b100, row_q[2], 1'b0, row_q[1:0]}], mem[{slot_q, mb_q, 3'b100, row_q[2], 1'b1, row_q[1:0]}],
                               mem[{slot_q, mb_q, 3'b101, row_q[2], 1'b0, row_q[1:0]}], mem[{slot_q, mb_q, 3'b101, row_q[2], 1'b1, row_q[1:0]}]);
        end
        mb_q <= row_end ? '0 : mb_q + 2'd1;
        if (row_end) row_q <= row_q == LastRow ? '0 : row_q + 5'd1;
        if (row_end && row_q == LastRow) data_end_q <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin : commands
    if (!rst_ni) begin
      running_q <= 1'b0;
      cmd_end_q <= 1'b0;
    end else if (start_i) begin
      running_q <= 1'b1;
      cmd_end_q <= 1'b0;
      cmd_row_q <= '0;
      slot_q <= 1'b0;
      left_q <= cfg_i.width_mbs;
      lines_q <= cfg_i.height_mbs;
      line_y_q <= cfg_i.rec_y;
      line_c_q <= cfg_i.rec_c;
      row_addr_q <= cfg_i.rec_y;
      offset_q <= '0;
    end else begin
      if (cmd_valid_o && cmd_ready_i) begin
        cmd_row_q <= cmd_row_q == LastRow ? '0 : cmd_row_q + 5'd1;
        cmd_end_q <= cmd_row_q == LastRow;
        row_addr_q <= cmd_row_q == FirstChromaRow - 5'd1 ? line_c_q + offset_q : row_addr_q + cfg_i.rec_stride;
      end
      if (group_end) begin
        cmd_end_q <= 1'b0;
        slot_q <= !slot_q;
        if (left_q > 8'(GroupMbs)) begin
          left_q <= left_q - 8'(GroupMbs);
          offset_q <= offset_q + 32'(16 * GroupMbs);
          row_addr_q <= line_y_q + offset_q + 32'(16 * GroupMbs);
        end else begin
          left_q <= cfg_i.width_mbs;
          offset_q <= '0;
          line_y_q <= line_y_q + (cfg_i.rec_stride << 4);
          line_c_q <= line_c_q + (cfg_i.rec_stride << 3);
          row_addr_q <= line_y_q + (cfg_i.rec_stride << 4);
          lines_q <= lines_q - 8'd1;
          if (lines_q == 8'd1) running_q <= 1'b0;
        end
      end
    end
  end

endmodule : h264_writeout
