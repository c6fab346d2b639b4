/* SPDX-License-Identifier: MIT */
/*
 * Who wants to hear of processes, threads and images: the routines of the PsSet...NotifyRoutine
 * family, in order of registration. They run at PASSIVE_LEVEL in a critical region, in the thread
 * that creates or ends. Nothing blocks between reading and changing a list; removing one waits for
 * its routines to return.
 */
#include "psp.h"

/* NF:ntddk.PsSetCreateProcessNotifyRoutine: 64 since Windows 7. */
#define PSP_NOTIFY_LIMIT 64

typedef enum _PSP_NOTIFY_KIND
{
    PspNotifyProcess,   /* PCREATE_PROCESS_NOTIFY_ROUTINE */
    PspNotifyProcessEx, /* ..._EX: PsSetCreateProcessNotifyRoutineEx */
    PspNotifyProcessEx2,
    PspNotifyThread,    /* runs in the creating thread */
    PspNotifyThreadNew, /* PsCreateThreadNotifyNonSystem: runs in the new thread */
    PspNotifyThreadSubsystems,
    PspNotifyImage
} PSP_NOTIFY_KIND;

typedef struct _PSP_NOTIFY
{
    PVOID Routine;
    PSP_NOTIFY_KIND Kind;
    BOOLEAN Removing;
    ULONG Running;
    KEVENT Idle;
} PSP_NOTIFY, *PPSP_NOTIFY;

/* One list for each family, that is: for each limit. */
typedef struct _PSP_NOTIFY_LIST
{
    PSP_NOTIFY Slots[PSP_NOTIFY_LIMIT];
    ULONG Count;
} PSP_NOTIFY_LIST, *PPSP_NOTIFY_LIST;

static PSP_NOTIFY_LIST PspProcessNotify, PspThreadNotify, PspImageNotify;

static PPSP_NOTIFY
PspFindNotify(PPSP_NOTIFY_LIST List, PVOID Routine, PSP_NOTIFY_KIND First, PSP_NOTIFY_KIND Last)
{
    for (ULONG index = 0; index < PSP_NOTIFY_LIMIT; index++)
    {
        const PPSP_NOTIFY slot = &List->Slots[index];
        if (slot->Routine == Routine && !slot->Removing && slot->Kind >= First &&
            slot->Kind <= Last)
        {
            return slot;
        }
    }
    return NULL;
}

static NTSTATUS
PspAddNotify(PPSP_NOTIFY_LIST List, PVOID Routine, PSP_NOTIFY_KIND Kind, NTSTATUS Full)
{
    for (ULONG index = 0; index < PSP_NOTIFY_LIMIT; index++)
    {
        const PPSP_NOTIFY slot = &List->Slots[index];
        if (slot->Routine == NULL)
        {
            slot->Routine = Routine;
            slot->Kind = Kind;
            slot->Removing = FALSE;
            KeInitializeEvent(&slot->Idle, NotificationEvent, FALSE);
            List->Count++;
            return STATUS_SUCCESS;
        }
    }
    return Full;
}

static void
PspDropNotify(PPSP_NOTIFY_LIST List, PPSP_NOTIFY Slot)
{
    Slot->Removing = TRUE;
    while (Slot->Running != 0)
    {
        KeWaitForSingleObject(&Slot->Idle, Executive, KernelMode, FALSE, NULL);
    }
    Slot->Routine = NULL;
    List->Count--;
}

static void
PspEndCall(PPSP_NOTIFY Slot)
{
    if (--Slot->Running == 0 && Slot->Removing)
    {
        KeSetEvent(&Slot->Idle, IO_NO_INCREMENT, FALSE);
    }
}

void
PsForEachNotify(BOOLEAN (*Routine)(PVOID Function, const char *Kind, PVOID Context), PVOID Context)
{
    static const struct
    {
        PPSP_NOTIFY_LIST List;
        const char *Kind;
    } lists[] = {
        {&PspProcessNotify, "process"}, {&PspThreadNotify, "thread"}, {&PspImageNotify, "image"}};
    for (ULONG list = 0; list < RTL_NUMBER_OF(lists); list++)
    {
        for (ULONG index = 0; index < PSP_NOTIFY_LIMIT; index++)
        {
            const PPSP_NOTIFY slot = &lists[list].List->Slots[index];
            if (slot->Routine != NULL && !slot->Removing &&
                !Routine(slot->Routine, lists[list].Kind, Context))
            {
                return;
            }
        }
    }
}

