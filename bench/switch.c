/* SPDX-License-Identifier: MIT */
/*
 * Thread switch: two kernel threads hand an event to each other inside a driver. References:
 * calls of an empty DDI; two pthreads on one CPU that do the same with a futex.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "openwdm/openwdm.h"

#include "bench.h"

#define NATIVE_ROUNDS 5000u
#define GUEST_ROUNDS  100000u
#define PING_PONG     0x222008u
#define ACROSS        0x22200Cu /* between two processes: user memory is hidden and shown */

static atomic_uint turn;

static void
pass_to(unsigned next, unsigned mine)
{
    atomic_store(&turn, next);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    while (atomic_load(&turn) != mine)
        syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, next, NULL, NULL, 0);
}

static void *
other(void *context)
{
    (void)context;
    bench_pin();
    while (atomic_load(&turn) != 1)
        syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    for (unsigned i = 1; i < NATIVE_ROUNDS; i++)
        pass_to(0, 1);
    atomic_store(&turn, 0);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    return NULL;
}

/* One round: there and back. */
static double
native_ns(void)
{
    pthread_t thread;
    double start;

    atomic_store(&turn, 0);
    if (pthread_create(&thread, NULL, other, NULL) != 0)
        bench_fail("no thread");
    start = bench_now();
    for (unsigned i = 0; i < NATIVE_ROUNDS; i++)
        pass_to(1, 0);
    pthread_join(thread, NULL);
    return (bench_now() - start) / NATIVE_ROUNDS;
}

static wdm_machine *machine;
static wdm_handle device;

static double
guest_ns(uint32_t code, uint32_t rounds)
{
    double start = bench_now();

    if (wdm_ioctl(machine, device, code, &rounds, sizeof(rounds), NULL, 0, NULL) != WDM_OK)
        bench_fail("the ping-pong failed");
    return (bench_now() - start) / rounds;
}

int
main(void)
{
    double native[BENCH_ROUNDS], guest[BENCH_ROUNDS], ratio[BENCH_ROUNDS], calls[BENCH_ROUNDS];
    wdm_options options = {.size = sizeof(options), .cpus = 1};

    bench_pin();
    if (wdm_boot(&options, &machine) != WDM_OK ||
        wdm_load(machine, bench_path("WDM_GUESTS", "bench_driver.sys"), NULL) != WDM_OK ||
        wdm_open(machine, "\\\\.\\Bench", WDM_READ | WDM_WRITE, &device) != WDM_OK)
        bench_fail("the driver does not load");
    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
    {
        native[i] = native_ns();
        guest[i] = guest_ns(PING_PONG, GUEST_ROUNDS);
        ratio[i] = guest[i] / native[i];
        calls[i] = guest[i] / bench_leaf_ns();
    }
    bench_row("switch", bench_median(calls, BENCH_ROUNDS), "calls of an empty DDI, for two", 68);
    bench_row("switch-of-native", bench_median(ratio, BENCH_ROUNDS), "of futex ping-pong", 0);
    bench_row("switch-time", bench_median(guest, BENCH_ROUNDS), "ns for two", 0);
    bench_row("switch-native", bench_median(native, BENCH_ROUNDS), "ns for two", 0);
    bench_row("switch-process", guest_ns(ACROSS, GUEST_ROUNDS / 10), "ns for two", 0);
    wdm_close(machine, device);
    wdm_unload(machine, "bench_driver");
    wdm_shutdown(machine);
    return 0;
}
