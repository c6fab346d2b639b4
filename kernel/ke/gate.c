// SPDX-License-Identifier: MIT
// The table of exports at run time: lookup by name, and what a gate does besides jumping.
// No lock: the table is constant after the build. IRQL: any.
#include "ke/kep.h"

KI_GATE KiGate;
KE_VERIFIER_HOOKS KeVerifierHooks;

// gate.S knows these offsets.
KI_OFFSET_CHECK(KI_EXPORT, Function, 0);
KI_OFFSET_CHECK(KI_EXPORT, MinIrql, 33);
KI_OFFSET_CHECK(KI_EXPORT, IrqlSpan, 36);
KI_OFFSET_CHECK(KI_GATE_RECORD, Rbx, 16);
KI_OFFSET_CHECK(KI_GATE_RECORD, R15, 72);
KI_OFFSET_CHECK(KI_GATE_RECORD, Reserved, 80);
KI_OFFSET_CHECK(KI_GATE_RECORD, Xmm, 96);
C_ASSERT(sizeof(KI_GATE_RECORD) == 256);
KI_OFFSET_CHECK(KI_GATE, Budget, 0);
KI_OFFSET_CHECK(KI_GATE, Top, 8);
KI_OFFSET_CHECK(KI_GATE, Limit, 16);

static int
CompareNames(const char *Left, const char *Right)
{
    while (*Left != 0 && *Left == *Right)
    {
        Left++;
        Right++;
    }
    return (int)(UCHAR)*Left - (int)(UCHAR)*Right;
}

static char
Lower(char Character)
{
    return Character >= 'A' && Character <= 'Z' ? (char)(Character + 32) : Character;
}

static BOOLEAN
SameModule(const char *Left, const char *Right)
{
    while (*Left != 0 && Lower(*Left) == Lower(*Right))
    {
        Left++;
        Right++;
    }
    return *Left == 0 && *Right == 0;
}

// The multiprocessor and PAE builds had names of their own; drivers linked to them still exist.
static const char *const kernelAliases[] = {"ntkrnlmp.exe", "ntkrnlpa.exe", "ntkrpamp.exe",
                                            "ntoskrnl"};
static const char *const halAliases[] = {"halmacpi.dll", "halacpi.dll", "halaacpi.dll", "hal"};

static const char *
CanonicalModule(const char *Module)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(kernelAliases); i++)
    {
        if (SameModule(Module, kernelAliases[i]))
            return "ntoskrnl.exe";
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(halAliases); i++)
    {
        if (SameModule(Module, halAliases[i]))
            return "hal.dll";
    }
    return Module;
}

static PKI_EXPORT_MODULE
FindModule(const char *Module)
{
    const char *canonical = CanonicalModule(Module);
    for (PKI_EXPORT_MODULE entry = KiExportModules; entry->Name != NULL; entry++)
    {
        if (SameModule(entry->Name, canonical))
            return entry;
    }
    return NULL;
}

