// SPDX-License-Identifier: MIT
// Owns the inline part of the run-time library: lists, memory, unaligned access, asserts, debug
// output macros.
#ifndef OPENWDM_WDM_RTL_INLINE_H
#define OPENWDM_WDM_RTL_INLINE_H

#include <openwdm_parts/wdm_rtl_api.h>
#include <openwdm_parts/wdm_data.h>
#include <openwdm_parts/wdm_interlocked.h>
#if !defined(OPENWDM_KERNEL)
#include <string.h>
#endif

#ifdef __cplusplus
extern "C"
{
#endif

#if !defined(OPENWDM_KERNEL)
#define RtlCopyMemory(Destination, Source, Length) memcpy((Destination), (Source), (Length))
#define RtlMoveMemory(Destination, Source, Length) memmove((Destination), (Source), (Length))
#define RtlFillMemory(Destination, Length, Fill)   memset((Destination), (Fill), (Length))
#define RtlZeroMemory(Destination, Length)         memset((Destination), 0, (Length))
#define RtlCopyMemoryNonTemporal                   RtlCopyMemory
#define RtlUlongByteSwap(Source)                   _byteswap_ulong((ULONG)(Source))
#define RtlUlonglongByteSwap(Source)               _byteswap_uint64((ULONGLONG)(Source))
#define RtlUshortByteSwap(Source)                  _byteswap_ushort((USHORT)(Source))
#endif
#define RtlCopyBytes RtlCopyMemory
#define RtlZeroBytes RtlZeroMemory
#define RtlFillBytes RtlFillMemory
#define RtlFillMemoryNonTemporal(Destination, Length, Value) \
    RtlFillMemory((Destination), (Length), (Value))
#define RtlEqualMemory(Destination, Source, Length) \
    (!__builtin_memcmp((Destination), (Source), (Length)))
#define RtlInlineEqualMemory RtlEqualMemory

    FORCEINLINE PVOID RtlSecureZeroMemory(_Out_writes_bytes_all_(cnt) PVOID ptr, _In_ SIZE_T cnt)
    {
        volatile char *byte = (volatile char *)ptr;

        while (cnt-- != 0)
        {
            *byte++ = 0;
        }
        return ptr;
    }

    FORCEINLINE BOOLEAN RtlConstantTimeEqualMemory(_In_reads_bytes_(len) const VOID *v1,
                                                   _In_reads_bytes_(len) const VOID *v2,
                                                   ULONG len)
    {
        const volatile char *left = (const volatile char *)v1;
        const volatile char *right = (const volatile char *)v2;
        char difference = 0;

        for (ULONG i = 0; i < len; i++)
        {
            difference = (char)(difference | (left[i] ^ right[i]));
        }
        return (BOOLEAN)(difference == 0);
    }

    // A list whose neighbours disagree was overwritten; continuing would hand control to whoever
    // did it.
    FORCEINLINE VOID FatalListEntryError(_In_ PVOID P1, _In_ PVOID P2, _In_ PVOID P3)
    {
        UNREFERENCED_PARAMETER(P1);
        UNREFERENCED_PARAMETER(P2);
        UNREFERENCED_PARAMETER(P3);
        RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
    }

    FORCEINLINE VOID RtlpCheckListEntry(_In_ PLIST_ENTRY Entry)
    {
        if ((Entry->Flink->Blink != Entry) || (Entry->Blink->Flink != Entry))
        {
            FatalListEntryError((PVOID)Entry->Blink, (PVOID)Entry, (PVOID)Entry->Flink);
        }
    }

    FORCEINLINE VOID InitializeListHead(_Out_ PLIST_ENTRY ListHead)
    {
        ListHead->Flink = ListHead->Blink = ListHead;
    }

    _Must_inspect_result_
    FORCEINLINE BOOLEAN IsListEmpty(_In_ const LIST_ENTRY *ListHead)
    {
        return (BOOLEAN)(ListHead->Flink == ListHead);
    }

    FORCEINLINE BOOLEAN RemoveEntryListUnsafe(_In_ PLIST_ENTRY Entry)
    {
        PLIST_ENTRY next = Entry->Flink;
        PLIST_ENTRY previous = Entry->Blink;

        previous->Flink = next;
        next->Blink = previous;
        return (BOOLEAN)(next == previous);
    }

    FORCEINLINE BOOLEAN RemoveEntryList(_In_ PLIST_ENTRY Entry)
    {
        PLIST_ENTRY next = Entry->Flink;
        PLIST_ENTRY previous = Entry->Blink;

        if ((next->Blink != Entry) || (previous->Flink != Entry))
        {
            FatalListEntryError((PVOID)previous, (PVOID)Entry, (PVOID)next);
        }
        previous->Flink = next;
        next->Blink = previous;
        return (BOOLEAN)(next == previous);
    }

    FORCEINLINE PLIST_ENTRY RemoveHeadList(_Inout_ PLIST_ENTRY ListHead)
    {
        PLIST_ENTRY entry = ListHead->Flink;
        PLIST_ENTRY next = entry->Flink;

        if ((entry->Blink != ListHead) || (next->Blink != entry))
        {
            FatalListEntryError((PVOID)ListHead, (PVOID)entry, (PVOID)next);
        }
        ListHead->Flink = next;
        next->Blink = ListHead;
        return entry;
    }

    FORCEINLINE PLIST_ENTRY RemoveTailList(_Inout_ PLIST_ENTRY ListHead)
    {
        PLIST_ENTRY entry = ListHead->Blink;
        PLIST_ENTRY previous = entry->Blink;

        if ((entry->Flink != ListHead) || (previous->Flink != entry))
        {
            FatalListEntryError((PVOID)previous, (PVOID)entry, (PVOID)ListHead);
        }
        ListHead->Blink = previous;
        previous->Flink = ListHead;
        return entry;
    }

    FORCEINLINE VOID InsertTailList(_Inout_ PLIST_ENTRY ListHead, _Out_ PLIST_ENTRY Entry)
    {
        PLIST_ENTRY previous = ListHead->Blink;

        if (previous->Flink != ListHead)
        {
            FatalListEntryError((PVOID)previous, (PVOID)ListHead, (PVOID)previous->Flink);
        }
        Entry->Flink = ListHead;
        Entry->Blink = previous;
        previous->Flink = Entry;
        ListHead->Blink = Entry;
    }

    FORCEINLINE VOID InsertHeadList(_Inout_ PLIST_ENTRY ListHead, _Out_ PLIST_ENTRY Entry)
    {
        PLIST_ENTRY next = ListHead->Flink;

        if (next->Blink != ListHead)
        {
            FatalListEntryError((PVOID)ListHead, (PVOID)next, (PVOID)next->Blink);
        }
        Entry->Flink = next;
        Entry->Blink = ListHead;
        next->Blink = Entry;
        ListHead->Flink = Entry;
    }

    FORCEINLINE VOID AppendTailList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY ListToAppend)
    {
        PLIST_ENTRY listEnd = ListHead->Blink;

        RtlpCheckListEntry(ListHead);
        RtlpCheckListEntry(ListToAppend);
        ListHead->Blink->Flink = ListToAppend;
        ListHead->Blink = ListToAppend->Blink;
        ListToAppend->Blink->Flink = ListHead;
        ListToAppend->Blink = listEnd;
    }

    FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead)
    {
        PSINGLE_LIST_ENTRY first = ListHead->Next;

        if (first != NULL)
        {
            ListHead->Next = first->Next;
        }
        return first;
    }

    FORCEINLINE VOID PushEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead,
                                   _Inout_ PSINGLE_LIST_ENTRY Entry)
    {
        Entry->Next = ListHead->Next;
        ListHead->Next = Entry;
    }

    FORCEINLINE VOID RtlInitEmptyUnicodeString(_Out_ PUNICODE_STRING UnicodeString,
                                               _Writable_bytes_(BufferSize) PWCHAR Buffer,
                                               _In_ USHORT BufferSize)
    {
        UnicodeString->Length = 0;
        UnicodeString->MaximumLength = BufferSize;
        UnicodeString->Buffer = Buffer;
    }

    FORCEINLINE VOID RtlInitEmptyAnsiString(_Out_ PANSI_STRING AnsiString,
                                            _Writable_bytes_(BufferSize) PCHAR Buffer,
                                            _In_ USHORT BufferSize)
    {
        AnsiString->Length = 0;
        AnsiString->MaximumLength = BufferSize;
        AnsiString->Buffer = Buffer;
    }

