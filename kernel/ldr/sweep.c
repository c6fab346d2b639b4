// SPDX-License-Identifier: MIT
// Which bytes of an image are certainly instructions, and where control can come from.
//
// Two passes. The first follows the flow of control from addresses that are code by definition: entry
// point, exports, functions of .pdata, exception handlers, `lea` of code addresses, relocated pointers. What
// it reaches is marked START and BODY; only that is ever patched. The second decodes what is left of
// the code linearly, only to learn about branches: a wrong guess there makes the patcher more careful,
// never less. Owns nothing, reads the file only.

#include "ldrp.h"

#include "host/insn.h"

#define SHARED_DATA_START 0xFFFFF78000000000ull
#define SHARED_DATA_SIZE  0x1000ull

static BOOLEAN
LdrpIsCodeRva(const LDRP_SWEEP *Sweep, ULONG Rva, const LDR_PE_SECTION **Section)
{
    const LDR_PE_SECTION *section = LdrPeSectionOf(Sweep->Pe, Rva);
    if (section == NULL || (section->Characteristics & LDR_PE_SCN_EXECUTE) == 0 ||
        Rva - section->Address >= section->RawSize)
    {
        return FALSE;
    }
    *Section = section;
    return TRUE;
}

static BOOLEAN
LdrpDecodeAt(const LDRP_SWEEP *Sweep,
             const LDR_PE_SECTION *Section,
             ULONG Rva,
             struct host_insn *Insn)
{
    ULONG offset = Rva - Section->Address;
    return host_insn_decode(Sweep->Pe->Data + Section->RawOffset + offset,
                            Section->RawSize - offset, Rva, Insn);
}

static void
LdrpMarkTarget(LDRP_SWEEP *Sweep, ULONG64 Rva)
{
    const LDR_PE_SECTION *section;
    if (Rva < Sweep->Pe->SizeOfImage && LdrpIsCodeRva(Sweep, (ULONG)Rva, &section))
    {
        Sweep->Map[Rva] |= LDRP_BYTE_TARGET;
    }
}

// Control certainly or probably arrives at Rva.
static void
LdrpQueue(LDRP_SWEEP *Sweep, ULONG64 Rva)
{
    const LDR_PE_SECTION *section;
    if (Rva >= Sweep->Pe->SizeOfImage || !LdrpIsCodeRva(Sweep, (ULONG)Rva, &section))
    {
        return;
    }
    PUCHAR flags = &Sweep->Map[Rva];
    if ((*flags & LDRP_BYTE_BODY) != 0)
    {
        *flags |= LDRP_BYTE_CONFLICT;
    }
    if ((*flags & (LDRP_BYTE_QUEUED | LDRP_BYTE_START)) == 0)
    {
        Sweep->Queue[Sweep->QueueCount++] = (ULONG)Rva;
    }
    *flags |= LDRP_BYTE_QUEUED | LDRP_BYTE_TARGET;
}

BOOLEAN
LdrpIsSharedData(ULONG64 Address)
{
    return Address - SHARED_DATA_START < SHARED_DATA_SIZE;
}

// The offset of an 8-byte constant of the instruction that names KUSER_SHARED_DATA: `mov reg, imm64` or
// `mov al..rax, [moffs64]`. 0: none.
ULONG
LdrpSharedDataOffset(const struct host_insn *Insn, ULONG64 *Value)
{
    if (Insn->immediate_size == 8 && LdrpIsSharedData(Insn->immediate))
    {
        *Value = Insn->immediate;
        return Insn->immediate_offset;
    }
    if (Insn->has_memory && Insn->displacement_size == 8 &&
        LdrpIsSharedData((ULONG64)Insn->memory.displacement))
    {
        *Value = (ULONG64)Insn->memory.displacement;
        return Insn->displacement_offset;
    }
    return 0;
}

// ---- counting ----------------------------------------------------------------------------------

