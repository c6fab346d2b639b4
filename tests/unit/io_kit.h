// SPDX-License-Identifier: MIT
// What the unit tests of kernel/io share: a booted machine without the embedding API, a driver
// whose routines are functions of the test, and a way to run code as a client thread. Assertions
// belong outside of those routines, because cmocka leaves them with a long jump.
#ifndef TESTS_IO_KIT_H
#define TESTS_IO_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hal/hal.h"
#include "hw/core/machine.h"
#include "hw/pc.h"
#include "init/init.h"
#include "io/io.h"
#include "io/query.h"
#include "rtl/ddi.h"

static PPS_PROCESS KitProcess;
static PPS_THREAD KitThread;
static UCHAR *KitUser;  // a page of user memory
static UCHAR *KitAlias; // the same page for everybody
static PDRIVER_OBJECT KitDriver;

typedef struct _KIT_CALL
{
    void (*Routine)(void *Context);
    void *Context;
    KPROCESSOR_MODE Mode;
} KIT_CALL;

static void
KitEnter(void *Context)
{
    KIT_CALL *call = Context;
    KiCurrentThread()->PreviousMode = call->Mode;
    call->Routine(call->Context);
    KiCurrentThread()->PreviousMode = UserMode;
}

// cmocka takes these signals for itself around each test; the machine needs them to run drivers.
static const int KitSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
static struct sigaction KitActions[sizeof(KitSignals) / sizeof(KitSignals[0])];

static void
KitSwapSignals(void)
{
    for (size_t i = 0; i < sizeof(KitSignals) / sizeof(KitSignals[0]); i++)
    {
        struct sigaction other;
        sigaction(KitSignals[i], &KitActions[i], &other);
        KitActions[i] = other;
    }
}

static KI_RUN_RESULT
KitRun(KPROCESSOR_MODE Mode, void (*Routine)(void *Context), void *Context)
{
    KIT_CALL call = {Routine, Context, Mode};
    KitSwapSignals();
    KI_RUN_RESULT result = KiRunClient(&KitThread->Tcb, KitEnter, &call);
    KitSwapSignals();
    return result;
}

// As KiRunUntil.
static inline KI_RUN_RESULT
KitRunUntil(LONGLONG LimitTime100ns)
{
    KitSwapSignals();
    KI_RUN_RESULT result = KiRunUntil(LimitTime100ns);
    KitSwapSignals();
    return result;
}

static int
KitBoot(void **State)
{
    struct hw_pc_config config = {.machine = {.cpus = 1, .ram_size = 16u << 20}};
    INIT_PARAMETERS parameters = {
        .Start = {.Processors = 1, .Seed = 1}, .MajorVersion = 10, .BuildNumber = 19045};
    (void)State;
    HalFillHooks(&config.machine.hooks);
    parameters.Machine = hw_pc_create(&config);
    if (parameters.Machine == NULL || !NT_SUCCESS(InitKernel(&parameters, &KitProcess, &KitThread)))
    {
        return -1;
    }
    for (size_t i = 0; i < sizeof(KitSignals) / sizeof(KitSignals[0]); i++)
    {
        sigaction(KitSignals[i], NULL, &KitActions[i]);
    }
    KitUser = MmAllocateUserMemory(&KitProcess->Ob.Mm, 4096);
    KitAlias = MmUserAlias(&KitProcess->Ob.Mm, KitUser, 4096);
    return KitAlias == NULL ? -1 : 0;
}

typedef struct _KIT_DRIVER
{
    PDRIVER_INITIALIZE Entry;
    NTSTATUS Status;
} KIT_DRIVER;

static void
KitLoadRoutine(void *Context)
{
    KIT_DRIVER *driver = Context;
    driver->Status = IoCreateKernelDriver(NULL, driver->Entry, &KitDriver);
}

static NTSTATUS
KitLoad(PDRIVER_INITIALIZE Entry)
{
    KIT_DRIVER driver = {Entry, STATUS_UNSUCCESSFUL};
    return KitRun(KernelMode, KitLoadRoutine, &driver) == KiRunDone ? driver.Status
                                                                    : STATUS_UNSUCCESSFUL;
}

// Runs Routine in a child process, because it ends with a bug check; returns its code, and its
// first parameter in *Parameter1. 0: the machine did not stop.
static inline ULONG
KitBugCheck(KPROCESSOR_MODE Mode,
            void (*Routine)(void *Context),
            void *Context,
            ULONG64 *Parameter1)
{
    struct
    {
        ULONG Code;
        ULONG64 Parameter1;
    } result = {0};
    int pipes[2];
    if (pipe(pipes) != 0)
    {
        return 0;
    }
    pid_t child = fork();
    if (child == 0)
    {
        if (KitRun(Mode, Routine, Context) == KiRunBugCheck)
        {
            result.Code = KiBugCheckRecord.Code;
            result.Parameter1 = KiBugCheckRecord.Parameters[0];
        }
        _exit(write(pipes[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
    }
    close(pipes[1]);
    if (read(pipes[0], &result, sizeof(result)) != sizeof(result))
    {
        result.Code = 0;
    }
    close(pipes[0]);
    waitpid(child, NULL, 0);
    *Parameter1 = result.Parameter1;
    return result.Code;
}

#endif
