/* SPDX-License-Identifier: MIT */
/*
 * Events and semaphores as named objects, and waiting by handle. PASSIVE_LEVEL.
 */
#include "obp.h"

POBJECT_TYPE ObpEventObjectType;
POBJECT_TYPE ObpSemaphoreObjectType;
POBJECT_TYPE *ExEventObjectType = &ObpEventObjectType;
POBJECT_TYPE *ExSemaphoreObjectType = &ObpSemaphoreObjectType;

/* ---- events ------------------------------------------------------------------------------- */

static NTSTATUS
ObpCreateEvent(PHANDLE EventHandle,
               ACCESS_MASK DesiredAccess,
               POBJECT_ATTRIBUTES ObjectAttributes,
               EVENT_TYPE EventType,
               BOOLEAN InitialState,
               KPROCESSOR_MODE Mode)
{
    PKEVENT event;
    if (EventType != NotificationEvent && EventType != SynchronizationEvent)
    {
        return STATUS_INVALID_PARAMETER;
    }
    const NTSTATUS status =
        ObCreateObject(ObpEventObjectType, ObjectAttributes, Mode, sizeof(KEVENT), (PVOID *)&event);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    KeInitializeEvent(event, EventType, InitialState);
    return ObInsertNewObject(event, DesiredAccess, 0, NULL, EventHandle);
}

/* Contract: NF:wdm.ZwCreateEvent. */
DDI NTSTATUS
ZwCreateEvent(PHANDLE EventHandle,
              ACCESS_MASK DesiredAccess,
              POBJECT_ATTRIBUTES ObjectAttributes,
              EVENT_TYPE EventType,
              BOOLEAN InitialState)
{
    return ObpCreateEvent(EventHandle, DesiredAccess, ObjectAttributes, EventType, InitialState,
                          KernelMode);
}

/* What user mode gave, in the kernel's memory. Name's buffer is from pool; the descriptor is
 * captured with the object. */
