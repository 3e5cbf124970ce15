#include "firmware-under-test/camera/recorder.h"

#include <string.h>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/drivers/sha256.h"

enum {
  kFragmentTicks = CLOCK_HZ / 2,       // a fragment in steady state
  kFragmentToIdrTicks = CLOCK_HZ / 4,  // or a shorter one, if the next can then start with an IDR picture
  kFragmentBytesMax = 4 << 20,
  kDrainTicks = CLOCK_HZ,  // after a stop, how long to wait for the last picture
  kDecodeToleranceTicks = CLOCK_HZ / 1000
};

void recorder_init(recorder_t* recorder, const recorder_settings_t* settings, ring_t* ring, clip_store_t* store) {
  memset(recorder, 0, sizeof *recorder);
  recorder->settings = settings;
  recorder->ring = ring;
  recorder->store = store;
}

static void begin_clip(recorder_t* recorder) {
  clip_store_begin(recorder->store);
  recorder->is_published = false;
  recorder->offset = recorder->settings->header_bytes;
  recorder->sequence = 1;
  recorder->pictures = 0;
  recorder->next_decode = 0;
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

// Pictures up to the stop, or all there are. After the stop, a camera whose sensor has gone silent does not wait for ever.
static uint32_t available(const recorder_t* recorder, uint64_t now, bool* is_end) {
  const ring_t* ring = recorder->ring;
  uint32_t count = ring_count(ring);
  for (uint32_t i = 0; i < count; ++i) {
    if (ring_at(ring, i)->time < recorder->stop_time) continue;
    *is_end = true;
    return i + 1;
  }
  *is_end = recorder->stop_time != CLOCK_NEVER && now > recorder->stop_time + kDrainTicks;
  return count;
}

// The most that fits in one fragment.
static uint32_t limit(const ring_t* ring, uint32_t count) {
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    bytes += ring_at(ring, i)->bytes;
    if (i == MP4_SAMPLES_MAX || (i > 0 && bytes > kFragmentBytesMax)) return i;
  }
  return count;
}

static uint64_t span(const ring_t* ring, uint32_t index) { return ring_at(ring, index)->time - ring_at(ring, 0)->time; }

static uint32_t clip_room(const recorder_t* recorder) { return clip_store_clip_bytes(recorder->store) - recorder->offset; }

static bool is_long(const recorder_t* recorder) {
  uint64_t longest = recorder->settings->clip_ticks_max;
  return longest != 0 && recorder->pictures > 0 && ring_at(recorder->ring, 0)->time >= recorder->clip_start + longest;
}

// Until something after the press is on the card, whatever is there is written at once; then a fragment waits for its time, and for
// the picture behind it, whose start tells the exact duration of the last. Where the clip may soon end, fragments end at IDR pictures.
uint32_t recorder_plan(const recorder_t* recorder, uint64_t now, bool* is_last) {
  const ring_t* ring = recorder->ring;
  bool is_end = false;
  uint32_t end = available(recorder, now, &is_end);
  uint32_t count = limit(ring, end);
  bool is_limited = count < end;
  *is_last = is_end && !is_limited;
  if (*is_last || count == 0) return count;
  if (recorder->is_durable && count == ring_count(ring)) --count;
  bool is_end_near = is_long(recorder) || clip_room(recorder) < 4 * recorder->gop_bytes_max;
  uint64_t least = is_end_near ? 0 : kFragmentToIdrTicks;
  for (uint32_t i = count; i > 0; --i) {
    if (i < ring_count(ring) && ring_at(ring, i)->is_idr && span(ring, i) >= least) return i;
  }
  bool is_long_enough = count > 0 && count < ring_count(ring) && span(ring, count) >= kFragmentTicks;
  return is_limited || is_long_enough || !recorder->is_durable ? count : 0;
}

// The pictures of a fragment and when they start in the file. A start that was foretold as the end of the last fragment is kept if
// it was right within a millisecond, so that decode times run on without gap or overlap.
static void describe(recorder_t* recorder, uint32_t count, mp4_sample_t* samples, uint64_t* decode_time, block_segment_t* segments) {
  const ring_t* ring = recorder->ring;
  if (recorder->pictures == 0) recorder->clip_start = ring_at(ring, 0)->time;
  uint64_t start = ring_at(ring, 0)->time - recorder->clip_start;
  uint64_t error = start > recorder->next_decode ? start - recorder->next_decode : recorder->next_decode - start;
  if (error <= kDecodeToleranceTicks) start = recorder->next_decode;
  *decode_time = start;
  for (uint32_t i = 0; i < count; ++i) {
    const ring_picture_t* picture = ring_at(ring, i);
    uint64_t next = picture->time + recorder->settings->frame_period;
    if (i + 1 < ring_count(ring)) next = ring_at(ring, i + 1)->time;
    next -= recorder->clip_start;
    samples[i] = (mp4_sample_t){(uint32_t)(next - start), picture->bytes, picture->is_idr};
    segments[i] = (block_segment_t){ring->data + picture->offset, picture->bytes};
    start = next;
  }
  recorder->next_decode = start;
}

