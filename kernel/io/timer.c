/* SPDX-License-Identifier: MIT */
/*
 * I/O timers: one routine per device, called once a second at DISPATCH_LEVEL
 * (KERNEL:using-iotimer). One kernel timer serves them all and runs only while a device's timer is
 * started, so that a machine with nothing else to do is idle.
 */
#include "iop.h"

#define IOP_TIMER_TAG 'iToI'

typedef struct _IO_TIMER
{
    CSHORT Type;
    BOOLEAN Started;
    LIST_ENTRY Entry; /* IopTimerList */
    PIO_TIMER_ROUTINE Routine;
    PVOID Context;
    PDEVICE_OBJECT DeviceObject;
} IO_TIMER;

static LIST_ENTRY IopTimerList = {&IopTimerList, &IopTimerList};
static ULONG IopTimersStarted;
static KTIMER IopSecondTimer;
static KDPC IopSecondDpc;
static BOOLEAN IopSecondInitialized;

static VOID NTAPI
IopEverySecond(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    PLIST_ENTRY next;
    for (PLIST_ENTRY entry = IopTimerList.Flink; entry != &IopTimerList; entry = next)
    {
        PIO_TIMER timer = CONTAINING_RECORD(entry, IO_TIMER, Entry);
        next = entry->Flink;
        if (timer->Started)
        {
            timer->Routine(timer->DeviceObject, timer->Context);
        }
    }
}

static void
IopArmSecond(void)
{
    LARGE_INTEGER second;
    if (!IopSecondInitialized)
    {
        KeInitializeTimer(&IopSecondTimer);
        KeInitializeDpc(&IopSecondDpc, IopEverySecond, NULL);
        IopSecondInitialized = TRUE;
    }
    second.QuadPart = -10000000;
    KeSetTimerEx(&IopSecondTimer, second, 1000, &IopSecondDpc);
}

/* NF:wdm.IoInitializeTimer */
DDI NTSTATUS NTAPI
IoInitializeTimer(_In_ PDEVICE_OBJECT DeviceObject,
                  _In_ PIO_TIMER_ROUTINE TimerRoutine,
                  _In_opt_ PVOID Context)
{
    PIO_TIMER timer = DeviceObject->Timer;
    if (timer != NULL)
    {
        IopViolation(0xc9, 0x0a, (ULONG64)DeviceObject, 0, 0,
                     "IoInitializeTimer was called for a device whose timer is already initialized",
                     "NF:wdm.IoInitializeTimer", NULL, DeviceObject);
    }
    else
    {
        timer = MmAllocatePool(NonPagedPoolNx, sizeof(IO_TIMER), IOP_TIMER_TAG);
        if (timer == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        timer->Type = IO_TYPE_TIMER;
        timer->DeviceObject = DeviceObject;
        DeviceObject->Timer = timer;
        InsertTailList(&IopTimerList, &timer->Entry);
    }
    timer->Routine = TimerRoutine;
    timer->Context = Context;
    return STATUS_SUCCESS;
}

/* NF:wdm.IoStartTimer */
DDI VOID NTAPI
IoStartTimer(_In_ PDEVICE_OBJECT DeviceObject)
{
    PIO_TIMER timer = DeviceObject->Timer;
    if (timer == NULL || timer->Started ||
        (DeviceObject->DeviceObjectExtension->ExtensionFlags & IOP_DEVICE_DYING))
    {
        return;
    }
    timer->Started = TRUE;
    if (IopTimersStarted++ == 0)
    {
        IopArmSecond();
    }
}

/* NF:wdm.IoStopTimer */
DDI VOID NTAPI
IoStopTimer(_In_ PDEVICE_OBJECT DeviceObject)
{
    PIO_TIMER timer = DeviceObject->Timer;
    if (timer == NULL || !timer->Started)
    {
        return;
    }
    timer->Started = FALSE;
    if (--IopTimersStarted == 0)
    {
        KeCancelTimer(&IopSecondTimer);
    }
}

void
IopDeleteTimer(PDEVICE_OBJECT DeviceObject)
{
    PIO_TIMER timer = DeviceObject->Timer;
    if (timer == NULL)
    {
        return;
    }
    IoStopTimer(DeviceObject);
    RemoveEntryList(&timer->Entry);
    DeviceObject->Timer = NULL;
    MmFreePool(timer, IOP_TIMER_TAG);
}
