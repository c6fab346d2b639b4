/* SPDX-License-Identifier: MIT */
/* Knowledge that needs no machine: status names, the DDI table, driver files. */
#include "runtime/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddi_table.h"
#include "ke/gate.h"
#include "ldr/ldr.h"
#include "runtime/status_names.h"

const char *
wdm_ntstatus_name(uint32_t ntstatus)
{
    size_t low = 0, high = wdm_status_name_count;

    while (low < high)
    {
        size_t middle = low + (high - low) / 2;
        if (wdm_status_names[middle].value == ntstatus)
            return wdm_status_names[middle].name;
        if (wdm_status_names[middle].value < ntstatus)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool
wdm_ntstatus_value(const char *name, uint32_t *ntstatus)
{
    for (size_t i = 0; name != NULL && i < wdm_status_name_count; i++)
    {
        if (strcmp(wdm_status_names[i].name, name) != 0)
            continue;
        *ntstatus = wdm_status_names[i].value;
        return true;
    }
    return false;
}

const wdm_ddi *
wdm_ddi_get(size_t index, wdm_ddi *ddi)
{
    const struct wdm_ddi_row *row;

    if (index >= wdm_ddi_row_count)
        return NULL;
    row = &wdm_ddi_rows[index];
    *ddi = (wdm_ddi){.name = row->name,
                     .module = row->module,
                     .kind = row->kind,
                     .irql = row->irql,
                     .home = row->home,
                     .notes = row->notes};
    return ddi;
}

/* ---- wdm info
 * -------------------------------------------------------------------------------------- */

typedef struct info_import
{
    char module[64];
    char name[128];
    LDR_IMPORT_STATE state;
} info_import;

typedef struct info_list
{
    info_import *items;
    size_t count, capacity;
    wdm_line_fn line;
    void *context;
} info_list;

__attribute__((format(printf, 2, 3))) static void
put(const info_list *list, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof(line))
        length = (int)sizeof(line) - 1;
    list->line(list->context, line, (size_t)length);
}

static void
add_import(void *context, const LDR_PE_IMPORT *import, LDR_IMPORT_STATE state)
{
    info_list *list = context;
    info_import *item;

    if (list->count == list->capacity)
    {
        size_t capacity = list->capacity * 2 + 64;
        info_import *items = realloc(list->items, capacity * sizeof(*items));
        if (items == NULL)
            return;
        list->items = items;
        list->capacity = capacity;
    }
    item = &list->items[list->count++];
    snprintf(item->module, sizeof(item->module), "%s", import->Module);
    if (import->Name != NULL)
        snprintf(item->name, sizeof(item->name), "%s", import->Name);
    else
        snprintf(item->name, sizeof(item->name), "#%u", import->Ordinal);
    item->state = state;
}

static void
put_state(const info_list *list, LDR_IMPORT_STATE state, unsigned count, const char *title)
{
    if (count == 0)
        return;
    put(list, "%s: %u", title, count);
    for (size_t i = 0; i < list->count; i++)
    {
        if (list->items[i].state == state)
            put(list, "    %s!%s", list->items[i].module, list->items[i].name);
    }
}

static void
put_version(const info_list *list, const LDR_PE *pe)
{
    const LDR_PE_VERSION *version = &pe->Version;

    if (version->IsPresent)
    {
        put(list, "version:     %s", version->FileVersion);
        put(list, "product:     %s (%s)", version->ProductName, version->CompanyName);
        put(list, "description: %s", version->FileDescription);
        put(list, "copyright:   %s", version->LegalCopyright);
    }
    if (pe->Signature.IsPresent)
        put(list, "signer:      %s (not verified)",
            pe->Signature.Signer[0] != 0 ? pe->Signature.Signer : "unreadable");
    else
        put(list, "signer:      none");
    if (pe->Debug.HasPdb)
        put(list, "debug:       %s", pe->Debug.PdbPath);
}

static void
put_instructions(const info_list *list, const LDR_INSTRUCTION_COUNTS *counts)
{
    const struct
    {
        const char *name;
        ULONG count;
    } rows[] = {{"port i/o", counts->PortIo},
                {"msr", counts->Msr},
                {"mov from cr8", counts->Cr8Read},
                {"mov to cr8", counts->Cr8Write},
                {"other control registers", counts->ControlRegister},
                {"debug registers", counts->DebugRegister},
                {"cli/sti", counts->InterruptFlag},
                {"hlt", counts->Halt},
                {"cache and tlb", counts->Cache},
                {"descriptor tables", counts->DescriptorTable},
                {"int n", counts->SoftwareInterrupt},
                {"virtualization", counts->Virtualization},
                {"other privileged", counts->OtherPrivileged},
                {"shared user data", counts->SharedData}};

    put(list, "instructions: %u decoded", counts->Instructions);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
        if (rows[i].count > 0)
            put(list, "    %-24s %u", rows[i].name, rows[i].count);
    }
}

