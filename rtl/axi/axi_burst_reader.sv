// Turns read commands of any length into AXI4 INCR bursts that do not cross a 4 KB boundary. Data come back in the order of the commands and
// go straight to whoever asked, who must have room for all that it asked for: the R channel is never held back.
module axi_burst_reader #(
  parameter int BeatBytes = 16,
  parameter int BeatsWidth = 5
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  logic [31:0]            cmd_addr_i,   // a multiple of BeatBytes
  input  logic [BeatsWidth-1:0]  cmd_beats_i,  // at least 1

  output logic                   arvalid_o,
  input  logic                   arready_i,
  output logic [31:0]            araddr_o,
  output logic [7:0]             arlen_o
);
  localparam int AddrLsb = $clog2(BeatBytes);
  localparam int PageBeats = 4096 / BeatBytes;

  logic [31:0]           addr_q;   // of the first beat not yet asked for
  logic [BeatsWidth-1:0] beats_q;  // not yet asked for

  // Beats from addr to the end of its page, as far as they are wanted.
  function automatic logic [BeatsWidth-1:0] burst_beats(input logic [31:0] addr, input logic [BeatsWidth-1:0] beats);
    int left;
    left = PageBeats - int'(addr[11:AddrLsb]);
    return int'(beats) > left ? BeatsWidth'(left) : beats;
  endfunction

  assign cmd_ready_o = beats_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      arvalid_o <= 1'b0;
      beats_q <= '0;
    end else begin
      if (cmd_valid_i && cmd_ready_o) begin
        addr_q <= cmd_addr_i;
        beats_q <= cmd_beats_i;
      end
      if (arready_i) arvalid_o <= 1'b0;
      if (beats_q != '0 && (!arvalid_o || arready_i)) begin
        arvalid_o <= 1'b1;
        araddr_o <= addr_q;
        arlen_o <= 8'(burst_beats(addr_q, beats_q)) - 8'd1;
        addr_q <= addr_q + (32'(burst_beats(addr_q, beats_q)) << AddrLsb);
        beats_q <= beats_q - burst_beats(addr_q, beats_q);
      end
    end
  end

endmodule : axi_burst_reader
