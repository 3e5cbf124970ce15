#include "judge/seal/time_stamp.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <memory>

#include "base/error.h"
#include "base/sha256.h"
#include "judge/signature/openssl_owned.h"

namespace saksi::judge {

namespace {

template <typename T>
using Owned = OpenSslOwned<T>;

Owned<TS_REQ> request_for(const std::string& file) {
  const Digest digest = sha256_file(file);
  Owned<TS_REQ> request(TS_REQ_new());
  const Owned<TS_MSG_IMPRINT> imprint(TS_MSG_IMPRINT_new());
  const Owned<X509_ALGOR> algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
  TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get());
  TS_MSG_IMPRINT_set_msg(imprint.get(), const_cast<uint8_t*>(digest.data()), static_cast<int>(digest.size()));
  TS_REQ_set_version(request.get(), 1);
  TS_REQ_set_msg_imprint(request.get(), imprint.get());
  TS_REQ_set_cert_req(request.get(), 1);
  return request;
}

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return reason != nullptr ? reason : "it cannot be checked";
}

std::string time_of(TS_RESP* reply) {
  TS_TST_INFO* info = TS_RESP_get_tst_info(reply);
  if (info == nullptr) return "";
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  ASN1_GENERALIZEDTIME_print(bio.get(), TS_TST_INFO_get_time(info));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

}  // namespace

std::vector<uint8_t> time_stamp_request(const std::string& file) {
  const Owned<TS_REQ> request = request_for(file);
  unsigned char* der = nullptr;
  const int size = i2d_TS_REQ(request.get(), &der);
  if (size <= 0) throw InfraError("OpenSSL cannot write a time-stamp request");
  std::vector<uint8_t> bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

TimeStamp check_time_stamp(const std::string& reply_file, const std::string& file, const std::string& anchor_file) {
  const Owned<BIO> in(BIO_new_file(reply_file.c_str(), "rb"));
  if (!in) throw UsageError(reply_file + ": cannot be read; it should be the authority's reply (RFC 3161, DER)");
  const Owned<TS_RESP> reply(d2i_TS_RESP_bio(in.get(), nullptr));
  if (!reply) return {false, "", "it is no time-stamp reply: " + last_error()};
  TimeStamp stamp;
  stamp.time = time_of(reply.get());
  const Owned<TS_REQ> request = request_for(file);
  const Owned<TS_VERIFY_CTX> context(TS_REQ_to_TS_VERIFY_CTX(request.get(), nullptr));
  X509_STORE* store = X509_STORE_new();
  if (X509_STORE_load_file(store, anchor_file.c_str()) != 1) {
    X509_STORE_free(store);
    ERR_clear_error();
    throw UsageError(anchor_file + ": holds no certificate in PEM; give the time-stamping authority's root");
  }
  TS_VERIFY_CTX_set_store(context.get(), store);
  TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_SIGNATURE);
  stamp.good = TS_RESP_verify_response(context.get(), reply.get()) == 1;
  if (!stamp.good) stamp.reason = last_error();
  ERR_clear_error();
  return stamp;
}

}  // namespace saksi::judge
