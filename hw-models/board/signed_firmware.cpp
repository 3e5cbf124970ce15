#include "hw-models/board/signed_firmware.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/sha256.h"
#include "hw-models/secure-element/factory.h"

namespace saksi::hw {

namespace {

constexpr uint32_t kMagic = 0x31484253;  ///< "SBH1"
constexpr size_t kSegmentsMax = 8;

void append_word(std::vector<uint8_t>& bytes, uint32_t word) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(word >> shift));
}

P256Signature sign(const Digest& digest, FirmwareImage::Signature by) {
  if (by == FirmwareImage::Signature::kVendor) return Vendor().sign_firmware(digest);
  SeedStream stream(1, "somebody else's firmware key");
  return P256Key::draw(stream).sign(digest);
}

}  // namespace

std::vector<uint8_t> make_signed_header(const Program& program, const FirmwareImage& image, const std::string& name) {
  std::vector<const Program::Segment*> segments;
  for (const Program::Segment& segment : program.segments) {
    if (!segment.data.empty()) segments.push_back(&segment);
  }
  if (segments.size() > kSegmentsMax) {
    throw UsageError(fmt::format("{}: has {} segments with data, the header of a signed firmware has room for {}: link it with fewer, or set secure_boot: off",
                                 name, segments.size(), kSegmentsMax));
  }
  if (image.signature == FirmwareImage::Signature::kMissing) return std::vector<uint8_t>(kSignedHeaderBytes, 0);
  std::vector<uint8_t> header;
  for (const uint32_t word : {kMagic, image.version, program.entry, static_cast<uint32_t>(segments.size())}) append_word(header, word);
  Sha256 hash;
  for (size_t i = 0; i < kSegmentsMax; ++i) {
    const bool is_used = i < segments.size();
    append_word(header, is_used ? segments[i]->address : 0);
    append_word(header, is_used ? static_cast<uint32_t>(segments[i]->data.size()) : 0);
    if (is_used) hash.update(segments[i]->data.data(), segments[i]->data.size());
  }
  const Digest digest = hash.finish();
  header.insert(header.end(), digest.begin(), digest.end());
  const P256Signature signature = sign(sha256(header.data(), header.size()), image.signature);
  header.insert(header.end(), signature.begin(), signature.end());
  header.resize(kSignedHeaderBytes, 0);
  return header;
}

}  // namespace saksi::hw
