// SPDX-License-Identifier: MIT
// Private to patch.c and trampoline.c.

#ifndef OPENWDM_KERNEL_LDR_PATCHP_H
#define OPENWDM_KERNEL_LDR_PATCHP_H

#include "ldrp.h"

#include "host/insn.h"

enum
{
    LDRP_JUMP_SIZE = 5,
    LDRP_WINDOW_MAX = 8, // instructions in a window

    // Budgets of one candidate in the area behind the image.
    LDRP_CODE_BUDGET = 192,
    LDRP_UNWIND_BUDGET = 2 * LDRP_WINDOW_MAX * 24,
    LDRP_FUNCTION_BUDGET = 2 * LDRP_WINDOW_MAX,
    LDRP_SITE_BUDGET = LDRP_WINDOW_MAX + 1,
};

// One moved instruction. Windows and trampolines are both made in ascending order, so one array is
// sorted by either address.
typedef struct _LDR_PATCH_SITE
{
    ULONG Original;
    ULONG Moved;
    BOOLEAN IsFirst; // the patch's jump stands at Original
    BOOLEAN IsEnd;   // not an instruction but the jump back to Original
} LDR_PATCH_SITE;

typedef struct _LDR_PATCH_TABLE
{
    ULONG SiteCount;
    ULONG FunctionCount; // 0: the image's own table holds
    RUNTIME_FUNCTION *Functions;
    LDR_PATCH_SITE Sites[];
} LDR_PATCH_TABLE;

typedef struct _LDRP_PATCHER
{
    PLDR_IMAGE Image;
    const LDR_PE *Pe;
    LDRP_SWEEP Sweep;
    LDR_PATCH_TABLE *Table;
    ULONG StubRva; // where the address of WriteCr8Stub stands
    ULONG CodeAt;  // RVAs of the next free byte of each area
    ULONG UnwindAt;
    ULONG AddedFunctions;
    // The trampoline being written.
    BOOLEAN HasParent;
    LDR_PE_FUNCTION Parent;
    ULONG SegmentStart;
    BOOLEAN IsPushed; // in the part where RSP is 8 lower than in the original
} LDRP_PATCHER;

typedef struct _LDRP_WINDOW
{
    ULONG Start;
    ULONG End;
    ULONG Count;
    struct host_insn Insns[LDRP_WINDOW_MAX];
} LDRP_WINDOW;

// TRUE for `mov reg, cr8` and `mov cr8, reg` of registers the trampoline can serve.
BOOLEAN
LdrpIsCr8Access(const struct host_insn *Insn);

// TRUE if the instruction may run elsewhere.
BOOLEAN
LdrpCanMove(const LDRP_PATCHER *Patcher, const struct host_insn *Insn);

// Writes the trampoline of Window and the jump to it.
void LdrpWriteTrampoline(LDRP_PATCHER *Patcher, const LDRP_WINDOW *Window);

#endif
