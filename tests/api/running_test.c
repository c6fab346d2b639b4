/* SPDX-License-Identifier: MIT */
/* Time, tables, output, traces, and devices of the embedder. */
#include "tests/api/kit.h"

static struct output output;
static wdm_handle handle;

static void
time_passes(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_request *request;
    uint32_t wait = 50;
    uint64_t before = wdm_time(machine);

    CHECK_EQ(wdm_advance(machine, 5000000), WDM_OK);
    CHECK_EQ(wdm_time(machine) / 100, (before + 5000000) / 100);
    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_LATER, &wait, 4, 0, &request), WDM_OK);
    before = wdm_time(machine);
    CHECK_EQ(wdm_run(machine), WDM_OK);
    CHECK(!wdm_request_done(request, NULL, NULL));
    /* The limit comes before the timer: nothing happens, and no time passes. */
    CHECK_EQ(wdm_run_until_idle(machine, 1000000), WDM_OK);
    CHECK(!wdm_request_done(request, NULL, NULL));
    CHECK_EQ(wdm_advance(machine, 49000000), WDM_OK);
    CHECK(!wdm_request_done(request, NULL, NULL));
    CHECK_EQ(wdm_run_until_idle(machine, 1000000000), WDM_OK);
    CHECK(wdm_request_done(request, NULL, NULL));
    /* Idle is idle: the clock did not go on to the limit. */
    CHECK(wdm_time(machine) >= before + 50000000 && wdm_time(machine) < before + 60000000);
    wdm_request_end(request);
    CHECK_EQ(wdm_advance(machine, 0), WDM_OK);
    wdm_shutdown(machine);
}

static void
host_time(void)
{
    wdm_options options = {.size = sizeof(options), .realtime = true};
    wdm_machine *machine = NULL;
    uint64_t before;

    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    before = wdm_time(machine);
    CHECK_EQ(wdm_advance(machine, 20000000), WDM_OK);
    CHECK(wdm_time(machine) - before >= 20000000);
    wdm_shutdown(machine);
}

static void
expect_row(wdm_machine *machine, wdm_table table, const char *argument, const char *row)
{
    output.length = 0;
    CHECK_EQ(wdm_query(machine, table, argument, collect, &output), WDM_OK);
    if (strstr(output.text, row) == NULL)
        fprintf(stderr, "no '%s' in:\n%s", row, output.text);
    CHECK(strstr(output.text, row) != NULL);
}

static void
tables(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_request *request, *timed;
    uint32_t wait = 1000;

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_LEAK, NULL, 0, NULL, 0, NULL), WDM_OK);
    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_PEND, NULL, 0, 0, &request), WDM_OK);
    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_LATER, &wait, 4, 0, &timed), WDM_OK);
    expect_row(machine, WDM_TABLE_DRIVERS, NULL, "\\Driver\\client");
    expect_row(machine, WDM_TABLE_DEVICES, NULL, "\\Device\\Client");
    expect_row(machine, WDM_TABLE_DEVSTACK, "\\Device\\Client", "> \\Device\\Client");
    expect_row(machine, WDM_TABLE_DEVSTACK, "client", "> \\Device\\Client");
    expect_row(machine, WDM_TABLE_OBJECTS, NULL, "Directory            Device");
    expect_row(machine, WDM_TABLE_OBJECTS, "\\??", "Client -> \\Device\\Client");
    expect_row(machine, WDM_TABLE_IRPS, NULL, "00222004 \\Device\\Client");
    expect_row(machine, WDM_TABLE_POOL, NULL, "Leak Nonp");
    expect_row(machine, WDM_TABLE_THREADS, NULL, "client ");
    expect_row(machine, WDM_TABLE_TIMERS, NULL, "DPC client.sys+0x");
    CHECK_EQ(wdm_irp_count(machine), 2);
    CHECK_EQ(wdm_query(machine, WDM_TABLE_DEVSTACK, "Nobody", collect, &output), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "there is no device 'Nobody'");
    CHECK_EQ(wdm_query(machine, WDM_TABLE_DEVSTACK, NULL, collect, &output), WDM_BAD_INPUT);
    CHECK_EQ(wdm_query(machine, WDM_TABLE_OBJECTS, "\\Nowhere", collect, &output), WDM_FAILED);
    CHECK_EQ(wdm_query(machine, (wdm_table)99, NULL, collect, &output), WDM_BAD_INPUT);
    CHECK_EQ(wdm_query(machine, WDM_TABLE_POOL, NULL, NULL, NULL), WDM_BAD_INPUT);
    wdm_request_end(request);
    wdm_request_end(timed);
    wdm_shutdown(machine);
}

