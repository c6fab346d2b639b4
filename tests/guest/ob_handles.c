// SPDX-License-Identifier: MIT
// Handles and references, those that obey and those that do not: wrong types, too little access,
// kernel handles from user mode, named events, duplicated and closed handles.
// Page: kernel/object-handles.md, NF:wdm.ObCloseHandle, NF:wdm.ObReferenceObjectByHandleWithTag
// Page: NF:wdm.ObReferenceObjectByPointerWithTag, NF:ntifs.ObOpenObjectByPointer
// Page: NF:ntifs.ObIsKernelHandle
// Page: NF:wdm.ObDereferenceObjectDeferDelete, NF:wdm.ObDereferenceObjectDeferDeleteWithTag
// Page: NF:wdm.ObReferenceObjectSafe, NF:ntifs.ZwCreateEvent, NF:ntifs.ZwSetEvent
// Page: NF:ntifs.ZwDuplicateObject, NF:ntifs.ZwOpenDirectoryObject, NF:ntifs.ObQueryNameString
// Page: NF:ntddk.ZwAllocateLocallyUniqueId
// Run:
// Expect: ob_handles: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTSYSAPI NTSTATUS NTAPI
ZwCreateEvent(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, EVENT_TYPE, BOOLEAN);
NTSYSAPI NTSTATUS NTAPI ZwSetEvent(HANDLE, PLONG);
NTSYSAPI NTSTATUS NTAPI ZwResetEvent(HANDLE, PLONG);
NTSYSAPI NTSTATUS NTAPI ZwPulseEvent(HANDLE, PLONG);
NTSYSAPI NTSTATUS NTAPI ZwClearEvent(HANDLE);
NTSYSAPI NTSTATUS NTAPI
ZwWaitForMultipleObjects(ULONG, PHANDLE, WAIT_TYPE, BOOLEAN, PLARGE_INTEGER);
NTSYSAPI NTSTATUS NTAPI
ZwDuplicateObject(HANDLE, HANDLE, HANDLE, PHANDLE, ACCESS_MASK, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI ZwOpenDirectoryObject(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES);
NTSYSAPI NTSTATUS NTAPI
ZwCreateSymbolicLinkObject(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PUNICODE_STRING);
NTKERNELAPI BOOLEAN NTAPI ObIsKernelHandle(HANDLE);
NTKERNELAPI POBJECT_TYPE NTAPI ObGetObjectType(PVOID);
NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointerWithTag(PVOID,
                                                        ULONG,
                                                        PACCESS_STATE,
                                                        ACCESS_MASK,
                                                        POBJECT_TYPE,
                                                        KPROCESSOR_MODE,
                                                        ULONG,
                                                        PHANDLE);
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING,
                                                   ULONG,
                                                   PACCESS_STATE,
                                                   ACCESS_MASK,
                                                   POBJECT_TYPE,
                                                   KPROCESSOR_MODE,
                                                   PVOID,
                                                   PVOID *);
NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES,
                                              POBJECT_TYPE,
                                              KPROCESSOR_MODE,
                                              PACCESS_STATE,
                                              ACCESS_MASK,
                                              PVOID,
                                              PHANDLE);

#define TAG 'tseT'

static UNICODE_STRING eventName = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\ObHandles");

