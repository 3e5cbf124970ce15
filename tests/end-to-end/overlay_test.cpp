// Goal: the text that the camera burns into its pictures says what the camera signs (time, device, battery, officer), in every picture, and costs
// neither time nor pictures. Method: a run as a user makes it, over a midnight; its clip decoded, each letter held against all letters as they were
// drawn on the host.
#include "firmware-under-test/camera/overlay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "judge/media/clip_decoder.h"
#include "tests/support/command.h"

namespace saksi::test {
namespace {

constexpr uint32_t kWidth = 640, kHeight = 360;
constexpr uint32_t kScale = 2, kAdvance = 6 * kScale, kLines = 10 * kScale;
const std::string kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-:.% ";

using Plane = std::vector<uint8_t>;

/// The first row of the text.
uint32_t top_of_text() { return kHeight * 62 / 200 * 2; }

Plane drawn(const std::string& text) {
  Plane luma(kWidth * kHeight, 100), chroma(kWidth * kHeight / 2, 128);
  const overlay_picture_t picture{luma.data(), chroma.data(), kWidth, kWidth, kHeight};
  overlay_draw(&picture, text.c_str());
  return luma;
}

/// Reads a line of letters of that size.
class Reader {
 public:
  explicit Reader(size_t letters) : letters_(letters) {
    for (char letter : kLetters) forms_.push_back(drawn(std::string(letters, letter)));
  }
  std::string read(const judge::LumaPicture& picture) const {
    std::string text;
    for (size_t i = 0; i < letters_; ++i) {
      size_t best = 0;
      uint64_t least = UINT64_MAX;
      for (size_t form = 0; form < forms_.size(); ++form) {
        const uint64_t off = difference(picture, forms_[form], (i + 1) * kAdvance);
        if (off < least) best = form;
        least = std::min(least, off);
      }
      text += kLetters[best];
    }
    return text;
  }

 private:
  static uint64_t difference(const judge::LumaPicture& picture, const Plane& form, size_t left) {
    uint64_t sum = 0;
    for (uint32_t y = top_of_text(); y < top_of_text() + kLines; ++y) {
      for (size_t x = left; x < left + kAdvance; ++x) {
        const int off = picture.at(static_cast<int>(x), static_cast<int>(y)) - form[y * kWidth + x];
        sum += static_cast<uint64_t>(off * off);
      }
    }
    return sum;
  }
  size_t letters_;
  std::vector<Plane> forms_;
};

struct Recorded {
  nlohmann::ordered_json verdicts, clip;
  std::string file;
};

Recorded record(const std::string& overlay) {
  Recorded done;
  const std::string dir = fresh_dir("overlay-" + overlay);
  const Outcome outcome =
      saksi("run " + scenario("start/text-in-picture.yaml") + " --encoder model --quiet --set overlay=" + overlay + " --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  done.verdicts = read_json(dir + "/verdicts.json");
  done.clip = done.verdicts.at("evidence").at(0);
  done.file = dir + "/clip.mp4";
  const Outcome copied = run_command("mcopy -n -o -i " + dir + "/recording/card.img ::/DCIM/100SAKSI/CLIP0001.MP4 " + done.file);
  EXPECT_EQ(copied.code, 0) << copied.output;
  return done;
}

TEST(Overlay, SaysInEveryPictureWhatTheCameraSigns) {
  const Recorded with = record("1"), without = record("0");
  const auto& key = with.clip.at("signing_key");
  EXPECT_TRUE(with.clip.at("problems").empty()) << with.clip.at("problems").dump(1);
  EXPECT_EQ(key.at("battery"), "80%");
  const std::string tail = " " + key.at("serial_number").get<std::string>() + " " + key.at("battery").get<std::string>() + " IM-1234";
  const judge::FileSource source(with.file);
  const judge::Mp4Movie movie = judge::parse_mp4(source);
  judge::ClipDecoder decoder(movie, source);
  judge::DecodedPicture picture{};
  const Reader reader(20 + tail.size());
  std::vector<std::string> dates;
  while (decoder.next(picture)) {
    ASSERT_EQ(picture.luma.width, static_cast<int>(kWidth));
    const std::string text = reader.read(picture.luma);
    EXPECT_EQ(text.substr(20), tail) << "picture " << picture.sample;
    const std::string date = text.substr(0, 10) + " " + text.substr(11, 8);
    if (dates.empty() || dates.back() != date) dates.push_back(date);
  }
  ASSERT_GE(dates.size(), 5u);
  EXPECT_EQ(dates.front() + " UTC", key.at("signed_from"));
  for (size_t i = 1; i < dates.size(); ++i) EXPECT_LT(dates[i - 1], dates[i]) << "time goes on";
  EXPECT_NE(std::find(dates.begin(), dates.end(), "2026-03-04 23:59:59"), dates.end());
  EXPECT_NE(std::find(dates.begin(), dates.end(), "2026-03-05 00:00:00"), dates.end()) << "and over midnight to the next day";
  const double later_ms = (measurement(with.verdicts, "press_to_record").at("value").get<double>() -
                           measurement(without.verdicts, "press_to_record").at("value").get<double>()) *
                          1000;
  EXPECT_NEAR(later_ms, 0, 1) << "it does not delay the recording";
}

}  // namespace
}  // namespace saksi::test
