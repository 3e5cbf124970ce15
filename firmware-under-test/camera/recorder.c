#include "firmware-under-test/camera/recorder.h"

#include <string.h>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/camera/clip_header.h"
#include "firmware-under-test/drivers/sha256.h"

enum {
  kFragmentTicks = CLOCK_HZ / 2,       // a fragment in steady state
  kFragmentToIdrTicks = CLOCK_HZ / 4,  // or a shorter one, if the next can then start with an IDR picture
  kFragmentBytesMax = 4 << 20,
  kDrainTicks = CLOCK_HZ,   // after a stop, how long to wait for the last picture
  kLengthBytes = 4,         // before a NAL unit in the ring
  kMarginBytes = 32 << 10,  // of a clip, for the boxes of its last fragments and its last SEI
  kSegmentsMax = 40,        // of pictures and SEIs; the clip's last SEIs have the rest
  kDecodeToleranceTicks = CLOCK_HZ / 1000
};

void recorder_init(recorder_t* recorder, const recorder_settings_t* settings, ring_t* ring, clip_store_t* store) {
  memset(recorder, 0, sizeof *recorder);
  recorder->settings = settings;
  recorder->ring = ring;
  recorder->store = store;
}

static media_signing_t* signing_of(const recorder_t* recorder) { return recorder->settings->signature.session; }

static void begin_clip(recorder_t* recorder) {
  const recorder_signature_t* signature = &recorder->settings->signature;
  clip_store_begin(recorder->store);
  recorder->is_published = false;
  recorder->offset = recorder->settings->header_bytes;
  recorder->sequence = 1;
  recorder->pictures = 0;
  recorder->taken = recorder->taken_bytes = 0;
  recorder->is_end_known = recorder->is_changing = false;
  recorder->covered = 0;
  recorder->next_decode = 0;
  if (signature->session != NULL) media_signing_start(signature->session, signature->signer, signature->identity(), signature->epoch());
  const sha256_piece_t header = {recorder->settings->header, recorder->settings->header_bytes};
  sha256(&header, 1, recorder->hash);
}

void recorder_start(recorder_t* recorder, uint64_t press_time) {
  recorder->is_active = true;
  recorder->is_durable = false;
  recorder->press_time = press_time;
  recorder->stop_time = CLOCK_NEVER;
  recorder->gop_bytes = recorder->gop_bytes_max = 0;
  begin_clip(recorder);
}

void recorder_stop(recorder_t* recorder, uint64_t stop_time) { recorder->stop_time = stop_time; }

bool recorder_is_durable(const recorder_t* recorder) { return recorder->is_active && recorder->is_durable; }

bool recorder_is_signing(const recorder_t* recorder) {
  return recorder->is_active && signing_of(recorder) != NULL && media_signing_is_busy(signing_of(recorder));
}

// Up to the end of the clip's file.
static uint32_t file_rest(const recorder_t* recorder) { return clip_store_clip_bytes(recorder->store) - recorder->offset; }

// Of it, for fragments.
static uint32_t clip_room(const recorder_t* recorder) { return file_rest(recorder) - CLIP_HEADER_COPY_BYTES; }

static const ring_picture_t* picture_at(const recorder_t* recorder, uint32_t index) { return ring_at(recorder->ring, index); }

static uint32_t ring_pictures(const recorder_t* recorder) {
  uint32_t state = irq_save();
  uint32_t count = ring_count(recorder->ring);
  irq_restore(state);
  return count;
}

// A clip ends before an IDR picture when it is as long as it may be, or has no room left for what may come before the next one and for the last SEIs.
static bool ends_before(const recorder_t* recorder, const ring_picture_t* picture) {
  uint64_t longest = recorder->settings->clip_ticks_max;
  if (!picture->is_idr || recorder->pictures + recorder->taken == 0) return false;
  if (longest != 0 && picture->time >= recorder->clip_start + longest) return true;
  return clip_room(recorder) < recorder->taken_bytes + 2 * recorder->gop_bytes_max + kMarginBytes;
}

