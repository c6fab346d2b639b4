/* SPDX-License-Identifier: MIT */
/*
 * OpenWDM: the Windows Driver Model as a library. A process holds at most one machine; all calls
 * come from one thread. Strings are UTF-8. Times are virtual (nanoseconds since boot) unless the
 * machine was booted with `realtime`. Every function that can fail returns a wdm_status; outputs
 * are written only when it is WDM_OK (or WDM_PENDING where said so).
 */
#ifndef OPENWDM_OPENWDM_H
#define OPENWDM_OPENWDM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct wdm_machine wdm_machine;

    typedef enum wdm_status
    {
        WDM_OK = 0,
        WDM_PENDING = 1,  /* the request has not completed and nothing is left to run */
        WDM_FAILED = 2,   /* the system or a driver answered with an error: wdm_last_ntstatus() */
        WDM_BUGCHECK = 3, /* the machine has stopped; only reports, queries and wdm_shutdown work */
        WDM_BAD_INPUT = 4, /* an argument or a file is no good: wdm_last_message() */
        WDM_NO_MEMORY = 5,
        WDM_BUSY = 6 /* one machine per process, one request per handle of this kind, ... */
    } wdm_status;

    /* Handle of an opened device. 0 is never one. */
    typedef uint64_t wdm_handle;

    /* A request that was begun and not yet ended. */
    typedef struct wdm_request wdm_request;

    /* ---- life -----------------------------------------------------------------------------------
     */

    /* Text from the machine: `line` has no newline and is not terminated. */
    typedef void (*wdm_line_fn)(void *context, const char *line, size_t length);

    /* A report as UTF-8 text for people and as one JSON object (docs/report.schema.json). */
    typedef struct wdm_report
    {
        const char *kind; /* "bugcheck", "violation", "leak" */
        const char *text;
        const char *json;
    } wdm_report;

    typedef void (*wdm_report_fn)(void *context, const wdm_report *report);

    /* Who a client process is: what devices and other objects let it do. */
    typedef enum wdm_client
    {
        WDM_CLIENT_ADMIN, /* an elevated administrator */
        WDM_CLIENT_USER,  /* a standard user */
        WDM_CLIENT_LOW    /* a standard user's process of low integrity, such as a sandbox */
    } wdm_client;

    /* A call of a driver that was made to fail (`fault` below). */
    typedef struct wdm_fault
    {
        uint64_t number;    /* of the call, from 1; same options and requests, same number */
        const char *ddi;    /* "IoCreateDevice" */
        const char *caller; /* "hello.sys!DriverEntry+0x5c (hello.c:250)" */
        const char *result; /* "returns NULL", "returns STATUS_INSUFFICIENT_RESOURCES", ... */
        uint64_t bytes;     /* that the driver, or the DDI on its behalf, asked for */
    } wdm_fault;

    typedef void (*wdm_fault_fn)(void *context, const wdm_fault *fault);

