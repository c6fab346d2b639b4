/* SPDX-License-Identifier: MIT */
/* Enumerations for the command line, reports and the verifier. Changes nothing, takes no lock. */
#include "io/query.h"

#include "iop.h"

#include "ldr/ldr.h"

static const char *const IopMajorNames[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
    "CREATE",
    "CREATE_NAMED_PIPE",
    "CLOSE",
    "READ",
    "WRITE",
    "QUERY_INFORMATION",
    "SET_INFORMATION",
    "QUERY_EA",
    "SET_EA",
    "FLUSH_BUFFERS",
    "QUERY_VOLUME_INFORMATION",
    "SET_VOLUME_INFORMATION",
    "DIRECTORY_CONTROL",
    "FILE_SYSTEM_CONTROL",
    "DEVICE_CONTROL",
    "INTERNAL_DEVICE_CONTROL",
    "SHUTDOWN",
    "LOCK_CONTROL",
    "CLEANUP",
    "CREATE_MAILSLOT",
    "QUERY_SECURITY",
    "SET_SECURITY",
    "POWER",
    "SYSTEM_CONTROL",
    "DEVICE_CHANGE",
    "QUERY_QUOTA",
    "SET_QUOTA",
    "PNP",
};

const char *
IoMajorFunctionName(UCHAR MajorFunction)
{
    return MajorFunction <= IRP_MJ_MAXIMUM_FUNCTION ? IopMajorNames[MajorFunction] : "?";
}

/* Object enumeration with the caller's routine behind a conversion. */
typedef struct _IOP_ENUMERATION
{
    PVOID Routine;
    PVOID Context;
} IOP_ENUMERATION;

/* ---- drivers ------------------------------------------------------------------------------ */

typedef BOOLEAN IOP_DRIVER_ROUTINE(const IO_DRIVER_INFO *Info, PVOID Context);

static BOOLEAN
IopDescribeDriver(PVOID Object, PVOID Context)
{
    PIOP_DRIVER driver = Object;
    IOP_ENUMERATION *enumeration = Context;
    if (driver->Object.Type != IO_TYPE_DRIVER)
    {
        return TRUE;
    }
    IO_DRIVER_INFO info = {.DriverObject = &driver->Object,
                           .Name = driver->Object.DriverName,
                           .ServiceName = driver->Extension.ServiceKeyName,
                           .ImageName = driver->Image != NULL ? driver->Image->Name : NULL,
                           .Start = driver->Object.DriverStart,
                           .Size = driver->Object.DriverSize,
                           .Legacy = driver->Extension.AddDevice == NULL,
                           .CanUnload = driver->Object.DriverUnload != NULL,
                           .UnloadPending = driver->UnloadPending};
    for (PDEVICE_OBJECT device = driver->Object.DeviceObject; device != NULL;
         device = device->NextDevice)
    {
        info.Devices++;
    }
    return ((IOP_DRIVER_ROUTINE *)enumeration->Routine)(&info, enumeration->Context);
}

void
IoForEachDriver(BOOLEAN (*Routine)(const IO_DRIVER_INFO *Info, PVOID Context), PVOID Context)
{
    IOP_ENUMERATION enumeration = {(PVOID)Routine, Context};
    ObEnumerateType(IopDriverObjectType, IopDescribeDriver, &enumeration);
}

/* ---- devices ------------------------------------------------------------------------------ */

typedef BOOLEAN IOP_DEVICE_ROUTINE(const IO_DEVICE_INFO *Info, PVOID Context);

BOOLEAN
IoQueryDevice(PDEVICE_OBJECT DeviceObject, IO_DEVICE_INFO *Info)
{
    if (DeviceObject->Type != IO_TYPE_DEVICE || DeviceObject->DeviceObjectExtension == NULL ||
        DeviceObject->DriverObject == NULL)
    {
        return FALSE;
    }
    PIOP_DEVICE device = IopDevice(DeviceObject);
    *Info =
        (IO_DEVICE_INFO){.DeviceObject = DeviceObject,
                         .Name = device->Name,
                         .DriverName = DeviceObject->DriverObject->DriverName,
                         .AttachedTo = device->Public.AttachedTo,
                         .AttachedDevice = DeviceObject->AttachedDevice,
                         .DeviceType = DeviceObject->DeviceType,
                         .Flags = DeviceObject->Flags,
                         .Characteristics = DeviceObject->Characteristics,
                         .OpenCount = DeviceObject->ReferenceCount,
                         .StackSize = DeviceObject->StackSize,
                         .DeletePending = (device->Public.ExtensionFlags & IOP_DELETE_PENDING) != 0,
                         .Number = device->Number,
                         .Creator = device->Creator};
    return TRUE;
}

