/* SPDX-License-Identifier: MIT */
/*
 * What file systems ask about the sections of a file. No section here is backed by a file (its file
 * object has no SectionObjectPointer), so nothing stands in anybody's way; a pointer that somebody
 * else put there is not ours to close. IRQL <= APC_LEVEL.
 */
#include "mip.h"

#include "ntifs.h"

static BOOLEAN
MiHasSections(PSECTION_OBJECT_POINTERS Pointers, BOOLEAN Data)
{
    return Pointers->ImageSectionObject != NULL || (Data && Pointers->DataSectionObject != NULL);
}

/* Contract: NF:ntifs.MmFlushImageSection: TRUE when no image section is left. */
DDI BOOLEAN
MmFlushImageSection(PSECTION_OBJECT_POINTERS SectionObjectPointer, MMFLUSH_TYPE FlushType)
{
    return !MiHasSections(SectionObjectPointer, FlushType == MmFlushForDelete);
}

/* Contract: NF:ntifs.MmForceSectionClosed. */
DDI BOOLEAN
MmForceSectionClosed(PSECTION_OBJECT_POINTERS SectionObjectPointer, BOOLEAN DelayClose)
{
    (void)DelayClose;
    return !MiHasSections(SectionObjectPointer, TRUE);
}

/* Contract: NF:ntifs.MmCanFileBeTruncated. */
DDI BOOLEAN
MmCanFileBeTruncated(PSECTION_OBJECT_POINTERS SectionPointer, PLARGE_INTEGER NewFileSize)
{
    (void)NewFileSize;
    return !MiHasSections(SectionPointer, TRUE);
}

/* Contract: NF:ntifs.MmIsRecursiveIoFault: nothing is ever read for a page fault here. */
DDI BOOLEAN
MmIsRecursiveIoFault(VOID)
{
    return FALSE;
}