static void
put_info(const info_list *list, const char *path, const LDR_INFO *info)
{
    const LDR_PE *pe = &info->Pe;

    put(list, "%s: x64 driver, subsystem native, linker %u.%02u", path, pe->LinkerVersion[0],
        pe->LinkerVersion[1]);
    put_version(list, pe);
    put(list, "checksum:    0x%08X%s", pe->CheckSum,
        pe->CheckSum == pe->ComputedCheckSum ? "" : " (wrong)");
    put(list, "image:       base 0x%llX, size 0x%X, entry 0x%X", (unsigned long long)pe->ImageBase,
        pe->SizeOfImage, pe->EntryPoint);
    put(list, "sections:");
    for (uint32_t i = 0; i < pe->SectionCount; i++)
    {
        const LDR_PE_SECTION *section = &pe->Sections[i];
        put(list, "    %-8s rva 0x%06X size 0x%06X %c%c%c%s", section->Name, section->Address,
            section->Size, section->Characteristics & LDR_PE_SCN_READ ? 'r' : '-',
            section->Characteristics & LDR_PE_SCN_WRITE ? 'w' : '-',
            section->Characteristics & LDR_PE_SCN_EXECUTE ? 'x' : '-',
            section->Characteristics & LDR_PE_SCN_DISCARDABLE ? " discardable" : "");
    }
    for (uint32_t note = 0; note < 32; note++)
    {
        if (pe->Notes & (1u << note))
            put(list, "note:        %s", LdrPeNoteText((LDR_PE_NOTE)note));
    }
    put_instructions(list, &info->Instructions);
    put_state(list, LdrImportMissing, info->Missing, "imports unknown (the driver will not load)");
    put_state(list, LdrImportStub, info->Stubs,
              "imports not implemented (calling one stops the machine)");
    put_state(list, LdrImportOther, info->Others, "imports of other drivers");
    put_state(list, LdrImportImplemented, info->Implemented, "imports implemented");
}

wdm_status
wdm_info(const char *path, wdm_line_fn line, void *context, char *error, size_t error_size)
{
    info_list list = {.line = line, .context = context};
    LDR_INFO *info;
    wdm_status status = WDM_OK;
    void *data;
    size_t size;
    int number = host_file_read(path, &data, &size);

    if (number != 0)
    {
        if (error != NULL)
            snprintf(error, error_size, "%s: %s", path, strerror(number));
        return WDM_BAD_INPUT;
    }
    info = calloc(1, sizeof(*info));
    if (info == NULL)
    {
        host_file_free(data, size);
        return WDM_NO_MEMORY;
    }
    if (LdrQueryInfo(data, size, info, add_import, &list) == LdrPeOk)
    {
        put_info(&list, path, info);
    }
    else
    {
        status = WDM_BAD_INPUT;
        if (error != NULL)
            snprintf(error, error_size, "%s: %s", path, info->Pe.ErrorText);
    }
    free(list.items);
    free(info);
    host_file_free(data, size);
    return status;
}