static PULONG
LdrpCounterOf(LDR_INSTRUCTION_COUNTS *Counts, const struct host_insn *Insn)
{
    const struct host_operand *operands = Insn->operands;
    switch (Insn->kind)
    {
    case HOST_INSN_IN:
    case HOST_INSN_OUT:
    case HOST_INSN_INS:
    case HOST_INSN_OUTS:
        return &Counts->PortIo;
    case HOST_INSN_RDMSR:
    case HOST_INSN_WRMSR:
    case HOST_INSN_RDPMC:
        return &Counts->Msr;
    case HOST_INSN_MOV_FROM_CR:
        return operands[1].reg == 8 ? &Counts->Cr8Read : &Counts->ControlRegister;
    case HOST_INSN_MOV_TO_CR:
        return operands[0].reg == 8 ? &Counts->Cr8Write : &Counts->ControlRegister;
    case HOST_INSN_MOV_FROM_DR:
    case HOST_INSN_MOV_TO_DR:
        return &Counts->DebugRegister;
    case HOST_INSN_CLI:
    case HOST_INSN_STI:
        return &Counts->InterruptFlag;
    case HOST_INSN_HLT:
        return &Counts->Halt;
    case HOST_INSN_INVD:
    case HOST_INSN_WBINVD:
    case HOST_INSN_INVLPG:
    case HOST_INSN_INVPCID:
        return &Counts->Cache;
    case HOST_INSN_LGDT:
    case HOST_INSN_LIDT:
    case HOST_INSN_SGDT:
    case HOST_INSN_SIDT:
    case HOST_INSN_LLDT:
    case HOST_INSN_SLDT:
    case HOST_INSN_LTR:
    case HOST_INSN_STR:
        return &Counts->DescriptorTable;
    case HOST_INSN_VIRTUALIZATION:
        return &Counts->Virtualization;
    case HOST_INSN_INT:
        return Insn->immediate != 3 ? &Counts->SoftwareInterrupt : NULL;
    default:
        return host_insn_privileged(Insn) ? &Counts->OtherPrivileged : NULL;
    }
}

static void
LdrpCount(LDRP_SWEEP *Sweep, const struct host_insn *Insn)
{
    ULONG64 value;
    PULONG counter = LdrpCounterOf(Sweep->Counts, Insn);
    Sweep->Counts->Instructions++;
    if (counter != NULL)
    {
        ++*counter;
    }
    if (LdrpSharedDataOffset(Insn, &value) != 0)
    {
        Sweep->Counts->SharedData++;
    }
}

// ---- first pass --------------------------------------------------------------------------------

// Marks the instruction's bytes; FALSE when they are already part of another one.
static BOOLEAN
LdrpMarkInstruction(LDRP_SWEEP *Sweep, ULONG Rva, ULONG Length)
{
    PUCHAR map = Sweep->Map + Rva;
    BOOLEAN isClean = (map[0] & LDRP_BYTE_BODY) == 0;
    for (ULONG index = 1; index < Length; index++)
    {
        isClean = isClean && (map[index] & (LDRP_BYTE_START | LDRP_BYTE_BODY)) == 0;
    }
    for (ULONG index = 0; index < Length; index++)
    {
        map[index] |=
            isClean ? (index == 0 ? LDRP_BYTE_START : LDRP_BYTE_BODY) : LDRP_BYTE_CONFLICT;
        if (isClean && index != 0 && (map[index] & LDRP_BYTE_TARGET) != 0)
        {
            map[index] |= LDRP_BYTE_CONFLICT; // somebody branches into its middle
        }
    }
    return isClean;
}

static BOOLEAN
LdrpEndsFlow(const struct host_insn *Insn)
{
    return Insn->branch == HOST_BRANCH_JUMP || Insn->branch == HOST_BRANCH_RETURN ||
           Insn->kind == HOST_INSN_UD || Insn->kind == HOST_INSN_IRET ||
           Insn->kind == HOST_INSN_SYSRET ||
           (Insn->kind == HOST_INSN_INT && (Insn->immediate == 3 || Insn->immediate == 0x29));
}

