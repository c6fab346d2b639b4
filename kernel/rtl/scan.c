// SPDX-License-Identifier: MIT
// The scanf family of ntoskrnl.exe under prefixed names (see crtprintf.c). The _s forms take the
// size of the buffer as a ULONG behind every %s, %c and %[. Floating-point conversions are not
// supported. Owns no state; any IRQL with resident arguments.
#include "rtlp.h"

#include "crt.h"

#define RTLP_NO_LIMIT MAXULONG

// The input and the format; both narrow or both wide.
typedef struct _RTLP_SCAN
{
    const CHAR *Narrow;
    const WCHAR *Wide;
    size_t Index;
    size_t Length; // input beyond it does not exist
    const CHAR *NarrowFormat;
    const WCHAR *WideFormat;
    size_t FormatIndex;
    RTLP_VA_LIST Arguments;
} RTLP_SCAN;

typedef struct _RTLP_SCAN_SPEC
{
    BOOLEAN Suppress;
    ULONG Width;
    CHAR Size; // as in RTLP_SPEC
    WCHAR Type;
    size_t SetStart; // of %[: format indices of the members
    size_t SetEnd;
    BOOLEAN SetExcludes;
} RTLP_SCAN_SPEC;

// The next input character, or MAXULONG at the end.
static ULONG
RtlpScanPeek(const RTLP_SCAN *Scan)
{
    ULONG character;

    if (Scan->Index >= Scan->Length)
    {
        return MAXULONG;
    }
    character = Scan->Wide != NULL ? Scan->Wide[Scan->Index] : (UCHAR)Scan->Narrow[Scan->Index];
    return character == 0 ? MAXULONG : character;
}

static WCHAR
RtlpScanFormat(const RTLP_SCAN *Scan, size_t Index)
{
    return Scan->WideFormat != NULL ? Scan->WideFormat[Index] : (UCHAR)Scan->NarrowFormat[Index];
}

static ULONG64
RtlpScanArgument(RTLP_SCAN *Scan)
{
    const ULONG64 *slot = (const ULONG64 *)(const void *)Scan->Arguments;

    Scan->Arguments += sizeof(ULONG64);
    return *slot;
}

static BOOLEAN
RtlpScanIsSpace(ULONG Character)
{
    return Character == ' ' || (Character >= '\t' && Character <= '\r');
}

static VOID
RtlpScanSkipSpace(RTLP_SCAN *Scan)
{
    while (RtlpScanIsSpace(RtlpScanPeek(Scan)))
    {
        Scan->Index += 1;
    }
}

// The members of %[...]: a ']' in the first place is one of them.
static VOID
RtlpScanParseSet(RTLP_SCAN *Scan, RTLP_SCAN_SPEC *Spec)
{
    size_t index = Scan->FormatIndex;

    Spec->SetExcludes = RtlpScanFormat(Scan, index) == '^';
    index += Spec->SetExcludes;
    Spec->SetStart = index;
    if (RtlpScanFormat(Scan, index) == ']')
    {
        index += 1;
    }
    while (RtlpScanFormat(Scan, index) != 0 && RtlpScanFormat(Scan, index) != ']')
    {
        index += 1;
    }
    Spec->SetEnd = index;
    Scan->FormatIndex = index + (RtlpScanFormat(Scan, index) != 0);
}

static VOID
RtlpScanParseSize(RTLP_SCAN *Scan, RTLP_SCAN_SPEC *Spec)
{
    const WCHAR first = RtlpScanFormat(Scan, Scan->FormatIndex);
    const WCHAR second = first == 0 ? 0 : RtlpScanFormat(Scan, Scan->FormatIndex + 1);
    ULONG length = 1;

    switch (first)
    {
    case 'h':
        Spec->Size = second == 'h' ? 'b' : 'h';
        length = second == 'h' ? 2 : 1;
        break;
    case 'l':
        Spec->Size = second == 'l' ? 'q' : 'l';
        length = second == 'l' ? 2 : 1;
        break;
    case 'w':
    case 'L':
        Spec->Size = 'l';
        break;
    case 'I':
        Spec->Size = second == '3' ? 'd' : 'q';
        length = second == '3' || second == '6' ? 3 : 1;
        break;
    default:
        return;
    }
    for (; length > 0 && RtlpScanFormat(Scan, Scan->FormatIndex) != 0; length--)
    {
        Scan->FormatIndex += 1;
    }
}

