// SPDX-License-Identifier: MIT
// Internet addresses as text and back, as ip2string.h declares it. The work is done on 8-bit text;
// the forms for UTF-16 narrow and widen it. Owns no state; any IRQL.
#include "rtlp.h"

#include "exports.h"

#define RTLP_IP_TEXT 128u // longer than any address with scope and port

// ---- writing ----------------------------------------------------------------------------------

static ULONG
RtlpIpv4Text(const UCHAR *Address, PCHAR Text, ULONG Size)
{
    return RtlFormat(Text, Size, "%u.%u.%u.%u", Address[0], Address[1], Address[2], Address[3]);
}

static USHORT
RtlpSwapped(USHORT Value)
{
    return (USHORT)(Value << 8 | Value >> 8);
}

static USHORT
RtlpGroup(const UCHAR *Address, ULONG Index)
{
    return (USHORT)(Address[2 * Index] << 8 | Address[2 * Index + 1]);
}

// Whether the last 32 bits are an IPv4 address: compatible, mapped, translated, or ISATAP.
static BOOLEAN
RtlpEmbedsIpv4(const UCHAR *Address)
{
    BOOLEAN zeros = TRUE;

    for (ULONG i = 0; i < 4; i++)
    {
        zeros = zeros && RtlpGroup(Address, i) == 0;
    }
    if (zeros && RtlpGroup(Address, 4) == 0)
    {
        return RtlpGroup(Address, 5) == 0xffff ||
               (RtlpGroup(Address, 5) == 0 && RtlpGroup(Address, 6) != 0);
    }
    if (zeros && RtlpGroup(Address, 4) == 0xffff && RtlpGroup(Address, 5) == 0)
    {
        return TRUE;
    }
    return (RtlpGroup(Address, 4) & 0xfdff) == 0 && RtlpGroup(Address, 5) == 0x5efe;
}

// The longest run of zero groups, the first of equal ones; a single group is no run.
static ULONG
RtlpZeroRun(const UCHAR *Address, ULONG Groups, PULONG Start)
{
    ULONG best = 0;

    for (ULONG i = 0; i < Groups; i++)
    {
        ULONG length = 0;

        while (i + length < Groups && RtlpGroup(Address, i + length) == 0)
        {
            length++;
        }
        if (length > best)
        {
            best = length;
            *Start = i;
        }
        i += length;
    }
    return best > 1 ? best : 0;
}

static ULONG
RtlpIpv6Text(const UCHAR *Address, PCHAR Text, ULONG Size)
{
    const ULONG groups = RtlpEmbedsIpv4(Address) ? 6 : 8;
    ULONG start = groups, length = 0;
    const ULONG run = RtlpZeroRun(Address, groups, &start);

    for (ULONG i = 0; i < groups; i++)
    {
        if (run != 0 && i == start)
        {
            length += RtlFormat(Text + length, Size - length, "::");
            i += run - 1;
            continue;
        }
        length += RtlFormat(Text + length, Size - length,
                            i == 0 || (run != 0 && i == start + run) ? "%x" : ":%x",
                            RtlpGroup(Address, i));
    }
    if (groups == 6)
    {
        if (run == 0 || start + run != 6)
        {
            length += RtlFormat(Text + length, Size - length, ":");
        }
        length += RtlpIpv4Text(Address + 12, Text + length, Size - length);
    }
    return length;
}

static ULONG
RtlpIpv4TextEx(const UCHAR *Address, USHORT Port, PCHAR Text, ULONG Size)
{
    ULONG length = RtlpIpv4Text(Address, Text, Size);

    if (Port != 0)
    {
        length += RtlFormat(Text + length, Size - length, ":%u", RtlpSwapped(Port));
    }
    return length;
}

static ULONG
RtlpIpv6TextEx(const UCHAR *Address, ULONG ScopeId, USHORT Port, PCHAR Text, ULONG Size)
{
    ULONG length = Port != 0 ? RtlFormat(Text, Size, "[") : 0;

    length += RtlpIpv6Text(Address, Text + length, Size - length);
    if (ScopeId != 0)
    {
        length += RtlFormat(Text + length, Size - length, "%%%u", ScopeId);
    }
    if (Port != 0)
    {
        length += RtlFormat(Text + length, Size - length, "]:%u", RtlpSwapped(Port));
    }
    return length;
}

