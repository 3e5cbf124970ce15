# Ends as the riscv-tests do: a non-zero word at the symbol tohost. Test number 5 fails.
    .section .text.start, "ax"
    .globl _start
_start:
    li gp, 5
    slli gp, gp, 1
    ori gp, gp, 1
    la t0, tohost
1:
    sw gp, 0(t0)
    sw zero, 4(t0)
    j 1b

    .data
    .align 2
    .globl begin_signature, end_signature
begin_signature:
    .word 0x12345678, 0xFFFFFFFF, 0
end_signature:

    .section .tohost, "aw", @progbits
    .align 6
    .globl tohost
tohost:
    .dword 0
