/* SPDX-License-Identifier: MIT */
/* UTF-8 outside, UTF-16 inside. */
#include "runtime/runtime.h"

#include <string.h>

/* One code point, or -1 for malformed text. Advances *text. */
static int32_t
next_code_point(const unsigned char **text)
{
    const unsigned char *p = *text;
    int32_t value;
    int more;

    if (p[0] < 0x80)
    {
        *text = p + 1;
        return p[0];
    }
    if (p[0] >= 0xc2 && p[0] < 0xe0)
        value = p[0] & 0x1f, more = 1;
    else if (p[0] >= 0xe0 && p[0] < 0xf0)
        value = p[0] & 0x0f, more = 2;
    else if (p[0] >= 0xf0 && p[0] < 0xf5)
        value = p[0] & 0x07, more = 3;
    else
        return -1;
    for (int i = 1; i <= more; i++)
    {
        if ((p[i] & 0xc0) != 0x80)
            return -1;
        value = (value << 6) | (p[i] & 0x3f);
    }
    *text = p + more + 1;
    return value;
}

int
wdm_to_utf16(const char *text, WCHAR *buffer, size_t capacity)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t length = 0;

    while (*p != 0)
    {
        int32_t value = next_code_point(&p);
        if (value < 0 || length + 2 >= capacity)
            return -1;
        if (value >= 0x10000)
        {
            buffer[length++] = (WCHAR)(0xd800 + ((value - 0x10000) >> 10));
            buffer[length++] = (WCHAR)(0xdc00 + ((value - 0x10000) & 0x3ff));
        }
        else
        {
            buffer[length++] = (WCHAR)value;
        }
    }
    if (capacity > 0)
        buffer[length] = 0;
    return (int)length;
}

static size_t
put_utf8(uint32_t value, char *out)
{
    if (value < 0x80)
    {
        out[0] = (char)value;
        return 1;
    }
    if (value < 0x800)
    {
        out[0] = (char)(0xc0 | (value >> 6));
        out[1] = (char)(0x80 | (value & 0x3f));
        return 2;
    }
    if (value < 0x10000)
    {
        out[0] = (char)(0xe0 | (value >> 12));
        out[1] = (char)(0x80 | ((value >> 6) & 0x3f));
        out[2] = (char)(0x80 | (value & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (value >> 18));
    out[1] = (char)(0x80 | ((value >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((value >> 6) & 0x3f));
    out[3] = (char)(0x80 | (value & 0x3f));
    return 4;
}

char *
wdm_to_utf8(const UNICODE_STRING *text, char *buffer, size_t size)
{
    size_t used = 0;
    USHORT count = (USHORT)(text->Length / sizeof(WCHAR));

    for (USHORT i = 0; i < count && used + 5 < size; i++)
    {
        uint32_t value = text->Buffer[i];
        if (value >= 0xd800 && value < 0xdc00 && i + 1 < count)
            value = 0x10000 + ((value - 0xd800) << 10) + (text->Buffer[++i] - 0xdc00u);
        used += put_utf8(value, buffer + used);
    }
    buffer[used] = 0;
    return buffer;
}