// Everything between % and the end of the specification.
static VOID
RtlpScanParse(RTLP_SCAN *Scan, RTLP_SCAN_SPEC *Spec)
{
    ULONG digit;

    __builtin_memset(Spec, 0, sizeof(*Spec));
    if (RtlpScanFormat(Scan, Scan->FormatIndex) == '*')
    {
        Spec->Suppress = TRUE;
        Scan->FormatIndex += 1;
    }
    for (digit = RtlpDigitValue(RtlpScanFormat(Scan, Scan->FormatIndex)); digit < 10;
         digit = RtlpDigitValue(RtlpScanFormat(Scan, Scan->FormatIndex)))
    {
        Spec->Width = Spec->Width < MAXULONG / 16 ? Spec->Width * 10 + digit : Spec->Width;
        Scan->FormatIndex += 1;
    }
    RtlpScanParseSize(Scan, Spec);
    Spec->Type = RtlpScanFormat(Scan, Scan->FormatIndex);
    Scan->FormatIndex += Spec->Type != 0;
    if (Spec->Type == '[')
    {
        RtlpScanParseSet(Scan, Spec);
    }
    if (Spec->Width == 0)
    {
        Spec->Width = Spec->Type == 'c' || Spec->Type == 'C' ? 1 : RTLP_NO_LIMIT;
    }
}

// ---- numbers ----------------------------------------------------------------------------------

static VOID
RtlpScanStore(RTLP_SCAN *Scan, const RTLP_SCAN_SPEC *Spec, ULONG64 Value)
{
    PVOID target;

    if (Spec->Suppress)
    {
        return;
    }
    target = (PVOID)(ULONG_PTR)RtlpScanArgument(Scan);
    switch (Spec->Size)
    {
    case 'q':
        *(PULONG64)target = Value;
        break;
    case 'h':
        *(PUSHORT)target = (USHORT)Value;
        break;
    case 'b':
        *(PUCHAR)target = (UCHAR)Value;
        break;
    default:
        *(PULONG)target = (ULONG)Value;
        break;
    }
}

// 0x in front of hexadecimal digits, and the base that %i finds out by itself. Consumed characters
// come off *Width; *Digits tells whether a digit was among them.
static ULONG
RtlpScanPrefix(RTLP_SCAN *Scan, ULONG Base, PULONG Width, PBOOLEAN Digits)
{
    if ((Base != 0 && Base != 16) || *Width == 0 || RtlpScanPeek(Scan) != '0')
    {
        return Base == 0 ? 10 : Base;
    }
    Scan->Index += 1;
    *Width -= 1;
    *Digits = TRUE;
    if (*Width == 0 || (RtlpScanPeek(Scan) | 0x20) != 'x')
    {
        return Base == 0 ? 8 : Base;
    }
    Scan->Index += 1;
    *Width -= 1;
    *Digits = FALSE;
    return 16;
}

static BOOLEAN
RtlpScanNumber(RTLP_SCAN *Scan, const RTLP_SCAN_SPEC *Spec, ULONG Base)
{
    ULONG width = Spec->Width;
    BOOLEAN negative = FALSE;
    BOOLEAN digits = FALSE;
    ULONG64 value = 0;

    RtlpScanSkipSpace(Scan);
    if (width != 0 && (RtlpScanPeek(Scan) == '-' || RtlpScanPeek(Scan) == '+'))
    {
        negative = RtlpScanPeek(Scan) == '-';
        Scan->Index += 1;
        width -= 1;
    }
    Base = RtlpScanPrefix(Scan, Base, &width, &digits);
    for (; width > 0; width--)
    {
        const ULONG character = RtlpScanPeek(Scan);
        const ULONG digit = character > 0xFFFF ? 255 : RtlpDigitValue((WCHAR)character);

        if (digit >= Base)
        {
            break;
        }
        value = value * Base + digit;
        digits = TRUE;
        Scan->Index += 1;
    }
    if (!digits)
    {
        return FALSE;
    }
    RtlpScanStore(Scan, Spec, negative ? 0 - value : value);
    return TRUE;
}

