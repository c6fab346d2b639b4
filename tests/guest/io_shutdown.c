// SPDX-License-Identifier: MIT
// The system shuts down with the driver loaded: registered devices are told, the last registered
// first, those of the last chance after all others, and who has unregistered is not told.
// Page: kernel/dispatchshutdown-routines.md, kernel/irp-mj-shutdown.md
// Page: NF:wdm.IoRegisterShutdownNotification, NF:wdm.IoUnregisterShutdownNotification
// Page: NF:wdm.IoRegisterLastChanceShutdownNotification
// Options: --no-unload
// Run:
// Expect: io_shutdown: device 2 at IRQL 0
// Expect: io_shutdown: device 1 at IRQL 0
// Expect: io_shutdown: device 4 at IRQL 0
// Reject: device 3
#include <ntddk.h>

_Dispatch_type_(IRP_MJ_SHUTDOWN)
static DRIVER_DISPATCH Shutdown;

static NTSTATUS
Shutdown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    DbgPrint("io_shutdown: device %lu at IRQL %u\n", *(PULONG)DeviceObject->DeviceExtension,
             KeGetCurrentIrql());
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = Shutdown;
    for (ULONG i = 1; i <= 4; i++)
    {
        PDEVICE_OBJECT device;
        NTSTATUS status = IoCreateDevice(DriverObject, sizeof(ULONG), NULL, FILE_DEVICE_UNKNOWN, 0,
                                         FALSE, &device);

        if (NT_SUCCESS(status))
        {
            *(PULONG)device->DeviceExtension = i;
            status = i == 4 ? IoRegisterLastChanceShutdownNotification(device)
                            : IoRegisterShutdownNotification(device);
        }
        if (!NT_SUCCESS(status))
            return status;
        if (i == 3)
            IoUnregisterShutdownNotification(device);
    }
    return STATUS_SUCCESS;
}
