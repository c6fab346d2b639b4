/* SPDX-License-Identifier: MIT */
/* Loading and unloading drivers from host files. */
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

#include "io/io.h"

typedef struct load_call
{
    IO_LOAD_PARAMETERS parameters;
    WCHAR service[128];
    NTSTATUS status;
    BOOLEAN entry_failed;
} load_call;

static void
load_routine(void *context)
{
    load_call *call = context;
    PDRIVER_OBJECT driver = NULL;

    /* What the service control manager asks the kernel for is the system's own work. */
    KiCurrentThread()->PreviousMode = KernelMode;
    call->status = IoLoadDriverImage(&call->parameters, &driver, &call->entry_failed);
    if (NT_SUCCESS(call->status) && !call->entry_failed && driver != NULL)
        ObfDereferenceObject(driver);
    KiCurrentThread()->PreviousMode = UserMode;
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The file's name without its extension, or the given name. */
static bool
service_name(const char *name, const char *service, char *buffer, size_t size)
{
    const char *source = service != NULL ? service : base_name(name);
    size_t length = strlen(source);
    const char *dot = strrchr(source, '.');

    if (service == NULL && dot != NULL && dot != source)
        length = (size_t)(dot - source);
    if (length == 0 || length >= size || memchr(source, '\\', length) != NULL)
        return false;
    memcpy(buffer, source, length);
    buffer[length] = 0;
    return true;
}

wdm_status
wdm_load_image(wdm_machine *machine,
               const char *name,
               const void *data,
               size_t size,
               const char *service)
{
    load_call call = {0};
    char utf8[100];
    char what[256];
    wdm_status status;

    if (machine->dead)
        return WDM_BUGCHECK;
    machine->message[0] = 0;
    if (name == NULL || data == NULL)
        return wdm_fail(machine, WDM_BAD_INPUT, "load: no image");
    if (!service_name(name, service, utf8, sizeof(utf8)) ||
        wdm_to_utf16(utf8, call.service, RTL_NUMBER_OF(call.service)) < 0)
        return wdm_fail(machine, WDM_BAD_INPUT, "'%s' is no service name",
                        service != NULL ? service : name);
    call.parameters.ServiceName = call.service;
    call.parameters.FileName = name;
    call.parameters.File = data;
    call.parameters.FileSize = size;
    status = wdm_call(machine, load_routine, &call);
    if (status != WDM_OK)
        return status;
    snprintf(what, sizeof(what), "%s: DriverEntry", base_name(name));
    if (call.entry_failed)
        return wdm_from_ntstatus(machine, call.status, what);
    if (NT_SUCCESS(call.status))
        return wdm_run(machine);
    machine->ntstatus = (uint32_t)call.status;
    /* The loader has said why, line by line. */
    if (machine->message[0] == 0)
    {
        (void)wdm_from_ntstatus(machine, call.status, base_name(name));
    }
    return WDM_BAD_INPUT;
}

wdm_status
wdm_load(wdm_machine *machine, const char *path, const char *service)
{
    void *data;
    size_t size;
    char name[100];
    wdm_status status;
    int error;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (path == NULL)
        return wdm_fail(machine, WDM_BAD_INPUT, "load: no file");
    error = host_file_read(path, &data, &size);
    if (error != 0)
        return wdm_fail(machine, WDM_BAD_INPUT, "%s: %s", path, strerror(error));
    if (service_name(path, service, name, sizeof(name)))
        wdm_service_remember(name, path);
    status = wdm_load_image(machine, path, data, size, service);
    host_file_free(data, size);
    return status;
}

typedef struct unload_call
{
    UNICODE_STRING name;
    WCHAR buffer[128];
    NTSTATUS status;
} unload_call;

static void
unload_routine(void *context)
{
    unload_call *call = context;

    KiCurrentThread()->PreviousMode = KernelMode;
    call->status = IoUnloadDriverByName(&call->name);
    KiCurrentThread()->PreviousMode = UserMode;
}

wdm_status
wdm_unload(wdm_machine *machine, const char *service)
{
    unload_call call = {0};
    wdm_status status;
    int length;

    if (machine->dead)
        return WDM_BUGCHECK;
    if (service == NULL)
        return wdm_fail(machine, WDM_BAD_INPUT, "unload: no service name");
    length = wdm_to_utf16(service, call.buffer, RTL_NUMBER_OF(call.buffer));
    if (length <= 0)
        return wdm_fail(machine, WDM_BAD_INPUT, "'%s' is no service name", service);
    call.name.Buffer = call.buffer;
    call.name.Length = (USHORT)((size_t)length * sizeof(WCHAR));
    call.name.MaximumLength = call.name.Length;
    status = wdm_call(machine, unload_routine, &call);
    if (status == WDM_OK)
        status = wdm_run(machine);
    if (status != WDM_OK)
        return status;
    if (call.status == STATUS_PENDING)
        return wdm_fail(machine, WDM_PENDING, "%s unloads when its last handle or reference goes",
                        service);
    return wdm_from_ntstatus(machine, call.status, service);
}
