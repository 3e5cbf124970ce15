#include "sim/benchmark/programs/coremark_like.h"

#include <stddef.h>

// CRC-16 of ITU-T V.41 with its bits reversed (polynomial 0x8408), bit by bit.

static uint16_t crc_byte(uint8_t byte, uint16_t crc) {
  for (int bit = 0; bit < 8; ++bit) {
    const uint16_t carry = (uint16_t)((crc ^ byte) & 1);
    crc >>= 1;
    byte >>= 1;
    if (carry) crc ^= 0x8408;
  }
  return crc;
}

static uint16_t crc_half(uint16_t value, uint16_t crc) { return crc_byte((uint8_t)(value >> 8), crc_byte((uint8_t)value, crc)); }

static uint16_t crc_word(uint32_t value, uint16_t crc) { return crc_half((uint16_t)(value >> 16), crc_half((uint16_t)value, crc)); }

static uint16_t next_random(uint16_t* state) {
  *state = (uint16_t)(*state * 25173u + 13849u);
  return *state >> 3;
}

// A linked list whose nodes point at their items, as in drivers that queue requests.

#define ITEM_COUNT 48

typedef struct {
  int16_t key;
  int16_t order;
} Item;

typedef struct Node {
  struct Node* next;
  Item* item;
} Node;

static Item items[ITEM_COUNT];
static Node nodes[ITEM_COUNT];

static Node* build_list(uint16_t seed) {
  Node* first = NULL;
  uint16_t random = seed;
  for (int16_t i = 0; i < ITEM_COUNT; ++i) {
    items[i].key = (int16_t)(next_random(&random) & 0x7FF);
    items[i].order = i;
    // Every third node goes second, so that the nodes do not lie in memory as they follow each other.
    nodes[i].item = &items[i];
    if (first && i % 3 == 0) {
      nodes[i].next = first->next;
      first->next = &nodes[i];
    } else {
      nodes[i].next = first;
      first = &nodes[i];
    }
  }
  return first;
}

