// SPDX-License-Identifier: MIT
// Owns the x64 register context, exception records and the unwind types of RtlVirtualUnwind.
#ifndef OPENWDM_WDM_CONTEXT_H
#define OPENWDM_WDM_CONTEXT_H

#include <openwdm_parts/wdm_base.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define CONTEXT_AMD64           0x00100000L
#define CONTEXT_CONTROL         (CONTEXT_AMD64 | 0x00000001L)
#define CONTEXT_INTEGER         (CONTEXT_AMD64 | 0x00000002L)
#define CONTEXT_SEGMENTS        (CONTEXT_AMD64 | 0x00000004L)
#define CONTEXT_FLOATING_POINT  (CONTEXT_AMD64 | 0x00000008L)
#define CONTEXT_DEBUG_REGISTERS (CONTEXT_AMD64 | 0x00000010L)
#define CONTEXT_FULL            (CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_FLOATING_POINT)
#define CONTEXT_ALL                                                                  \
    (CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_SEGMENTS | CONTEXT_FLOATING_POINT | \
     CONTEXT_DEBUG_REGISTERS)
#define CONTEXT_XSTATE              (CONTEXT_AMD64 | 0x00000040L)
#define CONTEXT_KERNEL_CET          (CONTEXT_AMD64 | 0x00000080L)
#define CONTEXT_EXCEPTION_ACTIVE    0x08000000L
#define CONTEXT_SERVICE_ACTIVE      0x10000000L
#define CONTEXT_UNWOUND_TO_CALL     0x20000000L
#define CONTEXT_EXCEPTION_REQUEST   0x40000000L
#define CONTEXT_EXCEPTION_REPORTING 0x80000000L
#define INITIAL_MXCSR               0x1f80
#define INITIAL_FPCSR               0x027f

    typedef struct DECLSPEC_ALIGN(16) _XSAVE_FORMAT
    {
        USHORT ControlWord;
        USHORT StatusWord;
        UCHAR TagWord;
        UCHAR Reserved1;
        USHORT ErrorOpcode;
        ULONG ErrorOffset;
        USHORT ErrorSelector;
        USHORT Reserved2;
        ULONG DataOffset;
        USHORT DataSelector;
        USHORT Reserved3;
        ULONG MxCsr;
        ULONG MxCsr_Mask;
        M128A FloatRegisters[8];
        M128A XmmRegisters[16];
        UCHAR Reserved4[96];
    } XSAVE_FORMAT, *PXSAVE_FORMAT, XMM_SAVE_AREA32, *PXMM_SAVE_AREA32;

    typedef struct DECLSPEC_ALIGN(8) _XSAVE_AREA_HEADER
    {
        ULONG64 Mask;
        ULONG64 CompactionMask;
        ULONG64 Reserved2[6];
    } XSAVE_AREA_HEADER, *PXSAVE_AREA_HEADER;

    typedef struct DECLSPEC_ALIGN(16) _XSAVE_AREA
    {
        XSAVE_FORMAT LegacyState;
        XSAVE_AREA_HEADER Header;
    } XSAVE_AREA, *PXSAVE_AREA;

    typedef struct _XSTATE_CONTEXT
    {
        ULONG64 Mask;
        ULONG Length;
        UCHAR Flags;
        UCHAR Reserved0[3];
        PXSAVE_AREA Area;
        PVOID Buffer;
    } XSTATE_CONTEXT, *PXSTATE_CONTEXT;

    typedef struct _KERNEL_CET_CONTEXT
    {
        ULONG64 Ssp;
        ULONG64 Rip;
        USHORT SegCs;
        union
        {
            USHORT AllFlags;
            struct
            {
                USHORT UseWrss : 1;
                USHORT PopShadowStackOne : 1;
                USHORT Unused : 14;
            };
        };
        USHORT Fill[2];
    } KERNEL_CET_CONTEXT, *PKERNEL_CET_CONTEXT;

    typedef struct _XSTATE_SAVE
    {
        struct _XSTATE_SAVE *Prev;
        struct _KTHREAD *Thread;
        UCHAR Level;
        XSTATE_CONTEXT XStateContext;
    } XSTATE_SAVE, *PXSTATE_SAVE;

