// SPDX-License-Identifier: MIT
// qsort, bsearch, rand of ntoskrnl.exe under prefixed names (see crtprintf.c). Owns the seed of
// rand. The comparison routine is the driver's and may do anything, so qsort keeps no state outside
// of the array and its own frame.
#include "rtlp.h"

#include "crt.h"

static VOID
RtlpSwapElements(UCHAR *First, UCHAR *Second, size_t Width)
{
    for (size_t i = 0; i < Width; i++)
    {
        const UCHAR saved = First[i];

        First[i] = Second[i];
        Second[i] = saved;
    }
}

static VOID
RtlpSiftDown(UCHAR *Base, size_t Root, size_t Count, size_t Width, RTLP_COMPARE Compare)
{
    for (;;)
    {
        size_t child = Root * 2 + 1;

        if (child >= Count)
        {
            return;
        }
        if (child + 1 < Count && Compare(Base + child * Width, Base + (child + 1) * Width) < 0)
        {
            child += 1;
        }
        if (Compare(Base + Root * Width, Base + child * Width) >= 0)
        {
            return;
        }
        RtlpSwapElements(Base + Root * Width, Base + child * Width, Width);
        Root = child;
    }
}

// A heap sort: no recursion on a small kernel stack, and no input that makes it quadratic.
DDI void
RtlpCrt_qsort(void *Base, size_t Count, size_t Width, RTLP_COMPARE Compare)
{
    UCHAR *base = Base;

    for (size_t root = Count / 2; root-- > 0;)
    {
        RtlpSiftDown(base, root, Count, Width, Compare);
    }
    for (size_t last = Count; last-- > 1;)
    {
        RtlpSwapElements(base, base + last * Width, Width);
        RtlpSiftDown(base, 0, last, Width, Compare);
    }
}

DDI void *
RtlpCrt_bsearch(const void *Key, const void *Base, size_t Count, size_t Width, RTLP_COMPARE Compare)
{
    size_t low = 0;
    size_t high = Count;

    while (low < high)
    {
        const size_t middle = low + (high - low) / 2;
        const UCHAR *element = (const UCHAR *)Base + middle * Width;
        const int order = Compare(Key, element);

        if (order == 0)
        {
            return (void *)(ULONG_PTR)element;
        }
        if (order < 0)
        {
            high = middle;
        }
        else
        {
            low = middle + 1;
        }
    }
    return NULL;
}

static ULONG RtlpRandSeed = 1;

DDI void
RtlpCrt_srand(ULONG Seed)
{
    RtlpRandSeed = Seed;
}

// The generator of Microsoft's C library, whose sequence test code sometimes expects.
DDI int
RtlpCrt_rand(void)
{
    RtlpRandSeed = RtlpRandSeed * 214013u + 2531011u;
    return (int)(RtlpRandSeed >> 16 & 0x7FFF);
}
