#ifndef SAKSI_JUDGE_TAMPER_ATTACKS_H_
#define SAKSI_JUDGE_TAMPER_ATTACKS_H_

#include <optional>
#include <string>
#include <vector>

#include "judge/tamper/lab_key.h"
#include "judge/tamper/tamper_clip.h"

namespace saksi::judge {

/// What an attack has to work with.
struct TamperInput {
  Bytes original;    ///< the file
  TamperClip clip;   ///< the same taken apart
  TamperClip lab;    ///< the same with every signature made anew by `key`: as if a camera in the laboratory had recorded it in 2023
  LabKey key;        ///< an attacker's, or for `lab` the camera's
  LabKey other_key;  ///< another camera's of the same maker
};

/// A clip after an attack.
struct Tampered {
  Bytes bytes;
  bool renamed = false;      ///< under another name
  bool redated = false;      ///< with another date of change
  bool in_addition = false;  ///< beside the original, under a name of its own
  /// If not empty, the attack is many: `bytes` cut to each of these lengths. Every one must be found.
  std::vector<size_t> prefixes{};
};

/// Whether an attack must be found.
enum class TamperOutcome {
  kDetected,          ///< by the file alone
  kDetectedWithSeal,  ///< no file can show it by itself; against a seal that was made before, it shows
  kNotDetectable,     ///< nothing that is recorded speaks against it
};

/// "detected", "detected-with-seal" or "not-detectable".
const char* tamper_outcome_word(TamperOutcome outcome);

/// One attack, a pure function of its input.
struct Attack {
  const char* id;
  const char* en;  ///< what is done
  const char* indonesian;
  TamperOutcome expected;
  const char* why_en;  ///< why it must, or cannot, be found
  const char* why_indonesian;
  bool in_lab;                                          ///< needs the camera's own key: made on TamperInput::lab, and judged trusting the laboratory
  bool needs_trust;                                     ///< can only be found by who says whom to trust
  std::optional<Tampered> (*make)(const TamperInput&);  ///< nullopt if the clip has nothing that could be attacked so
};

/// All attacks, in the order of the table.
const std::vector<Attack>& attacks();

}  // namespace saksi::judge

#endif
