#include "firmware-under-test/camera/media_signing.h"

#include <stddef.h>
#include <string.h>

#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/drivers/sha256.h"

enum { kLengthBytes = 4, kSeiRoom = SIGNING_ESCAPED_BYTES_MAX + 2 * kLengthBytes };

static uint8_t plain[SIGNING_SEI_BYTES_MAX];

static uint8_t* element_at(media_gop_t* gop, uint32_t index) { return gop->hashes + index * SIGNING_HASH_BYTES; }

static media_gop_t* gop_at(media_signing_t* signing, uint32_t index) { return &signing->gops[(signing->first_gop + index) % MEDIA_SIGNING_GOPS_MAX]; }

static uint64_t date(const media_signing_t* signing, uint64_t time) { return signing->epoch + time; }

static void hash(const void* data, uint32_t bytes, uint8_t* digest) {
  const sha256_piece_t piece = {data, bytes};
  sha256(&piece, 1, digest);
}

void media_signing_start(media_signing_t* signing, const media_signer_t* signer, const signing_identity_t* identity, uint64_t epoch) {
  memset(signing, 0, offsetof(media_signing_t, gops));
  signing->signer = signer;
  signing->identity = *identity;
  signing->epoch = epoch;
  signing->first_gop = signing->gop_count = 0;
  signing->first_sei = signing->sei_count = 0;
  signing->head = 0;
}

uint32_t media_signing_failures(const media_signing_t* signing) { return signing->failures; }

uint32_t media_signing_count(const media_signing_t* signing) { return signing->sei_count; }

const media_sei_t* media_signing_at(const media_signing_t* signing, uint32_t index) {
  return &signing->seis[(signing->first_sei + index) % MEDIA_SIGNING_SEIS_MAX];
}

void media_signing_release(media_signing_t* signing, uint32_t picture) {
  while (signing->sei_count > 0 && media_signing_at(signing, 0)->picture < picture) {
    signing->first_sei = (signing->first_sei + 1) % MEDIA_SIGNING_SEIS_MAX;
    --signing->sei_count;
  }
}

// Where `count` SEIs of any size find a place in the store, one behind the other; NULL if they do not.
static uint8_t* find_place(const media_signing_t* signing, uint32_t count) {
  uint8_t* store = (uint8_t*)signing->store;
  uint32_t need = count * kSeiRoom;
  if (signing->sei_count == 0) return store;
  uint32_t tail = (uint32_t)(media_signing_at(signing, 0)->data - store);
  if (signing->head <= tail) return need < tail - signing->head ? store + signing->head : NULL;
  if (need <= MEDIA_SIGNING_STORE_BYTES - signing->head) return store + signing->head;
  return need < tail ? store : NULL;
}

bool media_signing_has_room(const media_signing_t* signing) {
  return signing->sei_count + MEDIA_SIGNING_SEIS_PER_PICTURE <= MEDIA_SIGNING_SEIS_MAX - MEDIA_SIGNING_GOPS_MAX &&
         find_place(signing, MEDIA_SIGNING_SEIS_PER_PICTURE) != NULL;
}

static uint32_t build(const media_signing_t* signing, const media_gop_t* gop) {
  bool is_signed = gop->state == MEDIA_GOP_SIGNED;
  uint32_t bytes = signing_sei_begin(plain, &signing->identity, &gop->gop, gop->hashes, is_signed);
  return signing_sei_end(plain, bytes, is_signed ? gop->signature : NULL);
}

// Puts the oldest closed GOP's SEI into the stream, before the next picture. One without a signature is an element of the GOP in which it stands.
static bool enter(media_signing_t* signing) {
  media_gop_t* gop = gop_at(signing, 0);
  uint8_t* place = find_place(signing, 1);
  if (place == NULL || signing->sei_count == MEDIA_SIGNING_SEIS_MAX) return false;
  bool is_signed = gop->state == MEDIA_GOP_SIGNED;
  uint32_t plain_bytes = build(signing, gop);
  if (!is_signed) hash(plain, plain_bytes, element_at(&signing->open, signing->open.gop.count++));
  uint32_t bytes = signing_escape(plain, plain_bytes, place + kLengthBytes);
  store_be32(place, bytes);
  bytes += kLengthBytes;
  uint32_t last = (signing->first_sei + signing->sei_count++) % MEDIA_SIGNING_SEIS_MAX;
  signing->seis[last] = (media_sei_t){signing->pictures, is_signed ? gop->pictures : 0, place, bytes};
  signing->head = (uint32_t)(place - (uint8_t*)signing->store) + (bytes + 3) / 4 * 4;
  signing->first_gop = (signing->first_gop + 1) % MEDIA_SIGNING_GOPS_MAX;
  --signing->gop_count;
  return true;
}

static bool is_ready(const media_gop_t* gop) { return gop->state == MEDIA_GOP_SIGNED || gop->state == MEDIA_GOP_UNSIGNED; }

static void enter_ready(media_signing_t* signing, uint32_t limit) {
  for (uint32_t i = 0; i < limit && signing->gop_count > 0 && is_ready(gop_at(signing, 0)); ++i) {
    if (!enter(signing)) return;
  }
}

