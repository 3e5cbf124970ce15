// Fetch: reads source and reference by groups of four macroblock columns, one command a row, and keeps the source as 4x4 blocks.
//
// A ring of four groups: while one is coded, the one before (of the reference), the one after and the one being loaded stay where they are.
// Order of a group's rows: source luma, source chroma, and of a P picture reference luma and chroma.
module h264_fetch
  import h264_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_pic_i,
  input  config_t      cfg_i,

  input  logic         load_i,         // the next group, in raster order; only when the last one is loaded
  output logic         loaded_o,

  // Read commands, and the data that come back in their order.
  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_addr_o,
  output logic [4:0]   cmd_beats_o,
  input  logic         data_valid_i,
  input  logic [127:0] data_i,

  // Everything that comes, for the motion search.
  output logic         beat_valid_o,
  output beat_t        beat_o,

  // Source blocks, the cycle after.
  input  logic         rd_en_i,
  input  logic [3:0]   rd_mb_i,        // {slot, macroblock of the group}
  input  logic [4:0]   rd_blk_i,
  output block_t       rd_block_o
);
  localparam logic [5:0] LastSourceLuma = 6'd15;
  localparam logic [5:0] LastSourceChroma = 6'd7;
  localparam logic [5:0] LastReferenceLuma = 6'(LumaWindowRows - 1);
  localparam logic [5:0] LastReferenceChroma = 6'(ChromaWindowRows - 1);

  // A word is one row of a 4x4 block; address {slot, macroblock of the group, block, row}. In silicon 16 banks, by column and row.
  logic [31:0] mem[2048];

  // Asking, and receiving.
  logic        asking_q;
  beat_kind_e  ask_kind_q;
  logic [5:0]  ask_row_q;
  beat_kind_e  get_kind_q;
  logic [5:0]  get_row_q;
  logic [1:0]  get_mb_q;
  logic        get_last_q;   // beat_o is the group's last

  // The group.
  logic [1:0]  slot_q;
  logic [7:0]  left_q;       // macroblocks of this line from this group on
  logic [7:0]  line_q;
  logic [31:0] offset_q;     // of the group in the line, bytes
  logic        ask;
  logic        row_end;

  function automatic logic [2:0] group_size(input logic [7:0] left);
    return left > 8'(GroupMbs) ? 3'(GroupMbs) : left[2:0];
  endfunction

  function automatic logic [5:0] last_row(input beat_kind_e kind);
    unique case (kind)
      BeatSourceLuma: last_row = LastSourceLuma;
      BeatSourceChroma: last_row = LastSourceChroma;
      BeatReferenceLuma: last_row = LastReferenceLuma;
      default: last_row = LastReferenceChroma;
    endcase
  endfunction

  function automatic logic last_kind(input beat_kind_e kind, input logic inter);
    return kind == (inter ? BeatReferenceChroma : BeatSourceChroma);
  endfunction

  function automatic logic [31:0] row_address(input beat_kind_e kind, input logic [5:0] row, input logic [7:0] line, input logic [31:0] offset,
                                              input config_t cfg);
    int y;
    int rows;
    y = int'(row);
    rows = int'(cfg.height_mbs);
    unique case (kind)
      BeatSourceLuma: row_address = cfg.src_y + 32'(16 * int'(line) + y) * cfg.src_stride + offset;
      BeatSourceChroma: row_address = cfg.src_c + 32'(8 * int'(line) + y) * cfg.src_stride + offset;
      BeatReferenceLuma: begin
        y = 16 * int'(line) - LumaWindowAbove + y;
        y = y < 0 ? 0 : y >= 16 * rows ? 16 * rows - 1 : y;
        row_address = cfg.ref_y + 32'(y) * cfg.rec_stride + offset;
      end
      default: begin
        y = 8 * int'(line) - ChromaWindowAbove + y;
        y = y < 0 ? 0 : y >= 8 * rows ? 8 * rows - 1 : y;
        row_address = cfg.ref_c + 32'(y) * cfg.rec_stride + offset;
      end
    endcase
  endfunction

  assign cmd_beats_o = 5'(group_size(left_q));
  assign ask = cmd_valid_o && cmd_ready_i;
  assign row_end = 3'(get_mb_q) + 3'd1 == group_size(left_q);

  always_ff @(posedge clk_i) begin : asking
    if (!rst_ni || start_pic_i) begin
      asking_q <= 1'b0;
      cmd_valid_o <= 1'b0;
    end else begin
      if (load_i) begin
        asking_q <= 1'b1;
        ask_kind_q <= BeatSourceLuma;
        ask_row_q <= '0;
      end
      if (ask) cmd_valid_o <= 1'b0;
      if (asking_q && (!cmd_valid_o || ask)) begin
        cmd_valid_o <= 1'b1;
        cmd_addr_o <= row_address(ask_kind_q, ask_row_q, line_q, offset_q, cfg_i);
        ask_row_q <= ask_row_q + 6'd1;
        if (ask_row_q == last_row(ask_kind_q)) begin
          ask_row_q <= '0;
          ask_kind_q <= beat_kind_e'(2'(ask_kind_q) + 2'd1);
          if (last_kind(ask_kind_q, cfg_i.inter)) asking_q <= 1'b0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin : receiving
    beat_valid_o <= rst_ni && data_valid_i;
    get_last_q <= 1'b0;
    if (load_i) begin
      get_kind_q <= BeatSourceLuma;
      get_row_q <= '0;
      get_mb_q <= '0;
    end else if (data_valid_i) begin
      beat_o <= '{kind: get_kind_q, slot: slot_q, mb: get_mb_q, row: get_row_q, data: data_i};
      get_mb_q <= get_mb_q + 2'd1;
      if (row_end) begin
        get_mb_q <= '0;
        get_row_q <= get_row_q + 6'd1;
        if (get_row_q == last_row(get_kind_q)) begin
          get_row_q <= '0;
          get_kind_q <= beat_kind_e'(2'(get_kind_q) + 2'd1);
          get_last_q <= rst_ni && last_kind(get_kind_q, cfg_i.inter);
        end
      end
    end
    loaded_o <= rst_ni && get_last_q && !start_pic_i;
  end

  always_ff @(posedge clk_i) begin : group
    if (start_pic_i) begin
      slot_q <= '0;
      left_q <= cfg_i.width_mbs;
      line_q <= '0;
      offset_q <= '0;
    end else if (get_last_q) begin
      slot_q <= slot_q + 2'd1;
      if (left_q > 8'(GroupMbs)) begin
        left_q <= left_q - 8'(GroupMbs);
        offset_q <= offset_q + 32'(16 * GroupMbs);
      end else begin
        left_q <= cfg_i.width_mbs;
        line_q <= line_q + 8'd1;
        offset_q <= '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin : storing
    if (beat_valid_o) begin
      if (beat_o.kind == BeatSourceLuma) begin
        mem[{beat_o.slot, beat_o.mb, 1'b0, beat_o.row[3:2], 2'd0, beat_o.row[1:0]}] <= beat_o.data[31:0];
        mem[{beat_o.slot, beat_o.mb, 1'b0, beat_o.row[3:2], 2'd1, beat_o.row[1:0]}] <= beat_o.data[63:32];
        mem[{beat_o.slot, beat_o.mb, 1'b0, beat_o.row[3:2], 2'd2, beat_o.row[1:0]}] <= beat_o.data[95:64];
        mem[{beat_o.slot, beat_o.mb, 1'b0, beat_o.row[3:2], 2'd3, beat_o.row[1:0]}] <= beat_o.data[127:96];
      end else if (beat_o.kind == BeatSourceChroma) begin
        // Cb in the even bytes, Cr in the odd ones.
        mem[{beat_o.slot, beat_o.mb, 3'b100, beat_o.row[2], 1'b0, beat_o.row[1:0]}] <= even(beat_o.data[63:0]);
        mem[{beat_o.slot, beat_o.mb, 3'b100, beat_o.row[2], 1'b1, beat_o.row[1:0]}] <= even(beat_o.data[127:64]);
        mem[{beat_o.slot, beat_o.mb, 3'b101, beat_o.row[2], 1'b0, beat_o.row[1:0]}] <= even(beat_o.data[63:0] >> 8);
        mem[{beat_o.slot, beat_o.mb, 3'b101, beat_o.row[2], 1'b1, beat_o.row[1:0]}] <= even(beat_o.data[127:64] >> 8);
      end
    end
  end

  function automatic logic [31:0] even(input logic [63:0] bytes);
    return {bytes[55:48], bytes[39:32], bytes[23:16], bytes[7:0]};
  endfunction

  always_ff @(posedge clk_i) begin : reading
    if (rd_en_i) begin
      rd_block_o <= {mem[{rd_mb_i, rd_blk_i, 2'd3}], mem[{rd_mb_i, rd_blk_i, 2'd2}], mem[{rd_mb_i, rd_blk_i, 2'd1}], mem[{rd_mb_i, rd_blk_i, 2'd0}]};
    end
  end

endmodule : h264_fetch
