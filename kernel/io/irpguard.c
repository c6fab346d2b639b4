/* SPDX-License-Identifier: MIT */
/*
 * IRPs whose memory really goes away when they are completed or freed. The first IRPs of a run and
 * one in some thousands later have pages of their own, which lose their access rights with the IRP:
 * a driver that touches one afterwards faults, and the report names the IRP, the field and who
 * completed it. Changing rights costs a system call, so not every IRP can be such a one; the cache
 * in irp.c has the others. Owns the slots. No lock; any IRQL, and the signal stack.
 */
#include "iop.h"

#include "io/query.h"
#include "mm/mm.h"

#define IOP_GUARD_TAG 'grI '

/* The capacity that makes IRP and stack locations one page; the records of calls follow behind it,
 * as the dispatch routines that still run are judged by them. */
#define IOP_GUARD_CAPACITY 54
C_ASSERT(sizeof(IRP) + IOP_GUARD_CAPACITY * sizeof(IO_STACK_LOCATION) == HOST_PAGE_SIZE);

#define IOP_GUARD_SLOTS 32
#define IOP_GUARD_FIRST 64   /* so many IRPs of a run are all guarded */
#define IOP_GUARD_STEP  4096 /* then each of this number is */

typedef struct _IOP_GUARD_SLOT
{
    PIOP_IRP Header;
    BOOLEAN Dead;   /* completed or freed */
    BOOLEAN Closed; /* and its page cannot be accessed */
    ULONG64 Order;  /* of its death; the oldest is used again first */
    PVOID Caller;   /* the call in a driver that ended it, or NULL */
    BOOLEAN Sent;   /* to a driver; else it has no major function */
    UCHAR Major;
} IOP_GUARD_SLOT;

ULONG IopGuardCountdown;

static IOP_GUARD_SLOT IopGuardSlots[IOP_GUARD_SLOTS];
static ULONG IopGuardCount;
static ULONG IopGuarded;
static ULONG64 IopGuardOrder;

void
IoGuardIrps(void)
{
    IopGuardCountdown = 1;
}

static PIOP_IRP
IopNewGuarded(void)
{
    SIZE_T size =
        2 * HOST_PAGE_SIZE + sizeof(IOP_IRP) + (IOP_GUARD_CAPACITY + 4) * sizeof(IOP_CALL);
    PUCHAR block = MmAllocatePoolAlways(NonPagedPoolNx, size, IOP_GUARD_TAG);
    if (block == NULL)
    {
        return NULL;
    }
    ULONG64 page =
        ((ULONG64)block + sizeof(IOP_IRP) + HOST_PAGE_SIZE - 1) & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    PIOP_IRP header = (PIOP_IRP)page - 1;
    RtlZeroMemory(header, sizeof(*header) + HOST_PAGE_SIZE + IOP_GUARD_CAPACITY * sizeof(IOP_CALL));
    header->StackCapacity = IOP_GUARD_CAPACITY;
    header->CallsOffset = (USHORT)IOP_CALLS_OFFSET(IOP_GUARD_CAPACITY);
    header->Magic = IOP_IRP_MAGIC;
    header->Kind = IopIrpFree;
    header->Guarded = TRUE;
    InsertTailList(&IopIrpListHead, &header->AllEntry);
    return header;
}

IOP_COLD PIOP_IRP
IopTakeGuarded(CCHAR StackSize)
{
    IOP_GUARD_SLOT *slot = NULL;
    IopGuardCountdown = ++IopGuarded < IOP_GUARD_FIRST ? 1 : IOP_GUARD_STEP;
    if (StackSize > IOP_GUARD_CAPACITY)
    {
        return NULL;
    }
    if (IopGuardCount < IOP_GUARD_SLOTS)
    {
        PIOP_IRP header = IopNewGuarded();
        if (header != NULL)
        {
            slot = &IopGuardSlots[IopGuardCount++];
            *slot = (IOP_GUARD_SLOT){.Header = header};
        }
    }
    else
    {
        for (ULONG i = 0; i < IOP_GUARD_SLOTS; i++)
        {
            if (IopGuardSlots[i].Dead && (slot == NULL || IopGuardSlots[i].Order < slot->Order))
            {
                slot = &IopGuardSlots[i];
            }
        }
    }
    if (slot == NULL)
    {
        return NULL;
    }
    if (slot->Closed)
    {
        (void)MmSetPoolAccess(IopHeaderIrp(slot->Header), HOST_PAGE_SIZE, TRUE);
    }
    slot->Dead = slot->Closed = FALSE;
    return slot->Header;
}

