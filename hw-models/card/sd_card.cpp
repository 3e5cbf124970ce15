#include "hw-models/card/sd_card.h"

#include <fmt/format.h>

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
constexpr uint32_t kCommandCrcError = 1u << 23;
constexpr uint32_t kIllegalCommand = 1u << 22;
constexpr uint32_t kError = 1u << 19;
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
    : sc_module(name), config_(config), store_(make_store(config)), random_(config.seed, "card"), fault_random_(config.seed, "card faults") {
  SC_HAS_PROCESS(SdCard);
  SC_METHOD(durable_method);
  sensitive << durable_event_;
  dont_initialize();
  set_up_faults();
}

void SdCard::exchange(const SdCardConfig& config) {
  if (powered_) SC_REPORT_FATAL(name(), "a card cannot be exchanged while it has power");
  store_ = make_store(config);
  config_ = config;
  random_ = SeedStream(config.seed, "card");
  fault_random_ = SeedStream(config.seed, "card faults");
  set_up_faults();
}

uint32_t SdCard::capacity_sectors() const { return static_cast<uint32_t>(store_->sectors() / kSectorsPerCsize * kSectorsPerCsize); }

void SdCard::power_on(const sc_time& now) {
  if (powered_) return;
  powered_ = true;
  rot(now);
  go_idle();
}