static void
TestEvents(void)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handles[2];
    LARGE_INTEGER now = {0};
    LONG state = -1;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwCreateEvent(&handles[0], EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwCreateEvent(&handles[1], EVENT_ALL_ACCESS, &attributes, SynchronizationEvent, TRUE),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwWaitForMultipleObjects(2, handles, WaitAny, FALSE, &now), STATUS_WAIT_1);
    EXPECT_EQ(ZwWaitForMultipleObjects(2, handles, WaitAll, FALSE, &now), STATUS_TIMEOUT);
    EXPECT_EQ(ZwSetEvent(handles[0], &state), STATUS_SUCCESS);
    EXPECT_EQ(state, 0);
    EXPECT_EQ(ZwSetEvent(handles[1], NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwWaitForMultipleObjects(2, handles, WaitAll, FALSE, &now), STATUS_SUCCESS);
    EXPECT_EQ(ZwPulseEvent(handles[0], &state), STATUS_SUCCESS);
    EXPECT_EQ(state, 1);
    EXPECT_EQ(ZwResetEvent(handles[0], &state), STATUS_SUCCESS);
    EXPECT_EQ(state, 0);
    EXPECT_EQ(ZwSetEvent(handles[0], NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwClearEvent(handles[0]), STATUS_SUCCESS);
    EXPECT_EQ(ZwWaitForMultipleObjects(1, handles, WaitAny, FALSE, &now), STATUS_TIMEOUT);
    ZwClose(handles[0]);
    ZwClose(handles[1]);
}

static void
TestReferences(PKEVENT Event, HANDLE Handle)
{
    PVOID object;
    HANDLE second;

    EXPECT(ObGetObjectType(Event) == *ExEventObjectType);
    // The wrong type is refused, whatever the access.
    EXPECT_EQ(ObReferenceObjectByHandleWithTag(Handle, 0, *ExSemaphoreObjectType, KernelMode, TAG,
                                               &object, NULL),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT(object == NULL);
    EXPECT_EQ(ObReferenceObjectByHandleWithTag(Handle, EVENT_MODIFY_STATE, *ExEventObjectType,
                                               KernelMode, TAG, &object, NULL),
              STATUS_SUCCESS);
    EXPECT(object == Event);
    ObDereferenceObjectWithTag(object, TAG);
    // A kernel handle is nothing that user mode may pass.
    EXPECT(ObIsKernelHandle(Handle));
    EXPECT_EQ(ObReferenceObjectByHandleWithTag(Handle, 0, NULL, UserMode, TAG, &object, NULL),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(ObReferenceObjectByPointerWithTag(Event, 0, *ExEventObjectType, UserMode, TAG),
              STATUS_SUCCESS);
    ObDereferenceObjectDeferDeleteWithTag(Event, TAG);
    EXPECT(ObReferenceObjectSafe(Event));
    ObDereferenceObjectDeferDelete(Event);
    // The macros of the headers are these functions; both return the new count.
    {
        LONG_PTR count = ObfReferenceObjectWithTag(Event, TAG);

        EXPECT_EQ(ObReferenceObject(Event), count + 1);
        EXPECT_EQ(ObDereferenceObject(Event), count);
        EXPECT_EQ(ObReferenceObjectWithTag(Event, TAG), count + 1);
        EXPECT_EQ(ObDereferenceObjectWithTag(Event, TAG), count);
        EXPECT_EQ(ObfDereferenceObjectWithTag(Event, TAG), count - 1);
    }
    EXPECT_EQ(ObOpenObjectByPointerWithTag(Event, 0, NULL, SYNCHRONIZE, *ExEventObjectType,
                                           KernelMode, TAG, &second),
              STATUS_SUCCESS);
    EXPECT(!ObIsKernelHandle(second));
    // Access is checked for user mode only, and against what the handle was opened with.
    EXPECT_EQ(ObReferenceObjectByHandle(second, EVENT_MODIFY_STATE, NULL, UserMode, &object, NULL),
              STATUS_ACCESS_DENIED);
    EXPECT_EQ(ObReferenceObjectByHandle(second, SYNCHRONIZE, NULL, UserMode, &object, NULL),
              STATUS_SUCCESS);
    ObDereferenceObject(object);
    EXPECT_EQ(
        ObReferenceObjectByHandle(second, EVENT_MODIFY_STATE, NULL, KernelMode, &object, NULL),
        STATUS_SUCCESS);
    ObDereferenceObject(object);
    EXPECT_EQ(ObCloseHandle(second, UserMode), STATUS_SUCCESS);
    EXPECT_EQ(ObCloseHandle(second, UserMode), STATUS_INVALID_HANDLE);
    EXPECT_EQ(ObCloseHandle(Handle, UserMode), STATUS_INVALID_HANDLE);
    EXPECT_EQ(ObOpenObjectByPointer(Event, OBJ_KERNEL_HANDLE, NULL, SYNCHRONIZE, *IoFileObjectType,
                                    UserMode, &second),
              STATUS_OBJECT_TYPE_MISMATCH);
}

static void
TestNames(PKEVENT Event)
{
    ULONGLONG memory[32];
    POBJECT_NAME_INFORMATION information = (POBJECT_NAME_INFORMATION)memory;
    UNICODE_STRING missing = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\ObNothing");
    OBJECT_ATTRIBUTES attributes;
    PVOID object;
    HANDLE handle;
    ULONG length;

    EXPECT_EQ(ObReferenceObjectByName(&eventName, OBJ_CASE_INSENSITIVE, NULL, 0, *ExEventObjectType,
                                      KernelMode, NULL, &object),
              STATUS_SUCCESS);
    EXPECT(object == Event);
    ObDereferenceObject(object);
    EXPECT_EQ(ObReferenceObjectByName(&eventName, OBJ_CASE_INSENSITIVE, NULL, 0, *IoFileObjectType,
                                      KernelMode, NULL, &object),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ObReferenceObjectByName(&missing, OBJ_CASE_INSENSITIVE, NULL, 0, NULL, KernelMode,
                                      NULL, &object),
              STATUS_OBJECT_NAME_NOT_FOUND);
    InitializeObjectAttributes(&attributes, &eventName, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    EXPECT_EQ(ObOpenObjectByName(&attributes, *ExEventObjectType, KernelMode, NULL, SYNCHRONIZE,
                                 NULL, &handle),
              STATUS_SUCCESS);
    ZwClose(handle);
    EXPECT_EQ(ObQueryNameString(Event, information, 4, &length), STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ObQueryNameString(Event, information, sizeof(memory), &length), STATUS_SUCCESS);
    EXPECT(RtlEqualUnicodeString(&information->Name, &eventName, FALSE));
    EXPECT_EQ(information->Name.MaximumLength, information->Name.Length + sizeof(WCHAR));
    EXPECT_EQ(ObQueryNameString(PsGetCurrentThread(), information, sizeof(memory), &length),
              STATUS_SUCCESS);
    EXPECT(information->Name.Buffer == NULL && information->Name.Length == 0);
}

static void
TestDuplicate(HANDLE Handle)
{
    OBJECT_HANDLE_INFORMATION information;
    PVOID object;
    HANDLE copy;

    EXPECT_EQ(ZwDuplicateObject(ZwCurrentProcess(), Handle, ZwCurrentProcess(), &copy, SYNCHRONIZE,
                                OBJ_KERNEL_HANDLE | OBJ_INHERIT, 0),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(copy, 0, NULL, KernelMode, &object, &information),
              STATUS_SUCCESS);
    EXPECT_EQ(information.GrantedAccess, SYNCHRONIZE);
    EXPECT_EQ(information.HandleAttributes & OBJ_INHERIT, OBJ_INHERIT);
    ObDereferenceObject(object);
    EXPECT_EQ(ZwDuplicateObject(ZwCurrentProcess(), copy, NULL, NULL, 0, 0, DUPLICATE_CLOSE_SOURCE),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(copy, 0, NULL, KernelMode, &object, NULL),
              STATUS_INVALID_HANDLE);
}

static void
TestDirectory(void)
{
    UNICODE_STRING device = RTL_CONSTANT_STRING(L"\\Device");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\ObHandlesLink");
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    LUID first, second;

    InitializeObjectAttributes(&attributes, &device, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    EXPECT_EQ(ZwOpenDirectoryObject(&handle, DIRECTORY_QUERY, &attributes), STATUS_SUCCESS);
    ZwClose(handle);
    attributes.ObjectName = &eventName;
    EXPECT_EQ(ZwOpenDirectoryObject(&handle, DIRECTORY_QUERY, &attributes),
              STATUS_OBJECT_TYPE_MISMATCH);
    attributes.ObjectName = &link;
    EXPECT_EQ(ZwCreateSymbolicLinkObject(&handle, SYMBOLIC_LINK_ALL_ACCESS, &attributes, &device),
              STATUS_SUCCESS);
    attributes.Attributes |= OBJ_FORCE_ACCESS_CHECK;
    ZwClose(handle);
    EXPECT_EQ(ZwOpenDirectoryObject(&handle, DIRECTORY_QUERY, &attributes),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(ZwAllocateLocallyUniqueId(&first), STATUS_SUCCESS);
    EXPECT_EQ(ZwAllocateLocallyUniqueId(&second), STATUS_SUCCESS);
    EXPECT(!RtlEqualLuid(&first, &second));
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;

VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    PKEVENT event;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    InitializeObjectAttributes(&attributes, &eventName, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    EXPECT_EQ(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(
        ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, (PVOID *)&event, NULL),
        STATUS_SUCCESS);
    TestEvents();
    TestReferences(event, handle);
    TestNames(event);
    TestDuplicate(handle);
    TestDirectory();
    ObDereferenceObject(event);
    ZwClose(handle);
    return Finish("ob_handles");
}
