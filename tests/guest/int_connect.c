// SPDX-License-Identifier: MIT
// Interrupts of a level-triggered line: connected in all the ways there are, delivered by IRQL,
// shared in the order of connection, switched off and on, disconnected.
// Page: kernel/introduction-to-interrupt-service-routines.md, kernel/registering-an-isr.md
// Page: kernel/removing-an-isr.md, kernel/providing-isr-context-information.md
// Page: kernel/writing-an-isr.md, kernel/making-an-isr-active-or-inactive.md
// Page: kernel/using-the-connect-fully-specified-version-of-ioconnectinterruptex.md
// Page: kernel/always-preemptible-and-always-interruptible.md
// Page: NC:wdm.KSERVICE_ROUTINE, NF:wdm.IoConnectInterrupt, NF:wdm.IoDisconnectInterrupt
// Page: NF:wdm.IoConnectInterruptEx, NF:wdm.IoDisconnectInterruptEx
// Page: NF:wdm.IoReportInterruptActive, NF:wdm.IoReportInterruptInactive
// Page: NF:wdm.IoGetAffinityInterrupt
// Run:
// Expect: int_connect: \d+ passed, 0 failed
// Reject: FAIL
#include "edu.h"

#include "check.h"

// A cause that an ISR serves, and what it saw.
typedef struct _LINE_USER
{
    ULONG Cause;
    PKINTERRUPT Interrupt;
    ULONG Calls;
    ULONG Served;
    ULONG Turn; // among all the calls
    KIRQL Irql;
    PKINTERRUPT Seen;
} LINE_USER, *PLINE_USER;

static KSERVICE_ROUTINE Isr;
static KSERVICE_ROUTINE Unwanted;
static KSYNCHRONIZE_ROUTINE RaiseInside;

static EDU edu;
static LINE_USER first = {.Cause = 1};
static LINE_USER second = {.Cause = 2};
static ULONG turns;
static ULONG callsInside;

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    PLINE_USER user = Context;

    user->Calls++;
    user->Turn = ++turns;
    user->Irql = KeGetCurrentIrql();
    user->Seen = Interrupt;
    if ((EduRead(&edu, EDU_CAUSES) & user->Cause) == 0)
        return FALSE;
    EduWrite(&edu, EDU_ACKNOWLEDGE, user->Cause);
    user->Served++;
    return TRUE;
}

static BOOLEAN
Unwanted(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    failed++;
    return FALSE;
}

static VOID
Reset(void)
{
    first.Calls = first.Served = second.Calls = second.Served = turns = 0;
}

static VOID
TestVectors(void)
{
    KAFFINITY affinity = 0;
    KIRQL irql = 0;
    KIRQL other = 0;

    EXPECT(HalGetInterruptVector(Isa, 0, 4, 4, &irql, &affinity) != 0);
    EXPECT(irql > DISPATCH_LEVEL && irql < HIGH_LEVEL);
    EXPECT_EQ(affinity, KeQueryActiveProcessors());
    // The clock is more important than a serial port, and the cascade is nobody's line.
    EXPECT(HalGetInterruptVector(Isa, 0, 8, 8, &other, &affinity) != 0 && other > irql);
    EXPECT_EQ(HalGetInterruptVector(Isa, 0, 2, 2, &irql, &affinity),
              HalGetInterruptVector(Isa, 0, 9, 9, &irql, &affinity));
    EXPECT_EQ(HalGetInterruptVector(Isa, 0, 16, 16, &irql, &affinity), 0);
    EXPECT_EQ(affinity, 0);
    EXPECT(edu.Irql > DISPATCH_LEVEL);
}

static VOID
TestRefused(void)
{
    PKINTERRUPT interrupt = NULL;

    EXPECT_EQ(IoConnectInterrupt(&interrupt, Unwanted, NULL, NULL, edu.Vector, edu.Irql, edu.Irql,
                                 LevelSensitive, TRUE, 0, FALSE),
              STATUS_INVALID_PARAMETER);
    EXPECT(interrupt == NULL);
    // An ISR cannot run below the level of its interrupt.
    EXPECT(
        !NT_SUCCESS(IoConnectInterrupt(&interrupt, Unwanted, NULL, NULL, edu.Vector, edu.Irql,
                                       edu.Irql - 1, LevelSensitive, TRUE, edu.Affinity, FALSE)));
    EXPECT(!NT_SUCCESS(IoConnectInterrupt(&interrupt, Unwanted, NULL, NULL, 0xff, 15, 15,
                                          LevelSensitive, TRUE, edu.Affinity, FALSE)));
    // first wants to share, this one does not, and a line is of one kind only.
    EXPECT(!NT_SUCCESS(IoConnectInterrupt(&interrupt, Unwanted, NULL, NULL, edu.Vector, edu.Irql,
                                          edu.Irql, LevelSensitive, FALSE, edu.Affinity, FALSE)));
    EXPECT(!NT_SUCCESS(IoConnectInterrupt(&interrupt, Unwanted, NULL, NULL, edu.Vector, edu.Irql,
                                          edu.Irql, Latched, TRUE, edu.Affinity, FALSE)));
    EXPECT(interrupt == NULL);
}

