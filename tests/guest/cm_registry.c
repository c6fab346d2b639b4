// SPDX-License-Identifier: MIT
// The registry through the Zw services: keys, values, all answers and how they say "too small".
// Page: kernel/opening-a-handle-to-a-registry-key-object.md
// Page: kernel/using-a-handle-to-a-registry-key-object.md
// Page: kernel/registry-key-object-routines.md
// Page: NF:wdm.ZwCreateKey, NF:wdm.ZwOpenKey, NF:wdm.ZwOpenKeyEx, NF:wdm.ZwSetValueKey
// Page: NF:wdm.ZwQueryValueKey, NF:wdm.ZwEnumerateKey, NF:wdm.ZwEnumerateValueKey
// Page: NF:wdm.ZwQueryKey, NF:wdm.ZwDeleteKey, NF:wdm.ZwDeleteValueKey, NF:wdm.ZwFlushKey
// Page: NF:ntifs.ZwNotifyChangeKey, NF:wdm.IoOpenDriverRegistryKey
// Run:
// Expect: cm_registry: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

static HANDLE parameters; // ...\Services\<name>\Parameters
static HANDLE scratch;    // a key below it
static PDRIVER_OBJECT driver;

static NTSTATUS
Open(HANDLE Root, PCWSTR Name, PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Root,
                               NULL);
    return ZwOpenKey(Handle, KEY_ALL_ACCESS, &attributes);
}

static NTSTATUS
Create(HANDLE Root, PCWSTR Name, ULONG Options, PHANDLE Handle, PULONG Disposition)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, Root,
                               NULL);
    return ZwCreateKey(Handle, KEY_ALL_ACCESS, &attributes, 0, NULL, Options, Disposition);
}

static NTSTATUS
Set(HANDLE Key, PCWSTR Name, ULONG Type, const void *Data, ULONG Size)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    return ZwSetValueKey(Key, &name, 0, Type, (PVOID)Data, Size);
}

static NTSTATUS
Query(HANDLE Key,
      PCWSTR Name,
      KEY_VALUE_INFORMATION_CLASS Class,
      PVOID Buffer,
      ULONG Length,
      PULONG Result)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    return ZwQueryValueKey(Key, &name, Class, Buffer, Length, Result);
}

