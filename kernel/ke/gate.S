/* SPDX-License-Identifier: MIT */
/*
 * Gates: what runs between a driver's call of an export and the export itself, and the few other
 * places where a driver's registers must be kept exactly.
 *
 * A generated gate does `leaq export(%rip), %r11; jmp KiGateCommon`. On entry the stack is the
 * driver's at its call: (%rsp) is the return address. rax, r10 and r11 are free in the Microsoft
 * convention; rcx, rdx, r8, r9, xmm0-xmm3 carry arguments and stay.
 *
 * Offsets of KI_EXPORT, KI_GATE_RECORD and KI_GATE are asserted in gate.c.
 */
#define EXPORT_FUNCTION 0
#define EXPORT_MIN_IRQL 33
#define EXPORT_IRQL_SPAN 36
#define RECORD_SIZE     256
#define RECORD_VECTORS  80
#define GATE_BUDGET     0
#define GATE_TOP        8
#define GATE_LIMIT      16
#define PCR_IRQL        0x50
#define PCR_WORK        0x800

    .text

/* Pushes the record of this crossing. In: r11 export. Clobbers rax, r10. Stale records, whose
 * frames the stack has already left, are dropped first: no return ever has to pop. Without `xmm`
 * the record holds no vector registers: see KI_EXPORT.KeepsXmm. */
    .macro PUSH_RECORD xmm=1
    movq    KiGate+GATE_TOP(%rip), %r10
    cmpq    %rsp, (%r10)
    jbe     .Ldrop\@
.Lpush\@:
    addq    $RECORD_SIZE, %r10
    cmpq    KiGate+GATE_LIMIT(%rip), %r10
    jae     KiGateOverflow
    movq    %r10, KiGate+GATE_TOP(%rip)
    movq    %rsp, (%r10)
    movq    %r11, 8(%r10)
    movq    %rbx, 16(%r10)
    movq    %rbp, 24(%r10)
    movq    %rsi, 32(%r10)
    movq    %rdi, 40(%r10)
    movq    %r12, 48(%r10)
    movq    %r13, 56(%r10)
    movq    %r14, 64(%r10)
    movq    %r15, 72(%r10)
    .if \xmm
    movaps  %xmm6, 96(%r10)
    movaps  %xmm7, 112(%r10)
    movaps  %xmm8, 128(%r10)
    movaps  %xmm9, 144(%r10)
    movaps  %xmm10, 160(%r10)
    movaps  %xmm11, 176(%r10)
    movaps  %xmm12, 192(%r10)
    movaps  %xmm13, 208(%r10)
    movaps  %xmm14, 224(%r10)
    movaps  %xmm15, 240(%r10)
    .else
    movl    $0, RECORD_VECTORS(%r10)
    .endif
    .subsection 1
.Ldrop\@:
    subq    $RECORD_SIZE, %r10
    cmpq    %rsp, (%r10)
    jbe     .Ldrop\@
    jmp     .Lpush\@
    .previous
    .endm

    .macro GATE name, xmm
    .globl  \name
    .type   \name, @function
    .align  32
\name:
    .cfi_startproc
    PUSH_RECORD \xmm
    movb    %gs:PCR_IRQL, %al
    subb    EXPORT_MIN_IRQL(%r11), %al
    cmpb    EXPORT_IRQL_SPAN(%r11), %al
    ja      .Lirql\@ /* unsigned: below the lowest, too */
.Lchecked\@:
    decq    KiGate+GATE_BUDGET(%rip)
    js      .Lsafepoint\@
    jmp     *EXPORT_FUNCTION(%r11)
.Lirql\@:
    leaq    KiGateIrql(%rip), %rax
    call    KiGateSlow
    jmp     .Lchecked\@
.Lsafepoint\@:
    leaq    KiGateSafePoint(%rip), %rax
    call    KiGateSlow
    jmp     *EXPORT_FUNCTION(%r11)
    .cfi_endproc
    .size   \name, . - \name
    .endm

    GATE    KiGateCommon, 1
    GATE    KiGateLight, 0

/* Calls rax(export, return address) (System V) with every argument register of the DDI kept.
 * Entered by a call from KiGateCommon, so the driver's return address is at 8(%rsp). */
    .type   KiGateSlow, @function
    .align  16
