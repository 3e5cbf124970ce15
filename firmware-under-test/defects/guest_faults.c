// Planted defect: at each picture's start it does, once, everything that a camera must not do to its memory and that no recording shows: it
// reads what nobody has written, reads the buffer that the encoder is writing, overwrites code that is never run, and goes below its stack.
// Must be caught by --check-guest, each fault by its line here; the recording is as good as ever.
// wrap: h264_start
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/drivers/h264.h"

void __real_h264_start(const h264_job_t* job);
void __wrap_h264_start(const h264_job_t* job);

__attribute__((section(".bulk"))) static volatile uint32_t never_written;
static volatile uint32_t sink;

// Code that nobody calls.
extern volatile uint32_t spare_code[];
__asm__(
    ".pushsection .text.spare_code, \"ax\"\n.balign 4\n.globl spare_code\n.type spare_code, @function\n"
    "spare_code: ret\n.balign 4\n.word 0\n.size spare_code, . - spare_code\n.popsection");

__attribute__((noinline)) static void read_unwritten(void) { sink = never_written; }

__attribute__((noinline)) static void read_busy(const uint8_t* nal) { sink = *(const volatile uint8_t*)nal; }

__attribute__((noinline)) static void write_code(void) { spare_code[1] = 1; }

// Nothing is stored below the stack, and no interrupt handler may run there: the camera must go on as before.
__attribute__((noinline)) static void overflow_stack(void) {
  const uint32_t state = irq_save();
  __asm__ volatile(".rept 16\n addi sp, sp, -1024\n .endr\n .rept 16\n addi sp, sp, 1024\n .endr" ::: "memory");
  irq_restore(state);
}

void __wrap_h264_start(const h264_job_t* job) {
  static bool done;
  __real_h264_start(job);
  if (done) return;
  done = true;
  read_unwritten();
  read_busy(job->nal);
  write_code();
  overflow_stack();
}
