/* SPDX-License-Identifier: MIT */
/* Loading and unloading: drivers that work, that refuse, that are none, and that leave things. */
#include "tests/api/kit.h"

static struct output output;

static void
loads_and_unloads(void)
{
    wdm_machine *machine = boot(&output);
    wdm_handle handle = 0;

    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(wdm_open(machine, "\\Device\\Client", WDM_READ, &handle), WDM_OK);
    CHECK_EQ(wdm_close(machine, handle), WDM_OK);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_OK);
    CHECK(strstr(output.text, "Client: unloaded\n") != NULL);
    CHECK_EQ(wdm_open(machine, "\\Device\\Client", WDM_READ, &handle), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000034u);
    CHECK_MESSAGE(machine, "\\Device\\Client: STATUS_OBJECT_NAME_NOT_FOUND (0xC0000034)");
    /* And again. */
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_OK);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
service_names(void)
{
    wdm_machine *machine = boot(&output);

    CHECK_EQ(wdm_load(machine, guest("client"), "another"), WDM_OK);
    CHECK_EQ(wdm_query(machine, WDM_TABLE_DRIVERS, NULL, collect, &output), WDM_OK);
    CHECK(strstr(output.text, "\\Driver\\another") != NULL);
    /* A service is there once. */
    CHECK_EQ(wdm_load(machine, guest("client"), "another"), WDM_BAD_INPUT);
    CHECK(wdm_last_message(machine)[0] != 0);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_FAILED);
    CHECK_EQ(wdm_load(machine, guest("client"), "a\\b"), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "'a\\b' is no service name");
    CHECK_EQ(wdm_load(machine, guest("client"), ""), WDM_BAD_INPUT);
    CHECK_EQ(wdm_load(machine, guest("client"), "bad \xff utf-8"), WDM_BAD_INPUT);
    CHECK_EQ(wdm_unload(machine, "another"), WDM_OK);
    CHECK_EQ(wdm_unload(machine, "another"), WDM_FAILED);
    CHECK_EQ(wdm_unload(machine, ""), WDM_BAD_INPUT);
    CHECK_EQ(wdm_unload(machine, NULL), WDM_BAD_INPUT);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
