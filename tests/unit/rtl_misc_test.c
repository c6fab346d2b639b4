// SPDX-License-Identifier: MIT
// kernel/rtl/time.c, version.c, random.c, runonce.c and the hooks' defaults.
#include "rtl_kit.h"

#include <time.h>

#include <ntddk.h>

#include "rtl/assert.h"
#include "rtl/exports.h"

// ---- time -------------------------------------------------------------------------------------

#define SECOND 10000000ll

static LARGE_INTEGER
At(LONG64 Units)
{
    LARGE_INTEGER time;

    time.QuadPart = Units;
    return time;
}

static void
ExpectFields(LONG64 Units, CSHORT Year, CSHORT Month, CSHORT Day, CSHORT Weekday)
{
    LARGE_INTEGER time = At(Units);
    LARGE_INTEGER back;
    TIME_FIELDS fields;

    RtlTimeToTimeFields(&time, &fields);
    assert_int_equal(fields.Year, Year);
    assert_int_equal(fields.Month, Month);
    assert_int_equal(fields.Day, Day);
    assert_int_equal(fields.Weekday, Weekday);
    assert_true(RtlTimeFieldsToTime(&fields, &back));
    assert_int_equal(back.QuadPart, Units / 10000 * 10000);
}

// Page: NF:wdm.RtlTimeToTimeFields
// Page: NF:wdm.RtlTimeFieldsToTime
static void
calendar(void **state)
{
    LARGE_INTEGER time;
    TIME_FIELDS fields;

    (void)state;
    ExpectFields(0, 1601, 1, 1, 1);
    ExpectFields(116444736000000000, 1970, 1, 1, 4);
    ExpectFields(125911584000000000, 2000, 1, 1, 6);
    ExpectFields(125962560000000000, 2000, 2, 29, 2);
    ExpectFields(0x7FFFFFFFFFFFFFFF, 30828, 9, 14, 4);
    // Every day of 500 years, against the host's calendar.
    for (LONG64 day = 0; day < 500 * 365; day++)
    {
        const time_t seconds = (time_t)(day * 86400 - 11644473600ll);
        struct tm tm;

        gmtime_r(&seconds, &tm);
        ExpectFields(day * 86400 * SECOND + 12345678, (CSHORT)(tm.tm_year + 1900),
                     (CSHORT)(tm.tm_mon + 1), (CSHORT)tm.tm_mday, (CSHORT)tm.tm_wday);
    }
    time = At(132223104000000000 + ((13 * 60 + 14) * 60 + 15) * SECOND + 1670000);
    RtlTimeToTimeFields(&time, &fields);
    assert_int_equal(fields.Hour, 13);
    assert_int_equal(fields.Minute, 14);
    assert_int_equal(fields.Second, 15);
    assert_int_equal(fields.Milliseconds, 167);
}

static void
impossible_fields(void **state)
{
    static const TIME_FIELDS bad[] = {
        {1600, 1, 1, 0, 0, 0, 0, 0},  {2001, 0, 1, 0, 0, 0, 0, 0},    {2001, 13, 1, 0, 0, 0, 0, 0},
        {2001, 2, 29, 0, 0, 0, 0, 0}, {1900, 2, 29, 0, 0, 0, 0, 0},   {2001, 1, 0, 0, 0, 0, 0, 0},
        {2001, 4, 31, 0, 0, 0, 0, 0}, {2001, 1, 1, 24, 0, 0, 0, 0},   {2001, 1, 1, 0, 60, 0, 0, 0},
        {2001, 1, 1, 0, 0, 60, 0, 0}, {2001, 1, 1, 0, 0, 0, 1000, 0}, {2001, 1, 1, -1, 0, 0, 0, 0}};
    TIME_FIELDS good = {2000, 2, 29, 23, 59, 59, 999, 77}; // the weekday does not matter
    LARGE_INTEGER time = At(5);

    (void)state;
    for (ULONG i = 0; i < RTL_NUMBER_OF(bad); i++)
    {
        TIME_FIELDS fields = bad[i];

        assert_false(RtlTimeFieldsToTime(&fields, &time));
        assert_int_equal(time.QuadPart, 5);
    }
    assert_true(RtlTimeFieldsToTime(&good, &time));
}

