// SPDX-License-Identifier: MIT
// What handles say about objects, what directories list, handles copied between a client and the
// system process, and the services on events that a client calls.
// Page: NF:ntifs.ZwQueryObject, NF:ntifs.NtQueryObject, NF:ntifs.ZwDuplicateObject
// Run: open \\.\ObQuery
// Run: ioctl 0x222000
// Expect: ob_query: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTSYSAPI NTSTATUS NTAPI
ZwCreateEvent(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, EVENT_TYPE, BOOLEAN);
NTSYSAPI NTSTATUS NTAPI
NtCreateEvent(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, EVENT_TYPE, BOOLEAN);
NTSYSAPI NTSTATUS NTAPI NtSetEvent(HANDLE, PLONG);
NTSYSAPI NTSTATUS NTAPI
NtDuplicateObject(HANDLE, HANDLE, HANDLE, PHANDLE, ACCESS_MASK, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI
ZwQueryDirectoryObject(HANDLE, PVOID, ULONG, BOOLEAN, BOOLEAN, PULONG, PULONG);

typedef struct
{
    UNICODE_STRING Name, TypeName;
} DIRECTORY_ENTRY;

static UNICODE_STRING directoryName = RTL_CONSTANT_STRING(L"\\ObQueryDirectory");
static UNICODE_STRING oneName = RTL_CONSTANT_STRING(L"\\ObQueryDirectory\\One");
static UNICODE_STRING twoName = RTL_CONSTANT_STRING(L"\\ObQueryDirectory\\Two");

// Memory of the client.
static struct
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    WCHAR Text[64];
    HANDLE Handle;
    LONG State;
    ULONG Length;
    PUBLIC_OBJECT_BASIC_INFORMATION Basic;
} *user;

