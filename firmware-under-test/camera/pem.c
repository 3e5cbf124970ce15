#include "firmware-under-test/camera/pem.h"

#include <stdbool.h>
#include <string.h>

enum { kLineCharacters = 64, kSequence = 0x30, kLongLength = 0x80 };

static const char begin_line[] = "-----BEGIN CERTIFICATE-----\n";
static const char end_line[] = "-----END CERTIFICATE-----\n";

typedef struct {
  char* text;
  uint32_t at, max;
  bool is_full;
} writer_t;

static void put(writer_t* w, char character) {
  if (w->at == w->max) {
    w->is_full = true;
    return;
  }
  w->text[w->at++] = character;
}

static void put_text(writer_t* w, const char* text) {
  while (*text != '\0') put(w, *text++);
}

static void put_base64(writer_t* w, const uint8_t* data, uint32_t bytes) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t column = 0;
  for (uint32_t i = 0; i < bytes; i += 3) {
    uint32_t left = bytes - i;
    uint32_t group = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
    for (uint32_t j = 0; j < 4; ++j) put(w, j <= left ? alphabet[group >> (18 - 6 * j) & 63] : '=');
    column += 4;
    if (column == kLineCharacters || left <= 3) {
      put(w, '\n');
      column = 0;
    }
  }
}

// Bytes of the DER element at `der`, head included; 0 if it is none of `bytes` bytes at most.
static uint32_t element_bytes(const uint8_t* der, uint32_t bytes) {
  if (bytes < 2 || der[0] != kSequence) return 0;
  if (der[1] < kLongLength) return der[1] + 2u <= bytes ? der[1] + 2u : 0;
  uint32_t places = der[1] & 0x7F;
  uint32_t length = 0;
  if (places == 0 || places > 2 || bytes < 2 + places) return 0;
  for (uint32_t i = 0; i < places; ++i) length = length << 8 | der[2 + i];
  length += 2 + places;
  return length <= bytes ? length : 0;
}

uint32_t pem_certificates(const uint8_t* der, uint32_t bytes, char* text, uint32_t max) {
  writer_t w = {text, 0, max, false};
  uint32_t at = 0;
  while (at < bytes) {
    uint32_t length = element_bytes(der + at, bytes - at);
    if (length == 0) return 0;
    put_text(&w, begin_line);
    put_base64(&w, der + at, length);
    put_text(&w, end_line);
    at += length;
  }
  return w.is_full ? 0 : w.at;
}
