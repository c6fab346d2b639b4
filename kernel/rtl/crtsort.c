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

// The driver's comparison: with a context for the _s forms, without one for the others.
typedef struct _RTLP_ORDER
{
    RTLP_COMPARE Compare;
    RTLP_COMPARE_CONTEXT CompareContext;
    void *Context;
} RTLP_ORDER;

static int
RtlpCompareElements(const RTLP_ORDER *Order, const void *First, const void *Second)
{
    return Order->Compare != NULL ? Order->Compare(First, Second)
                                  : Order->CompareContext(Order->Context, First, Second);
}

static VOID
RtlpSiftDown(UCHAR *Base, size_t Root, size_t Count, size_t Width, const RTLP_ORDER *Order)
{
    for (;;)
    {
        size_t child = Root * 2 + 1;

        if (child >= Count)
        {
            return;
        }
        if (child + 1 < Count &&
            RtlpCompareElements(Order, Base + child * Width, Base + (child + 1) * Width) < 0)
        {
            child += 1;
        }
        if (RtlpCompareElements(Order, Base + Root * Width, Base + child * Width) >= 0)
        {
            return;
        }
        RtlpSwapElements(Base + Root * Width, Base + child * Width, Width);
        Root = child;
    }
}

// A heap sort: no recursion on a small kernel stack, and no input that makes it quadratic.
static VOID
RtlpSort(void *Base, size_t Count, size_t Width, const RTLP_ORDER *Order)
{
    UCHAR *base = Base;

    for (size_t root = Count / 2; root-- > 0;)
    {
        RtlpSiftDown(base, root, Count, Width, Order);
    }
    for (size_t last = Count; last-- > 1;)
    {
        RtlpSwapElements(base, base + last * Width, Width);
        RtlpSiftDown(base, 0, last, Width, Order);
    }
}

static void *
RtlpSearch(const void *Key, const void *Base, size_t Count, size_t Width, const RTLP_ORDER *Order)
{
    size_t low = 0;
    size_t high = Count;

    while (low < high)
    {
        const size_t middle = low + (high - low) / 2;
        const UCHAR *element = (const UCHAR *)Base + middle * Width;
        const int order = RtlpCompareElements(Order, Key, element);

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

DDI void
RtlpCrt_qsort(void *Base, size_t Count, size_t Width, RTLP_COMPARE Compare)
{
    const RTLP_ORDER order = {.Compare = Compare};

    RtlpSort(Base, Count, Width, &order);
}

DDI void
RtlpCrt_qsort_s(void *Base, size_t Count, size_t Width, RTLP_COMPARE_CONTEXT Compare, void *Context)
{
    const RTLP_ORDER order = {.CompareContext = Compare, .Context = Context};

    if ((Base != NULL || Count == 0) && Width != 0 && Compare != NULL)
    {
        RtlpSort(Base, Count, Width, &order);
    }
}

DDI void *
RtlpCrt_bsearch(const void *Key, const void *Base, size_t Count, size_t Width, RTLP_COMPARE Compare)
{
    const RTLP_ORDER order = {.Compare = Compare};

    return RtlpSearch(Key, Base, Count, Width, &order);
}

DDI void *
RtlpCrt_bsearch_s(const void *Key,
                  const void *Base,
                  size_t Count,
                  size_t Width,
                  RTLP_COMPARE_CONTEXT Compare,
                  void *Context)
{
    const RTLP_ORDER order = {.CompareContext = Compare, .Context = Context};

    if (Key == NULL || (Base == NULL && Count != 0) || Width == 0 || Compare == NULL)
    {
        return NULL;
    }
    return RtlpSearch(Key, Base, Count, Width, &order);
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
