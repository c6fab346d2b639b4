// SPDX-License-Identifier: MIT
// Owns the Interlocked names, which the kit maps to compiler intrinsics, and the ordered accesses.
#ifndef OPENWDM_WDM_INTERLOCKED_H
#define OPENWDM_WDM_INTERLOCKED_H

#include <openwdm_parts/wdm_ex_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define InterlockedAnd                           _InterlockedAnd
#define InterlockedAndAcquire                    _InterlockedAnd
#define InterlockedAndRelease                    _InterlockedAnd
#define InterlockedAndNoFence                    _InterlockedAnd
#define InterlockedOr                            _InterlockedOr
#define InterlockedOrAcquire                     _InterlockedOr
#define InterlockedOrRelease                     _InterlockedOr
#define InterlockedOrNoFence                     _InterlockedOr
#define InterlockedXor                           _InterlockedXor
#define InterlockedXorAcquire                    _InterlockedXor
#define InterlockedXorRelease                    _InterlockedXor
#define InterlockedXorNoFence                    _InterlockedXor
#define InterlockedIncrement                     _InterlockedIncrement
#define InterlockedIncrementAcquire              _InterlockedIncrement
#define InterlockedIncrementRelease              _InterlockedIncrement
#define InterlockedIncrementNoFence              _InterlockedIncrement
#define InterlockedDecrement                     _InterlockedDecrement
#define InterlockedDecrementAcquire              _InterlockedDecrement
#define InterlockedDecrementRelease              _InterlockedDecrement
#define InterlockedDecrementNoFence              _InterlockedDecrement
#define InterlockedExchange                      _InterlockedExchange
#define InterlockedExchangeAcquire               _InterlockedExchange
#define InterlockedExchangeNoFence               _InterlockedExchange
#define InterlockedExchangeAdd                   _InterlockedExchangeAdd
#define InterlockedExchangeAddAcquire            _InterlockedExchangeAdd
#define InterlockedExchangeAddRelease            _InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence            _InterlockedExchangeAdd
#define InterlockedCompareExchange               _InterlockedCompareExchange
#define InterlockedCompareExchangeAcquire        _InterlockedCompareExchange
#define InterlockedCompareExchangeRelease        _InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence        _InterlockedCompareExchange
#define InterlockedAnd64                         _InterlockedAnd64
#define InterlockedOr64                          _InterlockedOr64
#define InterlockedXor64                         _InterlockedXor64
#define InterlockedIncrement64                   _InterlockedIncrement64
#define InterlockedDecrement64                   _InterlockedDecrement64
#define InterlockedExchange64                    _InterlockedExchange64
#define InterlockedExchangeAdd64                 _InterlockedExchangeAdd64
#define InterlockedCompareExchange64             _InterlockedCompareExchange64
#define InterlockedCompareExchange64Acquire      _InterlockedCompareExchange64
#define InterlockedCompareExchange64Release      _InterlockedCompareExchange64
#define InterlockedCompareExchange128            _InterlockedCompareExchange128
#define InterlockedAnd8                          _InterlockedAnd8
#define InterlockedOr8                           _InterlockedOr8
#define InterlockedXor8                          _InterlockedXor8
#define InterlockedExchange8                     _InterlockedExchange8
#define InterlockedAnd16                         _InterlockedAnd16
#define InterlockedOr16                          _InterlockedOr16
#define InterlockedXor16                         _InterlockedXor16
#define InterlockedIncrement16                   _InterlockedIncrement16
#define InterlockedDecrement16                   _InterlockedDecrement16
#define InterlockedExchange16                    _InterlockedExchange16
#define InterlockedCompareExchange16             _InterlockedCompareExchange16
#define InterlockedExchangePointer               _InterlockedExchangePointer
#define InterlockedExchangePointerAcquire        _InterlockedExchangePointer
#define InterlockedExchangePointerNoFence        _InterlockedExchangePointer
#define InterlockedCompareExchangePointer        _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerAcquire _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence _InterlockedCompareExchangePointer
#define InterlockedBitTestAndSet                 _interlockedbittestandset
#define InterlockedBitTestAndReset               _interlockedbittestandreset
#define InterlockedBitTestAndSet64               _interlockedbittestandset64
#define InterlockedBitTestAndReset64             _interlockedbittestandreset64
#define BitTest                                  _bittest
#define BitTestAndComplement                     _bittestandcomplement
#define BitTestAndSet                            _bittestandset
#define BitTestAndReset                          _bittestandreset
#define BitTest64                                _bittest64
#define BitTestAndComplement64                   _bittestandcomplement64
#define BitTestAndSet64                          _bittestandset64
#define BitTestAndReset64                        _bittestandreset64
#define _BitTest64                               _bittest64
#define _BitTestAndComplement64                  _bittestandcomplement64
#define _BitTestAndSet64                         _bittestandset64
#define _BitTestAndReset64                       _bittestandreset64
#define BitScanForward                           _BitScanForward
#define BitScanReverse                           _BitScanReverse
#define BitScanForward64                         _BitScanForward64
#define BitScanReverse64                         _BitScanReverse64
#define PopulationCount64                        __popcnt64
#define InterlockedIncrementSizeT(a)             InterlockedIncrement64((LONG64 volatile *)(a))
#define InterlockedDecrementSizeT(a)             InterlockedDecrement64((LONG64 volatile *)(a))
#define InterlockedExchangeAddSizeT(a, b) \
    InterlockedExchangeAdd64((LONG64 volatile *)(a), (LONG64)(b))
