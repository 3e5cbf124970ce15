// H.264 Constrained Baseline encoder for I and P pictures. The register contract is regs/h264.yaml; see README.md for the block diagram.
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

  logic          start;
  logic          abort;
  config_t       cfg;
  logic          end_pic;
  logic          aborted;

  logic          load;
  logic          loaded;
  logic          src_cmd_valid;
  logic          src_cmd_ready;
  logic [31:0]   src_cmd_addr;
  logic [4:0]    src_cmd_beats;
  logic          beat_valid;
  beat_t         beat;
  logic          blk_rd_en;
  logic [3:0]    blk_rd_mb;
  logic [4:0]    blk_rd_blk;
  block_t        src_block;
  block_t        inter_block;

  logic          front_start;
  place_t        place;
  logic [5:0]    qp;
  logic          last_resort;
  logic [1:0]    slot;
  logic          front_done;
  mb_info_t      info;
  deblock_info_t deblock_info;

  logic          motion_start;
  mv_t           mvp;
  mv_t           skip_mv;
  mv_t [2:0]     candidates;
  logic [7:0]    bit_weight;
  logic [15:0]   skip_sad;
  logic          motion_done;
  partition_e    partition;
  mv_t [3:0]     mv;
  logic          early;
  logic [15:0]   mv_cost;
  logic [15:0]   sad;

  logic          lev_valid;
  logic [4:0]    lev_idx;
  levels_t       lev_levels;
  scan_t         lev_scan;
  logic          count;
  logic          verdict_valid;
  logic          verdict_pcm;
  logic          rec_valid;
  logic          rec_pcm;
  logic [4:0]    rec_idx;
  block_t        rec_block;

  logic          back_start;
  place_t        back_place;
  logic [5:0]    back_qp;
  mb_info_t      back_info;
  deblock_info_t back_deblock;
  logic          entropy_done;
  logic          entropy_idle;
  logic          deblock_done;

  logic          sym_valid;
  logic          sym_last;
  logic [6:0]    sym_len;
  logic [63:0]   sym_bits;
  logic          drain;
  logic          drain_all;
  logic          drain_done;
  logic          nal_valid;
  logic [31:0]   nal_size;
  logic [31:0]   bs_bytes;
  logic          overflow;
  logic [7:0]    words;

  logic          group_ready;
  logic          group_write;
  logic          group_done;
  logic          writer_idle;
  logic          writer_error;

  logic          rec_cmd_valid;
  logic          rec_cmd_ready;
  logic [31:0]   rec_cmd_addr;
  logic [4:0]    rec_cmd_beats;
  logic          rec_data_valid;
  logic [127:0]  rec_data;
  logic          rec_data_pop;

  logic          bs_cmd_valid;
  logic          bs_cmd_ready;
  logic [31:0]   bs_cmd_addr;
  logic [4:0]    bs_cmd_beats;
  logic          bs_data_valid;
  logic [127:0]  bs_data;
  logic [15:0]   bs_strb;
  logic          bs_data_pop;

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
    .abort_o        (abort),
    .end_pic_i      (end_pic),
    .aborted_i      (aborted),
    .overflow_i     (overflow),
    .bs_bytes_i     (bs_bytes),
    .rvalid_i       (m_axi_rvalid),
    .rresp_i        (m_axi_rresp),
    .writer_error_i (writer_error),
    .nal_valid_i    (nal_valid),
    .nal_size_i     (nal_size),
    .mb_done_i      (front_done),
    .mb_kind_i      (info.kind),
    .mb_line_first_i(place.x == '0),
    .mb_qp_i        (qp)
  );

  h264_sequencer u_sequencer (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .cfg_i          (cfg),
    .start_pic_i    (start),
    .abort_i        (abort),
    .end_pic_o      (end_pic),
    .aborted_o      (aborted),
    .load_o         (load),
    .loaded_i       (loaded),
    .front_start_o  (front_start),
    .place_o        (place),
    .qp_o           (qp),
    .last_resort_o  (last_resort),
    .slot_o         (slot),
    .front_done_i   (front_done),
    .info_i         (info),
    .deblock_info_i (deblock_info),
    .back_start_o   (back_start),
    .back_place_o   (back_place),
    .back_qp_o      (back_qp),
    .back_info_o    (back_info),
    .back_deblock_o (back_deblock),
    .entropy_done_i (entropy_done),
    .entropy_idle_o (entropy_idle),
    .deblock_done_i (deblock_done),
    .drain_o        (drain),
    .drain_all_o    (drain_all),
    .drain_done_i   (drain_done),
    .group_ready_i  (group_ready),
    .group_write_o  (group_write),
    .group_done_i   (group_done),
    .writer_idle_i  (writer_idle),
    .bytes_i        (bs_bytes)
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
    .clk_i       (clk),
    .rst_ni      (rst_n),
    .start_pic_i (start),
    .cfg_i       (cfg),
    .load_i      (load),
    .loaded_o    (loaded),
    .cmd_valid_o (src_cmd_valid),
    .cmd_ready_i (src_cmd_ready),
    .cmd_addr_o  (src_cmd_addr),
    .cmd_beats_o (src_cmd_beats),
    .data_valid_i(m_axi_rvalid),
    .data_i      (m_axi_rdata),
    .beat_valid_o(beat_valid),
    .beat_o      (beat),
    .rd_en_i     (blk_rd_en),
    .rd_mb_i     (blk_rd_mb),
    .rd_blk_i    (blk_rd_blk),
    .rd_block_o  (src_block)
  );

  h264_motion u_motion (
    .clk_i       (clk),
    .rst_ni      (rst_n),
    .beat_valid_i(beat_valid),
    .beat_i      (beat),
    .start_i     (motion_start),
    .mb_x_i      (place.x),
    .width_mbs_i (cfg.width_mbs),
    .slot_i      (slot),
    .mvp_i       (mvp),
    .skip_mv_i   (skip_mv),
    .cand_i      (candidates),
    .bit_weight_i(bit_weight),
    .skip_sad_i  (skip_sad),
    .done_o      (motion_done),
    .partition_o (partition),
    .mv_o        (mv),
    .early_o     (early),
    .sad_o       (sad),
    .mv_cost_o   (mv_cost),
    .rd_en_i     (blk_rd_en),
    .rd_idx_i    (blk_rd_blk),
    .rd_block_o  (inter_block)
  );

  h264_front u_front (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .cfg_i          (cfg),
    .start_i        (front_start),
    .place_i        (place),
    .qp_i           (qp),
    .last_resort_i  (last_resort),
    .slot_i         (slot),
    .done_o         (front_done),
    .info_o         (info),
    .deblock_o      (deblock_info),
    .rd_en_o        (blk_rd_en),
    .rd_mb_o        (blk_rd_mb),
    .rd_blk_o       (blk_rd_blk),
    .rd_block_i     (src_block),
    .motion_start_o (motion_start),
    .mvp_o          (mvp),
    .skip_mv_o      (skip_mv),
    .cand_o         (candidates),
    .bit_weight_o   (bit_weight),
    .skip_sad_o     (skip_sad),
    .motion_done_i  (motion_done),
    .partition_i    (partition),
    .mv_i           (mv),
    .early_i        (early),
    .mv_cost_i      (mv_cost),
    .inter_block_i  (inter_block),
    .lev_valid_o    (lev_valid),
    .lev_idx_o      (lev_idx),
    .lev_levels_o   (lev_levels),
    .lev_scan_o     (lev_scan),
    .count_o        (count),
    .entropy_idle_i (entropy_idle),
    .verdict_valid_i(verdict_valid),
    .verdict_pcm_i  (verdict_pcm),
    .rec_valid_o    (rec_valid),
    .rec_pcm_o      (rec_pcm),
    .rec_idx_o      (rec_idx),
    .rec_block_o    (rec_block)
  );

  h264_entropy u_entropy (
    .clk_i          (clk),
    .rst_ni         (rst_n),
    .start_pic_i    (start),
    .cfg_i          (cfg),
    .lev_valid_i    (lev_valid),
    .lev_idx_i      (lev_idx),
    .lev_levels_i   (lev_levels),
    .lev_scan_i     (lev_scan),
    .start_i        (back_start),
    .count_i        (count),
    .place_i        (back_start ? back_place : place),
    .info_i         (back_start ? back_info : info),
    .qp_i           (back_qp),
    .done_o         (entropy_done),
    .verdict_valid_o(verdict_valid),
    .verdict_pcm_o  (verdict_pcm),
    .rec_valid_i    (rec_valid),
    .rec_pcm_i      (rec_pcm),
    .rec_idx_i      (rec_idx),
    .rec_block_i    (rec_block),
    .sym_valid_o    (sym_valid),
    .sym_last_o     (sym_last),
    .sym_len_o      (sym_len),
    .sym_bits_o     (sym_bits)
  );

  h264_nal u_nal (
    .clk_i       (clk),
    .rst_ni      (rst_n),
    .start_pic_i (start),
    .cfg_i       (cfg),
    .sym_valid_i (sym_valid),
    .sym_last_i  (sym_last),
    .sym_len_i   (sym_len),
    .sym_bits_i  (sym_bits),
    .drain_i     (drain),
    .drain_all_i (drain_all),
    .drain_done_o(drain_done),
    .cmd_valid_o (bs_cmd_valid),
    .cmd_ready_i (bs_cmd_ready),
    .cmd_addr_o  (bs_cmd_addr),
    .cmd_beats_o (bs_cmd_beats),
    .data_valid_o(bs_data_valid),
    .data_o      (bs_data),
    .strb_o      (bs_strb),
    .data_pop_i  (bs_data_pop),
    .nal_valid_o (nal_valid),
    .nal_size_o  (nal_size),
    .bytes_o     (bs_bytes),
    .words_o     (words),
    .overflow_o  (overflow)
  );

  h264_deblock u_deblock (
    .clk_i        (clk),
    .rst_ni       (rst_n),
    .start_pic_i  (start),
    .cfg_i        (cfg),
    .rec_valid_i  (rec_valid),
    .rec_idx_i    (rec_idx),
    .rec_block_i  (rec_block),
    .start_i      (back_start),
    .place_i      (back_place),
    .info_i       (back_deblock),
    .done_o       (deblock_done),
    .group_ready_o(group_ready),
    .group_write_i(group_write),
    .group_done_o (group_done),
    .cmd_valid_o  (rec_cmd_valid),
    .cmd_ready_i  (rec_cmd_ready),
    .cmd_addr_o   (rec_cmd_addr),
    .cmd_beats_o  (rec_cmd_beats),
    .data_valid_o (rec_data_valid),
    .data_o       (rec_data),
    .data_pop_i   (rec_data_pop)
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

  // Data come back in order and are counted, so the end of a burst says nothing new; protection is not looked at; two results of the stages are
  // for their benches.
  logic unused;
  assign unused = ^{m_axi_rlast, s_axil_awprot, s_axil_arprot, sad, words};

endmodule : h264
