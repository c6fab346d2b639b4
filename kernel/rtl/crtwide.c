// SPDX-License-Identifier: MIT
// String functions for UTF-16 text of ntoskrnl.exe under prefixed names (see crtprintf.c). Owns no
// state; any IRQL with resident arguments. The _s forms return errno values and empty the target on
// failure.
#include "rtlp.h"

#include "crt.h"

#define RTLP_EINVAL    22
#define RTLP_ERANGE    34
#define RTLP_STRUNCATE 80
#define RTLP_TRUNCATE  (~(size_t)0)

DDI size_t
RtlpCrt_wcslen(const WCHAR *String)
{
    return RtlpWideLength(String);
}

DDI size_t
RtlpCrt_wcsnlen(const WCHAR *String, size_t Limit)
{
    size_t length = 0;

    while (length < Limit && String[length] != 0)
    {
        length += 1;
    }
    return length;
}

// ---- comparison -------------------------------------------------------------------------------

static WCHAR
RtlpWideSame(WCHAR Character)
{
    return Character;
}

static WCHAR
RtlpWideLower(WCHAR Character)
{
    return RtlpDowncaseChar(Character);
}

static int
RtlpWideCompare(const WCHAR *First,
                const WCHAR *Second,
                size_t Limit,
                WCHAR (*Map)(WCHAR Character))
{
    for (; Limit > 0; Limit--, First++, Second++)
    {
        const WCHAR first = Map((WCHAR)*First);
        const WCHAR second = Map((WCHAR)*Second);

        if (first != second)
        {
            return first < second ? -1 : 1;
        }
        if (first == 0)
        {
            break;
        }
    }
    return 0;
}

DDI int
RtlpCrt_wcscmp(const WCHAR *First, const WCHAR *Second)
{
    return RtlpWideCompare(First, Second, RTLP_TRUNCATE, RtlpWideSame);
}

DDI int
RtlpCrt_wcsncmp(const WCHAR *First, const WCHAR *Second, size_t Limit)
{
    return RtlpWideCompare(First, Second, Limit, RtlpWideSame);
}

DDI int
RtlpCrt__wcsicmp(const WCHAR *First, const WCHAR *Second)
{
    return RtlpWideCompare(First, Second, RTLP_TRUNCATE, RtlpWideLower);
}

DDI int
RtlpCrt__wcsnicmp(const WCHAR *First, const WCHAR *Second, size_t Limit)
{
    return RtlpWideCompare(First, Second, Limit, RtlpWideLower);
}

// ---- search -----------------------------------------------------------------------------------

DDI WCHAR *
RtlpCrt_wcschr(const WCHAR *String, WCHAR Character)
{
    for (;; String++)
    {
        if (*String == (WCHAR)Character)
        {
            return (WCHAR *)(ULONG_PTR)String;
        }
        if (*String == 0)
        {
            return NULL;
        }
    }
}

DDI WCHAR *
RtlpCrt_wcsrchr(const WCHAR *String, WCHAR Character)
{
    const WCHAR *last = NULL;

    for (;; String++)
    {
        if (*String == (WCHAR)Character)
        {
            last = String;
        }
        if (*String == 0)
        {
            return (WCHAR *)(ULONG_PTR)last;
        }
    }
}

DDI WCHAR *
RtlpCrt_wcsstr(const WCHAR *String, const WCHAR *Part)
{
    const size_t length = RtlpWideLength(Part);

    for (;; String++)
    {
        if (RtlpWideCompare(String, Part, length, RtlpWideSame) == 0)
        {
            return (WCHAR *)(ULONG_PTR)String;
        }
        if (*String == 0)
        {
            return NULL;
        }
    }
}

static size_t
RtlpWideSpan(const WCHAR *String, const WCHAR *Set, BOOLEAN Member)
{
    size_t length = 0;

    while (String[length] != 0 && (RtlpCrt_wcschr(Set, (WCHAR)String[length]) != NULL) == Member)
    {
        length += 1;
    }
    return length;
}

DDI WCHAR *
RtlpCrt_wcspbrk(const WCHAR *String, const WCHAR *Set)
{
    const WCHAR *found = String + RtlpWideSpan(String, Set, FALSE);

    return *found == 0 ? NULL : (WCHAR *)(ULONG_PTR)found;
}

DDI size_t
RtlpCrt_wcsspn(const WCHAR *String, const WCHAR *Set)
{
    return RtlpWideSpan(String, Set, TRUE);
}

DDI size_t
RtlpCrt_wcscspn(const WCHAR *String, const WCHAR *Set)
{
    return RtlpWideSpan(String, Set, FALSE);
}

// ---- copies -----------------------------------------------------------------------------------

DDI WCHAR *
RtlpCrt_wcscpy(WCHAR *Target, const WCHAR *Source)
{
    __builtin_memmove(Target, Source, (RtlpWideLength(Source) + 1) * sizeof(WCHAR));
    return Target;
}

DDI WCHAR *
RtlpCrt_wcsncpy(WCHAR *Target, const WCHAR *Source, size_t Count)
{
    size_t i = 0;

    for (; i < Count && Source[i] != 0; i++)
    {
        Target[i] = Source[i];
    }
    for (; i < Count; i++)
    {
        Target[i] = 0;
    }
    return Target;
}