static void
TestQuery(HANDLE Event, HANDLE Anonymous)
{
    UNICODE_STRING type = RTL_CONSTANT_STRING(L"Event");
    PUBLIC_OBJECT_BASIC_INFORMATION basic;
    ULONGLONG memory[64];
    PUNICODE_STRING name = (PUNICODE_STRING)memory;
    ULONG length = 0;

    EXPECT_EQ(ZwQueryObject(Event, ObjectBasicInformation, &basic, sizeof(basic), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(length, sizeof(basic));
    EXPECT_EQ(basic.GrantedAccess, EVENT_ALL_ACCESS);
    EXPECT_EQ(basic.HandleCount, 1);
    EXPECT(basic.PointerCount >= 2); // the handle and the name
    EXPECT_EQ(ZwQueryObject(Event, ObjectBasicInformation, &basic, sizeof(basic) - 4, &length),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(length, sizeof(basic));
    EXPECT_EQ(ZwQueryObject(Event, ObjectNameInformation, memory, sizeof(memory), &length),
              STATUS_SUCCESS);
    EXPECT(RtlEqualUnicodeString(name, &oneName, FALSE));
    EXPECT(name->Buffer == (PWSTR)(name + 1));
    EXPECT_EQ(length, sizeof(UNICODE_STRING) + oneName.Length + sizeof(WCHAR));
    EXPECT_EQ(ZwQueryObject(Event, ObjectNameInformation, memory, 20, &length),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(length, sizeof(UNICODE_STRING) + oneName.Length + sizeof(WCHAR));
    EXPECT_EQ(ZwQueryObject(Anonymous, ObjectNameInformation, memory, sizeof(memory), &length),
              STATUS_SUCCESS);
    EXPECT(name->Length == 0 && name->Buffer == NULL);
    EXPECT_EQ(ZwQueryObject(Event, ObjectTypeInformation, memory, sizeof(memory), &length),
              STATUS_SUCCESS);
    EXPECT(RtlEqualUnicodeString(name, &type, FALSE));
    EXPECT_EQ(ZwQueryObject(Event, ObjectTypeInformation, memory, 64, &length),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ZwQueryObject(Event, (OBJECT_INFORMATION_CLASS)99, memory, sizeof(memory), &length),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(ZwQueryObject((HANDLE)0x7ffc, ObjectBasicInformation, &basic, sizeof(basic), NULL),
              STATUS_INVALID_HANDLE);
    // The client's question: a kernel handle is none, and a kernel address is no buffer.
    EXPECT_EQ(
        NtQueryObject(Event, ObjectBasicInformation, &user->Basic, sizeof(basic), &user->Length),
        STATUS_INVALID_HANDLE);
    EXPECT_EQ(NtQueryObject(NtCurrentProcess(), ObjectBasicInformation, &user->Basic, sizeof(basic),
                            &user->Length),
              STATUS_SUCCESS);
    EXPECT_EQ(user->Length, sizeof(basic));
    EXPECT_EQ(
        NtQueryObject(NtCurrentProcess(), ObjectBasicInformation, &basic, sizeof(basic), NULL),
        STATUS_ACCESS_VIOLATION);
}

static void
TestDirectory(HANDLE Directory)
{
    UNICODE_STRING one = RTL_CONSTANT_STRING(L"One"), two = RTL_CONSTANT_STRING(L"Two");
    UNICODE_STRING event = RTL_CONSTANT_STRING(L"Event");
    ULONGLONG memory[64];
    DIRECTORY_ENTRY *entries = (DIRECTORY_ENTRY *)memory;
    ULONG context = 0, length = 0;

    EXPECT_EQ(
        ZwQueryDirectoryObject(Directory, memory, sizeof(memory), FALSE, TRUE, &context, &length),
        STATUS_SUCCESS);
    EXPECT_EQ(context, 2);
    EXPECT(RtlEqualUnicodeString(&entries[0].Name, &one, FALSE));
    EXPECT(RtlEqualUnicodeString(&entries[1].Name, &two, FALSE));
    EXPECT(RtlEqualUnicodeString(&entries[1].TypeName, &event, FALSE));
    EXPECT(entries[2].Name.Length == 0 && entries[2].Name.Buffer == NULL);
    EXPECT(length > 3 * sizeof(DIRECTORY_ENTRY) && length <= sizeof(memory));
    EXPECT_EQ(
        ZwQueryDirectoryObject(Directory, memory, sizeof(memory), FALSE, FALSE, &context, &length),
        STATUS_NO_MORE_ENTRIES);
    // One at a time, and as many as fit.
    EXPECT_EQ(ZwQueryDirectoryObject(Directory, memory, sizeof(memory), TRUE, TRUE, &context, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(context, 1);
    EXPECT(RtlEqualUnicodeString(&entries[0].Name, &one, FALSE));
    EXPECT_EQ(
        ZwQueryDirectoryObject(Directory, memory, sizeof(memory), TRUE, FALSE, &context, NULL),
        STATUS_SUCCESS);
    EXPECT(RtlEqualUnicodeString(&entries[0].Name, &two, FALSE));
    EXPECT_EQ(ZwQueryDirectoryObject(Directory, memory, 100, FALSE, TRUE, &context, NULL),
              STATUS_MORE_ENTRIES);
    EXPECT_EQ(context, 1);
    EXPECT_EQ(ZwQueryDirectoryObject(Directory, memory, 8, FALSE, TRUE, &context, NULL),
              STATUS_BUFFER_TOO_SMALL);
}

// A handle of the client becomes one of the system process, and goes back with less access.
static void
TestDuplicate(void)
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID id = {PsGetProcessId(PsInitialSystemProcess), NULL};
    OBJECT_HANDLE_INFORMATION information;
    HANDLE system, event, copy, back;
    KAPC_STATE state;
    PVOID object, same;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwOpenProcess(&system, PROCESS_DUP_HANDLE, &attributes, &id), STATUS_SUCCESS);
    EXPECT_EQ(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(event, 0, NULL, KernelMode, &object, NULL), STATUS_SUCCESS);
    EXPECT_EQ(
        ZwDuplicateObject(ZwCurrentProcess(), event, system, &copy, 0, 0, DUPLICATE_SAME_ACCESS),
        STATUS_SUCCESS);
    KeStackAttachProcess((PRKPROCESS)PsInitialSystemProcess, &state);
    EXPECT_EQ(ObReferenceObjectByHandle(copy, 0, NULL, KernelMode, &same, &information),
              STATUS_SUCCESS);
    KeUnstackDetachProcess(&state);
    EXPECT(same == object);
    EXPECT_EQ(information.GrantedAccess, EVENT_ALL_ACCESS);
    ObDereferenceObject(same);
    EXPECT_EQ(ZwDuplicateObject(system, copy, ZwCurrentProcess(), &back, SYNCHRONIZE, OBJ_INHERIT,
                                DUPLICATE_CLOSE_SOURCE),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(back, 0, NULL, KernelMode, &same, &information),
              STATUS_SUCCESS);
    EXPECT(same == object && information.HandleAttributes == OBJ_INHERIT);
    EXPECT_EQ(information.GrantedAccess, SYNCHRONIZE);
    ObDereferenceObject(same);
    // The source was closed.
    EXPECT_EQ(
        ZwDuplicateObject(system, copy, ZwCurrentProcess(), &copy, 0, 0, DUPLICATE_SAME_ACCESS),
        STATUS_INVALID_HANDLE);
    EXPECT_EQ(
        ZwDuplicateObject(event, event, ZwCurrentProcess(), &copy, 0, 0, DUPLICATE_SAME_ACCESS),
        STATUS_OBJECT_TYPE_MISMATCH);
    // The client's own service: no kernel handles, and no kernel memory.
    EXPECT_EQ(NtDuplicateObject(NtCurrentProcess(), back, NtCurrentProcess(), &user->Handle, 0,
                                OBJ_KERNEL_HANDLE, DUPLICATE_SAME_ACCESS),
              STATUS_SUCCESS);
    EXPECT((LONG_PTR)user->Handle > 0);
    EXPECT_EQ(NtClose(user->Handle), STATUS_SUCCESS);
    EXPECT_EQ(NtDuplicateObject(NtCurrentProcess(), back, NtCurrentProcess(), &copy, 0, 0,
                                DUPLICATE_SAME_ACCESS),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtDuplicateObject(system, (HANDLE)4, NtCurrentProcess(), &user->Handle, 0, 0,
                                DUPLICATE_SAME_ACCESS),
              STATUS_INVALID_HANDLE);
    ZwClose(back);
    ZwClose(event);
    ZwClose(system);
    ObDereferenceObject(object);
}

static void
TestEvents(void)
{
    LONG state;

    RtlCopyMemory(user->Text, L"\\BaseNamedObjects\\ObQueryEvent", 60);
    user->Name.Buffer = user->Text;
    user->Name.Length = user->Name.MaximumLength = 60;
    InitializeObjectAttributes(&user->Attributes, &user->Name,
                               OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    EXPECT_EQ(
        NtCreateEvent(&user->Handle, EVENT_ALL_ACCESS, &user->Attributes, NotificationEvent, FALSE),
        STATUS_SUCCESS);
    EXPECT((LONG_PTR)user->Handle > 0);
    EXPECT_EQ(NtSetEvent(user->Handle, &user->State), STATUS_SUCCESS);
    EXPECT_EQ(user->State, 0);
    EXPECT_EQ(NtSetEvent(user->Handle, &user->State), STATUS_SUCCESS);
    EXPECT_EQ(user->State, 1);
    EXPECT_EQ(NtSetEvent(user->Handle, &state), STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtClose(user->Handle), STATUS_SUCCESS);
    EXPECT_EQ(NtSetEvent(user->Handle, NULL), STATUS_INVALID_HANDLE);
    EXPECT_EQ(NtCreateEvent(&user->Handle, EVENT_ALL_ACCESS, NULL, (EVENT_TYPE)5, FALSE),
              STATUS_INVALID_PARAMETER);
    user->Name.Buffer = oneName.Buffer;
    EXPECT_EQ(
        NtCreateEvent(&user->Handle, EVENT_ALL_ACCESS, &user->Attributes, NotificationEvent, FALSE),
        STATUS_ACCESS_VIOLATION);
}

static void
TestAll(void)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE directory, one, two, anonymous;
    PVOID base = NULL;
    SIZE_T size = sizeof(*user);

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    user = base;
    InitializeObjectAttributes(&attributes, &directoryName, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwCreateDirectoryObject(&directory, DIRECTORY_ALL_ACCESS, &attributes),
              STATUS_SUCCESS);
    attributes.ObjectName = &oneName;
    EXPECT_EQ(ZwCreateEvent(&one, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    attributes.ObjectName = &twoName;
    EXPECT_EQ(ZwCreateEvent(&two, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    attributes.ObjectName = NULL;
    EXPECT_EQ(ZwCreateEvent(&anonymous, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    TestQuery(one, anonymous);
    TestDirectory(directory);
    TestDuplicate();
    TestEvents();
    ZwClose(anonymous);
    ZwClose(two);
    ZwClose(one);
    ZwClose(directory);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\ObQuery");

NTSTATUS
Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        TestAll();
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID
Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(Driver->DeviceObject);
    (void)Finish("ob_query");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\ObQuery");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    IoCreateSymbolicLink(&linkName, &name);
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
