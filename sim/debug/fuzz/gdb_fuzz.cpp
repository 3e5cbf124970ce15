// Any bytes on the gdb port: the first byte says whether the others are a stream or the payload of one packet.
#include <cstddef>
#include <cstdint>

#include "sim/debug/fuzz/gdb_case.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    saksi::sim::run_gdb_case(bytes);
  } else {
    saksi::sim::run_gdb_payload_case(bytes);
  }
  return 0;
}
