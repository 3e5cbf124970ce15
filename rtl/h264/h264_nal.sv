// NAL stage: packs codes into bytes, inserts emulation prevention bytes (clause 7.4.1), holds complete 16-byte words and writes them to memory when
// it is told to.
//
// The NAL units of a picture lie back to back in the buffer. A code is in the FIFO, if it completes a word, three cycles after it came. The FIFO has
// room for what two macroblocks can add: 3200 bits, a slice header, and half as much again for emulation prevention.
module h264_nal
  import h264_pkg::*;
  import h264_nal_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_pic_i,
  input  config_t      cfg_i,

  input  logic         sym_valid_i,
  input  logic         sym_last_i,    // the NAL unit ends here, on a byte boundary; at most 8 bits
  input  logic [6:0]   sym_len_i,
  input  logic [63:0]  sym_bits_i,    // those beyond the length are zero

  // Writes what is complete now, in bursts of four words; with drain_all_i everything, an incomplete last word too.
  input  logic         drain_i,
  input  logic         drain_all_i,
  output logic         drain_done_o,  // all of that was taken

  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_addr_o,
  output logic [4:0]   cmd_beats_o,
  output logic         data_valid_o,
  output logic [127:0] data_o,
  output logic [15:0]  strb_o,
  input  logic         data_pop_i,

  output logic         nal_valid_o,
  output logic [31:0]  nal_size_o,    // of the NAL unit that ended
  output logic [31:0]  bytes_o,       // of all NAL units so far, as far as their bits make groups of eight bytes
  output logic [7:0]   words_o,       // complete words in the FIFO
  output logic         overflow_o     // the buffer is too small
);
  localparam int FifoWords = 128;
  localparam logic [7:0] BurstWords = 8'd4;

  // Bits to groups of up to eight bytes. The first bit is the highest.
  logic [63:0]  bits_q;
  logic [5:0]   bit_count_q;
  logic         group_valid_q;
  logic         group_last_q;
  logic [63:0]  group_q;
  logic [3:0]   group_bytes_q;

  // Emulation prevention, and bytes to words.
  packed_t      packed_q;
  logic         packed_valid_q;
  logic         packed_last_q;
  logic [31:0]  nal_bytes_q;     // of the NAL unit before packed_q
  logic [31:0]  push_pos_q;      // of the next word in the buffer
  logic         room;
  logic         push;

  logic [127:0] fifo[FifoWords];
  logic [6:0]   wr_q;
  logic [6:0]   rd_q;
  logic [7:0]   order_left_q;    // words to drain, without a command yet
  logic [7:0]   load_left_q;     // words to drain, not at the output yet
  logic         tail_q;          // the last one of them is incomplete
  logic         draining_q;
  logic         tail;
  logic         load;
  logic         order;

  always_ff @(posedge clk_i) begin : to_groups
    group_valid_q <= 1'b0;
    if (!rst_ni || start_pic_i) begin
      bits_q <= '0;
      bit_count_q <= '0;
    end else if (sym_valid_i) begin
      group_q <= bits_q | aligned(sym_bits_i, sym_len_i) >> bit_count_q;
      group_last_q <= sym_last_i;
      if (8'(bit_count_q) + 8'(sym_len_i) >= 8'd64 || sym_last_i) begin
        group_valid_q <= 1'b1;
        group_bytes_q <= 8'(bit_count_q) + 8'(sym_len_i) >= 8'd64 ? 4'd8 : 4'((7'(bit_count_q) + sym_len_i) >> 3);
        bits_q <= sym_last_i ? '0 : aligned(sym_bits_i, sym_len_i) << (7'd64 - 7'(bit_count_q));
      end else begin
        bits_q <= bits_q | aligned(sym_bits_i, sym_len_i) >> bit_count_q;
      end
      bit_count_q <= sym_last_i ? '0 : bit_count_q + sym_len_i[5:0];
    end
  end

  always_ff @(posedge clk_i) begin : to_words
    packed_valid_q <= rst_ni && group_valid_q;
    if (!rst_ni || start_pic_i) begin
      packed_q <= '0;
    end else if (group_valid_q) begin
      packed_q <= packed_with(packed_q, group_q, int'(group_bytes_q));
      packed_last_q <= group_last_q;
    end
  end

  always_ff @(posedge clk_i) begin : lengths
    nal_valid_o <= 1'b0;
    if (!rst_ni || start_pic_i) begin
      bytes_o <= '0;
      nal_bytes_q <= '0;
    end else if (packed_valid_q) begin
      bytes_o <= bytes_o + 32'(packed_q.added);
      nal_bytes_q <= packed_last_q ? '0 : nal_bytes_q + 32'(packed_q.added);
      if (packed_last_q) begin
        nal_valid_o <= 1'b1;
        nal_size_o <= nal_bytes_q + 32'(packed_q.added);
      end
    end
  end

  assign room = push_pos_q < cfg_i.bs_size;
  assign push = packed_valid_q && packed_q.push && room;
  assign overflow_o = bytes_o > cfg_i.bs_size;

  always_ff @(posedge clk_i) begin : to_fifo
    if (push) fifo[wr_q] <= packed_q.word;
    if (!rst_ni || start_pic_i) begin
      wr_q <= '0;
      push_pos_q <= '0;
      words_o <= '0;
    end else begin
      if (push) begin
        wr_q <= wr_q + 7'd1;
        push_pos_q <= push_pos_q + 32'd16;
      end
      if (push || load) words_o <= words_o + 8'(push) - 8'(load && !(tail_q && load_left_q == 8'd1));
    end
  end

  assign tail = drain_all_i && packed_q.rest_bytes != '0 && room;
  assign load = load_left_q != '0 && (!data_valid_o || data_pop_i);
  assign order = cmd_valid_o && cmd_ready_i;
  assign cmd_valid_o = order_left_q != '0;
  assign cmd_beats_o = order_left_q >= BurstWords ? 5'(BurstWords) : 5'(order_left_q);

  always_ff @(posedge clk_i) begin : drain
    drain_done_o <= 1'b0;
    if (!rst_ni || start_pic_i) begin
      rd_q <= '0;
      order_left_q <= '0;
      load_left_q <= '0;
      data_valid_o <= 1'b0;
      draining_q <= 1'b0;
      cmd_addr_o <= cfg_i.bs_addr;
    end else if (drain_i) begin
      order_left_q <= drain_all_i ? words_o + 8'(tail) : words_o & ~(BurstWords - 8'd1);
      load_left_q <= drain_all_i ? words_o + 8'(tail) : words_o & ~(BurstWords - 8'd1);
      tail_q <= tail;
      draining_q <= 1'b1;
    end else if (draining_q) begin
      if (order) begin
        order_left_q <= order_left_q - 8'(cmd_beats_o);
        cmd_addr_o <= cmd_addr_o + {23'd0, cmd_beats_o, 4'd0};
      end
      if (load) begin
        data_o <= tail_q && load_left_q == 8'd1 ? packed_q.rest : fifo[rd_q];
        strb_o <= tail_q && load_left_q == 8'd1 ? ~(16'hffff << packed_q.rest_bytes) : 16'hffff;
        data_valid_o <= 1'b1;
        rd_q <= rd_q + 7'd1;
        load_left_q <= load_left_q - 8'd1;
      end else if (data_pop_i) begin
        data_valid_o <= 1'b0;
      end
      if (load_left_q == '0 && order_left_q == '0 && (!data_valid_o || data_pop_i)) begin
        drain_done_o <= 1'b1;
        draining_q <= 1'b0;
      end
    end
  end

endmodule : h264_nal