// Adds the ring's next picture to the clip and to what is signed of it. From an IDR picture to the next: a clip must have room for all of it before
// it takes the first.
static void take_picture(recorder_t* recorder, const ring_picture_t* picture) {
  media_signing_t* signing = signing_of(recorder);
  uint32_t bytes = picture->bytes;
  if (recorder->pictures + recorder->taken == 0) recorder->clip_start = picture->time;
  if (signing != NULL) {
    uint32_t from = media_signing_count(signing);
    const uint8_t* nal = recorder->ring->data + picture->offset + kLengthBytes;
    media_signing_add(signing, nal, picture->bytes - kLengthBytes, picture->time, picture->is_idr);
    for (uint32_t i = from; i < media_signing_count(signing); ++i) bytes += media_signing_at(signing, i)->bytes;
  }
  if (picture->is_idr) recorder->gop_bytes = 0;
  recorder->gop_bytes += bytes;
  if (recorder->gop_bytes > recorder->gop_bytes_max) recorder->gop_bytes_max = recorder->gop_bytes;
  recorder->taken_bytes += bytes;
  recorder->newest = picture->time;
  ++recorder->taken;
}

static bool is_signing_full(const recorder_t* recorder) { return signing_of(recorder) != NULL && !media_signing_has_room(signing_of(recorder)); }

// Takes the pictures that have come, ahead of their being written, so that a GOP's signature is made while the next GOP is being recorded. Before
// anything is durable no more than is written next. After a stop, a camera whose sensor has gone silent does not wait for ever.
static void take_pictures(recorder_t* recorder, uint64_t now) {
  uint32_t count = ring_pictures(recorder);
  uint32_t ahead = (recorder->is_durable ? 2 : 1) * MP4_SAMPLES_MAX;
  if (recorder->pictures + recorder->taken > 0 && recorder->newest >= recorder->stop_time) recorder->is_end_known = true;
  while (!recorder->is_end_known && recorder->taken < count && recorder->taken < ahead && !is_signing_full(recorder)) {
    const ring_picture_t* picture = picture_at(recorder, recorder->taken);
    if (ends_before(recorder, picture)) {
      recorder->is_end_known = recorder->is_changing = true;
    } else {
      take_picture(recorder, picture);
      if (picture->time >= recorder->stop_time) recorder->is_end_known = true;
    }
  }
  bool is_silent = recorder->stop_time != CLOCK_NEVER && now > recorder->stop_time + kDrainTicks;
  if (is_silent && recorder->taken == count) recorder->is_end_known = true;
}

// How many SEIs stand before the picture `index` of the ring, or behind the last if that is meant, and the first of them.
static uint32_t seis_at(const recorder_t* recorder, uint32_t index, uint32_t* first) {
  const media_signing_t* signing = signing_of(recorder);
  uint32_t picture = recorder->pictures + index;
  uint32_t found = 0;
  if (signing == NULL) return 0;
  for (uint32_t i = 0; i < media_signing_count(signing); ++i) {
    if (media_signing_at(signing, i)->picture != picture) continue;
    if (found++ == 0) *first = i;
  }
  return found;
}

static uint32_t sei_bytes(const recorder_t* recorder, uint32_t index) {
  uint32_t first = 0;
  uint32_t count = seis_at(recorder, index, &first);
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) bytes += media_signing_at(signing_of(recorder), first + i)->bytes;
  return bytes;
}

// The most that fits in one fragment.
static uint32_t limit(const recorder_t* recorder, uint32_t count) {
  uint32_t bytes = 0;
  uint32_t segments = 0;
  uint32_t first;
  for (uint32_t i = 0; i < count; ++i) {
    bytes += picture_at(recorder, i)->bytes + sei_bytes(recorder, i);
    segments += 1 + seis_at(recorder, i, &first);
    if (i == MP4_SAMPLES_MAX || (i > 0 && (bytes > kFragmentBytesMax || segments > kSegmentsMax))) return i;
  }
  return count;
}

static uint64_t span(const ring_t* ring, uint32_t index) { return ring_at(ring, index)->time - ring_at(ring, 0)->time; }

