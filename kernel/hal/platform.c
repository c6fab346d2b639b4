// SPDX-License-Identifier: MIT
// Connects ke to the hardware models: virtual time, traps that are device accesses, privileged
// instructions, physical memory for mm. The trap routines run on the host's signal stack.
#include "hal/halp.h"

#include "host/insn.h"
#include "hw/core/cpu.h"
#include "hw/core/emulate.h"
#include "hw/core/machine.h"
#include "mm/mm.h"
#include "rtl/assert.h"

static struct hw_machine *machine;
void (*HalGuestError)(const char *Device, const char *Text);

struct hw_machine *
HalMachine(void)
{
    return machine;
}

// ---- time --------------------------------------------------------------------------------------

static LONGLONG
NextEvent(BOOLEAN IsAwaited)
{
    uint64_t due;

    if (!hw_clock_next(machine, IsAwaited, &due))
        return KI_NO_LIMIT;
    // Up, so that the device finds its time reached when the kernel says so.
    return (LONGLONG)((due + 99) / 100);
}

static void
AdvanceTo(LONGLONG Now100ns)
{
    hw_clock_advance_to(machine, (uint64_t)Now100ns * 100u);
}

// Registers that show time (TSC, PM timer, RTC) must be current when an instruction reads them.
static void
SynchronizeClock(void)
{
    uint64_t now = (uint64_t)KiQueryTime() * 100u;
    if (now > hw_clock_now(machine))
        hw_clock_consume(machine, now - hw_clock_now(machine));
}

// ---- traps -------------------------------------------------------------------------------------

// Bytes up to the end of the page are readable because the first one has just been fetched; the
// next page may not be, and then the instruction does not reach into it.
static BOOLEAN
DecodeAt(ULONG64 Rip, struct host_insn *Insn)
{
    UCHAR bytes[15];
    SIZE_T inPage = PAGE_SIZE - (Rip & (PAGE_SIZE - 1));
    SIZE_T size = sizeof(bytes);

    if (inPage < size && !NT_SUCCESS(KeTryCopy(bytes, (const void *)Rip, size)))
        size = inPage;
    else if (inPage >= size)
        return host_insn_decode((const void *)Rip, size, Rip, Insn);
    for (SIZE_T i = 0; i < size && size < sizeof(bytes); i++)
        bytes[i] = ((const UCHAR *)Rip)[i];
    return host_insn_decode(bytes, size, Rip, Insn);
}

static KI_EMULATION
Interrupt(struct host_trap *Trap, const struct host_insn *Insn)
{
    ULONG vector = (ULONG)Insn->immediate;

    if (vector == 0x29)
        return KiEmulationFastFail;
    if (vector != 2 && vector != 0x2c && vector != 0x2d)
        return KiEmulationFault;
    Trap->rip += Insn->length;
    if (vector == 2)
        return KiEmulationNmi; // the handler of nonmaskable interrupts, called by software
    return vector == 0x2c ? KiEmulationAssert : KiEmulationDebugService;
}

static KI_EMULATION
EmulateInstruction(struct host_trap *Trap)
{
    struct host_insn insn;

    if (!DecodeAt(Trap->rip, &insn))
        return KiEmulationUndefined;
    SynchronizeClock();
    switch (hw_cpu_emulate(machine, KiCurrentProcessor()->Number, Trap, &insn))
    {
    case HW_EMULATION_DONE:
        return KiEmulationDone;
    case HW_EMULATION_HALT:
        return KiEmulationHalt;
    case HW_EMULATION_UD:
        return KiEmulationUndefined;
    case HW_EMULATION_INT:
        return Interrupt(Trap, &insn);
    case HW_EMULATION_GP:
        return KiEmulationPrivileged;
    case HW_EMULATION_PF:
        Trap->trap_number = HOST_VECTOR_PF;
        return KiEmulationFault;
    default:
        return insn.kind == HOST_INSN_INT            ? Interrupt(Trap, &insn)
               : Trap->trap_number == HOST_VECTOR_UD ? KiEmulationUndefined
                                                     : KiEmulationFault;
    }
}

static BOOLEAN
EmulateAccess(struct host_trap *Trap)
{
    struct host_insn insn;

    if (!hw_mmio_covers(machine, Trap->fault_address) || !DecodeAt(Trap->rip, &insn))
        return FALSE;
    SynchronizeClock();
    return hw_mmio_fault(machine, Trap, &insn) == HW_EMULATION_DONE;
}

