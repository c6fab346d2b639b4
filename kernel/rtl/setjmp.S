/* SPDX-License-Identifier: MIT */
/*
 * _setjmp and _setjmpex: what a compiler calls for setjmp with the buffer in rcx and its frame in
 * rdx. They return twice, so they are bound directly and not through a gate, whose record would be
 * gone the second time. The buffer is _JUMP_BUFFER of the x64 ABI; longjmp is kernel/ke/longjmp.c.
 */
    .text
    .globl  RtlpCrt__setjmp
    .type   RtlpCrt__setjmp, @function
    .globl  RtlpCrt__setjmpex
    .type   RtlpCrt__setjmpex, @function
    .balign 16
RtlpCrt__setjmp:
RtlpCrt__setjmpex:
    movq    %rdx, 0x00(%rcx)        /* Frame; 0: longjmp does not unwind */
    movq    %rbx, 0x08(%rcx)
    leaq    8(%rsp), %rax           /* rsp of the caller after its call */
    movq    %rax, 0x10(%rcx)
    movq    %rbp, 0x18(%rcx)
    movq    %rsi, 0x20(%rcx)
    movq    %rdi, 0x28(%rcx)
    movq    %r12, 0x30(%rcx)
    movq    %r13, 0x38(%rcx)
    movq    %r14, 0x40(%rcx)
    movq    %r15, 0x48(%rcx)
    movq    (%rsp), %rax
    movq    %rax, 0x50(%rcx)        /* Rip */
    stmxcsr 0x58(%rcx)
    fnstcw  0x5c(%rcx)
    movdqu  %xmm6, 0x60(%rcx)
    movdqu  %xmm7, 0x70(%rcx)
    movdqu  %xmm8, 0x80(%rcx)
    movdqu  %xmm9, 0x90(%rcx)
    movdqu  %xmm10, 0xa0(%rcx)
    movdqu  %xmm11, 0xb0(%rcx)
    movdqu  %xmm12, 0xc0(%rcx)
    movdqu  %xmm13, 0xd0(%rcx)
    movdqu  %xmm14, 0xe0(%rcx)
    movdqu  %xmm15, 0xf0(%rcx)
    xorl    %eax, %eax
    ret
    .size   RtlpCrt__setjmp, . - RtlpCrt__setjmp
    .size   RtlpCrt__setjmpex, . - RtlpCrt__setjmpex
    .section .note.GNU-stack, "", @progbits
