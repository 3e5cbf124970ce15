// Goal: colours come true from light to decoded video, under daylight and under a lamp. Method: the reference camera records a chart of 24 patches
// with its automatic exposure and white balance, as a user would have it do; its clip is decoded, and the patches are held against their references.
#include <gtest/gtest.h>

#include "sim/benchmark/colour_chart.h"
#include "tests/support/command.h"

namespace saksi::test {
namespace {

constexpr double kBar = 5;  ///< mean CIEDE2000

sim::ChartErrors recorded_under(int kelvin) {
  const std::string dir = fresh_dir("chart-" + std::to_string(kelvin));
  sim::write_colour_chart(dir + "/chart.ppm");
  write_file(dir + "/scene.yaml",
             "name: chart\npicture: chart.ppm\nlux: 500\nlight_code: false\ncolour_temperature_k: " + std::to_string(kelvin) + "\n");
  write_file(dir + "/chart.yaml",
             "name: chart\nseed: 1\nlight: scene.yaml\nduration_s: 5.5\nrequirements: " + scenario("requirements/first-light.yaml") +
                 "\nactions:\n  - {at_s: 0.1, supply: on}\n  - {at_s: 4, press: record}\n  - {at_s: 4.8, press: record}\n"
                 "require: [clip-playable]\n");
  const Outcome run = saksi("run " + quoted(dir + "/chart.yaml") + " --encoder model --device " + quoted(scenario("devices/saksi-cam.yaml")) +
                            " --out " + quoted(dir + "/out"));
  EXPECT_EQ(run.code, 0) << run.output;
  const std::string clip = dir + "/CLIP0001.MP4";
  const Outcome copy = run_command("mcopy -n -o -i " + quoted(dir + "/out/recording/card.img") + " ::/DCIM/100SAKSI/CLIP0001.MP4 " + quoted(clip));
  EXPECT_EQ(copy.code, 0) << copy.output;
  return sim::chart_errors(sim::still_camera(clip, 640, 360, 60).back(), 640, 360);
}

TEST(Chart, ComesOutUnderD65) {
  const sim::ChartErrors errors = recorded_under(6504);
  EXPECT_LT(errors.mean, kBar);
  EXPECT_NEAR(errors.exposure, 1, 0.35) << "exposed for a mean of 18 %";
  RecordProperty("mean_ciede2000", std::to_string(errors.mean));
}

TEST(Chart, ComesOutUnderIlluminantA) {
  const sim::ChartErrors errors = recorded_under(2856);
  EXPECT_LT(errors.mean, kBar);
  EXPECT_GT(errors.mean, 0.01) << "no measurement is that good";
  RecordProperty("mean_ciede2000", std::to_string(errors.mean));
}

}  // namespace
}  // namespace saksi::test
