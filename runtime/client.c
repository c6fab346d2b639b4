/* SPDX-License-Identifier: MIT */
/*
 * Devices as a client program sees them. Buffers of the embedder are copied into the client
 * process's user memory, as a real program's buffers are where its process can see them; the system
 * calls run on the client thread in user mode.
 */
#include "runtime/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "io/io.h"

#define IOSB_SIZE    64u /* status block, and behind it what else a call points at */
#define OFFSET_PLACE 32u

/* ---- opening ----------------------------------------------------------------------------------
 */

typedef struct open_call
{
    const WCHAR *name;
    size_t length;
    ACCESS_MASK access;
    HANDLE handle;
    NTSTATUS status;
    PVOID
    user; /* OBJECT_ATTRIBUTES, UNICODE_STRING, name, handle, IOSB: as user mode passes them */
} open_call;

typedef struct open_block
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    IO_STATUS_BLOCK iosb;
    HANDLE handle;
    WCHAR text[512];
} open_block;

static void
open_routine(void *context)
{
    open_call *call = context;
    open_block *block = call->user;

    call->status = NtCreateFile(&block->handle, call->access, &block->attributes, &block->iosb,
                                NULL, FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                FILE_OPEN, FILE_NON_DIRECTORY_FILE, NULL, 0);
    call->handle = block->handle;
}

/* "\\.\Name" and "\\?\Name" are \??\Name; what starts with one backslash is native already. */
static int
native_name(const char *name, WCHAR *buffer, size_t capacity)
{
    char text[600];
    size_t length = strlen(name);

    if (length + 8 > sizeof(text))
        return -1;
    if (strncmp(name, "\\\\.\\", 4) == 0 || strncmp(name, "\\\\?\\", 4) == 0)
    {
        memcpy(text, "\\??\\", 4);
        memcpy(text + 4, name + 4, length - 4 + 1);
    }
    else if (name[0] == '\\')
    {
        memcpy(text, name, length + 1);
    }
    else
    {
        memcpy(text, "\\??\\", 4);
        memcpy(text + 4, name, length + 1);
    }
    return wdm_to_utf16(text, buffer, capacity);
}

wdm_status
wdm_open(wdm_machine *machine, const char *name, unsigned access, wdm_handle *handle)
{
    open_call call = {0};
    open_block *block;
    wdm_status status;
    int length;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (name == NULL || handle == NULL)
        return wdm_fail(machine, WDM_BAD_INPUT, "open: no name, or nowhere to put the handle");
    if ((access & ~(WDM_READ | WDM_WRITE)) != 0)
        return wdm_fail(machine, WDM_BAD_INPUT, "open: 0x%X is no access", access);
    call.user = MmAllocateUserMemory(&machine->process->Ob.Mm, sizeof(open_block));
    if (call.user == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "no user memory left");
    block = MmUserAlias(&machine->process->Ob.Mm, call.user, sizeof(open_block));
    length = native_name(name, block->text, RTL_NUMBER_OF(block->text));
    if (length <= 0)
    {
        MmFreeUserMemory(&machine->process->Ob.Mm, call.user);
        return wdm_fail(machine, WDM_BAD_INPUT, "'%s' is not a device name", name);
    }
    block->name.Buffer = ((open_block *)call.user)->text;
    block->name.Length = (USHORT)((size_t)length * sizeof(WCHAR));
    block->name.MaximumLength = block->name.Length;
    InitializeObjectAttributes(&block->attributes, &((open_block *)call.user)->name,
                               OBJ_CASE_INSENSITIVE, NULL, NULL);
    call.access = FILE_READ_ATTRIBUTES;
    if (access & WDM_READ)
        call.access |= GENERIC_READ;
    if (access & WDM_WRITE)
        call.access |= GENERIC_WRITE;
    status = wdm_call(machine, open_routine, &call);
    if (status == WDM_OK)
    {
        status = wdm_from_ntstatus(machine, call.status, name);
        if (status == WDM_OK)
            *handle = (wdm_handle)(ULONG_PTR)call.handle;
        MmFreeUserMemory(&machine->process->Ob.Mm, call.user);
    }
    return status;
}

typedef struct close_call
{
    HANDLE handle;
    NTSTATUS status;
} close_call;

static void
close_routine(void *context)
{
    close_call *call = context;
    call->status = NtClose(call->handle);
}

wdm_status
wdm_close(wdm_machine *machine, wdm_handle handle)
{
    close_call call = {(HANDLE)(ULONG_PTR)handle, STATUS_SUCCESS};
    wdm_status status = wdm_call(machine, close_routine, &call);

    return status != WDM_OK ? status : wdm_from_ntstatus(machine, call.status, "close");
}

