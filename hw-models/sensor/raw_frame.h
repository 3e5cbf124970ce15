#ifndef SAKSI_HW_MODELS_SENSOR_RAW_FRAME_H_
#define SAKSI_HW_MODELS_SENSOR_RAW_FRAME_H_

#include <cstdint>
#include <systemc>

namespace saksi::hw {

/// When a rolling-shutter frame was exposed. Row r is exposed until its readout begins, at first_row + r * row_ns_num / row_ns_den.
struct FrameTiming {
  uint64_t frame = 0;          ///< counts every frame read out since the simulation began, across power cycles
  sc_core::sc_time first_row;  ///< readout of row 0 begins
  int64_t row_ns_num = 0;      ///< time from one row to the next, in ns, as a ratio
  int64_t row_ns_den = 1;
  int64_t exposure_ns = 0;  ///< of every row, rounded to the nearest ns
  int columns = 0;
  int rows = 0;
};

/// A mosaic as it comes over the camera link: colours R G / G B from the upper left, rows without padding.
struct RawFrame {
  const uint16_t* samples = nullptr;  ///< columns * rows, valid during the call, in rows that were wanted; nullptr if the sensor makes none
  int bits = 10;                      ///< 10 or 8 bits a sample
  FrameTiming timing;
};

/// Rows [first, end) of a frame.
struct RowSpan {
  int first = 0;
  int end = 0;
};

/// The receiver of a camera link.
class RawSink {
 public:
  virtual ~RawSink() = default;
  /// Row 0 begins to arrive. Returns whether the receiver takes this frame; if not, its pixels need not be made.
  virtual bool on_frame_start(const FrameTiming& timing, sc_core::sc_time now) = 0;
  /// The rows of a taken frame that the receiver looks at, asked at its end; the others need not be made.
  virtual RowSpan wanted_rows(const FrameTiming& timing) const { return {0, timing.rows}; }
  /// The last row has arrived; only for frames that were taken.
  virtual void on_frame_end(const RawFrame& frame, sc_core::sc_time now) = 0;
  /// The link fell silent in mid-frame: the sensor was reset or lost power.
  virtual void on_frame_abort(sc_core::sc_time now) = 0;
};

/// What simulation alone knows of a frame: when its light fell. One for every frame read out, taken by the receiver or not.
struct FrameTruth {
  uint64_t frame = 0;
  int64_t t_row0_ns = 0;   ///< photon time of row 0: the middle of its exposure
  int64_t row_ns_num = 0;  ///< row r's photon time is r * row_ns_num / row_ns_den later
  int64_t row_ns_den = 1;
  int rows = 0;
  int64_t exposure_ns = 0;
  int64_t t_done_ns = 0;  ///< the last row has been read out
  bool taken = false;     ///< the receiver took the frame
};

}  // namespace saksi::hw

#endif
