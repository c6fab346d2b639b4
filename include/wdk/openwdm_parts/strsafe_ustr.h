/* SPDX-License-Identifier: MIT */
/*
 * The part of ntstrsafe.h that reads and writes UNICODE_STRING. Counted strings are not
 * terminated; NTSTRSAFE_UNICODE_STRING_MAX_CCH bounds every one of them.
 */
#ifndef WDK_STRSAFE_USTR_H
#define WDK_STRSAFE_USTR_H

#define WDK_USTR_MAX_CB (NTSTRSAFE_UNICODE_STRING_MAX_CCH * sizeof(WCHAR))

NTSTRSAFEDDI
RtlUnicodeStringValidateEx(PCUNICODE_STRING SourceString, ULONG dwFlags)
{
    if (dwFlags & ~(ULONG)STRSAFE_UNICODE_STRING_VALID_FLAGS)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (SourceString == NULL)
    {
        return dwFlags & STRSAFE_IGNORE_NULLS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    if (SourceString->Length % sizeof(WCHAR) != 0 ||
        SourceString->MaximumLength % sizeof(WCHAR) != 0 ||
        SourceString->Length > SourceString->MaximumLength ||
        SourceString->MaximumLength > WDK_USTR_MAX_CB)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (SourceString->Buffer == NULL && SourceString->MaximumLength != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

NTSTRSAFEDDI
RtlUnicodeStringValidate(PCUNICODE_STRING SourceString)
{
    return RtlUnicodeStringValidateEx(SourceString, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringInitEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc, ULONG dwFlags)
{
    SIZE_T length = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (dwFlags & ~(ULONG)STRSAFE_UNICODE_STRING_VALID_FLAGS)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (DestinationString == NULL)
    {
        return (dwFlags & STRSAFE_IGNORE_NULLS) && (pszSrc == NULL || pszSrc[0] == 0)
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    }
    DestinationString->Length = 0;
    DestinationString->MaximumLength = 0;
    DestinationString->Buffer = NULL;
    if (pszSrc != NULL)
    {
        status = WdkStrsafeLengthW(pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, 1, &length);
        if (NT_SUCCESS(status))
        {
            DestinationString->Length = (USHORT)(length * sizeof(WCHAR));
            DestinationString->MaximumLength = (USHORT)((length + 1) * sizeof(WCHAR));
            DestinationString->Buffer = (PWSTR)(ULONG_PTR)pszSrc;
        }
    }
    return status;
}

NTSTRSAFEDDI
RtlUnicodeStringInit(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
    return RtlUnicodeStringInitEx(DestinationString, pszSrc, 0);
}

/* What dwFlags asks for at the end, and the string that describes the rest of the buffer. */
static __inline__ __attribute__((unused)) void
WdkUstrFinish(NTSTATUS status, PUNICODE_STRING dest, PUNICODE_STRING remaining, ULONG flags)
{
    if (dest != NULL && dest->MaximumLength != 0)
    {
        int fill = STRSAFE_GET_FILL_PATTERN(flags);
        if (NT_SUCCESS(status))
        {
            if (flags & STRSAFE_FILL_BEHIND)
            {
                __builtin_memset((UCHAR *)dest->Buffer + dest->Length, fill,
                                 (SIZE_T)(dest->MaximumLength - dest->Length));
            }
        }
        else
        {
            if (flags & STRSAFE_FILL_ON_FAILURE)
            {
                __builtin_memset(dest->Buffer, fill, dest->MaximumLength);
                dest->Length = 0;
            }
            if (flags & STRSAFE_ZERO_LENGTH_ON_FAILURE)
            {
                dest->Length = 0;
            }
        }
    }
    if (remaining != NULL && (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW))
    {
        remaining->Length = 0;
        remaining->MaximumLength = 0;
        remaining->Buffer = NULL;
        if (dest != NULL && dest->Buffer != NULL)
        {
            remaining->MaximumLength = (USHORT)(dest->MaximumLength - dest->Length);
            remaining->Buffer = dest->Buffer + dest->Length / sizeof(WCHAR);
        }
    }
}

/* Puts the count characters of src behind what dest has (append), or in its place. */
NTSTRSAFEDDI
WdkUstrTransfer(PUNICODE_STRING dest,
                const WCHAR *src,
                SIZE_T count,
                BOOLEAN append,
                PUNICODE_STRING remaining,
                ULONG flags)
{
    NTSTATUS status = STATUS_SUCCESS;
    SIZE_T offset, room;

    if (dest == NULL || dest->MaximumLength == 0)
    {
        status = count != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
        WdkUstrFinish(status, dest, remaining, flags);
        return status;
    }
    offset = append ? dest->Length / sizeof(WCHAR) : 0;
    room = dest->MaximumLength / sizeof(WCHAR) - offset;
    if (count > room)
    {
        status = STATUS_BUFFER_OVERFLOW;
        count = flags & STRSAFE_NO_TRUNCATION ? 0 : room;
    }
    for (SIZE_T i = 0; i < count; i++)
    {
        dest->Buffer[offset + i] = src[i];
    }
    dest->Length = (USHORT)((offset + count) * sizeof(WCHAR));
    WdkUstrFinish(status, dest, remaining, flags);
    return status;
}

/* From a counted string, at most maxCount characters of it. */
NTSTRSAFEDDI
WdkUstrFromUstr(PUNICODE_STRING dest,
                PCUNICODE_STRING src,
                SIZE_T maxCount,
                BOOLEAN append,
                PUNICODE_STRING remaining,
                ULONG flags)
{
    SIZE_T count;
    NTSTATUS status = RtlUnicodeStringValidateEx(dest, flags);

    if (NT_SUCCESS(status))
    {
        status = RtlUnicodeStringValidateEx(src, flags);
    }
    if (!NT_SUCCESS(status) || maxCount > NTSTRSAFE_UNICODE_STRING_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    count = src == NULL ? 0 : src->Length / sizeof(WCHAR);
    return WdkUstrTransfer(dest, src == NULL ? NULL : src->Buffer,
                           count < maxCount ? count : maxCount, append, remaining, flags);
}

/* From a terminated string, at most maxCount characters of it. */
NTSTRSAFEDDI
WdkUstrFromString(PUNICODE_STRING dest,
                  NTSTRSAFE_PCWSTR src,
                  SIZE_T maxCount,
                  BOOLEAN append,
                  PUNICODE_STRING remaining,
                  ULONG flags)
{
    NTSTATUS status = RtlUnicodeStringValidateEx(dest, flags);

    if (!NT_SUCCESS(status) || maxCount > NTSTRSAFE_UNICODE_STRING_MAX_CCH ||
        (src == NULL && !(flags & STRSAFE_IGNORE_NULLS)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WdkUstrTransfer(dest, src, src == NULL ? 0 : WdkStrsafeSpanW(src, maxCount), append,
                           remaining, flags);
}

/* From a counted string to a terminated one. Sizes in bytes; `unit` is that of *remaining. */
NTSTRSAFEDDI
WdkStrsafeFromUstr(NTSTRSAFE_PWSTR dest,
                   SIZE_T cbDest,
                   PCUNICODE_STRING src,
                   SIZE_T unit,
                   NTSTRSAFE_PWSTR *end,
                   SIZE_T *remaining,
                   ULONG flags)
{
    SIZE_T cch = cbDest / sizeof(WCHAR);
    SIZE_T count, length = 0;
    NTSTATUS status = WdkStrsafeCheckW(dest, cbDest, src, flags);

    if (!NT_SUCCESS(status) || !NT_SUCCESS(RtlUnicodeStringValidateEx(src, flags)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    count = src == NULL ? 0 : src->Length / sizeof(WCHAR);
    if (cch == 0)
    {
        status = count != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    else
    {
        if (count >= cch)
        {
            status = STATUS_BUFFER_OVERFLOW;
            count = flags & STRSAFE_NO_TRUNCATION ? 0 : cch - 1;
        }
        for (length = 0; length < count; length++)
        {
            dest[length] = src->Buffer[length];
        }
        dest[length] = 0;
    }
    WdkStrsafeFinishW(status, dest, cbDest, flags, &length);
    WdkStrsafeReportW(status, dest, cbDest, length, unit, end, remaining);
    return status;
}

NTSTRSAFEDDI
RtlUnicodeStringCopy(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    return WdkUstrFromUstr(DestinationString, SourceString, NTSTRSAFE_UNICODE_STRING_MAX_CCH, FALSE,
                           NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCopyEx(PUNICODE_STRING DestinationString,
                       PCUNICODE_STRING SourceString,
                       PUNICODE_STRING RemainingString,
                       ULONG dwFlags)
{
    return WdkUstrFromUstr(DestinationString, SourceString, NTSTRSAFE_UNICODE_STRING_MAX_CCH, FALSE,
                           RemainingString, dwFlags);
}

#if !defined(NTSTRSAFE_NO_CCH_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString,
                         PCUNICODE_STRING SourceString,
                         SIZE_T cchToCopy)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cchToCopy, FALSE, NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCchCopyNEx(PUNICODE_STRING DestinationString,
                           PCUNICODE_STRING SourceString,
                           SIZE_T cchToCopy,
                           PUNICODE_STRING RemainingString,
                           ULONG dwFlags)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cchToCopy, FALSE, RemainingString,
                           dwFlags);
}

#endif

#if !defined(NTSTRSAFE_NO_CB_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString,
                        PCUNICODE_STRING SourceString,
                        SIZE_T cbToCopy)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cbToCopy / sizeof(WCHAR), FALSE, NULL,
                           0);
}

NTSTRSAFEDDI
RtlUnicodeStringCbCopyNEx(PUNICODE_STRING DestinationString,
                          PCUNICODE_STRING SourceString,
                          SIZE_T cbToCopy,
                          PUNICODE_STRING RemainingString,
                          ULONG dwFlags)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cbToCopy / sizeof(WCHAR), FALSE,
                           RemainingString, dwFlags);
}

#endif

NTSTRSAFEDDI
RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
    return WdkUstrFromString(DestinationString, pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, FALSE,
                             NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCopyStringEx(PUNICODE_STRING DestinationString,
                             NTSTRSAFE_PCWSTR pszSrc,
                             PUNICODE_STRING RemainingString,
                             ULONG dwFlags)
{
    return WdkUstrFromString(DestinationString, pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, FALSE,
                             RemainingString, dwFlags);
}

#if !defined(NTSTRSAFE_NO_CCH_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString,
                               NTSTRSAFE_PCWSTR pszSrc,
                               SIZE_T cchToCopy)
{
    return WdkUstrFromString(DestinationString, pszSrc, cchToCopy, FALSE, NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCchCopyStringNEx(PUNICODE_STRING DestinationString,
                                 NTSTRSAFE_PCWSTR pszSrc,
                                 SIZE_T cchToCopy,
                                 PUNICODE_STRING RemainingString,
                                 ULONG dwFlags)
{
    return WdkUstrFromString(DestinationString, pszSrc, cchToCopy, FALSE, RemainingString, dwFlags);
}

#endif

#if !defined(NTSTRSAFE_NO_CB_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString,
                              NTSTRSAFE_PCWSTR pszSrc,
                              SIZE_T cbToCopy)
{
    return WdkUstrFromString(DestinationString, pszSrc, cbToCopy / sizeof(WCHAR), FALSE, NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCbCopyStringNEx(PUNICODE_STRING DestinationString,
                                NTSTRSAFE_PCWSTR pszSrc,
                                SIZE_T cbToCopy,
                                PUNICODE_STRING RemainingString,
                                ULONG dwFlags)
{
    return WdkUstrFromString(DestinationString, pszSrc, cbToCopy / sizeof(WCHAR), FALSE,
                             RemainingString, dwFlags);
}

#endif

NTSTRSAFEDDI
RtlUnicodeStringCat(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    return WdkUstrFromUstr(DestinationString, SourceString, NTSTRSAFE_UNICODE_STRING_MAX_CCH, TRUE,
                           NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCatEx(PUNICODE_STRING DestinationString,
                      PCUNICODE_STRING SourceString,
                      PUNICODE_STRING RemainingString,
                      ULONG dwFlags)
{
    return WdkUstrFromUstr(DestinationString, SourceString, NTSTRSAFE_UNICODE_STRING_MAX_CCH, TRUE,
                           RemainingString, dwFlags);
}

#if !defined(NTSTRSAFE_NO_CCH_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCchCatN(PUNICODE_STRING DestinationString,
                        PCUNICODE_STRING SourceString,
                        SIZE_T cchToAppend)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cchToAppend, TRUE, NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCchCatNEx(PUNICODE_STRING DestinationString,
                          PCUNICODE_STRING SourceString,
                          SIZE_T cchToAppend,
                          PUNICODE_STRING RemainingString,
                          ULONG dwFlags)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cchToAppend, TRUE, RemainingString,
                           dwFlags);
}

#endif

#if !defined(NTSTRSAFE_NO_CB_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCbCatN(PUNICODE_STRING DestinationString,
                       PCUNICODE_STRING SourceString,
                       SIZE_T cbToAppend)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cbToAppend / sizeof(WCHAR), TRUE, NULL,
                           0);
}

NTSTRSAFEDDI
RtlUnicodeStringCbCatNEx(PUNICODE_STRING DestinationString,
                         PCUNICODE_STRING SourceString,
                         SIZE_T cbToAppend,
                         PUNICODE_STRING RemainingString,
                         ULONG dwFlags)
{
    return WdkUstrFromUstr(DestinationString, SourceString, cbToAppend / sizeof(WCHAR), TRUE,
                           RemainingString, dwFlags);
}

#endif

NTSTRSAFEDDI
RtlUnicodeStringCatString(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
    return WdkUstrFromString(DestinationString, pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, TRUE,
                             NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCatStringEx(PUNICODE_STRING DestinationString,
                            NTSTRSAFE_PCWSTR pszSrc,
                            PUNICODE_STRING RemainingString,
                            ULONG dwFlags)
{
    return WdkUstrFromString(DestinationString, pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, TRUE,
                             RemainingString, dwFlags);
}

#if !defined(NTSTRSAFE_NO_CCH_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString,
                              NTSTRSAFE_PCWSTR pszSrc,
                              SIZE_T cchToAppend)
{
    return WdkUstrFromString(DestinationString, pszSrc, cchToAppend, TRUE, NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCchCatStringNEx(PUNICODE_STRING DestinationString,
                                NTSTRSAFE_PCWSTR pszSrc,
                                SIZE_T cchToAppend,
                                PUNICODE_STRING RemainingString,
                                ULONG dwFlags)
{
    return WdkUstrFromString(DestinationString, pszSrc, cchToAppend, TRUE, RemainingString,
                             dwFlags);
}

#endif

#if !defined(NTSTRSAFE_NO_CB_FUNCTIONS)
NTSTRSAFEDDI
RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString,
                             NTSTRSAFE_PCWSTR pszSrc,
                             SIZE_T cbToAppend)
{
    return WdkUstrFromString(DestinationString, pszSrc, cbToAppend / sizeof(WCHAR), TRUE, NULL, 0);
}

NTSTRSAFEDDI
RtlUnicodeStringCbCatStringNEx(PUNICODE_STRING DestinationString,
                               NTSTRSAFE_PCWSTR pszSrc,
                               SIZE_T cbToAppend,
                               PUNICODE_STRING RemainingString,
                               ULONG dwFlags)
{
    return WdkUstrFromString(DestinationString, pszSrc, cbToAppend / sizeof(WCHAR), TRUE,
                             RemainingString, dwFlags);
}

#endif

#if !defined(NTSTRSAFE_NO_CCH_FUNCTIONS)
NTSTRSAFEDDI
RtlStringCchCopyUnicodeStringEx(NTSTRSAFE_PWSTR pszDest,
                                SIZE_T cchDest,
                                PCUNICODE_STRING SourceString,
                                NTSTRSAFE_PWSTR *ppszDestEnd,
                                SIZE_T *pcchRemaining,
                                ULONG dwFlags)
{
    if (cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WdkStrsafeFromUstr(pszDest, cchDest * sizeof(WCHAR), SourceString, sizeof(WCHAR),
                              ppszDestEnd, pcchRemaining, dwFlags);
}

NTSTRSAFEDDI
RtlStringCchCopyUnicodeString(NTSTRSAFE_PWSTR pszDest,
                              SIZE_T cchDest,
                              PCUNICODE_STRING SourceString)
{
    return RtlStringCchCopyUnicodeStringEx(pszDest, cchDest, SourceString, NULL, NULL, 0);
}

NTSTRSAFEDDI
RtlUnalignedStringCchLengthW(NTSTRSAFE_PCUWSTR psz, SIZE_T cchMax, SIZE_T *pcchLength)
{
    SIZE_T count = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (psz != NULL && cchMax <= NTSTRSAFE_MAX_CCH)
    {
        /* Two bytes at a time: the compilers here know no unaligned pointers in C. */
        for (; count < cchMax; count++)
        {
            WCHAR character;
            __builtin_memcpy(&character, (const UCHAR *)psz + count * sizeof(WCHAR), sizeof(WCHAR));
            if (character == 0)
            {
                status = STATUS_SUCCESS;
                break;
            }
        }
    }
    if (pcchLength != NULL)
    {
        *pcchLength = NT_SUCCESS(status) ? count : 0;
    }
    return status;
}
#endif

#if !defined(NTSTRSAFE_NO_CB_FUNCTIONS)
NTSTRSAFEDDI
RtlStringCbCopyUnicodeStringEx(NTSTRSAFE_PWSTR pszDest,
                               SIZE_T cbDest,
                               PCUNICODE_STRING SourceString,
                               NTSTRSAFE_PWSTR *ppszDestEnd,
                               SIZE_T *pcbRemaining,
                               ULONG dwFlags)
{
    return WdkStrsafeFromUstr(pszDest, cbDest, SourceString, 1, ppszDestEnd, pcbRemaining, dwFlags);
}

NTSTRSAFEDDI
RtlStringCbCopyUnicodeString(NTSTRSAFE_PWSTR pszDest, SIZE_T cbDest, PCUNICODE_STRING SourceString)
{
    return RtlStringCbCopyUnicodeStringEx(pszDest, cbDest, SourceString, NULL, NULL, 0);
}

NTSTRSAFEDDI
RtlUnalignedStringCbLengthW(NTSTRSAFE_PCUWSTR psz, SIZE_T cbMax, SIZE_T *pcbLength)
{
    SIZE_T count = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (psz != NULL && cbMax / sizeof(WCHAR) <= NTSTRSAFE_MAX_CCH)
    {
        for (; count < cbMax / sizeof(WCHAR); count++)
        {
            WCHAR character;
            __builtin_memcpy(&character, (const UCHAR *)psz + count * sizeof(WCHAR), sizeof(WCHAR));
            if (character == 0)
            {
                status = STATUS_SUCCESS;
                break;
            }
        }
    }
    if (pcbLength != NULL)
    {
        *pcbLength = NT_SUCCESS(status) ? count * sizeof(WCHAR) : 0;
    }
    return status;
}
#endif

#if WDK_STRSAFE_FORMAT
NTSTRSAFEDDI
RtlUnicodeStringVPrintfEx(PUNICODE_STRING DestinationString,
                          PUNICODE_STRING RemainingString,
                          ULONG dwFlags,
                          NTSTRSAFE_PCWSTR pszFormat,
                          va_list argList)
{
    NTSTATUS status = RtlUnicodeStringValidateEx(DestinationString, dwFlags);
    SIZE_T cch;

    if (!NT_SUCCESS(status) || (pszFormat == NULL && !(dwFlags & STRSAFE_IGNORE_NULLS)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    cch = DestinationString == NULL ? 0 : DestinationString->MaximumLength / sizeof(WCHAR);
    if (cch == 0)
    {
        status = pszFormat != NULL && pszFormat[0] != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    else
    {
        int written = pszFormat == NULL ? 0
                                        : WDK_STRSAFE_VSNPRINTF_W(DestinationString->Buffer, cch,
                                                                  pszFormat, argList);
        if (written < 0 || (SIZE_T)written > cch)
        {
            status = STATUS_BUFFER_OVERFLOW;
            /* Formatted in place; an empty string is the nearest to "unmodified" that is left. */
            written = dwFlags & STRSAFE_NO_TRUNCATION ? 0 : (int)cch;
        }
        DestinationString->Length = (USHORT)((SIZE_T)written * sizeof(WCHAR));
    }
    WdkUstrFinish(status, DestinationString, RemainingString, dwFlags);
    return status;
}

NTSTRSAFEDDI
RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString,
                        NTSTRSAFE_PCWSTR pszFormat,
                        va_list argList)
{
    return RtlUnicodeStringVPrintfEx(DestinationString, NULL, 0, pszFormat, argList);
}

NTSTRSAFEDDI
RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszFormat, ...)
{
    va_list arguments;
    NTSTATUS status;
    va_start(arguments, pszFormat);
    status = RtlUnicodeStringVPrintfEx(DestinationString, NULL, 0, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTRSAFEDDI
RtlUnicodeStringPrintfEx(PUNICODE_STRING DestinationString,
                         PUNICODE_STRING RemainingString,
                         ULONG dwFlags,
                         NTSTRSAFE_PCWSTR pszFormat,
                         ...)
{
    va_list arguments;
    NTSTATUS status;
    va_start(arguments, pszFormat);
    status = RtlUnicodeStringVPrintfEx(DestinationString, RemainingString, dwFlags, pszFormat,
                                       arguments);
    va_end(arguments);
    return status;
}
#endif

#endif
