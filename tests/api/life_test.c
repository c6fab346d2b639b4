/* SPDX-License-Identifier: MIT */
/* Booting, ending and the knowledge that needs no machine. */
#include "tests/api/kit.h"

static struct output output;

static void
boots_and_ends(void)
{
    wdm_machine *machine = boot(&output);
    wdm_machine *second = NULL;

    CHECK_EQ(wdm_boot(NULL, &second), WDM_BUSY);
    CHECK(second == NULL);
    CHECK_EQ(wdm_time(machine), 0);
    CHECK_EQ(wdm_report_count(machine), 0);
    CHECK_EQ(wdm_pool_bytes(machine), 0);
    CHECK_EQ(wdm_irp_count(machine), 0);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
    /* Ending twice is ending; another machine takes another process. */
    wdm_shutdown(machine);
    wdm_shutdown(NULL);
    CHECK_EQ(wdm_boot(NULL, &second), WDM_BUSY);
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_BUGCHECK);
    CHECK_EQ(wdm_run(machine), WDM_BUGCHECK);
}

static void
default_options(void)
{
    wdm_machine *machine = NULL;

    CHECK_EQ(wdm_boot(NULL, &machine), WDM_OK);
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    wdm_shutdown(machine);
}

static void
bad_options(void)
{
    wdm_options options = {.size = sizeof(options), .cpus = 65};
    wdm_machine *machine = NULL;

    CHECK_EQ(wdm_boot(&options, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_boot(&options, &machine), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "a machine has 1 to 64 processors, not 65");
    wdm_shutdown(machine);
    options.cpus = 2;
    options.windows_version = "Windows 10";
    CHECK_EQ(wdm_boot(&options, &machine), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "'Windows 10' is not a Windows version such as 10.0.19045");
    /* The mistake can be corrected. */
    options.windows_version = "6.1.7601";
    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    CHECK_EQ(wdm_load(machine, guest("client"), NULL), WDM_OK);
    wdm_shutdown(machine);
}

/* An embedder compiled against a shorter structure gets the defaults for the rest. */
static void
short_options(void)
{
    wdm_options options;
    wdm_machine *machine = NULL;

    memset(&options, 0xff, sizeof(options));
    options.size = offsetof(wdm_options, realtime);
    options.cpus = 1;
    options.seed = 7;
    CHECK_EQ(wdm_boot(&options, &machine), WDM_OK);
    wdm_shutdown(machine);
}

/* Many machines are many processes, one after the other or at the same time; same seed, same run.
 */
static void
two_machines(void)
{
    int pipes[2][2];
    char said[2][4096];
    ssize_t length[2];

    for (int i = 0; i < 2; i++)
    {
        CHECK_EQ(pipe(pipes[i]), 0);
        fflush(NULL);
        if (fork() == 0)
        {
            wdm_handle handle;
            wdm_machine *machine = boot_client(&output, &handle);
            CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_SAY, "hello", 5, NULL, 0, NULL), WDM_OK);
            CHECK_EQ(wdm_query(machine, WDM_TABLE_DRIVERS, NULL, collect, &output), WDM_OK);
            CHECK_EQ(wdm_query(machine, WDM_TABLE_THREADS, NULL, collect, &output), WDM_OK);
            CHECK_EQ(write(pipes[i][1], output.text, output.length), output.length);
            CHECK_EQ(wdm_close(machine, handle), WDM_OK);
            wdm_shutdown(machine);
            exit(0);
        }
        close(pipes[i][1]);
        length[i] = read(pipes[i][0], said[i], sizeof(said[i]));
        int status = 1;
        CHECK(wait(&status) > 0);
        CHECK_EQ(status, 0);
    }
    CHECK(length[0] > 100);
    CHECK_EQ(length[0], length[1]);
    CHECK(memcmp(said[0], said[1], (size_t)length[0]) == 0);
}

static void
names_of_statuses(void)
{
    uint32_t value = 1;

    CHECK(strcmp(wdm_ntstatus_name(0xC0000022u), "STATUS_ACCESS_DENIED") == 0);
    CHECK(strcmp(wdm_ntstatus_name(0), "STATUS_SUCCESS") == 0);
    CHECK(wdm_ntstatus_name(0xC1234567u) == NULL);
    CHECK(wdm_ntstatus_value("STATUS_ACCESS_DENIED", &value));
    CHECK_EQ(value, 0xC0000022u);
    CHECK(wdm_ntstatus_value("STATUS_SUCCESS", &value));
    CHECK_EQ(value, 0);
    value = 5;
    CHECK(!wdm_ntstatus_value("STATUS_NO_SUCH_NAME", &value));
    CHECK(!wdm_ntstatus_value(NULL, &value));
    CHECK_EQ(value, 5);
}

static void
table_of_exports(void)
{
    wdm_ddi ddi, before = {.name = ""};
    size_t count = 0, modules = 0;
    bool seen = false;

    for (; wdm_ddi_get(count, &ddi) != NULL; count++)
    {
        CHECK(ddi.name[0] != 0 && ddi.module[0] != 0 && ddi.home[0] != 0);
        if (count == 0 || strcmp(before.module, ddi.module) != 0)
            modules++;
        else
            CHECK(strcmp(before.name, ddi.name) < 0);
        if (strcmp(ddi.name, "IoCreateDevice") == 0)
        {
            seen = true;
            CHECK(strcmp(ddi.kind, "func") == 0 && strcmp(ddi.irql, "<=apc") == 0);
        }
        before = ddi;
    }
    CHECK(seen && count > 1000 && modules >= 2);
    CHECK(wdm_ddi_get(SIZE_MAX, &ddi) == NULL);
}

static void
info_of_files(void)
{
    char error[256] = "untouched";

    CHECK_EQ(wdm_info(guest("client"), collect, &output, error, sizeof(error)), WDM_OK);
    CHECK(strstr(output.text, "IoCreateSymbolicLink") != NULL);
    CHECK(strcmp(error, "untouched") == 0);
    CHECK_EQ(wdm_info("/nonexistent/x.sys", collect, &output, error, sizeof(error)), WDM_BAD_INPUT);
    CHECK(strstr(error, "No such file") != NULL);
    CHECK_EQ(wdm_info("/proc/self/exe", collect, &output, error, sizeof(error)), WDM_BAD_INPUT);
    CHECK(error[0] != 0 && strchr(error, '\n') == NULL);
    CHECK_EQ(wdm_info("/proc/self/exe", collect, &output, NULL, 0), WDM_BAD_INPUT);
    CHECK_EQ(wdm_info("/", collect, &output, error, sizeof(error)), WDM_BAD_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {ALONE(boots_and_ends),   ALONE(default_options),
                                       ALONE(bad_options),      ALONE(short_options),
                                       ALONE(two_machines),     ALONE(names_of_statuses),
                                       ALONE(table_of_exports), ALONE(info_of_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
