/* SPDX-License-Identifier: MIT */
/*
 * Whole processes: `wdm run hello.sys` from start to exit, beside starting /bin/true; a driver
 * image loaded and bound; the memory of a booted machine with one driver.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "openwdm/openwdm.h"

#include "bench.h"

#define LOADS 40u

extern char **environ;

static double
spawn_ms(char **arguments)
{
    posix_spawn_file_actions_t actions;
    double start = bench_now();
    int status;
    pid_t child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ) != 0)
        bench_fail("cannot start a process");
    waitpid(child, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        bench_fail("a process failed");
    return (bench_now() - start) / 1e6;
}

static void
measure_run(void)
{
    static char driver[4096];
    double run[BENCH_ROUNDS], native[BENCH_ROUNDS];
    char *command = getenv("WDM");
    char *arguments[] = {command, (char[]){"run"}, driver, NULL};
    char *nothing[] = {(char[]){"/bin/true"}, NULL};

    if (command == NULL)
        bench_fail("WDM is not set: use make bench");
    snprintf(driver, sizeof(driver), "%s", bench_path("WDM_DRIVERS", "hello.sys"));
    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
    {
        native[i] = spawn_ms(nothing);
        run[i] = spawn_ms(arguments);
    }
    bench_row("run", bench_median(run, BENCH_ROUNDS), "ms", 10);
    bench_row("run-native", bench_median(native, BENCH_ROUNDS), "ms for /bin/true", 0);
}

static void *
read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *data = malloc(1 << 22);

    if (file == NULL || data == NULL)
        bench_fail(path);
    *size = fread(data, 1, 1 << 22, file);
    fclose(file);
    return data;
}

static double
resident_mib(void)
{
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL || fscanf(file, "%lu %lu", &total, &resident) != 2)
        bench_fail("/proc/self/statm");
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1048576.0;
}

static void
ignore_line(void *context, const char *line, size_t length)
{
    (void)context;
    (void)line;
    (void)length;
}

/* Parsing, placing, relocating, patching, binding and DriverEntry of hello.sys, from memory. */
static void
measure_load(void)
{
    wdm_options options = {.size = sizeof(options), .cpus = 1, .debug_output = ignore_line};
    double load[LOADS];
    wdm_machine *machine;
    size_t size;
    void *data = read_file(bench_path("WDM_DRIVERS", "hello.sys"), &size);

    if (wdm_boot(&options, &machine) != WDM_OK)
        bench_fail("the machine does not boot");
    for (unsigned i = 0; i < LOADS; i++)
    {
        double start = bench_now();
        if (wdm_load_image(machine, "hello.sys", data, size, "hello") != WDM_OK)
            bench_fail(wdm_last_message(machine));
        load[i] = (bench_now() - start) / 1e3;
        if (i == 0)
            bench_row("memory", resident_mib(), "MiB resident", 12);
        if (wdm_unload(machine, "hello") != WDM_OK)
            bench_fail(wdm_last_message(machine));
    }
    bench_row("load", bench_median(load, LOADS), "us", 150);
    wdm_shutdown(machine);
    free(data);
}

int
main(void)
{
    measure_load();
    measure_run();
    return 0;
}
