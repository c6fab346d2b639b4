// SPDX-License-Identifier: MIT
// Which bytes of an image are certainly instructions, and where control can come from.
//
// Code is followed from addresses that are code by definition: entry point, exports, functions of
// .pdata, exception handlers, `lea` of code addresses, relocated pointers. What that reaches is
// marked START and BODY; only that is ever patched. What is left is decoded linearly, or scanned
// for anything that looks like a relative or absolute address, only to learn where control may
// arrive: a wrong guess there makes the patcher more careful, never less.
//
// `wdm info` sweeps the whole image. The patcher sweeps the functions that contain something to
// patch, because decoding everything would take most of the time of loading. Reads the file only.

#include "ldrp.h"

#include "host/insn.h"

#define SHARED_DATA_START 0xFFFFF78000000000ull
#define SHARED_DATA_SIZE  0x1000ull

BOOLEAN
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

BOOLEAN
LdrpDecodeAt(const LDRP_SWEEP *Sweep,
             const LDR_PE_SECTION *Section,
             ULONG Rva,
             struct host_insn *Insn)
{
    ULONG offset = Rva - Section->Address;
    return host_insn_decode(Sweep->Pe->Data + Section->RawOffset + offset,
                            Section->RawSize - offset, Rva, Insn);
}

// Index of the first function of .pdata that ends above Rva.
ULONG
LdrpFunctionBound(const LDR_PE *Pe, ULONG Rva)
{
    LDR_PE_FUNCTION probe;
    ULONG low = 0;
    ULONG high = Pe->FunctionCount;
    while (low < high)
    {
        ULONG middle = low + (high - low) / 2;
        LdrPeFunctionAt(Pe, middle, &probe);
        if (Rva < probe.End)
        {
            high = middle;
        }
        else
        {
            low = middle + 1;
        }
    }
    return low;
}

void
LdrpMarkTarget(LDRP_SWEEP *Sweep, ULONG64 Rva)
{
    const LDR_PE_SECTION *section;
    if (Rva < Sweep->Pe->SizeOfImage && LdrpIsCodeRva(Sweep, (ULONG)Rva, &section))
    {
        Sweep->Map[Rva] |= LDRP_BYTE_TARGET;
    }
}

