// SPDX-License-Identifier: MIT
// Mappings of MDLs: addresses of their own, priorities and protections, reserved mappings, mapping
// for a callback, advancing, chosen pages, partial MDLs, chains, pages in ranges, device memory.
// Page: kernel/using-mdls.md, NF:wdm.MmMapLockedPagesSpecifyCache, NF:wdm.MmUnmapLockedPages
// Page: NF:wdm.MmProtectMdlSystemAddress, NF:wdm.MmMapMdl, NF:wdm.MmAdvanceMdl
// Page: NF:wdm.MmAllocateMappingAddress, NF:wdm.MmFreeMappingAddress
// Page: NF:wdm.MmAllocateMappingAddressEx, NF:wdm.MmUnmapReservedMapping
// Page: NF:wdm.MmMapLockedPagesWithReservedMapping, NF:wdm.MmProbeAndLockSelectedPages
// Page: NF:wdm.MmAllocatePagesForMdl, NF:wdm.MmAllocatePagesForMdlEx
// Page: NF:wdm.MmAllocateNodePagesForMdlEx, NF:wdm.MmFreePagesFromMdl
// Page: NF:wdm.MmAllocateMdlForIoSpace, NF:wdm.MmMapLockedPages, NF:wdm.IoBuildPartialMdl
// Run:
// Expect: mm_map: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define TAG 'pamT'

static NTSTATUS raised;
static const PHYSICAL_ADDRESS zero, anywhere = {.QuadPart = -1};

static PMDL
LockPaged(PUCHAR Block, ULONG Size)
{
    PMDL mdl = IoAllocateMdl(Block, Size, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    return mdl;
}

static void
TestMapping(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 3 * PAGE_SIZE, TAG);
    PMDL mdl = LockPaged(block + 100, PAGE_SIZE + 200);
    PUCHAR mapped;

    block[100] = 0x41;
    mapped = MmGetSystemAddressForMdl(mdl);
    EXPECT(mapped != NULL && mapped[0] == 0x41 && (ULONG_PTR)mapped % PAGE_SIZE == 100);
    EXPECT(mdl->MappedSystemVa == mapped);
    mapped[PAGE_SIZE] = 0x42;
    EXPECT_EQ(block[100 + PAGE_SIZE], 0x42);
    EXPECT_EQ(MmGetPhysicalAddress(mapped).QuadPart, MmGetPhysicalAddress(block + 100).QuadPart);
    EXPECT(MmIsAddressValid(mapped) && MmIsNonPagedSystemAddressValid(mapped));
    MmUnmapLockedPages(mapped, mdl);
    EXPECT_EQ(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA, 0);
    EXPECT_EQ(mdl->MdlFlags & MDL_PAGES_LOCKED, MDL_PAGES_LOCKED);
    mapped = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmNonCached, NULL, FALSE,
                                          HighPagePriority | MdlMappingWithGuardPtes);
    EXPECT(mapped != NULL && mapped[0] == 0x41);
    EXPECT(!MmIsAddressValid((PVOID)((ULONG_PTR)mapped - PAGE_SIZE)));     // a guard in front
    EXPECT(!MmIsAddressValid((PVOID)((ULONG_PTR)mapped + 2 * PAGE_SIZE))); // and one behind
    MmPrepareMdlForReuse(mdl);
    MmUnlockPages(mdl);
    EXPECT(!MmIsAddressValid(mapped));
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void
TestProtection(void)
{
    // mov eax, 0x1234; ret
    static const UCHAR code[] = {0xB8, 0x34, 0x12, 0, 0, 0xC3};
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TAG);
    PMDL mdl = LockPaged(block, PAGE_SIZE);
    MM_COPY_ADDRESS from;
    UCHAR copy;
    SIZE_T done;
    int(NTAPI *volatile routine)(void);
    PUCHAR mapped;

    EXPECT_EQ(MmProtectMdlSystemAddress(mdl, PAGE_READONLY), STATUS_NOT_MAPPED_VIEW);
    RtlCopyMemory(block, code, sizeof(code));
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    routine = (int(NTAPI *)(void))mapped;
    EXPECT_EQ(routine(), 0x1234); // without MdlMappingNoExecute
    EXPECT_EQ(MmProtectMdlSystemAddress(mdl, PAGE_WRITECOPY), STATUS_INVALID_PAGE_PROTECTION);
    EXPECT_EQ(MmProtectMdlSystemAddress(mdl, PAGE_NOACCESS), STATUS_SUCCESS);
    EXPECT(!MmIsAddressValid(mapped));
    from.VirtualAddress = mapped;
    EXPECT_EQ(MmCopyMemory(&copy, from, 1, MM_COPY_MEMORY_VIRTUAL, &done), STATUS_PARTIAL_COPY);
    block[0] = 0x77; // the other address of the page has its own protection
    EXPECT_EQ(MmProtectMdlSystemAddress(mdl, PAGE_READWRITE), STATUS_SUCCESS);
    EXPECT_EQ(mapped[0], 0x77);
    mapped[0] = 1;
    EXPECT_EQ(MmProtectMdlSystemAddress(mdl, PAGE_READONLY), STATUS_SUCCESS);
    EXPECT_EQ(mapped[0], 1);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static PVOID callbackAddress;

