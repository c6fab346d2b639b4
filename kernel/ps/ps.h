/* SPDX-License-Identifier: MIT */
/*
 * ps: processes and threads as objects. What other folders may use.
 * PEPROCESS and PETHREAD of the documented routines point at PS_PROCESS and PS_THREAD.
 */
#ifndef PS_PS_H
#define PS_PS_H

#include "ntddk.h"

#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"

typedef struct _PS_PROCESS
{
    OB_PROCESS Ob; /* KPROCESS, arena, handles */
    HANDLE UniqueProcessId;
    HANDLE InheritedFromUniqueProcessId;
    LIST_ENTRY ProcessListEntry;
    LIST_ENTRY ThreadListHead; /* PS_THREAD.ThreadListEntry */
    ULONG ActiveThreads;
    NTSTATUS ExitStatus;
    BOOLEAN Exiting;
    LONGLONG CreateTime100ns;
    char ImageFileName[32];
} PS_PROCESS, *PPS_PROCESS;

typedef struct _PS_THREAD
{
    struct _KTHREAD Tcb;
    CLIENT_ID Cid;
    PPS_PROCESS Process;
    LIST_ENTRY ThreadListEntry; /* in Process */
    LIST_ENTRY IrpList;         /* io: IRP.ThreadListEntry of threaded IRPs */
    PVOID StartAddress;
    PVOID Creator;  /* return address in the driver that created it, or NULL */
    BOOLEAN Client; /* executes requests of the runtime */
    BOOLEAN InList;
    LONGLONG CreateTime100ns;
    PVOID TopLevelIrp;
    ULONG HardErrorsDisabled;
} PS_THREAD, *PPS_THREAD;

static inline PPS_THREAD
PsThread(const void *Thread)
{
    return (PPS_THREAD)Thread;
}

static inline PPS_PROCESS
PsProcess(const void *Process)
{
    return (PPS_PROCESS)Process;
}

static inline PPS_THREAD
PspCurrentThread(void)
{
    return (PPS_THREAD)KiCurrentThread();
}

/* The process whose memory and handles are current (the one attached to). */
static inline PPS_PROCESS
PspCurrentProcess(void)
{
    return (PPS_PROCESS)KiCurrentThread()->ApcProcess;
}

static inline KPROCESSOR_MODE
PsPreviousMode(void)
{
    return KiCurrentThread()->PreviousMode;
}

/* io: cancels what is left in Thread->IrpList; called on the dying thread at PASSIVE_LEVEL. */
extern void (*PsThreadRundownIrps)(PPS_THREAD Thread);

/* Creates the types and the system process (PID 4). Needs ob; the idle threads' process is adopted.
 */
NTSTATUS
PsInitSystem(void);

/* Starts worker threads; needs a running dispatcher. */
NTSTATUS
PsStartWorkers(void);

/* A client process for the runtime: own user arena, own handle table. Referenced for the caller. */
NTSTATUS
PsCreateClientProcess(_In_z_ const char *ImageFileName, _Out_ PPS_PROCESS *Process);

/* A thread of it that runs requests through KiRunClient(&Thread->Tcb, ...). Its previous mode is
 * user. Referenced for the caller. */
NTSTATUS
PsCreateClientThread(_In_ PPS_PROCESS Process, _Out_ PPS_THREAD *Thread);

/* Closes all handles (running driver cleanup and close routines), frees the arena, drops the
 * caller's reference. Must run on a thread of the system or of that process, at PASSIVE_LEVEL; the
 * client threads of it must not be busy, except the calling one. */
void PsDeleteClientProcess(_In_ PPS_PROCESS Process);

/* A system thread for the kernel itself (not in a driver's leak report). Referenced for the caller.
 */
NTSTATUS
PsCreateKernelThread(_In_ PKSTART_ROUTINE Routine,
                     _In_opt_ PVOID Context,
                     _Out_ PPS_THREAD *Thread);

/* Every thread in order of creation, until FALSE (`threads`, leak reports). */
void PsForEachThread(BOOLEAN (*Routine)(PPS_THREAD Thread, PVOID Context), PVOID Context);

void PsForEachProcess(BOOLEAN (*Routine)(PPS_PROCESS Process, PVOID Context), PVOID Context);

/* Presented version: default 10.0.19045. Kept in the variables of PsGetVersion and NtBuildNumber.
 */
extern ULONG PsMajorVersion, PsMinorVersion, PsBuildNumber;

#endif
