// SPDX-License-Identifier: MIT
// x64 stack unwinding with .pdata and .xdata for the exception dispatcher (kernel/ke), stack walks
// and reports. Unwind data belongs to driver images and is never trusted.
#ifndef RTL_UNWIND_H
#define RTL_UNWIND_H

#include <wdm.h>

// ---- inverted function table: which image owns an address ------------------------------------

// Registers the image [Base, Base + Size) and its exception directory. Table may be NULL with
// Count == 0 for an image without one: RtlPcToFileHeader still finds it. Every image is inserted,
// the kernel's own ELF code never is. FALSE when the table is full, the range overlaps another one
// or Table does not lie inside the image.
BOOLEAN
RtlInsertFunctionTable(ULONG64 Base, ULONG Size, const RUNTIME_FUNCTION *Table, ULONG Count);

// Forgets the image at Base; FALSE when it is unknown.
BOOLEAN
RtlRemoveFunctionTable(ULONG64 Base);

// Tells that [Rva, Rva + Size) of the image at Base is no longer readable (INIT sections after
// DriverEntry), so that damaged unwind data cannot lead a read there. At most
// RTLP_EXCLUDED_RANGES per image; FALSE beyond, or when Base is unknown.
#define RTLP_EXCLUDED_RANGES 8
BOOLEAN
RtlExcludeFunctionTableRange(ULONG64 Base, ULONG Rva, ULONG Size);

// Base and size of the image that contains Pc. FALSE, outputs untouched, when none does.
BOOLEAN
RtlLookupImage(ULONG64 Pc, PULONG64 Base, PULONG Size);

// Exports of ntoskrnl.exe that drivers and the dispatcher share (they repeat what wdm.h may say).
NTSYSAPI PRUNTIME_FUNCTION NTAPI
RtlLookupFunctionEntry(_In_ ULONG64 ControlPc,
                       _Out_ PULONG64 ImageBase,
                       _Inout_opt_ PUNWIND_HISTORY_TABLE HistoryTable);

NTSYSAPI PEXCEPTION_ROUTINE NTAPI
RtlVirtualUnwind(_In_ ULONG HandlerType,
                 _In_ ULONG64 ImageBase,
                 _In_ ULONG64 ControlPc,
                 _In_ PRUNTIME_FUNCTION FunctionEntry,
                 _Inout_ PCONTEXT ContextRecord,
                 _Out_ PVOID *HandlerData,
                 _Out_ PULONG64 EstablisherFrame,
                 _Inout_opt_ PKNONVOLATILE_CONTEXT_POINTERS ContextPointers);

NTSYSAPI PVOID NTAPI RtlPcToFileHeader(_In_ PVOID PcValue, _Out_ PVOID *BaseOfImage);

// ---- one frame -------------------------------------------------------------------------------

// Limits of the stack that may be read. HighLimit == 0: not known, reads are not checked.
typedef struct _RTLP_STACK_LIMITS
{
    ULONG64 LowLimit;
    ULONG64 HighLimit;
} RTLP_STACK_LIMITS;

// What RtlUnwindFrame found out about a frame.
typedef struct _RTLP_UNWIND_RESULT
{
    PEXCEPTION_ROUTINE Handler; // NULL: none of the type asked for, or Pc in prologue or epilogue
    PVOID HandlerData;          // follows the handler's RVA; valid when Handler != NULL
    ULONG64 EstablisherFrame;
    BOOLEAN InEpilogue;
    BOOLEAN InPrologue;
    BOOLEAN MachineFrame; // the frame was made by a trap: Rip is the faulting instruction itself
} RTLP_UNWIND_RESULT;

// Unwinds Context, which is inside FunctionEntry (NULL: a leaf function), by one frame: afterwards
// it describes the caller. HandlerType is UNW_FLAG_NHANDLER, EHANDLER or UHANDLER. The RVAs in the
// unwind data are checked against the image that contains ImageBase, stack reads against Limits
// (may be NULL). On failure Context, Result and Pointers are unchanged. Returns
// STATUS_SUCCESS, STATUS_BAD_FUNCTION_TABLE (damaged or unknown unwind data) or STATUS_BAD_STACK.
NTSTATUS
RtlUnwindFrame(ULONG HandlerType,
               ULONG64 ImageBase,
               ULONG64 ControlPc,
               const RUNTIME_FUNCTION *FunctionEntry,
               const RTLP_STACK_LIMITS *Limits,
               PCONTEXT Context,
               RTLP_UNWIND_RESULT *Result,
               PKNONVOLATILE_CONTEXT_POINTERS Pointers);

// Unwinds Context to its caller, looking the function up first (leaf functions included). ControlPc
// is Context->Rip.
NTSTATUS
RtlUnwindOneFrame(const RTLP_STACK_LIMITS *Limits, PCONTEXT Context);

// Collects the return addresses above Context, as RtlCaptureStackBackTrace does, as long as frames
// belong to registered images. Context is consumed. Returns the number stored.
ULONG
RtlWalkFrames(const RTLP_STACK_LIMITS *Limits,
              PCONTEXT Context,
              ULONG FramesToSkip,
              PVOID *Frames,
              ULONG Count);

// The entry of the function that FunctionEntry is a part of: follows chained unwind information to
// its end. NULL when the data is damaged.
const RUNTIME_FUNCTION *
RtlPrimaryFunctionEntry(ULONG64 ImageBase, const RUNTIME_FUNCTION *FunctionEntry);

#endif
