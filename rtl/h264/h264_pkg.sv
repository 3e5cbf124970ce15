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

  // A macroblock as the entropy stage sees it, beside its levels.
  typedef struct packed {
    pred_mode_e luma_mode;
    pred_mode_e chroma_mode;
    logic       cbp_luma;    // some AC level of luma is not zero
    logic [1:0] cbp_chroma;  // 0 nothing, 1 DC only, 2 DC and AC
    logic       maybe_pcm;   // the bound on its bits lies above MaxMbBits: count them first
  } mb_info_t;

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
    logic [31:0] bs_addr;
    logic [31:0] bs_size;
    logic [5:0]  qp;
    logic        idr;
    logic [3:0]  frame_num;
    logic [15:0] idr_pic_id;
  } config_t;

  // Up to 32 bits for the bitstream; the first one is bit len - 1.
  typedef struct packed {
    logic [5:0]  len;
    logic [31:0] bits;
  } symbol_t;

endpackage : h264_pkg
