/* SPDX-License-Identifier: MIT */
/*
 * Registry callbacks: routines that see operations before and after they happen, highest altitude
 * first before, last after. Owns the list of registrations. A registration stays in the list while
 * its routine runs; who unregisters it waits. PASSIVE_LEVEL, queries <= APC_LEVEL.
 * Contract: kernel/filtering-registry-calls.md and the pages below it.
 */
#include "cmp.h"

typedef struct _CMP_REGISTRATION
{
    LIST_ENTRY Entry;
    ULONG64 Cookie;
    PEX_CALLBACK_FUNCTION Function;
    PVOID Context;
    PVOID Caller;
    UNICODE_STRING Altitude;
    BOOLEAN Legacy; /* of CmRegisterCallback: has no altitude of its own */
    BOOLEAN Dead;
    ULONG Running;
    KEVENT Idle;
    PKTHREAD LastThread;
} CMP_REGISTRATION, *PCMP_REGISTRATION;

/* What a callback keeps with a key object. */
typedef struct _CMP_CONTEXT
{
    LIST_ENTRY Entry;
    ULONG64 Cookie;
    PVOID Context;
} CMP_CONTEXT, *PCMP_CONTEXT;

ULONG CmpCallbackCount;
static LIST_ENTRY CmpRegistrations = {&CmpRegistrations, &CmpRegistrations};
static ULONG64 CmpLastCookie = 0x1d0000000ull; /* looks like none of the driver's own numbers */

/* ---- altitudes ---------------------------------------------------------------------------- */

static BOOLEAN
CmpValidAltitude(PCUNICODE_STRING Altitude)
{
    ULONG digits = 0, points = 0;
    for (ULONG index = 0; index < Altitude->Length / sizeof(WCHAR); index++)
    {
        const WCHAR c = Altitude->Buffer[index];
        digits += c >= '0' && c <= '9';
        points += c == '.';
    }
    return digits != 0 && points <= 1 && digits + points == Altitude->Length / sizeof(WCHAR);
}

static void
CmpSplitAltitude(PCUNICODE_STRING Altitude, PUNICODE_STRING Whole, PUNICODE_STRING Fraction)
{
    ULONG start = 0, point = 0;
    const ULONG count = Altitude->Length / sizeof(WCHAR);
    while (point < count && Altitude->Buffer[point] != '.')
    {
        point++;
    }
    while (start < point && Altitude->Buffer[start] == '0')
    {
        start++;
    }
    Whole->Buffer = Altitude->Buffer + start;
    Whole->Length = (USHORT)((point - start) * sizeof(WCHAR));
    const ULONG fraction = point < count ? point + 1 : count;
    Fraction->Buffer = Altitude->Buffer + fraction;
    Fraction->Length = (USHORT)((count - fraction) * sizeof(WCHAR));
    while (Fraction->Length != 0 && Fraction->Buffer[Fraction->Length / sizeof(WCHAR) - 1] == '0')
    {
        Fraction->Length = (USHORT)(Fraction->Length - sizeof(WCHAR));
    }
    Whole->MaximumLength = Whole->Length;
    Fraction->MaximumLength = Fraction->Length;
}

/* As decimal numbers: "385000.5" lies between "385000" and "385000.51". */
static LONG
CmpCompareAltitudes(PCUNICODE_STRING A, PCUNICODE_STRING B)
{
    UNICODE_STRING wholeA, wholeB, fractionA, fractionB;
    CmpSplitAltitude(A, &wholeA, &fractionA);
    CmpSplitAltitude(B, &wholeB, &fractionB);
    if (wholeA.Length != wholeB.Length)
    {
        return (LONG)wholeA.Length - (LONG)wholeB.Length;
    }
    const LONG order = CmpCompare(&wholeA, &wholeB);
    return order != 0 ? order : CmpCompare(&fractionA, &fractionB);
}

/* ---- contexts of key objects -------------------------------------------------------------- */

