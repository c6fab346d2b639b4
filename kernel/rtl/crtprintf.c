// SPDX-License-Identifier: MIT
// The sprintf family of ntoskrnl.exe. The C names would collide with libc in this process, so the
// functions carry a prefix and the DDI table binds them by symbol. Termination follows Microsoft's
// documentation: _snprintf and its relatives leave a buffer that is exactly full without a
// terminator and return -1 when text was lost; the _s forms always terminate. Owns no state; any
// IRQL with resident arguments.
#include "rtlp.h"

#include "crt.h"

#define RTLP_TRUNCATE (~(SIZE_T)0)

// sprintf promises to write as much as it takes.
#define RTLP_UNLIMITED ((SIZE_T)MAXLONG)

static VOID
RtlpStoreAt(RTLP_SINK *Sink, SIZE_T Index, WCHAR Character)
{
    if (Sink->IsWide)
    {
        Sink->Wide[Index] = Character;
    }
    else
    {
        Sink->Narrow[Index] = (CHAR)Character;
    }
}

static BOOLEAN
RtlpSinkHasBuffer(const RTLP_SINK *Sink)
{
    return Sink->IsWide ? Sink->Wide != NULL : Sink->Narrow != NULL;
}

static int
RtlpPrintUnlimited(RTLP_SINK *Sink, const VOID *Format, RTLP_VA_LIST Arguments)
{
    Sink->Capacity = RTLP_UNLIMITED;
    RtlpFormatToSink(Sink, Format, Arguments);
    RtlpStoreAt(Sink, Sink->Count, 0);
    return (int)Sink->Count;
}

static int
RtlpPrintCounted(RTLP_SINK *Sink, SIZE_T Count, const VOID *Format, RTLP_VA_LIST Arguments)
{
    Sink->Capacity = RtlpSinkHasBuffer(Sink) ? Count : 0;
    RtlpFormatToSink(Sink, Format, Arguments);
    if (!RtlpSinkHasBuffer(Sink))
    {
        return Count == 0 ? (int)Sink->Count : -1;
    }
    if (Sink->Count < Count)
    {
        RtlpStoreAt(Sink, Sink->Count, 0);
    }
    return Sink->Count > Count ? -1 : (int)Sink->Count;
}

// Size is that of the buffer, Count the most characters wanted in front of the terminator.
static int
RtlpPrintSecure(RTLP_SINK *Sink,
                SIZE_T Size,
                SIZE_T Count,
                const VOID *Format,
                RTLP_VA_LIST Arguments)
{
    const BOOLEAN truncate = Count < Size || Count == RTLP_TRUNCATE;

    if (!RtlpSinkHasBuffer(Sink) || Size == 0 || Format == NULL)
    {
        return -1;
    }
    Sink->Capacity = Count < Size ? Count : Size - 1;
    RtlpFormatToSink(Sink, Format, Arguments);
    if (Sink->Count <= Sink->Capacity)
    {
        RtlpStoreAt(Sink, Sink->Count, 0);
        return (int)Sink->Count;
    }
    RtlpStoreAt(Sink, truncate ? Sink->Capacity : 0, 0);
    return -1;
}

// ---- narrow -----------------------------------------------------------------------------------

DDI int
RtlpCrt_vsprintf(char *Buffer, const char *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Narrow = Buffer};

    return RtlpPrintUnlimited(&sink, Format, Arguments);
}

DDI int
RtlpCrt_sprintf(char *Buffer, const char *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt_vsprintf(Buffer, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt__vsnprintf(char *Buffer, size_t Count, const char *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Narrow = Buffer};

    return RtlpPrintCounted(&sink, Count, Format, Arguments);
}

DDI int
RtlpCrt__snprintf(char *Buffer, size_t Count, const char *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt__vsnprintf(Buffer, Count, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt__vsnprintf_s(char *Buffer,
                     size_t Size,
                     size_t Count,
                     const char *Format,
                     RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Narrow = Buffer};

    return RtlpPrintSecure(&sink, Size, Count, Format, Arguments);
}

DDI int
RtlpCrt__snprintf_s(char *Buffer, size_t Size, size_t Count, const char *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt__vsnprintf_s(Buffer, Size, Count, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt_vsprintf_s(char *Buffer, size_t Size, const char *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Narrow = Buffer};

    return RtlpPrintSecure(&sink, Size, Size, Format, Arguments);
}

DDI int
RtlpCrt_sprintf_s(char *Buffer, size_t Size, const char *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt_vsprintf_s(Buffer, Size, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

// ---- wide -------------------------------------------------------------------------------------

DDI int
RtlpCrt__vswprintf(WCHAR *Buffer, const WCHAR *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Wide = Buffer, .IsWide = TRUE};

    return RtlpPrintUnlimited(&sink, Format, Arguments);
}

// The kernel's swprintf takes no size, unlike the one of the C standard.
DDI int
RtlpCrt_swprintf(WCHAR *Buffer, const WCHAR *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt__vswprintf(Buffer, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt__swprintf(WCHAR *Buffer, const WCHAR *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt__vswprintf(Buffer, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt__vsnwprintf(WCHAR *Buffer, size_t Count, const WCHAR *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Wide = Buffer, .IsWide = TRUE};

    return RtlpPrintCounted(&sink, Count, Format, Arguments);
}

DDI int
RtlpCrt__snwprintf(WCHAR *Buffer, size_t Count, const WCHAR *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt__vsnwprintf(Buffer, Count, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt__vsnwprintf_s(WCHAR *Buffer,
                      size_t Size,
                      size_t Count,
                      const WCHAR *Format,
                      RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Wide = Buffer, .IsWide = TRUE};

    return RtlpPrintSecure(&sink, Size, Count, Format, Arguments);
}

DDI int
RtlpCrt__snwprintf_s(WCHAR *Buffer, size_t Size, size_t Count, const WCHAR *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt__vsnwprintf_s(Buffer, Size, Count, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt_vswprintf_s(WCHAR *Buffer, size_t Size, const WCHAR *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.Wide = Buffer, .IsWide = TRUE};

    return RtlpPrintSecure(&sink, Size, Size, Format, Arguments);
}

DDI int
RtlpCrt_swprintf_s(WCHAR *Buffer, size_t Size, const WCHAR *Format, ...)
{
    RTLP_VA_LIST arguments;
    int result;

    RTLP_VA_START(arguments, Format);
    result = RtlpCrt_vswprintf_s(Buffer, Size, Format, arguments);
    RTLP_VA_END(arguments);
    return result;
}

DDI int
RtlpCrt__vscwprintf(const WCHAR *Format, RTLP_VA_LIST Arguments)
{
    RTLP_SINK sink = {.IsWide = TRUE};

    RtlpFormatToSink(&sink, Format, Arguments);
    return (int)sink.Count;
}
