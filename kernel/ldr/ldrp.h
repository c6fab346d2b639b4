// SPDX-License-Identifier: MIT
// Private to ldr.

#ifndef OPENWDM_KERNEL_LDR_LDRP_H
#define OPENWDM_KERNEL_LDR_LDRP_H

#include <wdm.h>

#include "host/host.h"
#include "ldr/ldr.h"
#include "ldr/text.h"

#define LDRP_PAGE  0x1000u
#define LDRP_ALIGN 0x10000ull

static inline SIZE_T
LdrpPages(SIZE_T Size)
{
    return (Size + LDRP_PAGE - 1) & ~(SIZE_T)(LDRP_PAGE - 1);
}

extern LDR_CONFIG LdrpConfig;

// ---- region.c: address space and the sorted list

// Lowest free, 64 KiB aligned address for Size bytes with a gap behind; NULL when the region or the
// list is full.
PUCHAR
LdrpReserve(SIZE_T Size);

void LdrpInsertImage(PLDR_IMAGE Image, SIZE_T RangeSize);

void LdrpRemoveImage(PLDR_IMAGE Image);

// ---- image.c: memory of one image

// Maps File at a new address, copies and relocates it. Extra bytes of address space are reserved
// for the patcher behind the image. NULL when memory or address space is short.
PLDR_IMAGE
LdrpMapImage(const LDR_PE *Pe, ULONG Extra);

// Gives every section its final protection.
BOOLEAN
LdrpProtectImage(PLDR_IMAGE Image);

void LdrpUnmapImage(PLDR_IMAGE Image);

// Tells the unwinder about discarded sections, so that damaged unwind data cannot lead it there.
void LdrpExcludeDiscarded(PLDR_IMAGE Image);

// ---- import.c

// Binds all imports of Image, whose file is Pe. Every missing name is reported.
NTSTATUS
LdrpBindImports(PLDR_IMAGE Image, const LDR_PE *Pe, ULONG Depth);

// ---- load.c

// The loaded image ModuleName, or a newly loaded one, referenced for Importer. NULL: not found, or
// *Status tells why it cannot be loaded.
PLDR_IMAGE
LdrpLoadDependency(const char *ModuleName, PLDR_IMAGE Importer, ULONG Depth, NTSTATUS *Status);

void LdrpReport(const char *Format, ...);

// ---- config.c

// Seeds the security cookie and sets the guard pointers of the load configuration.
void LdrpApplyLoadConfig(PLDR_IMAGE Image);

// guard.S: what Control Flow Guard's pointers lead to.
void LdrpGuardCheckIcall(void);
void LdrpGuardDispatchIcall(void);

// ---- sweep.c: which bytes are instructions

enum
{
    LDRP_BYTE_START = 1,    // first byte of an instruction
    LDRP_BYTE_BODY = 2,     // further byte of one
    LDRP_BYTE_TARGET = 4,   // a direct branch, a table or an address constant leads here
    LDRP_BYTE_CONFLICT = 8, // reached in two ways that disagree
    LDRP_BYTE_QUEUED = 16,
    LDRP_BYTE_SWITCH = 32, // start of an indirect jump that may be a switch
};

typedef struct _LDRP_SWEEP
{
    const LDR_PE *Pe;
    PUCHAR Map; // a byte of flags per byte of the image
    PULONG Queue;
    ULONG QueueCount;
    ULONG Low; // limits of what may be followed
    ULONG High;
    LDR_INSTRUCTION_COUNTS *Counts; // may be NULL
    LDR_INSTRUCTION_COUNTS OwnCounts;
} LDRP_SWEEP;

// Takes the memory of a sweep of the file Pe. FALSE when it is short.
BOOLEAN
LdrpOpenSweep(LDRP_SWEEP *Sweep, const LDR_PE *Pe, LDR_INSTRUCTION_COUNTS *Counts);

void LdrpCloseSweep(LDRP_SWEEP *Sweep);

// Finds the code of the function, or of the leaf functions between two of .pdata, that contains
// Rva; WithNeighbours also where short branches from outside lead.
void LdrpSweepAround(LDRP_SWEEP *Sweep, ULONG Rva, BOOLEAN WithNeighbours);

// Marks as targets what anything outside the code found so far may refer to. Once, after the last
// of the above.
void LdrpMarkReferences(LDRP_SWEEP *Sweep);

// Control arrives at Rva: remembers it and, inside the sweep's limits, follows the code from there.
void LdrpQueue(LDRP_SWEEP *Sweep, ULONG64 Rva);

void LdrpDrain(LDRP_SWEEP *Sweep);

// Queues the handlers, filters and targets of the function's __try blocks.
void LdrpQueueScopes(LDRP_SWEEP *Sweep, const LDR_PE_FUNCTION *Function);

// Callbacks of the parser's walks; Context is the sweep.
bool LdrpQueueExport(void *Context, const char *Name, uint32_t Rva);

bool LdrpQueuePointer(void *Context, uint32_t Rva);

struct host_insn;

// TRUE if Rva is in the bytes of an executable section, which is then *Section.
BOOLEAN
LdrpIsCodeRva(const LDRP_SWEEP *Sweep, ULONG Rva, const LDR_PE_SECTION **Section);

BOOLEAN
LdrpDecodeAt(const LDRP_SWEEP *Sweep,
             const LDR_PE_SECTION *Section,
             ULONG Rva,
             struct host_insn *Insn);

// Index of the first function of .pdata that ends above Rva.
ULONG
LdrpFunctionBound(const LDR_PE *Pe, ULONG Rva);

void LdrpMarkTarget(LDRP_SWEEP *Sweep, ULONG64 Rva);

BOOLEAN
LdrpIsSwitch(const struct host_insn *Insn);

// Follows code from whatever may refer to [Low, High), a gap between functions of .pdata.
void LdrpFollowGap(LDRP_SWEEP *Sweep, ULONG Low, ULONG High);

// Marks what the surroundings of [Low, High) branch to.
void LdrpGuessAround(LDRP_SWEEP *Sweep, const LDR_PE_SECTION *Section, ULONG Low, ULONG High);

BOOLEAN
LdrpIsSharedData(ULONG64 Address);

// The counter of info.c that the instruction belongs to, or NULL.
PULONG
LdrpCounterOf(LDR_INSTRUCTION_COUNTS *Counts, const struct host_insn *Insn);

ULONG
LdrpSharedDataOffset(const struct host_insn *Insn, ULONG64 *Value);

// ---- patch.c, trampoline.c

// Upper bound of the bytes that the patcher may want behind the image: 0 when nothing is to be
// patched.
ULONG
LdrpPatchRoom(const LDR_PE *Pe);

// Patches the mapped, bound, still writable image. Pe is its file.
void LdrpPatchImage(PLDR_IMAGE Image, const LDR_PE *Pe);

// The function table with the trampolines' entries, when there are any; FALSE: the image's own
// holds.
BOOLEAN
LdrpPatchedFunctionTable(PLDR_IMAGE Image, const RUNTIME_FUNCTION **Table, ULONG *Count);

// Where the instruction at Address, in a trampoline, came from; 0 when it is in none.
ULONG64
LdrpPatchOriginal(PLDR_IMAGE Image, ULONG64 Address);

#endif