#define XSTATE_LEGACY_FLOATING_POINT      0
#define XSTATE_LEGACY_SSE                 1
#define XSTATE_GSSE                       2
#define XSTATE_AVX                        XSTATE_GSSE
#define XSTATE_MPX_BNDREGS                3
#define XSTATE_MPX_BNDCSR                 4
#define XSTATE_AVX512_KMASK               5
#define XSTATE_AVX512_ZMM_H               6
#define XSTATE_AVX512_ZMM                 7
#define XSTATE_IPT                        8
#define XSTATE_CET_U                      11
#define XSTATE_CET_S                      12
#define MAXIMUM_XSTATE_FEATURES           64
#define XSTATE_MASK_LEGACY_FLOATING_POINT (1ULL << XSTATE_LEGACY_FLOATING_POINT)
#define XSTATE_MASK_LEGACY_SSE            (1ULL << XSTATE_LEGACY_SSE)
#define XSTATE_MASK_LEGACY                (XSTATE_MASK_LEGACY_FLOATING_POINT | XSTATE_MASK_LEGACY_SSE)
#define XSTATE_MASK_GSSE                  (1ULL << XSTATE_GSSE)
#define XSTATE_MASK_AVX                   XSTATE_MASK_GSSE
#define XSTATE_MASK_AVX512 \
    ((1ULL << XSTATE_AVX512_KMASK) | (1ULL << XSTATE_AVX512_ZMM_H) | (1ULL << XSTATE_AVX512_ZMM))

    typedef struct DECLSPEC_ALIGN(16) _CONTEXT
    {
        ULONG64 P1Home;
        ULONG64 P2Home;
        ULONG64 P3Home;
        ULONG64 P4Home;
        ULONG64 P5Home;
        ULONG64 P6Home;
        ULONG ContextFlags;
        ULONG MxCsr;
        USHORT SegCs;
        USHORT SegDs;
        USHORT SegEs;
        USHORT SegFs;
        USHORT SegGs;
        USHORT SegSs;
        ULONG EFlags;
        ULONG64 Dr0;
        ULONG64 Dr1;
        ULONG64 Dr2;
        ULONG64 Dr3;
        ULONG64 Dr6;
        ULONG64 Dr7;
        ULONG64 Rax;
        ULONG64 Rcx;
        ULONG64 Rdx;
        ULONG64 Rbx;
        ULONG64 Rsp;
        ULONG64 Rbp;
        ULONG64 Rsi;
        ULONG64 Rdi;
        ULONG64 R8;
        ULONG64 R9;
        ULONG64 R10;
        ULONG64 R11;
        ULONG64 R12;
        ULONG64 R13;
        ULONG64 R14;
        ULONG64 R15;
        ULONG64 Rip;
        union
        {
            XMM_SAVE_AREA32 FltSave;
            struct
            {
                M128A Header[2];
                M128A Legacy[8];
                M128A Xmm0;
                M128A Xmm1;
                M128A Xmm2;
                M128A Xmm3;
                M128A Xmm4;
                M128A Xmm5;
                M128A Xmm6;
                M128A Xmm7;
                M128A Xmm8;
                M128A Xmm9;
                M128A Xmm10;
                M128A Xmm11;
                M128A Xmm12;
                M128A Xmm13;
                M128A Xmm14;
                M128A Xmm15;
            };
        };
        M128A VectorRegister[26];
        ULONG64 VectorControl;
        ULONG64 DebugControl;
        ULONG64 LastBranchToRip;
        ULONG64 LastBranchFromRip;
        ULONG64 LastExceptionToRip;
        ULONG64 LastExceptionFromRip;
    } CONTEXT, *PCONTEXT;

#define EXCEPTION_READ_FAULT         0
#define EXCEPTION_WRITE_FAULT        1
#define EXCEPTION_EXECUTE_FAULT      8
#define EXCEPTION_MAXIMUM_PARAMETERS 15

    typedef struct _EXCEPTION_RECORD
    {
        NTSTATUS ExceptionCode;
        ULONG ExceptionFlags;
        struct _EXCEPTION_RECORD *ExceptionRecord;
        PVOID ExceptionAddress;
        ULONG NumberParameters;
        ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
    } EXCEPTION_RECORD, *PEXCEPTION_RECORD;

    typedef struct _EXCEPTION_RECORD32
    {
        NTSTATUS ExceptionCode;
        ULONG ExceptionFlags;
        ULONG ExceptionRecord;
        ULONG ExceptionAddress;
        ULONG NumberParameters;
        ULONG ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
    } EXCEPTION_RECORD32, *PEXCEPTION_RECORD32;

    typedef struct _EXCEPTION_RECORD64
    {
        NTSTATUS ExceptionCode;
        ULONG ExceptionFlags;
        ULONG64 ExceptionRecord;
        ULONG64 ExceptionAddress;
        ULONG NumberParameters;
        ULONG __unusedAlignment;
        ULONG64 ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
    } EXCEPTION_RECORD64, *PEXCEPTION_RECORD64;

    typedef struct _EXCEPTION_POINTERS
    {
        PEXCEPTION_RECORD ExceptionRecord;
        PCONTEXT ContextRecord;
    } EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

    typedef EXCEPTION_DISPOSITION(NTAPI EXCEPTION_ROUTINE)(
        _Inout_ struct _EXCEPTION_RECORD *ExceptionRecord,
        _In_ PVOID EstablisherFrame,
        _Inout_ struct _CONTEXT *ContextRecord,
        _In_ PVOID DispatcherContext);
    typedef EXCEPTION_ROUTINE *PEXCEPTION_ROUTINE;

    typedef struct _RUNTIME_FUNCTION
    {
        ULONG BeginAddress;
        ULONG EndAddress;
        union
        {
            ULONG UnwindInfoAddress;
            ULONG UnwindData;
        };
    } RUNTIME_FUNCTION, *PRUNTIME_FUNCTION;

    typedef RUNTIME_FUNCTION IMAGE_RUNTIME_FUNCTION_ENTRY, *PIMAGE_RUNTIME_FUNCTION_ENTRY;

