#include "hw-models/card/flash.h"

#include <algorithm>

namespace saksi::hw {

namespace {

constexpr uint32_t kReserveBlocks = 2;  ///< kept free, so that a block can always be copied together

}  // namespace

Flash::Flash(const FlashConfig& config, uint64_t sectors) : config_(config) {
  const uint64_t pages = (sectors + config.page_sectors - 1) / config.page_sectors;
  const uint64_t needed = (pages + config.block_pages - 1) / config.block_pages;
  const uint64_t spare = std::max<uint64_t>(needed * config.spare_percent / 100, kReserveBlocks + 2);
  place_of_.assign(static_cast<size_t>(pages), kNone);
  page_at_.assign(static_cast<size_t>((needed + spare) * config.block_pages), kNone);
  blocks_.resize(static_cast<size_t>(needed + spare));
  free_blocks_ = static_cast<uint32_t>(blocks_.size());
  fill(static_cast<uint32_t>(pages * config.filled_percent / 100 / config.block_pages));
}

/// Earlier use: the first blocks hold the first pages.
void Flash::fill(uint32_t blocks) {
  for (uint32_t block = 0; block < blocks; ++block) {
    for (uint32_t i = 0; i < config_.block_pages; ++i) {
      const uint32_t at = block * config_.block_pages + i;
      place_of_[at] = page_at_[at] = at;
    }
    blocks_[block].free = false;
    blocks_[block].valid = config_.block_pages;
    --free_blocks_;
  }
}

/// Begins the free block that was erased least. False: there is none.
bool Flash::open_block() {
  uint32_t best = kNone;
  for (uint32_t block = 0; block < blocks_.size(); ++block) {
    if (blocks_[block].free && (best == kNone || blocks_[block].erases < blocks_[best].erases)) best = block;
  }
  if (best == kNone) return false;
  blocks_[best].free = false;
  --free_blocks_;
  active_ = best;
  next_in_active_ = 0;
  return true;
}

void Flash::drop(uint32_t page) {
  if (place_of_[page] == kNone) return;
  --blocks_[place_of_[page] / config_.block_pages].valid;
  page_at_[place_of_[page]] = kNone;
  place_of_[page] = kNone;
}

/// Puts a page into the next fresh place. False: there is none.
bool Flash::place(uint32_t page) {
  if ((active_ == kNone || next_in_active_ == config_.block_pages) && !open_block()) {
    worn_out_ = true;
    return false;
  }
  drop(page);
  const uint32_t at = active_ * config_.block_pages + next_in_active_++;
  place_of_[page] = at;
  page_at_[at] = page;
  ++blocks_[active_].valid;
  ++pages_programmed_;
  return true;
}

/// The block with the least in use, of those the one erased least. kNone: none gives anything.
uint32_t Flash::victim() const {
  uint32_t best = kNone;
  for (uint32_t block = 0; block < blocks_.size(); ++block) {
    const Block& here = blocks_[block];
    if (here.free || here.retired || block == active_ || here.valid == config_.block_pages) continue;
    if (best == kNone || here.valid < blocks_[best].valid || (here.valid == blocks_[best].valid && here.erases < blocks_[best].erases)) best = block;
  }
  return best;
}

void Flash::erase_block(uint32_t block, Housekeeping& cost) {
  Block& here = blocks_[block];
  ++here.erases;
  ++blocks_erased_;
  ++cost.erased_blocks;
  cost.ns += config_.erase_us * 1000ull;
  if (config_.endurance != 0 && here.erases >= config_.endurance) {
    here.retired = true;
    ++cost.retired_blocks;
    return;
  }
  here.free = true;
  ++free_blocks_;
}

void Flash::collect(Housekeeping& cost) {
  while (free_blocks_ < kReserveBlocks && !worn_out_) {
    const uint32_t block = victim();
    if (block == kNone) return;
    for (uint32_t i = 0; i < config_.block_pages && !worn_out_; ++i) {
      const uint32_t page = page_at_[block * config_.block_pages + i];
      if (page == kNone) continue;
      place(page);
      ++cost.copied_pages;
      cost.ns += config_.copy_us * 1000ull;
    }
    if (!worn_out_) erase_block(block, cost);
  }
}

Flash::Housekeeping Flash::program(uint64_t lba) {
  Housekeeping cost;
  const auto page = static_cast<uint32_t>(lba / config_.page_sectors);
  const bool goes_on = lba == last_lba_ + 1 && lba % config_.page_sectors != 0;
  last_lba_ = lba;
  if (worn_out_ || page >= place_of_.size() || goes_on) return cost;
  place(page);
  collect(cost);
  return cost;
}

void Flash::erase(uint64_t first, uint64_t count) {
  const uint64_t begin = (first + config_.page_sectors - 1) / config_.page_sectors;
  const uint64_t end = std::min<uint64_t>((first + count) / config_.page_sectors, place_of_.size());
  for (uint64_t page = begin; page < end; ++page) drop(static_cast<uint32_t>(page));
  last_lba_ = UINT64_MAX;
}

std::vector<uint32_t> Flash::paired_with(uint64_t lba, uint32_t count) const {
  std::vector<uint32_t> pages;
  const uint64_t page = lba / config_.page_sectors;
  if (page >= place_of_.size() || place_of_[static_cast<size_t>(page)] == kNone) return pages;
  const uint32_t at = place_of_[static_cast<size_t>(page)];
  const uint32_t in_block = at % config_.block_pages;
  for (uint32_t back = config_.paired_distance_pages; back <= in_block && pages.size() < count; back += config_.paired_distance_pages) {
    if (page_at_[at - back] != kNone) pages.push_back(page_at_[at - back]);
  }
  return pages;
}

uint32_t Flash::most_erases() const {
  uint32_t most = 0;
  for (const Block& block : blocks_) most = std::max(most, block.erases);
  return most;
}

uint32_t Flash::least_erases() const {
  uint32_t least = UINT32_MAX;
  for (const Block& block : blocks_) least = std::min(least, block.erases);
  return least;
}

}  // namespace saksi::hw