static void
TestDriverKeys(PUNICODE_STRING RegistryPath)
{
    UCHAR buffer[256];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PVOID)buffer;
    OBJECT_ATTRIBUTES attributes;
    HANDLE service, state;
    ULONG length;

    // The path that DriverEntry gets opens, and the service is described as an INF would.
    InitializeObjectAttributes(&attributes, RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               NULL, NULL);
    EXPECT_EQ(ZwOpenKey(&service, KEY_READ, &attributes), STATUS_SUCCESS);
    EXPECT_EQ(Query(service, L"Type", KeyValuePartialInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(value->Type, REG_DWORD);
    EXPECT_EQ(value->DataLength, sizeof(ULONG));
    EXPECT_EQ(*(PULONG)value->Data, SERVICE_KERNEL_DRIVER);
    EXPECT_EQ(Query(service, L"Start", KeyValuePartialInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(Query(service, L"ErrorControl", KeyValuePartialInformation, buffer, sizeof(buffer),
                    &length),
              STATUS_SUCCESS);
    EXPECT_EQ(*(PULONG)value->Data, SERVICE_ERROR_NORMAL);
    EXPECT_EQ(
        Query(service, L"imagepath", KeyValuePartialInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    EXPECT_EQ(value->Type, REG_EXPAND_SZ);
    EXPECT_EQ(ZwClose(service), STATUS_SUCCESS);

    EXPECT_EQ(
        IoOpenDriverRegistryKey(driver, DriverRegKeyParameters, KEY_ALL_ACCESS, 0, &parameters),
        STATUS_SUCCESS);
    EXPECT_EQ(
        IoOpenDriverRegistryKey(driver, DriverRegKeyPersistentState, KEY_ALL_ACCESS, 0, &state),
        STATUS_SUCCESS);
    EXPECT_EQ(Set(state, L"Kept", REG_DWORD, &length, sizeof(length)), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(state), STATUS_SUCCESS);
}

static void
TestCreate(void)
{
    ULONG disposition = 0;
    HANDLE key, child;

    EXPECT_EQ(Create(parameters, L"Scratch", 0, &scratch, &disposition), STATUS_SUCCESS);
    EXPECT_EQ(disposition, REG_CREATED_NEW_KEY);
    EXPECT_EQ(Create(parameters, L"scratch", 0, &key, &disposition), STATUS_SUCCESS);
    EXPECT_EQ(disposition, REG_OPENED_EXISTING_KEY);
    ZwClose(key);
    EXPECT_EQ(Open(parameters, L"SCRATCH", &key), STATUS_SUCCESS);
    ZwClose(key);
    EXPECT_EQ(Open(parameters, L"Missing", &key), STATUS_OBJECT_NAME_NOT_FOUND);
    // Only the last key of a path is made.
    EXPECT_EQ(Create(scratch, L"A\\B", 0, &key, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(Create(scratch, L"A", 0, &key, NULL), STATUS_SUCCESS);
    EXPECT_EQ(Create(scratch, L"A\\B", 0, &child, NULL), STATUS_SUCCESS);
    ZwClose(child);
    // What has subkeys stays.
    EXPECT_EQ(ZwDeleteKey(key), STATUS_CANNOT_DELETE);
    EXPECT_EQ(Open(key, L"B", &child), STATUS_SUCCESS);
    EXPECT_EQ(ZwDeleteKey(child), STATUS_SUCCESS);
    EXPECT_EQ(ZwDeleteKey(child), STATUS_KEY_DELETED);
    EXPECT_EQ(Set(child, L"V", REG_NONE, NULL, 0), STATUS_KEY_DELETED);
    ZwClose(child);
    EXPECT_EQ(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
    EXPECT_EQ(Open(scratch, L"A", &key), STATUS_OBJECT_NAME_NOT_FOUND);
    // Paths begin with \Registry; relative ones need a handle.
    EXPECT_EQ(Open(NULL, L"Registry\\Machine", &key), STATUS_OBJECT_PATH_SYNTAX_BAD);
    EXPECT_EQ(Open(NULL, L"\\Registry\\Machine\\System", &key), STATUS_SUCCESS);
    ZwClose(key);
}

static void
TestVolatile(void)
{
    ULONG disposition;
    HANDLE key, child;

    EXPECT_EQ(Create(scratch, L"Volatile", REG_OPTION_VOLATILE, &key, &disposition),
              STATUS_SUCCESS);
    EXPECT_EQ(Create(key, L"Stable", 0, &child, NULL), STATUS_CHILD_MUST_BE_VOLATILE);
    EXPECT_EQ(Create(key, L"Child", REG_OPTION_VOLATILE, &child, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwDeleteKey(child), STATUS_SUCCESS);
    ZwClose(child);
    EXPECT_EQ(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static void
TestValueTypes(void)
{
    static const struct
    {
        ULONG Type;
        ULONG Size;
    } types[] = {{REG_NONE, 0},
                 {REG_SZ, 10},
                 {REG_EXPAND_SZ, 12},
                 {REG_BINARY, 7},
                 {REG_DWORD, 4},
                 {REG_DWORD_BIG_ENDIAN, 4},
                 {REG_LINK, 20},
                 {REG_MULTI_SZ, 14},
                 {REG_RESOURCE_LIST, 32},
                 {REG_QWORD, 8},
                 {REG_FULL_RESOURCE_DESCRIPTOR, 24},
                 {REG_RESOURCE_REQUIREMENTS_LIST, 40}};
    static UCHAR data[64], buffer[128];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PVOID)buffer;
    WCHAR name[2] = L"a";
    ULONG length;
    UNICODE_STRING string;

    for (ULONG i = 0; i < sizeof(data); i++)
        data[i] = (UCHAR)(i * 3 + 1);
    for (ULONG i = 0; i < RTL_NUMBER_OF(types); i++)
    {
        name[0] = (WCHAR)(L'a' + i);
        EXPECT_EQ(Set(scratch, name, types[i].Type, data, types[i].Size), STATUS_SUCCESS);
        EXPECT_EQ(Query(scratch, name, KeyValuePartialInformation, buffer, sizeof(buffer), &length),
                  STATUS_SUCCESS);
        EXPECT_EQ(value->Type, types[i].Type);
        EXPECT_EQ(value->DataLength, types[i].Size);
        EXPECT_EQ(length, FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + types[i].Size);
        EXPECT_EQ(RtlCompareMemory(value->Data, data, types[i].Size), types[i].Size);
        RtlInitUnicodeString(&string, name);
        EXPECT_EQ(ZwDeleteValueKey(scratch, &string), STATUS_SUCCESS);
        EXPECT_EQ(ZwDeleteValueKey(scratch, &string), STATUS_OBJECT_NAME_NOT_FOUND);
    }
    // The value without a name is the key's default.
    EXPECT_EQ(Set(scratch, L"", REG_BINARY, data, 3), STATUS_SUCCESS);
    EXPECT_EQ(Query(scratch, NULL, KeyValuePartialInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(value->DataLength, 3);
    RtlInitUnicodeString(&string, L"");
    EXPECT_EQ(ZwDeleteValueKey(scratch, &string), STATUS_SUCCESS);
}

static void
TestValueClasses(void)
{
    static const WCHAR text[] = L"four";
    UCHAR buffer[128];
    PKEY_VALUE_BASIC_INFORMATION basic = (PVOID)buffer;
    PKEY_VALUE_FULL_INFORMATION full = (PVOID)buffer;
    PKEY_VALUE_PARTIAL_INFORMATION partial = (PVOID)buffer;
    PKEY_VALUE_PARTIAL_INFORMATION_ALIGN64 aligned = (PVOID)buffer;
    ULONG length, needed;

    EXPECT_EQ(Set(scratch, L"Name1", REG_SZ, text, sizeof(text)), STATUS_SUCCESS);
    EXPECT_EQ(Query(scratch, L"NAME1", KeyValueBasicInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(basic->Type, REG_SZ);
    EXPECT_EQ(basic->NameLength, 10);
    EXPECT_EQ(basic->Name[4], L'1');
    EXPECT_EQ(length, FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name) + 10);
    EXPECT_EQ(Query(scratch, L"Name1", KeyValueFullInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(full->DataLength, sizeof(text));
    EXPECT_EQ(full->NameLength, 10);
    EXPECT(full->DataOffset >= FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name) + 10);
    EXPECT_EQ(RtlCompareMemory(buffer + full->DataOffset, text, sizeof(text)), sizeof(text));
    EXPECT_EQ(length, full->DataOffset + sizeof(text));
    EXPECT_EQ(Query(scratch, L"Name1", KeyValuePartialInformationAlign64, buffer, sizeof(buffer),
                    &length),
              STATUS_SUCCESS);
    EXPECT_EQ(aligned->DataLength, sizeof(text));
    EXPECT_EQ(RtlCompareMemory(aligned->Data, text, sizeof(text)), sizeof(text));
    EXPECT_EQ(
        Query(scratch, L"Name1", KeyValueFullInformationAlign64, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    EXPECT_EQ(full->DataOffset & 7, 0);
    EXPECT_EQ(Query(scratch, L"Name1", MaxKeyValueInfoClass, buffer, sizeof(buffer), &length),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(Query(scratch, L"Other", KeyValueBasicInformation, buffer, sizeof(buffer), &length),
              STATUS_OBJECT_NAME_NOT_FOUND);
    // Less than the fixed part: nothing is written. Less than all: what fits is.
    needed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(text);
    EXPECT_EQ(Query(scratch, L"Name1", KeyValuePartialInformation, NULL, 0, &length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(length, needed);
    RtlFillMemory(buffer, sizeof(buffer), 0xee);
    EXPECT_EQ(Query(scratch, L"Name1", KeyValuePartialInformation, buffer, 11, &length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(buffer[0], 0xee);
    EXPECT_EQ(Query(scratch, L"Name1", KeyValuePartialInformation, buffer, 16, &length),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(length, needed);
    EXPECT_EQ(partial->DataLength, sizeof(text));
    EXPECT_EQ(*(PWSTR)partial->Data, L'f');
    EXPECT_EQ(buffer[16], 0xee);
}

static void
TestEnumerate(void)
{
    static const PCWSTR names[] = {L"zeta", L"Alpha", L"mu"};
    UCHAR buffer[128];
    PKEY_BASIC_INFORMATION basic = (PVOID)buffer;
    PKEY_NODE_INFORMATION node = (PVOID)buffer;
    PKEY_FULL_INFORMATION full = (PVOID)buffer;
    PKEY_VALUE_BASIC_INFORMATION value = (PVOID)buffer;
    UNICODE_STRING class = RTL_CONSTANT_STRING(L"Class!"), name;
    OBJECT_ATTRIBUTES attributes;
    HANDLE keys[RTL_NUMBER_OF(names)];
    ULONG length, number = 5;

    for (ULONG i = 0; i < RTL_NUMBER_OF(names); i++)
    {
        RtlInitUnicodeString(&name, names[i]);
        InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, scratch, NULL);
        EXPECT_EQ(
            ZwCreateKey(&keys[i], KEY_ALL_ACCESS, &attributes, 0, i == 0 ? &class : NULL, 0, NULL),
            STATUS_SUCCESS);
    }
    EXPECT_EQ(ZwEnumerateKey(scratch, 0, KeyBasicInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(basic->NameLength, 10);
    EXPECT_EQ(basic->Name[0], L'A');
    EXPECT(basic->LastWriteTime.QuadPart != 0);
    EXPECT_EQ(ZwEnumerateKey(scratch, 2, KeyNodeInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(node->Name[0], L'z');
    EXPECT_EQ(node->ClassLength, class.Length);
    EXPECT_EQ(*(PWSTR)(buffer + node->ClassOffset), L'C');
    EXPECT_EQ(ZwEnumerateKey(scratch, 3, KeyBasicInformation, buffer, sizeof(buffer), &length),
              STATUS_NO_MORE_ENTRIES);
    EXPECT_EQ(ZwEnumerateKey(scratch, 0, KeyNameInformation, buffer, sizeof(buffer), &length),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwEnumerateKey(scratch, 0, KeyBasicInformation, buffer, 4, &length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(length, FIELD_OFFSET(KEY_BASIC_INFORMATION, Name) + 10);

    EXPECT_EQ(Set(scratch, L"Second", REG_DWORD, &number, sizeof(number)), STATUS_SUCCESS);
    EXPECT_EQ(
        ZwEnumerateValueKey(scratch, 0, KeyValueBasicInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    EXPECT_EQ(value->Name[0], L'N');
    EXPECT_EQ(
        ZwEnumerateValueKey(scratch, 1, KeyValueBasicInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    EXPECT_EQ(value->NameLength, 12);
    EXPECT_EQ(
        ZwEnumerateValueKey(scratch, 2, KeyValueBasicInformation, buffer, sizeof(buffer), &length),
        STATUS_NO_MORE_ENTRIES);

    EXPECT_EQ(ZwQueryKey(scratch, KeyFullInformation, buffer, sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(full->SubKeys, 3);
    EXPECT_EQ(full->Values, 2);
    EXPECT_EQ(full->MaxNameLen, 10);
    EXPECT_EQ(full->MaxClassLen, class.Length);
    EXPECT_EQ(full->MaxValueNameLen, 12);
    EXPECT_EQ(full->MaxValueDataLen, 10);
    for (ULONG i = 0; i < RTL_NUMBER_OF(names); i++)
    {
        EXPECT_EQ(ZwDeleteKey(keys[i]), STATUS_SUCCESS);
        ZwClose(keys[i]);
    }
}

static void
TestNames(void)
{
    static UCHAR buffer[512];
    PKEY_NAME_INFORMATION information = (PVOID)buffer;
    POBJECT_NAME_INFORMATION object = (PVOID)buffer;
    UNICODE_STRING name, expected, newName = RTL_CONSTANT_STRING(L"Renamed");
    UNICODE_STRING bad = RTL_CONSTANT_STRING(L"Two\\Names");
    HANDLE key, other;
    ULONG length;
    PVOID body;

    EXPECT_EQ(Open(NULL, L"\\Registry\\Machine\\System\\CurrentControlSet\\Control", &key),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwQueryKey(key, KeyNameInformation, buffer, sizeof(buffer), &length), STATUS_SUCCESS);
    name.Buffer = information->Name;
    name.Length = name.MaximumLength = (USHORT)information->NameLength;
    // CurrentControlSet is a link: the name is that of the key it leads to.
    RtlInitUnicodeString(&expected, L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Control");
    EXPECT(RtlEqualUnicodeString(&name, &expected, TRUE));
    EXPECT_EQ(ZwQueryKey(key, KeyNameInformation, buffer, 2, &length), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(ZwQueryKey(key, KeyNameInformation, buffer, 10, &length), STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(ObReferenceObjectByHandle(key, KEY_READ, NULL, KernelMode, &body, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(ObQueryNameString(body, object, sizeof(buffer), &length), STATUS_SUCCESS);
    EXPECT(RtlEqualUnicodeString(&object->Name, &expected, TRUE));
    ObDereferenceObject(body);
    ZwClose(key);

    EXPECT_EQ(Create(scratch, L"Before", 0, &key, NULL), STATUS_SUCCESS);
    EXPECT_EQ(Create(scratch, L"Other", 0, &other, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRenameKey(key, &bad), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwRenameKey(key, &newName), STATUS_SUCCESS);
    EXPECT(!NT_SUCCESS(ZwRenameKey(other, &newName)));
    EXPECT_EQ(ZwDeleteKey(other), STATUS_SUCCESS);
    ZwClose(other);
    EXPECT_EQ(Open(scratch, L"Before", &other), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(Open(scratch, L"Renamed", &other), STATUS_SUCCESS);
    ZwClose(other);
    EXPECT_EQ(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static void
TestLink(void)
{
    static const WCHAR target[] =
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Session Manager";
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Link");
    OBJECT_ATTRIBUTES attributes;
    UCHAR buffer[64];
    ULONG length;
    HANDLE key, followed;

    EXPECT_EQ(Create(scratch, L"Link", REG_OPTION_CREATE_LINK | REG_OPTION_VOLATILE, &key, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(Set(key, L"SymbolicLinkValue", REG_LINK, target, sizeof(target) - sizeof(WCHAR)),
              STATUS_SUCCESS);
    EXPECT_EQ(Open(scratch, L"Link", &followed), STATUS_SUCCESS);
    EXPECT_EQ(Query(followed, L"ProtectionMode", KeyValuePartialInformation, buffer, sizeof(buffer),
                    &length),
              STATUS_SUCCESS);
    ZwClose(followed);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, scratch, NULL);
    EXPECT_EQ(ZwOpenKeyEx(&followed, KEY_ALL_ACCESS, &attributes, REG_OPTION_OPEN_LINK),
              STATUS_SUCCESS);
    EXPECT_EQ(
        Query(followed, L"SymbolicLinkValue", KeyValuePartialInformation, buffer, 12, &length),
        STATUS_BUFFER_OVERFLOW);
    ZwClose(followed);
    EXPECT_EQ(ZwOpenKeyEx(&followed, KEY_ALL_ACCESS, &attributes, 0x4000),
              STATUS_INVALID_PARAMETER_4);
    EXPECT_EQ(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static void
TestMore(void)
{
    UNICODE_STRING first = RTL_CONSTANT_STRING(L"Name1"), second = RTL_CONSTANT_STRING(L"Second");
    KEY_VALUE_ENTRY entries[2] = {{&first, 0, 0, 0}, {&second, 0, 0, 0}};
    KEY_WRITE_TIME_INFORMATION time;
    UCHAR buffer[64];
    PKEY_BASIC_INFORMATION basic = (PVOID)buffer;
    ULONG length = sizeof(buffer), required = 0, result;

    EXPECT_EQ(ZwQueryMultipleValueKey(scratch, entries, 2, buffer, &length, &required),
              STATUS_SUCCESS);
    EXPECT_EQ(entries[0].Type, REG_SZ);
    EXPECT_EQ(entries[1].Type, REG_DWORD);
    EXPECT_EQ(*(PULONG)(buffer + entries[1].DataOffset), 5);
    length = 4;
    EXPECT_EQ(ZwQueryMultipleValueKey(scratch, entries, 2, buffer, &length, &required),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(required, 16);
    time.LastWriteTime.QuadPart = 0x1d0123456789abcd;
    EXPECT_EQ(ZwSetInformationKey(scratch, KeyWriteTimeInformation, &time, sizeof(time)),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwQueryKey(scratch, KeyBasicInformation, buffer, sizeof(buffer), &result),
              STATUS_SUCCESS);
    EXPECT_EQ(basic->LastWriteTime.QuadPart, time.LastWriteTime.QuadPart);
    EXPECT_EQ(ZwSetInformationKey(scratch, KeyWriteTimeInformation, &time, 4),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ZwFlushKey(scratch), STATUS_SUCCESS);
    EXPECT_EQ(ZwFlushKey((HANDLE)(ULONG_PTR)0xffffffff8000fff0ull), STATUS_INVALID_HANDLE);
}

static VOID NTAPI
Changer(PVOID Context)
{
    ULONG number = 77;

    UNREFERENCED_PARAMETER(Context);
    Sleep(MILLISECONDS(5));
    (void)Set(scratch, L"Watched", REG_DWORD, &number, sizeof(number));
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestNotify(void)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io = {0};
    HANDLE event, child;
    PVOID object, thread;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(event, EVENT_ALL_ACCESS, *ExEventObjectType, KernelMode,
                                        &object, NULL),
              STATUS_SUCCESS);
    // A new subkey is no change of a value.
    EXPECT_EQ(ZwNotifyChangeKey(scratch, event, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE,
                                NULL, 0, TRUE),
              STATUS_PENDING);
    EXPECT_EQ(Create(scratch, L"Child", 0, &child, NULL), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(object), 0);
    // The same value again is none, either.
    EXPECT_EQ(Set(scratch, L"Second", REG_DWORD, &(ULONG){5}, sizeof(ULONG)), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(object), 0);
    EXPECT_EQ(Set(scratch, L"Second", REG_DWORD, &(ULONG){6}, sizeof(ULONG)), STATUS_SUCCESS);
    EXPECT(KeReadStateEvent(object) != 0);
    // The tree below is watched when asked for.
    EXPECT_EQ(ZwNotifyChangeKey(scratch, event, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET, FALSE,
                                NULL, 0, TRUE),
              STATUS_PENDING);
    EXPECT_EQ(KeReadStateEvent(object), 0);
    EXPECT_EQ(Set(child, L"V", REG_NONE, NULL, 0), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(object), 0);
    EXPECT_EQ(Set(scratch, L"Second", REG_DWORD, &(ULONG){7}, sizeof(ULONG)), STATUS_SUCCESS);
    EXPECT_EQ(ZwNotifyChangeKey(scratch, event, NULL, NULL, &io, REG_NOTIFY_CHANGE_NAME, TRUE, NULL,
                                0, TRUE),
              STATUS_PENDING);
    EXPECT_EQ(ZwDeleteKey(child), STATUS_SUCCESS);
    EXPECT(KeReadStateEvent(object) != 0);
    ZwClose(child);
    EXPECT_EQ(ZwNotifyChangeKey(scratch, NULL, NULL, NULL, &io, 0, FALSE, NULL, 0, TRUE),
              STATUS_INVALID_PARAMETER);
    // Without Asynchronous the call returns when it has happened.
    thread = StartThread(Changer, NULL);
    EXPECT(NT_SUCCESS(ZwNotifyChangeKey(scratch, NULL, NULL, NULL, &io, REG_NOTIFY_CHANGE_LAST_SET,
                                        FALSE, NULL, 0, FALSE)));
    JoinThread(thread);
    // One that still waits when the key is closed ends then.
    EXPECT_EQ(Open(parameters, L"Scratch", &child), STATUS_SUCCESS);
    EXPECT_EQ(ZwNotifyChangeKey(child, event, NULL, NULL, &io, REG_NOTIFY_CHANGE_NAME, TRUE, NULL,
                                0, TRUE),
              STATUS_PENDING);
    ZwClose(child);
    EXPECT(KeReadStateEvent(object) != 0);
    ObDereferenceObject(object);
    ZwClose(event);
}

static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    driver = Driver;
    Driver->DriverUnload = Unload;
    TestDriverKeys(RegistryPath);
    TestCreate();
    TestVolatile();
    TestValueTypes();
    TestValueClasses();
    TestEnumerate();
    TestNames();
    TestLink();
    TestMore();
    TestNotify();
    EXPECT_EQ(ZwDeleteKey(scratch), STATUS_SUCCESS);
    ZwClose(scratch);
    ZwClose(parameters);
    return Finish("cm_registry");
}
