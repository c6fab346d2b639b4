/* SPDX-License-Identifier: MIT */
/*
 * Routines that ps exports and that wdm.h does not declare: those of ntddk.h and ntifs.h, and those
 * that no public header has and drivers declare themselves.
 */
#ifndef PS_EXPORTS_H
#define PS_EXPORTS_H

#include "ntifs.h"

NTKERNELAPI VOID NTAPI KeAttachProcess(PRKPROCESS Process);

NTKERNELAPI VOID NTAPI KeDetachProcess(VOID);

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

NTKERNELAPI VOID NTAPI PsRevertThreadToSelf(PETHREAD Thread);

NTKERNELAPI BOOLEAN NTAPI PsIsThreadImpersonating(PETHREAD Thread);

#undef PsDereferencePrimaryToken
NTKERNELAPI VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);

#undef PsDereferenceImpersonationToken
NTKERNELAPI VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken);

NTKERNELAPI NTSTATUS NTAPI
ZwOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle);

NTKERNELAPI NTSTATUS NTAPI ZwOpenThreadToken(HANDLE ThreadHandle,
                                             ACCESS_MASK DesiredAccess,
                                             BOOLEAN OpenAsSelf,
                                             PHANDLE TokenHandle);

NTKERNELAPI NTSTATUS NTAPI ZwOpenThread(PHANDLE ThreadHandle,
                                        ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes,
                                        PCLIENT_ID ClientId);

NTKERNELAPI NTSTATUS NTAPI NtOpenThread(PHANDLE ThreadHandle,
                                        ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes,
                                        PCLIENT_ID ClientId);

NTKERNELAPI NTSTATUS NTAPI NtQueryInformationProcess(HANDLE ProcessHandle,
                                                     PROCESSINFOCLASS ProcessInformationClass,
                                                     PVOID ProcessInformation,
                                                     ULONG ProcessInformationLength,
                                                     PULONG ReturnLength);

NTKERNELAPI NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE ProcessHandle,
                                                     PROCESSINFOCLASS ProcessInformationClass,
                                                     PVOID ProcessInformation,
                                                     ULONG ProcessInformationLength,
                                                     PULONG ReturnLength);

NTKERNELAPI ULONG NTAPI PsGetProcessSessionId(PEPROCESS Process);

NTKERNELAPI BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS Process);

NTKERNELAPI PVOID NTAPI PsGetProcessPeb(PEPROCESS Process);

NTKERNELAPI PVOID NTAPI PsGetProcessWow64Process(PEPROCESS Process);

NTKERNELAPI BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS Process);

NTKERNELAPI BOOLEAN NTAPI PsIsProtectedProcess(PEPROCESS Process);

NTKERNELAPI BOOLEAN NTAPI PsIsProtectedProcessLight(PEPROCESS Process);

#endif
