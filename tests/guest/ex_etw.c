// SPDX-License-Identifier: MIT
// Event tracing: a provider is registered, hears that the run's trace enables it, and writes events
// of every form; what it writes is in the trace.
// Page: NF:wdm.EtwRegister, NF:wdm.EtwUnregister, NF:wdm.EtwWrite, NF:wdm.EtwWriteEx
// Page: NF:wdm.EtwWriteString, NF:wdm.EtwWriteTransfer, NF:wdm.EtwEventEnabled
// Page: NF:wdm.EtwProviderEnabled, NF:wdm.EtwActivityIdControl, NF:wdm.EtwSetInformation
// Options: --trace
// Run:
// Expect: EtwRegister +.*provider \{01234567-89ab-cdef-0011-223344556677\}
// Expect: EtwWrite +.*-223344556677\} event 7 version 1 level 4 opcode 2 task 3 keyword 8000: 6 bytes 3412 78563412
// Expect: EtwWriteString +.*level 2 .*keyword 10: some text
// Expect: EtwWriteTransfer +.*activity \{000000aa-.* related \{000000bb-
// Expect: EtwWriteEx +.*activity \{000000cc-
// Expect: EtwWrite +.*Contoso-Provider event 7
// Expect: ex_etw: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
// Reject: event 9
#include <ntddk.h>

#include "check.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD EtwUnload;
static ETWENABLECALLBACK OnEnable;

static const GUID providerId = {0x01234567,
                                0x89ab,
                                0xcdef,
                                {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77}};
static const EVENT_DESCRIPTOR event =
    {.Id = 7, .Version = 1, .Level = 4, .Opcode = 2, .Task = 3, .Keyword = 0x8000};
static REGHANDLE provider;
static ULONG enabled;
static ULONG context;

