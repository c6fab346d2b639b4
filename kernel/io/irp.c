/* SPDX-License-Identifier: MIT */
/*
 * Making, reusing and freeing IRPs. Owns the IRP cache and the list of all IRPs. Memory once used
 * for an IRP stays memory for IRPs: what precedes and follows one can be read when it is freed.
 * No lock: nothing here reaches a safe point. IRQL: up to DISPATCH_LEVEL.
 */
#include "iop.h"

#include "mm/mm.h"
#include "ps/ps.h"

#define IOP_IRP_TAG 'prI '

/* IRPs of up to this many locations are cached by exact size; larger ones share bin 0. */
#define IOP_CACHED_STACKS 10

/* A freed IRP rests behind this many others before it is used again, so that a driver that touches
 * an IRP after completing it meets the poison and not somebody else's request. */
#define IOP_QUARANTINE 8

/* Neither canonical nor mapped: following a pointer of a dead IRP faults at once. */
#define IOP_POISON ((PVOID)0xdeadbeefdeadbeefull)

typedef struct _IOP_IRP_CACHE
{
    PIOP_IRP Head;
    PIOP_IRP Tail;
    ULONG Count;
} IOP_IRP_CACHE;

LIST_ENTRY IopIrpListHead = {&IopIrpListHead, &IopIrpListHead};

static IOP_IRP_CACHE IopIrpCache[IOP_CACHED_STACKS + 1];
static ULONG IopIrpSequence;

static IOP_COLD PIOP_IRP
IopNewIrp(CCHAR StackSize)
{
    SIZE_T size =
        sizeof(IOP_IRP) + IOP_CALLS_OFFSET(StackSize) + (SIZE_T)(StackSize + 4) * sizeof(IOP_CALL);
    PIOP_IRP header = MmAllocatePoolAlways(NonPagedPoolNx, size, IOP_IRP_TAG);
    if (header != NULL)
    {
        header->StackCapacity = StackSize;
        header->CallsOffset = (USHORT)IOP_CALLS_OFFSET(StackSize);
        header->Magic = IOP_IRP_MAGIC;
        InsertTailList(&IopIrpListHead, &header->AllEntry);
    }
    return header;
}

/* Takes the oldest cached IRP of exactly StackSize locations, or NULL. */
static inline PIOP_IRP
IopTakeCached(CCHAR StackSize)
{
    IOP_IRP_CACHE *cache = &IopIrpCache[StackSize <= IOP_CACHED_STACKS ? (UCHAR)StackSize : 0];
    if (cache->Count <= IOP_QUARANTINE)
    {
        return NULL;
    }
    PIOP_IRP *link = &cache->Head;
    PIOP_IRP previous = NULL;
    while (__builtin_expect((*link)->StackCapacity != StackSize, 0))
    {
        previous = *link;
        link = &previous->NextFree;
        if (*link == NULL)
        {
            return NULL;
        }
    }
    PIOP_IRP header = *link;
    *link = header->NextFree;
    if (cache->Tail == header)
    {
        cache->Tail = previous;
    }
    cache->Count--;
    return header;
}

/* Neither a call nor `rep stos`, both of which cost more than these few stores; volatile keeps the
 * compiler from making one of them. The records of calls behind the last location take the bytes
 * too many, up to 64. */
typedef ULONG64 IOP_PAIR __attribute__((vector_size(16)));
C_ASSERT(sizeof(IRP) == 13 * sizeof(IOP_PAIR) && sizeof(IO_STACK_LOCATION) % 8 == 0);

static inline void
IopClearFour(volatile IOP_PAIR *Pair)
{
    Pair[0] = (IOP_PAIR){0, 0};
    Pair[1] = (IOP_PAIR){0, 0};
    Pair[2] = (IOP_PAIR){0, 0};
    Pair[3] = (IOP_PAIR){0, 0};
}

static inline void
IopClearIrp(PIRP Irp, CCHAR StackSize)
{
    volatile IOP_PAIR *pair = (IOP_PAIR *)Irp;
    volatile IOP_PAIR *end =
        (IOP_PAIR *)((PUCHAR)(Irp + 1) + (ULONG)StackSize * sizeof(IO_STACK_LOCATION));
    IopClearFour(pair);
    IopClearFour(pair + 4);
    IopClearFour(pair + 8);
    pair[12] = (IOP_PAIR){0, 0};
    pair += 13;
    do
    {
        IopClearFour(pair);
        pair += 4;
    } while (pair < end);
}

