// Goal: what a file says of its export is read, and its seals are checked as the ONVIF Export File Format says, also where it was signed repeatedly;
// no change of a byte and no hostile size passes or does harm. Method: boxes and seals built here, with OpenSSL, around a signed sample.
#include "judge/signature/export_file.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <fstream>
#include <set>

#include "judge/media/mp4.h"
#include "judge/signature/openssl_owned.h"

namespace saksi::judge {
namespace {

using Bytes = std::vector<uint8_t>;

const std::string kSample = SAKSI_SOURCE_DIR "/judge/signature/samples/plain_ec.mp4";
/// In 2022, as the sample's camera signed it.
constexpr int64_t kUnixTo1601_s = 11'644'473'600, kUnixTo1904_s = 2'082'844'800;

Bytes number(uint64_t value, int bytes) {
  Bytes out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes text(const std::string& value) { return Bytes(value.begin(), value.end()); }
Bytes string0(const std::string& value) { return text(value) + Bytes{0}; }
Bytes box(const std::string& type, const Bytes& content) { return number(8 + content.size(), 4) + text(type) + content; }

/// A key of an exporter and its self-signed certificate.
class Exporter {
 public:
  explicit Exporter(bool rsa) : key_(rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256")), certificate_(X509_new()) {
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    ASN1_TIME_set(X509_getm_notBefore(certificate_.get()), 1'600'000'000);
    ASN1_TIME_set(X509_getm_notAfter(certificate_.get()), 4'000'000'000);
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_NAME* name = X509_get_subject_name(certificate_.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("exporter"), -1, -1, 0);
    X509_set_issuer_name(certificate_.get(), name);
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }
  Bytes certificate() const {
    Bytes der(static_cast<size_t>(i2d_X509(certificate_.get(), nullptr)));
    uint8_t* at = der.data();
    i2d_X509(certificate_.get(), &at);
    return der;
  }
  /// RSASSA-PSS with a salt of 20 bytes, or ECDSA, over SHA-256.
  Bytes sign(const Bytes& data) const {
    const OpenSslOwned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key_.get());
    if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA) {
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 20);
    }
    size_t size = 512;
    Bytes signature(size);
    EXPECT_EQ(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()), 1);
    signature.resize(size);
    return signature;
  }

 private:
  OpenSslOwned<EVP_PKEY> key_;
  OpenSslOwned<X509> certificate_;
};

/// ecdsa-with-SHA256, as an AlgorithmIdentifier.
const Bytes kEcdsa = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};

/// An export of the sample.
struct Export {
  int64_t start_s = 0;  ///< of the media, seconds since 1970; 0: none is said
  int64_t exported_s = 1'700'000'000;
  std::vector<Bytes> signings{};  ///< sinf boxes

  static Bytes media() {
    std::ifstream in(kSample, std::ios::binary);
    return Bytes((std::istreambuf_iterator<char>(in)), {});
  }
  Bytes meta() const {
    Bytes suep = number(0x01000000, 4) + string0("Box<1>") + string0("http://unit") + string0("08-00-27-00-0C-15");
    suep = suep + number(static_cast<uint64_t>(exported_s + kUnixTo1904_s), 8) + string0("J. Doe") + number(1, 4);
    suep = suep + number(1, 2) + string0("gate 3") + string0("") + string0("080027000C15") + string0("1");
    Bytes content = number(0, 4) + box("hdlr", number(0, 24)) + box("suep", suep);
    if (start_s != 0) content = content + box("cstb", start_box(start_s));
    if (!signings.empty()) {
      Bytes ipro = number(0, 4) + number(1, 2);
      for (const Bytes& sinf : signings) ipro = ipro + sinf;
      content = content + box("ipro", ipro);
    }
    return box("meta", content);
  }
  static Bytes start_box(int64_t unix_s) {
    return number(1, 4) + number(1, 4) + number(static_cast<uint64_t>((unix_s + kUnixTo1601_s) * 10'000'000), 8);
  }
  Bytes file() const { return media() + meta() + box("mfra", {}); }
  static Bytes signing(const Exporter& exporter, const Bytes& signature, const Bytes& algorithm = {}, const Bytes& more = {}) {
    Bytes schi = box("sibo", signature) + box("cert", exporter.certificate()) + box("auib", string0("received")) + more;
    if (!algorithm.empty()) schi = schi + box("sigC", algorithm);
    return box("sinf", box("schm", number(0, 4) + text("oeff") + number(0x00010000, 4)) + box("schi", schi));
  }
  /// Adds a signing over all that is there; false if the signature has another size than that.
  bool sign(const Exporter& exporter, size_t signature_bytes, const Bytes& algorithm = {}, const Bytes& more = {}) {
    signings.push_back(signing(exporter, Bytes(signature_bytes, 0), algorithm, more));
    const Bytes signature = exporter.sign(file());
    signings.back() = signing(exporter, signature, algorithm, more);
    return signature.size() == signature_bytes;
  }
};

