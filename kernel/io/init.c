/* SPDX-License-Identifier: MIT */
/* Start of the I/O manager: its object types, directories and hooks. IRQL: PASSIVE_LEVEL, once. */
#include "iop.h"

POBJECT_TYPE IopDriverObjectType;
POBJECT_TYPE IopDeviceObjectType;
POBJECT_TYPE *IoDriverObjectType = &IopDriverObjectType;
POBJECT_TYPE *IoDeviceObjectType = &IopDeviceObjectType;

static NTSTATUS
IopCreateDirectory(PCWSTR Path)
{
    NTSTATUS status = ObCreateBootDirectory(Path);
    return status == STATUS_OBJECT_NAME_COLLISION ? STATUS_SUCCESS : status;
}

NTSTATUS
IoInitSystem(void)
{
    OB_TYPE_INITIALIZER device = {.ValidAccessMask = FILE_ALL_ACCESS,
                                  .GenericMapping = IopFileMapping,
                                  .UseDefaultObject = TRUE,
                                  .Delete = IopDeleteDeviceObject,
                                  .Parse = IopParseDevice};
    OB_TYPE_INITIALIZER driver = {.ValidAccessMask = FILE_ALL_ACCESS,
                                  .GenericMapping = IopFileMapping,
                                  .UseDefaultObject = TRUE,
                                  .Delete = IopDeleteDriverObject};
    static const PCWSTR directories[] = {L"\\Device", L"\\Driver", L"\\FileSystem"};
    NTSTATUS status = ObCreateObjectType(L"Device", &device, 'iveD', &IopDeviceObjectType);
    if (NT_SUCCESS(status))
    {
        status = ObCreateObjectType(L"Driver", &driver, 'virD', &IopDriverObjectType);
    }
    if (NT_SUCCESS(status))
    {
        status = IopCreateFileType();
    }
    if (NT_SUCCESS(status))
    {
        status = IopCreateControllerType();
    }
    for (ULONG i = 0; i < sizeof(directories) / sizeof(directories[0]) && NT_SUCCESS(status); i++)
    {
        status = IopCreateDirectory(directories[i]);
    }
    ObMayRegisterCallback = IopMayRegisterCallback;
    PsThreadRundownIrps = IopRundownThread;
    return status;
}
