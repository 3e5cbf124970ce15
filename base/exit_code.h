#ifndef SAKSI_BASE_EXIT_CODE_H_
#define SAKSI_BASE_EXIT_CODE_H_

#include <string>

namespace saksi {

/// How a run ended, and what the process exits with.
enum class ExitCode : int {
  kPass = 0,
  kFail = 1,
  kUsage = 2,       ///< what cannot be started: bad argument, unreadable or foreign input, invalid YAML, out folder not writable
  kInfraError = 3,  ///< the rig's fault, never the device's
  kInconclusive = 4,
  kNotOffered = 5,
};

/// The verdict's word in verdicts.json; "usage-error" for kUsage, which no verdict has.
std::string verdict_word(ExitCode code);

/// The code for a verdict's word. Throws std::invalid_argument for any other word.
ExitCode verdict_code(const std::string& word);

/// Of two results in one suite, the one that counts: infra-error > fail > inconclusive > not-offered > pass.
ExitCode worse(ExitCode a, ExitCode b);

}  // namespace saksi

#endif
