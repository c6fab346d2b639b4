/* SPDX-License-Identifier: MIT */
/*
 * Routines that se exports and that no public header has: drivers and their libraries declare them
 * themselves.
 */
#ifndef SE_EXPORTS_H
#define SE_EXPORTS_H

#include "ntifs.h"

NTKERNELAPI NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR InputSecurityDescriptor,
                                                       KPROCESSOR_MODE RequestorMode,
                                                       POOL_TYPE PoolType,
                                                       BOOLEAN ForceCapture,
                                                       PSECURITY_DESCRIPTOR *OutputDescriptor);

NTKERNELAPI NTSTATUS NTAPI SeCreateAccessState(PACCESS_STATE AccessState,
                                               PVOID AuxData,
                                               ACCESS_MASK DesiredAccess,
                                               PGENERIC_MAPPING GenericMapping);

NTKERNELAPI NTSTATUS NTAPI SeCreateAccessStateEx(PETHREAD Thread,
                                                 PEPROCESS Process,
                                                 PACCESS_STATE AccessState,
                                                 PVOID AuxData,
                                                 ACCESS_MASK DesiredAccess,
                                                 PGENERIC_MAPPING GenericMapping);

NTKERNELAPI VOID NTAPI SeDeleteAccessState(PACCESS_STATE AccessState);

NTKERNELAPI VOID NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR CapturedDescriptor,
                                                   KPROCESSOR_MODE RequestorMode,
                                                   BOOLEAN ForceCapture);

NTKERNELAPI SECURITY_IMPERSONATION_LEVEL NTAPI SeTokenImpersonationLevel(PACCESS_TOKEN Token);

NTKERNELAPI BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN Token);

NTKERNELAPI NTSTATUS NTAPI ObSetSecurityObjectByPointer(PVOID Object,
                                                        SECURITY_INFORMATION SecurityInformation,
                                                        PSECURITY_DESCRIPTOR SecurityDescriptor);

NTKERNELAPI BOOLEAN NTAPI ObCheckObjectAccess(PVOID Object,
                                              PACCESS_STATE AccessState,
                                              BOOLEAN TypeMutexLocked,
                                              KPROCESSOR_MODE AccessMode,
                                              PNTSTATUS AccessStatus);

NTKERNELAPI NTSTATUS NTAPI ZwAdjustPrivilegesToken(HANDLE TokenHandle,
                                                   BOOLEAN DisableAllPrivileges,
                                                   PTOKEN_PRIVILEGES NewState,
                                                   ULONG BufferLength,
                                                   PTOKEN_PRIVILEGES PreviousState,
                                                   PULONG ReturnLength);

NTKERNELAPI NTSTATUS NTAPI NtAllocateLocallyUniqueId(PLUID Luid);

#endif
