// SPDX-License-Identifier: MIT
// The same driver, tested from a C program: mydriver_test PATH-OF-mydriver.sys
#include <openwdm/openwdm.h>

#include <stdio.h>

#define IOCTL_COUNT 0x222000u

// One line and a count for each expectation that is not met.
static unsigned failures;

static void
expect(bool condition, const char *what)
{
    if (!condition)
    {
        printf("FAILED: %s\n", what);
        failures++;
    }
}

static void
count_twice(wdm_machine *machine)
{
    wdm_handle handle = 0;
    uint32_t count = 0;
    size_t returned = 0;

    expect(wdm_open(machine, "\\\\.\\MyDriver", WDM_READ, &handle) == WDM_OK, "open");
    for (uint32_t i = 1; i <= 2; i++)
    {
        wdm_status status =
            wdm_ioctl(machine, handle, IOCTL_COUNT, NULL, 0, &count, sizeof(count), &returned);
        expect(status == WDM_OK && returned == sizeof(count) && count == i, "count");
    }
    expect(wdm_ioctl(machine, handle, 0x222ffcu, NULL, 0, NULL, 0, NULL) == WDM_FAILED,
           "an unknown code fails");
    expect(wdm_last_ntstatus(machine) == 0xC0000010u, "with STATUS_INVALID_DEVICE_REQUEST");
    expect(wdm_close(machine, handle) == WDM_OK, "close");
}

int
main(int argc, char **argv)
{
    wdm_options options = {.size = sizeof(options), .seed = 7};
    wdm_machine *machine = NULL;

    if (argc != 2 || wdm_boot(&options, &machine) != WDM_OK)
    {
        fputs("usage: mydriver_test mydriver.sys\n", stderr);
        return 1;
    }
    expect(wdm_load(machine, argv[1], NULL) == WDM_OK, "load");
    count_twice(machine);
    expect(wdm_unload(machine, "mydriver") == WDM_OK, "unload");
    expect(wdm_pool_bytes(machine) == 0, "the driver left no memory");
    expect(wdm_report_count(machine) == 0, "no rule was broken");
    wdm_shutdown(machine);
    return failures != 0;
}
