/* SPDX-License-Identifier: MIT */
/*
 * Single accesses to a user's memory, in line, for the hot paths of services: each costs what an
 * access costs. A fault continues at the label behind the access (KiHandleTrap looks it up), where
 * the caller falls back to KeTryCopy, which also emulates what only looks like a fault.
 * IRQL <= APC_LEVEL.
 */
#ifndef KE_ACCESS_H
#define KE_ACCESS_H

#include "ntdef.h"

/* The instruction at Label may fault; `failed` is where to go on. Distances, so that the table
 * needs no relocation. */
#define KI_FIXUP(Label)                                          \
    ".pushsection ki_fixups, \"a\"\n\t.balign 4\n\t.long " Label \
    " - .\n\t.long %l[failed] - .\n\t.popsection\n\t"

typedef struct _KI_FIXUP_ENTRY
{
    LONG Instruction; /* from this field */
    LONG Target;      /* from this field */
} KI_FIXUP_ENTRY;

/* Reads the byte and writes it back, as ProbeForWrite does. FALSE: it faulted. */
static inline BOOLEAN
KiTouchUser(volatile void *Address)
{
    __asm__ goto("1:\n\tmovb (%0), %%al\n2:\n\tmovb %%al, (%0)\n\t" KI_FIXUP("1b") KI_FIXUP("2b")
                 :
                 : "r"(Address)
                 : "rax", "memory"
                 : failed);
    return TRUE;
failed:
    return FALSE;
}

/* Writes a status block: the status, and the information behind it. FALSE: it faulted. */
static inline BOOLEAN
KiStoreUserStatus(volatile void *Address, NTSTATUS Status, ULONG_PTR Information)
{
    __asm__ goto("1:\n\tmovl %1, (%0)\n2:\n\tmovq %2, 8(%0)\n\t" KI_FIXUP("1b") KI_FIXUP("2b")
                 :
                 : "r"(Address), "r"(Status), "r"(Information)
                 : "memory"
                 : failed);
    return TRUE;
failed:
    return FALSE;
}

#endif
