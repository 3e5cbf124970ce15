// Planted defect: the red LED lights at the press, before anything of the event is on the card.
// Must be caught by the requirement that a card cut at any time after the red LED holds the press: cut the supply 0, 20, 40 ... ms
// after the LED turns red, and judge the card that is left.
// wrap: recorder_is_durable
#include "firmware-under-test/camera/recorder.h"

bool __wrap_recorder_is_durable(const recorder_t* recorder);

bool __wrap_recorder_is_durable(const recorder_t* recorder) { return recorder->is_active; }
