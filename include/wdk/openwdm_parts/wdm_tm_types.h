// SPDX-License-Identifier: MIT
// Owns sections' inheritance and the types of the kernel transaction manager.
#ifndef OPENWDM_WDM_TM_TYPES_H
#define OPENWDM_WDM_TM_TYPES_H

#include <openwdm_parts/wdm_ke_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef enum _SECTION_INHERIT
    {
        ViewShare = 1,
        ViewUnmap = 2
    } SECTION_INHERIT;

    typedef PKTM PRKTM;
    typedef PKTRANSACTION PRKTRANSACTION;
    typedef PKENLISTMENT PRKENLISTMENT;
    typedef PKRESOURCEMANAGER PRKRESOURCEMANAGER;
    typedef GUID UOW, *PUOW;
    typedef ULONG NOTIFICATION_MASK;

#define TRANSACTION_NOTIFY_MASK                0x3FFFFFFF
#define TRANSACTION_NOTIFY_PREPREPARE          0x00000001
#define TRANSACTION_NOTIFY_PREPARE             0x00000002
#define TRANSACTION_NOTIFY_COMMIT              0x00000004
#define TRANSACTION_NOTIFY_ROLLBACK            0x00000008
#define TRANSACTION_NOTIFY_PREPREPARE_COMPLETE 0x00000010
#define TRANSACTION_NOTIFY_PREPARE_COMPLETE    0x00000020
#define TRANSACTION_NOTIFY_COMMIT_COMPLETE     0x00000040
#define TRANSACTION_NOTIFY_ROLLBACK_COMPLETE   0x00000080
#define TRANSACTION_NOTIFY_RECOVER             0x00000100
#define TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT 0x00000200
#define TRANSACTION_NOTIFY_DELEGATE_COMMIT     0x00000400
#define TRANSACTION_NOTIFY_RECOVER_QUERY       0x00000800
#define TRANSACTION_NOTIFY_ENLIST_PREPREPARE   0x00001000
#define TRANSACTION_NOTIFY_LAST_RECOVER        0x00002000
#define TRANSACTION_NOTIFY_INDOUBT             0x00004000
#define TRANSACTION_NOTIFY_TM_ONLINE           0x02000000

    typedef struct _TRANSACTION_NOTIFICATION
    {
        PVOID TransactionKey;
        ULONG TransactionNotification;
        LARGE_INTEGER TmVirtualClock;
        ULONG ArgumentLength;
    } TRANSACTION_NOTIFICATION, *PTRANSACTION_NOTIFICATION;

    typedef NTSTATUS(NTAPI *PTM_RM_NOTIFICATION)(_In_ PKENLISTMENT EnlistmentObject,
                                                 _In_ PVOID RMContext,
                                                 _In_ PVOID TransactionContext,
                                                 _In_ ULONG TransactionNotification,
                                                 _Inout_ PLARGE_INTEGER TmVirtualClock,
                                                 _In_ ULONG ArgumentLength,
                                                 _In_ PVOID Argument);

    typedef enum _KTMOBJECT_TYPE
    {
        KTMOBJECT_TRANSACTION,
        KTMOBJECT_TRANSACTION_MANAGER,
        KTMOBJECT_RESOURCE_MANAGER,
        KTMOBJECT_ENLISTMENT,
        KTMOBJECT_INVALID
    } KTMOBJECT_TYPE,
        *PKTMOBJECT_TYPE;

    typedef struct _KTMOBJECT_CURSOR
    {
        GUID LastQuery;
        ULONG ObjectIdCount;
        GUID ObjectIds[1];
    } KTMOBJECT_CURSOR, *PKTMOBJECT_CURSOR;

    typedef enum _TRANSACTION_INFORMATION_CLASS
    {
        TransactionBasicInformation,
        TransactionPropertiesInformation,
        TransactionEnlistmentInformation,
        TransactionSuperiorEnlistmentInformation,
        TransactionBindInformation,
        TransactionDTCPrivateInformation
    } TRANSACTION_INFORMATION_CLASS;

    typedef enum _TRANSACTIONMANAGER_INFORMATION_CLASS
    {
        TransactionManagerBasicInformation,
        TransactionManagerLogInformation,
        TransactionManagerLogPathInformation,
        TransactionManagerRecoveryInformation = 4,
        TransactionManagerOnlineProbeInformation = 3,
        TransactionManagerOldestTransactionInformation = 5
    } TRANSACTIONMANAGER_INFORMATION_CLASS;

    typedef enum _RESOURCEMANAGER_INFORMATION_CLASS
    {
        ResourceManagerBasicInformation,
        ResourceManagerCompletionInformation
    } RESOURCEMANAGER_INFORMATION_CLASS;

    typedef enum _ENLISTMENT_INFORMATION_CLASS
    {
        EnlistmentBasicInformation,
        EnlistmentRecoveryInformation,
        EnlistmentCrmInformation
    } ENLISTMENT_INFORMATION_CLASS;

    typedef enum _TRANSACTION_STATE
    {
        TransactionStateNormal = 1,
        TransactionStateIndoubt,
        TransactionStateCommittedNotify
    } TRANSACTION_STATE;

    typedef enum _TRANSACTION_OUTCOME
    {
        TransactionOutcomeUndetermined = 1,
        TransactionOutcomeCommitted,
        TransactionOutcomeAborted
    } TRANSACTION_OUTCOME;

    typedef struct _TRANSACTION_BASIC_INFORMATION
    {
        GUID TransactionId;
        ULONG State;
        ULONG Outcome;
    } TRANSACTION_BASIC_INFORMATION, *PTRANSACTION_BASIC_INFORMATION;

    typedef struct _ENLISTMENT_BASIC_INFORMATION
    {
        GUID EnlistmentId;
        GUID TransactionId;
        GUID ResourceManagerId;
    } ENLISTMENT_BASIC_INFORMATION, *PENLISTMENT_BASIC_INFORMATION;

    typedef struct _TRANSACTIONMANAGER_BASIC_INFORMATION
    {
        GUID TmIdentity;
        LARGE_INTEGER VirtualClock;
    } TRANSACTIONMANAGER_BASIC_INFORMATION, *PTRANSACTIONMANAGER_BASIC_INFORMATION;

    typedef struct _RESOURCEMANAGER_BASIC_INFORMATION
    {
        GUID ResourceManagerId;
        ULONG DescriptionLength;
        WCHAR Description[1];
    } RESOURCEMANAGER_BASIC_INFORMATION, *PRESOURCEMANAGER_BASIC_INFORMATION;

#ifdef __cplusplus
}
#endif

#endif