static void
debug_output(void)
{
    wdm_machine *machine = boot_client(&output, &handle);

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_SAY, "one\ntwo", 7, NULL, 0, NULL), WDM_OK);
    CHECK(strstr(output.text, "Client: one\ntwo\n") != NULL);
    wdm_shutdown(machine);
}

static struct output trace;

static void
collect_trace(void *context, const char *line, size_t length)
{
    (void)context;
    collect(&trace, line, length);
}

static void
traces(void)
{
    wdm_options options = {.size = sizeof(options),
                           .debug_output = collect,
                           .trace = collect_trace,
                           .report = count_report,
                           .context = &output};
    wdm_machine *machine = NULL;

    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", 0, &handle), WDM_OK);
    trace.length = 0;
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, "a", 1, NULL, 0, NULL), WDM_OK);
    CHECK(strstr(trace.text, "IofCallDriver") != NULL);
    CHECK(strstr(trace.text, "IofCompleteRequest") != NULL);
    CHECK(strstr(trace.text, "kernel/io/") != NULL);
    wdm_shutdown(machine);
}

/* Without checks, nothing is reported: for measuring. */
static void
checks_off(void)
{
    wdm_options options = {.size = sizeof(options),
                           .checks_off = true,
                           .debug_output = collect,
                           .report = count_report,
                           .context = &output};
    wdm_machine *machine = NULL;

    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", 0, &handle), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_LEAK, NULL, 0, NULL, 0, NULL), WDM_OK);
    CHECK_EQ(wdm_close(machine, handle), WDM_OK);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_OK);
    CHECK_EQ(output.reports, 0);
    wdm_shutdown(machine);
}

/* ---- faults ---- */

static unsigned faults;

static void
on_fault(void *context, const wdm_fault *fault)
{
    CHECK(context == &output);
    CHECK_EQ(fault->number, 2);
    CHECK(fault->bytes > 0);
    CHECK(strcmp(fault->ddi, "IoCreateDevice") == 0);
    CHECK(strstr(fault->caller, "client.sys!DriverEntry") != NULL);
    CHECK(strcmp(fault->result, "returns STATUS_INSUFFICIENT_RESOURCES") == 0);
    faults++;
}

static wdm_machine *
boot_faulty(uint64_t fault)
{
    wdm_options options = {.size = sizeof(options),
                           .debug_output = collect,
                           .report = count_report,
                           .context = &output,
                           .fault = fault,
                           .injected = on_fault};
    wdm_machine *machine = NULL;

    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    return machine;
}

static void
one_call_fails(void)
{
    wdm_machine *machine = boot_faulty(2);

    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC000009Au);
    CHECK_EQ(faults, 1);
    CHECK_EQ(wdm_fault_calls(machine), 2);
    /* Only that one. */
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(faults, 1);
    CHECK(wdm_fault_calls(machine) > 5);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
calls_that_can_fail_are_counted(void)
{
    wdm_machine *machine = boot_faulty(WDM_FAULT_COUNT);
    uint64_t calls;

    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    calls = wdm_fault_calls(machine);
    CHECK(calls > 2);
    /* What the embedder asks for is no driver's call. */
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", WDM_READ, &handle), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, "x", 1, NULL, 0, NULL), WDM_OK);
    CHECK_EQ(wdm_fault_calls(machine), calls);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_LEAK, NULL, 0, NULL, 0, NULL), WDM_OK);
    CHECK_EQ(wdm_fault_calls(machine), calls + 1);
    CHECK_EQ(faults, 0);
    wdm_shutdown(machine);
}

static void
no_faults(void)
{
    wdm_machine *machine = boot_faulty(0);

    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(wdm_fault_calls(machine), 0);
    CHECK_EQ(faults, 0);
    wdm_shutdown(machine);
}

/* ---- devices of the embedder ---- */

static struct
{
    unsigned reads, writes, range, width;
    uint64_t offset, value;
} model;

static uint64_t
model_read(void *context, unsigned range, uint64_t offset, unsigned width)
{
    CHECK(context == &model);
    model.reads++;
    model.range = range;
    model.offset = offset;
    model.width = width;
    return 0x12345678u + offset;
}

static void
model_write(void *context, unsigned range, uint64_t offset, unsigned width, uint64_t value)
{
    CHECK(context == &model);
    CHECK_EQ(range, model.range);
    model.writes++;
    model.offset = offset;
    model.width = width;
    model.value = value;
}

static const wdm_device_ops model_ops = {sizeof(model_ops), "model", model_read, model_write};