static PWSTR
RtlpWiden(const CHAR *Text, PWSTR Target)
{
    while (*Text != 0)
    {
        *Target++ = (UCHAR)*Text++;
    }
    *Target = 0;
    return Target;
}

// *Length counts characters with the terminator, before and after, and when they do not fit.
static NTSTATUS
RtlpStoreText(const CHAR *Text, ULONG Needed, PSTR Narrow, PWSTR Wide, PULONG Length)
{
    const BOOLEAN fits = (Narrow != NULL || Wide != NULL) && *Length > Needed;

    *Length = Needed + 1;
    if (!fits)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Narrow != NULL)
    {
        __builtin_memcpy(Narrow, Text, Needed + 1);
    }
    else
    {
        (void)RtlpWiden(Text, Wide);
    }
    return STATUS_SUCCESS;
}

DDI PSTR
RtlIpv4AddressToStringA(const VOID *Addr, PSTR S)
{
    return S + RtlpIpv4Text(Addr, S, 16);
}

DDI PWSTR
RtlIpv4AddressToStringW(const VOID *Addr, PWSTR S)
{
    CHAR text[16];

    (void)RtlpIpv4Text(Addr, text, sizeof(text));
    return RtlpWiden(text, S);
}

DDI PSTR
RtlIpv6AddressToStringA(const VOID *Addr, PSTR S)
{
    return S + RtlpIpv6Text(Addr, S, 46);
}

DDI PWSTR
RtlIpv6AddressToStringW(const VOID *Addr, PWSTR S)
{
    CHAR text[46];

    (void)RtlpIpv6Text(Addr, text, sizeof(text));
    return RtlpWiden(text, S);
}

DDI NTSTATUS
RtlIpv4AddressToStringExA(const VOID *Address,
                          USHORT Port,
                          PSTR AddressString,
                          PULONG AddressStringLength)
{
    CHAR text[RTLP_IP_TEXT];
    const ULONG length = RtlpIpv4TextEx(Address, Port, text, sizeof(text));

    return RtlpStoreText(text, length, AddressString, NULL, AddressStringLength);
}

DDI NTSTATUS
RtlIpv4AddressToStringExW(const VOID *Address,
                          USHORT Port,
                          PWSTR AddressString,
                          PULONG AddressStringLength)
{
    CHAR text[RTLP_IP_TEXT];
    const ULONG length = RtlpIpv4TextEx(Address, Port, text, sizeof(text));

    return RtlpStoreText(text, length, NULL, AddressString, AddressStringLength);
}

DDI NTSTATUS
RtlIpv6AddressToStringExA(const VOID *Address,
                          ULONG ScopeId,
                          USHORT Port,
                          PSTR AddressString,
                          PULONG AddressStringLength)
{
    CHAR text[RTLP_IP_TEXT];
    const ULONG length = RtlpIpv6TextEx(Address, ScopeId, Port, text, sizeof(text));

    return RtlpStoreText(text, length, AddressString, NULL, AddressStringLength);
}

DDI NTSTATUS
RtlIpv6AddressToStringExW(const VOID *Address,
                          ULONG ScopeId,
                          USHORT Port,
                          PWSTR AddressString,
                          PULONG AddressStringLength)
{
    CHAR text[RTLP_IP_TEXT];
    const ULONG length = RtlpIpv6TextEx(Address, ScopeId, Port, text, sizeof(text));

    return RtlpStoreText(text, length, NULL, AddressString, AddressStringLength);
}

// ---- reading ----------------------------------------------------------------------------------

// A number at *Text, in the base that its prefix names if Prefixes. FALSE: no digit, or > Maximum.
static BOOLEAN
RtlpIpNumber(const CHAR **Text, BOOLEAN Prefixes, ULONG64 Maximum, PULONG64 Value)
{
    const CHAR *text = *Text;
    ULONG base = 10;
    BOOLEAN any = FALSE;

    *Value = 0;
    if (Prefixes && text[0] == '0')
    {
        base = 8;
        any = TRUE;
        text++;
        if ((*text | 0x20) == 'x')
        {
            base = 16;
            any = FALSE;
            text++;
        }
    }
    while (RtlpDigitValue((UCHAR)*text) < base)
    {
        *Value = *Value * base + RtlpDigitValue((UCHAR)*text++);
        any = TRUE;
        if (*Value > Maximum)
        {
            return FALSE;
        }
    }
    *Text = text;
    return any;
}

