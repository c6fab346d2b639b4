// SPDX-License-Identifier: MIT
// Conversions between UTF-16 and the ANSI, OEM and UTF-8 code pages. Owns no state. Documented for
// PASSIVE_LEVEL (counted strings, whose buffers may come from paged pool) or below DISPATCH_LEVEL.
#include "rtlp.h"

#include "exports.h"

// ---- buffers ----------------------------------------------------------------------------------

static NTSTATUS
RtlpToUnicodeN(const RTLP_CODE_PAGE *CodePage,
               PWCH Target,
               ULONG Capacity,
               PULONG Stored,
               const CHAR *Source,
               ULONG Bytes)
{
    BOOLEAN malformed = FALSE;
    ULONG stored;

    stored = RtlpMultiByteToWide(CodePage, Source, Bytes, Target, Capacity, NULL, &malformed);
    if (Stored != NULL)
    {
        *Stored = stored;
    }
    return STATUS_SUCCESS;
}

// Truncation is not an error of these routines; callers compare lengths.
static NTSTATUS
RtlpFromUnicodeN(const RTLP_CODE_PAGE *CodePage,
                 PCHAR Target,
                 ULONG Capacity,
                 PULONG Stored,
                 PCWCH Source,
                 ULONG Bytes)
{
    BOOLEAN malformed = FALSE;
    ULONG stored;

    stored = RtlpWideToMultiByte(CodePage, Source, Bytes, Target, Capacity, NULL, &malformed);
    if (Stored != NULL)
    {
        *Stored = stored;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
RtlpUpcaseFromUnicodeN(const RTLP_CODE_PAGE *CodePage,
                       PCHAR Target,
                       ULONG Capacity,
                       PULONG Stored,
                       PCWCH Source,
                       ULONG Bytes)
{
    BOOLEAN malformed = FALSE;
    ULONG stored = 0;

    for (ULONG i = 0; i < Bytes / sizeof(WCHAR); i++)
    {
        const WCHAR upper = RtlpUpcaseChar(Source[i]);
        ULONG needed;
        const ULONG added = RtlpWideToMultiByte(CodePage, &upper, sizeof(upper), Target + stored,
                                                Capacity - stored, &needed, &malformed);

        stored += added;
        if (added < needed)
        {
            break;
        }
    }
    if (Stored != NULL)
    {
        *Stored = stored;
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlMultiByteToUnicodeN(_Out_writes_bytes_to_(MaxBytesInUnicodeString, *BytesInUnicodeString)
                           PWCH UnicodeString,
                       _In_ ULONG MaxBytesInUnicodeString,
                       _Out_opt_ PULONG BytesInUnicodeString,
                       _In_reads_bytes_(BytesInMultiByteString) const CHAR *MultiByteString,
                       _In_ ULONG BytesInMultiByteString)
{
    return RtlpToUnicodeN(RtlpAnsiCodePage, UnicodeString, MaxBytesInUnicodeString,
                          BytesInUnicodeString, MultiByteString, BytesInMultiByteString);
}

DDI NTSTATUS
RtlOemToUnicodeN(_Out_writes_bytes_to_(MaxBytesInUnicodeString, *BytesInUnicodeString)
                     PWCH UnicodeString,
                 _In_ ULONG MaxBytesInUnicodeString,
                 _Out_opt_ PULONG BytesInUnicodeString,
                 _In_reads_bytes_(BytesInOemString) PCCH OemString,
                 _In_ ULONG BytesInOemString)
{
    return RtlpToUnicodeN(RtlpOemCodePage, UnicodeString, MaxBytesInUnicodeString,
                          BytesInUnicodeString, OemString, BytesInOemString);
}

DDI NTSTATUS
RtlUnicodeToMultiByteN(_Out_writes_bytes_to_(MaxBytesInMultiByteString, *BytesInMultiByteString)
                           PCHAR MultiByteString,
                       _In_ ULONG MaxBytesInMultiByteString,
                       _Out_opt_ PULONG BytesInMultiByteString,
                       _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                       _In_ ULONG BytesInUnicodeString)
{
    return RtlpFromUnicodeN(RtlpAnsiCodePage, MultiByteString, MaxBytesInMultiByteString,
                            BytesInMultiByteString, UnicodeString, BytesInUnicodeString);
}

DDI NTSTATUS
RtlUnicodeToOemN(_Out_writes_bytes_to_(MaxBytesInOemString, *BytesInOemString) PCHAR OemString,
                 _In_ ULONG MaxBytesInOemString,
                 _Out_opt_ PULONG BytesInOemString,
                 _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                 _In_ ULONG BytesInUnicodeString)
{
    return RtlpFromUnicodeN(RtlpOemCodePage, OemString, MaxBytesInOemString, BytesInOemString,
                            UnicodeString, BytesInUnicodeString);
}

DDI NTSTATUS
RtlUpcaseUnicodeToMultiByteN(_Out_writes_bytes_to_(MaxBytesInMultiByteString,
                                                   *BytesInMultiByteString) PCHAR MultiByteString,
                             _In_ ULONG MaxBytesInMultiByteString,
                             _Out_opt_ PULONG BytesInMultiByteString,
                             _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                             _In_ ULONG BytesInUnicodeString)
{
    return RtlpUpcaseFromUnicodeN(RtlpAnsiCodePage, MultiByteString, MaxBytesInMultiByteString,
                                  BytesInMultiByteString, UnicodeString, BytesInUnicodeString);
}

DDI NTSTATUS
RtlUpcaseUnicodeToOemN(_Out_writes_bytes_to_(MaxBytesInOemString, *BytesInOemString)
                           PCHAR OemString,
                       _In_ ULONG MaxBytesInOemString,
                       _Out_opt_ PULONG BytesInOemString,
                       _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                       _In_ ULONG BytesInUnicodeString)
{
    return RtlpUpcaseFromUnicodeN(RtlpOemCodePage, OemString, MaxBytesInOemString, BytesInOemString,
                                  UnicodeString, BytesInUnicodeString);
}

static ULONG
RtlpUnicodeSize(const RTLP_CODE_PAGE *CodePage, const CHAR *Source, ULONG Bytes)
{
    BOOLEAN malformed = FALSE;
    ULONG needed;

    RtlpMultiByteToWide(CodePage, Source, Bytes, NULL, 0, &needed, &malformed);
    return needed;
}

static ULONG
RtlpMultiByteSize(const RTLP_CODE_PAGE *CodePage, PCWCH Source, ULONG Bytes)
{
    BOOLEAN malformed = FALSE;
    ULONG needed;

    RtlpWideToMultiByte(CodePage, Source, Bytes, NULL, 0, &needed, &malformed);
    return needed;
}

DDI NTSTATUS
RtlMultiByteToUnicodeSize(_Out_ PULONG BytesInUnicodeString,
                          _In_reads_bytes_(BytesInMultiByteString) const CHAR *MultiByteString,
                          _In_ ULONG BytesInMultiByteString)
{
    *BytesInUnicodeString =
        RtlpUnicodeSize(RtlpAnsiCodePage, MultiByteString, BytesInMultiByteString);
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlUnicodeToMultiByteSize(_Out_ PULONG BytesInMultiByteString,
                          _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                          _In_ ULONG BytesInUnicodeString)
{
    *BytesInMultiByteString =
        RtlpMultiByteSize(RtlpAnsiCodePage, UnicodeString, BytesInUnicodeString);
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlUnicodeToUTF8N(_Out_writes_bytes_to_opt_(UTF8StringMaxByteCount, *UTF8StringActualByteCount)
                      PCHAR UTF8StringDestination,
                  _In_ ULONG UTF8StringMaxByteCount,
                  _Out_opt_ PULONG UTF8StringActualByteCount,
                  _In_reads_bytes_(UnicodeStringByteCount) PCWCH UnicodeStringSource,
                  _In_ ULONG UnicodeStringByteCount)
{
    BOOLEAN malformed = FALSE;
    ULONG stored;
    ULONG needed;

    if (UnicodeStringSource == NULL)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (UnicodeStringByteCount % sizeof(WCHAR) != 0)
    {
        return STATUS_INVALID_PARAMETER_5;
    }
    if (UTF8StringDestination == NULL && UTF8StringActualByteCount == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    stored =
        RtlpWideToMultiByte(RtlpUtf8CodePage(), UnicodeStringSource, UnicodeStringByteCount,
                            UTF8StringDestination, UTF8StringMaxByteCount, &needed, &malformed);
    if (UTF8StringActualByteCount != NULL)
    {
        *UTF8StringActualByteCount = UTF8StringDestination == NULL ? needed : stored;
    }
    if (UTF8StringDestination != NULL && stored < needed)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return malformed ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

DDI NTSTATUS
RtlUTF8ToUnicodeN(_Out_writes_bytes_to_opt_(UnicodeStringMaxByteCount,
                                            *UnicodeStringActualByteCount)
                      PWSTR UnicodeStringDestination,
                  _In_ ULONG UnicodeStringMaxByteCount,
                  _Out_opt_ PULONG UnicodeStringActualByteCount,
                  _In_reads_bytes_(UTF8StringByteCount) PCCH UTF8StringSource,
                  _In_ ULONG UTF8StringByteCount)
{
    BOOLEAN malformed = FALSE;
    ULONG stored;
    ULONG needed;

    if (UTF8StringSource == NULL)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (UnicodeStringDestination == NULL && UnicodeStringActualByteCount == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    stored = RtlpMultiByteToWide(RtlpUtf8CodePage(), UTF8StringSource, UTF8StringByteCount,
                                 UnicodeStringDestination, UnicodeStringMaxByteCount, &needed,
                                 &malformed);
    if (UnicodeStringActualByteCount != NULL)
    {
        *UnicodeStringActualByteCount = UnicodeStringDestination == NULL ? needed : stored;
    }
    if (UnicodeStringDestination != NULL && stored < needed)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return malformed ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

// ---- counted strings --------------------------------------------------------------------------

// How the routines for counted strings differ. A terminated result needs room for its terminator,
// which Length does not count.
typedef struct _RTLP_CONVERSION
{
    const RTLP_CODE_PAGE *CodePage;
    BOOLEAN Terminate;
    BOOLEAN Upcase;
    BOOLEAN FailUnmapped; // STATUS_UNMAPPABLE_CHARACTER for what the code page lacks
    BOOLEAN Truncate;     // a buffer that is too small gets what fits, with the same status
} RTLP_CONVERSION;

static NTSTATUS
RtlpStringToUnicode(const RTLP_CONVERSION *How,
                    PUNICODE_STRING Destination,
                    const STRING *Source,
                    BOOLEAN Allocate)
{
    const ULONG length = RtlpUnicodeSize(How->CodePage, Source->Buffer, Source->Length);
    const ULONG needed = length + (How->Terminate ? (ULONG)sizeof(WCHAR) : 0u);
    BOOLEAN malformed = FALSE;

    if (needed > RTLP_MAXIMUM_UNICODE_BYTES)
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (Allocate)
    {
        PWCH buffer = RtlpAllocateString(needed);

        if (buffer == NULL)
        {
            return STATUS_NO_MEMORY;
        }
        Destination->Buffer = buffer;
        Destination->MaximumLength = (USHORT)needed;
    }
    else if (needed > Destination->MaximumLength && !How->Truncate)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    Destination->Length = (USHORT)RtlpMultiByteToWide(
        How->CodePage, Source->Buffer, Source->Length, Destination->Buffer,
        How->Terminate ? length : Destination->MaximumLength, NULL, &malformed);
    if (Destination->Length < length)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (How->Terminate)
    {
        Destination->Buffer[length / sizeof(WCHAR)] = 0;
    }
    return malformed ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

static BOOLEAN
RtlpAllMapped(const RTLP_CODE_PAGE *CodePage, PCUNICODE_STRING Source)
{
    for (ULONG i = 0; i < Source->Length / sizeof(WCHAR); i++)
    {
        if (!RtlpHasCharacter(CodePage, Source->Buffer[i]))
        {
            return FALSE;
        }
    }
    return TRUE;
}

static NTSTATUS
RtlpStringFromUnicode(const RTLP_CONVERSION *How,
                      PSTRING Destination,
                      PCUNICODE_STRING Source,
                      BOOLEAN Allocate)
{
    const ULONG length = RtlpMultiByteSize(How->CodePage, Source->Buffer, Source->Length);
    const ULONG needed = length + (How->Terminate ? 1u : 0u);
    BOOLEAN malformed = FALSE;
    ULONG stored;

    if (needed > RTLP_MAXIMUM_STRING_BYTES)
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (How->FailUnmapped && !RtlpAllMapped(How->CodePage, Source))
    {
        return STATUS_UNMAPPABLE_CHARACTER;
    }
    if (Allocate)
    {
        PCHAR buffer = RtlpAllocateString(needed);

        if (buffer == NULL)
        {
            return STATUS_NO_MEMORY;
        }
        Destination->Buffer = buffer;
        Destination->MaximumLength = (USHORT)needed;
    }
    else if (needed > Destination->MaximumLength && !How->Truncate)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (How->Upcase)
    {
        RtlpUpcaseFromUnicodeN(How->CodePage, Destination->Buffer, length, &stored, Source->Buffer,
                               Source->Length);
    }
    else
    {
        stored = RtlpWideToMultiByte(
            How->CodePage, Source->Buffer, Source->Length, Destination->Buffer,
            How->Terminate ? length : Destination->MaximumLength, NULL, &malformed);
    }
    Destination->Length = (USHORT)stored;
    if (stored < length)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (How->Terminate)
    {
        Destination->Buffer[stored] = 0;
    }
    return malformed ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

DDI NTSTATUS
RtlAnsiStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                             _In_ PCANSI_STRING SourceString,
                             _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpAnsiCodePage, .Terminate = TRUE};

    return RtlpStringToUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                             _In_ PCUNICODE_STRING SourceString,
                             _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpAnsiCodePage, .Terminate = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUpcaseUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                                   _In_ PCUNICODE_STRING SourceString,
                                   _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpAnsiCodePage, .Terminate = TRUE, .Upcase = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlOemStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                            _In_ PCOEM_STRING SourceString,
                            _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpOemCodePage, .Terminate = TRUE};

    return RtlpStringToUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlOemStringToCountedUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                   _In_ PCOEM_STRING SourceString,
                                   _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpOemCodePage};

    return RtlpStringToUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUnicodeStringToOemString(_Inout_ POEM_STRING DestinationString,
                            _In_ PCUNICODE_STRING SourceString,
                            _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpOemCodePage, .Terminate = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUnicodeStringToCountedOemString(_Inout_ POEM_STRING DestinationString,
                                   _In_ PCUNICODE_STRING SourceString,
                                   _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpOemCodePage, .FailUnmapped = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUpcaseUnicodeStringToOemString(_Inout_ POEM_STRING DestinationString,
                                  _In_ PCUNICODE_STRING SourceString,
                                  _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpOemCodePage, .Terminate = TRUE, .Upcase = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUpcaseUnicodeStringToCountedOemString(_Inout_ POEM_STRING DestinationString,
                                         _In_ PCUNICODE_STRING SourceString,
                                         _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpOemCodePage, .Upcase = TRUE, .FailUnmapped = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUnicodeStringToUTF8String(_Inout_ PUTF8_STRING DestinationString,
                             _In_ PCUNICODE_STRING SourceString,
                             _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpUtf8CodePage(), .Truncate = TRUE};

    return RtlpStringFromUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

DDI NTSTATUS
RtlUTF8StringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                             _In_ PUTF8_STRING SourceString,
                             _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_CONVERSION how = {.CodePage = RtlpUtf8CodePage(), .Truncate = TRUE};

    return RtlpStringToUnicode(&how, DestinationString, SourceString, AllocateDestinationString);
}

// ---- sizes, terminator included ---------------------------------------------------------------

DDI ULONG
RtlxAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString)
{
    return RtlpUnicodeSize(RtlpAnsiCodePage, AnsiString->Buffer, AnsiString->Length) +
           (ULONG)sizeof(WCHAR);
}

DDI ULONG
RtlxUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString)
{
    return RtlpMultiByteSize(RtlpAnsiCodePage, UnicodeString->Buffer, UnicodeString->Length) + 1;
}

DDI ULONG
RtlxOemStringToUnicodeSize(_In_ PCOEM_STRING OemString)
{
    return RtlpUnicodeSize(RtlpOemCodePage, OemString->Buffer, OemString->Length) +
           (ULONG)sizeof(WCHAR);
}

DDI ULONG
RtlxUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString)
{
    return RtlpMultiByteSize(RtlpOemCodePage, UnicodeString->Buffer, UnicodeString->Length) + 1;
}

// Exports that drivers see as macros of the same name; the DDI table binds them by symbol.
DDI ULONG
RtlpAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString)
{
    return RtlxAnsiStringToUnicodeSize(AnsiString);
}

DDI ULONG
RtlpUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString)
{
    return RtlxUnicodeStringToAnsiSize(UnicodeString);
}

DDI ULONG
RtlpOemStringToUnicodeSize(_In_ PCOEM_STRING OemString)
{
    return RtlxOemStringToUnicodeSize(OemString);
}

DDI ULONG
RtlpUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString)
{
    return RtlxUnicodeStringToOemSize(UnicodeString);
}

// The page NF:wdm.RtlAnsiStringToUnicodeString describes this routine, which no header declares.
// Advances over one character.
DDI WCHAR
RtlAnsiCharToUnicodeChar(_Inout_ PUCHAR *SourceCharacter)
{
    BOOLEAN malformed = FALSE;
    ULONG character;

    *SourceCharacter +=
        RtlpDecodeCharacter(RtlpAnsiCodePage, *SourceCharacter, 4, &character, &malformed);
    return character > 0xFFFF ? 0xFFFD : (WCHAR)character;
}

DDI BOOLEAN
RtlIsValidOemCharacter(_Inout_ PWCHAR Char)
{
    const WCHAR upper = RtlpUpcaseChar(*Char);

    if (!RtlpHasCharacter(RtlpOemCodePage, upper))
    {
        return FALSE;
    }
    *Char = upper;
    return TRUE;
}

DDI VOID
RtlGetDefaultCodePage(_Out_ PUSHORT AnsiCodePage, _Out_ PUSHORT OemCodePage)
{
    *AnsiCodePage = (USHORT)RtlpAnsiCodePage->Number;
    *OemCodePage = (USHORT)RtlpOemCodePage->Number;
}