#define InterlockedCompareExchangeUlong(d, e, c) \
    ((ULONG)_InterlockedCompareExchange((LONG volatile *)(d), (LONG)(e), (LONG)(c)))

    FORCEINLINE LONG InterlockedAdd(_Inout_ LONG volatile *Addend, _In_ LONG Value)
    {
        return _InterlockedExchangeAdd(Addend, Value) + Value;
    }

    FORCEINLINE LONG64 InterlockedAdd64(_Inout_ LONG64 volatile *Addend, _In_ LONG64 Value)
    {
        return _InterlockedExchangeAdd64(Addend, Value) + Value;
    }

#define InterlockedAddNoFence   InterlockedAdd
#define InterlockedAddAcquire   InterlockedAdd
#define InterlockedAddRelease   InterlockedAdd
#define InterlockedAddNoFence64 InterlockedAdd64

// SLISTs. The double-width compare and exchange lives in the kernel, so all forms are imports.
#define InterlockedPopEntrySList(Head)                 ExpInterlockedPopEntrySList(Head)
#define InterlockedPushEntrySList(Head, Entry)         ExpInterlockedPushEntrySList(Head, Entry)
#define InterlockedFlushSList(Head)                    ExpInterlockedFlushSList(Head)
#define QueryDepthSList(Head)                          ExQueryDepthSList(Head)
#define ExInitializeSListHead                          InitializeSListHead
#define ExInterlockedPopEntrySList(Head, Lock)         ExpInterlockedPopEntrySList(Head)
#define ExInterlockedPushEntrySList(Head, Entry, Lock) ExpInterlockedPushEntrySList(Head, Entry)
#define ExInterlockedFlushSList(Head)                  ExpInterlockedFlushSList(Head)
#define ExInterlockedExchangeUlong(Target, Value, Lock) \
    ((ULONG)_InterlockedExchange((LONG volatile *)(Target), (LONG)(Value)))
#define ExInterlockedIncrementLong(Addend, Lock) InterlockedIncrement(Addend)
#define ExInterlockedDecrementLong(Addend, Lock) InterlockedDecrement(Addend)
#define ExInterlockedAddLargeStatistic(Addend, Increment) \
    ((VOID)InterlockedAdd64(&(Addend)->QuadPart, Increment))
#define ExInterlockedCompareExchange64(Destination, Exchange, Comperand, Lock) \
    _InterlockedCompareExchange64(Destination, *(Exchange), *(Comperand))

// Ordered and unordered reads and writes. x64 orders plain accesses enough for all of them.
#define OPENWDM_ORDERED_ACCESS(Type, Suffix)                                                   \
    FORCEINLINE Type Read##Suffix##Acquire(_In_ Type const volatile *Source)                   \
    {                                                                                          \
        Type value = *Source;                                                                  \
        _ReadWriteBarrier();                                                                   \
        return value;                                                                          \
    }                                                                                          \
    FORCEINLINE Type Read##Suffix##NoFence(_In_ Type const volatile *Source)                   \
    {                                                                                          \
        return *Source;                                                                        \
    }                                                                                          \
    FORCEINLINE Type Read##Suffix##Raw(_In_ Type const volatile *Source)                       \
    {                                                                                          \
        return *Source;                                                                        \
    }                                                                                          \
    FORCEINLINE VOID Write##Suffix##Release(_Out_ Type volatile *Destination, _In_ Type Value) \
    {                                                                                          \
        _ReadWriteBarrier();                                                                   \
        *Destination = Value;                                                                  \
    }                                                                                          \
    FORCEINLINE VOID Write##Suffix##NoFence(_Out_ Type volatile *Destination, _In_ Type Value) \
    {                                                                                          \
        *Destination = Value;                                                                  \
    }                                                                                          \
    FORCEINLINE VOID Write##Suffix##Raw(_Out_ Type volatile *Destination, _In_ Type Value)     \
    {                                                                                          \
        *Destination = Value;                                                                  \
    }

    OPENWDM_ORDERED_ACCESS(CHAR, 8)
    OPENWDM_ORDERED_ACCESS(SHORT, 16)
    OPENWDM_ORDERED_ACCESS(LONG, )
    OPENWDM_ORDERED_ACCESS(LONG64, 64)
    OPENWDM_ORDERED_ACCESS(UCHAR, UChar)
    OPENWDM_ORDERED_ACCESS(USHORT, UShort)
    OPENWDM_ORDERED_ACCESS(ULONG, ULong)
    OPENWDM_ORDERED_ACCESS(ULONG64, ULong64)
    OPENWDM_ORDERED_ACCESS(BOOLEAN, Boolean)
    OPENWDM_ORDERED_ACCESS(INT32, Int32)
    OPENWDM_ORDERED_ACCESS(UINT32, UInt32)
    OPENWDM_ORDERED_ACCESS(PVOID, Pointer)

#define BarrierAfterRead() _ReadWriteBarrier()
#define MemoryBarrier()    __faststorefence()

#ifdef __cplusplus
}
#endif

#endif
