// SPDX-License-Identifier: MIT
// ddi/bugcheck.def agrees with bugcodes.h and is ordered, so that it can be searched.
// Page: debugger/bug-check-code-reference2.md
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bugcodes.h>
#include <ntdef.h>

#define BUGCHECK(code, name, page, p1, p2, p3, p4) C_ASSERT((ULONG)name == (ULONG)(code));
#include "ddi/bugcheck.def"

static const ULONG codes[] = {
#define BUGCHECK(code, name, page, p1, p2, p3, p4) code,
#include "ddi/bugcheck.def"
};

static const struct
{
    ULONG Code;
    ULONG64 Parameter1;
    const char *What;
} cases[] = {
#define BUGCHECK_CASE(code, p1, what, p2, p3, p4) {code, p1, what},
#include "ddi/bugcheck.def"
};

static void
codes_ascend(void **State)
{
    (void)State;
    assert_true(RTL_NUMBER_OF(codes) > 400);
    for (size_t i = 1; i < RTL_NUMBER_OF(codes); i++)
        assert_true(codes[i - 1] < codes[i]);
}

static void
cases_ascend_and_say_something(void **State)
{
    (void)State;
    for (size_t i = 0; i < RTL_NUMBER_OF(cases); i++)
    {
        assert_true(cases[i].What[0] != 0);
        if (i > 0 && cases[i - 1].Code == cases[i].Code)
            assert_true(cases[i - 1].Parameter1 < cases[i].Parameter1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_ascend),
        cmocka_unit_test(cases_ascend_and_say_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
