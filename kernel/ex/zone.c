/* SPDX-License-Identifier: MIT */
/*
 * Zones: blocks of one size from segments that the driver brings. Older than lookaside lists and
 * still exported. The driver's lock protects them; any IRQL.
 */
#include "exp.h"

/* Takes a segment apart into blocks; the first bytes link the segments. */
static NTSTATUS
ExpAddSegment(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize)
{
    const ULONG header = sizeof(ZONE_SEGMENT_HEADER);
    PZONE_SEGMENT_HEADER segment = Segment;
    if (((ULONG64)Segment & 7) != 0 || (SegmentSize & 7) != 0 ||
        SegmentSize < header + Zone->BlockSize)
    {
        return STATUS_INVALID_PARAMETER;
    }
    segment->Reserved = NULL;
    segment->SegmentList.Next = Zone->SegmentList.Next;
    Zone->SegmentList.Next = &segment->SegmentList;
    for (ULONG offset = header; offset + Zone->BlockSize <= SegmentSize; offset += Zone->BlockSize)
    {
        PSINGLE_LIST_ENTRY block = (PSINGLE_LIST_ENTRY)((PUCHAR)Segment + offset);
        block->Next = Zone->FreeList.Next;
        Zone->FreeList.Next = block;
    }
    Zone->TotalSegmentSize += SegmentSize;
    return STATUS_SUCCESS;
}

/* Exported, without a page: blocks are multiples of 8 bytes, so are segments and their addresses.
 */
DDI NTSTATUS
ExInitializeZone(PZONE_HEADER Zone, ULONG BlockSize, PVOID InitialSegment, ULONG InitialSegmentSize)
{
    if (BlockSize == 0 || (BlockSize & 7) != 0 || BlockSize > InitialSegmentSize)
    {
        return STATUS_INVALID_PARAMETER;
    }
    const ZONE_HEADER zone = {.BlockSize = BlockSize};
    *Zone = zone;
    return ExpAddSegment(Zone, InitialSegment, InitialSegmentSize);
}

/* Exported, without a page. */
DDI NTSTATUS
ExExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize)
{
    return ExpAddSegment(Zone, Segment, SegmentSize);
}

/* Exported, without a page. Nothing runs between two instructions of the kernel: see slist.c. */
DDI NTSTATUS
ExInterlockedExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize, PKSPIN_LOCK Lock)
{
    (void)Lock;
    return ExpAddSegment(Zone, Segment, SegmentSize);
}
