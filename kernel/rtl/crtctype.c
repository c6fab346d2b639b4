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