// `jmp reg` and `jmp [reg...]` may be a switch whose table nobody describes. `jmp [rip+x]` is a call of
// an import or through Control Flow Guard.
static BOOLEAN
LdrpIsSwitch(const struct host_insn *Insn)
{
    return Insn->branch == HOST_BRANCH_JUMP && !Insn->branch_direct && !Insn->rip_relative;
}

static void
LdrpFollowOperands(LDRP_SWEEP *Sweep, const struct host_insn *Insn)
{
    if (Insn->branch != HOST_BRANCH_NONE && Insn->branch_direct)
    {
        LdrpQueue(Sweep, Insn->branch_target);
    }
    // The address of a function that is stored somewhere, for instance in MajorFunction.
    if (Insn->kind == HOST_INSN_LEA && Insn->rip_relative)
    {
        LdrpQueue(Sweep, Insn->rip_target);
    }
}

static void
LdrpFollow(LDRP_SWEEP *Sweep, ULONG Rva)
{
    const LDR_PE_SECTION *section;
    while (LdrpIsCodeRva(Sweep, Rva, &section) && (Sweep->Map[Rva] & LDRP_BYTE_START) == 0)
    {
        struct host_insn insn;
        if (!LdrpDecodeAt(Sweep, section, Rva, &insn))
        {
            Sweep->Map[Rva] |= LDRP_BYTE_CONFLICT;
            return;
        }
        if (!LdrpMarkInstruction(Sweep, Rva, insn.length))
        {
            return;
        }
        LdrpCount(Sweep, &insn);
        LdrpFollowOperands(Sweep, &insn);
        if (LdrpIsSwitch(&insn))
        {
            Sweep->Map[Rva] |= LDRP_BYTE_SWITCH;
        }
        if (LdrpEndsFlow(&insn))
        {
            return;
        }
        Rva += insn.length;
    }
}

static void
LdrpDrain(LDRP_SWEEP *Sweep)
{
    while (Sweep->QueueCount != 0)
    {
        LdrpFollow(Sweep, Sweep->Queue[--Sweep->QueueCount]);
    }
}

// Handler, filters and targets of __try blocks. What stands behind a handler's address depends on the
// handler; a scope table is believed when each of its entries lies inside the function.
static void
LdrpQueueScopes(LDRP_SWEEP *Sweep, const LDR_PE_FUNCTION *Function)
{
    UCHAR header[4];
    ULONG words[2];
    if ((Function->UnwindInfo & 1) != 0 ||
        !LdrPeRead(Sweep->Pe, Function->UnwindInfo, header, sizeof header) ||
        (header[0] >> 3 & 3) == 0 || (header[0] >> 3 & 4) != 0)
    {
        return;
    }
    ULONG at = Function->UnwindInfo + 4 + ((header[2] + 1u) & ~1u) * 2;
    if (!LdrPeRead(Sweep->Pe, at, words, sizeof words))
    {
        return;
    }
    LdrpQueue(Sweep, words[0]);
    for (ULONG index = 0; index < words[1] && index < 1024; index++)
    {
        ULONG scope[4];
        if (!LdrPeRead(Sweep->Pe, at + 8 + index * 16, scope, sizeof scope) ||
            scope[0] < Function->Begin || scope[0] > scope[1] || scope[1] > Function->End)
        {
            return;
        }
        // Boundaries of a __try count as targets: no instruction may cross one.
        LdrpMarkTarget(Sweep, scope[0]);
        LdrpMarkTarget(Sweep, scope[1]);
        if (scope[2] > 1)
        {
            LdrpQueue(Sweep, scope[2]);
        }
        if (scope[3] != 0)
        {
            LdrpQueue(Sweep, scope[3]);
        }
    }
}

static bool
LdrpQueueExport(void *Context, const char *Name, uint32_t Rva)
{
    UNREFERENCED_PARAMETER(Name);
    LdrpQueue(Context, Rva);
    return true;
}

