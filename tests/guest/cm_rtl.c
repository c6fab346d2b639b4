// SPDX-License-Identifier: MIT
// The run-time library's registry routines, with every flag of a query table.
// Page: kernel/registry-run-time-library-routines.md, NF:wdm.RtlQueryRegistryValues
// Page: NF:wdm.RtlWriteRegistryValue, NF:wdm.RtlCheckRegistryKey, NF:wdm.RtlCreateRegistryKey
// Page: NF:wdm.RtlDeleteRegistryValue, NF:ntddk.RtlQueryRegistryValueWithFallback
// Run:
// Expect: cm_rtl: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

static WCHAR service[128]; // below Services: <name>\Parameters

static ULONG calls;
static ULONG lastType;
static ULONG lastLength;
static WCHAR lastName[32];
static UCHAR lastData[128];

static RTL_QUERY_REGISTRY_ROUTINE Record;

static NTSTATUS NTAPI
Record(PWSTR ValueName,
       ULONG ValueType,
       PVOID ValueData,
       ULONG ValueLength,
       PVOID Context,
       PVOID EntryContext)
{
    calls++;
    lastType = ValueType;
    lastLength = ValueLength;
    lastName[0] = 0;
    for (ULONG i = 0; ValueName != NULL && i < RTL_NUMBER_OF(lastName); i++)
    {
        lastName[i] = ValueName[i];
        if (ValueName[i] == 0)
            break;
    }
    if (ValueLength <= sizeof(lastData) && ValueLength != 0)
        RtlCopyMemory(lastData, ValueData, ValueLength);
    EXPECT(Context == &calls);
    return EntryContext == NULL ? STATUS_SUCCESS : (NTSTATUS)(ULONG_PTR)EntryContext;
}

static NTSTATUS
Query(PRTL_QUERY_REGISTRY_TABLE Table)
{
    calls = 0;
    return RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, service, Table, &calls, NULL);
}

static NTSTATUS
Write(PCWSTR Name, ULONG Type, const void *Data, ULONG Length)
{
    return RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, service, Name, Type, (PVOID)Data, Length);
}

static void
TestSimple(void)
{
    ULONG number = 1;
    WCHAR path[160];
    ULONG length;

    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, service), STATUS_SUCCESS);
    for (length = 0; service[length] != 0; length++)
        path[length] = service[length];
    RtlCopyMemory(path + length, L"\\Sub", sizeof(L"\\Sub"));
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, path), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, path), STATUS_SUCCESS);
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, path), STATUS_SUCCESS);
    EXPECT_EQ(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, path, L"InSub", REG_DWORD, &number,
                                    sizeof(number)),
              STATUS_SUCCESS);
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_CONTROL, L"Session Manager"), STATUS_SUCCESS);
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_WINDOWS_NT, NULL), STATUS_SUCCESS);
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_DEVICEMAP, L""), STATUS_SUCCESS);
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_USER, L"Software"), STATUS_SUCCESS);
    EXPECT_EQ(RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE, L"\\Registry\\Machine\\System"),
              STATUS_SUCCESS);
    // Keys on the way are not made.
    EXPECT_EQ(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, L"NoSuchService\\Parameters"),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(Write(L"Number", REG_DWORD, &number, sizeof(number)), STATUS_SUCCESS);
    EXPECT_EQ(Write(L"Gone", REG_DWORD, &number, sizeof(number)), STATUS_SUCCESS);
    EXPECT_EQ(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, service, L"Gone"), STATUS_SUCCESS);
    EXPECT_EQ(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, service, L"Gone"),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(Write(L"Text", REG_SZ, L"hello", sizeof(L"hello")), STATUS_SUCCESS);
    EXPECT_EQ(Write(L"Path", REG_EXPAND_SZ, L"%SystemRoot%\\x", sizeof(L"%SystemRoot%\\x")),
              STATUS_SUCCESS);
    EXPECT_EQ(Write(L"Many", REG_MULTI_SZ, L"one\0two\0three\0", sizeof(L"one\0two\0three\0")),
              STATUS_SUCCESS);
    EXPECT_EQ(Write(L"Bytes", REG_BINARY, "0123456789ab", 12), STATUS_SUCCESS);
}

