/* SPDX-License-Identifier: MIT */
/* User arenas, MDLs, physical addresses, paging checks: NF:wdm.MmProbeAndLockPages,
 * NF:wdm.MmMapLockedPagesSpecifyCache, NF:wdm.MmUnlockPages, NF:ntddk.MmGetPhysicalAddress. */
#include "kernel_kit.h"

#include "bugcodes.h"
#include "mm/exports.h"
#include "ps/exports.h"

#define TAG 0x74736554u

typedef struct
{
    MDL Mdl;
    PFN_NUMBER Pages[16];
} MDL_SPACE;

static PMDL
make_mdl(MDL_SPACE *space, void *address, SIZE_T size)
{
    memset(space, 0, sizeof(*space));
    MmInitializeMdl(&space->Mdl, address, size);
    return &space->Mdl;
}

static void
arena_body(void *context)
{
    MDL_SPACE space;
    PS_PROCESS *other;
    (void)context;
    UCHAR *a = MmAllocateUserMemory(&kitProcess->Ob.Mm, 10000);
    CHECK(a != NULL && MmIsUserAddress(a));
    a[5] = 77;
    UCHAR *alias = MmUserAlias(&kitProcess->Ob.Mm, a, 10000);
    CHECK_EQ(alias[5], 77);
    PMDL mdl = make_mdl(&space, a + 5, 6000);
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
    UCHAR *system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    CHECK_EQ(system[0], 77);
    CHECK_EQ(MmGetPhysicalAddress(a + 5).QuadPart, MmGetPhysicalAddress(system).QuadPart);
    /* A mapping is an address of its own; the page has one more. */
    UCHAR *page = MmPhysicalToPointer((ULONG64)MmGetPhysicalAddress(system).QuadPart, 1);
    CHECK(page != NULL && page != system && *page == 77);
    /* Another process does not see the address, but the system mapping works. */
    CHECK_EQ(PsCreateClientProcess("other.exe", &other), STATUS_SUCCESS);
    UCHAR state[64];
    KeStackAttachProcess((PRKPROCESS)&other->Ob.Mm.Pcb, (PVOID)state);
    UCHAR byte;
    CHECK_EQ(KeTryCopy(&byte, a + 5, 1), STATUS_ACCESS_VIOLATION);
    system[1] = 88;
    UCHAR *b = MmAllocateUserMemory(&other->Ob.Mm, 100);
    CHECK(b == a);
    b[6] = 1;
    KeUnstackDetachProcess((PVOID)state);
    CHECK_EQ(a[6], 88);
    MmUnlockPages(mdl);
    CHECK_EQ(mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA), 0);
    MmFreeUserMemory(&kitProcess->Ob.Mm, a);
    CHECK_EQ(KeTryCopy(&byte, a + 5, 1), STATUS_ACCESS_VIOLATION);
    CHECK(!MmIsAddressValid(a));
    UCHAR *c = MmAllocateUserMemory(&kitProcess->Ob.Mm, 10000);
    CHECK(c == a && c[5] == 0);
    PsDeleteClientProcess(other);
}

