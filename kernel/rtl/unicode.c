// SPDX-License-Identifier: MIT
// Counted UTF-16 strings. Owns no state. Comparison and case work unit by unit with the one-to-one
// table of nls.c, so surrogate pairs have no case, as in NT.
#include "rtlp.h"

#include "exports.h"

// The largest source RtlInitUnicodeString describes truthfully: MaximumLength includes the
// terminator and is even.
#define RTLP_MAXIMUM_INIT_BYTES (RTLP_MAXIMUM_UNICODE_BYTES - sizeof(WCHAR))

DDI NTSTATUS
RtlInitUnicodeStringEx(_Out_ PUNICODE_STRING DestinationString, _In_opt_ PCWSTR SourceString)
{
    SIZE_T bytes;

    DestinationString->Buffer = (PWCH)(ULONG_PTR)SourceString;
    DestinationString->Length = 0;
    DestinationString->MaximumLength = 0;
    if (SourceString == NULL)
    {
        return STATUS_SUCCESS;
    }
    bytes = RtlpWideLength(SourceString) * sizeof(WCHAR);
    if (bytes > RTLP_MAXIMUM_INIT_BYTES)
    {
        return STATUS_NAME_TOO_LONG;
    }
    DestinationString->Length = (USHORT)bytes;
    DestinationString->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

// Without a way to report it, a source that is too long is cut off in the lengths.
DDI VOID
RtlInitUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_opt_ PCWSTR SourceString)
{
    if (!NT_SUCCESS(RtlInitUnicodeStringEx(DestinationString, SourceString)))
    {
        DestinationString->Length = RTLP_MAXIMUM_INIT_BYTES;
        DestinationString->MaximumLength = RTLP_MAXIMUM_UNICODE_BYTES;
    }
}

// Drivers print and compare Buffer as a C string more often than they should; where there is room
// behind the text, it is terminated.
static VOID
RtlpTerminate(PUNICODE_STRING String)
{
    if (String->Length + sizeof(WCHAR) <= String->MaximumLength)
    {
        String->Buffer[String->Length / sizeof(WCHAR)] = 0;
    }
}

DDI VOID
RtlCopyUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                     _In_opt_ PCUNICODE_STRING SourceString)
{
    USHORT length;

    if (SourceString == NULL)
    {
        DestinationString->Length = 0;
        return;
    }
    length = SourceString->Length < DestinationString->MaximumLength
                 ? SourceString->Length
                 : DestinationString->MaximumLength;
    __builtin_memmove(DestinationString->Buffer, SourceString->Buffer, length);
    DestinationString->Length = length;
    RtlpTerminate(DestinationString);
}

