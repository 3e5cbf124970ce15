// Goal: the firmware's drivers of secure element and clock get along with the parts as their data sheets describe them: wake, busy, watchdog, resets
// in the middle, disturbed answers, no part at all. Method: the drivers on the host, their register accesses on the I2C host's model, in step with
// the SystemC kernel; between bus and part a wire that can be disturbed.
#include <openssl/x509.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/camera/battery.h"
#include "firmware-under-test/camera/wall_clock.h"
#include "firmware-under-test/drivers/fuel_gauge.h"
#include "firmware-under-test/drivers/i2c.h"
#include "firmware-under-test/drivers/rtc.h"
#include "firmware-under-test/drivers/secure_element.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/gauge/max17048.h"
#include "hw-models/power/supply.h"
#include "hw-models/rtc/pcf85063a.h"
#include "hw-models/secure-element/atecc608.h"
#include "hw-models/secure-element/factory.h"
#include "hw-models/soc/i2c_host.h"
#include "hw-models/soc/lone_block_for_test.h"

namespace saksi {
namespace {

using sc_core::sc_time;

/// A device behind a wire that counts transfers and may change what is read.
class Wire : public hw::I2cDevice {
 public:
  explicit Wire(hw::I2cDevice& device) : device_(device) {}
  bool write(const uint8_t* data, size_t size, sc_time now) override {
    ++transfers;
    return device_.write(data, size, now);
  }
  bool read(uint8_t* data, size_t size, sc_time now) override {
    ++transfers;
    if (!device_.read(data, size, now)) {
      ++refused_reads;
      return false;
    }
    if (disturb) disturb(data, size);
    return true;
  }
  void sda_low(sc_time duration, sc_time now) override { device_.sda_low(duration, now); }

  int transfers = 0;
  int refused_reads = 0;
  std::function<void(uint8_t*, size_t)> disturb;

 private:
  hw::I2cDevice& device_;
};

class DriverTest : public hw::SystemcTest {
 protected:
  DriverTest() {
    const auto offset = [](uint32_t address) { return address - SAKSI_CAM_I2C_BASE; };
    host_.on_write = [this, offset](uint32_t address, uint32_t value) {
      keep_up();
      bus_.write32(offset(address), value);
    };
    host_.on_read = [this, offset](uint32_t address) {
      keep_up();
      return bus_.read32(offset(address));
    };
    host_.on_sleep = [this] {
      host_.now += 100;  // 10 us
      keep_up();
    };
    bus_.irq.connect([this](bool level) {
      if (level) host_.raise(SAKSI_CAM_I2C_IRQ);
    });
    bus_.attach(SAKSI_CAM_I2C_SECURE_ELEMENT, wire_);
    bus_.attach(SAKSI_CAM_I2C_RTC, clock_);
    part_.power_on();
    clock_.power_on();
    i2c_init();
    // What an earlier test left in the drivers: a time far away from now.
    host_.now += 10'000'000;
  }

