/* SPDX-License-Identifier: MIT */
/*
 * Drivers that watch handles of processes and threads (ObRegisterCallbacks). The list of
 * registrations is ordered by altitude, highest first: before a handle is made routines run from
 * the top, afterwards from the bottom. Routines run in the thread that opens or duplicates, at
 * PASSIVE_LEVEL in a critical region. Nothing blocks between reading and changing the list; who
 * walks it holds a count on each entry.
 */
#include "obp.h"

#define OBP_FILTER_TAG MM_TAG('O', 'b', 'F', 'l')

typedef struct _OBP_REGISTERED
{
    LIST_ENTRY Entry;
    UNICODE_STRING Altitude;
    PVOID Context;
    BOOLEAN Dead;
    ULONG Running; /* calls that have not returned, and their posts */
    KEVENT Idle;
    ULONG Count;
    OB_OPERATION_REGISTRATION Operations[];
} OBP_REGISTERED, *POBP_REGISTERED;

/* A routine that was asked before, to be told afterwards. */
typedef struct _OBP_CALL
{
    struct _OBP_CALL *Next; /* lower altitude first */
    POBP_REGISTERED Registered;
    POB_POST_OPERATION_CALLBACK Post;
    PVOID CallContext;
} OBP_CALL, *POBP_CALL;

static LIST_ENTRY ObpRegisteredList = {&ObpRegisteredList, &ObpRegisteredList};
ULONG ObpObserverCount;
BOOLEAN (*ObMayRegisterCallback)(PVOID Function);

/* ---- altitudes ---------------------------------------------------------------------------- */

/* Altitudes are decimal numbers of any length, "360000.25". Digits before the point decide by their
 * count, equal counts and the rest by comparing digits. */
static LONG
ObpCompareAltitudes(PCUNICODE_STRING A, PCUNICODE_STRING B)
{
    const PCUNICODE_STRING text[2] = {A, B};
    ULONG start[2], point[2], length[2];
    for (ULONG side = 0; side < 2; side++)
    {
        length[side] = text[side]->Length / sizeof(WCHAR);
        start[side] = 0;
        while (start[side] < length[side] && text[side]->Buffer[start[side]] == '0')
        {
            start[side]++;
        }
        point[side] = start[side];
        while (point[side] < length[side] && text[side]->Buffer[point[side]] != '.')
        {
            point[side]++;
        }
    }
    const LONG digits = (LONG)(point[0] - start[0]) - (LONG)(point[1] - start[1]);
    if (digits != 0)
    {
        return digits;
    }
    for (ULONG index = 0;; index++)
    {
        const ULONG a = start[0] + index, b = start[1] + index;
        const LONG left = a < length[0] ? A->Buffer[a] : '0';
        const LONG right = b < length[1] ? B->Buffer[b] : '0';
        if (left != right && !(left == '.' && b >= length[1]) && !(right == '.' && a >= length[0]))
        {
            return left - right;
        }
        if (a >= length[0] && b >= length[1])
        {
            return 0;
        }
    }
}

static BOOLEAN
ObpValidAltitude(PCUNICODE_STRING Altitude)
{
    ULONG points = 0;
    for (ULONG index = 0; index < Altitude->Length / sizeof(WCHAR); index++)
    {
        const WCHAR c = Altitude->Buffer[index];
        points += c == '.';
        if (c != '.' && (c < '0' || c > '9'))
        {
            return FALSE;
        }
    }
    return Altitude->Length != 0 && points <= 1;
}

/* ---- registration ------------------------------------------------------------------------- */

