// SPDX-License-Identifier: MIT
// Where control may arrive, as far as bytes that were not followed can tell: code decoded without
// knowing that it is code, and whatever looks like a displacement or an address. Errs on the safe
// side: a target too many only leaves an instruction unpatched. Reads the file only.

#include "ldrp.h"

#include "host/insn.h"

// ---- guessing
// -------------------------------------------------------------------------------------

static void
LdrpGuess(LDRP_SWEEP *Sweep, const LDR_PE_SECTION *Section, ULONG Rva, ULONG End)
{
    struct host_insn insn;
    while (Rva < End)
    {
        if ((Sweep->Map[Rva] & (LDRP_BYTE_START | LDRP_BYTE_BODY)) != 0 ||
            !LdrpDecodeAt(Sweep, Section, Rva, &insn))
        {
            Rva++;
            continue;
        }
        if (insn.branch != HOST_BRANCH_NONE && insn.branch_direct)
        {
            LdrpMarkTarget(Sweep, insn.branch_target);
        }
        if (LdrpIsSwitch(&insn))
        {
            Sweep->Map[Rva] |= LDRP_BYTE_SWITCH;
        }
        Rva += insn.length;
    }
}

// Instructions are found from where a function begins, whatever stands before it.
static void
LdrpGuessRange(LDRP_SWEEP *Sweep, const LDR_PE_SECTION *Section, ULONG Low, ULONG High)
{
    LDR_PE_FUNCTION function;
    ULONG at = Low;
    ULONG index = LdrpFunctionBound(Sweep->Pe, Low);
    for (; LdrPeFunctionAt(Sweep->Pe, index, &function) && function.Begin < High; index++)
    {
        ULONG begin = function.Begin > at ? function.Begin : at;
        ULONG end = function.End < High ? function.End : High;
        LdrpGuess(Sweep, Section, at, begin);
        LdrpGuess(Sweep, Section, begin, end);
        at = end > at ? end : at;
    }
    LdrpGuess(Sweep, Section, at, High);
}

// ---- references --------------------------------------------------------------------------------

// The target of the 32-bit displacement at Offset, when the bytes before it could be the opcode of
// a call, jump or branch, or of `lea` of an address. 0: they could not. Every real one is found,
// whatever else is.
static ULONG
LdrpRelativeTarget(const LDR_PE *Pe, const LDR_PE_SECTION *Section, ULONG Offset)
{
    const UCHAR *at = Pe->Data + Section->RawOffset + Offset;
    LONG displacement;
    if (at[-1] != 0xE8 && at[-1] != 0xE9 && !(at[-2] == 0x0F && (at[-1] & 0xF0) == 0x80) &&
        !(at[-2] == 0x8D && (at[-1] & 0xC7) == 0x05))
    {
        return 0;
    }
    __builtin_memcpy(&displacement, at, sizeof displacement);
    ULONG target = Section->Address + Offset + 4 + (ULONG)displacement;
    return target < Pe->SizeOfImage ? target : 0;
}

static void
LdrpMarkRelatives(LDRP_SWEEP *Sweep, const LDR_PE_SECTION *Section)
{
    const UCHAR *map = Sweep->Map + Section->Address;
    for (ULONG offset = 2; offset + 4 <= Section->RawSize; offset++)
    {
        if ((map[offset] & (LDRP_BYTE_START | LDRP_BYTE_BODY)) == 0)
        {
            // What is decoded has its branches marked already.
            LdrpMarkTarget(Sweep, LdrpRelativeTarget(Sweep->Pe, Section, offset));
        }
    }
}

static bool
LdrpMarkPointer(void *Context, uint32_t Rva)
{
    LDRP_SWEEP *sweep = Context;
    ULONG64 value;
    if (LdrPeRead(sweep->Pe, Rva, &value, sizeof value))
    {
        LdrpMarkTarget(sweep, value - sweep->Pe->ImageBase);
    }
    return true;
}

void
LdrpMarkReferences(LDRP_SWEEP *Sweep)
{
    const LDR_PE *pe = Sweep->Pe;
    for (ULONG number = 0; number < pe->SectionCount; number++)
    {
        const LDR_PE_SECTION *section = &pe->Sections[number];
        if ((section->Characteristics & LDR_PE_SCN_EXECUTE) != 0)
        {
            LdrpMarkRelatives(Sweep, section);
        }
        else if ((section->Characteristics & LDR_PE_SCN_DISCARDABLE) != 0)
        {
            continue; // relocations, resources, DWARF: full of small numbers, read by nobody
        }
        // Jump tables of RVAs.
        for (ULONG offset = 0; offset + 4 <= section->RawSize; offset += 4)
        {
            ULONG value;
            __builtin_memcpy(&value, pe->Data + section->RawOffset + offset, sizeof value);
            if (value >= pe->SizeOfHeaders && value < pe->SizeOfImage)
            {
                Sweep->Map[value] |= LDRP_BYTE_TARGET;
            }
        }
    }
    LdrPeForEachRelocation(pe, LdrpMarkPointer, Sweep);
}

// ---- one function and its neighbours -----------------------------------------------------------

// Follows code from whatever looks like a reference into [Low, High), a gap between functions of
// .pdata: call, jump and branch with a 32-bit displacement, and `lea` of an address.
void
LdrpFollowGap(LDRP_SWEEP *Sweep, ULONG Low, ULONG High)
{
    Sweep->Low = Low;
    Sweep->High = High;
    LdrpQueue(Sweep, Sweep->Pe->EntryPoint);
    for (ULONG number = 0; number < Sweep->Pe->SectionCount; number++)
    {
        const LDR_PE_SECTION *section = &Sweep->Pe->Sections[number];
        if ((section->Characteristics & LDR_PE_SCN_EXECUTE) == 0)
        {
            continue;
        }
        for (ULONG offset = 2; offset + 4 <= section->RawSize; offset++)
        {
            ULONG target = LdrpRelativeTarget(Sweep->Pe, section, offset);
            if (target >= Low && target < High)
            {
                LdrpQueue(Sweep, target);
            }
        }
    }
    LdrPeForEachExport(Sweep->Pe, LdrpQueueExport, Sweep);
    LdrPeForEachRelocation(Sweep->Pe, LdrpQueuePointer, Sweep);
    LdrpDrain(Sweep);
}

// Short branches reach 128 bytes, so the neighbours of a function count too.
void
LdrpGuessAround(LDRP_SWEEP *Sweep, const LDR_PE_SECTION *Section, ULONG Low, ULONG High)
{
    LDR_PE_FUNCTION function;
    ULONG end = Section->Address + Section->RawSize;
    // A function of damaged unwind data may reach over the section's ends.
    Low = Low > Section->Address ? Low : Section->Address;
    High = High < end ? High : end;
    ULONG from = Low - Section->Address > 160 ? Low - 160 : Section->Address;
    ULONG to = end - High > 160 ? High + 160 : end;
    if (LdrPeFunctionAt(Sweep->Pe, LdrpFunctionBound(Sweep->Pe, from), &function) &&
        function.Begin < from && function.Begin >= Section->Address)
    {
        from = function.Begin; // instructions are found from where a function begins
    }
    LdrpGuessRange(Sweep, Section, from, to);
}