// Up to four parts; the last of fewer fills the bytes that are left. Strict: four decimal bytes.
static NTSTATUS
RtlpParseIpv4(const CHAR **Text, BOOLEAN Strict, UCHAR *Address)
{
    ULONG64 parts[4] = {0};
    ULONG count = 0, value = 0;

    for (;;)
    {
        if (!RtlpIpNumber(Text, !Strict, 0xffffffffull, &parts[count++]))
        {
            return STATUS_INVALID_PARAMETER;
        }
        if (**Text != '.' || count == 4)
        {
            break;
        }
        (*Text)++;
    }
    if ((Strict && count != 4) || parts[count - 1] >> (8 * (5 - count)) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG i = 0; i + 1 < count; i++)
    {
        if (parts[i] > 255)
        {
            return STATUS_INVALID_PARAMETER;
        }
        value |= (ULONG)parts[i] << (24 - 8 * i);
    }
    value |= (ULONG)parts[count - 1];
    for (ULONG i = 0; i < 4; i++)
    {
        Address[i] = (UCHAR)(value >> (24 - 8 * i));
    }
    return STATUS_SUCCESS;
}

// Four hexadecimal digits at most. Returns how many there were.
static ULONG
RtlpIpv6Group(const CHAR *Text, PULONG Value)
{
    ULONG digits = 0;

    *Value = 0;
    while (digits < 5 && RtlpDigitValue((UCHAR)Text[digits]) < 16)
    {
        *Value = *Value << 4 | RtlpDigitValue((UCHAR)Text[digits++]);
    }
    return digits;
}

typedef struct _RTLP_IPV6
{
    UCHAR Bytes[16];
    ULONG Count; // bytes so far
    ULONG Gap;   // where "::" stands; 16: nowhere
} RTLP_IPV6;

// One group, or an IPv4 address in the place of the last two. FALSE: neither.
static BOOLEAN
RtlpIpv6Element(const CHAR **Text, RTLP_IPV6 *Parsed)
{
    ULONG value;
    const ULONG digits = RtlpIpv6Group(*Text, &value);

    if (digits == 0 || digits > 4 || Parsed->Count > 14)
    {
        return FALSE;
    }
    if ((*Text)[digits] == '.')
    {
        if (Parsed->Count > 12 ||
            !NT_SUCCESS(RtlpParseIpv4(Text, TRUE, Parsed->Bytes + Parsed->Count)))
        {
            return FALSE;
        }
        Parsed->Count += 4;
        return TRUE;
    }
    Parsed->Bytes[Parsed->Count++] = (UCHAR)(value >> 8);
    Parsed->Bytes[Parsed->Count++] = (UCHAR)value;
    *Text += digits;
    return TRUE;
}

static BOOLEAN
RtlpIpv6Elements(const CHAR **Text, RTLP_IPV6 *Parsed)
{
    if ((*Text)[0] == ':' && (*Text)[1] == ':')
    {
        Parsed->Gap = 0;
        *Text += 2;
        if (RtlpDigitValue((UCHAR) * *Text) >= 16)
        {
            return TRUE;
        }
    }
    while (RtlpIpv6Element(Text, Parsed))
    {
        if (**Text != ':' || Parsed->Count == 16)
        {
            return TRUE;
        }
        if ((*Text)[1] == ':')
        {
            if (Parsed->Gap != 16)
            {
                return FALSE;
            }
            Parsed->Gap = Parsed->Count;
            *Text += 2;
            if (RtlpDigitValue((UCHAR) * *Text) >= 16)
            {
                return TRUE;
            }
            continue;
        }
        (*Text)++;
    }
    return FALSE;
}

static NTSTATUS
RtlpParseIpv6(const CHAR **Text, UCHAR *Address)
{
    RTLP_IPV6 parsed = {.Gap = 16};
    ULONG tail;

    if (!RtlpIpv6Elements(Text, &parsed) || (parsed.Gap == 16) != (parsed.Count == 16))
    {
        return STATUS_INVALID_PARAMETER;
    }
    tail = parsed.Gap == 16 ? 0 : parsed.Count - parsed.Gap;
    __builtin_memset(Address, 0, 16);
    __builtin_memcpy(Address, parsed.Bytes, parsed.Count - tail);
    __builtin_memcpy(Address + 16 - tail, parsed.Bytes + parsed.Count - tail, tail);
    return STATUS_SUCCESS;
}

