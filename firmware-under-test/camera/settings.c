#include "firmware-under-test/camera/settings.h"

#include <stddef.h>
#include <string.h>

enum { kLineBytes = 48 };

// `places` decimal places are kept in the number: gain=2.5 with two places is 250.
typedef struct {
  const char* key;
  uint16_t offset;
  uint8_t places;
  bool must_be_even;
  uint32_t low, high, standard;
} field_t;

#define FIELD(name) #name, offsetof(settings_t, name)
static const field_t fields[] = {
    {FIELD(width), 0, true, 64, 1920, 640},
    {FIELD(height), 0, true, 64, 1080, 360},
    {FIELD(fps), 0, false, 1, 60, 15},
    {FIELD(qp), 0, false, 0, 51, 27},
    {FIELD(bitrate_kbps), 0, false, 0, 50000, 0},
    {FIELD(gop), 0, false, 1, 600, 15},
    {FIELD(pre_event_ms), 0, false, 0, 120000, 3000},
    {FIELD(exposure_us), 0, false, 0, 1000000, 0},
    {FIELD(exposure_max_us), 0, false, 8000, 100000, 10000},
    {FIELD(mains_hz), 0, false, 50, 60, 50},
    {"gain", offsetof(settings_t, gain_percent), 2, false, 100, 1066, 400},
    {FIELD(max_file_mb), 0, false, 1, 4000, 64},
    {FIELD(max_file_s), 0, false, 0, 86400, 0},
    {FIELD(overlay), 0, false, 0, 1, 0},
    {FIELD(wb_red), 0, false, 0, 4095, 0},
    {FIELD(wb_blue), 0, false, 0, 4095, 0},
};
enum { kFields = sizeof fields / sizeof fields[0] };

static void store(settings_t* settings, const field_t* field, uint32_t value) { memcpy((uint8_t*)settings + field->offset, &value, sizeof value); }

void settings_defaults(settings_t* settings) {
  settings->officer[0] = '\0';
  for (uint32_t i = 0; i < kFields; ++i) store(settings, &fields[i], fields[i].standard);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// An unsigned decimal number with up to `places` places, scaled by ten to that power.
static bool parse_number(const char* text, uint8_t places, uint32_t* value) {
  uint64_t number = 0;
  if (!is_digit(*text)) return false;
  for (; is_digit(*text); ++text) {
    number = number * 10 + (uint32_t)(*text - '0');
    if (number > UINT32_MAX) return false;
  }
  if (*text == '.' && places > 0) ++text;
  for (uint8_t i = 0; i < places; ++i) {
    number *= 10;
    if (is_digit(*text)) number += (uint32_t)(*text++ - '0');
  }
  *value = (uint32_t)number;
  return *text == '\0' && number <= UINT32_MAX;
}

static bool is_officer_character(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.'; }

static bool apply_officer(settings_t* settings, const char* text) {
  size_t length = 0;
  while (is_officer_character(text[length])) ++length;
  if (text[length] != '\0' || length >= SETTINGS_OFFICER_BYTES) return false;
  memcpy(settings->officer, text, length + 1);
  return true;
}

static bool apply(settings_t* settings, const char* line) {
  static const char officer_key[] = "officer=";
  const char* equals = strchr(line, '=');
  if (equals == NULL) return false;
  if (strncmp(line, officer_key, sizeof officer_key - 1) == 0) return apply_officer(settings, equals + 1);
  for (uint32_t i = 0; i < kFields; ++i) {
    const field_t* field = &fields[i];
    size_t length = strlen(field->key);
    uint32_t value;
    if ((size_t)(equals - line) != length || memcmp(line, field->key, length) != 0) continue;
    if (!parse_number(equals + 1, field->places, &value) || value < field->low || value > field->high) return false;
    if (field->must_be_even && value % 2 != 0) return false;
    store(settings, field, value);
    return true;
  }
  return false;
}

// Copies one line without blanks and line ends; returns where the next begins. Longer lines are cut, and then not understood.
static uint32_t take_line(const char* text, uint32_t bytes, char* line) {
  uint32_t length = 0;
  uint32_t i = 0;
  for (; i < bytes && text[i] != '\n'; ++i) {
    bool is_blank = text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\0';
    if (!is_blank && length < kLineBytes - 1) line[length++] = text[i];
  }
  line[length] = '\0';
  return i < bytes ? i + 1 : i;
}

void settings_parse(settings_t* settings, const char* text, uint32_t bytes, settings_complaint_t complain) {
  char line[kLineBytes];
  while (bytes > 0) {
    uint32_t taken = take_line(text, bytes, line);
    text += taken;
    bytes -= taken;
    if (line[0] != '\0' && line[0] != '#' && !apply(settings, line)) complain(line);
  }
}
