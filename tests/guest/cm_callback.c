// SPDX-License-Identifier: MIT
// Registry callbacks: order, blocking, taking over, contexts, names.
// Page: kernel/filtering-registry-calls.md, kernel/registering-for-notifications.md
// Page: kernel/handling-notifications.md, kernel/supporting-layered-registry-filtering-drivers.md
// Page: kernel/specifying-context-information.md
// Page: kernel/obtaining-additional-registry-information.md
// Page: kernel/invalid-key-object-pointers-in-registry-notifications.md
// Page: NF:wdm.CmRegisterCallbackEx, NF:wdm.CmRegisterCallback, NF:wdm.CmUnRegisterCallback
// Page: NF:wdm.CmCallbackGetKeyObjectID, NF:wdm.CmCallbackGetKeyObjectIDEx
// Page: NF:wdm.CmCallbackReleaseKeyObjectIDEx, NF:wdm.CmSetCallbackObjectContext
// Page: NF:wdm.CmGetBoundTransaction, NF:wdm.CmGetCallbackVersion
// Run:
// Expect: cm_callback: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

typedef struct _FILTER
{
    CHAR Name;
    LARGE_INTEGER Cookie;
    REG_NOTIFY_CLASS Class; // what it does something about
    NTSTATUS Status;        // what it answers there
    NTSTATUS PostStatus;    // with STATUS_CALLBACK_BYPASS
    ULONG Cleanups;
} FILTER;

static FILTER high = {.Name = 'H'}, low = {.Name = 'L'}, legacy = {.Name = 'X'};
static CHAR record[64];
static ULONG recorded;
static ULONG_PTR lastId;
static ULONG opens, failedOpens, undefinedObjects;

static void
Note(CHAR Text)
{
    if (recorded < sizeof(record) - 1)
        record[recorded++] = Text;
    record[recorded] = 0;
}

static EX_CALLBACK_FUNCTION Callback;

static void
SeePost(FILTER *Filter, REG_NOTIFY_CLASS Class, PREG_POST_OPERATION_INFORMATION Post)
{
    if (Class == RegNtPostSetValueKey)
    {
        Note('p');
        EXPECT(Post->CallContext == Filter);
        EXPECT(Post->PreInformation != NULL);
    }
    if (Class == RegNtPostOpenKeyEx && Filter == &high)
    {
        PVOID old = &old;

        opens++;
        if (Post->Status == STATUS_SUCCESS)
        {
            EXPECT_EQ(CmSetCallbackObjectContext(Post->Object, &Filter->Cookie, Filter, &old),
                      STATUS_SUCCESS);
            EXPECT(old == NULL);
        }
        else
        {
            failedOpens++;
            undefinedObjects += Post->Object != NULL;
        }
    }
}

static void
SeeQuery(FILTER *Filter, PREG_QUERY_VALUE_KEY_INFORMATION Query)
{
    UNICODE_STRING end = RTL_CONSTANT_STRING(L"\\Control\\Session Manager");
    PCUNICODE_STRING name = NULL;
    LARGE_INTEGER wrong;
    ULONG_PTR id = 0;

    EXPECT(Query->ObjectContext == (Filter == &high ? Filter : NULL));
    EXPECT_EQ(CmCallbackGetKeyObjectIDEx(&Filter->Cookie, Query->Object, &id, &name, 0),
              STATUS_SUCCESS);
    EXPECT(id != 0);
    lastId = id;
    if (name != NULL)
    {
        UNICODE_STRING tail = *name;

        EXPECT(name->Length > end.Length);
        tail.Buffer += (name->Length - end.Length) / sizeof(WCHAR);
        tail.Length = end.Length;
        EXPECT(RtlEqualUnicodeString(&tail, &end, TRUE));
        CmCallbackReleaseKeyObjectIDEx(name);
    }
    EXPECT_EQ(CmCallbackGetKeyObjectID(&Filter->Cookie, Query->Object, &id, &name), STATUS_SUCCESS);
    EXPECT(id == lastId);
    EXPECT(name != NULL && name->Length > end.Length);
    EXPECT_EQ(CmCallbackGetKeyObjectIDEx(&Filter->Cookie, Query->Object, &id, NULL, 1),
              STATUS_INVALID_PARAMETER);
    wrong.QuadPart = 12345;
    EXPECT_EQ(CmCallbackGetKeyObjectID(&wrong, Query->Object, &id, NULL), STATUS_INVALID_PARAMETER);
    EXPECT(CmGetBoundTransaction(&Filter->Cookie, Query->Object) == NULL);
}