static uint32_t sum_bytes(const ring_t* ring, uint32_t count) {
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) bytes += ring_at(ring, i)->bytes;
  return bytes;
}

// Begins the fragment's hash: of the hash before, its moof and its samples.
static void begin_hash(const recorder_t* recorder, const uint8_t* moof, const block_segment_t* samples, uint32_t count) {
  static sha256_piece_t pieces[MP4_SAMPLES_MAX + 2];
  pieces[0] = (sha256_piece_t){recorder->hash, MP4_HASH_BYTES};
  pieces[1] = (sha256_piece_t){moof, mp4_moof_bytes(moof)};
  for (uint32_t i = 0; i < count; ++i) pieces[i + 2] = (sha256_piece_t){samples[i].data, samples[i].bytes};
  sha256_begin(pieces, count + 2);
}

// From an IDR picture to the next: a clip must have room for all of it before it takes the first.
static void note_gops(recorder_t* recorder, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const ring_picture_t* picture = ring_at(recorder->ring, i);
    if (picture->is_idr) recorder->gop_bytes = 0;
    recorder->gop_bytes += picture->bytes;
    if (recorder->gop_bytes > recorder->gop_bytes_max) recorder->gop_bytes_max = recorder->gop_bytes;
  }
}

// Samples and the free box behind them first, while the hash is made; the moof sector with the hash last: only then does the file grow.
static fat32_result_t write_fragment(recorder_t* recorder, uint32_t count) {
  static uint32_t moof[SECTOR_BYTES / 4];
  static uint32_t tail[MP4_TAIL_BYTES_MAX / 4];
  static mp4_sample_t samples[MP4_SAMPLES_MAX];
  static block_segment_t segments[MP4_SAMPLES_MAX + 1];
  uint64_t decode_time;
  uint32_t own_bytes;
  uint32_t state = irq_save();
  describe(recorder, count, samples, &decode_time, segments);
  uint32_t sample_bytes = sum_bytes(recorder->ring, count);
  irq_restore(state);
  uint32_t fragment_bytes = mp4_fragment_bytes(sample_bytes);
  uint32_t rest_bytes = clip_store_clip_bytes(recorder->store) - recorder->offset - fragment_bytes;
  uint32_t tail_bytes = mp4_write_tail((uint8_t*)tail, sample_bytes, rest_bytes, &own_bytes);
  segments[count] = (block_segment_t){tail, tail_bytes};
  mp4_write_moof((uint8_t*)moof, recorder->sequence, decode_time, samples, count);
  begin_hash(recorder, (const uint8_t*)moof, segments, count);
  fat32_result_t result = clip_store_write(recorder->store, recorder->offset + SECTOR_BYTES, (sample_bytes + tail_bytes) / SECTOR_BYTES, segments,
                                           count + (tail_bytes > 0));
  uint8_t* hash = mp4_hash((uint8_t*)moof);
  sha256_end(hash);
  block_segment_t head = {moof, SECTOR_BYTES};
  if (result == FAT32_OK) result = clip_store_write(recorder->store, recorder->offset, 1, &head, 1);
  if (result != FAT32_OK) return result;
  memcpy(recorder->hash, hash, MP4_HASH_BYTES);
  note_gops(recorder, count);
  recorder->offset += fragment_bytes;
  recorder->pictures += count;
  ++recorder->sequence;
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
  return FAT32_OK;
}

// Goes on in the next clip while there is still room in this one for what may come before the next IDR picture, or when this one is as long as
// it may be.
static bool must_change_clip(const recorder_t* recorder, uint32_t count) {
  uint32_t room = clip_room(recorder);
  uint32_t need = mp4_fragment_bytes(sum_bytes(recorder->ring, count));
  bool is_due = room < need + 2 * recorder->gop_bytes_max || is_long(recorder);
  return room < need || (is_due && ring_at(recorder->ring, 0)->is_idr && recorder->pictures > 0);
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

recorder_result_t recorder_step(recorder_t* recorder, uint64_t now) {
  bool is_last;
  uint32_t state = irq_save();
  uint32_t count = recorder_plan(recorder, now, &is_last);
  bool must_change = count > 0 && must_change_clip(recorder, count);
  irq_restore(state);
  if (count == 0) return is_last ? finish(recorder) : RECORDER_WAITS;
  fat32_result_t result = FAT32_OK;
  if (must_change) {
    bool is_hopeless = recorder->pictures == 0;  // not even an empty clip holds the fragment
    result = is_hopeless ? FAT32_FULL : change_clip(recorder);
    return result == FAT32_OK ? RECORDER_WROTE : fail(recorder, result);
  }
  uint64_t newest = newest_time(recorder, count);
  result = write_fragment(recorder, count);
  if (result == FAT32_OK && !recorder->is_published) result = publish(recorder);
  if (result != FAT32_OK) return fail(recorder, result);
  state = irq_save();
  ring_release(recorder->ring, count);
  irq_restore(state);
  note_durable(recorder, newest);
  return is_last ? finish(recorder) : RECORDER_WROTE;
}
