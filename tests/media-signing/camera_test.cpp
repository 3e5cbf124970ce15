// Goal: what the camera's firmware signs is whole for the judge, whose verdicts are the reference validator's, however short GOPs are, however slow
// the secure element is, and no attack on it passes. Method: the recorder on the host with a signer by OpenSSL, its clips judged.
#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_folder.h"
#include "firmware-under-test/camera/recorder_bench.h"
#include "judge/signature/date.h"
#include "judge/signature/media_signing.h"
#include "judge/tamper/tamper_clip.h"
#include "judge/tamper/tamper_matrix.h"

namespace saksi {
namespace {

using firmware::kSecond;

struct Way {
  const char* name;
  uint32_t gop;
  int steps;     ///< of the signer for one signature; two are made between pictures
  int failures;  ///< of the first signatures
  double pre_event_s, live_s;
};

const Way kWays[] = {
    {"OneSecondGops", 15, 3, 0, 3, 6},   {"ShortGops", 5, 3, 0, 3, 6},
    {"IdrPicturesAlone", 1, 9, 0, 3, 6}, {"SlowElement", 5, 30, 0, 3, 6},
    {"LongPreEvent", 5, 3, 0, 30, 4},    {"FailingAtFirst", 5, 3, 2, 3, 6},
    {"GopInParts", 600, 3, 0, 1, 45},    {"SlowerThanTheGops", 15, 40, 0, 10, 10},
};

/// Records one clip, and copies it out of the card.
class SignedClip {
 public:
  explicit SignedClip(const Way& way, const char* firmware = "saksi-cam 1; clock=trusted; officer=IM-7")
      : camera_(card_, host_, static_cast<uint64_t>(way.pre_event_s * kSecond), 64 << 20, &bench_) {
    bench_.say(firmware);
    bench_.steps = way.steps;
    bench_.failures = way.failures;
    camera_.gop = way.gop;
    EXPECT_EQ(camera_.start_up(), FAT32_OK);
    camera_.pictures_for(way.pre_event_s + 2);
    camera_.press();
    camera_.pictures_for(way.live_s);
    camera_.stop();
    const auto copy = firmware::run_tool("mcopy -n -o -i " + card_.volume() + " ::/DCIM/100SAKSI/CLIP0001.MP4 " + path());
    EXPECT_EQ(copy.exit_code, 0) << copy.output;
  }

