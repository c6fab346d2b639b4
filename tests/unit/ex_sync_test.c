/* SPDX-License-Identifier: MIT */
/* Executive objects with more than one thread: NF:wdm.ExAcquireResourceSharedLite,
 * NF:wdm.ExAcquireFastMutex, NF:wdm.ExWaitForRundownProtectionRelease, NF:wdm.ExQueueWorkItem,
 * NF:wdm.ExInitializeNPagedLookasideList, NF:wdm.ExInterlockedPushEntrySList. */
#include "kernel_kit.h"

#include "bugcodes.h"
#include "ob/exports.h"

#define TAG 0x74736554u

static void
start(void(NTAPI *routine)(PVOID), PVOID context)
{
    PPS_THREAD thread;
    CHECK_EQ(PsCreateKernelThread(routine, context, &thread), STATUS_SUCCESS);
    ObDereference(thread);
}

static void
sleep_ms(unsigned ms)
{
    LARGE_INTEGER delay = {.QuadPart = -10000ll * ms};
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
}

/* ---- resources ---------------------------------------------------------------------------- */

static ERESOURCE resource;
static char order[32];
static unsigned orderCount;

static void
note(char c)
{
    order[orderCount++] = c;
}

static void NTAPI
reader(PVOID context)
{
    ExAcquireResourceSharedLite(&resource, TRUE);
    note((char)(ULONG64)context);
    CHECK_EQ(ExIsResourceAcquiredSharedLite(&resource), 1);
    sleep_ms(1);
    ExReleaseResourceLite(&resource);
}

static void NTAPI
writer(PVOID context)
{
    ExAcquireResourceExclusiveLite(&resource, TRUE);
    note((char)(ULONG64)context);
    CHECK(ExIsResourceAcquiredExclusiveLite(&resource));
    sleep_ms(1);
    ExReleaseResourceLite(&resource);
}

