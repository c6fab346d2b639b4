// SPDX-License-Identifier: MIT
// kernel/rtl/bitmap.c: by example, and against a model with one byte per bit.
#include "rtl_kit.h"

#include "rtl/exports.h"

#define BITS 100u

static ULONG Buffer[5]; // one more than the map needs, to see that it is left alone
static RTL_BITMAP Map;

static void
Prepare(void)
{
    memset(Buffer, 0xA5, sizeof(Buffer));
    RtlInitializeBitMap(&Map, Buffer, BITS);
    RtlClearAllBits(&Map);
    Buffer[3] = (Buffer[3] & 0xF) | 0xA5A5A5A0;
}

// Page: NF:wdm.RtlInitializeBitMap
// Page: NF:wdm.RtlSetBits
// Page: NF:wdm.RtlClearBits
// Page: NF:wdm.RtlSetAllBits
static void
set_and_clear(void **state)
{
    (void)state;
    Prepare();
    RtlSetAllBits(&Map);
    assert_int_equal(RtlNumberOfSetBits(&Map), BITS);
    assert_int_equal(Buffer[3] >> 4, 0xA5A5A5A); // bits beyond the map are not touched
    assert_int_equal(Buffer[4], 0xA5A5A5A5);
    RtlClearBits(&Map, 30, 40);
    assert_int_equal(RtlNumberOfClearBits(&Map), 40);
    assert_true(RtlTestBit(&Map, 29));
    assert_false(RtlTestBit(&Map, 30));
    assert_false(RtlTestBit(&Map, 69));
    assert_true(RtlTestBit(&Map, 70));
    RtlSetBits(&Map, 50, 0);
    assert_false(RtlTestBit(&Map, 50));
    RtlSetBit(&Map, 50);
    assert_true(RtlTestBit(&Map, 50));
    RtlClearBit(&Map, 50);
    assert_false(RtlTestBit(&Map, 50));
    RtlSetBits(&Map, 32, 32);
    assert_int_equal(Buffer[1], 0xFFFFFFFF);
}

// Page: NF:wdm.RtlAreBitsSet
// Page: NF:wdm.RtlAreBitsClear
static void
are_bits(void **state)
{
    (void)state;
    Prepare();
    RtlSetBits(&Map, 10, 50);
    assert_true(RtlAreBitsSet(&Map, 10, 50));
    assert_false(RtlAreBitsSet(&Map, 9, 50));
    assert_false(RtlAreBitsSet(&Map, 10, 51));
    assert_true(RtlAreBitsClear(&Map, 60, 40));
    assert_false(RtlAreBitsClear(&Map, 60, 41)); // beyond the end
    assert_false(RtlAreBitsClear(&Map, 60, 0));
    assert_false(RtlAreBitsClear(&Map, 200, 1));
}

// Page: NF:wdm.RtlFindClearBits
// Page: NF:wdm.RtlFindClearBitsAndSet
// Page: NF:wdm.RtlFindSetBits
// Page: NF:wdm.RtlFindSetBitsAndClear
static void
find_bits(void **state)
{
    (void)state;
    Prepare();
    RtlSetAllBits(&Map);
    RtlClearBits(&Map, 20, 5);
    RtlClearBits(&Map, 60, 10);
    assert_int_equal(RtlFindClearBits(&Map, 5, 0), 20);
    assert_int_equal(RtlFindClearBits(&Map, 6, 0), 60);
    assert_int_equal(RtlFindClearBits(&Map, 5, 30), 60);
    assert_int_equal(RtlFindClearBits(&Map, 5, 66), 20); // wraps round
    assert_int_equal(RtlFindClearBits(&Map, 11, 0), 0xFFFFFFFF);
    assert_int_equal(RtlFindClearBits(&Map, 5, 5000), 20);
    assert_int_equal(RtlFindClearBits(&Map, 101, 0), 0xFFFFFFFF);
    assert_int_equal(RtlFindClearBitsAndSet(&Map, 3, 0), 20);
    assert_true(RtlAreBitsSet(&Map, 20, 3));
    assert_int_equal(RtlFindSetBits(&Map, 30, 0), 25);
    assert_int_equal(RtlFindSetBitsAndClear(&Map, 30, 0), 25);
    assert_true(RtlAreBitsClear(&Map, 23, 32));
    assert_int_equal(RtlFindSetBits(&Map, 50, 0), 0xFFFFFFFF);
}

