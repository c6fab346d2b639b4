/* SPDX-License-Identifier: MIT */
/* Processes and threads: NF:wdm.PsCreateSystemThread, NF:wdm.PsTerminateSystemThread,
 * NF:ntifs.PsLookupThreadByThreadId, NF:ntddk.PsGetCurrentProcessId, NF:wdm.PsGetVersion. */
#include "kernel_kit.h"

#include "ob/exports.h"
#include "ps/exports.h"

static CLIENT_ID seen;
static unsigned steps;

static void NTAPI
thread_routine(PVOID context)
{
    CHECK(context == &steps);
    seen.UniqueProcess = PsGetCurrentProcessId();
    seen.UniqueThread = PsGetCurrentThreadId();
    CHECK(PsIsSystemThread((PETHREAD)KiCurrentThread()));
    steps++;
    PsTerminateSystemThread(STATUS_ALERTED);
    steps = 100;
}

static void
thread_body(void *context)
{
    HANDLE handle;
    CLIENT_ID id;
    PVOID thread;
    PETHREAD found;
    (void)context;
    CHECK_EQ((ULONG64)PsGetProcessId(PsInitialSystemProcess), 4);
    CHECK_EQ(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, &id, thread_routine, &steps),
        STATUS_SUCCESS);
    CHECK_EQ(ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, NULL),
             STATUS_SUCCESS);
    CHECK_EQ(PsLookupThreadByThreadId(id.UniqueThread, &found), STATUS_SUCCESS);
    CHECK((PVOID)found == thread);
    ObfDereferenceObject(found);
    CHECK_EQ(KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
    CHECK_EQ(steps, 1);
    CHECK_EQ(PsGetThreadExitStatus(thread), STATUS_ALERTED);
    CHECK_EQ((ULONG64)seen.UniqueProcess, 4);
    CHECK(seen.UniqueThread == id.UniqueThread);
    ZwClose(handle);
    ObfDereferenceObject(thread);
    LARGE_INTEGER delay = {.QuadPart = -10000};
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    CHECK_EQ(PsLookupThreadByThreadId(id.UniqueThread, &found), STATUS_INVALID_PARAMETER);
    CHECK_EQ(PsTerminateSystemThread(0), STATUS_INVALID_PARAMETER);
    ULONG major, minor, build;
    CHECK(!PsGetVersion(&major, &minor, &build, NULL));
    CHECK(major == 10 && minor == 0 && build == 19045);
}

static void NTAPI
short_routine(PVOID context)
{
    (void)context;
    steps++;
}

static void
many_body(void *context)
{
    (void)context;
    for (unsigned i = 0; i < 300; i++)
    {
        HANDLE handle;
        CHECK_EQ(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, short_routine, NULL),
                 STATUS_SUCCESS);
        CHECK_EQ(ZwWaitForSingleObject(handle, FALSE, NULL), STATUS_SUCCESS);
        ZwClose(handle);
    }
    CHECK_EQ(steps, 300);
}

static void
good(void **state)
{
    (void)state;
    kit_run(thread_body);
    kit_run(many_body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