// Until something after the press is on the card, whatever is there is written at once; then a fragment waits for its time, and for
// the picture behind it, whose start tells the exact duration of the last. Fragments end at IDR pictures where they can. The clip's last picture
// waits for the last signature, which goes behind it; what is before it does not.
uint32_t recorder_plan(const recorder_t* recorder, bool is_sealed, bool* is_last) {
  const ring_t* ring = recorder->ring;
  uint32_t count = limit(recorder, recorder->taken);
  bool is_limited = count < recorder->taken || is_signing_full(recorder);
  bool is_end = recorder->is_end_known && count == recorder->taken;
  *is_last = is_end && is_sealed;
  if (*is_last || count == 0) return count;
  if (is_end) return count - 1;
  if (recorder->is_durable && count == ring_count(ring)) --count;
  for (uint32_t i = count; i > 0; --i) {
    if (i < recorder->taken && ring_at(ring, i)->is_idr && span(ring, i) >= kFragmentToIdrTicks) return i;
  }
  bool is_long_enough = count > 0 && count < ring_count(ring) && span(ring, count) >= kFragmentTicks;
  return is_limited || is_long_enough || !recorder->is_durable ? count : 0;
}

// A fragment while it is being made.
typedef struct {
  mp4_sample_t samples[MP4_SAMPLES_MAX];
  block_segment_t segments[BLOCK_SEGMENTS_MAX];
  uint32_t segment_count;
  uint32_t sample_bytes;
  uint64_t decode_time;
} fragment_t;

static uint32_t add_seis(const recorder_t* recorder, uint32_t index, fragment_t* fragment) {
  uint32_t first = 0;
  uint32_t count = seis_at(recorder, index, &first);
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const media_sei_t* sei = media_signing_at(signing_of(recorder), first + i);
    fragment->segments[fragment->segment_count++] = (block_segment_t){sei->data, sei->bytes};
    bytes += sei->bytes;
  }
  return bytes;
}

// The clip's last SEIs lie behind its last picture, in the same sample, since a sample without a picture is none to a player. The picture
// parameter set, once more, ends the sample: FFmpeg's decoder has read what comes before such a set when it begins with the picture, and takes
// no offence at a SEI there; the reference validator does not look at it.
static uint32_t add_last_seis(const recorder_t* recorder, uint32_t count, fragment_t* fragment) {
  const recorder_signature_t* signature = &recorder->settings->signature;
  uint32_t bytes = add_seis(recorder, count, fragment);
  if (bytes == 0) return 0;
  fragment->segments[fragment->segment_count++] = (block_segment_t){signature->trailer, signature->trailer_bytes};
  return bytes + signature->trailer_bytes;
}

// The pictures of a fragment and when they start in the file. A start that was foretold as the end of the last fragment is kept if
// it was right within a millisecond, so that decode times run on without gap or overlap.
static void describe(recorder_t* recorder, uint32_t count, bool is_last, fragment_t* fragment) {
  const ring_t* ring = recorder->ring;
  uint64_t start = ring_at(ring, 0)->time - recorder->clip_start;
  uint64_t error = start > recorder->next_decode ? start - recorder->next_decode : recorder->next_decode - start;
  if (error <= kDecodeToleranceTicks) start = recorder->next_decode;
  fragment->decode_time = start;
  fragment->segment_count = fragment->sample_bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const ring_picture_t* picture = ring_at(ring, i);
    uint64_t next = picture->time + recorder->settings->frame_period;
    if (i + 1 < ring_count(ring)) next = ring_at(ring, i + 1)->time;
    next -= recorder->clip_start;
    uint32_t bytes = picture->bytes + add_seis(recorder, i, fragment);
    fragment->segments[fragment->segment_count++] = (block_segment_t){ring->data + picture->offset, picture->bytes};
    if (is_last && i + 1 == count) bytes += add_last_seis(recorder, count, fragment);
    fragment->samples[i] = (mp4_sample_t){(uint32_t)(next - start), bytes, picture->is_idr};
    fragment->sample_bytes += bytes;
    start = next;
  }
  recorder->next_decode = start;
}

// Begins the fragment's hash: of the hash before, its moof and its samples.
static void begin_hash(const recorder_t* recorder, const uint8_t* moof, const fragment_t* fragment) {
  static sha256_piece_t pieces[BLOCK_SEGMENTS_MAX + 2];
  pieces[0] = (sha256_piece_t){recorder->hash, MP4_HASH_BYTES};
  pieces[1] = (sha256_piece_t){moof, mp4_moof_bytes(moof)};
  for (uint32_t i = 0; i < fragment->segment_count; ++i) {
    pieces[i + 2] = (sha256_piece_t){fragment->segments[i].data, fragment->segments[i].bytes};
  }
  sha256_begin(pieces, fragment->segment_count + 2);
}

