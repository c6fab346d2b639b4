/* SPDX-License-Identifier: MIT */
/*
 * Runs a piece of a test inside a machine of its own: each case forks, boots mm, ke, ob, ex, se and
 * ps, and runs on a client thread, so that waits, faults and bug checks work as for a driver.
 */
#ifndef KERNEL_KIT_H
#define KERNEL_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ex/ex.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "se/se.h"

/* In the child: a failed check ends it. */
#define CHECK(Condition)                                                    \
    do                                                                      \
    {                                                                       \
        if (!(Condition))                                                   \
        {                                                                   \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #Condition); \
            _exit(1);                                                       \
        }                                                                   \
    } while (0)

#define CHECK_EQ(A, B)                                                                          \
    do                                                                                          \
    {                                                                                           \
        const unsigned long long checkA_ = (unsigned long long)(A);                             \
        const unsigned long long checkB_ = (unsigned long long)(B);                             \
        if (checkA_ != checkB_)                                                                 \
        {                                                                                       \
            fprintf(stderr, "%s:%d: %s is %#llx, not %#llx\n", __FILE__, __LINE__, #A, checkA_, \
                    checkB_);                                                                   \
            _exit(1);                                                                           \
        }                                                                                       \
    } while (0)

static PPS_PROCESS kitProcess;
static PPS_THREAD kitThread;

typedef void (*kit_body)(void *);

static void
kit_phase_two(void *context)
{
    (void)context;
    KiCurrentThread()->PreviousMode = KernelMode;
    CHECK_EQ(PsStartWorkers(), STATUS_SUCCESS);
}

static void
kit_boot(unsigned processors)
{
    const KI_START_PARAMETERS parameters = {
        .Processors = processors, .Seed = 1, .SystemTime100ns = 0x1d00000000000000ll};
    CHECK_EQ(MmInitSystem(), STATUS_SUCCESS);
    CHECK_EQ(KiStartProcessors(&parameters), STATUS_SUCCESS);
    CHECK_EQ(ObInitSystem(), STATUS_SUCCESS);
    CHECK_EQ(ExInitSystem(), STATUS_SUCCESS);
    CHECK_EQ(SeInitSystem(), STATUS_SUCCESS);
    CHECK_EQ(PsInitSystem(), STATUS_SUCCESS);
    CHECK_EQ(PsCreateClientProcess("test.exe", &kitProcess), STATUS_SUCCESS);
    CHECK_EQ(PsCreateClientThread(kitProcess, &kitThread), STATUS_SUCCESS);
    CHECK_EQ(KiRunClient(&kitThread->Tcb, kit_phase_two, NULL), KiRunDone);
    CHECK(KiRunReady() != KiRunBugCheck);
}

/* Runs body in a machine; code 0: it must end well, otherwise with that bug check. */
static int
kit_child(kit_body body, unsigned processors, ULONG code, ULONG64 subCode, int parameter)
{
    const pid_t child = fork();
    if (child == 0)
    {
        kit_boot(processors);
        const KI_RUN_RESULT result = KiRunClient(&kitThread->Tcb, body, NULL);
        if (code == 0)
        {
            if (result == KiRunBugCheck)
            {
                fprintf(stderr, "bug check %#x (%#llx, %#llx): %s\n", KiBugCheckRecord.Code,
                        (unsigned long long)KiBugCheckRecord.Parameters[0],
                        (unsigned long long)KiBugCheckRecord.Parameters[1],
                        KiBugCheckRecord.Rule != NULL ? KiBugCheckRecord.Rule : "");
            }
            CHECK_EQ(result, KiRunDone);
        }
        else
        {
            CHECK_EQ(result, KiRunBugCheck);
            CHECK_EQ(KiBugCheckRecord.Code, code);
            if (parameter != 0)
            {
                CHECK_EQ(KiBugCheckRecord.Parameters[parameter - 1], subCode);
            }
        }
        exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static inline void
kit_report(const char *name, int status)
{
    if (status != 0)
    {
        fail_msg("%s: status %#x", name, (unsigned)status);
    }
}

#define kit_run(Body) kit_report(#Body, kit_child(Body, 1, 0, 0, 0))

/* Parameter number `parameter` (from 1, 0: none) must be subCode. */
#define kit_bugcheck(Body, Code, Parameter, SubCode) \
    kit_report(#Body, kit_child(Body, 1, Code, SubCode, Parameter))

#endif
