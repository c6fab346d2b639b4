/* SPDX-License-Identifier: MIT */
/*
 * Client processes: who opens devices. One boots with the machine; others are started, used and
 * ended here, by the process in use, as a user's programs start each other.
 */
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

typedef struct start_call
{
    const char *image;
    SE_ACCOUNT account;
    NTSTATUS status;
    PPS_PROCESS process;
    PPS_THREAD thread;
} start_call;

static bool
account_of(wdm_client client, SE_ACCOUNT *account)
{
    switch (client)
    {
    case WDM_CLIENT_ADMIN:
        *account = SeAccountAdministrator;
        return true;
    case WDM_CLIENT_USER:
        *account = SeAccountUser;
        return true;
    case WDM_CLIENT_LOW:
        *account = SeAccountLow;
        return true;
    }
    return false;
}

wdm_status
wdm_set_first_client(wdm_machine *machine)
{
    SE_ACCOUNT account;

    if (!account_of(machine->options.client, &account))
        return wdm_fail(machine, WDM_BAD_INPUT, "there is no such client");
    if (account == SeAccountAdministrator)
        return WDM_OK;
    return wdm_from_ntstatus(machine, PsSetClientAccount(machine->process, account), "client");
}

static void
start_routine(void *context)
{
    start_call *call = context;

    KiCurrentThread()->PreviousMode = KernelMode;
    call->status = PsStartClientProcess(call->image, call->account, &call->process);
    if (NT_SUCCESS(call->status))
        call->status = PsCreateClientThread(call->process, &call->thread);
    KiCurrentThread()->PreviousMode = UserMode;
}

static void
first_routine(void *context)
{
    (void)context;
    KiCurrentThread()->PreviousMode = KernelMode;
    PsCallNewThreadNotify();
    KiCurrentThread()->PreviousMode = UserMode;
}

wdm_status
wdm_process_start(wdm_machine *machine, const char *image, wdm_client client, uint32_t *pid)
{
    start_call call = {.image = image};
    wdm_status status;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (image == NULL || image[0] == 0 || strlen(image) > 60 || !account_of(client, &call.account))
        return wdm_fail(machine, WDM_BAD_INPUT, "not a process to start");
    status = wdm_call(machine, start_routine, &call);
    if (status != WDM_OK)
        return status;
    status = wdm_from_ntstatus(machine, call.status, image);
    if (status != WDM_OK)
        return status;
    *pid = (uint32_t)(ULONG_PTR)call.process->UniqueProcessId;
    machine->process = call.process;
    machine->thread = call.thread;
    return wdm_call(machine, first_routine, NULL);
}

struct search
{
    uint32_t pid;
    PPS_PROCESS process;
    PPS_THREAD thread;
};

static BOOLEAN
on_process(PPS_PROCESS process, PVOID context)
{
    struct search *search = context;

    if ((uint32_t)(ULONG_PTR)process->UniqueProcessId == search->pid && !process->Exiting)
        search->process = process;
    return search->process == NULL;
}

static BOOLEAN
on_thread(PPS_THREAD thread, PVOID context)
{
    struct search *search = context;

    if (thread->Client && thread->Process == search->process && !KiClientBusy(&thread->Tcb))
        search->thread = thread;
    return search->thread == NULL;
}

wdm_status
wdm_process_use(wdm_machine *machine, uint32_t pid)
{
    struct search search = {.pid = pid};

    if (machine->dead)
        return WDM_BUGCHECK;
    PsForEachProcess(on_process, &search);
    if (search.process != NULL)
        PsForEachThread(on_thread, &search);
    if (search.thread == NULL)
        return wdm_fail(machine, WDM_BAD_INPUT, "%u is not a client process", (unsigned)pid);
    machine->process = search.process;
    machine->thread = search.thread;
    return WDM_OK;
}

uint32_t
wdm_process_current(const wdm_machine *machine)
{
    return (uint32_t)(ULONG_PTR)machine->process->UniqueProcessId;
}

typedef struct release_call
{
    PPS_PROCESS process;
    PPS_THREAD thread;
} release_call;

static void
release_routine(void *context)
{
    release_call *call = context;

    ObDereference(call->thread);
    ObDereference(call->process);
}

static wdm_status
release_process(wdm_machine *machine, PPS_PROCESS process, PPS_THREAD thread)
{
    release_call call = {process, thread};

    return wdm_call(machine, release_routine, &call);
}

static void
exit_routine(void *context)
{
    PsExitClientProcess((NTSTATUS) * (uint32_t *)context);
}

wdm_status
wdm_process_exit(wdm_machine *machine, uint32_t ntstatus)
{
    PPS_PROCESS process = machine->process;
    PPS_THREAD thread = machine->thread;
    uint32_t parent = (uint32_t)(ULONG_PTR)process->InheritedFromUniqueProcessId;
    KI_RUN_RESULT result;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (wdm_process_use(machine, parent) != WDM_OK)
        return wdm_fail(machine, WDM_BAD_INPUT, "the first client process does not exit");
    result = KiRunClient(&thread->Tcb, exit_routine, &ntstatus);
    if (result == KiRunBugCheck)
    {
        machine->dead = true;
        wdm_output_flush(machine);
        return wdm_fail(machine, WDM_BUGCHECK, "bug check 0x%02X", (unsigned)KiBugCheckRecord.Code);
    }
    return release_process(machine, process, thread);
}
