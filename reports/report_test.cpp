#include "reports/report.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/recording_format.h"
#include "reports/markup.h"
#include "reports/test-support/sample_run.h"

namespace saksi::report {

namespace fs = std::filesystem;

/// A folder as `run` leaves it, made by hand, with a card on which nothing can be read.
class ReportFolder : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = (fs::temp_directory_path() / ("saksi-report-" + std::to_string(getpid()))).string();
    fs::create_directories(dir_ + "/recording");
    fs::create_directories(dir_ + "/truth");
    const ReportInput sample = sample_run();
    write_file(dir_ + "/verdicts.json", sample.verdicts.dump());
    write_file(dir_ + "/recording/manifest.json", sample.recording->manifest.dump());
    recording::EventLog events;
    events.supply(100'000'000, 3700);
    events.press(5'500'000'000, "record");
    events.led(5'810'000'000, "red", true);
    events.end(11'000'000'000);
    events.write(dir_ + "/recording/events.jsonl");
    write_file(dir_ + "/recording/console.log", recording::console_line(612'000'000, "ready"));
    write_file(dir_ + "/recording/card.img", std::string(4096, '\0'));
    write_file(dir_ + "/truth/block-writes.jsonl", "{\"t_ns\":6000000000,\"lba\":1,\"count\":1,\"file\":\"\",\"offset\":0}\n");
  }
  void TearDown() override { fs::remove_all(dir_); }

  std::string text_of(const std::string& path) const {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string dir_;
};

TEST_F(ReportFolder, WritesTheThreeFilesBesideTheInput) {
  const WrittenReport written = report_folder(dir_, "id");
  EXPECT_EQ(written.verdict, "pass");
  EXPECT_EQ(written.html, dir_ + "/report.html");
  EXPECT_NE(text_of(written.html).find("<html lang=\"id\">"), std::string::npos);
  EXPECT_NE(text_of(written.html).find("./saksi run scenarios/*/press-at-desk.yaml --seed 1"), std::string::npos);
  EXPECT_NE(text_of(written.junit).find("<testsuite name=\"press-at-desk\""), std::string::npos);
  EXPECT_NE(text_of(written.timeline).find("\"volume\""), std::string::npos);
}

TEST_F(ReportFolder, WritesElsewhereWhenAsked) {
  report_folder(dir_, "en", dir_ + "/elsewhere/a");
  EXPECT_TRUE(fs::exists(dir_ + "/elsewhere/a/report.html"));
  EXPECT_FALSE(fs::exists(dir_ + "/report.html"));
}

TEST_F(ReportFolder, ARunThatFailedSaysHowToReplayIt) {
  Json verdicts = sample_failed_run().verdicts;
  write_file(dir_ + "/verdicts.json", verdicts.dump());
  EXPECT_NE(text_of(report_folder(dir_, "en").html).find("./saksi replay " + dir_ + "/bundle"), std::string::npos);
}

TEST_F(ReportFolder, ASuiteGetsOnePageWithLinks) {
  report_folder(dir_, "en");
  const WrittenSuite written = report_suite({dir_, dir_}, "en", dir_ + "/suite");
  EXPECT_NE(text_of(written.html).find("<a href=\"../report.html\">"), std::string::npos);
  EXPECT_NE(text_of(written.junit).find("tests=\"6\""), std::string::npos);
}

TEST_F(ReportFolder, WithoutVerdictsThereIsNothingToReport) {
  fs::remove(dir_ + "/verdicts.json");
  EXPECT_THROW(report_folder(dir_, "en"), UsageError);
}

TEST_F(ReportFolder, BrokenInputIsNamedWithItsLine) {
  write_file(dir_ + "/truth/block-writes.jsonl", "{\"t_ns\":1}\nnonsense\n");
  try {
    report_folder(dir_, "en");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()), dir_ + "/truth/block-writes.jsonl:2: a JSON object was expected");
  }
}

TEST_F(ReportFolder, UnknownLanguage) { EXPECT_THROW(report_folder(dir_, "nl"), UsageError); }

}  // namespace saksi::report
