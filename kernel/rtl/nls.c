// SPDX-License-Identifier: MIT
// Characters: case, code pages, UTF-8. Owns the choice of the ANSI code page, made once at boot.
// Any IRQL: the tables are resident here.
#include "rtlp.h"

#include "exports.h"
#include "nlsp.h"

static const RTLP_CODE_PAGE RtlpCodePage1252 = {1252, RtlpCodePage1252High};
static const RTLP_CODE_PAGE RtlpCodePage437 = {437, RtlpCodePage437High};
static const RTLP_CODE_PAGE RtlpCodePageUtf8 = {65001, NULL};

const RTLP_CODE_PAGE *RtlpAnsiCodePage = &RtlpCodePage1252;
const RTLP_CODE_PAGE *RtlpOemCodePage = &RtlpCodePage437;

// Exported variables. The tags tell whether characters may take several bytes.
BOOLEAN NlsMbCodePageTag = FALSE;
BOOLEAN NlsMbOemCodePageTag = FALSE;
USHORT NlsAnsiCodePage = 1252;
USHORT NlsOemCodePage = 437;

BOOLEAN
RtlSetAnsiCodePage(ULONG CodePage)
{
    if (CodePage != RtlpCodePage1252.Number && CodePage != RtlpCodePageUtf8.Number)
    {
        return FALSE;
    }
    RtlpAnsiCodePage = CodePage == RtlpCodePageUtf8.Number ? &RtlpCodePageUtf8 : &RtlpCodePage1252;
    NlsMbCodePageTag = RtlpAnsiCodePage->High == NULL;
    NlsAnsiCodePage = (USHORT)CodePage;
    return TRUE;
}

// ---- case -------------------------------------------------------------------------------------

static WCHAR
RtlpMapCase(const RTLP_CASE_RUN *Runs, ULONG Count, WCHAR Character)
{
    ULONG low = 0;
    ULONG high = Count;

    while (low < high)
    {
        const ULONG middle = low + (high - low) / 2;
        const RTLP_CASE_RUN *run = &Runs[middle];

        if (Character < run->First)
        {
            high = middle;
        }
        else if (Character > run->Last)
        {
            low = middle + 1;
        }
        else if ((Character - run->First) % run->Stride == 0)
        {
            return (WCHAR)(Character + run->Delta);
        }
        else
        {
            // Runs never overlap: what a stride of 2 skips has no mapping.
            return Character;
        }
    }
    return Character;
}

WCHAR
RtlpUpcaseChar(WCHAR Character)
{
    if (Character < 0x80)
    {
        return Character >= 'a' && Character <= 'z' ? (WCHAR)(Character - 0x20) : Character;
    }
    return RtlpMapCase(RtlpUpcaseRuns, RtlpUpcaseRunsCount, Character);
}

WCHAR
RtlpDowncaseChar(WCHAR Character)
{
    if (Character < 0x80)
    {
        return Character >= 'A' && Character <= 'Z' ? (WCHAR)(Character + 0x20) : Character;
    }
    return RtlpMapCase(RtlpDowncaseRuns, RtlpDowncaseRunsCount, Character);
}

UCHAR
RtlpUpcaseAnsiChar(UCHAR Character)
{
    UCHAR upper;

    if (Character < 0x80 || RtlpAnsiCodePage->High == NULL)
    {
        return (UCHAR)(Character >= 'a' && Character <= 'z' ? Character - 0x20 : Character);
    }
    upper = RtlpWideToByte(RtlpAnsiCodePage,
                           RtlpUpcaseChar(RtlpByteToWide(RtlpAnsiCodePage, Character)));
    return upper == '?' ? Character : upper;
}

ULONG
RtlpDigitValue(WCHAR Character)
{
    if (Character >= '0' && Character <= '9')
    {
        return Character - (ULONG)'0';
    }
    if (Character >= 'a' && Character <= 'z')
    {
        return Character - (ULONG)'a' + 10;
    }
    if (Character >= 'A' && Character <= 'Z')
    {
        return Character - (ULONG)'A' + 10;
    }
    return 255;
}

DDI WCHAR
RtlUpcaseUnicodeChar(_In_ WCHAR SourceCharacter)
{
    return RtlpUpcaseChar(SourceCharacter);
}

DDI WCHAR
RtlDowncaseUnicodeChar(_In_ WCHAR SourceCharacter)
{
    return RtlpDowncaseChar(SourceCharacter);
}

