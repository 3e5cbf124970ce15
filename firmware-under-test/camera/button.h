// The record button: presses with their times.
//
// A press counts at its first rising edge, with no delay. Edges that follow another within the bounce time are not presses, so a
// bouncing contact makes one press, and letting go makes none.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BUTTON_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BUTTON_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BUTTON_BOUNCE_MS = 20 };

typedef struct {
  bool has_edge;
  uint64_t last_edge;  // ticks
} button_filter_t;

// Whether an edge at `time` is a press.
bool button_is_press(button_filter_t* filter, bool is_high, uint64_t time);

// `on_press` is called in the interrupt handler.
void button_init(void (*on_press)(uint64_t time));

bool button_has_press(void);

// The oldest press not yet taken; false if there is none.
bool button_take_press(uint64_t* time);

#ifdef __cplusplus
}
#endif

#endif
