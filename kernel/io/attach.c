/* SPDX-License-Identifier: MIT */
/*
 * Device stacks: attaching, detaching, finding the top, the bottom and the neighbour.
 * No lock: links change between two safe points only. IRQL: as each page says; the walks take any
 * up to DISPATCH_LEVEL.
 */
#include "iop.h"

static const char IopAttachPage[] = "NF:wdm.IoAttachDeviceToDeviceStack";

/* Puts Source on top of the stack of Target. NULL when that is going away or not ready. The pointer
 * is stored before the link, because requests can arrive at once. */
static PDEVICE_OBJECT
IopAttach(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target, PDEVICE_OBJECT *Lower)
{
    PDEVICE_OBJECT top = IoGetAttachedDevice(Target);
    if ((top->Flags & DO_DEVICE_INITIALIZING) ||
        (top->DeviceObjectExtension->ExtensionFlags & IOP_DEVICE_DYING))
    {
        return NULL;
    }
    if (top == Source || Source->DeviceObjectExtension->AttachedTo != NULL)
    {
        KiBugCheckWithRule(0xc9, 0x200, (ULONG64)KiCallerAddress(), (ULONG64)Source,
                           (ULONG64)Target,
                           "A device was attached to its own stack, or attached twice",
                           IopAttachPage, NULL, Source);
    }
    if (Lower != NULL)
    {
        *Lower = top;
    }
    Source->StackSize = top->StackSize + 1;
    Source->AlignmentRequirement = top->AlignmentRequirement;
    Source->SectorSize = top->SectorSize;
    Source->DeviceObjectExtension->AttachedTo = top;
    top->AttachedDevice = Source;
    if (KI_TRACING())
    {
        UNICODE_STRING upper = IopDeviceName(Source);
        UNICODE_STRING lower = IopDeviceName(top);
        KiTrace("IoAttachDeviceToDeviceStack", "kernel/io/attach.c", "%wZ on %wZ", &upper, &lower);
    }
    return top;
}

/* NF:wdm.IoAttachDeviceToDeviceStack */
DDI PDEVICE_OBJECT NTAPI
IoAttachDeviceToDeviceStack(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice)
{
    return IopAttach(SourceDevice, TargetDevice, NULL);
}

/* NF:ntddk.IoAttachDeviceToDeviceStackSafe */
DDI NTSTATUS NTAPI
IoAttachDeviceToDeviceStackSafe(_In_ PDEVICE_OBJECT SourceDevice,
                                _In_ PDEVICE_OBJECT TargetDevice,
                                _Outptr_ PDEVICE_OBJECT *AttachedToDeviceObject)
{
    return IopAttach(SourceDevice, TargetDevice, AttachedToDeviceObject) != NULL
               ? STATUS_SUCCESS
               : STATUS_NO_SUCH_DEVICE;
}

/* Superseded, but still exported; what NF:wdm.IoAttachDeviceToDeviceStack does. */
DDI NTSTATUS NTAPI
IoAttachDeviceByPointer(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice)
{
    return IopAttach(SourceDevice, TargetDevice, NULL) != NULL ? STATUS_SUCCESS
                                                               : STATUS_NO_SUCH_DEVICE;
}

/* NF:wdm.IoAttachDevice: the target is opened for reading attributes only, so that this does not
 * mount anything. */
DDI NTSTATUS NTAPI
IoAttachDevice(_In_ PDEVICE_OBJECT SourceDevice,
               _In_ PUNICODE_STRING TargetDevice,
               _Out_ PDEVICE_OBJECT *AttachedDevice)
{
    PFILE_OBJECT fileObject;
    PDEVICE_OBJECT target;
    NTSTATUS status =
        IoGetDeviceObjectPointer(TargetDevice, FILE_READ_ATTRIBUTES, &fileObject, &target);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (IopAttach(SourceDevice, target, AttachedDevice) == NULL)
    {
        status = STATUS_NO_SUCH_DEVICE;
    }
    ObDereference(fileObject);
    return status;
}

