#include "firmware-under-test/camera/overlay.h"

#include <stdbool.h>
#include <string.h>

enum {
  kColumns = 5,
  kRows = 7,
  kAdvance = kColumns + 1,
  kScaleMax = 3,
  kHeight = kRows + 3,
  kWhite = 235,
  kBlack = 16,
  kGrey = 128,
  kTopPercent = 62,
  kBandPercent = 10
};

#define TICKS_PER_SECOND 10000000u
// Days from 0000-03-01 to 1601-01-01 in the Gregorian calendar.
#define DAYS_TO_1601 584694u

// Columns of dots from the left, the lowest bit at the top.
static const uint8_t digits[10][kColumns] = {{0x3E, 0x51, 0x49, 0x45, 0x3E}, {0x00, 0x42, 0x7F, 0x40, 0x00}, {0x42, 0x61, 0x51, 0x49, 0x46},
                                             {0x21, 0x41, 0x45, 0x4B, 0x31}, {0x18, 0x14, 0x12, 0x7F, 0x10}, {0x27, 0x45, 0x45, 0x45, 0x39},
                                             {0x3C, 0x4A, 0x49, 0x49, 0x30}, {0x01, 0x71, 0x09, 0x05, 0x03}, {0x36, 0x49, 0x49, 0x49, 0x36},
                                             {0x06, 0x49, 0x49, 0x29, 0x1E}};
static const uint8_t letters[26][kColumns] = {
    {0x7E, 0x11, 0x11, 0x11, 0x7E}, {0x7F, 0x49, 0x49, 0x49, 0x36}, {0x3E, 0x41, 0x41, 0x41, 0x22}, {0x7F, 0x41, 0x41, 0x22, 0x1C},
    {0x7F, 0x49, 0x49, 0x49, 0x41}, {0x7F, 0x09, 0x09, 0x09, 0x01}, {0x3E, 0x41, 0x49, 0x49, 0x7A}, {0x7F, 0x08, 0x08, 0x08, 0x7F},
    {0x00, 0x41, 0x7F, 0x41, 0x00}, {0x20, 0x40, 0x41, 0x3F, 0x01}, {0x7F, 0x08, 0x14, 0x22, 0x41}, {0x7F, 0x40, 0x40, 0x40, 0x40},
    {0x7F, 0x02, 0x0C, 0x02, 0x7F}, {0x7F, 0x04, 0x08, 0x10, 0x7F}, {0x3E, 0x41, 0x41, 0x41, 0x3E}, {0x7F, 0x09, 0x09, 0x09, 0x06},
    {0x3E, 0x41, 0x51, 0x21, 0x5E}, {0x7F, 0x09, 0x19, 0x29, 0x46}, {0x46, 0x49, 0x49, 0x49, 0x31}, {0x01, 0x01, 0x7F, 0x01, 0x01},
    {0x3F, 0x40, 0x40, 0x40, 0x3F}, {0x1F, 0x20, 0x40, 0x20, 0x1F}, {0x3F, 0x40, 0x38, 0x40, 0x3F}, {0x63, 0x14, 0x08, 0x14, 0x63},
    {0x07, 0x08, 0x70, 0x08, 0x07}, {0x61, 0x51, 0x49, 0x45, 0x43}};
static const uint8_t dash[kColumns] = {0x08, 0x08, 0x08, 0x08, 0x08};
static const uint8_t colon[kColumns] = {0x00, 0x36, 0x36, 0x00, 0x00};
static const uint8_t point[kColumns] = {0x00, 0x60, 0x60, 0x00, 0x00};
static const uint8_t percent[kColumns] = {0x23, 0x13, 0x08, 0x64, 0x62};
static const uint8_t blank[kColumns] = {0};

static const uint8_t* glyph(char c) {
  if (c >= '0' && c <= '9') return digits[c - '0'];
  if (c >= 'A' && c <= 'Z') return letters[c - 'A'];
  if (c >= 'a' && c <= 'z') return letters[c - 'a'];
  if (c == '-') return dash;
  if (c == ':') return colon;
  if (c == '%') return percent;
  return c == '.' ? point : blank;
}

static void put_number(char* out, uint32_t value, uint32_t places) {
  for (uint32_t i = places; i-- > 0; value /= 10) out[i] = (char)('0' + value % 10);
}

// Day, month and year from days, counted in years that begin in March, so that the leap day is the last of its year.
static void put_date(char* out, uint32_t days_since_1601) {
  uint32_t days = days_since_1601 + DAYS_TO_1601;
  uint32_t era = days / 146097;
  uint32_t day_of_era = days % 146097;
  uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  put_number(out, era * 400 + year_of_era + (month <= 2 ? 1 : 0), 4);
  put_number(out + 5, month, 2);
  put_number(out + 8, day_of_year - (153 * month_from_march + 2) / 5 + 1, 2);
}

static uint32_t append(char* text, uint32_t at, const char* what) {
  if (what[0] == '\0') return at;
  if (at < OVERLAY_TEXT_BYTES - 1) text[at++] = ' ';
  while (*what != '\0' && at < OVERLAY_TEXT_BYTES - 1) text[at++] = *what++;
  text[at] = '\0';
  return at;
}

void overlay_format(char text[OVERLAY_TEXT_BYTES], uint64_t date, const char* device, const char* battery, const char* officer) {
  uint64_t seconds = date / TICKS_PER_SECOND;
  uint32_t second_of_day = (uint32_t)(seconds % 86400);
  memcpy(text, "0000-00-00 00:00:00Z", 21);
  put_date(text, (uint32_t)(seconds / 86400));
  put_number(text + 11, second_of_day / 3600, 2);
  put_number(text + 14, second_of_day / 60 % 60, 2);
  put_number(text + 17, second_of_day % 60, 2);
  append(text, append(text, append(text, 20, device), battery), officer);
}

// The text with a blank character before and behind it.
static void draw_row(uint8_t* row, const char* text, uint32_t characters, uint32_t scale, uint32_t dot_row) {
  for (uint32_t i = 0; i < characters + 2; ++i) {
    const uint8_t* columns = i == 0 || i > characters ? blank : glyph(text[i - 1]);
    for (uint32_t column = 0; column < kAdvance; ++column) {
      bool is_dot = column < kColumns && dot_row < kRows && (columns[column] >> dot_row & 1) != 0;
      memset(row, is_dot ? kWhite : kBlack, scale);
      row += scale;
    }
  }
}

void overlay_draw(const overlay_picture_t* picture, const char* text) {
  uint32_t characters = (uint32_t)strlen(text);
  uint32_t top = picture->height * kTopPercent / 200 * 2;
  uint32_t band = picture->height * kBandPercent / 100;
  uint32_t scale = kScaleMax;
  while (scale > 1 && ((characters + 2) * kAdvance * scale > picture->width || kHeight * scale > band)) --scale;
  uint32_t most = picture->width / (kAdvance * scale);
  if (kHeight * scale > band || most < 3) return;
  if (characters > most - 2) characters = most - 2;
  for (uint32_t y = 0; y < kHeight * scale; ++y) {
    uint32_t dot_row = y / scale - 1;  // a blank row above; its number is beyond the last
    draw_row(picture->luma + (top + y) * picture->stride, text, characters, scale, dot_row);
    // The colour of what is behind would tint the letters.
    memset(picture->chroma + (top + y) / 2 * picture->stride, kGrey, (characters + 2) * kAdvance * scale);
  }
}
