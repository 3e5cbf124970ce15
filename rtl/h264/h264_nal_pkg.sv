// Emulation prevention (clause 7.4.1) and packing of bytes, as functions.
package h264_nal_pkg;

  localparam logic [63:0] EmulationPreventionByte = 64'd3;

  // A complete 16-byte word, if push is set, and the bytes behind it; the first byte is lowest.
  typedef struct packed {
    logic         push;
    logic [3:0]   rest_bytes;
    logic [3:0]   added;      // bytes that came to the NAL unit
    logic [1:0]   zeros;      // zero bytes at the end, 2 at most
    logic [127:0] word;
    logic [127:0] rest;
  } packed_t;

  // The symbol's bits, the first one highest.
  function automatic logic [63:0] aligned(input logic [63:0] bits, input logic [6:0] len);
    return bits << (7'd64 - len);
  endfunction

  // Puts up to eight bytes, the first one lowest, behind the rest of up to 15. A word that is complete then goes to word, and push is set.
  function automatic void insert(inout logic push, inout logic [127:0] word, inout logic [63:0] low, inout logic [63:0] high, inout int rest_bytes,
                                 input logic [63:0] bytes, input int count);
    logic [63:0] first;
    logic [63:0] second;
    first = bytes << 8 * (rest_bytes & 7);
    second = bytes >> 64 - 8 * (rest_bytes & 7);
    if (rest_bytes < 8) begin
      low = low | first;
      high = second;
    end else if (rest_bytes + count < 16) begin
      high = high | first;
    end else begin
      push = 1'b1;
      word = {high | first, low};
      low = second;
      high = '0;
    end
    rest_bytes = (rest_bytes + count) & 15;
  endfunction

  function automatic logic [63:0] reversed(input logic [63:0] b);
    return {b[7:0], b[15:8], b[23:16], b[31:24], b[39:32], b[47:40], b[55:48], b[63:56]};
  endfunction

  // Up to four bytes, the first one highest, to the first one lowest and with what must stand between them.
  function automatic void escape(inout int zeros, inout logic [63:0] bytes, inout int total, input logic [31:0] group, input int count);
    logic [7:0] b;
    bytes = '0;
    total = 0;
    for (int i = 0; i < 4; i++) begin
      if (i < count) begin
        b = group[31-8*i-:8];
        if (zeros == 2 && b <= 8'd3) begin
          bytes = bytes | EmulationPreventionByte << 8 * total;
          total = total + 1;
          zeros = 0;
        end
        bytes = bytes | 64'(b) << 8 * total;
        total = total + 1;
        zeros = b == '0 ? zeros + 1 : 0;
      end
    end
  endfunction

  function automatic packed_t packed_with(input packed_t earlier, input logic [63:0] group, input int count);
    logic         push;
    logic [127:0] word;
    logic [63:0]  low;
    logic [63:0]  high;
    logic [63:0]  bytes;
    int           rest_bytes;
    int           zeros;
    int           total;
    int           added;
    push = 1'b0;
    word = '0;
    low = earlier.rest[63:0];
    high = earlier.rest[127:64];
    rest_bytes = int'(earlier.rest_bytes);
    zeros = int'(earlier.zeros);
    bytes = '0;
    total = 0;
    if (count == 8 && zeros == 0 && ((group - 64'h0101010101010101) & ~group & 64'h8080808080808080) == '0) begin
      // No byte is zero.
      added = 8;
      insert(push, word, low, high, rest_bytes, reversed(group), 8);
    end else begin
      escape(zeros, bytes, total, group[63:32], count);
      insert(push, word, low, high, rest_bytes, bytes, total);
      added = total;
      escape(zeros, bytes, total, group[31:0], count - 4);
      insert(push, word, low, high, rest_bytes, bytes, total);
      added = added + total;
    end
    return {push, 4'(rest_bytes), 4'(added), 2'(zeros), word, high, low};
  endfunction

endpackage : h264_nal_pkg
