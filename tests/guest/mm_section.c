// SPDX-License-Identifier: MIT
// Sections and views: shared pages, copies on write, reserved sections, views in system space,
// \Device\PhysicalMemory; in the system process, and in a client's.
// Page: kernel/section-objects-and-views.md, kernel/managing-memory-sections.md
// Page: kernel/file-backed-and-page-file-backed-sections.md
// Page: kernel/security-issues-for-section-objects-and-views.md
// Page: NF:wdm.ZwCreateSection, NF:wdm.ZwOpenSection, NF:wdm.ZwMapViewOfSection
// Page: NF:wdm.ZwUnmapViewOfSection, NF:ntddk.MmMapViewInSystemSpace
// Page: NF:ntddk.MmUnmapViewInSystemSpace, NF:ntifs.MmFlushImageSection
// Page: NF:ntifs.MmForceSectionClosed, NF:ntifs.MmCanFileBeTruncated
// Run: open \\.\Sections
// Run: ioctl 0x222000
// Expect: mm_section: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

OPENWDM_EXPORTED_DATA(POBJECT_TYPE, MmSectionObjectType);

static NTSTATUS raised;
static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Sections");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Sections");

static HANDLE
Create(LONGLONG Size, ULONG Protect, ULONG Attributes)
{
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER size;
    HANDLE section = NULL;

    size.QuadPart = Size;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size, Protect, Attributes,
                              NULL),
              STATUS_SUCCESS);
    return section;
}

static NTSTATUS
Map(HANDLE Section, PVOID *View, LONGLONG Offset, SIZE_T *Size, ULONG Protect)
{
    LARGE_INTEGER offset;

    offset.QuadPart = Offset;
    return ZwMapViewOfSection(Section, ZwCurrentProcess(), View, 0, 0, &offset, Size, ViewUnmap, 0,
                              Protect);
}

static void
TestShared(void)
{
    HANDLE section = Create(0x21001, PAGE_READWRITE, SEC_COMMIT);
    PVOID first = NULL, second = NULL, third = NULL;
    SIZE_T size = 0, size2 = 0x1001, size3 = 0x1000;

    EXPECT_EQ(Map(section, &first, 0, &size, PAGE_READWRITE), STATUS_SUCCESS);
    EXPECT_EQ(size, 0x22000); // the whole section, in pages
    EXPECT(first < MM_SYSTEM_RANGE_START);
    EXPECT_EQ(((PUCHAR)first)[0x20000], 0);
    ((PUCHAR)first)[0x10005] = 0x5a;
    // The offset is rounded down to 64 KiB, the size up to pages.
    EXPECT_EQ(Map(section, &second, 0x10000, &size2, PAGE_READONLY), STATUS_SUCCESS);
    EXPECT_EQ(size2, 0x2000);
    EXPECT_EQ(((PUCHAR)second)[5], 0x5a);
    ((PUCHAR)first)[0x10006] = 0x5b;
    EXPECT_EQ(((PUCHAR)second)[6], 0x5b);
    EXPECT(MmGetPhysicalAddress(second).QuadPart ==
           MmGetPhysicalAddress((PUCHAR)first + 0x10000).QuadPart);
    RAISED(*(volatile UCHAR *)second = 1);
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    // A base that is given is rounded down to 64 KiB, and must be free.
    third = (PUCHAR)first + 0x8000;
    EXPECT_EQ(Map(section, &third, 0, &size3, PAGE_READONLY), STATUS_CONFLICTING_ADDRESSES);
    third = (PVOID)0x60008000;
    EXPECT_EQ(Map(section, &third, 0, &size3, PAGE_READONLY), STATUS_SUCCESS);
    EXPECT(third == (PVOID)0x60000000);
    // The view keeps the section when the handle is closed, and goes as a whole.
    ZwClose(section);
    EXPECT_EQ(((PUCHAR)second)[5], 0x5a);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), (PUCHAR)first + 0x3333), STATUS_SUCCESS);
    RAISED(*(volatile UCHAR *)first);
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), first), STATUS_NOT_MAPPED_VIEW);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), second), STATUS_SUCCESS);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), third), STATUS_SUCCESS);
}

