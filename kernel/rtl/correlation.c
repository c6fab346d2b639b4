// SPDX-License-Identifier: MIT
// Correlation vectors: a base of base64 characters made of a GUID, then numbers behind dots, in a
// length the version limits (NF:ntddk.RtlInitializeCorrelationVector). Owns no state. Documented
// for PASSIVE_LEVEL.
#include "rtlp.h"

#include <ntddk.h>

// Lengths of the public specification: version 1 has 16 and 63 characters, version 2 22 and 127.
static ULONG
RtlpVectorBase(const CORRELATION_VECTOR *Vector)
{
    return Vector->Version == RTL_CORRELATION_VECTOR_VERSION_1 ? 16 : 22;
}

static ULONG
RtlpVectorLimit(const CORRELATION_VECTOR *Vector)
{
    return Vector->Version == RTL_CORRELATION_VECTOR_VERSION_1 ? 63 : 127;
}

static BOOLEAN
RtlpIsBase64(CHAR Character)
{
    return (Character >= 'A' && Character <= 'Z') || (Character >= 'a' && Character <= 'z') ||
           (Character >= '0' && Character <= '9') || Character == '+' || Character == '/';
}

// The length of a well-formed vector, 0 of any other.
static ULONG
RtlpVectorLength(const CORRELATION_VECTOR *Vector)
{
    const ULONG base = RtlpVectorBase(Vector);
    ULONG index = 0;

    if (Vector->Version != RTL_CORRELATION_VECTOR_VERSION_1 &&
        Vector->Version != RTL_CORRELATION_VECTOR_VERSION_2)
    {
        return 0;
    }
    while (index < base && RtlpIsBase64(Vector->Vector[index]))
    {
        index += 1;
    }
    if (index != base)
    {
        return 0;
    }
    do
    {
        ULONG64 number = 0;
        const ULONG first = index + 1;

        if (Vector->Vector[index] != '.')
        {
            return 0;
        }
        for (index = first; Vector->Vector[index] >= '0' && Vector->Vector[index] <= '9'; index++)
        {
            number = number * 10 + (ULONG64)(Vector->Vector[index] - '0');
            if (number > MAXULONG)
            {
                return 0;
            }
        }
        if (index == first || index > RtlpVectorLimit(Vector))
        {
            return 0;
        }
    } while (Vector->Vector[index] != 0);
    return index;
}

DDI ULONG
RtlValidateCorrelationVector(_In_ PCORRELATION_VECTOR Vector)
{
    return RtlpVectorLength(Vector) == 0 ? (ULONG)STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

DDI ULONG
RtlInitializeCorrelationVector(_Inout_ PCORRELATION_VECTOR CorrelationVector,
                               _In_ LONG Version,
                               _In_ const GUID *Guid)
{
    static const CHAR alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const UCHAR *bytes = (const UCHAR *)Guid;
    ULONG base;

    if (Guid == NULL || (Version != RTL_CORRELATION_VECTOR_VERSION_1 &&
                         Version != RTL_CORRELATION_VECTOR_VERSION_2))
    {
        return (ULONG)STATUS_INVALID_PARAMETER;
    }
    CorrelationVector->Version = (CHAR)Version;
    base = RtlpVectorBase(CorrelationVector);
    for (ULONG i = 0; i < base; i++)
    {
        const ULONG bit = i * 6;
        const ULONG first = bytes[bit / 8];
        const ULONG second = bit / 8 + 1 < sizeof(GUID) ? bytes[bit / 8 + 1] : 0;

        CorrelationVector->Vector[i] = alphabet[(first << 8 | second) >> (10 - bit % 8) & 0x3F];
    }
    __builtin_memcpy(&CorrelationVector->Vector[base], ".0", 3);
    return STATUS_SUCCESS;
}

DDI ULONG
RtlIncrementCorrelationVector(_Inout_ PCORRELATION_VECTOR CorrelationVector)
{
    const ULONG length = RtlpVectorLength(CorrelationVector);
    ULONG first = length;
    ULONG64 number = 0;
    CHAR text[16];
    ULONG count;

    if (length == 0)
    {
        return (ULONG)STATUS_INVALID_PARAMETER;
    }
    while (CorrelationVector->Vector[first - 1] != '.')
    {
        first -= 1;
    }
    for (ULONG i = first; i < length; i++)
    {
        number = number * 10 + (ULONG64)(CorrelationVector->Vector[i] - '0');
    }
    count = RtlFormat(text, sizeof(text), "%I64u", number + 1);
    if (number == MAXULONG || first + count > RtlpVectorLimit(CorrelationVector))
    {
        return (ULONG)STATUS_BUFFER_OVERFLOW;
    }
    __builtin_memcpy(&CorrelationVector->Vector[first], text, count + 1);
    return STATUS_SUCCESS;
}

DDI ULONG
RtlExtendCorrelationVector(_Inout_ PCORRELATION_VECTOR CorrelationVector)
{
    const ULONG length = RtlpVectorLength(CorrelationVector);

    if (length == 0 || length + 2 > RtlpVectorLimit(CorrelationVector))
    {
        return (ULONG)STATUS_INVALID_PARAMETER;
    }
    __builtin_memcpy(&CorrelationVector->Vector[length], ".0", 3);
    return STATUS_SUCCESS;
}