static void
TestRoutine(void)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    static WCHAR text[] = L"default";
    ULONG number = 99;

    RtlZeroMemory(table, sizeof(table));
    table[0].QueryRoutine = Record;
    table[0].Name = L"Number";
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(lastType, REG_DWORD);
    EXPECT_EQ(lastLength, sizeof(ULONG));
    EXPECT_EQ(lastName[0], L'N');
    // Strings of a REG_MULTI_SZ come one by one, unless NOEXPAND.
    table[0].Name = L"Many";
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(lastType, REG_SZ);
    EXPECT_EQ(lastLength, sizeof(L"three"));
    table[0].Flags = RTL_QUERY_REGISTRY_NOEXPAND;
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(lastType, REG_MULTI_SZ);
    table[0].Name = L"Path";
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(lastType, REG_EXPAND_SZ);
    EXPECT_EQ(((PWSTR)lastData)[0], L'%');
    table[0].Flags = 0;
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT(((PWSTR)lastData)[0] != L'%');
    // What is not there: nothing, an error, or the default.
    table[0].Name = L"Missing";
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 0);
    table[0].Flags = RTL_QUERY_REGISTRY_REQUIRED;
    EXPECT_EQ(Query(table), STATUS_OBJECT_NAME_NOT_FOUND);
    table[0].Flags = 0;
    table[0].DefaultType = REG_DWORD;
    table[0].DefaultData = &number;
    table[0].DefaultLength = sizeof(number);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(*(PULONG)lastData, 99);
    table[0].DefaultType = REG_SZ;
    table[0].DefaultData = text;
    table[0].DefaultLength = 0;
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(lastLength, sizeof(text));
    // A routine's error ends the query, except STATUS_BUFFER_TOO_SMALL.
    table[0].EntryContext = (PVOID)(ULONG_PTR)STATUS_ACCESS_DENIED;
    EXPECT_EQ(Query(table), STATUS_ACCESS_DENIED);
    table[0].EntryContext = (PVOID)(ULONG_PTR)STATUS_BUFFER_TOO_SMALL;
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
}

static void
TestFocus(void)
{
    RTL_QUERY_REGISTRY_TABLE table[5];

    // All values of the key.
    RtlZeroMemory(table, sizeof(table));
    table[0].QueryRoutine = Record;
    table[0].Flags = RTL_QUERY_REGISTRY_NOEXPAND;
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 5);
    // Only a call.
    table[0].Flags = RTL_QUERY_REGISTRY_NOVALUE;
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(lastType, REG_NONE);
    EXPECT_EQ(lastLength, 0);
    // A subkey, and back.
    RtlZeroMemory(table, sizeof(table));
    table[0].Flags = RTL_QUERY_REGISTRY_SUBKEY;
    table[0].Name = L"Sub";
    table[1].QueryRoutine = Record;
    table[1].Flags = RTL_QUERY_REGISTRY_REQUIRED;
    table[1].Name = L"InSub";
    table[2].QueryRoutine = Record;
    table[2].Flags = RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_REQUIRED;
    table[2].Name = L"Number";
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(lastName[0], L'N');
    table[2].Flags = RTL_QUERY_REGISTRY_REQUIRED;
    EXPECT_EQ(Query(table), STATUS_OBJECT_NAME_NOT_FOUND);
    table[0].Flags = RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_REQUIRED;
    table[0].Name = L"NoSub";
    EXPECT_EQ(Query(table), STATUS_OBJECT_NAME_NOT_FOUND);
    table[0].Name = NULL;
    EXPECT_EQ(Query(table), STATUS_INVALID_PARAMETER);
    // DELETE takes the value away after it has been reported.
    EXPECT_EQ(Write(L"Once", REG_BINARY, "x", 1), STATUS_SUCCESS);
    RtlZeroMemory(table, sizeof(table));
    table[0].QueryRoutine = Record;
    table[0].Flags = RTL_QUERY_REGISTRY_DELETE | RTL_QUERY_REGISTRY_REQUIRED;
    table[0].Name = L"Once";
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(Query(table), STATUS_OBJECT_NAME_NOT_FOUND);
    // Keys that do not exist.
    EXPECT_EQ(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"NoSuchService", table, &calls, NULL),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES | RTL_REGISTRY_OPTIONAL,
                                     L"NoSuchService", table, &calls, NULL),
              STATUS_SUCCESS);
}

static void
Direct(PRTL_QUERY_REGISTRY_TABLE Table, PWSTR Name, PVOID Target, ULONG Type)
{
    RtlZeroMemory(Table, 2 * sizeof(*Table));
    Table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK |
                     RTL_QUERY_REGISTRY_REQUIRED | RTL_QUERY_REGISTRY_NOEXPAND;
    Table[0].Name = Name;
    Table[0].EntryContext = Target;
    Table[0].DefaultType = Type << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
}

