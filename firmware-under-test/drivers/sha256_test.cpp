// Goal: the software's hash is the standard's, and the block is used when it can be, and done without when it cannot. Method: FIPS 180-4 examples;
// a mock block that answers, fails, or never ends. (The real block: saksi runs, and hw-models/sha256.)
#include "firmware-under-test/drivers/sha256.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "regs/sha256_regs.h"

namespace saksi::firmware {
namespace {

constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string text_of(const uint8_t* digest) {
  std::string text;
  for (int i = 0; i < kSha256Bytes; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", digest[i]);
    text += two;
  }
  return text;
}

std::string by_software(const std::vector<std::string>& parts) {
  std::vector<sha256_piece_t> pieces;
  for (const std::string& part : parts) pieces.push_back({part.data(), static_cast<uint32_t>(part.size())});
  uint8_t digest[kSha256Bytes];
  sha256_by_software(pieces.data(), static_cast<uint32_t>(pieces.size()), digest);
  return text_of(digest);
}

TEST(Sha256Software, ExamplesOfTheStandard) {
  EXPECT_EQ(by_software({"abc"}), kAbc);
  EXPECT_EQ(by_software({"a", "", "bc"}), kAbc);
  EXPECT_EQ(by_software({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(by_software({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"}),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(by_software({std::string(400'000, 'a'), std::string(599'999, 'a'), "a"}),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/// A block with registers only: START makes `cause` pending, at the next sleep; the digest counts up.
class Sha256Block : public ::testing::Test {
 protected:
  Sha256Block() {
    host_.on_read = [this](uint32_t address) -> uint32_t {
      const uint32_t offset = address - SAKSI_CAM_SHA256_BASE;
      if (offset == SHA256_ID) return id_;
      if (offset == SHA256_IRQ_STATUS) return cause_;
      return offset >= SHA256_DIGEST0 ? 0x01020304u * (1 + (offset - SHA256_DIGEST0) / 4) : 0;
    };
    host_.on_sleep = [this] {
      if (cause_ != 0) host_.raise(SAKSI_CAM_SHA256_IRQ);
    };
  }
  bool hash() {
    const sha256_piece_t pieces[] = {{"ab", 2}, {"c", 1}};
    return sha256(pieces, 2, digest_);
  }
  MockHost host_;
  uint32_t id_ = 0x53323536;
  uint32_t cause_ = SHA256_IRQ_STATUS_DONE;
  uint8_t digest_[kSha256Bytes];
};

TEST_F(Sha256Block, IsGivenTheChainAndAskedForTheDigest) {
  ASSERT_TRUE(hash());
  EXPECT_EQ(text_of(digest_).substr(0, 16), "0102030402040608");
  const std::vector<uint32_t> chains = host_.written(SAKSI_CAM_SHA256_BASE + SHA256_DESC_ADDR);
  ASSERT_EQ(chains.size(), 1u);
  EXPECT_EQ(chains[0] % 16, 0u);
  uint32_t words[8];
  std::memcpy(words, host_.memory_at(chains[0]), sizeof words);
  EXPECT_EQ(std::memcmp(host_.memory_at(words[0]), "ab", 2), 0);
  EXPECT_EQ(words[1], 2u);
  EXPECT_EQ(host_.memory_at(words[2]), host_.memory_at(chains[0]) + 16);
  EXPECT_EQ(words[3], 0u);
  EXPECT_EQ(words[5], 1u);
  EXPECT_EQ(words[7], 1u) << "the last one";
}

TEST_F(Sha256Block, TheSoftwareStandsInForOneThatIsMissing) {
  id_ = 0;
  EXPECT_FALSE(hash());
  EXPECT_EQ(text_of(digest_), kAbc);
  EXPECT_TRUE(host_.written(SAKSI_CAM_SHA256_BASE + SHA256_CTRL).empty());
}

TEST_F(Sha256Block, TheSoftwareStandsInForOneThatFailsOrHangs) {
  cause_ = SHA256_IRQ_STATUS_ERROR;
  EXPECT_FALSE(hash());
  EXPECT_EQ(text_of(digest_), kAbc);
  cause_ = 0;
  EXPECT_FALSE(hash());
  EXPECT_EQ(text_of(digest_), kAbc);
  EXPECT_EQ(host_.written(SAKSI_CAM_SHA256_BASE + SHA256_CTRL).back(), SHA256_CTRL_ABORT);
  const std::vector<sha256_piece_t> many(kSha256PiecesMax + 1, {"", 0});
  cause_ = SHA256_IRQ_STATUS_DONE;
  EXPECT_FALSE(sha256(many.data(), kSha256PiecesMax + 1, digest_)) << "more than the chain holds";
}

}  // namespace
}  // namespace saksi::firmware
