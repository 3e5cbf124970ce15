// Goal: every attack on a signed clip comes out as the table says, on clips of several makers, and none that must be detected passes. Method: the
// signed samples of judge/signature.
#include "judge/tamper/tamper_matrix.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "judge/signature/date.h"
#include "judge/tamper/attacks.h"

namespace saksi::judge {
namespace {

const std::string kSamples = SAKSI_SOURCE_DIR "/judge/signature/samples/";

nlohmann::ordered_json matrix_of(const std::string& file, const std::string& anchor) {
  SignatureOptions options;
  if (!anchor.empty()) options = {TrustAnchors::load(kSamples + anchor), parse_date("2026-11-28")};
  return tamper_matrix(kSamples + file, options, "", [](size_t, size_t, const std::string&) {});
}

/// How many attacks came out so; every one that did not come out as expected is a failure.
size_t count_as_expected(const nlohmann::ordered_json& matrix, const std::string& outcome) {
  size_t count = 0;
  for (const auto& attack : matrix.at("attacks")) {
    EXPECT_TRUE(attack.at("passed").get<bool>()) << attack.dump();
    count += attack.at("found") == outcome ? 1 : 0;
  }
  return count;
}

TEST(TamperMatrix, EveryAttackComesOutAsExpected) {
  const nlohmann::ordered_json matrix = matrix_of("plain_ec.mp4", "test_ca.pem");
  EXPECT_TRUE(matrix.at("passed").get<bool>());
  EXPECT_GE(count_as_expected(matrix, "detected"), 48u);
  EXPECT_EQ(count_as_expected(matrix, "detected-with-seal"), 5u);
  EXPECT_EQ(count_as_expected(matrix, "not-detectable"), 1u);
  EXPECT_EQ(count_as_expected(matrix, "not-applicable"), 0u);
}

TEST(TamperMatrix, HoldsForOtherWaysToSign) {
  for (const char* file : {"rsa_pss.mp4", "p384_sha512.mp4", "four_slices_fragmented.mp4"}) {
    SCOPED_TRACE(file);
    EXPECT_GE(count_as_expected(matrix_of(file, "test_ca.pem"), "detected"), 46u);
  }
  EXPECT_GE(count_as_expected(matrix_of("example_valid.mp4", "signer_ca.pem"), "detected"), 44u);
}

TEST(TamperMatrix, WithoutAnAnchorAStrangersKeyNeedsASeal) {
  const nlohmann::ordered_json matrix = matrix_of("plain_ec.mp4", "");
  EXPECT_GE(count_as_expected(matrix, "detected"), 47u);
  for (const auto& attack : matrix.at("attacks")) {
    const bool by_attacker = attack.at("id") == "signed-by-attacker";
    EXPECT_TRUE(!by_attacker || attack.at("found") == "detected-with-seal");
  }
}

TEST(TamperMatrix, AnUnsignedClipIsTheUsersError) { EXPECT_THROW(matrix_of("stripped.mp4", ""), UsageError); }

TEST(TamperMatrix, HasManyAttacksEachWithItsReason) {
  std::set<std::string> ids;
  for (const Attack& attack : attacks()) {
    EXPECT_TRUE(ids.insert(attack.id).second) << attack.id;
    for (const char* text : {attack.en, attack.indonesian, attack.why_en, attack.why_indonesian}) EXPECT_NE(std::string(text), "") << attack.id;
  }
  EXPECT_GE(ids.size(), 36u);
}

}  // namespace
}  // namespace saksi::judge