static NTSTATUS NTAPI
Callback(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    FILTER *filter = CallbackContext;
    REG_NOTIFY_CLASS class = (REG_NOTIFY_CLASS)(ULONG_PTR)Argument1;

    switch (class)
    {
    case RegNtPreSetValueKey:
        Note(filter->Name);
        ((PREG_SET_VALUE_KEY_INFORMATION)Argument2)->CallContext = filter;
        break;
    case RegNtPreQueryValueKey:
        SeeQuery(filter, Argument2);
        break;
    case RegNtCallbackObjectContextCleanup:
        filter->Cleanups++;
        EXPECT(((PREG_CALLBACK_CONTEXT_CLEANUP_INFORMATION)Argument2)->ObjectContext == filter);
        return STATUS_SUCCESS;
    case RegNtPostSetValueKey:
    case RegNtPostOpenKeyEx:
        SeePost(filter, class, Argument2);
        if (class == RegNtPostSetValueKey)
            Note(filter->Name);
        break;
    default:
        break;
    }
    if (class == filter->Class && filter->Status != STATUS_SUCCESS)
    {
        if (class == RegNtPostSetValueKey)
            ((PREG_POST_OPERATION_INFORMATION)Argument2)->ReturnStatus = filter->PostStatus;
        return filter->Status;
    }
    return STATUS_SUCCESS;
}

static HANDLE
OpenManager(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Session Manager");
    OBJECT_ATTRIBUTES attributes;
    HANDLE key = NULL;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    EXPECT_EQ(ZwOpenKey(&key, KEY_ALL_ACCESS, &attributes), STATUS_SUCCESS);
    return key;
}

static NTSTATUS
SetNumber(HANDLE Key, ULONG Number)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Filtered");

    recorded = 0;
    record[0] = 0;
    return ZwSetValueKey(Key, &name, 0, REG_DWORD, &Number, sizeof(Number));
}

static ULONG
GetNumber(HANDLE Key)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Filtered");
    UCHAR buffer[32] = {0};
    ULONG length;

    if (!NT_SUCCESS(ZwQueryValueKey(Key, &name, KeyValuePartialInformation, buffer, sizeof(buffer),
                                    &length)))
        return 0;
    return *(PULONG)((PKEY_VALUE_PARTIAL_INFORMATION)buffer)->Data;
}

static BOOLEAN
Recorded(const CHAR *Text)
{
    ULONG i = 0;

    while (record[i] != 0 && record[i] == Text[i])
        i++;
    if (record[i] != Text[i])
        DbgPrint("recorded %s, expected %s\n", record, Text);
    return record[i] == Text[i];
}