static void
ports(void)
{
    static const wdm_device_ops silent = {sizeof(silent), "silent", NULL, NULL};
    wdm_device_ops bad = model_ops;
    wdm_machine *machine = boot_client(&output, &handle);
    unsigned char in[3] = {0x02, 0x05, 0xab}; /* port 0x502 */
    unsigned char out = 0;

    CHECK_EQ(wdm_add_ports(machine, &model_ops, &model, 7, 0x500, 8), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_PORT, in, 3, &out, 1, NULL), WDM_OK);
    CHECK_EQ(out, 0x7a);
    CHECK(model.reads == 1 && model.writes == 1 && model.range == 7);
    CHECK(model.offset == 2 && model.width == 1 && model.value == 0xab);
    CHECK_EQ(wdm_add_ports(machine, &model_ops, &model, 0, 0x507, 1), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "ports 0x507 to 0x507 are not free");
    CHECK_EQ(wdm_add_ports(machine, &model_ops, &model, 0, 0xffff, 2), WDM_BAD_INPUT);
    CHECK_EQ(wdm_add_ports(machine, &model_ops, &model, 0, 0x700, 0), WDM_BAD_INPUT);
    bad.size = 0;
    CHECK_EQ(wdm_add_ports(machine, &bad, &model, 0, 0x700, 1), WDM_BAD_INPUT);
    CHECK_EQ(wdm_add_ports(machine, NULL, &model, 0, 0x700, 1), WDM_BAD_INPUT);
    /* A device without routines reads as nothing at all does. */
    CHECK_EQ(wdm_add_ports(machine, &silent, NULL, 0, 0x700, 1), WDM_OK);
    memcpy(in, "\x00\x07\x01", 3);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_PORT, in, 3, &out, 1, NULL), WDM_OK);
    CHECK_EQ(out, 0xff);
    wdm_shutdown(machine);
}

static void
registers(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    uint64_t physical = 0xd0000000;
    uint32_t out = 0;

    CHECK_EQ(wdm_add_mmio(machine, &model_ops, &model, 3, physical, 0x1000), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_REGISTER, &physical, 8, &out, 4, NULL), WDM_OK);
    CHECK_EQ(out, 0x1234567c);
    CHECK(model.reads == 1 && model.writes == 1 && model.range == 3);
    CHECK(model.offset == 8 && model.width == 4 && model.value == 0x600df00d);
    CHECK_EQ(wdm_add_mmio(machine, &model_ops, &model, 3, physical, 0x1000), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "0xD0000000");
    CHECK_EQ(wdm_add_mmio(machine, &model_ops, &model, 3, 0xd1000010, 0x1000), WDM_BAD_INPUT);
    CHECK_EQ(wdm_add_mmio(machine, &model_ops, &model, 3, 0xd1000000, 0), WDM_BAD_INPUT);
    CHECK_EQ(wdm_add_mmio(machine, NULL, &model, 3, 0xd1000000, 0x1000), WDM_BAD_INPUT);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
model_specific_registers(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    uint32_t index = 0x1a2b;
    uint64_t out = 0;

    CHECK_EQ(wdm_set_msr(machine, index, 0x1122334455667788ull), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_MSR, &index, 4, &out, 8, NULL), WDM_OK);
    CHECK_EQ(out, 0x1122334455667788ull);
    CHECK_EQ(wdm_set_msr(machine, index, 5), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_MSR, &index, 4, &out, 8, NULL), WDM_OK);
    CHECK_EQ(out, 5);
    /* One register and no other, also above the 31st bit; a register the processor has is replaced.
     */
    CHECK_EQ(wdm_set_msr(machine, 0xC0000080u, 0x1234), WDM_OK);
    index = 0xC0000080u;
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_MSR, &index, 4, &out, 8, NULL), WDM_OK);
    CHECK_EQ(out, 0x1234);
    index++;
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_MSR, &index, 4, &out, 8, NULL), WDM_OK);
    CHECK(out != 0x1234);
    for (unsigned i = 2; i < 64; i++)
        CHECK_EQ(wdm_set_msr(machine, 0x2000 + i, i), WDM_OK);
    CHECK_EQ(wdm_set_msr(machine, 0x3000, 0), WDM_NO_MEMORY);
    CHECK_MESSAGE(machine, "too many MSRs");
    wdm_shutdown(machine);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ALONE(time_passes),    ALONE(host_time),
        ALONE(tables),         ALONE(debug_output),
        ALONE(traces),         ALONE(checks_off),
        ALONE(one_call_fails), ALONE(calls_that_can_fail_are_counted),
        ALONE(no_faults),      ALONE(ports),
        ALONE(registers),      ALONE(model_specific_registers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
