# Physical memory protection, stack, kernel, and the end at the test finisher.
#
# In machine mode one NAPOT entry lets everything pass, as in an image that has never heard of protection but runs with it on. With
# SAKSI_USER_MODE the kernel runs in user mode with what it needs and no more: code it may read and run, data it may read and write, and the
# serial port.
#define PMP_R 0x01
#define PMP_W 0x02
#define PMP_X 0x04
#define PMP_TOR 0x08
#define PMP_NAPOT 0x18
#define RAM_END 0x88000000
# A naturally aligned region of 2^n bytes: pmpaddr is base / 4 with the n - 3 lowest bits set.
#define NAPOT(base, size) (((base) >> 2) | (((size) >> 3) - 1))

    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    la sp, stack_top
    la t0, trap
    csrw mtvec, t0
#ifdef SAKSI_USER_MODE
    li t0, NAPOT(0x80000000, 0x10000)
    csrw pmpaddr0, t0
    la t0, data_start
    srli t0, t0, 2
    csrw pmpaddr1, t0
    li t0, RAM_END >> 2
    csrw pmpaddr2, t0
    li t0, NAPOT(0x10000000, 0x100)
    csrw pmpaddr3, t0
    li t0, (PMP_NAPOT | PMP_R | PMP_X) | (PMP_TOR | PMP_R | PMP_W) << 16 | (PMP_NAPOT | PMP_R | PMP_W) << 24
    csrw pmpcfg0, t0
    csrr a0, pmpcfg0
    call runtime_begin
    la t0, user
    csrw mepc, t0
    li t0, 0x1800
    csrc mstatus, t0
    mret
user:
    call main
    ecall
#else
    li t0, -1
    csrw pmpaddr0, t0
    li t0, PMP_NAPOT | PMP_R | PMP_W | PMP_X
    csrw pmpcfg0, t0
    csrr a0, pmpcfg0
    call runtime_begin
    call main
    call runtime_end
#endif

# From user mode only an environment call is expected, with main's result in a0; a timer program puts its own handler in mtvec.
    .align 2
trap:
#ifdef SAKSI_USER_MODE
    csrr t0, mcause
    li t1, 8
    bne t0, t1, unexpected
    call runtime_end
unexpected:
#endif
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    call runtime_trap
