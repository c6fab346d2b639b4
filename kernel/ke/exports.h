/* SPDX-License-Identifier: MIT */
/*
 * Routines that ke exports and that wdm.h and ntddk.h do not declare: those of ntifs.h, and those
 * that no public header has and drivers declare themselves.
 */
#ifndef KE_EXPORTS_H
#define KE_EXPORTS_H

#include "ntifs.h"

NTKERNELAPI VOID NTAPI KeGenericCallDpc(_In_ PKDEFERRED_ROUTINE Routine, _In_opt_ PVOID Context);

NTKERNELAPI VOID NTAPI KeSignalCallDpcDone(_In_ PVOID SystemArgument1);

NTKERNELAPI LOGICAL NTAPI KeSignalCallDpcSynchronize(_In_ PVOID SystemArgument2);

NTKERNELAPI BOOLEAN NTAPI KeTestAlertThread(_In_ KPROCESSOR_MODE AlertMode);

NTKERNELAPI VOID NTAPI KeInitializeInterrupt(_Out_ PKINTERRUPT Interrupt,
                                             _In_ PKSERVICE_ROUTINE ServiceRoutine,
                                             _In_opt_ PVOID ServiceContext,
                                             _In_opt_ PKSPIN_LOCK SpinLock,
                                             _In_ ULONG Vector,
                                             _In_ KIRQL Irql,
                                             _In_ KIRQL SynchronizeIrql,
                                             _In_ KINTERRUPT_MODE InterruptMode,
                                             _In_ BOOLEAN ShareVector,
                                             _In_ CCHAR ProcessorNumber,
                                             _In_ BOOLEAN FloatingSave);

NTKERNELAPI KIRQL NTAPI KeAcquireQueuedSpinLockRaiseToSynch(_In_ ULONG Number);

NTKERNELAPI LOGICAL NTAPI
KeTryToAcquireQueuedSpinLockRaiseToSynch(_In_ ULONG Number, _Out_ PKIRQL OldIrql);

NTKERNELAPI VOID NTAPI
KeAcquireInStackQueuedSpinLockRaiseToSynch(_Inout_ PKSPIN_LOCK SpinLock,
                                           _Out_ PKLOCK_QUEUE_HANDLE LockHandle);

NTKERNELAPI ULONG NTAPI KeRemoveQueueEx(_Inout_ PKQUEUE Queue,
                                        _In_ KPROCESSOR_MODE WaitMode,
                                        _In_ BOOLEAN Alertable,
                                        _In_opt_ PLARGE_INTEGER Timeout,
                                        _Out_ PLIST_ENTRY *EntryArray,
                                        _In_ ULONG Count);

/* Exported as longjmp. */
NTSYSAPI VOID NTAPI KiLongJump(_In_ PVOID Buffer, _In_ int Value);

#endif
