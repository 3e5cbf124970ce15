#ifndef SAKSI_JUDGE_SEAL_SEAL_H_
#define SAKSI_JUDGE_SEAL_SEAL_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace saksi::judge {

constexpr char kSealSchema[] = "saksi-seal/1";

/// Who seals, as the command line says. All may be empty.
struct SealOptions {
  std::string who;
  std::string when;      ///< any text: what a clock says is no proof; a time-stamp of RFC 3161 is one
  std::string key_file;  ///< PEM private key: Ed25519, EC or RSA; empty: the seal is not signed
  std::string tool_version;
};

/// The manifest of a file, a card image (with the files on it) or a folder (all files below): names, sizes, host times of change and SHA-256 of
/// everything (docs/formats/seal.md). Throws UsageError if the path or the key cannot be read.
nlohmann::ordered_json make_seal(const std::string& path, const SealOptions& options);

/// What speaks against a sealed path; none if it is what was sealed.
struct SealCheck {
  bool is_signed = false;
  std::vector<std::string> findings;  ///< one plain sentence each, at most 1000
};

/// Compares `path` with a manifest, and checks the manifest's own signature. With `key_file` (PEM public key or certificate) the signature must be
/// that key's; else it only shows that whoever signed had the key that the manifest names. Throws UsageError if the manifest is none or a file cannot
/// be read.
SealCheck check_seal(const std::string& manifest_file, const std::string& path, const std::string& key_file);

/// The text of a manifest as it is written to a file.
std::string seal_text(const nlohmann::ordered_json& seal);

}  // namespace saksi::judge

#endif
