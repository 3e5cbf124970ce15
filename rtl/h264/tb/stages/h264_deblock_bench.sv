// h264_deblock with plain ports, so that a test can drive it.
module h264_deblock_bench
  import h264_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          start_pic_i,
  input  logic [7:0]    width_mbs_i,
  input  logic [31:0]   rec_y_i,
  input  logic [31:0]   rec_c_i,
  input  logic [31:0]   rec_stride_i,
  input  logic          deblock_i,

  input  logic          rec_valid_i,
  input  logic [4:0]    rec_idx_i,
  input  block_t        rec_block_i,

  input  logic          start_i,
  input  logic [7:0]    x_i,
  input  logic [7:0]    y_i,
  input  logic          picture_last_i,
  input  logic [5:0]    qp_i,
  input  logic          intra_i,
  input  logic [15:0]   nonzero_i,
  input  logic [3:0][1:0][15:0] mv_i,  // x in [0]
  output logic          done_o,

  output logic          group_ready_o,
  input  logic          group_write_i,
  output logic          group_done_o,

  output logic          cmd_valid_o,
  input  logic          cmd_ready_i,
  output logic [31:0]   cmd_addr_o,
  output logic [4:0]    cmd_beats_o,
  output logic          data_valid_o,
  output logic [127:0]  data_o,
  input  logic          data_pop_i
);
  config_t       cfg;
  place_t        place;
  deblock_info_t info;

  always_comb begin
    cfg = '0;
    cfg.width_mbs = width_mbs_i;
    cfg.rec_y = rec_y_i;
    cfg.rec_c = rec_c_i;
    cfg.rec_stride = rec_stride_i;
    cfg.deblock = deblock_i;
  end

  always_comb begin
    place = '0;
    place.x = x_i;
    place.y = y_i;
    place.picture_last = picture_last_i;
  end

  always_comb begin
    info.qp = qp_i;
    info.intra = intra_i;
    info.nonzero = nonzero_i;
    for (int i = 0; i < 4; i++) info.mv[i] = {mv_i[i][1][8:0], mv_i[i][0][8:0]};
  end

  h264_deblock u_deblock (
    .clk_i,
    .rst_ni,
    .start_pic_i,
    .cfg_i(cfg),
    .rec_valid_i,
    .rec_idx_i,
    .rec_block_i,
    .start_i,
    .place_i(place),
    .info_i(info),
    .done_o,
    .group_ready_o,
    .group_write_i,
    .group_done_o,
    .cmd_valid_o,
    .cmd_ready_i,
    .cmd_addr_o,
    .cmd_beats_o,
    .data_valid_o,
    .data_o,
    .data_pop_i
  );

  // Vectors are 9 bits.
  logic unused;
  assign unused = ^mv_i;

endmodule : h264_deblock_bench