static BOOLEAN
IopDescribeDevice(PVOID Object, PVOID Context)
{
    IOP_ENUMERATION *enumeration = Context;
    IO_DEVICE_INFO info;
    if (!IoQueryDevice(Object, &info))
    {
        return TRUE;
    }
    return ((IOP_DEVICE_ROUTINE *)enumeration->Routine)(&info, enumeration->Context);
}

void
IoForEachDevice(BOOLEAN (*Routine)(const IO_DEVICE_INFO *Info, PVOID Context), PVOID Context)
{
    IOP_ENUMERATION enumeration = {(PVOID)Routine, Context};
    ObEnumerateType(IopDeviceObjectType, IopDescribeDevice, &enumeration);
}

void
IoForEachInStack(PDEVICE_OBJECT DeviceObject,
                 BOOLEAN (*Routine)(const IO_DEVICE_INFO *Info, PVOID Context),
                 PVOID Context)
{
    PDEVICE_OBJECT device = IoGetAttachedDevice(DeviceObject);
    IO_DEVICE_INFO info;
    while (device != NULL && IoQueryDevice(device, &info) && Routine(&info, Context))
    {
        device = device->DeviceObjectExtension->AttachedTo;
    }
}

NTSTATUS
IoReferenceDeviceByName(PCUNICODE_STRING Name, PDEVICE_OBJECT *DeviceObject)
{
    return ObReferenceByName(Name, NULL, OBJ_CASE_INSENSITIVE, IopDeviceObjectType, KernelMode, 0,
                             NULL, (PVOID *)DeviceObject);
}

/* ---- requests ----------------------------------------------------------------------------- */

/* The location that tells most about an IRP: the active one, or the first when nobody has it. */
static PIO_STACK_LOCATION
IopTellingLocation(PIRP Irp, PIOP_IRP Header)
{
    PIO_STACK_LOCATION first = (PIO_STACK_LOCATION)(Irp + 1);
    if (IopIrpInUse(Header))
    {
        return first + (Header->ActiveLocation - 1);
    }
    return Irp->StackCount > 0 ? first + (Irp->StackCount - 1) : NULL;
}

BOOLEAN
IoQueryIrp(PIRP Irp, IO_IRP_INFO *Info)
{
    if (IopIsClosed(Irp) || Irp->Type != IO_TYPE_IRP || IopIrpHeader(Irp) == NULL)
    {
        return FALSE;
    }
    PIOP_IRP header = IopIrpHeader(Irp);
    PIO_STACK_LOCATION stack = IopTellingLocation(Irp, header);
    *Info = (IO_IRP_INFO){.Irp = Irp,
                          .Number = header->Number,
                          .Thread = (PKTHREAD)Irp->Tail.Overlay.Thread,
                          .FileObject = Irp->Tail.Overlay.OriginalFileObject,
                          .Cancel = Irp->Cancel,
                          .CancelRoutineSet = Irp->CancelRoutine != NULL,
                          .DriverMade = header->Kind == IopIrpDriver ||
                                        header->Kind == IopIrpAsynchronous ||
                                        header->Kind == IopIrpAssociated,
                          .Caller = header->Caller,
                          .PendingSince100ns = header->Since100ns};
    if (stack != NULL)
    {
        Info->MajorFunction = stack->MajorFunction;
        Info->MinorFunction = stack->MinorFunction;
        if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL ||
            stack->MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL ||
            stack->MajorFunction == IRP_MJ_FILE_SYSTEM_CONTROL)
        {
            Info->IoControlCode = stack->Parameters.DeviceIoControl.IoControlCode;
        }
        if (IopIrpInUse(header) && stack->DeviceObject != NULL)
        {
            Info->DeviceObject = stack->DeviceObject;
            Info->DeviceName = IopDeviceName(stack->DeviceObject);
            Info->DriverName = stack->DeviceObject->DriverObject->DriverName;
        }
    }
    return TRUE;
}

/* The live IRP with the smallest number above Number, or NULL. Few IRPs live at any time. */
static PIOP_IRP
IopNextIrp(ULONG Number)
{
    PIOP_IRP best = NULL;
    for (PLIST_ENTRY entry = IopIrpListHead.Flink; entry != &IopIrpListHead; entry = entry->Flink)
    {
        PIOP_IRP header = CONTAINING_RECORD(entry, IOP_IRP, AllEntry);
        if (header->Kind != IopIrpFree && header->Number > Number &&
            (best == NULL || header->Number < best->Number))
        {
            best = header;
        }
    }
    return best;
}

void
IoForEachIrp(BOOLEAN (*Routine)(const IO_IRP_INFO *Info, PVOID Context), PVOID Context)
{
    IO_IRP_INFO info;
    for (PIOP_IRP header = IopNextIrp(0); header != NULL; header = IopNextIrp(header->Number))
    {
        if (IoQueryIrp(IopHeaderIrp(header), &info) && !Routine(&info, Context))
        {
            return;
        }
    }
}
