// SPDX-License-Identifier: MIT
// Owns the inline part of the I/O manager, objects and power: stack locations, completion and
// cancel routines, remove locks, reference macros.
#ifndef OPENWDM_WDM_IO_INLINE_H
#define OPENWDM_WDM_IO_INLINE_H

#include <openwdm_parts/wdm_io_api.h>
#include <openwdm_parts/wdm_ps_api.h>
#include <openwdm_parts/wdm_mm_inline.h>
#include <openwdm_parts/wdm_ex_inline.h>

#ifdef __cplusplus
extern "C"
{
#endif

#if !defined(OPENWDM_KERNEL)
#define IoCallDriver(a, b)      IofCallDriver(a, b)
#define IoCompleteRequest(a, b) IofCompleteRequest(a, b)
#define ObDereferenceObject(a)  ObfDereferenceObject(a)
#define PsGetCurrentProcess     IoGetCurrentProcess
#endif
#define ObReferenceObject(Object)             ObfReferenceObject(Object)
#define ObReferenceObjectWithTag(Object, Tag) ObfReferenceObjectWithTag(Object, Tag)
#define ObDereferenceObjectWithTag(a, t)      ObfDereferenceObjectWithTag(a, t)

    FORCEINLINE PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(_In_ PIRP Irp)
    {
        return Irp->Tail.Overlay.CurrentStackLocation;
    }

    FORCEINLINE PIO_STACK_LOCATION IoGetNextIrpStackLocation(_In_ PIRP Irp)
    {
        return Irp->Tail.Overlay.CurrentStackLocation - 1;
    }

    FORCEINLINE VOID IoSetNextIrpStackLocation(_Inout_ PIRP Irp)
    {
        Irp->CurrentLocation--;
        Irp->Tail.Overlay.CurrentStackLocation--;
    }

    FORCEINLINE VOID IoSkipCurrentIrpStackLocation(_Inout_ PIRP Irp)
    {
        Irp->CurrentLocation++;
        Irp->Tail.Overlay.CurrentStackLocation++;
    }

    // The completion routine and its context belong to the driver that set them and stay behind.
    FORCEINLINE VOID IoCopyCurrentIrpStackLocationToNext(_Inout_ PIRP Irp)
    {
        PIO_STACK_LOCATION current = IoGetCurrentIrpStackLocation(Irp);
        PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);

        __builtin_memcpy(next, current, __builtin_offsetof(IO_STACK_LOCATION, CompletionRoutine));
        next->Control = 0;
    }

    FORCEINLINE VOID IoMarkIrpPending(_Inout_ PIRP Irp)
    {
        IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
    }

    FORCEINLINE VOID IoSetCompletionRoutine(_In_ PIRP Irp,
                                            _In_opt_ PIO_COMPLETION_ROUTINE CompletionRoutine,
                                            _In_opt_ PVOID Context,
                                            _In_ BOOLEAN InvokeOnSuccess,
                                            _In_ BOOLEAN InvokeOnError,
                                            _In_ BOOLEAN InvokeOnCancel)
    {
        PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);

        next->CompletionRoutine = CompletionRoutine;
        next->Context = Context;
        next->Control = 0;
        if (InvokeOnSuccess)
        {
            next->Control = SL_INVOKE_ON_SUCCESS;
        }
        if (InvokeOnError)
        {
            next->Control |= SL_INVOKE_ON_ERROR;
        }
        if (InvokeOnCancel)
        {
            next->Control |= SL_INVOKE_ON_CANCEL;
        }
    }

#define IoSetCancelRoutine(Irp, NewCancelRoutine)           \
    ((PDRIVER_CANCEL)(ULONG_PTR)InterlockedExchangePointer( \
        (PVOID volatile *)&((Irp)->CancelRoutine), (PVOID)(ULONG_PTR)(NewCancelRoutine)))

    FORCEINLINE VOID IoInitializeDpcRequest(_In_ PDEVICE_OBJECT DeviceObject,
                                            _In_ PIO_DPC_ROUTINE DpcRoutine)
    {
        // The kernel passes the Irp and the context as the two system arguments, hence the other
        // type.
        KeInitializeDpc(&DeviceObject->Dpc, (PKDEFERRED_ROUTINE)(ULONG_PTR)DpcRoutine,
                        DeviceObject);
    }

