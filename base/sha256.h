#ifndef SAKSI_BASE_SHA256_H_
#define SAKSI_BASE_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace saksi {

using Digest = std::array<uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of a stream of bytes.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(const void* data, size_t size);
  /// The digest of everything so far; the object must not be used afterwards.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Digest sha256(const void* data, size_t size);
Digest sha256(const std::string& text);
/// Digest of a file's bytes. Throws UsageError if it cannot be read.
Digest sha256_file(const std::string& path);
/// Lower-case hexadecimal.
std::string hex(const Digest& digest);

/// Digest of a large and mostly empty file, as docs/formats/recording.md defines it: SHA-256 over the file's size (64 bit, little
/// endian) and then, in order, the SHA-256 of each 64 KiB chunk (the last one as long as it is). Holes are not read: a chunk of zeros
/// has one known digest.
Digest sparse_file_digest(const std::string& path);

}  // namespace saksi

#endif