#define UNWIND_HISTORY_TABLE_SIZE   12
#define UNWIND_HISTORY_TABLE_NONE   0
#define UNWIND_HISTORY_TABLE_GLOBAL 1
#define UNWIND_HISTORY_TABLE_LOCAL  2
#define UNW_FLAG_NHANDLER           0x0
#define UNW_FLAG_EHANDLER           0x1
#define UNW_FLAG_UHANDLER           0x2
#define UNW_FLAG_CHAININFO          0x4

    typedef struct _UNWIND_HISTORY_TABLE_ENTRY
    {
        ULONG_PTR ImageBase;
        PRUNTIME_FUNCTION FunctionEntry;
    } UNWIND_HISTORY_TABLE_ENTRY, *PUNWIND_HISTORY_TABLE_ENTRY;

    typedef struct _UNWIND_HISTORY_TABLE
    {
        ULONG Count;
        UCHAR LocalHint;
        UCHAR GlobalHint;
        UCHAR Search;
        UCHAR Once;
        ULONG_PTR LowAddress;
        ULONG_PTR HighAddress;
        UNWIND_HISTORY_TABLE_ENTRY Entry[UNWIND_HISTORY_TABLE_SIZE];
    } UNWIND_HISTORY_TABLE, *PUNWIND_HISTORY_TABLE;

    typedef struct _DISPATCHER_CONTEXT
    {
        ULONG_PTR ControlPc;
        ULONG_PTR ImageBase;
        PRUNTIME_FUNCTION FunctionEntry;
        ULONG_PTR EstablisherFrame;
        ULONG_PTR TargetIp;
        PCONTEXT ContextRecord;
        PEXCEPTION_ROUTINE LanguageHandler;
        PVOID HandlerData;
        PUNWIND_HISTORY_TABLE HistoryTable;
        ULONG ScopeIndex;
        ULONG Fill0;
    } DISPATCHER_CONTEXT, *PDISPATCHER_CONTEXT;

    typedef struct _KNONVOLATILE_CONTEXT_POINTERS
    {
        union
        {
            PM128A FloatingContext[16];
            struct
            {
                PM128A Xmm0;
                PM128A Xmm1;
                PM128A Xmm2;
                PM128A Xmm3;
                PM128A Xmm4;
                PM128A Xmm5;
                PM128A Xmm6;
                PM128A Xmm7;
                PM128A Xmm8;
                PM128A Xmm9;
                PM128A Xmm10;
                PM128A Xmm11;
                PM128A Xmm12;
                PM128A Xmm13;
                PM128A Xmm14;
                PM128A Xmm15;
            };
        };
        union
        {
            PULONG64 IntegerContext[16];
            struct
            {
                PULONG64 Rax;
                PULONG64 Rcx;
                PULONG64 Rdx;
                PULONG64 Rbx;
                PULONG64 Rsp;
                PULONG64 Rbp;
                PULONG64 Rsi;
                PULONG64 Rdi;
                PULONG64 R8;
                PULONG64 R9;
                PULONG64 R10;
                PULONG64 R11;
                PULONG64 R12;
                PULONG64 R13;
                PULONG64 R14;
                PULONG64 R15;
            };
        };
    } KNONVOLATILE_CONTEXT_POINTERS, *PKNONVOLATILE_CONTEXT_POINTERS;

    typedef struct _SCOPE_TABLE_AMD64
    {
        ULONG Count;
        struct
        {
            ULONG BeginAddress;
            ULONG EndAddress;
            ULONG HandlerAddress;
            ULONG JumpTarget;
        } ScopeRecord[1];
    } SCOPE_TABLE_AMD64, *PSCOPE_TABLE_AMD64, SCOPE_TABLE, *PSCOPE_TABLE;

    typedef LONG(NTAPI *PEXCEPTION_FILTER)(struct _EXCEPTION_POINTERS *ExceptionPointers,
                                           PVOID EstablisherFrame);
    typedef VOID(NTAPI *PTERMINATION_HANDLER)(BOOLEAN AbnormalTermination, PVOID EstablisherFrame);
    typedef PRUNTIME_FUNCTION(NTAPI GET_RUNTIME_FUNCTION_CALLBACK)(_In_ ULONG64 ControlPc,
                                                                   _In_opt_ PVOID Context);
    typedef GET_RUNTIME_FUNCTION_CALLBACK *PGET_RUNTIME_FUNCTION_CALLBACK;

#ifdef __cplusplus
}
#endif

#endif