/* ---- requests ---------------------------------------------------------------------------------
 */

static void
issue_routine(void *context)
{
    wdm_request *request = context;
    PLARGE_INTEGER offset = (PLARGE_INTEGER)((char *)request->user_iosb + OFFSET_PLACE);

    switch (request->major)
    {
    case IRP_MJ_DEVICE_CONTROL:
        request->issue_status = NtDeviceIoControlFile(
            request->handle, NULL, NULL, NULL, request->user_iosb, request->code,
            request->in_size > 0 ? request->user_in : NULL, (ULONG)request->in_size,
            request->out_size > 0 ? request->user_out : NULL, (ULONG)request->out_size);
        break;
    case IRP_MJ_READ:
        request->issue_status =
            NtReadFile(request->handle, NULL, NULL, NULL, request->user_iosb, request->user_out,
                       (ULONG)request->out_size, offset, NULL);
        break;
    default:
        request->issue_status =
            NtWriteFile(request->handle, NULL, NULL, NULL, request->user_iosb, request->user_in,
                        (ULONG)request->in_size, offset, NULL);
        break;
    }
}

static bool
allocate_buffers(wdm_request *request)
{
    PMM_PROCESS process = &request->machine->process->Ob.Mm;
    size_t in = (request->in_size + 15) & ~(size_t)15;
    size_t total = IOSB_SIZE + in + request->out_size;
    char *user = MmAllocateUserMemory(process, total);
    char *alias;

    if (user == NULL)
        return false;
    alias = MmUserAlias(process, user, total);
    request->user_iosb = user;
    request->iosb = (IO_STATUS_BLOCK *)alias;
    request->user_in = user + IOSB_SIZE;
    request->in = alias + IOSB_SIZE;
    request->user_out = user + IOSB_SIZE + in;
    request->out = alias + IOSB_SIZE + in;
    return true;
}

static void
free_buffers(wdm_request *request)
{
    if (request->user_iosb != NULL)
        MmFreeUserMemory(&request->machine->process->Ob.Mm, request->user_iosb);
    request->user_iosb = NULL;
}

static wdm_status
issue(wdm_request *request, const void *in)
{
    wdm_status status;

    if (request->in_size > 0)
        memcpy(request->in, in, request->in_size);
    request->iosb->Status = STATUS_PENDING;
    request->iosb->Information = 0;
    *(LARGE_INTEGER *)((char *)(uintptr_t)request->iosb + OFFSET_PLACE) = request->offset;
    status = wdm_call(request->machine, issue_routine, request);
    if (status != WDM_OK)
        return status;
    request->issued = true;
    /* An error of the call itself leaves the status block untouched. */
    if (NT_ERROR(request->issue_status) && request->iosb->Status == STATUS_PENDING)
        request->iosb->Status = request->issue_status;
    return WDM_OK;
}

/* Lengths of a request are 32 bits wide, and bytes come from somewhere. */
static bool
good_buffers(const wdm_request *request, const void *in)
{
    return request->in_size <= UINT32_MAX && request->out_size <= UINT32_MAX &&
           (in != NULL || request->in_size == 0);
}

static wdm_status
begin(wdm_machine *machine, wdm_request *prototype, const void *in, wdm_request **result)
{
    wdm_request *request;
    wdm_status status;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (result == NULL || !good_buffers(prototype, in))
        return wdm_fail(machine, WDM_BAD_INPUT, "a buffer is missing or longer than 4 GiB");
    request = malloc(sizeof(*request));
    if (request == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "out of memory");
    *request = *prototype;
    request->machine = machine;
    if (!allocate_buffers(request))
    {
        free(request);
        return wdm_fail(machine, WDM_NO_MEMORY, "no user memory left");
    }
    status = issue(request, in);
    if (status != WDM_OK)
    {
        /* A blocked caller's buffers stay with the driver. */
        if (status == WDM_BUGCHECK)
            free_buffers(request);
        free(request);
        return status;
    }
    request->next = machine->requests;
    machine->requests = request;
    status = wdm_run(machine);
    /* Otherwise it stays on the list, and shutdown ends it. */
    if (status == WDM_OK)
        *result = request;
    return status;
}

wdm_status
wdm_ioctl_begin(wdm_machine *machine,
                wdm_handle handle,
                uint32_t code,
                const void *in,
                size_t in_size,
                size_t out_size,
                wdm_request **request)
{
    wdm_request prototype = {.handle = (HANDLE)(ULONG_PTR)handle,
                             .major = IRP_MJ_DEVICE_CONTROL,
                             .code = code,
                             .in_size = in_size,
                             .out_size = out_size};
    return begin(machine, &prototype, in, request);
}