entry_fails(void)
{
    wdm_machine *machine = boot(&output);

    CHECK_EQ(wdm_load(machine, guest("client"), "refuse"), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000182u);
    CHECK_MESSAGE(machine, "client.sys: DriverEntry: STATUS_DEVICE_CONFIGURATION_ERROR");
    /* It is gone, and the machine is as good as before. */
    CHECK_EQ(wdm_unload(machine, "refuse"), WDM_FAILED);
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
no_driver(void)
{
    static const char zeros[4096];
    wdm_machine *machine = boot(&output);

    CHECK_EQ(wdm_load(machine, "/nonexistent/driver.sys", NULL), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "/nonexistent/driver.sys: No such file or directory");
    CHECK_EQ(wdm_load(machine, "/", NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_load(machine, NULL, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_load(machine, "/proc/self/exe", NULL), WDM_BAD_INPUT);
    CHECK_EQ(output.lines, 1);
    CHECK_EQ(wdm_load_image(machine, "zeros.sys", zeros, sizeof(zeros), NULL), WDM_BAD_INPUT);
    CHECK(strstr(output.text, "zeros.sys") != NULL);
    CHECK_EQ(wdm_load_image(machine, "empty.sys", zeros, 0, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_load_image(machine, NULL, zeros, 1, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_load_image(machine, "null.sys", NULL, 1, NULL), WDM_BAD_INPUT);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
from_memory(void)
{
    wdm_machine *machine = boot(&output);
    FILE *file = fopen(guest("client"), "rb");
    static char image[1 << 20];
    size_t size;

    CHECK(file != NULL);
    size = fread(image, 1, sizeof(image), file);
    fclose(file);
    /* Half a file is none. */
    CHECK_EQ(wdm_load_image(machine, "half.sys", image, size / 2, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_load_image(machine, "whole.sys", image, size, NULL), WDM_OK);
    /* The image has been copied. */
    memset(image, 0, sizeof(image));
    CHECK_EQ(wdm_unload(machine, "whole"), WDM_OK);
    CHECK(strstr(output.text, "Client: unloaded\n") != NULL);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
unload_waits_for_handles(void)
{
    wdm_handle handle;
    wdm_machine *machine = boot_client(&output, &handle);

    CHECK_EQ(wdm_unload(machine, "client"), WDM_PENDING);
    CHECK_MESSAGE(machine, "client unloads when its last handle or reference goes");
    CHECK_EQ(wdm_close(machine, handle), WDM_OK);
    CHECK_EQ(wdm_run(machine), WDM_OK);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_FAILED);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
leak_is_reported(void)
{
    wdm_handle handle;
    wdm_machine *machine = boot_client(&output, &handle);
    const wdm_report *report;

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_LEAK, NULL, 0, NULL, 0, NULL), WDM_OK);
    CHECK_EQ(wdm_pool_bytes(machine), 100);
    CHECK_EQ(wdm_close(machine, handle), WDM_OK);
    CHECK_EQ(wdm_report_count(machine), 0);
    CHECK(wdm_report_get(machine, 0) == NULL);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_OK);
    CHECK_EQ(wdm_report_count(machine), 1);
    CHECK_EQ(output.reports, 1);
    report = wdm_report_get(machine, 0);
    CHECK(report != NULL && strcmp(report->kind, "leak") == 0);
    CHECK(strstr(report->text, "Leak") != NULL && strstr(report->json, "\"leaks\"") != NULL);
    CHECK(wdm_report_get(machine, 1) == NULL);
    CHECK(wdm_report_get(machine, SIZE_MAX) == NULL);
    wdm_shutdown(machine);
}

static void
bug_check_stops(void)
{
    wdm_handle handle, other = 77;
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_request *request = NULL;
    const wdm_report *report;

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_CRASH, NULL, 0, NULL, 0, NULL), WDM_BUGCHECK);
    CHECK_MESSAGE(machine, "bug check 0xE2");
    CHECK_EQ(wdm_report_count(machine), 1);
    report = wdm_report_get(machine, 0);
    CHECK(strcmp(report->kind, "bugcheck") == 0);
    CHECK(strstr(report->text, "MANUALLY_INITIATED_CRASH") != NULL);
    /* Nothing runs any more, but there is something to see. */
    CHECK_EQ(wdm_run(machine), WDM_BUGCHECK);
    CHECK_EQ(wdm_run_until_idle(machine, 1000), WDM_BUGCHECK);
    CHECK_EQ(wdm_advance(machine, 1000), WDM_BUGCHECK);
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", 0, &other), WDM_BUGCHECK);
    CHECK_EQ(other, 77);
    CHECK_EQ(wdm_close(machine, handle), WDM_BUGCHECK);
    CHECK_EQ(wdm_cancel(machine, handle), WDM_BUGCHECK);
    CHECK_EQ(wdm_unload(machine, "client"), WDM_BUGCHECK);
    CHECK_EQ(wdm_load(machine, guest("client"), "x"), WDM_BUGCHECK);
    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_PEND, NULL, 0, 0, &request), WDM_BUGCHECK);
    CHECK(request == NULL);
    CHECK_EQ(wdm_read(machine, handle, 0, &other, 1, NULL), WDM_BUGCHECK);
    CHECK_EQ(wdm_irp_count(machine), 1);
    CHECK_EQ(wdm_query(machine, WDM_TABLE_IRPS, NULL, collect, &output), WDM_OK);
    CHECK(strstr(output.text, "\\Device\\Client") != NULL);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {ALONE(loads_and_unloads), ALONE(service_names),
                                       ALONE(entry_fails),       ALONE(no_driver),
                                       ALONE(from_memory),       ALONE(unload_waits_for_handles),
                                       ALONE(leak_is_reported),  ALONE(bug_check_stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
