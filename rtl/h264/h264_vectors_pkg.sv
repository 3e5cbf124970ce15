// Prediction of motion vectors (clause 8.4.1). There is one reference picture: a neighbour has a vector, or is intra, or does not exist.
package h264_vectors_pkg;
  import h264_pkg::*;

  typedef struct packed {
    logic exists;
    logic inter;
    mv_t  mv;      // zero unless inter
  } neighbour_t;

  // Of the macroblock to the left its right 8x8 blocks, of the one above its lower ones, and the nearest corners.
  typedef struct packed {
    neighbour_t [1:0] left;  // upper, lower
    neighbour_t [1:0] top;   // left, right
    neighbour_t       top_right;
    neighbour_t       top_left;
  } neighbours_t;

  localparam neighbour_t Missing = '0;

  function automatic logic signed [8:0] median(input logic signed [8:0] a, input logic signed [8:0] b, input logic signed [8:0] c);
    return a < b ? (c <= a ? a : c < b ? c : b) : c <= b ? b : c < a ? c : a;
  endfunction

  // Median prediction (clause 8.4.1.3.1) with the corner above left in place of a missing one above right.
  function automatic mv_t median_of(input neighbour_t a, input neighbour_t b, input neighbour_t above_right, input neighbour_t above_left);
    neighbour_t c;
    mv_t        mv;
    c = above_right.exists ? above_right : above_left;
    mv.x = median(a.mv.x, b.mv.x, c.mv.x);
    mv.y = median(a.mv.y, b.mv.y, c.mv.y);
    if (!b.exists && !c.exists && a.exists || a.inter && !b.inter && !c.inter) mv = a.mv;
    else if (!a.inter && b.inter && !c.inter) mv = b.mv;
    else if (!a.inter && !b.inter && c.inter) mv = c.mv;
    return mv;
  endfunction

  function automatic mv_t minus(input mv_t a, input mv_t b);
    mv_t mv;
    mv.x = a.x - b.x;
    mv.y = a.y - b.y;
    return mv;
  endfunction

  function automatic neighbour_t own(input mv_t mv);
    return '{exists: 1'b1, inter: 1'b1, mv: mv};
  endfunction

  function automatic mv_t predict_16x16(input neighbours_t n);
    return median_of(n.left[0], n.top[0], n.top_right, n.top_left);
  endfunction

  // Missing, or with a vector of zero.
  function automatic logic still(input neighbour_t n);
    return !n.exists || n.inter && n.mv == '0;
  endfunction

  function automatic mv_t skip_vector(input neighbours_t n);
    return still(n.left[0]) || still(n.top[0]) ? '0 : predict_16x16(n);
  endfunction

  // mvd of each partition in coding order, from the vectors of the four 8x8 blocks.
  function automatic mv_t [3:0] differences(input neighbours_t n, input partition_e partition, input mv_t [3:0] mv);
    mv_t [3:0]  mvd;
    neighbour_t c;
    mvd = '0;
    c = n.top_right.exists ? n.top_right : n.top[0];
    unique case (partition)
      Part16x16: mvd[0] = minus(mv[0], predict_16x16(n));
      Part16x8: begin
        mvd[0] = minus(mv[0], n.top[0].inter ? n.top[0].mv : predict_16x16(n));
        mvd[1] = minus(mv[2], n.left[1].inter ? n.left[1].mv : median_of(n.left[1], own(mv[0]), Missing, n.left[0]));
      end
      Part8x16: begin
        mvd[0] = minus(mv[0], n.left[0].inter ? n.left[0].mv : median_of(n.left[0], n.top[0], n.top[1], n.top_left));
        mvd[1] = minus(mv[1], c.inter ? c.mv : median_of(own(mv[0]), n.top[1], n.top_right, n.top[0]));
      end
      default: begin
        mvd[0] = minus(mv[0], median_of(n.left[0], n.top[0], n.top[1], n.top_left));
        mvd[1] = minus(mv[1], median_of(own(mv[0]), n.top[1], n.top_right, n.top[0]));
        mvd[2] = minus(mv[2], median_of(n.left[1], own(mv[0]), own(mv[1]), n.left[0]));
        mvd[3] = minus(mv[3], median_of(own(mv[2]), own(mv[1]), Missing, own(mv[0])));
      end
    endcase
    return mvd;
  endfunction

endpackage : h264_vectors_pkg