SignatureResult camera() {
  SignatureResult result;
  result.signed_from = 1'655'550'000;
  result.signed_until = 1'655'550'006;
  return result;
}

ExportFile read(const Bytes& bytes, const SignatureOptions& options = {}) {
  const MemorySource source(bytes);
  return read_export_file(source, 1, camera(), options);
}

std::set<std::string> kinds(const ExportFile& file) {
  std::set<std::string> kinds;
  for (const Problem& problem : file.problems) kinds.insert(problem.kind);
  return kinds;
}
using Kinds = std::set<std::string>;

const Exporter& rsa() {
  static const Exporter exporter(true);
  return exporter;
}
constexpr size_t kRsaBytes = 256;

TEST(ExportFile, AnOrdinaryFileIsNone) {
  const ExportFile file = read(Export::media());
  EXPECT_FALSE(file.present);
  EXPECT_TRUE(file.problems.empty());
  EXPECT_FALSE(read(Export::media() + box("meta", number(0, 4) + box("hdlr", number(0, 24)))).present) << "tags are no export";
}

TEST(ExportFile, SaysWhoExportedWhatAndWhen) {
  const ExportFile file = read(Export{1'655'550'000}.file());
  EXPECT_TRUE(file.present);
  EXPECT_EQ(file.unit, "Box<1>");
  EXPECT_EQ(file.operator_name, "J. Doe");
  EXPECT_EQ(file.exported_at, 1'700'000'000);
  ASSERT_EQ(file.sources.size(), 1u);
  EXPECT_EQ(file.sources[0].name, "gate 3");
  EXPECT_EQ(file.sources[0].line, "1");
  EXPECT_EQ(file.start_time, (1'655'550'000 + kUnixTo1601_s) * 10'000'000);
  EXPECT_EQ(kinds(file), Kinds{"export-unsigned"});
}

TEST(ExportFile, ASealIsGoodUntilAByteIsChanged) {
  Export made{1'655'550'000};
  made.sign(rsa(), kRsaBytes);
  const Bytes sealed = made.file();
  const ExportFile file = read(sealed);
  ASSERT_EQ(file.seals.size(), 1u);
  EXPECT_EQ(file.seals[0].state, "valid");
  EXPECT_EQ(file.seals[0].subject, "CN=exporter");
  EXPECT_EQ(file.seals[0].information, "received");
  EXPECT_TRUE(file.problems.empty());
  for (size_t at = 40; at < sealed.size(); at += 1 + sealed.size() / 40) {
    Bytes changed = sealed;
    changed[at] ^= 0x01;
    const ExportFile found = read(changed);
    EXPECT_FALSE(kinds(found).empty()) << "byte " << at;
    for (const ExportSeal& seal : found.seals) EXPECT_NE(seal.state, "valid") << "byte " << at;
  }
}

TEST(ExportFile, RepeatedSigningsAreEachOverWhatWasThere) {
  Export made{1'655'550'000};
  made.sign(rsa(), kRsaBytes);
  made.sign(Exporter(true), kRsaBytes);
  made.sign(rsa(), kRsaBytes, {}, box("cstb", Export::start_box(1'655'550'001)));
  const ExportFile file = read(made.file());
  ASSERT_EQ(file.seals.size(), 3u);
  for (const ExportSeal& seal : file.seals) EXPECT_EQ(seal.state, "valid");
  EXPECT_EQ(file.seals[2].start_time, (1'655'550'001 + kUnixTo1601_s) * 10'000'000);
  EXPECT_TRUE(file.problems.empty());
  // What the second one added, nobody can take out of the middle.
  Export cut = made;
  cut.signings.erase(cut.signings.begin() + 1);
  const ExportFile without = read(cut.file());
  EXPECT_EQ(without.seals[0].state, "valid");
  EXPECT_EQ(without.seals[1].state, "invalid");
}

TEST(ExportFile, OtherAlgorithmsAreNamedInTheFile) {
  const Exporter ec(false);
  // A signature in DER has some 71 bytes, and its box has to be as long before it is made.
  Export made;
  for (bool fits = false; !fits;) {
    made = Export();
    fits = made.sign(ec, 71, kEcdsa);
  }
  const ExportFile file = read(made.file());
  ASSERT_EQ(file.seals.size(), 1u);
  EXPECT_EQ(file.seals[0].state, "valid");
  Export other;
  other.sign(rsa(), kRsaBytes, kEcdsa);
  EXPECT_EQ(read(other.file()).seals.at(0).state, "unsupported") << "an RSA key makes no ECDSA signatures";
  EXPECT_EQ(kinds(read(other.file())), Kinds{"export-seal-unsupported"});
}

TEST(ExportFile, WhoseKeyItIsDependsOnWhomOneTrusts) {
  Export made;
  made.sign(rsa(), kRsaBytes);
  EXPECT_EQ(read(made.file()).seals[0].key, "unknown");
  const ExportFile file = read(made.file(), {TrustAnchors(), 1'700'000'000});
  EXPECT_EQ(file.seals[0].key, "not-trusted");
  EXPECT_EQ(kinds(file), Kinds{"export-key-not-trusted"});
}

TEST(ExportFile, TimesThatContradictTheCamerasAreNamed) {
  EXPECT_EQ(kinds(read(Export{1'655'550'002}.file())), Kinds{"export-unsigned"});
  EXPECT_TRUE(kinds(read(Export{1'655'550'003}.file())).count("export-time-contradiction"));
  EXPECT_TRUE(kinds(read(Export{0, 1'655'540'000}.file())).count("export-time-contradiction")) << "exported before it was recorded";
  Export corrected{1'655'540'000};
  corrected.sign(rsa(), kRsaBytes, {}, box("cstb", Export::start_box(1'655'550'000)));
  EXPECT_TRUE(read(corrected.file()).problems.empty()) << "the last correction counts";
}

TEST(ExportFile, HostileSizesAreBounded) {
  Export made{1'655'550'000};
  made.sign(rsa(), kRsaBytes);
  const Bytes meta = made.meta();
  // Every length and count of the boxes, one after the other, as large as it goes.
  for (size_t at = 0; at + 4 <= 400 && at + 4 <= meta.size(); at += 2) {
    Bytes hostile = meta;
    std::fill_n(hostile.begin() + static_cast<ptrdiff_t>(at), 4, uint8_t{0xFF});
    const ExportFile file = read(Export::media() + hostile);
    EXPECT_LE(file.sources.size(), 64u);
    for (const ExportSeal& seal : file.seals) EXPECT_NE(seal.state, "valid");
  }
  for (size_t size = 0; size < meta.size(); size += 5) read(Export::media() + Bytes(meta.begin(), meta.begin() + static_cast<ptrdiff_t>(size)));
  Export many;
  many.signings.assign(1000, Export::signing(rsa(), Bytes(8, 1)));
  const ExportFile file = read(many.file());
  EXPECT_LE(file.seals.size(), 8u) << "the file is hashed for each";
  EXPECT_TRUE(kinds(file).count("export-unreadable"));
}

}  // namespace
}  // namespace saksi::judge
