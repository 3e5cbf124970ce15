#include "base/sha256.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace saksi {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(evp); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr); }
Sha256::~Sha256() = default;

void Sha256::update(const void* data, size_t size) { EVP_DigestUpdate(context_->evp, data, size); }

Digest Sha256::finish() {
  Digest digest{};
  EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr);
  return digest;
}

Digest sha256(const void* data, size_t size) {
  Sha256 hash;
  hash.update(data, size);
  return hash.finish();
}

Digest sha256(const std::string& text) { return sha256(text.data(), text.size()); }

namespace {

/// A file open for reading that closes itself.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), path_(path) {
    if (fd_ < 0) throw UsageError(path + ": cannot be read; check the path and its permissions");
  }
  ~InputFile() { close(fd_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  int fd() const { return fd_; }
  size_t read_at(int64_t offset, std::vector<uint8_t>& buffer, size_t size) const {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = pread(fd_, buffer.data() + done, size - done, offset + static_cast<int64_t>(done));
      if (got < 0) throw UsageError(path_ + ": cannot be read");
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  int fd_;
  std::string path_;
};

constexpr size_t kChunk = 64 * 1024;

}  // namespace

Digest sha256_file(const std::string& path) {
  const InputFile file(path);
  std::vector<uint8_t> buffer(kChunk);
  Sha256 hash;
  int64_t offset = 0;
  while (const size_t got = file.read_at(offset, buffer, kChunk)) {
    hash.update(buffer.data(), got);
    offset += static_cast<int64_t>(got);
  }
  return hash.finish();
}

Digest sparse_file_digest(const std::string& path) {
  const InputFile file(path);
  const int64_t size = lseek(file.fd(), 0, SEEK_END);
  if (size < 0) throw UsageError(path + ": is not a plain file");
  std::vector<uint8_t> buffer(kChunk, 0);
  const Digest zero_chunk = sha256(buffer.data(), kChunk);

  Sha256 tree;
  uint8_t length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<uint8_t>(static_cast<uint64_t>(size) >> (8 * i));
  tree.update(length, sizeof length);

  int64_t data_begin = 0;
  for (int64_t offset = 0; offset < size; offset += static_cast<int64_t>(kChunk)) {
    const size_t chunk = static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(kChunk), size - offset));
    if (data_begin < offset) data_begin = offset;
    if (data_begin == offset) {
      // SEEK_DATA fails with ENXIO when nothing but a hole is left.
      data_begin = lseek(file.fd(), offset, SEEK_DATA);
      if (data_begin < 0) data_begin = size;
    }
    if (chunk == kChunk && data_begin >= offset + static_cast<int64_t>(kChunk)) {
      tree.update(zero_chunk.data(), zero_chunk.size());
      continue;
    }
    file.read_at(offset, buffer, chunk);
    const Digest digest = sha256(buffer.data(), chunk);
    tree.update(digest.data(), digest.size());
    data_begin = offset + static_cast<int64_t>(chunk);
  }
  return tree.finish();
}

std::string hex(const Digest& digest) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace saksi