IOP_MS PIRP
IopAllocateIrp(CCHAR StackSize, IOP_IRP_KIND Kind)
{
    PIOP_IRP header = NULL;
    if (__builtin_expect(--IopGuardCountdown == 0, 0))
    {
        header = IopTakeGuarded(StackSize);
    }
    if (header == NULL)
    {
        header = IopTakeCached(StackSize);
    }
    if (header == NULL && (header = IopNewIrp(StackSize)) == NULL)
    {
        return NULL;
    }
    PIRP irp = IopHeaderIrp(header);
    PIO_STACK_LOCATION stack = (PIO_STACK_LOCATION)(irp + 1);
    IopClearIrp(irp, StackSize);
    irp->Type = IO_TYPE_IRP;
    irp->Size = (USHORT)IoSizeOfIrp(StackSize);
    irp->StackCount = StackSize;
    irp->CurrentLocation = StackSize + 1;
    irp->ApcEnvironment = 0;
    irp->AllocationFlags = IOP_IRP_HAS_HEADER;
    InitializeListHead(&irp->ThreadListEntry);
    irp->Tail.Overlay.CurrentStackLocation = stack + StackSize;

    header->Kind = (UCHAR)Kind;
    header->Number = ++IopIrpSequence;
    header->Caller = NULL;
    header->SystemBuffer = NULL;
    header->Result = NULL;
    header->OutputLength = 0;
    header->CheckOutput = FALSE;
    header->FirstLocation = 0;
    header->ActiveLocation = 1;
    return irp;
}

static IOP_COLD void
IopBadHeader(PIOP_IRP Header)
{
    NT_ASSERT(Header != NULL);
    NT_ASSERT_EQ(Header->Magic, IOP_IRP_MAGIC);
}

IOP_MS void
IopFreeIrp(PIRP Irp)
{
    PIOP_IRP header = IopIrpHeader(Irp);
    if (__builtin_expect(header == NULL || header->Magic != IOP_IRP_MAGIC, 0))
    {
        IopBadHeader(header);
    }
    header->Kind = IopIrpFree;
    Irp->Type = 0;
    Irp->MdlAddress = IOP_POISON;
    Irp->AssociatedIrp.SystemBuffer = IOP_POISON;
    Irp->UserBuffer = IOP_POISON;
    Irp->UserIosb = IOP_POISON;
    Irp->UserEvent = IOP_POISON;
    Irp->CurrentLocation = Irp->StackCount + 2;
    Irp->Tail.Overlay.CurrentStackLocation = IOP_POISON;
    Irp->Tail.Overlay.Thread = IOP_POISON;
    if (__builtin_expect(header->Guarded, 0))
    {
        IopFreeGuarded(header);
        return;
    }
    IOP_IRP_CACHE *cache =
        &IopIrpCache[header->StackCapacity <= IOP_CACHED_STACKS ? (UCHAR)header->StackCapacity : 0];
    header->NextFree = NULL;
    if (cache->Count++ == 0)
    {
        cache->Head = header;
    }
    else
    {
        cache->Tail->NextFree = header;
    }
    cache->Tail = header;
}

BOOLEAN
IopIrpInUse(const IOP_IRP *Header)
{
    return Header->ActiveLocation <= Header->FirstLocation;
}

/* NF:wdm.IoAllocateIrp. Quota is not modelled; ChargeQuota changes nothing a driver can see. */
DDI PIRP NTAPI
IoAllocateIrp(_In_ CCHAR StackSize, _In_ BOOLEAN ChargeQuota)
{
    UNREFERENCED_PARAMETER(ChargeQuota);
    if (StackSize < 0 || MmIsFaultInjected(IoSizeOfIrp(StackSize), IOP_IRP_TAG))
    {
        return NULL;
    }
    PIRP irp = IopAllocateIrp(StackSize, IopIrpDriver);
    if (irp != NULL)
    {
        IopIrpHeader(irp)->Caller = KiCallerAddress();
    }
    return irp;
}

/* NF:wdm.IoAllocateIrpEx. The device object only matters to verifiers that stand between. */
DDI PIRP NTAPI
IoAllocateIrpEx(_In_ PDEVICE_OBJECT DeviceObject, _In_ CCHAR StackSize, _In_ BOOLEAN ChargeQuota)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return IoAllocateIrp(StackSize, ChargeQuota);
}

static void
IopInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
    RtlZeroMemory(Irp, PacketSize);
    Irp->Type = IO_TYPE_IRP;
    Irp->Size = PacketSize;
    Irp->StackCount = StackSize;
    Irp->CurrentLocation = StackSize + 1;
    InitializeListHead(&Irp->ThreadListEntry);
    Irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(Irp + 1) + StackSize;
}

