// Planted defect: the press empties the pre-event ring, so the clip starts after it.
// Must be caught by the requirement on the pre-event length.
// wrap: ring_hold
#include "firmware-under-test/camera/ring.h"

void __real_ring_hold(ring_t* ring, uint64_t time);
void __wrap_ring_hold(ring_t* ring, uint64_t time);

void __wrap_ring_hold(ring_t* ring, uint64_t time) {
  ring_release(ring, ring_count(ring));
  ring->needs_idr = true;
  __real_ring_hold(ring, time);
}
