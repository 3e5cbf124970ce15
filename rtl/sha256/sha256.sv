// SHA-256 over pieces of memory. The register contract is regs/sha256.yaml; see README.md for the block diagram.
module sha256 (
  input  logic         clk,
  input  logic         rst_n,
  output logic         irq,

  // AXI4 manager that only reads, INCR bursts of 16-byte beats.
  output logic         m_axi_awvalid,
  input  logic         m_axi_awready,
  output logic [31:0]  m_axi_awaddr,
  output logic [7:0]   m_axi_awlen,
  output logic [2:0]   m_axi_awsize,
  output logic [1:0]   m_axi_awburst,
  output logic [2:0]   m_axi_awprot,
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
  output logic [2:0]   m_axi_arprot,
  input  logic         m_axi_rvalid,
  output logic         m_axi_rready,
  input  logic [127:0] m_axi_rdata,
  input  logic [1:0]   m_axi_rresp,
  input  logic         m_axi_rlast,

  // AXI4-Lite subordinate.
  input  logic         s_axil_awvalid,
  output logic         s_axil_awready,
  input  logic [11:0]  s_axil_awaddr,
  input  logic [2:0]   s_axil_awprot,
  input  logic         s_axil_wvalid,
  output logic         s_axil_wready,
  input  logic [31:0]  s_axil_wdata,
  input  logic [3:0]   s_axil_wstrb,
  output logic         s_axil_bvalid,
  input  logic         s_axil_bready,
  output logic [1:0]   s_axil_bresp,
  input  logic         s_axil_arvalid,
  output logic         s_axil_arready,
  input  logic [11:0]  s_axil_araddr,
  input  logic [2:0]   s_axil_arprot,
  output logic         s_axil_rvalid,
  input  logic         s_axil_rready,
  output logic [31:0]  s_axil_rdata,
  output logic [1:0]   s_axil_rresp
);
  logic         start;
  logic         abort;
  logic [31:0]  desc_addr;
  logic         hash_end;
  logic         bus_error;
  logic         desc_error;
  logic         core_first;
  logic         core_start;
  logic         core_ready;
  logic [511:0] core_block;
  logic [255:0] digest;
  logic         unused;

  assign m_axi_awvalid = 1'b0;
  assign m_axi_awaddr = '0;
  assign m_axi_awlen = '0;
  assign m_axi_awsize = '0;
  assign m_axi_awburst = '0;
  assign m_axi_awprot = '0;
  assign m_axi_wvalid = 1'b0;
  assign m_axi_wdata = '0;
  assign m_axi_wstrb = '0;
  assign m_axi_wlast = 1'b0;
  assign m_axi_bready = 1'b1;
  assign m_axi_arsize = 3'd4;
  assign m_axi_arburst = 2'b01;
  assign m_axi_arprot = 3'b000;
  assign s_axil_bresp = 2'b00;
  assign s_axil_rresp = 2'b00;
  assign unused = &{1'b0, m_axi_awready, m_axi_wready, m_axi_bvalid, m_axi_bresp, s_axil_awprot, s_axil_arprot};

  sha256_registers registers (
    .clk_i(clk), .rst_ni(rst_n),
    .awvalid_i(s_axil_awvalid), .awready_o(s_axil_awready), .awaddr_i(s_axil_awaddr),
    .wvalid_i(s_axil_wvalid), .wready_o(s_axil_wready), .wdata_i(s_axil_wdata), .wstrb_i(s_axil_wstrb),
    .bvalid_o(s_axil_bvalid), .bready_i(s_axil_bready),
    .arvalid_i(s_axil_arvalid), .arready_o(s_axil_arready), .araddr_i(s_axil_araddr),
    .rvalid_o(s_axil_rvalid), .rready_i(s_axil_rready), .rdata_o(s_axil_rdata), .irq_o(irq),
    .start_o(start), .abort_o(abort), .desc_addr_o(desc_addr),
    .end_i(hash_end), .bus_error_i(bus_error), .desc_error_i(desc_error), .digest_i(digest));

  sha256_stream stream (
    .clk_i(clk), .rst_ni(rst_n),
    .start_i(start), .abort_i(abort), .desc_addr_i(desc_addr),
    .end_o(hash_end), .bus_error_o(bus_error), .desc_error_o(desc_error),
    .core_first_o(core_first), .core_start_o(core_start), .core_block_o(core_block), .core_ready_i(core_ready),
    .arvalid_o(m_axi_arvalid), .arready_i(m_axi_arready), .araddr_o(m_axi_araddr), .arlen_o(m_axi_arlen),
    .rvalid_i(m_axi_rvalid), .rready_o(m_axi_rready), .rdata_i(m_axi_rdata), .rresp_i(m_axi_rresp), .rlast_i(m_axi_rlast));

  sha256_core core (
    .clk_i(clk), .rst_ni(rst_n),
    .first_i(core_first), .start_i(core_start), .block_i(core_block), .ready_o(core_ready), .digest_o(digest));

endmodule : sha256
