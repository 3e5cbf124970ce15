#include "sim/sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/error.h"
#include "base/seed_stream.h"
#include "base/sha256.h"

namespace saksi::sim {

namespace {

CardHash sector_hash(uint32_t lba, const WriteLog::Sector& data) {
  Sha256 hash;
  hash.update(&lba, sizeof lba);
  hash.update(data.data(), data.size());
  const Digest digest = hash.finish();
  CardHash words;
  std::memcpy(words.data(), digest.data(), sizeof words);
  return words;
}

std::vector<size_t> writes_to_cut(const std::string& cuts, size_t writes) {
  std::vector<size_t> result;
  size_t wanted = writes + 1;  // before the first write, and after the last
  if (cuts != "all") {
    const bool is_number = !cuts.empty() && cuts.size() < 10 && cuts.find_first_not_of("0123456789") == std::string::npos && cuts != "0";
    if (!is_number) throw UsageError(fmt::format("--cuts {}: all, a number of cuts, or an id like cut=1234,torn=3,seed=7 was expected", cuts));
    wanted = std::min<size_t>(wanted, std::stoul(cuts));
  }
  for (size_t i = 0; i < wanted; ++i) result.push_back(wanted == 1 ? 0 : i * writes / (wanted - 1));
  return result;
}

std::vector<CutId> ids_of(const SweepRequest& request, size_t writes) {
  if (request.cuts.rfind("cut=", 0) == 0) {
    const CutId id = CutId::parse(request.cuts);
    if (id.cuts[0].writes > writes) throw UsageError(fmt::format("{}: the run has {} writes", request.cuts, writes));
    return {CutId{{id.cuts[0]}}};
  }
  std::vector<CutId> ids;
  for (size_t cut : writes_to_cut(request.cuts, writes)) {
    ids.push_back(CutId{{Cut{cut, Damage::kNone, std::nullopt, 0}}});
    for (Damage damage : request.damages) {
      for (int i = 0; i < request.repeat; ++i) ids.push_back(CutId{{Cut{cut, damage, std::nullopt, request.seed + static_cast<uint64_t>(i)}}});
    }
  }
  SeedStream random(request.seed, "sweep damages");
  const std::vector<Damage> drawn = {Damage::kTorn, Damage::kShorn, Damage::kReorder};
  const std::vector<Damage>& kinds = request.damages.empty() ? drawn : request.damages;
  for (int i = 0; i < request.damaged && writes > 0; ++i) {
    const size_t cut = random.below(writes);
    ids.push_back(CutId{{Cut{cut, kinds[random.below(kinds.size())], std::nullopt, request.seed + 1000 + static_cast<uint64_t>(i)}}});
  }
  std::stable_sort(ids.begin(), ids.end(), [](const CutId& a, const CutId& b) { return a.cuts[0].writes < b.cuts[0].writes; });
  return ids;
}

}  // namespace

void CardHasher::replace(CardHash& hash, uint32_t lba, const WriteLog::Sector& before, const WriteLog::Sector& after) const {
  if (before == after) return;
  const CardHash old_words = sector_hash(lba, before), new_words = sector_hash(lba, after);
  for (size_t i = 0; i < hash.size(); ++i) hash[i] += new_words[i] - old_words[i];
}

void CardHasher::advance(size_t writes) {
  for (; writes_ < writes; ++writes_) {
    const WriteLog::Entry& entry = history_.log().entries()[writes_];
    for (uint32_t i = 0; i < entry.count; ++i) {
      replace(hash_, entry.lba + i, history_.sector(entry.lba + i, writes_), history_.sector(entry.lba + i, writes_ + 1));
    }
  }
}

CardHash CardHasher::with(const std::vector<SectorPatch>& patches) const {
  CardHash hash = hash_;
  for (const SectorPatch& patch : patches) replace(hash, patch.lba, history_.sector(patch.lba, writes_), patch.data);
  return hash;
}

std::vector<PlannedCard> plan_cuts(const SweepRequest& request, const CardHistory& history, uint32_t ahead) {
  std::vector<PlannedCard> cards;
  std::map<CardHash, size_t> known;
  CardHasher hasher(history);
  for (const CutId& id : ids_of(request, history.writes())) {
    const Cut& cut = id.cuts[0];
    hasher.advance(cut.writes);
    std::vector<SectorPatch> patches = history.damage(cut, ahead);
    const auto [found, is_new] = known.emplace(hasher.with(patches), cards.size());
    if (is_new) cards.push_back({cut.writes, std::move(patches), {}});
    cards[found->second].cuts.push_back(id);
  }
  return cards;
}

}  // namespace saksi::sim