static BOOLEAN
RtlpIpPort(const CHAR **Text, USHORT *Port)
{
    ULONG64 value;

    (*Text)++;
    if (!RtlpIpNumber(Text, TRUE, 0xffff, &value))
    {
        return FALSE;
    }
    *Port = RtlpSwapped((USHORT)value);
    return TRUE;
}

// The whole text: an address, and a port behind a colon or none (0).
static NTSTATUS
RtlpParseIpv4Ex(const CHAR *Text, BOOLEAN Strict, UCHAR *Address, USHORT *Port)
{
    USHORT port = 0;

    if (!NT_SUCCESS(RtlpParseIpv4(&Text, Strict, Address)) ||
        (*Text == ':' && !RtlpIpPort(&Text, &port)) || *Text != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    *Port = port;
    return STATUS_SUCCESS;
}

// The whole text: address[%scope], or [address[%scope]][:port].
static NTSTATUS
RtlpParseIpv6Ex(const CHAR *Text, UCHAR *Address, PULONG ScopeId, USHORT *Port)
{
    const BOOLEAN bracket = *Text == '[';
    ULONG64 scope = 0;
    USHORT port = 0;

    Text += bracket ? 1 : 0;
    if (!NT_SUCCESS(RtlpParseIpv6(&Text, Address)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (*Text == '%')
    {
        Text++;
        if (!RtlpIpNumber(&Text, FALSE, 0xffffffffull, &scope))
        {
            return STATUS_INVALID_PARAMETER;
        }
    }
    if (bracket)
    {
        if (*Text++ != ']' || (*Text == ':' && !RtlpIpPort(&Text, &port)))
        {
            return STATUS_INVALID_PARAMETER;
        }
    }
    if (*Text != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    *ScopeId = (ULONG)scope;
    *Port = port;
    return STATUS_SUCCESS;
}

// What no address contains ends the narrow copy, as it ends an address.
static const CHAR *
RtlpNarrow(PCWSTR Text, PCHAR Target)
{
    ULONG i;

    for (i = 0; i < RTLP_IP_TEXT - 1 && Text[i] != 0; i++)
    {
        Target[i] = Text[i] < 0x80 ? (CHAR)Text[i] : '?';
    }
    Target[i] = 0;
    return Target;
}

DDI NTSTATUS
RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator, PVOID Addr)
{
    const CHAR *text = S;
    const NTSTATUS status = RtlpParseIpv4(&text, Strict, Addr);

    *Terminator = text;
    return status;
}

DDI NTSTATUS
RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR *Terminator, PVOID Addr)
{
    CHAR narrow[RTLP_IP_TEXT];
    const CHAR *text = RtlpNarrow(S, narrow);
    const NTSTATUS status = RtlpParseIpv4(&text, Strict, Addr);

    *Terminator = S + (text - narrow);
    return status;
}

DDI NTSTATUS
RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, PVOID Addr)
{
    const CHAR *text = S;
    const NTSTATUS status = RtlpParseIpv6(&text, Addr);

    *Terminator = text;
    return status;
}

DDI NTSTATUS
RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, PVOID Addr)
{
    CHAR narrow[RTLP_IP_TEXT];
    const CHAR *text = RtlpNarrow(S, narrow);
    const NTSTATUS status = RtlpParseIpv6(&text, Addr);

    *Terminator = S + (text - narrow);
    return status;
}

DDI NTSTATUS
RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict, PVOID Address, PUSHORT Port)
{
    return RtlpParseIpv4Ex(AddressString, Strict, Address, Port);
}

DDI NTSTATUS
RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict, PVOID Address, PUSHORT Port)
{
    CHAR narrow[RTLP_IP_TEXT];

    return RtlpParseIpv4Ex(RtlpNarrow(AddressString, narrow), Strict, Address, Port);
}

DDI NTSTATUS
RtlIpv6StringToAddressExA(PCSTR AddressString, PVOID Address, PULONG ScopeId, PUSHORT Port)
{
    return RtlpParseIpv6Ex(AddressString, Address, ScopeId, Port);
}

DDI NTSTATUS
RtlIpv6StringToAddressExW(PCWSTR AddressString, PVOID Address, PULONG ScopeId, PUSHORT Port)
{
    CHAR narrow[RTLP_IP_TEXT];

    return RtlpParseIpv6Ex(RtlpNarrow(AddressString, narrow), Address, ScopeId, Port);
}
