// SPDX-License-Identifier: MIT
// Bounded text building. Owns nothing; any IRQL.

#include "text.h"

typedef struct _TEXT_SINK
{
    char *Buffer;
    size_t Size;
    size_t Length;
} TEXT_SINK;

static void
LdrpPut(TEXT_SINK *Sink, char Character)
{
    if (Sink->Length + 1 < Sink->Size)
    {
        Sink->Buffer[Sink->Length++] = Character;
    }
}

static void
LdrpPutNumber(TEXT_SINK *Sink, uint64_t Value, unsigned Radix)
{
    char digits[24];
    unsigned count = 0;
    do
    {
        digits[count++] = "0123456789ABCDEF"[Value % Radix];
        Value /= Radix;
    } while (Value != 0);
    while (count > 0)
    {
        LdrpPut(Sink, digits[--count]);
    }
}

static void
LdrpPutString(TEXT_SINK *Sink, const char *String)
{
    for (const char *at = String != NULL ? String : "(none)"; *at != 0; at++)
    {
        unsigned char byte = (unsigned char)*at;
        LdrpPut(Sink, byte < 0x20 || byte == 0x7F ? '?' : *at);
    }
}

size_t
LdrpFormatV(char *Buffer, size_t BufferSize, const char *Format, __builtin_va_list Arguments)
{
    if (BufferSize == 0)
    {
        return 0;
    }
    TEXT_SINK sink = {Buffer, BufferSize, 0};
    for (const char *at = Format; *at != 0; at++)
    {
        if (*at != '%')
        {
            LdrpPut(&sink, *at);
            continue;
        }
        at++;
        switch (*at)
        {
        case 's':
            LdrpPutString(&sink, __builtin_va_arg(Arguments, const char *));
            break;
        case 'u':
            LdrpPutNumber(&sink, __builtin_va_arg(Arguments, uint32_t), 10);
            break;
        case 'x':
            LdrpPutString(&sink, "0x");
            LdrpPutNumber(&sink, __builtin_va_arg(Arguments, uint32_t), 16);
            break;
        case 'l':
            LdrpPutString(&sink, "0x");
            LdrpPutNumber(&sink, __builtin_va_arg(Arguments, uint64_t), 16);
            break;
        default:
            LdrpPut(&sink, '%');
            break;
        }
    }
    sink.Buffer[sink.Length] = 0;
    return sink.Length;
}

size_t
LdrpFormat(char *Buffer, size_t BufferSize, const char *Format, ...)
{
    __builtin_va_list arguments;
    __builtin_va_start(arguments, Format);
    size_t length = LdrpFormatV(Buffer, BufferSize, Format, arguments);
    __builtin_va_end(arguments);
    return length;
}

size_t
LdrpLength(const char *String, size_t Limit)
{
    size_t length = 0;
    while (length < Limit && String[length] != 0)
    {
        length++;
    }
    return length;
}

bool
LdrpEqual(const char *Left, const char *Right)
{
    while (*Left != 0 && *Left == *Right)
    {
        Left++;
        Right++;
    }
    return *Left == *Right;
}

static char
LdrpLower(char Character)
{
    return Character >= 'A' && Character <= 'Z' ? (char)(Character + 32) : Character;
}

bool
LdrpEqualNoCase(const char *Left, const char *Right)
{
    while (*Left != 0 && LdrpLower(*Left) == LdrpLower(*Right))
    {
        Left++;
        Right++;
    }
    return LdrpLower(*Left) == LdrpLower(*Right);
}

void
LdrpCopyText(char *Buffer, size_t BufferSize, const char *Source)
{
    LdrpFormat(Buffer, BufferSize, "%s", Source);
}
