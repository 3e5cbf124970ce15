// Types that the stages of the H.264 encoder share.
//
// Numbers of 4x4 blocks: 0..15 luma in raster order (not the zig-zag order of luma4x4BlkIdx), 16..19 Cb, 20..23 Cr, each in raster order;
// of coefficient blocks besides: 24 luma DC, 25 Cb DC, 26 Cr DC.
package h264_pkg;

  localparam int MaxWidthMbs = 120;
  localparam int MinWidthMbs = 4;
  localparam int MaxHeightMbs = 68;
  localparam int MinHeightMbs = 4;

  // Macroblocks that are fetched and written out together: 64 bytes a row, one burst.
  localparam int GroupMbs = 4;

  // Table A-1 and clause A.2.1: no macroblock_layer() of the Constrained Baseline profile is longer.
  localparam int MaxMbBits = 3200;

  localparam logic [4:0] BlkLumaDc = 5'd24;
  localparam logic [4:0] BlkCbDc = 5'd25;
  localparam logic [4:0] BlkCrDc = 5'd26;

  // 4x4 pixels, (x, y) in byte 4 * y + x.
  typedef logic [127:0] block_t;

  // 16 signed 16-bit transform coefficient levels in zig-zag order.
  typedef logic [255:0] levels_t;

  // What CAVLC asks of a block first. The masks have the level of zig-zag position z in bit 15 - z, so that the lowest bit set is the highest
  // frequency, which is coded first.
  typedef struct packed {
    logic [15:0] nonzero;
    logic [15:0] one;       // magnitude 1
    logic [15:0] negative;
  } scan_t;

  // Intra16x16PredMode as in table 8-4. Chroma uses the same codes here; intra_chroma_pred_mode is numbered otherwise (table 8-5).
  typedef enum logic [1:0] {
    PredVertical   = 2'd0,
    PredHorizontal = 2'd1,
    PredDc         = 2'd2,
    PredPlane      = 2'd3
  } pred_mode_e;

  typedef enum logic [2:0] {
    MbSkip    = 3'd0,
    MbInter   = 3'd1,
    MbIntra16 = 3'd2,
    MbIntra4  = 3'd3,
    MbPcm     = 3'd4
  } mb_kind_e;

  // Shapes of inter prediction. 8x8 means four sub-macroblocks of type P_L0_8x8.
  typedef enum logic [1:0] {
    Part16x16 = 2'd0,
    Part16x8  = 2'd1,
    Part8x16  = 2'd2,
    Part8x8   = 2'd3
  } partition_e;

  // A motion vector, -MvLimit..MvLimit quarter samples, or a difference of two.
  typedef struct packed {
    logic signed [8:0] y;
    logic signed [8:0] x;
  } mv_t;

  localparam int MvLimit = 64;

  // Where a macroblock lies.
  typedef struct packed {
    logic [7:0] x;
    logic [7:0] y;
    logic       has_left;        // neighbours in the same slice
    logic       has_top;
    logic       slice_first;     // first macroblock of its slice
    logic       slice_last;
    logic       picture_last;
  } place_t;

  // A macroblock as the entropy stage sees it, beside its levels.
  typedef struct packed {
    mb_kind_e         kind;
    partition_e       partition;
    mv_t [3:0]        mvd;            // by partition, in coding order
    pred_mode_e       luma_mode;      // of MbIntra16
    logic [15:0]      i4_predicted;   // prev_intra4x4_pred_mode_flag, bit luma4x4BlkIdx
    logic [15:0][2:0] i4_rem;         // rem_intra4x4_pred_mode by luma4x4BlkIdx
    pred_mode_e       chroma_mode;
    logic [3:0]       cbp_luma;       // by 8x8 block; of MbIntra16 all or none
    logic [1:0]       cbp_chroma;     // 0 nothing, 1 DC only, 2 DC and AC
    logic signed [6:0] qp_delta;      // mb_qp_delta, if it is coded at all
  } mb_info_t;

  // A macroblock as the deblocking filter sees it, beside its pixels.
  typedef struct packed {
    logic [5:0]  qp;       // QPY
    logic        intra;
    logic [15:0] nonzero;  // luma blocks with coefficients, bit 4 * row + column
    mv_t [3:0]   mv;       // of the 8x8 blocks
  } deblock_info_t;

  // Read beats on their way from the bus: 16 bytes of one row.
  typedef enum logic [1:0] {
    BeatSourceLuma,
    BeatSourceChroma,
    BeatReferenceLuma,
    BeatReferenceChroma
  } beat_kind_e;

  // Rows of the reference held above the macroblock line's first row, and in all. Two more than the vectors' range above and two below are for
  // the six-tap filter; chroma needs none.
  localparam int LumaWindowAbove = 18;
  localparam int LumaWindowRows = 52;
  localparam int ChromaWindowAbove = 8;
  localparam int ChromaWindowRows = 24;

  typedef struct packed {
    beat_kind_e   kind;
    logic [1:0]   slot;  // of the group's four
    logic [1:0]   mb;    // macroblock of the group
    logic [5:0]   row;   // source: of the macroblock; reference: of the window
    logic [127:0] data;
  } beat_t;

  // One picture's configuration, latched at the start.
  typedef struct packed {
    logic [7:0]  width_mbs;
    logic [7:0]  height_mbs;
    logic [31:0] src_y;
    logic [31:0] src_c;
    logic [31:0] src_stride;
    logic [31:0] rec_y;
    logic [31:0] rec_c;
    logic [31:0] rec_stride;
    logic [31:0] ref_y;
    logic [31:0] ref_c;
    logic [31:0] bs_addr;
    logic [31:0] bs_size;
    logic [5:0]  qp;
    logic        idr;
    logic        inter;          // a P picture
    logic        deblock;
    logic [3:0]  frame_num;
    logic [15:0] idr_pic_id;
    logic [7:0]  slice_rows;     // macroblock lines of a slice, 0: all
    logic        rate_control;
    logic [5:0]  qp_min;
    logic [5:0]  qp_max;
    logic [31:0] row_bytes;      // planned for a macroblock line
    logic [31:0] max_bytes;      // of the picture, 0: no bound
  } config_t;

endpackage : h264_pkg