static void
resource_body(void *context)
{
    (void)context;
    KeEnterCriticalRegion();
    CHECK_EQ(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
    CHECK(ExAcquireResourceSharedLite(&resource, TRUE));
    CHECK(ExAcquireResourceSharedLite(&resource, TRUE));
    CHECK_EQ(ExIsResourceAcquiredSharedLite(&resource), 2);
    CHECK(!ExAcquireResourceExclusiveLite(&resource, FALSE));
    start(writer, (PVOID)(ULONG64)'w');
    sleep_ms(1);
    start(reader, (PVOID)(ULONG64)'r');
    sleep_ms(1);
    CHECK_EQ(ExGetExclusiveWaiterCount(&resource), 1);
    CHECK_EQ(ExGetSharedWaiterCount(&resource), 1);
    CHECK(ExAcquireResourceSharedLite(&resource, FALSE)); /* recursion does not wait */
    CHECK(ExAcquireSharedStarveExclusive(&resource, FALSE));
    CHECK(!ExAcquireSharedWaitForExclusive(&resource, FALSE));
    for (unsigned i = 0; i < 4; i++)
    {
        ExReleaseResourceLite(&resource);
    }
    sleep_ms(10);
    CHECK(memcmp(order, "wr", 3) == 0);
    /* After an exclusive owner all readers come at once. */
    orderCount = 0;
    CHECK(ExAcquireResourceExclusiveLite(&resource, TRUE));
    CHECK(ExAcquireResourceExclusiveLite(&resource, TRUE));
    start(writer, (PVOID)(ULONG64)'w');
    start(reader, (PVOID)(ULONG64)'1');
    start(reader, (PVOID)(ULONG64)'2');
    sleep_ms(1);
    ExReleaseResourceLite(&resource);
    ExConvertExclusiveToSharedLite(&resource);
    CHECK(!ExIsResourceAcquiredExclusiveLite(&resource));
    ExReleaseResourceLite(&resource);
    sleep_ms(10);
    CHECK(order[2] == 'w' && orderCount == 3);
    CHECK_EQ(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
    KeLeaveCriticalRegion();
}

static void
not_owned_body(void *context)
{
    (void)context;
    ExInitializeResourceLite(&resource);
    ExReleaseResourceLite(&resource);
}

static void
free_resource_body(void *context)
{
    (void)context;
    PERESOURCE r = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(ERESOURCE), TAG);
    ExInitializeResourceLite(r);
    ExFreePool(r);
}

/* ---- mutexes, rundown --------------------------------------------------------------------- */

static FAST_MUTEX mutex;
static EX_RUNDOWN_REF rundown;
static unsigned counter;

static void NTAPI
locker(PVOID context)
{
    (void)context;
    for (unsigned i = 0; i < 10; i++)
    {
        ExAcquireFastMutex(&mutex);
        CHECK_EQ(KiCurrentIrql(), APC_LEVEL);
        const unsigned before = counter;
        sleep_ms(1);
        counter = before + 1;
        ExReleaseFastMutex(&mutex);
    }
}

static void NTAPI
release_later(PVOID context)
{
    (void)context;
    sleep_ms(5);
    note('x');
    ExReleaseRundownProtection(&rundown);
}

static void
mutex_body(void *context)
{
    (void)context;
    ExInitializeFastMutex(&mutex);
    start(locker, NULL);
    start(locker, NULL);
    start(locker, NULL);
    sleep_ms(200);
    CHECK_EQ(counter, 30);
    CHECK(ExTryToAcquireFastMutex(&mutex));
    CHECK(!ExTryToAcquireFastMutex(&mutex));
    CHECK_EQ(KiCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&mutex);
    CHECK_EQ(KiCurrentIrql(), PASSIVE_LEVEL);
    ExInitializeRundownProtection(&rundown);
    CHECK(ExAcquireRundownProtection(&rundown));
    start(release_later, NULL);
    ExWaitForRundownProtectionRelease(&rundown);
    CHECK_EQ(orderCount, 1);
    CHECK(!ExAcquireRundownProtection(&rundown));
    ExReInitializeRundownProtection(&rundown);
    CHECK(ExAcquireRundownProtection(&rundown));
}

static void
recursive_mutex_body(void *context)
{
    (void)context;
    ExInitializeFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
}

/* ---- work items --------------------------------------------------------------------------- */

static WORK_QUEUE_ITEM items[20];
static KEVENT gate;
static unsigned ran;

static void NTAPI
work(PVOID context)
{
    CHECK_EQ(KiCurrentIrql(), PASSIVE_LEVEL);
    CHECK(IoGetCurrentProcess() == PsInitialSystemProcess);
    if (context != NULL)
    {
        KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, NULL);
    }
    ran++;
}

static void
work_body(void *context)
{
    (void)context;
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    for (unsigned i = 0; i < 20; i++)
    {
        /* Half of them block; the others must not wait for those. */
        ExInitializeWorkItem(&items[i], work, i < 10 ? &gate : NULL);
        ExQueueWorkItem(&items[i], DelayedWorkQueue);
    }
    sleep_ms(5);
    CHECK_EQ(ran, 10);
    KeSetEvent(&gate, 0, FALSE);
    sleep_ms(5);
    CHECK_EQ(ran, 20);
    ExQueueWorkItem(&items[0], CriticalWorkQueue);
    sleep_ms(5);
    CHECK_EQ(ran, 21);
}

static void
queued_twice_body(void *context)
{
    (void)context;
    ExInitializeWorkItem(&items[0], work, NULL);
    KfRaiseIrql(DISPATCH_LEVEL); /* the worker cannot take it meanwhile */
    ExQueueWorkItem(&items[0], DelayedWorkQueue);
    ExQueueWorkItem(&items[0], DelayedWorkQueue);
}

/* ---- lists -------------------------------------------------------------------------------- */

