# Stack, trap vector, main(); main's result goes to the test finisher.
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    la sp, stack_top
    li s0, 0
    la t0, trap
    csrw mtvec, t0
    call main
    li t0, 0x100000
    bnez a0, fail
    li t1, 0x5555
    sw t1, 0(t0)
    j .
fail:
    slli a0, a0, 16
    li t1, 0x3333
    or a0, a0, t1
    sw a0, 0(t0)
    j .

    .weak trap
    .align 2
trap:
    li a0, 99
    li t0, 0x100000
    j fail
