#include "judge/signature/hash.h"

#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>

namespace saksi::judge {

bool Hash::is_zero() const {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

struct HashFunction::State {
  const EVP_MD* function = EVP_sha256();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }

  void begin() const { EVP_DigestInit_ex(context, function, nullptr); }
  void add(const void* data, size_t bytes) const { EVP_DigestUpdate(context, data, bytes); }
  Hash end() const {
    Hash hash;
    unsigned int size = 0;
    EVP_DigestFinal_ex(context, hash.bytes.data(), &size);
    hash.size = size;
    return hash;
  }
};

HashFunction::HashFunction() : state_(std::make_unique<State>()) {}
HashFunction::~HashFunction() = default;

bool HashFunction::select(const uint8_t* oid, size_t oid_bytes) {
  const uint8_t* at = oid;
  ASN1_OBJECT* object = d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(oid_bytes));
  const EVP_MD* function = object != nullptr ? EVP_get_digestbyobj(object) : nullptr;
  ASN1_OBJECT_free(object);
  if (function == nullptr || EVP_MD_get_size(function) <= 0 || EVP_MD_get_size(function) > 64) return false;
  state_->function = function;
  size_ = static_cast<size_t>(EVP_MD_get_size(function));
  return true;
}

std::string HashFunction::name() const { return OBJ_nid2sn(EVP_MD_get_type(state_->function)); }

Hash HashFunction::of(const uint8_t* data, size_t data_bytes) const {
  state_->begin();
  state_->add(data, data_bytes);
  return state_->end();
}

Hash HashFunction::of(const Hash& a, const Hash& b) const {
  state_->begin();
  state_->add(a.bytes.data(), a.size);
  state_->add(b.bytes.data(), b.size);
  return state_->end();
}

Hash HashFunction::of(const std::vector<Hash>& hashes) const {
  state_->begin();
  for (const Hash& hash : hashes) state_->add(hash.bytes.data(), hash.size);
  return state_->end();
}

}  // namespace saksi::judge