static IOP_GUARD_SLOT *
IopGuardSlotOf(ULONG64 Address)
{
    for (ULONG i = 0; i < IopGuardCount; i++)
    {
        if (Address - (ULONG64)IopHeaderIrp(IopGuardSlots[i].Header) < HOST_PAGE_SIZE)
        {
            return &IopGuardSlots[i];
        }
    }
    return NULL;
}

IOP_COLD void
IopFreeGuarded(PIOP_IRP Header)
{
    PIRP irp = IopHeaderIrp(Header);
    IOP_GUARD_SLOT *slot = IopGuardSlotOf((ULONG64)irp);
    PIO_STACK_LOCATION first = (PIO_STACK_LOCATION)(irp + 1);
    NT_ASSERT(slot != NULL && !slot->Dead);
    slot->Dead = TRUE;
    slot->Order = ++IopGuardOrder;
    slot->Caller = KiCallerAddress();
    slot->Sent = Header->FirstLocation != 0;
    slot->Major = slot->Sent ? first[Header->FirstLocation - 1].MajorFunction : 0;
    slot->Closed = MmSetPoolAccess(irp, HOST_PAGE_SIZE, FALSE);
}

/* The kernel itself looks at dead IRPs where it is about to refuse them. */
BOOLEAN
IoOpenDeadIrp(ULONG64 Address)
{
    IOP_GUARD_SLOT *slot = IopGuardSlotOf(Address);
    if (slot == NULL || !slot->Closed)
    {
        return FALSE;
    }
    slot->Closed = !MmSetPoolAccess(IopHeaderIrp(slot->Header), HOST_PAGE_SIZE, TRUE);
    return !slot->Closed;
}

BOOLEAN
IopIsClosed(PIRP Irp)
{
    IOP_GUARD_SLOT *slot = IopGuardSlotOf((ULONG64)Irp);
    return slot != NULL && slot->Closed;
}

/* ---- for reports -------------------------------------------------------------------------- */

typedef struct _IOP_FIELD
{
    USHORT Offset;
    USHORT Size;
    const char *Name;
} IOP_FIELD;

#define IOP_FIELD_OF(Type, Field) {FIELD_OFFSET(Type, Field), sizeof(((Type *)0)->Field), #Field}

static const IOP_FIELD IopIrpFields[] = {
    IOP_FIELD_OF(IRP, Type),
    IOP_FIELD_OF(IRP, Size),
    IOP_FIELD_OF(IRP, MdlAddress),
    IOP_FIELD_OF(IRP, Flags),
    IOP_FIELD_OF(IRP, AssociatedIrp),
    IOP_FIELD_OF(IRP, ThreadListEntry),
    IOP_FIELD_OF(IRP, IoStatus.Status),
    IOP_FIELD_OF(IRP, IoStatus.Information),
    IOP_FIELD_OF(IRP, RequestorMode),
    IOP_FIELD_OF(IRP, PendingReturned),
    IOP_FIELD_OF(IRP, StackCount),
    IOP_FIELD_OF(IRP, CurrentLocation),
    IOP_FIELD_OF(IRP, Cancel),
    IOP_FIELD_OF(IRP, CancelIrql),
    IOP_FIELD_OF(IRP, UserIosb),
    IOP_FIELD_OF(IRP, UserEvent),
    IOP_FIELD_OF(IRP, Overlay),
    IOP_FIELD_OF(IRP, CancelRoutine),
    IOP_FIELD_OF(IRP, UserBuffer),
    IOP_FIELD_OF(IRP, Tail.Overlay.DriverContext),
    IOP_FIELD_OF(IRP, Tail.Overlay.Thread),
    IOP_FIELD_OF(IRP, Tail.Overlay.ListEntry),
    IOP_FIELD_OF(IRP, Tail.Overlay.CurrentStackLocation),
};

BOOLEAN
IoQueryDeadIrp(ULONG64 Address, IO_DEAD_IRP *Info)
{
    IOP_GUARD_SLOT *slot = IopGuardSlotOf(Address);
    ULONG offset;
    if (slot == NULL || !slot->Dead)
    {
        return FALSE;
    }
    offset = (ULONG)(Address - (ULONG64)IopHeaderIrp(slot->Header));
    *Info =
        (IO_DEAD_IRP){.Number = slot->Header->Number,
                      .Sent = slot->Sent,
                      .MajorFunction = slot->Major,
                      .Caller = slot->Caller,
                      .Field = offset < sizeof(IRP) ? "a reserved field" : "an I/O stack location"};
    for (ULONG i = 0; i < RTL_NUMBER_OF(IopIrpFields); i++)
    {
        if (offset - IopIrpFields[i].Offset < IopIrpFields[i].Size)
        {
            Info->Field = IopIrpFields[i].Name;
        }
    }
    return TRUE;
}
