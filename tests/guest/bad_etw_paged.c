// SPDX-License-Identifier: MIT
// Writes an event with data from paged pool at DISPATCH_LEVEL. No session listens, so on Windows it
// works until somebody traces the driver.
//
// Page: NF:wdm.EtwWrite
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: subject=live block of paged pool.*TBad.*allocated by bad_etw_paged
// Report: driver=^bad_etw_paged.sys$
// Report: stack.function=^(Break|WriteAt|BadDeviceControl)$
// Report: irql=^2$
#include "bad.h"

static NOINLINE NTSTATUS
WriteAt(KIRQL Irql)
{
    static const GUID id = {.Data1 = 1};
    static const EVENT_DESCRIPTOR event = {.Id = 1};
    PULONG block = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(ULONG), 'daBT');
    EVENT_DATA_DESCRIPTOR data;
    REGHANDLE provider;
    NTSTATUS status;
    KIRQL irql;

    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = EtwRegister(&id, NULL, NULL, &provider);
    if (NT_SUCCESS(status))
    {
        EventDataDescCreate(&data, block, sizeof(*block));
        KeRaiseIrql(Irql, &irql);
        status = EtwWrite(provider, &event, NULL, 1, &data);
        KeLowerIrql(irql);
        EtwUnregister(provider);
    }
    ExFreePoolWithTag(block, 'daBT');
    return status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return WriteAt(APC_LEVEL);
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return WriteAt(DISPATCH_LEVEL);
}
