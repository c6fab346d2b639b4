// SPDX-License-Identifier: MIT
// Contiguous and noncached memory in ranges, I/O space with protections, physical ranges.
// Page: NF:wdm.MmAllocateContiguousMemory, NF:wdm.MmAllocateContiguousMemorySpecifyCache
// Page: NF:wdm.MmAllocateContiguousMemorySpecifyCacheNode, NF:wdm.MmAllocateContiguousMemoryEx
// Page: NF:wdm.MmAllocateContiguousNodeMemory, NF:wdm.MmFreeContiguousMemorySpecifyCache
// Page: NF:ntddk.MmAllocateNonCachedMemory, NF:ntddk.MmFreeNonCachedMemory
// Page: NF:wdm.MmMapIoSpaceEx, NF:wdm.MmUnmapIoSpace, NF:ntddk.MmGetPhysicalMemoryRangesEx2
// Page: NF:ntddk.MmCopyMemory
// Run:
// Expect: mm_physical: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

static PHYSICAL_ADDRESS
Address(ULONGLONG Value)
{
    PHYSICAL_ADDRESS address = {.QuadPart = (LONGLONG)Value};

    return address;
}

static void
TestContiguous(void)
{
    PUCHAR memory = MmAllocateContiguousMemorySpecifyCache(
        3 * PAGE_SIZE, Address(0x300000), Address(0x3fffff), Address(0x10000), MmNonCached);
    PHYSICAL_ADDRESS physical = MmGetPhysicalAddress(memory);
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE + 1;

    EXPECT(memory != NULL && (ULONG_PTR)memory % PAGE_SIZE == 0);
    EXPECT(physical.QuadPart >= 0x300000 && physical.QuadPart + 3 * PAGE_SIZE <= 0x400000);
    EXPECT_EQ(physical.QuadPart / 0x10000, (physical.QuadPart + 3 * PAGE_SIZE - 1) / 0x10000);
    EXPECT_EQ(MmGetPhysicalAddress(memory + 2 * PAGE_SIZE).QuadPart,
              physical.QuadPart + 2 * PAGE_SIZE);
    EXPECT(MmGetVirtualForPhysical(physical) == memory);
    MmFreeContiguousMemorySpecifyCache(memory, 3 * PAGE_SIZE, MmNonCached);
    EXPECT(MmAllocateContiguousMemorySpecifyCache(0x200000, Address(0x300000), Address(0x3fffff),
                                                  Address(0), MmCached) == NULL);
    EXPECT(MmAllocateContiguousMemory(PAGE_SIZE, Address(0xfff)) == NULL);
    memory = MmAllocateContiguousMemorySpecifyCacheNode(PAGE_SIZE, Address(0), Address(~0ull),
                                                        Address(0), MmCached, MM_ANY_NODE_OK);
    EXPECT(memory != NULL);
    MmFreeContiguousMemory(memory);
    memory = MmAllocateContiguousNodeMemory(PAGE_SIZE, Address(0), Address(~0ull), Address(0),
                                            PAGE_READWRITE | PAGE_NOCACHE, 0);
    EXPECT(memory != NULL);
    MmFreeContiguousMemory(memory);
    EXPECT(MmAllocateContiguousNodeMemory(PAGE_SIZE, Address(0), Address(~0ull), Address(0),
                                          PAGE_NOACCESS, 0) == NULL);
    EXPECT_EQ(MmAllocateContiguousMemoryEx(&size, Address(0), Address(~0ull), Address(0),
                                           MM_ANY_NODE_OK, PAGE_READWRITE, NULL, 'yhpT', 0, &base),
              STATUS_SUCCESS);
    EXPECT(base != NULL && size == 2 * PAGE_SIZE); // the amount allocated
    MmFreeContiguousMemory(base);
    EXPECT_EQ(MmAllocateContiguousMemoryEx(&size, Address(0), Address(0xfff), Address(0),
                                           MM_ANY_NODE_OK, PAGE_READWRITE, NULL, 'yhpT', 0, &base),
              STATUS_INSUFFICIENT_RESOURCES);
    memory = MmAllocateNonCachedMemory(100);
    EXPECT(memory != NULL);
    memory[99] = 1;
    MmFreeNonCachedMemory(memory, 100);
}

