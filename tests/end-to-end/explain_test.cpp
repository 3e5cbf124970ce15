// Goal: --explain says what a run would do, with the times that its seed draws, in both languages, and does nothing. Method: the project's scenarios
// and small ones by hand, given to the built program.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

constexpr int kUsage = 2;

bool contains(const Outcome& outcome, const std::string& text) { return outcome.output.find(text) != std::string::npos; }

std::string desk() { return quoted(scenario("start/press-at-desk.yaml")); }

std::string written(const std::string& dir, const std::string& rest) {
  const std::string path = dir + "/own.yaml";
  write_file(path, "name: own\nlight: " + scenario("scenes/golden.yaml") +
                       "\nduration_s: 9\nrequirements: " + scenario("requirements/first-light.yaml") + "\n" + rest);
  return quoted(path);
}

TEST(Explain, SaysEverythingAndRunsNothing) {
  const std::string out = fresh_dir("explain") + "/out";
  const Outcome outcome = saksi("run " + desk() + " --explain --encoder model --out " + out);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  for (const char* text : {"press-at-desk: ",
                           "seed 1, 11.000 s of simulated time",
                           "500 lux at the subject",
                           "with the light code",
                           "saksi-cam (",
                           "encoder: model",
                           "cell: 2900 mAh, 80 % charged",
                           "gop=15",
                           "leds.fault amber",
                           "   0.100 s  the device's cell is connected",
                           "the record button is pressed, and released 150 ms later (drawn by the seed from 5.500 s to 6.500 s)",
                           "  11.000 s  the scenario ends",
                           "pre-event-complete: The recording reaches back",
                           "at least 2 s, measured as pre_event_s",
                           "Source: Saksi's own (proposed)",
                           "Home Office CAST 14/14 Body-Worn Video Technical Guidance, 2014-05 (a standard, guideline or law)",
                           "at least clips_stored (at least 1), measured as clips_playable",
                           "press_to_record, pre_event_s, press_gap",
                           "report.html",
                           "Nothing was run"}) {
    EXPECT_TRUE(contains(outcome, text)) << text << "\n" << outcome.output;
  }
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(Explain, TheSeedDecidesTheDrawnTime) {
  const std::string explain = "run " + desk() + " --explain --encoder model --seed ";
  EXPECT_EQ(saksi(explain + "2").output, saksi(explain + "2").output);
  const auto press = [&](const std::string& seed) {
    const std::string text = saksi(explain + seed).output;
    const size_t end = text.find(" (drawn by");
    return text.substr(text.rfind('\n', end), end - text.rfind('\n', end));
  };
  EXPECT_NE(press("2"), press("3"));
}

TEST(Explain, TriggersSuppliesAndWaves) {
  const std::string dir = fresh_dir("explain-own");
  const std::string own = written(dir,
                                  "card: {free_mib: 0, stall_ms: 4, stall_after_writes: 3}\nparameters: {wait: 40}\nfirmware: {hang_after_s: 2}\n"
                                  "trace: {around: picture, nth: 2}\n"
                                  "actions:\n  - {on: led_red, after_ms: \"${wait}\", supply: cut}\n  - {at_s: 3, supply_mv: 2900, for_ms: 7.5}\n"
                                  "  - {at_s: 8, card: pull}\nrequire: [led-truthful]\nclaims: {leds: {recording: red}}\n");
  const Outcome outcome = saksi("run " + own + " --explain --set wait=60 --trace --time-limit 7");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  for (const char* text :
       {"with wait = 60", "a computed picture (pan)", "0 MiB left free, busy for 4 ms after every 3 write commands",
        "when the red LED first lights, 60 ms later: all supply is taken away", "a supply of 2900 mV takes the place of the cell for 7.5 ms",
        "the card is pulled out (never done, the scenario is over)", "firmware without progress for 2.000 s counts as hung",
        "waves are recorded around: picture, number 2, from 5 ms before to 5 ms after", "truth/waves.fst"}) {
    EXPECT_TRUE(contains(outcome, text)) << text << "\n" << outcome.output;
  }
}

TEST(Explain, InIndonesian) {
  const Outcome outcome = saksi("run " + desk() + " --explain --lang id --encoder model");
  EXPECT_EQ(outcome.code, 0);
  for (const char* text :
       {"waktu simulasi 11,000 s", "sel baterai perangkat dihubungkan", "tombol record ditekan", "Rekaman mencakup waktu sebelum tombol ditekan",
        "paling sedikit 2 s,", "Sumber: ketentuan Saksi sendiri (usulan)", "Tidak ada yang dijalankan"}) {
    EXPECT_TRUE(contains(outcome, text)) << text << "\n" << outcome.output;
  }
}

TEST(Explain, WhatTheDeviceDoesNotClaimIsSaid) {
  const Outcome outcome =
      saksi("run " + written(fresh_dir("explain-claim"), "claims: {pre_event_s: 0}\nactions: []\nrequire: [pre-event-complete]\n") + " --explain");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome, "the device does not claim pre_event_s")) << outcome.output;
}

TEST(Explain, ASuiteIsExplainedRunByRun) {
  const Outcome outcome = saksi("run " + quoted(scenario("suites/first-light.yaml")) + " --explain --encoder model");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  for (const char* text :
       {"press-without-ring: ", "no-card: ", "card: none in the slot", "cut-after-led-cut_after_ms-40: ", "with cut_after_ms = 40"}) {
    EXPECT_TRUE(contains(outcome, text)) << text;
  }
}

TEST(Explain, MistakesAreThoseOfARun) {
  const std::string dir = fresh_dir("explain-mistake");
  const Outcome outcome = saksi("run " + written(dir, "actions: []\nrequire: [led-thruthful]\n") + " --explain");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_TRUE(contains(outcome, "own.yaml:6:11: there is no requirement 'led-thruthful'; did you mean 'led-truthful'?")) << outcome.output;
  EXPECT_EQ(saksi("run " + desk() + " --lang id").code, kUsage);
  EXPECT_EQ(saksi("run " + desk() + " --explain --lang nl").code, kUsage);
  EXPECT_EQ(saksi("run " + desk() + " --explain --json").code, kUsage);
}

TEST(Explain, WhatNothingMeasuresCannotBeRequired) {
  const std::string dir = fresh_dir("explain-unmeasured");
  std::string text = "name: own\nlight: " + scenario("scenes/golden.yaml") + "\nduration_s: 9\nactions: []\n";
  text += "requirements: " + scenario("requirements/gat947.yaml") + "\nrequire: [gat947-sound-offset]\n";
  write_file(dir + "/own.yaml", text);
  const Outcome outcome = saksi("run " + quoted(dir + "/own.yaml") + " --out " + dir + "/out");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_TRUE(contains(outcome, "own.yaml:6:11: the judge cannot measure 'gat947-sound-offset', so a run cannot require it: ")) << outcome.output;
}

}  // namespace
}  // namespace saksi::test
