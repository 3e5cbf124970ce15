// Signs a clip by ONVIF Media Signing while it is being recorded: one session per clip, one SEI per GOP.
//
// Pictures are added in coding order, before they are written. A GOP is closed by the IDR picture that follows; its SEI then goes before a later
// picture, and never before that IDR picture itself, so that a clip that is cut out there stays verifiable. Nothing waits for the signature: SEIs
// go out in the order of their GOPs, before whichever picture is next when they are ready. GOPs that are closed while a signature is being made get
// a SEI without one and are covered by the next that has one, through the hash of their SEI; so does a GOP whose signature failed.
//
// A long GOP is covered in parts. No allocation; memory is bounded whatever the settings of GOP and frame rate.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_MEDIA_SIGNING_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_MEDIA_SIGNING_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/signing_sei.h"
#include "firmware-under-test/drivers/secure_element.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  MEDIA_SIGNING_GOPS_MAX = 16,  // closed, whose SEI is not yet in the stream
  MEDIA_SIGNING_SEIS_MAX = 64,  // in the stream, not yet released
  MEDIA_SIGNING_SEIS_PER_PICTURE = 2,
  MEDIA_SIGNING_PART_MAX = 280,  // elements that are covered by one SEI in mid-clip
  MEDIA_SIGNING_STORE_BYTES = 160 << 10
};

// Who makes the signatures: secure_element_sign_begin and _step, or a test.
typedef struct {
  void (*begin)(const uint8_t digest[SECURE_ELEMENT_DIGEST_BYTES]);
  secure_element_sign_t (*step)(uint8_t signature[SECURE_ELEMENT_SIGNATURE_BYTES]);
} media_signer_t;

// A SEI as it goes into a sample: four bytes of length, then the NAL unit. Starts at a multiple of 4.
typedef struct {
  uint32_t picture;  // before which it stands, counted from the session's first; the number of pictures: behind the last
  uint32_t covered;  // pictures of the session that are covered as soon as this SEI is there; 0: it is not signed
  const uint8_t* data;
  uint32_t bytes;
} media_sei_t;

typedef enum {
  MEDIA_GOP_WAITS,  // for the signer
  MEDIA_GOP_SIGNING,
  MEDIA_GOP_SIGNED,
  MEDIA_GOP_UNSIGNED  // goes without
} media_gop_state_t;

typedef struct {
  signing_gop_t gop;
  media_gop_state_t state;
  uint32_t pictures;  // of the session up to its end
  uint8_t signature[SECURE_ELEMENT_SIGNATURE_BYTES];
  uint8_t hashes[SIGNING_HASHES_MAX * SIGNING_HASH_BYTES];
} media_gop_t;

typedef struct {
  const media_signer_t* signer;
  signing_identity_t identity;
  uint64_t epoch;  // time of tick 0, 100 ns since 1601-01-01 UTC
  uint32_t pictures;
  uint32_t counter;
  bool was_idr;    // the last picture
  bool is_ending;  // the last GOP is closed
  uint32_t failures;
  uint8_t anchor[SIGNING_HASH_BYTES];
  uint8_t linked[SIGNING_HASH_BYTES];  // the first element of the last GOP or part that was closed
  media_gop_t open;
  media_gop_t gops[MEDIA_SIGNING_GOPS_MAX];
  uint32_t first_gop, gop_count;
  media_sei_t seis[MEDIA_SIGNING_SEIS_MAX];
  uint32_t first_sei, sei_count;
  uint32_t head;  // of the store
  uint32_t store[MEDIA_SIGNING_STORE_BYTES / 4];
} media_signing_t;

// Begins a session. The identity's texts stay as they are until it ends. `epoch` gives the pictures' ticks a date.
void media_signing_start(media_signing_t* signing, const media_signer_t* signer, const signing_identity_t* identity, uint64_t epoch);

// Whether there is room for what one more picture may bring; if not, release SEIs first.
bool media_signing_has_room(const media_signing_t* signing);

// Adds the next picture of the session: its one NAL unit, from the header on, and the tick at which it was taken. SEIs that are ready are entered
// before it. May wait for the hash block, not for the signer.
void media_signing_add(media_signing_t* signing, const uint8_t* nal, uint32_t bytes, uint64_t time, bool is_idr);

// Lets the signer go on: call it whenever there is time, every few milliseconds while media_signing_is_busy says so.
void media_signing_step(media_signing_t* signing);
bool media_signing_is_busy(const media_signing_t* signing);

// Ends the session with the pictures there are; `time` is when the next would have been taken. To be called again, with steps in between, until it
// says true: then all SEIs are entered behind the last picture, the last of them signed if the signer did its part.
bool media_signing_end(media_signing_t* signing, uint64_t time);

// The SEIs that are in the stream, oldest first, and letting those go that stand before a picture with a smaller number.
uint32_t media_signing_count(const media_signing_t* signing);
const media_sei_t* media_signing_at(const media_signing_t* signing, uint32_t index);
void media_signing_release(media_signing_t* signing, uint32_t picture);

// Signatures that the signer could not make since the clip began.
uint32_t media_signing_failures(const media_signing_t* signing);

#ifdef __cplusplus
}
#endif

#endif
