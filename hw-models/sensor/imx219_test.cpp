// Goal: firmware sees an IMX219, and light falls exactly when the data sheet says. Method: register access as over I2C, a light source that
// writes down what it is asked for, a sink that writes down what arrives.
#include "hw-models/sensor/imx219.h"

#include <memory>
#include <optional>

#include "hw-models/base/systemc_test.h"
#include "regs/imx219_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::imx219;
using sc_core::sc_time;

/// 1.0 lux s everywhere; remembers every question.
class NotingLight : public LightSource {
 public:
  struct Question {
    SampleGrid grid;
    int row;
    int64_t t0_ns, t1_ns;
  };
  std::vector<Question> questions;

  void expose_row(const SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const RowExposure& out) override {
    questions.push_back({grid, row, t0_ns, t1_ns});
    for (float* plane : {out.red, out.green, out.blue}) {
      if (plane) std::fill_n(plane, grid.columns, 1.0f);
    }
  }
};

class NotingSink : public RawSink {
 public:
  bool take = true;
  std::vector<FrameTiming> starts;
  std::vector<sc_time> ends;
  std::vector<uint16_t> samples;
  int bits = 0;
  int aborts = 0;
  std::optional<RowSpan> wanted;  ///< all if not set

  bool on_frame_start(const FrameTiming& timing, sc_time now) override {
    EXPECT_EQ(timing.first_row, now);
    starts.push_back(timing);
    return take;
  }
  RowSpan wanted_rows(const FrameTiming& timing) const override { return wanted.value_or(RawSink::wanted_rows(timing)); }
  void on_frame_end(const RawFrame& frame, sc_time now) override {
    ends.push_back(now);
    bits = frame.bits;
    samples.clear();
    if (frame.samples) samples.assign(frame.samples, frame.samples + frame.timing.columns * frame.timing.rows);
  }
  void on_frame_abort(sc_time) override { ++aborts; }
};

class Imx219Test : public SystemcTest {
 protected:
  void SetUp() override { power_on(Imx219Config()); }
  void power_on(const Imx219Config& config) {
    sensor = std::make_unique<Imx219>("sensor", config);
    sensor->set_light(light);
    sensor->set_sink(sink);
    sensor->set_truth([this](const FrameTruth& t) { truth.push_back(t); });
    sensor->power_on();
    run_for(sc_time(10, sc_core::SC_MS));
  }

  bool write8(uint32_t address, uint8_t value) {
    const uint8_t data[3] = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address), value};
    return sensor->write(data, 3, sc_core::sc_time_stamp());
  }
  bool write16(uint32_t address, uint32_t value) {
    const uint8_t data[4] = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address), static_cast<uint8_t>(value >> 8),
                             static_cast<uint8_t>(value)};
    return sensor->write(data, 4, sc_core::sc_time_stamp());
  }
  uint32_t read16(uint32_t address) {
    const uint8_t where[2] = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
    uint8_t data[2] = {0, 0};
    EXPECT_TRUE(sensor->write(where, 2, sc_core::sc_time_stamp()));
    EXPECT_TRUE(sensor->read(data, 2, sc_core::sc_time_stamp()));
    return static_cast<uint32_t>(data[0] << 8 | data[1]);
  }
  /// 16 x 8 samples from the middle, 100 lines a frame.
  void small_mode() {
    write16(r::kXStartH, 1000);
    write16(r::kXEndH, 1015);
    write16(r::kYStartH, 1200);
    write16(r::kYEndH, 1207);
    write16(r::kXOutputSizeH, 16);
    write16(r::kYOutputSizeH, 8);
    write16(r::kFrameLengthH, 100);
    write16(r::kExposureH, 20);
  }
  void stream() { write8(r::kModeSelect, 1); }
  /// Lines at the default line length, in ps, rounded down.
  static uint64_t lines_ps(uint64_t lines) { return lines * 3448 * 312'500 / 57; }
  static void run_lines(uint64_t lines) { run_for(sc_time::from_value(lines_ps(lines))); }

  NotingLight light;
  NotingSink sink;
  std::vector<FrameTruth> truth;
  std::unique_ptr<Imx219> sensor;
};

