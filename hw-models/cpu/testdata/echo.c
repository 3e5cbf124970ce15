/* Echoes what the serial port receives, in capitals, by interrupts alone: PLIC, receive and transmit interrupts, and WFI in between. */
#define REG8(address) (*(volatile unsigned char *)(address))
#define REG32(address) (*(volatile unsigned *)(address))

enum { UART = 0x10000000, PLIC = 0x0C000000, UART_IRQ = 10 };

static volatile unsigned char queue[64];
static volatile unsigned head, tail;
static volatile int done;

static void send_next(void) {
  if (head == tail) {
    REG8(UART + 1) = 1; /* nothing to send: receive interrupts only */
    return;
  }
  REG8(UART + 0) = queue[tail++ % 64];
}

static void serve_uart(void) {
  for (;;) {
    unsigned char cause = REG8(UART + 2) & 0x0F;
    if (cause == 0x01) return;
    if (cause == 0x02) {
      send_next();
      continue;
    }
    while (REG8(UART + 5) & 1) {
      unsigned char c = REG8(UART + 0);
      if (c == '.') done = 1;
      queue[head++ % 64] = c >= 'a' && c <= 'z' ? c - 32 : c;
    }
    REG8(UART + 1) = 3;
  }
}

__attribute__((interrupt, aligned(4))) void trap(void) {
  unsigned source = REG32(PLIC + 0x200004);
  if (source == UART_IRQ) serve_uart();
  REG32(PLIC + 0x200004) = source;
}

int main(void) {
  REG8(UART + 3) = 0x83;
  REG8(UART + 0) = 2; /* 115200 baud */
  REG8(UART + 1) = 0;
  REG8(UART + 3) = 0x03;
  REG8(UART + 2) = 0x07;
  REG8(UART + 1) = 1;
  REG32(PLIC + 4 * UART_IRQ) = 1;
  REG32(PLIC + 0x2000) = 1u << UART_IRQ;
  REG32(PLIC + 0x200000) = 0;
  __asm__ volatile("csrw mie, %0" ::"r"(1u << 11));
  __asm__ volatile("csrsi mstatus, 8");
  while (!done || head != tail || !(REG8(UART + 5) & 0x40)) {
    if (!done) __asm__ volatile("wfi");
  }
  return 0;
}
