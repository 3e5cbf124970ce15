# Entered by the reset code with the hart's id in a0 and the device tree's address in a1, which the firmware is to get too.

    .section .text.start, "ax"
    .globl _start
_start:
    csrci   mstatus, 8
    csrw    mie, zero
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, stack_top
    mv      s1, a0
    mv      s2, a1
    la      t0, bss_start
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    sw      zero, 0(t0)
    addi    t0, t0, 4
    j       1b
2:  li      s0, 0
    call    boot_verify             # the firmware's entry, 0 if it is refused
    beqz    a0, 3f
    mv      t0, a0
    mv      a0, s1
    mv      a1, s2
    la      a2, boot_record
    fence.i
    jr      t0
3:  call    boot_refused
    j       3b
