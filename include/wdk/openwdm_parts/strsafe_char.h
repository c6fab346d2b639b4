/* SPDX-License-Identifier: MIT */
/*
 * Body of ntstrsafe.h for one character type; included twice, for char and for WCHAR. No guard.
 * One core moves the characters, one applies the dwFlags; each public function checks its
 * parameters, calls them and converts bytes to characters.
 */

#define WDK_STR(name) WDK_STRSAFE_NAME(name)
#define WDK_CH        WDK_STRSAFE_CHAR

/* Characters before the terminator, at most limit. */
static __inline__ __attribute__((unused)) SIZE_T
WDK_STR(WdkStrsafeSpan)(const WDK_CH *string, SIZE_T limit)
{
    SIZE_T count = 0;
    while (count < limit && string[count] != 0)
    {
        count++;
    }
    return count;
}

/*
 * Appends at most maxCount characters of src to the offset characters that dest has, and ends with
 * a terminator. *newLength is the length of the result. With STRSAFE_NO_TRUNCATION a text that does
 * not fit leaves dest as it is. Needs offset < cchDest.
 */
NTSTRSAFEDDI
WDK_STR(WdkStrsafeAppend)(WDK_CH *dest,
                          SIZE_T cchDest,
                          SIZE_T offset,
                          const WDK_CH *src,
                          SIZE_T maxCount,
                          ULONG flags,
                          SIZE_T *newLength)
{
    SIZE_T room = cchDest - offset - 1;
    /* One more than fits, to see whether the text goes on. */
    SIZE_T count = WDK_STR(WdkStrsafeSpan)(src, maxCount <= room ? maxCount : room + 1);
    NTSTATUS status = STATUS_SUCCESS;

    if (count > room)
    {
        status = STATUS_BUFFER_OVERFLOW;
        count = (flags & STRSAFE_NO_TRUNCATION) ? 0 : room;
    }
    for (SIZE_T i = 0; i < count; i++)
    {
        dest[offset + i] = src[i];
    }
    dest[offset + count] = 0;
    *newLength = offset + count;
    return status;
}

/* What dwFlags asks for after the work is done. cbDest may be odd for WCHAR; the odd byte is
 * filled like the rest. */
static __inline__ __attribute__((unused)) void
WDK_STR(
    WdkStrsafeFinish)(NTSTATUS status, WDK_CH *dest, SIZE_T cbDest, ULONG flags, SIZE_T *newLength)
{
    SIZE_T cch = cbDest / sizeof(WDK_CH);
    int fill = STRSAFE_GET_FILL_PATTERN(flags);

    if (cch == 0)
    {
        return;
    }
    if (NT_SUCCESS(status))
    {
        if (flags & STRSAFE_FILL_BEHIND_NULL)
        {
            SIZE_T used = (*newLength + 1) * sizeof(WDK_CH);
            __builtin_memset((UCHAR *)dest + used, fill, cbDest - used);
        }
        return;
    }
    if (flags & STRSAFE_FILL_ON_FAILURE)
    {
        __builtin_memset(dest, fill, cbDest);
        *newLength = fill == 0 ? 0 : cch - 1;
        dest[*newLength] = 0;
    }
    if (flags & STRSAFE_NULL_ON_FAILURE)
    {
        dest[0] = 0;
        *newLength = 0;
    }
}

/* Reports where the result ends, once there is a result. Sizes are in units of `unit` bytes. */
static __inline__ __attribute__((unused)) void
WDK_STR(WdkStrsafeReport)(NTSTATUS status,
                          WDK_CH *dest,
                          SIZE_T cbDest,
                          SIZE_T newLength,
                          SIZE_T unit,
                          WDK_CH **end,
                          SIZE_T *remaining)
{
    if (!NT_SUCCESS(status) && status != STATUS_BUFFER_OVERFLOW)
    {
        return;
    }
    if (end != NULL)
    {
        *end = dest == NULL ? NULL : dest + newLength;
    }
    if (remaining != NULL)
    {
        *remaining = (cbDest - newLength * sizeof(WDK_CH)) / unit;
    }
}

