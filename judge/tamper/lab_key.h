#ifndef SAKSI_JUDGE_TAMPER_LAB_KEY_H_
#define SAKSI_JUDGE_TAMPER_LAB_KEY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "judge/tamper/tamper_clip.h"

namespace saksi::judge {

/// A signing key of an attacker, or of a camera in the laboratory, made for the occasion: P-256, with a certificate issued by a CA of its own. Its
/// certificates are valid from 2020 to 2120.
class LabKey {
 public:
  LabKey();
  /// Another key under the same CA.
  LabKey another() const;
  /// PEM of the CA, to be trusted or not.
  std::string anchor_pem() const;

  /// A signing SEI of the clip signed anew: with this key and certificate in place of those it has. `shift` (100 ns) is added to its times. A SEI
  /// that is not signed, or none at all, comes back as it was.
  Bytes sign_again(const Bytes& nal, VideoCodec codec, int64_t shift = 0) const;
  /// The same by a camera whose clock stands: all times that the SEI tells are `time` (100 ns since 1601 UTC).
  Bytes sign_again_at(const Bytes& nal, VideoCodec codec, int64_t time) const;
  /// The same by a camera whose random numbers are broken: `nonce` is the one that the signature is made with.
  Bytes sign_again_with(const Bytes& nal, VideoCodec codec, uint64_t nonce) const;
  /// The SEI with this key's certificate, but the signature that it had.
  Bytes exchange_certificate(const Bytes& nal, VideoCodec codec) const;

 private:
  struct Change {
    int64_t shift = 0;
    std::optional<int64_t> time;
    std::optional<uint64_t> nonce;
  };
  Bytes sign(const Bytes& nal, VideoCodec codec, const Change& change) const;
  struct State;
  std::shared_ptr<const State> state_;
};

/// The shift that brings the start that a signing SEI tells to `unix_s`, seconds since 1970 UTC; nullopt if it tells none.
std::optional<int64_t> shift_to(const Bytes& nal, VideoCodec codec, int64_t unix_s);

/// Puts emulation prevention bytes in.
Bytes escaped(const Bytes& nal);

}  // namespace saksi::judge

#endif