// Page: NF:ntifs.RtlTimeToSecondsSince1970
// Page: NF:ntifs.RtlSecondsSince1970ToTime
// Page: NF:ntifs.RtlTimeToSecondsSince1980
// Page: NF:ntifs.RtlSecondsSince1980ToTime
static void
seconds_since(void **state)
{
    LARGE_INTEGER time;
    ULONG seconds = 7;

    (void)state;
    RtlSecondsSince1970ToTime(0, &time);
    assert_int_equal(time.QuadPart, 116444736000000000);
    assert_true(RtlTimeToSecondsSince1970(&time, &seconds));
    assert_int_equal(seconds, 0);
    time.QuadPart -= 1;
    seconds = 7;
    assert_false(RtlTimeToSecondsSince1970(&time, &seconds));
    assert_int_equal(seconds, 7);
    RtlSecondsSince1970ToTime(0xFFFFFFFF, &time);
    assert_true(RtlTimeToSecondsSince1970(&time, &seconds));
    assert_int_equal(seconds, 0xFFFFFFFF);
    time.QuadPart += SECOND;
    assert_false(RtlTimeToSecondsSince1970(&time, &seconds));
    RtlSecondsSince1980ToTime(0, &time);
    assert_true(RtlTimeToSecondsSince1970(&time, &seconds));
    assert_int_equal(seconds, 315532800); // 1980-01-01 in seconds since 1970
    assert_true(RtlTimeToSecondsSince1980(&time, &seconds));
    assert_int_equal(seconds, 0);
}

static void
elapsed_time(void **state)
{
    LARGE_INTEGER time = At((((LONG64)50 * 24 + 1) * 3600 + 61) * SECOND);
    TIME_FIELDS fields;

    (void)state;
    RtlTimeToElapsedTimeFields(&time, &fields);
    assert_int_equal(fields.Year, 0);
    assert_int_equal(fields.Month, 0);
    assert_int_equal(fields.Day, 50);
    assert_int_equal(fields.Hour, 1);
    assert_int_equal(fields.Minute, 1);
    assert_int_equal(fields.Second, 1);
}

// ---- versions ---------------------------------------------------------------------------------

static int
VersionTeardown(void **State)
{
    const RTLP_VERSION windows10 = {10, 0, 19045, 0, 0, 0x100, 1};

    RtlVersion = windows10;
    return KitTeardown(State);
}

// Page: NF:wdm.RtlGetVersion
static void
get_version(void **state)
{
    RTL_OSVERSIONINFOEXW info;

    (void)state;
    memset(&info, 0xAA, sizeof(info));
    info.dwOSVersionInfoSize = sizeof(RTL_OSVERSIONINFOW);
    assert_int_equal(RtlGetVersion((PRTL_OSVERSIONINFOW)&info), STATUS_SUCCESS);
    assert_int_equal(info.dwMajorVersion, 10);
    assert_int_equal(info.dwMinorVersion, 0);
    assert_int_equal(info.dwBuildNumber, 19045);
    assert_int_equal(info.dwPlatformId, VER_PLATFORM_WIN32_NT);
    assert_int_equal(info.szCSDVersion[0], 0);
    assert_int_equal(info.wSuiteMask, 0xAAAA); // beyond the smaller structure
    info.dwOSVersionInfoSize = sizeof(info);
    RtlVersion.ServicePackMajor = 2;
    assert_int_equal(RtlGetVersion((PRTL_OSVERSIONINFOW)&info), STATUS_SUCCESS);
    assert_int_equal(info.wProductType, VER_NT_WORKSTATION);
    assert_int_equal(info.wServicePackMajor, 2);
    assert_memory_equal(info.szCSDVersion, L"Service Pack 2", 30);
}

static NTSTATUS
Verify(ULONG Major, ULONG Minor, USHORT ServicePack, ULONG Types, UCHAR Condition)
{
    RTL_OSVERSIONINFOEXW info = {
        .dwMajorVersion = Major, .dwMinorVersion = Minor, .wServicePackMajor = ServicePack};
    ULONGLONG mask = 0;

    VER_SET_CONDITION(mask, Types, Condition);
    return RtlVerifyVersionInfo(&info, Types, mask);
}

