// Test helper: a camera's key on the host, by OpenSSL, in the place of the secure element, and its identity.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_SIGNING_BENCH_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_SIGNING_BENCH_H_

#include <cstdint>
#include <string>

#include "firmware-under-test/camera/media_signing.h"

namespace saksi::firmware {

/// Signs with a key of its own. There is one at a time; it registers itself.
class SigningBench {
 public:
  SigningBench();
  ~SigningBench();
  SigningBench(const SigningBench&) = delete;
  SigningBench& operator=(const SigningBench&) = delete;

  const media_signer_t* signer() const;
  const signing_identity_t* identity() const { return &identity_; }
  /// What the camera says of its firmware; stays where it is.
  void say(const char* firmware) { identity_.firmware = firmware; }
  /// The certificate's issuer (PEM), to be trusted.
  const std::string& authority() const { return authority_; }

  int steps = 3;       ///< calls of step until a signature is there
  int failures = 0;    ///< how many of the next signatures fail
  int signatures = 0;  ///< made so far

 private:
  static void begin(const uint8_t* digest);
  static secure_element_sign_t step(uint8_t* signature);

  void* key_ = nullptr;  ///< EVP_PKEY of the leaf
  std::string pem_, authority_;
  signing_identity_t identity_{};
  uint8_t digest_[SECURE_ELEMENT_DIGEST_BYTES] = {};
  int left_ = -1;
};

}  // namespace saksi::firmware

#endif
