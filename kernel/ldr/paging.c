// SPDX-License-Identifier: MIT
// Documented routines on a whole driver image: making all of it pageable, protecting a section.
// mm/paging.c finds out who touches pageable memory at raised IRQL. IRQL <= APC_LEVEL.
#include "ldrp.h"

#include "bugcodes.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ntddk.h"
#include "rtl/ddi.h"

// Sections that are resident unless the driver asks otherwise. Those that ask to be written and
// executed change their protection as they are used, so they stay.
static BOOLEAN
IsResident(const LDR_SECTION *Section)
{
    return !Section->IsPaged && !Section->IsDiscarded && !Section->IsInit &&
           !Section->IsWritableCode && Section->Size != 0;
}

// Contract: NF:wdm.MmPageEntireDriver. Twice is as once.
DDI PVOID
MmPageEntireDriver(PVOID AddressWithinSection)
{
    PLDR_IMAGE image = LdrImageFromAddress((ULONG64)AddressWithinSection);
    if (image == NULL)
        return NULL;
    for (ULONG index = 0; !image->IsPagedEntirely && index < image->SectionCount; index++)
    {
        const LDR_SECTION *section = &image->Sections[index];
        if (IsResident(section))
            (void)MmRegisterPageableRange(image->Base + section->Rva, section->Size,
                                          section->Protection);
    }
    image->IsPagedEntirely = TRUE;
    return image->Base;
}

// Contract: NF:wdm.MmResetDriverPaging: nothing happens unless MmPageEntireDriver came first.
DDI VOID
MmResetDriverPaging(PVOID AddressWithinSection)
{
    PLDR_IMAGE image = LdrImageFromAddress((ULONG64)AddressWithinSection);
    if (image == NULL || !image->IsPagedEntirely)
        return;
    image->IsPagedEntirely = FALSE;
    for (ULONG index = 0; index < image->SectionCount; index++)
    {
        if (IsResident(&image->Sections[index]))
            MmUnregisterPageableRange(image->Base + image->Sections[index].Rva);
    }
}

// Contract: NF:wdm.MmProtectDriverSection. The machine has no Virtual Secure Mode, so nothing that
// is asked for correctly can be done.
DDI NTSTATUS
MmProtectDriverSection(PVOID AddressWithinSection, SIZE_T Size, ULONG Flags)
{
    const PLDR_IMAGE image = LdrImageFromAddress((ULONG64)AddressWithinSection);
    if (image == NULL)
        KiBugCheckWithRule(MEMORY_MANAGEMENT, 0x1100, (ULONG64)AddressWithinSection, 0, 0,
                           "MmProtectDriverSection takes an address inside a loaded driver",
                           "NF:wdm.MmProtectDriverSection", NULL, NULL);
    if (Size != 0 || (Flags & ~1u) != 0)
        return STATUS_INVALID_PARAMETER;
    for (ULONG index = 0; index < image->SectionCount; index++)
    {
        const LDR_SECTION *section = &image->Sections[index];
        if ((ULONG64)AddressWithinSection - (ULONG64)(image->Base + section->Rva) < section->Size &&
            (section->Protection & HOST_PROT_EXECUTE))
            return STATUS_INVALID_PAGE_PROTECTION;
    }
    return STATUS_INVALID_DEVICE_STATE;
}

// Contract: NF:wdm.MmGetSystemRoutineAddressEx: exports of drivers, not of the kernel or the HAL.
DDI PVOID
MmGetSystemRoutineAddressEx(PUNICODE_STRING ModuleName, PCSTR FunctionName)
{
    char name[64];
    const ULONG length = ModuleName->Length / sizeof(WCHAR);
    if (length >= sizeof(name))
        return NULL;
    for (ULONG index = 0; index < length; index++)
        name[index] = (char)ModuleName->Buffer[index];
    name[length] = 0;
    const PLDR_IMAGE image = LdrFindImage(name);
    return image == NULL ? NULL : LdrFindExport(image, FunctionName);
}