/* NF:wdm.IoDetachDevice: TargetDevice is the lower one. */
DDI VOID NTAPI
IoDetachDevice(_Inout_ PDEVICE_OBJECT TargetDevice)
{
    PDEVICE_OBJECT upper = TargetDevice->AttachedDevice;
    if (upper == NULL)
    {
        KiBugCheckWithRule(0xc9, 0x202, (ULONG64)KiCallerAddress(), (ULONG64)TargetDevice, 0,
                           "IoDetachDevice was called for a device that nothing is attached to",
                           "NF:wdm.IoDetachDevice", NULL, TargetDevice);
    }
    upper->DeviceObjectExtension->AttachedTo = NULL;
    TargetDevice->AttachedDevice = NULL;
    if (KI_TRACING())
    {
        UNICODE_STRING upperName = IopDeviceName(upper);
        UNICODE_STRING lowerName = IopDeviceName(TargetDevice);
        KiTrace("IoDetachDevice", "kernel/io/attach.c", "%wZ from %wZ", &upperName, &lowerName);
    }
    if (TargetDevice->DeviceObjectExtension->ExtensionFlags & IOP_UNLOAD_PENDING)
    {
        IopTryUnload(TargetDevice->DriverObject);
    }
}

/* NF:ntifs.IoGetAttachedDevice */
DDI PDEVICE_OBJECT NTAPI
IoGetAttachedDevice(_In_ PDEVICE_OBJECT DeviceObject)
{
    while (DeviceObject->AttachedDevice != NULL)
    {
        DeviceObject = DeviceObject->AttachedDevice;
    }
    return DeviceObject;
}

/* NF:wdm.IoGetAttachedDeviceReference */
DDI PDEVICE_OBJECT NTAPI
IoGetAttachedDeviceReference(_In_ PDEVICE_OBJECT DeviceObject)
{
    DeviceObject = IoGetAttachedDevice(DeviceObject);
    ObReference(DeviceObject);
    return DeviceObject;
}

/* NF:ntifs.IoGetLowerDeviceObject: NULL at the bottom, and when the lower one goes away. */
DDI PDEVICE_OBJECT NTAPI
IoGetLowerDeviceObject(_In_ PDEVICE_OBJECT DeviceObject)
{
    PDEVICE_OBJECT lower = DeviceObject->DeviceObjectExtension->AttachedTo;
    if (lower == NULL || (DeviceObject->DeviceObjectExtension->ExtensionFlags & IOP_DEVICE_DYING))
    {
        return NULL;
    }
    ObReference(lower);
    return lower;
}

/* NF:ntifs.IoGetDeviceAttachmentBaseRef */
DDI PDEVICE_OBJECT NTAPI
IoGetDeviceAttachmentBaseRef(_In_ PDEVICE_OBJECT DeviceObject)
{
    while (DeviceObject->DeviceObjectExtension->AttachedTo != NULL)
    {
        DeviceObject = DeviceObject->DeviceObjectExtension->AttachedTo;
    }
    ObReference(DeviceObject);
    return DeviceObject;
}

/* NF:ntifs.IoGetRelatedDeviceObject: a mounted volume's file system, or the device that was opened;
 * in both cases the top of its stack. */
DDI PDEVICE_OBJECT NTAPI
IoGetRelatedDeviceObject(_In_ PFILE_OBJECT FileObject)
{
    PDEVICE_OBJECT device = FileObject->DeviceObject;
    if (FileObject->Vpb != NULL && FileObject->Vpb->DeviceObject != NULL)
    {
        device = FileObject->Vpb->DeviceObject;
    }
    else if (!(FileObject->Flags & FO_DIRECT_DEVICE_OPEN) && device->Vpb != NULL &&
             device->Vpb->DeviceObject != NULL)
    {
        device = device->Vpb->DeviceObject;
    }
    return device->AttachedDevice != NULL ? IoGetAttachedDevice(device) : device;
}

/* NF:wdm.IoGetDeviceObjectPointer: the handle is closed again, so the driver sees a cleanup; what
 * is returned stays valid as long as the file object is referenced. */
DDI NTSTATUS NTAPI
IoGetDeviceObjectPointer(_In_ PUNICODE_STRING ObjectName,
                         _In_ ACCESS_MASK DesiredAccess,
                         _Out_ PFILE_OBJECT *FileObject,
                         _Out_ PDEVICE_OBJECT *DeviceObject)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    HANDLE handle;
    InitializeObjectAttributes(&attributes, ObjectName, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    NTSTATUS status =
        ZwOpenFile(&handle, DesiredAccess, &attributes, &iosb, 0, FILE_NON_DIRECTORY_FILE);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    PFILE_OBJECT file;
    status =
        ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, (PVOID *)&file, NULL);
    if (NT_SUCCESS(status))
    {
        *FileObject = file;
        *DeviceObject = IoGetRelatedDeviceObject(file);
    }
    ZwClose(handle);
    return status;
}
