#include "hw-models/secure-element/p256.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "base/error.h"

namespace saksi::hw {

namespace {

struct Free {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void check(int result) {
  if (result != 1) throw InfraError("OpenSSL cannot calculate on the curve P-256");
}

/// The curve with what calculations on it need.
struct Curve {
  Owned<BN_CTX> context{BN_CTX_new()};
  Owned<EC_GROUP> group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  const BIGNUM* order() const { return EC_GROUP_get0_order(group.get()); }
  Owned<EC_POINT> point() const { return Owned<EC_POINT>(EC_POINT_new(group.get())); }
};

Owned<BIGNUM> number() { return Owned<BIGNUM>(BN_new()); }

Owned<BIGNUM> number_of(const uint8_t* bytes) { return Owned<BIGNUM>(BN_bin2bn(bytes, std::tuple_size_v<P256Scalar>, nullptr)); }

void store(const BIGNUM* value, uint8_t* bytes) { BN_bn2binpad(value, bytes, std::tuple_size_v<P256Scalar>); }

/// The digest as a number of the order's length, reduced (RFC 6979, 2.3.4: bits2octets). The order has as many bits as the digest.
P256Scalar reduced(const Curve& curve, const Digest& digest) {
  const Owned<BIGNUM> value = number_of(digest.data());
  const Owned<BIGNUM> rest = number();
  check(BN_nnmod(rest.get(), value.get(), curve.order(), curve.context.get()));
  P256Scalar bytes;
  store(rest.get(), bytes.data());
  return bytes;
}

/// The nonces of RFC 6979, 3.2, one after the other.
class Nonces {
 public:
  Nonces(const P256Scalar& secret, const P256Scalar& digest) {
    key_.fill(0);
    value_.fill(1);
    for (const uint8_t separator : {0x00, 0x01}) {
      std::vector<uint8_t> text(value_.begin(), value_.end());
      text.push_back(separator);
      text.insert(text.end(), secret.begin(), secret.end());
      text.insert(text.end(), digest.begin(), digest.end());
      key_ = hmac_sha256(key_, text.data(), text.size());
      step();
    }
  }
  Digest next() {
    if (used_) {
      std::vector<uint8_t> text(value_.begin(), value_.end());
      text.push_back(0);
      key_ = hmac_sha256(key_, text.data(), text.size());
      step();
    }
    used_ = true;
    step();
    return value_;
  }

