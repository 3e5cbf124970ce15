/* The hash block of saksi-cam through its registers: "abc" in two pieces, the end by interrupt out of WFI. Ends with 0 if the digest is that of
   FIPS 180-4. */
#define REG32(address) (*(volatile unsigned *)(address))

enum { SHA256 = 0x10050000, CTRL = SHA256, IRQ_STATUS = SHA256 + 8, IRQ_ENABLE = SHA256 + 12, DESC_ADDR = SHA256 + 20, DIGEST0 = SHA256 + 32 };
enum { PLIC = 0x0C000000, SOURCE = 16, PRIORITY = PLIC + 4 * SOURCE, ENABLE = PLIC + 0x2000, CLAIM = PLIC + 0x200004 };

struct descriptor {
  const void *piece;
  unsigned length;
  struct descriptor *next;
  unsigned last;
};

static struct descriptor chain[2] __attribute__((aligned(16)));
static const char text[] = "abc";
volatile unsigned cause;

__attribute__((interrupt, aligned(4))) void trap(void) {
  const unsigned source = REG32(CLAIM);
  if (source == SOURCE) {
    cause = REG32(IRQ_STATUS);
    REG32(IRQ_STATUS) = cause;
  }
  REG32(CLAIM) = source;
}

int main(void) {
  static const unsigned expected[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
  chain[0] = (struct descriptor){text, 1, &chain[1], 0};
  chain[1] = (struct descriptor){text + 1, 2, 0, 1};
  REG32(PRIORITY) = 1;
  REG32(ENABLE) = 1u << SOURCE;
  REG32(IRQ_ENABLE) = 3;
  REG32(DESC_ADDR) = (unsigned)chain;
  __asm__ volatile("csrw mie, %0" ::"r"(1u << 11) : "memory");
  REG32(CTRL) = 1;
  while (!cause) {
    __asm__ volatile("csrci mstatus, 8\nwfi\ncsrsi mstatus, 8" ::: "memory");
  }
  if (cause != 1) return 2;
  for (int i = 0; i < 8; ++i) {
    if (REG32(DIGEST0 + 4 * i) != expected[i]) return 3 + i;
  }
  return 0;
}