static PCMP_CONTEXT
CmpFindContext(PCMP_KEY Key, ULONG64 Cookie)
{
    if (Key == NULL)
    {
        return NULL;
    }
    for (PLIST_ENTRY e = Key->Contexts.Flink; e != &Key->Contexts; e = e->Flink)
    {
        PCMP_CONTEXT context = CONTAINING_RECORD(e, CMP_CONTEXT, Entry);
        if (context->Cookie == Cookie)
        {
            return context;
        }
    }
    return NULL;
}

static PVOID
CmpContextOf(PCMP_KEY Key, ULONG64 Cookie)
{
    PCMP_CONTEXT context = CmpFindContext(Key, Cookie);
    return context == NULL ? NULL : context->Context;
}

static PCMP_REGISTRATION
CmpFindRegistration(ULONG64 Cookie)
{
    for (PLIST_ENTRY e = CmpRegistrations.Flink; e != &CmpRegistrations; e = e->Flink)
    {
        PCMP_REGISTRATION registration = CONTAINING_RECORD(e, CMP_REGISTRATION, Entry);
        if (registration->Cookie == Cookie)
        {
            return registration;
        }
    }
    return NULL;
}

/* ---- calling ------------------------------------------------------------------------------ */

/* An exception in a callback is nobody's but its own (NF:wdm.CmGetCallbackVersion: 1.1). */
static NTSTATUS
CmpCall(PCMP_REGISTRATION Registration, REG_NOTIFY_CLASS Class, PVOID Information)
{
    KI_BARRIER barrier;
    const PKTHREAD before = Registration->LastThread;
    Registration->Running++;
    Registration->LastThread = KiCurrentThread();
    KiEnterBarrier(&barrier);
    const NTSTATUS status =
        Registration->Function(Registration->Context, (PVOID)(ULONG_PTR)Class, Information);
    KiLeaveBarrier(&barrier);
    Registration->LastThread = before;
    return status;
}

/* The list may be left, or walked on, from Registration. */
static void
CmpEndCall(PCMP_REGISTRATION Registration)
{
    if (--Registration->Running == 0 && Registration->Dead)
    {
        KeSetEvent(&Registration->Idle, 0, FALSE);
    }
}

static void
CmpHandBack(PCMP_KEY Key, PCMP_CONTEXT Context)
{
    PCMP_REGISTRATION registration = CmpFindRegistration(Context->Cookie);
    REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION information = {.Object = Key,
                                                            .ObjectContext = Context->Context};
    RemoveEntryList(&Context->Entry);
    MmFreePool(Context, CMP_TAG);
    if (registration != NULL)
    {
        (void)CmpCall(registration, RegNtCallbackObjectContextCleanup, &information);
        CmpEndCall(registration);
    }
}

void
CmpCleanContexts(PCMP_KEY Key)
{
    while (!IsListEmpty(&Key->Contexts))
    {
        CmpHandBack(Key, CONTAINING_RECORD(Key->Contexts.Flink, CMP_CONTEXT, Entry));
    }
}

/* Contract: kernel/handling-notifications.md. */
BOOLEAN
CmpPreCallbacks(PCMP_OPERATION Operation, NTSTATUS *Status)
{
    NTSTATUS status = STATUS_SUCCESS;
    Operation->Called = 0;
    for (PLIST_ENTRY e = CmpRegistrations.Flink; e != &CmpRegistrations && NT_SUCCESS(status);)
    {
        PCMP_REGISTRATION registration = CONTAINING_RECORD(e, CMP_REGISTRATION, Entry);
        if (!registration->Dead && Operation->Called < CMP_MAX_CALLBACKS)
        {
            *Operation->CallContext = NULL;
            *Operation->ObjectContext = CmpContextOf(Operation->Key, registration->Cookie);
            status = CmpCall(registration, Operation->Pre, Operation->Information);
            if (NT_SUCCESS(status))
            {
                Operation->Cookies[Operation->Called] = registration->Cookie;
                Operation->Contexts[Operation->Called] = *Operation->CallContext;
                Operation->Called++;
            }
            e = e->Flink;
            CmpEndCall(registration);
        }
        else
        {
            e = e->Flink;
        }
    }
    if (NT_SUCCESS(status))
    {
        return TRUE;
    }
    *Status = status == STATUS_CALLBACK_BYPASS ? STATUS_SUCCESS : status;
    /* The Key of an open is the one that the path starts at. */
    const BOOLEAN opens =
        Operation->Pre == RegNtPreOpenKeyEx || Operation->Pre == RegNtPreCreateKeyEx;
    *Status = CmpPostCallbacks(Operation, opens ? NULL : Operation->Key, *Status);
    return FALSE;
}

