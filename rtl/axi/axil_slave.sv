// AXI4-Lite to a plain register port: write strobe with address, data and byte enables; read strobe with address, data expected in the next cycle.
// One access at a time. Every address answers OKAY: what lies between the registers is the block's business.
module axil_slave #(
  parameter int AddrWidth = 12
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 awvalid_i,
  output logic                 awready_o,
  input  logic [AddrWidth-1:0] awaddr_i,
  input  logic                 wvalid_i,
  output logic                 wready_o,
  input  logic [31:0]          wdata_i,
  input  logic [3:0]           wstrb_i,
  output logic                 bvalid_o,
  input  logic                 bready_i,
  output logic [1:0]           bresp_o,
  input  logic                 arvalid_i,
  output logic                 arready_o,
  input  logic [AddrWidth-1:0] araddr_i,
  output logic                 rvalid_o,
  input  logic                 rready_i,
  output logic [31:0]          rdata_o,
  output logic [1:0]           rresp_o,

  output logic                 wr_en_o,
  output logic [AddrWidth-1:0] wr_addr_o,
  output logic [31:0]          wr_data_o,
  output logic [3:0]           wr_strb_o,
  output logic                 rd_en_o,
  output logic [AddrWidth-1:0] rd_addr_o,
  input  logic [31:0]          rd_data_i
);
  assign wready_o = awready_o;
  assign bresp_o = 2'b00;
  assign rresp_o = 2'b00;
  assign rdata_o = rd_data_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      awready_o <= 1'b0;
      bvalid_o <= 1'b0;
      arready_o <= 1'b0;
      rvalid_o <= 1'b0;
      wr_en_o <= 1'b0;
      rd_en_o <= 1'b0;
    end else begin
      awready_o <= 1'b0;
      wr_en_o <= 1'b0;
      // Address and data are taken together.
      if (awvalid_i && wvalid_i && !awready_o && !bvalid_o) begin
        awready_o <= 1'b1;
        wr_en_o <= 1'b1;
        wr_addr_o <= awaddr_i;
        wr_data_o <= wdata_i;
        wr_strb_o <= wstrb_i;
      end
      if (awready_o) bvalid_o <= 1'b1;
      else if (bready_i) bvalid_o <= 1'b0;

      arready_o <= 1'b0;
      rd_en_o <= 1'b0;
      if (arvalid_i && !arready_o && !rvalid_o) begin
        arready_o <= 1'b1;
        rd_en_o <= 1'b1;
        rd_addr_o <= araddr_i;
      end
      if (rd_en_o) rvalid_o <= 1'b1;
      else if (rready_i) rvalid_o <= 1'b0;
    end
  end

endmodule : axil_slave
