// SPDX-License-Identifier: MIT
// kernel/rtl/functable.c: which image and which function owns an address.
#include "rtl_kit.h"

#include "rtl/unwind.h"

#define IMAGE_SIZE 0x1000u
#define IMAGES     3u

static UCHAR Images[IMAGES * 2][IMAGE_SIZE] __attribute__((aligned(4096)));

static ULONG64
Base(ULONG Index)
{
    return (ULONG64)Images[Index * 2]; // with a gap of the same size behind each
}

static RUNTIME_FUNCTION *
Table(ULONG Index)
{
    return (RUNTIME_FUNCTION *)(void *)(Images[Index * 2] + 0x800);
}

static int
TableTeardown(void **State)
{
    for (ULONG i = 0; i < IMAGES; i++)
    {
        RtlRemoveFunctionTable(Base(i));
    }
    return KitTeardown(State);
}

static void
images_are_found_by_address(void **state)
{
    ULONG64 base = 1;
    ULONG size = 1;
    PVOID header;

    (void)state;
    // Inserted out of order; looked up at both ends of the range and just outside.
    assert_true(RtlInsertFunctionTable(Base(1), IMAGE_SIZE, NULL, 0));
    assert_true(RtlInsertFunctionTable(Base(2), IMAGE_SIZE, NULL, 0));
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, NULL, 0));
    for (ULONG i = 0; i < IMAGES; i++)
    {
        assert_ptr_equal(RtlPcToFileHeader((PVOID)Base(i), &header), (PVOID)Base(i));
        assert_ptr_equal(RtlPcToFileHeader((PVOID)(Base(i) + IMAGE_SIZE - 1), &header),
                         (PVOID)Base(i));
        assert_ptr_equal(header, (PVOID)Base(i));
        assert_null(RtlPcToFileHeader((PVOID)(Base(i) + IMAGE_SIZE), &header));
        assert_null(header);
        assert_null(RtlPcToFileHeader((PVOID)(Base(i) - 1), &header));
    }
    assert_false(RtlLookupImage(0, &base, &size));
    assert_int_equal(base, 1);
    assert_true(RtlLookupImage(Base(2) + 5, &base, &size));
    assert_int_equal(base, Base(2));
    assert_int_equal(size, IMAGE_SIZE);
    assert_true(RtlRemoveFunctionTable(Base(1)));
    assert_false(RtlRemoveFunctionTable(Base(1)));
    assert_false(RtlRemoveFunctionTable(Base(0) + 1));
    assert_null(RtlPcToFileHeader((PVOID)Base(1), &header));
    assert_non_null(RtlPcToFileHeader((PVOID)Base(2), &header));
}

static void
bad_tables_are_refused(void **state)
{
    (void)state;
    assert_true(RtlInsertFunctionTable(Base(1), IMAGE_SIZE, Table(1), 1));
    assert_false(RtlInsertFunctionTable(Base(1), IMAGE_SIZE, NULL, 0));
    assert_false(RtlInsertFunctionTable(Base(1) + IMAGE_SIZE - 1, 16, NULL, 0));
    assert_false(RtlInsertFunctionTable(Base(1) - 16, 17, NULL, 0));
    assert_false(RtlInsertFunctionTable(Base(0), 0, NULL, 0));
    assert_false(RtlInsertFunctionTable(~0ull - 15, 32, NULL, 0));
    // The exception directory has to lie inside the image as a whole, and aligned.
    assert_false(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, Table(1), 1));
    assert_false(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, Table(0), IMAGE_SIZE));
    assert_false(RtlInsertFunctionTable(
        Base(0), IMAGE_SIZE, (RUNTIME_FUNCTION *)(void *)(Images[0] + IMAGE_SIZE - 8), 1));
    assert_false(RtlInsertFunctionTable(Base(0), IMAGE_SIZE,
                                        (RUNTIME_FUNCTION *)(void *)(Images[0] + 0x802), 1));
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, Table(0), 1));
}

static void
Fill(RUNTIME_FUNCTION *Entry, ULONG Begin, ULONG End, ULONG Data)
{
    Entry->BeginAddress = Begin;
    Entry->EndAddress = End;
    Entry->UnwindData = Data;
}

static void
functions_are_found_by_address(void **state)
{
    ULONG64 base = 0;
    RUNTIME_FUNCTION *table = Table(0);

    (void)state;
    Fill(&table[0], 0x100, 0x110, 0x700);
    Fill(&table[1], 0x110, 0x140, 0x700);
    Fill(&table[2], 0x200, 0x201, 0x700);
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, table, 3));
    assert_null(RtlLookupFunctionEntry(Base(0) + 0xFF, &base, NULL));
    assert_int_equal(base, Base(0)); // a leaf function: the image is known all the same
    assert_ptr_equal(RtlLookupFunctionEntry(Base(0) + 0x100, &base, NULL), &table[0]);
    assert_ptr_equal(RtlLookupFunctionEntry(Base(0) + 0x10F, &base, NULL), &table[0]);
    assert_ptr_equal(RtlLookupFunctionEntry(Base(0) + 0x110, &base, NULL), &table[1]);
    assert_null(RtlLookupFunctionEntry(Base(0) + 0x140, &base, NULL));
    assert_ptr_equal(RtlLookupFunctionEntry(Base(0) + 0x200, &base, NULL), &table[2]);
    assert_null(RtlLookupFunctionEntry(Base(0) + 0x201, &base, NULL));
    assert_null(RtlLookupFunctionEntry(Base(0) + IMAGE_SIZE, &base, NULL));
    assert_int_equal(base, 0);
}

