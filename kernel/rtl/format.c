// SPDX-License-Identifier: MIT
// The formatting engine behind DbgPrint, sprintf and their relatives, narrow and wide, with the
// rules of Microsoft's C library: I64, I32, I and w sizes, %Z for counted strings, %C and %S for
// the other character width, %p as 16 upper-case digits. Owns no state; any IRQL.
#include "rtlp.h"

// ---- output -----------------------------------------------------------------------------------

static VOID
RtlpSinkRaw(RTLP_SINK *Sink, WCHAR Character)
{
    if (Sink->Count < Sink->Capacity)
    {
        if (Sink->IsWide)
        {
            Sink->Wide[Sink->Count] = Character;
        }
        else
        {
            Sink->Narrow[Sink->Count] = (CHAR)Character;
        }
    }
    Sink->Count += 1;
}

VOID
RtlpSinkByte(RTLP_SINK *Sink, UCHAR Character)
{
    RtlpSinkRaw(Sink, Sink->IsWide ? RtlpByteToWide(RtlpAnsiCodePage, Character) : Character);
}

VOID
RtlpSinkWide(RTLP_SINK *Sink, WCHAR Character)
{
    if (Sink->IsWide || Character < 0x80)
    {
        RtlpSinkRaw(Sink, Character);
    }
    else if (RtlpAnsiCodePage->High != NULL)
    {
        RtlpSinkRaw(Sink, RtlpWideToByte(RtlpAnsiCodePage, Character));
    }
    else
    {
        UCHAR bytes[4];
        const ULONG count = RtlpEncodeUtf8(Character, bytes);

        for (ULONG i = 0; i < count; i++)
        {
            RtlpSinkRaw(Sink, bytes[i]);
        }
    }
}

static VOID
RtlpSinkFill(RTLP_SINK *Sink, CHAR Character, LONG64 Count)
{
    for (; Count > 0; Count--)
    {
        RtlpSinkRaw(Sink, (UCHAR)Character);
    }
}

VOID
RtlpSinkNumber(RTLP_SINK *Sink,
               const RTLP_SPEC *Spec,
               const CHAR *Prefix,
               const CHAR *Digits,
               ULONG DigitCount)
{
    const LONG64 padding = (LONG64)Spec->Width - (LONG64)RtlpLength(Prefix) - (LONG64)DigitCount;

    if (!Spec->LeftAlign && !Spec->ZeroFill)
    {
        RtlpSinkFill(Sink, ' ', padding);
    }
    for (; *Prefix != 0; Prefix++)
    {
        RtlpSinkRaw(Sink, (UCHAR)*Prefix);
    }
    if (!Spec->LeftAlign && Spec->ZeroFill)
    {
        RtlpSinkFill(Sink, '0', padding);
    }
    for (ULONG i = 0; i < DigitCount; i++)
    {
        RtlpSinkRaw(Sink, (UCHAR)Digits[i]);
    }
    if (Spec->LeftAlign)
    {
        RtlpSinkFill(Sink, ' ', padding);
    }
}

// ---- arguments --------------------------------------------------------------------------------

// Every argument of a ms_abi variadic function occupies one eight-byte slot.
static ULONG64
RtlpNextArgument(RTLP_VA_LIST *Arguments)
{
    const ULONG64 *slot = (const ULONG64 *)(const void *)*Arguments;

    *Arguments += sizeof(ULONG64);
    return *slot;
}

static ULONG64
RtlpIntegerArgument(const RTLP_SPEC *Spec, BOOLEAN Signed, RTLP_VA_LIST *Arguments)
{
    const ULONG64 value = RtlpNextArgument(Arguments);

    switch (Spec->Size)
    {
    case 'q':
        return value;
    case 'h':
        return Signed ? (ULONG64)(LONG64)(SHORT)value : (USHORT)value;
    case 'b':
        return Signed ? (ULONG64)(LONG64)(signed char)value : (UCHAR)value;
    default:
        return Signed ? (ULONG64)(LONG64)(LONG)value : (ULONG)value;
    }
}

// ---- specification ----------------------------------------------------------------------------

typedef struct _RTLP_FORMAT
{
    const CHAR *Narrow;
    const WCHAR *Wide;
} RTLP_FORMAT;

static WCHAR
RtlpFormatPeek(const RTLP_FORMAT *Format, ULONG Ahead)
{
    return Format->Wide != NULL ? Format->Wide[Ahead] : (UCHAR)Format->Narrow[Ahead];
}

static VOID
RtlpFormatSkip(RTLP_FORMAT *Format, ULONG Count)
{
    if (Format->Wide != NULL)
    {
        Format->Wide += Count;
    }
    else
    {
        Format->Narrow += Count;
    }
}

