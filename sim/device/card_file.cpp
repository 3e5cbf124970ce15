#include "sim/device/card_file.h"

#include <climits>

namespace saksi::sim {

namespace {

constexpr int64_t kCommandMax = 1'000'000'000;
constexpr int64_t kSectorMax = UINT32_MAX;
constexpr int kCapacityMibMax = 2 * 1024 * 1024 - 1;  ///< SDXC goes to 2 TiB; less one, so that the number of sectors fits in 32 bits

uint32_t get_count(const YamlNode& node, const char* key, uint32_t otherwise, int64_t max) {
  return static_cast<uint32_t>(node.get_int(key, otherwise, 0, max));
}

void read_window(const YamlNode& node, const char* key, hw::FaultWindow& window) {
  if (!node.has(key)) return;
  const YamlNode inner = node.at(key);
  inner.allow_keys({"first", "count"});
  window.first = static_cast<uint64_t>(inner.at("first").as_int(0, kCommandMax));
  window.count = static_cast<uint64_t>(inner.get_int("count", 1, 0, kCommandMax));
}

void read_cache(const YamlNode& node, hw::CardFaults& faults) {
  node.allow_keys({"sectors", "hold_ms", "fence"});
  faults.cache_sectors = get_count(node, "sectors", faults.cache_sectors, 8192);
  faults.cache_hold_ms = get_count(node, "hold_ms", faults.cache_hold_ms, hw::CardFaults::kLatePersistMs);
  faults.cache_fence = node.get_bool("fence", faults.cache_fence);
}

void read_unreadable(const YamlNode& node, hw::CardFaults& faults) {
  node.allow_keys({"first", "sectors", "good_reads"});
  faults.unreadable_first = static_cast<uint64_t>(node.at("first").as_int(0, kSectorMax));
  faults.unreadable_sectors = static_cast<uint64_t>(node.get_int("sectors", 1, 0, kSectorMax));
  faults.unreadable_after = static_cast<uint64_t>(node.get_int("good_reads", 0, 0, kCommandMax));
}

void read_at_cut(const YamlNode& node, hw::CardFaults& faults) {
  using Torn = hw::CardFaults::Torn;
  using AfterCut = hw::CardFaults::AfterCut;
  if (node.has("torn")) {
    const std::string word = node.at("torn").as_word({"no", "old", "erased", "noise"});
    faults.torn = word == "old" ? Torn::kOld : word == "erased" ? Torn::kErased : word == "noise" ? Torn::kNoise : Torn::kNo;
  }
  if (node.has("after_cut")) {
    const std::string word = node.at("after_cut").as_word({"works", "read-only", "dead"});
    faults.after_cut = word == "dead" ? AfterCut::kDead : word == "read-only" ? AfterCut::kReadOnly : AfterCut::kWorks;
  }
  faults.shorn_page_sectors = get_count(node, "shorn_page_sectors", faults.shorn_page_sectors, 64);
  faults.unreadable_page_sectors = get_count(node, "unreadable_page_sectors", faults.unreadable_page_sectors, 64);
  faults.paired_pages = get_count(node, "paired_pages", faults.paired_pages, 4);
  faults.rollback_commands = get_count(node, "rollback_commands", faults.rollback_commands, hw::CardFaults::kRollbackCommandsMax);
}

void read_faults(const YamlNode& node, hw::CardFaults& faults) {
  node.allow_keys({"torn", "shorn_page_sectors", "unreadable_page_sectors", "paired_pages", "rollback_commands", "after_cut", "cache", "unreadable",
                   "rotten_bits", "write_error", "read_error", "data_crc", "command_crc", "misdirected_write", "read_only_after", "real_mib"});
  read_at_cut(node, faults);
  if (node.has("cache")) read_cache(node.at("cache"), faults);
  if (node.has("unreadable")) read_unreadable(node.at("unreadable"), faults);
  read_window(node, "write_error", faults.write_error);
  read_window(node, "read_error", faults.read_error);
  read_window(node, "data_crc", faults.data_crc);
  read_window(node, "command_crc", faults.command_crc);
  faults.rotten_bits = get_count(node, "rotten_bits", faults.rotten_bits, 100'000);
  faults.misdirected_write = get_count(node, "misdirected_write", static_cast<uint32_t>(faults.misdirected_write), kCommandMax);
  faults.read_only_after = get_count(node, "read_only_after", static_cast<uint32_t>(faults.read_only_after), kCommandMax);
  faults.real_mib = get_count(node, "real_mib", faults.real_mib, kCapacityMibMax);
}

/// KiB to sectors or pages of a power of two.
uint32_t power_of_two(const YamlNode& node, const char* key, uint32_t otherwise, int64_t min, int64_t max) {
  const auto value = static_cast<uint32_t>(node.get_int(key, otherwise, min, max));
  if ((value & (value - 1)) != 0) node.at(key).fail("a power of two was expected");
  return value;
}

void read_flash(const YamlNode& node, hw::FlashConfig& flash) {
  node.allow_keys({"page_kib", "block_kib", "spare_percent", "filled_percent", "endurance", "copy_us", "erase_us", "paired_distance_pages"});
  flash.enabled = true;
  const uint32_t page_kib = power_of_two(node, "page_kib", flash.page_sectors / 2, 4, 32);
  const uint32_t block_kib = power_of_two(node, "block_kib", flash.page_sectors * flash.block_pages / 2, 128, 16'384);
  flash.page_sectors = page_kib * 2;
  flash.block_pages = block_kib / page_kib;
  flash.spare_percent = static_cast<uint32_t>(node.get_int("spare_percent", flash.spare_percent, 1, 50));
  flash.filled_percent = get_count(node, "filled_percent", flash.filled_percent, 100);
  flash.endurance = get_count(node, "endurance", flash.endurance, 1'000'000);
  flash.copy_us = get_count(node, "copy_us", flash.copy_us, 100'000);
  flash.erase_us = get_count(node, "erase_us", flash.erase_us, 100'000);
  flash.paired_distance_pages = static_cast<uint32_t>(node.get_int("paired_distance_pages", flash.paired_distance_pages, 1, 64));
}

}  // namespace

void read_card(const YamlNode& node, CardSpec& card) {
  node.allow_keys({"present", "capacity_mib", "profile", "image", "formatted_over", "filler_mib", "free_mib", "stall_ms", "stall_after_writes",
                   "faults", "flash"});
  card.present = node.get_bool("present", card.present);
  card.capacity_mib = static_cast<int>(node.get_int("capacity_mib", card.capacity_mib, 2112, kCapacityMibMax));
  if (node.has("profile")) card.profile = node.at("profile").as_word(hw::CardTiming::profile_names());
  if (node.has("image")) card.image = node.at("image").path();
  if (node.has("formatted_over")) card.formatted_over = node.at("formatted_over").path();
  for (const char* key : {"capacity_mib", "formatted_over", "filler_mib", "free_mib"}) {
    if (node.has("image") && node.has(key)) node.at(key).fail("a card that is given as an image is as it is; this cannot be set beside 'image'");
  }
  card.filler_mib = static_cast<int>(node.get_int("filler_mib", card.filler_mib, 0, kCapacityMibMax));
  card.free_mib = static_cast<int>(node.get_int("free_mib", card.free_mib, 0, kCapacityMibMax));
  card.stall_ms = static_cast<int>(node.get_int("stall_ms", card.stall_ms, 0, 3'600'000));
  card.stall_after_writes = static_cast<int>(node.get_int("stall_after_writes", card.stall_after_writes, 0, INT_MAX));
  if (node.has("faults")) {
    read_faults(node.at("faults"), card.faults);
    card.has_faults = true;
  }
  if (node.has("flash")) read_flash(node.at("flash"), card.flash);
}

}  // namespace saksi::sim