// An entry may stand for another one (bit 0 of its unwind data).
static void
indirect_entries(void **state)
{
    ULONG64 base;
    RUNTIME_FUNCTION *table = Table(0);
    RUNTIME_FUNCTION *master = (RUNTIME_FUNCTION *)(void *)(Images[0] + 0x900);

    (void)state;
    Fill(master, 0x100, 0x180, 0x700);
    Fill(&table[0], 0x100, 0x140, 0x900 + 1);
    Fill(&table[1], 0x140, 0x150, IMAGE_SIZE - 4 + 1); // does not fit
    Fill(&table[2], 0x150, 0x160, 0x808 + 1);          // &table[0].UnwindData: nothing sensible
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, table, 3));
    assert_ptr_equal(RtlLookupFunctionEntry(Base(0) + 0x120, &base, NULL), master);
    assert_null(RtlLookupFunctionEntry(Base(0) + 0x140, &base, NULL));
    master->UnwindData |= 1;
    assert_null(RtlLookupFunctionEntry(Base(0) + 0x120, &base, NULL));
}

static void
history_table(void **state)
{
    UNWIND_HISTORY_TABLE history = {.LowAddress = ~0ull};
    RUNTIME_FUNCTION *table = Table(0);
    ULONG64 base = 0;

    (void)state;
    Fill(&table[0], 0x100, 0x110, 0x700);
    Fill(&table[1], 0x120, 0x130, 0x700);
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, table, 2));
    // The first pass remembers.
    RtlLookupFunctionEntry(Base(0) + 0x105, &base, &history);
    RtlLookupFunctionEntry(Base(0) + 0x50, &base, &history);
    RtlLookupFunctionEntry(Base(0) + 0x125, &base, &history);
    assert_int_equal(history.Count, 2);
    assert_int_equal(history.LowAddress, Base(0) + 0x100);
    assert_int_equal(history.HighAddress, Base(0) + 0x130);
    assert_ptr_equal(history.Entry[1].FunctionEntry, &table[1]);
    // The second pass finds without the table of images.
    assert_true(RtlRemoveFunctionTable(Base(0)));
    assert_null(RtlLookupFunctionEntry(Base(0) + 0x105, &base, &history));
    history.Search = UNWIND_HISTORY_TABLE_GLOBAL;
    assert_ptr_equal(RtlLookupFunctionEntry(Base(0) + 0x105, &base, &history), &table[0]);
    assert_int_equal(base, Base(0));
    assert_null(RtlLookupFunctionEntry(Base(0) + 0x115, &base, &history));
    assert_int_equal(history.Count, 2);
}

static void
history_table_is_bounded(void **state)
{
    UNWIND_HISTORY_TABLE history = {.LowAddress = ~0ull};
    ULONG64 base;

    (void)state;
    Fill(&Table(0)[0], 0x100, 0x110, 0x700);
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, Table(0), 1));
    for (ULONG i = 0; i < UNWIND_HISTORY_TABLE_SIZE + 3; i++)
    {
        assert_non_null(RtlLookupFunctionEntry(Base(0) + 0x105, &base, &history));
    }
    assert_int_equal(history.Count, UNWIND_HISTORY_TABLE_SIZE);
}

// Discarded sections: unwind data that lies there is as good as damaged.
static void
excluded_ranges(void **state)
{
    RTLP_UNWIND_RESULT result;
    CONTEXT context;
    ULONG64 stack[4] = {0};

    (void)state;
    memset(Images[0] + 0x100, 0x90, 0x10);
    memcpy(Images[0] + 0x700, "\x01\x00\x00\x00", 4);
    Fill(&Table(0)[0], 0x100, 0x110, 0x700);
    assert_true(RtlInsertFunctionTable(Base(0), IMAGE_SIZE, Table(0), 1));
    memset(&context, 0, sizeof(context));
    context.Rsp = (ULONG64)stack;
    assert_int_equal(
        RtlUnwindFrame(0, Base(0), Base(0) + 0x104, &Table(0)[0], NULL, &context, &result, NULL),
        STATUS_SUCCESS);
    assert_true(RtlExcludeFunctionTableRange(Base(0), 0x703, 0x10));
    context.Rsp = (ULONG64)stack;
    assert_int_equal(
        RtlUnwindFrame(0, Base(0), Base(0) + 0x104, &Table(0)[0], NULL, &context, &result, NULL),
        STATUS_BAD_FUNCTION_TABLE);
    for (ULONG i = 1; i < RTLP_EXCLUDED_RANGES; i++)
    {
        assert_true(RtlExcludeFunctionTableRange(Base(0), 0xF00, 1));
    }
    assert_false(RtlExcludeFunctionTableRange(Base(0), 0xF00, 1));
    assert_false(RtlExcludeFunctionTableRange(Base(1), 0xF00, 1));
}

#define TABLE_TEST(Function) cmocka_unit_test_setup_teardown(Function, KitSetup, TableTeardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_TEST(images_are_found_by_address),
        TABLE_TEST(bad_tables_are_refused),
        TABLE_TEST(functions_are_found_by_address),
        TABLE_TEST(indirect_entries),
        TABLE_TEST(history_table),
        TABLE_TEST(history_table_is_bounded),
        TABLE_TEST(excluded_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
