// SPDX-License-Identifier: MIT
// What the guests of the kernel transaction manager share: volatile managers, enlistments and the
// next notification of a queue.
#ifndef GUEST_TM_KIT_H
#define GUEST_TM_KIT_H

#include "check.h"

#define PHASES                                                                                \
    (TRANSACTION_NOTIFY_PREPREPARE | TRANSACTION_NOTIFY_PREPARE | TRANSACTION_NOTIFY_COMMIT | \
     TRANSACTION_NOTIFY_ROLLBACK)
#define SUPERIOR_PHASES                                                         \
    (TRANSACTION_NOTIFY_ROLLBACK | TRANSACTION_NOTIFY_PREPREPARE_COMPLETE |     \
     TRANSACTION_NOTIFY_PREPARE_COMPLETE | TRANSACTION_NOTIFY_COMMIT_COMPLETE | \
     TRANSACTION_NOTIFY_ROLLBACK_COMPLETE | TRANSACTION_NOTIFY_RECOVER_QUERY |  \
     TRANSACTION_NOTIFY_REQUEST_OUTCOME)

static OBJECT_ATTRIBUTES kernelHandle;

static inline void
StartKit(void)
{
    InitializeObjectAttributes(&kernelHandle, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
}

static inline HANDLE
VolatileManager(void)
{
    HANDLE tm = NULL;

    EXPECT_EQ(ZwCreateTransactionManager(&tm, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle, NULL,
                                         TRANSACTION_MANAGER_VOLATILE, 0),
              STATUS_SUCCESS);
    return tm;
}

// The next notification, 0 when there is none.
static inline ULONG
NextNotice(HANDLE Rm, PVOID *Key)
{
    UCHAR buffer[sizeof(TRANSACTION_NOTIFICATION) +
                 sizeof(TRANSACTION_NOTIFICATION_RECOVERY_ARGUMENT)];
    PTRANSACTION_NOTIFICATION notice = (PTRANSACTION_NOTIFICATION)buffer;
    LARGE_INTEGER none = {0};

    if (ZwGetNotificationResourceManager(Rm, notice, sizeof(buffer), &none, NULL, 0, 0) !=
        STATUS_SUCCESS)
        return 0;
    if (Key != NULL)
        *Key = notice->TransactionKey;
    return notice->TransactionNotification;
}

static inline HANDLE
VolatileResource(HANDLE Tm)
{
    HANDLE rm = NULL;

    EXPECT_EQ(ZwCreateResourceManager(&rm, RESOURCEMANAGER_ALL_ACCESS, Tm, NULL, &kernelHandle,
                                      RESOURCE_MANAGER_VOLATILE, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwRecoverResourceManager(rm), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(rm, NULL), TRANSACTION_NOTIFY_LAST_RECOVER);
    return rm;
}

static inline HANDLE
NewTransaction(void)
{
    HANDLE transaction = NULL;

    EXPECT_EQ(ZwCreateTransaction(&transaction, TRANSACTION_ALL_ACCESS, &kernelHandle, NULL, NULL,
                                  0, 0, 0, NULL, NULL),
              STATUS_SUCCESS);
    return transaction;
}

static inline HANDLE
Enlist(HANDLE Rm, HANDLE Transaction, ULONG Options, ULONG Mask, PVOID Key)
{
    HANDLE enlistment = NULL;

    EXPECT_EQ(ZwCreateEnlistment(&enlistment, ENLISTMENT_ALL_ACCESS, Rm, Transaction, &kernelHandle,
                                 Options, Mask, Key),
              STATUS_SUCCESS);
    return enlistment;
}

static inline ULONG
OutcomeOf(HANDLE Transaction)
{
    TRANSACTION_BASIC_INFORMATION basic = {0};
    ULONG length = 0;

    EXPECT_EQ(ZwQueryInformationTransaction(Transaction, TransactionBasicInformation, &basic,
                                            sizeof(basic), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(length, sizeof(basic));
    return basic.Outcome;
}

static inline ULONG
StateOf(HANDLE Transaction)
{
    TRANSACTION_BASIC_INFORMATION basic = {0};

    (void)ZwQueryInformationTransaction(Transaction, TransactionBasicInformation, &basic,
                                        sizeof(basic), NULL);
    return basic.State;
}

static inline LONGLONG
ClockOf(HANDLE Tm)
{
    TRANSACTIONMANAGER_BASIC_INFORMATION basic = {0};

    EXPECT_EQ(ZwQueryInformationTransactionManager(Tm, TransactionManagerBasicInformation, &basic,
                                                   sizeof(basic), NULL),
              STATUS_SUCCESS);
    return basic.VirtualClock.QuadPart;
}

static inline BOOLEAN
SameGuid(const GUID *Left, const GUID *Right)
{
    return RtlCompareMemory(Left, Right, sizeof(GUID)) == sizeof(GUID);
}

#endif
