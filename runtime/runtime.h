/* SPDX-License-Identifier: MIT */
/*
 * Private to runtime: a machine as the embedding API sees it. runtime is host code compiled against
 * the kernel's headers (so with 16-bit wchar_t, which it does not hand to libc).
 */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include "openwdm/openwdm.h"

#include "ntddk.h"

#include "init/init.h"

#define WDM_SCRATCH_SIZE (256u * 1024u)
#define WDM_LINE_MAX     4096u

struct wdm_request
{
    wdm_machine *machine;
    struct wdm_request *next; /* in wdm_machine.requests */
    HANDLE handle;
    UCHAR major; /* IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_DEVICE_CONTROL */
    ULONG code;
    LARGE_INTEGER offset;
    PVOID user_iosb; /* in the client's memory */
    volatile IO_STATUS_BLOCK *iosb;
    PVOID user_in, user_out;
    void *in, *out; /* kernel-side aliases of the two */
    SIZE_T in_size, out_size;
    NTSTATUS issue_status;
    bool scratch; /* lives in the machine's scratch memory */
    bool issued;
};

struct wdm_machine
{
    wdm_options options;
    struct hw_machine *hardware;
    PPS_PROCESS process;
    PPS_THREAD thread; /* runs requests; a new one is made when this one is stuck in a driver */
    uint32_t ntstatus;
    char message[WDM_LINE_MAX];
    char debug_line[WDM_LINE_MAX];
    size_t debug_length;
    struct wdm_request *requests;
    struct wdm_request sync; /* of the synchronous calls; its buffers are the scratch memory */
    bool sync_busy;
    bool booted;
    bool dead;
};

extern wdm_machine *wdm_current;

/* Sets the message and returns `status`. */
wdm_status wdm_fail(wdm_machine *machine, wdm_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* WDM_OK or WDM_FAILED with the message naming the status. */
wdm_status wdm_from_ntstatus(wdm_machine *machine, NTSTATUS ntstatus, const char *what);

/* Executes routine(context) on the client thread, as a system call of a user program. WDM_OK when
 * it has returned; WDM_PENDING when it is blocked in a driver for ever (the thread is given up). */
wdm_status wdm_call(wdm_machine *machine, void (*routine)(void *), void *context);

/* UTF-8 to UTF-16; returns characters written without terminator, or -1 when it does not fit or the
 * text is malformed. */
int wdm_to_utf16(const char *text, WCHAR *buffer, size_t capacity);

/* UTF-16 to UTF-8, always terminated, truncated to fit. Returns buffer. */
char *wdm_to_utf8(const UNICODE_STRING *text, char *buffer, size_t size);

/* Host files of services, which ZwLoadDriver loads from: services.c. */
void wdm_services_init(void);
void wdm_service_remember(const char *name, const char *path);

/* process.c: before the first request, who the first client is. */
wdm_status wdm_set_first_client(wdm_machine *machine);

/* Reports: report.c. */
void wdm_reports_init(wdm_machine *machine);
void wdm_reports_shutdown(wdm_machine *machine);

/* Calls routine(argument) on a stack that is large enough for libc; the stack of a driver is not.
 */
void wdm_on_large_stack(void (*routine)(const void *), const void *argument);

/* Fault injection: fault.c. */
void wdm_faults_init(wdm_machine *machine);

/* Device models of the embedder, once the hardware is gone: hardware.c. */
void wdm_hardware_shutdown(void);

/* DbgPrint and trace: output.c. */
void wdm_output_init(wdm_machine *machine);
void wdm_output_flush(wdm_machine *machine);

#endif
