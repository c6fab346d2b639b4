// SPDX-License-Identifier: MIT
// Numbers and GUIDs as text. Owns no state; PASSIVE_LEVEL as documented (counted strings may live
// in paged pool).
#include "rtlp.h"

#include "exports.h"

// One character at a time, so that narrow and wide text share the rules.
typedef struct _RTLP_TEXT
{
    const CHAR *Narrow;
    const WCHAR *Wide;
    ULONG Left; // characters; MAXULONG for terminated text
} RTLP_TEXT;

static WCHAR
RtlpNext(const RTLP_TEXT *Text)
{
    if (Text->Left == 0)
    {
        return 0;
    }
    return Text->Wide != NULL ? *Text->Wide : (UCHAR)*Text->Narrow;
}

static VOID
RtlpSkip(RTLP_TEXT *Text, ULONG Count)
{
    Text->Left -= Count;
    if (Text->Wide != NULL)
    {
        Text->Wide += Count;
    }
    else
    {
        Text->Narrow += Count;
    }
}

// The base a prefix asks for; 10 without one. The prefix is skipped.
static ULONG
RtlpBaseOfPrefix(RTLP_TEXT *Text)
{
    RTLP_TEXT second = *Text;
    ULONG base;

    if (RtlpNext(Text) != '0')
    {
        return 10;
    }
    RtlpSkip(&second, 1);
    switch (RtlpNext(&second))
    {
    case 'x':
        base = 16;
        break;
    case 'o':
        base = 8;
        break;
    case 'b':
        base = 2;
        break;
    default:
        return 10;
    }
    RtlpSkip(Text, 2);
    return base;
}