// What is covered by signatures when the fragment is on the card, in pictures.
static uint32_t covered_with(const recorder_t* recorder, uint32_t count, bool is_last) {
  const media_signing_t* signing = signing_of(recorder);
  uint32_t covered = recorder->covered;
  if (signing == NULL) return 0;
  for (uint32_t i = 0; i < media_signing_count(signing); ++i) {
    const media_sei_t* sei = media_signing_at(signing, i);
    bool is_in = sei->picture < recorder->pictures + count + (is_last ? 1 : 0);
    if (is_in && sei->covered > covered) covered = sei->covered;
  }
  return covered;
}

static void note_written(recorder_t* recorder, uint32_t count, const fragment_t* fragment) {
  uint32_t picture_bytes = fragment->sample_bytes < recorder->taken_bytes ? fragment->sample_bytes : recorder->taken_bytes;
  recorder->offset += mp4_fragment_bytes(fragment->sample_bytes);
  recorder->pictures += count;
  recorder->taken -= count;
  recorder->taken_bytes -= picture_bytes;
  ++recorder->sequence;
  if (signing_of(recorder) != NULL) media_signing_release(signing_of(recorder), recorder->pictures);
}

// Samples and the free box behind them first, while the hash is made; the moof sector with the hash last: only then does the file grow.
static fat32_result_t write_fragment(recorder_t* recorder, uint32_t count, bool is_last) {
  static uint32_t moof[SECTOR_BYTES / 4];
  static uint32_t tail[MP4_TAIL_BYTES_MAX / 4];
  static fragment_t fragment;
  uint32_t own_bytes;
  uint32_t state = irq_save();
  describe(recorder, count, is_last, &fragment);
  irq_restore(state);
  uint32_t fragment_bytes = mp4_fragment_bytes(fragment.sample_bytes);
  if (clip_room(recorder) < fragment_bytes) return FAT32_FULL;
  uint32_t tail_bytes = mp4_write_tail((uint8_t*)tail, fragment.sample_bytes, file_rest(recorder) - fragment_bytes, &own_bytes);
  uint32_t covered = covered_with(recorder, count, is_last);
  mp4_write_moof((uint8_t*)moof, recorder->sequence, fragment.decode_time, fragment.samples, count);
  mp4_set_covered((uint8_t*)moof, covered);
  begin_hash(recorder, (const uint8_t*)moof, &fragment);
  fragment.segments[fragment.segment_count] = (block_segment_t){tail, tail_bytes};
  fat32_result_t result = clip_store_write(recorder->store, recorder->offset + SECTOR_BYTES, (fragment.sample_bytes + tail_bytes) / SECTOR_BYTES,
                                           fragment.segments, fragment.segment_count + (tail_bytes > 0));
  uint8_t* hash = mp4_hash((uint8_t*)moof);
  sha256_end(hash);
  block_segment_t head = {moof, SECTOR_BYTES};
  if (result == FAT32_OK) result = clip_store_write(recorder->store, recorder->offset, 1, &head, 1);
  if (result != FAT32_OK) return result;
  memcpy(recorder->hash, hash, MP4_HASH_BYTES);
  recorder->covered = covered;
  note_written(recorder, count, &fragment);
  return FAT32_OK;
}

static fat32_result_t publish(recorder_t* recorder) {
  char name[CLIP_NAME_BYTES];
  fat32_result_t result = clip_store_publish(recorder->store);
  if (result != FAT32_OK) return result;
  recorder->is_published = true;
  clip_store_format_name(&recorder->store->clip, name);
  uint64_t press = recorder->press_time;
  uint32_t tenths = press > recorder->clip_start ? (uint32_t)((press - recorder->clip_start) / (CLOCK_HZ / 10)) : 0;
  log_info("record %s pre-event %lu.%lu s", name, (unsigned long)(tenths / 10), (unsigned long)(tenths % 10));
  return FAT32_OK;
}

static void say_what_is_unsigned(const recorder_t* recorder) {
  uint32_t failures = media_signing_failures(signing_of(recorder));
  uint32_t unsigned_pictures = recorder->pictures - recorder->covered;
  if (failures > 0) log_warning("secure element failed to sign %lu times", (unsigned long)failures);
  if (unsigned_pictures > 0) log_warning("last %lu frames not signed", (unsigned long)unsigned_pictures);
}