/* The memory is the driver's own, so nothing may be read before it unless it says it is ours. */
DDI VOID NTAPI
IoInitializeIrp(_Inout_ PIRP Irp, _In_ USHORT PacketSize, _In_ CCHAR StackSize)
{
    UCHAR flags = 0;
    if (Irp->Type == IO_TYPE_IRP && Irp->AllocationFlags == IOP_IRP_HAS_HEADER &&
        Irp->Size == IoSizeOfIrp(Irp->StackCount) && IopIrpHeader(Irp)->Magic == IOP_IRP_MAGIC)
    {
        flags = IOP_IRP_HAS_HEADER;
        IopViolation(0xc9, 0x20d, (ULONG64)KiCallerAddress(), (ULONG64)Irp, 0,
                     "IoInitializeIrp must not be called for an IRP of IoAllocateIrp; IoReuseIrp "
                     "recycles one",
                     "NF:wdm.IoInitializeIrp", Irp, NULL);
    }
    IopInitializeIrp(Irp, PacketSize, StackSize);
    Irp->AllocationFlags = flags;
}

/* NF:wdm.IoReuseIrp: only IRPs that the driver allocated, and only when it has them. */
DDI VOID NTAPI
IoReuseIrp(_Inout_ PIRP Irp, _In_ NTSTATUS Iostatus)
{
    PIOP_IRP header = IopIrpHeader(Irp);
    UCHAR flags = Irp->AllocationFlags;
    if (header != NULL && header->Kind != IopIrpDriver)
    {
        IopViolation(0xc9, 0x311, (ULONG64)KiCallerAddress(), (ULONG64)Irp, 0,
                     "IoReuseIrp was given an IRP that was not made by IoAllocateIrp",
                     "NF:wdm.IoReuseIrp", Irp, NULL);
    }
    if (header != NULL && IopIrpInUse(header))
    {
        IopViolation(0xc9, 0x310, (ULONG64)KiCallerAddress(), (ULONG64)Irp, 0,
                     "IoReuseIrp was given an IRP that a lower driver still has",
                     "NF:wdm.IoReuseIrp", Irp, NULL);
    }
    if (header != NULL)
    {
        for (CHAR location = 1; location <= header->StackCapacity; location++)
        {
            IopCallRecord(header, location)->Token = 0;
        }
        header->FirstLocation = 0;
        header->ActiveLocation = 1;
    }
    IopInitializeIrp(Irp, Irp->Size, Irp->StackCount);
    Irp->AllocationFlags = flags;
    Irp->IoStatus.Status = Iostatus;
}

/* An IRP whose memory the driver laid out itself is the driver's to free, too. */
DDI VOID NTAPI
IoFreeIrp(_In_ PIRP Irp)
{
    PIOP_IRP header;
    if (Irp->Type != IO_TYPE_IRP)
    {
        KiBugCheckWithRule(0xc9, 0x01, (ULONG64)Irp, 0, 0,
                           "IoFreeIrp was given something that is not an IRP, or one that is freed",
                           "NF:wdm.IoFreeIrp", Irp, NULL);
    }
    if (!IsListEmpty(&Irp->ThreadListEntry))
    {
        KiBugCheckWithRule(0xc9, 0x02, (ULONG64)Irp, 0, 0,
                           "IoFreeIrp was given an IRP that is still associated with a thread; the "
                           "I/O manager frees it",
                           "NF:wdm.IoFreeIrp", Irp, NULL);
    }
    header = IopIrpHeader(Irp);
    if (header == NULL)
    {
        Irp->Type = 0;
        return;
    }
    if (header->Kind == IopIrpService || header->Kind == IopIrpOwned)
    {
        KiBugCheckWithRule(0xc9, 0x20b, (ULONG64)KiCallerAddress(), (ULONG64)Irp, 0,
                           "IoFreeIrp was given an IRP that the driver has not made",
                           "NF:wdm.IoFreeIrp", Irp, NULL);
    }
    if (IopIrpInUse(header))
    {
        KiBugCheckWithRule(0xc9, 0x20b, (ULONG64)KiCallerAddress(), (ULONG64)Irp, 0,
                           "IoFreeIrp was given an IRP that a lower driver still has",
                           "NF:wdm.IoFreeIrp", Irp, NULL);
    }
    IopFreeIrp(Irp);
}
