// SPDX-License-Identifier: MIT
// Variables that the kernel exports, as drivers read them through their import table, and the small
// macros of the headers around the kernel: IRQL without a call, prints and breaks of checked
// builds.
// Page: NF:wdm.KzLowerIrql, NF:wdm.KzRaiseIrql, NF:wdm.BarrierAfterRead
// Page: NF:wdm.KdPrint, NF:wdm.KdBreakPointWithStatus, NF:wdm.ASSERTMSG, NF:wdm.PoSetDeviceBusy
// Page: NF:wdm.KeQueryTickCount, NF:ntddk.CUSTOM_SYSTEM_EVENT_TRIGGER_INIT
// Page: kernel/determining-whether-the-operating-system-is-running-in-safe-mode.md
// Run:
// Expect: printed with 42
// Expect: the message
// Expect: ke_data: \d+ passed, 0 failed
// Reject: FAIL
#define DBG 1
#include <ntifs.h>

#include "check.h"

// Exported, and in no header of the kit.
NTKERNELAPI POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object);
extern ULONG *NtGlobalFlag __asm__("__imp_NtGlobalFlag");
extern BOOLEAN *KdEnteredDebugger __asm__("__imp_KdEnteredDebugger");
extern BOOLEAN *Mm64BitPhysicalAddress __asm__("__imp_Mm64BitPhysicalAddress");
extern volatile KSYSTEM_TIME *KeTickCount __asm__("__imp_KeTickCount");
extern ULONG_PTR *KiBugCheckData __asm__("__imp_KiBugCheckData");

static ULONGLONG
Ticks(void)
{
    return ((ULONGLONG)(ULONG)KeTickCount->High1Time << 32) | KeTickCount->LowPart;
}

static void
TestTicks(void)
{
    ULONGLONG before = Ticks();
    LARGE_INTEGER count;

    KeQueryTickCount(&count);
    EXPECT_EQ(count.QuadPart - (LONGLONG)before, 0);
    Sleep(MILLISECONDS(500));
    EXPECT(Ticks() > before);
    EXPECT((Ticks() - before) * KeQueryTimeIncrement() >= 4800000);
    EXPECT((Ticks() - before) * KeQueryTimeIncrement() < 10000000);
    EXPECT_EQ(KeTickCount->High1Time, KeTickCount->High2Time);
}

static void
TestFlags(void)
{
    EXPECT_EQ(*InitSafeBootMode, 0);
    EXPECT_EQ(*NtGlobalFlag, 0);
    EXPECT_EQ(*KdEnteredDebugger, FALSE);
    EXPECT_EQ(*KdEnteredDebugger, *KdDebuggerEnabled);
    EXPECT_EQ(*Mm64BitPhysicalAddress, TRUE);
    EXPECT_EQ((UCHAR)*KeNumberProcessors, KeQueryActiveProcessorCount(NULL));
    for (ULONG i = 0; i < 5; i++)
        EXPECT_EQ(KiBugCheckData[i], 0); // no bug check so far
}

// A key's handle refers to an object of this type, and of no other.
static void
TestKeyType(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System");
    OBJECT_ATTRIBUTES attributes;
    PVOID object = NULL;
    HANDLE key = NULL;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    EXPECT_EQ(ZwOpenKey(&key, KEY_READ, &attributes), STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(key, KEY_READ, *CmKeyObjectType, KernelMode, &object, NULL),
              STATUS_SUCCESS);
    if (object != NULL)
    {
        EXPECT(ObGetObjectType(object) == *CmKeyObjectType);
        ObDereferenceObject(object);
    }
    EXPECT_EQ(
        ObReferenceObjectByHandle(key, KEY_READ, *ExEventObjectType, KernelMode, &object, NULL),
        STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwClose(key), STATUS_SUCCESS);
}

static KDEFERRED_ROUTINE OnDpc;
static volatile LONG dpcRan;

static VOID
OnDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    dpcRan++;
}

static void
TestIrql(void)
{
    KDPC dpc;
    KIRQL old = KzRaiseIrql(DISPATCH_LEVEL);

    EXPECT_EQ(old, PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeInitializeDpc(&dpc, OnDpc, NULL);
    EXPECT(KeInsertQueueDpc(&dpc, NULL, NULL));
    EXPECT_EQ(dpcRan, 0);
    KzLowerIrql(old); // and now what was held back runs
    EXPECT_EQ(dpcRan, 1);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static NOINLINE BOOLEAN
AssertIrql(KIRQL Irql)
{
    return ASSERTMSG("the message", KeGetCurrentIrql() == Irql);
}

static void
TestMacros(void)
{
    CUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG trigger;
    static const WCHAR id[] = L"{6c2b4a0e-5d0f-4d5e-9d4e-1f9f3b7c0f11}";
    static ULONG published, flag;
    NTSTATUS raised;
    ULONG idle = 7, seen;

    KdPrint(("printed with %d\n", 42));
    RAISED(KdBreakPointWithStatus(DBG_STATUS_FATAL));
    EXPECT_EQ(raised, STATUS_BREAKPOINT);
    EXPECT(AssertIrql(PASSIVE_LEVEL));
    EXPECT(!AssertIrql(HIGH_LEVEL)); // says so and, with no debugger to stop in, goes on
    PoSetDeviceBusy(&idle);
    EXPECT_EQ(idle, 0);
    CUSTOM_SYSTEM_EVENT_TRIGGER_INIT(&trigger, id);
    EXPECT_EQ(trigger.Size, sizeof(trigger));
    EXPECT(trigger.TriggerId == id);
    published = 1;
    *(volatile ULONG *)&flag = 1;
    seen = *(volatile ULONG *)&flag;
    BarrierAfterRead();
    EXPECT(seen == 1 && published == 1);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestTicks();
    TestFlags();
    TestKeyType();
    TestIrql();
    TestMacros();
    return Finish("ke_data");
}
