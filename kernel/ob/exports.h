/* SPDX-License-Identifier: MIT */
/*
 * Routines that ob exports and that wdm.h does not declare: those of ntddk.h and ntifs.h, and those
 * that no public header has and drivers declare themselves.
 */
#ifndef OB_EXPORTS_H
#define OB_EXPORTS_H

#include "ntddk.h"

NTKERNELAPI NTSTATUS NTAPI NtClose(HANDLE Handle);

NTKERNELAPI NTSTATUS NTAPI NtCreateEvent(PHANDLE EventHandle,
                                         ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes,
                                         EVENT_TYPE EventType,
                                         BOOLEAN InitialState);

NTKERNELAPI NTSTATUS NTAPI NtSetEvent(HANDLE EventHandle, PLONG PreviousState);

NTSYSAPI NTSTATUS NTAPI ZwQueryDirectoryObject(HANDLE DirectoryHandle,
                                               PVOID Buffer,
                                               ULONG Length,
                                               BOOLEAN ReturnSingleEntry,
                                               BOOLEAN RestartScan,
                                               PULONG Context,
                                               PULONG ReturnLength);

NTKERNELAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle,
                                             HANDLE SourceHandle,
                                             HANDLE TargetProcessHandle,
                                             PHANDLE TargetHandle,
                                             ACCESS_MASK DesiredAccess,
                                             ULONG HandleAttributes,
                                             ULONG Options);

NTKERNELAPI POBJECT_TYPE NTAPI ObGetObjectType(PVOID Object);

NTKERNELAPI BOOLEAN NTAPI ObIsKernelHandle(HANDLE Handle);

NTKERNELAPI VOID NTAPI ObMakeTemporaryObject(PVOID Object);

NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES ObjectAttributes,
                                              POBJECT_TYPE ObjectType,
                                              KPROCESSOR_MODE AccessMode,
                                              PACCESS_STATE PassedAccessState,
                                              ACCESS_MASK DesiredAccess,
                                              PVOID ParseContext,
                                              PHANDLE Handle);

NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object,
                                                 ULONG HandleAttributes,
                                                 PACCESS_STATE PassedAccessState,
                                                 ACCESS_MASK DesiredAccess,
                                                 POBJECT_TYPE ObjectType,
                                                 KPROCESSOR_MODE AccessMode,
                                                 PHANDLE Handle);

NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointerWithTag(PVOID Object,
                                                        ULONG HandleAttributes,
                                                        PACCESS_STATE PassedAccessState,
                                                        ACCESS_MASK DesiredAccess,
                                                        POBJECT_TYPE ObjectType,
                                                        KPROCESSOR_MODE AccessMode,
                                                        ULONG Tag,
                                                        PHANDLE Handle);

NTKERNELAPI NTSTATUS NTAPI ObQueryNameString(PVOID Object,
                                             POBJECT_NAME_INFORMATION ObjectNameInfo,
                                             ULONG Length,
                                             PULONG ReturnLength);

NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING ObjectPath,
                                                   ULONG Attributes,
                                                   PACCESS_STATE PassedAccessState,
                                                   ACCESS_MASK DesiredAccess,
                                                   POBJECT_TYPE ObjectType,
                                                   KPROCESSOR_MODE AccessMode,
                                                   PVOID ParseContext,
                                                   PVOID *Object);

NTKERNELAPI NTSTATUS NTAPI ZwClearEvent(HANDLE EventHandle);

NTKERNELAPI NTSTATUS NTAPI ZwCreateEvent(PHANDLE EventHandle,
                                         ACCESS_MASK DesiredAccess,
                                         POBJECT_ATTRIBUTES ObjectAttributes,
                                         EVENT_TYPE EventType,
                                         BOOLEAN InitialState);

NTKERNELAPI NTSTATUS NTAPI ZwCreateSymbolicLinkObject(PHANDLE LinkHandle,
                                                      ACCESS_MASK DesiredAccess,
                                                      POBJECT_ATTRIBUTES ObjectAttributes,
                                                      PUNICODE_STRING LinkTarget);

NTKERNELAPI NTSTATUS NTAPI ZwDuplicateObject(HANDLE SourceProcessHandle,
                                             HANDLE SourceHandle,
                                             HANDLE TargetProcessHandle,
                                             PHANDLE TargetHandle,
                                             ACCESS_MASK DesiredAccess,
                                             ULONG HandleAttributes,
                                             ULONG Options);

NTKERNELAPI NTSTATUS NTAPI ZwOpenDirectoryObject(PHANDLE DirectoryHandle,
                                                 ACCESS_MASK DesiredAccess,
                                                 POBJECT_ATTRIBUTES ObjectAttributes);

NTKERNELAPI NTSTATUS NTAPI ZwPulseEvent(HANDLE EventHandle, PLONG PreviousState);

NTKERNELAPI NTSTATUS NTAPI ZwResetEvent(HANDLE EventHandle, PLONG PreviousState);

NTKERNELAPI NTSTATUS NTAPI ZwSetEvent(HANDLE EventHandle, PLONG PreviousState);

NTKERNELAPI NTSTATUS NTAPI ZwWaitForMultipleObjects(ULONG Count,
                                                    PHANDLE Handles,
                                                    WAIT_TYPE WaitType,
                                                    BOOLEAN Alertable,
                                                    PLARGE_INTEGER Timeout);

NTKERNELAPI NTSTATUS NTAPI
ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

#endif