static VOID
OnEnable(LPCGUID SourceId,
         ULONG ControlCode,
         UCHAR Level,
         ULONGLONG MatchAnyKeyword,
         ULONGLONG MatchAllKeyword,
         PEVENT_FILTER_DESCRIPTOR FilterData,
         PVOID CallbackContext)
{
    UNREFERENCED_PARAMETER(SourceId);
    UNREFERENCED_PARAMETER(FilterData);
    if (ControlCode == EVENT_CONTROL_CODE_ENABLE_PROVIDER)
        enabled++;
    EXPECT(Level >= TRACE_LEVEL_INFORMATION);
    EXPECT(MatchAnyKeyword == 0 || (MatchAnyKeyword & 0x8000));
    EXPECT_EQ(MatchAllKeyword, 0);
    EXPECT(CallbackContext == &context);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void
TestWrite(void)
{
    static USHORT first = 0x1234;
    static ULONG second = 0x12345678;
    EVENT_DATA_DESCRIPTOR data[2];
    KIRQL irql;

    EXPECT(EtwProviderEnabled(provider, 0, 0));
    EXPECT(EtwProviderEnabled(provider, TRACE_LEVEL_VERBOSE, 0x8000));
    EXPECT(EtwEventEnabled(provider, &event));
    EventDataDescCreate(&data[0], &first, sizeof(first));
    EventDataDescCreate(&data[1], &second, sizeof(second));
    KeRaiseIrql(HIGH_LEVEL, &irql); // at any IRQL, with resident data
    EXPECT_EQ(EtwWrite(provider, &event, NULL, 2, data), STATUS_SUCCESS);
    EXPECT(EtwEventEnabled(provider, &event));
    KeLowerIrql(irql);
    EXPECT_EQ(EtwWriteString(provider, TRACE_LEVEL_ERROR, 0x10, NULL, L"some text"),
              STATUS_SUCCESS);
}

static void
TestRefused(void)
{
    static const EVENT_DESCRIPTOR refused = {.Id = 9};
    static EVENT_DATA_DESCRIPTOR data[MAX_EVENT_DATA_DESCRIPTORS + 1];

    EXPECT_EQ(EtwWrite(provider, &refused, NULL, MAX_EVENT_DATA_DESCRIPTORS + 1, data),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(EtwWrite(provider + 16, &refused, NULL, 0, NULL), STATUS_INVALID_HANDLE);
    EXPECT_EQ(EtwWrite(0, &refused, NULL, 0, NULL), STATUS_INVALID_HANDLE);
    // The session that exists is filtered out.
    EXPECT_EQ(EtwWriteEx(provider, &refused, ~0ull, 0, NULL, NULL, 0, NULL), STATUS_SUCCESS);
    EXPECT(!EtwEventEnabled(0, &event));
    EXPECT(!EtwProviderEnabled(0, 0, 0));
}

static void
TestActivity(void)
{
    GUID first = {.Data1 = 0xaa}, second = {.Data1 = 0xbb}, mine = {.Data1 = 0xcc}, id, created;
    KIRQL irql;

    EXPECT_EQ(EtwWriteTransfer(provider, &event, &first, &second, 0, NULL), STATUS_SUCCESS);
    id = mine;
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &id), STATUS_SUCCESS);
    EXPECT_EQ(EtwWriteEx(provider, &event, 0, 0, NULL, NULL, 0, NULL), STATUS_SUCCESS);
    RtlZeroMemory(&id, sizeof(id));
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &id), STATUS_SUCCESS);
    EXPECT(IsEqualGUID(&id, &mine));
    id = first;
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_SET_ID, &id), STATUS_SUCCESS);
    EXPECT(IsEqualGUID(&id, &mine));
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_SET_ID, &id), STATUS_SUCCESS);
    EXPECT(IsEqualGUID(&id, &first));
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &id), STATUS_SUCCESS);
    EXPECT(!IsEqualGUID(&id, &first));
    KeRaiseIrql(DISPATCH_LEVEL, &irql); // only creating is allowed here
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &created), STATUS_SUCCESS);
    KeLowerIrql(irql);
    EXPECT(!IsEqualGUID(&created, &id));
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &created), STATUS_SUCCESS);
    EXPECT(IsEqualGUID(&created, &id)); // the thread's has not changed
    EXPECT_EQ(EtwActivityIdControl(6, &id), STATUS_INVALID_PARAMETER);
    RtlZeroMemory(&id, sizeof(id));
    EXPECT_EQ(EtwActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &id), STATUS_SUCCESS);
}

static void
TestTraits(void)
{
    static const struct
    {
        USHORT Size;
        CHAR Name[17];
    } traits = {.Size = 19, .Name = "Contoso-Provider"};

    EXPECT_EQ(EtwSetInformation(0, EventProviderSetTraits, (PVOID)&traits, 19),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(EtwSetInformation(provider, EventProviderSetTraits, (PVOID)&traits, 18),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(EtwSetInformation(provider, MaxEventInfo, (PVOID)&traits, 19),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(EtwSetInformation(provider, EventProviderSetTraits, (PVOID)&traits, 19),
              STATUS_SUCCESS);
    EXPECT_EQ(EtwWrite(provider, &event, NULL, 0, NULL), STATUS_SUCCESS);
}

static VOID
EtwUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = EtwUnload;
    EXPECT_EQ(EtwRegister(NULL, NULL, NULL, &provider), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(EtwRegister(&providerId, OnEnable, &context, &provider), STATUS_SUCCESS);
    EXPECT_EQ(enabled, 1);
    TestWrite();
    TestRefused();
    TestActivity();
    TestTraits();
    EXPECT_EQ(EtwUnregister(provider), STATUS_SUCCESS);
    EXPECT_EQ(EtwUnregister(provider), STATUS_INVALID_HANDLE);
    EXPECT_EQ(EtwWrite(provider, &event, NULL, 0, NULL), STATUS_INVALID_HANDLE);
    return Finish("ex_etw");
}