#define RtlUnicodeStringToAnsiSize(STRING)                      \
    (NLS_MB_CODE_PAGE_TAG ? RtlxUnicodeStringToAnsiSize(STRING) \
                          : ((STRING)->Length + sizeof(UNICODE_NULL)) / sizeof(WCHAR))
#define RtlAnsiStringToUnicodeSize(STRING)                      \
    (NLS_MB_CODE_PAGE_TAG ? RtlxAnsiStringToUnicodeSize(STRING) \
                          : ((STRING)->Length + sizeof(ANSI_NULL)) * sizeof(WCHAR))
#define RtlIntPtrToUnicodeString(Value, Base, String) \
    (RtlInt64ToUnicodeString((ULONGLONG)(Value), (Base), (String)))
#define RtlCheckBit(BMH, BP) ((((BMH)->Buffer[(BP) / 32]) >> ((BP) % 32)) & 0x1)

    // What lies behind the string must not leave the kernel with it.
    FORCEINLINE VOID RtlSanitizeUnicodeStringPadding(_Inout_ PUNICODE_STRING String)
    {
        if (String->MaximumLength > String->Length)
        {
            __builtin_memset((PCHAR)String->Buffer + String->Length, 0,
                             (SIZE_T)(String->MaximumLength - String->Length));
        }
    }

