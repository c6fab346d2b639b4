// SPDX-License-Identifier: MIT
// `wdm info`: what can be said of a driver before anything of it runs. Owns nothing; maps nothing.

#include "ldrp.h"

#include "host/insn.h"

PULONG
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

// ---- all code of the image ---------------------------------------------------------------------

// Queues what the table at Table leads to: 32-bit values relative to Base, as long as they lead
// into the function.
static void
LdrpFollowTable(LDRP_SWEEP *Sweep, const LDR_PE_FUNCTION *Function, ULONG Table, ULONG Base)
{
    LONG value;
    for (ULONG index = 0; index < 1024; index++)
    {
        if (!LdrPeRead(Sweep->Pe, Table + index * 4, &value, sizeof value))
        {
            return;
        }
        ULONG target = Base + (ULONG)value;
        if (target <= Function->Begin || target >= Function->End)
        {
            return;
        }
        LdrpQueue(Sweep, target);
    }
}

// Microsoft's compiler puts tables of RVAs behind the function, clang tables relative to themselves
// where a `lea` of the function points.
static void
LdrpFollowSwitches(LDRP_SWEEP *Sweep, const LDR_PE_FUNCTION *Function)
{
    const LDR_PE *pe = Sweep->Pe;
    const LDR_PE_SECTION *section = LdrPeSectionOf(pe, Function->Begin);
    BOOLEAN hasSwitch = FALSE;
    if (section == NULL || (section->Characteristics & LDR_PE_SCN_EXECUTE) == 0)
    {
        return;
    }
    ULONG end = section->Address + section->RawSize;
    for (ULONG rva = Function->Begin; rva < Function->End && rva < end; rva++)
    {
        struct host_insn insn;
        ULONG offset = rva - section->Address;
        hasSwitch = hasSwitch || (Sweep->Map[rva] & LDRP_BYTE_SWITCH) != 0;
        if ((Sweep->Map[rva] & LDRP_BYTE_START) != 0 &&
            host_insn_decode(pe->Data + section->RawOffset + offset, section->RawSize - offset, rva,
                             &insn) &&
            insn.kind == HOST_INSN_LEA && insn.rip_relative && insn.rip_target < pe->SizeOfImage)
        {
            LdrpFollowTable(Sweep, Function, (ULONG)insn.rip_target, (ULONG)insn.rip_target);
        }
    }
    for (ULONG rva = Function->Begin & ~3u; hasSwitch && rva < Function->End + 0x800 && rva < end;
         rva += 4)
    {
        if ((Sweep->Map[rva] & (LDRP_BYTE_START | LDRP_BYTE_BODY)) == 0)
        {
            LdrpFollowTable(Sweep, Function, rva, 0);
        }
    }
    LdrpDrain(Sweep);
}

static void
LdrpFollowImage(LDRP_SWEEP *Sweep)
{
    LDR_PE_FUNCTION function;
    Sweep->Low = 0;
    Sweep->High = Sweep->Pe->SizeOfImage;
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
    for (ULONG index = 0; LdrPeFunctionAt(Sweep->Pe, index, &function); index++)
    {
        LdrpFollowSwitches(Sweep, &function);
    }
}

// ---- queries -----------------------------------------------------------------------------------

typedef struct _LDRP_INFO_WALK
{
    LDR_INFO *Info;
    LDR_INFO_IMPORT Routine;
    void *Context;
} LDRP_INFO_WALK;

static LDR_IMPORT_STATE
LdrpImportState(LDR_INFO *Info, const LDR_PE_IMPORT *Import)
{
    if (!KiIsKernelModule(Import->Module))
    {
        Info->Others++;
        return LdrImportOther;
    }
    PKI_EXPORT export = Import->Name != NULL ? KiFindExport(Import->Module, Import->Name) : NULL;
    if (export == NULL)
    {
        Info->Missing++;
        return LdrImportMissing;
    }
    if (export->Kind >= KiExportStub)
    {
        Info->Stubs++;
        return LdrImportStub;
    }
    Info->Implemented++;
    return LdrImportImplemented;
}

static bool
LdrpInfoImport(void *Context, const LDR_PE_IMPORT *Import)
{
    LDRP_INFO_WALK *walk = Context;
    LDR_IMPORT_STATE state = LdrpImportState(walk->Info, Import);
    if (walk->Routine != NULL)
    {
        walk->Routine(walk->Context, Import, state);
    }
    return true;
}

LDR_PE_STATUS
LdrQueryInfo(const void *Data, SIZE_T Size, LDR_INFO *Info, LDR_INFO_IMPORT Routine, void *Context)
{
    LDRP_SWEEP sweep;
    LDRP_INFO_WALK walk = {Info, Routine, Context};
    __builtin_memset(Info, 0, sizeof *Info);
    if (LdrPeParse(&Info->Pe, Data, Size, 0) == LdrPeOk)
    {
        LdrPeForEachImport(&Info->Pe, LdrpInfoImport, &walk);
        if (LdrpOpenSweep(&sweep, &Info->Pe, &Info->Instructions))
        {
            LdrpFollowImage(&sweep);
            LdrpCloseSweep(&sweep);
        }
    }
    return Info->Pe.Status;
}