static void
TestIoSpace(void)
{
    PUCHAR memory = MmAllocateContiguousMemory(2 * PAGE_SIZE, Address(~0ull));
    PHYSICAL_ADDRESS physical = MmGetPhysicalAddress(memory);
    PHYSICAL_ADDRESS inside = Address((ULONGLONG)physical.QuadPart + 100);
    PUCHAR first = MmMapIoSpaceEx(inside, PAGE_SIZE, PAGE_READONLY);
    PUCHAR second = MmMapIoSpaceEx(physical, 2 * PAGE_SIZE, PAGE_READWRITE | PAGE_WRITECOMBINE);

    EXPECT(first != NULL && second != NULL && first != second && second != memory);
    memory[100] = 0x61;
    EXPECT(first[0] == 0x61 && second[100] == 0x61);
    second[101] = 0x62;
    EXPECT(memory[101] == 0x62 && first[1] == 0x62);
    EXPECT_EQ(MmGetPhysicalAddress(first).QuadPart, inside.QuadPart);
    MmUnmapIoSpace(first, PAGE_SIZE);
    EXPECT(!MmIsAddressValid(first));
    EXPECT(second[100] == 0x61); // the other mapping stays
    MmUnmapIoSpace(second, 2 * PAGE_SIZE);
    EXPECT(MmMapIoSpaceEx(physical, PAGE_SIZE, PAGE_NOACCESS) == NULL);
    EXPECT(MmMapIoSpaceEx(physical, PAGE_SIZE, 0) == NULL);
    EXPECT(MmMapIoSpaceEx(physical, 0, PAGE_READWRITE) == NULL);
    MmFreeContiguousMemory(memory);
}

static BOOLEAN
IsRam(PPHYSICAL_MEMORY_RANGE Ranges, LONGLONG Physical)
{
    for (; Ranges->BaseAddress.QuadPart != 0 || Ranges->NumberOfBytes.QuadPart != 0; Ranges++)
    {
        if (Physical >= Ranges->BaseAddress.QuadPart &&
            Physical < Ranges->BaseAddress.QuadPart + Ranges->NumberOfBytes.QuadPart)
            return TRUE;
    }
    return FALSE;
}

static void
TestRanges(void)
{
    PUCHAR memory = MmAllocateContiguousMemory(PAGE_SIZE, Address(~0ull));
    LONGLONG physical = MmGetPhysicalAddress(memory).QuadPart;
    PPHYSICAL_MEMORY_RANGE ranges = MmGetPhysicalMemoryRangesEx2(NULL, 0);
    MM_COPY_ADDRESS from;
    UCHAR copy[4];
    SIZE_T done;

    EXPECT(ranges != NULL && IsRam(ranges, physical));
    EXPECT(IsRam(ranges, 0x200000) && !IsRam(ranges, 0xa0000) && !IsRam(ranges, 0xfee00000));
    ExFreePool(ranges);
    ranges = MmGetPhysicalMemoryRanges();
    EXPECT(ranges != NULL && IsRam(ranges, physical));
    ExFreePool(ranges);
    ranges = MmGetPhysicalMemoryRangesEx(NULL);
    EXPECT(ranges != NULL && IsRam(ranges, physical));
    ExFreePool(ranges);
    EXPECT(MmGetPhysicalMemoryRangesEx2(NULL, 0x8000) == NULL);
    memory[10] = 0x91;
    from.PhysicalAddress.QuadPart = physical + 10;
    EXPECT_EQ(MmCopyMemory(copy, from, 4, MM_COPY_MEMORY_PHYSICAL, &done), STATUS_SUCCESS);
    EXPECT(done == 4 && copy[0] == 0x91);
    EXPECT_EQ(MmCopyMemory(copy, from, 4, 0, &done), STATUS_INVALID_PARAMETER_4);
    from.PhysicalAddress.QuadPart = 0xa0000; // a device
    EXPECT(!NT_SUCCESS(MmCopyMemory(copy, from, 4, MM_COPY_MEMORY_PHYSICAL, &done)));
    EXPECT_EQ(done, 0);
    MmFreeContiguousMemory(memory);
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
    TestContiguous();
    TestIoSpace();
    TestRanges();
    return Finish("mm_physical");
}
