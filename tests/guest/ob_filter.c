// SPDX-License-Identifier: MIT
// Watching and stripping handles of processes and threads: order by altitude, contexts, what may be
// registered and what not. Linked with /INTEGRITYCHECK (tests/guest/options.cmake).
// Page: NF:wdm.ObRegisterCallbacks, NF:wdm.ObUnRegisterCallbacks
// Page: NC:wdm.POB_PRE_OPERATION_CALLBACK, NC:wdm.POB_POST_OPERATION_CALLBACK
// Page: NF:ntddk.ZwOpenProcess
// Run:
// Expect: ob_filter: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTSYSAPI NTSTATUS NTAPI ZwOpenThread(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PCLIENT_ID);
NTSYSAPI NTSTATUS NTAPI
ZwDuplicateObject(HANDLE, HANDLE, HANDLE, PHANDLE, ACCESS_MASK, ULONG, ULONG);

#define TERMINATE 0x0001
#define VM_READ   0x0010

static ULONG trail; // one digit for each routine that ran
static ACCESS_MASK seen, original, granted;
static OB_OPERATION operation;
static BOOLEAN kernelHandle;
static PVOID object, source;
static NTSTATUS postStatus;
static ACCESS_MASK strip;

static OB_PREOP_CALLBACK_STATUS NTAPI
HighPre(PVOID Context, POB_PRE_OPERATION_INFORMATION Information)
{
    EXPECT(Context == &trail);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(KeAreApcsDisabled());
    trail = trail * 10 + 1;
    operation = Information->Operation;
    kernelHandle = Information->KernelHandle;
    object = Information->Object;
    original = Information->Parameters->CreateHandleInformation.OriginalDesiredAccess;
    Information->Parameters->CreateHandleInformation.DesiredAccess &= ~strip;
    Information->CallContext = (PVOID)0x1234;
    return OB_PREOP_SUCCESS;
}

static VOID NTAPI
HighPost(PVOID Context, POB_POST_OPERATION_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(Context);
    EXPECT(Information->CallContext == (PVOID)0x1234);
    trail = trail * 10 + 4;
    granted = Information->Parameters->CreateHandleInformation.GrantedAccess;
    postStatus = Information->ReturnStatus;
}

static OB_PREOP_CALLBACK_STATUS NTAPI
LowPre(PVOID Context, POB_PRE_OPERATION_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(Context);
    trail = trail * 10 + 2;
    // What a higher one took away is gone, and adding to it changes nothing.
    seen = Information->Parameters->CreateHandleInformation.DesiredAccess;
    Information->Parameters->CreateHandleInformation.DesiredAccess |= TERMINATE;
    if (Information->Operation == OB_OPERATION_HANDLE_DUPLICATE)
        source = Information->Parameters->DuplicateHandleInformation.SourceProcess;
    return OB_PREOP_SUCCESS;
}

static VOID NTAPI
LowPost(PVOID Context, POB_POST_OPERATION_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(Context);
    EXPECT(Information->CallContext == NULL);
    trail = trail * 10 + 3;
}

static OB_OPERATION_REGISTRATION high[2], low[1];
static OB_CALLBACK_REGISTRATION highRegistration, lowRegistration;

static void
Prepare(void)
{
    static const UNICODE_STRING highAltitude = RTL_CONSTANT_STRING(L"321000.5");
    static const UNICODE_STRING lowAltitude = RTL_CONSTANT_STRING(L"99999");

    for (ULONG i = 0; i < 2; i++)
    {
        high[i].ObjectType = i == 0 ? PsProcessType : PsThreadType;
        high[i].Operations = OB_OPERATION_HANDLE_CREATE | OB_OPERATION_HANDLE_DUPLICATE;
        high[i].PreOperation = HighPre;
        high[i].PostOperation = HighPost;
    }
    low[0] = high[0];
    low[0].PreOperation = LowPre;
    low[0].PostOperation = LowPost;
    highRegistration.Version = OB_FLT_REGISTRATION_VERSION;
    highRegistration.OperationRegistrationCount = 2;
    highRegistration.Altitude = highAltitude;
    highRegistration.RegistrationContext = &trail;
    highRegistration.OperationRegistration = high;
    lowRegistration = highRegistration;
    lowRegistration.OperationRegistrationCount = 1;
    lowRegistration.Altitude = lowAltitude;
    lowRegistration.OperationRegistration = low;
}

static NTSTATUS
OpenSelf(ACCESS_MASK Access, ULONG Flags, PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID id = {PsGetCurrentProcessId(), NULL};

    InitializeObjectAttributes(&attributes, NULL, Flags, NULL, NULL);
    return ZwOpenProcess(Handle, Access, &attributes, &id);
}

