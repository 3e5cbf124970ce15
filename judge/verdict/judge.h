#ifndef SAKSI_JUDGE_VERDICT_JUDGE_H_
#define SAKSI_JUDGE_VERDICT_JUDGE_H_

#include <nlohmann/json.hpp>
#include <string>

#include "base/exit_code.h"
#include "judge/signature/media_signing.h"

namespace saksi::judge {

constexpr char kVerdictsSchema[] = "saksi-verdicts/1";

struct JudgeOptions {
  /// Judge by this requirement file: by those of its entries that the recording's scenario asks for, or by all if it asks for none of them.
  /// Empty: by the entries that the recording's manifest carries.
  std::string requirements_file;
  /// For inputs that carry no requirements (a card, a mounted folder, a clip, a recording without any) when requirements_file is empty.
  std::string default_requirements_file;
  /// By whom and as of when the signatures in clips are judged.
  SignatureOptions signature;
};

/// Judges a recording folder, a card image or block device, a mounted card (any other folder), or an MP4 file, and returns what goes into
/// verdicts.json (docs/formats/verdicts.md): the same bytes for the same input, always. Damage on the card or in a clip is judged. Throws UsageError for a
/// path that cannot be read or is none of these, and for a mistake in a requirement file or in the recording's own files.
nlohmann::ordered_json judge_recording(const std::string& path, const JudgeOptions& options);

/// The text of verdicts.json, with a newline at its end.
std::string verdicts_text(const nlohmann::ordered_json& verdicts);

/// The exit code for verdicts["verdict"].
ExitCode verdicts_exit_code(const nlohmann::ordered_json& verdicts);

}  // namespace saksi::judge

#endif
