// SPDX-License-Identifier: MIT
// Numbers and multibyte text in the C library part of ntoskrnl.exe, under prefixed names (see
// crtprintf.c). Owns no state; any IRQL with resident arguments.
#include "rtlp.h"

#include "crt.h"

#define RTLP_EINVAL 22
#define RTLP_ERANGE 34

// ---- text to number ---------------------------------------------------------------------------

// What strtoul and the ato* family share. Characters are widened, so both widths use it.
typedef struct _RTLP_PARSED
{
    ULONG64 Magnitude;
    BOOLEAN Negative;
    BOOLEAN Overflow;
    size_t Length; // characters consumed; 0 when there is no number
} RTLP_PARSED;

typedef WCHAR (*RTLP_CHARACTER_AT)(const void *Text, size_t Index);

static WCHAR
RtlpNarrowAt(const void *Text, size_t Index)
{
    return ((const UCHAR *)Text)[Index];
}

static WCHAR
RtlpWideAt(const void *Text, size_t Index)
{
    return ((const WCHAR *)Text)[Index];
}

static RTLP_PARSED
RtlpParseNumber(const void *Text, RTLP_CHARACTER_AT At, ULONG Base, ULONG64 Limit)
{
    RTLP_PARSED parsed = {0};
    size_t index = 0;
    ULONG digit;

    while (At(Text, index) == ' ' || (At(Text, index) >= '\t' && At(Text, index) <= '\r'))
    {
        index += 1;
    }
    if (At(Text, index) == '-' || At(Text, index) == '+')
    {
        parsed.Negative = At(Text, index) == '-';
        index += 1;
    }
    if ((Base == 0 || Base == 16) && At(Text, index) == '0' &&
        (At(Text, index + 1) | 0x20) == 'x' && RtlpDigitValue(At(Text, index + 2)) < 16)
    {
        Base = 16;
        index += 2;
    }
    if (Base == 0)
    {
        Base = At(Text, index) == '0' ? 8 : 10;
    }
    for (digit = RtlpDigitValue(At(Text, index)); digit < Base;
         digit = RtlpDigitValue(At(Text, index)))
    {
        if (parsed.Magnitude > (Limit - digit) / Base)
        {
            parsed.Overflow = TRUE;
        }
        parsed.Magnitude = parsed.Magnitude * Base + digit;
        index += 1;
        parsed.Length = index;
    }
    return parsed;
}

// Microsoft's ato* saturate.
static LONG64
RtlpSaturate(RTLP_PARSED Parsed, LONG64 Maximum)
{
    if (Parsed.Overflow || Parsed.Magnitude > (ULONG64)Maximum)
    {
        return Parsed.Negative ? -Maximum - 1 : Maximum;
    }
    return Parsed.Negative ? -(LONG64)Parsed.Magnitude : (LONG64)Parsed.Magnitude;
}

DDI int
RtlpCrt_atoi(const char *String)
{
    return (int)RtlpSaturate(RtlpParseNumber(String, RtlpNarrowAt, 10, MAXULONGLONG), MAXLONG);
}

DDI LONG
RtlpCrt_atol(const char *String)
{
    return RtlpCrt_atoi(String);
}

DDI int
RtlpCrt__wtoi(const WCHAR *String)
{
    return (int)RtlpSaturate(RtlpParseNumber(String, RtlpWideAt, 10, MAXULONGLONG), MAXLONG);
}

DDI LONG
RtlpCrt__wtol(const WCHAR *String)
{
    return RtlpCrt__wtoi(String);
}

// A negative number wraps round; an overflow is the largest value.
static ULONG64
RtlpToUnsigned(RTLP_PARSED Parsed, ULONG64 Maximum)
{
    if (Parsed.Overflow)
    {
        return Maximum;
    }
    return (Parsed.Negative ? 0 - Parsed.Magnitude : Parsed.Magnitude) & Maximum;
}

static BOOLEAN
RtlpBadBase(int Base)
{
    return Base < 0 || Base == 1 || Base > 36;
}