static VOID NTAPI
Callback(PVOID DriverContext, PVOID MappedVa)
{
    *(PULONG)DriverContext += 1;
    callbackAddress = MappedVa;
    EXPECT_EQ(*(PUCHAR)MappedVa, 0x5c);
}

static void
TestMapMdl(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 64, TAG);
    PMDL mdl = LockPaged(block, 64);
    ULONG calls = 0;
    PVOID mapped;

    block[0] = 0x5c;
    EXPECT_EQ(MmMapMdl(mdl, PAGE_READONLY, Callback, &calls), STATUS_SUCCESS);
    EXPECT(calls == 1 && !(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA));
    EXPECT(!MmIsAddressValid(callbackAddress)); // the mapping is gone
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    EXPECT_EQ(MmMapMdl(mdl, PAGE_READONLY, Callback, &calls), STATUS_SUCCESS);
    EXPECT(calls == 2 && callbackAddress == mapped && MmIsAddressValid(mapped));
    EXPECT_EQ(MmMapMdl(mdl, 3, Callback, &calls), STATUS_INVALID_PAGE_PROTECTION);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void
TestReserved(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 3 * PAGE_SIZE, TAG);
    PUCHAR reserved = MmAllocateMappingAddress(2 * PAGE_SIZE, TAG);
    PUCHAR second = MmAllocateMappingAddressEx(PAGE_SIZE, TAG, 0);
    PMDL mdl = LockPaged(block + 10, PAGE_SIZE);
    PMDL large = LockPaged(block, 3 * PAGE_SIZE);

    EXPECT(reserved != NULL && second != NULL && second != reserved);
    EXPECT(!MmIsAddressValid(reserved));
    block[10] = 0x31;
    for (int round = 0; round < 2; round++)
    {
        PUCHAR mapped = MmMapLockedPagesWithReservedMapping(reserved, TAG, mdl, MmCached);

        EXPECT(mapped == reserved + 10 && mapped[0] == 0x31);
        mapped[PAGE_SIZE - 1] = 0x32;
        EXPECT_EQ(block[10 + PAGE_SIZE - 1], 0x32);
        MmUnmapReservedMapping(reserved, TAG, mdl);
        EXPECT(!MmIsAddressValid(reserved));
        EXPECT_EQ(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA, 0);
    }
    EXPECT(MmMapLockedPagesWithReservedMapping(reserved, TAG, large, MmCached) == NULL);
    MmUnlockPages(large);
    IoFreeMdl(large);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    MmFreeMappingAddress(second, TAG);
    MmFreeMappingAddress(reserved, TAG);
    ExFreePoolWithTag(block, TAG);
}