// Control certainly or probably arrives at Rva.
void
LdrpQueue(LDRP_SWEEP *Sweep, ULONG64 Rva)
{
    const LDR_PE_SECTION *section;
    if (Rva >= Sweep->Pe->SizeOfImage || !LdrpIsCodeRva(Sweep, (ULONG)Rva, &section))
    {
        return;
    }
    PUCHAR flags = &Sweep->Map[Rva];
    if (Rva < Sweep->Low || Rva >= Sweep->High)
    {
        *flags |= LDRP_BYTE_TARGET; // not of the function that is being followed
        return;
    }
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

// The offset of an 8-byte constant of the instruction that names KUSER_SHARED_DATA: `mov reg,
// imm64` or `mov al..rax, [moffs64]`. 0: none.
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

// ---- following code
// --------------------------------------------------------------------------------

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

// `jmp reg` and `jmp [reg...]` may be a switch whose table nobody describes. `jmp [rip+x]` is a
// call of an import or through Control Flow Guard.
BOOLEAN
LdrpIsSwitch(const struct host_insn *Insn)
{
    return Insn->branch == HOST_BRANCH_JUMP && !Insn->branch_direct && !Insn->rip_relative;
}

// Strings and tables stand between code, too. What a mere address leads to is taken for code when
// it reads like a function up to its first end: no invalid instruction, none that only data decodes
// to.
static BOOLEAN
LdrpLooksLikeCode(LDRP_SWEEP *Sweep, ULONG Rva)
{
    const LDR_PE_SECTION *section;
    for (ULONG count = 0; count < 64; count++)
    {
        struct host_insn insn;
        if (!LdrpIsCodeRva(Sweep, Rva, &section) || !LdrpDecodeAt(Sweep, section, Rva, &insn))
        {
            return FALSE;
        }
        const UCHAR *bytes = Sweep->Pe->Data + section->RawOffset + (Rva - section->Address);
        if (bytes[0] == 0 || (insn.length > 1 && (bytes[0] & 0xF0) == 0x40 && bytes[1] == 0) ||
            insn.kind == HOST_INSN_INS || insn.kind == HOST_INSN_OUTS)
        {
            return FALSE; // `add r/m8, r8`, and letters
        }
        if (LdrpEndsFlow(&insn))
        {
            return count != 0 || insn.kind != HOST_INSN_INT; // padding is no function
        }
        Rva += insn.length;
    }
    return TRUE;
}

static void
LdrpQueueAddress(LDRP_SWEEP *Sweep, ULONG64 Rva)
{
    LDR_PE_FUNCTION function;
    if (Rva < Sweep->Pe->SizeOfImage &&
        ((LdrPeFunctionAt(Sweep->Pe, LdrpFunctionBound(Sweep->Pe, (ULONG)Rva), &function) &&
          function.Begin == Rva) ||
         LdrpLooksLikeCode(Sweep, (ULONG)Rva)))
    {
        LdrpQueue(Sweep, Rva);
    }
    else
    {
        LdrpMarkTarget(Sweep, Rva);
    }
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
        LdrpQueueAddress(Sweep, Insn->rip_target);
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

void
LdrpDrain(LDRP_SWEEP *Sweep)
{
    while (Sweep->QueueCount != 0)
    {
        LdrpFollow(Sweep, Sweep->Queue[--Sweep->QueueCount]);
    }
}

// Handler, filters and targets of __try blocks. What stands behind a handler's address depends on
// the handler; a scope table is believed when each of its entries lies inside the function.
void
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

bool
LdrpQueueExport(void *Context, const char *Name, uint32_t Rva)
{
    UNREFERENCED_PARAMETER(Name);
    LdrpQueue(Context, Rva);
    return true;
}

bool
LdrpQueuePointer(void *Context, uint32_t Rva)
{
    LDRP_SWEEP *sweep = Context;
    ULONG64 value;
    if (LdrPeRead(sweep->Pe, Rva, &value, sizeof value))
    {
        LdrpQueueAddress(sweep, value - sweep->Pe->ImageBase);
    }
    return true;
}

// ---- sweeps ------------------------------------------------------------------------------------

BOOLEAN
LdrpOpenSweep(LDRP_SWEEP *Sweep, const LDR_PE *Pe, LDR_INSTRUCTION_COUNTS *Counts)
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
    return TRUE;
}

void
LdrpCloseSweep(LDRP_SWEEP *Sweep)
{
    host_unmap(Sweep->Map, LdrpPages(Sweep->Pe->SizeOfImage) * 5);
}

void
LdrpSweepAround(LDRP_SWEEP *Sweep, ULONG Rva, BOOLEAN WithNeighbours)
{
    LDR_PE_FUNCTION function;
    LDR_PE_FUNCTION previous;
    const LDR_PE_SECTION *section;
    ULONG index = LdrpFunctionBound(Sweep->Pe, Rva);
    if ((Sweep->Map[Rva] & (LDRP_BYTE_START | LDRP_BYTE_BODY)) != 0 ||
        !LdrpIsCodeRva(Sweep, Rva, &section))
    {
        return;
    }
    ULONG low = section->Address;
    ULONG high = section->Address + section->RawSize;
    BOOLEAN hasNext = LdrPeFunctionAt(Sweep->Pe, index, &function);
    if (hasNext && function.Begin <= Rva)
    {
        low = Sweep->Low = function.Begin;
        high = Sweep->High = function.End;
        LdrpQueue(Sweep, function.Begin);
        LdrpQueueScopes(Sweep, &function);
        LdrpDrain(Sweep);
    }
    else
    {
        if (index > 0 && LdrPeFunctionAt(Sweep->Pe, index - 1, &previous) && previous.End > low)
        {
            low = previous.End;
        }
        high = hasNext && function.Begin < high ? function.Begin : high;
        LdrpFollowGap(Sweep, low, high);
    }
    if (WithNeighbours)
    {
        LdrpGuessAround(Sweep, section, low, high);
    }
}
