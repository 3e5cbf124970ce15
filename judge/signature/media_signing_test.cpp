// Goal: signatures in clips get the verdicts of the reference validator, count by count, and what the reference does not look at is named. Method:
// signed clips of several makers, whole and attacked, whose verdicts by the reference are recorded beside them (samples/README.md).
#include "judge/signature/media_signing.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "judge/signature/date.h"
#include "judge/signature/played_nals.h"
#include "judge/signature/signing_sei.h"

namespace saksi::judge {
namespace {

const std::string kSamples = SAKSI_SOURCE_DIR "/judge/signature/samples/";

SignatureOptions trusting(const std::string& anchor, const std::string& today = "2026-11-28") {
  return {TrustAnchors::load(kSamples + anchor), parse_date(today)};
}

SignatureResult verify(const std::string& file, const SignatureOptions& options) {
  const FileSource source(kSamples + file);
  return verify_media_signing(source, parse_mp4(source), options);
}

std::set<std::string> kinds(const SignatureResult& result) {
  std::set<std::string> kinds;
  for (const Problem& problem : result.problems) kinds.insert(problem.kind);
  return kinds;
}

std::set<std::string> kinds(const std::string& file, const std::string& anchor = "test_ca.pem", const std::string& today = "2026-11-28") {
  return kinds(verify(file, trusting(anchor, today)));
}

using Kinds = std::set<std::string>;

TEST(MediaSigning, AllSamplesGetTheVerdictOfTheReference) {
  std::ifstream in(kSamples + "reference_verdicts.json");
  const nlohmann::json rows = nlohmann::json::parse(in);
  ASSERT_GE(rows.size(), 26u);
  for (const nlohmann::json& row : rows) {
    const SignatureResult result = verify(row["file"], trusting(row["anchor"]));
    SCOPED_TRACE(row["file"].get<std::string>() + ": " + row["what"].get<std::string>());
    // Where no signature is left the reference says "no complete GOPs found" or, in batch mode, "not signed".
    const bool stripped = row["file"] == "stripped.mp4";
    EXPECT_EQ(result.signature, stripped ? "not-signed" : row["signature"].get<std::string>());
    EXPECT_EQ(result.key, row["key"]);
    EXPECT_EQ(result.valid_reports, row["valid"]);
    EXPECT_EQ(result.missing_reports, row["missing"]);
    EXPECT_EQ(result.invalid_reports, row["invalid"]);
    EXPECT_EQ(result.frames, row["frames"]);
    EXPECT_EQ(result.pending_frames, row["pending"]);
  }
}

TEST(MediaSigning, AWholeClipHasNoProblem) {
  EXPECT_EQ(kinds("plain_ec.mp4"), Kinds{});
  EXPECT_EQ(kinds("rsa_pss.mp4"), Kinds{});
  EXPECT_EQ(kinds("p384_sha512.mp4"), Kinds{});
  EXPECT_EQ(kinds("certificate_sei.mp4"), Kinds{});
  EXPECT_EQ(kinds("low_bitrate_partial.mp4"), Kinds{});
  EXPECT_EQ(kinds("four_slices_fragmented.mp4"), Kinds{});
  EXPECT_EQ(kinds("each_second_gop.mp4"), Kinds{});
}

TEST(MediaSigning, WhatTheReferenceFindsIsNamed) {
  EXPECT_EQ(kinds("picture_removed.mp4"), Kinds{"frames-missing"});
  EXPECT_EQ(kinds("picture_changed.mp4"), Kinds{"signature-invalid"});
  EXPECT_EQ(kinds("no_last_signature.mp4"), Kinds{"pending-end"});
  EXPECT_EQ(kinds("foreign_ca.mp4"), Kinds{"key-not-trusted"});
  EXPECT_EQ(kinds("stripped.mp4"), Kinds{"not-signed"});
  const SignatureResult changed = verify("picture_changed.mp4", trusting("test_ca.pem"));
  for (const SigningReport& report : changed.reports) {
    const std::vector<uint64_t> wrong = report.authenticity == Authenticity::kNotOk ? std::vector<uint64_t>{7} : std::vector<uint64_t>{};
    EXPECT_EQ(report.invalid_frames, wrong);
  }
}

TEST(MediaSigning, WhatTheReferenceDoesNotSeeIsNamed) {
  EXPECT_EQ(kinds("key_changed.mp4"), Kinds{"key-changed"});
  EXPECT_TRUE(kinds("clock_set_back.mp4").count("clock-backwards"));
  EXPECT_EQ(kinds("start_removed.mp4"), Kinds{"start-missing"});
  EXPECT_TRUE(kinds("played_too_fast.mp4").count("time-contradiction"));
  EXPECT_TRUE(kinds("edit_list_cuts_end.mp4").count("pictures-hidden"));
}

TEST(MediaSigning, ACertificateIsJudgedAtTheRecordingsTimeAndToday) {
  const SignatureResult now = verify("plain_ec.mp4", trusting("test_ca.pem"));
  ASSERT_TRUE(now.signing_key);
  EXPECT_EQ(now.signing_key->today, "trusted");
  EXPECT_EQ(now.signing_key->at_recording, "trusted");
  EXPECT_EQ(now.signing_key->kind, "EC prime256v1");
  ASSERT_TRUE(now.signed_from);
  EXPECT_EQ(date_text(*now.signed_from), "2022-06-18");

  const SignatureResult expired = verify("leaf_expired.mp4", trusting("test_ca.pem"));
  EXPECT_EQ(expired.key, "not-trusted");
  EXPECT_EQ(expired.signing_key->today, "not-trusted");
  EXPECT_EQ(expired.signing_key->at_recording, "trusted");
  EXPECT_EQ(kinds(expired), Kinds{"key-expired"});
  EXPECT_EQ(verify("leaf_expired.mp4", trusting("test_ca.pem", "2023-01-01")).key, "trusted");

  // The reference's own sample: its certificate expired on 2025-11-13, and its clock told a time before it was issued.
  EXPECT_EQ(verify("framework_h264.mp4", trusting("framework_ca.pem", "2025-06-01")).key, "trusted");
  EXPECT_TRUE(kinds("framework_h264.mp4", "framework_ca.pem").count("clock-not-trusted"));
}

TEST(MediaSigning, WithoutAnAnchorTheKeyIsUnknown) {
  const SignatureResult result = verify("plain_ec.mp4", {});
  EXPECT_EQ(result.signature, "valid");
  EXPECT_EQ(result.key, "unknown");
  EXPECT_EQ(result.problems.size(), 0u);
  EXPECT_EQ(verify("stripped.mp4", {}).problems.size(), 0u) << "nothing says that a clip has to be signed";
}

/// The bytes of a sample with one of them changed.
SignatureResult verify_changed(const std::string& file, size_t at) {
  std::ifstream in(kSamples + file, std::ios::binary);
  std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(in)), {});
  bytes[at % bytes.size()] ^= 0x10;
  const MemorySource source(std::move(bytes));
  return verify_media_signing(source, parse_mp4(source), trusting("test_ca.pem"));
}