static fat32_result_t close_clip(recorder_t* recorder) {
  char name[CLIP_NAME_BYTES];
  if (!recorder->is_published) {  // nothing was recorded: the spare stays a spare
    recorder->store->spare = recorder->store->clip;
    return FAT32_OK;
  }
  fat32_result_t result = clip_store_close(recorder->store, recorder->offset);
  if (result != FAT32_OK) return result;
  clip_store_format_name(&recorder->store->clip, name);
  log_info("closed %s %lu frames", name, (unsigned long)recorder->pictures);
  if (signing_of(recorder) != NULL) say_what_is_unsigned(recorder);
  return FAT32_OK;
}

static recorder_result_t fail(recorder_t* recorder, fat32_result_t result) {
  recorder->is_active = false;
  return result == FAT32_FULL ? RECORDER_FULL : RECORDER_FAILED;
}

// Pictures of a GOP whose start is in the clip before cannot start a clip.
static void skip_to_idr(recorder_t* recorder) {
  uint32_t count = 0;
  uint32_t state = irq_save();
  while (count < ring_count(recorder->ring) && !ring_at(recorder->ring, count)->is_idr) ++count;
  ring_release(recorder->ring, count);
  irq_restore(state);
  if (count > 0) log_warning("%lu frames lost between clips", (unsigned long)count);
}

static fat32_result_t change_clip(recorder_t* recorder) {
  const recorder_settings_t* settings = recorder->settings;
  fat32_result_t result = close_clip(recorder);
  if (result == FAT32_OK) {
    result = clip_store_prepare(recorder->store, settings->header, settings->header_bytes, settings->clip_bytes_max);
  }
  if (result != FAT32_OK) return result;
  begin_clip(recorder);
  skip_to_idr(recorder);
  return FAT32_OK;
}

static uint64_t newest_time(const recorder_t* recorder, uint32_t count) { return ring_at(recorder->ring, count - 1)->time; }

static void note_durable(recorder_t* recorder, uint64_t newest) {
  if (recorder->is_durable || newest < recorder->press_time) return;
  recorder->is_durable = true;
  log_info("on card %lu ms after press", (unsigned long)((clock_now() - recorder->press_time) / CLOCK_TICKS_PER_MS));
}

static recorder_result_t finish(recorder_t* recorder) {
  fat32_result_t result = close_clip(recorder);
  recorder->is_active = false;
  return result == FAT32_OK ? RECORDER_FINISHED : RECORDER_FAILED;
}

// Whether all SEIs of a clip whose end has come are there.
static bool seal(recorder_t* recorder) {
  if (signing_of(recorder) == NULL || !recorder->is_end_known) return true;
  return media_signing_end(signing_of(recorder), recorder->newest + recorder->settings->frame_period);
}

// The clip's pictures are on the card.
static recorder_result_t end_clip(recorder_t* recorder) {
  if (!recorder->is_changing) return finish(recorder);
  fat32_result_t result = change_clip(recorder);
  return result == FAT32_OK ? RECORDER_WROTE : fail(recorder, result);
}

recorder_result_t recorder_step(recorder_t* recorder, uint64_t now) {
  bool is_last;
  take_pictures(recorder, now);
  if (signing_of(recorder) != NULL) media_signing_step(signing_of(recorder));
  bool is_sealed = seal(recorder);
  uint32_t state = irq_save();
  uint32_t count = recorder_plan(recorder, is_sealed, &is_last);
  irq_restore(state);
  if (count == 0) return is_last ? end_clip(recorder) : RECORDER_WAITS;
  uint64_t newest = newest_time(recorder, count);
  fat32_result_t result = write_fragment(recorder, count, is_last);
  if (result == FAT32_FULL && recorder->pictures > 0) {  // more than was to be expected: not even an empty clip holds it otherwise
    result = change_clip(recorder);
    return result == FAT32_OK ? RECORDER_WROTE : fail(recorder, result);
  }
  if (result == FAT32_OK && !recorder->is_published) result = publish(recorder);
  if (result != FAT32_OK) return fail(recorder, result);
  state = irq_save();
  ring_release(recorder->ring, count);
  irq_restore(state);
  note_durable(recorder, newest);
  return is_last ? end_clip(recorder) : RECORDER_WROTE;
}
