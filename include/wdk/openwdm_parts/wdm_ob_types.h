// SPDX-License-Identifier: MIT
// Owns handle rights, object callbacks, thread and process rights, and performance counter types.
#ifndef OPENWDM_WDM_OB_TYPES_H
#define OPENWDM_WDM_OB_TYPES_H

#include <openwdm_parts/wdm_pnp_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define EVENT_QUERY_STATE             0x0001
#define EVENT_MODIFY_STATE            0x0002
#define EVENT_ALL_ACCESS              (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define SEMAPHORE_QUERY_STATE         0x0001
#define SEMAPHORE_MODIFY_STATE        0x0002
#define SEMAPHORE_ALL_ACCESS          (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define DIRECTORY_QUERY               0x0001
#define DIRECTORY_TRAVERSE            0x0002
#define DIRECTORY_CREATE_OBJECT       0x0004
#define DIRECTORY_CREATE_SUBDIRECTORY 0x0008
#define DIRECTORY_ALL_ACCESS          (STANDARD_RIGHTS_REQUIRED | 0xF)
#define SYMBOLIC_LINK_QUERY           0x0001
#define SYMBOLIC_LINK_ALL_ACCESS      (STANDARD_RIGHTS_REQUIRED | 0x1)
#define DUPLICATE_CLOSE_SOURCE        0x00000001
#define DUPLICATE_SAME_ACCESS         0x00000002
#define DUPLICATE_SAME_ATTRIBUTES     0x00000004
#define OBJECT_TYPE_CREATE            0x0001
#define OBJECT_TYPE_ALL_ACCESS        (STANDARD_RIGHTS_REQUIRED | 0x1)

#define PROCESS_DUP_HANDLE               0x0040
#define PROCESS_ALL_ACCESS               (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)
#define THREAD_TERMINATE                 0x0001
#define THREAD_SUSPEND_RESUME            0x0002
#define THREAD_ALERT                     0x0004
#define THREAD_GET_CONTEXT               0x0008
#define THREAD_SET_CONTEXT               0x0010
#define THREAD_SET_INFORMATION           0x0020
#define THREAD_SET_LIMITED_INFORMATION   0x0400
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800
#define THREAD_RESUME                    0x1000
#define THREAD_ALL_ACCESS                (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)

#define NtCurrentProcess() ((HANDLE)(LONG_PTR) - 1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread()  ((HANDLE)(LONG_PTR) - 2)
#define ZwCurrentThread()  NtCurrentThread()
#define NtCurrentSession() ((HANDLE)(LONG_PTR) - 3)
#define ZwCurrentSession() NtCurrentSession()

    typedef struct _OBJECT_HANDLE_INFORMATION
    {
        ULONG HandleAttributes;
        ACCESS_MASK GrantedAccess;
    } OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

    typedef struct _OBJECT_NAME_INFORMATION
    {
        UNICODE_STRING Name;
    } OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;

    typedef struct _AFFINITY_TOKEN *PAFFINITY_TOKEN;

    // Object callbacks (NF:wdm.ObRegisterCallbacks).
    typedef ULONG OB_OPERATION;
