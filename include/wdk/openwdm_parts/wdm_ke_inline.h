// SPDX-License-Identifier: MIT
// Owns the inline part of the kernel core: IRQL, spin lock macros, time, current thread, paging
// checks. Inside the kernel most of these are functions (wdm_ke_api.h), because gs: and cr8 of the
// host are not those of the virtual processor.
#ifndef OPENWDM_WDM_KE_INLINE_H
#define OPENWDM_WDM_KE_INLINE_H

#include <openwdm_parts/wdm_ke_api.h>
#include <openwdm_parts/wdm_rtl_inline.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define KeAcquireSpinLock(SpinLock, OldIrql)   *(OldIrql) = KeAcquireSpinLockRaiseToDpc(SpinLock)
#define KeRaiseIrql(a, b)                      *(b) = KfRaiseIrql(a)
#define KefAcquireSpinLockAtDpcLevel(SpinLock) KeAcquireSpinLockAtDpcLevel(SpinLock)
#if !defined(OPENWDM_KERNEL)
#define KefReleaseSpinLockFromDpcLevel(SpinLock) KeReleaseSpinLockFromDpcLevel(SpinLock)
#endif
#define KeInitializeCallbackRecord(CallbackRecord) ((CallbackRecord)->State = BufferEmpty)
#define KeFlushIoBuffers(Mdl, ReadOperation, DmaOperation) \
    ((VOID)(Mdl), (VOID)(ReadOperation), (VOID)(DmaOperation))
#define KeWaitForMutexObject KeWaitForSingleObject

    // Size is that of the whole array, whose blocks take what its head leaves.
    FORCEINLINE NTSTATUS
    KeInitializeTriageDumpDataArray(_Inout_ PKTRIAGE_DUMP_DATA_ARRAY KtriageDumpDataArray,
                                    _In_ ULONG Size)
    {
        ULONG head = (ULONG)FIELD_OFFSET(KTRIAGE_DUMP_DATA_ARRAY, Blocks);

        if (Size < head + sizeof(KADDRESS_RANGE))
            return STATUS_INVALID_PARAMETER;
        RtlZeroMemory(KtriageDumpDataArray, Size);
        InitializeListHead(&KtriageDumpDataArray->List);
        KtriageDumpDataArray->NumBlocksTotal = (Size - head) / (ULONG)sizeof(KADDRESS_RANGE);
        KtriageDumpDataArray->MaxDataSize = MAXULONG;
        return STATUS_SUCCESS;
    }

    FORCEINLINE VOID KeMemoryBarrier(VOID)
    {
        __faststorefence();
    }

#define KeMemoryBarrierWithoutFence() _ReadWriteBarrier()

#if !defined(OPENWDM_KERNEL)

    FORCEINLINE PKPCR KeGetPcr(VOID)
    {
        return (PKPCR)(ULONG_PTR)__readgsqword(0x18);
    }

    _IRQL_requires_max_(HIGH_LEVEL)
    _IRQL_saves_ FORCEINLINE KIRQL KeGetCurrentIrql(VOID)
    {
        return (KIRQL)__readcr8();
    }

    FORCEINLINE VOID KzLowerIrql(_In_ KIRQL NewIrql)
    {
        __writecr8(NewIrql);
    }

    FORCEINLINE KIRQL KzRaiseIrql(_In_ KIRQL NewIrql)
    {
        KIRQL oldIrql = KeGetCurrentIrql();

        __writecr8(NewIrql);
        return oldIrql;
    }

    FORCEINLINE VOID KeInitializeSpinLock(_Out_ PKSPIN_LOCK SpinLock)
    {
        *(volatile KSPIN_LOCK *)SpinLock = 0;
    }

    FORCEINLINE PKTHREAD KeGetCurrentThread(VOID)
    {
        return (PKTHREAD)(ULONG_PTR)__readgsqword(0x188);
    }

    FORCEINLINE ULONG KeGetCurrentProcessorNumber(VOID)
    {
        return (ULONG)__readgsdword(0x1a4);
    }

    FORCEINLINE ULONG KeGetCurrentProcessorIndex(VOID)
    {
        return (ULONG)__readgsdword(0x1a4);
    }

    // The three clocks are plain 64-bit reads: the writer keeps the halves in one aligned quadword
    // or updates them while no reader can run.
    FORCEINLINE VOID KeQuerySystemTime(_Out_ PLARGE_INTEGER CurrentTime)
    {
        CurrentTime->QuadPart = *(volatile LONG64 *)SharedSystemTime;
    }

    FORCEINLINE ULONGLONG KeQueryInterruptTime(VOID)
    {
        return *(volatile ULONG64 *)SharedInterruptTime;
    }

    FORCEINLINE VOID KeQueryTickCount(_Out_ PLARGE_INTEGER CurrentCount)
    {
        CurrentCount->QuadPart = *(volatile LONG64 *)SharedTickCount;
    }

    // x64 code may use SSE in the kernel without saving; these remain for source compatibility.
    FORCEINLINE NTSTATUS KeSaveFloatingPointState(_Out_ PKFLOATING_SAVE FloatSave)
    {
        UNREFERENCED_PARAMETER(FloatSave);
        return STATUS_SUCCESS;
    }

    FORCEINLINE NTSTATUS KeRestoreFloatingPointState(_In_ PKFLOATING_SAVE FloatSave)
    {
        UNREFERENCED_PARAMETER(FloatSave);
        return STATUS_SUCCESS;
    }

#endif

#if defined(DBG) && DBG && !defined(OPENWDM_KERNEL)
#define PAGED_ASSERT(exp) NT_ASSERT(exp)
#define PAGED_CODE()                                                                \
    do                                                                              \
    {                                                                               \
        if (KeGetCurrentIrql() > APC_LEVEL)                                         \
        {                                                                           \
            KdPrint(("EX: Pageable code called at IRQL %d\n", KeGetCurrentIrql())); \
            PAGED_ASSERT(FALSE);                                                    \
        }                                                                           \
    } while (0)
#else
#define PAGED_CODE() NOP_FUNCTION
#endif
#define PAGED_CODE_LOCKED() NOP_FUNCTION
#define ALLOC_PRAGMA        1
#define ALLOC_DATA_PRAGMA   1
#define CODE_SEG(...)       __attribute__((section(__VA_ARGS__)))

#ifdef __cplusplus
}
#endif

#endif
