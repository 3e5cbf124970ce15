#ifndef SAKSI_HW_MODELS_CARD_FLASH_H_
#define SAKSI_HW_MODELS_CARD_FLASH_H_

#include <cstdint>
#include <vector>

namespace saksi::hw {

/// The flash memory beneath a card and how full it is. The defaults are those of a usual TLC part of the card sizes here.
struct FlashConfig {
  bool enabled = false;
  uint32_t page_sectors = 32;          ///< 16 KiB, a power of two
  uint32_t block_pages = 256;          ///< 4 MiB in an erase block, a power of two
  uint32_t spare_percent = 7;          ///< blocks beyond the card's capacity, 1 to 50
  uint32_t filled_percent = 0;         ///< of the capacity, what earlier use has left mapped, from the first sector on
  uint32_t endurance = 0;              ///< erases until a block is retired; 0: without end
  uint32_t copy_us = 900;              ///< a page read, corrected and programmed elsewhere
  uint32_t erase_us = 4'000;           ///< a block
  uint32_t paired_distance_pages = 4;  ///< a page shares its cells with that so many pages before it, below block_pages
};

/// A flash translation layer: pages are programmed once and in order, a rewritten page goes to a fresh place, and when fresh blocks run short
/// the block with the least in use is copied together and erased, which the host sees as a pause. Only where things lie is kept here, not what
/// they hold. Wear is levelled by taking the free block that was erased least; a worn out block is retired, and when none is left nothing more
/// can be written.
class Flash {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  /// What the programming of a sector cost beside itself.
  struct Housekeeping {
    uint64_t ns = 0;
    uint32_t copied_pages = 0;
    uint32_t erased_blocks = 0;
    uint32_t retired_blocks = 0;
  };

  /// For a card of `sectors` sectors.
  Flash(const FlashConfig& config, uint64_t sectors);

  /// A sector is programmed. Sectors that follow one another share a page. Does nothing once worn_out().
  Housekeeping program(uint64_t lba);
  /// The pages that lie whole in the range are given back.
  void erase(uint64_t first, uint64_t count);

  /// The logical pages that share cells with the page in which a sector lies and are older, nearest first, at most `count`. Page p holds the sectors
  /// from p * page_sectors on.
  std::vector<uint32_t> paired_with(uint64_t lba, uint32_t count) const;
  bool worn_out() const { return worn_out_; }
  uint32_t page_sectors() const { return config_.page_sectors; }
  uint64_t pages_programmed() const { return pages_programmed_; }
  uint64_t blocks_erased() const { return blocks_erased_; }
  /// Erases of the block that was erased most, and least.
  uint32_t most_erases() const;
  uint32_t least_erases() const;

 private:
  struct Block {
    uint32_t erases = 0;
    uint32_t valid = 0;  ///< pages in use
    bool free = true;
    bool retired = false;
  };

  void fill(uint32_t blocks);
  bool open_block();
  bool place(uint32_t page);
  void drop(uint32_t page);
  void collect(Housekeeping& cost);
  uint32_t victim() const;
  void erase_block(uint32_t block, Housekeeping& cost);

  FlashConfig config_;
  std::vector<uint32_t> place_of_;  ///< of a logical page, kNone: none
  std::vector<uint32_t> page_at_;   ///< of a place, kNone: nothing in use
  std::vector<Block> blocks_;
  uint32_t free_blocks_ = 0;
  uint32_t active_ = kNone;      ///< the block that is being filled
  uint32_t next_in_active_ = 0;  ///< its first page that is still fresh
  uint64_t last_lba_ = UINT64_MAX;
  uint64_t pages_programmed_ = 0;
  uint64_t blocks_erased_ = 0;
  bool worn_out_ = false;
};

}  // namespace saksi::hw

#endif
