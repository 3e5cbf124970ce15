// Stage 5, NAL: packs symbols into bytes, inserts emulation prevention bytes (clause 7.4.1) and writes the NAL unit to memory.
module h264_nal
  import h264_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  config_t      cfg_i,

  input  logic         sym_valid_i,
  input  logic         sym_last_i,   // the bits end on a byte boundary here
  input  symbol_t      sym_i,        // bits beyond len are zero
  output logic         sym_ready_o,  // leaves room for the symbols under way

  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_addr_o,
  output logic [4:0]   cmd_beats_o,
  output logic         data_valid_o,
  output logic [127:0] data_o,
  output logic [15:0]  strb_o,
  input  logic         data_pop_i,

  output logic         done_o,       // all is handed over
  output logic         overflow_o,   // the buffer was too small
  output logic [31:0]  bytes_o
);
  localparam int FifoWords = 16;
  localparam int ReadyWords = 8;
  localparam logic [4:0] BurstWords = 5'd4;

  typedef struct packed {
    logic [2:0]  count;
    logic [1:0]  zeros;  // zero bytes at the end, 2 at most
    logic [47:0] bytes;  // first byte lowest
  } escaped_t;

  // Bits to words of up to four bytes.
  logic [63:0]  bits_q;
  logic [4:0]   bit_count_q;
  logic         flush_q;
  logic         word_valid_q;
  logic         word_last_q;
  logic [31:0]  word_q;        // first byte highest
  logic [2:0]   word_bytes_q;

  // Emulation prevention.
  logic         esc_valid_q;
  logic         esc_last_q;
  escaped_t     esc_q;

  // Bytes to 16-byte words.
  logic [127:0] pack_q;
  logic [3:0]   pack_count_q;
  logic         tail_q;        // the last word is still to be pushed
  logic         ended_q;
  logic         push;
  logic [31:0]  push_pos_q;    // of the next word in the buffer

  logic [127:0] fifo_data[FifoWords];
  logic [15:0]  fifo_strb[FifoWords];
  logic [3:0]   wr_q;
  logic [3:0]   rd_q;
  logic [4:0]   count_q;
  logic [4:0]   ordered_q;     // words under a command but not yet taken
  logic [4:0]   unordered;
  logic [31:0]  cmd_addr_q;
  logic         order;
  logic         room;

  function automatic escaped_t escape(input logic [31:0] word, input logic [2:0] count, input logic [1:0] zeros);
    escaped_t   e;
    logic [7:0] b;
    e.count = '0;
    e.zeros = zeros;
    e.bytes = '0;
    for (int i = 0; i < 4; i++) begin
      if (3'(i) < count) begin
        b = word[31-8*i-:8];
        if (e.zeros == 2'd2 && b <= 8'd3) begin
          e.bytes = e.bytes | 48'd3 << {e.count, 3'd0};
          e.count = e.count + 3'd1;
          e.zeros = '0;
        end
        e.bytes = e.bytes | 48'(b) << {e.count, 3'd0};
        e.count = e.count + 3'd1;
        e.zeros = b == '0 ? e.zeros + 2'd1 : '0;
      end
    end
    return e;
  endfunction

  // 64 bits with those of the symbol at the end.
  function automatic logic [63:0] joined(input logic [63:0] bits, input symbol_t symbol);
    return bits << symbol.len | 64'(symbol.bits);
  endfunction

  function automatic logic [255:0] packed_bytes(input logic [127:0] pack, input logic [3:0] count, input logic [47:0] bytes);
    return 256'(pack) | 256'(bytes) << {count, 3'd0};
  endfunction

  always_ff @(posedge clk_i) begin : to_words
    word_valid_q <= 1'b0;
    if (!rst_ni || start_i) begin
      bit_count_q <= '0;
      flush_q <= 1'b0;
    end else if (sym_valid_i) begin
      bits_q <= joined(bits_q, sym_i);
      bit_count_q <= bit_count_q + sym_i.len[4:0];
      flush_q <= sym_last_i;
      if (7'(bit_count_q) + 7'(sym_i.len) >= 7'd32) begin
        word_valid_q <= 1'b1;
        word_q <= 32'(joined(bits_q, sym_i) >> (7'(bit_count_q) + 7'(sym_i.len) - 7'd32));
      end
      word_bytes_q <= 3'd4;
      word_last_q <= 1'b0;
    end else if (flush_q) begin
      flush_q <= 1'b0;
      word_valid_q <= 1'b1;
      word_last_q <= 1'b1;
      word_q <= 32'(bits_q << (6'd32 - 6'(bit_count_q)));
      word_bytes_q <= {1'b0, bit_count_q[4:3]};
    end
  end

  always_ff @(posedge clk_i) begin : emulation_prevention
    esc_valid_q <= rst_ni && word_valid_q;
    if (start_i) begin
      esc_q.zeros <= '0;
    end else if (word_valid_q) begin
      esc_last_q <= word_last_q;
      esc_q <= escape(word_q, word_bytes_q, esc_q.zeros);
    end
  end

  assign push = esc_valid_q && 5'(pack_count_q) + 5'(esc_q.count) >= 5'd16 || tail_q && pack_count_q != '0;
  assign room = push_pos_q < cfg_i.bs_size;

  always_ff @(posedge clk_i) begin : to_beats
    if (!rst_ni || start_i) begin
      pack_count_q <= '0;
      tail_q <= 1'b0;
      ended_q <= 1'b0;
      bytes_o <= '0;
      push_pos_q <= '0;
      overflow_o <= 1'b0;
    end else begin
      if (esc_valid_q) begin
        pack_count_q <= pack_count_q + 4'(esc_q.count);
        bytes_o <= bytes_o + 32'(esc_q.count);
        tail_q <= esc_last_q;
      end
      if (tail_q) begin
        tail_q <= 1'b0;
        ended_q <= 1'b1;
      end
      if (push) begin
        push_pos_q <= push_pos_q + 32'd16;
        if (!room) overflow_o <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin : bytes
    if (start_i) begin
      pack_q <= '0;
    end else if (esc_valid_q) begin
      pack_q <= push ? 128'(packed_bytes(pack_q, pack_count_q, esc_q.bytes) >> 128) : 128'(packed_bytes(pack_q, pack_count_q, esc_q.bytes));
    end
  end

  assign unordered = count_q - ordered_q;
  assign cmd_valid_o = unordered >= BurstWords || ended_q && unordered != '0;
  assign cmd_beats_o = unordered >= BurstWords ? BurstWords : unordered;
  assign cmd_addr_o = cmd_addr_q;
  assign order = cmd_valid_o && cmd_ready_i;
  assign data_valid_o = count_q != '0;
  assign data_o = fifo_data[rd_q];
  assign strb_o = fifo_strb[rd_q];
  assign sym_ready_o = count_q <= 5'(ReadyWords);
  assign done_o = ended_q && count_q == '0;

  always_ff @(posedge clk_i) begin : fifo
    if (push && room) begin
      fifo_data[wr_q] <= tail_q ? pack_q : 128'(packed_bytes(pack_q, pack_count_q, esc_q.bytes));
      fifo_strb[wr_q] <= tail_q ? ~(16'hffff << pack_count_q) : 16'hffff;
    end
    if (!rst_ni || start_i) begin
      wr_q <= '0;
      rd_q <= '0;
      count_q <= '0;
      ordered_q <= '0;
      cmd_addr_q <= cfg_i.bs_addr;
    end else begin
      if (push && room) wr_q <= wr_q + 4'd1;
      if (data_pop_i) rd_q <= rd_q + 4'd1;
      count_q <= count_q + 5'(push && room) - 5'(data_pop_i);
      ordered_q <= ordered_q + (order ? cmd_beats_o : '0) - 5'(data_pop_i);
      if (order) cmd_addr_q <= cmd_addr_q + {23'd0, cmd_beats_o, 4'd0};
    end
  end

endmodule : h264_nal
