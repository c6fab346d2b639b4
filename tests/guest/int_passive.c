// SPDX-License-Identifier: MIT
// An ISR that runs at PASSIVE_LEVEL: it may wait, KeSynchronizeExecution excludes it with an event,
// and until it has run the line is masked.
// Page: kernel/using-passive-level-interrupt-handling-routines.md
// Page: NF:wdm.KeSynchronizeExecution, NF:wdm.IoConnectInterruptEx
// Options: --cpus 2 --seed 3
// Run:
// Expect: int_passive: \d+ passed, 0 failed
// Reject: FAIL
#include "edu.h"

#include "check.h"

static KSERVICE_ROUTINE Isr;
static KSYNCHRONIZE_ROUTINE Critical;

static EDU edu;
static PKINTERRUPT interrupt;
static KEVENT served;
static KSPIN_LOCK lock;
static ULONG calls;
static KIRQL isrIrql;
static KIRQL criticalIrql;
static BOOLEAN inside;
static ULONG overlaps;

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    isrIrql = KeGetCurrentIrql();
    if (inside || Context != &calls || Interrupt != interrupt)
        overlaps++;
    inside = TRUE;
    Sleep(MILLISECONDS(2));
    inside = FALSE;
    if (EduRead(&edu, EDU_CAUSES) == 0)
        return FALSE;
    calls++;
    EduWrite(&edu, EDU_ACKNOWLEDGE, ~0u);
    KeSetEvent(&served, IO_NO_INCREMENT, FALSE);
    return TRUE;
}

static BOOLEAN
Critical(PVOID Context)
{
    criticalIrql = KeGetCurrentIrql();
    if (inside)
        overlaps++;
    inside = TRUE;
    EduWrite(&edu, EDU_RAISE, 2);
    Sleep(MILLISECONDS(5));
    inside = FALSE;
    return *(PULONG)Context == 1;
}

static NTSTATUS
Connect(PDRIVER_OBJECT Driver, PKSPIN_LOCK SpinLock)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;

    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_FULLY_SPECIFIED;
    parameters.FullySpecified.PhysicalDeviceObject = Driver->DeviceObject;
    parameters.FullySpecified.InterruptObject = &interrupt;
    parameters.FullySpecified.ServiceRoutine = Isr;
    parameters.FullySpecified.ServiceContext = &calls;
    parameters.FullySpecified.SpinLock = SpinLock;
    parameters.FullySpecified.Vector = edu.Vector;
    parameters.FullySpecified.Irql = PASSIVE_LEVEL;
    parameters.FullySpecified.SynchronizeIrql = PASSIVE_LEVEL;
    parameters.FullySpecified.InterruptMode = LevelSensitive;
    parameters.FullySpecified.ProcessorEnableMask = edu.Affinity;
    return IoConnectInterruptEx(&parameters);
}

static VOID
Disconnect(void)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters;

    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_FULLY_SPECIFIED;
    parameters.ConnectionContext.InterruptObject = interrupt;
    IoDisconnectInterruptEx(&parameters);
}

static VOID
TestDelivery(void)
{
    EduWrite(&edu, EDU_RAISE, 1);
    EXPECT_EQ(WaitFor(&served, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT_EQ(isrIrql, PASSIVE_LEVEL);
    EXPECT_EQ(calls, 1);
    // What the ISR must not come between, at PASSIVE_LEVEL too.
    EXPECT(KeSynchronizeExecution(interrupt, Critical, &calls));
    EXPECT_EQ(criticalIrql, PASSIVE_LEVEL);
    EXPECT_EQ(WaitFor(&served, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT_EQ(calls, 2);
    for (ULONG i = 0; i < 20; i++)
    {
        EduWrite(&edu, EDU_RAISE, 1);
        EXPECT_EQ(WaitFor(&served, MILLISECONDS(100)), STATUS_SUCCESS);
    }
    EXPECT_EQ(calls, 22);
    EXPECT_EQ(overlaps, 0);
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
    status = IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeEvent(&served, SynchronizationEvent, FALSE);
    KeInitializeSpinLock(&lock);
    EXPECT(EduOpen(&edu));
    EXPECT_EQ(Connect(Driver, &lock), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(Connect(Driver, NULL), STATUS_SUCCESS);
    TestDelivery();
    EduWrite(&edu, EDU_RAISE, 1);
    Sleep(MILLISECONDS(1)); // the ISR waits now
    EXPECT(inside);
    Disconnect();
    EXPECT(!inside); // and has ended
    EXPECT_EQ(calls, 23);
    EduClose(&edu);
    status = Finish("int_passive");
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
