// SPDX-License-Identifier: MIT
// A binary for new versions: NonPagedPool is another constant.
// Page: kernel/multiple-binary-opt-in-pool-nx-optin-auto.md
// Page: kernel/nx-pool-compatibility-issues.md
// Run:
// Expect: mm_nx_auto: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#define POOL_NX_OPTIN_AUTO 1
#include <ntddk.h>

#include "check.h"

#define TAG 'oxnT'

C_ASSERT(NonPagedPool == NonPagedPoolNx); // still a compile-time constant
C_ASSERT(NonPagedPoolCacheAligned == NonPagedPoolNxCacheAligned);

// NX pool and executable pool are different ranges; a block tells by its neighbours.
static BOOLEAN
IsExecutable(PVOID Block)
{
    PVOID executable = ExAllocatePoolWithTag(NonPagedPoolExecute, 64, TAG);
    PVOID data = ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG);
    const ULONG_PTR toExecutable = (ULONG_PTR)Block ^ (ULONG_PTR)executable;
    const ULONG_PTR toData = (ULONG_PTR)Block ^ (ULONG_PTR)data;

    ExFreePoolWithTag(executable, TAG);
    ExFreePoolWithTag(data, TAG);
    return toExecutable < toData;
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
    PVOID block;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    // NonPagedPoolExecute has the value that NonPagedPool had for drivers of Windows 7.
    EXPECT_EQ(NonPagedPoolExecute, 0);
    EXPECT_EQ(NonPagedPool, NonPagedPoolNx);
    EXPECT_EQ(NonPagedPoolCacheAligned, NonPagedPoolNxCacheAligned);
    block = ExAllocatePoolWithTag(NonPagedPool, 64, TAG);
    EXPECT(block != NULL && !IsExecutable(block));
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolWithTag(NonPagedPoolExecute, 64, TAG);
    EXPECT(block != NULL && IsExecutable(block));
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolWithTag(NonPagedPoolCacheAligned, 100, TAG);
    EXPECT(block != NULL && (ULONG_PTR)block % SYSTEM_CACHE_ALIGNMENT_SIZE == 0);
    ExFreePoolWithTag(block, TAG);
    return Finish("mm_nx_auto");
}
