// SPDX-License-Identifier: MIT
// Multibyte text in the C library part of ntoskrnl.exe, under prefixed names (see crtprintf.c): the
// code page is that of "ANSI" strings, and nls.c does the work, as for convert.c. Owns no state;
// any IRQL with resident arguments.
#include "rtlp.h"

#include "crt.h"

DDI size_t
RtlpCrt_mbstowcs(WCHAR *Target, const char *Source, size_t Count)
{
    const ULONG bytes = (ULONG)RtlpLength(Source);
    BOOLEAN malformed = FALSE;
    size_t stored;
    ULONG needed;

    if (Target == NULL)
    {
        RtlpMultiByteToWide(RtlpAnsiCodePage, Source, bytes, NULL, 0, &needed, &malformed);
        return needed / sizeof(WCHAR);
    }
    Count = Count > MAXLONG / sizeof(WCHAR) ? MAXLONG / sizeof(WCHAR) : Count;
    stored = RtlpMultiByteToWide(RtlpAnsiCodePage, Source, bytes, Target,
                                 (ULONG)(Count * sizeof(WCHAR)), NULL, &malformed) /
             sizeof(WCHAR);
    if (stored < Count)
    {
        Target[stored] = 0;
    }
    return stored;
}

DDI size_t
RtlpCrt_wcstombs(char *Target, const WCHAR *Source, size_t Count)
{
    const ULONG bytes = (ULONG)(RtlpWideLength(Source) * sizeof(WCHAR));
    BOOLEAN malformed = FALSE;
    size_t stored;
    ULONG needed;

    if (Target == NULL)
    {
        RtlpWideToMultiByte(RtlpAnsiCodePage, Source, bytes, NULL, 0, &needed, &malformed);
        return needed;
    }
    Count = Count > MAXLONG ? MAXLONG : Count;
    stored = RtlpWideToMultiByte(RtlpAnsiCodePage, Source, bytes, Target, (ULONG)Count, NULL,
                                 &malformed);
    if (stored < Count)
    {
        Target[stored] = 0;
    }
    return stored;
}

DDI int
RtlpCrt_mbtowc(WCHAR *Target, const char *Source, size_t Count)
{
    BOOLEAN malformed = FALSE;
    ULONG character = 0;
    ULONG length;

    if (Source == NULL || Count == 0)
    {
        return 0;
    }
    length = RtlpDecodeCharacter(RtlpAnsiCodePage, (const UCHAR *)Source,
                                 Count > 4 ? 4 : (ULONG)Count, &character, &malformed);
    if (malformed || character > 0xFFFF)
    {
        return -1;
    }
    if (Target != NULL)
    {
        *Target = (WCHAR)character;
    }
    return character == 0 ? 0 : (int)length;
}

DDI int
RtlpCrt_wctomb(char *Target, WCHAR Character)
{
    BOOLEAN malformed = FALSE;
    char bytes[4];
    ULONG stored;

    if (Target == NULL)
    {
        return 0;
    }
    stored = RtlpWideToMultiByte(RtlpAnsiCodePage, &Character, sizeof(Character), bytes,
                                 sizeof(bytes), NULL, &malformed);
    if (malformed || !RtlpHasCharacter(RtlpAnsiCodePage, Character))
    {
        return -1;
    }
    __builtin_memcpy(Target, bytes, stored);
    return (int)stored;
}
