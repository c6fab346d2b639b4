// SPDX-License-Identifier: MIT
// Pool that is charged to the client: the quota raises, or fails, and comes back; older routines,
// the inline allocators, and the macros on pages.
// Page: NF:wdm.ExAllocatePoolWithQuotaTag, NF:wdm.ExAllocatePoolWithQuota, NF:wdm.ExAllocatePool
// Page: NF:wdm.ExFreePool2, NF:wdm.ExAllocatePoolQuotaZero, NF:wdm.ExAllocatePoolPriorityZero
// Page: NF:wdm.ExAllocatePoolQuotaUninitialized, NF:wdm.ExAllocatePoolPriorityUninitialized
// Page: NF:wdm.ExAllocatePoolUninitialized
// Run: open \\.\Quota
// Run: ioctl 0x222000
// Expect: mm_quota: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define TAG   'touQ'
#define PIECE 0x100000

static NTSTATUS raised;
static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Quota");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Quota");
static PVOID pieces[1024];

static ULONG
TakeAll(POOL_TYPE Type)
{
    ULONG count = 0;

    while (count < RTL_NUMBER_OF(pieces))
    {
        pieces[count] =
            ExAllocatePoolWithQuotaTag(Type | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, PIECE, TAG);
        if (pieces[count] == NULL)
            return count;
        count++;
    }
    return count;
}

static void
GiveBack(ULONG Count)
{
    while (Count > 0)
        ExFreePoolWithTag(pieces[--Count], TAG);
}

static void
TestQuota(void)
{
    PVOID block = NULL;
    ULONG count = TakeAll(PagedPool);

    EXPECT(count > 0 && count < RTL_NUMBER_OF(pieces));
    RAISED(block = ExAllocatePoolWithQuotaTag(PagedPool, PIECE, TAG));
    EXPECT(raised == STATUS_QUOTA_EXCEEDED && block == NULL);
    RAISED(block = ExAllocatePoolWithQuota(PagedPool, PIECE));
    EXPECT(raised == STATUS_QUOTA_EXCEEDED && block == NULL);
    EXPECT(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA, PIECE, TAG) == NULL);
    RAISED(block = ExAllocatePool2(
               POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA | POOL_FLAG_RAISE_ON_FAILURE, PIECE, TAG));
    EXPECT(raised == STATUS_QUOTA_EXCEEDED && block == NULL);
    // Nobody's quota is of no account, nor is that of the other kind.
    block = ExAllocatePool2(POOL_FLAG_PAGED, PIECE, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolWithQuotaTag(NonPagedPoolNx, PIECE, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    GiveBack(count);
    EXPECT_EQ(TakeAll(PagedPool), count); // all of it came back
    GiveBack(count);
}

static void
TestRoutines(void)
{
    PUCHAR block = ExAllocatePool(NonPagedPoolNx, 40);

    EXPECT(block != NULL && (ULONG_PTR)block % 16 == 0);
    block[39] = 1;
    ExFreePool2(block, 0, NULL, 0);
    block = ExAllocatePoolPriorityZero(PagedPool, 64, TAG, LowPoolPriority);
    EXPECT(block != NULL && block[0] == 0 && block[63] == 0);
    ExFreePool2(block, TAG, NULL, 0);
    block = ExAllocatePoolQuotaZero(PagedPool, 64, TAG);
    EXPECT(block != NULL && block[0] == 0 && block[63] == 0);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolQuotaUninitialized(PagedPool, 64, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolPriorityUninitialized(NonPagedPoolNx, 64, TAG, HighPoolPriority);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolUninitialized(NonPagedPoolNx, 64, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
}

static void
TestMacros(void)
{
    const ULONG_PTR address = 0x12345ff0;

    EXPECT_EQ(BYTES_TO_PAGES(0), 0);
    EXPECT_EQ(BYTES_TO_PAGES(1), 1);
    EXPECT_EQ(BYTES_TO_PAGES(PAGE_SIZE + 1), 2);
    EXPECT_EQ(BYTE_OFFSET((PVOID)address), 0xff0);
    EXPECT(PAGE_ALIGN((PVOID)address) == (PVOID)0x12345000);
    EXPECT_EQ(ADDRESS_AND_SIZE_TO_SPAN_PAGES((PVOID)address, 16), 1);
    EXPECT_EQ(ADDRESS_AND_SIZE_TO_SPAN_PAGES((PVOID)address, 17), 2);
    EXPECT_EQ(ROUND_TO_PAGES(PAGE_SIZE + 1), 2 * PAGE_SIZE);
    EXPECT(MM_HIGHEST_USER_ADDRESS < MM_SYSTEM_RANGE_START);
    EXPECT(MM_USER_PROBE_ADDRESS <= (ULONG_PTR)MM_SYSTEM_RANGE_START);
    EXPECT(*MmHighestUserAddress < *MmSystemRangeStart && *MmUserProbeAddress != 0);
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH Dispatch;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        TestQuota();
        TestRoutines();
        TestMacros();
        (void)Finish("mm_quota");
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
              STATUS_SUCCESS);
    EXPECT_EQ(IoCreateSymbolicLink(&linkName, &deviceName), STATUS_SUCCESS);
    return STATUS_SUCCESS;
}
