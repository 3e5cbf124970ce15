// Turns the ring's pictures into clips on the card, fragment by fragment, from the press to the stop.
//
// Nothing here waits for pictures: recorder_step does at most one fragment and is called again when there is news. It returns when
// the card has taken the fragment.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RECORDER_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RECORDER_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/clip_store.h"
#include "firmware-under-test/camera/media_signing.h"
#include "firmware-under-test/camera/mp4.h"
#include "firmware-under-test/camera/ring.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  RECORDER_WAITS,     // not enough pictures for the next fragment
  RECORDER_WROTE,     // a fragment is on the card
  RECORDER_FINISHED,  // stopped, and the clip is closed
  RECORDER_FULL,      // the clip is closed, and there is no room for another
  RECORDER_FAILED     // the card failed
} recorder_result_t;

// How clips are signed.
typedef struct {
  media_signing_t* session;  // NULL: clips are not signed
  const media_signer_t* signer;
  const signing_identity_t* (*identity)(void);   // asked when a clip begins; what it points at stays as it is until the next
  uint64_t (*epoch)(void);                       // likewise: the date of tick 0, 100 ns since 1601-01-01 UTC
  uint8_t trailer[4 + PARAMETER_SET_BYTES_MAX];  // length and NAL unit of the picture parameter set
  uint32_t trailer_bytes;
} recorder_signature_t;

typedef struct {
  uint8_t header[MP4_HEADER_BYTES_MAX];
  uint32_t header_bytes;
  uint32_t clip_bytes_max;
  uint64_t clip_ticks_max;  // 0: a clip may be of any length
  uint64_t frame_period;    // ticks, nominal
  recorder_signature_t signature;
} recorder_settings_t;

typedef struct {
  const recorder_settings_t* settings;
  ring_t* ring;
  clip_store_t* store;
  bool is_active;                  // between start and finish
  bool is_published;               // the clip has its name
  bool is_durable;                 // a picture exposed after the press is on the card, and all before it
  uint64_t press_time, stop_time;  // ticks; CLOCK_NEVER while no stop was asked for
  uint64_t clip_start;             // time of the clip's first picture
  uint64_t next_decode;            // decode time of the next fragment, from clip_start
  uint32_t offset;                 // of the next fragment in the file
  uint32_t sequence;               // of the next fragment
  uint32_t pictures;               // in the clip, on the card
  uint32_t taken;                  // of the ring's oldest pictures: that they are the clip's is settled, and what is signed has them
  uint32_t taken_bytes;            // with their SEIs
  uint64_t newest;                 // time of the last picture that was taken
  bool is_end_known;               // no more pictures are taken
  bool is_changing;                // and the recording goes on in the next clip
  uint32_t covered;                // pictures on the card that signatures on the card cover
  uint32_t gop_bytes;              // of pictures since the last IDR picture, that one included
  uint32_t gop_bytes_max;          // the most of them so far
  uint8_t hash[MP4_HASH_BYTES];    // of the clip up to here
} recorder_t;

void recorder_init(recorder_t* recorder, const recorder_settings_t* settings, ring_t* ring, clip_store_t* store);

// Begins a clip in the store's spare, with everything that the ring holds. The ring has been held since the press.
void recorder_start(recorder_t* recorder, uint64_t press_time);

// The clip ends with the first picture whose readout starts at `stop_time` or later.
void recorder_stop(recorder_t* recorder, uint64_t stop_time);

recorder_result_t recorder_step(recorder_t* recorder, uint64_t now);

// What the red LED says.
bool recorder_is_durable(const recorder_t* recorder);

// Whether a signature is being made: recorder_step wants to be called every few milliseconds.
bool recorder_is_signing(const recorder_t* recorder);

// How many of the ring's oldest pictures make the next fragment; 0: wait for more. `is_sealed`: the clip's last SEI is there. `is_last`: the clip
// ends with it.
uint32_t recorder_plan(const recorder_t* recorder, bool is_sealed, bool* is_last);

#ifdef __cplusplus
}
#endif

#endif