static VOID
RtlpParseFlags(RTLP_FORMAT *Format, RTLP_SPEC *Spec)
{
    for (;; RtlpFormatSkip(Format, 1))
    {
        switch (RtlpFormatPeek(Format, 0))
        {
        case '-':
            Spec->LeftAlign = TRUE;
            break;
        case '0':
            Spec->ZeroFill = TRUE;
            break;
        case '#':
            Spec->Alternate = TRUE;
            break;
        case '+':
            Spec->Sign = '+';
            break;
        case ' ':
            Spec->Sign = Spec->Sign == '+' ? '+' : ' ';
            break;
        default:
            return;
        }
    }
}

// A number in the format or, for an asterisk, from the arguments. Absurd numbers are capped so that
// a bad format cannot keep the machine busy for hours.
#define RTLP_MAXIMUM_FIELD 1000000

static LONG
RtlpParseField(RTLP_FORMAT *Format, RTLP_VA_LIST *Arguments)
{
    LONG value = 0;

    if (RtlpFormatPeek(Format, 0) == '*')
    {
        RtlpFormatSkip(Format, 1);
        value = (LONG)RtlpNextArgument(Arguments);
        return value > RTLP_MAXIMUM_FIELD ? RTLP_MAXIMUM_FIELD : value;
    }
    for (; RtlpFormatPeek(Format, 0) >= '0' && RtlpFormatPeek(Format, 0) <= '9';
         RtlpFormatSkip(Format, 1))
    {
        value = value * 10 + (RtlpFormatPeek(Format, 0) - '0');
        value = value > RTLP_MAXIMUM_FIELD ? RTLP_MAXIMUM_FIELD : value;
    }
    return value;
}

static VOID
RtlpParseSize(RTLP_FORMAT *Format, RTLP_SPEC *Spec)
{
    const WCHAR first = RtlpFormatPeek(Format, 0);
    const WCHAR second = first == 0 ? 0 : RtlpFormatPeek(Format, 1);
    ULONG length = 1;

    switch (first)
    {
    case 'h':
        length = second == 'h' ? 2 : 1;
        Spec->Size = second == 'h' ? 'b' : 'h';
        break;
    case 'l':
        length = second == 'l' ? 2 : 1;
        Spec->Size = second == 'l' ? 'q' : 'l';
        break;
    case 'w':
    case 'L':
        Spec->Size = (CHAR)first;
        break;
    case 'j':
    case 'z':
    case 't':
        Spec->Size = 'q';
        break;
    case 'I':
        Spec->Size = 'q';
        if (second == '6' && RtlpFormatPeek(Format, 2) == '4')
        {
            length = 3;
        }
        else if (second == '3' && RtlpFormatPeek(Format, 2) == '2')
        {
            length = 3;
            Spec->Size = 'd';
        }
        break;
    default:
        return;
    }
    RtlpFormatSkip(Format, length);
}

static VOID
RtlpParseSpec(RTLP_FORMAT *Format, RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    __builtin_memset(Spec, 0, sizeof(*Spec));
    RtlpParseFlags(Format, Spec);
    Spec->Width = RtlpParseField(Format, Arguments);
    if (Spec->Width < 0)
    {
        Spec->LeftAlign = TRUE;
        Spec->Width = Spec->Width < -RTLP_MAXIMUM_FIELD ? RTLP_MAXIMUM_FIELD : -Spec->Width;
    }
    Spec->Precision = -1;
    if (RtlpFormatPeek(Format, 0) == '.')
    {
        RtlpFormatSkip(Format, 1);
        Spec->Precision = RtlpParseField(Format, Arguments);
        Spec->Precision = Spec->Precision < 0 ? -1 : Spec->Precision;
    }
    RtlpParseSize(Format, Spec);
    Spec->Type = RtlpFormatPeek(Format, 0);
    if (Spec->Type != 0)
    {
        RtlpFormatSkip(Format, 1);
    }
}

// ---- conversions ------------------------------------------------------------------------------

// Room for 64 octal digits and any sensible precision; longer ones are cut to it.
#define RTLP_DIGIT_BUFFER 512

