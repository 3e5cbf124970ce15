#ifndef SAKSI_SIM_SWEEP_SECTOR_SOURCE_H_
#define SAKSI_SIM_SWEEP_SECTOR_SOURCE_H_

#include <cstdint>

#include "hw-models/card/sector_store.h"
#include "judge/card/byte_source.h"

namespace saksi::sim {

/// A card that is read sector by sector, for the judge, which reads bytes. Its holes, as next_data() tells them, are not read.
class SectorSource : public judge::ByteSource {
 public:
  size_t read(uint64_t offset, void* buffer, size_t count) const override;

 protected:
  /// `data` is hw::kSectorBytes long.
  virtual void read_sector(uint64_t lba, uint8_t* data) const = 0;
};

}  // namespace saksi::sim

#endif