/* ---- calling ------------------------------------------------------------------------------ */

void
PspCallProcessNotify(PPS_PROCESS Process, PPS_CREATE_NOTIFY_INFO CreateInfo)
{
    if (PspProcessNotify.Count == 0)
    {
        return;
    }
    KeEnterCriticalRegion();
    for (ULONG index = 0; index < PSP_NOTIFY_LIMIT; index++)
    {
        const PPSP_NOTIFY slot = &PspProcessNotify.Slots[index];
        if (slot->Routine == NULL || slot->Removing)
        {
            continue;
        }
        slot->Running++;
        if (slot->Kind == PspNotifyProcess)
        {
            ((PCREATE_PROCESS_NOTIFY_ROUTINE)slot->Routine)(Process->InheritedFromUniqueProcessId,
                                                            Process->UniqueProcessId,
                                                            CreateInfo != NULL);
        }
        else
        {
            ((PCREATE_PROCESS_NOTIFY_ROUTINE_EX)slot->Routine)(
                (PEPROCESS)Process, Process->UniqueProcessId, CreateInfo);
        }
        PspEndCall(slot);
    }
    KeLeaveCriticalRegion();
}

static void
PspCallThreads(PPS_THREAD Thread, BOOLEAN Create, BOOLEAN NewThread)
{
    KeEnterCriticalRegion();
    for (ULONG index = 0; index < PSP_NOTIFY_LIMIT; index++)
    {
        const PPSP_NOTIFY slot = &PspThreadNotify.Slots[index];
        if (slot->Routine == NULL || slot->Removing)
        {
            continue;
        }
        const BOOLEAN inNew = slot->Kind == PspNotifyThreadNew;
        if (Create ? inNew != NewThread : inNew && Thread->Tcb.SystemThread)
        {
            continue;
        }
        slot->Running++;
        ((PCREATE_THREAD_NOTIFY_ROUTINE)slot->Routine)(Thread->Cid.UniqueProcess,
                                                       Thread->Cid.UniqueThread, Create);
        PspEndCall(slot);
    }
    KeLeaveCriticalRegion();
}

void
PspCallThreadNotify(PPS_THREAD Thread, BOOLEAN Create)
{
    if (PspThreadNotify.Count != 0)
    {
        PspCallThreads(Thread, Create, FALSE);
    }
}

void
PsCallNewThreadNotify(void)
{
    if (PspThreadNotify.Count != 0)
    {
        PspCallThreads(PspCurrentThread(), TRUE, TRUE);
    }
}

void
PsCallImageNotify(PCUNICODE_STRING FullImageName, PPS_PROCESS Process, PVOID Base, SIZE_T Size)
{
    /* What the routines get lies inside an IMAGE_INFO_EX, as ExtendedInfoPresent tells them. */
    IMAGE_INFO_EX information = {.Size = sizeof(IMAGE_INFO_EX)};
    if (PspImageNotify.Count == 0)
    {
        return;
    }
    information.ImageInfo.ImageAddressingMode = IMAGE_ADDRESSING_MODE_32BIT;
    information.ImageInfo.SystemModeImage = Process == NULL;
    information.ImageInfo.ExtendedInfoPresent = TRUE;
    information.ImageInfo.ImageBase = Base;
    information.ImageInfo.ImageSize = Size;
    KeEnterCriticalRegion();
    for (ULONG index = 0; index < PSP_NOTIFY_LIMIT; index++)
    {
        const PPSP_NOTIFY slot = &PspImageNotify.Slots[index];
        if (slot->Routine == NULL || slot->Removing)
        {
            continue;
        }
        slot->Running++;
        ((PLOAD_IMAGE_NOTIFY_ROUTINE)slot->Routine)(
            (PUNICODE_STRING)FullImageName, Process == NULL ? NULL : Process->UniqueProcessId,
            &information.ImageInfo);
        PspEndCall(slot);
    }
    KeLeaveCriticalRegion();
}

/* ---- processes ---------------------------------------------------------------------------- */

