/* SPDX-License-Identifier: MIT */
/*
 * Loading whole register files, and the one copy loop that may fault.
 * Offsets of CONTEXT are those of the x64 ABI, asserted in trap.c.
 */
#define CTX_EFLAGS 0x44
#define CTX_MXCSR  0x34
#define CTX_RAX    0x78
#define CTX_RCX    0x80
#define CTX_RDX    0x88
#define CTX_RBX    0x90
#define CTX_RSP    0x98
#define CTX_RBP    0xa0
#define CTX_RSI    0xa8
#define CTX_RDI    0xb0
#define CTX_R8     0xb8
#define CTX_R9     0xc0
#define CTX_R10    0xc8
#define CTX_R11    0xd0
#define CTX_R12    0xd8
#define CTX_R13    0xe0
#define CTX_R14    0xe8
#define CTX_R15    0xf0
#define CTX_RIP    0xf8
#define CTX_XMM0   0x1a0

    .text

/* void KiLoadRegisters(const CONTEXT *context /rdi/): everything but the vector registers. iretq,
 * because it loads rip, flags and rsp at once and writes nothing to the stack being entered. */
    .globl  KiLoadRegisters
    .hidden KiLoadRegisters
    .type   KiLoadRegisters, @function
    .align  16
KiLoadRegisters:
    .cfi_startproc
    movl    %ss, %eax
    pushq   %rax
    pushq   CTX_RSP(%rdi)
    movl    CTX_EFLAGS(%rdi), %eax
    pushq   %rax
    movl    %cs, %eax
    pushq   %rax
    pushq   CTX_RIP(%rdi)
    movq    CTX_RAX(%rdi), %rax
    movq    CTX_RCX(%rdi), %rcx
    movq    CTX_RDX(%rdi), %rdx
    movq    CTX_RBX(%rdi), %rbx
    movq    CTX_RBP(%rdi), %rbp
    movq    CTX_RSI(%rdi), %rsi
    movq    CTX_R8(%rdi), %r8
    movq    CTX_R9(%rdi), %r9
    movq    CTX_R10(%rdi), %r10
    movq    CTX_R11(%rdi), %r11
    movq    CTX_R12(%rdi), %r12
    movq    CTX_R13(%rdi), %r13
    movq    CTX_R14(%rdi), %r14
    movq    CTX_R15(%rdi), %r15
    movq    CTX_RDI(%rdi), %rdi
    iretq
    .cfi_endproc
    .size   KiLoadRegisters, . - KiLoadRegisters

/* void KiLoadContext(const CONTEXT *context /rdi/): the SSE registers too. */
    .globl  KiLoadContext
    .hidden KiLoadContext
    .type   KiLoadContext, @function
    .align  16
KiLoadContext:
    .cfi_startproc
    ldmxcsr CTX_MXCSR(%rdi)
    movups  CTX_XMM0+0x00(%rdi), %xmm0
    movups  CTX_XMM0+0x10(%rdi), %xmm1
    movups  CTX_XMM0+0x20(%rdi), %xmm2
    movups  CTX_XMM0+0x30(%rdi), %xmm3
    movups  CTX_XMM0+0x40(%rdi), %xmm4
    movups  CTX_XMM0+0x50(%rdi), %xmm5
    movups  CTX_XMM0+0x60(%rdi), %xmm6
    movups  CTX_XMM0+0x70(%rdi), %xmm7
    movups  CTX_XMM0+0x80(%rdi), %xmm8
    movups  CTX_XMM0+0x90(%rdi), %xmm9
    movups  CTX_XMM0+0xa0(%rdi), %xmm10
    movups  CTX_XMM0+0xb0(%rdi), %xmm11
    movups  CTX_XMM0+0xc0(%rdi), %xmm12
    movups  CTX_XMM0+0xd0(%rdi), %xmm13
    movups  CTX_XMM0+0xe0(%rdi), %xmm14
    movups  CTX_XMM0+0xf0(%rdi), %xmm15
    jmp     KiLoadRegisters
    .cfi_endproc
    .size   KiLoadContext, . - KiLoadContext

/* void KiLoadExtended(const CONTEXT *context /rdi/, const void *xsave /rsi/, u64 mask /rdx/) */
    .globl  KiLoadExtended
    .hidden KiLoadExtended
    .type   KiLoadExtended, @function
    .align  16
KiLoadExtended:
    .cfi_startproc
    testq   %rdx, %rdx
    jz      .Lfxrstor
    movl    %edx, %eax
    shrq    $32, %rdx
    xrstor64 (%rsi)
    jmp     KiLoadRegisters
.Lfxrstor:
    fxrstor64 (%rsi)
    jmp     KiLoadRegisters
    .cfi_endproc
    .size   KiLoadExtended, . - KiLoadExtended

/* NTSTATUS KiCopyBytes(void *to /rdi/, const void *from /rsi/, size_t count /rdx/): a fault at
 * KiCopyBytesFault continues at KiCopyBytesFailed (trap.c). */
    .globl  KiCopyBytes
    .globl  KiCopyBytesFast
    .globl  KiCopyBytesSlow
    .globl  KiCopyBytesFault
    .globl  KiCopyBytesFailed
    .hidden KiCopyBytes
    .hidden KiCopyBytesFast
    .hidden KiCopyBytesSlow
    .hidden KiCopyBytesFault
    .hidden KiCopyBytesFailed
    .type   KiCopyBytes, @function
    .align  16
KiCopyBytes:
    .cfi_startproc
    /*
     * Few bytes are copied at once, first and last part overlapping. The arguments stay as they
     * are, so that a fault between KiCopyBytesFast and KiCopyBytesSlow starts again with the slow
     * form, which the emulator of device memory knows. Only xmm0 to xmm3 are used: volatile in
     * both conventions.
     */
KiCopyBytesFast:
    cmpq    $16, %rdx
    jb      2f
    cmpq    $32, %rdx
    ja      1f
    movups  (%rsi), %xmm0
    movups  -16(%rsi,%rdx), %xmm1
    movups  %xmm0, (%rdi)
    movups  %xmm1, -16(%rdi,%rdx)
    xorl    %eax, %eax
    ret
1:  cmpq    $64, %rdx
    ja      KiCopyBytesSlow
    movups  (%rsi), %xmm0
    movups  16(%rsi), %xmm1
    movups  -32(%rsi,%rdx), %xmm2
    movups  -16(%rsi,%rdx), %xmm3
    movups  %xmm0, (%rdi)
    movups  %xmm1, 16(%rdi)
    movups  %xmm2, -32(%rdi,%rdx)
    movups  %xmm3, -16(%rdi,%rdx)
    xorl    %eax, %eax
    ret
2:  cmpq    $8, %rdx
    jb      3f
    movq    (%rsi), %rax
    movq    -8(%rsi,%rdx), %rcx
    movq    %rax, (%rdi)
    movq    %rcx, -8(%rdi,%rdx)
    xorl    %eax, %eax
    ret
3:  cmpq    $1, %rdx
    jne     KiCopyBytesSlow
    movzbl  (%rsi), %eax
    movb    %al, (%rdi)
    xorl    %eax, %eax
    ret
KiCopyBytesSlow:
    movq    %rdx, %rcx
KiCopyBytesFault:
    rep movsb
    xorl    %eax, %eax
    ret
KiCopyBytesFailed:
    movl    $0xC0000005, %eax
    ret
    .cfi_endproc
    .size   KiCopyBytes, . - KiCopyBytes

    .section .note.GNU-stack, "", @progbits
