#ifndef SAKSI_SIM_SWEEP_CUT_ID_H_
#define SAKSI_SIM_SWEEP_CUT_ID_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace saksi::sim {

/// What else became of the card at the instant at which power went.
enum class Damage {
  kNone,     ///< exactly the sectors that were durable are there
  kTorn,     ///< the sector in flight is new at its beginning and old, erased (0xFF) or noise behind
  kShorn,    ///< of the page of 4 to 16 KiB in flight the first sectors are new, those of its command behind them old
  kReorder,  ///< of the command in flight any sectors are new, whatever the order in which they came
  kPaired,   ///< an earlier page of the same erase block, long acknowledged, is noise
  kRollback  ///< the last acknowledged commands never happened
};

/// "none", "torn", "shorn", "reorder", "paired", "rollback".
const char* damage_word(Damage damage);
/// Throws UsageError for another word, with those that there are.
Damage damage_of(const std::string& word);
/// Whether a card may do that within its standard and its promises, so that a firmware can and must survive it. A plain SD card has no flush: that an
/// acknowledged write stays is all that a firmware can build on.
bool is_legal(Damage damage);

/// One power cut.
struct Cut {
  size_t writes = 0;  ///< sector writes that were durable
  Damage damage = Damage::kNone;
  std::optional<uint32_t> detail;  ///< bytes or sectors of the damage; chosen by the seed if not given
  uint64_t seed = 0;               ///< of the damage
};

/// A cut, and further ones during the recoveries from it: "cut=1234", "cut=1234,torn=3,seed=7", "cut=1234/17".
struct CutId {
  std::vector<Cut> cuts;

  std::string text() const;
  /// The same as a file name.
  std::string file_name() const;
  /// Throws UsageError, with what was expected.
  static CutId parse(const std::string& text);
};

}  // namespace saksi::sim

#endif
