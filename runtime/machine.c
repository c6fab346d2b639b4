/* SPDX-License-Identifier: MIT */
/* Booting, running and ending a machine. */
#include "runtime/runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/hal.h"
#include "hw/core/machine.h"
#include "hw/pc.h"
#include "io/io.h"
#include "rtl/rtl.h"

#define RAM_SIZE       (64ull << 20)
#define TICK_PERIOD_MS 100u

wdm_machine *wdm_current;

wdm_status
wdm_fail(wdm_machine *machine, wdm_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(machine->message, sizeof(machine->message), format, arguments);
    va_end(arguments);
    return status;
}

wdm_status
wdm_from_ntstatus(wdm_machine *machine, NTSTATUS ntstatus, const char *what)
{
    const char *name = wdm_ntstatus_name((uint32_t)ntstatus);

    machine->ntstatus = (uint32_t)ntstatus;
    if (NT_SUCCESS(ntstatus))
        return WDM_OK;
    return wdm_fail(machine, WDM_FAILED, "%s: %s (0x%08X)", what,
                    name != NULL ? name : "unknown status", (unsigned)ntstatus);
}

uint32_t
wdm_last_ntstatus(const wdm_machine *machine)
{
    return machine->ntstatus;
}

const char *
wdm_last_message(const wdm_machine *machine)
{
    return machine->message;
}

static wdm_status
after_run(wdm_machine *machine, KI_RUN_RESULT result)
{
    if (result != KiRunBugCheck)
        return WDM_OK;
    machine->dead = true;
    wdm_output_flush(machine);
    return wdm_fail(machine, WDM_BUGCHECK, "bug check 0x%02X", (unsigned)KiBugCheckRecord.Code);
}

wdm_status
wdm_call(wdm_machine *machine, void (*routine)(void *), void *context)
{
    KI_RUN_RESULT result;

    if (machine->dead)
        return WDM_BUGCHECK;
    result = KiRunClient(&machine->thread->Tcb, routine, context);
    if (result == KiRunDone)
        return WDM_OK;
    if (result == KiRunBugCheck)
        return after_run(machine, result);
    /* The thread hangs in a driver and nothing can wake it: later calls need another one. */
    if (!NT_SUCCESS(PsCreateClientThread(machine->process, &machine->thread)))
        return wdm_fail(machine, WDM_NO_MEMORY, "no memory for another client thread");
    return wdm_fail(machine, WDM_PENDING, "the driver blocks the caller and nothing can end it");
}

wdm_status
wdm_run(wdm_machine *machine)
{
    if (machine->dead)
        return WDM_BUGCHECK;
    return after_run(machine, KiRunReady());
}

wdm_status
wdm_run_until_idle(wdm_machine *machine, uint64_t limit_ns)
{
    LONGLONG limit = KiQueryTime() + (LONGLONG)(limit_ns / 100u);

    if (machine->dead)
        return WDM_BUGCHECK;
    for (;;)
    {
        LONGLONG next;
        wdm_status status = after_run(machine, KiRunReady());
        if (status != WDM_OK)
            return status;
        next = KiNextEventTime();
        if (next == KI_NO_LIMIT || next > limit)
            return WDM_OK;
        status = after_run(machine, KiRunUntil(next));
        if (status != WDM_OK)
            return status;
    }
}

wdm_status
wdm_advance(wdm_machine *machine, uint64_t duration_ns)
{
    if (machine->dead)
        return WDM_BUGCHECK;
    return after_run(machine, KiRunUntil(KiQueryTime() + (LONGLONG)(duration_ns / 100u)));
}

uint64_t
wdm_time(const wdm_machine *machine)
{
    (void)machine;
    return (uint64_t)KiQueryTime() * 100u;
}

/* "10.0.19045", "6.1" or "6.1.7601". */
static bool
parse_version(const char *text, INIT_PARAMETERS *parameters)
{
    unsigned major = 0, minor = 0, build = 0;
    char rest;

    if (text == NULL)
        text = "10.0.19045";
    if (sscanf(text, "%u.%u.%u%c", &major, &minor, &build, &rest) != 3)
    {
        build = 0;
        if (sscanf(text, "%u.%u%c", &major, &minor, &rest) != 2)
            return false;
    }
    if (major < 5 || major > 10 || minor > 4)
        return false;
    parameters->MajorVersion = major;
    parameters->MinorVersion = minor;
    parameters->BuildNumber = build;
    return true;
}

