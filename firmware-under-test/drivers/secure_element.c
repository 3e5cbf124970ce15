#include "firmware-under-test/drivers/secure_element.h"

#include <string.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/drivers/i2c.h"

// As the data sheet has them (DS40002249, 7, 9 and 11).
enum { kSleepWord = 0x01, kIdleWord = 0x02, kCommandWord = 0x03 };
enum { kOpRead = 0x02, kOpNonce = 0x16, kOpCounter = 0x24, kOpSign = 0x41, kOpVerify = 0x45 };
enum { kConfigZone = 0x00, kDataZone = 0x02, kWholeBlock = 0x80, kPassThrough = 0x03, kExternal = 0x80, kStored = 0x00 };
enum { kSigningSlot = 0, kCertificateSlot = 8, kFirmwareKeySlot = 15, kLockWord = 21, kUnlocked = 0x55 };
enum { kBlockBytes = 32, kWordBytes = 4, kFramingBytes = 3, kHeadBytes = 6, kCrcBytes = 2, kDataBytesMax = 64, kAnswerBytesMax = 64 };
enum { kWakeTicks = CLOCK_TICKS_PER_MS * 3 / 2, kPollTicks = CLOCK_TICKS_PER_MS, kRetryTicks = 50 * CLOCK_TICKS_PER_MS, kAttempts = 3 };
enum { kMarginMs = 5, kAwakeMs = 1250 };  // the watchdog's 1.3 s less what clocks and transfers may take

// One command and its answer, in steps.
typedef enum { kQuiet, kIdle, kPulse, kGreeting, kSend, kPoll } phase_t;
typedef enum { kBusy, kDone, kFailed } progress_t;

typedef struct {
  uint8_t opcode, param1;
  uint16_t param2;
  const uint8_t* data;
  uint32_t data_bytes;
  uint32_t answer_bytes;  // of the answer's data
  uint32_t typical_ms, longest_ms;
} command_t;

static struct {
  phase_t phase;
  command_t command;
  uint64_t due;       // nothing is to be done before
  uint64_t deadline;  // of the answer
  uint8_t answer[kAnswerBytesMax + kFramingBytes];
} exchange;

static uint64_t awake_until;  // 0: asleep, as far as is known

typedef enum { kNoJob, kLoadDigest, kSign, kGoToSleep } job_stage_t;
static struct {
  job_stage_t stage;
  uint32_t attempts;
  uint8_t digest[SECURE_ELEMENT_DIGEST_BYTES];
} job;

// Polynomial 0x8005, bits of a byte from the least significant one.
static uint16_t crc16(const uint8_t* bytes, uint32_t size) {
  uint32_t crc = 0;
  for (uint32_t i = 0; i < size; ++i) {
    for (uint32_t bit = 0; bit < 8; ++bit) {
      const uint32_t differs = (bytes[i] >> bit & 1u) ^ (crc >> 15);
      crc = (crc << 1 & 0xFFFFu) ^ (differs != 0 ? 0x8005u : 0);
    }
  }
  return (uint16_t)crc;
}

static bool send_word(uint8_t word) { return i2c_transfer(SAKSI_CAM_I2C_SECURE_ELEMENT, &word, sizeof word, 0, 0); }

// From a state that is not known: the part is sent to sleep first, which it ignores where it sleeps.
static void begin_anew(const command_t* command, uint64_t due) {
  exchange.command = *command;
  exchange.phase = kQuiet;
  exchange.due = due;
}

// The part is awake.
static void begin_awake(const command_t* command) {
  exchange.command = *command;
  exchange.phase = kSend;
  exchange.due = 0;
}

// If the part might fall asleep before it is done, its watchdog is to be started anew first, which keeps what it was given.
static bool has_time(void) { return clock_now() + (exchange.command.longest_ms + kMarginMs) * CLOCK_TICKS_PER_MS < awake_until; }

static progress_t greet(void) {
  uint8_t greeting[kWordBytes];
  const uint8_t expected[kWordBytes] = {0x04, 0x11, 0x33, 0x43};
  const bool answers = i2c_transfer(SAKSI_CAM_I2C_SECURE_ELEMENT, 0, 0, greeting, sizeof greeting);
  if (!answers || memcmp(greeting, expected, sizeof expected) != 0) return kFailed;
  exchange.phase = kSend;
  return kBusy;
}