static void
slist_body(void *context)
{
    (void)context;
    SLIST_HEADER head;
    SLIST_ENTRY entries[3];
    InitializeSListHead(&head);
    CHECK(ExpInterlockedPopEntrySList(&head) == NULL);
    CHECK(ExpInterlockedPushEntrySList(&head, &entries[0]) == NULL);
    CHECK(ExpInterlockedPushEntrySList(&head, &entries[1]) == &entries[0]);
    CHECK(ExpInterlockedPushEntrySList(&head, &entries[2]) == &entries[1]);
    CHECK_EQ(ExQueryDepthSList(&head), 3);
    CHECK(ExpInterlockedPopEntrySList(&head) == &entries[2]);
    CHECK(ExpInterlockedFlushSList(&head) == &entries[1]);
    CHECK_EQ(ExQueryDepthSList(&head), 0);
    NPAGED_LOOKASIDE_LIST *list =
        ExAllocatePoolWithTag(NonPagedPoolNxCacheAligned, sizeof(NPAGED_LOOKASIDE_LIST), TAG);
    ExInitializeNPagedLookasideList(list, NULL, NULL, POOL_NX_ALLOCATION, 40, TAG, 0);
    CHECK(list->L.Allocate != NULL && list->L.Free != NULL);
    CHECK_EQ(list->L.Size, 40);
    ExDeleteNPagedLookasideList(list);
    ExFreePool(list);
}

static void
free_lookaside_body(void *context)
{
    (void)context;
    NPAGED_LOOKASIDE_LIST *list =
        ExAllocatePoolWithTag(NonPagedPoolNxCacheAligned, sizeof(NPAGED_LOOKASIDE_LIST), TAG);
    ExInitializeNPagedLookasideList(list, NULL, NULL, POOL_NX_ALLOCATION, 40, TAG, 0);
    ExFreePool(list);
}

/* ---- callbacks ---------------------------------------------------------------------------- */

static void NTAPI
called(PVOID context, PVOID a, PVOID b)
{
    (void)a;
    (void)b;
    (*(unsigned *)context)++;
}

static void
callback_body(void *context)
{
    (void)context;
    UNICODE_STRING name = {
        .Length = 32, .MaximumLength = 34, .Buffer = (PWSTR)L"\\Callback\\Mytest"};
    OBJECT_ATTRIBUTES a = {.Length = sizeof(a), .ObjectName = &name, .Attributes = 0x40};
    PCALLBACK_OBJECT object;
    unsigned count = 0;
    CHECK(!NT_SUCCESS(ExCreateCallback(&object, &a, FALSE, TRUE)));
    CHECK_EQ(ExCreateCallback(&object, &a, TRUE, TRUE), STATUS_SUCCESS);
    PVOID one = ExRegisterCallback(object, called, &count);
    PVOID two = ExRegisterCallback(object, called, &count);
    CHECK(one != NULL && two != NULL);
    ExNotifyCallback(object, NULL, NULL);
    CHECK_EQ(count, 2);
    ExUnregisterCallback(one);
    ExNotifyCallback(object, NULL, NULL);
    CHECK_EQ(count, 3);
    ExUnregisterCallback(two);
    ObfDereferenceObject(object);
}

static void
good(void **state)
{
    (void)state;
    kit_run(resource_body);
    kit_run(mutex_body);
    kit_run(work_body);
    kit_run(slist_body);
    kit_run(callback_body);
}

static void
bad_calls(void **state)
{
    (void)state;
    kit_bugcheck(not_owned_body, RESOURCE_NOT_OWNED, 0, 0);
    kit_bugcheck(free_resource_body, DRIVER_VERIFIER_DETECTED_VIOLATION, 1, 0xD2);
    kit_bugcheck(free_lookaside_body, DRIVER_VERIFIER_DETECTED_VIOLATION, 1, 0xCC);
    kit_bugcheck(recursive_mutex_body, DRIVER_VERIFIER_DETECTED_VIOLATION, 1, 0x1000);
    kit_bugcheck(queued_twice_body, WORKER_INVALID, 1, 0x1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
