#include "base/exit_code.h"

#include <stdexcept>

namespace saksi {

std::string verdict_word(ExitCode code) {
  switch (code) {
    case ExitCode::kPass: return "pass";
    case ExitCode::kFail: return "fail";
    case ExitCode::kUsage: return "usage-error";
    case ExitCode::kInfraError: return "infra-error";
    case ExitCode::kInconclusive: return "inconclusive";
    case ExitCode::kNotOffered: return "not-offered";
  }
  throw std::invalid_argument("no such exit code");
}

ExitCode verdict_code(const std::string& word) {
  for (ExitCode code : {ExitCode::kPass, ExitCode::kFail, ExitCode::kInfraError, ExitCode::kInconclusive, ExitCode::kNotOffered}) {
    if (verdict_word(code) == word) return code;
  }
  throw std::invalid_argument("'" + word + "' is not a verdict");
}

static int rank(ExitCode code) {
  switch (code) {
    case ExitCode::kPass: return 0;
    case ExitCode::kNotOffered: return 1;
    case ExitCode::kInconclusive: return 2;
    case ExitCode::kFail: return 3;
    case ExitCode::kInfraError: return 4;
    case ExitCode::kUsage: return 5;
  }
  throw std::invalid_argument("no such exit code");
}

ExitCode worse(ExitCode a, ExitCode b) { return rank(a) >= rank(b) ? a : b; }

}  // namespace saksi
