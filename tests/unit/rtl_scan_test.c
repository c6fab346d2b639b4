// SPDX-License-Identifier: MIT
// kernel/rtl/scan.c, memio.c, chkstk.S: the scanf family, ranges in resource descriptors, and the
// stack probe that compilers call.
#include "rtl_kit.h"

#include "rtl/crt.h"
#include "rtl/exports.h"

static void
numbers(void **state)
{
    LONG a = 0;
    LONG b = 0;
    ULONG c = 0;
    ULONG64 wide = 0;
    SHORT small[2] = {0, 7};

    (void)state;
    assert_int_equal(RtlpCrt_sscanf_s(" 12,-7 ff", "%d,%d %x", &a, &b, &c), 3);
    assert_int_equal(a, 12);
    assert_int_equal(b, -7);
    assert_int_equal(c, 255);
    assert_int_equal(RtlpCrt_sscanf_s("0x1F 017 9", "%i %i %i", &a, &b, &c), 3);
    assert_int_equal(a, 31);
    assert_int_equal(b, 15);
    assert_int_equal(c, 9);
    assert_int_equal(RtlpCrt_sscanf_s("123456", "%2d%3d", &a, &b), 2);
    assert_int_equal(a, 12);
    assert_int_equal(b, 345);
    assert_int_equal(RtlpCrt_sscanf_s("0xFFFFFFFFFFFFFFFF", "%I64x", &wide), 1);
    assert_int_equal(wide, ~0ull);
    assert_int_equal(RtlpCrt_sscanf_s("-2", "%hd", &small[0]), 1);
    assert_int_equal(small[0], -2);
    assert_int_equal(small[1], 7);
    assert_int_equal(RtlpCrt_sscanf_s("5 6", "%*d %d", &a), 1);
    assert_int_equal(a, 6);
    assert_int_equal(RtlpCrt_sscanf_s("42%x", "%d%%x%n", &a, &b), 1);
    assert_int_equal(b, 4);
}

static void
mismatches(void **state)
{
    LONG a = 5;

    (void)state;
    assert_int_equal(RtlpCrt_sscanf_s("", "%d", &a), -1);
    assert_int_equal(RtlpCrt_sscanf_s("   ", "%d", &a), -1);
    assert_int_equal(RtlpCrt_sscanf_s("x", "%d", &a), 0);
    assert_int_equal(RtlpCrt_sscanf_s("1;2", "%d,%d", &a, &a), 1);
    assert_int_equal(a, 1);
    assert_int_equal(RtlpCrt__snscanf_s("1234", 2, "%d", &a), 1);
    assert_int_equal(a, 12);
}

static void
text(void **state)
{
    CHAR word[4];
    CHAR rest[8];
    WCHAR wide[4];
    CHAR single;

    (void)state;
    assert_int_equal(RtlpCrt_sscanf_s(" abc def", "%s %s", word, 4, rest, 8), 2);
    assert_string_equal(word, "abc");
    assert_string_equal(rest, "def");
    // Too small: an empty string, and the end.
    assert_int_equal(RtlpCrt_sscanf_s("abcd", "%s", word, 4), 0);
    assert_string_equal(word, "");
    assert_int_equal(RtlpCrt_sscanf_s("abcd", "%3s%s", word, 4, rest, 8), 2);
    assert_string_equal(rest, "d");
    assert_int_equal(RtlpCrt_sscanf_s("key=value", "%[a-z]=%[^;]", word, 4, rest, 8), 2);
    assert_string_equal(word, "key");
    assert_string_equal(rest, "value");
    assert_int_equal(RtlpCrt_sscanf_s("]x", "%[]]%c", word, 4, &single, 1), 2);
    assert_int_equal(single, 'x');
    memset(word, 'z', 4);
    assert_int_equal(RtlpCrt_sscanf_s(" ab", "%3c", word, 3), 1);
    assert_memory_equal(word, " abz", 4);
    assert_int_equal(RtlpCrt_sscanf_s("ab", "%S", wide, 4), 1);
    assert_memory_equal(wide, L"ab", 6);
    assert_int_equal(RtlpCrt_swscanf_s(L"ab cd", L"%s %S", wide, 4, word, 4), 2);
    assert_memory_equal(wide, L"ab", 6);
    assert_string_equal(word, "cd");
    assert_int_equal(RtlpCrt__snwscanf_s(L"abcd", 2, L"%s", wide, 4), 1);
    assert_memory_equal(wide, L"ab", 6);
}

// ---- resource descriptors ---------------------------------------------------------------------

