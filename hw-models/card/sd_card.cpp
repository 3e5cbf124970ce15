#include "hw-models/card/sd_card.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "hw-models/card/card_registers.h"

namespace saksi::hw {

using sc_core::sc_time;

namespace {

// R1 bits, SD Physical Layer Simplified Specification 3.01, table 4-41.
constexpr uint32_t kOutOfRange = 1u << 31;
constexpr uint32_t kBlockLengthError = 1u << 29;
constexpr uint32_t kEraseSequenceError = 1u << 28;
constexpr uint32_t kEraseParameter = 1u << 27;
constexpr uint32_t kIllegalCommand = 1u << 22;
constexpr uint32_t kReadyForData = 1u << 8;
constexpr uint32_t kAppCmd = 1u << 5;
constexpr unsigned kStateShift = 9;

constexpr uint32_t kOcrVoltages = 0x00FF8000;  // 2.7 to 3.6 V
constexpr uint32_t kOcrReady = 1u << 31;
constexpr uint32_t kOcrHighCapacity = 1u << 30;

constexpr uint32_t kSwitch = 1u << 31;  // of CMD6: not just a question

constexpr uint32_t kSectorsPerAllocationUnit = 8192;  // 4 MiB
constexpr uint32_t kSectorsPerPage = 8;
constexpr uint32_t kSectorsPerMib = 2048;

sc_time from_ns(uint64_t ns) { return sc_time::from_value(ns * 1000); }

std::unique_ptr<SectorStore> make_store(const SdCardConfig& config) {
  auto store =
      config.image.empty() ? std::make_unique<SectorStore>(config.capacity_bytes / kSectorBytes) : std::make_unique<SectorStore>(config.image);
  if (store->sectors() < kSectorsPerCsize)
    throw UsageError("a card of less than 512 KiB does not exist" + (config.image.empty() ? "" : ": " + config.image));
  return store;
}

}  // namespace

SdCard::SdCard(sc_core::sc_module_name name, const SdCardConfig& config)
    : sc_module(name), config_(config), store_(make_store(config)), random_(config.seed, "card") {
  SC_HAS_PROCESS(SdCard);
  SC_METHOD(durable_method);
  sensitive << durable_event_;
  dont_initialize();
}

void SdCard::exchange(const SdCardConfig& config) {
  if (powered_) SC_REPORT_FATAL(name(), "a card cannot be exchanged while it has power");
  store_ = make_store(config);
  config_ = config;
  random_ = SeedStream(config.seed, "card");
}

uint32_t SdCard::capacity_sectors() const { return static_cast<uint32_t>(store_->sectors() / kSectorsPerCsize * kSectorsPerCsize); }

void SdCard::power_on(const sc_time&) {
  if (powered_) return;
  powered_ = true;
  go_idle();
}

void SdCard::power_off(const sc_time& now) {
  if (!powered_) return;
  commit(now);
  drop_programming();
  powered_ = false;
  go_idle();
}

/// What CMD0 and a power cycle have in common.
void SdCard::go_idle() {
  state_ = State::kIdle;
  status_ = 0;
  rca_ = 0;
  application_ = wide_bus_ = high_speed_ = initialising_ = false;
  set_block_count_ = 0;
  erase_first_set_ = erase_last_set_ = false;
  update_load();
}

void SdCard::drop_programming() {
  programming_.clear();
  durable_event_.cancel();
}

void SdCard::durable_method() {
  commit(sc_core::sc_time_stamp());
  settle(sc_core::sc_time_stamp());
}

void SdCard::commit(const sc_time& until) {
  while (!programming_.empty() && programming_.front().durable <= until) {
    const Programming& item = programming_.front();
    if (item.erase_count > 0) {
      store_->erase(item.lba, item.erase_count);
      if (hook_) hook_->sectors_erased(item.durable, item.lba, item.erase_count);
    } else {
      store_->write(item.lba, item.data.data());
      ++sectors_written_;
      if (hook_) hook_->sector_written(item.durable, item.lba, item.data.data());
    }
    programming_.pop_front();
  }
  schedule_durable();
}

void SdCard::schedule_durable() {
  durable_event_.cancel();
  if (programming_.empty() || programming_.front().durable == sc_core::sc_max_time()) return;
  const sc_time kernel = sc_core::sc_time_stamp();
  const sc_time& when = programming_.front().durable;
  durable_event_.notify(when > kernel ? when - kernel : sc_core::SC_ZERO_TIME);
}

/// Leaves the programming state when its time has passed.
void SdCard::settle(const sc_time& now) {
  commit(now);
  if (programming_.empty()) {
    if (state_ == State::kProgram) state_ = State::kTransfer;
    if (state_ == State::kDisconnect) state_ = State::kStandby;
  }
  update_load();
}

void SdCard::update_load() {
  if (!powered_) {
    load.set_uw(0);
  } else if (state_ == State::kReceive || !programming_.empty()) {
    load.set_uw(config_.write_uw);
  } else {
    load.set_uw(state_ == State::kData ? config_.read_uw : config_.idle_uw);
  }
}

SdCard::State SdCard::state(const sc_time& now) {
  settle(now);
  return state_;
}

sc_time SdCard::busy_until(const sc_time& now) {
  if (!powered_) return now;
  settle(now);
  if (state_ == State::kProgram) return programming_.back().durable;
  if (state_ == State::kReceive && programming_.size() >= config_.timing.buffer_sectors) {
    return programming_[programming_.size() - config_.timing.buffer_sectors].durable;
  }
  return now;
}

// Commands.

bool SdCard::allowed(uint8_t index) const {
  const auto in = [this](std::initializer_list<State> states) { return std::find(states.begin(), states.end(), state_) != states.end(); };
  switch (index) {
    case 0:
      return true;
    case 2:
      return in({State::kReady});
    case 3:
      return in({State::kIdent, State::kStandby});
    case 7:
      return in({State::kStandby, State::kTransfer, State::kData, State::kProgram, State::kDisconnect});
    case 8:
      return in({State::kIdle});
    case 9:
    case 10:
      return in({State::kStandby});
    case 12:
      return in({State::kData, State::kReceive});
    case 13:
    case 15:
      return state_ >= State::kStandby && state_ != State::kInactive;
    case 55:
      return state_ == State::kIdle || (state_ >= State::kStandby && state_ != State::kInactive);
    case 6:
    case 16:
    case 17:
    case 18:
    case 23:
    case 24:
    case 25:
    case 32:
    case 33:
    case 38:
      return in({State::kTransfer});
    default:
      return false;
  }
}

CardResponse SdCard::command(uint8_t index, uint32_t argument, const sc_time& now) {
  if (!powered_ || state_ == State::kInactive) return CardResponse{};
  settle(now);
  state_at_command_ = state_;
  const bool application = application_;
  application_ = false;
  const uint32_t count = set_block_count_;
  if (index != 18 && index != 25) set_block_count_ = 0;
  CardResponse response;
  const bool handled = application && application_command(index, argument, now, response);
  if (!handled) response = allowed(index) ? standard_command(index, argument, now) : illegal();
  if (count != 0 && (index == 18 || index == 25)) set_block_count_ = 0;
  settle(now);
  return response;
}

CardResponse SdCard::standard_command(uint8_t index, uint32_t argument, const sc_time& now) {
  const bool addressed = (argument >> 16) == rca_;
  switch (index) {
    case 0:
      drop_programming();
      go_idle();
      return CardResponse{};
    case 2:
      state_ = State::kIdent;
      return r2(card_id(config_.serial));
    case 3:
      return publish_address();
    case 6:
      return send_register(switch_status(argument, high_speed_, (argument & kSwitch) != 0 ? &high_speed_ : nullptr));
    case 7:
      return select(argument);
    case 8:
      return send_if_cond(argument);
    case 9:
      return addressed ? r2(card_specific_data(capacity_sectors(), high_speed_)) : CardResponse{};
    case 10:
      return addressed ? r2(card_id(config_.serial)) : CardResponse{};
    case 12:
      return stop();
    case 13:
      return addressed ? r1() : CardResponse{};
    case 15:
      if (addressed) state_ = State::kInactive;
      return CardResponse{};
    case 16:
      if (argument != kSectorBytes) status_ |= kBlockLengthError;
      return r1();
    case 17:
    case 18:
      return start_read(index, argument);
    case 23:
      set_block_count_ = argument;
      return r1();
    case 24:
    case 25:
      return start_write(index, argument);
    case 32:
      erase_first_ = argument;
      erase_first_set_ = true;
      erase_last_set_ = false;
      return r1();
    case 33:
      if (!erase_first_set_) status_ |= kEraseSequenceError;
      erase_last_ = argument;
      erase_last_set_ = erase_first_set_;
      return r1();
    case 38:
      return erase(now);
    case 55:
      if (!addressed) return CardResponse{};
      application_ = true;
      return r1();
    default:
      return illegal();
  }
}

/// False: not one of the application commands; it is then taken as the plain command of that number.
bool SdCard::application_command(uint8_t index, uint32_t argument, const sc_time& now, CardResponse& response) {
  if (index == 41) {
    response = state_ == State::kIdle ? send_op_cond(argument, now) : illegal();
    return true;
  }
  if (index != 6 && index != 13 && index != 22 && index != 23 && index != 42 && index != 51) return false;
  if (state_ != State::kTransfer) {
    response = illegal();
    return true;
  }
  application_ = true;  // shows in this response
  switch (index) {
    case 6:
      wide_bus_ = (argument & 3) == 2;
      response = r1();
      break;
    case 13:
      response = send_register(sd_status(wide_bus_));
      break;
    case 22:
      response = send_register({static_cast<uint8_t>(well_written_ >> 24), static_cast<uint8_t>(well_written_ >> 16),
                                static_cast<uint8_t>(well_written_ >> 8), static_cast<uint8_t>(well_written_)});
      break;
    case 51:
      response = send_register(sd_configuration());
      break;
    default:
      response = r1();
      break;  // 23: a hint that changes nothing; 42: the pull-up on DAT3
  }
  application_ = false;
  return true;
}

CardResponse SdCard::publish_address() {
  rca_ = static_cast<uint16_t>(rca_ + 0x4567);
  state_ = State::kStandby;
  CardResponse response;
  response.kind = CardResponse::Kind::kShort;
  const uint32_t status = status_word();
  response.value = static_cast<uint32_t>(rca_) << 16 | (status >> 8 & 0xC000) | (status >> 6 & 0x2000) | (status & 0x1FFF);
  return response;
}

CardResponse SdCard::select(uint32_t argument) {
  if ((argument >> 16) == rca_) {
    if (state_ == State::kTransfer || state_ == State::kData || state_ == State::kProgram) return illegal();
    state_ = state_ == State::kDisconnect ? State::kProgram : State::kTransfer;
    return r1b();
  }
  state_ = state_ == State::kProgram || state_ == State::kDisconnect ? State::kDisconnect : State::kStandby;
  return CardResponse{};
}

CardResponse SdCard::send_if_cond(uint32_t argument) {
  if ((argument >> 8 & 0xF) != 1) return CardResponse{};  // not 2.7 to 3.6 V
  CardResponse response;
  response.kind = CardResponse::Kind::kShort;
  response.value = argument & 0xFFF;
  return response;
}

CardResponse SdCard::send_op_cond(uint32_t argument, const sc_time& now) {
  CardResponse response;
  response.kind = CardResponse::Kind::kShort;
  response.checkable = false;
  response.value = kOcrVoltages;
  if ((argument & kOcrVoltages) == 0) return response;  // an inquiry
  if (!initialising_) {
    initialising_ = true;
    ready_at_ = now + from_ns(config_.timing.init_us * 1000ull);
  }
  // A host that does not say that it knows high capacity waits for ever, as the standard has it.
  if (now >= ready_at_ && (argument & kOcrHighCapacity) != 0) {
    state_ = State::kReady;
    response.value |= kOcrReady | kOcrHighCapacity;
  }
  return response;
}

CardResponse SdCard::start_read(uint8_t index, uint32_t argument) {
  if (argument >= capacity_sectors()) {
    status_ |= kOutOfRange;
    return r1();
  }
  if (on_read_) on_read_();
  next_lba_ = argument;
  limited_ = index == 17 || set_block_count_ != 0;
  blocks_left_ = index == 17 ? 1 : set_block_count_;
  first_block_ = true;
  register_block_.clear();
  state_ = State::kData;
  return r1(CardResponse::Data::kToHost);
}

CardResponse SdCard::start_write(uint8_t index, uint32_t argument) {
  if (argument >= capacity_sectors()) {
    status_ |= kOutOfRange;
    return r1();
  }
  next_lba_ = argument;
  limited_ = index == 24 || set_block_count_ != 0;
  blocks_left_ = index == 24 ? 1 : set_block_count_;
  first_block_ = true;
  well_written_ = 0;
  ++write_commands_;
  state_ = State::kReceive;
  return r1(CardResponse::Data::kToCard);
}

CardResponse SdCard::stop() {
  register_block_.clear();
  state_ = state_ == State::kReceive ? State::kProgram : State::kTransfer;
  return r1b();
}

CardResponse SdCard::erase(const sc_time& now) {
  if (!erase_first_set_ || !erase_last_set_) {
    status_ |= kEraseSequenceError;
    return r1();
  }
  erase_first_set_ = erase_last_set_ = false;
  if (erase_last_ < erase_first_ || erase_last_ >= capacity_sectors()) {
    status_ |= erase_last_ < erase_first_ ? kEraseParameter : kOutOfRange;
    return r1();
  }
  const uint64_t units = erase_last_ / kSectorsPerAllocationUnit - erase_first_ / kSectorsPerAllocationUnit + 1;
  const sc_time end = now + from_ns(units * config_.timing.erase_us * 1000ull);
  programming_.push_back(Programming{end, erase_first_, erase_last_ - erase_first_ + 1, {}});
  schedule_durable();
  state_ = State::kProgram;
  return r1b();
}

// Responses.

uint32_t SdCard::status_word() {
  uint32_t word = status_ | static_cast<uint32_t>(state_at_command_) << kStateShift;
  if (programming_.empty() && state_at_command_ != State::kProgram) word |= kReadyForData;
  if (application_) word |= kAppCmd;
  status_ = 0;  // error bits are cleared by being read
  return word;
}

CardResponse SdCard::r1(CardResponse::Data data) {
  CardResponse response;
  response.kind = CardResponse::Kind::kShort;
  response.value = status_word();
  response.data = data;
  return response;
}

CardResponse SdCard::r1b() {
  CardResponse response = r1();
  response.busy = true;
  return response;
}

CardResponse SdCard::r2(const std::array<uint8_t, 16>& bytes) {
  CardResponse response;
  response.kind = CardResponse::Kind::kLong;
  response.register_bytes = bytes;
  return response;
}

CardResponse SdCard::send_register(std::vector<uint8_t> bytes) {
  register_block_ = std::move(bytes);
  limited_ = true;
  blocks_left_ = 1;
  first_block_ = true;
  state_ = State::kData;
  return r1(CardResponse::Data::kToHost);
}

/// No response; the status bit tells with the next one.
CardResponse SdCard::illegal() {
  status_ |= kIllegalCommand;
  return CardResponse{};
}

// Data.

sc_time SdCard::data_ready(const sc_time& after) const {
  if (!first_block_) return after + from_ns(config_.timing.read_gap_ns);
  return register_block_.empty() ? after + from_ns(config_.timing.read_access_us * 1000ull) : after;
}

size_t SdCard::next_block_size() const {
  if (!powered_ || state_ != State::kData || (limited_ && blocks_left_ == 0)) return 0;
  if (!register_block_.empty()) return register_block_.size();
  return next_lba_ < capacity_sectors() ? kSectorBytes : 0;
}

void SdCard::read_block(uint8_t* data, const sc_time& now) {
  if (next_block_size() == 0) return;
  first_block_ = false;
  if (!register_block_.empty()) {
    std::copy(register_block_.begin(), register_block_.end(), data);
    register_block_.clear();
  } else {
    store_->read(next_lba_, data);
    if (++next_lba_ == capacity_sectors() && !(limited_ && blocks_left_ == 1)) status_ |= kOutOfRange;
  }
  if (limited_ && --blocks_left_ == 0) state_ = State::kTransfer;
  settle(now);
}

/// Nanoseconds until a sector that comes next in programming is durable.
uint64_t SdCard::program_ns(uint32_t lba) {
  const CardTiming& timing = config_.timing;
  uint64_t ns = 0;
  if (first_block_) {
    ns += vary(timing.write_start_us * 1000ull, timing.spread_permille, random_);
    if (timing.stall_after_writes != 0 && write_commands_ % timing.stall_after_writes == 0) ns += timing.stall_ms * 1'000'000ull;
  }
  if (first_block_ || lba % kSectorsPerPage == 0) program_4k_ns_ = vary(timing.program_4k_us * 1000ull, timing.spread_permille, random_);
  ns += program_4k_ns_ / kSectorsPerPage;
  ++sectors_received_;
  if (timing.stall_each_mib != 0 && sectors_received_ % (timing.stall_each_mib * kSectorsPerMib) == 0) {
    ns += (timing.stall_min_ms + random_.below(timing.stall_max_ms - timing.stall_min_ms + 1ull)) * 1'000'000ull;
  }
  return ns;
}

bool SdCard::hangs() const {
  return config_.timing.stall_ms == CardTiming::kStallForever && config_.timing.stall_after_writes != 0 &&
         write_commands_ >= config_.timing.stall_after_writes;
}

bool SdCard::write_block(const uint8_t* data, const sc_time& now) {
  if (!powered_ || state_ != State::kReceive) return false;
  if (next_lba_ >= capacity_sectors()) {
    status_ |= kOutOfRange;
    return false;
  }
  settle(now);
  Programming item;
  item.lba = next_lba_++;
  item.erase_count = 0;
  const uint64_t ns = program_ns(item.lba);
  const sc_time begin = programming_.empty() ? now : programming_.back().durable;
  item.durable = hangs() || begin == sc_core::sc_max_time() ? sc_core::sc_max_time() : begin + from_ns(ns);
  std::memcpy(item.data.data(), data, kSectorBytes);
  programming_.push_back(item);
  if (programming_.size() == 1) schedule_durable();
  first_block_ = false;
  ++well_written_;
  if (limited_ && --blocks_left_ == 0) state_ = State::kProgram;
  settle(now);
  return true;
}

}  // namespace saksi::hw
