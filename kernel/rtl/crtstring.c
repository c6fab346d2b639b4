// SPDX-License-Identifier: MIT
// String functions for 8-bit characters of ntoskrnl.exe under prefixed names (see crtprintf.c).
// Owns no state; any IRQL with resident arguments. The _s forms return errno values and empty the
// target on failure.
#include "rtlp.h"

#include "crt.h"

#define RTLP_EINVAL    22
#define RTLP_ERANGE    34
#define RTLP_STRUNCATE 80
#define RTLP_TRUNCATE  (~(size_t)0)

DDI size_t
RtlpCrt_strlen(const char *String)
{
    return RtlpLength(String);
}

DDI size_t
RtlpCrt_strnlen(const char *String, size_t Limit)
{
    size_t length = 0;

    while (length < Limit && String[length] != 0)
    {
        length += 1;
    }
    return length;
}

// ---- comparison -------------------------------------------------------------------------------

static UCHAR
RtlpByteSame(UCHAR Character)
{
    return Character;
}

static UCHAR
RtlpByteLower(UCHAR Character)
{
    return (UCHAR)(Character >= 'A' && Character <= 'Z' ? Character + 0x20 : Character);
}

static int
RtlpByteCompare(const char *First, const char *Second, size_t Limit, UCHAR (*Map)(UCHAR Character))
{
    for (; Limit > 0; Limit--, First++, Second++)
    {
        const UCHAR first = Map((UCHAR)*First);
        const UCHAR second = Map((UCHAR)*Second);

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
RtlpCrt_strcmp(const char *First, const char *Second)
{
    return RtlpByteCompare(First, Second, RTLP_TRUNCATE, RtlpByteSame);
}

DDI int
RtlpCrt_strncmp(const char *First, const char *Second, size_t Limit)
{
    return RtlpByteCompare(First, Second, Limit, RtlpByteSame);
}

DDI int
RtlpCrt__stricmp(const char *First, const char *Second)
{
    return RtlpByteCompare(First, Second, RTLP_TRUNCATE, RtlpByteLower);
}

DDI int
RtlpCrt__strnicmp(const char *First, const char *Second, size_t Limit)
{
    return RtlpByteCompare(First, Second, Limit, RtlpByteLower);
}

// ---- search -----------------------------------------------------------------------------------

DDI char *
RtlpCrt_strchr(const char *String, int Character)
{
    for (;; String++)
    {
        if (*String == (char)Character)
        {
            return (char *)(ULONG_PTR)String;
        }
        if (*String == 0)
        {
            return NULL;
        }
    }
}

DDI char *
RtlpCrt_strrchr(const char *String, int Character)
{
    const char *last = NULL;

    for (;; String++)
    {
        if (*String == (char)Character)
        {
            last = String;
        }
        if (*String == 0)
        {
            return (char *)(ULONG_PTR)last;
        }
    }
}

DDI char *
RtlpCrt_strstr(const char *String, const char *Part)
{
    const size_t length = RtlpLength(Part);

    for (;; String++)
    {
        if (RtlpByteCompare(String, Part, length, RtlpByteSame) == 0)
        {
            return (char *)(ULONG_PTR)String;
        }
        if (*String == 0)
        {
            return NULL;
        }
    }
}

static size_t
RtlpByteSpan(const char *String, const char *Set, BOOLEAN Member)
{
    size_t length = 0;

    while (String[length] != 0 && (RtlpCrt_strchr(Set, (UCHAR)String[length]) != NULL) == Member)
    {
        length += 1;
    }
    return length;
}

DDI char *
RtlpCrt_strpbrk(const char *String, const char *Set)
{
    const char *found = String + RtlpByteSpan(String, Set, FALSE);

    return *found == 0 ? NULL : (char *)(ULONG_PTR)found;
}

DDI size_t
RtlpCrt_strspn(const char *String, const char *Set)
{
    return RtlpByteSpan(String, Set, TRUE);
}

DDI size_t
RtlpCrt_strcspn(const char *String, const char *Set)
{
    return RtlpByteSpan(String, Set, FALSE);
}

DDI char *
RtlpCrt_strtok_s(char *String, const char *Delimiters, char **Context)
{
    char *start = String != NULL ? String : *Context;
    char *end;

    if (start == NULL)
    {
        return NULL;
    }
    start += RtlpCrt_strspn(start, Delimiters);
    end = start + RtlpCrt_strcspn(start, Delimiters);
    *Context = *end == 0 ? end : end + 1;
    *end = 0;
    return end == start ? NULL : start;
}

// ---- copies -----------------------------------------------------------------------------------

DDI char *
RtlpCrt_strcpy(char *Target, const char *Source)
{
    __builtin_memmove(Target, Source, (RtlpLength(Source) + 1) * sizeof(char));
    return Target;
}

DDI char *
RtlpCrt_strncpy(char *Target, const char *Source, size_t Count)
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

DDI char *
RtlpCrt_strcat(char *Target, const char *Source)
{
    RtlpCrt_strcpy(Target + RtlpLength(Target), Source);
    return Target;
}

DDI char *
RtlpCrt_strncat(char *Target, const char *Source, size_t Count)
{
    const size_t length = RtlpCrt_strnlen(Source, Count);
    char *end = Target + RtlpLength(Target);

    __builtin_memmove(end, Source, length * sizeof(char));
    end[length] = 0;
    return Target;
}

// Puts at most Count characters of Source at Target[At]. Target has Size characters.
static int
RtlpBytePutSecure(char *Target, size_t Size, size_t At, const char *Source, size_t Count)
{
    size_t length;

    if (Source == NULL)
    {
        Target[0] = 0;
        return RTLP_EINVAL;
    }
    length = RtlpCrt_strnlen(Source, Count);
    if (length < Size - At)
    {
        __builtin_memmove(Target + At, Source, length * sizeof(char));
        Target[At + length] = 0;
        return 0;
    }
    if (Count == RTLP_TRUNCATE)
    {
        __builtin_memmove(Target + At, Source, (Size - At - 1) * sizeof(char));
        Target[Size - 1] = 0;
        return RTLP_STRUNCATE;
    }
    Target[0] = 0;
    return RTLP_ERANGE;
}

// The forms without a count never truncate, however long the source is.
#define RTLP_WHOLE (RTLP_TRUNCATE - 1)

DDI int
RtlpCrt_strncpy_s(char *Target, size_t Size, const char *Source, size_t Count)
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
    return RtlpBytePutSecure(Target, Size, 0, Source, Count);
}

DDI int
RtlpCrt_strcpy_s(char *Target, size_t Size, const char *Source)
{
    return Target == NULL || Size == 0 ? RTLP_EINVAL
                                       : RtlpBytePutSecure(Target, Size, 0, Source, RTLP_WHOLE);
}

DDI int
RtlpCrt_strncat_s(char *Target, size_t Size, const char *Source, size_t Count)
{
    size_t length;

    if (Target == NULL || Size == 0)
    {
        return Target == NULL && Size == 0 && Count == 0 ? 0 : RTLP_EINVAL;
    }
    length = RtlpCrt_strnlen(Target, Size);
    if (length == Size)
    {
        Target[0] = 0;
        return RTLP_EINVAL;
    }
    return Count == 0 ? 0 : RtlpBytePutSecure(Target, Size, length, Source, Count);
}

DDI int
RtlpCrt_strcat_s(char *Target, size_t Size, const char *Source)
{
    return RtlpCrt_strncat_s(Target, Size, Source, RTLP_WHOLE);
}

// ---- in place ---------------------------------------------------------------------------------

DDI char *
RtlpCrt__strlwr(char *String)
{
    for (char *at = String; *at != 0; at++)
    {
        *at = (char)RtlpByteLower((UCHAR)*at);
    }
    return String;
}

DDI char *
RtlpCrt_strlwr(char *String)
{
    return RtlpCrt__strlwr(String);
}

DDI char *
RtlpCrt__strupr(char *String)
{
    for (char *at = String; *at != 0; at++)
    {
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 0x20 : *at);
    }
    return String;
}

