// SPDX-License-Identifier: MIT
// Ex timers: callbacks, both kinds of objects, periods, canceling and every way to delete one.
// Page: kernel/exxxxtimer-routines-and-ex-timer-objects.md
// Page: kernel/deleting-a-system-allocated-timer-object.md, kernel/high-resolution-timers.md
// Page: kernel/no-wake-timers.md
// Page: NF:wdm.ExAllocateTimer, NF:wdm.ExSetTimer, NF:wdm.ExCancelTimer, NF:wdm.ExDeleteTimer
// Page: NF:wdm.ExInitializeSetTimerParameters, NF:wdm.ExInitializeDeleteTimerParameters
// Page: NF:wdm.ExSetTimerResolution, NF:wdm.ExQueryTimerResolution
// Run:
// Expect: ex_timer: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

static LONG calls;
static LONG deletions;
static PEX_TIMER lastTimer;
static BOOLEAN deleteInside;
static KIRQL callIrql;

static EXT_CALLBACK Expired;
static EXT_DELETE_CALLBACK Deleted;

static VOID NTAPI
Expired(PEX_TIMER Timer, PVOID Context)
{
    EXPECT(Context == &calls);
    calls++;
    lastTimer = Timer;
    callIrql = KeGetCurrentIrql();
    if (deleteInside)
    {
        EXT_DELETE_PARAMETERS parameters;

        deleteInside = FALSE;
        ExInitializeDeleteTimerParameters(&parameters);
        parameters.DeleteCallback = Deleted;
        parameters.DeleteContext = &deletions;
        EXPECT(!ExDeleteTimer(Timer, TRUE, FALSE, &parameters) || TRUE);
        // The object stays valid until the callback returns, but nothing more can be set.
        EXPECT(!ExSetTimer(Timer, MILLISECONDS(1), 0, NULL));
        EXPECT(!ExCancelTimer(Timer, NULL));
        EXPECT(!ExDeleteTimer(Timer, TRUE, FALSE, NULL));
    }
}

static VOID NTAPI
Deleted(PVOID Context)
{
    EXPECT(Context == &deletions);
    deletions++;
}