static VOID
TestDelivery(void)
{
    KIRQL irql;

    Reset();
    EduWrite(&edu, EDU_RAISE, first.Cause);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT_EQ(EduRead(&edu, EDU_CAUSES), 0); // the ISR has dismissed it
    EXPECT_EQ(first.Served, 1);
    EXPECT_EQ(first.Irql, edu.Irql);
    EXPECT(first.Seen == first.Interrupt);

    KeRaiseIrql(edu.Irql, &irql); // masks it
    EduWrite(&edu, EDU_RAISE, first.Cause);
    KeStallExecutionProcessor(10);
    EXPECT_EQ(first.Served, 1);
    KeLowerIrql(edu.Irql - 1); // still above DISPATCH_LEVEL
    EXPECT_EQ(first.Served, 2);
    KeLowerIrql(irql);
    EXPECT_EQ(first.Served, 2);

    KeRaiseIrql(DISPATCH_LEVEL, &irql); // does not mask it
    EduWrite(&edu, EDU_RAISE, first.Cause);
    KeStallExecutionProcessor(1);
    EXPECT_EQ(first.Served, 3);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(irql);

    KeRaiseIrql(HIGH_LEVEL, &irql);
    EduWrite(&edu, EDU_RAISE, first.Cause);
    EduWrite(&edu, EDU_ACKNOWLEDGE, first.Cause); // withdrawn before anybody could see it
    KeLowerIrql(irql);
    EXPECT_EQ(first.Calls, 3);
}

static VOID
TestChain(void)
{
    EXPECT_EQ(EduConnect(&edu, Isr, &second, &second.Interrupt), STATUS_SUCCESS);
    EXPECT(second.Interrupt != first.Interrupt);
    Reset();
    EduWrite(&edu, EDU_RAISE, second.Cause);
    KeStallExecutionProcessor(1);
    EXPECT(first.Calls == 1 && first.Served == 0 && first.Turn == 1);
    EXPECT(second.Calls == 1 && second.Served == 1 && second.Turn == 2);
    Reset();
    EduWrite(&edu, EDU_RAISE, first.Cause); // the second is not asked
    KeStallExecutionProcessor(1);
    EXPECT(first.Served == 1 && second.Calls == 0);
    Reset();
    EduWrite(&edu, EDU_RAISE, first.Cause | second.Cause); // the line stays high for the second
    KeStallExecutionProcessor(1);
    EXPECT(first.Served == 1 && second.Served == 1 && first.Calls == 2);
}

static VOID
TestInactive(void)
{
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS state;
    KIRQL irql;

    RtlZeroMemory(&state, sizeof(state));
    state.Version = CONNECT_FULLY_SPECIFIED;
    state.ConnectionContext.InterruptObject = second.Interrupt;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoReportInterruptInactive(&state);
    IoReportInterruptInactive(&state); // has no effect
    KeLowerIrql(irql);
    Reset();
    EduWrite(&edu, EDU_RAISE, first.Cause); // the others of the line go on
    KeStallExecutionProcessor(1);
    EXPECT(first.Served == 1 && second.Calls == 0);
    state.ConnectionContext.InterruptObject = first.Interrupt;
    IoReportInterruptInactive(&state);
    EduWrite(&edu, EDU_RAISE, second.Cause);
    KeStallExecutionProcessor(1);
    EXPECT(first.Calls == 1 && second.Calls == 0); // nobody is active
    state.ConnectionContext.InterruptObject = second.Interrupt;
    IoReportInterruptActive(&state); // and now it is delivered at once
    KeStallExecutionProcessor(1);
    EXPECT(first.Calls == 1 && second.Served == 1);
    state.ConnectionContext.InterruptObject = first.Interrupt;
    IoReportInterruptActive(&state);
    IoReportInterruptActive(&state);
}

static VOID
FillParameters(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters, PDRIVER_OBJECT Driver)
{
    RtlZeroMemory(Parameters, sizeof(*Parameters));
    Parameters->Version = CONNECT_FULLY_SPECIFIED;
    Parameters->FullySpecified.PhysicalDeviceObject = Driver->DeviceObject;
    Parameters->FullySpecified.InterruptObject = &second.Interrupt;
    Parameters->FullySpecified.ServiceRoutine = Isr;
    Parameters->FullySpecified.ServiceContext = &second;
    Parameters->FullySpecified.ShareVector = TRUE;
    Parameters->FullySpecified.Vector = edu.Vector;
    Parameters->FullySpecified.Irql = edu.Irql;
    Parameters->FullySpecified.SynchronizeIrql = edu.Irql + 1;
    Parameters->FullySpecified.InterruptMode = LevelSensitive;
    Parameters->FullySpecified.ProcessorEnableMask = edu.Affinity;
}