DDI CHAR
RtlUpperChar(_In_ CHAR Character)
{
    return (CHAR)RtlpUpcaseAnsiChar((UCHAR)Character);
}

// ---- single-byte code pages -------------------------------------------------------------------

UCHAR
RtlpWideToByte(const RTLP_CODE_PAGE *CodePage, WCHAR Character)
{
    if (Character < 0x80)
    {
        return (UCHAR)Character;
    }
    for (ULONG i = 0; CodePage->High != NULL && i < 128; i++)
    {
        if (CodePage->High[i] == Character)
        {
            return (UCHAR)(0x80 + i);
        }
    }
    return '?';
}

WCHAR
RtlpByteToWide(const RTLP_CODE_PAGE *CodePage, UCHAR Character)
{
    if (Character < 0x80)
    {
        return Character;
    }
    return CodePage->High == NULL ? 0xFFFD : CodePage->High[Character - 0x80];
}

// ---- UTF-8 ------------------------------------------------------------------------------------

ULONG
RtlpEncodeUtf8(ULONG Character, UCHAR Bytes[4])
{
    if (Character < 0x80)
    {
        Bytes[0] = (UCHAR)Character;
        return 1;
    }
    if (Character < 0x800)
    {
        Bytes[0] = (UCHAR)(0xC0 | Character >> 6);
        Bytes[1] = (UCHAR)(0x80 | (Character & 0x3F));
        return 2;
    }
    if (Character < 0x10000)
    {
        Bytes[0] = (UCHAR)(0xE0 | Character >> 12);
        Bytes[1] = (UCHAR)(0x80 | (Character >> 6 & 0x3F));
        Bytes[2] = (UCHAR)(0x80 | (Character & 0x3F));
        return 3;
    }
    Bytes[0] = (UCHAR)(0xF0 | Character >> 18);
    Bytes[1] = (UCHAR)(0x80 | (Character >> 12 & 0x3F));
    Bytes[2] = (UCHAR)(0x80 | (Character >> 6 & 0x3F));
    Bytes[3] = (UCHAR)(0x80 | (Character & 0x3F));
    return 4;
}

// Continuation bytes that Lead asks for, or 0 when it cannot start a character. The second byte of
// some leads is restricted, which rules out overlong forms, surrogates and values above U+10FFFF.
static ULONG
RtlpUtf8Continuations(UCHAR Lead, PUCHAR SecondLow, PUCHAR SecondHigh)
{
    *SecondLow = Lead == 0xE0 ? 0xA0 : Lead == 0xF0 ? 0x90 : 0x80;
    *SecondHigh = Lead == 0xED ? 0x9F : Lead == 0xF4 ? 0x8F : 0xBF;
    if (Lead >= 0xC2 && Lead <= 0xDF)
    {
        return 1;
    }
    if (Lead >= 0xE0 && Lead <= 0xEF)
    {
        return 2;
    }
    return Lead >= 0xF0 && Lead <= 0xF4 ? 3 : 0;
}