/* `fault` of wdm_options: nothing fails, but calls are counted. */
#define WDM_FAULT_COUNT UINT64_MAX

    typedef struct wdm_options
    {
        size_t size;                 /* sizeof(wdm_options) */
        unsigned cpus;               /* 1 to 64; 0 means 1 */
        uint64_t seed;               /* decides the order of processors; same seed, same run */
        bool realtime;               /* host time instead of virtual time */
        const char *windows_version; /* "10.0.19045" if NULL */
        bool checks_off;             /* no paging checks, no leak reports (for measuring) */
        wdm_line_fn debug_output;    /* lines of DbgPrint; NULL: standard output */
        wdm_line_fn trace;           /* lines of the walk of each request; NULL: no trace */
        wdm_line_fn message;  /* one-line errors, such as a refused image; NULL: standard error */
        wdm_report_fn report; /* NULL: text to standard error */
        void *context;        /* handed to the functions here */
        wdm_client client;    /* the first client process */
        /* The call with this number, of those by drivers that can fail for want of a resource,
         * fails (docs/faults.md); 0: none does, and nothing is counted. */
        uint64_t fault;
        wdm_fault_fn injected; /* told when it does; may be NULL */
    } wdm_options;

    /* Boots a machine: about a millisecond. `options` may be NULL. WDM_BAD_INPUT: an option is no
     * good; another call may do better. *machine is also written after a failure (not after
     * WDM_BUSY), for wdm_last_message() and wdm_shutdown() only. */
    wdm_status wdm_boot(const wdm_options *options, wdm_machine **machine);

    /* Unloads what can be unloaded, reports what is left, and frees everything. NULL is allowed. A
     * machine can be booted again only in a new process (fork() before booting to get many). */
    void wdm_shutdown(wdm_machine *machine);

    /* The NTSTATUS of the last call that returned WDM_FAILED, or of the last completed request. */
    uint32_t wdm_last_ntstatus(const wdm_machine *machine);

    /* One line about the last error; never NULL, valid until the next call. */
    const char *wdm_last_message(const wdm_machine *machine);

    /* "STATUS_ACCESS_DENIED" for 0xC0000022; NULL when the value has no name. */
    const char *wdm_ntstatus_name(uint32_t ntstatus);

    /* 0xC0000022 for "STATUS_ACCESS_DENIED"; false when there is no such name. Where a value has
     * several names, only that of wdm_ntstatus_name() is known. */
    bool wdm_ntstatus_value(const char *name, uint32_t *ntstatus);

    /* ---- drivers --------------------------------------------------------------------------------
     */

    /* Loads a .sys and runs its DriverEntry. `service` names it (\Driver\service); NULL takes the
     * file's name without extension. WDM_BAD_INPUT: not a driver image or unbindable. WDM_FAILED:
     * DriverEntry failed. */
    wdm_status wdm_load(wdm_machine *machine, const char *path, const char *service);

    /* As wdm_load, from memory; `name` is the file's name. */
    wdm_status wdm_load_image(wdm_machine *machine,
                              const char *name,
                              const void *data,
                              size_t size,
                              const char *service);

    /* Calls the driver's Unload. WDM_PENDING: it goes when its last handle or reference does. */
    wdm_status wdm_unload(wdm_machine *machine, const char *service);

    /* ---- client processes
     * ----------------------------------------------------------------------- */

    /* One client process boots with the machine. wdm_process_start starts another as a child of the
     * process in use, which is used from then on; drivers are notified and may refuse it
     * (WDM_FAILED). Handles belong to the process that opened them. */
    wdm_status
    wdm_process_start(wdm_machine *machine, const char *image, wdm_client client, uint32_t *pid);

    wdm_status wdm_process_use(wdm_machine *machine, uint32_t pid);

    uint32_t wdm_process_current(const wdm_machine *machine);

    /* Ends the process in use, closing its handles; its parent is used from then on. The first one
     * cannot be ended: WDM_BAD_INPUT. */
    wdm_status wdm_process_exit(wdm_machine *machine, uint32_t ntstatus);

    /* ---- devices, as a client program sees them
     * --------------------------------------------------- */