// Page: NF:wdm.RtlVerifyVersionInfo (the page's example: 6.0 against "at least 5.1 SP1")
static void
verify_version(void **state)
{
    const ULONG all = VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR;
    RTL_OSVERSIONINFOEXW info = {.wSuiteMask = 0x300, .wProductType = VER_NT_WORKSTATION};
    ULONGLONG mask = 0;

    (void)state;
    RtlVersion.MajorVersion = 6;
    RtlVersion.MinorVersion = 0;
    assert_int_equal(Verify(5, 1, 1, all, VER_GREATER_EQUAL), STATUS_SUCCESS);
    assert_int_equal(Verify(6, 0, 0, all, VER_GREATER_EQUAL), STATUS_SUCCESS);
    assert_int_equal(Verify(6, 0, 1, all, VER_GREATER_EQUAL), STATUS_REVISION_MISMATCH);
    assert_int_equal(Verify(6, 1, 0, all, VER_GREATER_EQUAL), STATUS_REVISION_MISMATCH);
    RtlVersion.MajorVersion = 5;
    RtlVersion.MinorVersion = 2;
    assert_int_equal(Verify(5, 1, 1, all, VER_GREATER_EQUAL), STATUS_SUCCESS);
    assert_int_equal(Verify(5, 2, 0, all, VER_EQUAL), STATUS_SUCCESS);
    assert_int_equal(Verify(5, 2, 0, all, VER_GREATER), STATUS_REVISION_MISMATCH);
    assert_int_equal(Verify(5, 3, 0, all, VER_LESS), STATUS_SUCCESS);
    assert_int_equal(Verify(5, 2, 0, 0, VER_EQUAL), STATUS_INVALID_PARAMETER);
    // Suites: all of them, or any.
    VER_SET_CONDITION(mask, VER_SUITENAME, VER_AND);
    assert_int_equal(RtlVerifyVersionInfo(&info, VER_SUITENAME, mask), STATUS_REVISION_MISMATCH);
    mask = VerSetConditionMask(0, VER_SUITENAME, VER_OR);
    assert_int_equal(RtlVerifyVersionInfo(&info, VER_SUITENAME, mask), STATUS_SUCCESS);
    mask = VerSetConditionMask(0, VER_PRODUCT_TYPE, VER_EQUAL);
    assert_int_equal(RtlVerifyVersionInfo(&info, VER_PRODUCT_TYPE, mask), STATUS_SUCCESS);
}

// Page: NF:wdm.RtlIsNtDdiVersionAvailable
// Page: NF:wdm.RtlIsServicePackVersionInstalled
static void
ddi_versions(void **state)
{
    (void)state;
    assert_true(RtlIsNtDdiVersionAvailable(0x06010000));
    assert_true(RtlIsNtDdiVersionAvailable(0x0A000000));
    assert_true(RtlIsNtDdiVersionAvailable(0x0A000008));
    assert_false(RtlIsNtDdiVersionAvailable(0x0A00000A));
    assert_false(RtlIsNtDdiVersionAvailable(0x05010100)); // with a service pack
    RtlVersion.MajorVersion = 5;
    RtlVersion.MinorVersion = 1;
    RtlVersion.ServicePackMajor = 2;
    assert_true(RtlIsNtDdiVersionAvailable(0x05010000));
    assert_false(RtlIsNtDdiVersionAvailable(0x06000000));
    assert_true(RtlIsServicePackVersionInstalled(0x05010200));
    assert_true(RtlIsServicePackVersionInstalled(0x05010100));
    assert_false(RtlIsServicePackVersionInstalled(0x05010300));
    assert_false(RtlIsServicePackVersionInstalled(0x05020100));
}

// ---- random numbers ---------------------------------------------------------------------------

// Page: NF:ntifs.RtlRandom
// Page: NF:ntifs.RtlRandomEx
static void
random_numbers(void **state)
{
    ULONG seed = 1;
    ULONG other = 1;
    ULONG buckets[8] = {0};

    (void)state;
    for (ULONG i = 0; i < 8000; i++)
    {
        const ULONG value = i % 2 == 0 ? RtlRandom(&seed) : RtlRandomEx(&other);

        assert_in_range(value, 0, 0x7FFFFFFE);
        buckets[value >> 28] += 1;
    }
    assert_int_not_equal(seed, 1);
    for (ULONG i = 0; i < 8; i++)
    {
        assert_in_range(buckets[i], 800, 1200);
    }
}

// ---- one-time initialization ------------------------------------------------------------------

static ULONG InitCalls;

static ULONG NTAPI
InitRoutine(PRTL_RUN_ONCE RunOnce, PVOID Parameter, PVOID *Context)
{
    (void)RunOnce;
    InitCalls += 1;
    *Context = (PVOID)0x1000;
    return (ULONG)(ULONG_PTR)Parameter;
}

// Page: NF:ntddk.RtlRunOnceExecuteOnce
static void
run_once(void **state)
{
    RTL_RUN_ONCE once;
    PVOID context = NULL;

    (void)state;
    InitCalls = 0;
    RtlRunOnceInitialize(&once);
    assert_false(NT_SUCCESS(RtlRunOnceExecuteOnce(&once, InitRoutine, (PVOID)0, &context)));
    assert_int_equal(InitCalls, 1); // a failure may be tried again
    assert_int_equal(RtlRunOnceExecuteOnce(&once, InitRoutine, (PVOID)1, &context), STATUS_SUCCESS);
    assert_ptr_equal(context, (PVOID)0x1000);
    context = NULL;
    assert_int_equal(RtlRunOnceExecuteOnce(&once, InitRoutine, (PVOID)1, &context), STATUS_SUCCESS);
    assert_ptr_equal(context, (PVOID)0x1000);
    assert_int_equal(InitCalls, 2);
}

