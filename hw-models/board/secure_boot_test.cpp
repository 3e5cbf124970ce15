// Goal: the boot ROM starts what the vendor signed and that is not older than what ran before, hands on what it measured, and refuses everything
// else. Method: the reference board with the boot ROM that the build made and a program of eight instructions that ends with what it was handed; what
// the console and the LEDs say of one that is refused.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/board/board.h"

namespace saksi::hw {
namespace {

constexpr uint32_t kFailed = 0x3333;  ///< what the program writes into the finisher, beside a code

constexpr uint32_t kHandedOver = 0x00060393;  ///< mv t2, a2

/// Loads the word at `offset` of the boot record, to which a2 points: lw t2, offset(a2).
constexpr uint32_t record_word(uint32_t offset) { return 0x00062383 | offset << 20; }

/// Ends with what its first instruction puts into t2, as code.
Program ending_with(uint32_t first) {
  const std::vector<uint32_t> words = {first,
                                       0x01039393,   // slli t2, t2, 16
                                       0x00003337,   // lui t1, 3
                                       0x33330313,   // addi t1, t1, 0x333
                                       0x00736333,   // or t1, t1, t2
                                       0x001002B7,   // lui t0, 0x100: the finisher
                                       0x0062A023,   // sw t1, 0(t0)
                                       0x0000006F};  // j .
  Program program;
  program.entry = 0x80000000;
  Program::Segment segment{0x80000000, static_cast<uint32_t>(4 * words.size()), {}};
  for (const uint32_t word : words) {
    for (int shift = 0; shift < 32; shift += 8) segment.data.push_back(static_cast<uint8_t>(word >> shift));
  }
  program.segments.push_back(segment);
  return program;
}

/// What the outside sees of a start.
struct Start {
  std::string console;
  int code = -1;  ///< of the program's end; -1: it did not run
  int64_t ended_ns = 0;
  std::vector<std::string> leds;  ///< each change, "amber on"
};

class SecureBootTest : public SystemcTest {
 protected:
  SecureBootTest() {
    const BoardSpec::Memory& rom = spec_.memory("rom");
    boot_rom_ = load_program(SAKSI_BUILD_DIR "/firmware/boot-rom.elf", {rom.address, rom.size});
    config_.boot_rom = &boot_rom_;
    config_.encoder.kind = EncoderKind::kModel;
    config_.card_present = false;
  }
  Start start(const Program& program) {
    Start seen;
    BoardObservers observers;
    observers.uart = [&](char c, int64_t) { seen.console += c; };
    observers.led = [&](const std::string& led, bool lit, int64_t) { seen.leds.push_back(led + (lit ? " on" : " off")); };
    observers.finish = [&](uint16_t status, uint16_t code) {
      EXPECT_EQ(status, kFailed);
      seen.code = code;
      seen.ended_ns = static_cast<int64_t>(sc_core::sc_time_stamp().value() / 1000);
      sc_core::sc_stop();
    };
    Board board(spec_, config_, program, nullptr, observers);
    board.power_on();
    sc_core::sc_start(sc_core::sc_time(1.5, sc_core::SC_SEC), sc_core::SC_RUN_TO_TIME);
    return seen;
  }

  BoardSpec spec_ = load_board_spec(SAKSI_SOURCE_DIR "/boards/saksi-cam.yaml");
  Program boot_rom_;
  BoardConfig config_;
};

TEST_F(SecureBootTest, StartsWhatIsSignedAndTellsItsVersion) {
  config_.firmware_image.version = 7;
  config_.newest_firmware = 7;
  const Start seen = start(ending_with(record_word(4)));
  EXPECT_EQ(seen.code, 7);
  EXPECT_EQ(seen.console, "");
  EXPECT_TRUE(seen.leds.empty());
  EXPECT_LT(seen.ended_ns, 250'000'000) << "the camera is ready that much later";
}

TEST_F(SecureBootTest, HandsOnTheHashThatItMeasured) {
  const Program program = ending_with(record_word(8));
  const Digest digest = sha256(program.segments[0].data.data(), program.segments[0].data.size());
  EXPECT_EQ(start(program).code, digest[0] | digest[1] << 8) << "the digest's first word, shifted into the code";
}

TEST_F(SecureBootTest, ANewerVersionBecomesTheLowest) {
  config_.firmware_image.version = 4;
  config_.newest_firmware = 1;
  EXPECT_EQ(start(ending_with(record_word(4))).code, 4);
}

TEST_F(SecureBootTest, WithoutItTheProgramIsEnteredByTheResetCode) {
  config_.boot_rom = nullptr;
  const Start seen = start(ending_with(kHandedOver));
  EXPECT_EQ(seen.code, 0) << "no record is handed over";
  EXPECT_LT(seen.ended_ns, 1'000'000);
}

class RefusedTest : public SecureBootTest {
 protected:
  void expect_refused(const std::string& reason) {
    const Start seen = start(ending_with(record_word(4)));
    EXPECT_EQ(seen.code, -1);
    EXPECT_EQ(seen.console, "boot: firmware refused: " + reason + "\r\n");
    ASSERT_GE(seen.leds.size(), 4u);
    EXPECT_EQ(seen.leds[0], "amber on");
    EXPECT_EQ(seen.leds[1], "amber off");
  }
};

TEST_F(RefusedTest, AnOlderVersion) {
  config_.firmware_image.version = 2;
  config_.newest_firmware = 3;
  expect_refused("it is older than what has run here");
}

TEST_F(RefusedTest, NoSignature) {
  config_.firmware_image.signature = FirmwareImage::Signature::kMissing;
  expect_refused("it is not signed");
}

TEST_F(RefusedTest, SomebodyElsesSignature) {
  config_.firmware_image.signature = FirmwareImage::Signature::kForeign;
  expect_refused("its signature is not the vendor's");
}

TEST_F(RefusedTest, AChangedBit) {
  config_.firmware_image.changed = true;
  expect_refused("it is not what was signed");
}

TEST_F(SecureBootTest, AProgramInItsWayIsTheUsersMistake) {
  Program program = ending_with(record_word(4));
  program.segments.push_back({0x83FF8000, 4, {1, 2, 3, 4}});
  EXPECT_THROW(start(program), UsageError);
}

TEST_F(SecureBootTest, TooManySegmentsAreTheUsersMistake) {
  Program program = ending_with(record_word(4));
  for (uint32_t i = 1; i <= 8; ++i) program.segments.push_back({0x80000000 + 0x1000 * i, 1, {1}});
  EXPECT_THROW(start(program), UsageError);
}

}  // namespace
}  // namespace saksi::hw
