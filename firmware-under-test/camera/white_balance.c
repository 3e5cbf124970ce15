#include "firmware-under-test/camera/white_balance.h"

enum {
  kUnit = 4096,      // of ratios
  kParts = 256,      // between two lights of the table
  kSearchStep = 16,  // of them
  kLast = (WHITE_BALANCE_LIGHTS - 1) * kParts,
  kNear = kUnit / 5,  // how far red and blue together may be off a light's, relatively
  kDarkest = 32 * 6,  // green of a zone that says something
  kClippedMax = 65535 / 100
};

typedef struct {
  uint32_t kelvin;
  uint32_t red, blue;  // of grey under this light, relative to green
  int32_t matrix[9];   // what the filters' overlap is undone with, behind the white balance; 1024 is 1
} lamp_t;

// Of the module: filters' overlap and sensitivities of hw-models/sensor's defaults, black bodies up to 4200 K and CIE daylight from 5000 K on,
// colours adapted to D65 by the Bradford transform.
static const lamp_t lamps[WHITE_BALANCE_LIGHTS] = {{2300, 5054, 595, {1484, -436, -24, -282, 1372, -66, 14, -1684, 2694}},
                                                   {2856, 3984, 827, {1424, -379, -21, -222, 1326, -80, 10, -815, 1829}},
                                                   {3500, 3282, 1083, {1379, -335, -20, -186, 1308, -98, 3, -542, 1563}},
                                                   {4200, 2832, 1336, {1350, -304, -22, -164, 1304, -116, 0, -416, 1440}},
                                                   {5000, 2433, 1513, {1322, -270, -28, -143, 1295, -128, -2, -361, 1387}},
                                                   {6504, 2089, 1884, {1305, -247, -34, -127, 1308, -157, -4, -288, 1316}},
                                                   {8000, 1907, 2151, {1301, -236, -41, -118, 1320, -178, -4, -255, 1283}},
                                                   {10000, 1770, 2403, {1302, -230, -48, -112, 1336, -200, -6, -232, 1262}}};

static int32_t between(int32_t first, int32_t second, uint32_t part) { return first + (second - first) * (int32_t)part / kParts; }

static lamp_t lamp_at(uint32_t light) {
  uint32_t index = light / kParts;
  if (index >= WHITE_BALANCE_LIGHTS - 1) return lamps[WHITE_BALANCE_LIGHTS - 1];
  const lamp_t* a = &lamps[index];
  const lamp_t* b = &lamps[index + 1];
  uint32_t part = light % kParts;
  lamp_t out;
  out.kelvin = (uint32_t)between((int32_t)a->kelvin, (int32_t)b->kelvin, part);
  out.red = (uint32_t)between((int32_t)a->red, (int32_t)b->red, part);
  out.blue = (uint32_t)between((int32_t)a->blue, (int32_t)b->blue, part);
  for (int i = 0; i < 9; ++i) out.matrix[i] = between(a->matrix[i], b->matrix[i], part);
  return out;
}

static uint32_t relative_difference(uint32_t value, uint32_t reference) {
  uint32_t difference = value > reference ? value - reference : reference - value;
  return difference * kUnit / reference;
}

// Red or blue of grey under a light, without the rest of its entry: the search asks for them thousands of times a frame.
static uint32_t grey_at(uint32_t light, uint32_t first, uint32_t second) {
  return (uint32_t)between((int32_t)first, (int32_t)second, light % kParts);
}

// The light under which grey looks most like this, and how much it does.
static uint32_t nearest(uint32_t red, uint32_t blue, uint32_t* distance) {
  uint32_t best = 0;
  *distance = UINT32_MAX;
  for (uint32_t light = 0; light <= kLast; light += kSearchStep) {
    const lamp_t* a = &lamps[light / kParts];
    const lamp_t* b = light < kLast ? a + 1 : a;
    uint32_t here = relative_difference(red, grey_at(light, a->red, b->red)) + relative_difference(blue, grey_at(light, a->blue, b->blue));
    if (here < *distance) {
      *distance = here;
      best = light;
    }
  }
  return best;
}

static bool is_useful(const isp_zone_t* zone) {
  return zone->green >= kDarkest && zone->clipped <= kClippedMax && zone->red < 4 * zone->green && zone->blue < 4 * zone->green;
}

// Mean colour, relative to green, of useful zones that are near to some light; of all useful ones if there are none.
static bool mean_colour(const isp_statistics_t* statistics, uint32_t* red, uint32_t* blue) {
  uint32_t red_sum[2] = {0, 0};
  uint32_t blue_sum[2] = {0, 0};
  uint32_t count[2] = {0, 0};
  for (uint32_t i = 0; i < ISP_ZONES; ++i) {
    const isp_zone_t* zone = &statistics->zones[i];
    if (!is_useful(zone)) continue;
    uint32_t zone_red = (uint32_t)zone->red * kUnit / zone->green;
    uint32_t zone_blue = (uint32_t)zone->blue * kUnit / zone->green;
    uint32_t distance;
    nearest(zone_red, zone_blue, &distance);
    for (int group = distance <= kNear ? 0 : 1; group < 2; ++group) {
      red_sum[group] += zone_red;
      blue_sum[group] += zone_blue;
      ++count[group];
    }
  }
  int group = count[0] > 0 ? 0 : 1;
  if (count[group] == 0) return false;
  *red = red_sum[group] / count[group];
  *blue = blue_sum[group] / count[group];
  return true;
}

void white_balance_init(white_balance_t* self) { *self = (white_balance_t){false, WHITE_BALANCE_DAYLIGHT * kParts}; }

void white_balance_step(white_balance_t* self, const isp_statistics_t* statistics) {
  uint32_t red, blue, distance;
  if (!mean_colour(statistics, &red, &blue)) return;
  int32_t step = (int32_t)nearest(red, blue, &distance) - (int32_t)self->light;
  int32_t part = self->has_estimate ? step / 8 : step;
  // The rest that eighths leave is less than half a search step: as good as there.
  self->light = (uint32_t)((int32_t)self->light + part);
  self->has_estimate = true;
}

isp_colour_t white_balance_colour(const white_balance_t* self) {
  lamp_t lamp = lamp_at(self->light);
  isp_colour_t colour = {.red_gain = 256 * kUnit / lamp.red, .blue_gain = 256 * kUnit / lamp.blue};
  for (int i = 0; i < 9; ++i) colour.matrix[i] = lamp.matrix[i];
  return colour;
}

uint32_t white_balance_kelvin(const white_balance_t* self) { return lamp_at(self->light).kelvin; }