static progress_t send_command(void) {
  const command_t* command = &exchange.command;
  uint8_t bytes[kHeadBytes + kDataBytesMax + kCrcBytes] = {kCommandWord,
                                                           (uint8_t)(kHeadBytes - 1 + command->data_bytes + kCrcBytes),
                                                           command->opcode,
                                                           command->param1,
                                                           (uint8_t)command->param2,
                                                           (uint8_t)(command->param2 >> 8)};
  if (command->data_bytes > 0) memcpy(bytes + kHeadBytes, command->data, command->data_bytes);
  const uint32_t end = kHeadBytes + command->data_bytes;
  const uint16_t crc = crc16(bytes + 1, end - 1);
  bytes[end] = (uint8_t)crc;
  bytes[end + 1] = (uint8_t)(crc >> 8);
  if (!i2c_transfer(SAKSI_CAM_I2C_SECURE_ELEMENT, bytes, end + kCrcBytes, 0, 0)) return kFailed;
  exchange.phase = kPoll;
  exchange.due = clock_now() + command->typical_ms * CLOCK_TICKS_PER_MS;
  exchange.deadline = clock_now() + (command->longest_ms + kMarginMs) * CLOCK_TICKS_PER_MS;
  return kBusy;
}

static progress_t poll_answer(void) {
  const uint32_t size = exchange.command.answer_bytes + kFramingBytes;
  if (!i2c_transfer(SAKSI_CAM_I2C_SECURE_ELEMENT, 0, 0, exchange.answer, size)) {
    exchange.due = clock_now() + kPollTicks;
    return clock_now() < exchange.deadline ? kBusy : kFailed;
  }
  const uint16_t crc = crc16(exchange.answer, size - kCrcBytes);
  const bool whole = exchange.answer[0] == size && exchange.answer[size - 2] == (uint8_t)crc && exchange.answer[size - 1] == crc >> 8;
  return whole ? kDone : kFailed;
}

// One step, which is one transfer at most.
static progress_t exchange_step(void) {
  if (clock_now() < exchange.due) return kBusy;
  if (exchange.phase == kSend && !has_time()) exchange.phase = kIdle;
  switch (exchange.phase) {
    case kQuiet:
    case kIdle:
      send_word(exchange.phase == kIdle ? kIdleWord : kSleepWord);
      exchange.phase = kPulse;
      return kBusy;
    case kPulse:
      i2c_wake_pulse();
      awake_until = clock_now() + kAwakeMs * CLOCK_TICKS_PER_MS;
      exchange.phase = kGreeting;
      exchange.due = clock_now() + kWakeTicks;
      return kBusy;
    case kGreeting: return greet();
    case kSend: return send_command();
    case kPoll: return poll_answer();
  }
  return kFailed;
}

static bool never(void) { return false; }

static bool finish(void) {
  progress_t progress;
  while ((progress = exchange_step()) == kBusy) {
    if (exchange.due > clock_now()) clock_wait(never, exchange.due);
  }
  return progress == kDone;
}

// Does a command and waits for it. The answer's data is then at exchange.answer + 1.
static bool run(const command_t* command) {
  job.stage = kNoJob;
  for (uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt == 0 && clock_now() < awake_until) {
      begin_awake(command);
    } else {
      begin_anew(command, attempt == 0 ? 0 : clock_now() + kRetryTicks);
    }
    if (finish()) return true;
  }
  return false;
}

static void go_to_sleep(void) {
  send_word(kSleepWord);
  awake_until = 0;
}

static bool read_zone(uint8_t zone, uint16_t address, uint32_t bytes) {
  const command_t command = {kOpRead, (uint8_t)(zone | (bytes == kBlockBytes ? kWholeBlock : 0)), address, 0, 0, bytes, 1, 5};
  return run(&command);
}

bool secure_element_init(void) {
  const bool answers = read_zone(kConfigZone, kLockWord, kWordBytes);
  const bool is_locked = answers && exchange.answer[3] != kUnlocked && exchange.answer[4] != kUnlocked;
  go_to_sleep();
  return is_locked;
}

bool secure_element_serial(uint8_t serial[SECURE_ELEMENT_SERIAL_BYTES]) {
  const bool answers = read_zone(kConfigZone, 0, kBlockBytes);
  if (answers) {
    memcpy(serial, exchange.answer + 1, 4);
    memcpy(serial + 4, exchange.answer + 1 + 8, 5);
  }
  go_to_sleep();
  return answers;
}