#define WDM_READ  0x1u
#define WDM_WRITE 0x2u

    /* Opens "\\.\Name", "\\?\Name" or a native name such as "\Device\Name". `access` is WDM_READ |
     * WDM_WRITE or 0. The handle is asynchronous. */
    wdm_status
    wdm_open(wdm_machine *machine, const char *name, unsigned access, wdm_handle *handle);

    wdm_status wdm_close(wdm_machine *machine, wdm_handle handle);

    /* DeviceIoControl. Runs the machine until the request is complete. `returned` (may be NULL)
     * gets the bytes written to `out`. WDM_FAILED with a warning, such as STATUS_BUFFER_OVERFLOW:
     * both have been written, as on Windows. WDM_PENDING: nothing is left that could complete it;
     * it was cancelled and has completed by then, or stays with the driver. */
    wdm_status wdm_ioctl(wdm_machine *machine,
                         wdm_handle handle,
                         uint32_t code,
                         const void *in,
                         size_t in_size,
                         void *out,
                         size_t out_size,
                         size_t *returned);

    wdm_status wdm_read(wdm_machine *machine,
                        wdm_handle handle,
                        uint64_t offset,
                        void *data,
                        size_t size,
                        size_t *returned);

    wdm_status wdm_write(wdm_machine *machine,
                         wdm_handle handle,
                         uint64_t offset,
                         const void *data,
                         size_t size,
                         size_t *returned);

    /* The asynchronous forms. They return WDM_OK with *request when the request was sent, whether
     * it has completed or not; ask with wdm_request_done(). Input is copied at once. */
    wdm_status wdm_ioctl_begin(wdm_machine *machine,
                               wdm_handle handle,
                               uint32_t code,
                               const void *in,
                               size_t in_size,
                               size_t out_size,
                               wdm_request **request);

    wdm_status wdm_read_begin(wdm_machine *machine,
                              wdm_handle handle,
                              uint64_t offset,
                              size_t size,
                              wdm_request **request);

    wdm_status wdm_write_begin(wdm_machine *machine,
                               wdm_handle handle,
                               uint64_t offset,
                               const void *data,
                               size_t size,
                               wdm_request **request);

    /* TRUE once the request has completed: then its NTSTATUS and bytes are given. */
    bool wdm_request_done(const wdm_request *request, uint32_t *ntstatus, size_t *returned);

    /* Runs the machine, jumping over idle time, until the request is complete. WDM_PENDING: nothing
     * is left that could complete it. WDM_FAILED: it completed with an error. */
    wdm_status wdm_request_wait(wdm_request *request);

    /* Output of a completed request; owned by the request. */
    const void *wdm_request_output(const wdm_request *request);

    /* CancelIoEx for this request. WDM_FAILED with STATUS_NOT_FOUND when it had completed. */
    wdm_status wdm_request_cancel(wdm_request *request);

    /* Forgets the request. One that is still pending is cancelled and waited for first. */
    void wdm_request_end(wdm_request *request);

    /* CancelIo: every request of this handle. */
    wdm_status wdm_cancel(wdm_machine *machine, wdm_handle handle);

    /* ---- running
     * ---------------------------------------------------------------------------------- */

    /* Runs everything that can run without time passing. Also done by every call above. */
    wdm_status wdm_run(wdm_machine *machine);

    /* Runs, jumping from timer to timer, until nothing is left to do, at most for `limit_ns` of
     * time. */
    wdm_status wdm_run_until_idle(wdm_machine *machine, uint64_t limit_ns);

    /* Lets `duration_ns` pass. */
    wdm_status wdm_advance(wdm_machine *machine, uint64_t duration_ns);

    /* Nanoseconds since boot. */
    uint64_t wdm_time(const wdm_machine *machine);

    /* ---- looking inside
     * ---------------------------------------------------------------------------- Each calls
     * `line` for every row of a table, formatted for people, the header first. */

    typedef enum wdm_table
    {
        WDM_TABLE_DRIVERS,
        WDM_TABLE_DEVICES,
        WDM_TABLE_DEVSTACK, /* argument: device name */
        WDM_TABLE_OBJECTS,  /* argument: directory, NULL for "\" */
        WDM_TABLE_IRPS,
        WDM_TABLE_POOL,
        WDM_TABLE_THREADS,
        WDM_TABLE_TIMERS
    } wdm_table;

    wdm_status wdm_query(wdm_machine *machine,
                         wdm_table table,
                         const char *argument,
                         wdm_line_fn line,
                         void *context);

    /* Live bytes of pool that drivers (not the kernel) hold. */
    uint64_t wdm_pool_bytes(const wdm_machine *machine);

    /* Pending requests (IRPs). */
    unsigned wdm_irp_count(const wdm_machine *machine);

    /* Calls by drivers that could have failed so far. With a fault (or WDM_FAULT_COUNT) only. */
    uint64_t wdm_fault_calls(const wdm_machine *machine);

    /* Reports so far; each stays valid until shutdown. NULL past the end. */
    size_t wdm_report_count(const wdm_machine *machine);
    const wdm_report *wdm_report_get(const wdm_machine *machine, size_t index);

    /* ---- registry -------------------------------------------------------------------------------
     * Keys are named "HKEY_LOCAL_MACHINE\System\...", "HKLM\..." or "\Registry\Machine\...".
     * Types are Microsoft's numbers (REG_SZ is 1); data is as it is stored, text in UTF-16.
     * Callbacks of registry filter drivers are not told. */

    /* Creates the key with all keys on the way; sets the value unless `name` is NULL. "" names the
     * default value. */
    wdm_status wdm_registry_set(wdm_machine *machine,
                                const char *key,
                                const char *name,
                                uint32_t type,
                                const void *data,
                                size_t size);

    /* Deletes a value, or with `name` NULL the key and everything below it. */
    wdm_status wdm_registry_delete(wdm_machine *machine, const char *key, const char *name);

    typedef void (*wdm_registry_fn)(void *context,
                                    bool is_key,
                                    const char *name,
                                    uint32_t type,
                                    const void *data,
                                    size_t size);

    /* Values, then subkeys (only `name` counts) of a key. */
    wdm_status
    wdm_registry_list(wdm_machine *machine, const char *key, wdm_registry_fn entry, void *context);

    /* Imports the contents of a .reg file (Version 5.00 in UTF-16 or UTF-8, or REGEDIT4).
     * WDM_BAD_INPUT: malformed; the message says "where:line: reason", and what stands before that
     * line has been imported. */
    wdm_status
    wdm_registry_import(wdm_machine *machine, const void *data, size_t size, const char *where);

    /* ---- hardware
     * ------------------------------------------------------------------------------------ A device
     * model of the embedder. Callbacks run inside the machine and must not call this API except
     * wdm_irq_*(). Register models after booting and before loading the driver that uses them. */

    typedef struct wdm_device_ops
    {
        size_t size; /* sizeof(wdm_device_ops) */
        const char *name;
        /* `offset` from the start of the range; `width` 1, 2, 4 or 8 bytes. */
        uint64_t (*read)(void *context, unsigned range, uint64_t offset, unsigned width);
        void (
            *write)(void *context, unsigned range, uint64_t offset, unsigned width, uint64_t value);
    } wdm_device_ops;

    /* Claims I/O ports [first, first + count). `range` is handed to the callbacks. */
    wdm_status wdm_add_ports(wdm_machine *machine,
                             const wdm_device_ops *ops,
                             void *context,
                             unsigned range,
                             uint16_t first,
                             uint16_t count);

    /* Claims a window of physical addresses (page aligned). */
    wdm_status wdm_add_mmio(wdm_machine *machine,
                            const wdm_device_ops *ops,
                            void *context,
                            unsigned range,
                            uint64_t physical,
                            uint64_t length);

    /* Sets the value rdmsr gives for `msr`. */
    wdm_status wdm_set_msr(wdm_machine *machine, uint32_t msr, uint64_t value);

    /* ---- static knowledge: needs no machine
     * --------------------------------------------------------- */

    typedef struct wdm_ddi
    {
        const char *name;
        const char *module;
        const char *kind; /* func, leaf, varargs, data, stub */
        const char *irql;
        const char *home; /* file under kernel/, "-" for stubs */
        const char *notes;
    } wdm_ddi;

    /* The DDI table, sorted by module and name. NULL past the end. */
    const wdm_ddi *wdm_ddi_get(size_t index, wdm_ddi *ddi);

    /* Describes a driver file: headers, version, imports implemented and missing. Lines go to
     * `line`. WDM_BAD_INPUT with one line in `error` (if not NULL) when it is not a driver for x64.
     */
    wdm_status
    wdm_info(const char *path, wdm_line_fn line, void *context, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif

#endif
