/* SPDX-License-Identifier: MIT */
/* Devices as a client sees them: open, close, the three transfers, synchronous and not. */
#include "tests/api/kit.h"

static struct output output;
static wdm_handle handle;

static void
opens(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_handle other = 5;
    char name[1000];

    CHECK_EQ(wdm_open(machine, "\\\\?\\Client", 0, &other), WDM_OK);
    CHECK(other != handle);
    CHECK_EQ(wdm_close(machine, other), WDM_OK);
    CHECK_EQ(wdm_close(machine, other), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000008u);
    CHECK_EQ(wdm_close(machine, 0), WDM_FAILED);
    CHECK_EQ(wdm_open(machine, "Client", WDM_WRITE, &other), WDM_OK);
    CHECK_EQ(wdm_close(machine, other), WDM_OK);
    other = 5;
    CHECK_EQ(wdm_open(machine, "\\\\.\\Nobody", WDM_READ, &other), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000034u);
    CHECK_EQ(wdm_open(machine, "\\Device", WDM_READ, &other), WDM_FAILED);
    CHECK_EQ(wdm_open(machine, "", WDM_READ, &other), WDM_FAILED);
    CHECK_EQ(wdm_open(machine, NULL, WDM_READ, &other), WDM_BAD_INPUT);
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", 0x80, &other), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "0x80 is no access");
    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", 0, NULL), WDM_BAD_INPUT);
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = 0;
    CHECK_EQ(wdm_open(machine, name, WDM_READ, &other), WDM_BAD_INPUT);
    CHECK_EQ(wdm_open(machine, "\\\\.\\\xc3(", WDM_READ, &other), WDM_BAD_INPUT);
    CHECK_EQ(other, 5);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
control(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    char out[8] = "unread";
    static char large[300000], back[300000];
    size_t returned = 99;
    uint32_t answer = 0xC00000A3u;

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, "abcdefgh", 8, out, 8, &returned), WDM_OK);
    CHECK(returned == 8 && memcmp(out, "abcdefgh", 8) == 0);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, "xyz", 3, out, 8, &returned), WDM_OK);
    CHECK(returned == 3 && memcmp(out, "xyzdefgh", 8) == 0);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, NULL, 0, NULL, 0, NULL), WDM_OK);
    /* Longer than the buffers that small requests share. */
    memset(large, 0x5a, sizeof(large));
    CHECK_EQ(
        wdm_ioctl(machine, handle, IOCTL_ECHO, large, sizeof(large), back, sizeof(back), &returned),
        WDM_OK);
    CHECK(returned == sizeof(large) && memcmp(large, back, sizeof(large)) == 0);
    /* An error leaves the outputs alone, a warning does not. */
    returned = 99;
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ANSWER, &answer, 4, out, 8, &returned), WDM_FAILED);
    CHECK(returned == 99 && memcmp(out, "xyz", 3) == 0);
    CHECK_EQ(wdm_last_ntstatus(machine), answer);
    CHECK_MESSAGE(machine, "ioctl: STATUS_DEVICE_NOT_READY (0xC00000A3)");
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_WARN, NULL, 0, out, 8, &returned), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0x80000005u);
    CHECK(returned == 4 && memcmp(out, "warn", 4) == 0);
    CHECK_EQ(wdm_ioctl(machine, handle, 0x222FFC, NULL, 0, NULL, 0, NULL), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000010u);
    CHECK_EQ(wdm_ioctl(machine, 0x1234, IOCTL_ECHO, NULL, 0, NULL, 0, NULL), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000008u);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, NULL, 4, NULL, 0, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, NULL, 0, NULL, 4, NULL), WDM_BAD_INPUT);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, out, 1ull << 32, NULL, 0, NULL), WDM_BAD_INPUT);
    CHECK_MESSAGE(machine, "longer than 4 GiB");
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
read_and_write(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    char data[128];
    size_t count = 99;

    CHECK_EQ(wdm_write(machine, handle, 10, "payload", 7, &count), WDM_OK);
    CHECK_EQ(count, 7);
    memset(data, '?', sizeof(data));
    CHECK_EQ(wdm_read(machine, handle, 10, data, 7, &count), WDM_OK);
    CHECK(count == 7 && memcmp(data, "payload?", 8) == 0);
    CHECK_EQ(wdm_read(machine, handle, 60, data, sizeof(data), &count), WDM_OK);
    CHECK(count == 4 && memcmp(data, "\0\0\0\0oad?", 8) == 0);
    count = 99;
    CHECK_EQ(wdm_read(machine, handle, 64, data, 1, &count), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000011u);
    CHECK_MESSAGE(machine, "read: STATUS_END_OF_FILE");
    CHECK_EQ(wdm_write(machine, handle, 1000, "x", 1, &count), WDM_FAILED);
    CHECK_EQ(count, 99);
    CHECK_EQ(wdm_write(machine, handle, 0, "", 0, &count), WDM_OK);
    CHECK_EQ(count, 0);
    CHECK_EQ(wdm_write(machine, handle, 0, NULL, 3, &count), WDM_BAD_INPUT);
    CHECK_EQ(wdm_read(machine, handle, 0, NULL, 3, &count), WDM_BAD_INPUT);
    CHECK_EQ(wdm_read(machine, 0x1234, 0, data, 3, &count), WDM_FAILED);
    wdm_shutdown(machine);
}