static void
TestCopyOnWrite(void)
{
    HANDLE section = Create(0x3000, PAGE_READWRITE, SEC_COMMIT);
    PVOID shared = NULL, copy = NULL;
    SIZE_T size = 0;
    PMDL mdl;
    PUCHAR mapped;

    EXPECT_EQ(Map(section, &shared, 0, &size, PAGE_READWRITE), STATUS_SUCCESS);
    ((PUCHAR)shared)[0] = 1;
    ((PUCHAR)shared)[0x1000] = 2;
    EXPECT_EQ(Map(section, &copy, 0, &size, PAGE_WRITECOPY), STATUS_SUCCESS);
    EXPECT_EQ(((PUCHAR)copy)[0], 1);
    ((PUCHAR)shared)[0] = 3;
    EXPECT_EQ(((PUCHAR)copy)[0], 3); // still the same page
    ((PUCHAR)copy)[1] = 0x77;        // now it is not
    EXPECT_EQ(((PUCHAR)copy)[0], 3);
    EXPECT_EQ(((PUCHAR)shared)[1], 0);
    ((PUCHAR)shared)[0] = 4;
    EXPECT_EQ(((PUCHAR)copy)[0], 3);
    EXPECT_EQ(((PUCHAR)copy)[0x1000], 2); // its neighbour is
    // Locking for writing copies as well.
    mdl = IoAllocateMdl((PUCHAR)copy + 0x1000, 0x1000, FALSE, FALSE, NULL);
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    mapped[0] = 9;
    EXPECT_EQ(((PUCHAR)copy)[0x1000], 9);
    EXPECT_EQ(((PUCHAR)shared)[0x1000], 2);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), copy), STATUS_SUCCESS);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), shared), STATUS_SUCCESS);
    ZwClose(section);
}

static void
TestReserved(void)
{
    HANDLE section = Create(0x4000, PAGE_READWRITE, SEC_RESERVE);
    PVOID view = NULL, other = NULL, base;
    SIZE_T size = 0;
    LARGE_INTEGER offset = {.QuadPart = 0};

    // Only what CommitSize says is there.
    EXPECT_EQ(ZwMapViewOfSection(section, ZwCurrentProcess(), &view, 0, 0x1000, &offset, &size,
                                 ViewUnmap, 0, PAGE_READWRITE),
              STATUS_SUCCESS);
    ((PUCHAR)view)[0xfff] = 1;
    RAISED(*(volatile UCHAR *)((PUCHAR)view + 0x1000));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Map(section, &other, 0, &size, PAGE_READWRITE), STATUS_SUCCESS);
    base = (PUCHAR)view + 0x2000;
    size = 0x1000;
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_SUCCESS);
    ((PUCHAR)view)[0x2000] = 0x21;
    EXPECT_EQ(((PUCHAR)other)[0x2000], 0x21); // committed for all views
    size = 0;
    EXPECT(!NT_SUCCESS(ZwFreeVirtualMemory(ZwCurrentProcess(), &view, &size, MEM_RELEASE)));
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), view), STATUS_SUCCESS);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), other), STATUS_SUCCESS);
    ZwClose(section);
}

static void
TestRefusals(void)
{
    HANDLE section = NULL, readOnly;
    LARGE_INTEGER size = {.QuadPart = 0x1000}, none = {.QuadPart = 0},
                  huge = {.QuadPart = 1LL << 50};
    PVOID view = NULL;
    SIZE_T viewSize = 0;

    EXPECT_EQ(
        ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_NOACCESS, SEC_COMMIT, NULL),
        STATUS_INVALID_PAGE_PROTECTION);
    EXPECT_EQ(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, 0, NULL),
              STATUS_INVALID_PARAMETER_6);
    EXPECT_EQ(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &none, PAGE_READWRITE, SEC_COMMIT,
                              NULL),
              STATUS_INVALID_PARAMETER_4);
    EXPECT_EQ(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &huge, PAGE_READWRITE, SEC_COMMIT,
                              NULL),
              STATUS_SECTION_TOO_BIG);
    readOnly = Create(0x1000, PAGE_READONLY, SEC_COMMIT);
    EXPECT_EQ(Map(readOnly, &view, 0, &viewSize, PAGE_READWRITE), STATUS_SECTION_PROTECTION);
    EXPECT_EQ(Map(readOnly, &view, 0, &viewSize, PAGE_EXECUTE_READ), STATUS_SECTION_PROTECTION);
    EXPECT_EQ(Map(readOnly, &view, 0, &viewSize, 0), STATUS_INVALID_PAGE_PROTECTION);
    viewSize = 0x2000;
    EXPECT_EQ(Map(readOnly, &view, 0, &viewSize, PAGE_READONLY), STATUS_INVALID_VIEW_SIZE);
    EXPECT(view == NULL);
    ZwClose(readOnly);
}

