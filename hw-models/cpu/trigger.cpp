#include "hw-models/cpu/trigger.h"

namespace saksi::hw {
namespace {

constexpr uint32_t kTselect = 0x7A0, kTdata1 = 0x7A1, kTdata2 = 0x7A2, kTdata3 = 0x7A3, kTinfo = 0x7A4;

constexpr uint32_t kTypeShift = 28;
constexpr uint32_t kTypeMcontrol = 2, kTypeMcontrol6 = 6, kTypeDisabled = 15;
constexpr uint32_t kSupportedTypes = 1u << kTypeMcontrol | 1u << kTypeMcontrol6 | 1u << kTypeDisabled;
constexpr uint32_t kInfoVersion1 = 1u << 24;  ///< of the debug specification's version 1.0

// Fields of mcontrol and mcontrol6, which have most of them in common.
constexpr uint32_t kLoad = 1u << 0, kStore = 1u << 1, kExecute = 1u << 2, kUser = 1u << 3, kMachine = 1u << 6;
constexpr uint32_t kMatchShift = 7, kMatchMask = 0xFu << kMatchShift;
constexpr uint32_t kMatchEqual = 0, kMatchNapot = 1, kMatchAtLeast = 2, kMatchBelow = 3;
constexpr uint32_t kChain = 1u << 11;
constexpr uint32_t kHitMcontrol = 1u << 20, kHitMcontrol6 = 1u << 22;

uint32_t type_of(uint32_t control) { return control >> kTypeShift; }
uint32_t hit_bit(uint32_t control) { return type_of(control) == kTypeMcontrol ? kHitMcontrol : kHitMcontrol6; }

}  // namespace

void Triggers::reset() {
  triggers_.fill({kTypeMcontrol << kTypeShift, 0});
  selected_ = 0;
  update();
}

std::optional<uint32_t> Triggers::read(uint32_t number) const {
  switch (number) {
    case kTselect:
      return selected_;
    case kTdata1:
      return triggers_[selected_].control;
    case kTdata2:
      return triggers_[selected_].value;
    case kTdata3:
      return 0;
    case kTinfo:
      return kSupportedTypes | kInfoVersion1;
    default:
      return std::nullopt;
  }
}

/// What the fields can hold: unsupported types become "disabled", unsupported ways of matching "equal".
uint32_t Triggers::legal_control(uint32_t value, bool is_last) {
  const uint32_t type = type_of(value);
  if (type != kTypeMcontrol && type != kTypeMcontrol6) return kTypeDisabled << kTypeShift;
  uint32_t kept = kLoad | kStore | kExecute | kUser | kMachine | hit_bit(value);
  if (!is_last) kept |= kChain;
  const uint32_t match = (value & kMatchMask) >> kMatchShift;
  const bool is_napot = match == kMatchNapot && type == kTypeMcontrol6;
  if (is_napot || match == kMatchAtLeast || match == kMatchBelow) kept |= kMatchMask;
  return type << kTypeShift | (value & kept);
}

bool Triggers::write(uint32_t number, uint32_t value) {
  switch (number) {
    case kTselect:
      if (value < kCount) selected_ = value;
      return true;
    case kTdata1:
      triggers_[selected_].control = legal_control(value, selected_ + 1 == kCount);
      break;
    case kTdata2:
      triggers_[selected_].value = value;
      break;
    case kTdata3:
      return true;
    case kTinfo:
      return true;  // its number says read and write, its fields are read-only
    default:
      return false;
  }
  update();
  return true;
}

void Triggers::update() {
  any_execute_ = false;
  any_access_ = false;
  for (const Trigger& trigger : triggers_) {
    if (type_of(trigger.control) == kTypeDisabled || (trigger.control & (kUser | kMachine)) == 0) continue;
    any_execute_ |= (trigger.control & kExecute) != 0;
    any_access_ |= (trigger.control & (kLoad | kStore)) != 0;
  }
  ++version_;
}

bool Triggers::matches(const Trigger& trigger, const Event& event) {
  const uint32_t control = trigger.control;
  const uint32_t mode = event.privilege == Privilege::kMachine ? kMachine : kUser;
  if (type_of(control) == kTypeDisabled || (control & event.kind) == 0 || (control & mode) == 0) return false;
  const uint64_t first = event.address;
  const uint64_t last = first + event.size - 1;
  const uint64_t value = trigger.value;
  switch ((control & kMatchMask) >> kMatchShift) {
    case kMatchAtLeast:
      return last >= value;
    case kMatchBelow:
      return first < value;
    case kMatchNapot: {
      const uint64_t below = value ^ (value + 1);
      return last >= (value & ~below) && first <= (value | below);
    }
    default:
      return first <= value && value <= last;
  }
}

uint32_t Triggers::matching(const Event& event) const {
  uint32_t found = 0;
  uint32_t chain = 0;
  bool all = true;
  for (unsigned i = 0; i < kCount; ++i) {
    chain |= 1u << i;
    all = all && matches(triggers_[i], event);
    if (type_of(triggers_[i].control) != kTypeDisabled && (triggers_[i].control & kChain) != 0) continue;
    if (all) found |= chain;
    chain = 0;
    all = true;
  }
  return found;
}

void Triggers::record(const Event& event) {
  const uint32_t found = matching(event);
  for (unsigned i = 0; i < kCount; ++i) {
    if ((found >> i & 1) != 0) triggers_[i].control |= hit_bit(triggers_[i].control);
  }
}

bool Triggers::matches_execute(uint32_t pc, Privilege privilege) const { return matching({pc, 1, kExecute, privilege}) != 0; }

bool Triggers::matches_access(uint32_t address, uint32_t size, bool is_store, Privilege privilege) const {
  return matching({address, size, is_store ? kStore : kLoad, privilege}) != 0;
}

void Triggers::record_execute(uint32_t pc, Privilege privilege) { record({pc, 1, kExecute, privilege}); }

void Triggers::record_access(uint32_t address, uint32_t size, bool is_store, Privilege privilege) {
  record({address, size, is_store ? kStore : kLoad, privilege});
}

}  // namespace saksi::hw