static void
TestOneShot(void)
{
    EXT_SET_PARAMETERS set;
    PEX_TIMER timer = ExAllocateTimer(Expired, &calls, EX_TIMER_NOTIFICATION);

    EXPECT(timer != NULL);
    calls = 0;
    EXPECT(!ExSetTimer(timer, MILLISECONDS(50), 0, NULL));
    EXPECT_EQ(WaitFor(timer, MILLISECONDS(10)), STATUS_TIMEOUT);
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(WaitFor(timer, MILLISECONDS(500)), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT(lastTimer == timer);
    EXPECT_EQ(callIrql, DISPATCH_LEVEL);
    // A notification timer stays signaled; it expires once.
    EXPECT_EQ(WaitFor(timer, 0), STATUS_SUCCESS);
    Sleep(MILLISECONDS(200));
    EXPECT_EQ(calls, 1);
    // Setting again cancels, and says so; canceling, too.
    EXPECT(!ExSetTimer(timer, MILLISECONDS(50), 0, NULL));
    EXPECT_EQ(WaitFor(timer, 0), STATUS_TIMEOUT);
    ExInitializeSetTimerParameters(&set);
    EXPECT_EQ(set.Version, 0);
    EXPECT_EQ(set.NoWakeTolerance, 0);
    EXPECT(ExSetTimer(timer, MILLISECONDS(60), 0, &set));
    EXPECT(ExCancelTimer(timer, NULL));
    EXPECT(!ExCancelTimer(timer, NULL));
    Sleep(MILLISECONDS(200));
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(WaitFor(timer, 0), STATUS_TIMEOUT);
    EXPECT(!ExDeleteTimer(timer, TRUE, TRUE, NULL));
}

static void
TestSynchronization(void)
{
    LARGE_INTEGER now;
    PEX_TIMER timer = ExAllocateTimer(NULL, NULL, EX_TIMER_NO_WAKE);
    EXT_SET_PARAMETERS set;

    EXPECT(timer != NULL);
    ExInitializeSetTimerParameters(&set);
    set.NoWakeTolerance = EX_TIMER_UNLIMITED_TOLERANCE;
    // An absolute time that has come.
    KeQuerySystemTime(&now);
    EXPECT(!ExSetTimer(timer, now.QuadPart + 10000 * 20, 0, &set));
    EXPECT_EQ(WaitFor(timer, MILLISECONDS(500)), STATUS_SUCCESS);
    // The wait has reset it.
    EXPECT_EQ(WaitFor(timer, 0), STATUS_TIMEOUT);
    EXPECT(!ExDeleteTimer(timer, FALSE, FALSE, NULL));
}

static void
TestPeriodic(void)
{
    PEX_TIMER timer = ExAllocateTimer(Expired, &calls, EX_TIMER_HIGH_RESOLUTION);
    LARGE_INTEGER start, end;
    LONG before;

    EXPECT(timer != NULL);
    calls = 0;
    KeQueryTickCount(&start);
    EXPECT(!ExSetTimer(timer, MILLISECONDS(10), 25000, NULL)); // then every 2.5 ms
    Sleep(MILLISECONDS(31));
    before = calls;
    EXPECT(before >= 8 && before <= 10);
    EXPECT(ExCancelTimer(timer, NULL));
    Sleep(MILLISECONDS(50));
    EXPECT_EQ(calls, before);
    // No faster than the clock.
    EXPECT(!ExSetTimer(timer, MILLISECONDS(1), 1, NULL));
    Sleep(MILLISECONDS(21));
    EXPECT(calls - before <= 50);
    KeQueryTickCount(&end);
    EXPECT(end.QuadPart > start.QuadPart);
    // A pending one is canceled by the deletion.
    EXPECT(ExDeleteTimer(timer, TRUE, TRUE, NULL));
    before = calls;
    Sleep(MILLISECONDS(50));
    EXPECT_EQ(calls, before);
}

static void
TestDelete(void)
{
    EXT_DELETE_PARAMETERS parameters;
    PEX_TIMER timer;

    ExInitializeDeleteTimerParameters(&parameters);
    EXPECT(parameters.DeleteCallback == NULL);
    parameters.DeleteCallback = Deleted;
    parameters.DeleteContext = &deletions;
    // Never set, waiting: the delete callback has run on return.
    timer = ExAllocateTimer(Expired, &calls, 0);
    deletions = 0;
    EXPECT(!ExDeleteTimer(timer, TRUE, TRUE, &parameters));
    EXPECT_EQ(deletions, 1);
    // Pending and not canceled: it expires first.
    timer = ExAllocateTimer(Expired, &calls, 0);
    calls = 0;
    EXPECT(!ExSetTimer(timer, MILLISECONDS(20), 0, NULL));
    EXPECT(!ExDeleteTimer(timer, FALSE, FALSE, &parameters));
    EXPECT_EQ(deletions, 1);
    Sleep(MILLISECONDS(60));
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(deletions, 2);
    // A periodic one expires at most once more.
    timer = ExAllocateTimer(Expired, &calls, 0);
    calls = 0;
    EXPECT(!ExSetTimer(timer, MILLISECONDS(20), 200000, NULL));
    EXPECT(!ExDeleteTimer(timer, FALSE, FALSE, &parameters));
    Sleep(MILLISECONDS(200));
    EXPECT(calls <= 1);
    EXPECT_EQ(deletions, 3);
    // From the callback itself.
    timer = ExAllocateTimer(Expired, &calls, 0);
    calls = 0;
    deleteInside = TRUE;
    EXPECT(!ExSetTimer(timer, MILLISECONDS(5), 200000, NULL));
    Sleep(MILLISECONDS(100));
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(deletions, 4);
}

static void
TestResolution(void)
{
    ULONG maximum = 0, minimum = 0, current = 0, fast;

    ExQueryTimerResolution(&maximum, &minimum, &current);
    EXPECT(minimum != 0 && minimum <= current && current <= maximum);
    fast = ExSetTimerResolution(10000, TRUE);
    EXPECT(fast <= 10000 || fast == current);
    ExQueryTimerResolution(&maximum, &minimum, &current);
    EXPECT_EQ(current, fast);
    // Less than the clock can do is its best; more than there is changes nothing.
    EXPECT_EQ(ExSetTimerResolution(1, TRUE), minimum);
    EXPECT_EQ(ExSetTimerResolution(100000, TRUE), minimum);
    (void)ExSetTimerResolution(0, FALSE);
    (void)ExSetTimerResolution(0, FALSE);
    EXPECT_EQ(ExSetTimerResolution(0, FALSE), maximum);
}

static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    TestOneShot();
    TestSynchronization();
    TestPeriodic();
    TestDelete();
    TestResolution();
    return Finish("ex_timer");
}
