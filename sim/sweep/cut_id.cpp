#include "sim/sweep/cut_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/error.h"

namespace saksi::sim {

namespace {

struct Kind {
  Damage damage;
  const char* word;
  bool legal;
};

constexpr std::array<Kind, 6> kKinds = {{{Damage::kNone, "none", true},
                                         {Damage::kTorn, "torn", true},
                                         {Damage::kShorn, "shorn", true},
                                         {Damage::kReorder, "reorder", true},
                                         {Damage::kPaired, "paired", false},
                                         {Damage::kRollback, "rollback", false}}};

const Kind& kind(Damage damage) { return kKinds[static_cast<size_t>(damage)]; }

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw UsageError(
      fmt::format("{}: {}; a cut is written like cut=1234, cut=1234,torn=3,seed=7 or, with a second cut in the recovery, cut=1234/17", text, why));
}

uint64_t number(const std::string& digits, const std::string& text) {
  if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos)
    refuse(text, "'" + digits + "' is no number");
  return std::stoull(digits);
}

void read_part(const std::string& part, const std::string& text, Cut& cut) {
  const size_t equals = part.find('=');
  const std::string word = part.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
  if (word == "seed") {
    cut.seed = number(value, text);
    return;
  }
  if (cut.damage != Damage::kNone) refuse(text, "one cut does one kind of damage");
  cut.damage = damage_of(word);
  if (equals != std::string::npos) cut.detail = static_cast<uint32_t>(std::min<uint64_t>(number(value, text), UINT32_MAX));
}

}  // namespace

const char* damage_word(Damage damage) { return kind(damage).word; }
bool is_legal(Damage damage) { return kind(damage).legal; }

Damage damage_of(const std::string& word) {
  std::string known;
  for (const Kind& one : kKinds) {
    if (word == one.word) return one.damage;
    known += (known.empty() ? "" : ", ") + std::string(one.word);
  }
  throw UsageError(fmt::format("there is no damage '{}'; known: {}", word, known));
}

std::string CutId::text() const {
  std::string text = "cut=";
  for (size_t i = 0; i < cuts.size(); ++i) {
    const Cut& cut = cuts[i];
    text += fmt::format("{}{}", i == 0 ? "" : "/", cut.writes);
    if (cut.damage == Damage::kNone) continue;
    text += fmt::format(",{}", damage_word(cut.damage));
    if (cut.detail) text += fmt::format("={}", *cut.detail);
    text += fmt::format(",seed={}", cut.seed);
  }
  return text;
}

std::string CutId::file_name() const {
  std::string name = text();
  std::replace(name.begin(), name.end(), '/', '+');
  return name;
}

CutId CutId::parse(const std::string& text) {
  CutId id;
  const std::string prefix = "cut=";
  if (text.rfind(prefix, 0) != 0) refuse(text, "'cut=' was expected at its beginning");
  for (const std::string& level : split(text.substr(prefix.size()), '/')) {
    const std::vector<std::string> parts = split(level, ',');
    if (parts.empty()) refuse(text, "a number of writes is missing");
    Cut cut;
    cut.writes = number(parts[0], text);
    for (size_t i = 1; i < parts.size(); ++i) read_part(parts[i], text, cut);
    id.cuts.push_back(cut);
  }
  if (id.cuts.empty()) refuse(text, "a number of writes is missing");
  return id;
}

}  // namespace saksi::sim