DDI ULONG
RtlpCrt_strtoul(const char *String, char **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpNarrowAt, (ULONG)Base, MAXULONG);
    }
    if (End != NULL)
    {
        *End = (char *)(ULONG_PTR)String + parsed.Length;
    }
    return (ULONG)RtlpToUnsigned(parsed, MAXULONG);
}

DDI LONG
RtlpCrt_strtol(const char *String, char **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpNarrowAt, (ULONG)Base, MAXULONGLONG);
    }
    if (End != NULL)
    {
        *End = (char *)(ULONG_PTR)String + parsed.Length;
    }
    return (LONG)RtlpSaturate(parsed, MAXLONG);
}

DDI ULONG64
RtlpCrt__strtoui64(const char *String, char **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpNarrowAt, (ULONG)Base, MAXULONGLONG);
    }
    if (End != NULL)
    {
        *End = (char *)(ULONG_PTR)String + parsed.Length;
    }
    return RtlpToUnsigned(parsed, MAXULONGLONG);
}

DDI ULONG
RtlpCrt_wcstoul(const WCHAR *String, WCHAR **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpWideAt, (ULONG)Base, MAXULONG);
    }
    if (End != NULL)
    {
        *End = (WCHAR *)(ULONG_PTR)String + parsed.Length;
    }
    return (ULONG)RtlpToUnsigned(parsed, MAXULONG);
}

DDI LONG
RtlpCrt_wcstol(const WCHAR *String, WCHAR **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpWideAt, (ULONG)Base, MAXULONGLONG);
    }
    if (End != NULL)
    {
        *End = (WCHAR *)(ULONG_PTR)String + parsed.Length;
    }
    return (LONG)RtlpSaturate(parsed, MAXLONG);
}

DDI LONG64
RtlpCrt__strtoi64(const char *String, char **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpNarrowAt, (ULONG)Base, MAXULONGLONG);
    }
    if (End != NULL)
    {
        *End = (char *)(ULONG_PTR)String + parsed.Length;
    }
    return RtlpSaturate(parsed, MAXLONGLONG);
}

DDI LONG64
RtlpCrt__wcstoi64(const WCHAR *String, WCHAR **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpWideAt, (ULONG)Base, MAXULONGLONG);
    }
    if (End != NULL)
    {
        *End = (WCHAR *)(ULONG_PTR)String + parsed.Length;
    }
    return RtlpSaturate(parsed, MAXLONGLONG);
}

DDI ULONG64
RtlpCrt__wcstoui64(const WCHAR *String, WCHAR **End, int Base)
{
    RTLP_PARSED parsed = {0};

    if (!RtlpBadBase(Base))
    {
        parsed = RtlpParseNumber(String, RtlpWideAt, (ULONG)Base, MAXULONGLONG);
    }
    if (End != NULL)
    {
        *End = (WCHAR *)(ULONG_PTR)String + parsed.Length;
    }
    return RtlpToUnsigned(parsed, MAXULONGLONG);
}

// ---- number to text ---------------------------------------------------------------------------

// Exactly one target is not NULL. Fails like the _s forms: an empty string and an errno value.
static int
RtlpNumberToText(ULONG64 Value, BOOLEAN Negative, char *Narrow, WCHAR *Wide, size_t Size, int Radix)
{
    char digits[66];
    size_t count = 0;

    if ((Narrow == NULL && Wide == NULL) || Size == 0)
    {
        return RTLP_EINVAL;
    }
    do
    {
        digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[Value % (ULONG)Radix];
        Value /= (ULONG)Radix;
    } while (Value != 0);
    if (Negative)
    {
        digits[count++] = '-';
    }
    for (size_t i = 0; i <= count && i < Size; i++)
    {
        const char digit = count < Size && i < count ? digits[count - 1 - i] : 0;

        if (Narrow != NULL)
        {
            Narrow[i] = digit;
        }
        else
        {
            Wide[i] = (UCHAR)digit;
        }
    }
    return count < Size ? 0 : RTLP_ERANGE;
}

