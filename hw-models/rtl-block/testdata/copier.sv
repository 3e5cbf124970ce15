// A block for testing the wrapper: copies memory, one 16-byte beat after another or in bursts, adding one to each byte on the way, and counts.
//   0x00 CTRL    w  bit 0: start (ignored while busy); bit 1: irq half way too
//   0x04 STATUS  r  bit 0: busy, bit 1: a response was an error, 31:16 beats still to be written
//   0x08 IRQ     rw1c bit 0
//   0x0C SOURCE  rw
//   0x10 TARGET  rw
//   0x14 BEATS   rw 1 to 256, one burst
//   0x18 REPEAT  rw bursts
//   0x1C PAUSE   rw cycles without bus activity before each burst
//   0x20 TICKS   r  counts always while bit 0 of FREE is set
//   0x24 FREE    rw
module copier (
  input  logic         clk,
  input  logic         rst_n,
  output logic         irq,
  output logic         m_axi_awvalid,
  input  logic         m_axi_awready,
  output logic [31:0]  m_axi_awaddr,
  output logic [7:0]   m_axi_awlen,
  output logic [2:0]   m_axi_awsize,
  output logic [1:0]   m_axi_awburst,
  output logic         m_axi_wvalid,
  input  logic         m_axi_wready,
  output logic [127:0] m_axi_wdata,
  output logic [15:0]  m_axi_wstrb,
  output logic         m_axi_wlast,
  input  logic         m_axi_bvalid,
  output logic         m_axi_bready,
  input  logic [1:0]   m_axi_bresp,
  output logic         m_axi_arvalid,
  input  logic         m_axi_arready,
  output logic [31:0]  m_axi_araddr,
  output logic [7:0]   m_axi_arlen,
  output logic [2:0]   m_axi_arsize,
  output logic [1:0]   m_axi_arburst,
  input  logic         m_axi_rvalid,
  output logic         m_axi_rready,
  input  logic [127:0] m_axi_rdata,
  input  logic [1:0]   m_axi_rresp,
  input  logic         m_axi_rlast,
  input  logic         s_axil_awvalid,
  output logic         s_axil_awready,
  input  logic [7:0]   s_axil_awaddr,
  input  logic         s_axil_wvalid,
  output logic         s_axil_wready,
  input  logic [31:0]  s_axil_wdata,
  input  logic [3:0]   s_axil_wstrb,
  output logic         s_axil_bvalid,
  input  logic         s_axil_bready,
  output logic [1:0]   s_axil_bresp,
  input  logic         s_axil_arvalid,
  output logic         s_axil_arready,
  input  logic [7:0]   s_axil_araddr,
  output logic         s_axil_rvalid,
  input  logic         s_axil_rready,
  output logic [31:0]  s_axil_rdata,
  output logic [1:0]   s_axil_rresp
);
  typedef enum logic [2:0] {Idle, Pause, Ask, Load, Announce, Store, Answer} state_e;

  state_e         state_q;
  logic           half_q;
  logic           irq_q;
  logic           error_q;
  logic [31:0]    source_q, target_q, ticks_q;
  logic [8:0]     beats_q, index_q;
  logic [15:0]    repeat_q, bursts_q, pause_q, wait_q;
  logic           free_q;
  logic [31:0]    from_q, to_q;
  logic [127:0]   buffer [256];

  function automatic logic [127:0] plus_one(input logic [127:0] data);
    logic [127:0] result;
    for (int i = 0; i < 16; i++) result[8*i+:8] = data[8*i+:8] + 8'd1;
    return result;
  endfunction

  assign irq = irq_q;
  assign m_axi_arvalid = state_q == Ask;
  assign m_axi_araddr = from_q;
  assign m_axi_arlen = 8'(beats_q - 9'd1);
  assign m_axi_arsize = 3'd4;
  assign m_axi_arburst = 2'd1;
  assign m_axi_rready = state_q == Load;
  assign m_axi_awvalid = state_q == Announce;
  assign m_axi_awaddr = to_q;
  assign m_axi_awlen = 8'(beats_q - 9'd1);
  assign m_axi_awsize = 3'd4;
  assign m_axi_awburst = 2'd1;
  assign m_axi_wvalid = state_q == Store;
  assign m_axi_wdata = plus_one(buffer[index_q[7:0]]);
  assign m_axi_wstrb = index_q == 9'd0 ? 16'hFFFE : 16'hFFFF;  // the first byte of each burst is left alone
  assign m_axi_wlast = index_q == beats_q - 9'd1;
  assign m_axi_bready = state_q == Answer;

  // Registers: an access takes two cycles.
  logic write, start;
  assign write = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
  assign s_axil_awready = write;
  assign s_axil_wready = write;
  assign s_axil_bresp = 2'd0;
  assign s_axil_arready = s_axil_arvalid && !s_axil_rvalid;
  assign s_axil_rresp = 2'd0;
  assign start = write && s_axil_awaddr == 8'h00 && s_axil_wdata[0] && s_axil_wstrb[0] && state_q == Idle;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      s_axil_bvalid <= 1'b0;
      s_axil_rvalid <= 1'b0;
      half_q <= 1'b0;
      source_q <= '0;
      target_q <= '0;
      beats_q <= 9'd1;
      repeat_q <= 16'd1;
      pause_q <= '0;
      free_q <= 1'b0;
      ticks_q <= '0;
    end else begin
      if (free_q) ticks_q <= ticks_q + 32'd1;
      if (s_axil_bready) s_axil_bvalid <= 1'b0;
      if (s_axil_rready) s_axil_rvalid <= 1'b0;
      if (write) begin
        s_axil_bvalid <= 1'b1;
        unique case (s_axil_awaddr)
          8'h00: half_q <= s_axil_wdata[1];
          8'h0C: if (&s_axil_wstrb) source_q <= s_axil_wdata;
          8'h10: if (&s_axil_wstrb) target_q <= s_axil_wdata;
          8'h14: beats_q <= s_axil_wdata[8:0];
          8'h18: begin
            if (s_axil_wstrb[0]) repeat_q[7:0] <= s_axil_wdata[7:0];
            if (s_axil_wstrb[1]) repeat_q[15:8] <= s_axil_wdata[15:8];
          end
          8'h1C: pause_q <= s_axil_wdata[15:0];
          8'h24: free_q <= s_axil_wdata[0];
          default: ;
        endcase
      end
      if (s_axil_arready) begin
        s_axil_rvalid <= 1'b1;
        unique case (s_axil_araddr)
          8'h04: s_axil_rdata <= {bursts_q, 14'd0, error_q, state_q != Idle};
          8'h08: s_axil_rdata <= {31'd0, irq_q};
          8'h0C: s_axil_rdata <= source_q;
          8'h18: s_axil_rdata <= {16'd0, repeat_q};
          8'h20: s_axil_rdata <= ticks_q;
          default: s_axil_rdata <= 32'd0;
        endcase
      end
    end
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state_q <= Idle;
      irq_q <= 1'b0;
      error_q <= 1'b0;
      bursts_q <= '0;
    end else begin
      if (write && s_axil_awaddr == 8'h08 && s_axil_wdata[0]) irq_q <= 1'b0;
      unique case (state_q)
        Idle: if (start) begin
          state_q <= Pause;
          error_q <= 1'b0;
          bursts_q <= repeat_q;
          wait_q <= pause_q;
          from_q <= source_q;
          to_q <= target_q;
        end
        Pause: begin
          wait_q <= wait_q - 16'd1;
          if (wait_q == '0) state_q <= Ask;
        end
        Ask: begin
          index_q <= '0;
          if (m_axi_arready) state_q <= Load;
        end
        Load: if (m_axi_rvalid) begin
          buffer[index_q[7:0]] <= m_axi_rdata;
          error_q <= error_q || m_axi_rresp != 2'd0;
          index_q <= index_q + 9'd1;
          if (m_axi_rlast) begin
            state_q <= Announce;
            index_q <= '0;
          end
        end
        Announce: if (m_axi_awready) state_q <= Store;
        Store: if (m_axi_wready) begin
          index_q <= index_q + 9'd1;
          if (m_axi_wlast) state_q <= Answer;
        end
        Answer: if (m_axi_bvalid) begin
          error_q <= error_q || m_axi_bresp != 2'd0;
          from_q <= from_q + {19'd0, beats_q, 4'd0};
          to_q <= to_q + {19'd0, beats_q, 4'd0};
          bursts_q <= bursts_q - 16'd1;
          wait_q <= pause_q;
          state_q <= bursts_q == 16'd1 ? Idle : Pause;
          if (bursts_q == 16'd1 || (half_q && bursts_q == (repeat_q >> 1) + 16'd1)) irq_q <= 1'b1;
        end
        default: state_q <= Idle;
      endcase
    end
  end

endmodule : copier