ULONG
RtlpDecodeUtf8(const UCHAR *Source, ULONG Left, PULONG Character, PBOOLEAN Malformed)
{
    UCHAR low;
    UCHAR high;
    ULONG more;
    ULONG value;

    if (Source[0] < 0x80)
    {
        *Character = Source[0];
        return 1;
    }
    more = RtlpUtf8Continuations(Source[0], &low, &high);
    value = Source[0] & (0x3Fu >> more);
    for (ULONG i = 1; i <= more; i++)
    {
        if (i >= Left || Source[i] < low || Source[i] > high)
        {
            *Character = 0xFFFD;
            *Malformed = TRUE;
            return i;
        }
        value = value << 6 | (Source[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    if (more == 0)
    {
        *Malformed = TRUE;
        value = 0xFFFD;
    }
    *Character = value;
    return more + 1;
}

ULONG
RtlpDecodeCharacter(const RTLP_CODE_PAGE *CodePage,
                    const UCHAR *Source,
                    ULONG Left,
                    PULONG Character,
                    PBOOLEAN Malformed)
{
    if (CodePage->High == NULL)
    {
        return RtlpDecodeUtf8(Source, Left, Character, Malformed);
    }
    *Character = RtlpByteToWide(CodePage, *Source);
    return 1;
}

BOOLEAN
RtlpHasCharacter(const RTLP_CODE_PAGE *CodePage, WCHAR Character)
{
    return CodePage->High == NULL || Character == '?' || RtlpWideToByte(CodePage, Character) != '?';
}

// One scalar value of UTF-16 text; lone surrogates become U+FFFD. Returns the units consumed.
static ULONG
RtlpDecodeUtf16(const WCHAR *Source, ULONG Left, PULONG Character, PBOOLEAN Malformed)
{
    const WCHAR first = Source[0];

    if (first < 0xD800 || first > 0xDFFF)
    {
        *Character = first;
        return 1;
    }
    if (first <= 0xDBFF && Left > 1 && Source[1] >= 0xDC00 && Source[1] <= 0xDFFF)
    {
        *Character = 0x10000 + ((first - 0xD800u) << 10) + (Source[1] - 0xDC00u);
        return 2;
    }
    *Character = 0xFFFD;
    *Malformed = TRUE;
    return 1;
}

// ---- whole strings ----------------------------------------------------------------------------

ULONG
RtlpWideToMultiByte(const RTLP_CODE_PAGE *CodePage,
                    const WCHAR *Source,
                    ULONG SourceBytes,
                    CHAR *Target,
                    ULONG Capacity,
                    PULONG Needed,
                    PBOOLEAN Malformed)
{
    const ULONG units = SourceBytes / sizeof(WCHAR);
    ULONG stored = 0;
    ULONG needed = 0;
    BOOLEAN full = FALSE;

    for (ULONG i = 0; i < units;)
    {
        UCHAR bytes[4];
        ULONG length = 1;
        ULONG character;

        if (CodePage->High == NULL)
        {
            i += RtlpDecodeUtf16(&Source[i], units - i, &character, Malformed);
            length = RtlpEncodeUtf8(character, bytes);
        }
        else
        {
            bytes[0] = RtlpWideToByte(CodePage, Source[i]);
            i += 1;
        }
        needed += length;
        full = full || Target == NULL || stored + length > Capacity;
        if (!full)
        {
            __builtin_memcpy(Target + stored, bytes, length);
            stored += length;
        }
    }
    if (Needed != NULL)
    {
        *Needed = needed;
    }
    return stored;
}

ULONG
RtlpMultiByteToWide(const RTLP_CODE_PAGE *CodePage,
                    const CHAR *Source,
                    ULONG SourceBytes,
                    WCHAR *Target,
                    ULONG Capacity,
                    PULONG Needed,
                    PBOOLEAN Malformed)
{
    const UCHAR *source = (const UCHAR *)Source;
    ULONG stored = 0;
    ULONG needed = 0;
    BOOLEAN full = FALSE;

    for (ULONG i = 0; i < SourceBytes;)
    {
        WCHAR units[2];
        ULONG length = sizeof(WCHAR);
        ULONG character;

        if (CodePage->High == NULL)
        {
            i += RtlpDecodeUtf8(&source[i], SourceBytes - i, &character, Malformed);
            units[0] = (WCHAR)character;
            if (character >= 0x10000)
            {
                units[0] = (WCHAR)(0xD800 + ((character - 0x10000) >> 10));
                units[1] = (WCHAR)(0xDC00 + ((character - 0x10000) & 0x3FF));
                length = 2 * sizeof(WCHAR);
            }
        }
        else
        {
            units[0] = RtlpByteToWide(CodePage, source[i]);
            i += 1;
        }
        needed += length;
        full = full || Target == NULL || stored + length > Capacity;
        if (!full)
        {
            __builtin_memcpy((UCHAR *)Target + stored, units, length);
            stored += length;
        }
    }
    if (Needed != NULL)
    {
        *Needed = needed;
    }
    return stored;
}

const RTLP_CODE_PAGE *
RtlpUtf8CodePage(VOID)
{
    return &RtlpCodePageUtf8;
}

ULONG
RtlAnsiToUtf8(const CHAR *Text, ULONG Length, CHAR *Utf8, ULONG Capacity)
{
    ULONG stored = 0;

    for (ULONG i = 0; i < Length; i++)
    {
        UCHAR bytes[4] = {(UCHAR)Text[i]};
        ULONG size = 1;

        if (RtlpAnsiCodePage->High != NULL)
        {
            size = RtlpEncodeUtf8(RtlpByteToWide(RtlpAnsiCodePage, bytes[0]), bytes);
        }
        if (size > Capacity - stored)
        {
            break;
        }
        __builtin_memcpy(Utf8 + stored, bytes, size);
        stored += size;
    }
    return stored;
}
