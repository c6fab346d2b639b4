// SPDX-License-Identifier: MIT
// mem* functions of ntoskrnl.exe under prefixed names (see crtprintf.c). Owns no state; any IRQL
// with resident arguments.
#include "rtlp.h"

#include "crt.h"

#define RTLP_EINVAL 22
#define RTLP_ERANGE 34

DDI void *
RtlpCrt_memcpy(void *Target, const void *Source, size_t Count)
{
    // Microsoft's memcpy tolerates overlap, and drivers have come to rely on it.
    return __builtin_memmove(Target, Source, Count);
}

DDI void *
RtlpCrt_memmove(void *Target, const void *Source, size_t Count)
{
    return __builtin_memmove(Target, Source, Count);
}

DDI void *
RtlpCrt_memset(void *Target, int Value, size_t Count)
{
    return __builtin_memset(Target, Value, Count);
}

DDI int
RtlpCrt_memcmp(const void *First, const void *Second, size_t Count)
{
    return __builtin_memcmp(First, Second, Count);
}

DDI void *
RtlpCrt_memchr(const void *Block, int Value, size_t Count)
{
    const UCHAR *at = Block;

    for (; Count > 0; Count--, at++)
    {
        if (*at == (UCHAR)Value)
        {
            return (void *)(ULONG_PTR)at;
        }
    }
    return NULL;
}

DDI int
RtlpCrt_memcpy_s(void *Target, size_t Size, const void *Source, size_t Count)
{
    if (Count == 0)
    {
        return 0;
    }
    if (Target == NULL)
    {
        return RTLP_EINVAL;
    }
    if (Source == NULL || Count > Size)
    {
        __builtin_memset(Target, 0, Size);
        return Source == NULL ? RTLP_EINVAL : RTLP_ERANGE;
    }
    __builtin_memmove(Target, Source, Count);
    return 0;
}

DDI int
RtlpCrt_memmove_s(void *Target, size_t Size, const void *Source, size_t Count)
{
    if (Count == 0)
    {
        return 0;
    }
    if (Target == NULL || Source == NULL)
    {
        return RTLP_EINVAL;
    }
    if (Count > Size)
    {
        return RTLP_ERANGE;
    }
    __builtin_memmove(Target, Source, Count);
    return 0;
}

DDI int
RtlpCrt__memicmp(const void *First, const void *Second, size_t Count)
{
    const UCHAR *first = First;
    const UCHAR *second = Second;

    for (size_t i = 0; i < Count; i++)
    {
        const int difference = RtlpCrt_tolower(first[i]) - RtlpCrt_tolower(second[i]);

        if (difference != 0)
        {
            return difference < 0 ? -1 : 1;
        }
    }
    return 0;
}
