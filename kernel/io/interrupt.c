// SPDX-License-Identifier: MIT
// How drivers connect their interrupt service routines. ke owns the interrupt objects' chains and
// calls the routines; here is what the I/O manager checks first. IRQL: PASSIVE_LEVEL, but for the
// soft connections.
#include "io/interrupt.h"

#include "ke/exports.h"
#include "mm/mm.h"
#include "rtl/ddi.h"

// What every version of a connection comes down to.
typedef struct _IOP_CONNECTION
{
    PKINTERRUPT *InterruptObject;
    PKSERVICE_ROUTINE ServiceRoutine;
    PVOID ServiceContext;
    PKSPIN_LOCK SpinLock;
    ULONG Vector;
    KIRQL Irql;
    KIRQL SynchronizeIrql;
    KINTERRUPT_MODE Mode;
    BOOLEAN ShareVector;
    BOOLEAN IsPassive; // the ISR runs at PASSIVE_LEVEL
    KAFFINITY Affinity;
} IOP_CONNECTION;

// The level of a vector is fixed, and the ISR may run above it, not below.
static BOOLEAN
IsConsistent(const IOP_CONNECTION *Connection)
{
    if (Connection->IsPassive && Connection->SpinLock != NULL)
        return FALSE;
    return Connection->ServiceRoutine != NULL &&
           (Connection->Mode == LevelSensitive || Connection->Mode == Latched) &&
           (Connection->IsPassive || (Connection->Irql == Connection->Vector >> 4 &&
                                      Connection->SynchronizeIrql >= Connection->Irql &&
                                      Connection->SynchronizeIrql <= HIGH_LEVEL));
}

static NTSTATUS
Connect(const IOP_CONNECTION *Connection)
{
    PKINTERRUPT interrupt;
    NTSTATUS status;

    if (!IsConsistent(Connection))
        return STATUS_INVALID_PARAMETER;
    interrupt = Connection->IsPassive
                    ? IopAllocatePassiveInterrupt()
                    : MmAllocatePool(NonPagedPoolNx, sizeof(*interrupt), IOP_INTERRUPT_TAG);
    if (interrupt == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeInterrupt(interrupt, Connection->ServiceRoutine, Connection->ServiceContext,
                          Connection->SpinLock, Connection->Vector, Connection->Irql,
                          Connection->SynchronizeIrql, Connection->Mode, Connection->ShareVector, 0,
                          FALSE);
    if (Connection->IsPassive)
        IopPreparePassiveInterrupt(interrupt);
    interrupt->Affinity = Connection->Affinity;
    interrupt->Creator = KiCallerAddress();
    // The ISR may run before this returns, and wants to find the object.
    *Connection->InterruptObject = interrupt;
    status = KiConnectInterrupt(interrupt);
    if (!NT_SUCCESS(status))
    {
        *Connection->InterruptObject = NULL;
        ExFreePoolWithTag(interrupt, IOP_INTERRUPT_TAG);
    }
    return status;
}

// Contract: NF:wdm.IoConnectInterrupt.
DDI NTSTATUS
IoConnectInterrupt(PKINTERRUPT *Interrupt,
                   PKSERVICE_ROUTINE ServiceRoutine,
                   PVOID ServiceContext,
                   PKSPIN_LOCK SpinLock,
                   ULONG Vector,
                   KIRQL Irql,
                   KIRQL SynchronizeIrql,
                   KINTERRUPT_MODE InterruptMode,
                   BOOLEAN ShareVector,
                   KAFFINITY ProcessorEnableMask,
                   BOOLEAN FloatingSave)
{
    IOP_CONNECTION connection = {.InterruptObject = Interrupt,
                                 .ServiceRoutine = ServiceRoutine,
                                 .ServiceContext = ServiceContext,
                                 .SpinLock = SpinLock,
                                 .Vector = Vector,
                                 .Irql = Irql,
                                 .SynchronizeIrql = SynchronizeIrql,
                                 .Mode = InterruptMode,
                                 .ShareVector = ShareVector,
                                 .Affinity = ProcessorEnableMask & KeQueryActiveProcessors()};

    UNREFERENCED_PARAMETER(FloatingSave); // always saved on x64
    *Interrupt = NULL;
    if (connection.Affinity == 0 || !KiPlatform.IsVector(Vector))
        return STATUS_INVALID_PARAMETER;
    return Connect(&connection);
}

static NTSTATUS
ConnectFullySpecified(const IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS *Parameters,
                      BOOLEAN HasGroup)
{
    IOP_CONNECTION connection = {.InterruptObject = Parameters->InterruptObject,
                                 .ServiceRoutine = Parameters->ServiceRoutine,
                                 .ServiceContext = Parameters->ServiceContext,
                                 .SpinLock = Parameters->SpinLock,
                                 .Vector = Parameters->Vector,
                                 .Irql = Parameters->Irql,
                                 .SynchronizeIrql = Parameters->SynchronizeIrql,
                                 .Mode = Parameters->InterruptMode,
                                 .ShareVector = Parameters->ShareVector,
                                 .IsPassive = Parameters->Irql == PASSIVE_LEVEL &&
                                              Parameters->SynchronizeIrql == PASSIVE_LEVEL,
                                 .Affinity =
                                     Parameters->ProcessorEnableMask & KeQueryActiveProcessors()};

    if (Parameters->PhysicalDeviceObject == NULL || Parameters->InterruptObject == NULL ||
        (HasGroup && Parameters->Group != 0))
        return STATUS_INVALID_PARAMETER;
    *Parameters->InterruptObject = NULL;
    if (connection.Affinity == 0)
        return STATUS_INVALID_PARAMETER_10;
    if (!KiPlatform.IsVector(Parameters->Vector))
        return STATUS_NOT_FOUND;
    return Connect(&connection);
}

// Lines and messages of a device are what the PnP manager has assigned to it. Nothing assigns
// resources to devices so far, so no device has any.
static NTSTATUS
ConnectAssigned(PDEVICE_OBJECT PhysicalDeviceObject, const void *Routine, const void *Result)
{
    if (PhysicalDeviceObject == NULL || Routine == NULL || Result == NULL)
        return STATUS_INVALID_PARAMETER;
    return STATUS_NOT_FOUND;
}

// Contract: NF:wdm.IoConnectInterruptEx, NF:iointex.WdmlibIoConnectInterruptEx.
DDI NTSTATUS
IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters)
{
    switch (Parameters->Version)
    {
    case CONNECT_FULLY_SPECIFIED:
    case CONNECT_FULLY_SPECIFIED_GROUP:
        return ConnectFullySpecified(&Parameters->FullySpecified,
                                     Parameters->Version == CONNECT_FULLY_SPECIFIED_GROUP);
    case CONNECT_LINE_BASED:
        return ConnectAssigned(Parameters->LineBased.PhysicalDeviceObject,
                               (const void *)Parameters->LineBased.ServiceRoutine,
                               Parameters->LineBased.InterruptObject);
    case CONNECT_MESSAGE_BASED:
    case CONNECT_MESSAGE_BASED_PASSIVE:
        return ConnectAssigned(Parameters->MessageBased.PhysicalDeviceObject,
                               (const void *)Parameters->MessageBased.MessageServiceRoutine,
                               Parameters->MessageBased.ConnectionContext.Generic);
    default:
        return STATUS_INVALID_PARAMETER_1;
    }
}