static bool
LdrpQueuePointer(void *Context, uint32_t Rva)
{
    LDRP_SWEEP *sweep = Context;
    ULONG64 value;
    if (LdrPeRead(sweep->Pe, Rva, &value, sizeof value))
    {
        LdrpQueue(sweep, value - sweep->Pe->ImageBase);
    }
    return true;
}

static void
LdrpFirstPass(LDRP_SWEEP *Sweep)
{
    LDR_PE_FUNCTION function;
    LdrpQueue(Sweep, Sweep->Pe->EntryPoint);
    for (ULONG index = 0; LdrPeFunctionAt(Sweep->Pe, index, &function); index++)
    {
        LdrpQueue(Sweep, function.Begin);
        LdrpQueueScopes(Sweep, &function);
        LdrpDrain(Sweep);
    }
    LdrpDrain(Sweep);
    LdrPeForEachExport(Sweep->Pe, LdrpQueueExport, Sweep);
    LdrpDrain(Sweep);
    // Pointers last: they may lead to data in code sections, and code found before wins.
    LdrPeForEachRelocation(Sweep->Pe, LdrpQueuePointer, Sweep);
    LdrpDrain(Sweep);
}

// ---- second pass -------------------------------------------------------------------------------

static void
LdrpGuess(LDRP_SWEEP *Sweep, const LDR_PE_SECTION *Section, ULONG Rva, ULONG End, BOOLEAN Count)
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
        if (Count)
        {
            LdrpCount(Sweep, &insn);
        }
        Rva += insn.length;
    }
}

static void
LdrpSecondPass(LDRP_SWEEP *Sweep)
{
    const LDR_PE *pe = Sweep->Pe;
    ULONG index = 0;
    for (ULONG number = 0; number < pe->SectionCount; number++)
    {
        const LDR_PE_SECTION *section = &pe->Sections[number];
        ULONG end = section->Address + section->RawSize;
        ULONG at = section->Address;
        if ((section->Characteristics & LDR_PE_SCN_EXECUTE) == 0)
        {
            continue;
        }
        // Inside a function of .pdata everything is code (the cases of a switch are found only here),
        // between them it may be a table.
        LDR_PE_FUNCTION function;
        while (LdrPeFunctionAt(pe, index, &function) && function.Begin < end)
        {
            if (function.Begin >= at)
            {
                ULONG functionEnd = function.End < end ? function.End : end;
                LdrpGuess(Sweep, section, at, function.Begin, FALSE);
                LdrpGuess(Sweep, section, function.Begin, functionEnd, TRUE);
                at = functionEnd;
            }
            index++;
        }
        LdrpGuess(Sweep, section, at, end, FALSE);
    }
}

// Jump tables of RVAs: every aligned word that is the address of code makes that address a target.
static void
LdrpThirdPass(LDRP_SWEEP *Sweep)
{
    const LDR_PE *pe = Sweep->Pe;
    for (ULONG number = 0; number < pe->SectionCount; number++)
    {
        const LDR_PE_SECTION *section = &pe->Sections[number];
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
}

BOOLEAN
LdrpSweep(LDRP_SWEEP *Sweep, const LDR_PE *Pe, LDR_INSTRUCTION_COUNTS *Counts)
{
    *Sweep = (LDRP_SWEEP){.Pe = Pe};
    SIZE_T mapSize = LdrpPages(Pe->SizeOfImage);
    // Each byte is queued at most once, so the queue never overflows; untouched pages cost nothing.
    PUCHAR memory = host_map(mapSize * 5, HOST_PROT_RW);
    if (memory == NULL)
    {
        return FALSE;
    }
    Sweep->Map = memory;
    Sweep->Queue = (PULONG)(memory + mapSize);
    Sweep->Counts = Counts != NULL ? Counts : &Sweep->OwnCounts;
    LdrpFirstPass(Sweep);
    LdrpSecondPass(Sweep);
    LdrpThirdPass(Sweep);
    return TRUE;
}

void
LdrpFreeSweep(LDRP_SWEEP *Sweep)
{
    host_unmap(Sweep->Map, LdrpPages(Sweep->Pe->SizeOfImage) * 5);
}
