// SPDX-License-Identifier: MIT
// One device for each documented SDDL constant, \\.\SeSddl0 to \\.\SeSddl7, from what only the
// kernel may open to what everyone may. Driven by tests/scenario/sddl_clients.sh with clients of
// three kinds.
// Page: kernel/sddl-for-device-objects.md
// Page: NF:wdmsec.WdmlibIoCreateDeviceSecure
#include <ntddk.h>

#include <wdmsec.h>

#include "check.h"

#define COUNT 8

static PDEVICE_OBJECT devices[COUNT];

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING
LinkOf(ULONG Index)
{
    static WCHAR text[] = L"\\DosDevices\\SeSddl0";
    UNICODE_STRING link;

    text[RTL_NUMBER_OF(text) - 2] = (WCHAR)(L'0' + Index);
    RtlInitUnicodeString(&link, text);
    return link;
}

NTSTATUS
Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CREATE)
        DbgPrint("opened\n");
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    for (ULONG i = 0; i < COUNT; i++)
    {
        UNICODE_STRING link = LinkOf(i);

        IoDeleteSymbolicLink(&link);
        IoDeleteDevice(devices[i]);
    }
    (void)Finish("se_sddl");
}

// Kernel mode opens every device, whatever its descriptor says.
static void
OpenAsKernel(PUNICODE_STRING Name)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK status;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    EXPECT_EQ(ZwCreateFile(&handle, GENERIC_READ | GENERIC_WRITE, &attributes, &status, NULL, 0,
                           FILE_SHARE_READ, FILE_OPEN, 0, NULL, 0),
              STATUS_SUCCESS);
    ZwClose(handle);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static const GUID class = {0x1d2c3b4a, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
    const UNICODE_STRING *descriptors[COUNT] = {&SDDL_DEVOBJ_KERNEL_ONLY,
                                                &SDDL_DEVOBJ_SYS_ALL,
                                                &SDDL_DEVOBJ_SYS_ALL_ADM_RX,
                                                &SDDL_DEVOBJ_SYS_ALL_ADM_ALL,
                                                &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R,
                                                &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R,
                                                &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
                                                &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX};
    WCHAR text[] = L"\\Device\\SeSddl0";
    UNICODE_STRING name;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    for (ULONG i = 0; i < COUNT; i++)
    {
        UNICODE_STRING link = LinkOf(i);
        NTSTATUS status;

        text[RTL_NUMBER_OF(text) - 2] = (WCHAR)(L'0' + i);
        RtlInitUnicodeString(&name, text);
        status =
            IoCreateDeviceSecure(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                 FALSE, descriptors[i], &class, &devices[i]);
        if (!NT_SUCCESS(status))
            return status;
        EXPECT_EQ(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
        devices[i]->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
        OpenAsKernel(&name);
    }
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