// Page: NF:wdm.RtlFindFirstRunClear
// Page: NF:wdm.RtlFindNextForwardRunClear
// Page: NF:wdm.RtlFindLastBackwardRunClear
// Page: NF:wdm.RtlFindLongestRunClear
static void
runs(void **state)
{
    ULONG start = 0;

    (void)state;
    Prepare();
    RtlSetAllBits(&Map);
    assert_int_equal(RtlFindFirstRunClear(&Map, &start), 0);
    assert_int_equal(RtlFindLongestRunClear(&Map, &start), 0);
    RtlClearBits(&Map, 7, 1);
    RtlClearBits(&Map, 40, 20);
    RtlClearBits(&Map, 90, 10);
    assert_int_equal(RtlFindFirstRunClear(&Map, &start), 1);
    assert_int_equal(start, 7);
    assert_int_equal(RtlFindNextForwardRunClear(&Map, 8, &start), 20);
    assert_int_equal(start, 40);
    assert_int_equal(RtlFindNextForwardRunClear(&Map, 50, &start), 10);
    assert_int_equal(start, 50);
    assert_int_equal(RtlFindNextForwardRunClear(&Map, 100, &start), 0);
    assert_int_equal(RtlFindLongestRunClear(&Map, &start), 20);
    assert_int_equal(start, 40);
    assert_int_equal(RtlFindLastBackwardRunClear(&Map, 99, &start), 10);
    assert_int_equal(start, 90);
    assert_int_equal(RtlFindLastBackwardRunClear(&Map, 80, &start), 20);
    assert_int_equal(start, 40);
    assert_int_equal(RtlFindLastBackwardRunClear(&Map, 45, &start), 6);
    assert_int_equal(start, 40);
    assert_int_equal(RtlFindLastBackwardRunClear(&Map, 6, &start), 0);
}

// Page: NF:wdm.RtlFindClearRuns
static void
several_runs(void **state)
{
    RTL_BITMAP_RUN found[3];

    (void)state;
    Prepare();
    RtlSetAllBits(&Map);
    RtlClearBits(&Map, 5, 2);
    RtlClearBits(&Map, 20, 9);
    RtlClearBits(&Map, 40, 4);
    RtlClearBits(&Map, 60, 7);
    assert_int_equal(RtlFindClearRuns(&Map, found, 3, FALSE), 3);
    assert_int_equal(found[0].StartingIndex, 5);
    assert_int_equal(found[2].NumberOfBits, 4);
    assert_int_equal(RtlFindClearRuns(&Map, found, 3, TRUE), 3);
    assert_int_equal(found[0].NumberOfBits, 9);
    assert_int_equal(found[1].NumberOfBits, 7);
    assert_int_equal(found[2].NumberOfBits, 4);
    RtlSetAllBits(&Map);
    RtlClearBits(&Map, 99, 1);
    assert_int_equal(RtlFindClearRuns(&Map, found, 3, TRUE), 1);
    assert_int_equal(found[0].StartingIndex, 99);
}

// Page: NF:wdm.RtlFindLeastSignificantBit
// Page: NF:wdm.RtlFindMostSignificantBit
// Page: NF:wdm.RtlNumberOfSetBitsUlongPtr
static void
single_values(void **state)
{
    (void)state;
    assert_int_equal(RtlFindLeastSignificantBit(0), -1);
    assert_int_equal(RtlFindMostSignificantBit(0), -1);
    assert_int_equal(RtlFindLeastSignificantBit(0x8000000000000000ull), 63);
    assert_int_equal(RtlFindMostSignificantBit(1), 0);
    assert_int_equal(RtlFindMostSignificantBit(0x8000000000000001ull), 63);
    assert_int_equal(RtlNumberOfSetBitsUlongPtr(0xF0F0), 8);
}

// ---- against a model --------------------------------------------------------------------------

static UCHAR Model[BITS];

static ULONG
ModelFind(ULONG Count, ULONG Hint, UCHAR Value)
{
    for (ULONG pass = 0; pass < 2; pass++)
    {
        const ULONG from = pass == 0 ? Hint : 0;
        const ULONG limit = pass == 0 ? BITS : Hint;

        for (ULONG start = from; start < limit && start + Count <= BITS; start++)
        {
            ULONG length = 0;

            while (length < Count && Model[start + length] == Value)
            {
                length += 1;
            }
            if (length == Count)
            {
                return start;
            }
        }
    }
    return 0xFFFFFFFF;
}

static void
model(void **state)
{
    ULONG seed = 7;

    (void)state;
    Prepare();
    memset(Model, 0, sizeof(Model));
    for (ULONG round = 0; round < 20000; round++)
    {
        ULONG start;
        ULONG count;
        UCHAR value;

        seed = seed * 1664525u + 1013904223u;
        start = (seed >> 8) % BITS;
        count = 1 + (seed >> 16) % 12;
        count = start + count > BITS ? BITS - start : count;
        value = seed >> 31;
        if (value)
        {
            RtlSetBits(&Map, start, count);
        }
        else
        {
            RtlClearBits(&Map, start, count);
        }
        memset(Model + start, value, count);
        for (ULONG i = 0; i < BITS; i++)
        {
            assert_int_equal(RtlTestBit(&Map, i), Model[i]);
        }
        assert_int_equal(RtlFindClearBits(&Map, count, start), ModelFind(count, start, 0));
        assert_int_equal(RtlFindSetBits(&Map, count, start), ModelFind(count, start, 1));
    }
    assert_int_equal(Buffer[4], 0xA5A5A5A5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(set_and_clear), KIT_TEST(are_bits),      KIT_TEST(find_bits), KIT_TEST(runs),
        KIT_TEST(several_runs),  KIT_TEST(single_values), KIT_TEST(model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