KiGateSlow:
    .cfi_startproc
    pushq   %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbp, 0
    movq    %rsp, %rbp
    .cfi_def_cfa_register %rbp
    pushq   %rcx
    pushq   %rdx
    pushq   %r8
    pushq   %r9
    pushq   %r11
    pushq   %rsi
    pushq   %rdi
    pushq   %r11
    subq    $0xa0, %rsp
    andq    $-16, %rsp
    movaps  %xmm0, 0x00(%rsp)
    movaps  %xmm1, 0x10(%rsp)
    movaps  %xmm2, 0x20(%rsp)
    movaps  %xmm3, 0x30(%rsp)
    movaps  %xmm6, 0x40(%rsp)
    movaps  %xmm7, 0x50(%rsp)
    movaps  %xmm8, 0x60(%rsp)
    movaps  %xmm9, 0x70(%rsp)
    movaps  %xmm10, 0x80(%rsp)
    movaps  %xmm11, 0x90(%rsp)
    subq    $0x40, %rsp
    movaps  %xmm12, 0x00(%rsp)
    movaps  %xmm13, 0x10(%rsp)
    movaps  %xmm14, 0x20(%rsp)
    movaps  %xmm15, 0x30(%rsp)
    movq    %r11, %rdi
    movq    16(%rbp), %rsi
    call    *%rax
    movaps  0x00(%rsp), %xmm12
    movaps  0x10(%rsp), %xmm13
    movaps  0x20(%rsp), %xmm14
    movaps  0x30(%rsp), %xmm15
    addq    $0x40, %rsp
    movaps  0x00(%rsp), %xmm0
    movaps  0x10(%rsp), %xmm1
    movaps  0x20(%rsp), %xmm2
    movaps  0x30(%rsp), %xmm3
    movaps  0x40(%rsp), %xmm6
    movaps  0x50(%rsp), %xmm7
    movaps  0x60(%rsp), %xmm8
    movaps  0x70(%rsp), %xmm9
    movaps  0x80(%rsp), %xmm10
    movaps  0x90(%rsp), %xmm11
    leaq    -56(%rbp), %rsp
    popq    %rdi
    popq    %rsi
    popq    %r11
    popq    %r9
    popq    %r8
    popq    %rdx
    popq    %rcx
    popq    %rbp
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    ret
    .cfi_endproc
    .size   KiGateSlow, . - KiGateSlow

/* An export that is in the table but not implemented: r11 names it. */
    .globl  KiGateStub
    .type   KiGateStub, @function
    .align  16
KiGateStub:
    .cfi_startproc
    PUSH_RECORD
    leaq    KiMissingExport(%rip), %rax
    call    KiGateSlow
    ud2
    .cfi_endproc
    .size   KiGateStub, . - KiGateStub

    .type   KiGateOverflow, @function
KiGateOverflow:
    .cfi_startproc
    leaq    KiGateExhausted(%rip), %rax
    call    KiGateSlow
    ud2
    .cfi_endproc
    .size   KiGateOverflow, . - KiGateOverflow

/*
 * What a patched `mov cr8, reg` calls: the new IRQL is in al; every register and the flags come
 * back as they were. A fall with nothing pending stays in these few instructions; the rest may run
 * DPCs, whose C code may clear the upper halves of the vector registers, hence XSAVE.
 */
    .globl  KiWriteCr8Stub
    .type   KiWriteCr8Stub, @function
    .align  16
KiWriteCr8Stub:
    .cfi_startproc
    pushfq
    .cfi_adjust_cfa_offset 8
    cmpb    %gs:PCR_IRQL, %al
    je      .Lsame
    ja      .Lslow
    cmpb    $0, %gs:PCR_WORK
    jne     .Lslow
    movb    %al, %gs:PCR_IRQL
.Lsame:
    popfq
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_adjust_cfa_offset 8
.Lslow:
    pushq   %rcx
    pushq   %rdx
    pushq   %rbx
    pushq   %rsi
    pushq   %rdi
    pushq   %r8
    pushq   %r9
    pushq   %r10
    pushq   %r11
    pushq   %rax
    pushq   %rbp
    movq    %rsp, %rbp
    .cfi_def_cfa %rbp, 104
    cld
    movzbl  %al, %edi
    subq    $832, %rsp
    andq    $-64, %rsp
    movq    %rsp, %rbx
    xorl    %eax, %eax
    movq    %rax, 512(%rbx)
    movq    %rax, 520(%rbx)
    movq    %rax, 528(%rbx)
    movq    %rax, 536(%rbx)
    movq    %rax, 544(%rbx)
    movq    %rax, 552(%rbx)
    movq    %rax, 560(%rbx)
    movq    %rax, 568(%rbx)
    movl    $6, %eax
    xorl    %edx, %edx
    xsave64 (%rbx)
    call    KiWriteCr8
    movl    $6, %eax
    xorl    %edx, %edx
    xrstor64 (%rbx)
    movq    %rbp, %rsp
    popq    %rbp
    .cfi_def_cfa %rsp, 96
    popq    %rax
    popq    %r11
    popq    %r10
    popq    %r9
    popq    %r8
    popq    %rdi
    popq    %rsi
    popq    %rbx
    popq    %rdx
    popq    %rcx
    .cfi_def_cfa_offset 16
    popfq
    .cfi_def_cfa_offset 8
    ret
    .cfi_endproc
    .size   KiWriteCr8Stub, . - KiWriteCr8Stub

    .section .note.GNU-stack, "", @progbits
