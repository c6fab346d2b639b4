// SPDX-License-Identifier: MIT
// Calls code in paged pool, which is never executable.
//
// Page: debugger/bug-check-0xfc---attempted-execute-of-noexecute-memory.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY$
// Report: subject=live block of paged pool
// Report: driver=^bad_execute_paged.sys$
// Report: page=bug-check-0xfc---attempted-execute-of-noexecute-memory
#include "bad.h"

// mov eax, 0; ret
static const UCHAR code[] = {0xB8, 0, 0, 0, 0, 0xC3};

static NTSTATUS
UsePool(BOOLEAN Call)
{
    PVOID block = ExAllocatePoolWithTag(PagedPool, sizeof(code), 'daBT');
    NTSTATUS(NTAPI *volatile routine)(void);
    NTSTATUS status = STATUS_SUCCESS;

    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(block, code, sizeof(code));
    routine = (NTSTATUS(NTAPI *)(void))block;
    if (Call)
        status = routine();
    ExFreePoolWithTag(block, 'daBT');
    return status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return UsePool(FALSE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return UsePool(TRUE);
}
