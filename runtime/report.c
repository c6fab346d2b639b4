/* SPDX-License-Identifier: MIT */
/*
 * Reports: takes the facts that the kernel's checks found, gives addresses their names, and keeps
 * and hands out text and JSON. Violations and leaks are found on a driver's stack, which is small;
 * they are written on a stack of their own.
 */
#include "runtime/reportp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_STACK (512u * 1024u)

struct report_entry
{
    wdm_report report;
    struct report_entry *next;
};

static struct report_entry *reports;
static struct report_entry **reports_end = &reports;
static size_t report_total;
static void *report_stack;

static struct wdm_frame *
symbolize_leaks(const VF_REPORT *report, struct wdm_frame **leaks)
{
    size_t kept = report->LeakCount < VF_LEAKS ? report->LeakCount : VF_LEAKS;
    PVOID *addresses = calloc(VF_LEAKS * VF_FRAMES, sizeof(*addresses));
    struct wdm_frame *frames = calloc(VF_LEAKS * VF_FRAMES, sizeof(*frames));
    static bool exact[VF_LEAKS * VF_FRAMES];
    size_t total = 0;

    memset(exact, 0, sizeof(exact));
    for (size_t i = 0; i < kept && addresses != NULL && frames != NULL; i++)
    {
        leaks[i] = frames + total;
        exact[total] = report->Leaks[i].IsRoutine;
        for (ULONG j = 0; j < report->Leaks[i].FrameCount; j++)
            addresses[total++] = report->Leaks[i].Frames[j];
    }
    if (total > 0)
        wdm_symbolize(addresses, total, exact, frames);
    free(addresses);
    return frames;
}

/* The first frame is an instruction and not a return address where the processor stopped at it. */
static bool
first_is_exact(const VF_REPORT *report)
{
    return report->FrameCount > 0 &&
           (report->FirstIsRoutine ||
            (report->ContextValid && (uint64_t)report->Frames[0] == report->Context.Rip) ||
            (report->Code == 0xCE && (uint64_t)report->Frames[0] == report->Parameters[2]));
}

static void
compose(const VF_REPORT *report, struct report_entry *entry)
{
    static struct wdm_frame frames[KI_STACK_FRAMES];
    static struct wdm_frame *leaks[VF_LEAKS];
    static const char *const kinds[] = {"bugcheck", "violation", "leak"};
    bool exact[KI_STACK_FRAMES] = {false};
    struct wdm_frame *storage = NULL;

    exact[0] = first_is_exact(report);
    wdm_symbolize(report->Frames, report->FrameCount, exact, frames);
    if (report->Kind == VfReportLeak)
        storage = symbolize_leaks(report, leaks);
    entry->report.kind = kinds[report->Kind];
    entry->report.text = wdm_report_text(report, frames, leaks);
    entry->report.json = wdm_report_json(report, frames, leaks);
    free(storage);
}

static void
deliver(const VF_REPORT *report)
{
    wdm_machine *machine = wdm_current;
    struct report_entry *entry = calloc(1, sizeof(*entry));

    if (entry == NULL)
        return;
    compose(report, entry);
    if (entry->report.text == NULL || entry->report.json == NULL)
    {
        free((char *)entry->report.text);
        free((char *)entry->report.json);
        free(entry);
        return;
    }
    *reports_end = entry;
    reports_end = &entry->next;
    report_total++;
    /* What the driver had said by then comes first. */
    wdm_output_flush(machine);
    if (machine->options.report != NULL)
        machine->options.report(machine->options.context, &entry->report);
    else
        host_write(2, entry->report.text, strlen(entry->report.text));
}

/* ---- the stack of its own ---- */

static struct
{
    struct host_fiber here, there;
    void (*routine)(const void *);
    const void *argument;
} crossing;

static void
large_fiber(void *argument)
{
    (void)argument;
    crossing.routine(crossing.argument);
    host_fiber_leave(&crossing.there, &crossing.here);
}

void
wdm_on_large_stack(void (*routine)(const void *), const void *argument)
{
    if (report_stack == NULL)
    {
        routine(argument);
        return;
    }
    crossing.routine = routine;
    crossing.argument = argument;
    host_fiber_create(&crossing.there, report_stack, REPORT_STACK, large_fiber, NULL);
    host_fiber_switch(&crossing.here, &crossing.there);
}

static void
deliver_argument(const void *argument)
{
    deliver(argument);
}

static void
on_report(const VF_REPORT *report)
{
    /* The machine has stopped: this is the host's own stack. */
    if (report->Kind == VfReportBugCheck)
        deliver(report);
    else
        wdm_on_large_stack(deliver_argument, report);
}

/* ---- for runtime and embedders ---- */

void
wdm_reports_init(wdm_machine *machine)
{
    VF_CONFIG config = {.Report = on_report, .ChecksOff = machine->options.checks_off};

    report_stack = host_map(REPORT_STACK, HOST_PROT_RW);
    VfInitSystem(&config);
}

void
wdm_reports_shutdown(wdm_machine *machine)
{
    (void)machine;
    while (reports != NULL)
    {
        struct report_entry *entry = reports;
        reports = entry->next;
        free((char *)entry->report.text);
        free((char *)entry->report.json);
        free(entry);
    }
    reports_end = &reports;
    report_total = 0;
    if (report_stack != NULL)
        host_unmap(report_stack, REPORT_STACK);
    report_stack = NULL;
}

size_t
wdm_report_count(const wdm_machine *machine)
{
    (void)machine;
    return report_total;
}

const wdm_report *
wdm_report_get(const wdm_machine *machine, size_t index)
{
    const struct report_entry *entry = reports;

    (void)machine;
    while (entry != NULL && index-- > 0)
        entry = entry->next;
    return entry != NULL ? &entry->report : NULL;
}