static NTSTATUS
ObpCaptureAttributes(POBJECT_ATTRIBUTES User, POBJECT_ATTRIBUTES Attributes, PUNICODE_STRING Name)
{
    UNICODE_STRING name;
    *Name = (UNICODE_STRING){0};
    NTSTATUS status = MmProbeRange(User, sizeof(*User)) ? KeTryCopy(Attributes, User, sizeof(*User))
                                                        : STATUS_ACCESS_VIOLATION;
    if (!NT_SUCCESS(status) || Attributes->ObjectName == NULL)
    {
        return status;
    }
    status = MmProbeRange(Attributes->ObjectName, sizeof(name))
                 ? KeTryCopy(&name, Attributes->ObjectName, sizeof(name))
                 : STATUS_ACCESS_VIOLATION;
    if (!NT_SUCCESS(status) || name.Length == 0)
    {
        Attributes->ObjectName = NULL;
        return status;
    }
    const PWSTR buffer = MmAllocatePool(PagedPool, name.Length, OB_NAME_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = MmProbeRange(name.Buffer, name.Length) ? KeTryCopy(buffer, name.Buffer, name.Length)
                                                    : STATUS_ACCESS_VIOLATION;
    if (!NT_SUCCESS(status))
    {
        MmFreePool(buffer, OB_NAME_TAG);
        return status;
    }
    *Name = (UNICODE_STRING){name.Length, name.Length, buffer};
    Attributes->ObjectName = Name;
    return STATUS_SUCCESS;
}

/* As ZwCreateEvent, for the mode that called. */
DDI NTSTATUS
NtCreateEvent(PHANDLE EventHandle,
              ACCESS_MASK DesiredAccess,
              POBJECT_ATTRIBUTES ObjectAttributes,
              EVENT_TYPE EventType,
              BOOLEAN InitialState)
{
    OBJECT_ATTRIBUTES attributes = {0};
    UNICODE_STRING name = {0};
    HANDLE handle;
    NTSTATUS status = STATUS_SUCCESS;
    if (KiCurrentThread()->PreviousMode == KernelMode)
    {
        return ZwCreateEvent(EventHandle, DesiredAccess, ObjectAttributes, EventType, InitialState);
    }
    if (!MmProbeRange(EventHandle, sizeof(HANDLE)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    if (ObjectAttributes != NULL)
    {
        status = ObpCaptureAttributes(ObjectAttributes, &attributes, &name);
        attributes.Attributes &= ~(ULONG)OBJ_KERNEL_HANDLE;
    }
    if (NT_SUCCESS(status))
    {
        status =
            ObpCreateEvent(&handle, DesiredAccess, ObjectAttributes == NULL ? NULL : &attributes,
                           EventType, InitialState, UserMode);
    }
    ObpFreeName(&name);
    if (NT_SUCCESS(status))
    {
        const NTSTATUS copy = KeTryCopy(EventHandle, &handle, sizeof(handle));
        status = NT_SUCCESS(copy) ? status : copy;
    }
    return status;
}

/* Contract: NF:wdm.ZwOpenEvent. */
DDI NTSTATUS
ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    return ObOpenByName(ObjectAttributes, ObpEventObjectType, KernelMode, DesiredAccess, NULL,
                        EventHandle);
}

typedef enum _OBP_EVENT_CHANGE
{
    ObpEventSet,
    ObpEventReset,
    ObpEventPulse
} OBP_EVENT_CHANGE;

static NTSTATUS
ObpChangeEvent(HANDLE Handle, OBP_EVENT_CHANGE Change, KPROCESSOR_MODE Mode, PLONG PreviousState)
{
    PKEVENT event;
    const NTSTATUS status = ObpReferenceHandle(Handle, EVENT_MODIFY_STATE, ObpEventObjectType, Mode,
                                               (PVOID *)&event, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const LONG previous = Change == ObpEventSet     ? KeSetEvent(event, EVENT_INCREMENT, FALSE)
                          : Change == ObpEventReset ? KeResetEvent(event)
                                                    : KePulseEvent(event, EVENT_INCREMENT, FALSE);
    ObDereference(event);
    if (PreviousState != NULL)
    {
        *PreviousState = previous;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwSetEvent. */
DDI NTSTATUS
ZwSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return ObpChangeEvent(EventHandle, ObpEventSet, KernelMode, PreviousState);
}

/* As ZwSetEvent, for the mode that called. */
DDI NTSTATUS
NtSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    const KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    LONG previous;
    if (mode != KernelMode && PreviousState != NULL && !MmProbeRange(PreviousState, sizeof(LONG)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    const NTSTATUS status = ObpChangeEvent(EventHandle, ObpEventSet, mode, &previous);
    return NT_SUCCESS(status) && PreviousState != NULL
               ? KeTryCopy(PreviousState, &previous, sizeof(previous))
               : status;
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ZwResetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return ObpChangeEvent(EventHandle, ObpEventReset, KernelMode, PreviousState);
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ZwClearEvent(HANDLE EventHandle)
{
    return ObpChangeEvent(EventHandle, ObpEventReset, KernelMode, NULL);
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ZwPulseEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return ObpChangeEvent(EventHandle, ObpEventPulse, KernelMode, PreviousState);
}

/* ---- waits -------------------------------------------------------------------------------- */

/* What a wait on Object waits for; NULL: the object is always signaled. */
static PVOID
ObpWaitable(PVOID Object)
{
    const OB_TYPE_INITIALIZER *info = &ObHeader(Object)->Type->Info;
    return info->UseDefaultObject ? NULL : (PUCHAR)Object + info->WaitOffset;
}

/* Contract: NF:ntifs.ZwWaitForSingleObject. */
DDI NTSTATUS
ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PVOID object;
    NTSTATUS status = ObpReferenceHandle(Handle, SYNCHRONIZE, NULL, KernelMode, &object, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const PVOID waitable = ObpWaitable(object);
    if (waitable != NULL)
    {
        status = KeWaitForSingleObject(waitable, UserRequest, KernelMode, Alertable, Timeout);
    }
    ObDereference(object);
    return status;
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ZwWaitForMultipleObjects(ULONG Count,
                         PHANDLE Handles,
                         WAIT_TYPE WaitType,
                         BOOLEAN Alertable,
                         PLARGE_INTEGER Timeout)
{
    PVOID objects[MAXIMUM_WAIT_OBJECTS];
    PVOID waitables[MAXIMUM_WAIT_OBJECTS];
    NTSTATUS status = STATUS_SUCCESS;
    ULONG referenced = 0;
    if (Count == 0 || Count > MAXIMUM_WAIT_OBJECTS)
    {
        return STATUS_INVALID_PARAMETER_1;
    }
    while (referenced < Count && NT_SUCCESS(status))
    {
        status = ObpReferenceHandle(Handles[referenced], SYNCHRONIZE, NULL, KernelMode,
                                    &objects[referenced], NULL);
        if (NT_SUCCESS(status))
        {
            waitables[referenced] = ObpWaitable(objects[referenced]);
            status = waitables[referenced] == NULL ? STATUS_OBJECT_TYPE_MISMATCH : status;
            referenced++;
        }
    }
    PKWAIT_BLOCK blocks = NULL;
    if (NT_SUCCESS(status) && Count > THREAD_WAIT_OBJECTS)
    {
        blocks = MmAllocatePool(NonPagedPoolNx, Count * sizeof(KWAIT_BLOCK), OBP_TABLE_TAG);
        status = blocks == NULL ? STATUS_INSUFFICIENT_RESOURCES : status;
    }
    if (NT_SUCCESS(status))
    {
        status = KeWaitForMultipleObjects(Count, waitables, WaitType, UserRequest, KernelMode,
                                          Alertable, Timeout, blocks);
    }
    if (blocks != NULL)
    {
        MmFreePool(blocks, OBP_TABLE_TAG);
    }
    while (referenced > 0)
    {
        ObDereference(objects[--referenced]);
    }
    return status;
}

/* ---- start -------------------------------------------------------------------------------- */

NTSTATUS
ObpInitDispatcherTypes(void)
{
    const OB_TYPE_INITIALIZER event = {
        .ValidAccessMask = EVENT_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | EVENT_QUERY_STATE,
                           STANDARD_RIGHTS_WRITE | EVENT_MODIFY_STATE,
                           STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, EVENT_ALL_ACCESS}};
    const OB_TYPE_INITIALIZER semaphore = {
        .ValidAccessMask = SEMAPHORE_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | SEMAPHORE_QUERY_STATE,
                           STANDARD_RIGHTS_WRITE | SEMAPHORE_MODIFY_STATE,
                           STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, SEMAPHORE_ALL_ACCESS}};
    const NTSTATUS status =
        ObCreateObjectType(L"Event", &event, MM_TAG('E', 'v', 'e', 'n'), &ObpEventObjectType);
    return NT_SUCCESS(status)
               ? ObCreateObjectType(L"Semaphore", &semaphore, MM_TAG('S', 'e', 'm', 'a'),
                                    &ObpSemaphoreObjectType)
               : status;
}
