/* Prints by polling, as the simplest images do. */
static volatile unsigned char *const uart = (unsigned char *)0x10000000;

static void put(const char *text) {
  for (; *text; ++text) {
    while ((uart[5] & 0x20) == 0) {
    }
    uart[0] = (unsigned char)*text;
  }
}

int main(void) {
  put("hello, ");
  put("world\n");
  return 0;
}
