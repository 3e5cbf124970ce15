// Goal: the hash block gives the standard's hash of any pieces of memory, and every way in which it can fail ends in its interrupt.
// Method: driven as firmware drives it, over bus, memory and registers; FIPS 180-4 example messages, the lengths around the padding, random
// pieces against OpenSSL, with and without back-pressure on the bus.
#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "base/sha256.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/rtl-block/rtl_block.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "regs/sha256_regs.hpp"

extern "C" saksi::hw::RtlModel* saksi_make_sha256();

namespace saksi::hw {
namespace {

namespace reg = regs::sha256;
using sc_core::sc_time;

constexpr uint32_t kRam = 0x80000000;
constexpr uint32_t kRamSize = 0x200000;
constexpr uint32_t kDescriptors = kRam + 0x1000;
constexpr uint32_t kMessage = kRam + 0x10000;
constexpr uint32_t kLast = 1;

struct Piece {
  uint32_t address;
  uint32_t length;
};

struct Bench : sc_core::sc_module {
  explicit Bench(uint32_t back_pressure_permille = 0, const sc_core::sc_module_name& name = "bench")
      : sc_module(name),
        bus("bus"),
        ram("ram", RamConfig{kRamSize}),
        block("sha256", config(back_pressure_permille), std::unique_ptr<RtlModel>(saksi_make_sha256())),
        cpu("cpu") {
    bus.map(kRam, kRamSize, ram.target);
    cpu.bind(block.reg_target);
    block.dma.socket.bind(bus.target);
    block.irq.connect([this](bool level) { irq = level; });
  }

  /// The bus serves no memory before the simulation has started.
  void begin() {
    sc_core::sc_start(sc_time(1, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
    write(reg::kIrqEnable, reg::kIrqEnableDone.put(1) | reg::kIrqEnableError.put(1));
  }

  static RtlBlockConfig config(uint32_t back_pressure_permille) {
    RtlBlockConfig config;
    config.memory.back_pressure_permille = back_pressure_permille;
    return config;
  }

  bool access(tlm::tlm_command command, uint32_t offset, uint32_t* data) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<uint8_t*>(data));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    sc_time delay;
    cpu->b_transport(payload, delay);
    return payload.is_response_ok();
  }
  void write(uint32_t offset, uint32_t value) { EXPECT_TRUE(access(tlm::TLM_WRITE_COMMAND, offset, &value)); }
  uint32_t read(uint32_t offset) {
    uint32_t value = 0;
    EXPECT_TRUE(access(tlm::TLM_READ_COMMAND, offset, &value));
    return value;
  }
  uint8_t* at(uint32_t address) { return ram.direct() + (address - kRam); }

  /// Descriptors not in a row, so that the chain is what leads on.
  void describe(const std::vector<Piece>& pieces) {
    for (size_t i = 0; i < pieces.size(); ++i) {
      const uint32_t words[4] = {pieces[i].address, pieces[i].length, place(i + 1), i + 1 == pieces.size() ? kLast : 0};
      std::memcpy(at(place(i)), words, sizeof words);
    }
    write(reg::kDescAddr, place(0));
  }
  static uint32_t place(size_t i) { return kDescriptors + 16 * ((static_cast<uint32_t>(i) * 37) % 256); }