#define OB_OPERATION_HANDLE_CREATE       0x00000001
#define OB_OPERATION_HANDLE_DUPLICATE    0x00000002
#define OB_FLT_REGISTRATION_VERSION_0100 0x0100
#define OB_FLT_REGISTRATION_VERSION      OB_FLT_REGISTRATION_VERSION_0100

    typedef struct _OB_PRE_CREATE_HANDLE_INFORMATION
    {
        ACCESS_MASK DesiredAccess;
        ACCESS_MASK OriginalDesiredAccess;
    } OB_PRE_CREATE_HANDLE_INFORMATION, *POB_PRE_CREATE_HANDLE_INFORMATION;

    typedef struct _OB_PRE_DUPLICATE_HANDLE_INFORMATION
    {
        ACCESS_MASK DesiredAccess;
        ACCESS_MASK OriginalDesiredAccess;
        PVOID SourceProcess;
        PVOID TargetProcess;
    } OB_PRE_DUPLICATE_HANDLE_INFORMATION, *POB_PRE_DUPLICATE_HANDLE_INFORMATION;

    typedef union _OB_PRE_OPERATION_PARAMETERS
    {
        OB_PRE_CREATE_HANDLE_INFORMATION CreateHandleInformation;
        OB_PRE_DUPLICATE_HANDLE_INFORMATION DuplicateHandleInformation;
    } OB_PRE_OPERATION_PARAMETERS, *POB_PRE_OPERATION_PARAMETERS;

    typedef struct _OB_PRE_OPERATION_INFORMATION
    {
        OB_OPERATION Operation;
        union
        {
            ULONG Flags;
            struct
            {
                ULONG KernelHandle : 1;
                ULONG Reserved : 31;
            };
        };
        PVOID Object;
        POBJECT_TYPE ObjectType;
        PVOID CallContext;
        POB_PRE_OPERATION_PARAMETERS Parameters;
    } OB_PRE_OPERATION_INFORMATION, *POB_PRE_OPERATION_INFORMATION;

    typedef struct _OB_POST_CREATE_HANDLE_INFORMATION
    {
        ACCESS_MASK GrantedAccess;
    } OB_POST_CREATE_HANDLE_INFORMATION, *POB_POST_CREATE_HANDLE_INFORMATION;

    typedef struct _OB_POST_DUPLICATE_HANDLE_INFORMATION
    {
        ACCESS_MASK GrantedAccess;
    } OB_POST_DUPLICATE_HANDLE_INFORMATION, *POB_POST_DUPLICATE_HANDLE_INFORMATION;

    typedef union _OB_POST_OPERATION_PARAMETERS
    {
        OB_POST_CREATE_HANDLE_INFORMATION CreateHandleInformation;
        OB_POST_DUPLICATE_HANDLE_INFORMATION DuplicateHandleInformation;
    } OB_POST_OPERATION_PARAMETERS, *POB_POST_OPERATION_PARAMETERS;

    typedef struct _OB_POST_OPERATION_INFORMATION
    {
        OB_OPERATION Operation;
        union
        {
            ULONG Flags;
            struct
            {
                ULONG KernelHandle : 1;
                ULONG Reserved : 31;
            };
        };
        PVOID Object;
        POBJECT_TYPE ObjectType;
        PVOID CallContext;
        NTSTATUS ReturnStatus;
        POB_POST_OPERATION_PARAMETERS Parameters;
    } OB_POST_OPERATION_INFORMATION, *POB_POST_OPERATION_INFORMATION;

    typedef enum _OB_PREOP_CALLBACK_STATUS
    {
        OB_PREOP_SUCCESS
    } OB_PREOP_CALLBACK_STATUS,
        *POB_PREOP_CALLBACK_STATUS;

    typedef OB_PREOP_CALLBACK_STATUS(NTAPI *POB_PRE_OPERATION_CALLBACK)(
        _In_ PVOID RegistrationContext,
        _Inout_ POB_PRE_OPERATION_INFORMATION OperationInformation);
    typedef VOID(NTAPI *POB_POST_OPERATION_CALLBACK)(_In_ PVOID RegistrationContext,
                                                     _In_ POB_POST_OPERATION_INFORMATION
                                                         OperationInformation);

    typedef struct _OB_OPERATION_REGISTRATION
    {
        POBJECT_TYPE *ObjectType;
        OB_OPERATION Operations;
        POB_PRE_OPERATION_CALLBACK PreOperation;
        POB_POST_OPERATION_CALLBACK PostOperation;
    } OB_OPERATION_REGISTRATION, *POB_OPERATION_REGISTRATION;

    typedef struct _OB_CALLBACK_REGISTRATION
    {
        USHORT Version;
        USHORT OperationRegistrationCount;
        UNICODE_STRING Altitude;
        PVOID RegistrationContext;
        OB_OPERATION_REGISTRATION *OperationRegistration;
    } OB_CALLBACK_REGISTRATION, *POB_CALLBACK_REGISTRATION;

    // Performance counters.
    typedef struct _PCW_INSTANCE *PPCW_INSTANCE;
    typedef struct _PCW_REGISTRATION *PPCW_REGISTRATION;
    typedef struct _PCW_BUFFER *PPCW_BUFFER;

    typedef struct _PCW_DATA
    {
        CONST VOID *Data;
        ULONG Size;
    } PCW_DATA, *PPCW_DATA;

    typedef struct _PCW_COUNTER_DESCRIPTOR
    {
        USHORT Id;
        USHORT StructIndex;
        USHORT Offset;
        USHORT Size;
    } PCW_COUNTER_DESCRIPTOR, *PPCW_COUNTER_DESCRIPTOR;

    typedef enum _PCW_CALLBACK_TYPE
    {
        PcwCallbackAddCounter = 0,
        PcwCallbackRemoveCounter,
        PcwCallbackEnumerateInstances,
        PcwCallbackCollectData
    } PCW_CALLBACK_TYPE,
        *PPCW_CALLBACK_TYPE;

    typedef struct _PCW_COUNTER_INFORMATION
    {
        ULONG64 CounterMask;
        PCUNICODE_STRING InstanceMask;
    } PCW_COUNTER_INFORMATION, *PPCW_COUNTER_INFORMATION;

    typedef struct _PCW_MASK_INFORMATION
    {
        ULONG64 CounterMask;
        PCUNICODE_STRING InstanceMask;
        ULONG InstanceId;
        BOOLEAN CollectMultiple;
        PPCW_BUFFER Buffer;
        PKEVENT CancelEvent;
    } PCW_MASK_INFORMATION, *PPCW_MASK_INFORMATION;

    typedef union _PCW_CALLBACK_INFORMATION
    {
        PCW_COUNTER_INFORMATION AddCounter;
        PCW_COUNTER_INFORMATION RemoveCounter;
        PCW_MASK_INFORMATION EnumerateInstances;
        PCW_MASK_INFORMATION CollectData;
    } PCW_CALLBACK_INFORMATION, *PPCW_CALLBACK_INFORMATION;

    typedef NTSTATUS NTAPI PCW_CALLBACK(_In_ PCW_CALLBACK_TYPE Type,
                                        _In_ PPCW_CALLBACK_INFORMATION Info,
                                        _In_opt_ PVOID Context);
    typedef PCW_CALLBACK *PPCW_CALLBACK;
#define PCW_VERSION_1       0x0100
#define PCW_VERSION_2       0x0200
#define PCW_CURRENT_VERSION PCW_VERSION_1

    typedef struct _PCW_REGISTRATION_INFORMATION
    {
        ULONG Version;
        PCUNICODE_STRING Name;
        ULONG CounterCount;
        PPCW_COUNTER_DESCRIPTOR Counters;
        PPCW_CALLBACK Callback;
        PVOID CallbackContext;
        ULONG Flags;
    } PCW_REGISTRATION_INFORMATION, *PPCW_REGISTRATION_INFORMATION;

#ifdef __cplusplus
}
#endif

#endif