static NTSTATUS
RtlpAppendUnits(PUNICODE_STRING Destination, const WCHAR *Source, SIZE_T Bytes)
{
    if (Bytes > RTLP_MAXIMUM_UNICODE_BYTES ||
        Destination->Length + Bytes > Destination->MaximumLength)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memmove((PUCHAR)Destination->Buffer + Destination->Length, Source, Bytes);
    Destination->Length = (USHORT)(Destination->Length + Bytes);
    RtlpTerminate(Destination);
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlAppendUnicodeStringToString(_Inout_ PUNICODE_STRING Destination, _In_ PCUNICODE_STRING Source)
{
    if (Source->Length == 0)
    {
        return STATUS_SUCCESS;
    }
    return RtlpAppendUnits(Destination, Source->Buffer, Source->Length);
}

DDI NTSTATUS
RtlAppendUnicodeToString(_Inout_ PUNICODE_STRING Destination, _In_opt_ PCWSTR Source)
{
    if (Source == NULL || Source[0] == 0)
    {
        return STATUS_SUCCESS;
    }
    return RtlpAppendUnits(Destination, Source, RtlpWideLength(Source) * sizeof(WCHAR));
}

// ---- comparison -------------------------------------------------------------------------------

static LONG
RtlpCompareUnits(const WCHAR *String1, const WCHAR *String2, SIZE_T Units, BOOLEAN CaseInSensitive)
{
    for (SIZE_T i = 0; i < Units; i++)
    {
        WCHAR first = String1[i];
        WCHAR second = String2[i];

        if (first != second && CaseInSensitive)
        {
            first = RtlpUpcaseChar(first);
            second = RtlpUpcaseChar(second);
        }
        if (first != second)
        {
            return (LONG)first - (LONG)second;
        }
    }
    return 0;
}

DDI LONG
RtlCompareUnicodeStrings(_In_reads_(String1Length) PCWCH String1,
                         _In_ SIZE_T String1Length,
                         _In_reads_(String2Length) PCWCH String2,
                         _In_ SIZE_T String2Length,
                         _In_ BOOLEAN CaseInSensitive)
{
    const SIZE_T common = String1Length < String2Length ? String1Length : String2Length;
    const LONG difference = RtlpCompareUnits(String1, String2, common, CaseInSensitive);

    if (difference != 0 || String1Length == String2Length)
    {
        return difference;
    }
    return String1Length < String2Length ? -1 : 1;
}

DDI LONG
RtlCompareUnicodeString(_In_ PCUNICODE_STRING String1,
                        _In_ PCUNICODE_STRING String2,
                        _In_ BOOLEAN CaseInSensitive)
{
    return RtlCompareUnicodeStrings(String1->Buffer, String1->Length / sizeof(WCHAR),
                                    String2->Buffer, String2->Length / sizeof(WCHAR),
                                    CaseInSensitive);
}

DDI BOOLEAN
RtlEqualUnicodeString(_In_ PCUNICODE_STRING String1,
                      _In_ PCUNICODE_STRING String2,
                      _In_ BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           RtlpCompareUnits(String1->Buffer, String2->Buffer, String1->Length / sizeof(WCHAR),
                            CaseInSensitive) == 0;
}

DDI BOOLEAN
RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1,
                       _In_ PCUNICODE_STRING String2,
                       _In_ BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length &&
           RtlpCompareUnits(String1->Buffer, String2->Buffer, String1->Length / sizeof(WCHAR),
                            CaseInSensitive) == 0;
}

#define RTLP_HASH_X65599 1u

DDI NTSTATUS
RtlHashUnicodeString(_In_ PCUNICODE_STRING String,
                     _In_ BOOLEAN CaseInSensitive,
                     _In_ ULONG HashAlgorithm,
                     _Out_ PULONG HashValue)
{
    ULONG hash = 0;

    if (String == NULL || HashValue == NULL ||
        (HashAlgorithm != 0 && HashAlgorithm != RTLP_HASH_X65599))
    {
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG i = 0; i < String->Length / sizeof(WCHAR); i++)
    {
        const WCHAR unit = String->Buffer[i];

        hash = hash * 65599u + (CaseInSensitive ? RtlpUpcaseChar(unit) : unit);
    }
    *HashValue = hash;
    return STATUS_SUCCESS;
}

// ---- copies -----------------------------------------------------------------------------------

static NTSTATUS
RtlpMapUnicodeString(PUNICODE_STRING Destination,
                     PCUNICODE_STRING Source,
                     BOOLEAN Allocate,
                     WCHAR (*Map)(WCHAR Character))
{
    if (Allocate)
    {
        PWCH buffer = RtlpAllocateString(Source->Length);

        if (buffer == NULL)
        {
            return STATUS_NO_MEMORY;
        }
        Destination->Buffer = buffer;
        Destination->MaximumLength = Source->Length;
    }
    else if (Source->Length > Destination->MaximumLength)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    for (ULONG i = 0; i < Source->Length / sizeof(WCHAR); i++)
    {
        Destination->Buffer[i] = Map(Source->Buffer[i]);
    }
    Destination->Length = Source->Length;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlUpcaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                       _In_ PCUNICODE_STRING SourceString,
                       _In_ BOOLEAN AllocateDestinationString)
{
    return RtlpMapUnicodeString(DestinationString, SourceString, AllocateDestinationString,
                                RtlpUpcaseChar);
}

