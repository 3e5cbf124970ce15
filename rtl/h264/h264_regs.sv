// Registers, interrupt, and the start and end of a picture. The contract is regs/h264.yaml.
module h264_regs
  import h264_pkg::*;
  import h264_regs_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        wr_en_i,
  input  logic [11:0] wr_addr_i,
  input  logic [31:0] wr_data_i,
  input  logic [3:0]  wr_strb_i,
  input  logic        rd_en_i,
  input  logic [11:0] rd_addr_i,
  output logic [31:0] rd_data_o,  // the cycle after
  output logic        irq_o,

  output logic        start_o,    // one cycle; cfg_o holds from here to the end
  output config_t     cfg_o,

  output logic        abort_o,

  input  logic        end_pic_i,       // one cycle; every access to memory was answered
  input  logic        aborted_i,       // meaningful then
  input  logic        overflow_i,      // meaningful then
  input  logic [31:0] bs_bytes_i,      // meaningful then

  input  logic        rvalid_i,
  input  logic [1:0]  rresp_i,
  input  logic        writer_error_i,

  // What is counted.
  input  logic        nal_valid_i,
  input  logic [31:0] nal_size_i,
  input  logic        mb_done_i,
  input  mb_kind_e    mb_kind_i,
  input  logic        mb_line_first_i, // first macroblock of its line
  input  logic [5:0]  mb_qp_i
);
  localparam int MaxNals = MaxHeightMbs;

  logic        busy_q;
  logic        overflow_q;
  logic        bus_error_q;
  logic        config_error_q;
  logic        aborted_q;
  logic        done_q;
  logic        error_q;
  logic        done_enable_q;
  logic        error_enable_q;
  logic [31:0] bs_bytes_q;
  logic [31:0] cycles_q;
  logic [31:0] pcm_mbs_q;
  logic [31:0] skip_mbs_q;
  logic [31:0] intra_mbs_q;
  logic [31:0] qp_sum_q;
  logic [6:0]  nal_count_q;
  logic [6:0]  nal_index_q;
  logic [31:0] nal_sizes[MaxNals];
  config_t     next_q;  // what the registers hold now

  logic        start;
  logic        config_ok;
  logic        done;

  function automatic logic [31:0] merge(input logic [31:0] old, input logic [31:0] data, input logic [3:0] strb);
    return {strb[3] ? data[31:24] : old[31:24], strb[2] ? data[23:16] : old[23:16], strb[1] ? data[15:8] : old[15:8],
            strb[0] ? data[7:0] : old[7:0]};
  endfunction

  function automatic logic [31:0] pic_size_value(input config_t cfg);
    logic [31:0] value;
    value = '0;
    value[PIC_SIZE_WIDTH_MBS_LSB+:PIC_SIZE_WIDTH_MBS_WIDTH] = cfg.width_mbs;
    value[PIC_SIZE_HEIGHT_MBS_LSB+:PIC_SIZE_HEIGHT_MBS_WIDTH] = cfg.height_mbs;
    return value;
  endfunction

  function automatic logic [31:0] slice_value(input config_t cfg);
    logic [31:0] value;
    value = '0;
    value[SLICE_QP_LSB+:SLICE_QP_WIDTH] = cfg.qp;
    value[SLICE_IDR_LSB] = cfg.idr;
    value[SLICE_INTER_LSB] = cfg.inter;
    value[SLICE_DEBLOCK_LSB] = cfg.deblock;
    value[SLICE_FRAME_NUM_LSB+:SLICE_FRAME_NUM_WIDTH] = cfg.frame_num;
    value[SLICE_IDR_PIC_ID_LSB+:SLICE_IDR_PIC_ID_WIDTH] = cfg.idr_pic_id;
    return value;
  endfunction

  // The configuration after a write. Addresses, strides and sizes are multiples of 16.
  function automatic config_t configure(input config_t cfg, input logic [11:0] addr, input logic [31:0] data, input logic [3:0] strb);
    config_t     next;
    logic [31:0] value;
    next = cfg;
    unique case (addr)
      PIC_SIZE_OFFSET: begin
        value = merge(pic_size_value(cfg), data, strb);
        next.width_mbs = value[PIC_SIZE_WIDTH_MBS_LSB+:PIC_SIZE_WIDTH_MBS_WIDTH];
        next.height_mbs = value[PIC_SIZE_HEIGHT_MBS_LSB+:PIC_SIZE_HEIGHT_MBS_WIDTH];
      end
      SRC_Y_OFFSET: next.src_y = merge(cfg.src_y, data, strb) & ~32'd15;
      SRC_C_OFFSET: next.src_c = merge(cfg.src_c, data, strb) & ~32'd15;
      SRC_STRIDE_OFFSET: next.src_stride = merge(cfg.src_stride, data, strb) & ~32'd15;
      REC_Y_OFFSET: next.rec_y = merge(cfg.rec_y, data, strb) & ~32'd15;
      REC_C_OFFSET: next.rec_c = merge(cfg.rec_c, data, strb) & ~32'd15;
      REC_STRIDE_OFFSET: next.rec_stride = merge(cfg.rec_stride, data, strb) & ~32'd15;
      BS_ADDR_OFFSET: next.bs_addr = merge(cfg.bs_addr, data, strb) & ~32'd15;
      BS_SIZE_OFFSET: next.bs_size = merge(cfg.bs_size, data, strb) & ~32'd15;
      SLICE_OFFSET: begin
        value = merge(slice_value(cfg), data, strb);
        next.qp = value[SLICE_QP_LSB+:SLICE_QP_WIDTH];
        next.idr = value[SLICE_IDR_LSB];
        next.inter = value[SLICE_INTER_LSB];
        next.deblock = value[SLICE_DEBLOCK_LSB];
        next.frame_num = value[SLICE_FRAME_NUM_LSB+:SLICE_FRAME_NUM_WIDTH];
        next.idr_pic_id = value[SLICE_IDR_PIC_ID_LSB+:SLICE_IDR_PIC_ID_WIDTH];
      end
      REF_Y_OFFSET: next.ref_y = merge(cfg.ref_y, data, strb) & ~32'd15;
      REF_C_OFFSET: next.ref_c = merge(cfg.ref_c, data, strb) & ~32'd15;
      SLICE_ROWS_OFFSET: if (strb[0]) next.slice_rows = data[7:0];
      RATE_OFFSET: begin
        value = merge(rate_value(cfg), data, strb);
        next.rate_control = value[RATE_CONTROL_LSB];
        next.qp_min = value[RATE_QP_MIN_LSB+:RATE_QP_MIN_WIDTH];
        next.qp_max = value[RATE_QP_MAX_LSB+:RATE_QP_MAX_WIDTH];
      end
      ROW_BYTES_OFFSET: next.row_bytes = merge(cfg.row_bytes, data, strb) & 32'h00ffffff;
      MAX_BYTES_OFFSET: next.max_bytes = merge(cfg.max_bytes, data, strb) & 32'h00ffffff;
      default: ;
    endcase
    return next;
  endfunction

  function automatic logic [31:0] rate_value(input config_t cfg);
    logic [31:0] value;
    value = '0;
    value[RATE_CONTROL_LSB] = cfg.rate_control;
    value[RATE_QP_MIN_LSB+:RATE_QP_MIN_WIDTH] = cfg.qp_min;
    value[RATE_QP_MAX_LSB+:RATE_QP_MAX_WIDTH] = cfg.qp_max;
    return value;
  endfunction

  // The configuration of a picture: an IDR picture refers to none.
  function automatic config_t latched(input config_t cfg);
    config_t next;
    next = cfg;
    if (cfg.idr) next.inter = 1'b0;
    return next;
  endfunction

  function automatic logic [31:0] irq_value(input logic done_bit, input logic error_bit);
    logic [31:0] value;
    value = '0;
    value[IRQ_STATUS_DONE_LSB] = done_bit;
    value[IRQ_STATUS_ERROR_LSB] = error_bit;
    return value;
  endfunction

  function automatic logic [31:0] status_value();
    logic [31:0] value;
    value = '0;
    value[STATUS_BUSY_LSB] = busy_q;
    value[STATUS_OVERFLOW_LSB] = overflow_q;
    value[STATUS_BUS_ERROR_LSB] = bus_error_q;
    value[STATUS_CONFIG_ERROR_LSB] = config_error_q;
    value[STATUS_ABORTED_LSB] = aborted_q;
    return value;
  endfunction

  assign start = wr_en_i && wr_addr_i == CTRL_OFFSET && wr_strb_i[CTRL_START_LSB/8] && wr_data_i[CTRL_START_LSB] && !busy_q;
  assign config_ok = next_q.width_mbs >= 8'(MinWidthMbs) && next_q.width_mbs <= 8'(MaxWidthMbs) &&
                     next_q.height_mbs >= 8'(MinHeightMbs) && next_q.height_mbs <= 8'(MaxHeightMbs) && next_q.qp <= 6'd51 &&
                     next_q.qp_min <= 6'd51 && next_q.qp_max <= 6'd51;
  assign abort_o = wr_en_i && wr_addr_i == CTRL_OFFSET && wr_strb_i[CTRL_ABORT_LSB/8] && wr_data_i[CTRL_ABORT_LSB] && busy_q;
  assign done = busy_q && end_pic_i;

  always_ff @(posedge clk_i) begin : configuration
    if (!rst_ni) next_q <= '0;
    else if (wr_en_i) next_q <= configure(next_q, wr_addr_i, wr_data_i, wr_strb_i);
  end

  always_ff @(posedge clk_i) begin : latch
    if (start) cfg_o <= latched(next_q);
  end

  always_ff @(posedge clk_i) begin : enables
    if (!rst_ni) begin
      done_enable_q <= 1'b0;
      error_enable_q <= 1'b0;
    end else if (wr_en_i && wr_addr_i == IRQ_ENABLE_OFFSET && wr_strb_i[0]) begin
      done_enable_q <= wr_data_i[IRQ_ENABLE_DONE_LSB];
      error_enable_q <= wr_data_i[IRQ_ENABLE_ERROR_LSB];
    end
  end

  always_ff @(posedge clk_i) begin : read
    if (rd_en_i) begin
      unique case (rd_addr_i)
        STATUS_OFFSET: rd_data_o <= status_value();
        IRQ_STATUS_OFFSET: rd_data_o <= irq_value(done_q, error_q);
        IRQ_ENABLE_OFFSET: rd_data_o <= irq_value(done_enable_q, error_enable_q);
        ID_OFFSET: rd_data_o <= ID_RESET;
        PIC_SIZE_OFFSET: rd_data_o <= pic_size_value(next_q);
        SRC_Y_OFFSET: rd_data_o <= next_q.src_y;
        SRC_C_OFFSET: rd_data_o <= next_q.src_c;
        SRC_STRIDE_OFFSET: rd_data_o <= next_q.src_stride;
        REC_Y_OFFSET: rd_data_o <= next_q.rec_y;
        REC_C_OFFSET: rd_data_o <= next_q.rec_c;
        REC_STRIDE_OFFSET: rd_data_o <= next_q.rec_stride;
        BS_ADDR_OFFSET: rd_data_o <= next_q.bs_addr;
        BS_SIZE_OFFSET: rd_data_o <= next_q.bs_size;
        BS_BYTES_OFFSET: rd_data_o <= bs_bytes_q;
        SLICE_OFFSET: rd_data_o <= slice_value(next_q);
        CYCLES_OFFSET: rd_data_o <= cycles_q;
        PCM_MBS_OFFSET: rd_data_o <= pcm_mbs_q;
        REF_Y_OFFSET: rd_data_o <= next_q.ref_y;
        REF_C_OFFSET: rd_data_o <= next_q.ref_c;
        SLICE_ROWS_OFFSET: rd_data_o <= 32'(next_q.slice_rows);
        RATE_OFFSET: rd_data_o <= rate_value(next_q);
        ROW_BYTES_OFFSET: rd_data_o <= next_q.row_bytes;
        MAX_BYTES_OFFSET: rd_data_o <= next_q.max_bytes;
        NAL_COUNT_OFFSET: rd_data_o <= 32'(nal_count_q);
        NAL_INDEX_OFFSET: rd_data_o <= 32'(nal_index_q);
        NAL_BYTES_OFFSET: rd_data_o <= nal_index_q < nal_count_q ? nal_sizes[nal_index_q] : '0;
        SKIP_MBS_OFFSET: rd_data_o <= skip_mbs_q;
        INTRA_MBS_OFFSET: rd_data_o <= intra_mbs_q;
        QP_SUM_OFFSET: rd_data_o <= qp_sum_q;
        default: rd_data_o <= '0;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : picture
    if (!rst_ni) begin
      start_o <= 1'b0;
      busy_q <= 1'b0;
      overflow_q <= 1'b0;
      bus_error_q <= 1'b0;
      config_error_q <= 1'b0;
      bs_bytes_q <= '0;
      cycles_q <= '0;
      aborted_q <= 1'b0;
    end else begin
      start_o <= start && config_ok;
      if (start) begin
        busy_q <= config_ok;
        overflow_q <= 1'b0;
        bus_error_q <= 1'b0;
        config_error_q <= !config_ok;
        bs_bytes_q <= '0;
        cycles_q <= '0;
        aborted_q <= 1'b0;
      end
      if (busy_q) begin
        cycles_q <= cycles_q + 32'd1;
        if (writer_error_i || rvalid_i && rresp_i != 2'b00) bus_error_q <= 1'b1;
        if (done) begin
          busy_q <= 1'b0;
          aborted_q <= aborted_i;
          overflow_q <= overflow_i;
          bs_bytes_q <= bs_bytes_i;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin : counters
    if (!rst_ni || start) begin
      pcm_mbs_q <= '0;
      skip_mbs_q <= '0;
      intra_mbs_q <= '0;
      qp_sum_q <= '0;
      nal_count_q <= '0;
    end else begin
      if (mb_done_i) begin
        if (mb_kind_i == MbPcm) pcm_mbs_q <= pcm_mbs_q + 32'd1;
        if (mb_kind_i == MbSkip) skip_mbs_q <= skip_mbs_q + 32'd1;
        if (mb_kind_i != MbSkip && mb_kind_i != MbInter) intra_mbs_q <= intra_mbs_q + 32'd1;
        if (mb_line_first_i) qp_sum_q <= qp_sum_q + 32'(mb_qp_i);
      end
      if (nal_valid_i) begin
        nal_sizes[nal_count_q] <= nal_size_i;
        nal_count_q <= nal_count_q + 7'd1;
      end
    end
    if (!rst_ni) nal_index_q <= '0;
    else if (wr_en_i && wr_addr_i == NAL_INDEX_OFFSET && wr_strb_i[0]) nal_index_q <= wr_data_i[6:0];
  end

  always_ff @(posedge clk_i) begin : interrupt
    if (!rst_ni) begin
      done_q <= 1'b0;
      error_q <= 1'b0;
      irq_o <= 1'b0;
    end else begin
      if (wr_en_i && wr_addr_i == IRQ_STATUS_OFFSET && wr_strb_i[0]) begin
        if (wr_data_i[IRQ_STATUS_DONE_LSB]) done_q <= 1'b0;
        if (wr_data_i[IRQ_STATUS_ERROR_LSB]) error_q <= 1'b0;
      end
      if (start && !config_ok) error_q <= 1'b1;
      if (done) begin
        if (overflow_i || bus_error_q || writer_error_i || aborted_i) error_q <= 1'b1;
        else done_q <= 1'b1;
      end
      irq_o <= (done_q && done_enable_q) || (error_q && error_enable_q);
    end
  end

endmodule : h264_regs
