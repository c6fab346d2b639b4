/* SPDX-License-Identifier: MIT */
/*
 * System buffers of buffered requests that services make: cached by size, because the pool's
 * bookkeeping costs more than the rest of a small request. A guard follows the last byte.
 * No lock. IRQL: DISPATCH_LEVEL at most.
 */
#include "iop.h"

#define IOP_BUFFER_TAG   'fBSI'
#define IOP_BUFFER_GUARD 0xa5c35a3ca5c35a3cull
#define IOP_BUFFER_BINS  7 /* 64, 128, ... 4096 bytes */
#define IOP_BUFFER_KEEP  32

typedef struct _IOP_BUFFER
{
    struct _IOP_BUFFER *Next;
    ULONG Length;
    ULONG Bin; /* IOP_BUFFER_BINS: not cached */
} IOP_BUFFER, *PIOP_BUFFER;

C_ASSERT(sizeof(IOP_BUFFER) == 16);

static PIOP_BUFFER IopBufferCache[IOP_BUFFER_BINS];
static ULONG IopBufferCount[IOP_BUFFER_BINS];

static inline ULONG
IopBufferBin(ULONG Length)
{
    return Length <= 64 ? 0 : (ULONG)(26 - __builtin_clz(Length - 1));
}

/* Guards stand at any alignment. */
static inline void
IopWriteGuard(PIOP_BUFFER Buffer)
{
    ULONG64 guard = IOP_BUFFER_GUARD;
    __builtin_memcpy((PUCHAR)(Buffer + 1) + Buffer->Length, &guard, sizeof(guard));
}

static inline BOOLEAN
IopGuardIntact(PIOP_BUFFER Buffer)
{
    ULONG64 guard;
    __builtin_memcpy(&guard, (PUCHAR)(Buffer + 1) + Buffer->Length, sizeof(guard));
    return guard == IOP_BUFFER_GUARD;
}

static IOP_COLD PIOP_BUFFER
IopNewBuffer(ULONG Bin, ULONG Length)
{
    SIZE_T size = Bin < IOP_BUFFER_BINS ? (SIZE_T)64 << Bin : (SIZE_T)Length;
    PIOP_BUFFER buffer =
        MmAllocatePool(NonPagedPoolNx, sizeof(IOP_BUFFER) + size + sizeof(ULONG64), IOP_BUFFER_TAG);
    if (buffer != NULL)
    {
        buffer->Bin = Bin < IOP_BUFFER_BINS ? Bin : IOP_BUFFER_BINS;
    }
    return buffer;
}

static IOP_COLD void
IopDropBuffer(PIOP_BUFFER Buffer)
{
    MmFreePool(Buffer, IOP_BUFFER_TAG);
}

static IOP_COLD void
IopBlameOverrun(PIOP_BUFFER Buffer, PIRP Irp)
{
    ULONG64 start = (ULONG64)(Buffer + 1);
    KiBugCheckWithRule(0x19, 0x20, start, start + Buffer->Length, Buffer->Length,
                       "A driver has written behind the end of the system buffer of a request",
                       "KERNEL:buffer-descriptions-for-i-o-control-codes", Irp, NULL);
}

IOP_MS PVOID
IopAllocateSystemBuffer(ULONG Length)
{
    ULONG bin = IopBufferBin(Length);
    PIOP_BUFFER buffer;
    if (__builtin_expect(bin < IOP_BUFFER_BINS && IopBufferCache[bin] != NULL, 1))
    {
        buffer = IopBufferCache[bin];
        IopBufferCache[bin] = buffer->Next;
        IopBufferCount[bin]--;
    }
    else
    {
        buffer = IopNewBuffer(bin, Length);
        if (buffer == NULL)
        {
            return NULL;
        }
    }
    buffer->Length = Length;
    IopWriteGuard(buffer);
    return buffer + 1;
}

IOP_MS void
IopReturnSystemBuffer(PVOID SystemBuffer, PIRP Irp)
{
    PIOP_BUFFER buffer = (PIOP_BUFFER)SystemBuffer - 1;
    if (__builtin_expect(!IopGuardIntact(buffer), 0))
    {
        IopBlameOverrun(buffer, Irp);
    }
    if (buffer->Bin >= IOP_BUFFER_BINS || IopBufferCount[buffer->Bin] >= IOP_BUFFER_KEEP)
    {
        IopDropBuffer(buffer);
        return;
    }
    buffer->Next = IopBufferCache[buffer->Bin];
    IopBufferCache[buffer->Bin] = buffer;
    IopBufferCount[buffer->Bin]++;
}