DDI WCHAR *
RtlpCrt_wcscat(WCHAR *Target, const WCHAR *Source)
{
    RtlpCrt_wcscpy(Target + RtlpWideLength(Target), Source);
    return Target;
}

DDI WCHAR *
RtlpCrt_wcsncat(WCHAR *Target, const WCHAR *Source, size_t Count)
{
    const size_t length = RtlpCrt_wcsnlen(Source, Count);
    WCHAR *end = Target + RtlpWideLength(Target);

    __builtin_memmove(end, Source, length * sizeof(WCHAR));
    end[length] = 0;
    return Target;
}

// Puts at most Count characters of Source at Target[At]. Target has Size characters.
static int
RtlpWidePutSecure(WCHAR *Target, size_t Size, size_t At, const WCHAR *Source, size_t Count)
{
    size_t length;

    if (Source == NULL)
    {
        Target[0] = 0;
        return RTLP_EINVAL;
    }
    length = RtlpCrt_wcsnlen(Source, Count);
    if (length < Size - At)
    {
        __builtin_memmove(Target + At, Source, length * sizeof(WCHAR));
        Target[At + length] = 0;
        return 0;
    }
    if (Count == RTLP_TRUNCATE)
    {
        __builtin_memmove(Target + At, Source, (Size - At - 1) * sizeof(WCHAR));
        Target[Size - 1] = 0;
        return RTLP_STRUNCATE;
    }
    Target[0] = 0;
    return RTLP_ERANGE;
}

// The forms without a count never truncate, however long the source is.
#define RTLP_WHOLE (RTLP_TRUNCATE - 1)

DDI int
RtlpCrt_wcsncpy_s(WCHAR *Target, size_t Size, const WCHAR *Source, size_t Count)
{
    if (Target == NULL || Size == 0)
    {
        return Target == NULL && Size == 0 && Count == 0 ? 0 : RTLP_EINVAL;
    }
    if (Count == 0)
    {
        Target[0] = 0;
        return 0;
    }
    return RtlpWidePutSecure(Target, Size, 0, Source, Count);
}

DDI int
RtlpCrt_wcscpy_s(WCHAR *Target, size_t Size, const WCHAR *Source)
{
    return Target == NULL || Size == 0 ? RTLP_EINVAL
                                       : RtlpWidePutSecure(Target, Size, 0, Source, RTLP_WHOLE);
}

DDI int
RtlpCrt_wcsncat_s(WCHAR *Target, size_t Size, const WCHAR *Source, size_t Count)
{
    size_t length;

    if (Target == NULL || Size == 0)
    {
        return Target == NULL && Size == 0 && Count == 0 ? 0 : RTLP_EINVAL;
    }
    length = RtlpCrt_wcsnlen(Target, Size);
    if (length == Size)
    {
        Target[0] = 0;
        return RTLP_EINVAL;
    }
    return Count == 0 ? 0 : RtlpWidePutSecure(Target, Size, length, Source, Count);
}

DDI int
RtlpCrt_wcscat_s(WCHAR *Target, size_t Size, const WCHAR *Source)
{
    return RtlpCrt_wcsncat_s(Target, Size, Source, RTLP_WHOLE);
}

// ---- in place ---------------------------------------------------------------------------------

DDI WCHAR *
RtlpCrt__wcslwr(WCHAR *String)
{
    for (WCHAR *at = String; *at != 0; at++)
    {
        *at = (WCHAR)RtlpWideLower((WCHAR)*at);
    }
    return String;
}

DDI WCHAR *
RtlpCrt_wcslwr(WCHAR *String)
{
    return RtlpCrt__wcslwr(String);
}

DDI WCHAR *
RtlpCrt__wcsupr(WCHAR *String)
{
    for (WCHAR *at = String; *at != 0; at++)
    {
        *at = RtlpUpcaseChar(*at);
    }
    return String;
}

DDI WCHAR *
RtlpCrt__wcsrev(WCHAR *String)
{
    for (size_t low = 0, high = RtlpWideLength(String); low + 1 < high; low++)
    {
        const WCHAR saved = String[low];

        high -= 1;
        String[low] = String[high];
        String[high] = saved;
    }
    return String;
}

DDI WCHAR *
RtlpCrt__wcsnset(WCHAR *String, WCHAR Character, size_t Count)
{
    for (size_t i = 0; i < Count && String[i] != 0; i++)
    {
        String[i] = (WCHAR)Character;
    }
    return String;
}

DDI int
RtlpCrt__wcsnset_s(WCHAR *String, size_t Size, WCHAR Character, size_t Count)
{
    if (String == NULL || Size == 0)
    {
        return RTLP_EINVAL;
    }
    // Like the other secure forms, this one leaves nothing usable behind when it fails.
    if (RtlpCrt_wcsnlen(String, Size) == Size)
    {
        String[0] = 0;
        return RTLP_EINVAL;
    }
    RtlpCrt__wcsnset(String, Character, Count);
    return 0;
}

DDI int
RtlpCrt__wcsset_s(WCHAR *String, size_t Size, WCHAR Character)
{
    return RtlpCrt__wcsnset_s(String, Size, Character, RTLP_TRUNCATE);
}
