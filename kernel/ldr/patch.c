// SPDX-License-Identifier: MIT
// Patching at load: accesses to cr8 become jumps to trampolines, addresses of KUSER_SHARED_DATA
// become the address of our copy. Both trap when they are left alone, so nothing depends on a
// patch: where a decoding is not certain the code stays as it is.
//
// A `mov` from or to cr8 has 4 bytes and a jump 5, so a neighbour moves with it. A window (the
// bytes that the jump replaces) is refused when control may arrive in its middle. IRQL
// PASSIVE_LEVEL.

#include "patchp.h"

enum
{
    PATCHED = 64, // in the sweep's map: part of a window
};

// ---- candidates --------------------------------------------------------------------------------

// Calls for each REX 0F 20/22 that addresses cr8; most are real, some stand inside other
// instructions.
static ULONG
LdrpNextCandidate(const LDR_PE *Pe, ULONG *SectionIndex, ULONG *Offset)
{
    for (; *SectionIndex < Pe->SectionCount; ++*SectionIndex, *Offset = 0)
    {
        const LDR_PE_SECTION *section = &Pe->Sections[*SectionIndex];
        const UCHAR *bytes = Pe->Data + section->RawOffset;
        if ((section->Characteristics & LDR_PE_SCN_EXECUTE) == 0)
        {
            continue;
        }
        for (; *Offset + 4 <= section->RawSize; ++*Offset)
        {
            const UCHAR *at = bytes + *Offset;
            if (at[1] == 0x0F && (at[2] == 0x20 || at[2] == 0x22) && (at[0] & 0xF4) == 0x44 &&
                (at[3] & 0xF8) == 0xC0)
            {
                return section->Address + (*Offset)++;
            }
        }
    }
    return 0;
}

static ULONG
LdrpCountCandidates(const LDR_PE *Pe)
{
    ULONG section = 0;
    ULONG offset = 0;
    ULONG count = 0;
    while (LdrpNextCandidate(Pe, &section, &offset) != 0)
    {
        count++;
    }
    return count;
}

static ULONG
LdrpAlign16(ULONG Value)
{
    return (Value + 15) & ~15u;
}

static ULONG
LdrpTableSize(ULONG Candidates)
{
    return LdrpAlign16((ULONG)sizeof(LDR_PATCH_TABLE) +
                       Candidates * LDRP_SITE_BUDGET * (ULONG)sizeof(LDR_PATCH_SITE));
}

ULONG
LdrpPatchRoom(const LDR_PE *Pe)
{
    ULONG candidates = LdrpConfig.WriteCr8Stub != NULL ? LdrpCountCandidates(Pe) : 0;
    if (candidates == 0 || candidates > 4096)
    {
        return 0;
    }
    return LdrpTableSize(candidates) + 16 + candidates * (LDRP_CODE_BUDGET + LDRP_UNWIND_BUDGET) +
           LdrpAlign16((Pe->FunctionCount + candidates * LDRP_FUNCTION_BUDGET) *
                       (ULONG)sizeof(RUNTIME_FUNCTION));
}

// The upper half of the address stands in every constant that names the page. Returns the RVA of
// such a constant of 8 bytes.
static ULONG
LdrpNextSharedData(const LDR_PE *Pe, ULONG *SectionIndex, ULONG *Offset)
{
    static const UCHAR pattern[] = {0x00, 0x00, 0x80, 0xF7, 0xFF, 0xFF};
    for (; *SectionIndex < Pe->SectionCount; ++*SectionIndex, *Offset = 0)
    {
        const LDR_PE_SECTION *section = &Pe->Sections[*SectionIndex];
        const UCHAR *bytes = Pe->Data + section->RawOffset;
        if ((section->Characteristics & LDR_PE_SCN_EXECUTE) == 0)
        {
            continue;
        }
        for (; *Offset + 8 <= section->RawSize; ++*Offset)
        {
            const UCHAR *at = bytes + *Offset;
            if (at[4] == 0x80 && __builtin_memcmp(at + 2, pattern, sizeof pattern) == 0)
            {
                return section->Address + (*Offset)++;
            }
        }
    }
    return 0;
}

// ---- shared data -------------------------------------------------------------------------------

