/* SPDX-License-Identifier: MIT */
/* The registry for embedders: values set, deleted and listed from outside. Keys are named as
 * programs do (HKEY_LOCAL_MACHINE\..., HKLM\...) or by their native path (\Registry\...). */
#include "runtime/registry.h"

#include <stdlib.h>
#include <string.h>

#include "cm/cm.h"

typedef struct registry_call
{
    UNICODE_STRING key;
    UNICODE_STRING name;
    bool has_name;
    bool deletes;
    ULONG type;
    const void *data;
    ULONG size;
    wdm_registry_fn entry;
    void *context;
    NTSTATUS status;
    WCHAR key_text[4096];
    WCHAR name_text[2048];
} registry_call;

static const struct
{
    const char *name;
    const char *path;
} roots[] = {{"HKEY_LOCAL_MACHINE", "\\Registry\\Machine"},
             {"HKLM", "\\Registry\\Machine"},
             {"HKEY_USERS", "\\Registry\\User"},
             {"HKU", "\\Registry\\User"},
             {"HKEY_CURRENT_USER", "\\Registry\\User\\.Default"},
             {"HKCU", "\\Registry\\User\\.Default"},
             {"HKEY_CLASSES_ROOT", "\\Registry\\Machine\\Software\\Classes"},
             {"HKCR", "\\Registry\\Machine\\Software\\Classes"},
             {"HKEY_CURRENT_CONFIG",
              "\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\0001"},
             {"HKCC", "\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\0001"}};

/* "HKLM\System" and "\Registry\Machine\System" to UTF-16; false when it is neither. */
static bool
native_path(const char *key, registry_call *call)
{
    char path[3000];
    size_t length = strcspn(key, "\\");
    int characters = -1;

    if (key[0] == '\\')
        characters = wdm_to_utf16(key, call->key_text, RTL_NUMBER_OF(call->key_text));
    for (size_t i = 0; key[0] != '\\' && i < RTL_NUMBER_OF(roots); i++)
    {
        if (strlen(roots[i].name) == length && strncasecmp(roots[i].name, key, length) == 0 &&
            strlen(roots[i].path) + strlen(key + length) < sizeof(path))
        {
            size_t root = strlen(roots[i].path);
            memcpy(path, roots[i].path, root);
            memcpy(path + root, key + length, strlen(key + length) + 1);
            characters = wdm_to_utf16(path, call->key_text, RTL_NUMBER_OF(call->key_text));
        }
    }
    if (characters < 0)
        return false;
    call->key.Buffer = call->key_text;
    call->key.Length = call->key.MaximumLength = (USHORT)(characters * (int)sizeof(WCHAR));
    return true;
}

static BOOLEAN
list_entry(const CM_ENTRY *entry, PVOID context)
{
    registry_call *call = context;
    char name[1024];

    call->entry(call->context, entry->IsKey, wdm_to_utf8(entry->Name, name, sizeof(name)),
                entry->Type, entry->Data, entry->Size);
    return TRUE;
}

static void
registry_routine(void *context)
{
    registry_call *call = context;
    PCUNICODE_STRING name = call->has_name ? &call->name : NULL;

    KiCurrentThread()->PreviousMode = KernelMode;
    if (call->entry != NULL)
        call->status = CmForEachEntry(&call->key, list_entry, call);
    else if (call->deletes)
        call->status = CmDelete(&call->key, name);
    else
        call->status = CmSetValue(&call->key, name, call->type, call->data, call->size);
    KiCurrentThread()->PreviousMode = UserMode;
}

static wdm_status
run_call(wdm_machine *machine, registry_call *call, const char *key, const char *name)
{
    wdm_status status;
    int characters;

    if (machine->dead)
        return WDM_BUGCHECK;
    machine->message[0] = 0;
    if (key == NULL || !native_path(key, call))
        return wdm_fail(machine, WDM_BAD_INPUT,
                        "'%s' is no registry key: HKLM\\... or \\Registry\\...",
                        key != NULL ? key : "");
    if (name != NULL)
    {
        characters = wdm_to_utf16(name, call->name_text, RTL_NUMBER_OF(call->name_text));
        if (characters < 0)
            return wdm_fail(machine, WDM_BAD_INPUT, "'%s' is no name of a registry value", name);
        call->has_name = true;
        call->name.Buffer = call->name_text;
        call->name.Length = call->name.MaximumLength = (USHORT)(characters * (int)sizeof(WCHAR));
    }
    status = wdm_call(machine, registry_routine, call);
    return status == WDM_OK ? wdm_from_ntstatus(machine, call->status, key) : status;
}

wdm_status
wdm_registry_set(wdm_machine *machine,
                 const char *key,
                 const char *name,
                 uint32_t type,
                 const void *data,
                 size_t size)
{
    registry_call *call = calloc(1, sizeof(*call));
    wdm_status status;

    if (call == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "no memory");
    call->type = type;
    call->data = data;
    call->size = (ULONG)size;
    status = size > 0x7fffffff ? wdm_fail(machine, WDM_BAD_INPUT, "a registry value is too large")
                               : run_call(machine, call, key, name);
    free(call);
    return status;
}

wdm_status
wdm_registry_delete(wdm_machine *machine, const char *key, const char *name)
{
    registry_call *call = calloc(1, sizeof(*call));
    wdm_status status;

    if (call == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "no memory");
    call->deletes = true;
    status = run_call(machine, call, key, name);
    free(call);
    return status;
}

wdm_status
wdm_registry_list(wdm_machine *machine, const char *key, wdm_registry_fn entry, void *context)
{
    registry_call *call = calloc(1, sizeof(*call));
    wdm_status status;

    if (call == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "no memory");
    call->entry = entry;
    call->context = context;
    status = entry == NULL ? wdm_fail(machine, WDM_BAD_INPUT, "no function for the entries")
                           : run_call(machine, call, key, NULL);
    free(call);
    return status;
}
