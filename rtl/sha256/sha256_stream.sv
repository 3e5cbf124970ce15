// Walks the list of descriptors, reads the pieces, and gathers their bytes, whatever their alignment, into blocks of 64 with the padding of
// FIPS 180-4, section 5.1.1, behind the last. Reads 64 bytes at most at a time: while they come, the core works on the block before.
module sha256_stream (
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         start_i,
  input  logic         abort_i,
  input  logic [31:0]  desc_addr_i,
  output logic         end_o,         // one cycle; the core's digest is final
  output logic         bus_error_o,   // meaningful with end_o
  output logic         desc_error_o,  // meaningful with end_o

  output logic         core_first_o,
  output logic         core_start_o,
  output logic [511:0] core_block_o,
  input  logic         core_ready_i,

  output logic         arvalid_o,
  input  logic         arready_i,
  output logic [31:0]  araddr_o,
  output logic [7:0]   arlen_o,
  input  logic         rvalid_i,
  output logic         rready_o,
  input  logic [127:0] rdata_i,
  input  logic [1:0]   rresp_i,
  input  logic         rlast_i
);
  localparam int LengthBytes = 8;  // of the message's length at the end of the padding

  typedef enum logic [2:0] {
    Idle,
    AskDescriptor,
    GetDescriptor,
    AskData,
    GetData,
    Pad,      // the message is over: its last block, or the one after it
    Finish    // the core works on the last block
  } state_e;

  state_e       state_q;
  logic [31:0]  next_q;        // of the descriptor to be read
  logic         last_q;        // the piece under way is the last one
  logic [31:0]  addr_q;        // of the first byte of the piece that was not asked for
  logic [31:0]  left_q;        // bytes of the piece that were not asked for
  logic [6:0]   coming_q;      // bytes of what was asked for that did not come
  logic [3:0]   skip_q;        // bytes at the beginning of the next beat that are not the piece's

  logic         beat_valid_q;  // a beat waits for room in the block
  logic         beat_last_q;   // it ends a burst
  logic [127:0] beat_q;        // its next byte in the lower bits
  logic [4:0]   beat_bytes_q;

  logic [511:0] block_q;
  logic [6:0]   fill_q;        // bytes in the block, 0 to 64
  logic [60:0]  total_q;       // bytes of the message
  logic         marked_q;      // the 1 behind the message is in the block
  logic         bus_error_q;
  logic         desc_error_q;

  logic         full;
  logic         take;          // bytes move from the beat into the block
  logic [4:0]   taken;

  // Bytes from a place to the end of its 64, of which `left` are wanted: a burst never crosses 4 KB, and has at most four beats.
  function automatic logic [6:0] burst_bytes(input logic [5:0] place, input logic [31:0] left);
    logic [6:0] room;
    room = 7'd64 - 7'(place);
    return left < 32'(room) ? left[6:0] : room;
  endfunction

  function automatic logic [4:0] lesser(input logic [4:0] a, input logic [6:0] b);
    return 7'(a) < b ? a : b[4:0];
  endfunction

  // The first `count` bytes of a beat.
  function automatic logic [127:0] leading(input logic [127:0] beat, input logic [4:0] count);
    return beat & ~({128{1'b1}} << (8 * int'(count)));
  endfunction

  // The length in bits, big-endian, in the last eight bytes of a block.
  function automatic logic [511:0] length_field(input logic [60:0] bytes);
    logic [63:0]  bits;
    logic [511:0] field;
    bits = {bytes, 3'b000};
    field = '0;
    for (int i = 0; i < LengthBytes; i++) field[8*(63-i)+:8] = bits[8*i+:8];
    return field;
  endfunction

  assign full = fill_q == 7'd64;
  assign take = beat_valid_q && !full;
  assign taken = lesser(beat_bytes_q, 7'd64 - fill_q);
  assign core_start_o = full && core_ready_i;
  assign core_block_o = block_q;
  assign rready_o = state_q == GetDescriptor || (state_q == GetData && !beat_valid_q);
  assign araddr_o = state_q == AskDescriptor ? next_q : {addr_q[31:4], 4'd0};
  assign arlen_o = state_q == AskDescriptor ? 8'd0 : 8'((7'(addr_q[3:0]) + burst_bytes(addr_q[5:0], left_q) - 7'd1) >> 4);
  assign bus_error_o = bus_error_q;
  assign desc_error_o = desc_error_q;

  always_ff @(posedge clk_i) begin : walk
    if (!rst_ni) begin
      state_q <= Idle;
      arvalid_o <= 1'b0;
      end_o <= 1'b0;
      core_first_o <= 1'b0;
      beat_valid_q <= 1'b0;
      fill_q <= '0;
    end else begin
      end_o <= 1'b0;
      core_first_o <= 1'b0;

      if (take) begin
        block_q <= block_q | 512'(leading(beat_q, taken)) << (8 * int'(fill_q));
        fill_q <= fill_q + 7'(taken);
        beat_q <= beat_q >> (8 * int'(taken));
        beat_bytes_q <= beat_bytes_q - taken;
        if (taken == beat_bytes_q) beat_valid_q <= 1'b0;
      end
      if (core_start_o) begin
        block_q <= '0;
        fill_q <= '0;
      end

      unique case (state_q)
        Idle: begin
          if (start_i) begin
            core_first_o <= 1'b1;
            block_q <= '0;
            fill_q <= '0;
            total_q <= '0;
            marked_q <= 1'b0;
            bus_error_q <= 1'b0;
            desc_error_q <= 1'b0;
            next_q <= desc_addr_i;
            state_q <= AskDescriptor;
          end
        end

        AskDescriptor: begin
          if (arvalid_o) begin
            if (arready_i) begin
              arvalid_o <= 1'b0;
              state_q <= GetDescriptor;
            end
          end else if (abort_i) begin
            state_q <= Finish;
          end else if (next_q[3:0] != 4'd0) begin
            desc_error_q <= 1'b1;
            state_q <= Finish;
          end else begin
            arvalid_o <= 1'b1;
          end
        end

        GetDescriptor: begin
          if (rvalid_i) begin
            addr_q <= rdata_i[31:0];
            left_q <= rdata_i[63:32];
            next_q <= rdata_i[95:64];
            last_q <= rdata_i[96];
            total_q <= total_q + 61'(rdata_i[63:32]);
            if (rresp_i != 2'b00) bus_error_q <= 1'b1;
            state_q <= rresp_i != 2'b00 ? Finish : AskData;
          end
        end

        AskData: begin
          if (arvalid_o) begin
            if (arready_i) begin
              arvalid_o <= 1'b0;
              coming_q <= burst_bytes(addr_q[5:0], left_q);
              skip_q <= addr_q[3:0];
              addr_q <= addr_q + 32'(burst_bytes(addr_q[5:0], left_q));
              left_q <= left_q - 32'(burst_bytes(addr_q[5:0], left_q));
              state_q <= GetData;
            end
          end else if (abort_i || bus_error_q) begin
            state_q <= Finish;
          end else if (left_q != '0) begin
            arvalid_o <= 1'b1;
          end else begin
            state_q <= last_q ? Pad : AskDescriptor;
          end
        end

        GetData: begin
          if (rvalid_i && rready_o) begin
            beat_valid_q <= 1'b1;
            beat_last_q <= rlast_i;
            beat_q <= rdata_i >> (8 * int'(skip_q));
            beat_bytes_q <= lesser(5'd16 - 5'(skip_q), coming_q);
            coming_q <= coming_q - 7'(lesser(5'd16 - 5'(skip_q), coming_q));
            skip_q <= '0;
            if (rresp_i != 2'b00) bus_error_q <= 1'b1;
          end
          // The burst is over when its last beat is in the block.
          if (take && taken == beat_bytes_q && beat_last_q) state_q <= AskData;
        end

        Pad: begin
          if (!full) begin
            fill_q <= 7'd64;
            marked_q <= 1'b1;
            if (!marked_q) block_q <= block_q | 512'(8'h80) << (8 * int'(fill_q)) | (fill_q < 7'd56 ? length_field(total_q) : '0);
            else block_q <= length_field(total_q);
            if (marked_q || fill_q < 7'd56) state_q <= Finish;
          end
        end

        // A block may still wait for the core; after an error it is of no use, but the core must be at rest for the next hash.
        Finish: begin
          if (core_ready_i && !core_start_o && !full) begin
            end_o <= 1'b1;
            state_q <= Idle;
          end
        end

        default: state_q <= Idle;
      endcase
    end
  end

endmodule : sha256_stream
