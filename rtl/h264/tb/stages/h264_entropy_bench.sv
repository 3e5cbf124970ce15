// The entropy and NAL stages by themselves.
module h264_entropy_bench
  import h264_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_pic_i,
  input  config_t      cfg_i,

  input  logic         lev_valid_i,
  input  logic [4:0]   lev_idx_i,
  input  levels_t      lev_levels_i,
  input  scan_t        lev_scan_i,
  input  logic         start_i,
  input  logic         count_i,
  input  place_t       place_i,
  input  mb_info_t     info_i,
  input  logic [5:0]   qp_i,
  output logic         done_o,
  output logic         verdict_valid_o,
  output logic         verdict_pcm_o,
  input  logic         rec_valid_i,
  input  logic [4:0]   rec_idx_i,
  input  block_t       rec_block_i,

  input  logic         drain_i,
  input  logic         drain_all_i,
  output logic         drain_done_o,
  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_addr_o,
  output logic [4:0]   cmd_beats_o,
  output logic         data_valid_o,
  output logic [127:0] data_o,
  output logic [15:0]  strb_o,
  input  logic         data_pop_i,
  output logic         nal_valid_o,
  output logic [31:0]  nal_size_o,
  output logic [31:0]  bytes_o,
  output logic [7:0]   words_o,
  output logic         overflow_o
);
  logic        sym_valid;
  logic        sym_last;
  logic [6:0]  sym_len;
  logic [63:0] sym_bits;

  h264_entropy entropy (
    .clk_i, .rst_ni, .start_pic_i, .cfg_i,
    .lev_valid_i, .lev_idx_i, .lev_levels_i, .lev_scan_i,
    .start_i, .count_i, .place_i, .info_i, .qp_i, .done_o, .verdict_valid_o, .verdict_pcm_o,
    .rec_valid_i, .rec_pcm_i(1'b1), .rec_idx_i, .rec_block_i,
    .sym_valid_o(sym_valid), .sym_last_o(sym_last), .sym_len_o(sym_len), .sym_bits_o(sym_bits));

  h264_nal nal (
    .clk_i, .rst_ni, .start_pic_i, .cfg_i,
    .sym_valid_i(sym_valid), .sym_last_i(sym_last), .sym_len_i(sym_len), .sym_bits_i(sym_bits),
    .drain_i, .drain_all_i, .drain_done_o, .cmd_valid_o, .cmd_ready_i, .cmd_addr_o, .cmd_beats_o,
    .data_valid_o, .data_o, .strb_o, .data_pop_i, .nal_valid_o, .nal_size_o, .bytes_o, .words_o, .overflow_o);

endmodule : h264_entropy_bench