NTSTATUS
CmpPostCallbacks(PCMP_OPERATION Operation, PVOID Object, NTSTATUS Status)
{
    NTSTATUS result = Status;
    while (Operation->Called != 0)
    {
        Operation->Called--;
        const ULONG64 cookie = Operation->Cookies[Operation->Called];
        PCMP_REGISTRATION registration = CmpFindRegistration(cookie);
        if (registration == NULL || registration->Dead)
        {
            continue;
        }
        *Operation->CallContext = Operation->Contexts[Operation->Called];
        *Operation->ObjectContext = CmpContextOf(Operation->Key, cookie);
        REG_POST_OPERATION_INFORMATION information = {
            .Object = Object,
            .Status = result,
            .PreInformation = Operation->Information,
            .ReturnStatus = result,
            .CallContext = Operation->Contexts[Operation->Called],
            .ObjectContext = CmpContextOf(Object, cookie)};
        if (CmpCall(registration, Operation->Post, &information) == STATUS_CALLBACK_BYPASS)
        {
            result = information.ReturnStatus;
        }
        CmpEndCall(registration);
    }
    return result;
}

/* ---- registering -------------------------------------------------------------------------- */

/* Before the first registration of a lower altitude. */
static PLIST_ENTRY
CmpPlaceFor(PCMP_REGISTRATION New)
{
    PLIST_ENTRY e = CmpRegistrations.Flink;
    while (e != &CmpRegistrations &&
           CmpCompareAltitudes(&CONTAINING_RECORD(e, CMP_REGISTRATION, Entry)->Altitude,
                               &New->Altitude) >= 0)
    {
        e = e->Flink;
    }
    return e;
}

static BOOLEAN
CmpAltitudeTaken(PCUNICODE_STRING Altitude)
{
    for (PLIST_ENTRY e = CmpRegistrations.Flink; e != &CmpRegistrations; e = e->Flink)
    {
        PCMP_REGISTRATION registration = CONTAINING_RECORD(e, CMP_REGISTRATION, Entry);
        if (!registration->Legacy && CmpCompareAltitudes(&registration->Altitude, Altitude) == 0)
        {
            return TRUE;
        }
    }
    return FALSE;
}

