/* SPDX-License-Identifier: MIT */
/*
 * Ex timers: timer objects that the system allocates, with a callback. Owns the EX_TIMER blocks and
 * the requests for a faster clock. An EX_TIMER begins with a KTIMER, so drivers can wait for it.
 * IRQL <= DISPATCH_LEVEL; deleting with Wait <= APC_LEVEL.
 * Contract: kernel/exxxxtimer-routines-and-ex-timer-objects.md,
 * kernel/deleting-a-system-allocated-timer-object.md.
 */
#include "exp.h"

#define EXP_TIMER_TAG       MM_TAG('E', 'x', 'T', 'm')
#define EXP_TIMER_SIGNATURE 0x6d695478u

/* Clock intervals in 100 ns units: half a millisecond at best, as the driver's clock can do. */
#define EXP_FASTEST_CLOCK 5000u

struct _EX_TIMER
{
    KTIMER Timer;
    KDPC Dpc;
    LIST_ENTRY Entry; /* ExpTimers */
    PEXT_CALLBACK Callback;
    PVOID Context;
    ULONG Attributes;
    ULONG Signature;
    BOOLEAN Disabled; /* ExDeleteTimer has been called */
    BOOLEAN Expiring; /* the DPC is queued or runs */
    BOOLEAN Freeing;  /* a work item has been queued to free it */
    PKEVENT Deleter;  /* of a deletion that waits */
    PEXT_DELETE_CALLBACK DeleteCallback;
    PVOID DeleteContext;
    PVOID Caller;
};

static LIST_ENTRY ExpTimers = {&ExpTimers, &ExpTimers};

__attribute__((noreturn, cold)) static void
ExpTimerViolation(PEX_TIMER Timer, ULONG64 Detail, const char *Rule, const char *Page)
{
    KiBugCheckWithRule(TIMER_OR_DPC_INVALID, 0, (ULONG64)Timer, Detail, 0, Rule, Page, NULL, NULL);
}

static void
ExpCheckTimer(PEX_TIMER Timer, const char *Page)
{
    if (Timer == NULL || Timer->Signature != EXP_TIMER_SIGNATURE)
    {
        ExpTimerViolation(Timer, 0, "the timer was not allocated, or has been deleted", Page);
    }
}

/* ---- life --------------------------------------------------------------------------------- */

static void
ExpFreeTimer(PEX_TIMER Timer)
{
    const PEXT_DELETE_CALLBACK callback = Timer->DeleteCallback;
    const PVOID context = Timer->DeleteContext;
    RemoveEntryList(&Timer->Entry);
    Timer->Signature = 0;
    MmFreePool(Timer, EXP_TIMER_TAG);
    if (callback != NULL)
    {
        callback(context);
    }
}

/* The timer has expired: whoever waits has been released by ke, now the driver's callback runs. A
 * deletion from inside the callback takes effect when it returns. */
DDI_CALLBACK static VOID
ExpTimerDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PEX_TIMER timer = DeferredContext;
    (void)Dpc;
    (void)SystemArgument1;
    (void)SystemArgument2;
    timer->Expiring = TRUE;
    if (timer->Disabled && timer->Timer.Period != 0)
    {
        (void)KeCancelTimer(&timer->Timer); /* a periodic one expires once more at most */
    }
    if (timer->Callback != NULL)
    {
        timer->Callback(timer, timer->Context);
    }
    timer->Expiring = FALSE;
    if (!timer->Disabled || timer->Timer.Header.Inserted || timer->Dpc.DpcData != NULL)
    {
        return;
    }
    if (timer->Deleter != NULL)
    {
        KeSetEvent(timer->Deleter, 0, FALSE);
    }
    else
    {
        ExpFreeTimer(timer);
    }
}

/* Contract: NF:wdm.ExAllocateTimer. */
DDI PEX_TIMER
ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes)
{
    static const char *const page = "NF:wdm.ExAllocateTimer";
    const ULONG both = EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE;
    if ((Attributes & both) == both)
    {
        ExpTimerViolation(NULL, Attributes,
                          "a timer is of high resolution or does not wake the processor, not both",
                          page);
    }
    if ((Attributes & ~(both | (ULONG)EX_TIMER_NOTIFICATION)) != 0)
    {
        ExpTimerViolation(NULL, Attributes, "the attributes are those of the page", page);
    }
    PEX_TIMER timer = NULL;
    if (MmFailAllocation == NULL || !MmFailAllocation(sizeof(*timer), EXP_TIMER_TAG))
    {
        timer = MmAllocatePool(NonPagedPoolNx, sizeof(*timer), EXP_TIMER_TAG);
    }
    if (timer == NULL)
    {
        return NULL;
    }
    KeInitializeTimerEx(&timer->Timer, (Attributes & EX_TIMER_NOTIFICATION) ? NotificationTimer
                                                                            : SynchronizationTimer);
    KeInitializeDpc(&timer->Dpc, ExpTimerDpc, timer);
    timer->Callback = Callback;
    timer->Context = CallbackContext;
    timer->Attributes = Attributes;
    timer->Signature = EXP_TIMER_SIGNATURE;
    timer->Caller = KiCallerAddress();
    InsertTailList(&ExpTimers, &timer->Entry);
    return timer;
}

/* ---- setting ------------------------------------------------------------------------------ */

/* A period below the clock's interval gives one expiration per tick. */
static ULONG
ExpPeriod(PEX_TIMER Timer, LONGLONG Period)
{
    const ULONG tick =
        (Timer->Attributes & EX_TIMER_HIGH_RESOLUTION) ? EXP_FASTEST_CLOCK : ExpClockInterval();
    return Period == 0 ? 0 : Period < (LONGLONG)tick ? tick : (ULONG)Period;
}

