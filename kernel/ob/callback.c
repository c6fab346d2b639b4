/* SPDX-License-Identifier: MIT */
/*
 * Callback objects (\Callback\...): routines that drivers register and somebody notifies. Creating
 * and registering <= APC_LEVEL, notifying <= DISPATCH_LEVEL.
 */
#include "obp.h"

#define OBP_CALLBACK_TAG MM_TAG('C', 'b', 'r', 'g')

typedef struct _CALLBACK_OBJECT
{
    LIST_ENTRY Registrations;
    BOOLEAN AllowMultiple;
    ULONG Running; /* notifications that stand on the list */
} OBP_CALLBACK, *POBP_CALLBACK;

typedef struct _OBP_REGISTRATION
{
    LIST_ENTRY Entry;
    POBP_CALLBACK Callback;
    PCALLBACK_FUNCTION Function;
    PVOID Context;
    PVOID Caller;
    BOOLEAN Dead; /* unregistered while a notification ran */
} OBP_REGISTRATION, *POBP_REGISTRATION;

static POBJECT_TYPE ObpCallbackType;

static NTSTATUS
ObpNewCallback(POBJECT_ATTRIBUTES Attributes, BOOLEAN AllowMultiple, POBP_CALLBACK *Callback)
{
    POBP_CALLBACK callback;
    NTSTATUS status = ObCreateObject(ObpCallbackType, Attributes, KernelMode, sizeof(OBP_CALLBACK),
                                     (PVOID *)&callback);
    if (NT_SUCCESS(status))
    {
        ObpInitializeList(&callback->Registrations);
        callback->AllowMultiple = AllowMultiple;
        status = ObInsertNewObject(callback, 0, 1, (PVOID *)Callback, NULL);
    }
    return status;
}

/* Contract: NF:wdm.ExCreateCallback. */
DDI NTSTATUS
ExCreateCallback(PCALLBACK_OBJECT *CallbackObject,
                 POBJECT_ATTRIBUTES ObjectAttributes,
                 BOOLEAN Create,
                 BOOLEAN AllowMultipleCallbacks)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    POBP_CALLBACK callback = NULL;
    if (ObjectAttributes->ObjectName != NULL)
    {
        status = ObReferenceByName(ObjectAttributes->ObjectName, ObjectAttributes->RootDirectory,
                                   ObjectAttributes->Attributes, ObpCallbackType, KernelMode, 0,
                                   NULL, (PVOID *)&callback);
    }
    if (!NT_SUCCESS(status) && Create)
    {
        status = ObpNewCallback(ObjectAttributes, AllowMultipleCallbacks, &callback);
    }
    if (NT_SUCCESS(status))
    {
        *CallbackObject = (PCALLBACK_OBJECT)callback;
        return STATUS_SUCCESS;
    }
    return status;
}

/* Contract: NF:wdm.ExRegisterCallback. NULL when the object has its one routine. */
DDI PVOID
ExRegisterCallback(PCALLBACK_OBJECT CallbackObject,
                   PCALLBACK_FUNCTION CallbackFunction,
                   PVOID CallbackContext)
{
    POBP_CALLBACK callback = (POBP_CALLBACK)CallbackObject;
    if (!callback->AllowMultiple && callback->Registrations.Flink != &callback->Registrations)
    {
        return NULL;
    }
    POBP_REGISTRATION registration =
        MmAllocatePool(NonPagedPoolNx, sizeof(OBP_REGISTRATION), OBP_CALLBACK_TAG);
    if (registration == NULL)
    {
        return NULL;
    }
    registration->Callback = callback;
    registration->Function = CallbackFunction;
    registration->Context = CallbackContext;
    registration->Caller = KiCallerAddress();
    ObReference(callback);
    ObpInsertTail(&callback->Registrations, &registration->Entry);
    return registration;
}

static void
ObpFreeRegistration(POBP_REGISTRATION Registration)
{
    POBP_CALLBACK callback = Registration->Callback;
    ObpRemoveEntry(&Registration->Entry);
    MmFreePool(Registration, OBP_CALLBACK_TAG);
    ObDereference(callback);
}

/* Contract: NF:wdm.ExUnregisterCallback. */
DDI VOID
ExUnregisterCallback(PVOID CallbackRegistration)
{
    POBP_REGISTRATION registration = CallbackRegistration;
    registration->Dead = TRUE;
    if (registration->Callback->Running == 0)
    {
        ObpFreeRegistration(registration);
    }
}

/* Contract: NF:wdm.ExNotifyCallback: in order of registration. */
DDI VOID
ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2)
{
    POBP_CALLBACK callback = CallbackObject;
    callback->Running++;
    ObReference(callback);
    for (PLIST_ENTRY e = callback->Registrations.Flink; e != &callback->Registrations; e = e->Flink)
    {
        POBP_REGISTRATION registration = CONTAINING_RECORD(e, OBP_REGISTRATION, Entry);
        if (!registration->Dead)
        {
            registration->Function(registration->Context, Argument1, Argument2);
        }
    }
    if (--callback->Running == 0)
    {
        PLIST_ENTRY e = callback->Registrations.Flink;
        while (e != &callback->Registrations)
        {
            POBP_REGISTRATION registration = CONTAINING_RECORD(e, OBP_REGISTRATION, Entry);
            e = e->Flink;
            if (registration->Dead)
            {
                ObpFreeRegistration(registration);
            }
        }
    }
    ObDereference(callback);
}

/* Visits registered routines, for unload reports. */
void
ObForEachCallback(BOOLEAN (*Routine)(PVOID Function, PVOID Caller, PVOID Context), PVOID Context)
{
    for (PLIST_ENTRY t = ObpCallbackType->ObjectList.Flink; t != &ObpCallbackType->ObjectList;
         t = t->Flink)
    {
        POBP_CALLBACK callback = ObBody(CONTAINING_RECORD(t, OBJECT_HEADER, TypeEntry));
        for (PLIST_ENTRY e = callback->Registrations.Flink; e != &callback->Registrations;
             e = e->Flink)
        {
            POBP_REGISTRATION registration = CONTAINING_RECORD(e, OBP_REGISTRATION, Entry);
            if (!Routine((PVOID)registration->Function, registration->Caller, Context))
            {
                return;
            }
        }
    }
}

NTSTATUS
ObpInitCallbacks(void)
{
    const OB_TYPE_INITIALIZER initializer = {.ValidAccessMask = STANDARD_RIGHTS_ALL | 1,
                                             .UseDefaultObject = TRUE};
    static const PCWSTR names[] = {L"\\Callback\\SetSystemTime", L"\\Callback\\PowerState",
                                   L"\\Callback\\ProcessorAdd"};
    NTSTATUS status =
        ObCreateObjectType(L"Callback", &initializer, MM_TAG('C', 'a', 'l', 'l'), &ObpCallbackType);
    for (ULONG index = 0; NT_SUCCESS(status) && index < RTL_NUMBER_OF(names); index++)
    {
        UNICODE_STRING name = ObpString(names[index]);
        OBJECT_ATTRIBUTES attributes = {.Length = sizeof(OBJECT_ATTRIBUTES),
                                        .ObjectName = &name,
                                        .Attributes = OBJ_PERMANENT | OBJ_CASE_INSENSITIVE};
        POBP_CALLBACK callback;
        status = ObpNewCallback(&attributes, TRUE, &callback);
        if (NT_SUCCESS(status))
        {
            ObDereference(callback); /* its name keeps it */
        }
    }
    return status;
}
