#ifndef SAKSI_HW_MODELS_POWER_CELL_H_
#define SAKSI_HW_MODELS_POWER_CELL_H_

#include <cstdint>

#include "hw-models/power/power_source.h"

namespace saksi::hw {

struct CellConfig {
  uint32_t capacity_mah = 2995;        ///< to 2.5 V at C/20 and 25 degrees Celsius
  uint32_t charge_permille = 900;      ///< state of charge at the start
  uint32_t extra_resistance_mohm = 0;  ///< contacts and leads
};

/// A lithium-ion cell: counted charge on a measured open-circuit curve, behind a resistance that depends on the state of charge.
///
/// Curve and resistance (0.5C pulses of 10 s, 25 degrees Celsius) are those of a Panasonic NCR18650PF, 2.9 Ah, from: Kollmeyer, Phillip
/// (2018), "Panasonic 18650PF Li-ion Battery Data", Mendeley Data, doi:10.17632/wykht8y7tg, licence CC BY 4.0; reduced here to the mean of
/// charge and discharge at 23 points.
/// Not modelled: temperature, relaxation after a change of load, ageing, charging.
class Cell : public PowerSource {
 public:
  explicit Cell(const CellConfig& config);

  /// A cell that is not connected gives nothing. Not connected at the start.
  void set_connected(bool connected);
  /// State of charge in millionths, 0 to 1'000'000.
  uint32_t charge_ppm() const;

  /// At which state of charge a cell without load has that voltage, in millionths; 0 below the curve, 1'000'000 above it.
  static int64_t charge_ppm_at(int64_t open_uv);

  int64_t open_uv() const override;
  int64_t resistance_uohm() const override;
  void drew_fc(int64_t charge) override;
  sc_core::sc_time refresh() const override { return sc_core::sc_time(1, sc_core::SC_SEC); }

 private:
  CellConfig config_;
  bool connected_ = false;
  __int128 charge_fc_;  ///< left
};

}  // namespace saksi::hw

#endif
