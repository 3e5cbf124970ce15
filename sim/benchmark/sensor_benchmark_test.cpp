// Goal: the sensor's raw frames give back what was set, and a figure that is off is told. Method: the benchmark as the command runs it; a result by
// hand.
#include "sim/benchmark/sensor_benchmark.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

TEST(SensorBenchmark, WhatWasSetIsFoundAgain) {
  const SensorBenchmarkResult result = run_sensor_benchmark({});
  ASSERT_EQ(result.tables.size(), 5u);
  for (const SensorTable& table : result.tables) {
    EXPECT_EQ(table.figures.size(), table.sensor.find("lens") == 0 ? 3u : 10u);
    for (const SensorFigure& figure : table.figures) EXPECT_TRUE(figure.met()) << table.sensor << ": " << figure.name << " " << figure.error();
  }
  EXPECT_TRUE(result.all_right()) << text_of(result);
}

TEST(SensorBenchmark, AFigureThatIsOffIsTold) {
  SensorBenchmarkResult result;
  result.tables.push_back({"a", {{"gain", "DN/e-", 1, 1.031, 0.03}}, {}});
  EXPECT_FALSE(result.all_right());
  EXPECT_NE(text_of(result).find("exceeded"), std::string::npos);
  result.tables[0].figures[0].found = 1.029;
  EXPECT_TRUE(result.all_right());
  EXPECT_EQ(text_of(result).find("exceeded"), std::string::npos);
  EXPECT_EQ(json_of(result)[0]["figures"][0]["found"], 1.029);
}

}  // namespace
}  // namespace saksi::sim
