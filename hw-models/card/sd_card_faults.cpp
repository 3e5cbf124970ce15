// What goes wrong with a card, as CardFaults asks for: at a cut, in its cache, in reading, in answering.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "hw-models/card/sd_card.h"

namespace saksi::hw {

using sc_core::sc_time;

namespace {

// R1 bits, SD Physical Layer Simplified Specification 3.01, table 4-41.
constexpr uint32_t kWriteProtected = 1u << 26;
constexpr uint32_t kEccFailed = 1u << 21;
constexpr uint32_t kError = 1u << 19;

constexpr uint32_t kSectorsPerMib = 2048;
constexpr uint8_t kErasedByte = 0xFF;
constexpr size_t kUndoSectorsMax = 64 * 1024;  ///< 32 MiB; what is older cannot be undone

sc_time from_ns(uint64_t ns) { return sc_time::from_value(ns * 1000); }

void fill_noise(uint8_t* data, size_t size, SeedStream& random) {
  for (size_t i = 0; i < size; ++i) data[i] = static_cast<uint8_t>(random.below(256));
}

}  // namespace

void SdCard::set_up_faults() {
  FlashConfig flash = config_.flash;
  flash.enabled = flash.enabled || config_.faults.paired_pages != 0;
  flash_ = flash.enabled ? std::make_unique<Flash>(flash, store_->sectors()) : nullptr;
  if (config_.faults.real_mib != 0) store_->wrap_at(uint64_t{config_.faults.real_mib} * kSectorsPerMib);
  unreadable_.clear();
  times_read_.clear();
  rewritten_.clear();
  undo_.clear();
  read_only_ = dead_ = false;
  commands_ = read_commands_ = data_blocks_ = write_commands_ = 0;
}

void SdCard::tell(const sc_time& now, const char* fault, uint32_t lba, uint32_t sectors, const std::string& text) {
  if (on_fault_) on_fault_({static_cast<int64_t>(now.value() / 1000), fault, lba, sectors, text});
}

// Programming, and the cache.

void SdCard::commit_write(const Programming& item) {
  if (config_.faults.needs_undo()) remember(item);
  store_->write(item.lba, item.data.data());
  ++sectors_written_;
  unreadable_.erase(item.lba);
  const CardFaults& faults = config_.faults;
  if (item.lba >= faults.unreadable_first && item.lba - faults.unreadable_first < faults.unreadable_sectors) rewritten_.insert(item.lba);
  if (faults.real_mib != 0 && item.lba >= faults.real_mib * kSectorsPerMib) {
    tell(item.durable, "real_mib", item.lba % (faults.real_mib * kSectorsPerMib), 1, fmt::format("sector {} lands on another", item.lba));
  }
  if (hook_) hook_->sector_written(item.durable, item.lba, item.data.data());
}

/// Lets the sector that came last take the turn of any that waits in the cache and has not begun. Two writes of one sector keep their order.
void SdCard::reorder_newest() {
  const size_t last = programming_.size() - 1;
  size_t first = last;
  const size_t window = std::max<size_t>(last - std::min<size_t>(last, config_.faults.cache_sectors - 1), 1);  // the one in front may be in flight
  while (first > window && programming_[first - 1].erase_count == 0 && programming_[first - 1].lba != programming_[last].lba) --first;
  const size_t turn = first + static_cast<size_t>(fault_random_.below(last - first + 1));
  for (size_t i = turn + 1; i < last; ++i) {
    if (programming_[i].lba == programming_[turn].lba) return;
  }
  std::swap(programming_[turn].lba, programming_[last].lba);
  std::swap(programming_[turn].command, programming_[last].command);
  std::swap(programming_[turn].data, programming_[last].data);
}

/// The cache is full: what it holds is programmed at once, one after another.
void SdCard::flush_cache(const sc_time& now) {
  sc_time end = now;
  for (Programming& item : programming_) {
    if (item.durable == sc_core::sc_max_time()) return;
    const sc_time begin = item.durable - from_ns(item.ns);
    end = begin <= now ? item.durable : std::min(item.durable, end + from_ns(item.ns));
    item.durable = end;
  }
  schedule_durable();
}

/// What waits to be programmed into a sector; nullptr if nothing does.
const SdCard::Programming* SdCard::cached(uint32_t lba) const {
  for (size_t i = programming_.size(); i-- > 0;) {
    if (programming_[i].erase_count == 0 && programming_[i].lba == lba) return &programming_[i];
  }
  return nullptr;
}

uint64_t SdCard::housekeeping_ns(uint32_t lba, const sc_time& now) {
  const Flash::Housekeeping cost = flash_->program(lba);
  if (cost.erased_blocks != 0 || cost.copied_pages != 0) {
    tell(now, "flash", lba, 1,
         fmt::format("housekeeping: {} pages copied, {} blocks erased, {} retired, {} us", cost.copied_pages, cost.erased_blocks, cost.retired_blocks,
                     cost.ns / 1000));
  }
  if (flash_->worn_out() && !read_only_) {
    read_only_ = true;
    tell(now, "flash", lba, 1, "no block is left that could be erased: the card is read-only from now on");
  }
  return cost.ns;
}

// Commands.

bool SdCard::refuses_write(const sc_time& now) {
  const CardFaults& faults = config_.faults;
  if (faults.read_only_after != 0 && write_commands_ > faults.read_only_after) read_only_ = true;
  if (read_only_) {
    status_ |= kWriteProtected;
    tell(now, "read_only", 0, 0, fmt::format("write command {} is refused", write_commands_));
  }
  return read_only_;
}

void SdCard::aim_write(const sc_time& now) {
  const CardFaults& faults = config_.faults;
  refuses_data_ = faults.write_error.hits(write_commands_);
  aim_off_ = 0;
  if (faults.misdirected_write == 0 || write_commands_ != faults.misdirected_write) return;
  aim_off_ = static_cast<uint32_t>(1 + fault_random_.below(capacity_sectors() - 1ull));
  const auto hit = static_cast<uint32_t>((uint64_t{next_lba_} + aim_off_) % capacity_sectors());
  tell(now, "misdirected_write", hit, 1, fmt::format("what is for sector {} goes to {}", next_lba_, hit));
}

// Reading.

void SdCard::prepare_read(const sc_time& now) {
  if (next_lba_ >= capacity_sectors() || state_ != State::kData || !register_block_.empty()) return;
  sends_nothing_ = config_.faults.read_error.hits(read_commands_);
  if (sends_nothing_) {
    status_ |= kError;
    tell(now, "read_error", next_lba_, 1, fmt::format("read command {} gives no data", read_commands_));
  } else if (fails_to_read(next_lba_, now)) {
    sends_nothing_ = true;
    status_ |= kEccFailed;
  }
}

bool SdCard::fails_to_read(uint32_t lba, const sc_time& now) {
  const CardFaults& faults = config_.faults;
  bool fails = unreadable_.count(lba) != 0;
  if (!fails && lba >= faults.unreadable_first && lba - faults.unreadable_first < faults.unreadable_sectors && rewritten_.count(lba) == 0) {
    fails = times_read_[lba]++ >= faults.unreadable_after;
  }
  if (fails) tell(now, "unreadable", lba, 1, "a sector cannot be corrected");
  return fails;
}

// At a cut.

void SdCard::change(const sc_time& now, uint32_t lba, const uint8_t* data) {
  store_->write(lba, data);
  if (hook_) hook_->sector_damaged(now, lba, data);
}

void SdCard::remember(const Programming& item) {
  Undo undo{item.command, item.durable, item.lba, {}};
  store_->read(item.lba, undo.data.data());
  undo_.push_back(undo);
  const uint64_t keep = config_.faults.rollback_commands + 1ull;
  while (undo_.size() > kUndoSectorsMax || undo_.front().command + keep <= item.command) undo_.pop_front();
}

void SdCard::make_unreadable(const sc_time& now, const char* fault, uint32_t first, uint32_t sectors) {
  sectors = std::min(sectors, capacity_sectors() - first);
  std::array<uint8_t, kSectorBytes> noise;
  for (uint32_t lba = first; lba < first + sectors; ++lba) {
    fill_noise(noise.data(), noise.size(), fault_random_);
    change(now, lba, noise.data());
    unreadable_.insert(lba);
  }
  tell(now, fault, first, sectors, "a page cannot be corrected any more");
}

void SdCard::strike_at_cut(const sc_time& now) {
  const CardFaults& faults = config_.faults;
  const bool in_flight = !programming_.empty() && programming_.front().durable != sc_core::sc_max_time() &&
                         programming_.front().durable - from_ns(programming_.front().ns) <= now && programming_.front().erase_count == 0;
  if (faults.has_cache() && !programming_.empty()) {
    tell(now, "cache", programming_.front().lba, static_cast<uint32_t>(programming_.size()), "sectors are lost that had not left the cache");
  }
  if (in_flight) {
    const Programming item = programming_.front();
    if (faults.shorn_page_sectors != 0) shear(item, now);
    if (faults.torn != CardFaults::Torn::kNo) tear(item, now);
    if (faults.paired_pages != 0) {
      const uint32_t page = flash_->page_sectors();
      for (uint32_t older : flash_->paired_with(item.lba, faults.paired_pages)) make_unreadable(now, "paired_pages", older * page, page);
    }
    const uint32_t page = faults.unreadable_page_sectors;
    if (page != 0) make_unreadable(now, "unreadable_page_sectors", item.lba / page * page, page);
  }
  if (faults.rollback_commands != 0) roll_back(now);
  if (in_flight && faults.after_cut != CardFaults::AfterCut::kWorks) {
    dead_ = faults.after_cut == CardFaults::AfterCut::kDead;
    read_only_ = !dead_;
    tell(now, "after_cut", 0, 0, dead_ ? "the card does not answer any more" : "the card is read-only from now on");
  }
}

void SdCard::tear(const Programming& item, const sc_time& now) {
  std::array<uint8_t, kSectorBytes> sector;
  store_->read(item.lba, sector.data());
  const auto bytes = static_cast<size_t>(1 + fault_random_.below(kSectorBytes - 1));
  std::copy(item.data.begin(), item.data.begin() + static_cast<std::ptrdiff_t>(bytes), sector.begin());
  if (config_.faults.torn == CardFaults::Torn::kErased) std::fill(sector.begin() + static_cast<std::ptrdiff_t>(bytes), sector.end(), kErasedByte);
  if (config_.faults.torn == CardFaults::Torn::kNoise) fill_noise(sector.data() + bytes, kSectorBytes - bytes, fault_random_);
  change(now, item.lba, sector.data());
  tell(now, "torn", item.lba, 1, fmt::format("a sector is new in its first {} bytes", bytes));
}

/// Of the page in flight so many sectors from its beginning are new, whatever was programmed of it, and the others of this command old.
void SdCard::shear(const Programming& item, const sc_time& now) {
  const uint32_t page = config_.faults.shorn_page_sectors;
  const uint32_t first = item.lba / page * page;
  const auto whole = static_cast<uint32_t>(fault_random_.below(page));
  uint32_t changed = 0;
  for (const Programming& waiting : programming_) {
    if (waiting.erase_count != 0 || waiting.command != item.command || waiting.lba < first || waiting.lba - first >= whole) continue;
    change(now, waiting.lba, waiting.data.data());
    ++changed;
  }
  for (size_t i = undo_.size(); i-- > 0;) {
    const Undo& undo = undo_[i];
    if (undo.command != item.command || undo.lba < first + whole || undo.lba - first >= page) continue;
    change(now, undo.lba, undo.data.data());
    ++changed;
  }
  tell(now, "shorn_page_sectors", first, page,
       fmt::format("a page is new in its first {} sectors: {} are other than they were to be", whole, changed));
}

/// Takes back the last commands, newest sector first, as far as they ended no longer than kLatePersistMs ago.
void SdCard::roll_back(const sc_time& now) {
  const sc_time late(CardFaults::kLatePersistMs, sc_core::SC_MS);
  if (undo_.empty()) return;
  const uint64_t newest = undo_.back().command;
  uint32_t changed = 0;
  while (!undo_.empty() && undo_.back().command + config_.faults.rollback_commands > newest && undo_.back().durable + late >= now) {
    change(now, undo_.back().lba, undo_.back().data.data());
    undo_.pop_back();
    ++changed;
  }
  if (changed != 0) tell(now, "rollback_commands", 0, changed, "sectors hold again what they held before");
}

// At rest.

/// Flips bits in what is stored.
void SdCard::rot(const sc_time& now) {
  if (config_.faults.rotten_bits == 0) return;
  constexpr uint64_t kStepBytes = 8 * kSectorBytes;
  const uint64_t end = uint64_t{capacity_sectors()} * kSectorBytes;
  std::vector<uint32_t> stored;  // steps in which something is
  for (uint64_t at = store_->next_data(0); at < end; at = store_->next_data((at / kStepBytes + 1) * kStepBytes)) {
    stored.push_back(static_cast<uint32_t>(at / kStepBytes));
  }
  for (uint32_t bit = 0; bit < config_.faults.rotten_bits && !stored.empty(); ++bit) {
    const uint64_t step = stored[static_cast<size_t>(fault_random_.below(stored.size()))];
    const auto lba = static_cast<uint32_t>(step * 8 + fault_random_.below(8));
    const uint64_t place = fault_random_.below(kSectorBytes * 8);
    std::array<uint8_t, kSectorBytes> sector;
    store_->read(lba, sector.data());
    sector[static_cast<size_t>(place / 8)] ^= static_cast<uint8_t>(1u << (place % 8));
    change(now, lba, sector.data());
    tell(now, "rotten_bits", lba, 1, fmt::format("bit {} of byte {} flips", place % 8, place / 8));
  }
}

}  // namespace saksi::hw
