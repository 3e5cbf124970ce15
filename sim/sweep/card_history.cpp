#include "sim/sweep/card_history.h"

#include <algorithm>

#include "base/seed_stream.h"
#include "sim/sweep/sector_source.h"

namespace saksi::sim {

namespace {

constexpr uint32_t kSectorBytes = WriteLog::kSectorBytes;
constexpr uint32_t kSmallestPageSectors = 8;   ///< 4 KiB
constexpr uint32_t kPageSizes = 3;             ///< 4, 8, 16 KiB
constexpr uint32_t kEraseBlockSectors = 8192;  ///< 4 MiB, the allocation unit of the card model
constexpr size_t kCommandsRolledBackMax = 3;

const WriteLog::Sector& zeros() {
  static const WriteLog::Sector sector{};
  return sector;
}

SeedStream stream_of(const Cut& cut) { return SeedStream(cut.seed * 1'000'003 + cut.writes, std::string("cut damage ") + damage_word(cut.damage)); }

void fill_noise(uint8_t* data, size_t bytes, SeedStream& random) {
  for (size_t i = 0; i < bytes; ++i) data[i] = static_cast<uint8_t>(random.below(256));
}

}  // namespace

/// The card as it was after some writes.
class CardHistory::At : public SectorSource {
 public:
  At(const CardHistory& history, size_t writes) : history_(history), writes_(writes) {}
  uint64_t size() const override { return history_.sectors() * kSectorBytes; }
  uint64_t next_data(uint64_t offset) const override {
    const auto written = history_.versions_.lower_bound(static_cast<uint32_t>(offset / kSectorBytes));
    const uint64_t base = history_.base_.next_data(offset);
    return written == history_.versions_.end() ? base : std::min(base, std::max(offset, uint64_t{written->first} * kSectorBytes));
  }

