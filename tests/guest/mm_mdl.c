// SPDX-License-Identifier: MIT
// MDLs of nonpaged and paged memory, physical addresses, contiguous memory, I/O space, sections.
// Page: kernel/using-mdls.md, NF:wdm.MmProbeAndLockPages, NF:wdm.MmUnlockPages
// Page: NF:wdm.MmBuildMdlForNonPagedPool, NF:wdm.MmMapLockedPagesSpecifyCache
// Page: NF:wdm.MmUnmapLockedPages, NF:wdm.MmSizeOfMdl, NF:wdm.MmAllocatePagesForMdlEx
// Page: NF:wdm.MmFreePagesFromMdl, NF:ntddk.MmGetPhysicalAddress, NF:ntddk.MmIsAddressValid
// Page: NF:wdm.MmAllocateContiguousMemory, NF:wdm.MmFreeContiguousMemory, NF:wdm.MmMapIoSpace
// Page: NF:wdm.ZwOpenSection, NF:wdm.ZwMapViewOfSection, NF:wdm.ZwUnmapViewOfSection
// Page: NF:wdm.ProbeForRead, NF:wdm.ProbeForWrite, NF:ntddk.MmCopyMemory
// Run:
// Expect: mm_mdl: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define TAG 'ldmT'

static NTSTATUS raised;

static void
TestNonPaged(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 10000, TAG);
    PMDL mdl = IoAllocateMdl(block + 100, 9000, FALSE, FALSE, NULL);

    EXPECT(mdl != NULL);
    EXPECT_EQ(MmGetMdlByteCount(mdl), 9000);
    EXPECT_EQ(MmGetMdlByteOffset(mdl), 100);
    EXPECT(MmGetMdlVirtualAddress(mdl) == block + 100);
    EXPECT_EQ(MmSizeOfMdl(block + 100, 9000), sizeof(MDL) + 3 * sizeof(PFN_NUMBER));
    MmBuildMdlForNonPagedPool(mdl);
    EXPECT(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL);
    EXPECT(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == block + 100);
    EXPECT_EQ(MmGetMdlPfnArray(mdl)[0], MmGetPhysicalAddress(block).QuadPart >> PAGE_SHIFT);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static void
TestPaged(void)
{
    PUCHAR block = ExAllocatePool2(POOL_FLAG_PAGED, 5000, TAG);
    PMDL mdl = IoAllocateMdl(block, 5000, FALSE, FALSE, NULL);
    PUCHAR mapped;
    KIRQL irql;

    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    EXPECT(mdl->MdlFlags & MDL_PAGES_LOCKED);
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
    EXPECT(mapped != NULL);
    EXPECT(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    mapped[4999] = 7; // locked pages may be touched at any IRQL
    KeLowerIrql(irql);
    EXPECT_EQ(block[4999], 7);
    MmUnlockPages(mdl);
    EXPECT_EQ(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA), 0);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
    mdl = IoAllocateMdl((PVOID)0x1000, 100, FALSE, FALSE, NULL);
    RAISED(MmProbeAndLockPages(mdl, UserMode, IoReadAccess));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    IoFreeMdl(mdl);
}

static void
TestPages(void)
{
    PHYSICAL_ADDRESS low = {.QuadPart = 0}, high = {.QuadPart = -1}, skip = {.QuadPart = 0};
    PMDL mdl = MmAllocatePagesForMdlEx(low, high, skip, 8192, MmCached, 0);
    PUCHAR mapped;

    EXPECT(mdl != NULL && MmGetMdlByteCount(mdl) == 8192);
    mapped =
        MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    EXPECT(mapped != NULL);
    EXPECT_EQ(mapped[0] | mapped[8191], 0);
    mapped[8191] = 1;
    MmUnmapLockedPages(mapped, mdl);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
}

static void
TestPhysical(void)
{
    PHYSICAL_ADDRESS highest = {.QuadPart = 0xffffffff}, physical;
    PUCHAR memory = MmAllocateContiguousMemory(3 * PAGE_SIZE, highest);
    PUCHAR window;

    EXPECT(memory != NULL);
    physical = MmGetPhysicalAddress(memory);
    EXPECT(physical.QuadPart + 3 * PAGE_SIZE - 1 <= highest.QuadPart);
    EXPECT_EQ(MmGetPhysicalAddress(memory + 2 * PAGE_SIZE + 5).QuadPart,
              physical.QuadPart + 2 * PAGE_SIZE + 5);
    memory[5000] = 0x77;
    window = MmMapIoSpace(physical, 3 * PAGE_SIZE, MmCached);
    EXPECT(window != NULL);
    EXPECT_EQ(window[5000], 0x77);
    MmUnmapIoSpace(window, 3 * PAGE_SIZE);
    MmFreeContiguousMemory(memory);
}

static void
TestSection(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\PhysicalMemory");
    PHYSICAL_ADDRESS highest = {.QuadPart = 0xffffffff};
    PUCHAR memory = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    LARGE_INTEGER offset = MmGetPhysicalAddress(memory);
    LONGLONG start = offset.QuadPart;
    OBJECT_ATTRIBUTES attributes;
    SIZE_T size = PAGE_SIZE;
    PVOID view = NULL;
    HANDLE section;

    memory[9] = 0x42;
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&name, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwOpenSection(&section, SECTION_MAP_READ | SECTION_MAP_WRITE, &attributes),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwMapViewOfSection(section, ZwCurrentProcess(), &view, 0, 0, &offset, &size,
                                 ViewUnmap, 0, PAGE_READWRITE),
              STATUS_SUCCESS);
    EXPECT_EQ(offset.QuadPart & 0xffff, 0);
    EXPECT_EQ(((PUCHAR)view)[start - offset.QuadPart + 9], 0x42);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), view), STATUS_SUCCESS);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), view), STATUS_NOT_MAPPED_VIEW);
    ZwClose(section);
    MmFreeContiguousMemory(memory);
}

static void
TestProbes(void)
{
    MM_COPY_ADDRESS from;
    SIZE_T done;
    UCHAR copy[8];

    RAISED(ProbeForRead((PVOID)0x10001, 8, 8));
    EXPECT_EQ(raised, STATUS_DATATYPE_MISALIGNMENT);
    RAISED(ProbeForRead(copy, 8, 1)); // system memory is not a user's
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(ProbeForRead((PVOID)0x10000, ~(SIZE_T)0, 1));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(ProbeForRead(copy, 0, 1));
    EXPECT_EQ(raised, STATUS_SUCCESS);
    RAISED(ProbeForWrite((PVOID)0x10000, 8, 1)); // nothing is there
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    EXPECT(MmIsAddressValid(copy));
    EXPECT(!MmIsAddressValid((PVOID)0x10000));
    from.VirtualAddress = (PVOID)&TestProbes;
    EXPECT_EQ(MmCopyMemory(copy, from, 8, MM_COPY_MEMORY_VIRTUAL, &done), STATUS_SUCCESS);
    EXPECT_EQ(done, 8);
    from.VirtualAddress = (PVOID)0x10000;
    EXPECT(!NT_SUCCESS(MmCopyMemory(copy, from, 8, MM_COPY_MEMORY_VIRTUAL, &done)));
    EXPECT_EQ(done, 0);
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
    TestNonPaged();
    TestPaged();
    TestPages();
    TestPhysical();
    TestSection();
    TestProbes();
    return Finish("mm_mdl");
}