  /// Until the interrupt; the cause, which is cleared.
  uint32_t finish(int limit_ms = 200) {
    for (int i = 0; !irq && i < limit_ms * 50; ++i) sc_core::sc_start(sc_time(20, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
    EXPECT_TRUE(irq) << "no end";
    const uint32_t cause = read(reg::kIrqStatus);
    write(reg::kIrqStatus, cause);
    return cause;
  }
  uint32_t hash(const std::vector<Piece>& pieces) {
    describe(pieces);
    write(reg::kCtrl, reg::kCtrlStart.put(1));
    return finish();
  }
  std::string digest() {
    std::string text;
    for (uint32_t i = 0; i < 8; ++i) {
      char word[9];
      std::snprintf(word, sizeof word, "%08x", read(reg::kDigest0 + 4 * i));
      text += word;
    }
    return text;
  }
  std::string hash_of(const std::string& message, uint32_t address = kMessage) {
    std::memcpy(at(address), message.data(), message.size());
    EXPECT_EQ(hash({{address, static_cast<uint32_t>(message.size())}}), reg::kIrqStatusDone.put(1));
    return digest();
  }

  Bus bus;
  Ram ram;
  RtlBlock block;
  tlm_utils::simple_initiator_socket<Bench> cpu;
  bool irq = false;
};

class Sha256RtlTest : public SystemcTest {};

// Examples of NIST's "Secure Hash Standard" pages: one block, two blocks, a long message.
TEST_F(Sha256RtlTest, ExamplesOfTheStandard) {
  Bench bench;
  bench.begin();
  EXPECT_EQ(bench.read(reg::kId), 0x53323536u);
  EXPECT_EQ(bench.hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(bench.hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(bench.hash_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(bench.hash_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  const double cycles_per_byte = bench.read(reg::kCycles) / 1e6;
  RecordProperty("cycles_per_byte", std::to_string(cycles_per_byte));
  EXPECT_LT(cycles_per_byte, 1.5) << "the core takes 66 cycles for 64 bytes, and works while the next ones come";
}

TEST_F(Sha256RtlTest, EveryLengthAroundTheBlocksAtEveryAlignment) {
  Bench bench;
  bench.begin();
  std::string text;
  for (uint32_t length = 0; length <= 130; ++length) {
    const uint32_t address = kMessage + length * 7 % 64;
    EXPECT_EQ(bench.hash_of(text, address), hex(sha256(text))) << length;
    text += static_cast<char>(length * 73 + 5);
  }
}

class Sha256RtlPieces : public SystemcTest, public ::testing::WithParamInterface<uint32_t> {};

TEST_P(Sha256RtlPieces, OfAnyPlaceAndLength) {
  Bench bench(GetParam());
  bench.begin();
  SeedStream stream(GetParam(), "sha256-pieces");
  for (uint32_t i = 0; i < 0x8000; ++i) *bench.at(kMessage + i) = static_cast<uint8_t>(stream.below(256));
  for (int round = 0; round < 20; ++round) {
    std::vector<Piece> pieces(1 + stream.below(12));
    std::string message;
    for (Piece& piece : pieces) {
      const uint64_t length_limit = stream.below(2) != 0 ? 20 : 700;
      piece = {kMessage + static_cast<uint32_t>(stream.below(0x7000)), static_cast<uint32_t>(stream.below(length_limit))};
      message.append(reinterpret_cast<const char*>(bench.at(piece.address)), piece.length);
    }
    ASSERT_EQ(bench.hash(pieces), reg::kIrqStatusDone.put(1));
    ASSERT_EQ(bench.digest(), hex(sha256(message))) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(BackPressurePermille, Sha256RtlPieces, ::testing::Values(0, 300, 900));

TEST_F(Sha256RtlTest, ErrorsEndInTheInterrupt) {
  Bench bench;
  bench.begin();
  EXPECT_EQ(bench.hash({{kMessage, 100}, {kRam + kRamSize - 64, 128}, {kMessage, 5}}), reg::kIrqStatusError.put(1)) << "runs out of memory";
  EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusBusError.put(1));
  bench.write(reg::kDescAddr, 0x40);  // no memory there
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  EXPECT_EQ(bench.finish(), reg::kIrqStatusError.put(1));
  EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusBusError.put(1));
  bench.write(reg::kDescAddr, kDescriptors + 4);
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  EXPECT_EQ(bench.finish(), reg::kIrqStatusError.put(1));
  EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusDescError.put(1));
  EXPECT_EQ(bench.hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") << "none of it stays";
  EXPECT_EQ(bench.read(reg::kStatus), 0u);
}

TEST_F(Sha256RtlTest, AbortEndsEvenAnEndlessChain) {
  Bench bench;
  bench.begin();
  const uint32_t self[4] = {kMessage, 64, kDescriptors, 0};
  std::memcpy(bench.at(kDescriptors), self, sizeof self);
  bench.write(reg::kDescAddr, kDescriptors);
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  run_for(sc_time(50, sc_core::SC_US));
  EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusBusy.put(1));
  EXPECT_FALSE(bench.irq);
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));  // ignored
  bench.write(reg::kCtrl, reg::kCtrlAbort.put(1));
  EXPECT_EQ(bench.finish(), reg::kIrqStatusError.put(1));
  EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusAborted.put(1));
  EXPECT_EQ(bench.hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Sha256RtlTest, AResetInMidHashLeavesNothingBehind) {
  Bench bench;
  bench.begin();
  bench.describe({{kMessage, 100'000}});
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  run_for(sc_time(100, sc_core::SC_US));
  bench.block.reset();
  run_for(sc_time(10, sc_core::SC_US));
  EXPECT_EQ(bench.read(reg::kStatus), 0u);
  bench.write(reg::kIrqEnable, reg::kIrqEnableDone.put(1));
  EXPECT_EQ(bench.hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Sha256RtlTest, TheInterruptWaitsForItsEnable) {
  Bench bench;
  bench.begin();
  bench.write(reg::kIrqEnable, 0);
  bench.describe({{kMessage, 3}});
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  run_for(sc_time(50, sc_core::SC_US));
  EXPECT_FALSE(bench.irq);
  EXPECT_EQ(bench.read(reg::kIrqStatus), reg::kIrqStatusDone.put(1));
  bench.write(reg::kIrqEnable, reg::kIrqEnableDone.put(1));
  run_for(sc_time(1, sc_core::SC_US));
  EXPECT_TRUE(bench.irq);
}

}  // namespace
}  // namespace saksi::hw