static void
TestRegister(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING highAltitude = RTL_CONSTANT_STRING(L"380010.5");
    UNICODE_STRING same = RTL_CONSTANT_STRING(L"380010.50");
    UNICODE_STRING lowAltitude = RTL_CONSTANT_STRING(L"98000");
    LARGE_INTEGER cookie;
    ULONG major = 0, minor = 0;

    CmGetCallbackVersion(&major, &minor);
    EXPECT_EQ(major, 1);
    EXPECT_EQ(minor, 1);
    // Lower first: the altitude decides, not the order.
    EXPECT_EQ(CmRegisterCallbackEx(Callback, &lowAltitude, Driver, &low, &low.Cookie, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(CmRegisterCallbackEx(Callback, &highAltitude, Driver, &high, &high.Cookie, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(CmRegisterCallbackEx(Callback, &same, Driver, &high, &cookie, NULL),
              STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    cookie.QuadPart = 1;
    EXPECT_EQ(CmUnRegisterCallback(cookie), STATUS_INVALID_PARAMETER);
}

static void
TestOrder(HANDLE Key)
{
    EXPECT_EQ(SetNumber(Key, 1), STATUS_SUCCESS);
    EXPECT(Recorded("HLpLpH"));
    EXPECT_EQ(GetNumber(Key), 1);
    // Without an altitude: above those that have one.
    EXPECT_EQ(CmRegisterCallback(Callback, &legacy, &legacy.Cookie), STATUS_SUCCESS);
    EXPECT_EQ(SetNumber(Key, 2), STATUS_SUCCESS);
    EXPECT(Recorded("XHLpLpHpX"));
    EXPECT_EQ(CmUnRegisterCallback(legacy.Cookie), STATUS_SUCCESS);
    EXPECT_EQ(CmUnRegisterCallback(legacy.Cookie), STATUS_INVALID_PARAMETER);
}

static void
TestStatus(HANDLE Key)
{
    // Refused by the upper one: the lower one is not asked, nothing happens.
    high.Class = RegNtPreSetValueKey;
    high.Status = STATUS_ACCESS_DENIED;
    EXPECT_EQ(SetNumber(Key, 3), STATUS_ACCESS_DENIED);
    EXPECT(Recorded("H"));
    EXPECT_EQ(GetNumber(Key), 2);
    // Taken over: success for the caller, and nothing happens, either.
    high.Status = STATUS_CALLBACK_BYPASS;
    EXPECT_EQ(SetNumber(Key, 3), STATUS_SUCCESS);
    EXPECT(Recorded("H"));
    EXPECT_EQ(GetNumber(Key), 2);
    // Another status after the fact.
    high.Class = RegNtPostSetValueKey;
    high.PostStatus = STATUS_DISK_FULL;
    EXPECT_EQ(SetNumber(Key, 4), STATUS_DISK_FULL);
    EXPECT_EQ(GetNumber(Key), 4);
    high.Status = STATUS_SUCCESS;
    // Refusing an open.
    low.Class = RegNtPreOpenKeyEx;
    low.Status = STATUS_ACCESS_DENIED;
    {
        UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System");
        OBJECT_ATTRIBUTES attributes;
        HANDLE key;

        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                                   NULL, NULL);
        EXPECT_EQ(ZwOpenKey(&key, KEY_READ, &attributes), STATUS_ACCESS_DENIED);
        low.Status = STATUS_SUCCESS;
        RtlInitUnicodeString(&name, L"\\Registry\\Machine\\NoSuchHive");
        EXPECT_EQ(ZwOpenKey(&key, KEY_READ, &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    }
    EXPECT(failedOpens >= 1);
    EXPECT_EQ(undefinedObjects, 0);
}

static void
TestContexts(HANDLE Key)
{
    UNICODE_STRING value = RTL_CONSTANT_STRING(L"Filtered");
    HANDLE second = OpenManager();
    ULONG_PTR id;
    ULONG before;

    // Two objects of one key have one identifier.
    (void)GetNumber(Key);
    id = lastId;
    lastId = 0;
    (void)GetNumber(second);
    EXPECT(id == lastId);
    before = high.Cleanups;
    ZwClose(second);
    EXPECT_EQ(high.Cleanups, before + 1);
    EXPECT_EQ(ZwDeleteValueKey(Key, &value), STATUS_SUCCESS);
    // Who leaves gets the contexts back of all keys that are still open.
    before = high.Cleanups;
    EXPECT_EQ(CmUnRegisterCallback(high.Cookie), STATUS_SUCCESS);
    EXPECT_EQ(high.Cleanups, before + 1);
    ZwClose(Key);
    EXPECT_EQ(high.Cleanups, before + 1);
    EXPECT_EQ(CmUnRegisterCallback(low.Cookie), STATUS_SUCCESS);
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
    HANDLE key;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    TestRegister(Driver);
    key = OpenManager();
    TestOrder(key);
    TestStatus(key);
    TestContexts(key);
    return Finish("cm_callback");
}
