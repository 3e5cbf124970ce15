#ifndef SAKSI_JUDGE_SIGNATURE_CERTIFICATE_H_
#define SAKSI_JUDGE_SIGNATURE_CERTIFICATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "judge/signature/hash.h"

namespace saksi::judge {

/// The certificates that a judge trusts. Copies share them.
class TrustAnchors {
 public:
  /// None: nothing is trusted.
  TrustAnchors();
  /// From PEM text; `name` is its file's, for the message. Throws UsageError if there is no certificate in it.
  static TrustAnchors from_pem(const std::string& pem, const std::string& name);
  /// Reads a PEM file. Throws UsageError if it cannot be read or holds no certificate.
  static TrustAnchors load(const std::string& path);
  bool empty() const;
  /// The name of each, in the order of the file.
  std::vector<std::string> names() const;

  struct State;
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

/// What OpenSSL says of a chain at one date.
struct ChainCheck {
  bool trusted = false;
  bool only_time = false;  ///< it would be trusted at another date
  std::string reason;      ///< why it is not trusted, in OpenSSL's words
};

/// A leaf and its intermediates, out of a signing SEI.
class CertificateChain {
 public:
  /// From PEM text, leaf first. At most 5 certificates are read. nullopt if there is none in it.
  static std::optional<CertificateChain> from_pem(const std::string& pem);

  /// From one certificate in DER; nullopt if it is none.
  static std::optional<CertificateChain> from_der(const std::vector<uint8_t>& der);

  /// Checks signatures, CA flags and path length up to one of the anchors, at a date (seconds since 1970 UTC), or at none if it is absent.
  ChainCheck check(const TrustAnchors& anchors, std::optional<int64_t> unix_s) const;
  /// The reference takes a chain only if the path that OpenSSL built has as many certificates of the chain as there are, and at most 4.
  bool fits_path(const TrustAnchors& anchors) const;

  std::string subject() const;
  std::string issuer() const;
  /// Hexadecimal.
  std::string serial() const;
  /// Of the leaf, seconds since 1970 UTC.
  int64_t not_before() const;
  int64_t not_after() const;
  /// SHA-256 of the leaf in DER, hexadecimal.
  std::string fingerprint() const;
  /// Of the leaf: "EC prime256v1", "RSA 2048".
  std::string key_kind() const;
  /// True if media signing can use the leaf's key: EC or RSA.
  bool key_usable() const;

  /// True if `signature` is one of the leaf's key over `digest`: ECDSA, or RSASSA-PSS with SHA-256.
  bool verify(const Hash& digest, const std::vector<uint8_t>& signature) const;

  /// Gives the next bytes; false at the end.
  using Data = std::function<bool(std::vector<uint8_t>& bytes)>;
  /// True if `signature` is one of the leaf's key over the data. `algorithm`: an AlgorithmIdentifier in DER; empty for RSASSA-PSS with SHA-256, or
  /// for ECDSA with SHA-256 by the kind of the key. nullopt if the algorithm is neither ECDSA, RSASSA-PSS nor RSASSA-PKCS1-v1_5, or not one of the
  /// key's.
  std::optional<bool> verify_data(const std::vector<uint8_t>& algorithm, const std::vector<uint8_t>& signature, const Data& data) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace saksi::judge

#endif
