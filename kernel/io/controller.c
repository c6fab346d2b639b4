/* SPDX-License-Identifier: MIT */
/*
 * Controller objects (KERNEL:introduction-to-controller-objects): a non-WDM driver's way to let one
 * of its devices at a time use the hardware they share. A device that waits stands in the
 * controller's queue by the wait context block in its device object. No lock but the queue's own.
 * IRQL: DISPATCH_LEVEL to allocate and free, PASSIVE_LEVEL to create and delete.
 */
#include "iop.h"

POBJECT_TYPE IoControllerType;

NTSTATUS
IopCreateControllerType(void)
{
    OB_TYPE_INITIALIZER controller = {.UseDefaultObject = TRUE};
    return ObCreateObjectType(L"Controller", &controller, 'tnoC', &IoControllerType);
}

/* NF:ntddk.IoCreateController: object and extension are zeros, and NULL is all that fails. */
DDI PCONTROLLER_OBJECT NTAPI
IoCreateController(_In_ ULONG Size)
{
    PCONTROLLER_OBJECT controller;
    OBJECT_ATTRIBUTES attributes;
    PVOID inserted;
    const SIZE_T size = sizeof(CONTROLLER_OBJECT) + (SIZE_T)Size;
    if (size > 0x7fff || (MmFailAllocation != NULL && MmFailAllocation(size, 'tnoC')))
    {
        return NULL; /* CONTROLLER_OBJECT.Size has 16 bits */
    }
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ObCreateObject(IoControllerType, &attributes, KernelMode, (ULONG)size,
                                   (PVOID *)&controller)))
    {
        return NULL;
    }
    controller->Type = IO_TYPE_CONTROLLER;
    controller->Size = (CSHORT)size;
    controller->ControllerExtension = controller + 1;
    KeInitializeDeviceQueue(&controller->DeviceWaitQueue);
    return NT_SUCCESS(ObInsertNewObject(controller, 0, 1, &inserted, NULL)) ? controller : NULL;
}

/* NF:ntddk.IoDeleteController: the driver's devices, which could wait for it, are gone by then. */
DDI VOID NTAPI
IoDeleteController(_In_ PCONTROLLER_OBJECT ControllerObject)
{
    ObDereference(ControllerObject);
}

/* Calls the ControllerControl routine of a device whose turn it is. */
static IO_ALLOCATION_ACTION
IopRunControllerControl(PDEVICE_OBJECT DeviceObject)
{
    PWAIT_CONTEXT_BLOCK block = &DeviceObject->Queue.Wcb;
    return block->DeviceRoutine(DeviceObject, DeviceObject->CurrentIrp, NULL, block->DeviceContext);
}

/* NF:ntddk.IoFreeController: the next device's routine runs here, and the one after that if it
 * gives the controller back at once. */
DDI VOID NTAPI
IoFreeController(_In_ PCONTROLLER_OBJECT ControllerObject)
{
    PKDEVICE_QUEUE_ENTRY entry = KeRemoveDeviceQueue(&ControllerObject->DeviceWaitQueue);
    while (entry != NULL)
    {
        PDEVICE_OBJECT device = CONTAINING_RECORD(entry, DEVICE_OBJECT, Queue.Wcb.WaitQueueEntry);
        if (IopRunControllerControl(device) != DeallocateObject)
        {
            return;
        }
        entry = KeRemoveDeviceQueue(&ControllerObject->DeviceWaitQueue);
    }
}

/* NF:ntddk.IoAllocateController */
DDI VOID NTAPI
IoAllocateController(_In_ PCONTROLLER_OBJECT ControllerObject,
                     _In_ PDEVICE_OBJECT DeviceObject,
                     _In_ PDRIVER_CONTROL ExecutionRoutine,
                     _In_opt_ PVOID Context)
{
    PWAIT_CONTEXT_BLOCK block = &DeviceObject->Queue.Wcb;
    block->DeviceRoutine = ExecutionRoutine;
    block->DeviceContext = Context;
    block->DeviceObject = DeviceObject;
    block->CurrentIrp = DeviceObject->CurrentIrp;
    if (KeInsertDeviceQueue(&ControllerObject->DeviceWaitQueue, &block->WaitQueueEntry))
    {
        return; /* in use: called when it is free */
    }
    if (IopRunControllerControl(DeviceObject) == DeallocateObject)
    {
        IoFreeController(ControllerObject);
    }
}