// Room for one more closed GOP: if there is none, those that wait, and the one that is being signed, go without.
static void make_room(media_signing_t* signing) {
  if (signing->gop_count < MEDIA_SIGNING_GOPS_MAX) return;
  for (uint32_t i = 0; i < signing->gop_count; ++i) {
    media_gop_t* gop = gop_at(signing, i);
    if (!is_ready(gop)) gop->state = MEDIA_GOP_UNSIGNED;
  }
  enter_ready(signing, 1);
}

static void close_part(media_signing_t* signing, uint64_t time, bool is_partial) {
  media_gop_t* open = &signing->open;
  make_room(signing);
  open->gop.end = date(signing, time);
  open->gop.counter = ++signing->counter;
  open->gop.is_partial = is_partial;
  open->pictures = signing->pictures;
  open->state = MEDIA_GOP_WAITS;
  hash(open->hashes, open->gop.count * SIGNING_HASH_BYTES, open->gop.gop_hash);
  memcpy(open->gop.linked_hash, signing->linked, SIGNING_HASH_BYTES);
  memcpy(signing->linked, open->hashes, SIGNING_HASH_BYTES);
  *gop_at(signing, signing->gop_count++) = *open;
  open->gop.count = 0;
}

// A picture's element: its hash, with the hash of the GOP's IDR picture before it unless it is that.
static void add_element(media_signing_t* signing, const uint8_t* nal, uint32_t bytes, bool is_anchor) {
  uint8_t pair[2 * SIGNING_HASH_BYTES];
  uint8_t* element = element_at(&signing->open, signing->open.gop.count++);
  while (bytes > 0 && nal[bytes - 1] == 0) --bytes;
  hash(nal, bytes, pair + SIGNING_HASH_BYTES);
  if (is_anchor) {
    memcpy(signing->anchor, pair + SIGNING_HASH_BYTES, SIGNING_HASH_BYTES);
    memcpy(element, signing->anchor, SIGNING_HASH_BYTES);
    return;
  }
  memcpy(pair, signing->anchor, SIGNING_HASH_BYTES);
  hash(pair, sizeof pair, element);
}

// SEIs keep away from IDR pictures, unless there are only such.
void media_signing_add(media_signing_t* signing, const uint8_t* nal, uint32_t bytes, uint64_t time, bool is_idr) {
  media_gop_t* open = &signing->open;
  if (signing->pictures > 0 && (!is_idr || signing->was_idr)) enter_ready(signing, MEDIA_SIGNING_SEIS_PER_PICTURE);
  bool is_full = open->gop.count >= MEDIA_SIGNING_PART_MAX;
  if (open->gop.count > 0 && (is_idr || is_full)) close_part(signing, time, !is_idr);
  if (open->gop.count == 0) open->gop.start = date(signing, time);
  add_element(signing, nal, bytes, is_idr || signing->pictures == 0);
  ++signing->pictures;
  signing->was_idr = is_idr;
}

static media_gop_t* find_state(media_signing_t* signing, media_gop_state_t state) {
  for (uint32_t i = signing->gop_count; i-- > 0;) {
    if (gop_at(signing, i)->state == state) return gop_at(signing, i);
  }
  return NULL;
}

// The newest GOP that waits is signed, those before it go without: its signature covers them.
static void begin_signature(media_signing_t* signing) {
  uint8_t digest[SIGNING_HASH_BYTES];
  media_gop_t* newest = find_state(signing, MEDIA_GOP_WAITS);
  if (newest == NULL) return;
  newest->state = MEDIA_GOP_SIGNING;
  for (media_gop_t* older = find_state(signing, MEDIA_GOP_WAITS); older != NULL; older = find_state(signing, MEDIA_GOP_WAITS)) {
    older->state = MEDIA_GOP_UNSIGNED;
  }
  hash(plain, signing_sei_begin(plain, &signing->identity, &newest->gop, newest->hashes, true), digest);
  signing->signer->begin(digest);
}

void media_signing_step(media_signing_t* signing) {
  media_gop_t* gop = find_state(signing, MEDIA_GOP_SIGNING);
  if (gop != NULL) {
    secure_element_sign_t result = signing->signer->step(gop->signature);
    if (result == SECURE_ELEMENT_BUSY) return;
    gop->state = result == SECURE_ELEMENT_SIGNED ? MEDIA_GOP_SIGNED : MEDIA_GOP_UNSIGNED;
    if (result == SECURE_ELEMENT_FAILED) ++signing->failures;
  }
  begin_signature(signing);
}

bool media_signing_is_busy(const media_signing_t* signing) {
  for (uint32_t i = 0; i < signing->gop_count; ++i) {
    if (!is_ready(&signing->gops[(signing->first_gop + i) % MEDIA_SIGNING_GOPS_MAX])) return true;
  }
  return false;
}

// First what is outstanding: SEIs without signature are elements of the last GOP, so they have to stand before it is closed.
bool media_signing_end(media_signing_t* signing, uint64_t time) {
  if (media_signing_is_busy(signing)) return false;
  enter_ready(signing, MEDIA_SIGNING_GOPS_MAX);
  if (signing->gop_count > 0) return false;
  if (signing->is_ending || signing->open.gop.count == 0) return true;
  close_part(signing, time, false);
  signing->is_ending = true;
  return false;
}
