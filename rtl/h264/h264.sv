// H.264 Constrained Baseline encoder for intra pictures. The register contract is regs/h264.yaml; see README.md for the block diagram.
module h264
  import h264_pkg::*;
(
  input  logic         clk,
  input  logic         rst_n,
  output logic         irq,

  // AXI4 manager, one ID, INCR bursts of 16-byte beats.
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
  logic         reg_wr_en;
  logic [11:0]  reg_wr_addr;
  logic [31:0]  reg_wr_data;
  logic [3:0]   reg_wr_strb;
  logic         reg_rd_en;
  logic [11:0]  reg_rd_addr;
  logic [31:0]  reg_rd_data;

  logic         start;
  config_t      cfg;
  logic         overflow;
  logic [31:0]  bs_bytes;
  logic         nal_done;
  logic         writeout_done;
  logic         writer_idle;
  logic         writer_error;

  logic         src_cmd_valid;
  logic         src_cmd_ready;
  logic [31:0]  src_cmd_addr;
  logic [4:0]   src_cmd_beats;
  logic         group_ready;
  logic         group_release;
  logic         src_rd_en;
  logic [1:0]   src_rd_mb;
  logic [4:0]   src_rd_blk;
  block_t       src_rd_block;

  logic         blk_valid;
  logic         blk_pcm;
  logic [4:0]   blk_idx;
  block_t       blk_src;
  block_t       blk_pred;
  pred_mode_e   luma_mode;
  pred_mode_e   chroma_mode;

  logic         lev_valid;
  logic [4:0]   lev_idx;
  levels_t      lev_levels;
  scan_t        lev_scan;
  logic         levels_free;
  logic         mb_valid;
  mb_info_t     mb_info;

  logic         rec_valid;
  logic         rec_pcm;
  logic [4:0]   rec_idx;
  block_t       rec_block;
  logic         maybe_pcm;
  logic         verdict_valid;
  logic         verdict_pcm;
  logic         mb_finish;
  logic         write_free;

  logic         sym_valid;
  logic         sym_last;
  symbol_t      sym;
  logic         sym_ready;

  logic         rec_cmd_valid;
  logic         rec_cmd_ready;
  logic [31:0]  rec_cmd_addr;
  logic [4:0]   rec_cmd_beats;
  logic         rec_data_valid;
  logic [127:0] rec_data;
  logic         rec_data_pop;

  logic         bs_cmd_valid;
  logic         bs_cmd_ready;
  logic [31:0]  bs_cmd_addr;
  logic [4:0]   bs_cmd_beats;
  logic         bs_data_valid;
  logic [127:0] bs_data;
  logic [15:0]  bs_strb;
  logic         bs_data_pop;

  assign m_axi_awsize = 3'd4;
  assign m_axi_awburst = 2'b01;
  assign m_axi_awprot = 3'b000;
  assign m_axi_bready = 1'b1;
  assign m_axi_arsize = 3'd4;
  assign m_axi_arburst = 2'b01;
  assign m_axi_arprot = 3'b000;
  assign m_axi_rready = 1'b1;

  axil_slave #(
    .AddrWidth(12)
  ) u_axil (
    .clk_i    (clk),
    .rst_ni   (rst_n),
    .awvalid_i(s_axil_awvalid),
    .awready_o(s_axil_awready),
    .awaddr_i (s_axil_awaddr),
    .wvalid_i (s_axil_wvalid),
    .wready_o (s_axil_wready),
    .wdata_i  (s_axil_wdata),
    .wstrb_i  (s_axil_wstrb),
    .bvalid_o (s_axil_bvalid),
    .bready_i (s_axil_bready),
    .bresp_o  (s_axil_bresp),
    .arvalid_i(s_axil_arvalid),
    .arready_o(s_axil_arready),
    .araddr_i (s_axil_araddr),
    .rvalid_o (s_axil_rvalid),
    .rready_i (s_axil_rready),
    .rdata_o  (s_axil_rdata),
    .rresp_o  (s_axil_rresp),
    .wr_en_o  (reg_wr_en),
    .wr_addr_o(reg_wr_addr),
    .wr_data_o(reg_wr_data),
    .wr_strb_o(reg_wr_strb),
    .rd_en_o  (reg_rd_en),
    .rd_addr_o(reg_rd_addr),
    .rd_data_i(reg_rd_data)
  );

  h264_regs u_regs (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .wr_en_i        (reg_wr_en),
    .wr_addr_i      (reg_wr_addr),
    .wr_data_i      (reg_wr_data),
    .wr_strb_i      (reg_wr_strb),
    .rd_en_i        (reg_rd_en),
    .rd_addr_i      (reg_rd_addr),
    .rd_data_o      (reg_rd_data),
    .irq_o          (irq),
    .start_o        (start),
    .cfg_o          (cfg),
    .nal_done_i     (nal_done),
    .writeout_done_i(writeout_done),
    .writer_idle_i  (writer_idle),
    .rvalid_i       (m_axi_rvalid),
    .rresp_i        (m_axi_rresp),
    .writer_error_i (writer_error),
    .verdict_valid_i(verdict_valid),
    .verdict_pcm_i  (verdict_pcm),
    .overflow_i     (overflow),
    .bs_bytes_i     (bs_bytes)
  );

  axi_burst_reader u_reader (
    .clk_i      (clk),
    .rst_ni     (rst_n),
    .cmd_valid_i(src_cmd_valid),
    .cmd_ready_o(src_cmd_ready),
    .cmd_addr_i (src_cmd_addr),
    .cmd_beats_i(src_cmd_beats),
    .arvalid_o  (m_axi_arvalid),
    .arready_i  (m_axi_arready),
    .araddr_o   (m_axi_araddr),
    .arlen_o    (m_axi_arlen)
  );

  h264_fetch u_fetch (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .start_i        (start),
    .cfg_i          (cfg),
    .cmd_valid_o    (src_cmd_valid),
    .cmd_ready_i    (src_cmd_ready),
    .cmd_addr_o     (src_cmd_addr),
    .cmd_beats_o    (src_cmd_beats),
    .beat_valid_i   (m_axi_rvalid),
    .beat_data_i    (m_axi_rdata),
    .group_ready_o  (group_ready),
    .group_release_i(group_release),
    .rd_en_i        (src_rd_en),
    .rd_mb_i        (src_rd_mb),
    .rd_blk_i       (src_rd_blk),
    .rd_block_o     (src_rd_block)
  );

  h264_predict u_predict (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .start_i        (start),
    .cfg_i          (cfg),
    .group_ready_i  (group_ready),
    .group_release_o(group_release),
    .rd_en_o        (src_rd_en),
    .rd_mb_o        (src_rd_mb),
    .rd_blk_o       (src_rd_blk),
    .rd_block_i     (src_rd_block),
    .levels_free_i  (levels_free),
    .write_free_i   (write_free),
    .blk_valid_o    (blk_valid),
    .blk_pcm_o      (blk_pcm),
    .blk_idx_o      (blk_idx),
    .blk_src_o      (blk_src),
    .blk_pred_o     (blk_pred),
    .luma_mode_o    (luma_mode),
    .chroma_mode_o  (chroma_mode),
    .rec_valid_i    (rec_valid),
    .rec_idx_i      (rec_idx),
    .rec_block_i    (rec_block),
    .maybe_pcm_i    (maybe_pcm),
    .verdict_valid_i(verdict_valid),
    .verdict_pcm_i  (verdict_pcm),
    .mb_finish_o    (mb_finish)
  );

  h264_transform u_transform (
    .clk_i        (clk),
    .rst_ni       (rst_n),
    .start_i      (start),
    .cfg_i        (cfg),
    .blk_valid_i  (blk_valid),
    .blk_pcm_i    (blk_pcm),
    .blk_idx_i    (blk_idx),
    .blk_src_i    (blk_src),
    .blk_pred_i   (blk_pred),
    .luma_mode_i  (luma_mode),
    .chroma_mode_i(chroma_mode),
    .lev_valid_o  (lev_valid),
    .lev_idx_o    (lev_idx),
    .lev_levels_o (lev_levels),
    .lev_scan_o   (lev_scan),
    .mb_valid_o   (mb_valid),
    .mb_info_o    (mb_info),
    .rec_valid_o  (rec_valid),
    .rec_pcm_o    (rec_pcm),
    .rec_idx_o    (rec_idx),
    .rec_block_o  (rec_block),
    .maybe_pcm_o  (maybe_pcm)
  );

  h264_entropy u_entropy (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .start_i        (start),
    .cfg_i          (cfg),
    .lev_valid_i    (lev_valid),
    .lev_idx_i      (lev_idx),
    .lev_levels_i   (lev_levels),
    .lev_scan_i     (lev_scan),
    .mb_valid_i     (mb_valid),
    .mb_info_i      (mb_info),
    .levels_free_o  (levels_free),
    .verdict_valid_o(verdict_valid),
    .verdict_pcm_o  (verdict_pcm),
    .rec_valid_i    (rec_valid),
    .rec_pcm_i      (rec_pcm),
    .rec_idx_i      (rec_idx),
    .rec_block_i    (rec_block),
    .sym_valid_o    (sym_valid),
    .sym_last_o     (sym_last),
    .sym_o          (sym),
    .sym_ready_i    (sym_ready)
  );

  h264_nal u_nal (
    .clk_i       (clk),
    .rst_ni      (rst_n),
    .start_i     (start),
    .cfg_i       (cfg),
    .sym_valid_i (sym_valid),
    .sym_last_i  (sym_last),
    .sym_i       (sym),
    .sym_ready_o (sym_ready),
    .cmd_valid_o (bs_cmd_valid),
    .cmd_ready_i (bs_cmd_ready),
    .cmd_addr_o  (bs_cmd_addr),
    .cmd_beats_o (bs_cmd_beats),
    .data_valid_o(bs_data_valid),
    .data_o      (bs_data),
    .strb_o      (bs_strb),
    .data_pop_i  (bs_data_pop),
    .done_o      (nal_done),
    .overflow_o  (overflow),
    .bytes_o     (bs_bytes)
  );

  h264_writeout u_writeout (
    .clk_i       (clk),
    .rst_ni      (rst_n),
    .start_i     (start),
    .cfg_i       (cfg),
    .rec_valid_i (rec_valid),
    .rec_idx_i   (rec_idx),
    .rec_block_i (rec_block),
    .mb_finish_i (mb_finish),
    .write_free_o(write_free),
    .cmd_valid_o (rec_cmd_valid),
    .cmd_ready_i (rec_cmd_ready),
    .cmd_addr_o  (rec_cmd_addr),
    .cmd_beats_o (rec_cmd_beats),
    .data_valid_o(rec_data_valid),
    .data_o      (rec_data),
    .data_pop_i  (rec_data_pop),
    .done_o      (writeout_done)
  );

  // The bitstream goes first: its buffer is the smaller one.
  axi_burst_writer u_writer (
    .clk_i         (clk),
    .rst_ni        (rst_n),
    .a_cmd_valid_i (rec_cmd_valid),
    .a_cmd_ready_o (rec_cmd_ready),
    .a_cmd_addr_i  (rec_cmd_addr),
    .a_cmd_beats_i (rec_cmd_beats),
    .a_data_valid_i(rec_data_valid),
    .a_data_i      (rec_data),
    .a_strb_i      (16'hffff),
    .a_pop_o       (rec_data_pop),
    .b_cmd_valid_i (bs_cmd_valid),
    .b_cmd_ready_o (bs_cmd_ready),
    .b_cmd_addr_i  (bs_cmd_addr),
    .b_cmd_beats_i (bs_cmd_beats),
    .b_data_valid_i(bs_data_valid),
    .b_data_i      (bs_data),
    .b_strb_i      (bs_strb),
    .b_pop_o       (bs_data_pop),
    .idle_o        (writer_idle),
    .error_o       (writer_error),
    .awvalid_o     (m_axi_awvalid),
    .awready_i     (m_axi_awready),
    .awaddr_o      (m_axi_awaddr),
    .awlen_o       (m_axi_awlen),
    .wvalid_o      (m_axi_wvalid),
    .wready_i      (m_axi_wready),
    .wdata_o       (m_axi_wdata),
    .wstrb_o       (m_axi_wstrb),
    .wlast_o       (m_axi_wlast),
    .bvalid_i      (m_axi_bvalid),
    .bresp_i       (m_axi_bresp)
  );

  // Data come back in order and are counted, so the end of a burst says nothing new; protection is not looked at.
  logic unused;
  assign unused = ^{m_axi_rlast, s_axil_awprot, s_axil_arprot};

endmodule : h264