static void
RequireConnected(PKINTERRUPT Interrupt, const char *Rule, const char *Page)
{
    if (!KiIsConnectedInterrupt(Interrupt))
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0, (ULONG64)Interrupt,
                           (ULONG64)KiCallerAddress(), 0, Rule, Page, NULL, NULL);
}

static void
Disconnect(PKINTERRUPT Interrupt, const char *Page)
{
    RequireConnected(Interrupt, "an interrupt was disconnected that is not connected", Page);
    // An ISR on its way may finish, and dismiss its device's interrupt; none starts afterwards.
    if (Interrupt->PassiveLock != NULL)
        IopDrainPassiveInterrupt(Interrupt);
    KiDisconnectInterrupt(Interrupt);
    if (Interrupt->PassiveLock != NULL)
        IopDrainPassiveInterrupt(Interrupt);
    Interrupt->Type = 0; // what still synchronizes with it is reported
    ExFreePoolWithTag(Interrupt, IOP_INTERRUPT_TAG);
}

// Contract: NF:wdm.IoDisconnectInterrupt.
DDI VOID
IoDisconnectInterrupt(PKINTERRUPT Interrupt)
{
    Disconnect(Interrupt, "NF:wdm.IoDisconnectInterrupt");
}

// Contract: NF:wdm.IoDisconnectInterruptEx. Every connection there is has one interrupt object.
DDI VOID
IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters)
{
    Disconnect(Parameters->ConnectionContext.InterruptObject, "NF:wdm.IoDisconnectInterruptEx");
}

static void
SetActive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters, BOOLEAN Active, const char *Page)
{
    PKINTERRUPT interrupt = Parameters->ConnectionContext.InterruptObject;

    RequireConnected(interrupt, "the connection context is of no interrupt that is connected",
                     Page);
    KiSetInterruptActive(interrupt, Active);
}

// Contract: NF:wdm.IoReportInterruptActive.
DDI VOID
IoReportInterruptActive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    SetActive(Parameters, TRUE, "NF:wdm.IoReportInterruptActive");
}

// Contract: NF:wdm.IoReportInterruptInactive.
DDI VOID
IoReportInterruptInactive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters)
{
    SetActive(Parameters, FALSE, "NF:wdm.IoReportInterruptInactive");
}

// Contract: NF:wdm.IoGetAffinityInterrupt, NF:iointex.WdmlibIoGetAffinityInterrupt.
DDI NTSTATUS
IoGetAffinityInterrupt(PKINTERRUPT Interrupt, PGROUP_AFFINITY GroupAffinity)
{
    if (!KiIsConnectedInterrupt(Interrupt))
        return STATUS_INVALID_PARAMETER;
    RtlZeroMemory(GroupAffinity, sizeof(*GroupAffinity));
    GroupAffinity->Mask = Interrupt->Affinity;
    return STATUS_SUCCESS;
}
