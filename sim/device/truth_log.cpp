#include "sim/device/truth_log.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
constexpr size_t kNoCommand = SIZE_MAX;

void write_lines(const std::string& path, const std::vector<Json>& lines) {
  std::ofstream out(path);
  for (const Json& line : lines) out << line.dump() << "\n";
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

std::vector<Json> frame_lines(const std::vector<hw::FrameTruth>& frames) {
  std::vector<Json> lines;
  for (const hw::FrameTruth& frame : frames) {
    lines.push_back({{"frame", frame.frame},
                     {"t_row0_ns", frame.t_row0_ns},
                     {"row_ns_num", frame.row_ns_num},
                     {"row_ns_den", frame.row_ns_den},
                     {"rows", frame.rows},
                     {"exposure_ns", frame.exposure_ns},
                     {"t_done_ns", frame.t_done_ns},
                     {"taken", frame.taken}});
  }
  return lines;
}

std::vector<Json> fault_lines(const std::vector<hw::CardFaultTruth>& faults) {
  std::vector<Json> lines;
  for (const hw::CardFaultTruth& fault : faults) {
    lines.push_back({{"t_ns", fault.t_ns}, {"fault", fault.fault}, {"lba", fault.lba}, {"sectors", fault.sectors}, {"text", fault.text}});
  }
  return lines;
}

std::vector<Json> picture_lines(const std::vector<hw::PictureTruth>& pictures) {
  std::vector<Json> lines;
  for (const hw::PictureTruth& picture : pictures) {
    lines.push_back({{"frame", picture.frame},
                     {"t_start_ns", picture.t_start_ns},
                     {"t_done_ns", picture.t_done_ns},
                     {"bytes", picture.bytes},
                     {"sha256", picture.sha256}});
  }
  return lines;
}

}  // namespace

void TruthLog::attach(hw::BoardObservers& observers) {
  observers.frame = [this](const hw::FrameTruth& frame) { frames_.push_back(frame); };
  observers.picture = [this](const hw::PictureTruth& picture) { pictures_.push_back(picture); };
  observers.irq = [this](const std::string& block, bool level, int64_t t_ns) { irqs_.push_back({t_ns, block, level}); };
  observers.write_command = [this](const hw::WriteCommandTruth& command) {
    commands_.push_back(command);
    durable_sectors_.push_back(0);
  };
  observers.card_fault = [this](const hw::CardFaultTruth& fault) { faults_.push_back(fault); };
  observers.sectors = this;
}

void TruthLog::clear() {
  frames_.clear();
  pictures_.clear();
  commands_.clear();
  writes_.clear();
  log_ = WriteLog();
  irqs_.clear();
}

size_t TruthLog::command_of(uint32_t lba) const {
  // Sectors become durable in the order of the commands, so the command is one of the last; the newest that covers the sector.
  for (size_t i = commands_.size(); i-- > 0;) {
    if (lba >= commands_[i].lba && lba - commands_[i].lba < commands_[i].sectors) return i;
  }
  return kNoCommand;
}

void TruthLog::sector_written(const sc_core::sc_time& time, uint32_t lba, const uint8_t* data) {
  writes_.push_back({static_cast<int64_t>(time.value() / 1000), lba, 1, command_of(lba)});
  if (writes_.size() <= kLoggedSectorsMax) log_sector(writes_.back(), data);
}

/// The end of busy is what a card promises: after the last sector of its command, whichever a cache has kept longest.
void TruthLog::log_sector(const SectorWrite& write, const uint8_t* data) {
  log_.write(write.lba, data);
  if (write.command == kNoCommand) return;
  if (++durable_sectors_[write.command] == commands_[write.command].sectors) log_.settle();
}

void TruthLog::sector_damaged(const sc_core::sc_time& time, uint32_t lba, const uint8_t* data) {
  writes_.push_back({static_cast<int64_t>(time.value() / 1000), lba, 1, kNoCommand});
  if (writes_.size() <= kLoggedSectorsMax) log_.write(lba, data);
}

void TruthLog::sectors_erased(const sc_core::sc_time& time, uint32_t first_lba, uint32_t count) {
  writes_.push_back({static_cast<int64_t>(time.value() / 1000), first_lba, count, kNoCommand});
  if (writes_.size() <= kLoggedSectorsMax) log_.erase(first_lba, count);
}

void TruthLog::write(const std::string& dir, const hw::SymbolTable& symbols, const std::function<SectorOwner(uint32_t)>& owner) const {
  write_lines(dir + "/frames.jsonl", frame_lines(frames_));
  if (!faults_.empty()) write_lines(dir + "/card-faults.jsonl", fault_lines(faults_));
  write_lines(dir + "/encoder.jsonl", picture_lines(pictures_));
  std::vector<Json> lines;
  for (const IrqEdge& edge : irqs_) lines.push_back({{"t_ns", edge.t_ns}, {"block", edge.block}, {"level", edge.level}});
  write_lines(dir + "/irqs.jsonl", lines);
  lines.clear();
  for (const SectorWrite& write : writes_) {
    const SectorOwner place = owner(write.lba);
    Json line = {{"t_ns", write.t_ns}, {"lba", write.lba}, {"count", write.count}, {"file", place.file}, {"offset", place.offset}};
    if (write.command != kNoCommand) {
      line["command"] = write.command;
      const std::vector<uint32_t>& stack = commands_[write.command].stack;
      line["t_command_ns"] = commands_[write.command].t_ns;
      line["pc"] = stack.empty() ? 0 : stack[0];
      Json names = Json::array();
      for (uint32_t address : stack) names.push_back(symbols.describe(address));
      line["stack"] = names;
    }
    lines.push_back(line);
  }
  write_lines(dir + "/block-writes.jsonl", lines);
  if (!writes_.empty() && writes_.size() <= kLoggedSectorsMax) log_.save(dir + "/card-writes.log");
}

}  // namespace saksi::sim
