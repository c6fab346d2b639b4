/* SPDX-License-Identifier: MIT */
/*
 * The fiber switch. Saves what the System V ABI calls non-volatile, the SSE control word and the
 * x87 control word on the stack being left, and takes the same from the stack being entered.
 */
    .text

/* void host_switch_stacks(void **save /rdi/, void *load /rsi/) */
    .globl  host_switch_stacks
    .hidden host_switch_stacks
    .type   host_switch_stacks, @function
    .align  16
host_switch_stacks:
    .cfi_startproc
    pushq   %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbp, 0
    pushq   %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbx, 0
    pushq   %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r12, 0
    pushq   %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r13, 0
    pushq   %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r14, 0
    pushq   %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r15, 0
    subq    $8, %rsp
    .cfi_adjust_cfa_offset 8
    stmxcsr (%rsp)
    fnstcw  4(%rsp)
    movq    %rsp, (%rdi)
    /* Loading the control words is slow, and hardly any flow changes them. */
    movl    (%rsp), %eax
    movzwl  4(%rsp), %ecx
    movq    %rsi, %rsp
    cmpl    (%rsp), %eax
    jne     1f
    cmpw    4(%rsp), %cx
    je      2f
1:  ldmxcsr (%rsp)
    fldcw   4(%rsp)
2:  addq    $8, %rsp
    .cfi_adjust_cfa_offset -8
    popq    %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r15
    popq    %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r14
    popq    %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r13
    popq    %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r12
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbp
    ret
    .cfi_endproc
    .size   host_switch_stacks, . - host_switch_stacks

/* First code of a fiber: r12 = entry, r13 = argument, r14 = C prologue. Debuggers stop here. */
    .globl  host_fiber_start
    .hidden host_fiber_start
    .type   host_fiber_start, @function
    .align  16
host_fiber_start:
    .cfi_startproc
    .cfi_undefined %rip
    xorl    %ebp, %ebp
    movq    %r12, %rdi
    movq    %r13, %rsi
    call    *%r14
    ud2
    .cfi_endproc
    .size   host_fiber_start, . - host_fiber_start

    .section .note.GNU-stack, "", @progbits
