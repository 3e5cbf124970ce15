#ifndef SAKSI_JUDGE_TAMPER_LAB_KEY_H_
#define SAKSI_JUDGE_TAMPER_LAB_KEY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "judge/signature/hash.h"
#include "judge/signature/signing_sei.h"
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

  /// The SEI with this key's certificate, but the signature that it had.
  Bytes exchange_certificate(const Bytes& nal, VideoCodec codec) const;

 private:
  friend class LabSigner;
  struct State;
  std::shared_ptr<const State> state_;
};

/// What is changed in a SEI that is signed anew.
struct LabChange {
  int64_t shift = 0;                ///< added to its times, 100 ns
  std::optional<int64_t> time{};    ///< all its times, 100 ns since 1601 UTC: those of a clock that stands
  std::optional<uint64_t> nonce{};  ///< the random number to sign with, of a camera whose are broken
};

/// Signs a clip's signing SEIs anew, with a key and its certificate in place of those they have. They have to come in their order, all of them: one
/// without a signature of its own is covered by its hash in a later one, which is exchanged there when the SEI is changed.
class LabSigner {
 public:
  LabSigner(const LabKey& key, VideoCodec codec);

  /// A NAL unit that is no whole signing SEI comes back as it was. Where a SEI has no list of hashes, those of changed ones cannot be exchanged.
  Bytes sign(const Bytes& nal, const LabChange& change = {});

 private:
  using Values = std::vector<std::pair<SigningTag, Bytes>>;
  void exchange_hashes(Values& values) const;
  Bytes with_signature(const Bytes& document, const LabChange& change) const;

  LabKey key_;
  VideoCodec codec_;
  HashFunction function_;
  std::map<Bytes, Bytes> exchanged_;  ///< hashes of SEIs without a signature, as they were and as they are now
};

/// The shift that brings the start that a signing SEI tells to `unix_s`, seconds since 1970 UTC; nullopt if it tells none.
std::optional<int64_t> shift_to(const Bytes& nal, VideoCodec codec, int64_t unix_s);

/// Puts emulation prevention bytes in.
Bytes escaped(const Bytes& nal);

}  // namespace saksi::judge

#endif
