// SPDX-License-Identifier: MIT
// Character classes of ntoskrnl.exe under prefixed names (see crtprintf.c): the C locale for 8-bit
// characters, the NT case tables for UTF-16. Owns no state; any IRQL.
#include "rtlp.h"

#include "crt.h"

DDI int
RtlpCrt_isdigit(int Character)
{
    return Character >= '0' && Character <= '9';
}

DDI int
RtlpCrt_isxdigit(int Character)
{
    return (Character >= '0' && Character <= '9') || (Character >= 'a' && Character <= 'f') ||
           (Character >= 'A' && Character <= 'F');
}

DDI int
RtlpCrt_islower(int Character)
{
    return Character >= 'a' && Character <= 'z';
}

DDI int
RtlpCrt_isupper(int Character)
{
    return Character >= 'A' && Character <= 'Z';
}

DDI int
RtlpCrt_isalpha(int Character)
{
    return RtlpCrt_islower(Character) || RtlpCrt_isupper(Character);
}

DDI int
RtlpCrt_isalnum(int Character)
{
    return RtlpCrt_isalpha(Character) || RtlpCrt_isdigit(Character);
}

DDI int
RtlpCrt_isspace(int Character)
{
    return Character == ' ' || (Character >= '\t' && Character <= '\r');
}

DDI int
RtlpCrt_isprint(int Character)
{
    return Character >= 0x20 && Character < 0x7F;
}

DDI int
RtlpCrt_tolower(int Character)
{
    return RtlpCrt_isupper(Character) ? Character + 0x20 : Character;
}

DDI int
RtlpCrt_toupper(int Character)
{
    return RtlpCrt_islower(Character) ? Character - 0x20 : Character;
}

DDI WCHAR
RtlpCrt_towlower(WCHAR Character)
{
    return RtlpDowncaseChar(Character);
}

DDI WCHAR
RtlpCrt_towupper(WCHAR Character)
{
    return RtlpUpcaseChar(Character);
}

DDI int
RtlpCrt_iswdigit(WCHAR Character)
{
    return RtlpCrt_isdigit(Character);
}

DDI int
RtlpCrt_iswxdigit(WCHAR Character)
{
    return RtlpCrt_isxdigit(Character);
}

DDI int
RtlpCrt_iswspace(WCHAR Character)
{
    return RtlpCrt_isspace(Character) || Character == 0x85 || Character == 0xA0 ||
           (Character >= 0x2000 && Character <= 0x200A) || Character == 0x2028 ||
           Character == 0x2029 || Character == 0x202F || Character == 0x3000;
}

// The classes of the C library's tables; a type is a set of them.
#define RTLP_CTYPE_UPPER 0x01
#define RTLP_CTYPE_LOWER 0x02
#define RTLP_CTYPE_DIGIT 0x04
#define RTLP_CTYPE_SPACE 0x08
#define RTLP_CTYPE_PUNCT 0x10
#define RTLP_CTYPE_CNTRL 0x20
#define RTLP_CTYPE_BLANK 0x40
#define RTLP_CTYPE_HEX   0x80
#define RTLP_CTYPE_ALPHA 0x100

static USHORT
RtlpCrtClass(WCHAR Character)
{
    const BOOLEAN ascii = Character < 0x80;
    USHORT class = 0;

    if (RtlpDowncaseChar(Character) != Character)
    {
        class |= RTLP_CTYPE_UPPER | RTLP_CTYPE_ALPHA;
    }
    if (RtlpUpcaseChar(Character) != Character)
    {
        class |= RTLP_CTYPE_LOWER | RTLP_CTYPE_ALPHA;
    }
    class |= RtlpCrt_isdigit(Character) ? RTLP_CTYPE_DIGIT : 0;
    class |= RtlpCrt_isxdigit(Character) ? RTLP_CTYPE_HEX : 0;
    class |= RtlpCrt_iswspace(Character) ? RTLP_CTYPE_SPACE : 0;
    class |= Character == ' ' || Character == 0xA0 ? RTLP_CTYPE_BLANK : 0;
    class |= Character < 0x20 || (Character >= 0x7F && Character < 0xA0) ? RTLP_CTYPE_CNTRL : 0;
    if (ascii && RtlpCrt_isprint(Character) && Character != ' ' && !RtlpCrt_isalnum(Character))
    {
        class |= RTLP_CTYPE_PUNCT;
    }
    return class;
}

DDI int
RtlpCrt_iswctype(WCHAR Character, USHORT Type)
{
    return RtlpCrtClass(Character) & Type;
}

DDI int
RtlpCrt_iswalnum(WCHAR Character)
{
    return RtlpCrt_iswctype(Character, RTLP_CTYPE_ALPHA | RTLP_CTYPE_DIGIT);
}
