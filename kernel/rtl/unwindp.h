// SPDX-License-Identifier: MIT
// Private to the unwinder: images, decoded unwind information, and the frame being worked on.
#ifndef RTL_UNWINDP_H
#define RTL_UNWINDP_H

#include "unwind.h"

typedef struct _RTLP_RANGE
{
    ULONG Rva;
    ULONG Size;
} RTLP_RANGE;

// One registered image.
typedef struct _RTLP_IMAGE
{
    ULONG64 Base;
    ULONG Size;
    ULONG Count; // entries of Table
    const RUNTIME_FUNCTION *Table;
    RTLP_RANGE Excluded[RTLP_EXCLUDED_RANGES];
    ULONG ExcludedCount;
} RTLP_IMAGE;

// The image that contains Pc, or NULL.
const RTLP_IMAGE *RtlpFindImage(ULONG64 Pc);

// Size bytes at Rva, or NULL unless all of them are readable parts of the image.
const UCHAR *RtlpImageBytes(const RTLP_IMAGE *Image, ULONG64 Rva, ULONG Size);

// The entry whose range contains Pc, indirect entries resolved; NULL for leaf functions.
const RUNTIME_FUNCTION *RtlpFindFunction(const RTLP_IMAGE *Image, ULONG64 Pc);

// Operations of unwind codes (x64 exception handling, "Unwind operation code").
enum
{
    RTLP_UWOP_PUSH_NONVOL = 0,
    RTLP_UWOP_ALLOC_LARGE = 1,
    RTLP_UWOP_ALLOC_SMALL = 2,
    RTLP_UWOP_SET_FPREG = 3,
    RTLP_UWOP_SAVE_NONVOL = 4,
    RTLP_UWOP_SAVE_NONVOL_FAR = 5,
    RTLP_UWOP_EPILOG = 6, // version 2; version 1 used it to save the low half of an XMM register
    RTLP_UWOP_SPARE = 7,  // version 2; version 1: the same with a far offset
    RTLP_UWOP_SAVE_XMM128 = 8,
    RTLP_UWOP_SAVE_XMM128_FAR = 9,
    RTLP_UWOP_PUSH_MACHFRAME = 10
};

// Unwind information after validation: every code is complete and inside the image.
typedef struct _RTLP_UNWIND_INFO
{
    UCHAR Version;
    UCHAR Flags;
    UCHAR SizeOfProlog;
    UCHAR CountOfCodes;
    UCHAR FrameRegister;
    UCHAR FrameOffset;  // in units of 16 bytes
    const UCHAR *Codes; // two bytes each: prologue offset; operation | information << 4
    const UCHAR *Tail;  // handler RVA or chained RUNTIME_FUNCTION; NULL when Flags has neither
} RTLP_UNWIND_INFO;

// One decoded code.
typedef struct _RTLP_UNWIND_CODE
{
    UCHAR CodeOffset;
    UCHAR Operation;
    UCHAR Information;
    UCHAR Slots;
    ULONG Operand; // bytes: size of an allocation, offset of a save
} RTLP_UNWIND_CODE;

BOOLEAN
RtlpReadUnwindInfo(const RTLP_IMAGE *Image, ULONG UnwindData, RTLP_UNWIND_INFO *Info);

// Decodes code number Index; FALSE when it is malformed or runs past the end of the codes.
BOOLEAN
RtlpDecodeUnwindCode(const RTLP_UNWIND_INFO *Info, ULONG Index, RTLP_UNWIND_CODE *Code);

// What the rest of an epilogue does, decoded from its instructions.
typedef struct _RTLP_EPILOGUE
{
    UCHAR AdjustRegister; // 4 (rsp) for add rsp, else the base of lea rsp
    LONG Adjust;
    UCHAR PopCount;
    UCHAR Pops[16];
    USHORT ReturnBytes; // of ret imm16
} RTLP_EPILOGUE;

// TRUE if the instructions from Pc on are the rest of an epilogue of Function.
BOOLEAN
RtlpDecodeEpilogue(const RTLP_IMAGE *Image,
                   const RUNTIME_FUNCTION *Function,
                   const RTLP_UNWIND_INFO *Info,
                   ULONG64 Pc,
                   RTLP_EPILOGUE *Epilogue);

#endif