static void
protect_body(void *context)
{
    MDL_SPACE space;
    (void)context;
    UCHAR *a = MmAllocateUserMemory(&kitProcess->Ob.Mm, 5000);
    CHECK_EQ(MmProtectUserMemory(&kitProcess->Ob.Mm, a, 5000, HOST_PROT_READ), STATUS_SUCCESS);
    PMDL mdl = make_mdl(&space, a, 5000);
    CHECK_EQ(MmTryProbeAndLockPages(mdl, UserMode, IoWriteAccess), STATUS_ACCESS_VIOLATION);
    CHECK_EQ(MmTryProbeAndLockPages(mdl, UserMode, IoReadAccess), STATUS_SUCCESS);
    MmUnlockPages(mdl);
    mdl = make_mdl(&space, a + 0x2000, 5000);
    CHECK_EQ(MmTryProbeAndLockPages(mdl, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    UCHAR *kernel = ExAllocatePoolWithTag(PagedPool, 100, TAG);
    mdl = make_mdl(&space, kernel, 100);
    CHECK_EQ(MmTryProbeAndLockPages(mdl, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
    CHECK_EQ(MmTryProbeAndLockPages(mdl, KernelMode, IoReadAccess), STATUS_SUCCESS);
    MmUnlockPages(mdl);
    ExFreePool(kernel);
}

static void
user_mapping_body(void *context)
{
    MDL_SPACE space;
    (void)context;
    UCHAR *kernel = ExAllocatePoolWithTag(NonPagedPoolNx, 8192, TAG);
    kernel[4097] = 9;
    PMDL mdl = make_mdl(&space, kernel, 8192);
    MmBuildMdlForNonPagedPool(mdl);
    CHECK(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority) == kernel);
    UCHAR *user =
        MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
    CHECK(MmIsUserAddress(user));
    CHECK_EQ(user[4097], 9);
    user[1] = 3;
    CHECK_EQ(kernel[1], 3);
    MmUnmapLockedPages(user, mdl);
    UCHAR byte;
    CHECK_EQ(KeTryCopy(&byte, user, 1), STATUS_ACCESS_VIOLATION);
    ExFreePool(kernel);
}

static void
paged_ok_body(void *context)
{
    (void)context;
    volatile UCHAR *a = ExAllocatePoolWithTag(PagedPool, 100, TAG);
    const KIRQL irql = KfRaiseIrql(DISPATCH_LEVEL);
    KiArmPaging();
    KeLowerIrql(irql);
    a[3] = 5; /* faults, and is given back */
    CHECK_EQ(a[3], 5);
    ExFreePool((void *)a);
}

static void
locked_paged_body(void *context)
{
    MDL_SPACE space;
    (void)context;
    volatile UCHAR *a = ExAllocatePoolWithTag(PagedPool, 100, TAG);
    PMDL mdl = make_mdl(&space, (void *)a, 100);
    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    const KIRQL irql = KfRaiseIrql(DISPATCH_LEVEL);
    KiArmPaging();
    a[3] = 5; /* locked: resident at any IRQL */
    KeLowerIrql(irql);
    MmUnlockPages(mdl);
    ExFreePool((void *)a);
}

static void
probe_body(void *context)
{
    (void)context;
    UCHAR *a = MmAllocateUserMemory(&kitProcess->Ob.Mm, 5000);
    ProbeForRead(a, 5000, 1);
    ProbeForWrite(a, 5000, 4);
    ProbeForRead((void *)~0ull, 0, 1);
    CHECK(!MmProbeRange((void *)(HOST_USER_LIMIT - 1), 2));
    CHECK(!MmProbeRange((void *)16, ~0ull));
    SIZE_T done;
    UCHAR copy[8];
    MM_COPY_ADDRESS from = {.VirtualAddress = a};
    CHECK_EQ(MmCopyMemory(copy, from, 8, MM_COPY_MEMORY_VIRTUAL, &done), STATUS_SUCCESS);
    CHECK_EQ(done, 8);
    from.VirtualAddress = (PVOID)0x1000;
    CHECK(!NT_SUCCESS(MmCopyMemory(copy, from, 8, MM_COPY_MEMORY_VIRTUAL, &done)));
    CHECK_EQ(done, 0);
}

static void
unlock_twice_body(void *context)
{
    MDL_SPACE space;
    (void)context;
    void *a = ExAllocatePoolWithTag(PagedPool, 100, TAG);
    PMDL mdl = make_mdl(&space, a, 100);
    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    MmUnlockPages(mdl);
    MmUnlockPages(mdl);
}

static void
free_locked_body(void *context)
{
    MDL_SPACE space;
    (void)context;
    void *a = ExAllocatePoolWithTag(PagedPool, 100, TAG);
    MmProbeAndLockPages(make_mdl(&space, a, 100), KernelMode, IoWriteAccess);
    ExFreePool(a);
}

static void
map_unlocked_body(void *context)
{
    MDL_SPACE space;
    (void)context;
    void *a = ExAllocatePoolWithTag(PagedPool, 100, TAG);
    MmGetSystemAddressForMdlSafe(make_mdl(&space, a, 100), NormalPagePriority);
}

static void
good(void **state)
{
    (void)state;
    kit_run(arena_body);
    kit_run(protect_body);
    kit_run(user_mapping_body);
    kit_run(paged_ok_body);
    kit_run(locked_paged_body);
    kit_run(probe_body);
}

static void
bad_calls(void **state)
{
    (void)state;
    kit_bugcheck(unlock_twice_body, DRIVER_VERIFIER_DETECTED_VIOLATION, 1, 0x7C);
    kit_bugcheck(free_locked_body, PFN_LIST_CORRUPT, 1, 0x9A);
    kit_bugcheck(map_unlocked_body, DRIVER_VERIFIER_DETECTED_VIOLATION, 1, 0xB3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