static BOOLEAN
LdrpIsCertain(const LDRP_PATCHER *Patcher, ULONG Rva, ULONG Length)
{
    const UCHAR *map = Patcher->Sweep.Map + Rva;
    const UCHAR bad = LDRP_BYTE_CONFLICT | LDRP_BYTE_TARGET;
    if ((map[0] & (LDRP_BYTE_START | LDRP_BYTE_CONFLICT)) != LDRP_BYTE_START)
    {
        return FALSE;
    }
    for (ULONG index = 1; index < Length; index++)
    {
        if ((map[index] & (LDRP_BYTE_BODY | bad)) != LDRP_BYTE_BODY)
        {
            return FALSE;
        }
    }
    return TRUE;
}

// The instruction is `mov reg, imm64` or `mov al..rax, [moffs64]`, so it begins 1 to 4 bytes before
// its constant, depending on prefixes.
static void
LdrpPatchSharedConstant(LDRP_PATCHER *Patcher, ULONG Constant)
{
    const LDR_PE_SECTION *section = LdrPeSectionOf(Patcher->Pe, Constant);
    for (ULONG back = 1; back <= 4 && back <= Constant - section->Address; back++)
    {
        struct host_insn insn;
        ULONG64 value;
        ULONG rva = Constant - back;
        ULONG offset = rva - section->Address;
        if ((Patcher->Sweep.Map[rva] & LDRP_BYTE_START) != 0 &&
            host_insn_decode(Patcher->Pe->Data + section->RawOffset + offset,
                             section->RawSize - offset, rva, &insn) &&
            LdrpSharedDataOffset(&insn, &value) == back && LdrpIsCertain(Patcher, rva, insn.length))
        {
            value = (ULONG64)LdrpConfig.SharedDataMapping + (value & (LDRP_PAGE - 1));
            __builtin_memcpy(Patcher->Image->Base + Constant, &value, sizeof value);
            Patcher->Image->Patches.SharedData++;
            return;
        }
    }
}

static void
LdrpPatchSharedData(LDRP_PATCHER *Patcher)
{
    ULONG section = 0;
    ULONG offset = 0;
    ULONG rva;
    while ((rva = LdrpNextSharedData(Patcher->Pe, &section, &offset)) != 0)
    {
        LdrpPatchSharedConstant(Patcher, rva);
    }
}

// ---- windows -----------------------------------------------------------------------------------