static void
asynchronous(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_request *request = NULL, *reader = NULL, *writer = NULL, *none = (wdm_request *)8;
    uint32_t status = 9, wait = 20;
    size_t returned = 9;

    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_LATER, &wait, 4, 4, &request), WDM_OK);
    CHECK(!wdm_request_done(request, &status, &returned));
    CHECK(status == 9 && returned == 9);
    CHECK_EQ(wdm_irp_count(machine), 1);
    /* Others overtake it. */
    CHECK_EQ(wdm_write_begin(machine, handle, 3, "abc", 3, &writer), WDM_OK);
    CHECK(wdm_request_done(writer, &status, &returned));
    CHECK(status == 0 && returned == 3);
    CHECK_EQ(wdm_read_begin(machine, handle, 2, 4, &reader), WDM_OK);
    CHECK(wdm_request_done(reader, NULL, NULL));
    CHECK(memcmp(wdm_request_output(reader), "\0abc", 4) == 0);
    CHECK_EQ(wdm_request_cancel(reader), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000225u);
    wdm_request_end(writer);
    wdm_request_end(reader);
    CHECK(!wdm_request_done(request, NULL, NULL));
    CHECK_EQ(wdm_request_wait(request), WDM_OK);
    CHECK(wdm_time(machine) >= 20000000);
    CHECK(wdm_request_done(request, &status, &returned));
    CHECK(status == 0 && returned == 0);
    wdm_request_end(request);
    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_ECHO, NULL, 1, 0, &none), WDM_BAD_INPUT);
    CHECK(none == (wdm_request *)8);
    CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_ECHO, NULL, 0, 0, NULL), WDM_BAD_INPUT);
    /* An error of the driver is an answer. */
    CHECK_EQ(wdm_read_begin(machine, handle, 64, 1, &reader), WDM_OK);
    CHECK(wdm_request_done(reader, &status, NULL));
    CHECK_EQ(status, 0xC0000011u);
    CHECK_EQ(wdm_request_wait(reader), WDM_FAILED);
    wdm_request_end(reader);
    CHECK_EQ(wdm_irp_count(machine), 0);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

static void
cancelling(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_request *requests[3];
    wdm_handle other;
    uint32_t status;

    CHECK_EQ(wdm_open(machine, "\\\\.\\Client", 0, &other), WDM_OK);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(
            wdm_ioctl_begin(machine, i < 2 ? handle : other, IOCTL_PEND, NULL, 0, 0, &requests[i]),
            WDM_OK);
    CHECK_EQ(wdm_irp_count(machine), 3);
    CHECK_EQ(wdm_request_wait(requests[0]), WDM_PENDING);
    CHECK_MESSAGE(machine, "nothing is left to run");
    /* One, then those of one handle; the third is another handle's. */
    CHECK_EQ(wdm_request_cancel(requests[0]), WDM_OK);
    CHECK(wdm_request_done(requests[0], &status, NULL));
    CHECK_EQ(status, 0xC0000120u);
    CHECK(!wdm_request_done(requests[1], NULL, NULL));
    CHECK_EQ(wdm_cancel(machine, handle), WDM_OK);
    CHECK(wdm_request_done(requests[1], NULL, NULL));
    CHECK(!wdm_request_done(requests[2], NULL, NULL));
    /* Ending a pending request cancels it. */
    wdm_request_end(requests[2]);
    CHECK_EQ(wdm_irp_count(machine), 0);
    wdm_request_end(requests[0]);
    wdm_request_end(requests[1]);
    CHECK_EQ(wdm_cancel(machine, 0x1234), WDM_FAILED);
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000008u);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

/* A synchronous call gives up by cancelling; a driver that cannot cancel keeps the request. */
static void
pending_for_ever(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    char out[4] = "old";

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_PEND, NULL, 0, out, 4, NULL), WDM_PENDING);
    CHECK_MESSAGE(machine, "the request pended until it was cancelled");
    CHECK_EQ(wdm_last_ntstatus(machine), 0xC0000120u);
    CHECK_EQ(wdm_irp_count(machine), 0);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_KEEP, NULL, 0, out, 4, NULL), WDM_PENDING);
    CHECK_EQ(wdm_irp_count(machine), 1);
    CHECK(memcmp(out, "old", 4) == 0);
    /* Its buffers are still the driver's, and the next request has others. */
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, "new", 4, out, 4, NULL), WDM_OK);
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_RELEASE, NULL, 0, NULL, 0, NULL), WDM_OK);
    CHECK_EQ(wdm_irp_count(machine), 0);
    CHECK(memcmp(out, "new", 4) == 0);
    wdm_shutdown(machine);
}

/* A caller that a driver never lets go is given up; others go on. */
static void
blocked_caller(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    char out[4];

    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_BLOCK, NULL, 0, NULL, 0, NULL), WDM_PENDING);
    CHECK_MESSAGE(machine, "the driver blocks the caller");
    CHECK_EQ(wdm_ioctl(machine, handle, IOCTL_ECHO, "on", 3, out, 4, NULL), WDM_OK);
    CHECK(memcmp(out, "on", 3) == 0);
    wdm_shutdown(machine);
}

/* Shutdown ends what the embedder has forgotten; nothing of the host's memory is lost. */
static void
forgotten_requests(void)
{
    wdm_machine *machine = boot_client(&output, &handle);
    wdm_request *request;

    for (int i = 0; i < 10; i++)
        CHECK_EQ(wdm_ioctl_begin(machine, handle, IOCTL_PEND, NULL, 0, 100, &request), WDM_OK);
    wdm_shutdown(machine);
    CHECK_EQ(output.reports, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {ALONE(opens),          ALONE(control),
                                       ALONE(read_and_write), ALONE(asynchronous),
                                       ALONE(cancelling),     ALONE(pending_for_ever),
                                       ALONE(blocked_caller), ALONE(forgotten_requests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
