// SPDX-License-Identifier: MIT
// Pool as a driver sees it: alignment, contents, flags, failure by NULL and by exception.
// Page: NF:wdm.ExAllocatePool2, NF:wdm.ExAllocatePool3, NF:wdm.ExAllocatePoolWithTag
// Page: NF:wdm.ExAllocatePoolWithQuotaTag, NF:wdm.ExAllocatePoolWithTagPriority
// Page: NF:wdm.ExFreePoolWithTag, NF:ntddk.ExFreePool, NE:wdm._POOL_TYPE
// Page: kernel/pool_flags.md, kernel/nx-and-execute-pool-types.md
// Page: kernel/updating-deprecated-exallocatepool-calls.md
// Run:
// Expect: mm_pool: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define TAG 'looP'

static NTSTATUS raised;

static BOOLEAN
IsFilled(const UCHAR *Bytes, SIZE_T Size, UCHAR Value)
{
    for (SIZE_T i = 0; i < Size; i++)
    {
        if (Bytes[i] != Value)
            return FALSE;
    }
    return TRUE;
}

static void
TestSizes(void)
{
    static const SIZE_T sizes[] = {1, 16, 17, 100, 512, 2040, 4064, 4065, 4095, 4096, 4097, 100000};

    for (ULONG i = 0; i < RTL_NUMBER_OF(sizes); i++)
    {
        PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG);
        EXPECT(block != NULL);
        EXPECT_EQ((ULONG_PTR)block & 15, 0);
        if (sizes[i] >= PAGE_SIZE)
            EXPECT_EQ((ULONG_PTR)block & (PAGE_SIZE - 1), 0);
        else
            EXPECT_EQ((ULONG_PTR)block / PAGE_SIZE, ((ULONG_PTR)block + sizes[i] - 1) / PAGE_SIZE);
        EXPECT(IsFilled(block, sizes[i], 0));
        RtlFillMemory(block, sizes[i], 0x5a);
        EXPECT(IsFilled(block, sizes[i], 0x5a));
        ExFreePoolWithTag(block, TAG);
    }
}

static void
TestOldRoutines(void)
{
    PVOID block = ExAllocatePoolWithTag(PagedPool, 64, TAG);
    EXPECT(block != NULL);
    ExFreePool(block);
    block = ExAllocatePoolWithTag(NonPagedPoolNxCacheAligned, 64, TAG);
    EXPECT_EQ((ULONG_PTR)block & (SYSTEM_CACHE_ALIGNMENT_SIZE - 1), 0);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolWithTagPriority(NonPagedPoolNx, 64, TAG, LowPoolPriority);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolZero(NonPagedPoolNx, 64, TAG);
    EXPECT(block != NULL && IsFilled(block, 64, 0));
    ExFreePoolWithTag(block, TAG);
    EXPECT(ExAllocatePoolWithTag(NonPagedPoolNx, (SIZE_T)1 << 40, TAG) == NULL);
    RAISED(ExAllocatePoolWithTag(NonPagedPoolNx | POOL_RAISE_IF_ALLOCATION_FAILURE, (SIZE_T)1 << 40,
                                 TAG));
    EXPECT_EQ(raised, STATUS_INSUFFICIENT_RESOURCES);
    RAISED(ExAllocatePoolWithQuotaTag(PagedPool, (SIZE_T)1 << 40, TAG));
    EXPECT_EQ(raised, STATUS_INSUFFICIENT_RESOURCES);
    EXPECT(ExAllocatePoolWithQuotaTag(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, (SIZE_T)1 << 40,
                                      TAG) == NULL);
}

static void
TestFlags(void)
{
    POOL_EXTENDED_PARAMETER parameter = {.Type = 0};
    PVOID block;

    EXPECT(ExAllocatePool2(POOL_FLAG_PAGED, 16, 0) == NULL);
    EXPECT(ExAllocatePool2(0, 16, TAG) == NULL);
    EXPECT(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED, 16, TAG) == NULL);
    EXPECT(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_RESERVED2, 16, TAG) == NULL);
    RAISED(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_RAISE_ON_FAILURE, (SIZE_T)1 << 40, TAG));
    EXPECT_EQ(raised, STATUS_INSUFFICIENT_RESOURCES);
    // Optional flags that are not known are ignored.
    block = ExAllocatePool2(POOL_FLAG_PAGED | 0x4000000000000000ull, 16, TAG);
    EXPECT(block != NULL);
    ExFreePool(block);
    parameter.Type = PoolExtendedParameterPriority;
    parameter.Priority = HighPoolPriority;
    block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 16, TAG, &parameter, 1);
    EXPECT(block != NULL);
    ExFreePool(block);
    parameter.Type = PoolExtendedParameterInvalidType;
    EXPECT(ExAllocatePool3(POOL_FLAG_NON_PAGED, 16, TAG, &parameter, 1) == NULL);
}

static void
TestExecution(void)
{
    // mov eax, 42; ret
    static const UCHAR code[] = {0xb8, 42, 0, 0, 0, 0xc3};
    PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED_EXECUTE, sizeof(code), TAG);

    RtlCopyMemory(block, code, sizeof(code));
    EXPECT_EQ(((int (*)(void))block)(), 42);
    ExFreePoolWithTag(block, TAG);
}

static void
TestDispatchLevel(void)
{
    KIRQL irql;
    PVOID block;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    KeLowerIrql(irql);
    // Paged pool that was touched at low IRQL before and after stays usable.
    block = ExAllocatePool2(POOL_FLAG_PAGED, 100, TAG);
    *(volatile UCHAR *)block = 1;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeLowerIrql(irql);
    EXPECT_EQ(*(volatile UCHAR *)block, 1);
    ExFreePoolWithTag(block, TAG);
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
    TestSizes();
    TestOldRoutines();
    TestFlags();
    TestExecution();
    TestDispatchLevel();
    return Finish("mm_pool");
}