/* The checks all Ex functions share. */
NTSTRSAFEDDI
WDK_STR(WdkStrsafeCheck)(WDK_CH *dest, SIZE_T cbDest, const void *src, ULONG flags)
{
    SIZE_T cch = cbDest / sizeof(WDK_CH);

    if ((flags & ~(ULONG)STRSAFE_VALID_FLAGS) || cch > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (flags & STRSAFE_IGNORE_NULLS)
    {
        return dest == NULL && cbDest != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    return dest == NULL || src == NULL || cch == 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* Copy (append FALSE) and Cat (append TRUE) with everything. maxCount counts characters. */
NTSTRSAFEDDI
WDK_STR(WdkStrsafeTransfer)(WDK_CH *dest,
                            SIZE_T cbDest,
                            const WDK_CH *src,
                            SIZE_T maxCount,
                            BOOLEAN append,
                            ULONG flags,
                            SIZE_T unit,
                            WDK_CH **end,
                            SIZE_T *remaining)
{
    static const WDK_CH empty[1] = {0};
    SIZE_T cch = cbDest / sizeof(WDK_CH);
    SIZE_T offset = 0;
    SIZE_T length = 0;
    NTSTATUS status = WDK_STR(WdkStrsafeCheck)(dest, cbDest, src, flags);

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    src = src == NULL ? empty : src;
    if (maxCount > NTSTRSAFE_MAX_LENGTH)
    {
        status = STATUS_INVALID_PARAMETER;
    }
    else if (cch == 0)
    {
        status = maxCount != 0 && src[0] != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    else
    {
        offset = append ? WDK_STR(WdkStrsafeSpan)(dest, cch) : 0;
        status = offset == cch
                     ? STATUS_INVALID_PARAMETER
                     : WDK_STR(WdkStrsafeAppend)(dest, cch, offset, src, maxCount, flags, &length);
    }
    WDK_STR(WdkStrsafeFinish)(status, dest, cbDest, flags, &length);
    WDK_STR(WdkStrsafeReport)(status, dest, cbDest, length, unit, end, remaining);
    return status;
}

/* The functions without Ex: no flags, and a destination that cannot be used is left empty. */
NTSTRSAFEDDI
WDK_STR(
    WdkStrsafePlain)(WDK_CH *dest, SIZE_T cch, const WDK_CH *src, SIZE_T maxCount, BOOLEAN append)
{
    if (dest == NULL || src == NULL || cch == 0 || cch > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (maxCount > NTSTRSAFE_MAX_LENGTH)
    {
        if (!append)
        {
            dest[0] = 0;
        }
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeTransfer)(dest, cch * sizeof(WDK_CH), src, maxCount, append, 0, 1,
                                       NULL, NULL);
}

NTSTRSAFEDDI
WDK_STR(WdkStrsafeLength)(const WDK_CH *string, SIZE_T cchMax, SIZE_T unit, SIZE_T *length)
{
    SIZE_T count = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (string != NULL && cchMax <= NTSTRSAFE_MAX_CCH)
    {
        count = WDK_STR(WdkStrsafeSpan)(string, cchMax);
        status = count == cchMax ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    if (length != NULL)
    {
        *length = NT_SUCCESS(status) ? count * unit : 0;
    }
    return status;
}

#if WDK_STRSAFE_FORMAT
/* Formats into dest, which has room for cch characters with the terminator. */
NTSTRSAFEDDI
WDK_STR(WdkStrsafeFormat)(WDK_CH *dest,
                          SIZE_T cch,
                          SIZE_T *newLength,
                          const WDK_CH *format,
                          va_list arguments)
{
    int written = WDK_STRSAFE_FORMATTER(dest, cch - 1, format, arguments);

    if (written < 0 || (SIZE_T)written > cch - 1)
    {
        dest[cch - 1] = 0;
        *newLength = cch - 1;
        return STATUS_BUFFER_OVERFLOW;
    }
    dest[written] = 0;
    *newLength = (SIZE_T)written;
    return STATUS_SUCCESS;
}

NTSTRSAFEDDI
WDK_STR(WdkStrsafeFormatEx)(WDK_CH *dest,
                            SIZE_T cbDest,
                            WDK_CH **end,
                            SIZE_T *remaining,
                            SIZE_T unit,
                            ULONG flags,
                            const WDK_CH *format,
                            va_list arguments)
{
    SIZE_T cch = cbDest / sizeof(WDK_CH);
    SIZE_T length = 0;
    NTSTATUS status = WDK_STR(WdkStrsafeCheck)(dest, cbDest, format, flags);

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (cch == 0)
    {
        status = format != NULL && format[0] != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    }
    else if (format == NULL)
    {
        dest[0] = 0;
    }
    else
    {
        status = WDK_STR(WdkStrsafeFormat)(dest, cch, &length, format, arguments);
        /* The text was formatted in place; the nearest to "unmodified" that is left is empty. */
        if (status == STATUS_BUFFER_OVERFLOW && (flags & STRSAFE_NO_TRUNCATION))
        {
            dest[0] = 0;
            length = 0;
        }
    }
    WDK_STR(WdkStrsafeFinish)(status, dest, cbDest, flags, &length);
    WDK_STR(WdkStrsafeReport)(status, dest, cbDest, length, unit, end, remaining);
    return status;
}
#endif

/* ---- sizes in characters ------------------------------------------------------------------ */

#if !defined(NTSTRSAFE_NO_CCH_FUNCTIONS)

NTSTRSAFEDDI
WDK_STR(RtlStringCchCopy)(WDK_CH *pszDest, SIZE_T cchDest, const WDK_CH *pszSrc)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_LENGTH, FALSE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCopyEx)(WDK_CH *pszDest,
                            SIZE_T cchDest,
                            const WDK_CH *pszSrc,
                            WDK_CH **ppszDestEnd,
                            SIZE_T *pcchRemaining,
                            ULONG dwFlags)
{
    if (cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cchDest * sizeof(WDK_CH), pszSrc,
                                       NTSTRSAFE_MAX_LENGTH, FALSE, dwFlags, sizeof(WDK_CH),
                                       ppszDestEnd, pcchRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCopyN)(WDK_CH *pszDest, SIZE_T cchDest, const WDK_CH *pszSrc, SIZE_T cchToCopy)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cchDest, pszSrc, cchToCopy, FALSE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCopyNEx)(WDK_CH *pszDest,
                             SIZE_T cchDest,
                             const WDK_CH *pszSrc,
                             SIZE_T cchToCopy,
                             WDK_CH **ppszDestEnd,
                             SIZE_T *pcchRemaining,
                             ULONG dwFlags)
{
    if (cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cchDest * sizeof(WDK_CH), pszSrc, cchToCopy, FALSE,
                                       dwFlags, sizeof(WDK_CH), ppszDestEnd, pcchRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCat)(WDK_CH *pszDest, SIZE_T cchDest, const WDK_CH *pszSrc)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_LENGTH, TRUE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCatEx)(WDK_CH *pszDest,
                           SIZE_T cchDest,
                           const WDK_CH *pszSrc,
                           WDK_CH **ppszDestEnd,
                           SIZE_T *pcchRemaining,
                           ULONG dwFlags)
{
    if (cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cchDest * sizeof(WDK_CH), pszSrc,
                                       NTSTRSAFE_MAX_LENGTH, TRUE, dwFlags, sizeof(WDK_CH),
                                       ppszDestEnd, pcchRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCatN)(WDK_CH *pszDest, SIZE_T cchDest, const WDK_CH *pszSrc, SIZE_T cchToAppend)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cchDest, pszSrc, cchToAppend, TRUE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchCatNEx)(WDK_CH *pszDest,
                            SIZE_T cchDest,
                            const WDK_CH *pszSrc,
                            SIZE_T cchToAppend,
                            WDK_CH **ppszDestEnd,
                            SIZE_T *pcchRemaining,
                            ULONG dwFlags)
{
    if (cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cchDest * sizeof(WDK_CH), pszSrc, cchToAppend, TRUE,
                                       dwFlags, sizeof(WDK_CH), ppszDestEnd, pcchRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchLength)(const WDK_CH *psz, SIZE_T cchMax, SIZE_T *pcchLength)
{
    return WDK_STR(WdkStrsafeLength)(psz, cchMax, 1, pcchLength);
}

#if WDK_STRSAFE_FORMAT
NTSTRSAFEDDI
WDK_STR(RtlStringCchVPrintf)(WDK_CH *pszDest,
                             SIZE_T cchDest,
                             const WDK_CH *pszFormat,
                             va_list argList)
{
    SIZE_T length;
    if (pszDest == NULL || pszFormat == NULL || cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeFormat)(pszDest, cchDest, &length, pszFormat, argList);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchVPrintfEx)(WDK_CH *pszDest,
                               SIZE_T cchDest,
                               WDK_CH **ppszDestEnd,
                               SIZE_T *pcchRemaining,
                               ULONG dwFlags,
                               const WDK_CH *pszFormat,
                               va_list argList)
{
    if (cchDest > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeFormatEx)(pszDest, cchDest * sizeof(WDK_CH), ppszDestEnd,
                                       pcchRemaining, sizeof(WDK_CH), dwFlags, pszFormat, argList);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchPrintf)(WDK_CH *pszDest, SIZE_T cchDest, const WDK_CH *pszFormat, ...)
{
    va_list arguments;
    NTSTATUS status;
    va_start(arguments, pszFormat);
    status = WDK_STR(RtlStringCchVPrintf)(pszDest, cchDest, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTRSAFEDDI
WDK_STR(RtlStringCchPrintfEx)(WDK_CH *pszDest,
                              SIZE_T cchDest,
                              WDK_CH **ppszDestEnd,
                              SIZE_T *pcchRemaining,
                              ULONG dwFlags,
                              const WDK_CH *pszFormat,
                              ...)
{
    va_list arguments;
    NTSTATUS status;
    va_start(arguments, pszFormat);
    status = WDK_STR(RtlStringCchVPrintfEx)(pszDest, cchDest, ppszDestEnd, pcchRemaining, dwFlags,
                                            pszFormat, arguments);
    va_end(arguments);
    return status;
}
#endif

#endif

/* ---- sizes in bytes ----------------------------------------------------------------------- */

#if !defined(NTSTRSAFE_NO_CB_FUNCTIONS)

NTSTRSAFEDDI
WDK_STR(RtlStringCbCopy)(WDK_CH *pszDest, SIZE_T cbDest, const WDK_CH *pszSrc)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cbDest / sizeof(WDK_CH), pszSrc, NTSTRSAFE_MAX_LENGTH,
                                    FALSE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCopyEx)(WDK_CH *pszDest,
                           SIZE_T cbDest,
                           const WDK_CH *pszSrc,
                           WDK_CH **ppszDestEnd,
                           SIZE_T *pcbRemaining,
                           ULONG dwFlags)
{
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cbDest, pszSrc, NTSTRSAFE_MAX_LENGTH, FALSE,
                                       dwFlags, 1, ppszDestEnd, pcbRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCopyN)(WDK_CH *pszDest, SIZE_T cbDest, const WDK_CH *pszSrc, SIZE_T cbToCopy)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cbDest / sizeof(WDK_CH), pszSrc,
                                    cbToCopy / sizeof(WDK_CH), FALSE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCopyNEx)(WDK_CH *pszDest,
                            SIZE_T cbDest,
                            const WDK_CH *pszSrc,
                            SIZE_T cbToCopy,
                            WDK_CH **ppszDestEnd,
                            SIZE_T *pcbRemaining,
                            ULONG dwFlags)
{
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cbDest, pszSrc, cbToCopy / sizeof(WDK_CH), FALSE,
                                       dwFlags, 1, ppszDestEnd, pcbRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCat)(WDK_CH *pszDest, SIZE_T cbDest, const WDK_CH *pszSrc)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cbDest / sizeof(WDK_CH), pszSrc, NTSTRSAFE_MAX_LENGTH,
                                    TRUE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCatEx)(WDK_CH *pszDest,
                          SIZE_T cbDest,
                          const WDK_CH *pszSrc,
                          WDK_CH **ppszDestEnd,
                          SIZE_T *pcbRemaining,
                          ULONG dwFlags)
{
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cbDest, pszSrc, NTSTRSAFE_MAX_LENGTH, TRUE, dwFlags,
                                       1, ppszDestEnd, pcbRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCatN)(WDK_CH *pszDest, SIZE_T cbDest, const WDK_CH *pszSrc, SIZE_T cbToAppend)
{
    return WDK_STR(WdkStrsafePlain)(pszDest, cbDest / sizeof(WDK_CH), pszSrc,
                                    cbToAppend / sizeof(WDK_CH), TRUE);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbCatNEx)(WDK_CH *pszDest,
                           SIZE_T cbDest,
                           const WDK_CH *pszSrc,
                           SIZE_T cbToAppend,
                           WDK_CH **ppszDestEnd,
                           SIZE_T *pcbRemaining,
                           ULONG dwFlags)
{
    return WDK_STR(WdkStrsafeTransfer)(pszDest, cbDest, pszSrc, cbToAppend / sizeof(WDK_CH), TRUE,
                                       dwFlags, 1, ppszDestEnd, pcbRemaining);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbLength)(const WDK_CH *psz, SIZE_T cbMax, SIZE_T *pcbLength)
{
    return WDK_STR(WdkStrsafeLength)(psz, cbMax / sizeof(WDK_CH), sizeof(WDK_CH), pcbLength);
}

#if WDK_STRSAFE_FORMAT
NTSTRSAFEDDI
WDK_STR(RtlStringCbVPrintf)(WDK_CH *pszDest,
                            SIZE_T cbDest,
                            const WDK_CH *pszFormat,
                            va_list argList)
{
    SIZE_T length;
    SIZE_T cch = cbDest / sizeof(WDK_CH);
    if (pszDest == NULL || pszFormat == NULL || cch == 0 || cch > NTSTRSAFE_MAX_CCH)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return WDK_STR(WdkStrsafeFormat)(pszDest, cch, &length, pszFormat, argList);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbVPrintfEx)(WDK_CH *pszDest,
                              SIZE_T cbDest,
                              WDK_CH **ppszDestEnd,
                              SIZE_T *pcbRemaining,
                              ULONG dwFlags,
                              const WDK_CH *pszFormat,
                              va_list argList)
{
    return WDK_STR(WdkStrsafeFormatEx)(pszDest, cbDest, ppszDestEnd, pcbRemaining, 1, dwFlags,
                                       pszFormat, argList);
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbPrintf)(WDK_CH *pszDest, SIZE_T cbDest, const WDK_CH *pszFormat, ...)
{
    va_list arguments;
    NTSTATUS status;
    va_start(arguments, pszFormat);
    status = WDK_STR(RtlStringCbVPrintf)(pszDest, cbDest, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTRSAFEDDI
WDK_STR(RtlStringCbPrintfEx)(WDK_CH *pszDest,
                             SIZE_T cbDest,
                             WDK_CH **ppszDestEnd,
                             SIZE_T *pcbRemaining,
                             ULONG dwFlags,
                             const WDK_CH *pszFormat,
                             ...)
{
    va_list arguments;
    NTSTATUS status;
    va_start(arguments, pszFormat);
    status = WDK_STR(WdkStrsafeFormatEx)(pszDest, cbDest, ppszDestEnd, pcbRemaining, 1, dwFlags,
                                         pszFormat, arguments);
    va_end(arguments);
    return status;
}
#endif

#endif

#undef WDK_STR
#undef WDK_CH