#define IoRequestDpc(DeviceObject, Irp, Context) \
    (KeInsertQueueDpc(&(DeviceObject)->Dpc, (Irp), (Context)))

#define IoGetFunctionCodeFromCtlCode(ControlCode) (((ControlCode) >> 2) & 0x00000FFF)
#define IoSizeOfIrp(StackSize)                    ((USHORT)(sizeof(IRP) + ((StackSize) * (sizeof(IO_STACK_LOCATION)))))

#if defined(DBG) && DBG
#define IoAcquireRemoveLock(RemoveLock, Tag) \
    IoAcquireRemoveLockEx(RemoveLock, Tag, __FILE__, __LINE__, sizeof(IO_REMOVE_LOCK))
#else
#define IoAcquireRemoveLock(RemoveLock, Tag) \
    IoAcquireRemoveLockEx(RemoveLock, Tag, "", 1, sizeof(IO_REMOVE_LOCK))
#endif
#define IoInitializeRemoveLock(Lock, Tag, Maxmin, HighWater) \
    IoInitializeRemoveLockEx(Lock, Tag, Maxmin, HighWater, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLock(RemoveLock, Tag) \
    IoReleaseRemoveLockEx(RemoveLock, Tag, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLockAndWait(RemoveLock, Tag) \
    IoReleaseRemoveLockAndWaitEx(RemoveLock, Tag, sizeof(IO_REMOVE_LOCK))

    FORCEINLINE BOOLEAN IoIsErrorUserInduced(_In_ NTSTATUS Status)
    {
        switch ((ULONG)Status)
        {
        case (ULONG)STATUS_DEVICE_NOT_READY:
        case (ULONG)STATUS_IO_TIMEOUT:
        case (ULONG)STATUS_MEDIA_WRITE_PROTECTED:
        case (ULONG)STATUS_NO_MEDIA_IN_DEVICE:
        case (ULONG)STATUS_VERIFY_REQUIRED:
        case (ULONG)STATUS_UNRECOGNIZED_MEDIA:
        case (ULONG)STATUS_WRONG_VOLUME:
            return TRUE;
        default:
            return FALSE;
        }
    }

    FORCEINLINE ULONG_PTR IoGetRemainingStackSize(VOID)
    {
        ULONG_PTR low;
        ULONG_PTR high;

        IoGetStackLimits(&low, &high);
        return (ULONG_PTR)&low - low;
    }

#define PoSetDeviceBusy(IdlePointer) (*(IdlePointer) = 0)

    FORCEINLINE VOID COUNTED_REASON_CONTEXT_INIT(_Out_ PCOUNTED_REASON_CONTEXT Context,
                                                 _In_ PUNICODE_STRING Reason)
    {
        Context->Version = DIAGNOSTIC_REASON_VERSION;
        Context->Flags = DIAGNOSTIC_REASON_SIMPLE_STRING;
        Context->SimpleString = *Reason;
    }

#define IosbToIosb64(_iosb64, _iosb) \
    ((_iosb64)->Pointer = (_iosb)->Pointer, (_iosb64)->Information = (_iosb)->Information)
#define Iosb64ToIosb(_iosb, _iosb64)        \
    ((_iosb)->Pointer = (_iosb64)->Pointer, \
     (_iosb)->Information = (ULONG_PTR)(_iosb64)->Information)
#define IoAdjustPagingPathCount(_count_, _paging_) \
    {                                              \
        if (_paging_)                              \
        {                                          \
            InterlockedIncrement(_count_);         \
        }                                          \
        else                                       \
        {                                          \
            InterlockedDecrement(_count_);         \
        }                                          \
    }

#ifdef __cplusplus
}
#endif

#endif