static VOID
RtlpFormatInteger(RTLP_SINK *Sink, RTLP_SPEC *Spec, ULONG64 Value, ULONG Base, const CHAR *Prefix)
{
    const CHAR *letters = Spec->Type == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    CHAR buffer[RTLP_DIGIT_BUFFER];
    CHAR *at = buffer + sizeof(buffer);
    LONG precision = Spec->Precision;
    ULONG count = 0;

    // An explicit precision says how many digits there are, so zeros no longer fill the field.
    if (precision >= 0)
    {
        Spec->ZeroFill = FALSE;
    }
    if (precision > RTLP_DIGIT_BUFFER - 1)
    {
        precision = RTLP_DIGIT_BUFFER - 1;
    }
    for (; Value != 0; Value /= Base)
    {
        *--at = letters[Value % Base];
        count += 1;
    }
    for (; (LONG)count < (precision < 0 ? 1 : precision); count++)
    {
        *--at = '0';
    }
    if (Base == 8 && Spec->Alternate && (count == 0 || *at != '0'))
    {
        *--at = '0';
        count += 1;
    }
    RtlpSinkNumber(Sink, Spec, Prefix, at, count);
}

static VOID
RtlpFormatSigned(RTLP_SINK *Sink, RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    const LONG64 value = (LONG64)RtlpIntegerArgument(Spec, TRUE, Arguments);
    CHAR prefix[2] = {Spec->Sign, 0};

    if (value < 0)
    {
        prefix[0] = '-';
        RtlpFormatInteger(Sink, Spec, 0 - (ULONG64)value, 10, prefix);
        return;
    }
    RtlpFormatInteger(Sink, Spec, (ULONG64)value, 10, prefix);
}

static VOID
RtlpFormatUnsigned(RTLP_SINK *Sink, RTLP_SPEC *Spec, ULONG Base, RTLP_VA_LIST *Arguments)
{
    const ULONG64 value = RtlpIntegerArgument(Spec, FALSE, Arguments);
    const CHAR *prefix = "";

    if (Base == 16 && Spec->Alternate && value != 0)
    {
        prefix = Spec->Type == 'x' ? "0x" : "0X";
    }
    RtlpFormatInteger(Sink, Spec, value, Base, prefix);
}

static VOID
RtlpFormatPointer(RTLP_SINK *Sink, RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    const ULONG64 value = RtlpNextArgument(Arguments);

    Spec->Precision = 2 * sizeof(PVOID);
    RtlpFormatInteger(Sink, Spec, value, 16, Spec->Alternate ? "0X" : "");
}

// TRUE if a character or string conversion means the wide form: an explicit size decides,
// otherwise the lower-case letter is the width of the function itself.
static BOOLEAN
RtlpWantsWide(const RTLP_SINK *Sink, const RTLP_SPEC *Spec, BOOLEAN SameWidth)
{
    if (Spec->Size == 'h' || Spec->Size == 'b')
    {
        return FALSE;
    }
    if (Spec->Size == 'l' || Spec->Size == 'w')
    {
        return TRUE;
    }
    return SameWidth ? Sink->IsWide : !Sink->IsWide;
}

static VOID
RtlpSinkText(RTLP_SINK *Sink,
             const RTLP_SPEC *Spec,
             const CHAR *Narrow,
             const WCHAR *Wide,
             SIZE_T Length)
{
    const LONG64 padding = (LONG64)Spec->Width - (LONG64)Length;

    if (!Spec->LeftAlign)
    {
        RtlpSinkFill(Sink, Spec->ZeroFill ? '0' : ' ', padding);
    }
    for (SIZE_T i = 0; i < Length; i++)
    {
        if (Wide != NULL)
        {
            RtlpSinkWide(Sink, Wide[i]);
        }
        else
        {
            RtlpSinkByte(Sink, (UCHAR)Narrow[i]);
        }
    }
    if (Spec->LeftAlign)
    {
        RtlpSinkFill(Sink, ' ', padding);
    }
}

static VOID
RtlpFormatCharacter(RTLP_SINK *Sink, const RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    const ULONG64 value = RtlpNextArgument(Arguments);
    const WCHAR wide = (WCHAR)value;
    const CHAR narrow = (CHAR)value;

    if (RtlpWantsWide(Sink, Spec, Spec->Type == 'c'))
    {
        RtlpSinkText(Sink, Spec, NULL, &wide, 1);
    }
    else
    {
        RtlpSinkText(Sink, Spec, &narrow, NULL, 1);
    }
}

static VOID
RtlpFormatString(RTLP_SINK *Sink, const RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    const ULONG64 argument = RtlpNextArgument(Arguments);
    const SIZE_T limit = Spec->Precision < 0 ? MAXLONG : (SIZE_T)Spec->Precision;
    const CHAR *narrow = argument == 0 ? "(null)" : (const CHAR *)(ULONG_PTR)argument;
    const WCHAR *wide = NULL;
    SIZE_T length = 0;

    if (argument != 0 && RtlpWantsWide(Sink, Spec, Spec->Type == 's'))
    {
        wide = (const WCHAR *)(ULONG_PTR)argument;
    }
    // The precision also allows text without a terminator, so not one character more is read.
    while (length < limit && (wide != NULL ? wide[length] != 0 : narrow[length] != 0))
    {
        length += 1;
    }
    RtlpSinkText(Sink, Spec, narrow, wide, length);
}