static struct hw_machine *
build_hardware(unsigned cpus)
{
    struct hw_pc_config config = {.machine = {.cpus = cpus, .ram_size = RAM_SIZE}};

    HalFillHooks(&config.machine.hooks);
    return hw_pc_create(&config);
}

static void
put_message(const char *line)
{
    wdm_machine *machine = wdm_current;

    wdm_output_flush(machine);
    (void)wdm_fail(machine, WDM_BAD_INPUT, "%s", line);
    if (machine->options.message != NULL)
    {
        machine->options.message(machine->options.context, line, strlen(line));
        return;
    }
    fprintf(stderr, "%s\n", line);
}

/* Options that no machine can be booted with; another try may follow. */
__attribute__((format(printf, 2, 3))) static wdm_status
stillborn(wdm_machine *machine, const char *format, ...)
{
    va_list arguments;

    machine->dead = true;
    va_start(arguments, format);
    vsnprintf(machine->message, sizeof(machine->message), format, arguments);
    va_end(arguments);
    return WDM_BAD_INPUT;
}

static wdm_status
boot(wdm_machine *machine)
{
    INIT_PARAMETERS parameters = {0};
    NTSTATUS status;

    parameters.Start.Processors = machine->options.cpus;
    parameters.Start.Seed = machine->options.seed;
    parameters.Start.Realtime = machine->options.realtime;
    parameters.ChecksOff = machine->options.checks_off;
    /* Nothing has begun when a check of the options fails: they can be corrected. */
    if (machine->options.cpus > KI_MAXIMUM_PROCESSORS)
        return stillborn(machine, "a machine has 1 to 64 processors, not %u",
                         machine->options.cpus);
    if (!parse_version(machine->options.windows_version, &parameters))
        return stillborn(machine, "'%s' is not a Windows version such as 10.0.19045",
                         machine->options.windows_version);
    machine->booted = true;
    machine->hardware = build_hardware(machine->options.cpus);
    if (machine->hardware == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "cannot build the machine's hardware");
    parameters.Start.SystemTime100ns = (LONGLONG)hw_clock_system_time_100ns(machine->hardware);
    if (machine->options.realtime)
        parameters.Start.SystemTime100ns = (LONGLONG)host_realtime_100ns();
    parameters.Machine = machine->hardware;
    parameters.Message = put_message;
    wdm_output_init(machine);
    status = InitKernel(&parameters, &machine->process, &machine->thread);
    if (!NT_SUCCESS(status))
        return wdm_from_ntstatus(machine, status, "the kernel did not boot");
    if (wdm_set_first_client(machine) != WDM_OK)
        return WDM_BAD_INPUT;
    wdm_reports_init(machine);
    wdm_services_init();
    wdm_faults_init(machine);
    (void)host_tick_start(KiHandleTick, TICK_PERIOD_MS);
    return WDM_OK;
}

wdm_status
wdm_boot(const wdm_options *options, wdm_machine **result)
{
    static wdm_machine storage;
    wdm_machine *machine = &storage;

    if (result == NULL)
        return WDM_BAD_INPUT;
    if (machine->booted)
        return WDM_BUSY;
    memset(machine, 0, sizeof(*machine));
    if (options != NULL)
        memcpy(&machine->options, options,
               options->size < sizeof(*options) ? options->size : sizeof(*options));
    if (machine->options.cpus == 0)
        machine->options.cpus = 1;
    wdm_current = machine;
    /* Also after a failure, so that its message can be read. */
    *result = machine;
    return boot(machine);
}

static void
shutdown_routine(void *context)
{
    (void)context;
    KiCurrentThread()->PreviousMode = KernelMode;
    IoShutdownSystem();
    KiCurrentThread()->PreviousMode = UserMode;
}

void
wdm_shutdown(wdm_machine *machine)
{
    /* Shut down before, or never booted. */
    if (machine == NULL || machine->hardware == NULL)
        return;
    while (machine->requests != NULL)
        wdm_request_end(machine->requests);
    if (!machine->dead && machine->process != NULL)
    {
        (void)wdm_call(machine, shutdown_routine, NULL);
        (void)wdm_run(machine);
    }
    (void)host_tick_start(NULL, 0);
    wdm_output_flush(machine);
    wdm_reports_shutdown(machine);
    host_trap_remove();
    hw_machine_destroy(machine->hardware);
    wdm_hardware_shutdown();
    machine->hardware = NULL;
    machine->dead = true;
}