static void
TestAdvance(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 4 * PAGE_SIZE, TAG);
    PMDL mdl = LockPaged(block + 100, 3 * PAGE_SIZE);
    PUCHAR mapped;
    PFN_NUMBER second = MmGetMdlPfnArray(mdl)[1];

    block[100 + PAGE_SIZE] = 0x17;
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    EXPECT_EQ(MmAdvanceMdl(mdl, 3 * PAGE_SIZE + 1), STATUS_INVALID_PARAMETER_2);
    EXPECT_EQ(MmAdvanceMdl(mdl, 50), STATUS_SUCCESS);
    EXPECT(MmGetMdlByteOffset(mdl) == 150 && MmGetMdlByteCount(mdl) == 3 * PAGE_SIZE - 50);
    EXPECT(MmGetMdlVirtualAddress(mdl) == block + 150);
    EXPECT_EQ(MmAdvanceMdl(mdl, PAGE_SIZE - 50), STATUS_SUCCESS);
    EXPECT(MmGetMdlVirtualAddress(mdl) == block + 100 + PAGE_SIZE);
    EXPECT_EQ(MmGetMdlByteCount(mdl), 2 * PAGE_SIZE);
    EXPECT_EQ(MmGetMdlPfnArray(mdl)[0], second);
    EXPECT(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == mapped + PAGE_SIZE);
    EXPECT_EQ(mapped[PAGE_SIZE], 0x17);
    EXPECT(!MmIsAddressValid(mapped)); // the page that was passed
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void
TestSelected(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 4 * PAGE_SIZE, TAG);
    FILE_SEGMENT_ELEMENT segments[3] = {{0}};
    PMDL mdl = IoAllocateMdl(NULL, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR mapped;

    block[3 * PAGE_SIZE] = 3;
    block[PAGE_SIZE] = 1;
    segments[0].Buffer = block + 3 * PAGE_SIZE;
    segments[1].Buffer = block + PAGE_SIZE;
    RAISED(MmProbeAndLockSelectedPages(mdl, segments, KernelMode, IoWriteAccess));
    EXPECT_EQ(raised, STATUS_SUCCESS);
    EXPECT(mdl->MdlFlags & MDL_PAGES_LOCKED);
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    EXPECT(mapped[0] == 3 && mapped[PAGE_SIZE] == 1); // in the order of the array
    MmUnlockPages(mdl);
    segments[1].Buffer = (PVOID)0x10000;
    RAISED(MmProbeAndLockSelectedPages(mdl, segments, KernelMode, IoWriteAccess));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(mdl->MdlFlags & MDL_PAGES_LOCKED, 0);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

// A partial MDL maps its part alone; freeing it takes that mapping away.
static void
TestPartial(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 3 * PAGE_SIZE, TAG);
    PMDL mdl = LockPaged(block, 3 * PAGE_SIZE);
    PMDL part = IoAllocateMdl(block, 3 * PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR mapped;

    block[PAGE_SIZE + 20] = 0x55;
    IoBuildPartialMdl(mdl, part, block + PAGE_SIZE + 20, 30);
    EXPECT(MmGetMdlByteCount(part) == 30 && (part->MdlFlags & MDL_PARTIAL));
    EXPECT(MmGetMdlVirtualAddress(part) == block + PAGE_SIZE + 20);
    mapped = MmGetSystemAddressForMdlSafe(part, NormalPagePriority);
    EXPECT_EQ(mapped[0], 0x55);
    EXPECT(part->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED);
    MmPrepareMdlForReuse(part);
    EXPECT(!MmIsAddressValid(mapped));
    IoBuildPartialMdl(mdl, part, block + 5, 0); // to the end
    EXPECT_EQ(MmGetMdlByteCount(part), 3 * PAGE_SIZE - 5);
    mapped = MmGetSystemAddressForMdlSafe(part, NormalPagePriority);
    IoFreeMdl(part);
    EXPECT(!MmIsAddressValid(mapped));
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void
TestPages(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0x200000}, high = {.QuadPart = 0x2fffff}, skip = zero;
    PMDL mdl = MmAllocatePagesForMdl(low, high, skip, 2 * PAGE_SIZE);
    PMDL chunks;
    PUCHAR mapped;

    EXPECT(mdl != NULL && MmGetMdlByteCount(mdl) == 2 * PAGE_SIZE);
    for (int page = 0; page < 2; page++)
        EXPECT(MmGetMdlPfnArray(mdl)[page] >= 0x200 && MmGetMdlPfnArray(mdl)[page] <= 0x2ff);
    mapped = MmMapLockedPages(mdl, KernelMode);
    EXPECT_EQ(mapped[0] | mapped[2 * PAGE_SIZE - 1], 0);
    mapped[PAGE_SIZE] = 1;
    MmFreePagesFromMdl(mdl);
    EXPECT(!MmIsAddressValid(mapped));
    ExFreePool(mdl);
    // A range that has less gives less, unless all is required.
    mdl = MmAllocatePagesForMdlEx(low, high, skip, 0x200000, MmCached, 0);
    EXPECT(mdl != NULL && MmGetMdlByteCount(mdl) <= 0x100000 && MmGetMdlByteCount(mdl) > 0);
    mapped = MmMapLockedPages(mdl, KernelMode);
    mapped[0] = 1;
    MmFreePagesFromMdlEx(mdl, 0);
    EXPECT(!MmIsAddressValid(mapped));
    ExFreePool(mdl);
    mdl = MmAllocatePagesForMdlEx(low, high, skip, 0x200000, MmCached, MM_ALLOCATE_FULLY_REQUIRED);
    EXPECT(mdl == NULL);
    // SkipBytes leads to the next range.
    skip.QuadPart = 0x100000;
    mdl = MmAllocatePagesForMdlEx(low, high, skip, 0x180000, MmCached, MM_ALLOCATE_FULLY_REQUIRED);
    EXPECT(mdl != NULL && MmGetMdlByteCount(mdl) == 0x180000);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
    skip.QuadPart = 0x10000;
    chunks = MmAllocateNodePagesForMdlEx(zero, anywhere, skip, 0x30000, MmCached, 0,
                                         MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS);
    EXPECT(chunks != NULL && MmGetMdlByteCount(chunks) == 0x30000);
    for (int page = 0; page < 0x30; page++)
        EXPECT(MmGetMdlPfnArray(chunks)[page] % 16 == (PFN_NUMBER)page % 16); // aligned blocks
    MmFreePagesFromMdl(chunks);
    ExFreePool(chunks);
    mdl = MmAllocatePagesForMdlEx(zero, anywhere, zero, 0x8000, MmCached,
                                  MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS | MM_DONT_ZERO_ALLOCATION);
    for (int page = 0; page < 8; page++)
        EXPECT_EQ(MmGetMdlPfnArray(mdl)[page], MmGetMdlPfnArray(mdl)[0] + page);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
}

static void
TestIoSpace(void)
{
    MM_PHYSICAL_ADDRESS_LIST list[2];
    PHYSICAL_ADDRESS second = {.QuadPart = 0xb9000};
    PMDL mdl = NULL;
    PUCHAR mapped, window;

    // The frame buffer of a VGA; RAM is refused, and what is not a page.
    list[0].PhysicalAddress.QuadPart = 0xa0000;
    list[0].NumberOfBytes = PAGE_SIZE;
    list[1].PhysicalAddress.QuadPart = 0xb8000;
    list[1].NumberOfBytes = 2 * PAGE_SIZE;
    EXPECT_EQ(MmAllocateMdlForIoSpace(list, 2, &mdl), STATUS_SUCCESS);
    EXPECT_EQ(MmGetMdlByteCount(mdl), 3 * PAGE_SIZE);
    EXPECT_EQ(MmGetMdlPfnArray(mdl)[0], 0xa0);
    EXPECT_EQ(MmGetMdlPfnArray(mdl)[2], 0xb9);
    mapped =
        MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmNonCached, NULL, FALSE, NormalPagePriority);
    EXPECT(mapped != NULL);
    EXPECT_EQ(MmGetPhysicalAddress(mapped + PAGE_SIZE + 5).QuadPart, 0xb8005);
    window = MmMapIoSpace(second, PAGE_SIZE, MmNonCached);
    EXPECT_EQ(READ_REGISTER_UCHAR(mapped + 2 * PAGE_SIZE), READ_REGISTER_UCHAR(window));
    MmUnmapIoSpace(window, PAGE_SIZE);
    IoFreeMdl(mdl);
    EXPECT(!MmIsAddressValid(mapped));
    list[0].PhysicalAddress.QuadPart = 0x100000;
    EXPECT_EQ(MmAllocateMdlForIoSpace(list, 2, &mdl), STATUS_INVALID_PARAMETER_1);
    list[0].PhysicalAddress.QuadPart = 0xa0800;
    EXPECT_EQ(MmAllocateMdlForIoSpace(list, 2, &mdl), STATUS_INVALID_PARAMETER_1);
    list[0].PhysicalAddress.QuadPart = 0xa0000;
    list[0].NumberOfBytes = 100;
    EXPECT_EQ(MmAllocateMdlForIoSpace(list, 1, &mdl), STATUS_INVALID_PARAMETER_1);
}

