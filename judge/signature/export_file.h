#ifndef SAKSI_JUDGE_SIGNATURE_EXPORT_FILE_H_
#define SAKSI_JUDGE_SIGNATURE_EXPORT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/signature/media_signing.h"

namespace saksi::judge {

/// Where a track came from, as the exporting unit says; any text.
struct ExportSource {
  uint32_t track = 0;
  std::string name, url, mac, line;
};

/// One signing of the whole file, the first at its export, others after that.
struct ExportSeal {
  std::string state = "invalid";      ///< "valid", "invalid", or "unsupported": an algorithm that is not known here
  std::string subject;                ///< whose certificate, RFC 2253
  std::string fingerprint;            ///< its SHA-256, hexadecimal
  std::string key = "unknown";        ///< "trusted", "not-trusted" or, if nobody said whom to trust, "unknown"
  std::string information;            ///< added by whoever signed; any text
  std::optional<int64_t> start_time;  ///< of the media, corrected: 100 ns since 1601 UTC
};

/// What a file says of its export, by the ONVIF Export File Format Specification (26.06): the boxes suep, cstb and ipro in the meta box at file
/// level.
struct ExportFile {
  bool present = false;  ///< there is such a meta box
  std::string unit, url, mac, operator_name;
  std::optional<int64_t> exported_at;  ///< seconds since 1970 UTC
  std::vector<ExportSource> sources;   ///< at most 64
  std::optional<int64_t> start_time;   ///< of the media before any correction: 100 ns since 1601 UTC
  std::vector<ExportSeal> seals;       ///< at most 8, the first first
  /// What speaks against the file:
  ///
  ///   damage  export-seal-invalid
  ///   doubt   export-unreadable, export-seal-unsupported, export-time-contradiction (with what the camera signed: a start more than 2 s off, or an
  ///   export
  ///           more than an hour before the recording's end)
  ///   note    export-unsigned, export-key-not-trusted
  Problems problems;
};

/// Reads and checks these boxes. `track` is the video's; `signature` what the camera itself signed. Reads the file once for each seal and holds no
/// more than the meta box, of up to 1 MiB, in memory. Never throws for what the source holds.
ExportFile read_export_file(const ByteSource& source, uint32_t track, const SignatureResult& signature, const SignatureOptions& options);

}  // namespace saksi::judge

#endif
