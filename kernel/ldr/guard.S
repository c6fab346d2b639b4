/* SPDX-License-Identifier: MIT */
/*
 * What the Control Flow Guard pointers of driver images lead to. Calls are not checked: the targets
 * of a driver are no secret here, and a wild one faults.
 */
    .text

/* __guard_check_icall_fptr: the target is in rcx, every other register must survive. */
    .globl LdrpGuardCheckIcall
    .type LdrpGuardCheckIcall, @function
LdrpGuardCheckIcall:
    .cfi_startproc
    ret
    .cfi_endproc
    .size LdrpGuardCheckIcall, . - LdrpGuardCheckIcall

/* __guard_dispatch_icall_fptr: the target is in rax, the call's arguments are in place. */
    .globl LdrpGuardDispatchIcall
    .type LdrpGuardDispatchIcall, @function
LdrpGuardDispatchIcall:
    .cfi_startproc
    jmp *%rax
    .cfi_endproc
    .size LdrpGuardDispatchIcall, . - LdrpGuardDispatchIcall

    .section .note.GNU-stack, "", @progbits
