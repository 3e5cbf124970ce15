#include "judge/seal/seal.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "judge/card/exfat_volume.h"

namespace saksi::judge {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

std::string read_file(const std::string& path, const char* what) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw UsageError(fmt::format("{}: cannot be read; it should be {}", path, what));
  return text.str();
}

std::string digest_of(const ByteSource& source) {
  Sha256 hash;
  std::vector<uint8_t> piece(1 << 16);
  for (uint64_t at = 0; const size_t got = source.read(at, piece.data(), piece.size()); at += got) hash.update(piece.data(), got);
  return hex(hash.finish());
}

Json file_json(const std::string& name, uint64_t size, const std::string& sha256) { return {{"path", name}, {"size", size}, {"sha256", sha256}}; }

/// A file of the host: its time of change is sealed, too.
Json host_file_json(const std::string& name, const fs::path& path) {
  Json json = file_json(name, fs::file_size(path), hex(sha256_file(path.string())));
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) json["changed_unix_s"] = static_cast<int64_t>(status.st_mtime);
  return json;
}

Json files_of_folder(const fs::path& root) {
  std::map<std::string, fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file() && !entry.is_symlink()) files[entry.path().lexically_relative(root).generic_string()] = entry.path();
  }
  Json json = Json::array();
  for (const auto& [name, path] : files) json.push_back(host_file_json(name, path));
  return json;
}

/// A file, and behind it the files on it if it is a card image.
Json files_of_image(const fs::path& path) {
  Json json = Json::array();
  const std::string name = path.filename().string();
  json.push_back(host_file_json(name, path));
  const auto source = std::make_shared<FileSource>(path.string());
  if (!has_card_volume(*source)) return json;
  const std::unique_ptr<Volume> volume = open_card_volume(source);
  for (size_t i = 0; i < volume->files().size(); ++i) {
    const std::unique_ptr<ByteSource> file = volume->open(i);
    json.push_back(file_json(name + ":/" + volume->files()[i].path, file->size(), digest_of(*file)));
  }
  return json;
}

Json files_of(const std::string& path) {
  std::error_code error;
  const fs::path root = fs::absolute(path).lexically_normal();
  if (fs::is_directory(root, error)) return files_of_folder(root);
  if (!fs::exists(root, error)) throw UsageError(path + ": does not exist; give the file, card image or folder that the seal is for");
  return files_of_image(root);
}

const EVP_MD* digest_for(const EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256(); }

std::string to_hex(const std::vector<uint8_t>& bytes) {
  std::string text;
  for (uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::vector<uint8_t> from_hex(const std::string& text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) bytes.push_back(static_cast<uint8_t>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16)));
  return bytes;
}

std::string public_pem(EVP_PKEY* key) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), key);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

/// What the signature is over: the manifest without it.
std::string signed_text(Json seal) {
  seal.erase("signature");
  return seal_text(seal);
}

void sign(Json& seal, const std::string& key_file) {
  const std::string pem = read_file(key_file, "a private key in PEM");
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key) throw UsageError(key_file + ": is no private key in PEM without a pass phrase (Ed25519, EC or RSA)");
  seal["public_key"] = public_pem(key.get());
  const std::string text = signed_text(seal);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  std::vector<uint8_t> signature;
  bool good = EVP_DigestSignInit(context.get(), nullptr, digest_for(key.get()), nullptr, key.get()) == 1;
  good = good && EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) == 1;
  signature.resize(size);
  good = good && EVP_DigestSign(context.get(), signature.data(), &size, data, text.size()) == 1;
  ERR_clear_error();
  if (!good) throw UsageError(key_file + ": this kind of key cannot sign; use Ed25519, EC or RSA");
  signature.resize(size);
  seal["signature"] = to_hex(signature);
}