  std::string path() const { return folder_.file("clip.mp4"); }
  uint32_t pictures() const { return camera_.recorder.pictures; }
  judge::SignatureOptions trust() const { return {judge::TrustAnchors::from_pem(bench_.authority(), "bench"), 1'790'000'000}; }

 private:
  TempFolder folder_;
  firmware::MockHost host_;
  firmware::TestCard card_;
  firmware::SigningBench bench_;
  firmware::RecorderBench camera_;
};

class SignedByCamera : public testing::TestWithParam<Way> {};

TEST_P(SignedByCamera, IsWholeAndNothingIsPending) {
  const SignedClip clip(GetParam());
  const judge::FileSource source(clip.path());
  const judge::SignatureResult result = judge::verify_media_signing(source, judge::parse_mp4(source), clip.trust());
  EXPECT_EQ(result.signature, "valid");
  EXPECT_EQ(result.key, "trusted");
  EXPECT_EQ(result.frames, clip.pictures());
  EXPECT_EQ(result.pending_frames, 0u);
  for (const judge::Problem& problem : result.problems) {
    ADD_FAILURE() << problem.kind << ": " << problem.text;
  }
  EXPECT_EQ(result.vendor.serial, "0123AB");
  ASSERT_TRUE(result.signed_from && result.signed_until);
  EXPECT_NEAR(static_cast<double>(*result.signed_until - *result.signed_from), clip.pictures() / 15.0, 3)
      << "where pictures wait for a signature, the first one's time is told by the file";
}

INSTANTIATE_TEST_SUITE_P(Ways, SignedByCamera, testing::ValuesIn(kWays), [](const auto& way) { return std::string(way.param.name); });

/// What is said against the clip after a second of it, from each quarter on, is played at a third of its speed: the kinds, a line for each place.
std::vector<std::string> kinds_when_slowed(const SignedClip& clip, uint32_t factor) {
  const judge::FileSource source(clip.path());
  const judge::TamperClip whole = judge::take_apart(source, judge::parse_mp4(source));
  std::vector<std::string> kinds;
  for (size_t quarter = 0; quarter < 4; ++quarter) {
    judge::TamperClip slowed = whole;
    const size_t first = std::min(whole.samples.size() * quarter / 4, whole.samples.size() - firmware::kFps);
    for (size_t i = first; i < first + firmware::kFps; ++i) slowed.samples[i].duration *= factor;
    const judge::MemorySource changed(judge::write_plain(slowed));
    std::string found;
    for (const judge::Problem& problem : judge::verify_media_signing(changed, judge::parse_mp4(changed), clip.trust()).problems)
      found += problem.kind + " ";
    kinds.push_back(found);
  }
  return kinds;
}

TEST_P(SignedByCamera, NoStretchCanBeSlowedUnseen) {
  const SignedClip clip(GetParam());
  for (const std::string& kinds : kinds_when_slowed(clip, 3)) EXPECT_EQ(kinds, "time-contradiction ");
  for (const std::string& kinds : kinds_when_slowed(clip, 1)) EXPECT_EQ(kinds, "");
}

TEST(SignedByCameraClock, IsNotBelievedAboutTheFuture) {
  const SignedClip clip(kWays[0]);
  const judge::FileSource source(clip.path());
  const auto problems_on = [&](const std::string& today) {
    judge::SignatureOptions options = clip.trust();
    options.today = judge::parse_date(today);
    return judge::verify_media_signing(source, judge::parse_mp4(source), options).problems;
  };
  EXPECT_TRUE(problems_on("2025-08-18").empty()) << "the day of the recording";
  EXPECT_TRUE(problems_on("2025-08-17").empty()) << "that day is the same, elsewhere";
  const judge::Problems before = problems_on("2025-08-10");
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0].kind, "clock-not-trusted");
  EXPECT_EQ(before[0].severity, judge::Severity::kDoubt);
}

TEST(SignedByCameraClock, IsBelievedAsTheCameraItselfDoes) {
  for (const bool is_set : {true, false}) {
    const SignedClip clip(kWays[1], is_set ? "saksi-cam 1; clock=trusted; officer=IM-7" : "saksi-cam 1; clock=not-trusted; officer=IM-7");
    const judge::FileSource source(clip.path());
    const judge::SignatureResult result = judge::verify_media_signing(source, judge::parse_mp4(source), clip.trust());
    EXPECT_EQ(result.signature, "valid");
    EXPECT_EQ(result.vendor.entry("officer"), "IM-7");
    EXPECT_EQ(result.vendor.entry("off"), "") << "names are whole";
    EXPECT_EQ(result.vendor.entry("clock"), is_set ? "trusted" : "not-trusted");
    ASSERT_EQ(result.problems.size(), is_set ? 0u : 1u);
    if (!is_set) {
      EXPECT_EQ(result.problems[0].kind, "clock-not-trusted");
    }
  }
}

TEST_P(SignedByCamera, NoAttackPasses) {
  const SignedClip clip(GetParam());
  const nlohmann::ordered_json matrix = judge::tamper_matrix(clip.path(), clip.trust(), "", [](size_t, size_t, const std::string&) {});
  size_t detected = 0;
  for (const auto& attack : matrix.at("attacks")) {
    EXPECT_TRUE(attack.at("passed").get<bool>()) << attack.dump();
    detected += attack.at("found") == "detected" ? 1 : 0;
  }
  EXPECT_GE(detected, GetParam().gop > 300 ? 25u : 40u) << "a clip of two GOPs has no inner ones to attack";
}

}  // namespace
}  // namespace saksi