TEST_F(Imx219Test, AnswersWithItsChipIdAndResetValues) {
  EXPECT_EQ(read16(r::kModelIdH), 0x0219u);
  EXPECT_EQ(read16(r::kExposureH), 0x03E8u);
  EXPECT_EQ(read16(r::kFrameLengthH), 0x0AA8u);
  EXPECT_EQ(read16(r::kLineLengthH), 3448u);
  EXPECT_EQ(read16(r::kXEndH), 3279u);
  EXPECT_EQ(read16(r::kDigitalGainH), 0x0100u);
}

TEST_F(Imx219Test, AddressCountsUpWithinATransferAndUnknownRegistersAreIgnored) {
  const uint8_t data[] = {0x01, 0x57, 0xC0, 0x02, 0x40, 0x04, 0x56};  // analogue gain, digital gain, exposure
  EXPECT_TRUE(sensor->write(data, sizeof data, sc_core::sc_time_stamp()));
  EXPECT_EQ(read16(r::kDigitalGainH), 0x0240u);
  EXPECT_EQ(read16(r::kExposureH), 0x0456u);
  EXPECT_TRUE(write8(0x30EB, 0x0C));
  EXPECT_EQ(read16(0x30EB), 0u);
}

TEST_F(Imx219Test, DoesNotAnswerBeforeItsStartUpTimeNorWithoutPower) {
  sensor->power_off();
  EXPECT_FALSE(write8(r::kModeSelect, 0));
  sensor->power_on();
  EXPECT_FALSE(write8(r::kModeSelect, 0));
  run_for(sc_time(1.5, sc_core::SC_MS));
  EXPECT_FALSE(write8(r::kModeSelect, 0));
  run_for(sc_time(0.1, sc_core::SC_MS));
  EXPECT_TRUE(write8(r::kModeSelect, 0));
}

TEST_F(Imx219Test, StreamingAskedForTooEarlyBeginsWhenTheSensorIsReady) {
  sensor->power_off();
  sensor->power_on();
  const sc_time on = sc_core::sc_time_stamp();
  run_for(sc_time(2, sc_core::SC_MS));
  small_mode();
  stream();
  run_for(sc_time(10, sc_core::SC_MS));
  ASSERT_FALSE(sink.starts.empty());
  EXPECT_EQ(sink.starts[0].first_row - on, sc_time(6.2, sc_core::SC_MS) + sc_time::from_value(lines_ps(100)));
}

TEST_F(Imx219Test, FramesAndRowsComeAtExactTimesThatDoNotDrift) {
  small_mode();
  const sc_time begin = sc_core::sc_time_stamp();
  stream();
  run_lines(100 * 1001);
  ASSERT_GE(sink.starts.size(), 1000u);
  for (size_t n : {size_t{0}, size_t{1}, size_t{2}, size_t{56}, size_t{999}}) {
    EXPECT_EQ(sink.starts[n].first_row - begin, sc_time::from_value(lines_ps(100 * (n + 1))));
    EXPECT_EQ(sink.ends[n] - begin, sc_time::from_value(lines_ps(100 * (n + 1) + 8)));
  }
  // A line is 3448 / 182.4 MHz.
  EXPECT_EQ(sink.starts[0].row_ns_num * 1824, sink.starts[0].row_ns_den * 34'480'000);
}

