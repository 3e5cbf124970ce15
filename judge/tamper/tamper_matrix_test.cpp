// Goal: every attack on a signed clip comes out as the table says, on clips of several makers, and none that must be detected passes. Method: the
// signed samples of judge/signature.
#include "judge/tamper/tamper_matrix.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "judge/media/clip_decoder.h"
#include "judge/signature/date.h"
#include "judge/tamper/attacks.h"
#include "judge/tamper/code_anew.h"

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
  EXPECT_GE(count_as_expected(matrix, "detected"), 50u);
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
  EXPECT_GE(count_as_expected(matrix_of("each_second_gop.mp4", "test_ca.pem"), "detected"), 40u);
}

TEST(TamperMatrix, WithoutAnAnchorAStrangersKeyNeedsASeal) {
  const nlohmann::ordered_json matrix = matrix_of("plain_ec.mp4", "");
  EXPECT_GE(count_as_expected(matrix, "detected"), 47u);
  for (const auto& attack : matrix.at("attacks")) {
    const bool by_attacker = attack.at("id") == "signed-by-attacker";
    EXPECT_TRUE(!by_attacker || attack.at("found") == "detected-with-seal");
  }
}

TEST(TamperMatrix, AClipIsCutAtEachOfItsSectors) {
  const nlohmann::ordered_json matrix = matrix_of("plain_ec.mp4", "test_ca.pem");
  for (const auto& attack : matrix.at("attacks")) {
    if (attack.at("id") != "truncated") continue;
    EXPECT_EQ(attack.at("tried"), FileSource(kSamples + "plain_ec.mp4").size() / 512) << attack.dump();
  }
}

/// The mean luma of each picture that a decoder makes of a clip.
std::vector<double> mean_luma(const ByteSource& source) {
  const Mp4Movie movie = parse_mp4(source);
  ClipDecoder decoder(movie, source);
  DecodedPicture picture{};
  std::vector<double> means;
  while (decoder.next(picture)) {
    double sum = 0;
    for (int y = 0; y < picture.luma.height; ++y) {
      for (int x = 0; x < picture.luma.width; ++x) sum += picture.luma.at(x, y);
    }
    means.push_back(sum / (picture.luma.width * picture.luma.height));
  }
  EXPECT_TRUE(decoder.problems().empty());
  return means;
}

TEST(CodeAnew, GivesTheSamePicturesInOtherBytes) {
  const FileSource source(kSamples + "plain_ec.mp4");
  const TamperClip original = take_apart(source, parse_mp4(source));
  TamperClip clip = original;
  const size_t from = original.gop_starts()[1], end = original.gop_starts()[2];
  ASSERT_TRUE(code_anew(clip, from, end));
  ASSERT_EQ(clip.samples.size(), original.samples.size());
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    const bool inside = i >= from && i < end;
    const bool has_sets = i == end;
    EXPECT_EQ(clip.samples[i].nals != original.samples[i].nals, inside || has_sets) << i;
  }
  std::vector<std::vector<double>> means;
  for (const TamperClip& version : {original, clip}) {
    const Bytes bytes = write_plain(version);
    const MemorySource memory(bytes);
    means.push_back(mean_luma(memory));
  }
  ASSERT_EQ(means[0].size(), means[1].size());
  for (size_t i = 0; i < means[0].size(); ++i) EXPECT_NEAR(means[0][i], means[1][i], 3) << i;
  EXPECT_GE(means[0].size(), 20u);
}

TEST(Nonces, OneNumberForTwoClipsIsFoundAcrossTheCard) {
  const LabKey key;
  const FileSource source(kSamples + "plain_ec.mp4");
  std::vector<SignatureResult> results;
  for (uint64_t nonce : {0x1234567u, 0x1234567u, 0x7654321u}) {
    TamperClip clip = take_apart(source, parse_mp4(source));
    int seis = 0;
    LabSigner signer(key, clip.codec);
    for (TamperSample& sample : clip.samples) {
      for (Bytes& nal : sample.nals) {
        if (!clip.is_signing_sei(nal)) continue;
        LabChange change{36'000'000'000 * static_cast<int64_t>(results.size())};
        if (++seis == 2) change.nonce = nonce;
        nal = signer.sign(nal, change);
      }
    }
    const Bytes bytes = write_plain(clip);
    const MemorySource memory(bytes);
    results.push_back(verify_media_signing(memory, parse_mp4(memory), {}));
    EXPECT_EQ(results.back().signature, "valid");
    EXPECT_EQ(results.back().traces.size(), 4u);
    EXPECT_EQ(results.back().worst(), Severity::kNote) << "no number is used twice within the clip";
  }
  results.push_back(results[2]);  // a copy has the same signatures, and betrays nothing
  name_shared_nonces({&results[0], &results[1], &results[2], &results[3]});
  EXPECT_EQ(results[0].problems.size(), 0u);
  ASSERT_EQ(results[1].problems.size(), 1u);
  EXPECT_EQ(results[1].problems[0].kind, "nonce-reused");
  EXPECT_EQ(results[1].worst(), Severity::kDamage);
  EXPECT_EQ(results[2].problems.size(), 0u);
  EXPECT_EQ(results[3].problems.size(), 0u);
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