// ---- text -------------------------------------------------------------------------------------

static BOOLEAN
RtlpScanInSet(const RTLP_SCAN *Scan, const RTLP_SCAN_SPEC *Spec, ULONG Character)
{
    for (size_t i = Spec->SetStart; i < Spec->SetEnd; i++)
    {
        const ULONG low = RtlpScanFormat(Scan, i);

        if (i + 2 < Spec->SetEnd && RtlpScanFormat(Scan, i + 1) == '-')
        {
            if (Character >= low && Character <= RtlpScanFormat(Scan, i + 2))
            {
                return !Spec->SetExcludes;
            }
            i += 2;
        }
        else if (Character == low)
        {
            return !Spec->SetExcludes;
        }
    }
    return Spec->SetExcludes;
}

static BOOLEAN
RtlpScanAccepts(const RTLP_SCAN *Scan, const RTLP_SCAN_SPEC *Spec, ULONG Character)
{
    if (Character == MAXULONG)
    {
        return FALSE;
    }
    if (Spec->Type == '[')
    {
        return RtlpScanInSet(Scan, Spec, Character);
    }
    return Spec->Type == 'c' || Spec->Type == 'C' || !RtlpScanIsSpace(Character);
}

// %s, %c, %[ and their upper-case forms for the other width. A buffer that is too small gets an
// empty string, and the scan ends.
static BOOLEAN
RtlpScanText(RTLP_SCAN *Scan, const RTLP_SCAN_SPEC *Spec)
{
    const BOOLEAN single = Spec->Type == 'c' || Spec->Type == 'C';
    const BOOLEAN other = Spec->Type == 'C' || Spec->Type == 'S';
    BOOLEAN wide = Spec->Size == 'l' || (Spec->Size != 'h' && (Scan->Wide != NULL) != other);
    PVOID target = Spec->Suppress ? NULL : (PVOID)(ULONG_PTR)RtlpScanArgument(Scan);
    const ULONG size = Spec->Suppress ? RTLP_NO_LIMIT : (ULONG)RtlpScanArgument(Scan);
    ULONG count = 0;

    if (!single && Spec->Type != '[')
    {
        RtlpScanSkipSpace(Scan);
    }
    while (count < Spec->Width && RtlpScanAccepts(Scan, Spec, RtlpScanPeek(Scan)))
    {
        const WCHAR character = (WCHAR)RtlpScanPeek(Scan);

        if (count + !single >= size && target != NULL && (!single || count >= size))
        {
            if (size != 0)
            {
                __builtin_memset(target, 0, wide ? sizeof(WCHAR) : sizeof(CHAR));
            }
            return FALSE;
        }
        if (target != NULL && wide)
        {
            ((PWCHAR)target)[count] =
                Scan->Wide != NULL ? character : RtlpByteToWide(RtlpAnsiCodePage, (UCHAR)character);
        }
        else if (target != NULL)
        {
            ((PCHAR)target)[count] =
                (CHAR)(Scan->Wide != NULL ? RtlpWideToByte(RtlpAnsiCodePage, character)
                                          : character);
        }
        count += 1;
        Scan->Index += 1;
    }
    if (count == 0 || (single && count < Spec->Width))
    {
        return FALSE;
    }
    if (target != NULL && !single)
    {
        __builtin_memset((PUCHAR)target + (size_t)count * (wide ? sizeof(WCHAR) : sizeof(CHAR)), 0,
                         wide ? sizeof(WCHAR) : sizeof(CHAR));
    }
    return TRUE;
}

// ---- the loop ---------------------------------------------------------------------------------