// A name, a second handle, and system space.
static void
TestNames(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\BaseNamedObjects\\GuestSection");
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER size = {.QuadPart = 0x2000};
    HANDLE section, again;
    PVOID object, view = NULL, mapped = NULL;
    SIZE_T viewSize = 0;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&name,
                               OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
    EXPECT_EQ(ZwCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE,
                              SEC_COMMIT, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwOpenSection(&again, SECTION_MAP_READ | SECTION_MAP_WRITE, &attributes),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(again, SECTION_MAP_READ, *MmSectionObjectType, KernelMode,
                                        &object, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(again, 0, *ExEventObjectType, KernelMode, &mapped, NULL),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(Map(again, &view, 0, &viewSize, PAGE_READWRITE), STATUS_SUCCESS);
    viewSize = 0;
    EXPECT_EQ(MmMapViewInSystemSpace(object, &mapped, &viewSize), STATUS_SUCCESS);
    EXPECT(viewSize == 0x2000 && mapped >= MM_SYSTEM_RANGE_START);
    ((PUCHAR)mapped)[0x1fff] = 0x66;
    EXPECT_EQ(((PUCHAR)view)[0x1fff], 0x66);
    EXPECT(MmIsAddressValid(mapped));
    EXPECT_EQ(MmUnmapViewInSystemSpace(mapped), STATUS_SUCCESS);
    EXPECT(!MmIsAddressValid(mapped));
    EXPECT_EQ(MmUnmapViewInSystemSpace(mapped), STATUS_NOT_MAPPED_VIEW);
    // From an offset on; there are no flags.
    viewSize = 0x1000;
    size.QuadPart = 0x1000;
    EXPECT_EQ(MmMapViewInSystemSpaceEx(object, &mapped, &viewSize, &size, 0), STATUS_SUCCESS);
    EXPECT_EQ(viewSize, 0x1000);
    EXPECT_EQ(((PUCHAR)mapped)[0xfff], 0x66);
    EXPECT_EQ(MmUnmapViewInSystemSpace(mapped), STATUS_SUCCESS);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), view), STATUS_SUCCESS);
    ObDereferenceObject(object);
    ZwClose(again);
    ZwClose(section);
    EXPECT_EQ(ZwOpenSection(&again, SECTION_MAP_READ, &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
}

// RAM appears in a view as it is; what the driver does not own is left alone.
static void
TestPhysicalMemory(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\PhysicalMemory");
    PHYSICAL_ADDRESS highest = {.QuadPart = 0xffffffff};
    PUCHAR memory = MmAllocateContiguousMemory(2 * PAGE_SIZE, highest);
    LARGE_INTEGER offset = MmGetPhysicalAddress(memory);
    LONGLONG start = offset.QuadPart;
    OBJECT_ATTRIBUTES attributes;
    SIZE_T size = 2 * PAGE_SIZE;
    PUCHAR bytes;
    PVOID view = NULL;
    HANDLE section;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&name, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwOpenSection(&section, SECTION_MAP_READ | SECTION_MAP_WRITE, &attributes),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwMapViewOfSection(section, ZwCurrentProcess(), &view, 0, 0, &offset, &size,
                                 ViewUnmap, 0, PAGE_READWRITE),
              STATUS_SUCCESS);
    bytes = (PUCHAR)view + (start - offset.QuadPart);
    memory[PAGE_SIZE] = 0x11;
    EXPECT_EQ(bytes[PAGE_SIZE], 0x11);
    bytes[1] = 0x22;
    EXPECT_EQ(memory[1], 0x22);
    EXPECT_EQ(MmGetPhysicalAddress(bytes).QuadPart, start);
    EXPECT_EQ(ZwUnmapViewOfSection(ZwCurrentProcess(), view), STATUS_SUCCESS);
    ZwClose(section);
    MmFreeContiguousMemory(memory);
}

// What a file system asks before it truncates or deletes a file that has no section.
static void
TestFiles(void)
{
    SECTION_OBJECT_POINTERS pointers = {0};
    LARGE_INTEGER size = {.QuadPart = 0};

    EXPECT(MmFlushImageSection(&pointers, MmFlushForDelete));
    EXPECT(MmFlushImageSection(&pointers, MmFlushForWrite));
    EXPECT(MmForceSectionClosed(&pointers, FALSE));
    EXPECT(MmCanFileBeTruncated(&pointers, &size));
    EXPECT(!MmIsRecursiveIoFault());
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

static void
TestAll(void)
{
    TestShared();
    TestCopyOnWrite();
    TestReserved();
    TestRefusals();
    TestNames();
    TestPhysicalMemory();
    TestFiles();
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        TestAll(); // in the client's process
        (void)Finish("mm_section");
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
    TestAll(); // in the system process
    return STATUS_SUCCESS;
}