#define RtlEqualLuid(L1, L2) \
    (((L1)->LowPart == (L2)->LowPart) && ((L1)->HighPart == (L2)->HighPart))
#define RtlIsZeroLuid(L1) ((BOOLEAN)(((L1)->LowPart | (ULONG)(L1)->HighPart) == 0))

    FORCEINLINE LARGE_INTEGER RtlConvertLongToLargeInteger(_In_ LONG SignedInteger)
    {
        LARGE_INTEGER value;

        value.QuadPart = SignedInteger;
        return value;
    }

    FORCEINLINE LARGE_INTEGER RtlConvertUlongToLargeInteger(_In_ ULONG UnsignedInteger)
    {
        LARGE_INTEGER value;

        value.QuadPart = UnsignedInteger;
        return value;
    }

    FORCEINLINE LUID RtlConvertLongToLuid(_In_ LONG Long)
    {
        LUID luid;

        luid.LowPart = (ULONG)Long;
        luid.HighPart = Long < 0 ? -1 : 0;
        return luid;
    }

    FORCEINLINE LUID RtlConvertUlongToLuid(_In_ ULONG Ulong)
    {
        LUID luid;

        luid.LowPart = Ulong;
        luid.HighPart = 0;
        return luid;
    }

// x64 reads and writes unaligned data; the copy only keeps the compiler from assuming alignment.
#define RtlStoreUshort(ADDRESS, VALUE)                                      \
    do                                                                      \
    {                                                                       \
        USHORT openwdmValue_ = (USHORT)(VALUE);                             \
        __builtin_memcpy((PVOID)(ADDRESS), &openwdmValue_, sizeof(USHORT)); \
    } while (0)
#define RtlStoreUlong(ADDRESS, VALUE)                                      \
    do                                                                     \
    {                                                                      \
        ULONG openwdmValue_ = (ULONG)(VALUE);                              \
        __builtin_memcpy((PVOID)(ADDRESS), &openwdmValue_, sizeof(ULONG)); \
    } while (0)
#define RtlStoreUlonglong(ADDRESS, VALUE)                                      \
    do                                                                         \
    {                                                                          \
        ULONGLONG openwdmValue_ = (ULONGLONG)(VALUE);                          \
        __builtin_memcpy((PVOID)(ADDRESS), &openwdmValue_, sizeof(ULONGLONG)); \
    } while (0)
#define RtlStoreUlongPtr(ADDRESS, VALUE) RtlStoreUlonglong(ADDRESS, VALUE)
#define RtlRetrieveUshort(DEST_ADDRESS, SRC_ADDRESS) \
    __builtin_memcpy((PVOID)(DEST_ADDRESS), (PVOID)(SRC_ADDRESS), sizeof(USHORT))