// ANSI_STRING, or UNICODE_STRING with w or l. Length counts; neither terminators nor the precision
// matter.
static VOID
RtlpFormatCounted(RTLP_SINK *Sink, const RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    const VOID *argument = (const VOID *)(ULONG_PTR)RtlpNextArgument(Arguments);
    const STRING *narrow = argument;
    const UNICODE_STRING *wide = argument;

    if (argument == NULL || narrow->Buffer == NULL)
    {
        RtlpSinkText(Sink, Spec, "(null)", NULL, 6);
    }
    else if (Spec->Size == 'w' || Spec->Size == 'l')
    {
        RtlpSinkText(Sink, Spec, NULL, wide->Buffer, wide->Length / sizeof(WCHAR));
    }
    else
    {
        RtlpSinkText(Sink, Spec, narrow->Buffer, NULL, narrow->Length);
    }
}

static VOID
RtlpConvert(RTLP_SINK *Sink, RTLP_SPEC *Spec, RTLP_VA_LIST *Arguments)
{
    switch (Spec->Type)
    {
    case 'd':
    case 'i':
        RtlpFormatSigned(Sink, Spec, Arguments);
        return;
    case 'u':
        RtlpFormatUnsigned(Sink, Spec, 10, Arguments);
        return;
    case 'o':
        RtlpFormatUnsigned(Sink, Spec, 8, Arguments);
        return;
    case 'x':
    case 'X':
        RtlpFormatUnsigned(Sink, Spec, 16, Arguments);
        return;
    case 'p':
        RtlpFormatPointer(Sink, Spec, Arguments);
        return;
    case 'c':
    case 'C':
        RtlpFormatCharacter(Sink, Spec, Arguments);
        return;
    case 's':
    case 'S':
        RtlpFormatString(Sink, Spec, Arguments);
        return;
    case 'Z':
        RtlpFormatCounted(Sink, Spec, Arguments);
        return;
    case 'n':
        // Storing through a format string is refused, as Microsoft's library does by default.
        (void)RtlpNextArgument(Arguments);
        return;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        if (!Sink->NoFloat)
        {
            RtlpSinkFloat(Sink, Spec, RtlpNextArgument(Arguments));
            return;
        }
        // The page NF:wdm.DbgPrint excludes these; the letter shows where one was meant.
        (void)RtlpNextArgument(Arguments);
        RtlpSinkRaw(Sink, Spec->Type);
        return;
    default:
        // An unknown type prints itself, which is also how %% works.
        RtlpSinkRaw(Sink, Spec->Type);
        return;
    }
}

VOID
RtlpFormatToSink(RTLP_SINK *Sink, const VOID *Format, RTLP_VA_LIST Arguments)
{
    RTLP_FORMAT format = {.Narrow = Format};
    RTLP_SPEC spec;

    if (Sink->IsWide)
    {
        format.Wide = Format;
    }
    while (RtlpFormatPeek(&format, 0) != 0)
    {
        const WCHAR character = RtlpFormatPeek(&format, 0);

        RtlpFormatSkip(&format, 1);
        if (character != '%')
        {
            RtlpSinkRaw(Sink, character);
            continue;
        }
        RtlpParseSpec(&format, &spec, &Arguments);
        if (spec.Type == 0)
        {
            return;
        }
        RtlpConvert(Sink, &spec, &Arguments);
    }
}

ULONG
RtlFormatV(CHAR *Buffer, SIZE_T Size, const CHAR *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Narrow = Buffer, .Capacity = Size == 0 ? 0 : Size - 1};
    SIZE_T stored;

    RtlpFormatToSink(&sink, Format, Arguments);
    stored = sink.Count < sink.Capacity ? sink.Count : sink.Capacity;
    if (Size != 0)
    {
        Buffer[stored] = 0;
    }
    return (ULONG)stored;
}

DDI ULONG
RtlFormat(CHAR *Buffer, SIZE_T Size, const CHAR *Format, ...)
{
    RTLP_VA_LIST arguments;
    ULONG stored;

    RTLP_VA_START(arguments, Format);
    stored = RtlFormatV(Buffer, Size, Format, arguments);
    RTLP_VA_END(arguments);
    return stored;
}
