/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks share: the clock, medians of rounds, the line that tools/run-bench prints. A
 * budget of 0 makes a line for information. Native references are measured in the same rounds as
 * what they are compared with, so that a busy computer slows both.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_ROUNDS 15

static inline double
bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline int
bench_order(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* Sorts `values`. */
static inline double
bench_median(double *values, unsigned count)
{
    qsort(values, count, sizeof(*values), bench_order);
    return values[count / 2];
}

static inline void
bench_row(const char *name, double value, const char *unit, double budget)
{
    if (budget > 0)
        printf("%s\t%.3g\t%s\t%g\t%s\n", name, value, unit, budget,
               value <= budget ? "ok" : "over");
    else
        printf("%s\t%.4g\t%s\t-\tok\n", name, value, unit);
    fflush(stdout);
}

static inline void
bench_fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static inline void
bench_pin(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
}

/* What a driver's call of a DDI that does nothing costs, in ns: the yardstick of code that makes no
 * system call (docs/decisions/011). */
static __attribute__((ms_abi, noinline)) int
bench_leaf(int value)
{
    __asm__ volatile("" : "+r"(value));
    return value;
}

static inline double
bench_leaf_ns(void)
{
    int(__attribute__((ms_abi)) *volatile leaf)(int) = bench_leaf;
    const unsigned calls = 100000;
    double start = bench_now();

    for (unsigned i = 0; i < calls; i++)
        (void)leaf((int)i);
    return (bench_now() - start) / calls;
}

/* A file that CTest and tools/run-bench name by environment. */
static inline const char *
bench_path(const char *variable, const char *file)
{
    static char path[4096];
    const char *folder = getenv(variable);
    if (folder == NULL)
        bench_fail("WDM_DRIVERS and WDM_GUESTS are not set: use make bench");
    snprintf(path, sizeof(path), "%s/%s", folder, file);
    return path;
}

#endif