static VOID
TestExErrors(PDRIVER_OBJECT Driver)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;

    FillParameters(&parameters, Driver);
    parameters.Version = 77;
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_1);
    FillParameters(&parameters, Driver);
    parameters.FullySpecified.PhysicalDeviceObject = NULL;
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
    FillParameters(&parameters, Driver);
    parameters.FullySpecified.ProcessorEnableMask = 0;
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_10);
    FillParameters(&parameters, Driver);
    parameters.FullySpecified.Vector = 0xe8;
    parameters.FullySpecified.Irql = parameters.FullySpecified.SynchronizeIrql = 14;
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND);
    // No interrupts are assigned to a device that the driver has made for itself.
    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_LINE_BASED;
    parameters.LineBased.InterruptObject = &second.Interrupt;
    parameters.LineBased.ServiceRoutine = Isr;
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
}

static VOID
TestEx(PDRIVER_OBJECT Driver)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;
    IO_DISCONNECT_INTERRUPT_PARAMETERS disconnect;
    GROUP_AFFINITY affinity;

    FillParameters(&parameters, Driver);
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    EXPECT_EQ(parameters.Version, CONNECT_FULLY_SPECIFIED);
    Reset();
    EduWrite(&edu, EDU_RAISE, second.Cause);
    KeStallExecutionProcessor(1);
    EXPECT(second.Served == 1 && second.Irql == edu.Irql + 1); // SynchronizeIrql
    EXPECT(first.Calls == 1 && first.Irql == edu.Irql);
    EXPECT_EQ(IoGetAffinityInterrupt(second.Interrupt, &affinity), STATUS_SUCCESS);
    EXPECT(affinity.Mask == edu.Affinity && affinity.Group == 0);

    RtlZeroMemory(&disconnect, sizeof(disconnect));
    disconnect.Version = parameters.Version;
    disconnect.ConnectionContext.InterruptObject = second.Interrupt;
    IoDisconnectInterruptEx(&disconnect);
    Reset();
    EduWrite(&edu, EDU_RAISE, first.Cause);
    KeStallExecutionProcessor(1);
    EXPECT(first.Served == 1 && second.Calls == 0);

    FillParameters(&parameters, Driver);
    parameters.Version = CONNECT_FULLY_SPECIFIED_GROUP;
    EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    disconnect.Version = parameters.Version;
    disconnect.ConnectionContext.InterruptObject = second.Interrupt;
    IoDisconnectInterruptEx(&disconnect);
}

// The ISR cannot run between what the routine does.
static BOOLEAN
RaiseInside(PVOID Context)
{
    PLINE_USER user = Context;

    EduWrite(&edu, EDU_RAISE, user->Cause);
    KeStallExecutionProcessor(5);
    callsInside = user->Calls;
    user->Irql = KeGetCurrentIrql();
    return callsInside == 0;
}

static VOID
TestSynchronize(void)
{
    KIRQL irql;

    Reset();
    EXPECT(KeSynchronizeExecution(first.Interrupt, RaiseInside, &first));
    EXPECT_EQ(callsInside, 0);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT_EQ(first.Served, 1); // as soon as the lock was released
    irql = KeAcquireInterruptSpinLock(first.Interrupt);
    EXPECT_EQ(irql, PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), edu.Irql);
    EduWrite(&edu, EDU_RAISE, first.Cause);
    KeStallExecutionProcessor(5);
    EXPECT_EQ(first.Served, 1);
    KeReleaseInterruptSpinLock(first.Interrupt, irql);
    EXPECT_EQ(first.Served, 2);
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    if (!NT_SUCCESS(IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)))
        return STATUS_UNSUCCESSFUL;
    EXPECT(EduOpen(&edu));
    TestVectors();
    EXPECT_EQ(EduConnect(&edu, Isr, &first, &first.Interrupt), STATUS_SUCCESS);
    TestRefused();
    TestDelivery();
    TestSynchronize();
    TestChain();
    TestInactive();
    IoDisconnectInterrupt(second.Interrupt);
    TestExErrors(Driver);
    TestEx(Driver);
    IoDisconnectInterrupt(first.Interrupt);
    Reset();
    EduWrite(&edu, EDU_RAISE, first.Cause); // nobody hears it
    KeStallExecutionProcessor(1);
    EXPECT_EQ(first.Calls, 0);
    EduClose(&edu);
    status = Finish("int_connect");
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
