// Planted defect: every 50th frame is thrown away before the encoder, and nobody is told.
// Must be caught by the requirement that no frame is missing within a clip.
// wrap: ring_wants
#include "firmware-under-test/camera/ring.h"

bool __real_ring_wants(const ring_t* ring, uint64_t time);
bool __wrap_ring_wants(const ring_t* ring, uint64_t time);

bool __wrap_ring_wants(const ring_t* ring, uint64_t time) {
  static uint32_t wanted;
  if (!__real_ring_wants(ring, time)) return false;
  return ++wanted % 50 != 0;
}
