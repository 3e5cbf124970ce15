#include "sim/debug/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

namespace saksi::sim {

namespace {

using regs::Access;
using regs::RegisterInfo;

constexpr const char* kHelp =
    "monitor help                          this list\n"
    "monitor time                          virtual time, and how many instructions were begun and completed\n"
    "monitor blocks                        the board's blocks: address, interrupt, title\n"
    "monitor regs BLOCK                    every register of a block, as the guest would read it now; nothing is disturbed\n"
    "monitor reg BLOCK.REGISTER            one register; an element of an array as REGISTER[N]\n"
    "monitor reg BLOCK.REGISTER VALUE      writes it as the guest would, with all that the write does\n"
    "monitor trace N                       the last N instructions before this place\n"
    "monitor checkpoints                   the earlier states that going back starts from\n"
    "monitor reset                         back to the first instruction, forgetting what the debugger has changed\n";

/// Longest array that `regs` shows in full; of longer ones it shows the elements that are not zero.
constexpr uint32_t kShortArray = 8;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<uint64_t> number(const std::string& text) {
  char* end = nullptr;
  const uint64_t value = std::strtoull(text.c_str(), &end, 0);
  if (text.empty() || *end != '\0' || text[0] == '-') return std::nullopt;
  return value;
}

const char* access_name(Access access) {
  switch (access) {
    case Access::kReadWrite:
      return "rw";
    case Access::kReadOnly:
      return "ro";
    case Access::kWriteOnly:
      return "wo";
    case Access::kWriteOneToClear:
      return "w1c";
  }
  return "";
}

std::string element_name(const RegisterInfo& info, uint32_t index) { return info.count == 1 ? info.name : fmt::format("{}[{}]", info.name, index); }

}  // namespace

std::string Monitor::run(const std::string& line) {
  std::istringstream words(line);
  std::string command, first, second, extra;
  words >> command >> first >> second >> extra;
  const bool none = first.empty();
  if (command.empty() || command == "help") return kHelp;
  if (command == "time" && none) return target_.time();
  if (command == "blocks" && none) return blocks();
  if (command == "regs" && second.empty()) return block_registers(first);
  if (command == "reg" && extra.empty()) return one_register(first, second);
  if (command == "trace" && second.empty()) return trace(first);
  if (command == "checkpoints" && none) return target_.checkpoints();
  if (command == "reset" && none) return target_.reset();
  return fmt::format("'{}' is no monitor command. There are:\n{}", line, kHelp);
}

const hw::BlockView* Monitor::find_block(const std::string& name) const {
  const auto it = std::find_if(target_.blocks.begin(), target_.blocks.end(), [&](const hw::BlockView& block) { return block.name == lower(name); });
  return it == target_.blocks.end() ? nullptr : &*it;
}

std::string Monitor::block_names() const {
  std::string names;
  for (const hw::BlockView& block : target_.blocks) names += (names.empty() ? "" : ", ") + block.name;
  return names;
}

std::string Monitor::blocks() const {
  std::string text = "block      address     irq  what it is\n";
  for (const hw::BlockView& block : target_.blocks) {
    const std::string irq = block.irq == 0 ? "-" : std::to_string(block.irq);
    text += fmt::format("{:<10} 0x{:08x}  {:>3}  {}\n", block.name, block.address, irq, block.info->title);
  }
  return text;
}

std::string Monitor::register_line(const Place& place, uint32_t value) const {
  const RegisterInfo& info = *place.info;
  const uint32_t address = place.block->address + info.offset + place.index * info.stride;
  std::string text = fmt::format("0x{:08x}  {:<3}  {:<22} ", address, access_name(info.access), element_name(info, place.index));
  if (info.access == Access::kWriteOnly) return text + "(cannot be read)\n";
  text += fmt::format("0x{:0{}x}", value, info.width / 4);
  const regs::BlockInfo& block = *place.block->info;
  for (uint32_t i = 0; i < block.field_count; ++i) {
    const regs::FieldInfo& field = block.fields[i];
    if (field.field.offset == info.offset) text += fmt::format(" {}={}", field.name, field.field.get(value));
  }
  return text + "\n";
}

std::string Monitor::block_registers(const std::string& name) const {
  const hw::BlockView* block = find_block(name);
  if (!block) return fmt::format("there is no block '{}' on this board; there are: {}\n", name, block_names());
  std::string text;
  for (uint32_t i = 0; i < block->info->register_count; ++i) {
    const RegisterInfo& info = block->info->registers[i];
    if (info.access == Access::kWriteOnly) {
      text += register_line({block, &info, 0}, 0);
      continue;
    }
    const auto values = target_.read(block->address + info.offset, info.width / 8u, info.count, info.stride);
    uint32_t hidden = 0;
    for (uint32_t index = 0; index < values.size(); ++index) {
      const bool shown = info.count <= kShortArray || values[index] != 0;
      if (shown) text += register_line({block, &info, index}, values[index]);
      if (!shown) ++hidden;
    }
    if (hidden > 0) text += fmt::format("            {:<3}  {}[...], {} of {} are 0\n", access_name(info.access), info.name, hidden, info.count);
    if (values.empty()) text += fmt::format("            {:<3}  {:<22} (no answer: the CPU is off)\n", access_name(info.access), info.name);
  }
  return text;
}

/// "BLOCK.REGISTER" or "BLOCK.REGISTER[N]".
std::optional<Monitor::Place> Monitor::find(const std::string& name, std::string* problem) const {
  const size_t dot = name.find('.');
  const hw::BlockView* block = find_block(name.substr(0, dot));
  if (!block || dot == std::string::npos) {
    *problem = fmt::format("'{}': BLOCK.REGISTER was expected, with a block of: {}\n", name, block_names());
    return std::nullopt;
  }
  const size_t bracket = name.find('[', dot);
  const std::string wanted = upper(name.substr(dot + 1, bracket == std::string::npos ? bracket : bracket - dot - 1));
  const RegisterInfo* const begin = block->info->registers;
  const RegisterInfo* const end = begin + block->info->register_count;
  const RegisterInfo* const info = std::find_if(begin, end, [&](const RegisterInfo& i) { return wanted == i.name; });
  if (info == end) {
    std::string names;
    for (const RegisterInfo* i = begin; i != end; ++i)
      names += (names.empty() ? "" : ", ") + (i->count == 1 ? i->name : fmt::format("{}[0..{}]", i->name, i->count - 1));
    *problem = fmt::format("{} has no register '{}'; it has: {}\n", block->name, wanted, names);
    return std::nullopt;
  }
  const bool indexed = bracket != std::string::npos;
  const auto index = indexed && name.back() == ']' ? number(name.substr(bracket + 1, name.size() - bracket - 2)) : std::optional<uint64_t>(0);
  const bool good = info->count == 1 ? !indexed : indexed && name.back() == ']' && index && *index < info->count;
  if (!good) {
    *problem = info->count == 1
                   ? fmt::format("{} is a single register\n", info->name)
                   : fmt::format("{} is an array: name an element, {}[0] to {}[{}]\n", info->name, info->name, info->name, info->count - 1);
    return std::nullopt;
  }
  return Place{block, info, static_cast<uint32_t>(*index)};
}

std::string Monitor::one_register(const std::string& name, const std::string& value_text) const {
  std::string problem;
  const auto place = find(name, &problem);
  if (!place) return problem;
  const RegisterInfo& info = *place->info;
  const uint32_t address = place->block->address + info.offset + place->index * info.stride;
  const uint32_t size = info.width / 8u;
  if (!value_text.empty()) {
    const auto value = number(value_text);
    if (!value || *value >> info.width != 0) return fmt::format("'{}' is no value of {} bits\n", value_text, info.width);
    if (!target_.write(address, size, static_cast<uint32_t>(*value))) return "no answer: the CPU is off\n";
  }
  if (info.access == Access::kWriteOnly) return register_line(*place, 0);
  const auto values = target_.read(address, size, 1, 0);
  return values.empty() ? "no answer: the CPU is off\n" : register_line(*place, values[0]);
}

std::string Monitor::trace(const std::string& count) const {
  constexpr uint64_t kMax = 100'000;
  const auto wanted = number(count);
  if (!wanted || *wanted == 0 || *wanted > kMax) return fmt::format("monitor trace N: a number from 1 to {} was expected\n", kMax);
  return target_.trace(*wanted);
}

}  // namespace saksi::sim