static ACCESS_MASK
AccessOf(HANDLE Handle)
{
    OBJECT_HANDLE_INFORMATION information = {0};
    PVOID body;

    EXPECT_EQ(ObReferenceObjectByHandle(Handle, 0, NULL, KernelMode, &body, &information),
              STATUS_SUCCESS);
    ObDereferenceObject(body);
    return information.GrantedAccess;
}

static void
TestOrder(void)
{
    PVOID lowHandle, highHandle;
    HANDLE handle, copy;

    // Registered in the other order: altitude decides.
    EXPECT_EQ(ObRegisterCallbacks(&lowRegistration, &lowHandle), STATUS_SUCCESS);
    EXPECT_EQ(ObRegisterCallbacks(&highRegistration, &highHandle), STATUS_SUCCESS);
    strip = TERMINATE;
    trail = 0;
    EXPECT_EQ(OpenSelf(TERMINATE | VM_READ, OBJ_KERNEL_HANDLE, &handle), STATUS_SUCCESS);
    EXPECT_EQ(trail, 1234);
    EXPECT_EQ(operation, OB_OPERATION_HANDLE_CREATE);
    EXPECT(kernelHandle);
    EXPECT(object == PsGetCurrentProcess());
    EXPECT_EQ(original, TERMINATE | VM_READ);
    EXPECT_EQ(seen, VM_READ);
    EXPECT_EQ(granted, VM_READ);
    EXPECT_EQ(postStatus, STATUS_SUCCESS);
    EXPECT_EQ(AccessOf(handle), VM_READ);
    // Duplicating is observed, too.
    trail = 0;
    strip = 0;
    EXPECT_EQ(ZwDuplicateObject(ZwCurrentProcess(), handle, ZwCurrentProcess(), &copy, 0,
                                OBJ_KERNEL_HANDLE, DUPLICATE_SAME_ACCESS),
              STATUS_SUCCESS);
    EXPECT_EQ(trail, 1234);
    EXPECT_EQ(operation, OB_OPERATION_HANDLE_DUPLICATE);
    EXPECT(source == PsGetCurrentProcess());
    EXPECT_EQ(AccessOf(copy), VM_READ);
    ZwClose(copy);
    ZwClose(handle);
    // Nothing is called once it is unregistered.
    ObUnRegisterCallbacks(highHandle);
    trail = 0;
    EXPECT_EQ(OpenSelf(TERMINATE, 0, &handle), STATUS_SUCCESS);
    EXPECT_EQ(trail, 23);
    EXPECT_EQ(AccessOf(handle), TERMINATE);
    ZwClose(handle);
    ObUnRegisterCallbacks(lowHandle);
    trail = 0;
    EXPECT_EQ(OpenSelf(TERMINATE, OBJ_KERNEL_HANDLE, &handle), STATUS_SUCCESS);
    EXPECT_EQ(trail, 0);
    ZwClose(handle);
}

static void
TestThread(void)
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID id = {PsGetCurrentProcessId(), PsGetCurrentThreadId()};
    PVOID registration;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ObRegisterCallbacks(&highRegistration, &registration), STATUS_SUCCESS);
    strip = THREAD_SUSPEND_RESUME;
    trail = 0;
    EXPECT_EQ(ZwOpenThread(&handle, THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT, &attributes, &id),
              STATUS_SUCCESS);
    EXPECT_EQ(trail, 14);
    EXPECT(object == PsGetCurrentThread());
    EXPECT_EQ(AccessOf(handle), THREAD_GET_CONTEXT);
    ZwClose(handle);
    ObUnRegisterCallbacks(registration);
}

static void
TestRefusals(void)
{
    OB_CALLBACK_REGISTRATION bad = highRegistration;
    PVOID first, second;

    EXPECT_EQ(ObGetFilterVersion(), OB_FLT_REGISTRATION_VERSION);
    EXPECT_EQ(ObRegisterCallbacks(&highRegistration, &first), STATUS_SUCCESS);
    EXPECT_EQ(ObRegisterCallbacks(&highRegistration, &second),
              STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    ObUnRegisterCallbacks(first);
    bad.Version = 0x200;
    EXPECT_EQ(ObRegisterCallbacks(&bad, &first), STATUS_INVALID_PARAMETER);
    bad = highRegistration;
    high[0].PreOperation = NULL;
    high[0].PostOperation = NULL;
    EXPECT_EQ(ObRegisterCallbacks(&bad, &first), STATUS_INVALID_PARAMETER);
    high[0].PreOperation = HighPre;
    // Files have no such callbacks.
    high[0].ObjectType = IoFileObjectType;
    EXPECT_EQ(ObRegisterCallbacks(&bad, &first), STATUS_INVALID_PARAMETER);
    high[0].ObjectType = PsProcessType;
    high[0].PostOperation = HighPost;
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
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    Prepare();
    TestOrder();
    TestThread();
    TestRefusals();
    return Finish("ob_filter");
}
