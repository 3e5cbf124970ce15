// The camera as a whole: what happens at power-on, at a press, when a card comes, goes, or fails.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CAMERA_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CAMERA_H_

// Brings everything up. Interrupts and the console work already.
void camera_init(void);

// One turn of the main loop: what has happened is dealt with, the watchdog is fed if that was something, and the hart sleeps.
void camera_run_once(void);

#endif
