// SPDX-License-Identifier: MIT
// Numbers in the C library part of ntoskrnl.exe, under prefixed names (see crtprintf.c). Owns no
// state; any IRQL with resident arguments.
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

// A base that does not exist leaves the text unread.
static RTLP_PARSED
RtlpParseNarrow(const char *String, char **End, int Base, ULONG64 Limit)
{
    RTLP_PARSED parsed = {0};

    if (Base >= 0 && Base != 1 && Base <= 36)
    {
        parsed = RtlpParseNumber(String, RtlpNarrowAt, (ULONG)Base, Limit);
    }
    if (End != NULL)
    {
        *End = (char *)(ULONG_PTR)String + parsed.Length;
    }
    return parsed;
}

static RTLP_PARSED
RtlpParseWide(const WCHAR *String, WCHAR **End, int Base, ULONG64 Limit)
{
    RTLP_PARSED parsed = {0};

    if (Base >= 0 && Base != 1 && Base <= 36)
    {
        parsed = RtlpParseNumber(String, RtlpWideAt, (ULONG)Base, Limit);
    }
    if (End != NULL)
    {
        *End = (WCHAR *)(ULONG_PTR)String + parsed.Length;
    }
    return parsed;
}

DDI ULONG
RtlpCrt_strtoul(const char *String, char **End, int Base)
{
    return (ULONG)RtlpToUnsigned(RtlpParseNarrow(String, End, Base, MAXULONG), MAXULONG);
}

DDI LONG
RtlpCrt_strtol(const char *String, char **End, int Base)
{
    return (LONG)RtlpSaturate(RtlpParseNarrow(String, End, Base, MAXULONGLONG), MAXLONG);
}

DDI ULONG64
RtlpCrt__strtoui64(const char *String, char **End, int Base)
{
    return RtlpToUnsigned(RtlpParseNarrow(String, End, Base, MAXULONGLONG), MAXULONGLONG);
}

DDI ULONG
RtlpCrt_wcstoul(const WCHAR *String, WCHAR **End, int Base)
{
    return (ULONG)RtlpToUnsigned(RtlpParseWide(String, End, Base, MAXULONG), MAXULONG);
}

DDI LONG
RtlpCrt_wcstol(const WCHAR *String, WCHAR **End, int Base)
{
    return (LONG)RtlpSaturate(RtlpParseWide(String, End, Base, MAXULONGLONG), MAXLONG);
}

DDI LONG64
RtlpCrt__strtoi64(const char *String, char **End, int Base)
{
    return RtlpSaturate(RtlpParseNarrow(String, End, Base, MAXULONGLONG), MAXLONGLONG);
}

DDI LONG64
RtlpCrt__wcstoi64(const WCHAR *String, WCHAR **End, int Base)
{
    return RtlpSaturate(RtlpParseWide(String, End, Base, MAXULONGLONG), MAXLONGLONG);
}

DDI ULONG64
RtlpCrt__wcstoui64(const WCHAR *String, WCHAR **End, int Base)
{
    return RtlpToUnsigned(RtlpParseWide(String, End, Base, MAXULONGLONG), MAXULONGLONG);
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