static PKI_EXPORT
FindInModule(const KI_EXPORT_MODULE *Module, const char *Name)
{
    ULONG low = 0;
    ULONG high = Module->Count;

    while (low < high)
    {
        ULONG middle = low + (high - low) / 2;
        int order = CompareNames(Name, Module->Exports[middle].Name);
        if (order == 0)
            return &Module->Exports[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

BOOLEAN
KiIsKernelModule(const char *Module)
{
    return FindModule(Module) != NULL;
}

PKI_EXPORT
KiFindExport(const char *Module, const char *Name)
{
    PKI_EXPORT_MODULE home = Module != NULL ? FindModule(Module) : NULL;
    PKI_EXPORT found;

    if (Module != NULL && home == NULL)
        return NULL;
    found = home != NULL ? FindInModule(home, Name) : NULL;
    if (found != NULL)
        return found;
    if (home != NULL && !SameModule(home->Name, "ntoskrnl.exe") &&
        !SameModule(home->Name, "hal.dll"))
        return NULL;
    for (PKI_EXPORT_MODULE entry = KiExportModules; entry->Name != NULL; entry++)
    {
        if (Module != NULL && !SameModule(entry->Name, "ntoskrnl.exe") &&
            !SameModule(entry->Name, "hal.dll"))
            continue;
        found = FindInModule(entry, Name);
        if (found != NULL)
            return found;
    }
    return NULL;
}

// ---- variables that are not implemented --------------------------------------------------------

// A driver reads a variable through its import slot and calls nothing, so the slot holds an address
// that faults. Each variable has a few of them, because the driver may read one of its fields.
#define MISSING_BASE  0x200ffff00000ull // behind the images, before the copy of the shared data
#define MISSING_SLOT  512u
#define MISSING_COUNT 256u

static const KI_EXPORT *missingVariables[MISSING_COUNT];
static ULONG missingCount;

static const void *
MissingVariableAddress(const KI_EXPORT *Export)
{
    ULONG slot = 0;

    while (slot < missingCount && missingVariables[slot] != Export)
        slot++;
    if (slot == MISSING_COUNT)
        slot--; // the name will be that of another one
    else if (slot == missingCount)
        missingVariables[missingCount++] = Export;
    // The place is free on any Linux; were it taken, what is there would still not be the variable.
    if (missingCount == 1)
        (void)host_map_fixed((void *)MISSING_BASE, MISSING_COUNT * MISSING_SLOT, HOST_PROT_NONE);
    return (const void *)(MISSING_BASE + slot * MISSING_SLOT);
}

const KI_EXPORT *
KiMissingVariable(ULONG64 Address)
{
    ULONG64 slot = (Address - MISSING_BASE) / MISSING_SLOT;

    return slot < missingCount ? missingVariables[slot] : NULL;
}

const void *
KiExportAddress(const KI_EXPORT *Export)
{
    if (Export->Kind == KiExportStubData)
        return MissingVariableAddress(Export);
    return Export->Gate != NULL ? Export->Gate : Export->Function;
}

// gate.S calls these and KiMissingExport with the arguments of the DDI kept aside.
void KiGateSafePoint(const KI_EXPORT *Export, PVOID Caller);
void KiGateIrql(const KI_EXPORT *Export, PVOID Caller);
void KiGateExhausted(const KI_EXPORT *Export, PVOID Caller);
void KiWriteCr8(KIRQL Irql);

void
KiGateSafePoint(const KI_EXPORT *Export, PVOID Caller)
{
    UNREFERENCED_PARAMETER(Export);
    UNREFERENCED_PARAMETER(Caller);
    KiSafePoint();
}

void
KiGateIrql(const KI_EXPORT *Export, PVOID Caller)
{
    if (KeVerifierHooks.IrqlViolation != NULL)
        KeVerifierHooks.IrqlViolation(Export, Caller, KiCurrentIrql());
}

void
KiMissingExport(const KI_EXPORT *Export, PVOID Caller)
{
    if (KeVerifierHooks.MissingExport != NULL)
        KeVerifierHooks.MissingExport(Export, Caller);
    KiBugCheckWithRule(0xE2, // MANUALLY_INITIATED_CRASH: no code of Windows means this
                       (ULONG64)Export->Name, (ULONG64)Caller, 0, 0,
                       "the driver called an export that OpenWDM does not implement", NULL, NULL,
                       NULL);
}

void
KiGateExhausted(const KI_EXPORT *Export, PVOID Caller)
{
    UNREFERENCED_PARAMETER(Export);
    KiBugCheckWithRule(UNEXPECTED_KERNEL_MODE_TRAP,
                       8, // double fault, as a real stack of that depth would end
                       0, 0, (ULONG64)Caller,
                       "drivers and kernel called each other too deep for any kernel stack",
                       "kernel/using-the-kernel-stack.md", NULL, NULL);
}

// The slow half of a patched `mov cr8, reg`: a raise, or a fall with work pending.
void
KiWriteCr8(KIRQL Irql)
{
    if (Irql >= KiCurrentIrql())
        KiRaise(Irql);
    else
        KiLower(Irql);
}
