/* SPDX-License-Identifier: MIT */
/*
 * __chkstk: compilers call it in front of a stack allocation of a page or more. rax is the size in
 * bytes and must survive, as must every other register but the flags, so it is bound directly and
 * not through a gate. Touching each page in turn meets the guard page below the stack instead of
 * jumping over it.
 */
    .text
    .globl  RtlpCrt___chkstk
    .type   RtlpCrt___chkstk, @function
    .balign 16
RtlpCrt___chkstk:
    pushq   %r10
    pushq   %r11
    leaq    24(%rsp), %r10          /* the caller's rsp */
    movq    %r10, %r11
    subq    %rax, %r10
    jae     1f
    xorl    %r10d, %r10d            /* a size beyond the bottom of the address space */
1:  andq    $-4096, %r10            /* the last page to touch */
    andq    $-4096, %r11
2:  cmpq    %r10, %r11
    jbe     3f
    subq    $4096, %r11
    testb   %al, (%r11)
    jmp     2b
3:  popq    %r11
    popq    %r10
    ret
    .globl  RtlChkstkEnd
    .hidden RtlChkstkEnd
RtlChkstkEnd:
    .size   RtlpCrt___chkstk, . - RtlpCrt___chkstk
    .section .note.GNU-stack, "", @progbits