wdm_status
wdm_read_begin(wdm_machine *machine,
               wdm_handle handle,
               uint64_t offset,
               size_t size,
               wdm_request **request)
{
    wdm_request prototype = {.handle = (HANDLE)(ULONG_PTR)handle,
                             .major = IRP_MJ_READ,
                             .offset.QuadPart = (LONGLONG)offset,
                             .out_size = size};
    return begin(machine, &prototype, NULL, request);
}

wdm_status
wdm_write_begin(wdm_machine *machine,
                wdm_handle handle,
                uint64_t offset,
                const void *data,
                size_t size,
                wdm_request **request)
{
    wdm_request prototype = {.handle = (HANDLE)(ULONG_PTR)handle,
                             .major = IRP_MJ_WRITE,
                             .offset.QuadPart = (LONGLONG)offset,
                             .in_size = size};
    return begin(machine, &prototype, data, request);
}

bool
wdm_request_done(const wdm_request *request, uint32_t *ntstatus, size_t *returned)
{
    NTSTATUS status = request->iosb->Status;

    if (status == STATUS_PENDING)
        return false;
    if (ntstatus != NULL)
        *ntstatus = (uint32_t)status;
    if (returned != NULL)
        *returned = request->iosb->Information;
    return true;
}

wdm_status
wdm_request_wait(wdm_request *request)
{
    wdm_machine *machine = request->machine;

    while (request->iosb->Status == STATUS_PENDING)
    {
        LONGLONG next;
        wdm_status status = wdm_run(machine);
        if (status != WDM_OK)
            return status;
        if (request->iosb->Status != STATUS_PENDING)
            break;
        next = KiNextEventTime();
        if (next == KI_NO_LIMIT)
            return wdm_fail(machine, WDM_PENDING,
                            "the request is pending and nothing is left to run");
        status = wdm_advance(machine,
                             next > KiQueryTime() ? (uint64_t)(next - KiQueryTime()) * 100u : 0);
        if (status != WDM_OK)
            return status;
    }
    return wdm_from_ntstatus(machine, request->iosb->Status,
                             request->major == IRP_MJ_DEVICE_CONTROL ? "ioctl"
                             : request->major == IRP_MJ_READ         ? "read"
                                                                     : "write");
}

const void *
wdm_request_output(const wdm_request *request)
{
    return request->out;
}

typedef struct cancel_call
{
    HANDLE handle;
    PVOID user_target; /* IOSB of the request to cancel, or NULL for all */
    PVOID user_iosb;
    NTSTATUS status;
} cancel_call;

static void
cancel_routine(void *context)
{
    cancel_call *call = context;
    if (call->user_target != NULL)
        call->status = NtCancelIoFileEx(call->handle, call->user_target, call->user_iosb);
    else
        call->status = NtCancelIoFile(call->handle, call->user_iosb);
}

static wdm_status
cancel(wdm_machine *machine, HANDLE handle, PVOID user_target)
{
    cancel_call call = {handle, user_target, NULL, STATUS_SUCCESS};
    wdm_status status;

    if (machine->dead)
        return WDM_BUGCHECK;
    call.user_iosb = MmAllocateUserMemory(&machine->process->Ob.Mm, sizeof(IO_STATUS_BLOCK));
    if (call.user_iosb == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "no user memory left");
    status = wdm_call(machine, cancel_routine, &call);
    if (status != WDM_OK)
        return status;
    MmFreeUserMemory(&machine->process->Ob.Mm, call.user_iosb);
    status = wdm_run(machine);
    return status != WDM_OK ? status : wdm_from_ntstatus(machine, call.status, "cancel");
}

wdm_status
wdm_request_cancel(wdm_request *request)
{
    return cancel(request->machine, request->handle, request->user_iosb);
}

wdm_status
wdm_cancel(wdm_machine *machine, wdm_handle handle)
{
    return cancel(machine, (HANDLE)(ULONG_PTR)handle, NULL);
}

void
wdm_request_end(wdm_request *request)
{
    wdm_machine *machine = request->machine;
    wdm_request **link = &machine->requests;

    if (!machine->dead && request->iosb->Status == STATUS_PENDING)
    {
        (void)wdm_request_cancel(request);
        (void)wdm_request_wait(request);
    }
    while (*link != NULL && *link != request)
        link = &(*link)->next;
    if (*link != NULL)
        *link = request->next;
    /* The driver still owns the buffers of a request it never completes. */
    if (request->iosb->Status != STATUS_PENDING && !machine->dead)
        free_buffers(request);
    free(request);
}