DDI NTSTATUS
RtlDowncaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                         _In_ PCUNICODE_STRING SourceString,
                         _In_ BOOLEAN AllocateDestinationString)
{
    return RtlpMapUnicodeString(DestinationString, SourceString, AllocateDestinationString,
                                RtlpDowncaseChar);
}

DDI BOOLEAN
RtlCreateUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_ PCWSTR SourceString)
{
    const SIZE_T bytes = (RtlpWideLength(SourceString) + 1) * sizeof(WCHAR);
    PWCH buffer;

    if (bytes > RTLP_MAXIMUM_UNICODE_BYTES)
    {
        return FALSE;
    }
    buffer = RtlpAllocateString(bytes);
    if (buffer == NULL)
    {
        return FALSE;
    }
    __builtin_memcpy(buffer, SourceString, bytes);
    DestinationString->Buffer = buffer;
    DestinationString->MaximumLength = (USHORT)bytes;
    DestinationString->Length = (USHORT)(bytes - sizeof(WCHAR));
    return TRUE;
}

DDI VOID
RtlFreeUnicodeString(_Inout_ PUNICODE_STRING UnicodeString)
{
    if (UnicodeString->Buffer != NULL)
    {
        RtlpFreeString(UnicodeString->Buffer);
        __builtin_memset(UnicodeString, 0, sizeof(*UnicodeString));
    }
}

static BOOLEAN
RtlpIsValidUnicodeString(PCUNICODE_STRING String)
{
    if (String == NULL)
    {
        return TRUE;
    }
    if (String->Length % sizeof(WCHAR) != 0 || String->MaximumLength % sizeof(WCHAR) != 0 ||
        String->Length > String->MaximumLength)
    {
        return FALSE;
    }
    return String->Buffer != NULL || String->MaximumLength == 0;
}

DDI NTSTATUS
RtlValidateUnicodeString(_In_ ULONG Flags, _In_ PCUNICODE_STRING String)
{
    return Flags == 0 && RtlpIsValidUnicodeString(String) ? STATUS_SUCCESS
                                                          : STATUS_INVALID_PARAMETER;
}

#define RTLP_DUPLICATE_TERMINATE      1u
#define RTLP_DUPLICATE_ALLOCATE_EMPTY 2u

DDI NTSTATUS
RtlDuplicateUnicodeString(_In_ ULONG Flags,
                          _In_ PCUNICODE_STRING StringIn,
                          _Out_ PUNICODE_STRING StringOut)
{
    const ULONG length = StringIn == NULL ? 0 : StringIn->Length;
    ULONG bytes = length;
    PWCH buffer = NULL;

    if (Flags > (RTLP_DUPLICATE_TERMINATE | RTLP_DUPLICATE_ALLOCATE_EMPTY) ||
        Flags == RTLP_DUPLICATE_ALLOCATE_EMPTY || StringOut == NULL ||
        !RtlpIsValidUnicodeString(StringIn))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if ((Flags & RTLP_DUPLICATE_TERMINATE) != 0)
    {
        bytes += sizeof(WCHAR);
    }
    if (bytes > RTLP_MAXIMUM_UNICODE_BYTES)
    {
        return STATUS_NAME_TOO_LONG;
    }
    if (length == 0 && (Flags & RTLP_DUPLICATE_ALLOCATE_EMPTY) == 0)
    {
        bytes = 0;
    }
    if (bytes != 0)
    {
        buffer = RtlpAllocateString(bytes);
        if (buffer == NULL)
        {
            return STATUS_NO_MEMORY;
        }
        if (length != 0)
        {
            __builtin_memcpy(buffer, StringIn->Buffer, length);
        }
    }
    StringOut->Buffer = buffer;
    StringOut->MaximumLength = (USHORT)bytes;
    StringOut->Length = (USHORT)length;
    if (bytes > length)
    {
        buffer[length / sizeof(WCHAR)] = 0;
    }
    return STATUS_SUCCESS;
}
