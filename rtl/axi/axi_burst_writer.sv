// Turns the write commands of two clients into AXI4 INCR bursts that do not cross a 4 KB boundary. Client b goes first when both wait.
// A client keeps the next beat of its data standing (data_valid, data, strb) until pop takes it. The data of a burst come after its address was
// taken. No output depends on an input within a cycle: a second data register takes the beat that arrives while the first one waits.
module axi_burst_writer #(
  parameter int BeatBytes = 16,
  parameter int BeatsWidth = 5
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   a_cmd_valid_i,
  output logic                   a_cmd_ready_o,
  input  logic [31:0]            a_cmd_addr_i,   // a multiple of BeatBytes
  input  logic [BeatsWidth-1:0]  a_cmd_beats_i,  // at least 1
  input  logic                   a_data_valid_i,
  input  logic [8*BeatBytes-1:0] a_data_i,
  input  logic [BeatBytes-1:0]   a_strb_i,
  output logic                   a_pop_o,

  input  logic                   b_cmd_valid_i,
  output logic                   b_cmd_ready_o,
  input  logic [31:0]            b_cmd_addr_i,
  input  logic [BeatsWidth-1:0]  b_cmd_beats_i,
  input  logic                   b_data_valid_i,
  input  logic [8*BeatBytes-1:0] b_data_i,
  input  logic [BeatBytes-1:0]   b_strb_i,
  output logic                   b_pop_o,

  output logic                   idle_o,         // every write was answered
  output logic                   error_o,        // one cycle for each answer that is an error

  output logic                   awvalid_o,
  input  logic                   awready_i,
  output logic [31:0]            awaddr_o,
  output logic [7:0]             awlen_o,
  output logic                   wvalid_o,
  input  logic                   wready_i,
  output logic [8*BeatBytes-1:0] wdata_o,
  output logic [BeatBytes-1:0]   wstrb_o,
  output logic                   wlast_o,
  input  logic                   bvalid_i,
  input  logic [1:0]             bresp_i
);
  localparam int AddrLsb = $clog2(BeatBytes);
  localparam int PageBeats = 4096 / BeatBytes;

  logic                   client_b_q;     // whose command is under way
  logic [31:0]            addr_q;         // of the first beat without an AW
  logic [BeatsWidth-1:0]  beats_q;        // without an AW
  logic [BeatsWidth-1:0]  burst_beats_q;  // of the current burst, not yet on W
  logic [7:0]             unanswered_q;   // bursts
  logic                   spare_q;        // spare_* hold the beat after that on W
  logic [8*BeatBytes-1:0] spare_data_q;
  logic [BeatBytes-1:0]   spare_strb_q;
  logic                   spare_last_q;
  logic                   free;
  logic                   take;           // a beat moves from the client to W
  logic                   open;           // a burst moves from the command to AW

  function automatic logic [BeatsWidth-1:0] burst_beats(input logic [31:0] addr, input logic [BeatsWidth-1:0] beats);
    int left;
    left = PageBeats - int'(addr[11:AddrLsb]);
    return int'(beats) > left ? BeatsWidth'(left) : beats;
  endfunction

  assign free = beats_q == '0 && burst_beats_q == '0;
  assign b_cmd_ready_o = free;
  assign a_cmd_ready_o = free && !b_cmd_valid_i;
  assign take = burst_beats_q != '0 && !awvalid_o && !spare_q && (client_b_q ? b_data_valid_i : a_data_valid_i);
  assign a_pop_o = take && !client_b_q;
  assign b_pop_o = take && client_b_q;
  assign open = beats_q != '0 && burst_beats_q == '0 && !awvalid_o && unanswered_q != '1;
  assign idle_o = free && unanswered_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      awvalid_o <= 1'b0;
      wvalid_o <= 1'b0;
      spare_q <= 1'b0;
      beats_q <= '0;
      burst_beats_q <= '0;
      unanswered_q <= '0;
      error_o <= 1'b0;
    end else begin
      if (free && (a_cmd_valid_i || b_cmd_valid_i)) begin
        client_b_q <= b_cmd_valid_i;
        addr_q <= b_cmd_valid_i ? b_cmd_addr_i : a_cmd_addr_i;
        beats_q <= b_cmd_valid_i ? b_cmd_beats_i : a_cmd_beats_i;
      end
      if (awready_i) awvalid_o <= 1'b0;
      if (open) begin
        awvalid_o <= 1'b1;
        awaddr_o <= addr_q;
        awlen_o <= 8'(burst_beats(addr_q, beats_q)) - 8'd1;
        burst_beats_q <= burst_beats(addr_q, beats_q);
        addr_q <= addr_q + (32'(burst_beats(addr_q, beats_q)) << AddrLsb);
        beats_q <= beats_q - burst_beats(addr_q, beats_q);
      end
      if (!wvalid_o || wready_i) begin
        wvalid_o <= take || spare_q;
        spare_q <= 1'b0;
        if (spare_q) begin
          wdata_o <= spare_data_q;
          wstrb_o <= spare_strb_q;
          wlast_o <= spare_last_q;
        end else if (take) begin
          wdata_o <= client_b_q ? b_data_i : a_data_i;
          wstrb_o <= client_b_q ? b_strb_i : a_strb_i;
          wlast_o <= burst_beats_q == BeatsWidth'(1);
        end
      end else if (take) begin
        spare_q <= 1'b1;
        spare_data_q <= client_b_q ? b_data_i : a_data_i;
        spare_strb_q <= client_b_q ? b_strb_i : a_strb_i;
        spare_last_q <= burst_beats_q == BeatsWidth'(1);
      end
      if (take) burst_beats_q <= burst_beats_q - BeatsWidth'(1);
      error_o <= bvalid_i && bresp_i != 2'b00;
      if (open && !bvalid_i) unanswered_q <= unanswered_q + 8'd1;
      if (!open && bvalid_i) unanswered_q <= unanswered_q - 8'd1;
    end
  end

endmodule : axi_burst_writer
