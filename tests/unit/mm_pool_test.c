/* SPDX-License-Identifier: MIT */
/* Pools: NF:wdm.ExAllocatePool2, NF:wdm.ExAllocatePoolWithTag, NF:wdm.ExFreePoolWithTag and the bug
 * checks of their misuse. */
#include "kernel_kit.h"

#include "bugcodes.h"

#define TAG 0x74736554u /* 'Test' */

static void
sizes_body(void *context)
{
    (void)context;
    for (SIZE_T size = 0; size < 20000; size = size < 5000 ? size + 13 : size * 2)
    {
        UCHAR *a = ExAllocatePoolWithTag(NonPagedPoolNx, size, TAG);
        UCHAR *b = ExAllocatePool2(POOL_FLAG_PAGED, size, TAG);
        CHECK(a != NULL && b != NULL);
        CHECK_EQ((ULONG64)a & 15, 0);
        if (size >= PAGE_SIZE)
        {
            CHECK_EQ((ULONG64)a & (PAGE_SIZE - 1), 0);
        }
        else if (size != 0)
        {
            CHECK_EQ((ULONG64)a / PAGE_SIZE, ((ULONG64)a + size - 1) / PAGE_SIZE);
        }
        for (SIZE_T i = 0; i < size; i++)
        {
            CHECK_EQ(b[i], 0);
            CHECK(a[i] != 0);
        }
        memset(a, 1, size);
        memset(b, 2, size);
        ExFreePoolWithTag(a, TAG);
        ExFreePool(b);
    }
    MmVerifyPool();
}

static void
reuse_body(void *context)
{
    (void)context;
    void *blocks[64];
    for (unsigned round = 0; round < 20000; round++)
    {
        const unsigned slot = round % 64;
        if (round >= 64)
        {
            ExFreePoolWithTag(blocks[slot], TAG);
        }
        blocks[slot] = ExAllocatePoolWithTag(NonPagedPoolNx, (round * 37) % 6000, TAG);
        CHECK(blocks[slot] != NULL);
    }
    for (unsigned slot = 0; slot < 64; slot++)
    {
        ExFreePool(blocks[slot]);
    }
    MmVerifyPool();
}

static void
flags_body(void *context)
{
    (void)context;
    CHECK(ExAllocatePool2(POOL_FLAG_PAGED, 16, 0) == NULL);
    CHECK(ExAllocatePool2(0, 16, TAG) == NULL);
    CHECK(ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED, 16, TAG) == NULL);
    CHECK(ExAllocatePool2(POOL_FLAG_PAGED | 0x200, 16, TAG) == NULL);
    void *p = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, 100, TAG);
    CHECK_EQ((ULONG64)p & 63, 0);
    ExFreePool(p);
    CHECK(ExAllocatePoolWithTag(NonPagedPoolNx, 1ull << 40, TAG) == NULL);
    CHECK(ExAllocatePoolWithTag(NonPagedPoolNx, ~0ull, TAG) == NULL);
    /* Executable pool runs code: mov eax, 42; ret. */
    static const UCHAR code[] = {0xb8, 42, 0, 0, 0, 0xc3};
    void *run = ExAllocatePoolWithTag(NonPagedPoolExecute, sizeof(code), TAG);
    memcpy(run, code, sizeof(code));
    CHECK_EQ(((int (*)(void))run)(), 42);
    ExFreePool(run);
}

static BOOLEAN
count_block(const MM_POOL_BLOCK *block, PVOID context)
{
    CHECK_EQ(block->Tag, TAG);
    (*(unsigned *)context)++;
    return TRUE;
}