void SdCard::power_off(const sc_time& now) {
  if (!powered_) return;
  commit(now);
  strike_at_cut(now);
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
      if (flash_) flash_->erase(item.lba, item.erase_count);
      unreadable_.erase(unreadable_.lower_bound(item.lba), unreadable_.lower_bound(item.lba + item.erase_count));
      if (hook_) hook_->sectors_erased(item.durable, item.lba, item.erase_count);
    } else {
      commit_write(item);
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

/// Everything of the last command is programmed, or the card says so.
bool SdCard::can_take_commands() const {
  if (programming_.empty()) return true;
  const Programming& last = programming_.back();
  return config_.faults.acknowledges_early() && programming_.size() <= config_.faults.cache_sectors && last.erase_count == 0 &&
         last.durable != sc_core::sc_max_time();
}

/// Leaves the programming state when its time has passed.
void SdCard::settle(const sc_time& now) {
  commit(now);
  if (can_take_commands()) {
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
  const size_t waiting = programming_.size();
  if (state_ == State::kProgram) {
    const size_t cache = config_.faults.acknowledges_early() && programming_.back().erase_count == 0 ? config_.faults.cache_sectors : 0;
    return programming_[waiting - 1 - std::min(cache, waiting - 1)].durable;
  }
  const size_t room = std::max(config_.timing.buffer_sectors, config_.faults.cache_sectors);
  if (state_ == State::kReceive && waiting >= room) return programming_[waiting - room].durable;
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
  if (!powered_ || dead_ || state_ == State::kInactive) return CardResponse{};
  settle(now);
  if (config_.faults.command_crc.hits(++commands_)) {
    status_ |= kCommandCrcError;
    tell(now, "command_crc", 0, 0, fmt::format("command {} arrives spoilt", index));
    return CardResponse{};
  }
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
      return stop(now);
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
      return start_read(index, argument, now);
    case 23:
      set_block_count_ = argument;
      return r1();
    case 24:
    case 25:
      return start_write(index, argument, now);
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

CardResponse SdCard::start_read(uint8_t index, uint32_t argument, const sc_time& now) {
  if (argument >= capacity_sectors()) {
    status_ |= kOutOfRange;
    return r1();
  }
  if (on_read_) on_read_(argument);
  next_lba_ = argument;
  limited_ = index == 17 || set_block_count_ != 0;
  blocks_left_ = index == 17 ? 1 : set_block_count_;
  first_block_ = true;
  register_block_.clear();
  state_ = State::kData;
  const CardResponse response = r1(CardResponse::Data::kToHost);
  ++read_commands_;
  prepare_read(now);
  return response;
}

CardResponse SdCard::start_write(uint8_t index, uint32_t argument, const sc_time& now) {
  if (argument >= capacity_sectors()) {
    status_ |= kOutOfRange;
    return r1();
  }
  ++write_commands_;
  if (refuses_write(now)) return r1();
  next_lba_ = argument;
  limited_ = index == 24 || set_block_count_ != 0;
  blocks_left_ = index == 24 ? 1 : set_block_count_;
  first_block_ = true;
  well_written_ = 0;
  aim_write(now);
  state_ = State::kReceive;
  return r1(CardResponse::Data::kToCard);
}

CardResponse SdCard::stop(const sc_time& now) {
  register_block_.clear();
  sends_nothing_ = false;
  if (state_ == State::kReceive) end_write(now);
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
  const sc_time begin = programming_.empty() ? now : programming_.back().durable;
  const sc_time end = begin + from_ns(units * config_.timing.erase_us * 1000ull);
  programming_.push_back(
      Programming{end, units * config_.timing.erase_us * 1000ull, erase_first_, erase_last_ - erase_first_ + 1, write_commands_, {}});
  schedule_durable();
  state_ = State::kProgram;
  return r1b();
}

// Responses.

uint32_t SdCard::status_word() {
  uint32_t word = status_ | static_cast<uint32_t>(state_at_command_) << kStateShift;
  if (can_take_commands() && state_at_command_ != State::kProgram) word |= kReadyForData;
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
  sends_nothing_ = false;
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
  if (sends_nothing_) return 0;
  return next_lba_ < capacity_sectors() ? kSectorBytes : 0;
}

bool SdCard::read_block(uint8_t* data, const sc_time& now) {
  if (next_block_size() == 0) return false;
  first_block_ = false;
  const bool is_spoilt = config_.faults.data_crc.hits(++data_blocks_);
  if (is_spoilt) tell(now, "data_crc", register_block_.empty() ? next_lba_ : 0, 1, "a block to the host arrives spoilt");
  if (!register_block_.empty()) {
    std::copy(register_block_.begin(), register_block_.end(), data);
    register_block_.clear();
  } else {
    const Programming* waiting = cached(next_lba_);
    if (waiting) {
      std::copy(waiting->data.begin(), waiting->data.end(), data);
    } else {
      store_->read(next_lba_, data);
    }
    if (++next_lba_ == capacity_sectors() && !(limited_ && blocks_left_ == 1)) status_ |= kOutOfRange;
  }
  if (limited_ && --blocks_left_ == 0) {
    state_ = State::kTransfer;
  } else {
    if (on_read_ && next_lba_ < capacity_sectors()) on_read_(next_lba_);
    prepare_read(now);
  }
  settle(now);
  return !is_spoilt;
}

/// Nanoseconds until a sector that comes next in programming is durable.
uint64_t SdCard::program_ns(uint32_t lba, const sc_time& now) {
  const CardTiming& timing = config_.timing;
  uint64_t ns = 0;
  if (first_block_) {
    ns += vary(timing.write_start_us * 1000ull, timing.spread_permille, random_);
    if (timing.stall_after_writes != 0 && write_commands_ % timing.stall_after_writes == 0) ns += timing.stall_ms * 1'000'000ull;
  }
  if (first_block_ || lba % kSectorsPerPage == 0) program_4k_ns_ = vary(timing.program_4k_us * 1000ull, timing.spread_permille, random_);
  ns += program_4k_ns_ / kSectorsPerPage;
  ++sectors_received_;
  if (flash_) return ns + housekeeping_ns(lba, now);
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
  if (config_.faults.data_crc.hits(++data_blocks_)) {
    tell(now, "data_crc", next_lba_, 1, "a block to the card arrives spoilt");
    return false;
  }
  if (refuses_data_) {
    status_ |= kError;
    tell(now, "write_error", next_lba_, 1, "the card cannot store a sector and says so");
    return false;
  }
  take_sector(data, now);
  first_block_ = false;
  ++well_written_;
  if (limited_ && --blocks_left_ == 0) {
    end_write(now);
    state_ = State::kProgram;
  }
  settle(now);
  return true;
}

/// The host has sent all of a write command: with a fence, nothing of it stays in the cache.
void SdCard::end_write(const sc_time& now) {
  if (config_.faults.has_cache() && config_.faults.cache_fence) flush_cache(now);
}

void SdCard::take_sector(const uint8_t* data, const sc_time& now) {
  Programming item;
  item.lba = static_cast<uint32_t>((uint64_t{next_lba_++} + aim_off_) % capacity_sectors());
  item.erase_count = 0;
  item.command = write_commands_;
  item.ns = program_ns(item.lba, now);
  std::memcpy(item.data.data(), data, kSectorBytes);
  sc_time begin = now + from_ns(config_.faults.cache_hold_ms * 1'000'000ull);
  if (!programming_.empty()) begin = std::max(begin, programming_.back().durable);
  const bool never = hangs() || begin == sc_core::sc_max_time() || (!programming_.empty() && programming_.back().durable == sc_core::sc_max_time());
  item.durable = never ? sc_core::sc_max_time() : begin + from_ns(item.ns);
  programming_.push_back(item);
  if (config_.faults.has_cache()) {
    reorder_newest();
    if (programming_.size() >= config_.faults.cache_sectors) flush_cache(now);
  }
  if (programming_.size() == 1) schedule_durable();
}

}  // namespace saksi::hw