DDI char *
RtlpCrt__strrev(char *String)
{
    for (size_t low = 0, high = RtlpLength(String); low + 1 < high; low++)
    {
        const char saved = String[low];

        high -= 1;
        String[low] = String[high];
        String[high] = saved;
    }
    return String;
}

DDI char *
RtlpCrt__strnset(char *String, int Character, size_t Count)
{
    for (size_t i = 0; i < Count && String[i] != 0; i++)
    {
        String[i] = (char)Character;
    }
    return String;
}

DDI char *
RtlpCrt__strset(char *String, int Character)
{
    return RtlpCrt__strnset(String, Character, RTLP_TRUNCATE);
}

DDI int
RtlpCrt__strnset_s(char *String, size_t Size, int Character, size_t Count)
{
    if (String == NULL || Size == 0)
    {
        return RTLP_EINVAL;
    }
    // Like the other secure forms, this one leaves nothing usable behind when it fails.
    if (RtlpCrt_strnlen(String, Size) == Size)
    {
        String[0] = 0;
        return RTLP_EINVAL;
    }
    RtlpCrt__strnset(String, Character, Count);
    return 0;
}

DDI int
RtlpCrt__strset_s(char *String, size_t Size, int Character)
{
    return RtlpCrt__strnset_s(String, Size, Character, RTLP_TRUNCATE);
}