// Leading white space and control characters, a sign, a prefix when Base is 0, digits; whatever
// follows the digits is ignored, and no digits at all mean 0 (NF:wdm.RtlUnicodeStringToInteger).
static NTSTATUS
RtlpTextToInteger(RTLP_TEXT Text, ULONG Base, PULONG Value)
{
    BOOLEAN negative = FALSE;
    ULONG value = 0;
    ULONG digit;

    if (Base != 0 && Base != 2 && Base != 8 && Base != 10 && Base != 16)
    {
        return STATUS_INVALID_PARAMETER;
    }
    while (RtlpNext(&Text) != 0 && RtlpNext(&Text) <= ' ')
    {
        RtlpSkip(&Text, 1);
    }
    if (RtlpNext(&Text) == '-' || RtlpNext(&Text) == '+')
    {
        negative = RtlpNext(&Text) == '-';
        RtlpSkip(&Text, 1);
    }
    if (Base == 0)
    {
        Base = RtlpBaseOfPrefix(&Text);
    }
    for (digit = RtlpDigitValue(RtlpNext(&Text)); digit < Base;
         digit = RtlpDigitValue(RtlpNext(&Text)))
    {
        value = value * Base + digit;
        RtlpSkip(&Text, 1);
    }
    *Value = negative ? 0u - value : value;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlUnicodeStringToInteger(_In_ PCUNICODE_STRING String, _In_opt_ ULONG Base, _Out_ PULONG Value)
{
    const RTLP_TEXT text = {.Wide = String->Buffer, .Left = String->Length / sizeof(WCHAR)};

    return text.Left == 0 ? STATUS_INVALID_PARAMETER : RtlpTextToInteger(text, Base, Value);
}

DDI NTSTATUS
RtlCharToInteger(_In_z_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value)
{
    const RTLP_TEXT text = {.Narrow = String, .Left = MAXULONG};

    return RtlpTextToInteger(text, Base, Value);
}

// Digits of Value at the end of Buffer; returns the first. 64 characters hold every base from 2 on.
static const CHAR *
RtlpDigits(ULONG64 Value, ULONG Base, CHAR Buffer[65])
{
    CHAR *at = &Buffer[64];

    *at = 0;
    do
    {
        at -= 1;
        *at = "0123456789ABCDEF"[Value % Base];
        Value /= Base;
    } while (Value != 0);
    return at;
}

static BOOLEAN
RtlpValidBase(PULONG Base)
{
    if (*Base == 0)
    {
        *Base = 10;
    }
    return *Base == 2 || *Base == 8 || *Base == 10 || *Base == 16;
}

DDI NTSTATUS
RtlIntegerToChar(_In_ ULONG Value, _In_ ULONG Base, _In_ LONG OutputLength, _Out_ PSZ String)
{
    CHAR buffer[65];
    const CHAR *digits;
    LONG length;

    if (!RtlpValidBase(&Base))
    {
        return STATUS_INVALID_PARAMETER;
    }
    digits = RtlpDigits(Value, Base, buffer);
    length = (LONG)RtlpLength(digits);

    // A negative length asks for exactly that many characters, filled up with zeros.
    if (OutputLength < 0)
    {
        for (OutputLength = -OutputLength; OutputLength > length; OutputLength--)
        {
            *String++ = '0';
        }
    }
    if (length > OutputLength)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    __builtin_memcpy(String, digits, (SIZE_T)length);
    if (length < OutputLength)
    {
        String[length] = 0;
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlInt64ToUnicodeString(_In_ ULONGLONG Value, _In_opt_ ULONG Base, _Inout_ PUNICODE_STRING String)
{
    CHAR buffer[65];
    const CHAR *digits;
    SIZE_T length;

    if (!RtlpValidBase(&Base))
    {
        return STATUS_INVALID_PARAMETER;
    }
    digits = RtlpDigits(Value, Base, buffer);
    length = RtlpLength(digits);
    if ((length + 1) * sizeof(WCHAR) > String->MaximumLength)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (SIZE_T i = 0; i <= length; i++)
    {
        String->Buffer[i] = (UCHAR)digits[i];
    }
    String->Length = (USHORT)(length * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlIntegerToUnicodeString(_In_ ULONG Value, _In_opt_ ULONG Base, _Inout_ PUNICODE_STRING String)
{
    return RtlInt64ToUnicodeString(Value, Base, String);
}

// ---- GUIDs ------------------------------------------------------------------------------------

#define RTLP_GUID_CHARACTERS 38u

// The order of the 16 bytes in text, as offsets into the structure: the first three fields are
// numbers, so their most significant byte comes first. 0xFF is a dash.
static const UCHAR RtlpGuidOrder[20] = {3,    2, 1, 0,    0xFF, 5,  4,  0xFF, 7,  6,
                                        0xFF, 8, 9, 0xFF, 10,   11, 12, 13,   14, 15};

DDI NTSTATUS
RtlStringFromGUID(_In_ REFGUID Guid, _Out_ PUNICODE_STRING GuidString)
{
    const UCHAR *bytes = (const UCHAR *)Guid;
    const SIZE_T size = (RTLP_GUID_CHARACTERS + 1) * sizeof(WCHAR);
    PWCH buffer = RtlpAllocateString(size);
    ULONG at = 0;

    if (buffer == NULL)
    {
        return STATUS_NO_MEMORY;
    }
    buffer[at++] = '{';
    for (ULONG i = 0; i < sizeof(RtlpGuidOrder); i++)
    {
        if (RtlpGuidOrder[i] == 0xFF)
        {
            buffer[at++] = '-';
            continue;
        }
        buffer[at++] = (UCHAR) "0123456789ABCDEF"[bytes[RtlpGuidOrder[i]] >> 4];
        buffer[at++] = (UCHAR) "0123456789ABCDEF"[bytes[RtlpGuidOrder[i]] & 15];
    }
    buffer[at++] = '}';
    buffer[at] = 0;
    GuidString->Buffer = buffer;
    GuidString->Length = (USHORT)(RTLP_GUID_CHARACTERS * sizeof(WCHAR));
    GuidString->MaximumLength = (USHORT)size;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlGUIDFromString(_In_ PCUNICODE_STRING GuidString, _Out_ GUID *Guid)
{
    const WCHAR *text = GuidString->Buffer;
    UCHAR bytes[16];

    if (GuidString->Length < RTLP_GUID_CHARACTERS * sizeof(WCHAR) || text[0] != '{' ||
        text[RTLP_GUID_CHARACTERS - 1] != '}')
    {
        return STATUS_INVALID_PARAMETER;
    }
    text += 1;
    for (ULONG i = 0; i < sizeof(RtlpGuidOrder); i++)
    {
        ULONG high;
        ULONG low;

        if (RtlpGuidOrder[i] == 0xFF)
        {
            if (*text++ != '-')
            {
                return STATUS_INVALID_PARAMETER;
            }
            continue;
        }
        high = RtlpDigitValue(text[0]);
        low = RtlpDigitValue(text[1]);
        if (high > 15 || low > 15)
        {
            return STATUS_INVALID_PARAMETER;
        }
        bytes[RtlpGuidOrder[i]] = (UCHAR)(high << 4 | low);
        text += 2;
    }
    __builtin_memcpy(Guid, bytes, sizeof(bytes));
    return STATUS_SUCCESS;
}
