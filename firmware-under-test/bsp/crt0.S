# Reset entry and trap entry.

    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    csrci   mstatus, 8
    csrw    mie, zero
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, stack_top
    la      t0, trap_entry
    csrw    mtvec, t0

    la      t0, bss_start
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    sw      zero, 0(t0)
    addi    t0, t0, 4
    j       1b
2:  la      t0, handed_over         # what the boot ROM left, see boot_record.h
    sw      a2, 0(t0)
    li      s0, 0                   # ends the chain of frame pointers
    li      ra, 0
    call    main
3:  wfi
    j       3b
    .size _start, . - _start

# Stores what C code may change. The frame looks like any function's (return address and frame pointer below s0), so that a stack
# walk passes through it into the interrupted code.
    .text
    .balign 4
    .globl trap_entry
    .type trap_entry, @function
trap_entry:
    addi    sp, sp, -80
    sw      s0, 72(sp)
    sw      ra, 0(sp)
    sw      t0, 4(sp)
    sw      t1, 8(sp)
    sw      t2, 12(sp)
    sw      t3, 16(sp)
    sw      t4, 20(sp)
    sw      t5, 24(sp)
    sw      t6, 28(sp)
    sw      a0, 32(sp)
    sw      a1, 36(sp)
    sw      a2, 40(sp)
    sw      a3, 44(sp)
    sw      a4, 48(sp)
    sw      a5, 52(sp)
    sw      a6, 56(sp)
    sw      a7, 60(sp)
    csrr    a1, mepc
    sw      a1, 76(sp)
    addi    s0, sp, 80
    csrr    a0, mcause
    csrr    a2, mtval
    mv      a3, ra
    call    trap_handle
    lw      ra, 0(sp)
    lw      t0, 4(sp)
    lw      t1, 8(sp)
    lw      t2, 12(sp)
    lw      t3, 16(sp)
    lw      t4, 20(sp)
    lw      t5, 24(sp)
    lw      t6, 28(sp)
    lw      a0, 32(sp)
    lw      a1, 36(sp)
    lw      a2, 40(sp)
    lw      a3, 44(sp)
    lw      a4, 48(sp)
    lw      a5, 52(sp)
    lw      a6, 56(sp)
    lw      a7, 60(sp)
    lw      s0, 72(sp)
    addi    sp, sp, 80
    mret
    .size trap_entry, . - trap_entry