static NTSTATUS
CmpRegister(PEX_CALLBACK_FUNCTION Function,
            PCUNICODE_STRING Altitude,
            BOOLEAN Legacy,
            PVOID Context,
            PLARGE_INTEGER Cookie)
{
    PCMP_REGISTRATION registration = NULL;
    if (CmpCallbackCount < CMP_MAX_CALLBACKS)
    {
        registration = MmAllocatePool(NonPagedPoolNx, sizeof(CMP_REGISTRATION), CMP_TAG);
    }
    if (registration == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    const NTSTATUS status = CmpCopyString(Altitude, &registration->Altitude);
    if (!NT_SUCCESS(status))
    {
        MmFreePool(registration, CMP_TAG);
        return status;
    }
    registration->Function = Function;
    registration->Context = Context;
    registration->Legacy = Legacy;
    registration->Caller = KiCallerAddress();
    registration->Cookie = ++CmpLastCookie;
    KeInitializeEvent(&registration->Idle, NotificationEvent, FALSE);
    PLIST_ENTRY place = CmpPlaceFor(registration);
    InsertTailList(place, &registration->Entry);
    CmpCallbackCount++;
    Cookie->QuadPart = (LONGLONG)registration->Cookie;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.CmRegisterCallbackEx. */
DDI NTSTATUS
CmRegisterCallbackEx(PEX_CALLBACK_FUNCTION Function,
                     PCUNICODE_STRING Altitude,
                     PVOID Driver,
                     PVOID Context,
                     PLARGE_INTEGER Cookie,
                     PVOID Reserved)
{
    (void)Driver;
    (void)Reserved;
    if (!CmpValidAltitude(Altitude))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (CmpAltitudeTaken(Altitude))
    {
        return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
    }
    return CmpRegister(Function, Altitude, FALSE, Context, Cookie);
}

/* Contract: NF:wdm.CmRegisterCallback, kernel/supporting-layered-registry-filtering-drivers.md:
 * near the top of the stack, in the order of registration. */
DDI NTSTATUS
CmRegisterCallback(PEX_CALLBACK_FUNCTION Function, PVOID Context, PLARGE_INTEGER Cookie)
{
    static UNICODE_STRING top = RTL_CONSTANT_STRING(L"425000");
    return CmpRegister(Function, &top, TRUE, Context, Cookie);
}

static BOOLEAN
CmpFindContextOf(PVOID Object, PVOID Context)
{
    PVOID *search = Context;
    if (CmpFindContext(Object, *(PULONG64)search[0]) != NULL)
    {
        search[1] = Object;
        return FALSE;
    }
    return TRUE;
}

/* Contract: NF:wdm.CmUnRegisterCallback. */
DDI NTSTATUS
CmUnRegisterCallback(LARGE_INTEGER Cookie)
{
    ULONG64 cookie = (ULONG64)Cookie.QuadPart;
    PCMP_REGISTRATION registration = CmpFindRegistration(cookie);
    if (registration == NULL || registration->Dead)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (registration->Running != 0 && registration->LastThread == KiCurrentThread())
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1000,
                           (ULONG64)registration->Function, cookie, 0,
                           "a registry callback does not unregister itself while it runs: that "
                           "is a deadlock",
                           "NF:wdm.CmUnRegisterCallback", NULL, NULL);
    }
    registration->Dead = TRUE;
    if (registration->Running != 0)
    {
        KeWaitForSingleObject(&registration->Idle, Executive, KernelMode, FALSE, NULL);
    }
    for (;;)
    {
        PVOID search[2] = {&cookie, NULL};
        ObEnumerateType(CmpKeyObjectType, CmpFindContextOf, search);
        if (search[1] == NULL)
        {
            break;
        }
        CmpHandBack(search[1], CmpFindContext(search[1], cookie));
    }
    RemoveEntryList(&registration->Entry);
    CmpFreeString(&registration->Altitude);
    MmFreePool(registration, CMP_TAG);
    CmpCallbackCount--;
    return STATUS_SUCCESS;
}

/* ---- what callbacks ask ------------------------------------------------------------------- */

/* Cookie belongs to a registration and Object is a key. */
static BOOLEAN
CmpValidQuery(PLARGE_INTEGER Cookie, PVOID Object)
{
    return Cookie != NULL && Object != NULL &&
           CmpFindRegistration((ULONG64)Cookie->QuadPart) != NULL &&
           ObHeader(Object)->Type == CmpKeyObjectType;
}