  static hw::Atecc608Config element() {
    hw::Atecc608Config config;
    config.memory = hw::Vendor().make_element(1);
    return config;
  }
  /// The kernel's time becomes the firmware's. An interrupt handler's accesses come while the kernel runs.
  void keep_up() {
    const sc_time target = sc_time::from_value(host_.now * 100'000);
    if (running_ || target <= sc_core::sc_time_stamp()) return;
    running_ = true;
    sc_core::sc_start(target - sc_core::sc_time_stamp(), sc_core::SC_RUN_TO_TIME);
    running_ = false;
  }
  void pass_ms(uint32_t ms) {
    host_.now += uint64_t{ms} * CLOCK_TICKS_PER_MS;
    keep_up();
  }
  /// Steps each `period_ms` until the signature is there or has failed; gives how long that took, in ms.
  double sign(const Digest& digest, uint32_t period_ms, hw::P256Signature* signature, secure_element_sign_t* result) {
    const uint64_t begun = host_.now;
    secure_element_sign_begin(digest.data());
    for (;;) {
      const int before = wire_.transfers;
      const uint64_t step_begun = host_.now;
      *result = secure_element_sign_step(signature->data());
      EXPECT_LE(wire_.transfers - before, 1) << "at most one transfer in a step";
      EXPECT_LE(host_.now - step_begun, 2 * CLOCK_TICKS_PER_MS) << "no step waits for the part";
      if (*result != SECURE_ELEMENT_BUSY) break;
      pass_ms(period_ms);
    }
    return static_cast<double>(host_.now - begun) / CLOCK_TICKS_PER_MS;
  }
  bool verifies(const Digest& digest, const hw::P256Signature& signature) const {
    return hw::p256_verify(part_.memory().key(0).public_key(), digest, signature);
  }

  firmware::MockHost host_;
  hw::I2cHost bus_{"i2c", hw::I2cConfig{}};
  hw::LoneBlock socket_{bus_};
  hw::Atecc608 part_{"element", element()};
  hw::Pcf85063a clock_{"rtc", hw::Pcf85063aConfig{}};
  Wire wire_{part_};
  bool running_ = false;
};

TEST_F(DriverTest, FindsThePartItsSerialAndItsCertificate) {
  EXPECT_TRUE(secure_element_init());
  std::array<uint8_t, 9> serial{};
  EXPECT_TRUE(secure_element_serial(serial.data()));
  EXPECT_EQ(serial, part_.memory().serial());
  uint8_t der[SECURE_ELEMENT_CERTIFICATE_BYTES_MAX];
  const uint32_t bytes = secure_element_certificate(der, sizeof der);
  ASSERT_GT(bytes, 256u);
  EXPECT_TRUE(std::equal(der, der + bytes, part_.memory().slots[8].begin()));
  const uint8_t* at = der;
  X509* const certificate = d2i_X509(nullptr, &at, bytes);
  ASSERT_NE(certificate, nullptr);
  EXPECT_EQ(at, der + bytes) << "the certificate and not a byte more";
  X509_free(certificate);
  EXPECT_EQ(secure_element_certificate(der, 256), 0u) << "no room";
  EXPECT_EQ(part_.load.uw(), 0u) << "asleep again";
}

TEST_F(DriverTest, SignsInStepsWithoutWaiting) {
  ASSERT_TRUE(secure_element_init());
  for (int i = 0; i < 20; ++i) {
    const Digest digest = sha256("GOP " + std::to_string(i));
    hw::P256Signature signature{};
    secure_element_sign_t result;
    const double took_ms = sign(digest, 1, &signature, &result);
    EXPECT_EQ(result, SECURE_ELEMENT_SIGNED);
    EXPECT_TRUE(verifies(digest, signature)) << i;
    EXPECT_GT(took_ms, 77);
    EXPECT_LT(took_ms, 155);
    pass_ms(300);
  }
  EXPECT_GT(wire_.refused_reads, 0) << "the part refuses reads while it is busy";
  EXPECT_EQ(part_.load.uw(), 0u) << "asleep between signatures";
}

TEST_F(DriverTest, SignsThoughItIsSeldomAsked) {
  ASSERT_TRUE(secure_element_init());
  for (const uint32_t period_ms : {33u, 150u, 300u, 1'400u}) {
    const Digest digest = sha256(std::to_string(period_ms));
    hw::P256Signature signature{};
    secure_element_sign_t result;
    sign(digest, period_ms, &signature, &result);
    // Nobody can wake a part at one step and talk to it at the next, 1.4 s later: it sleeps again by then.
    EXPECT_EQ(result, period_ms > 1'300 ? SECURE_ELEMENT_FAILED : SECURE_ELEMENT_SIGNED) << period_ms;
    EXPECT_TRUE(result != SECURE_ELEMENT_SIGNED || verifies(digest, signature)) << period_ms;
  }
}

TEST_F(DriverTest, ADisturbedAnswerIsTriedAgain) {
  ASSERT_TRUE(secure_element_init());
  const Digest digest = sha256(std::string("x"));
  for (const size_t size : {size_t{4}, size_t{67}}) {
    bool disturbed = false;
    wire_.disturb = [&](uint8_t* data, size_t bytes) {
      if (disturbed || bytes != size) return;
      data[bytes - 3] ^= 0x10;
      disturbed = true;
    };
    hw::P256Signature signature{};
    secure_element_sign_t result;
    sign(digest, 1, &signature, &result);
    EXPECT_TRUE(disturbed);
    EXPECT_EQ(result, SECURE_ELEMENT_SIGNED);
    EXPECT_TRUE(verifies(digest, signature));
  }
}

TEST_F(DriverTest, APartThatFailsForGoodIsGivenUp) {
  ASSERT_TRUE(secure_element_init());
  wire_.disturb = [](uint8_t* data, size_t bytes) {
    if (bytes == 67) data[5] ^= 1;
  };
  hw::P256Signature signature{};
  secure_element_sign_t result;
  sign(sha256(std::string("x")), 1, &signature, &result);
  EXPECT_EQ(result, SECURE_ELEMENT_FAILED);
  EXPECT_EQ(secure_element_sign_step(signature.data()), SECURE_ELEMENT_FAILED) << "nothing was begun";
  wire_.disturb = nullptr;
  sign(sha256(std::string("x")), 1, &signature, &result);
  EXPECT_EQ(result, SECURE_ELEMENT_SIGNED) << "and works again when it works";
}

TEST_F(DriverTest, NoPartIsFoundOutSoon) {
  part_.power_off();
  const uint64_t begun = host_.now;
  EXPECT_FALSE(secure_element_init());
  EXPECT_LT(host_.now - begun, 150 * CLOCK_TICKS_PER_MS);
  uint8_t serial[SECURE_ELEMENT_SERIAL_BYTES], der[SECURE_ELEMENT_CERTIFICATE_BYTES_MAX];
  EXPECT_FALSE(secure_element_serial(serial));
  EXPECT_EQ(secure_element_certificate(der, sizeof der), 0u);
  hw::P256Signature signature{};
  secure_element_sign_t result;
  sign(sha256(std::string("x")), 1, &signature, &result);
  EXPECT_EQ(result, SECURE_ELEMENT_FAILED);
}

TEST_F(DriverTest, APartThatWasLeftBusyByAResetIsFound) {
  // The firmware was reset in the middle of a signature: the part goes on, and its driver knows nothing of it.
  ASSERT_TRUE(secure_element_init());
  secure_element_sign_begin(sha256(std::string("x")).data());
  hw::P256Signature signature{};
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(secure_element_sign_step(signature.data()), SECURE_ELEMENT_BUSY);
    pass_ms(1);
  }
  EXPECT_TRUE(secure_element_init());
}

TEST_F(DriverTest, CountsUp) {
  uint32_t value = 99;
  EXPECT_TRUE(secure_element_counter(0, false, &value));
  EXPECT_EQ(value, 0u);
  EXPECT_TRUE(secure_element_counter(0, true, &value));
  EXPECT_TRUE(secure_element_counter(0, true, &value));
  EXPECT_EQ(value, 2u);
  EXPECT_TRUE(secure_element_counter(1, false, &value));
  EXPECT_EQ(value, 0u);
  EXPECT_FALSE(secure_element_counter(2, false, &value));
}

TEST_F(DriverTest, ReadsAndSetsTheClock) {
  rtc_time_t time = {};
  ASSERT_TRUE(rtc_read(&time));
  EXPECT_TRUE(time.is_trusted);
  EXPECT_EQ(time.seconds, 1'767'225'600u + host_.now / CLOCK_HZ);
  for (const uint64_t seconds : {946'684'800ull, 951'868'799ull, 1'709'251'199ull, 1'735'689'599ull, 4'102'444'700ull}) {
    ASSERT_TRUE(rtc_set(seconds));
    ASSERT_TRUE(rtc_read(&time));
    EXPECT_EQ(time.seconds, seconds);
    EXPECT_TRUE(time.is_trusted);
    pass_ms(5'000);
    ASSERT_TRUE(rtc_read(&time));
    EXPECT_EQ(time.seconds, seconds + 5);
  }
  EXPECT_FALSE(rtc_set(946'684'799));
  EXPECT_FALSE(rtc_set(4'102'444'800));
}

TEST_F(DriverTest, ReadsTheGauge) {
  hw::Supply supply;
  hw::Rail rail("vsys", hw::RailConfig{});
  hw::Max17048 gauge("gauge", hw::Max17048Config{}, rail);
  rail.connect(supply);
  bus_.attach(SAKSI_CAM_I2C_GAUGE, gauge);
  fuel_gauge_t charge = {};
  EXPECT_FALSE(fuel_gauge_read(&charge)) << "it has no supply";
  battery_init();
  EXPECT_STREQ(battery_text(), "unknown");
  gauge.power_on();
  for (const auto& [mv, permille] : {std::pair<uint32_t, int>{3'577, 300}, {3'723, 500}, {4'113, 900}}) {
    supply.set_mv(mv);
    pass_ms(10'100);
    ASSERT_TRUE(fuel_gauge_read(&charge));
    EXPECT_NEAR(charge.permille, permille, 14);
    EXPECT_NEAR(charge.mv, mv, 8);
    const std::string before = battery_text();
    const char* const shown = battery_text();
    battery_tend();
    EXPECT_EQ(battery_text(), std::to_string((charge.permille + 5) / 10) + "%");
    EXPECT_EQ(shown, before) << "what an interrupt may be reading is left alone";
  }
  gauge.power_off();
  battery_tend();
  EXPECT_STRNE(battery_text(), "unknown") << "it is asked each ten seconds";
  pass_ms(10'100);
  battery_tend();
  EXPECT_STREQ(battery_text(), "unknown");
}

/// Drivers with a clock that is not as it should be.
class ClockTest : public DriverTest {
 protected:
  /// Whether the driver trusts such a clock at once, and after it was set.
  std::pair<bool, bool> trust(const hw::Pcf85063aConfig& config) {
    hw::Pcf85063a clock("other_rtc", config);
    bus_.attach(SAKSI_CAM_I2C_RTC, clock);
    clock.power_on();
    rtc_time_t before = {}, after = {};
    EXPECT_TRUE(rtc_read(&before));
    EXPECT_TRUE(rtc_set(1'800'000'000));
    EXPECT_TRUE(rtc_read(&after));
    return {before.is_trusted, after.is_trusted};
  }
  hw::Pcf85063aConfig config_;
};

TEST_F(ClockTest, ALostTimeIsNotTrustedUntilItIsSet) {
  config_.backup = hw::Pcf85063aConfig::Backup::kFlat;
  EXPECT_EQ(trust(config_), std::make_pair(false, true));
}

TEST_F(ClockTest, AQuartzThatStandsIsNeverTrusted) {
  config_.stopped = hw::Pcf85063aConfig::Stopped::kOscillator;
  EXPECT_EQ(trust(config_), std::make_pair(false, false));
}

TEST_F(ClockTest, ACounterThatIsHeldIsNotTrustedThoughItsFlagIsClear) {
  config_.stopped = hw::Pcf85063aConfig::Stopped::kCounter;
  EXPECT_EQ(trust(config_), std::make_pair(false, true));
}

TEST_F(ClockTest, OneThatStandsIsNotBelievedWhateverItsFlagsSay) {
  // Somebody answers for the part with what it once said.
  Wire replayed(clock_);
  std::vector<uint8_t> first;
  bus_.attach(SAKSI_CAM_I2C_RTC, replayed);
  for (const bool stands : {false, true}) {
    if (stands) {
      replayed.disturb = [&first](uint8_t* data, size_t size) {
        if (first.empty()) first.assign(data, data + size);
        std::copy_n(first.begin(), std::min(size, first.size()), data);
      };
    }
    wall_clock_init();
    EXPECT_TRUE(wall_clock_is_trusted()) << "nothing speaks against it yet";
    for (int i = 0; i < 3'000; ++i) {
      pass_ms(1);
      wall_clock_tend();
    }
    EXPECT_EQ(wall_clock_is_trusted(), !stands);
  }
}

TEST_F(ClockTest, NoClockIsSaid) {
  clock_.power_off();
  rtc_time_t time = {};
  EXPECT_FALSE(rtc_read(&time));
  EXPECT_FALSE(rtc_set(1'800'000'000));
}

}  // namespace
}  // namespace saksi