static void
TestDirect(void)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    UNICODE_STRING string;
    WCHAR buffer[16];
    LONG block[8];
    ULONG number = 0;

    Direct(table, L"Number", &number, REG_DWORD);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(number, 1);
    Direct(table, L"Number", &number, REG_SZ);
    EXPECT_EQ(Query(table), STATUS_OBJECT_TYPE_MISMATCH);
    // A string into the caller's buffer, or into a new one.
    string.Buffer = buffer;
    string.Length = 0;
    string.MaximumLength = sizeof(buffer);
    Direct(table, L"Text", &string, REG_SZ);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(string.Length, 10);
    EXPECT_EQ(buffer[5], 0);
    string.MaximumLength = 6;
    EXPECT_EQ(Query(table), STATUS_BUFFER_TOO_SMALL);
    RtlInitUnicodeString(&string, NULL);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(string.Length, 10);
    EXPECT(string.Buffer != NULL && string.Buffer[0] == L'h');
    RtlFreeUnicodeString(&string);
    RtlInitUnicodeString(&string, NULL);
    Direct(table, L"Many", &string, REG_MULTI_SZ);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT(string.Length >= 14 * sizeof(WCHAR) && string.Buffer[4] == L't');
    RtlFreeUnicodeString(&string);
    // More than four bytes: the first LONG says how large the buffer is, its sign what is stored.
    block[0] = -(LONG)sizeof(block);
    Direct(table, L"Bytes", block, REG_BINARY);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(block[0], 0x33323130);
    block[0] = sizeof(block);
    EXPECT_EQ(Query(table), STATUS_SUCCESS);
    EXPECT_EQ(block[0], 12);
    EXPECT_EQ(block[1], REG_BINARY);
    EXPECT_EQ(block[2], 0x33323130);
    block[0] = 12;
    EXPECT_EQ(Query(table), STATUS_BUFFER_TOO_SMALL);
    // DIRECT needs a name and no routine.
    table[0].QueryRoutine = Record;
    EXPECT_EQ(Query(table), STATUS_INVALID_PARAMETER);
}

static void
TestFallback(void)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING parameters = RTL_CONSTANT_STRING(
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Session Manager");
    UNICODE_STRING other =
        RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Windows");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"ProtectionMode");
    UNICODE_STRING missing = RTL_CONSTANT_STRING(L"No such value");
    HANDLE first, second;
    ULONG type, value = 0, length;

    InitializeObjectAttributes(&attributes, &other, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    EXPECT_EQ(ZwOpenKey(&first, KEY_READ, &attributes), STATUS_SUCCESS);
    attributes.ObjectName = &parameters;
    EXPECT_EQ(ZwOpenKey(&second, KEY_READ, &attributes), STATUS_SUCCESS);
    EXPECT_EQ(RtlQueryRegistryValueWithFallback(first, second, &name, sizeof(value), &type, &value,
                                                &length),
              STATUS_SUCCESS);
    EXPECT_EQ(type, REG_DWORD);
    EXPECT_EQ(value, 1);
    EXPECT_EQ(length, sizeof(ULONG));
    EXPECT_EQ(RtlQueryRegistryValueWithFallback(first, second, &name, 2, &type, &value, &length),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(length, sizeof(ULONG));
    EXPECT_EQ(RtlQueryRegistryValueWithFallback(first, second, &missing, sizeof(value), &type,
                                                &value, &length),
              STATUS_OBJECT_NAME_NOT_FOUND);
    // The routines take a handle in place of a path, and leave it open.
    EXPECT_EQ(RtlWriteRegistryValue(RTL_REGISTRY_HANDLE, (PCWSTR)first, L"Temp", REG_DWORD, &value,
                                    sizeof(value)),
              STATUS_SUCCESS);
    EXPECT_EQ(RtlDeleteRegistryValue(RTL_REGISTRY_HANDLE, (PCWSTR)first, L"Temp"), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(first), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(second), STATUS_SUCCESS);
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
    ULONG start = RegistryPath->Length / sizeof(WCHAR), length = 0;

    Driver->DriverUnload = Unload;
    while (start > 0 && RegistryPath->Buffer[start - 1] != L'\\')
        start--;
    while (start < RegistryPath->Length / sizeof(WCHAR))
        service[length++] = RegistryPath->Buffer[start++];
    RtlCopyMemory(service + length, L"\\Parameters", sizeof(L"\\Parameters"));
    TestSimple();
    TestRoutine();
    TestFocus();
    TestDirect();
    TestFallback();
    return Finish("cm_rtl");
}