// MDLs of an IRP form a chain; IoFreeMdl takes them one by one.
static void
TestChain(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 300, TAG);
    PIRP irp = IoAllocateIrp(1, FALSE);
    PMDL first = IoAllocateMdl(block, 100, FALSE, FALSE, irp);
    PMDL second = IoAllocateMdl(block + 100, 100, TRUE, FALSE, irp);
    PMDL third = IoAllocateMdl(block + 200, 100, TRUE, FALSE, irp);

    EXPECT(irp->MdlAddress == first && first->Next == second && second->Next == third);
    EXPECT(third->Next == NULL);
    MmBuildMdlForNonPagedPool(second);
    EXPECT(MmGetSystemAddressForMdlSafe(second, LowPagePriority) == block + 100);
    EXPECT_EQ(MmAdvanceMdl(second, 30), STATUS_SUCCESS);
    EXPECT(MmGetSystemAddressForMdlSafe(second, LowPagePriority) == block + 130);
    irp->MdlAddress = NULL;
    IoFreeMdl(first);
    IoFreeMdl(second);
    IoFreeMdl(third);
    IoFreeIrp(irp);
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
    TestMapping();
    TestProtection();
    TestMapMdl();
    TestReserved();
    TestAdvance();
    TestSelected();
    TestPartial();
    TestPages();
    TestIoSpace();
    TestChain();
    return Finish("mm_map");
}
