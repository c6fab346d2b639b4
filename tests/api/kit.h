/* SPDX-License-Identifier: MIT */
/* Tests of the embedding API: each body runs in a process of its own, with a machine of its own. */
#ifndef TESTS_API_KIT_H
#define TESTS_API_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "openwdm/openwdm.h"

#define CHECK(condition)                                                            \
    do                                                                              \
    {                                                                               \
        if (!(condition))                                                           \
        {                                                                           \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                \
        }                                                                           \
    } while (0)

#define CHECK_EQ(left, right)                                                                    \
    do                                                                                           \
    {                                                                                            \
        uint64_t left_ = (uint64_t)(left), right_ = (uint64_t)(right);                           \
        if (left_ != right_)                                                                     \
        {                                                                                        \
            fprintf(stderr, "%s:%d: %s is 0x%llx, expected 0x%llx\n", __FILE__, __LINE__, #left, \
                    (unsigned long long)left_, (unsigned long long)right_);                      \
            exit(1);                                                                             \
        }                                                                                        \
    } while (0)

/* The message of the last error has `part` in it. */
#define CHECK_MESSAGE(machine, part)                                                           \
    do                                                                                         \
    {                                                                                          \
        if (strstr(wdm_last_message(machine), part) == NULL)                                   \
        {                                                                                      \
            fprintf(stderr, "%s:%d: the message is '%s', expected '%s'\n", __FILE__, __LINE__, \
                    wdm_last_message(machine), part);                                          \
            exit(1);                                                                           \
        }                                                                                      \
    } while (0)

/* What the machine said, line after line. */
struct output
{
    char text[65536];
    size_t length;
    unsigned lines;
    unsigned reports;
};

static inline void
collect(void *context, const char *line, size_t length)
{
    struct output *output = context;

    CHECK(output->length + length + 2 < sizeof(output->text));
    CHECK(memchr(line, '\n', length) == NULL);
    memcpy(output->text + output->length, line, length);
    output->length += length;
    output->text[output->length++] = '\n';
    output->text[output->length] = 0;
    output->lines++;
}

static inline void
count_report(void *context, const wdm_report *report)
{
    struct output *output = context;

    CHECK(report->kind != NULL && report->text[0] != 0 && report->json[0] == '{');
    output->reports++;
}

static inline const char *
guest(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s.sys", getenv("WDM_GUESTS"), name);
    return path;
}

/* A machine whose lines and reports go to `output`. */
static inline wdm_machine *
boot(struct output *output)
{
    wdm_options options = {.size = sizeof(options),
                           .seed = 1,
                           .debug_output = collect,
                           .message = collect,
                           .report = count_report,
                           .context = output};
    wdm_machine *machine = NULL;

    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    CHECK(machine != NULL);
    return machine;
}

/* The same with the guest `client` loaded and open. */
static inline wdm_machine *
boot_client(struct output *output, wdm_handle *handle)
{
    wdm_machine *machine = boot(output);

    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", WDM_READ | WDM_WRITE, handle), WDM_OK);
    CHECK(*handle != 0);
    return machine;
}

static inline void
run_alone(void **state)
{
    void (*body)(void) = (void (*)(void))*state;
    int status = -1;
    pid_t child;

    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
    {
        body();
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define ALONE(body) {#body, run_alone, NULL, NULL, (void *)(uintptr_t)body}

#define IOCTL_ECHO     0x222000
#define IOCTL_PEND     0x222004
#define IOCTL_LATER    0x222008
#define IOCTL_KEEP     0x22200C
#define IOCTL_RELEASE  0x222010
#define IOCTL_BLOCK    0x222014
#define IOCTL_CRASH    0x222018
#define IOCTL_LEAK     0x22201C
#define IOCTL_WARN     0x222020
#define IOCTL_PORT     0x222024
#define IOCTL_REGISTER 0x222028
#define IOCTL_MSR      0x22202C
#define IOCTL_SAY      0x222030
#define IOCTL_ANSWER   0x222034

#endif
