#ifndef SAKSI_JUDGE_SEAL_TIME_STAMP_H_
#define SAKSI_JUDGE_SEAL_TIME_STAMP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::judge {

/// A request (RFC 3161) for a time-stamp over the SHA-256 of a file, in DER: to be sent to a time-stamping authority. Asks for its certificate; has
/// no nonce, so that the same file gives the same request. Throws UsageError if the file cannot be read.
std::vector<uint8_t> time_stamp_request(const std::string& file);

/// What a reply is worth.
struct TimeStamp {
  bool good = false;
  std::string time;    ///< as the authority says: "Nov 28 12:00:00 2026 GMT"
  std::string reason;  ///< why it is not good
};

/// Checks a reply (DER) against the file and the authority's root certificates (PEM). Throws UsageError if a file cannot be read.
TimeStamp check_time_stamp(const std::string& reply_file, const std::string& file, const std::string& anchor_file);

}  // namespace saksi::judge

#endif