// Page: NF:wdm.RtlCmEncodeMemIoResource
// Page: NF:wdm.RtlCmDecodeMemIoResource
static void
cm_ranges(void **state)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR descriptor;
    ULONGLONG start = 0;

    (void)state;
    memset(&descriptor, 0, sizeof(descriptor));
    descriptor.Flags = CM_RESOURCE_MEMORY_READ_ONLY | CM_RESOURCE_MEMORY_LARGE_64;
    assert_int_equal(
        RtlCmEncodeMemIoResource(&descriptor, CmResourceTypeMemory, 0x1000, 0xF0000000),
        STATUS_SUCCESS);
    assert_int_equal(descriptor.Type, CmResourceTypeMemory);
    assert_int_equal(descriptor.Flags, CM_RESOURCE_MEMORY_READ_ONLY);
    assert_int_equal(descriptor.u.Memory.Length, 0x1000);
    assert_int_equal(RtlCmDecodeMemIoResource(&descriptor, &start), 0x1000);
    assert_int_equal(start, 0xF0000000);
    // Beyond 32 bits: 40, 48 and 64 bits, whose low bits must be zero.
    assert_int_equal(
        RtlCmEncodeMemIoResource(&descriptor, CmResourceTypeMemory, 0x1234567800ull, 0),
        STATUS_SUCCESS);
    assert_int_equal(descriptor.Type, CmResourceTypeMemoryLarge);
    assert_int_equal(descriptor.u.Memory40.Length40, 0x12345678);
    assert_int_equal(RtlCmDecodeMemIoResource(&descriptor, NULL), 0x1234567800ull);
    assert_int_equal(
        RtlCmEncodeMemIoResource(&descriptor, CmResourceTypeMemory, 0x1234567801ull, 0),
        STATUS_UNSUCCESSFUL);
    RtlCmEncodeMemIoResource(&descriptor, CmResourceTypeMemoryLarge, 0x123456780000ull, 0);
    assert_int_equal(descriptor.Flags & CM_RESOURCE_MEMORY_LARGE, CM_RESOURCE_MEMORY_LARGE_48);
    assert_int_equal(RtlCmDecodeMemIoResource(&descriptor, NULL), 0x123456780000ull);
    RtlCmEncodeMemIoResource(&descriptor, CmResourceTypeMemoryLarge, 1ull << 63, 0);
    assert_int_equal(RtlCmDecodeMemIoResource(&descriptor, NULL), 1ull << 63);
    // Ports have no large form.
    assert_int_equal(RtlCmEncodeMemIoResource(&descriptor, CmResourceTypePort, 8, 0x3F8),
                     STATUS_SUCCESS);
    assert_int_equal(RtlCmEncodeMemIoResource(&descriptor, CmResourceTypePort, 1ull << 32, 0),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(RtlCmEncodeMemIoResource(&descriptor, CmResourceTypeInterrupt, 8, 0),
                     STATUS_INVALID_PARAMETER);
}

// Page: NF:wdm.RtlIoEncodeMemIoResource
// Page: NF:wdm.RtlIoDecodeMemIoResource
static void
io_ranges(void **state)
{
    IO_RESOURCE_DESCRIPTOR descriptor;
    ULONGLONG alignment;
    ULONGLONG minimum;
    ULONGLONG maximum;

    (void)state;
    memset(&descriptor, 0, sizeof(descriptor));
    assert_int_equal(
        RtlIoEncodeMemIoResource(&descriptor, CmResourceTypeMemory, 1ull << 32, 0x10000, 1, ~0ull),
        STATUS_SUCCESS);
    assert_int_equal(descriptor.Type, CmResourceTypeMemoryLarge);
    assert_int_equal(RtlIoDecodeMemIoResource(&descriptor, &alignment, &minimum, &maximum),
                     1ull << 32);
    assert_int_equal(alignment, 0x10000);
    assert_int_equal(minimum, 1);
    assert_int_equal(maximum, ~0ull);
    // The alignment is shifted with the length, so it has to fit as well.
    assert_int_equal(
        RtlIoEncodeMemIoResource(&descriptor, CmResourceTypeMemory, 1ull << 32, 0x10, 0, ~0ull),
        STATUS_UNSUCCESSFUL);
    assert_int_equal(RtlIoEncodeMemIoResource(&descriptor, CmResourceTypeMemory, 8, 8, 2, 1),
                     STATUS_INVALID_PARAMETER);
}

// ---- stack probe ------------------------------------------------------------------------------

// Calls the probe with Size in rax and checks that r10, r11 and rax survive.
static ULONG64
Probe(ULONG64 Size)
{
    ULONG64 rax = Size;
    register ULONG64 r10 __asm__("r10") = 0x1010;
    register ULONG64 r11 __asm__("r11") = 0x1111;

    __asm__ volatile("call RtlpCrt___chkstk" : "+a"(rax), "+r"(r10), "+r"(r11) : : "memory", "cc");
    assert_int_equal(r10, 0x1010);
    assert_int_equal(r11, 0x1111);
    return rax;
}

static void
stack_probe(void **state)
{
    (void)state;
    assert_int_equal(Probe(0), 0);
    assert_int_equal(Probe(4096), 4096);
    assert_int_equal(Probe(200000), 200000);
}

static void
remaining_c_library(void **state)
{
    (void)state;
    assert_int_equal(RtlpCrt__memicmp("aBc", "AbC", 3), 0);
    assert_int_equal(RtlpCrt__memicmp("aBc", "AbD", 3), -1);
    assert_string_equal(RtlpCrt_strpbrk("hello", "xl"), "llo");
    assert_null(RtlpCrt_wcspbrk(L"hello", L"xyz"));
    assert_int_equal(RtlpCrt_wcstol(L"-12", NULL, 10), -12);
    assert_int_equal(RtlpCrt__wcstoi64(L"-9223372036854775809", NULL, 10), (LONG64)(1ull << 63));
    assert_int_equal(RtlpCrt__strtoi64("9223372036854775807", NULL, 10), 0x7FFFFFFFFFFFFFFF);
    assert_int_equal(RtlpCrt__wcstoui64(L"0xff", NULL, 0), 255);
    assert_true(RtlpCrt_iswspace(0x3000));
    assert_true(RtlpCrt_iswdigit(L'7'));
    assert_false(RtlpCrt_iswxdigit(L'g'));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(numbers),
        KIT_TEST(mismatches),
        KIT_TEST(text),
        KIT_TEST(cm_ranges),
        KIT_TEST(io_ranges),
        KIT_TEST(stack_probe),
        KIT_TEST(remaining_c_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
