#include "hw-models/secure-element/atecc608.h"

#include <algorithm>

namespace saksi::hw {

namespace {

using sc_core::sc_time;

sc_time microseconds(uint64_t us) { return sc_time::from_value(us * 1'000'000); }

const sc_time kWakeLow = microseconds(60);         // tWLO
const sc_time kWakeTime = microseconds(1'500);     // tWHI
const sc_time kWatchdog = microseconds(1'300'000);
const sc_time kRefusalTime = microseconds(1'000);  // to look at a command and refuse it

// Of the supply current at 3.3 V (data sheet, 8.4: 14 mA while an ECC command executes, 3 mA awake, 0.8 mA idle, 30 nA asleep).
constexpr uint32_t kExecutingUw = 46'000;
constexpr uint32_t kAwakeUw = 10'000;
constexpr uint32_t kIdleUw = 2'600;

enum WordAddress : uint8_t { kResetPointer = 0, kSleep = 1, kIdleWord = 2, kCommandWord = 3 };

/// Milliseconds that a command takes in clock mode M0.
struct ExecutionTime {
  Atecc608Op op;
  uint32_t typical_ms;
  uint32_t longest_ms;
};

constexpr ExecutionTime kTimes[] = {
    {Atecc608Op::kRead, 1, 5},     {Atecc608Op::kWrite, 8, 45},    {Atecc608Op::kNonce, 17, 20},  {Atecc608Op::kLock, 15, 35},
    {Atecc608Op::kRandom, 15, 23}, {Atecc608Op::kCounter, 1, 25},  {Atecc608Op::kInfo, 1, 5},     {Atecc608Op::kGenKey, 59, 115},
    {Atecc608Op::kSign, 60, 115},  {Atecc608Op::kVerify, 27, 105}, {Atecc608Op::kSha, 1, 36},     {Atecc608Op::kSelfTest, 200, 250},
};

const ExecutionTime& time_of(uint8_t opcode) {
  return *std::find_if(std::begin(kTimes), std::end(kTimes), [&](const ExecutionTime& time) { return static_cast<uint8_t>(time.op) == opcode; });
}

}  // namespace

Atecc608::Atecc608(sc_core::sc_module_name name, const Atecc608Config& config)
    : sc_core::sc_module(name),
      commands_(config.memory, config.seed, config.faults),
      times_(config.seed, "secure element times"),
      replayed_signatures_(config.faults.replayed_signatures),
      event_("event") {
  SC_HAS_PROCESS(Atecc608);
  SC_METHOD(event_method);
  sensitive << event_;
  dont_initialize();
}

void Atecc608::power_on() {
  if (mode_ == Mode::kOff) sleep();
}

void Atecc608::power_off() {
  settle(sc_core::sc_time_stamp());
  sleep();
  enter(Mode::kOff);
}

void Atecc608::enter(Mode mode) {
  mode_ = mode;
  load.set_uw(mode == Mode::kAwake ? (executing_ ? kExecutingUw : kAwakeUw) : mode == Mode::kIdle ? kIdleUw : 0);
}

void Atecc608::sleep() {
  commands_.forget();
  executing_.reset();
  output_.clear();
  output_position_ = 0;
  event_.cancel();
  enter(Mode::kAsleep);
}

void Atecc608::sda_low(sc_time duration, sc_time now) {
  settle(now);
  if (duration < kWakeLow || (mode_ != Mode::kAsleep && mode_ != Mode::kIdle)) return;
  ready_at_ = now + kWakeTime;
  watchdog_at_ = now + kWatchdog;
  answer({static_cast<uint8_t>(Atecc608Status::kWoke)});
  enter(Mode::kAwake);
  wait_for_event(now);
}

void Atecc608::wait_for_event(sc_time now) {
  const sc_time next = executing_ ? std::min(ready_at_, watchdog_at_) : watchdog_at_;
  event_.cancel();
  // An access may carry a time ahead of the kernel's.
  event_.notify(std::max(next, now) - sc_core::sc_time_stamp());
}

void Atecc608::event_method() {
  const sc_time now = sc_core::sc_time_stamp();
  settle(now);
  if (mode_ == Mode::kAwake) wait_for_event(now);
}

void Atecc608::settle(sc_time now) {
  if (mode_ != Mode::kAwake) return;
  if (executing_ && ready_at_ <= std::min(now, watchdog_at_)) finish();
  if (watchdog_at_ <= now) sleep();
}

void Atecc608::finish() {
  const Atecc608Command command = std::move(*executing_);
  executing_.reset();
  std::vector<uint8_t> payload = commands_.execute(command);
  const bool is_signature = command.opcode == static_cast<uint8_t>(Atecc608Op::kSign) && payload.size() > 1;
  if (is_signature && ++signatures_ == 1) first_signature_ = payload;
  if (is_signature && replayed_signatures_ != 0 && signatures_ > replayed_signatures_) payload = first_signature_;
  answer(payload);
  enter(Mode::kAwake);
}

void Atecc608::answer(const std::vector<uint8_t>& payload) {
  constexpr size_t kFraming = 3;  // count and CRC
  output_.assign(1, static_cast<uint8_t>(payload.size() + kFraming));
  output_.insert(output_.end(), payload.begin(), payload.end());
  const uint16_t crc = atecc608_crc(output_.data(), output_.size());
  output_.push_back(static_cast<uint8_t>(crc));
  output_.push_back(static_cast<uint8_t>(crc >> 8));
  output_position_ = 0;
}

bool Atecc608::write(const uint8_t* data, size_t size, sc_time now) {
  settle(now);
  if (mode_ != Mode::kAwake || now < ready_at_) return false;
  if (size == 0) return true;
  switch (data[0]) {
    case kResetPointer: output_position_ = 0; break;
    case kSleep: sleep(); break;
    case kIdleWord:
      event_.cancel();
      enter(Mode::kIdle);
      break;
    case kCommandWord: receive(data + 1, size - 1, now); break;
    default: break;
  }
  return true;
}

void Atecc608::receive(const uint8_t* data, size_t size, sc_time now) {
  constexpr size_t kHead = 5, kCrc = 2, kLongest = 155;
  if (size < kHead + kCrc || size > kLongest || data[0] != size) return refuse(Atecc608Status::kCommunication, now);
  const uint16_t crc = atecc608_crc(data, size - kCrc);
  if (data[size - 2] != (crc & 0xFF) || data[size - 1] != crc >> 8) return refuse(Atecc608Status::kCommunication, now);
  Atecc608Command command;
  command.opcode = data[1];
  command.param1 = data[2];
  command.param2 = static_cast<uint16_t>(data[3] | data[4] << 8);
  command.data.assign(data + kHead, data + size - kCrc);
  if (!Atecc608Commands::is_known(command.opcode)) return refuse(Atecc608Status::kParse, now);
  if (now + microseconds(uint64_t{time_of(command.opcode).longest_ms} * 1'000) > watchdog_at_) return refuse(Atecc608Status::kWatchdogNear, now);
  start(std::move(command), now);
}

void Atecc608::refuse(Atecc608Status code, sc_time now) {
  answer({static_cast<uint8_t>(code)});
  ready_at_ = now + kRefusalTime;
}

void Atecc608::start(Atecc608Command command, sc_time now) {
  ready_at_ = now + draw_time(command.opcode);
  executing_ = std::move(command);
  enter(Mode::kAwake);
  wait_for_event(now);
}

sc_time Atecc608::draw_time(uint8_t opcode) {
  const ExecutionTime& time = time_of(opcode);
  const uint64_t range_us = uint64_t{time.longest_ms - time.typical_ms} * 1'000;
  return microseconds(uint64_t{time.typical_ms} * 1'000 + times_.below(range_us + 1));
}

bool Atecc608::read(uint8_t* data, size_t size, sc_time now) {
  settle(now);
  if (mode_ != Mode::kAwake || now < ready_at_) return false;
  for (size_t i = 0; i < size; ++i) data[i] = output_position_ < output_.size() ? output_[output_position_++] : 0xFF;
  return true;
}

}  // namespace saksi::hw