static int
RtlpSignedToText(LONG64 Value, ULONG64 Bits, char *Narrow, WCHAR *Wide, size_t Size, int Radix)
{
    if (Radix < 2 || Radix > 36)
    {
        return RTLP_EINVAL;
    }
    // Only decimal numbers have a sign; other radixes show the bits.
    if (Radix == 10 && Value < 0)
    {
        return RtlpNumberToText(0 - (ULONG64)Value, TRUE, Narrow, Wide, Size, Radix);
    }
    return RtlpNumberToText(Bits, FALSE, Narrow, Wide, Size, Radix);
}

static int
RtlpUnsignedToText(ULONG64 Value, char *Narrow, WCHAR *Wide, size_t Size, int Radix)
{
    if (Radix < 2 || Radix > 36)
    {
        return RTLP_EINVAL;
    }
    return RtlpNumberToText(Value, FALSE, Narrow, Wide, Size, Radix);
}

DDI int
RtlpCrt__itoa_s(int Value, char *Buffer, size_t Size, int Radix)
{
    return RtlpSignedToText(Value, (ULONG)Value, Buffer, NULL, Size, Radix);
}

DDI int
RtlpCrt__itow_s(int Value, WCHAR *Buffer, size_t Size, int Radix)
{
    return RtlpSignedToText(Value, (ULONG)Value, NULL, Buffer, Size, Radix);
}

DDI int
RtlpCrt__ltoa_s(LONG Value, char *Buffer, size_t Size, int Radix)
{
    return RtlpSignedToText(Value, (ULONG)Value, Buffer, NULL, Size, Radix);
}

DDI int
RtlpCrt__ltow_s(LONG Value, WCHAR *Buffer, size_t Size, int Radix)
{
    return RtlpSignedToText(Value, (ULONG)Value, NULL, Buffer, Size, Radix);
}

DDI int
RtlpCrt__ultoa_s(ULONG Value, char *Buffer, size_t Size, int Radix)
{
    return RtlpUnsignedToText(Value, Buffer, NULL, Size, Radix);
}

DDI int
RtlpCrt__ultow_s(ULONG Value, WCHAR *Buffer, size_t Size, int Radix)
{
    return RtlpUnsignedToText(Value, NULL, Buffer, Size, Radix);
}

DDI int
RtlpCrt__i64toa_s(LONG64 Value, char *Buffer, size_t Size, int Radix)
{
    return RtlpSignedToText(Value, (ULONG64)Value, Buffer, NULL, Size, Radix);
}

DDI int
RtlpCrt__i64tow_s(LONG64 Value, WCHAR *Buffer, size_t Size, int Radix)
{
    return RtlpSignedToText(Value, (ULONG64)Value, NULL, Buffer, Size, Radix);
}

DDI int
RtlpCrt__ui64toa_s(ULONG64 Value, char *Buffer, size_t Size, int Radix)
{
    return RtlpUnsignedToText(Value, Buffer, NULL, Size, Radix);
}

DDI int
RtlpCrt__ui64tow_s(ULONG64 Value, WCHAR *Buffer, size_t Size, int Radix)
{
    return RtlpUnsignedToText(Value, NULL, Buffer, Size, Radix);
}

DDI char *
RtlpCrt__itoa(int Value, char *Buffer, int Radix)
{
    (void)RtlpSignedToText(Value, (ULONG)Value, Buffer, NULL, MAXLONG, Radix);
    return Buffer;
}

DDI WCHAR *
RtlpCrt__itow(int Value, WCHAR *Buffer, int Radix)
{
    (void)RtlpSignedToText(Value, (ULONG)Value, NULL, Buffer, MAXLONG, Radix);
    return Buffer;
}

// ---- multibyte --------------------------------------------------------------------------------

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
    ULONG length = 1;

    if (Source == NULL || Count == 0)
    {
        return 0;
    }
    if (RtlpAnsiCodePage->High == NULL)
    {
        length = RtlpDecodeUtf8((const UCHAR *)Source, Count > 4 ? 4 : (ULONG)Count, &character,
                                &malformed);
    }
    else
    {
        character = RtlpByteToWide(RtlpAnsiCodePage, (UCHAR)*Source);
    }
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
    if (malformed || (RtlpAnsiCodePage->High != NULL && bytes[0] == '?' && Character != '?'))
    {
        return -1;
    }
    __builtin_memcpy(Target, bytes, stored);
    return (int)stored;
}
