// Goal: the part on the bus behaves as its data sheet says: wake, sleep and watchdog, framing and status codes, times, locks, what each command does, and
// that no command gives a private key away.
// Method: a host on the I2C interface itself, in virtual time; signatures are checked by the curve's own code and published vectors.
#include "hw-models/secure-element/atecc608.h"

#include <algorithm>
#include <string>

#include "hw-models/base/systemc_test.h"
#include "hw-models/secure-element/factory.h"

namespace saksi::hw {
namespace {

using sc_core::sc_time;
using Bytes = std::vector<uint8_t>;

constexpr uint8_t kOk = 0x00, kMiscompare = 0x01, kParse = 0x03, kExecution = 0x0F, kWatchdogNear = 0xEE, kCommunication = 0xFF;

sc_time ms(double value) { return sc_time(value, sc_core::SC_MS); }

/// A part with a host that talks to it.
class Host {
 public:
  explicit Host(const Atecc608Config& config) : part("element", config) { part.power_on(); }
  static sc_time now() { return sc_core::sc_time_stamp(); }
  static void run_for(const sc_time& time) { sc_core::sc_start(time, sc_core::SC_RUN_TO_TIME); }

  bool write(const Bytes& bytes) { return part.write(bytes.data(), bytes.size(), now()); }
  bool read(size_t size, Bytes* bytes) {
    bytes->assign(size, 0);
    return part.read(bytes->data(), size, now());
  }
  void wake() {
    part.sda_low(sc_time(80, sc_core::SC_US), now());
    run_for(ms(1.5));
  }
  static Bytes frame(uint8_t opcode, uint8_t param1, uint16_t param2, const Bytes& data) {
    Bytes bytes = {static_cast<uint8_t>(data.size() + 7), opcode, param1, static_cast<uint8_t>(param2), static_cast<uint8_t>(param2 >> 8)};
    bytes.insert(bytes.end(), data.begin(), data.end());
    const uint16_t crc = atecc608_crc(bytes.data(), bytes.size());
    bytes.insert(bytes.end(), {static_cast<uint8_t>(crc), static_cast<uint8_t>(crc >> 8)});
    bytes.insert(bytes.begin(), 0x03);
    return bytes;
  }
  /// Polls each 0.1 ms until the part acknowledges a read of the count, then reads the rest; how long it took goes to took_ms.
  Bytes answer() {
    const sc_time begun = now();
    Bytes count, rest;
    while (!read(1, &count)) {
      run_for(ms(0.1));
      if (now() - begun > ms(2'000)) return {};
    }
    took_ms = (now() - begun).to_seconds() * 1e3;
    read(count[0] - 1u, &rest);
    Bytes all = count;
    all.insert(all.end(), rest.begin(), rest.end());
    const uint16_t crc = atecc608_crc(all.data(), all.size() - 2);
    EXPECT_EQ(all[all.size() - 2], crc & 0xFF);
    EXPECT_EQ(all.back(), crc >> 8);
    return Bytes(rest.begin(), rest.end() - 2);
  }
  /// A command on a part that was just woken.
  Bytes command(uint8_t opcode, uint8_t param1, uint16_t param2, const Bytes& data = {}) {
    EXPECT_TRUE(write(frame(opcode, param1, param2, data)));
    return answer();
  }
  /// Idle and wake: the watchdog starts anew and what is in SRAM stays.
  void rearm() {
    write({0x02});
    wake();
  }

  Atecc608 part;
  double took_ms = 0;
};

Atecc608Config provisioned(uint64_t seed = 1) {
  Atecc608Config config;
  config.seed = seed;
  config.memory = Vendor().make_element(seed);
  return config;
}

Atecc608Config blank() { return Atecc608Config{1, Atecc608Memory({1, 2, 3, 4, 5, 6}), {}}; }

Bytes digest_bytes(const std::string& text) {
  const Digest digest = sha256(text);
  return Bytes(digest.begin(), digest.end());
}

P256Public public_of(const Bytes& bytes) {
  P256Public key{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
  return key;
}

class Atecc608Test : public SystemcTest {};

TEST(Atecc608Crc, ThePartsOwnConstants) {
  const uint8_t woke[] = {0x04, 0x11}, ok[] = {0x04, 0x00}, execution[] = {0x04, 0x0F}, crc[] = {0x04, 0xFF};
  EXPECT_EQ(atecc608_crc(woke, 2), 0x4333);
  EXPECT_EQ(atecc608_crc(ok, 2), 0x4003);
  EXPECT_EQ(atecc608_crc(execution, 2), 0x4223);
  EXPECT_EQ(atecc608_crc(crc, 2), 0x4201);
}

TEST_F(Atecc608Test, IsWokenByALongLowAndNotByAShortOne) {
  Host host(provisioned());
  Bytes answer;
  EXPECT_FALSE(host.write({0x03})) << "asleep";
  host.part.sda_low(sc_time(22.5, sc_core::SC_US), Host::now());
  Host::run_for(ms(5));
  EXPECT_FALSE(host.read(4, &answer));
  host.part.sda_low(sc_time(60, sc_core::SC_US), Host::now());
  Host::run_for(ms(1.4));
  EXPECT_FALSE(host.read(4, &answer)) << "still waking";
  Host::run_for(ms(0.1));
  EXPECT_TRUE(host.read(4, &answer));
  EXPECT_EQ(answer, (Bytes{0x04, 0x11, 0x33, 0x43}));
}

TEST_F(Atecc608Test, SleepsAfterItsWatchdogAndWhenTold) {
  Host host(provisioned());
  Bytes answer;
  host.wake();
  Host::run_for(ms(1'298));
  EXPECT_TRUE(host.read(1, &answer));
  Host::run_for(ms(1));
  EXPECT_FALSE(host.read(1, &answer));
  host.wake();
  EXPECT_TRUE(host.write({0x01}));
  EXPECT_FALSE(host.read(1, &answer));
}

TEST_F(Atecc608Test, ACommandThatMightNotBeDoneInTimeIsRefused) {
  Host host(provisioned());
  host.wake();
  Host::run_for(ms(1'200));
  EXPECT_EQ(host.command(0x41, 0x80, 0), Bytes{kWatchdogNear});
  EXPECT_EQ(host.command(0x30, 0x00, 0), (Bytes{0x00, 0x00, 0x60, 0x02})) << "a short one has time";
}

TEST_F(Atecc608Test, AnswersPowerLossAndBadFrames) {
  Host host(provisioned());
  host.wake();
  Bytes frame = Host::frame(0x30, 0, 0, {});
  frame.back() ^= 1;
  EXPECT_TRUE(host.write(frame));
  EXPECT_EQ(host.answer(), Bytes{kCommunication});
  frame = Host::frame(0x30, 0, 0, {});
  frame[1] = 9;
  EXPECT_TRUE(host.write(frame));
  EXPECT_EQ(host.answer(), Bytes{kCommunication});
  EXPECT_TRUE(host.write({0x03}));
  EXPECT_EQ(host.answer(), Bytes{kCommunication});
  EXPECT_EQ(host.command(0x99, 0, 0), Bytes{kParse});
  EXPECT_EQ(host.command(0x30, 7, 0), Bytes{kParse});
  host.part.power_off();
  EXPECT_FALSE(host.write({0x00}));
  host.part.sda_low(sc_time(80, sc_core::SC_US), Host::now());
  Host::run_for(ms(2));
  EXPECT_FALSE(host.write({0x00})) << "without power nothing wakes it";
}

TEST_F(Atecc608Test, SignsADigestThatItsCertificatesKeyVerifies) {
  Host host(provisioned());
  host.wake();
  const Bytes key = host.command(0x40, 0x00, 0);
  ASSERT_EQ(key.size(), 64u);
  EXPECT_EQ(host.command(0x16, 0x03, 0, digest_bytes("a GOP")), Bytes{kOk});
  EXPECT_GE(host.took_ms, 17);
  EXPECT_LE(host.took_ms, 20.2);
  const Bytes signature = host.command(0x41, 0x80, 0);
  EXPECT_GE(host.took_ms, 60);
  EXPECT_LE(host.took_ms, 115.2);
  ASSERT_EQ(signature.size(), 64u);
  EXPECT_TRUE(p256_verify(public_of(key), sha256(std::string("a GOP")), public_of(signature)));
  EXPECT_EQ(host.command(0x41, 0x80, 0), Bytes{kExecution}) << "TempKey is used up";
}

TEST_F(Atecc608Test, SignsFromTheMessageDigestBufferToo) {
  Host host(provisioned());
  host.wake();
  const Bytes key = host.command(0x40, 0x00, 0);
  EXPECT_EQ(host.command(0x16, 0x43, 0, digest_bytes("x")), Bytes{kOk});
  const Bytes signature = host.command(0x41, 0xA0, 0);
  EXPECT_TRUE(p256_verify(public_of(key), sha256(std::string("x")), public_of(signature)));
}

TEST_F(Atecc608Test, SleepForgetsWhatIdleKeeps) {
  Host host(provisioned());
  host.wake();
  EXPECT_EQ(host.command(0x16, 0x03, 0, digest_bytes("a")), Bytes{kOk});
  host.rearm();
  EXPECT_EQ(host.command(0x41, 0x80, 0).size(), 64u);
  EXPECT_EQ(host.command(0x16, 0x03, 0, digest_bytes("a")), Bytes{kOk});
  host.write({0x01});
  host.wake();
  EXPECT_EQ(host.command(0x41, 0x80, 0), Bytes{kExecution});
}

TEST_F(Atecc608Test, AnAnswerIsReadInPiecesAndFromItsStartAgain) {
  Host host(provisioned());
  host.wake();
  host.command(0x16, 0x03, 0, digest_bytes("a"));
  EXPECT_TRUE(host.write(Host::frame(0x41, 0x80, 0, {})));
  Host::run_for(ms(116));
  Bytes first, second, whole, beyond;
  EXPECT_TRUE(host.read(64, &first));
  EXPECT_TRUE(host.read(3, &second));
  EXPECT_TRUE(host.read(1, &beyond));
  EXPECT_EQ(beyond, Bytes{0xFF});
  EXPECT_TRUE(host.write({0x00}));
  EXPECT_TRUE(host.read(67, &whole));
  first.insert(first.end(), second.begin(), second.end());
  EXPECT_EQ(first, whole);
  EXPECT_EQ(whole[0], 67);
}

TEST_F(Atecc608Test, WhatLosesPowerHasNotHappened) {
  Host host(provisioned());
  host.wake();
  EXPECT_TRUE(host.write(Host::frame(0x24, 1, 0, {})));
  host.part.power_off();
  Host::run_for(ms(30));
  host.part.power_on();
  host.wake();
  EXPECT_EQ(host.command(0x24, 0, 0), (Bytes{0, 0, 0, 0}));
  EXPECT_EQ(host.command(0x24, 1, 0), (Bytes{1, 0, 0, 0}));
  host.part.power_off();
  host.part.power_on();
  host.wake();
  EXPECT_EQ(host.command(0x24, 0, 0), (Bytes{1, 0, 0, 0})) << "and what was done stays";
  EXPECT_EQ(host.command(0x24, 0, 1), (Bytes{0, 0, 0, 0})) << "the other counter";
  EXPECT_EQ(host.command(0x24, 0, 2), Bytes{kParse});
}

TEST_F(Atecc608Test, ACounterEndsAtItsMaximum) {
  Atecc608Config config = provisioned();
  config.memory.counters[0] = Atecc608Memory::kCounterMax - 1;
  Host host(config);
  host.wake();
  EXPECT_EQ(host.command(0x24, 1, 0), (Bytes{0xFF, 0xFF, 0x1F, 0}));
  EXPECT_EQ(host.command(0x24, 1, 0), Bytes{kExecution});
}

TEST_F(Atecc608Test, NoCommandReadsThePrivateKey) {
  for (const bool locked : {false, true}) {
    Atecc608Config config = provisioned();
    if (!locked) config.memory.config[Atecc608Memory::kLockDataAt] = Atecc608Memory::kUnlocked;
    const P256Scalar secret = config.memory.key(0).secret();
    Atecc608Commands commands(config.memory, 1, {});
    size_t answers = 0;
    const Bytes message = digest_bytes("m");
    for (int opcode = 0; opcode < 256; ++opcode) {
      for (int param1 = 0; param1 < 256; ++param1) {
        for (const uint16_t param2 : {0x0000, 0x0001, 0x0008, 0x0100, 0x0107}) {
          for (const size_t size : {size_t{0}, size_t{32}}) {
            if (static_cast<Atecc608Op>(opcode) == Atecc608Op::kLock) continue;
            commands.execute({0x16, 0x03, 0, message});
            const Bytes answer = commands.execute({static_cast<uint8_t>(opcode), static_cast<uint8_t>(param1), param2, Bytes(size, 0x5A)});
            answers += answer.size() >= 4 ? 1 : 0;
            for (size_t word = 0; word + 4 <= secret.size(); word += 4) {
              const auto found = std::search(answer.begin(), answer.end(), secret.begin() + static_cast<long>(word), secret.begin() + static_cast<long>(word) + 4);
              ASSERT_EQ(found, answer.end()) << "opcode " << opcode << " param1 " << param1;
            }
          }
          if (static_cast<Atecc608Op>(opcode) == Atecc608Op::kSign || static_cast<Atecc608Op>(opcode) == Atecc608Op::kGenKey) param1 += 15;
        }
      }
    }
    EXPECT_GT(answers, 20u) << "the search saw answers with data at all";
  }
}

TEST_F(Atecc608Test, ReadsConfigurationAndCertificateButNoSecret) {
  Host host(provisioned());
  host.wake();
  const Bytes head = host.command(0x02, 0x80, 0);
  ASSERT_EQ(head.size(), 32u);
  EXPECT_EQ(head[0], 0x01);
  EXPECT_EQ(head[1], 0x23);
  EXPECT_EQ(head[12], 0xEE);
  EXPECT_EQ(head[16], 0xC0);
  Bytes certificate;
  for (uint16_t block = 0; block < 13; ++block) {
    const Bytes part = host.command(0x02, 0x82, static_cast<uint16_t>(block << 8 | 8 << 3));
    ASSERT_EQ(part.size(), 32u);
    certificate.insert(certificate.end(), part.begin(), part.end());
  }
  EXPECT_EQ(certificate, host.part.memory().slots[8]);
  EXPECT_EQ(host.command(0x02, 0x82, 13 << 8 | 8 << 3), Bytes{kParse}) << "behind the slot's end";
  EXPECT_EQ(host.command(0x02, 0x03, 0), Bytes{kParse}) << "no such zone";
  EXPECT_EQ(host.command(0x02, 0x82, 1 << 3), Bytes{kExecution}) << "a slot that is secret";
}

TEST_F(Atecc608Test, ReadsNoDataBeforeItsZoneIsLocked) {
  Host host(blank());
  host.wake();
  EXPECT_EQ(host.command(0x02, 0x82, 8 << 3), Bytes{kExecution});
  EXPECT_EQ(host.command(0x02, 0x80, 0).size(), 32u) << "but its configuration";
}

TEST_F(Atecc608Test, IsProvisionedOverTheBus) {
  Host host(blank());
  host.wake();
  EXPECT_EQ(host.command(0x1B, 0, 0).at(0), 0xFF) << "the pattern of an unlocked part";
  EXPECT_EQ(host.command(0x40, 0x04, 0), Bytes{kParse}) << "slot 0 holds no private key yet";
  EXPECT_EQ(host.command(0x12, 0x00, 5, {0x81, 0x20, 0x80, 0x80}), Bytes{kOk}) << "slot 0: made in the part, secret, signs";
  EXPECT_EQ(host.command(0x12, 0x00, 24, {0x33, 0x00, 0x1C, 0x00}), Bytes{kOk}) << "P-256, private, public key may be asked for, lockable";
  EXPECT_EQ(host.command(0x12, 0x00, 0, {9, 9, 9, 9}), Bytes{kParse}) << "the serial number";
  EXPECT_EQ(host.command(0x12, 0x00, 21, {0, 0, 0, 0}), Bytes{kParse}) << "the locks";
  EXPECT_EQ(host.command(0x40, 0x04, 0), Bytes{kExecution}) << "not before the configuration is locked";
  EXPECT_EQ(host.command(0x17, 0x00, 0x1234), Bytes{kExecution}) << "locking compares the CRC";
  host.rearm();
  const auto& config = host.part.memory().config;
  EXPECT_EQ(host.command(0x17, 0x00, atecc608_crc(config.data(), config.size())), Bytes{kOk});
  EXPECT_EQ(host.command(0x12, 0x00, 5, {0, 0, 0, 0}), Bytes{kExecution}) << "locked";
  const Bytes key = host.command(0x40, 0x04, 0);
  ASSERT_EQ(key.size(), 64u);
  EXPECT_EQ(host.command(0x16, 0x03, 0, digest_bytes("a")), Bytes{kOk});
  EXPECT_EQ(host.command(0x41, 0x80, 0), Bytes{kExecution}) << "no signatures before the data zone is locked";
  host.rearm();
  EXPECT_EQ(host.command(0x12, 0x82, 8 << 3, Bytes(32, 7)), Bytes{kOk});
  EXPECT_EQ(host.command(0x17, 0x81, 0), Bytes{kOk});
  EXPECT_EQ(host.command(0x16, 0x03, 0, digest_bytes("a")), Bytes{kOk});
  host.rearm();
  EXPECT_TRUE(p256_verify(public_of(key), sha256(std::string("a")), public_of(host.command(0x41, 0x80, 0))));
  EXPECT_EQ(host.command(0x17, 0x02, 0), Bytes{kOk}) << "slot 0 for itself";
  host.rearm();
  EXPECT_EQ(host.command(0x40, 0x04, 0), Bytes{kExecution}) << "no new key in a locked slot";
}

TEST_F(Atecc608Test, VerifiesExternalAndStoredKeys) {
  Host host(provisioned());
  const Digest digest = sha256(std::string("firmware"));
  const P256Signature signature = Vendor().sign_firmware(digest);
  const auto load = [&] { return host.command(0x16, 0x03, 0, Bytes(digest.begin(), digest.end())); };
  Bytes data(signature.begin(), signature.end());
  host.wake();
  EXPECT_EQ(load(), Bytes{kOk});
  EXPECT_EQ(host.command(0x45, 0x00, ElementSlots::kFirmwareKey, data), Bytes{kOk});
  data[5] ^= 1;
  EXPECT_EQ(load(), Bytes{kOk});
  EXPECT_EQ(host.command(0x45, 0x00, ElementSlots::kFirmwareKey, data), Bytes{kMiscompare});
  data[5] ^= 1;
  host.rearm();
  EXPECT_EQ(host.command(0x45, 0x00, ElementSlots::kFirmwareKey, data), Bytes{kExecution}) << "no message is loaded";
  EXPECT_EQ(host.command(0x45, 0x00, 8, data), Bytes{kParse}) << "no key in that slot";
  const P256Public key = host.part.memory().public_key(ElementSlots::kFirmwareKey);
  data.insert(data.end(), key.begin(), key.end());
  EXPECT_EQ(load(), Bytes{kOk});
  EXPECT_EQ(host.command(0x45, 0x02, 4, data), Bytes{kOk});
  EXPECT_EQ(host.command(0x45, 0x02, 3, data), Bytes{kParse}) << "another curve";
}

TEST_F(Atecc608Test, HashesAndDrawsAndTestsItself) {
  Host host(provisioned());
  host.wake();
  EXPECT_EQ(host.command(0x47, 1, 64, Bytes(64, 'a')), Bytes{kExecution}) << "not begun";
  EXPECT_EQ(host.command(0x47, 0, 0), Bytes{kOk});
  EXPECT_EQ(host.command(0x47, 1, 64, Bytes(64, 'a')), Bytes{kOk});
  EXPECT_EQ(host.command(0x47, 2, 3, Bytes(3, 'a')), digest_bytes(std::string(67, 'a')));
  const Bytes first = host.command(0x1B, 0, 0), second = host.command(0x1B, 0, 0);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_NE(first, second);
  host.rearm();
  EXPECT_EQ(host.command(0x77, 0x3D, 0), Bytes{kOk});
  const Bytes drawn = host.command(0x16, 0x00, 0, Bytes(20, 1));
  EXPECT_EQ(drawn.size(), 32u);
  EXPECT_EQ(host.command(0x41, 0x80, 0).size(), 64u) << "TempKey holds what came of both";
}

TEST_F(Atecc608Test, TheSameSeedGivesTheSameTimesAndNumbers) {
  std::vector<double> times;
  std::vector<Bytes> numbers;
  for (const uint64_t seed : {1, 1, 2}) {
    sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
    sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
    Host host(provisioned(seed));
    host.wake();
    numbers.push_back(host.command(0x1B, 0, 0));
    times.push_back(host.took_ms);
  }
  EXPECT_EQ(numbers[0], numbers[1]);
  EXPECT_EQ(times[0], times[1]);
  EXPECT_NE(numbers[0], numbers[2]);
}

TEST_F(Atecc608Test, FaultsReuseANonceOrReplayASignature) {
  for (const bool nonce : {true, false}) {
    sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
    sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
    Atecc608Config config = provisioned();
    config.faults.nonce_reused = nonce;
    config.faults.replayed_signatures = nonce ? 0 : 1;
    Host host(config);
    host.wake();
    const P256Public key = public_of(host.command(0x40, 0x00, 0));
    host.command(0x16, 0x03, 0, digest_bytes("first"));
    const Bytes first = host.command(0x41, 0x80, 0);
    host.command(0x16, 0x03, 0, digest_bytes("second"));
    const Bytes second = host.command(0x41, 0x80, 0);
    EXPECT_TRUE(p256_verify(key, sha256(std::string("first")), public_of(first)));
    EXPECT_EQ(p256_verify(key, sha256(std::string("second")), public_of(second)), nonce);
    EXPECT_TRUE(std::equal(first.begin(), first.begin() + 32, second.begin())) << "r is the nonce's";
    EXPECT_EQ(first == second, !nonce);
  }
}

TEST_F(Atecc608Test, DrawsPowerOnlyWhileAwake) {
  Host host(provisioned());
  EXPECT_EQ(host.part.load.uw(), 0u);
  host.wake();
  const uint32_t awake = host.part.load.uw();
  EXPECT_GT(awake, 0u);
  host.command(0x16, 0x03, 0, digest_bytes("a"));
  host.write(Host::frame(0x41, 0x80, 0, {}));
  EXPECT_GT(host.part.load.uw(), awake);
  Host::run_for(ms(120));
  EXPECT_EQ(host.part.load.uw(), awake) << "the command has ended, though nobody asked";
  Host::run_for(ms(1'400));
  EXPECT_EQ(host.part.load.uw(), 0u) << "asleep by its watchdog";
}

}  // namespace
}  // namespace saksi::hw
