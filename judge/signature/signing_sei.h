#ifndef SAKSI_JUDGE_SIGNATURE_SIGNING_SEI_H_
#define SAKSI_JUDGE_SIGNATURE_SIGNING_SEI_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/media/nal.h"
#include "judge/signature/hash.h"
#include "judge/signature/signing_report.h"

namespace saksi::judge {

/// Tags of ONVIF Media Signing (MediaSigning.xml 25.12): the TLVs of a signing SEI.
enum class SigningTag : uint8_t {
  kGeneral = 1,
  kHashList = 2,
  kSignature = 3,
  kCryptoInfo = 4,
  kVendorInfo = 5,
  kCertificates = 6,
  kArbitraryData = 7
};

/// What a SEI says of the GOP, or part of one, that it covers.
struct SigningGeneral {
  uint8_t version = 0;
  std::array<uint8_t, 3> spec{};  ///< year, month, patch
  bool partial = false;           ///< cut before the GOP's end
  int64_t start = 0;              ///< 100 ns since 1601-01-01 UTC
  int64_t end = 0;                ///< of the next GOP's first frame; the same as `start` in version 1, which has none
  uint32_t counter = 0;
  uint16_t elements = 0;  ///< NAL units in the GOP hash
  Hash gop_hash;
  Hash linked_hash;
};

/// The place of one TLV's value in SigningSei::payload.
struct SigningTlv {
  SigningTag tag;
  size_t offset;
  size_t length;
};

/// A SEI NAL unit of media signing, taken apart but not yet believed. Its bytes are a copy.
struct SigningSei {
  bool certificate = false;      ///< a SEI of its own for certificates
  bool is_signed = false;        ///< has a signature TLV
  std::vector<uint8_t> hashed;   ///< what its hash is made of: the document if it is signed, else the whole NAL unit
  std::vector<uint8_t> payload;  ///< TLVs, emulation prevention removed
  std::vector<SigningTlv> tlvs;  ///< in order, up to the first that cannot be right
  bool complete = false;         ///< the TLVs fill the payload and each has a known tag
};

/// Reads a SEI NAL unit without the zeros behind it (trimmed_nal_size). nullopt if it is none of media signing: if its first message is not
/// user_data_unregistered with the UUID of the standard. Lengths that the NAL unit does not hold leave `complete` false.
std::optional<SigningSei> parse_signing_sei(const uint8_t* nal, size_t size, const NalHead& head);

/// Readers of TLV values: nullopt for any that is too short or of another version.
std::optional<SigningGeneral> read_general(const SigningSei& sei, const SigningTlv& tlv);
std::optional<std::vector<uint8_t>> read_hash_list(const SigningSei& sei, const SigningTlv& tlv);

/// A signature in its field of fixed length.
struct SigningSignature {
  std::vector<uint8_t> bytes;
  size_t field_bytes;
};
std::optional<SigningSignature> read_signature(const SigningSei& sei, const SigningTlv& tlv);

/// The object identifier of the hash function, with its DER head.
std::optional<std::vector<uint8_t>> read_hash_oid(const SigningSei& sei, const SigningTlv& tlv);

std::optional<SigningVendor> read_vendor(const SigningSei& sei, const SigningTlv& tlv);

/// PEM text of the leaf and intermediates.
struct SigningCertificates {
  bool user_provisioned;
  std::string pem;
};
std::optional<SigningCertificates> read_certificates(const SigningSei& sei, const SigningTlv& tlv);
/// True if the value is data of the vendor's own, as it should be.
bool is_arbitrary_data(const SigningSei& sei, const SigningTlv& tlv);

}  // namespace saksi::judge

#endif
