/* SPDX-License-Identifier: MIT */
/* Tables about the machine, one formatter for each. */
#include "runtime/runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/io.h"
#include "io/query.h"
#include "ldr/ldr.h"

typedef struct table
{
    wdm_machine *machine;
    wdm_line_fn line;
    void *context;
    PDEVICE_OBJECT wanted;
} table;

__attribute__((format(printf, 2, 3))) static void
row(const table *out, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof(line))
        length = (int)sizeof(line) - 1;
    while (length > 0 && line[length - 1] == ' ')
        length--;
    out->line(out->context, line, (size_t)length);
}

static const char *
text(const UNICODE_STRING *string)
{
    static char buffers[4][300];
    static unsigned next;
    char *buffer = buffers[next++ % 4];
    return wdm_to_utf8(string, buffer, sizeof(buffers[0]));
}

/* ---- io ----------------------------------------------------------------------------------------
 */

static BOOLEAN
driver_row(const IO_DRIVER_INFO *info, PVOID context)
{
    row(context, "%-28s %-20s %016llx %8x %3u%s%s", text(&info->Name),
        info->ImageName != NULL ? info->ImageName : "-", (unsigned long long)(ULONG_PTR)info->Start,
        info->Size, info->Devices, info->CanUnload ? "" : " no-unload",
        info->UnloadPending ? " unload-pending" : "");
    return TRUE;
}

static BOOLEAN
device_row(const IO_DEVICE_INFO *info, PVOID context)
{
    row(context, "%-36s %-24s type %04x flags %08x open %d stack %d%s", text(&info->Name),
        text(&info->DriverName), info->DeviceType, info->Flags, info->OpenCount, info->StackSize,
        info->DeletePending ? " delete-pending" : "");
    return TRUE;
}

static BOOLEAN
stack_row(const IO_DEVICE_INFO *info, PVOID context)
{
    const table *out = context;
    row(out, "%c %-36s %-24s", info->DeviceObject == out->wanted ? '>' : ' ', text(&info->Name),
        text(&info->DriverName));
    return TRUE;
}

static BOOLEAN
irp_row(const IO_IRP_INFO *info, PVOID context)
{
    row(context, "%-4u %-24s %08x %-28s %-20s thread %-3d %s%s", info->Number,
        IoMajorFunctionName(info->MajorFunction), info->IoControlCode, text(&info->DeviceName),
        text(&info->DriverName), info->Thread != NULL ? (int)info->Thread->Number : -1,
        info->CancelRoutineSet ? "cancelable" : "", info->Cancel ? " cancelled" : "");
    return TRUE;
}

typedef struct device_search
{
    const char *name;
    PDEVICE_OBJECT found;
} device_search;

/* "\Device\Hello", or the last component alone. */
static BOOLEAN
match_device(const IO_DEVICE_INFO *info, PVOID context)
{
    device_search *search = context;
    const char *name = text(&info->Name);
    const char *last = strrchr(name, '\\');

    if (strcasecmp(name, search->name) != 0 &&
        (last == NULL || strcasecmp(last + 1, search->name) != 0))
        return TRUE;
    search->found = info->DeviceObject;
    return FALSE;
}

/* ---- ob ----------------------------------------------------------------------------------------
 */

static BOOLEAN
object_row(const OB_ENUMERATION *entry, PVOID context)
{
    UNICODE_STRING name = *entry->Name;
    if (entry->LinkTarget.Length > 0)
        row(context, "%-20s %s -> %s", text(&entry->Type->Name), text(&name),
            text(&entry->LinkTarget));
    else
        row(context, "%-20s %s", text(&entry->Type->Name), text(&name));
    return TRUE;
}

static wdm_status
query_objects(const table *out, const char *directory)
{
    WCHAR path[256];
    NTSTATUS status;

    if (directory == NULL)
        directory = "\\";
    if (wdm_to_utf16(directory, path, RTL_NUMBER_OF(path)) < 0)
        return wdm_fail(out->machine, WDM_BAD_INPUT, "'%s' is no object name", directory);
    row(out, "%-20s %s", "Type", "Name");
    status = ObEnumerateDirectory(path, object_row, (PVOID)(ULONG_PTR)out);
    return wdm_from_ntstatus(out->machine, status, directory);
}

/* ---- mm, ps, ke
 * ---------------------------------------------------------------------------------- */

static void
pool_row(const MM_POOL_TAG_USAGE *usage, PVOID context)
{
    char tag[5];

    for (int i = 0; i < 4; i++)
    {
        char c = (char)(usage->Tag >> (8 * i));
        tag[i] = c >= 32 && c < 127 ? c : '.';
    }
    tag[4] = 0;
    row(context, "%-4s %-8s %10llu %10llu %12llu %12llu", tag, usage->Paged ? "Paged" : "Nonp",
        (unsigned long long)usage->Allocations, (unsigned long long)usage->Frees,
        (unsigned long long)usage->LiveBytes, (unsigned long long)usage->PeakBytes);
}

