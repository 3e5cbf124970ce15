# One of each instruction, for the disassembler's test.
    .text
    .globl _start
_start:
    lui a0, 0x12345
    auipc a1, 0xfffff
    jal ra, _start
    jalr ra, -4(a5)
    beq a0, a1, _start
    bne s0, s11, 1f
    blt t3, t6, _start
    bge a0, zero, _start
1:  bltu a0, a1, 1b
    bgeu a0, a1, 1b
    lb a0, -1(sp)
    lh a1, 2(gp)
    lw a2, 2047(tp)
    lbu a3, -2048(s1)
    lhu a4, 0(s2)
    sb a0, -1(sp)
    sh a1, 2(s3)
    sw a2, 2047(s4)
    addi a0, a0, -1
    slti a0, a1, 5
    sltiu a0, a1, -5
    xori a0, a1, 0x7f
    ori a0, a1, 1
    andi a0, a1, -256
    slli a0, a1, 31
    srli a0, a1, 1
    srai a0, a1, 16
    add a0, a1, a2
    sub a0, a1, a2
    sll a0, a1, a2
    slt a0, a1, a2
    sltu a0, a1, a2
    xor a0, a1, a2
    srl a0, a1, a2
    sra a0, a1, a2
    or a0, a1, a2
    and a0, a1, a2
    mul a0, a1, a2
    mulh a0, a1, a2
    mulhsu a0, a1, a2
    mulhu a0, a1, a2
    div a0, a1, a2
    divu a0, a1, a2
    rem a0, a1, a2
    remu a0, a1, a2
    sh1add a0, a1, a2
    sh2add a0, a1, a2
    sh3add a0, a1, a2
    andn a0, a1, a2
    orn a0, a1, a2
    xnor a0, a1, a2
    clz a0, a1
    ctz a0, a1
    cpop a0, a1
    max a0, a1, a2
    maxu a0, a1, a2
    min a0, a1, a2
    minu a0, a1, a2
    sext.b a0, a1
    sext.h a0, a1
    zext.h a0, a1
    rol a0, a1, a2
    ror a0, a1, a2
    rori a0, a1, 7
    orc.b a0, a1
    rev8 a0, a1
    bclr a0, a1, a2
    bclri a0, a1, 3
    bext a0, a1, a2
    bexti a0, a1, 4
    binv a0, a1, a2
    binvi a0, a1, 5
    bset a0, a1, a2
    bseti a0, a1, 31
    lr.w a0, (a1)
    sc.w a0, a2, (a1)
    amoswap.w a0, a2, (a1)
    amoadd.w a0, a2, (a1)
    amoxor.w a0, a2, (a1)
    amoand.w a0, a2, (a1)
    amoor.w a0, a2, (a1)
    amomin.w a0, a2, (a1)
    amomax.w a0, a2, (a1)
    amominu.w a0, a2, (a1)
    amomaxu.w a0, a2, (a1)
    fence.i
    ecall
    ebreak
    mret
    wfi
    csrrw a0, mstatus, a1
    csrrs zero, mepc, zero
    csrrc a0, 0x7c0, a1
    csrrwi a0, mtvec, 5
    csrrsi zero, mie, 8
    csrrci a0, pmpcfg0, 1
    csrrs a0, pmpaddr15, zero
    flw fa0, -8(sp)
    fsw fs11, 16(a0)
    fmadd.s ft0, fa1, fs2, ft11, rtz
    fmsub.s ft0, fa1, fs2, ft11, rtz
    fnmsub.s ft0, fa1, fs2, ft11, rtz
    fnmadd.s ft0, fa1, fs2, ft11, rtz
    fadd.s ft0, fa1, fs2
    fsub.s ft0, fa1, fs2
    fmul.s ft0, fa1, fs2
    fdiv.s ft0, fa1, fs2
    fadd.s ft0, fa1, fs2, rmm
    fsqrt.s ft1, ft2, rdn
    fcvt.w.s a0, fa0, rtz
    fcvt.wu.s a0, fa0
    fcvt.s.w fa0, a0
    fcvt.s.wu fa0, a1
    fclass.s a0, fa0
    fsgnj.s ft8, ft9, ft10
    fsgnjn.s ft8, ft9, ft10
    fsgnjx.s ft8, ft9, ft10
    fmin.s ft8, ft9, ft10
    fmax.s ft8, ft9, ft10
    feq.s a0, ft9, ft10
    flt.s a0, ft9, ft10
    fle.s a0, ft9, ft10
    fld fa0, -8(sp)
    fsd fs11, 16(a0)
    fmadd.d ft0, fa1, fs2, ft11, rtz
    fmsub.d ft0, fa1, fs2, ft11, rtz
    fnmsub.d ft0, fa1, fs2, ft11, rtz
    fnmadd.d ft0, fa1, fs2, ft11, rtz
    fadd.d ft0, fa1, fs2
    fsub.d ft0, fa1, fs2
    fmul.d ft0, fa1, fs2
    fdiv.d ft0, fa1, fs2
    fadd.d ft0, fa1, fs2, rmm
    fsqrt.d ft1, ft2, rdn
    fcvt.w.d a0, fa0, rtz
    fcvt.wu.d a0, fa0
    fcvt.d.w fa0, a0
    fcvt.d.wu fa0, a1
    fclass.d a0, fa0
    fsgnj.d ft8, ft9, ft10
    fsgnjn.d ft8, ft9, ft10
    fsgnjx.d ft8, ft9, ft10
    fmin.d ft8, ft9, ft10
    fmax.d ft8, ft9, ft10
    feq.d a0, ft9, ft10
    flt.d a0, ft9, ft10
    fle.d a0, ft9, ft10
    fcvt.s.d ft0, ft1, rup
    fcvt.d.s ft0, ft1
    fmv.x.w a0, ft0
    fmv.w.x ft0, a0
    csrrs a0, fcsr, zero
    csrrw a0, frm, a1
    csrrs a0, fflags, zero