Owned<EVP_PKEY> read_public_key(const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!key) {
    const Owned<BIO> again(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Owned<X509> certificate(PEM_read_bio_X509(again.get(), nullptr, nullptr, nullptr));
    if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  }
  ERR_clear_error();
  return key;
}

bool is_good(const Json& seal, EVP_PKEY* key) {
  const std::string text = signed_text(seal);
  const std::vector<uint8_t> signature = from_hex(seal.value("signature", ""));
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, digest_for(key), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  ERR_clear_error();
  return good;
}

void check_signature(const Json& seal, const std::string& key_file, SealCheck& check) {
  check.is_signed = seal.contains("signature");
  if (!check.is_signed) {
    if (!key_file.empty()) check.findings.push_back("The seal is not signed, though a key was given to check it by.");
    return;
  }
  const std::string pem = key_file.empty() ? seal.value("public_key", "") : read_file(key_file, "a public key or certificate in PEM");
  const Owned<EVP_PKEY> key = read_public_key(pem);
  if (!key && !key_file.empty()) throw UsageError(key_file + ": is no public key or certificate in PEM");
  if (!key || !is_good(seal, key.get())) check.findings.push_back("The seal itself was changed, or signed with another key.");
}

void compare(const Json& before, const Json& now, std::vector<std::string>& findings) {
  const std::string name = before.value("path", "");
  const bool same_bytes = before.value("sha256", "") == now.value("sha256", "");
  if (!same_bytes && before.value("size", Json()) != now.value("size", Json())) {
    findings.push_back(fmt::format("{}: has {} bytes, not {}.", name, now.value("size", uint64_t{0}), before.value("size", Json()).dump()));
  } else if (!same_bytes) {
    findings.push_back(name + ": its content was changed.");
  }
  if (before.contains("changed_unix_s") && before["changed_unix_s"] != now.value("changed_unix_s", Json())) {
    findings.push_back(name + ": has another date of change.");
  }
}

}  // namespace

std::string seal_text(const Json& seal) { return seal.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json make_seal(const std::string& path, const SealOptions& options) {
  Json seal = {{"schema", kSealSchema}, {"tool", "saksi " + options.tool_version}};
  if (!options.who.empty()) seal["who"] = options.who;
  if (!options.when.empty()) seal["when"] = options.when;
  seal["sealed"] = fs::absolute(path).lexically_normal().filename().string();
  seal["files"] = files_of(path);
  // Names are bytes, JSON is UTF-8: what is compared later is what was written.
  seal = Json::parse(seal_text(seal));
  if (!options.key_file.empty()) sign(seal, options.key_file);
  return seal;
}

SealCheck check_seal(const std::string& manifest_file, const std::string& path, const std::string& key_file) {
  const Json seal = Json::parse(read_file(manifest_file, "a seal that 'saksi judge --seal' wrote"), nullptr, false);
  if (!seal.is_object() || seal.value("schema", Json()) != kSealSchema || !seal.contains("files") || !seal["files"].is_array()) {
    throw UsageError(fmt::format("{}: is no seal (\"schema\": \"{}\")", manifest_file, kSealSchema));
  }
  SealCheck check;
  check_signature(seal, key_file, check);
  const Json now = Json::parse(seal_text(files_of(path)));
  std::map<std::string, const Json*> present;
  for (const Json& file : now) present[file.value("path", "")] = &file;
  for (const Json& file : seal["files"]) {
    const std::string name = file.is_object() ? file.value("path", "") : "";
    const auto found = present.find(name);
    if (found == present.end()) {
      check.findings.push_back(name + ": is gone, or has another name.");
      continue;
    }
    compare(file, *found->second, check.findings);
    present.erase(found);
  }
  for (const auto& [name, file] : present) check.findings.push_back(name + ": was not there when the seal was made.");
  constexpr size_t kMaxFindings = 1000;
  if (check.findings.size() > kMaxFindings) check.findings.resize(kMaxFindings);
  return check;
}

}  // namespace saksi::judge