TEST_F(Imx219Test, EachRowIsExposedJustBeforeItsReadout) {
  small_mode();
  const int64_t begin_ns = static_cast<int64_t>(sc_core::sc_time_stamp().value() / 1000);
  stream();
  run_lines(110);
  ASSERT_EQ(light.questions.size(), 8u);
  for (size_t row = 0; row < 8; ++row) {
    EXPECT_EQ(light.questions[row].row, static_cast<int>(row));
    EXPECT_EQ(light.questions[row].t1_ns, begin_ns + static_cast<int64_t>(lines_ps(100 + row) / 1000));
    EXPECT_EQ(light.questions[row].t1_ns - light.questions[row].t0_ns, 378'070);  // 20 lines, to the nearest ns
  }
  ASSERT_EQ(truth.size(), 1u);
  EXPECT_EQ(truth[0].t_row0_ns, light.questions[0].t1_ns - 378'070 / 2);
  EXPECT_EQ(truth[0].exposure_ns, 378'070);
  EXPECT_EQ(truth[0].rows, 8);
  EXPECT_TRUE(truth[0].taken);
}

TEST_F(Imx219Test, GeometryDecidesWhatIsSampled) {
  write8(r::kBinningModeH, 2);
  write8(r::kBinningModeV, 2);
  write16(r::kXOutputSizeH, 820);
  write16(r::kYOutputSizeH, 616);
  stream();
  run_lines(2728 + 700);
  ASSERT_EQ(light.questions.size(), 616u);
  SampleGrid whole;
  whole.field_width = whole.width = 3280;
  whole.field_height = whole.height = 2464;
  whole.columns = 820;
  whole.rows = 616;
  EXPECT_EQ(light.questions[0].grid, whole);
  EXPECT_EQ(sink.samples.size(), 820u * 616u);
}

TEST_F(Imx219Test, MoreOutputThanArrayIsCutToTheArray) {
  small_mode();
  write16(r::kXOutputSizeH, 4000);
  write16(r::kYOutputSizeH, 4000);
  stream();
  run_lines(110);
  ASSERT_EQ(sink.starts.size(), 1u);
  EXPECT_EQ(sink.starts[0].columns, 16);
  EXPECT_EQ(sink.starts[0].rows, 8);
}

TEST_F(Imx219Test, ImpossibleGeometryStreamsNothing) {
  small_mode();
  write16(r::kXEndH, 10);
  stream();
  run_lines(300);
  EXPECT_TRUE(sink.starts.empty());
  EXPECT_FALSE(sensor->streaming());
}

TEST_F(Imx219Test, ExposureWrittenDuringAFrameShowsTwoFramesLater) {
  small_mode();
  stream();
  run_lines(104);  // frame 0 is being read out
  write16(r::kExposureH, 40);
  run_lines(400);
  ASSERT_GE(truth.size(), 4u);
  EXPECT_EQ(truth[0].exposure_ns, 378'070);
  EXPECT_EQ(truth[1].exposure_ns, 378'070);
  EXPECT_EQ(truth[2].exposure_ns, 756'140);
}

TEST_F(Imx219Test, ALongExposureLengthensTheFrame) {
  small_mode();
  write16(r::kExposureH, 300);
  stream();
  run_lines(304 * 3 + 1);
  ASSERT_EQ(sink.starts.size(), 3u);
  EXPECT_EQ(sink.starts[2].first_row - sink.starts[1].first_row, sc_time::from_value(lines_ps(304 * 3)) - sc_time::from_value(lines_ps(304 * 2)));
}

TEST_F(Imx219Test, ANewLineLengthTakesEffectWithItsFrame) {
  small_mode();
  stream();
  run_lines(104);
  write16(r::kLineLengthH, 2 * 3448);
  run_lines(500);
  ASSERT_GE(sink.starts.size(), 4u);
  const auto period = [this](size_t n) { return (sink.starts[n + 1].first_row - sink.starts[n].first_row).to_seconds(); };
  EXPECT_NEAR(period(0) * 1e9, 100 * 18903.51, 1);
  EXPECT_NEAR(period(1) * 1e9, 100 * 18903.51, 1);
  EXPECT_NEAR(period(2) * 1e9, 200 * 18903.51, 1);
}

TEST_F(Imx219Test, StandbyLetsTheFrameUnderWayEnd) {
  small_mode();
  stream();
  run_lines(104);
  write8(r::kModeSelect, 0);
  run_lines(1000);
  EXPECT_EQ(sink.starts.size(), 1u);
  EXPECT_EQ(sink.ends.size(), 1u);
  EXPECT_FALSE(sensor->streaming());
}

TEST_F(Imx219Test, StandbyInTheBlankingIsImmediateAndStreamingBeginsAnew) {
  small_mode();
  stream();
  run_lines(150);
  write8(r::kModeSelect, 0);
  EXPECT_FALSE(sensor->streaming());
  run_lines(1000);
  EXPECT_EQ(sink.starts.size(), 1u);
  const sc_time again = sc_core::sc_time_stamp();
  stream();
  run_lines(110);
  ASSERT_EQ(sink.starts.size(), 2u);
  EXPECT_EQ(sink.starts[1].first_row - again, sc_time::from_value(lines_ps(100)));
  EXPECT_EQ(sink.starts[1].frame, 1u);
}

TEST_F(Imx219Test, PowerOffBreaksTheFrameOffAndForgetsTheRegisters) {
  small_mode();
  stream();
  run_lines(104);
  sensor->power_off();
  EXPECT_EQ(sink.aborts, 1);
  EXPECT_EQ(sensor->load.uw(), 0u);
  run_lines(1000);
  EXPECT_TRUE(sink.ends.empty());
  sensor->power_on();
  run_for(sc_time(10, sc_core::SC_MS));
  EXPECT_EQ(read16(r::kFrameLengthH), 0x0AA8u);
  EXPECT_TRUE(sink.ends.empty());
}

TEST_F(Imx219Test, SoftwareResetGoesToStandbyWithResetValues) {
  small_mode();
  stream();
  run_lines(104);
  write8(r::kSoftwareReset, 1);
  EXPECT_EQ(sink.aborts, 1);
  EXPECT_FALSE(sensor->streaming());
  EXPECT_EQ(read16(r::kExposureH), 0x03E8u);
}

TEST_F(Imx219Test, AFrameThatNobodyTakesCostsNoLightButIsCounted) {
  sink.take = false;
  small_mode();
  stream();
  run_lines(350);
  EXPECT_TRUE(light.questions.empty());
  EXPECT_TRUE(sink.ends.empty());
  ASSERT_EQ(truth.size(), 3u);
  EXPECT_FALSE(truth[2].taken);
  EXPECT_EQ(truth[2].frame, 2u);
}

TEST_F(Imx219Test, RowsThatTheReceiverDoesNotLookAtCostNoLight) {
  sink.wanted = RowSpan{2, 6};
  small_mode();
  stream();
  run_lines(110);
  ASSERT_EQ(light.questions.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(light.questions[i].row, static_cast<int>(i) + 2);
  EXPECT_EQ(sink.samples.size(), 16u * 8u);
}

class PixellessTest : public Imx219Test {
 protected:
  void SetUp() override {
    Imx219Config config;
    config.makes_pixels = false;
    power_on(config);
  }
};

TEST_F(PixellessTest, FramesComeAtTheirTimesWithoutSamples) {
  small_mode();
  stream();
  run_lines(350);
  EXPECT_EQ(sink.starts.size(), 3u);
  EXPECT_EQ(sink.ends.size(), 3u);
  EXPECT_TRUE(sink.samples.empty());
  EXPECT_TRUE(light.questions.empty());
  EXPECT_EQ(truth.size(), 3u);
}

TEST_F(Imx219Test, SolidColourPattern) {
  small_mode();
  write16(r::kTestPatternH, 1);
  write16(r::kTestpRedH, 100);
  write16(r::kTestpGreenrH, 200);
  write16(r::kTestpBlueH, 300);
  write16(r::kTestpGreenbH, 400);
  stream();
  run_lines(110);
  EXPECT_TRUE(light.questions.empty());
  ASSERT_EQ(sink.samples.size(), 16u * 8u);
  EXPECT_EQ(sink.samples[0], 100);
  EXPECT_EQ(sink.samples[1], 200);
  EXPECT_EQ(sink.samples[16], 400);
  EXPECT_EQ(sink.samples[17], 300);
}

TEST_F(Imx219Test, ColourBarPatternGoesFromWhiteToBlack) {
  small_mode();
  write16(r::kTestPatternH, 2);
  stream();
  run_lines(110);
  ASSERT_EQ(sink.samples.size(), 16u * 8u);
  const uint16_t red_row[16] = {1023, 1023, 1023, 1023, 0, 1023, 0, 1023, 1023, 0, 1023, 0, 0, 0, 0, 0};
  const uint16_t blue_row[16] = {1023, 1023, 1023, 0, 1023, 1023, 1023, 0, 0, 1023, 0, 0, 0, 1023, 0, 0};
  for (size_t x = 0; x < 16; ++x) {
    EXPECT_EQ(sink.samples[x], red_row[x]) << x;
    EXPECT_EQ(sink.samples[16 + x], blue_row[x]) << x;
  }
}

TEST_F(Imx219Test, Raw8SendsTheUpperEightBits) {
  small_mode();
  write16(r::kTestPatternH, 1);
  write16(r::kTestpRedH, 1023);
  write16(r::kCsiDataFormatH, 0x0808);
  stream();
  run_lines(110);
  EXPECT_EQ(sink.bits, 8);
  ASSERT_FALSE(sink.samples.empty());
  EXPECT_EQ(sink.samples[0], 255);
}

TEST_F(Imx219Test, LoadFollowsTheState) {
  EXPECT_EQ(sensor->load.uw(), 3'000u);
  small_mode();
  stream();
  EXPECT_EQ(sensor->load.uw(), 180'000u);
}

}  // namespace
}  // namespace saksi::hw
