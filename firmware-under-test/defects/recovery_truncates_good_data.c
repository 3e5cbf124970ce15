// Planted defect: the recovery of a clip does not trust its last whole fragment and cuts it off.
// Must be caught by the sweep of power cuts: frames that were on the card are gone.
// wrap: mp4_measure
#include "firmware-under-test/camera/mp4.h"

bool __real_mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent);
bool __wrap_mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent);

bool __wrap_mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent) {
  if (!__real_mp4_measure(read, context, bytes, extent)) return false;
  if (extent->is_closed || extent->fragments < 2) return true;
  return __real_mp4_measure(read, context, extent->end - 1, extent);
}