/* ---- synchronous calls --------------------------------------------------------------------------
 */

static wdm_status
finish(wdm_request *request, void *out, size_t *returned)
{
    wdm_status status = wdm_request_wait(request);
    size_t count;

    if (status != WDM_OK && status != WDM_FAILED)
        return status;
    count = request->iosb->Information;
    if (out != NULL && !NT_ERROR(request->iosb->Status))
        memcpy(out, request->out, count < request->out_size ? count : request->out_size);
    /* A warning such as STATUS_BUFFER_OVERFLOW comes with data. */
    if (returned != NULL && !NT_ERROR(request->iosb->Status))
        *returned = count;
    return status;
}

/* Small synchronous requests reuse one set of buffers: no allocation on the hot path. */
static bool
take_scratch(wdm_machine *machine, wdm_request *request)
{
    wdm_request *scratch = &machine->sync;
    size_t in = (request->in_size + 15) & ~(size_t)15;

    if (machine->sync_busy || in + request->out_size > WDM_SCRATCH_SIZE)
        return false;
    if (scratch->user_iosb == NULL)
    {
        wdm_request whole = {.machine = machine, .out_size = WDM_SCRATCH_SIZE};
        if (!allocate_buffers(&whole))
            return false;
        *scratch = whole;
    }
    request->user_iosb = scratch->user_iosb;
    request->iosb = scratch->iosb;
    request->user_in = (char *)scratch->user_iosb + IOSB_SIZE;
    request->in = (char *)(uintptr_t)scratch->iosb + IOSB_SIZE;
    request->user_out = (char *)request->user_in + in;
    request->out = (char *)request->in + in;
    request->scratch = true;
    return true;
}

static wdm_status
synchronous(wdm_machine *machine, wdm_request *request, const void *in, void *out, size_t *returned)
{
    wdm_status status;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (!good_buffers(request, in) ||
        (request->major != IRP_MJ_WRITE && out == NULL && request->out_size > 0))
        return wdm_fail(machine, WDM_BAD_INPUT, "a buffer is missing or longer than 4 GiB");
    request->machine = machine;
    if (!take_scratch(machine, request) && !allocate_buffers(request))
        return wdm_fail(machine, WDM_NO_MEMORY, "no user memory left");
    machine->sync_busy = true;
    status = issue(request, in);
    if (status == WDM_OK)
        status = finish(request, out, returned);
    if (status == WDM_PENDING && request->issued)
    {
        /* Nobody will complete it: what a program that gives up does. */
        (void)cancel(machine, request->handle, request->user_iosb);
        if (request->iosb->Status != STATUS_PENDING)
        {
            machine->ntstatus = (uint32_t)request->iosb->Status;
            (void)wdm_fail(machine, WDM_PENDING, "the request pended until it was cancelled");
        }
    }
    /* Memory of a request that a driver still holds is lost, and with it the scratch memory. */
    if (status == WDM_PENDING && request->iosb->Status == STATUS_PENDING)
    {
        if (request->scratch)
            machine->sync.user_iosb = NULL;
    }
    else if (!request->scratch)
    {
        free_buffers(request);
    }
    machine->sync_busy = false;
    return status;
}

wdm_status
wdm_ioctl(wdm_machine *machine,
          wdm_handle handle,
          uint32_t code,
          const void *in,
          size_t in_size,
          void *out,
          size_t out_size,
          size_t *returned)
{
    wdm_request request = {.handle = (HANDLE)(ULONG_PTR)handle,
                           .major = IRP_MJ_DEVICE_CONTROL,
                           .code = code,
                           .in_size = in_size,
                           .out_size = out_size};
    return synchronous(machine, &request, in, out, returned);
}

wdm_status
wdm_read(wdm_machine *machine,
         wdm_handle handle,
         uint64_t offset,
         void *data,
         size_t size,
         size_t *returned)
{
    wdm_request request = {.handle = (HANDLE)(ULONG_PTR)handle,
                           .major = IRP_MJ_READ,
                           .offset.QuadPart = (LONGLONG)offset,
                           .out_size = size};
    return synchronous(machine, &request, NULL, data, returned);
}

wdm_status
wdm_write(wdm_machine *machine,
          wdm_handle handle,
          uint64_t offset,
          const void *data,
          size_t size,
          size_t *returned)
{
    wdm_request request = {.handle = (HANDLE)(ULONG_PTR)handle,
                           .major = IRP_MJ_WRITE,
                           .offset.QuadPart = (LONGLONG)offset,
                           .in_size = size};
    return synchronous(machine, &request, data, NULL, returned);
}