 private:
  void step() { value_ = hmac_sha256(key_, value_.data(), value_.size()); }
  Digest key_;
  Digest value_;
  bool used_ = false;
};

bool in_range(const Curve& curve, const BIGNUM* value) { return !BN_is_zero(value) && BN_cmp(value, curve.order()) < 0; }

/// The x coordinate of `point`, modulo the order.
Owned<BIGNUM> x_of(const Curve& curve, const EC_POINT* point) {
  const Owned<BIGNUM> x = number();
  Owned<BIGNUM> rest = number();
  check(EC_POINT_get_affine_coordinates(curve.group.get(), point, x.get(), nullptr, curve.context.get()));
  check(BN_nnmod(rest.get(), x.get(), curve.order(), curve.context.get()));
  return rest;
}

/// r and s for a nonce; false if one of them is 0.
bool sign_with(const Curve& curve, const P256Scalar& secret, const P256Scalar& digest, const BIGNUM* nonce, P256Signature& signature) {
  const Owned<EC_POINT> point = curve.point();
  check(EC_POINT_mul(curve.group.get(), point.get(), nonce, nullptr, nullptr, curve.context.get()));
  const Owned<BIGNUM> r = x_of(curve, point.get());
  const Owned<BIGNUM> key = number_of(secret.data()), z = number_of(digest.data()), s = number();
  check(BN_mod_mul(s.get(), r.get(), key.get(), curve.order(), curve.context.get()));
  check(BN_mod_add(s.get(), s.get(), z.get(), curve.order(), curve.context.get()));
  const Owned<BIGNUM> inverse(BN_mod_inverse(nullptr, nonce, curve.order(), curve.context.get()));
  check(inverse ? BN_mod_mul(s.get(), s.get(), inverse.get(), curve.order(), curve.context.get()) : 0);
  if (BN_is_zero(r.get()) || BN_is_zero(s.get())) return false;
  store(r.get(), signature.data());
  store(s.get(), signature.data() + std::tuple_size_v<P256Scalar>);
  return true;
}

}  // namespace

Digest hmac_sha256(const Digest& key, const uint8_t* data, size_t size) {
  constexpr size_t kBlock = 64;
  uint8_t pad[kBlock];
  const auto fill = [&](uint8_t value) {
    std::fill_n(pad, kBlock, value);
    for (size_t i = 0; i < key.size(); ++i) pad[i] = static_cast<uint8_t>(pad[i] ^ key[i]);
  };
  fill(0x36);
  Sha256 inner;
  inner.update(pad, kBlock);
  inner.update(data, size);
  const Digest first = inner.finish();
  fill(0x5C);
  Sha256 outer;
  outer.update(pad, kBlock);
  outer.update(first.data(), first.size());
  return outer.finish();
}

P256Key::P256Key(const P256Scalar& secret) {
  const Curve curve;
  const Owned<BIGNUM> range(BN_dup(curve.order())), value = number_of(secret.data()), rest = number();
  // The numbers of 1 to the order less 1 stay as they are.
  check(BN_sub_word(range.get(), 1));
  check(BN_is_zero(value.get()) ? 1 : BN_sub_word(value.get(), 1));
  check(BN_nnmod(rest.get(), value.get(), range.get(), curve.context.get()));
  check(BN_add_word(rest.get(), 1));
  store(rest.get(), secret_.data());
}

P256Key P256Key::draw(SeedStream& stream) {
  P256Scalar secret;
  for (size_t i = 0; i < secret.size(); i += 8) {
    const uint64_t word = stream.next();
    for (size_t byte = 0; byte < 8; ++byte) secret[i + byte] = static_cast<uint8_t>(word >> (56 - 8 * byte));
  }
  return P256Key(secret);
}

P256Public P256Key::public_key() const {
  const Curve curve;
  const Owned<EC_POINT> point = curve.point();
  const Owned<BIGNUM> key = number_of(secret_.data()), x = number(), y = number();
  check(EC_POINT_mul(curve.group.get(), point.get(), key.get(), nullptr, nullptr, curve.context.get()));
  check(EC_POINT_get_affine_coordinates(curve.group.get(), point.get(), x.get(), y.get(), curve.context.get()));
  P256Public bytes;
  store(x.get(), bytes.data());
  store(y.get(), bytes.data() + std::tuple_size_v<P256Scalar>);
  return bytes;
}

P256Signature P256Key::sign(const Digest& digest, const Digest& nonce_digest) const {
  const Curve curve;
  Nonces nonces(secret_, reduced(curve, nonce_digest));
  P256Signature signature;
  for (;;) {
    const Owned<BIGNUM> nonce = number_of(nonces.next().data());
    if (in_range(curve, nonce.get()) && sign_with(curve, secret_, reduced(curve, digest), nonce.get(), signature)) return signature;
  }
}

bool p256_verify(const P256Public& key, const Digest& digest, const P256Signature& signature) {
  constexpr size_t kHalf = std::tuple_size_v<P256Scalar>;
  const Curve curve;
  BN_CTX* const context = curve.context.get();
  const Owned<BIGNUM> x = number_of(key.data()), y = number_of(key.data() + kHalf);
  const Owned<BIGNUM> r = number_of(signature.data()), s = number_of(signature.data() + kHalf), z = number_of(digest.data());
  const Owned<EC_POINT> owner = curve.point(), point = curve.point();
  if (EC_POINT_set_affine_coordinates(curve.group.get(), owner.get(), x.get(), y.get(), context) != 1) return false;
  if (!in_range(curve, r.get()) || !in_range(curve, s.get())) return false;
  const Owned<BIGNUM> inverse(BN_mod_inverse(nullptr, s.get(), curve.order(), context)), u = number(), v = number();
  check(inverse ? 1 : 0);
  check(BN_mod_mul(u.get(), z.get(), inverse.get(), curve.order(), context));
  check(BN_mod_mul(v.get(), r.get(), inverse.get(), curve.order(), context));
  check(EC_POINT_mul(curve.group.get(), point.get(), u.get(), owner.get(), v.get(), context));
  if (EC_POINT_is_at_infinity(curve.group.get(), point.get()) == 1) return false;
  return BN_cmp(x_of(curve, point.get()).get(), r.get()) == 0;
}

}  // namespace saksi::hw
