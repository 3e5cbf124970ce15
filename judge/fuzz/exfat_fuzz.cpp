// A card image of any bytes is read as exFAT without a crash, a hang or an exception.
#include <memory>

#include "judge/card/exfat_volume.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const saksi::judge::ExfatVolume volume(std::make_shared<saksi::judge::MemorySource>(std::vector<uint8_t>(data, data + size)));
  uint8_t byte = 0;
  for (size_t i = 0; i < volume.files().size(); ++i) volume.open(i)->read(volume.files()[i].size / 2, &byte, 1);
  return 0;
}
