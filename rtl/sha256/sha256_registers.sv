// Registers behind an AXI4-Lite port, and the interrupt. The contract is regs/sha256.yaml.
module sha256_registers
  import sha256_regs_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         awvalid_i,
  output logic         awready_o,
  input  logic [11:0]  awaddr_i,
  input  logic         wvalid_i,
  output logic         wready_o,
  input  logic [31:0]  wdata_i,
  input  logic [3:0]   wstrb_i,
  output logic         bvalid_o,
  input  logic         bready_i,
  input  logic         arvalid_i,
  output logic         arready_o,
  input  logic [11:0]  araddr_i,
  output logic         rvalid_o,
  input  logic         rready_i,
  output logic [31:0]  rdata_o,
  output logic         irq_o,

  output logic         start_o,     // one cycle; desc_addr_o holds then
  output logic         abort_o,     // from CTRL.ABORT to the end
  output logic [31:0]  desc_addr_o,
  input  logic         end_i,       // one cycle: the hash is over, and why
  input  logic         bus_error_i,
  input  logic         desc_error_i,
  input  logic [255:0] digest_i
);
  logic        busy_q;
  logic        bus_error_q;
  logic        desc_error_q;
  logic        aborted_q;
  logic        done_q;
  logic        error_q;
  logic        done_enable_q;
  logic        error_enable_q;
  logic [31:0] desc_addr_q;
  logic [31:0] cycles_q;
  logic [255:0] digest_q;

  logic        wr;    // a write is taken in this cycle
  logic        rd;

  assign wr = awvalid_i && wvalid_i && !bvalid_o;
  assign awready_o = wr;
  assign wready_o = wr;
  assign rd = arvalid_i && !rvalid_o;
  assign arready_o = rd;
  assign desc_addr_o = desc_addr_q;

  function automatic logic [31:0] merged(input logic [31:0] old, input logic [31:0] data, input logic [3:0] strb);
    logic [31:0] value;
    for (int i = 0; i < 4; i++) value[8*i+:8] = strb[i] ? data[8*i+:8] : old[8*i+:8];
    return value;
  endfunction

  always_ff @(posedge clk_i) begin : answers
    if (!rst_ni) begin
      bvalid_o <= 1'b0;
      rvalid_o <= 1'b0;
    end else begin
      if (wr) bvalid_o <= 1'b1;
      else if (bready_i) bvalid_o <= 1'b0;
      if (rd) rvalid_o <= 1'b1;
      else if (rready_i) rvalid_o <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin : reading
    if (rd) begin
      rdata_o <= '0;
      unique case (araddr_i)
        STATUS_OFFSET: begin
          rdata_o[STATUS_BUSY_LSB] <= busy_q;
          rdata_o[STATUS_BUS_ERROR_LSB] <= bus_error_q;
          rdata_o[STATUS_DESC_ERROR_LSB] <= desc_error_q;
          rdata_o[STATUS_ABORTED_LSB] <= aborted_q && !busy_q;
        end
        IRQ_STATUS_OFFSET: begin
          rdata_o[IRQ_STATUS_DONE_LSB] <= done_q;
          rdata_o[IRQ_STATUS_ERROR_LSB] <= error_q;
        end
        IRQ_ENABLE_OFFSET: begin
          rdata_o[IRQ_ENABLE_DONE_LSB] <= done_enable_q;
          rdata_o[IRQ_ENABLE_ERROR_LSB] <= error_enable_q;
        end
        ID_OFFSET: rdata_o <= ID_RESET;
        DESC_ADDR_OFFSET: rdata_o <= desc_addr_q;
        CYCLES_OFFSET: rdata_o <= cycles_q;
        DIGEST0_OFFSET: rdata_o <= digest_q[255:224];
        DIGEST1_OFFSET: rdata_o <= digest_q[223:192];
        DIGEST2_OFFSET: rdata_o <= digest_q[191:160];
        DIGEST3_OFFSET: rdata_o <= digest_q[159:128];
        DIGEST4_OFFSET: rdata_o <= digest_q[127:96];
        DIGEST5_OFFSET: rdata_o <= digest_q[95:64];
        DIGEST6_OFFSET: rdata_o <= digest_q[63:32];
        DIGEST7_OFFSET: rdata_o <= digest_q[31:0];
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : writing
    if (!rst_ni) begin
      desc_addr_q <= '0;
      done_enable_q <= 1'b0;
      error_enable_q <= 1'b0;
    end else if (wr) begin
      if (awaddr_i == DESC_ADDR_OFFSET) desc_addr_q <= merged(desc_addr_q, wdata_i, wstrb_i);
      if (awaddr_i == IRQ_ENABLE_OFFSET && wstrb_i[0]) begin
        done_enable_q <= wdata_i[IRQ_ENABLE_DONE_LSB];
        error_enable_q <= wdata_i[IRQ_ENABLE_ERROR_LSB];
      end
    end
  end

  always_ff @(posedge clk_i) begin : control
    if (!rst_ni) begin
      start_o <= 1'b0;
      abort_o <= 1'b0;
      busy_q <= 1'b0;
      bus_error_q <= 1'b0;
      desc_error_q <= 1'b0;
      aborted_q <= 1'b0;
      cycles_q <= '0;
      digest_q <= '0;
    end else begin
      start_o <= 1'b0;
      if (busy_q) cycles_q <= cycles_q + 32'd1;
      if (wr && awaddr_i == CTRL_OFFSET && wstrb_i[0]) begin
        if (wdata_i[CTRL_START_LSB] && !busy_q) begin
          start_o <= 1'b1;
          busy_q <= 1'b1;
          bus_error_q <= 1'b0;
          desc_error_q <= 1'b0;
          aborted_q <= 1'b0;
          cycles_q <= '0;
        end else if (wdata_i[CTRL_ABORT_LSB] && busy_q) begin
          abort_o <= 1'b1;
          aborted_q <= 1'b1;
        end
      end
      if (end_i) begin
        busy_q <= 1'b0;
        abort_o <= 1'b0;
        bus_error_q <= bus_error_i;
        desc_error_q <= desc_error_i;
        digest_q <= digest_i;
      end
    end
  end

  always_ff @(posedge clk_i) begin : interrupt
    if (!rst_ni) begin
      done_q <= 1'b0;
      error_q <= 1'b0;
      irq_o <= 1'b0;
    end else begin
      if (wr && awaddr_i == IRQ_STATUS_OFFSET && wstrb_i[0]) begin
        if (wdata_i[IRQ_STATUS_DONE_LSB]) done_q <= 1'b0;
        if (wdata_i[IRQ_STATUS_ERROR_LSB]) error_q <= 1'b0;
      end
      if (end_i) begin
        if (bus_error_i || desc_error_i || aborted_q) error_q <= 1'b1;
        else done_q <= 1'b1;
      end
      irq_o <= (done_q && done_enable_q) || (error_q && error_enable_q);
    end
  end

endmodule : sha256_registers