// Page: NF:ntddk.RtlRunOnceBeginInitialize
// Page: NF:ntddk.RtlRunOnceComplete
static void
run_once_in_steps(void **state)
{
    RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
    PVOID context = NULL;

    (void)state;
    assert_false(NT_SUCCESS(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context)));
    assert_int_equal(RtlRunOnceComplete(&once, 0, NULL), STATUS_UNSUCCESSFUL);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
                     STATUS_INVALID_PARAMETER_2); // the modes do not mix
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_INIT_FAILED, NULL), STATUS_SUCCESS);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
    assert_int_equal(RtlRunOnceComplete(&once, 0, (PVOID)3), STATUS_INVALID_PARAMETER_3);
    assert_int_equal(RtlRunOnceComplete(&once, 0, (PVOID)8), STATUS_SUCCESS);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context),
                     STATUS_SUCCESS);
    assert_ptr_equal(context, (PVOID)8);
    assert_int_equal(RtlRunOnceComplete(&once, 0, NULL), STATUS_UNSUCCESSFUL);
}

static void
run_once_in_parallel(void **state)
{
    RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
    PVOID context = NULL;

    (void)state;
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
                     STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
                     STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, (PVOID)8), STATUS_SUCCESS);
    // The second attempt learns that it lost.
    assert_int_equal(RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, (PVOID)16), STATUS_UNSUCCESSFUL);
    RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context);
    assert_ptr_equal(context, (PVOID)8);
}

static RTL_RUN_ONCE Shared;
static ULONG Waits;

// Stands for another thread that finishes while this one sleeps.
static VOID
FinishInTheMeantime(const volatile ULONG_PTR *Address, ULONG_PTR Value)
{
    assert_ptr_equal(Address, &Shared.Ptr);
    assert_int_equal(*Address, Value);
    Waits += 1;
    assert_int_equal(RtlRunOnceComplete(&Shared, 0, (PVOID)0x40), STATUS_SUCCESS);
}

static void
run_once_waits(void **state)
{
    PVOID context = NULL;

    (void)state;
    RtlRunOnceInitialize(&Shared);
    Waits = 0;
    RtlHooks.WaitOnAddress = FinishInTheMeantime;
    assert_int_equal(RtlRunOnceBeginInitialize(&Shared, 0, &context), STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&Shared, 0, &context), STATUS_SUCCESS);
    assert_ptr_equal(context, (PVOID)0x40);
    assert_int_equal(Waits, 1);
    RtlHooks.WaitOnAddress = NULL;
}

// ---- assertions -------------------------------------------------------------------------------

static jmp_buf AssertJump;
static ULONG64 AssertA;
static ULONG64 AssertB;

static VOID
CatchAssert(const char *File, int Line, const char *Text, ULONG64 A, ULONG64 B)
{
    assert_non_null(strstr(File, "rtl_misc_test.c"));
    assert_true(Line > 0);
    assert_non_null(strstr(Text, "three"));
    AssertA = A;
    AssertB = B;
    longjmp(AssertJump, 1);
}

static void
assertions_show_values(void **state)
{
    const ULONG three = 3;

    (void)state;
    RtlHooks.AssertFailed = CatchAssert;
    NT_ASSERT(three == 3);
    NT_ASSERT_EQ(three, 3);
    if (setjmp(AssertJump) == 0)
    {
        NT_ASSERT_EQ(three, 4);
        fail();
    }
    assert_int_equal(AssertA, 3);
    assert_int_equal(AssertB, 4);
    if (setjmp(AssertJump) == 0)
    {
        NT_ASSERT(three == 4);
        fail();
    }
    RtlHooks.AssertFailed = NULL;
}

#define VERSION_TEST(Function) cmocka_unit_test_setup_teardown(Function, KitSetup, VersionTeardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(calendar),
        KIT_TEST(impossible_fields),
        KIT_TEST(seconds_since),
        KIT_TEST(elapsed_time),
        VERSION_TEST(get_version),
        VERSION_TEST(verify_version),
        VERSION_TEST(ddi_versions),
        KIT_TEST(random_numbers),
        KIT_TEST(run_once),
        KIT_TEST(run_once_in_steps),
        KIT_TEST(run_once_in_parallel),
        KIT_TEST(run_once_waits),
        KIT_TEST(assertions_show_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
