#ifndef SAKSI_SIM_DEVICE_TRUTH_LOG_H_
#define SAKSI_SIM_DEVICE_TRUTH_LOG_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <systemc>
#include <vector>

#include "base/write_log.h"
#include "hw-models/board/board.h"

namespace saksi::sim {

/// Where a sector lies: a file and the offset in it, empty for what belongs to no file (boot sector, FAT, folders).
struct SectorOwner {
  std::string file;
  uint64_t offset = 0;
};

/// What only simulation knows of a run: photon times, coded pictures, interrupt wires, block writes. It goes beside the recording, into truth/,
/// and the judge never reads it.
class TruthLog : private hw::WriteHook {
 public:
  /// Adds itself to a board's observers.
  void attach(hw::BoardObservers& observers);

  /// Writes frames.jsonl, encoder.jsonl, irqs.jsonl and block-writes.jsonl into a folder, card-faults.jsonl if a fault of the card struck, and
  /// card-writes.log with what was written unless that was more than kLoggedSectorsMax. Throws InfraError.
  void write(const std::string& dir, const hw::SymbolTable& symbols, const std::function<SectorOwner(uint32_t lba)>& owner) const;

  /// Forgets what happened so far.
  void clear();

  const std::vector<hw::FrameTruth>& frames() const { return frames_; }
  const std::vector<hw::PictureTruth>& pictures() const { return pictures_; }

  const std::vector<hw::CardFaultTruth>& card_faults() const { return faults_; }
  const WriteLog& card_writes() const { return log_; }

  static constexpr size_t kLoggedSectorsMax = 512 * 1024;  ///< 256 MiB of data, held in memory until the end

 private:
  struct SectorWrite {
    int64_t t_ns;
    uint32_t lba;
    uint32_t count;
    size_t command;  ///< index into commands_
  };
  struct IrqEdge {
    int64_t t_ns;
    std::string block;
    bool level;
  };
  void sector_written(const sc_core::sc_time& time, uint32_t lba, const uint8_t* data) override;
  void sector_damaged(const sc_core::sc_time& time, uint32_t lba, const uint8_t* data) override;
  void sectors_erased(const sc_core::sc_time& time, uint32_t first_lba, uint32_t count) override;
  size_t command_of(uint32_t lba) const;
  void log_sector(const SectorWrite& write, const uint8_t* data);

  std::vector<hw::FrameTruth> frames_;
  std::vector<hw::PictureTruth> pictures_;
  std::vector<hw::WriteCommandTruth> commands_;
  std::vector<SectorWrite> writes_;
  WriteLog log_;
  std::vector<IrqEdge> irqs_;
  std::vector<hw::CardFaultTruth> faults_;
  std::vector<uint32_t> durable_sectors_;  ///< of commands_[i]
};

}  // namespace saksi::sim

#endif