static const char *
state_name(const KTHREAD *thread)
{
    static const char *const names[] = {"initialized", "ready", "running", "terminated", "waiting"};
    return thread->State < RTL_NUMBER_OF(names) ? names[thread->State] : "?";
}

static BOOLEAN
thread_row(PPS_THREAD thread, PVOID context)
{
    LDR_ADDRESS_INFO info;
    char start[200] = "kernel";

    if (LdrQueryAddress((ULONG64)thread->StartAddress, &info))
        snprintf(start, sizeof(start), "%s+0x%x", info.Image->Name, info.Rva);
    row(context, "%-4u %-6llu %-14s %-11s priority %-2d %s%s", thread->Tcb.Number,
        (unsigned long long)(ULONG_PTR)thread->Cid.UniqueThread, thread->Process->ImageFileName,
        state_name(&thread->Tcb), thread->Tcb.Priority, thread->Client ? "client " : "", start);
    return TRUE;
}

static void
timer_row(PKTIMER timer, LONGLONG due, void *context)
{
    LDR_ADDRESS_INFO info;
    char routine[200] = "";

    if (timer->Dpc != NULL &&
        LdrQueryAddress((ULONG64)(ULONG_PTR)timer->Dpc->DeferredRoutine, &info))
        snprintf(routine, sizeof(routine), " DPC %s+0x%x", info.Image->Name, info.Rva);
    row(context, "%016llx due %lld.%04lld ms period %u%s", (unsigned long long)(ULONG_PTR)timer,
        (long long)(due / 10000), (long long)(due % 10000), timer->Period, routine);
}

wdm_status
wdm_query(wdm_machine *machine,
          wdm_table kind,
          const char *argument,
          wdm_line_fn line,
          void *context)
{
    table out = {machine, line, context, NULL};
    device_search search = {argument, NULL};

    if (line == NULL || (kind == WDM_TABLE_DEVSTACK && argument == NULL))
        return wdm_fail(machine, WDM_BAD_INPUT, "query: an argument is missing");
    switch (kind)
    {
    case WDM_TABLE_DRIVERS:
        row(&out, "%-28s %-20s %-16s %8s %3s", "Driver", "Image", "Base", "Size", "Devices");
        IoForEachDriver(driver_row, &out);
        return WDM_OK;
    case WDM_TABLE_DEVICES:
        row(&out, "%-36s %-24s", "Device", "Driver");
        IoForEachDevice(device_row, &out);
        return WDM_OK;
    case WDM_TABLE_DEVSTACK:
        IoForEachDevice(match_device, &search);
        if (search.found == NULL)
            return wdm_fail(machine, WDM_BAD_INPUT, "there is no device '%s'", argument);
        out.wanted = search.found;
        row(&out, "  %-36s %-24s", "Device", "Driver");
        IoForEachInStack(search.found, stack_row, &out);
        return WDM_OK;
    case WDM_TABLE_OBJECTS:
        return query_objects(&out, argument);
    case WDM_TABLE_IRPS:
        row(&out, "%-4s %-24s %-8s %-28s %-20s", "IRP", "Major", "Code", "Device", "Driver");
        IoForEachIrp(irp_row, &out);
        return WDM_OK;
    case WDM_TABLE_POOL:
        row(&out, "%-4s %-8s %10s %10s %12s %12s", "Tag", "Type", "Allocs", "Frees", "Live bytes",
            "Peak bytes");
        MmForEachPoolTag(FALSE, pool_row, &out);
        return WDM_OK;
    case WDM_TABLE_THREADS:
        row(&out, "%-4s %-6s %-14s %-11s", "No", "Id", "Process", "State");
        PsForEachThread(thread_row, &out);
        return WDM_OK;
    case WDM_TABLE_TIMERS:
        row(&out, "%-16s", "Timer");
        KiForEachTimer(timer_row, &out);
        return WDM_OK;
    }
    return wdm_fail(machine, WDM_BAD_INPUT, "no such table");
}

static void
add_live_bytes(const MM_POOL_TAG_USAGE *usage, PVOID context)
{
    *(uint64_t *)context += usage->LiveBytes;
}

uint64_t
wdm_pool_bytes(const wdm_machine *machine)
{
    uint64_t total = 0;

    (void)machine;
    MmForEachPoolTag(FALSE, add_live_bytes, &total);
    return total;
}

static BOOLEAN
count_irp(const IO_IRP_INFO *info, PVOID context)
{
    (void)info;
    (*(unsigned *)context)++;
    return TRUE;
}

unsigned
wdm_irp_count(const wdm_machine *machine)
{
    unsigned count = 0;

    (void)machine;
    IoForEachIrp(count_irp, &count);
    return count;
}
