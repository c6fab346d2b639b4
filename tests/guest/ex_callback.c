// SPDX-License-Identifier: MIT
// Callback objects of a driver: creating and opening them by name, one or several routines, the
// order and the IRQL of the calls, the end of a registration.
// Page: kernel/callback-objects.md, kernel/using-a-driver-defined-callback-object.md
// Page: NF:wdm.ExRegisterCallback, NF:wdm.ExUnregisterCallback, NF:wdm.ExNotifyCallback
// Run:
// Expect: ex_callback: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

static VOID NTAPI First(PVOID Context, PVOID Argument1, PVOID Argument2);
static VOID NTAPI Second(PVOID Context, PVOID Argument1, PVOID Argument2);

static ULONG trail; // decimal digits: who was called, in order
static KIRQL expectedIrql;
static ULONG firstContext, secondContext, argument;

static VOID
First(PVOID Context, PVOID Argument1, PVOID Argument2)
{
    EXPECT(Context == &firstContext && Argument1 == &argument && Argument2 == (PVOID)2);
    EXPECT_EQ(KeGetCurrentIrql(), expectedIrql);
    trail = trail * 10 + 1;
}

static VOID
Second(PVOID Context, PVOID Argument1, PVOID Argument2)
{
    EXPECT(Context == &secondContext && Argument1 == &argument && Argument2 == (PVOID)2);
    EXPECT_EQ(KeGetCurrentIrql(), expectedIrql);
    trail = trail * 10 + 2;
}

static NTSTATUS
Create(PCWSTR Name, BOOLEAN New, BOOLEAN Multiple, PCALLBACK_OBJECT *Callback)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return ExCreateCallback(Callback, &attributes, New, Multiple);
}

static ULONG
Notify(PCALLBACK_OBJECT Callback, KIRQL Irql)
{
    KIRQL irql;

    trail = 0;
    expectedIrql = Irql;
    KeRaiseIrql(Irql, &irql);
    ExNotifyCallback(Callback, &argument, (PVOID)2);
    EXPECT_EQ(KeGetCurrentIrql(), Irql);
    KeLowerIrql(irql);
    return trail;
}

static void
TestSeveral(void)
{
    PCALLBACK_OBJECT callback = NULL, same = NULL;
    PVOID second, first;

    EXPECT_EQ(Create(L"\\Callback\\OpenWdmTest", FALSE, TRUE, &callback),
              STATUS_OBJECT_NAME_NOT_FOUND); // to be created first
    EXPECT_EQ(Create(L"\\Callback\\OpenWdmTest", TRUE, TRUE, &callback), STATUS_SUCCESS);
    EXPECT_EQ(Create(L"\\Callback\\openwdmtest", FALSE, TRUE, &same), STATUS_SUCCESS);
    EXPECT(callback != NULL && callback == same);
    if (callback == NULL)
        return;
    EXPECT_EQ(Notify(callback, PASSIVE_LEVEL), 0);
    second = ExRegisterCallback(callback, Second, &secondContext);
    first = ExRegisterCallback(same, First, &firstContext);
    EXPECT(second != NULL && first != NULL);
    // In the order of registration, at the IRQL of the notifier.
    EXPECT_EQ(Notify(callback, PASSIVE_LEVEL), 21);
    EXPECT_EQ(Notify(callback, DISPATCH_LEVEL), 21);
    EXPECT_EQ(Notify(callback, APC_LEVEL), 21);
    ExUnregisterCallback(second);
    EXPECT_EQ(Notify(callback, PASSIVE_LEVEL), 1);
    ExUnregisterCallback(first);
    EXPECT_EQ(Notify(callback, PASSIVE_LEVEL), 0);
    ObDereferenceObject(same);
    EXPECT_EQ(Create(L"\\Callback\\OpenWdmTest", FALSE, TRUE, &same), STATUS_SUCCESS);
    ObDereferenceObject(same);
    ObDereferenceObject(callback);
}

static void
TestSingle(void)
{
    PCALLBACK_OBJECT callback = NULL;
    PVOID first;

    EXPECT_EQ(Create(L"\\Callback\\OpenWdmSingle", TRUE, FALSE, &callback), STATUS_SUCCESS);
    if (callback == NULL)
        return;
    first = ExRegisterCallback(callback, First, &firstContext);
    EXPECT(first != NULL);
    EXPECT(ExRegisterCallback(callback, Second, &secondContext) == NULL); // takes only one
    EXPECT_EQ(Notify(callback, PASSIVE_LEVEL), 1);
    ExUnregisterCallback(first);
    first = ExRegisterCallback(callback, Second, &secondContext);
    EXPECT(first != NULL);
    EXPECT_EQ(Notify(callback, DISPATCH_LEVEL), 2);
    ExUnregisterCallback(first);
    ObDereferenceObject(callback);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    TestSeveral();
    TestSingle();
    return Finish("ex_callback");
}
