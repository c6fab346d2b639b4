/* SPDX-License-Identifier: MIT */
/*
 * ps: processes and threads as objects. What other folders may use.
 * PEPROCESS and PETHREAD of the documented routines point at PS_PROCESS and PS_THREAD.
 */
#ifndef PS_PS_H
#define PS_PS_H

#include "ntifs.h"

#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "se/se.h"

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
    LONGLONG ExitTime100ns;   /* 0 while it lives */
    ULONG64 StartKey;         /* never the same twice */
    PACCESS_TOKEN Token;      /* primary */
    CLIENT_ID Creator;        /* the thread that created it */
    UNICODE_STRING ImagePath; /* pool */
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
    PDEVICE_OBJECT DeviceToVerify; /* io: removable medium that may have changed */
    ULONG HardErrorsDisabled;
    SE_CLIENT Identity; /* whom it impersonates */
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

/* A client process for the runtime: an administrator's, with own user arena and own handle table.
 * Referenced for the caller. Nobody is notified: it is the one that boots with the machine. */
NTSTATUS
PsCreateClientProcess(_In_z_ const char *ImageFileName, _Out_ PPS_PROCESS *Process);

/* Any other: the current thread creates it as a child of its process, whose OBJ_INHERIT handles it
 * gets. Drivers that watch processes are asked; one that refuses (CreationStatus) fails it. */
NTSTATUS
PsStartClientProcess(_In_z_ const char *ImageFileName,
                     _In_ SE_ACCOUNT Account,
                     _Out_ PPS_PROCESS *Process);

/* Runs on a client thread of the process, which it ends: handles are closed, drivers are told, the
 * process is signaled. Never returns. The caller's references stay valid. */
__attribute__((noreturn)) void PsExitClientProcess(_In_ NTSTATUS ExitStatus);

/* Before the client's first request: another account for the process that boots. */
NTSTATUS
PsSetClientAccount(_In_ PPS_PROCESS Process, _In_ SE_ACCOUNT Account);

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

/* Routines of the PsSet...NotifyRoutine family, until FALSE (unload reports). Kind: "process",
 * "thread", "image". */
void
PsForEachNotify(BOOLEAN (*Routine)(PVOID Function, const char *Kind, PVOID Context), PVOID Context);

/* An image was mapped and has not run yet. Process NULL: into system memory. */
void PsCallImageNotify(_In_opt_ PCUNICODE_STRING FullImageName,
                       _In_opt_ PPS_PROCESS Process,
                       _In_ PVOID Base,
                       _In_ SIZE_T Size);

/* First thing a new thread that is not the system's does. */
void PsCallNewThreadNotify(void);

void PsForEachProcess(BOOLEAN (*Routine)(PPS_PROCESS Process, PVOID Context), PVOID Context);

/* Presented version: default 10.0.19045. Kept in the variables of PsGetVersion and NtBuildNumber.
 */
extern ULONG PsMajorVersion, PsMinorVersion, PsBuildNumber;

#endif
