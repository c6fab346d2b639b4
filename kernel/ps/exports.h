/* SPDX-License-Identifier: MIT */
/*
 * Routines that ps exports and that wdm.h does not declare: those of ntddk.h and ntifs.h, and those
 * that no public header has and drivers declare themselves.
 */
#ifndef PS_EXPORTS_H
#define PS_EXPORTS_H

#include "ntddk.h"

NTKERNELAPI VOID NTAPI KeAttachProcess(PRKPROCESS Process);

NTKERNELAPI VOID NTAPI KeDetachProcess(VOID);

NTKERNELAPI VOID NTAPI KeStackAttachProcess(PRKPROCESS Process, PVOID ApcState);

NTKERNELAPI VOID NTAPI KeUnstackDetachProcess(PVOID ApcState);

NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(VOID);

NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(VOID);

NTKERNELAPI KPROCESSOR_MODE NTAPI PsGetCurrentThreadPreviousMode(VOID);

NTKERNELAPI PEPROCESS NTAPI PsGetCurrentThreadProcess(VOID);

NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadProcessId(VOID);

NTKERNELAPI PVOID NTAPI PsGetCurrentThreadStackBase(VOID);

NTKERNELAPI PVOID NTAPI PsGetCurrentThreadStackLimit(VOID);

NTKERNELAPI LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process);

NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process);

NTKERNELAPI HANDLE NTAPI PsGetProcessId(PEPROCESS Process);

NTKERNELAPI PUCHAR NTAPI PsGetProcessImageFileName(PEPROCESS Process);

NTKERNELAPI HANDLE NTAPI PsGetProcessInheritedFromUniqueProcessId(PEPROCESS Process);

NTKERNELAPI LONGLONG NTAPI PsGetThreadCreateTime(PETHREAD Thread);

NTKERNELAPI NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD Thread);

NTKERNELAPI HANDLE NTAPI PsGetThreadId(PETHREAD Thread);

NTKERNELAPI PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread);

NTKERNELAPI HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread);

NTKERNELAPI BOOLEAN NTAPI PsIsSystemProcess(PEPROCESS Process);

NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread);

NTKERNELAPI BOOLEAN NTAPI PsIsThreadTerminating(PETHREAD Thread);

NTKERNELAPI NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);

NTKERNELAPI NTSTATUS NTAPI PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread);

NTKERNELAPI NTSTATUS NTAPI ZwOpenProcess(PHANDLE ProcessHandle,
                                         ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes,
                                         PCLIENT_ID ClientId);

#endif
