/* SPDX-License-Identifier: MIT */
/* A report as JSON, as docs/report.schema.json describes it. Keys always come in the same order; a
 * field that is not known is absent. */
#include "runtime/reportp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
set_hex(json_t *object, const char *key, uint64_t value, int digits)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%0*llX", digits, (unsigned long long)value);
    json_object_set_new(object, key, json_string(text));
}

/* A register may hold an address of the kernel itself, which differs from run to run. */
static void
set_register(json_t *object, const char *key, uint64_t value)
{
    /* The sanitizer has its own copies of addresses between 4 GiB and 16 TiB. */
    bool fixed = value < 0x100000000u || value >= 0x800000000000u ||
                 (value >= HOST_REGION_IMAGE && value < HOST_REGION_RAM + 2 * (1ull << 40));

    if (fixed)
        set_hex(object, key, value, 16);
    else
        json_object_set_new(object, key, json_string("kernel"));
}

/* Names of drivers and devices come from files: what is no UTF-8 becomes '?'. */
static void
set_text(json_t *object, const char *key, const char *value)
{
    json_t *string;

    if (value == NULL || value[0] == 0)
        return;
    string = json_string(value);
    if (string == NULL)
    {
        char clean[512];
        size_t length = 0;
        for (; value[length] != 0 && length < sizeof(clean) - 1; length++)
            clean[length] = (signed char)value[length] < 0 ? '?' : value[length];
        clean[length] = 0;
        string = json_string(clean);
    }
    json_object_set_new(object, key, string);
}

static json_t *
frame_json(const struct wdm_frame *frame)
{
    json_t *object = json_object();
    char text[512];

    set_hex(object, "address", frame->address, 16);
    set_text(object, "module", frame->code.Name);
    if (frame->code.Name[0] != 0)
        set_hex(object, "rva", frame->code.Rva, 1);
    set_text(object, "function", frame->function);
    if (frame->has_offset)
        json_object_set_new(object, "offset", json_integer(frame->offset));
    set_text(object, "file", frame->file);
    if (frame->file[0] != 0)
        json_object_set_new(object, "line", json_integer(frame->line));
    if (frame->code.Unloaded)
        json_object_set_new(object, "unloaded", json_true());
    set_text(object, "text", wdm_frame_text(frame, text, sizeof(text)));
    return object;
}

static json_t *
stack_json(const struct wdm_frame *frames, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, frame_json(&frames[i]));
    return array;
}

