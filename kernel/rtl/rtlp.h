// SPDX-License-Identifier: MIT
// Private to the run-time library: allocation, characters and code pages, the formatting engine.
#ifndef RTL_RTLP_H
#define RTL_RTLP_H

#include "rtl.h"

#define RTLP_MAXIMUM_STRING_BYTES  0xFFFFu
#define RTLP_MAXIMUM_UNICODE_BYTES 0xFFFEu

// ---- services ---------------------------------------------------------------------------------

PVOID
RtlpAllocateString(SIZE_T NumberOfBytes);

VOID RtlpFreeString(PVOID Buffer);

VOID RtlpRaiseStatus(NTSTATUS Status);

// ---- characters -------------------------------------------------------------------------------

WCHAR
RtlpUpcaseChar(WCHAR Character);

WCHAR
RtlpDowncaseChar(WCHAR Character);

// Upper case within ASCII and the ANSI code page.
UCHAR
RtlpUpcaseAnsiChar(UCHAR Character);

// The digit value of Character, or 255.
ULONG
RtlpDigitValue(WCHAR Character);

// ---- code pages -------------------------------------------------------------------------------

// A code page with one byte per character, or UTF-8.
typedef struct _RTLP_CODE_PAGE
{
    ULONG Number;
    const WCHAR *High; // Unicode of 0x80..0xFF; NULL: UTF-8
} RTLP_CODE_PAGE;

extern const RTLP_CODE_PAGE *RtlpAnsiCodePage;
extern const RTLP_CODE_PAGE *RtlpOemCodePage;

// One character of a single-byte code page; '?' and U+FFFD stand for what has no counterpart.
UCHAR
RtlpWideToByte(const RTLP_CODE_PAGE *CodePage, WCHAR Character);

WCHAR
RtlpByteToWide(const RTLP_CODE_PAGE *CodePage, UCHAR Character);

// Whole strings. At most Capacity bytes are stored (Target may be NULL: only counted); a character
// that does not fit whole ends the conversion. Returns the bytes stored, and in *Needed (may be
// NULL) the bytes that an unlimited buffer would have taken. *Malformed is
// set when U+FFFD had to stand for something, and otherwise left alone.
ULONG
RtlpWideToMultiByte(const RTLP_CODE_PAGE *CodePage,
                    const WCHAR *Source,
                    ULONG SourceBytes,
                    CHAR *Target,
                    ULONG Capacity,
                    PULONG Needed,
                    PBOOLEAN Malformed);

ULONG
RtlpMultiByteToWide(const RTLP_CODE_PAGE *CodePage,
                    const CHAR *Source,
                    ULONG SourceBytes,
                    WCHAR *Target,
                    ULONG Capacity,
                    PULONG Needed,
                    PBOOLEAN Malformed);

const RTLP_CODE_PAGE *RtlpUtf8CodePage(VOID);

// Decodes one character. Malformed input yields U+FFFD, sets *Malformed and consumes the longest
// prefix that could not be continued. Returns the bytes consumed (at least 1; Left is not 0).
ULONG
RtlpDecodeUtf8(const UCHAR *Source, ULONG Left, PULONG Character, PBOOLEAN Malformed);

// One character of any code page, with the rules of RtlpDecodeUtf8.
ULONG
RtlpDecodeCharacter(const RTLP_CODE_PAGE *CodePage,
                    const UCHAR *Source,
                    ULONG Left,
                    PULONG Character,
                    PBOOLEAN Malformed);

// Whether CodePage has Character, so that no '?' would stand for it. UTF-8 has every one.
BOOLEAN
RtlpHasCharacter(const RTLP_CODE_PAGE *CodePage, WCHAR Character);

// Encodes a scalar value; returns 1 to 4.
ULONG
RtlpEncodeUtf8(ULONG Character, UCHAR Bytes[4]);

// ---- strings ----------------------------------------------------------------------------------

SIZE_T
RtlpLength(const CHAR *String);

SIZE_T
RtlpWideLength(const WCHAR *String);

// ---- formatting -------------------------------------------------------------------------------

// Where formatted text goes: exactly one of Narrow and Wide is not NULL unless only the length is
// wanted. Count keeps growing beyond Capacity, so it is the length an unlimited buffer would hold.
typedef struct _RTLP_SINK
{
    CHAR *Narrow;
    WCHAR *Wide;
    SIZE_T Capacity; // in characters
    SIZE_T Count;
    BOOLEAN IsWide;
    BOOLEAN NoFloat; // DbgPrint and its relatives print no floating-point values
} RTLP_SINK;

VOID RtlpSinkByte(RTLP_SINK *Sink, UCHAR Character);

VOID RtlpSinkWide(RTLP_SINK *Sink, WCHAR Character);

// One conversion specification.
typedef struct _RTLP_SPEC
{
    BOOLEAN LeftAlign;
    BOOLEAN ZeroFill;
    BOOLEAN Alternate;
    CHAR Sign; // ' ', '+' or 0: printed in front of positive numbers
    LONG Width;
    LONG Precision; // -1: none given
    CHAR Size;      // 0, 'b' hh, 'h', 'l', 'w', 'q' 64 bits, 'd' 32 bits, 'L'
    WCHAR Type;
} RTLP_SPEC;

// Format is CHAR or WCHAR text, as Sink->IsWide tells.
VOID RtlpFormatToSink(RTLP_SINK *Sink, const VOID *Format, RTLP_VA_LIST Arguments);

// Text of a number, padded and signed as Spec wants. Prefix is "", "-", "0x" and so on.
VOID RtlpSinkNumber(RTLP_SINK *Sink,
                    const RTLP_SPEC *Spec,
                    const CHAR *Prefix,
                    const CHAR *Digits,
                    ULONG DigitCount);

VOID RtlpSinkFloat(RTLP_SINK *Sink, const RTLP_SPEC *Spec, ULONG64 Bits);

#endif