/* Contract: NF:wdm.CmSetCallbackObjectContext. */
DDI NTSTATUS
CmSetCallbackObjectContext(PVOID Object, PLARGE_INTEGER Cookie, PVOID NewContext, PVOID *OldContext)
{
    if (!CmpValidQuery(Cookie, Object))
    {
        return STATUS_INVALID_PARAMETER;
    }
    PCMP_KEY key = Object;
    PCMP_CONTEXT context = CmpFindContext(key, (ULONG64)Cookie->QuadPart);
    if (OldContext != NULL)
    {
        *OldContext = context == NULL ? NULL : context->Context;
    }
    if (context == NULL)
    {
        context = MmAllocatePool(NonPagedPoolNx, sizeof(CMP_CONTEXT), CMP_TAG);
        if (context == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        context->Cookie = (ULONG64)Cookie->QuadPart;
        InsertTailList(&key->Contexts, &context->Entry);
    }
    context->Context = NewContext;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.CmCallbackGetKeyObjectID: the name belongs to the key object, and may be old. */
DDI NTSTATUS
CmCallbackGetKeyObjectID(PLARGE_INTEGER Cookie,
                         PVOID Object,
                         PULONG_PTR ObjectID,
                         PCUNICODE_STRING *ObjectName)
{
    if (!CmpValidQuery(Cookie, Object))
    {
        return STATUS_INVALID_PARAMETER;
    }
    PCMP_KEY key = Object;
    if (ObjectName != NULL)
    {
        if (key->ObjectName.Buffer == NULL)
        {
            const NTSTATUS status = CmpFullName(key->Node, &key->ObjectName);
            if (!NT_SUCCESS(status))
            {
                return status;
            }
        }
        *ObjectName = &key->ObjectName;
    }
    if (ObjectID != NULL)
    {
        *ObjectID = key->Node->Id;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.CmCallbackGetKeyObjectIDEx: the name is the present one, and the caller's. */
DDI NTSTATUS
CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie,
                           PVOID Object,
                           PULONG_PTR ObjectID,
                           PCUNICODE_STRING *ObjectName,
                           ULONG Flags)
{
    if (Flags != 0 || !CmpValidQuery(Cookie, Object))
    {
        return STATUS_INVALID_PARAMETER;
    }
    PCMP_KEY key = Object;
    if (ObjectName != NULL)
    {
        PUNICODE_STRING name = MmAllocatePool(PagedPool, sizeof(UNICODE_STRING), CMP_TAG);
        if (name == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        const NTSTATUS status = CmpFullName(key->Node, name);
        if (!NT_SUCCESS(status))
        {
            MmFreePool(name, CMP_TAG);
            return status;
        }
        *ObjectName = name;
    }
    if (ObjectID != NULL)
    {
        *ObjectID = key->Node->Id;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.CmCallbackReleaseKeyObjectIDEx. */
DDI VOID
CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING ObjectName)
{
    PUNICODE_STRING name = (PUNICODE_STRING)ObjectName;
    CmpFreeString(name);
    MmFreePool(name, CMP_TAG);
}

/* Contract: NF:wdm.CmGetBoundTransaction. Keys cannot be opened in a transaction
 * (ZwCreateKeyTransacted is not implemented), so none is bound to one. */
DDI PVOID
CmGetBoundTransaction(PLARGE_INTEGER Cookie, PVOID Object)
{
    (void)Cookie;
    (void)Object;
    return NULL;
}

/* Contract: NF:wdm.CmGetCallbackVersion. */
DDI VOID
CmGetCallbackVersion(PULONG Major, PULONG Minor)
{
    if (Major != NULL)
    {
        *Major = 1;
    }
    if (Minor != NULL)
    {
        *Minor = 1;
    }
}

/* ---- reports ------------------------------------------------------------------------------ */

void
CmForEachCallback(BOOLEAN (*Routine)(PVOID Function, PVOID Caller, PVOID Context), PVOID Context)
{
    for (PLIST_ENTRY e = CmpRegistrations.Flink; e != &CmpRegistrations; e = e->Flink)
    {
        PCMP_REGISTRATION registration = CONTAINING_RECORD(e, CMP_REGISTRATION, Entry);
        if (!Routine((PVOID)registration->Function, registration->Caller, Context))
        {
            return;
        }
    }
}