static Node* reverse(Node* list) {
  Node* reversed = NULL;
  while (list) {
    Node* const next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

static Node* find_order(Node* list, int16_t order) {
  while (list && list->item->order != order) list = list->next;
  return list;
}

static Node* find_key(Node* list, int16_t key) {
  while (list && (list->item->key & 0xFF) != key) list = list->next;
  return list;
}

typedef int32_t (*Compare)(const Item*, const Item*);

static int32_t by_key(const Item* a, const Item* b) {
  const int32_t difference = a->key - b->key;
  return difference ? difference : a->order - b->order;
}

static int32_t by_order(const Item* a, const Item* b) { return a->order - b->order; }

/// Takes the smaller head of two sorted runs until `run` items of each are used up; the rest of the list comes back in *rest.
static Node* merge_runs(Node* a, uint32_t run, Compare compare, Node** tail, Node** rest) {
  Node *b = a, *first = NULL, **link = &first;
  uint32_t a_left = 0, b_left = run;
  while (b && a_left < run) {
    b = b->next;
    ++a_left;
  }
  while (a_left > 0 || (b_left > 0 && b)) {
    const int take_a = a_left > 0 && (b_left == 0 || !b || compare(a->item, b->item) <= 0);
    Node** const from = take_a ? &a : &b;
    if (take_a) {
      --a_left;
    } else {
      --b_left;
    }
    *link = *from;
    *tail = *from;
    link = &(*from)->next;
    *from = (*from)->next;
  }
  *rest = b;
  return first;
}

/// Bottom-up merge sort.
static Node* sort(Node* list, Compare compare) {
  for (uint32_t run = 1; run < ITEM_COUNT; run *= 2) {
    Node *sorted = NULL, *last = NULL;
    while (list) {
      Node *tail = NULL, *const merged = merge_runs(list, run, compare, &tail, &list);
      if (last) {
        last->next = merged;
      } else {
        sorted = merged;
      }
      last = tail;
    }
    last->next = NULL;
    list = sorted;
  }
  return list;
}

static uint16_t list_work(uint16_t seed, uint16_t crc) {
  Node* list = build_list(seed);
  uint16_t random = seed;
  uint16_t found = 0;
  for (int16_t i = 0; i < 16; ++i) {
    Node* const hit = i % 2 ? find_order(list, (int16_t)(next_random(&random) % ITEM_COUNT)) : find_key(list, (int16_t)(next_random(&random) & 0xFF));
    list = reverse(list);
    if (!hit) continue;
    ++found;
    found = (uint16_t)(found + (uint16_t)hit->item->key);
    Node* const second = hit->next;
    if (second && second->next) {  // what was looked for changes places with its neighbour's follower
      Item* const item = second->item;
      second->item = second->next->item;
      second->next->item = item;
    }
  }
  crc = crc_half(found, crc);
  list = sort(list, by_key);
  for (const Node* node = list; node; node = node->next) crc = crc_half((uint16_t)node->item->key, crc);
  list = sort(list, by_order);
  for (const Node* node = list; node; node = node->next) crc = crc_byte((uint8_t)node->item->key, crc);
  return crc;
}

// Matrices of small integers.

#define MATRIX_N 10

static int16_t matrix_a[MATRIX_N][MATRIX_N];
static int16_t matrix_b[MATRIX_N][MATRIX_N];
static int32_t matrix_c[MATRIX_N][MATRIX_N];

static void add_constant(int16_t value) {
  for (int i = 0; i < MATRIX_N; ++i) {
    for (int j = 0; j < MATRIX_N; ++j) matrix_a[i][j] = (int16_t)(matrix_a[i][j] + value);
  }
}

static void multiply_constant(int16_t value) {
  for (int i = 0; i < MATRIX_N; ++i) {
    for (int j = 0; j < MATRIX_N; ++j) matrix_c[i][j] = matrix_a[i][j] * value;
  }
}

static void multiply_vector(void) {
  for (int i = 0; i < MATRIX_N; ++i) {
    int32_t sum = 0;
    for (int j = 0; j < MATRIX_N; ++j) sum += matrix_a[i][j] * matrix_b[0][j];
    matrix_c[i][0] = sum;
  }
}

static void multiply_matrix(void) {
  for (int i = 0; i < MATRIX_N; ++i) {
    for (int j = 0; j < MATRIX_N; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < MATRIX_N; ++k) sum += matrix_a[i][k] * matrix_b[k][j];
      matrix_c[i][j] = sum;
    }
  }
}

static void multiply_fields(void) {
  for (int i = 0; i < MATRIX_N; ++i) {
    for (int j = 0; j < MATRIX_N; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < MATRIX_N; ++k) {
        const uint32_t product = (uint32_t)(matrix_a[i][k] * matrix_b[k][j]);
        sum += (int32_t)((product >> 3 & 0x1F) * (product >> 7 & 0x3F));
      }
      matrix_c[i][j] = sum;
    }
  }
}

/// A number that depends on every element and on which of two neighbours is the larger; a sum beyond `clip` starts anew.
static uint16_t weigh(int32_t clip) {
  int32_t sum = 0, before = 0;
  uint16_t weight = 0;
  for (int i = 0; i < MATRIX_N; ++i) {
    for (int j = 0; j < MATRIX_N; ++j) {
      const int32_t value = matrix_c[i][j];
      sum += value & 0xFFFF;
      if (sum > clip) {
        weight = (uint16_t)(weight + 10);
        sum = 0;
      } else if (value > before) {
        ++weight;
      }
      before = value;
    }
  }
  return weight;
}

static uint16_t matrix_work(uint16_t seed, uint16_t crc) {
  uint16_t random = seed;
  for (int i = 0; i < MATRIX_N; ++i) {
    for (int j = 0; j < MATRIX_N; ++j) {
      matrix_a[i][j] = (int16_t)((next_random(&random) & 0xFF) - 0x80);
      matrix_b[i][j] = (int16_t)((next_random(&random) & 0xFF) - 0x80);
    }
  }
  const int16_t value = (int16_t)(seed & 0x3F);
  const int32_t clip = 0x20000;
  add_constant(value);
  multiply_constant(value);
  crc = crc_half(weigh(clip), crc);
  multiply_vector();
  crc = crc_half(weigh(clip), crc);
  multiply_matrix();
  crc = crc_half(weigh(clip), crc);
  multiply_fields();
  crc = crc_half(weigh(clip), crc);
  add_constant((int16_t)-value);
  return crc_word((uint32_t)matrix_c[MATRIX_N - 1][MATRIX_N - 1], crc);
}

