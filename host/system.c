/* SPDX-License-Identifier: MIT */
/*
 * Clock, files, console and the gs register: the small rest of what OpenWDM asks of Linux.
 */
#include "host/host.h"

#include <asm/prctl.h>
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HWCAP2_HAS_FSGSBASE (1u << 1)

/* wrgsbase costs 15 ns, the system call 300; valgrind and old kernels know only the call. */
static int
has_fsgsbase(void)
{
    static int known = -1;
    if (known < 0)
        known = (getauxval(AT_HWCAP2) & HWCAP2_HAS_FSGSBASE) != 0;
    return known;
}

void
host_set_gs(void *base)
{
    if (has_fsgsbase())
        __asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
    else
        syscall(SYS_arch_prctl, ARCH_SET_GS, base);
}

void *
host_get_gs(void)
{
    void *base = NULL;
    syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
    return base;
}

static uint64_t
clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t
host_monotonic_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t
host_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t
host_realtime_100ns(void)
{
    /* Seconds between 1601-01-01 and 1970-01-01. */
    const uint64_t epoch_seconds = 11644473600u;
    return clock_ns(CLOCK_REALTIME) / 100u + epoch_seconds * 10000000u;
}

void
host_sleep_ns(uint64_t duration_ns)
{
    struct timespec left = {.tv_sec = (time_t)(duration_ns / 1000000000u),
                            .tv_nsec = (long)(duration_ns % 1000000000u)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
    {
    }
}

static int
read_all(int descriptor, void *buffer, size_t size)
{
    size_t done = 0;

    while (done < size)
    {
        ssize_t count = read(descriptor, (char *)buffer + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        if (count == 0)
            return EIO;
        done += (size_t)count;
    }
    return 0;
}

int
host_file_read(const char *path, void **data, size_t *size)
{
    struct stat status;
    void *buffer;
    int error = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return errno;
    if (fstat(descriptor, &status) != 0)
        error = errno;
    else if (S_ISDIR(status.st_mode))
        error = EISDIR;
    else if (!S_ISREG(status.st_mode))
        error = EINVAL;
    if (error != 0)
    {
        close(descriptor);
        return error;
    }
    buffer = malloc((size_t)status.st_size + 1);
    error = buffer == NULL ? ENOMEM : read_all(descriptor, buffer, (size_t)status.st_size);
    close(descriptor);
    if (error != 0)
    {
        free(buffer);
        return error;
    }
    *data = buffer;
    *size = (size_t)status.st_size;
    return 0;
}

void
host_file_free(void *data, size_t size)
{
    (void)size;
    free(data);
}

void
host_write(int descriptor, const void *data, size_t size)
{
    const char *next = data;

    while (size > 0)
    {
        ssize_t count = write(descriptor, next, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        next += count;
        size -= (size_t)count;
    }
}

void
host_fatal(const char *message)
{
    static const char prefix[] = "wdm: internal error: ";
    host_write(2, prefix, sizeof(prefix) - 1);
    host_write(2, message, strlen(message));
    host_write(2, "\n", 1);
    abort();
}
