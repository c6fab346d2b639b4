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

PVOID
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
        SIZE_T size = bin < IOP_BUFFER_BINS ? (SIZE_T)64 << bin : (SIZE_T)Length;
        buffer = MmAllocatePool(NonPagedPoolNx, sizeof(IOP_BUFFER) + size + sizeof(ULONG64),
                                IOP_BUFFER_TAG);
        if (buffer == NULL)
        {
            return NULL;
        }
        buffer->Bin = bin < IOP_BUFFER_BINS ? bin : IOP_BUFFER_BINS;
    }
    buffer->Length = Length;
    IopWriteGuard(buffer);
    return buffer + 1;
}

void
IopReturnSystemBuffer(PVOID SystemBuffer, PIRP Irp)
{
    PIOP_BUFFER buffer = (PIOP_BUFFER)SystemBuffer - 1;
    if (__builtin_expect(!IopGuardIntact(buffer), 0))
    {
        KiBugCheckWithRule(0x19, 0x20, (ULONG64)SystemBuffer,
                           (ULONG64)SystemBuffer + buffer->Length, buffer->Length,
                           "A driver has written behind the end of the system buffer of a request",
                           "KERNEL:buffer-descriptions-for-i-o-control-codes", Irp, NULL);
    }
    if (buffer->Bin >= IOP_BUFFER_BINS || IopBufferCount[buffer->Bin] >= IOP_BUFFER_KEEP)
    {
        MmFreePool(buffer, IOP_BUFFER_TAG);
        return;
    }
    buffer->Next = IopBufferCache[buffer->Bin];
    IopBufferCache[buffer->Bin] = buffer;
    IopBufferCount[buffer->Bin]++;
}