// A state machine that sorts words, separated by commas, into kinds of numbers.

typedef enum { kStart, kSign, kInteger, kHexadecimal, kPoint, kFraction, kExponentMark, kExponentSign, kExponent, kInvalid, kStates } State;

static char text[512];

static void build_text(uint16_t seed) {
  static const char* const kWords[] = {"5012,",     "-874,",     "+122,", "0x1F3a,", "3.1415,", "-.7654,", "5.500e+3,",
                                       "-.123e-2,", "+0.6e-12,", "T0.3,", "1F,",     "0xG1,",   "1.2.3,",  "7e,"};
  uint16_t random = seed;
  size_t at = 0;
  for (;;) {
    const char* const word = kWords[next_random(&random) % (sizeof kWords / sizeof *kWords)];
    size_t length = 0;
    while (word[length]) ++length;
    if (at + length >= sizeof text) break;
    for (size_t i = 0; i < length; ++i) text[at + i] = word[i];
    at += length;
  }
  while (at < sizeof text) text[at++] = 0;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static State next_state(State state, char c, int after_zero) {
  switch (state) {
    case kStart:
      if (is_digit(c)) return kInteger;
      if (c == '+' || c == '-') return kSign;
      return c == '.' ? kPoint : kInvalid;
    case kSign:
      if (is_digit(c)) return kInteger;
      return c == '.' ? kPoint : kInvalid;
    case kInteger:
      if (is_digit(c)) return kInteger;
      if (c == '.') return kFraction;
      if (c == 'e' || c == 'E') return kExponentMark;
      return c == 'x' && after_zero ? kHexadecimal : kInvalid;
    case kHexadecimal:
      return is_hexadecimal(c) ? kHexadecimal : kInvalid;
    case kPoint:
      return is_digit(c) ? kFraction : kInvalid;
    case kFraction:
      if (is_digit(c)) return kFraction;
      return c == 'e' || c == 'E' ? kExponentMark : kInvalid;
    case kExponentMark:
      if (is_digit(c)) return kExponent;
      return c == '+' || c == '-' ? kExponentSign : kInvalid;
    case kExponentSign:
    case kExponent:
      return is_digit(c) ? kExponent : kInvalid;
    default:
      return kInvalid;
  }
}

/// Counts in which state each word ends, and how often a state is left for another.
static void scan(uint16_t ends[kStates], uint16_t changes[kStates]) {
  State state = kStart;
  char before = 0;
  for (const char* at = text; *at; ++at) {
    if (*at == ',') {
      ++ends[state];
      state = kStart;
      before = 0;
      continue;
    }
    const State next = next_state(state, *at, before == '0');
    if (next != state) ++changes[state];
    state = next;
    before = *at;
  }
}

static void spoil(uint16_t step, uint8_t mask) {
  for (size_t at = step; at < sizeof text; at += step) {
    if (text[at] != ',' && text[at] != 0) text[at] = (char)(text[at] ^ mask);
  }
}

static uint16_t text_work(uint16_t seed, uint16_t crc) {
  uint16_t ends[kStates] = {0}, changes[kStates] = {0};
  const uint16_t step = (uint16_t)(5 + seed % 7);
  build_text(seed);
  scan(ends, changes);
  spoil(step, 0x10);
  scan(ends, changes);
  spoil(step, 0x10);
  scan(ends, changes);
  for (int state = 0; state < kStates; ++state) crc = crc_half(changes[state], crc_half(ends[state], crc));
  return crc;
}

uint16_t coremark_like_round(uint16_t seed) {
  uint16_t crc = 0xFFFF;
  crc = list_work(seed, crc);
  crc = matrix_work(seed, crc);
  return text_work(seed, crc);
}
