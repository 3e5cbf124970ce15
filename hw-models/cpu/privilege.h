#ifndef SAKSI_HW_MODELS_CPU_PRIVILEGE_H_
#define SAKSI_HW_MODELS_CPU_PRIVILEGE_H_

#include <cstdint>

namespace saksi::hw {

/// The privilege modes that the hart has, by their encoding in mstatus.MPP.
enum class Privilege : uint8_t { kUser = 0, kMachine = 3 };

/// What an instruction wants to do with memory. An AMO is a load and a store.
enum class Access : uint8_t { kLoad, kStore, kFetch };

}  // namespace saksi::hw

#endif