 private:
  void read_sector(uint64_t lba, uint8_t* data) const override {
    const WriteLog::Sector sector = history_.sector(static_cast<uint32_t>(lba), writes_);
    std::copy(sector.begin(), sector.end(), data);
  }
  const CardHistory& history_;
  size_t writes_;
};

void apply_writes(hw::SectorStore& store, const WriteLog& log, size_t from, size_t to) {
  for (size_t i = from; i < std::min(to, log.entries().size()); ++i) {
    const WriteLog::Entry& entry = log.entries()[i];
    if (entry.is_erase) {
      store.erase(entry.lba, entry.count);
    } else {
      store.write(entry.lba, log.data(entry).data());
    }
  }
}

CardHistory::CardHistory(const hw::SectorStore& base, WriteLog log) : base_(base), log_(std::move(log)) {
  bool begins = true;
  for (size_t i = 0; i < log_.entries().size(); ++i) {
    const WriteLog::Entry& entry = log_.entries()[i];
    if (begins) command_begins_.push_back(i);
    begins = entry.is_settled;
    for (uint32_t j = 0; j < entry.count; ++j) versions_[entry.lba + j].push_back({i, entry.is_erase ? &zeros() : &log_.data(entry)});
  }
}

WriteLog::Sector CardHistory::sector(uint32_t lba, size_t writes) const {
  const auto found = versions_.find(lba);
  if (found != versions_.end()) {
    const std::vector<Version>& versions = found->second;
    const auto after = std::lower_bound(versions.begin(), versions.end(), writes, [](const Version& v, size_t n) { return v.write < n; });
    if (after != versions.begin()) return *std::prev(after)->data;
  }
  WriteLog::Sector sector;
  base_.read(lba, sector.data());
  return sector;
}

std::unique_ptr<judge::ByteSource> CardHistory::at(size_t writes) const { return std::make_unique<At>(*this, writes); }

size_t CardHistory::command_begin(size_t write) const { return *std::prev(std::upper_bound(command_begins_.begin(), command_begins_.end(), write)); }

size_t CardHistory::command_end(size_t write) const {
  const auto next = std::upper_bound(command_begins_.begin(), command_begins_.end(), write);
  return next == command_begins_.end() ? writes() : *next;
}

std::vector<SectorPatch> CardHistory::damage(const Cut& cut, uint32_t ahead) const {
  switch (cut.damage) {
    case Damage::kNone:
      return {};
    case Damage::kPaired:
      return spoil_paired_page(cut);
    case Damage::kRollback:
      return roll_back(cut);
    default:
      break;
  }
  if (cut.writes >= writes() || log_.entries()[cut.writes].is_erase) return {};
  if (cut.damage == Damage::kTorn) return tear(cut);
  return cut.damage == Damage::kShorn ? shear(cut) : reorder(cut, ahead);
}

std::vector<SectorPatch> CardHistory::tear(const Cut& cut) const {
  SeedStream random = stream_of(cut);
  const WriteLog::Entry& entry = log_.entries()[cut.writes];
  const uint32_t fill = static_cast<uint32_t>(random.below(3));
  const uint32_t drawn = 1 + static_cast<uint32_t>(random.below(kSectorBytes - 1));
  const uint32_t fresh = std::min(cut.detail.value_or(drawn), kSectorBytes);
  SectorPatch patch{entry.lba, sector(entry.lba, cut.writes)};
  if (fill == 1) std::fill(patch.data.begin(), patch.data.end(), uint8_t{0xFF});
  if (fill == 2) fill_noise(patch.data.data(), kSectorBytes, random);
  std::copy_n(log_.data(entry).begin(), fresh, patch.data.begin());
  return {patch};
}

std::vector<SectorPatch> CardHistory::shear(const Cut& cut) const {
  SeedStream random = stream_of(cut);
  const uint32_t page_sectors = kSmallestPageSectors << random.below(kPageSizes);
  const uint32_t page = log_.entries()[cut.writes].lba / page_sectors;
  std::vector<size_t> done;  // writes of this command that went to the page before
  for (size_t i = command_begin(cut.writes); i < cut.writes; ++i) {
    if (log_.entries()[i].lba / page_sectors == page) done.push_back(i);
  }
  const uint32_t keep = std::min(cut.detail.value_or(static_cast<uint32_t>(random.below(done.size() + 1))), static_cast<uint32_t>(done.size()));
  std::vector<SectorPatch> patches;
  for (size_t i = keep; i < done.size(); ++i) {
    const uint32_t lba = log_.entries()[done[i]].lba;
    patches.push_back({lba, sector(lba, command_begin(cut.writes))});
  }
  return patches;
}

std::vector<SectorPatch> CardHistory::reorder(const Cut& cut, uint32_t ahead) const {
  SeedStream random = stream_of(cut);
  const size_t begin = command_begin(cut.writes);
  const size_t end = std::min(command_end(cut.writes), cut.writes + ahead);
  std::vector<SectorPatch> patches;
  for (size_t i = begin; i < end; ++i) {
    const WriteLog::Entry& entry = log_.entries()[i];
    const bool is_new = random.below(2) == 1;
    if (entry.is_erase || is_new == (i < cut.writes)) continue;
    patches.push_back({entry.lba, is_new ? log_.data(entry) : sector(entry.lba, begin)});
  }
  return patches;
}

std::vector<SectorPatch> CardHistory::spoil_paired_page(const Cut& cut) const {
  SeedStream random = stream_of(cut);
  if (cut.writes == 0 || cut.writes >= writes()) return {};
  const size_t before = command_begin(cut.writes);
  const uint32_t block = log_.entries()[cut.writes].lba / kEraseBlockSectors;
  std::vector<uint32_t> pages;
  for (size_t i = 0; i < before; ++i) {
    const WriteLog::Entry& entry = log_.entries()[i];
    if (!entry.is_erase && entry.lba / kEraseBlockSectors == block) pages.push_back(entry.lba / kSmallestPageSectors);
  }
  if (pages.empty()) return {};
  const uint32_t page = pages[random.below(pages.size())];
  std::vector<SectorPatch> patches;
  for (uint32_t i = 0; i < kSmallestPageSectors; ++i) {
    SectorPatch patch{page * kSmallestPageSectors + i, {}};
    fill_noise(patch.data.data(), patch.data.size(), random);
    patches.push_back(patch);
  }
  return patches;
}

std::vector<SectorPatch> CardHistory::roll_back(const Cut& cut) const {
  SeedStream random = stream_of(cut);
  if (cut.writes == 0) return {};
  const size_t commands = cut.detail.value_or(1 + static_cast<uint32_t>(random.below(kCommandsRolledBackMax)));
  size_t begin = cut.writes;
  for (size_t i = 0; i < commands && begin > 0; ++i) begin = command_begin(begin - 1);
  std::map<uint32_t, WriteLog::Sector> before;
  for (size_t i = begin; i < cut.writes; ++i) {
    const WriteLog::Entry& entry = log_.entries()[i];
    for (uint32_t j = 0; j < entry.count; ++j) before[entry.lba + j] = sector(entry.lba + j, begin);
  }
  std::vector<SectorPatch> patches;
  for (const auto& [lba, data] : before) patches.push_back({lba, data});
  return patches;
}

}  // namespace saksi::sim
