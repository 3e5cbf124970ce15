#ifndef SAKSI_JUDGE_SIGNATURE_HASH_H_
#define SAKSI_JUDGE_SIGNATURE_HASH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace saksi::judge {

/// A hash of up to 512 bits.
struct Hash {
  std::array<uint8_t, 64> bytes{};
  size_t size = 32;

  bool is_zero() const;
  bool operator==(const Hash& other) const { return size == other.size && bytes == other.bytes; }
  bool operator!=(const Hash& other) const { return !(*this == other); }
};

/// One of OpenSSL's hash functions; SHA-256 unless a signature names another one.
class HashFunction {
 public:
  HashFunction();
  ~HashFunction();
  HashFunction(const HashFunction&) = delete;
  HashFunction& operator=(const HashFunction&) = delete;

  /// Takes the function of an object identifier with its DER head. False, and no change, if it is none that OpenSSL knows or longer than 512 bits.
  bool select(const uint8_t* oid, size_t oid_bytes);
  size_t size() const { return size_; }
  /// Its short name: "SHA256".
  std::string name() const;

  Hash of(const uint8_t* data, size_t data_bytes) const;
  /// Of the bytes of `a` followed by those of `b`.
  Hash of(const Hash& a, const Hash& b) const;
  /// Of all bytes, one hash behind the other.
  Hash of(const std::vector<Hash>& hashes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  size_t size_ = 32;
};

}  // namespace saksi::judge

#endif
