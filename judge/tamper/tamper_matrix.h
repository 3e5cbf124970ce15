#ifndef SAKSI_JUDGE_TAMPER_TAMPER_MATRIX_H_
#define SAKSI_JUDGE_TAMPER_TAMPER_MATRIX_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "judge/signature/media_signing.h"

namespace saksi::judge {

/// Told before each attack: its number, how many there are, its id.
using TamperProgress = std::function<void(size_t, size_t, const std::string&)>;

/// Makes every attack on a signed clip, judges the outcome, and holds it against what is expected (docs/formats/tamper-matrix.md):
///
///   {"schema", "file", "passed", "attacks": [{"id", "text": {"en", "id"}, "expected", "found", "why": {"en", "id"}, "problems": [...], "passed"}]}
///
/// An attack is detected if the judge finds against the outcome what it does not find against the clip itself. Where it finds nothing, a seal of the
/// clip that was made before is checked. What is expected to be detected may not pass; what the clip has nothing for is left out, with
/// "not-applicable" as `found`. If `keep_folder` is not empty the attacked clips are written there. Throws UsageError if the clip is not signed or
/// cannot be read.
nlohmann::ordered_json tamper_matrix(const std::string& path, const SignatureOptions& options, const std::string& keep_folder,
                                     const TamperProgress& progress);

}  // namespace saksi::judge

#endif