static BOOLEAN
RtlpScanConvert(RTLP_SCAN *Scan, RTLP_SCAN_SPEC *Spec)
{
    switch (Spec->Type)
    {
    case 'd':
    case 'u':
        return RtlpScanNumber(Scan, Spec, 10);
    case 'i':
        return RtlpScanNumber(Scan, Spec, 0);
    case 'x':
    case 'X':
        return RtlpScanNumber(Scan, Spec, 16);
    case 'p':
        Spec->Size = 'q';
        return RtlpScanNumber(Scan, Spec, 16);
    case 'o':
        return RtlpScanNumber(Scan, Spec, 8);
    case 's':
    case 'S':
    case 'c':
    case 'C':
    case '[':
        return RtlpScanText(Scan, Spec);
    case 'n':
        RtlpScanStore(Scan, Spec, Scan->Index);
        return TRUE;
    default:
        return FALSE;
    }
}

// Literal characters and white space of the format. FALSE when the input does not match.
static BOOLEAN
RtlpScanLiteral(RTLP_SCAN *Scan, WCHAR Expected)
{
    if (RtlpScanIsSpace(Expected))
    {
        RtlpScanSkipSpace(Scan);
        return TRUE;
    }
    if (RtlpScanPeek(Scan) != Expected)
    {
        return FALSE;
    }
    Scan->Index += 1;
    return TRUE;
}

// The number of values stored, or -1 when the input ended before the first conversion.
static int
RtlpScanAll(RTLP_SCAN *Scan)
{
    int stored = 0;

    while (RtlpScanFormat(Scan, Scan->FormatIndex) != 0)
    {
        const WCHAR character = RtlpScanFormat(Scan, Scan->FormatIndex);
        RTLP_SCAN_SPEC spec;

        Scan->FormatIndex += 1;
        if (character != '%' || RtlpScanFormat(Scan, Scan->FormatIndex) == '%')
        {
            Scan->FormatIndex += character == '%';
            if (!RtlpScanLiteral(Scan, character))
            {
                return stored == 0 && RtlpScanPeek(Scan) == MAXULONG ? -1 : stored;
            }
            continue;
        }
        RtlpScanParse(Scan, &spec);
        if (!RtlpScanConvert(Scan, &spec))
        {
            return stored == 0 && RtlpScanPeek(Scan) == MAXULONG ? -1 : stored;
        }
        stored += !spec.Suppress && spec.Type != 'n';
    }
    return stored;
}

DDI int
RtlpCrt_sscanf_s(const char *Input, const char *Format, ...)
{
    RTLP_SCAN scan = {.Narrow = Input, .NarrowFormat = Format, .Length = ~(size_t)0};
    int result;

    RTLP_VA_START(scan.Arguments, Format);
    result = RtlpScanAll(&scan);
    RTLP_VA_END(scan.Arguments);
    return result;
}

DDI int
RtlpCrt__snscanf_s(const char *Input, size_t Length, const char *Format, ...)
{
    RTLP_SCAN scan = {.Narrow = Input, .NarrowFormat = Format, .Length = Length};
    int result;

    RTLP_VA_START(scan.Arguments, Format);
    result = RtlpScanAll(&scan);
    RTLP_VA_END(scan.Arguments);
    return result;
}

DDI int
RtlpCrt_swscanf_s(const WCHAR *Input, const WCHAR *Format, ...)
{
    RTLP_SCAN scan = {.Wide = Input, .WideFormat = Format, .Length = ~(size_t)0};
    int result;

    RTLP_VA_START(scan.Arguments, Format);
    result = RtlpScanAll(&scan);
    RTLP_VA_END(scan.Arguments);
    return result;
}

DDI int
RtlpCrt__snwscanf_s(const WCHAR *Input, size_t Length, const WCHAR *Format, ...)
{
    RTLP_SCAN scan = {.Wide = Input, .WideFormat = Format, .Length = Length};
    int result;

    RTLP_VA_START(scan.Arguments, Format);
    result = RtlpScanAll(&scan);
    RTLP_VA_END(scan.Arguments);
    return result;
}
