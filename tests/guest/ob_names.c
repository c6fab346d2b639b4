// SPDX-License-Identifier: MIT
// Objects as a driver makes and finds them: directories, links, events, handles, references.
// Page: kernel/object-names.md, kernel/object-directories.md, kernel/life-cycle-of-an-object.md
// Page: kernel/object-handles.md, NF:wdm.ObReferenceObjectByHandle
// Page: NF:wdm.ObReferenceObjectByPointer
// Page: NF:wdm.ZwCreateDirectoryObject, NF:wdm.ZwMakeTemporaryObject, NF:wdm.ZwOpenEvent
// Page: NF:wdm.ZwOpenSymbolicLinkObject, NF:wdm.ZwQuerySymbolicLinkObject
// Page: NF:wdm.IoCreateSymbolicLink, NF:wdm.IoDeleteSymbolicLink, NF:wdm.PsGetVersion
// Page: NF:ntddk.PsGetCurrentProcessId
// Run:
// Expect: ob_names: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define KERNEL (OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE)

static OBJECT_ATTRIBUTES
Attributes(PCUNICODE_STRING Name, ULONG Flags)
{
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)Name, Flags, NULL, NULL);
    return attributes;
}

static void
TestDirectory(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\GuestDirectory");
    DECLARE_CONST_UNICODE_STRING(missing, L"\\Nowhere\\GuestDirectory");
    OBJECT_ATTRIBUTES attributes = Attributes(&name, KERNEL);
    HANDLE directory, again;

    EXPECT_EQ(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwCreateDirectoryObject(&again, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_OBJECT_NAME_COLLISION);
    attributes.Attributes |= OBJ_OPENIF;
    EXPECT_EQ(ZwCreateDirectoryObject(&again, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_OBJECT_NAME_EXISTS);
    ZwClose(again);
    attributes = Attributes(&missing, KERNEL);
    EXPECT_EQ(ZwCreateDirectoryObject(&again, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_OBJECT_PATH_NOT_FOUND);
    // A temporary object loses its name with its last handle.
    ZwClose(directory);
    attributes = Attributes(&name, KERNEL | OBJ_PERMANENT);
    EXPECT_EQ(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_SUCCESS);
    // A permanent one keeps it until it is made temporary.
    ZwClose(directory);
    attributes = Attributes(&name, KERNEL | OBJ_OPENIF);
    EXPECT_EQ(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_OBJECT_NAME_EXISTS);
    EXPECT_EQ(ZwMakeTemporaryObject(directory), STATUS_SUCCESS);
    ZwClose(directory);
    attributes = Attributes(&name, KERNEL);
    EXPECT_EQ(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_SUCCESS);
    ZwClose(directory);
}

static void
TestLink(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\DosDevices\\GuestLink");
    DECLARE_CONST_UNICODE_STRING(other, L"\\??\\GUESTLINK");
    DECLARE_CONST_UNICODE_STRING(target, L"\\Device\\GuestDevice");
    DECLARE_UNICODE_STRING_SIZE(text, 64);
    OBJECT_ATTRIBUTES attributes = Attributes(&other, KERNEL);
    HANDLE link;
    ULONG length;

    EXPECT_EQ(IoCreateSymbolicLink((PUNICODE_STRING)&name, (PUNICODE_STRING)&target),
              STATUS_SUCCESS);
    EXPECT_EQ(IoCreateSymbolicLink((PUNICODE_STRING)&other, (PUNICODE_STRING)&target),
              STATUS_OBJECT_NAME_COLLISION);
    EXPECT_EQ(ZwOpenSymbolicLinkObject(&link, SYMBOLIC_LINK_QUERY, &attributes), STATUS_SUCCESS);
    EXPECT_EQ(ZwQuerySymbolicLinkObject(link, &text, &length), STATUS_SUCCESS);
    EXPECT(RtlEqualUnicodeString(&text, &target, FALSE));
    EXPECT_EQ(length, target.MaximumLength);
    text.MaximumLength = 8;
    EXPECT_EQ(ZwQuerySymbolicLinkObject(link, &text, &length), STATUS_BUFFER_TOO_SMALL);
    ZwClose(link);
    EXPECT_EQ(IoDeleteSymbolicLink((PUNICODE_STRING)&name), STATUS_SUCCESS);
    EXPECT_EQ(IoDeleteSymbolicLink((PUNICODE_STRING)&name), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void
TestHandles(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\BaseNamedObjects\\GuestEvent");
    OBJECT_ATTRIBUTES attributes = Attributes(&name, KERNEL);
    PKEVENT created, event;
    OBJECT_HANDLE_INFORMATION information;
    PVOID object;
    HANDLE handle, second;

    created = IoCreateNotificationEvent((PUNICODE_STRING)&name, &handle);
    EXPECT(created != NULL);
    EXPECT_EQ(ZwOpenEvent(&second, EVENT_MODIFY_STATE, &attributes), STATUS_SUCCESS);
    // Kernel handles are told from a process's own.
    EXPECT((LONG_PTR)second < 0);
    EXPECT_EQ(ObReferenceObjectByHandle(second, EVENT_MODIFY_STATE, *ExEventObjectType, KernelMode,
                                        (PVOID *)&event, &information),
              STATUS_SUCCESS);
    EXPECT(event == created);
    EXPECT_EQ(information.GrantedAccess, EVENT_MODIFY_STATE);
    EXPECT_EQ(ObReferenceObjectByHandle(second, 0, *IoFileObjectType, KernelMode, &object, NULL),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ObReferenceObjectByHandle(second, 0, *ExEventObjectType, UserMode, &object, NULL),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(ObReferenceObjectByPointer(event, 0, *ExEventObjectType, KernelMode), STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByPointer(event, 0, *IoFileObjectType, UserMode),
              STATUS_OBJECT_TYPE_MISMATCH);
    ObDereferenceObject(event);
    ZwClose(second);
    ZwClose(handle);
    // References keep an object alive without a handle.
    EXPECT_EQ(KeReadStateEvent(event), 1); // IoCreateNotificationEvent makes it signaled
    ObDereferenceObject(event);
    EXPECT_EQ(ZwOpenEvent(&second, EVENT_MODIFY_STATE, &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void
TestProcess(void)
{
    ULONG major, minor, build;

    EXPECT_EQ((ULONG_PTR)PsGetCurrentProcessId(), 4);
    EXPECT(PsGetCurrentProcess() == PsInitialSystemProcess);
    EXPECT(!PsGetVersion(&major, &minor, &build, NULL));
    EXPECT_EQ(major, 10);
    EXPECT_EQ(minor, 0);
    EXPECT(PsGetCurrentThreadId() != NULL);
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    TestDirectory();
    TestLink();
    TestHandles();
    TestProcess();
    return Finish("ob_names");
}
