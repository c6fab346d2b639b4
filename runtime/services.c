/* SPDX-License-Identifier: MIT */
/* What the registry's ImagePath would lead to: the host files of services, for ZwLoadDriver. */
#include "runtime/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/io.h"

/* A service whose driver was loaded from a host file once. They stay known for the next boot, too:
 * a registry would still name them. */
typedef struct service
{
    struct service *next;
    char *path;
    char name[100];
} service;

static service *services;

void
wdm_service_remember(const char *name, const char *path)
{
    service *item = services;

    while (item != NULL && strcasecmp(item->name, name) != 0)
        item = item->next;
    if (item == NULL)
    {
        item = calloc(1, sizeof(*item));
        if (item == NULL)
            return;
        snprintf(item->name, sizeof(item->name), "%s", name);
        item->next = services;
        services = item;
    }
    free(item->path);
    item->path = strdup(path);
}

/* A driver file beside one that is known, as a driver that comes in two files has it. */
static const char *
find_beside(const char *name, char *buffer, size_t size)
{
    for (const service *item = services; item != NULL; item = item->next)
    {
        const char *slash = item->path != NULL ? strrchr(item->path, '/') : NULL;
        int folder = slash != NULL ? (int)(slash + 1 - item->path) : 0;
        void *data;
        size_t length;

        if (item->path == NULL ||
            snprintf(buffer, size, "%.*s%s.sys", folder, item->path, name) >= (int)size)
            continue;
        if (host_file_read(buffer, &data, &length) == 0)
        {
            host_file_free(data, length);
            return buffer;
        }
    }
    return NULL;
}

static BOOLEAN
find_service(PCUNICODE_STRING ServiceName, IO_LOAD_PARAMETERS *Parameters)
{
    static WCHAR wide[128];
    static char found[4096];
    char name[100];
    const char *path = NULL;

    if (ServiceName->Length >= sizeof(wide))
        return FALSE;
    wdm_to_utf8(ServiceName, name, sizeof(name));
    if (name[0] == 0 || strchr(name, '/') != NULL || strcmp(name, "..") == 0)
        return FALSE;
    for (const service *item = services; item != NULL; item = item->next)
    {
        if (strcasecmp(item->name, name) == 0)
            path = item->path;
    }
    if (path == NULL)
        path = find_beside(name, found, sizeof(found));
    if (path == NULL)
        return FALSE;
    memcpy(wide, ServiceName->Buffer, ServiceName->Length);
    wide[ServiceName->Length / sizeof(WCHAR)] = 0;
    *Parameters = (IO_LOAD_PARAMETERS){.ServiceName = wide, .FileName = path};
    return TRUE;
}

void
wdm_services_init(void)
{
    IoFindService = find_service;
}