/* Contract: NF:wdm.ExSetTimer. The processors here do not sleep, so a no-wake timer expires when
 * it is due, which its tolerance allows. */
DDI BOOLEAN
ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period, PEXT_SET_PARAMETERS Parameters)
{
    static const char *const page = "NF:wdm.ExSetTimer";
    const LARGE_INTEGER due = {.QuadPart = DueTime};
    ExpCheckTimer(Timer, page);
    if ((Timer->Attributes & EX_TIMER_HIGH_RESOLUTION) && DueTime >= 0)
    {
        ExpTimerViolation(Timer, (ULONG64)DueTime,
                          "the due time of a high-resolution timer is relative", page);
    }
    if (Period < 0 || Period > MAXLONG)
    {
        ExpTimerViolation(Timer, (ULONG64)Period, "the period is between 0 and MAXLONG", page);
    }
    if (Parameters != NULL && (Parameters->Version != 0 || Parameters->Reserved != 0 ||
                               (Parameters->NoWakeTolerance < 0 &&
                                Parameters->NoWakeTolerance != EX_TIMER_UNLIMITED_TOLERANCE)))
    {
        ExpTimerViolation(Timer, (ULONG64)Parameters,
                          "the parameters are made by ExInitializeSetTimerParameters", page);
    }
    if (Timer->Disabled)
    {
        return FALSE;
    }
    return KiSetTimer100ns(&Timer->Timer, due, ExpPeriod(Timer, Period), &Timer->Dpc);
}

/* Contract: NF:wdm.ExCancelTimer. */
DDI BOOLEAN
ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters)
{
    ExpCheckTimer(Timer, "NF:wdm.ExCancelTimer");
    if (Parameters != NULL)
    {
        ExpTimerViolation(Timer, (ULONG64)Parameters, "ExCancelTimer takes no parameters",
                          "NF:wdm.ExCancelTimer");
    }
    return Timer->Disabled ? FALSE : KeCancelTimer(&Timer->Timer);
}

/* ---- deleting ----------------------------------------------------------------------------- */

static void
ExpCheckDeletion(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait, PEXT_DELETE_PARAMETERS Parameters)
{
    static const char *const page = "NF:wdm.ExDeleteTimer";
    ExpCheckTimer(Timer, page);
    if (Wait && !Cancel)
    {
        ExpTimerViolation(Timer, 0, "who waits for the deletion of a timer also cancels it", page);
    }
    if (Wait && KiCurrentIrql() > APC_LEVEL)
    {
        ExpTimerViolation(Timer, KiCurrentIrql(),
                          "who waits for the deletion of a timer runs below DISPATCH_LEVEL", page);
    }
    if (Parameters != NULL && (Parameters->Version != 0 || Parameters->Reserved != 0))
    {
        ExpTimerViolation(Timer, (ULONG64)Parameters,
                          "the parameters are made by ExInitializeDeleteTimerParameters", page);
    }
}

/* Contract: NF:wdm.ExDeleteTimer. */
DDI BOOLEAN
ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait, PEXT_DELETE_PARAMETERS Parameters)
{
    BOOLEAN canceled = FALSE;
    ExpCheckDeletion(Timer, Cancel, Wait, Parameters);
    if (Timer->Disabled)
    {
        return FALSE;
    }
    Timer->Disabled = TRUE;
    if (Parameters != NULL)
    {
        Timer->DeleteCallback = Parameters->DeleteCallback;
        Timer->DeleteContext = Parameters->DeleteContext;
    }
    if (Cancel)
    {
        canceled = KeCancelTimer(&Timer->Timer);
    }
    const BOOLEAN busy =
        Timer->Timer.Header.Inserted || Timer->Expiring || Timer->Dpc.DpcData != NULL;
    if (!busy)
    {
        ExpFreeTimer(Timer);
    }
    else if (Wait)
    {
        KEVENT done;
        KeInitializeEvent(&done, NotificationEvent, FALSE);
        Timer->Deleter = &done;
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        ExpFreeTimer(Timer);
    }
    return canceled;
}

void
ExForEachTimer(BOOLEAN (*Routine)(PVOID Timer, PVOID Function, PVOID Caller, PVOID Context),
               PVOID Context)
{
    for (PLIST_ENTRY e = ExpTimers.Flink; e != &ExpTimers; e = e->Flink)
    {
        PEX_TIMER timer = CONTAINING_RECORD(e, struct _EX_TIMER, Entry);
        if (!timer->Disabled && !Routine(timer, (PVOID)timer->Callback, timer->Caller, Context))
        {
            return;
        }
    }
}

/* ---- the clock's interval ----------------------------------------------------------------- */

/* Requests are counted: the default comes back when every one has been taken back. */
static ULONG ExpFastRequests;
static ULONG ExpInterval;

ULONG
ExpClockInterval(void)
{
    return ExpFastRequests == 0 ? KeQueryTimeIncrement() : ExpInterval;
}

/* Contract: NF:wdm.ExSetTimerResolution. */
DDI ULONG
ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution)
{
    if (SetResolution)
    {
        const ULONG current = ExpClockInterval();
        const ULONG desired = DesiredTime < EXP_FASTEST_CLOCK ? EXP_FASTEST_CLOCK : DesiredTime;
        ExpInterval = desired < current ? desired : current;
        ExpFastRequests++;
    }
    else if (ExpFastRequests != 0)
    {
        ExpFastRequests--;
    }
    return ExpClockInterval();
}

/* Contract: NF:wdm.ExQueryTimerResolution. */
DDI VOID
ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime)
{
    *MaximumTime = KeQueryTimeIncrement();
    *MinimumTime = EXP_FASTEST_CLOCK;
    *CurrentTime = ExpClockInterval();
}
