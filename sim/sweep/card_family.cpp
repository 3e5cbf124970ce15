#include "sim/sweep/card_family.h"

#include <algorithm>

namespace saksi::sim {

namespace {

const WriteLog::Sector kErased{};

/// Puts what one entry of a log wrote over what is known of a card.
void put_entry(const WriteLog& log, size_t index, std::map<uint32_t, const WriteLog::Sector*>& sectors) {
  const WriteLog::Entry& entry = log.entries()[index];
  for (uint32_t i = 0; i < entry.count; ++i) sectors[entry.lba + i] = entry.is_erase ? &kErased : &log.data(entry);
}

}  // namespace

CardFamily::CardFamily(const hw::SectorStore& base, const WriteLog& log, size_t from, const std::vector<Member>& members) {
  Contents written;
  std::set<uint32_t> touched;
  for (const Member& member : members) {
    for (; from < member.writes; ++from) put_entry(log, from, written);
    cards_.push_back({member.number, written});
    for (const auto& [lba, data] : written) touched.insert(lba);
    if (member.patches == nullptr) continue;
    for (const SectorPatch& patch : *member.patches) {
      cards_.back().sectors[patch.lba] = &patch.data;
      touched.insert(patch.lba);
    }
  }
  Sectors sectors;
  for (uint32_t lba : touched) base.read(lba, sectors[lba].data());
  base_ = std::make_shared<const Sectors>(std::move(sectors));
  for (Card& card : cards_) {
    for (const auto& [lba, data] : *base_) card.sectors.emplace(lba, &data);
  }
  compare(touched);
}

CardFamily::CardFamily(std::shared_ptr<const Sectors> base, std::vector<Card> cards, const std::set<uint32_t>& differing)
    : base_(std::move(base)), cards_(std::move(cards)) {
  compare(differing);
}

void CardFamily::compare(const std::set<uint32_t>& candidates) {
  for (uint32_t lba : candidates) {
    const WriteLog::Sector* first = cards_[0].sectors.at(lba);
    const bool is_same = std::all_of(cards_.begin(), cards_.end(), [&](const Card& card) {
      const WriteLog::Sector* other = card.sectors.at(lba);
      return other == first || *other == *first;
    });
    if (!is_same) differing_.insert(lba);
  }
}

size_t CardFamily::index_of(size_t number) const {
  const auto found = std::find_if(cards_.begin(), cards_.end(), [&](const Card& card) { return card.number == number; });
  return static_cast<size_t>(found - cards_.begin());
}

std::vector<CardFamily> CardFamily::split(uint32_t lba) const {
  std::vector<std::vector<Card>> parts;
  for (const Card& card : cards_) {
    const auto alike = std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return *part[0].sectors.at(lba) == *card.sectors.at(lba); });
    if (alike == parts.end()) {
      parts.push_back({card});
    } else {
      alike->push_back(card);
    }
  }
  std::vector<CardFamily> families;
  for (std::vector<Card>& part : parts) families.push_back(CardFamily(base_, std::move(part), differing_));
  return families;
}

void CardFamily::show(hw::SectorStore& store, size_t index) const {
  for (uint32_t lba : differing_) store.write(lba, cards_[index].sectors.at(lba)->data());
}

void CardFamily::put_on_base(hw::SectorStore& store, size_t index) const {
  for (const auto& [lba, data] : cards_[index].sectors) store.write(lba, data->data());
}

}  // namespace saksi::sim