// The bytes of a DER sequence that begins here, 0 if none does or if it is too long.
static uint32_t der_bytes(const uint8_t* der) {
  const bool is_sequence = der[0] == 0x30 && der[1] == 0x82;  // of 256 bytes or more, as every certificate
  const uint32_t bytes = 4 + ((uint32_t)der[2] << 8 | der[3]);
  return is_sequence && bytes <= SECURE_ELEMENT_CERTIFICATE_BYTES_MAX ? bytes : 0;
}

uint32_t secure_element_certificate(uint8_t* der, uint32_t max) {
  uint32_t bytes = 0;
  for (uint32_t at = 0; at == 0 || at < bytes; at += kBlockBytes) {
    const bool answers = read_zone(kDataZone, (uint16_t)(at / kBlockBytes << 8 | kCertificateSlot << 3), kBlockBytes);
    if (answers && at == 0) bytes = der_bytes(exchange.answer + 1);
    if (!answers || bytes == 0 || bytes > max) {
      bytes = 0;
      break;
    }
    memcpy(der + at, exchange.answer + 1, bytes - at < kBlockBytes ? bytes - at : kBlockBytes);
  }
  go_to_sleep();
  return bytes;
}

static void load_digest(uint64_t due) {
  const command_t nonce = {kOpNonce, kPassThrough, 0, job.digest, sizeof job.digest, 1, 17, 20};
  job.stage = kLoadDigest;
  begin_anew(&nonce, due);
}

void secure_element_sign_begin(const uint8_t digest[SECURE_ELEMENT_DIGEST_BYTES]) {
  memcpy(job.digest, digest, sizeof job.digest);
  job.attempts = 1;
  load_digest(0);
}

static secure_element_sign_t try_again(void) {
  if (job.attempts == kAttempts) {
    job.stage = kNoJob;
    return SECURE_ELEMENT_FAILED;
  }
  ++job.attempts;
  load_digest(clock_now() + kRetryTicks);
  return SECURE_ELEMENT_BUSY;
}

secure_element_sign_t secure_element_sign_step(uint8_t signature[SECURE_ELEMENT_SIGNATURE_BYTES]) {
  if (job.stage == kNoJob) return SECURE_ELEMENT_FAILED;
  if (job.stage == kGoToSleep) {
    go_to_sleep();
    memcpy(signature, exchange.answer + 1, SECURE_ELEMENT_SIGNATURE_BYTES);
    job.stage = kNoJob;
    return SECURE_ELEMENT_SIGNED;
  }
  const progress_t progress = exchange_step();
  if (progress == kBusy) return SECURE_ELEMENT_BUSY;
  const bool loaded = job.stage == kSign || exchange.answer[1] == 0;  // a status of 0 is success
  if (progress == kFailed || !loaded) return try_again();
  if (job.stage == kLoadDigest) {
    const command_t sign = {kOpSign, kExternal, kSigningSlot, 0, 0, SECURE_ELEMENT_SIGNATURE_BYTES, 60, 115};
    job.stage = kSign;
    begin_awake(&sign);
  } else {
    job.stage = kGoToSleep;
  }
  return SECURE_ELEMENT_BUSY;
}

bool secure_element_counter(uint32_t counter, bool increment, uint32_t* value) {
  const command_t command = {kOpCounter, increment ? 1 : 0, (uint16_t)counter, 0, 0, kWordBytes, 1, 25};
  const bool answers = run(&command);
  const uint8_t* bytes = exchange.answer + 1;
  if (answers) *value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
  go_to_sleep();
  return answers;
}

bool secure_element_verify_firmware(const uint8_t digest[SECURE_ELEMENT_DIGEST_BYTES], const uint8_t signature[SECURE_ELEMENT_SIGNATURE_BYTES]) {
  const command_t nonce = {kOpNonce, kPassThrough, 0, digest, SECURE_ELEMENT_DIGEST_BYTES, 1, 17, 20};
  const command_t verify = {kOpVerify, kStored, kFirmwareKeySlot, signature, SECURE_ELEMENT_SIGNATURE_BYTES, 1, 27, 105};
  bool is_done = false;
  // A part that had to be woken anew has forgotten the digest: both commands, or none.
  for (uint32_t attempt = 0; attempt < kAttempts && !is_done; ++attempt) {
    if (!run(&nonce)) break;
    begin_awake(&verify);
    is_done = finish();
  }
  const bool good = is_done && exchange.answer[1] == 0;
  go_to_sleep();
  return good;
}