static json_t *
parameters_json(const VF_REPORT *report, const struct wdm_bugcheck *info)
{
    json_t *array = json_array();

    for (int i = 0; i < 4; i++)
    {
        json_t *object = json_object();
        set_hex(object, "value", report->Parameters[i], 1);
        set_text(object, "meaning",
                 report->Meanings[i] != NULL ? report->Meanings[i] : info->parameters[i]);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *
exception_json(const EXCEPTION_RECORD *record)
{
    json_t *object = json_object();
    json_t *information = json_array();

    set_hex(object, "code", (uint32_t)record->ExceptionCode, 8);
    set_text(object, "name", wdm_ntstatus_name((uint32_t)record->ExceptionCode));
    set_hex(object, "address", (uint64_t)record->ExceptionAddress, 16);
    for (ULONG i = 0; i < record->NumberParameters && i < EXCEPTION_MAXIMUM_PARAMETERS; i++)
    {
        char text[24];
        snprintf(text, sizeof(text), "0x%llX", (unsigned long long)record->ExceptionInformation[i]);
        json_array_append_new(information, json_string(text));
    }
    json_object_set_new(object, "information", information);
    return object;
}

static json_t *
registers_json(const CONTEXT *context)
{
    static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    const ULONG64 *values = &context->Rax;
    json_t *object = json_object();

    set_register(object, "rip", context->Rip);
    for (int i = 0; i < 16; i++)
        set_register(object, names[i], values[i]);
    set_hex(object, "eflags", context->EFlags, 8);
    return object;
}

static json_t *
leaks_json(const VF_REPORT *report, struct wdm_frame *const *leaks)
{
    json_t *array = json_array();
    size_t kept = report->LeakCount < VF_LEAKS ? report->LeakCount : VF_LEAKS;
    size_t counted = 0;

    for (size_t i = 0; i < kept && counted < report->LeakCount; i++)
    {
        const VF_LEAK *leak = &report->Leaks[i];
        json_t *object = json_object();
        counted += leak->Count;
        set_text(object, "what", leak->What);
        json_object_set_new(object, "count", json_integer(leak->Count));
        set_text(object, "detail", leak->Detail);
        set_hex(object, "address", (uint64_t)leak->Address, 16);
        json_object_set_new(object, "stack", stack_json(leaks[i], leak->FrameCount));
        json_array_append_new(array, object);
    }
    return array;
}

static void
set_code(json_t *root, const VF_REPORT *report, const struct wdm_bugcheck *info)
{
    if (report->MissingApi)
    {
        set_text(root, "name", "OPENWDM_MISSING_API");
        return;
    }
    if (report->Code == 0)
        return;
    set_hex(root, "code", report->Code, 8);
    set_text(root, "name", info->name);
    set_text(root, "what", info->what);
    json_object_set_new(root, "parameters", parameters_json(report, info));
}

static void
set_place(json_t *root, const VF_REPORT *report)
{
    set_text(root, "driver", report->Driver);
    set_text(root, "ddi", report->Export);
    json_object_set_new(root, "irql", json_integer(report->Irql));
    set_text(root, "irqlName", wdm_irql_name(report->Irql));
    json_object_set_new(root, "processor", json_integer(report->Processor));
    json_object_set_new(root, "thread", json_integer(report->ThreadNumber));
    json_object_set_new(root, "time100ns", json_integer(report->Time100ns));
    set_text(root, "irp", report->Irp);
    set_text(root, "device", report->Device);
}

static json_t *
callbacks_json(const VF_REPORT *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->CallbackCount; i++)
    {
        const VF_CALLBACK *callback = &report->Callbacks[i];
        json_t *object = json_object();
        char data[2 * sizeof(callback->Bytes) + 1] = "";

        for (size_t k = 0; k < callback->ByteCount; k++)
            snprintf(data + 2 * k, 3, "%02x", callback->Bytes[k]);
        set_text(object, "component", callback->Component);
        set_text(object, "kind", callback->Kind);
        set_text(object, "state", callback->State);
        set_text(object, "guid", callback->Guid);
        json_object_set_new(object, "length", json_integer((json_int_t)callback->Length));
        set_text(object, "data", data);
        json_array_append_new(array, object);
    }
    return array;
}

char *
wdm_report_json(const VF_REPORT *report,
                const struct wdm_frame *frames,
                struct wdm_frame *const *leaks)
{
    static const char *const kinds[] = {"bugcheck", "violation", "leak"};
    struct wdm_bugcheck info;
    char buffer[128], text[160];
    json_t *root = json_object();
    char *result;

    wdm_bugcheck_lookup(report->Code, report->Parameters[0], &info);
    set_text(root, "kind", kinds[report->Kind]);
    set_code(root, report, &info);
    set_text(root, "rule", report->Rule);
    set_text(root, "subject", report->Subject);
    set_place(root, report);
    if (report->ExceptionValid)
        json_object_set_new(root, "exception", exception_json(&report->Exception));
    if (report->ContextValid)
        json_object_set_new(root, "registers", registers_json(&report->Context));
    json_object_set_new(root, "stack", stack_json(frames, report->FrameCount));
    if (report->Kind == VfReportLeak)
    {
        json_object_set_new(root, "leakCount", json_integer(report->LeakCount));
        json_object_set_new(root, "leaks", leaks_json(report, leaks));
    }
    if (report->CallbackCount != 0)
        json_object_set_new(root, "callbacks", callbacks_json(report));
    set_text(root, "page", wdm_report_page(report, buffer, sizeof(buffer)));
    if (info.page[0] != 0 && !report->MissingApi)
    {
        snprintf(text, sizeof(text), "debugger/%s", info.page);
        set_text(root, "codePage", text);
    }
    result = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    return result;
}