static NTSTATUS
PspChangeProcessNotify(PVOID Routine, PSP_NOTIFY_KIND Kind, BOOLEAN Remove)
{
    const PPSP_NOTIFY slot = PspFindNotify(&PspProcessNotify, Routine, Kind, Kind);
    if (Remove)
    {
        if (slot == NULL)
        {
            return STATUS_PROCEDURE_NOT_FOUND;
        }
        PspDropNotify(&PspProcessNotify, slot);
        return STATUS_SUCCESS;
    }
    if (Kind != PspNotifyProcess && ObMayRegisterCallback != NULL &&
        !ObMayRegisterCallback(Routine))
    {
        return STATUS_ACCESS_DENIED;
    }
    return slot != NULL ? STATUS_INVALID_PARAMETER
                        : PspAddNotify(&PspProcessNotify, Routine, Kind, STATUS_INVALID_PARAMETER);
}

/* Contract: NF:ntddk.PsSetCreateProcessNotifyRoutine. */
DDI NTSTATUS
PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine, BOOLEAN Remove)
{
    return PspChangeProcessNotify((PVOID)NotifyRoutine, PspNotifyProcess, Remove);
}

/* Contract: NF:ntddk.PsSetCreateProcessNotifyRoutineEx. */
DDI NTSTATUS
PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine, BOOLEAN Remove)
{
    return PspChangeProcessNotify((PVOID)NotifyRoutine, PspNotifyProcessEx, Remove);
}

/* Contract: NF:ntddk.PsSetCreateProcessNotifyRoutineEx2. */
DDI NTSTATUS
PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE NotifyType,
                                   PVOID NotifyInformation,
                                   BOOLEAN Remove)
{
    if (NotifyType != PsCreateProcessNotifySubsystems)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return PspChangeProcessNotify(NotifyInformation, PspNotifyProcessEx2, Remove);
}

/* ---- threads ------------------------------------------------------------------------------ */

/* Contract: NF:ntddk.PsSetCreateThreadNotifyRoutine. */
DDI NTSTATUS
PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine)
{
    return PspAddNotify(&PspThreadNotify, (PVOID)NotifyRoutine, PspNotifyThread,
                        STATUS_INSUFFICIENT_RESOURCES);
}

/* Contract: NF:ntddk.PsSetCreateThreadNotifyRoutineEx. */
DDI NTSTATUS
PsSetCreateThreadNotifyRoutineEx(PSCREATETHREADNOTIFYTYPE NotifyType, PVOID NotifyInformation)
{
    if (NotifyType != PsCreateThreadNotifyNonSystem && NotifyType != PsCreateThreadNotifySubsystems)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return PspAddNotify(&PspThreadNotify, NotifyInformation,
                        NotifyType == PsCreateThreadNotifyNonSystem ? PspNotifyThreadNew
                                                                    : PspNotifyThreadSubsystems,
                        STATUS_INSUFFICIENT_RESOURCES);
}

/* Contract: NF:ntddk.PsRemoveCreateThreadNotifyRoutine. */
DDI NTSTATUS
PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine)
{
    const PPSP_NOTIFY slot = PspFindNotify(&PspThreadNotify, (PVOID)NotifyRoutine, PspNotifyThread,
                                           PspNotifyThreadSubsystems);
    if (slot == NULL)
    {
        return STATUS_PROCEDURE_NOT_FOUND;
    }
    PspDropNotify(&PspThreadNotify, slot);
    return STATUS_SUCCESS;
}

/* ---- images ------------------------------------------------------------------------------- */

/* Contract: NF:ntddk.PsSetLoadImageNotifyRoutine. */
DDI NTSTATUS
PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    return PspAddNotify(&PspImageNotify, (PVOID)NotifyRoutine, PspNotifyImage,
                        STATUS_INSUFFICIENT_RESOURCES);
}

/* Contract: NF:ntddk.PsSetLoadImageNotifyRoutineEx: the flag adds images of other architectures, of
 * which this machine has none. */
DDI NTSTATUS
PsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine, ULONG_PTR Flags)
{
    if ((Flags & ~(ULONG_PTR)PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return PsSetLoadImageNotifyRoutine(NotifyRoutine);
}

/* Contract: NF:ntddk.PsRemoveLoadImageNotifyRoutine. */
DDI NTSTATUS
PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    const PPSP_NOTIFY slot =
        PspFindNotify(&PspImageNotify, (PVOID)NotifyRoutine, PspNotifyImage, PspNotifyImage);
    if (slot == NULL)
    {
        return STATUS_PROCEDURE_NOT_FOUND;
    }
    PspDropNotify(&PspImageNotify, slot);
    return STATUS_SUCCESS;
}