// The function of .pdata that contains Rva, or the gap between two of them. FALSE: a gap.
static BOOLEAN
LdrpFindFunction(const LDR_PE *Pe, ULONG Rva, LDR_PE_FUNCTION *Function)
{
    LDR_PE_FUNCTION probe;
    ULONG low = 0;
    ULONG high = Pe->FunctionCount;
    *Function = (LDR_PE_FUNCTION){0, Pe->SizeOfImage, 0};
    while (low < high)
    {
        ULONG middle = low + (high - low) / 2;
        LdrPeFunctionAt(Pe, middle, &probe);
        if (Rva < probe.Begin)
        {
            high = middle;
            Function->End = probe.Begin;
        }
        else if (Rva >= probe.End)
        {
            low = middle + 1;
            Function->Begin = probe.End;
        }
        else
        {
            *Function = probe;
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN
LdrpMayArriveByTable(const LDRP_PATCHER *Patcher)
{
    const LDR_PE_SECTION *section = LdrPeSectionOf(Patcher->Pe, Patcher->SegmentStart);
    ULONG start = Patcher->Parent.Begin;
    ULONG end = Patcher->Parent.End;
    start = start > section->Address ? start : section->Address;
    end = end < section->Address + section->RawSize ? end : section->Address + section->RawSize;
    for (ULONG rva = start; rva < end; rva++)
    {
        if ((Patcher->Sweep.Map[rva] & LDRP_BYTE_SWITCH) != 0)
        {
            return TRUE;
        }
    }
    return FALSE;
}

// Bytes of the prologue, in which the unwinder's view of the stack changes with each instruction.
static ULONG
LdrpPrologueOf(const LDRP_PATCHER *Patcher)
{
    UCHAR header[4];
    if (!Patcher->HasParent)
    {
        return 0;
    }
    if ((Patcher->Parent.UnwindInfo & 1) != 0 ||
        !LdrPeRead(Patcher->Pe, Patcher->Parent.UnwindInfo, header, sizeof header))
    {
        return MAXULONG;
    }
    return header[1];
}

static BOOLEAN
LdrpAddToWindow(LDRP_PATCHER *Patcher, LDRP_WINDOW *Window, ULONG Rva)
{
    struct host_insn *insn = &Window->Insns[Window->Count];
    const LDR_PE_SECTION *section = LdrPeSectionOf(Patcher->Pe, Rva);
    PUCHAR map = Patcher->Sweep.Map + Rva;
    if (Window->Count == LDRP_WINDOW_MAX || section == NULL || Rva < Patcher->Parent.Begin ||
        Rva >= Patcher->Parent.End || Rva - section->Address >= section->RawSize ||
        (map[0] & PATCHED) != 0)
    {
        return FALSE;
    }
    // Decoded from memory: relocations and shared data constants are already in place there.
    if (!host_insn_decode(Patcher->Image->Base + Rva, section->RawSize - (Rva - section->Address),
                          Rva, insn) ||
        !LdrpIsCertain(Patcher, Rva, insn->length) ||
        (Rva != Window->Start && (map[0] & LDRP_BYTE_TARGET) != 0))
    {
        return FALSE;
    }
    Window->Count++;
    Window->End = Rva + insn->length;
    return LdrpIsCr8Access(insn) || LdrpCanMove(Patcher, insn);
}

static BOOLEAN
LdrpGrowWindow(LDRP_PATCHER *Patcher, LDRP_WINDOW *Window, ULONG Start)
{
    *Window = (LDRP_WINDOW){.Start = Start, .End = Start};
    while (Window->End - Window->Start < LDRP_JUMP_SIZE)
    {
        if (Window->Count != 0)
        {
            enum host_branch branch = Window->Insns[Window->Count - 1].branch;
            if (branch == HOST_BRANCH_JUMP || branch == HOST_BRANCH_RETURN)
            {
                return FALSE; // what follows belongs to somebody else
            }
        }
        if (!LdrpAddToWindow(Patcher, Window, Window->End))
        {
            return FALSE;
        }
    }
    return TRUE;
}

// A window that begins with the access itself, or with the instruction before it.
static BOOLEAN
LdrpFindWindow(LDRP_PATCHER *Patcher, ULONG Rva, LDRP_WINDOW *Window)
{
    ULONG prologue = LdrpPrologueOf(Patcher);
    if (prologue == MAXULONG || Rva - Patcher->Parent.Begin < prologue ||
        LdrpMayArriveByTable(Patcher))
    {
        return FALSE;
    }
    if (LdrpGrowWindow(Patcher, Window, Rva))
    {
        return TRUE;
    }
    if ((Patcher->Sweep.Map[Rva] & LDRP_BYTE_TARGET) != 0)
    {
        return FALSE;
    }
    for (ULONG back = 1; back <= HOST_INSN_MAX_LENGTH && back <= Rva; back++)
    {
        if ((Patcher->Sweep.Map[Rva - back] & LDRP_BYTE_START) != 0)
        {
            return Rva - back - Patcher->Parent.Begin >= prologue &&
                   Rva - back >= Patcher->Parent.Begin &&
                   LdrpGrowWindow(Patcher, Window, Rva - back) && Window->End >= Rva + 4 &&
                   Window->Insns[0].length == back;
        }
    }
    return FALSE;
}

static void
LdrpPatchCandidate(LDRP_PATCHER *Patcher, ULONG Rva)
{
    LDRP_WINDOW window;
    struct host_insn insn;
    LDR_PATCH_COUNTS *counts = &Patcher->Image->Patches;
    if ((Patcher->Sweep.Map[Rva] & PATCHED) != 0 || !LdrpIsCertain(Patcher, Rva, 4) ||
        !host_insn_decode(Patcher->Image->Base + Rva, 4, Rva, &insn))
    {
        return;
    }
    Patcher->HasParent = LdrpFindFunction(Patcher->Pe, Rva, &Patcher->Parent);
    Patcher->SegmentStart = Rva;
    if (!LdrpIsCr8Access(&insn) || !LdrpFindWindow(Patcher, Rva, &window))
    {
        counts->Cr8Trapping++;
        return;
    }
    for (ULONG index = 0; index < window.Count; index++)
    {
        if (LdrpIsCr8Access(&window.Insns[index]))
        {
            PULONG counter = window.Insns[index].kind == HOST_INSN_MOV_FROM_CR ? &counts->Cr8Reads
                                                                               : &counts->Cr8Writes;
            ++*counter;
        }
    }
    for (ULONG at = window.Start; at < window.End; at++)
    {
        Patcher->Sweep.Map[at] |= PATCHED;
    }
    LdrpWriteTrampoline(Patcher, &window);
    counts->Trampolines++;
}

// ---- the area behind the image -----------------------------------------------------------------

static void
LdrpLayOut(LDRP_PATCHER *Patcher, ULONG Candidates)
{
    PLDR_IMAGE image = Patcher->Image;
    PUCHAR area = image->Base + image->Size;
    ULONG functions = LdrpTableSize(Candidates);
    Patcher->Table = (LDR_PATCH_TABLE *)area;
    Patcher->Table->Functions = (RUNTIME_FUNCTION *)(area + functions);
    ULONG stub =
        functions + LdrpAlign16((Patcher->Pe->FunctionCount + Candidates * LDRP_FUNCTION_BUDGET) *
                                (ULONG)sizeof(RUNTIME_FUNCTION));
    Patcher->StubRva = image->Size + stub;
    Patcher->CodeAt = Patcher->StubRva + 16;
    Patcher->UnwindAt = Patcher->CodeAt + Candidates * LDRP_CODE_BUDGET;
    __builtin_memcpy(area + stub, &LdrpConfig.WriteCr8Stub, sizeof LdrpConfig.WriteCr8Stub);
}

static void
LdrpPatchCr8(LDRP_PATCHER *Patcher)
{
    ULONG section = 0;
    ULONG offset = 0;
    ULONG rva;
    PLDR_IMAGE image = Patcher->Image;
    LdrpLayOut(Patcher, LdrpCountCandidates(Patcher->Pe));
    while ((rva = LdrpNextCandidate(Patcher->Pe, &section, &offset)) != 0)
    {
        LdrpPatchCandidate(Patcher, rva);
    }
    if (Patcher->AddedFunctions != 0)
    {
        for (ULONG index = 0; index < Patcher->Pe->FunctionCount; index++)
        {
            LdrPeFunctionAt(Patcher->Pe, index,
                            (LDR_PE_FUNCTION *)&Patcher->Table->Functions[index]);
        }
        Patcher->Table->FunctionCount = Patcher->Pe->FunctionCount + Patcher->AddedFunctions;
    }
    image->PatchTable = Patcher->Table;
}

// Learns about the code that has something to patch. An instruction whose constant changes stays
// where it is, so for those it does not matter who branches where.
static void
LdrpSweepCandidates(LDRP_PATCHER *Patcher, BOOLEAN HasRoom)
{
    ULONG section = 0;
    ULONG offset = 0;
    ULONG rva;
    while (HasRoom && (rva = LdrpNextCandidate(Patcher->Pe, &section, &offset)) != 0)
    {
        LdrpSweepAround(&Patcher->Sweep, rva, TRUE);
    }
    section = offset = 0;
    while (LdrpConfig.SharedDataMapping != NULL &&
           (rva = LdrpNextSharedData(Patcher->Pe, &section, &offset)) != 0)
    {
        LdrpSweepAround(&Patcher->Sweep, rva, FALSE);
    }
    if (HasRoom)
    {
        LdrpMarkReferences(&Patcher->Sweep);
    }
}

void
LdrpPatchImage(PLDR_IMAGE Image, const LDR_PE *Pe)
{
    LDRP_PATCHER patcher = {.Image = Image, .Pe = Pe};
    BOOLEAN hasRoom = Image->ExtendedSize != Image->Size;
    ULONG section = 0;
    ULONG offset = 0;
    BOOLEAN hasShared =
        LdrpConfig.SharedDataMapping != NULL && LdrpNextSharedData(Pe, &section, &offset) != 0;
    if (!hasRoom && !hasShared)
    {
        return;
    }
    if (LdrpOpenSweep(&patcher.Sweep, Pe, NULL))
    {
        LdrpSweepCandidates(&patcher, hasRoom);
        if (hasShared)
        {
            LdrpPatchSharedData(&patcher);
        }
        if (hasRoom)
        {
            LdrpPatchCr8(&patcher);
        }
        LdrpCloseSweep(&patcher.Sweep);
    }
    if (hasRoom)
    {
        host_protect(Image->Base + Image->Size, Image->ExtendedSize - Image->Size,
                     HOST_PROT_READ | HOST_PROT_EXECUTE);
    }
}

BOOLEAN
LdrpPatchedFunctionTable(PLDR_IMAGE Image, const RUNTIME_FUNCTION **Table, ULONG *Count)
{
    if (Image->PatchTable == NULL || Image->PatchTable->FunctionCount == 0)
    {
        return FALSE;
    }
    *Table = Image->PatchTable->Functions;
    *Count = Image->PatchTable->FunctionCount;
    return TRUE;
}