TEST(MediaSigning, NoChangedByteOfASliceOrSignaturePasses) {
  const FileSource source(kSamples + "plain_ec.mp4");
  const Mp4Movie movie = parse_mp4(source);
  PlayedNals nals(movie, source);
  PlayedNal nal{};
  size_t changed = 0;
  while (nals.next(nal)) {
    const NalHead head = parse_nal_head(nal.bytes, nal.size, movie.codec);
    if (!head.is_slice() && !parse_signing_sei(nal.bytes, nal.size, head)) continue;
    for (size_t at = 0; at < nal.size; at += 1 + nal.size / 7, ++changed) {
      const SignatureResult result = verify_changed("plain_ec.mp4", nal.offset + at);
      EXPECT_TRUE(result.worst() >= Severity::kTorn) << "byte " << at << " of the NAL unit at " << nal.offset;
    }
  }
  EXPECT_GT(changed, 100u);
}

TEST(Date, IsReadAndWritten) {
  EXPECT_EQ(parse_date("1970-01-01"), 0);
  EXPECT_EQ(parse_date("2026-11-28"), 1'795'824'000);
  EXPECT_EQ(date_text(1'795'824'000), "2026-11-28");
  EXPECT_EQ(time_text(-1), "1969-12-31 23:59:59");
  EXPECT_EQ(date_text(parse_date("2000-02-29")), "2000-02-29");
  for (const char* wrong : {"2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "today", "", "2026-11-28 "})
    EXPECT_THROW(parse_date(wrong), UsageError) << wrong;
  EXPECT_EQ(unix_of_1601(116'444'736'000'000'000), 0);
}

TEST(TrustAnchors, WhatIsNoCertificateIsTheUsersError) {
  EXPECT_THROW(TrustAnchors::load(kSamples + "README.md"), UsageError);
  EXPECT_THROW(TrustAnchors::load(kSamples + "none.pem"), UsageError);
  EXPECT_FALSE(TrustAnchors::load(kSamples + "test_ca.pem").empty());
}

}  // namespace
}  // namespace saksi::judge