static void
enumerate_body(void *context)
{
    unsigned count = 0;
    (void)context;
    void *a = ExAllocatePoolWithTag(NonPagedPoolNx, 10, TAG);
    void *b = ExAllocatePoolWithTag(PagedPool, 5000, TAG);
    MmForEachPoolBlock(FALSE, count_block, &count);
    CHECK_EQ(count, 2);
    ExFreePool(a);
    MM_POOL_BLOCK block;
    BOOLEAN freed;
    CHECK(MmFindPoolBlock((ULONG64)a + 3, &block, &freed) && freed && block.Size == 10);
    CHECK(MmFindPoolBlock((ULONG64)b + 4999, &block, &freed) && !freed && block.Size == 5000);
    ExFreePool(b);
    count = 0;
    MmForEachPoolBlock(FALSE, count_block, &count);
    CHECK_EQ(count, 0);
}

static void
double_free_body(void *context)
{
    (void)context;
    void *a = ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG);
    ExFreePool(a);
    ExFreePool(a);
}

static void
double_free_large_body(void *context)
{
    (void)context;
    void *a = ExAllocatePoolWithTag(PagedPool, 100000, TAG);
    ExFreePool(a);
    ExFreePool(a);
}

static void
wrong_tag_body(void *context)
{
    (void)context;
    ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG), TAG + 1);
}

static void
middle_body(void *context)
{
    (void)context;
    ExFreePool((UCHAR *)ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG) + 16);
}

static void
null_body(void *context)
{
    (void)context;
    ExFreePool(NULL);
}

static void
overrun_body(void *context)
{
    (void)context;
    volatile UCHAR *a = ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG);
    host_unpoison((void *)(a + 100), 1);
    a[100] = 1;
    ExFreePool((void *)a);
}

static void
overrun_exact_body(void *context)
{
    (void)context;
    volatile UCHAR *a = ExAllocatePoolWithTag(PagedPool, 64, TAG);
    host_unpoison((void *)(a + 64), 8);
    a[64] = 1;
    ExFreePool((void *)a);
}

static void
underrun_body(void *context)
{
    (void)context;
    volatile UCHAR *a = ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG);
    host_unpoison((void *)(a - 8), 8);
    a[-1] = 1;
    ExFreePool((void *)a);
}

static void
use_after_free_body(void *context)
{
    (void)context;
    volatile UCHAR *a = ExAllocatePoolWithTag(NonPagedPoolNx, 200, TAG);
    ExFreePool((void *)a);
    host_unpoison((void *)a, 200);
    a[7] = 1;
    MmVerifyPool();
}

static void
dispatch_body(void *context)
{
    (void)context;
    KfRaiseIrql(DISPATCH_LEVEL);
    ExAllocatePoolWithTag(PagedPool, 64, TAG);
}

static void
zero_tag_body(void *context)
{
    (void)context;
    ExAllocatePoolWithTag(PagedPool, 64, 0);
}

static void
good(void **state)
{
    (void)state;
    kit_run(sizes_body);
    kit_run(reuse_body);
    kit_run(flags_body);
    kit_run(enumerate_body);
}

static void
bad_calls(void **state)
{
    (void)state;
    kit_bugcheck(double_free_body, BAD_POOL_CALLER, 1, 0x7);
    kit_bugcheck(double_free_large_body, BAD_POOL_CALLER, 1, 0x7);
    kit_bugcheck(wrong_tag_body, BAD_POOL_CALLER, 1, 0xA);
    kit_bugcheck(middle_body, BAD_POOL_CALLER, 1, 0x99);
    kit_bugcheck(null_body, BAD_POOL_CALLER, 1, 0x40);
    kit_bugcheck(dispatch_body, BAD_POOL_CALLER, 1, 0x8);
    kit_bugcheck(zero_tag_body, BAD_POOL_CALLER, 1, 0x9B);
}

static void
corruption(void **state)
{
    (void)state;
    kit_bugcheck(overrun_body, SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, 4, 0x24);
    kit_bugcheck(overrun_exact_body, SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, 4, 0x24);
    kit_bugcheck(underrun_body, SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, 4, 0x23);
    kit_bugcheck(use_after_free_body, DRIVER_CAUGHT_MODIFYING_FREED_POOL, 2, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad_calls),
                                       cmocka_unit_test(corruption)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
