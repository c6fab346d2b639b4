/* SPDX-License-Identifier: MIT */
/*
 * Requests through a real driver (tests/guest/bench_driver.c): the system call itself in a loop on
 * the client thread, as a program of that machine would issue it; the same through the embedding
 * API; and what ten more filters in the stack cost. References: calls of an empty DDI, ioctl() on
 * /dev/null.
 */
#include "runtime/runtime.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/io.h"

#include "bench.h"

#define CALLS       20000u
#define BUFFER      64u
#define ECHO        0x222000u
#define ADD_FILTERS 0x222004u
#define NEW_FILTERS 10

static wdm_machine *machine;
static wdm_handle device;
static char *userMemory; /* of the client process: status block, then input, then output */

static double
native_ns(void)
{
    static int null = -1;
    double start;
    int value = 0;

    if (null < 0)
        null = open("/dev/null", O_RDWR | O_CLOEXEC);
    start = bench_now();
    for (unsigned i = 0; i < CALLS; i++)
        (void)ioctl(null, FIONREAD, &value);
    return (bench_now() - start) / CALLS;
}

static void
client_loop(void *context)
{
    NTSTATUS *worst = context;

    for (unsigned i = 0; i < CALLS; i++)
    {
        NTSTATUS status = NtDeviceIoControlFile((HANDLE)(ULONG_PTR)device, NULL, NULL, NULL,
                                                (PIO_STATUS_BLOCK)userMemory, ECHO, userMemory + 64,
                                                BUFFER, userMemory + 64 + BUFFER, BUFFER);
        if (status != STATUS_SUCCESS)
            *worst = status;
    }
}

static double
client_ns(void)
{
    NTSTATUS worst = STATUS_SUCCESS;
    double start = bench_now(), end;

    if (wdm_call(machine, client_loop, &worst) != WDM_OK || worst != STATUS_SUCCESS)
        bench_fail("a request failed");
    end = bench_now();
    return (end - start) / CALLS;
}

static double
embedder_ns(void)
{
    char in[BUFFER] = "x", out[BUFFER];
    double start = bench_now();

    for (unsigned i = 0; i < CALLS; i++)
    {
        if (wdm_ioctl(machine, device, ECHO, in, BUFFER, out, BUFFER, NULL) != WDM_OK)
            bench_fail("wdm_ioctl failed");
    }
    return (bench_now() - start) / CALLS;
}

static void
boot(bool checksOff)
{
    wdm_options options = {.size = sizeof(options), .cpus = 1, .checks_off = checksOff};

    if (wdm_boot(&options, &machine) != WDM_OK)
        bench_fail("the machine does not boot");
    if (wdm_load(machine, bench_path("WDM_GUESTS", "bench_driver.sys"), NULL) != WDM_OK ||
        wdm_open(machine, "\\\\.\\Bench", WDM_READ | WDM_WRITE, &device) != WDM_OK)
        bench_fail(wdm_last_message(machine));
    userMemory = MmAllocateUserMemory(&machine->process->Ob.Mm, 4096);
    if (userMemory == NULL)
        bench_fail("no user memory");
}

/* The same loop in a child with a machine of its own; the checks that can be switched off are off.
 */
static double
unchecked_ns(void)
{
    double values[BENCH_ROUNDS], result = 0;
    int channel[2];
    pid_t child = pipe(channel) == 0 ? fork() : -1;

    if (child < 0)
        bench_fail("cannot fork");
    if (child == 0)
    {
        boot(true);
        for (unsigned i = 0; i < BENCH_ROUNDS; i++)
            values[i] = client_ns();
        result = bench_median(values, BENCH_ROUNDS);
        _exit(write(channel[1], &result, sizeof(result)) != (ssize_t)sizeof(result));
    }
    close(channel[1]); /* or a child that fails is waited for without end */
    if (read(channel[0], &result, sizeof(result)) != (ssize_t)sizeof(result))
        bench_fail("the child with checks off failed");
    waitpid(child, NULL, 0);
    close(channel[0]);
    return result;
}

int
main(void)
{
    double native[BENCH_ROUNDS], ratio[BENCH_ROUNDS], client[BENCH_ROUNDS], api[BENCH_ROUNDS];
    double calls[BENCH_ROUNDS], stacked[BENCH_ROUNDS], unchecked, single;
    char ignored[8];

    bench_pin();
    unchecked = unchecked_ns();
    boot(false);
    (void)client_ns();
    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
    {
        native[i] = native_ns();
        client[i] = client_ns();
        ratio[i] = client[i] / native[i];
        calls[i] = client[i] / bench_leaf_ns();
        api[i] = embedder_ns();
    }
    single = bench_median(client, BENCH_ROUNDS);
    bench_row("ioctl", bench_median(calls, BENCH_ROUNDS), "calls of an empty DDI", 67);
    bench_row("ioctl-of-native", bench_median(ratio, BENCH_ROUNDS), "of ioctl() on /dev/null", 0);
    bench_row("ioctl-time", single, "ns", 0);
    bench_row("ioctl-native", bench_median(native, BENCH_ROUNDS), "ns", 0);
    bench_row("wdm_ioctl", bench_median(api, BENCH_ROUNDS), "ns", 0);
    bench_row("checks", single / unchecked, "of checks off", 2);

    if (wdm_ioctl(machine, device, ADD_FILTERS, NULL, 0, ignored, 0, NULL) != WDM_OK ||
        wdm_close(machine, device) != WDM_OK ||
        wdm_open(machine, "\\\\.\\Bench", WDM_READ | WDM_WRITE, &device) != WDM_OK)
        bench_fail(wdm_last_message(machine));
    (void)client_ns();
    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
        stacked[i] = client_ns();
    bench_row("filter", (bench_median(stacked, BENCH_ROUNDS) - single) / NEW_FILTERS, "ns", 10);
    wdm_close(machine, device);
    wdm_unload(machine, "bench_driver");
    wdm_shutdown(machine);
    return 0;
}
