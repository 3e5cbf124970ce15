// Planted defect: a clip gets its name when its recording begins, before any of its pictures is on the card.
// Must be caught by the sweep of power cuts: a clip without pictures is left, which no player opens.
// wrap: clip_store_begin
#include "firmware-under-test/camera/clip_store.h"

void __real_clip_store_begin(clip_store_t* store);
void __wrap_clip_store_begin(clip_store_t* store);

void __wrap_clip_store_begin(clip_store_t* store) {
  __real_clip_store_begin(store);
  clip_store_publish(store);
}
