/* SPDX-License-Identifier: MIT */
/*
 * Volume parameter blocks and what file system drivers ask about devices: the VPB lock, the base
 * file system, the devices of a driver, stream file objects. Owns the VPB lock. IRQL: as each page
 * says.
 */
#include "iop.h"

#include "ntifs.h"

static KSPIN_LOCK IopVpbSpinLock;

/* NF:ntifs.IoAcquireVpbSpinLock */
DDI VOID NTAPI
IoAcquireVpbSpinLock(_Out_ PKIRQL Irql)
{
    *Irql = KeAcquireSpinLockRaiseToDpc(&IopVpbSpinLock);
}

/* NF:ntifs.IoReleaseVpbSpinLock */
DDI VOID NTAPI
IoReleaseVpbSpinLock(_In_ KIRQL Irql)
{
    KeReleaseSpinLock(&IopVpbSpinLock, Irql);
}

/* NF:ntifs.IoGetBaseFileSystemDeviceObject: the mounted file system's device, not the top of a
 * stack. */
DDI PDEVICE_OBJECT NTAPI
IoGetBaseFileSystemDeviceObject(_In_ PFILE_OBJECT FileObject)
{
    if (FileObject->Vpb != NULL && FileObject->Vpb->DeviceObject != NULL)
    {
        return FileObject->Vpb->DeviceObject;
    }
    PVPB vpb = FileObject->DeviceObject->Vpb;
    if (!(FileObject->Flags & FO_DIRECT_DEVICE_OPEN) && vpb != NULL && vpb->DeviceObject != NULL)
    {
        return vpb->DeviceObject;
    }
    return FileObject->DeviceObject;
}

/* NF:ntifs.IoEnumerateDeviceObjectList: each device copied is referenced. */
DDI NTSTATUS NTAPI
IoEnumerateDeviceObjectList(_In_ PDRIVER_OBJECT DriverObject,
                            _Out_ PDEVICE_OBJECT *DeviceObjectList,
                            _In_ ULONG DeviceObjectListSize,
                            _Out_ PULONG ActualNumberDeviceObjects)
{
    ULONG room = DeviceObjectList == NULL ? 0 : DeviceObjectListSize / sizeof(PDEVICE_OBJECT);
    ULONG count = 0;
    for (PDEVICE_OBJECT device = DriverObject->DeviceObject; device != NULL;
         device = device->NextDevice)
    {
        if (count < room)
        {
            ObReference(device);
            DeviceObjectList[count] = device;
        }
        count++;
    }
    *ActualNumberDeviceObjects = count;
    return count > room ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}
