#include "firmware-under-test/bsp/trap.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/csr.h"
#include "firmware-under-test/bsp/gpio.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/bsp/uart.h"

enum { kStackMark = 0x53414B53 };

extern uint32_t stack_limit[];

// A camera that has stopped records nothing and must not look as if it did: amber, until the watchdog restarts it.
__attribute__((noreturn)) static void stop(void) {
  irq_save();
  gpio_write(1u << SAKSI_CAM_PIN_LED_RED | 1u << SAKSI_CAM_PIN_LED_GREEN | 1u << SAKSI_CAM_PIN_LED_AMBER, 1u << SAKSI_CAM_PIN_LED_AMBER);
  uart_drain();
  for (;;) cpu_wait_for_interrupt();
}

void trap_handle(uint32_t mcause, uint32_t mepc, uint32_t mtval, uint32_t ra) {
  if (mcause == CSR_MCAUSE_EXTERNAL) {
    irq_dispatch();
  } else if (mcause == CSR_MCAUSE_TIMER) {
    clock_on_timer();
  } else {
    log_error("trap mcause %08lx mepc %08lx mtval %08lx ra %08lx", (unsigned long)mcause, (unsigned long)mepc, (unsigned long)mtval,
              (unsigned long)ra);
    stop();
  }
}

void trap_init(void) { stack_limit[0] = kStackMark; }

void trap_check_stack(void) {
  if (stack_limit[0] == kStackMark) return;
  log_error("stack overflow");
  stop();
}
