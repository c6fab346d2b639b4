/* SPDX-License-Identifier: MIT */
/* Fault injection as an embedder sees it: names for the call that was made to fail. */
#include "runtime/reportp.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/returns.h"

static int
compare_name(const void *name, const void *row)
{
    return strcmp(name, ((const struct wdm_return *)row)->name);
}

/* What a DDI that cannot get what it needs does, by the type it returns; NULL: it has no way to
 * say so. */
static const char *
result_of(const char *ddi)
{
    const struct wdm_return *row =
        bsearch(ddi, wdm_returns, wdm_return_count, sizeof(wdm_returns[0]), compare_name);

    if (strcmp(ddi, "MmProbeAndLockPages") == 0)
        return "raises STATUS_WORKING_SET_QUOTA";
    switch (row != NULL ? row->kind : 0)
    {
    case 's':
        return "returns STATUS_INSUFFICIENT_RESOURCES";
    case 'p':
        return "returns NULL";
    case 'b':
        return "returns FALSE";
    default:
        return NULL;
    }
}

/* A driver can do nothing when what it takes away does not go, or when somebody else's answer is
 * what a call returns: failing these would find mistakes in every driver. */
static BOOLEAN
is_failable(const char *ddi)
{
    static const char *const words[] = {
        "Delete",   "Close", "Free",    "nregister", "nRegister", "Remove", "CallDriver", "Cancel",
        "Complete", "Wait",  "Release", "Unmap",     "Unload",    "Detach", "Disconnect"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
    {
        if (strstr(ddi, words[i]) != NULL)
            return FALSE;
    }
    return result_of(ddi) != NULL;
}

static void
deliver(const void *argument)
{
    const VF_FAULT *fault = argument;
    wdm_machine *machine = wdm_current;
    const char *ddi = fault->Export->Name;
    static const bool exact[1];
    PVOID address = fault->Caller;
    struct wdm_frame frame;
    char caller[400];

    memset(&frame, 0, sizeof(frame));
    wdm_symbolize(&address, 1, exact, &frame);
    /* What the driver had said by then comes first. */
    wdm_output_flush(machine);
    const wdm_fault result = {.number = fault->Number,
                              .ddi = ddi,
                              .caller = wdm_frame_text(&frame, caller, sizeof(caller)),
                              .result = fault->Raises ? "raises STATUS_INSUFFICIENT_RESOURCES"
                                                      : result_of(ddi),
                              .bytes = fault->Size};
    if (machine->options.injected != NULL)
        machine->options.injected(machine->options.context, &result);
}

static void
on_fault(const VF_FAULT *fault)
{
    wdm_on_large_stack(deliver, fault);
}

void
wdm_faults_init(wdm_machine *machine)
{
    VfStartFaults(machine->options.fault, is_failable, on_fault);
}

uint64_t
wdm_fault_calls(const wdm_machine *machine)
{
    (void)machine;
    return VfFaultCalls();
}