typedef struct _SHARED_ACCESS
{
    const UCHAR *Mapping;
} SHARED_ACCESS;

// Other operands of the same instruction (a rep movs target) are ordinary guest memory.
static bool
SharedRead(void *Context, uint64_t Address, void *Data, unsigned Size)
{
    const SHARED_ACCESS *access = Context;
    const UCHAR *source = (const UCHAR *)Address;

    if (Address - KI_USER_SHARED_DATA < PAGE_SIZE)
    {
        if (Address + Size > KI_USER_SHARED_DATA + PAGE_SIZE)
            return false;
        source = access->Mapping + (Address - KI_USER_SHARED_DATA);
    }
    return NT_SUCCESS(KeTryCopy(Data, source, Size));
}

static bool
SharedWrite(void *Context, uint64_t Address, const void *Data, unsigned Size)
{
    UNREFERENCED_PARAMETER(Context);
    // Read-only for everybody but the kernel.
    if (Address - KI_USER_SHARED_DATA < PAGE_SIZE)
        return false;
    return NT_SUCCESS(KeTryCopy((void *)Address, Data, Size));
}

static BOOLEAN
EmulateSharedData(struct host_trap *Trap, PVOID Mapping)
{
    SHARED_ACCESS access = {Mapping};
    struct hw_access_ops ops = {.read = SharedRead,
                                .write = SharedWrite,
                                .context = &access,
                                .gs_base = (uint64_t)KiCurrentProcessor()};
    struct host_insn insn;

    return DecodeAt(Trap->rip, &insn) && hw_emulate_access(Trap, &insn, &ops) == HW_EMULATION_DONE;
}

// ---- what hw asks ------------------------------------------------------------------------------

static uint64_t
ReadCr8(void *Context, unsigned Cpu)
{
    UNREFERENCED_PARAMETER(Context);
    return KiProcessors[Cpu]->Irql;
}

// An unpatched `mov cr8`: work that the fall makes due is done at the next safe point, because
// nothing may run here on the signal stack.
static bool
WriteCr8(void *Context, unsigned Cpu, uint64_t Value)
{
    UNREFERENCED_PARAMETER(Context);
    if (Value > 15)
        return false;
    KiProcessors[Cpu]->Irql = (KIRQL)Value;
    if (Value >= DISPATCH_LEVEL && KiArmPaging != NULL)
        KiArmPaging();
    KiRequestSafePoint();
    return true;
}

static void
InterruptsEnabled(void *Context, unsigned Cpu, bool Enabled)
{
    UNREFERENCED_PARAMETER(Context);
    KiProcessors[Cpu]->InterruptsEnabled = Enabled;
    if (Enabled && KiProcessors[Cpu]->Work)
        KiRequestSafePoint();
}

static void
GuestError(void *Context, const char *Device, const char *Text)
{
    UNREFERENCED_PARAMETER(Context);
    if (HalGuestError != NULL)
        HalGuestError(Device, Text);
}

static bool
GuestRead(void *Context, uint64_t Address, void *Data, size_t Size)
{
    UNREFERENCED_PARAMETER(Context);
    return NT_SUCCESS(KeTryCopy(Data, (const void *)Address, Size));
}

static bool
GuestWrite(void *Context, uint64_t Address, const void *Data, size_t Size)
{
    UNREFERENCED_PARAMETER(Context);
    return NT_SUCCESS(KeTryCopy((void *)Address, Data, Size));
}

static void *
PhysicalPointer(void *Context, uint64_t Physical, size_t Size, bool Write)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Write);
    return MmPhysicalToPointer(Physical, Size);
}

void
HalFillHooks(struct hw_hooks *Hooks)
{
    Hooks->guest_error = GuestError;
    Hooks->cr8_read = ReadCr8;
    Hooks->cr8_write = WriteCr8;
    Hooks->interrupts_enabled = InterruptsEnabled;
    Hooks->guest_read = GuestRead;
    Hooks->guest_write = GuestWrite;
    Hooks->physical_pointer = PhysicalPointer;
    Hooks->irq = HalpLineChanged;
}

void
HalInitSystem(struct hw_machine *Machine)
{
    machine = Machine;
    KiPlatform.NextEvent = NextEvent;
    KiPlatform.AdvanceTo = AdvanceTo;
    KiPlatform.EmulateInstruction = EmulateInstruction;
    KiPlatform.EmulateAccess = EmulateAccess;
    KiPlatform.EmulateSharedData = EmulateSharedData;
    HalpInitPhysicalMemory(Machine);
    HalpInitInterrupts();
}