static NTSTATUS
ObpCheckOperation(const OB_OPERATION_REGISTRATION *Operation)
{
    const OB_OPERATION valid = OB_OPERATION_HANDLE_CREATE | OB_OPERATION_HANDLE_DUPLICATE;
    if (Operation->ObjectType == NULL || *Operation->ObjectType == NULL ||
        !(*Operation->ObjectType)->Info.ObjectCallbacks || Operation->Operations == 0 ||
        (Operation->Operations & ~valid) != 0 ||
        (Operation->PreOperation == NULL && Operation->PostOperation == NULL))
    {
        return STATUS_INVALID_PARAMETER;
    }
    const PVOID routines[] = {(PVOID)Operation->PreOperation, (PVOID)Operation->PostOperation};
    for (ULONG index = 0; index < RTL_NUMBER_OF(routines); index++)
    {
        if (routines[index] != NULL && ObMayRegisterCallback != NULL &&
            !ObMayRegisterCallback(routines[index]))
        {
            return STATUS_ACCESS_DENIED;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
ObpInsertRegistered(POBP_REGISTERED Registered)
{
    PLIST_ENTRY e = ObpRegisteredList.Flink;
    while (e != &ObpRegisteredList)
    {
        const POBP_REGISTERED other = CONTAINING_RECORD(e, OBP_REGISTERED, Entry);
        const LONG order = ObpCompareAltitudes(&Registered->Altitude, &other->Altitude);
        if (order == 0 && !other->Dead)
        {
            return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
        }
        if (order > 0)
        {
            break;
        }
        e = e->Flink;
    }
    ObpInsertTail(e, &Registered->Entry); /* in front of e */
    ObpObserverCount++;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ObGetFilterVersion. */
DDI USHORT
ObGetFilterVersion(VOID)
{
    return OB_FLT_REGISTRATION_VERSION;
}

/* Contract: NF:wdm.ObRegisterCallbacks. */
DDI NTSTATUS
ObRegisterCallbacks(POB_CALLBACK_REGISTRATION CallbackRegistration, PVOID *RegistrationHandle)
{
    const POB_CALLBACK_REGISTRATION from = CallbackRegistration;
    const ULONG count = from->OperationRegistrationCount;
    if ((from->Version & 0xff00) != OB_FLT_REGISTRATION_VERSION || count == 0 ||
        from->OperationRegistration == NULL || !ObpValidAltitude(&from->Altitude))
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status = STATUS_SUCCESS;
    for (ULONG index = 0; NT_SUCCESS(status) && index < count; index++)
    {
        status = ObpCheckOperation(&from->OperationRegistration[index]);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const SIZE_T size = sizeof(OBP_REGISTERED) + count * sizeof(OB_OPERATION_REGISTRATION);
    POBP_REGISTERED registered = MmAllocatePool(NonPagedPoolNx, size, OBP_FILTER_TAG);
    if (registered == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    registered->Context = from->RegistrationContext;
    registered->Count = count;
    KeInitializeEvent(&registered->Idle, SynchronizationEvent, FALSE);
    __builtin_memcpy(registered->Operations, from->OperationRegistration,
                     count * sizeof(OB_OPERATION_REGISTRATION));
    status = ObpCopyName(&from->Altitude, &registered->Altitude);
    if (NT_SUCCESS(status))
    {
        status = ObpInsertRegistered(registered);
    }
    if (!NT_SUCCESS(status))
    {
        ObpFreeName(&registered->Altitude);
        MmFreePool(registered, OBP_FILTER_TAG);
        return status;
    }
    *RegistrationHandle = registered;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ObUnRegisterCallbacks: waits until no routine of it runs any more. */
DDI VOID
ObUnRegisterCallbacks(PVOID RegistrationHandle)
{
    POBP_REGISTERED registered = RegistrationHandle;
    registered->Dead = TRUE;
    while (registered->Running != 0)
    {
        KeWaitForSingleObject(&registered->Idle, Executive, KernelMode, FALSE, NULL);
    }
    ObpRemoveEntry(&registered->Entry);
    ObpObserverCount--;
    ObpFreeName(&registered->Altitude);
    MmFreePool(registered, OBP_FILTER_TAG);
}

/* Registered routines for reports of what an unloaded driver left behind, until FALSE. */
void
ObForEachObserver(BOOLEAN (*Routine)(PVOID Function, PVOID Context), PVOID Context)
{
    for (PLIST_ENTRY e = ObpRegisteredList.Flink; e != &ObpRegisteredList; e = e->Flink)
    {
        const POBP_REGISTERED registered = CONTAINING_RECORD(e, OBP_REGISTERED, Entry);
        for (ULONG index = 0; index < registered->Count; index++)
        {
            const OB_OPERATION_REGISTRATION *operation = &registered->Operations[index];
            const PVOID routine = operation->PreOperation != NULL ? (PVOID)operation->PreOperation
                                                                  : (PVOID)operation->PostOperation;
            if (!registered->Dead && !Routine(routine, Context))
            {
                return;
            }
        }
    }
}

static void
ObpRelease(POBP_REGISTERED Registered)
{
    if (--Registered->Running == 0 && Registered->Dead)
    {
        KeSetEvent(&Registered->Idle, IO_NO_INCREMENT, FALSE);
    }
}

/* ---- calling ------------------------------------------------------------------------------ */

/* What a routine may take away: all but what it did not ask for. */
static void
ObpCallPre(POBP_OBSERVED Observed,
           POBP_REGISTERED Registered,
           const OB_OPERATION_REGISTRATION *Operation,
           PACCESS_MASK Access,
           PVOID *CallContext)
{
    OB_PRE_OPERATION_PARAMETERS parameters = {0};
    OB_PRE_OPERATION_INFORMATION information = {.Operation = Observed->Operation,
                                                .KernelHandle = Observed->Kernel,
                                                .Object = Observed->Object,
                                                .ObjectType = ObHeader(Observed->Object)->Type,
                                                .Parameters = &parameters};
    parameters.CreateHandleInformation.DesiredAccess = *Access;
    parameters.CreateHandleInformation.OriginalDesiredAccess = Observed->Original;
    if (Observed->Operation == OB_OPERATION_HANDLE_DUPLICATE)
    {
        parameters.DuplicateHandleInformation.SourceProcess = Observed->Source;
        parameters.DuplicateHandleInformation.TargetProcess = Observed->Target;
    }
    (void)Operation->PreOperation(Registered->Context, &information);
    *Access &= parameters.CreateHandleInformation.DesiredAccess;
    *CallContext = information.CallContext;
}

/* The routine of Registered for this handle, if it has one. Failing to remember it fails the open:
 * a post routine must not miss an operation whose pre routine ran. */
static NTSTATUS
ObpAskOne(POBP_OBSERVED Observed, POBP_REGISTERED Registered, PACCESS_MASK Access)
{
    for (ULONG index = 0; index < Registered->Count; index++)
    {
        const OB_OPERATION_REGISTRATION *operation = &Registered->Operations[index];
        if (*operation->ObjectType != ObHeader(Observed->Object)->Type ||
            !(operation->Operations & Observed->Operation))
        {
            continue;
        }
        POBP_CALL call = MmAllocatePool(NonPagedPoolNx, sizeof(OBP_CALL), OBP_FILTER_TAG);
        if (call == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        Registered->Running++;
        call->Registered = Registered;
        call->Post = operation->PostOperation;
        call->Next = Observed->Calls;
        Observed->Calls = call;
        if (operation->PreOperation != NULL)
        {
            ObpCallPre(Observed, Registered, operation, Access, &call->CallContext);
        }
        return STATUS_SUCCESS;
    }
    return STATUS_SUCCESS;
}

NTSTATUS
ObpBeforeHandle(POBP_OBSERVED Observed, PACCESS_MASK Access)
{
    NTSTATUS status = STATUS_SUCCESS;
    Observed->Original = *Access;
    ObReference(Observed->Object);
    KeEnterCriticalRegion();
    PLIST_ENTRY e = ObpRegisteredList.Flink;
    while (NT_SUCCESS(status) && e != &ObpRegisteredList)
    {
        const POBP_REGISTERED registered = CONTAINING_RECORD(e, OBP_REGISTERED, Entry);
        registered->Running++; /* keeps it in the list while a routine of it runs */
        if (!registered->Dead)
        {
            status = ObpAskOne(Observed, registered, Access);
        }
        e = e->Flink;
        ObpRelease(registered);
    }
    return status;
}

void
ObpAfterHandle(POBP_OBSERVED Observed, ACCESS_MASK Granted, NTSTATUS Status)
{
    while (Observed->Calls != NULL)
    {
        const POBP_CALL call = Observed->Calls;
        OB_POST_OPERATION_PARAMETERS parameters = {0};
        OB_POST_OPERATION_INFORMATION information = {.Operation = Observed->Operation,
                                                     .KernelHandle = Observed->Kernel,
                                                     .Object = Observed->Object,
                                                     .ObjectType = ObHeader(Observed->Object)->Type,
                                                     .CallContext = call->CallContext,
                                                     .ReturnStatus = Status,
                                                     .Parameters = &parameters};
        parameters.CreateHandleInformation.GrantedAccess = NT_SUCCESS(Status) ? Granted : 0;
        Observed->Calls = call->Next;
        if (call->Post != NULL)
        {
            call->Post(call->Registered->Context, &information);
        }
        ObpRelease(call->Registered);
        MmFreePool(call, OBP_FILTER_TAG);
    }
    KeLeaveCriticalRegion();
    ObDereference(Observed->Object);
}