#define RtlRetrieveUlong(DEST_ADDRESS, SRC_ADDRESS) \
    __builtin_memcpy((PVOID)(DEST_ADDRESS), (PVOID)(SRC_ADDRESS), sizeof(ULONG))

#if !defined(OPENWDM_KERNEL)
    FORCEINLINE PSLIST_ENTRY FirstEntrySList(_In_ const SLIST_HEADER *SListHead)
    {
        return (PSLIST_ENTRY)(ULONG_PTR)(SListHead->HeaderX64.NextEntry << 4);
    }
#endif

#if defined(DBG) && DBG
#define KdPrint(_x_)              DbgPrint _x_
#define KdPrintEx(_x_)            DbgPrintEx _x_
#define vKdPrintEx(_x_)           vDbgPrintEx _x_
#define KdBreakPoint()            DbgBreakPoint()
#define KdBreakPointWithStatus(s) DbgBreakPointWithStatus(s)
#else
#define KdPrint(_x_)
#define KdPrintEx(_x_)
#define vKdPrintEx(_x_)
#define KdBreakPoint()
#define KdBreakPointWithStatus(s)
#endif

#if !defined(OPENWDM_KERNEL)
#if defined(DBG) && DBG
#define NT_ANALYSIS_ASSUME(_exp)         ((_exp) ? 0 : 0)
#define NT_ASSERT_ACTION(_exp)           ((!(_exp)) ? (__int2c(), FALSE) : TRUE)
#define NT_ASSERTMSG_ACTION(_msg, _exp)  NT_ASSERT_ACTION(_exp)
#define NT_ASSERTMSGW_ACTION(_msg, _exp) NT_ASSERT_ACTION(_exp)
#define ASSERT(exp) \
    ((!(exp)) ? (RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, NULL), FALSE) : TRUE)
#define ASSERTMSG(msg, exp) \
    ((!(exp)) ? (RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, (PCHAR)(msg)), FALSE) : TRUE)
#define RTL_SOFT_ASSERT(_exp)                                                              \
    ((!(_exp)) ? (DbgPrint("%s(%d): Soft assertion failed\n   Expression: %s\n", __FILE__, \
                           __LINE__, #_exp),                                               \
                  FALSE)                                                                   \
               : TRUE)
#define RTL_SOFT_ASSERTMSG(_msg, _exp) RTL_SOFT_ASSERT(_exp)
#define NT_VERIFY                      NT_ASSERT
#define NT_VERIFYMSG                   NT_ASSERTMSG
#define RTL_VERIFY(exp)                ASSERT(exp)
#define RTL_VERIFYMSG(msg, exp)        ASSERTMSG(msg, exp)
#define RTL_SOFT_VERIFY                RTL_SOFT_ASSERT
#define NT_ASSERT(exp)                 NT_ASSERT_ACTION(exp)
#define NT_ASSERTMSG(msg, exp)         NT_ASSERTMSG_ACTION(msg, exp)
#define NT_ASSERTMSGW(msg, exp)        NT_ASSERTMSGW_ACTION(msg, exp)
#else
#define ASSERT(exp)                    ((void)0)
#define ASSERTMSG(msg, exp)            ((void)0)
#define RTL_SOFT_ASSERT(_exp)          ((void)0)
#define RTL_SOFT_ASSERTMSG(_msg, _exp) ((void)0)
#define RTL_VERIFY(_exp)               ((_exp) ? TRUE : FALSE)
#define RTL_VERIFYMSG(_msg, _exp)      ((_exp) ? TRUE : FALSE)
#define RTL_SOFT_VERIFY(_exp)          ((_exp) ? TRUE : FALSE)
#define NT_VERIFY(_exp)                ((_exp) ? TRUE : FALSE)
#define NT_VERIFYMSG(_msg, _exp)       ((_exp) ? TRUE : FALSE)
#define NT_ASSERT(exp)                 ((void)0)
#define NT_ASSERTMSG(msg, exp)         ((void)0)
#define NT_ASSERTMSGW(msg, exp)        ((void)0)
#endif
#define NT_ASSERT_ASSUME(_exp) NT_ASSERT(_exp)
#define NT_FRE_ASSERT(_exp)    ((!(_exp)) ? (__int2c(), FALSE) : TRUE)
#endif

#ifdef __cplusplus
}
#endif

#endif
