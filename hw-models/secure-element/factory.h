#ifndef SAKSI_HW_MODELS_SECURE_ELEMENT_FACTORY_H_
#define SAKSI_HW_MODELS_SECURE_ELEMENT_FACTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/secure-element/atecc608_memory.h"

namespace saksi::hw {

/// Slots of the reference camera's secure element.
struct ElementSlots {
  static constexpr size_t kSigningKey = 0;              ///< private key of the device, made in the part; signs what is given
  static constexpr size_t kCertificate = 8;             ///< X.509 certificate of its public key, DER, filled up with zeros
  static constexpr size_t kFirmwareKey = 15;            ///< public key by which the vendor's firmware is verified
  static constexpr size_t kFirmwareVersionCounter = 1;  ///< monotonic counter: the lowest version of firmware that may start
};

/// The vendor of the reference camera, a test vendor: its root certificate and what it does at its factory. The vendor is the same in every run; a
/// device is made from its seed: the same seed gives the same bytes, so that a run can be repeated.
///
/// Certificates are X.509 v3 with ECDSA on P-256, valid from 2020 to 2120. The root issues a device's certificate itself, so that the leaf is the
/// whole chain of a recording: what a signing SEI carries it carries once a second.
class Vendor {
 public:
  Vendor();

  /// The root certificate, as DER and PEM.
  const std::vector<uint8_t>& root_der() const { return root_der_; }
  std::string root_pem() const;

  /// A provisioned and locked secure element of the device with this seed. Its public key is certified.
  Atecc608Memory make_element(uint64_t seed) const;

  /// The vendor's signature over a digest of firmware.
  P256Signature sign_firmware(const Digest& digest) const { return firmware_key_.sign(digest); }

 private:
  P256Key root_key_;
  P256Key firmware_key_;
  std::vector<uint8_t> root_der_;
};

/// A certificate as PEM.
std::string pem_of_certificate(const std::vector<uint8_t>& der);

}  // namespace saksi::hw

#endif
