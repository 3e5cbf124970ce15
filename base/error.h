#ifndef SAKSI_BASE_ERROR_H_
#define SAKSI_BASE_ERROR_H_

#include <stdexcept>
#include <string>

namespace saksi {

/// What the user gave cannot be used (exit code 2). The text says what, where, and what to do.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The rig failed in mid-run (exit code 3): the host, a tool, a determinism mismatch; never the device.
class InfraError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace saksi

#endif
