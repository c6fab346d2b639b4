/* SPDX-License-Identifier: MIT */
/* A report as text: the bug check as Windows prints it, then what is known besides. */
#include "runtime/reportp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text
{
    char *data;
    size_t length;
    size_t capacity;
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
put(struct text *text, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if ((size_t)length >= sizeof(line))
        length = sizeof(line) - 1;
    if (text->length + (size_t)length + 1 > text->capacity)
    {
        size_t capacity = text->capacity * 2 + (size_t)length + 4096;
        char *data = realloc(text->data, capacity);
        if (data == NULL)
            return;
        text->data = data;
        text->capacity = capacity;
    }
    memcpy(text->data + text->length, line, (size_t)length + 1);
    text->length += (size_t)length;
}

static void
put_field(struct text *text, const char *name, const char *value)
{
    if (value != NULL && value[0] != 0)
        put(text, "    %-10s %s\n", name, value);
}

static void
put_parameters(struct text *text, const VF_REPORT *report, const struct wdm_bugcheck *info)
{
    for (int i = 0; i < 4; i++)
    {
        const char *meaning =
            report->Meanings[i] != NULL ? report->Meanings[i] : info->parameters[i];
        if (meaning[0] != 0)
            put(text, "    P%d         0x%016llx  %s\n", i + 1,
                (unsigned long long)report->Parameters[i], meaning);
    }
}

static void
put_head(struct text *text, const VF_REPORT *report, const struct wdm_bugcheck *info)
{
    unsigned long long p[4];

    for (int i = 0; i < 4; i++)
        p[i] = (unsigned long long)report->Parameters[i];
    if (report->MissingApi)
    {
        put(text,
            "*** STOP: an API that OpenWDM does not implement (Windows has no code for it)\n");
        return;
    }
    if (report->Kind == VfReportBugCheck)
    {
        put(text, "*** STOP: 0x%08X (0x%016llX,0x%016llX,0x%016llX,0x%016llX)\n",
            (unsigned)report->Code, p[0], p[1], p[2], p[3]);
        put(text, "    %s\n", info->name[0] != 0 ? info->name : "(no bug check of Windows)");
        return;
    }
    if (report->Kind == VfReportLeak)
        put(text, "*** LEAK: %s was unloaded and left %u thing%s behind\n", report->Driver,
            (unsigned)report->LeakCount, report->LeakCount == 1 ? "" : "s");
    else
        put(text, "*** VIOLATION: %s\n", report->Rule != NULL ? report->Rule : "a rule is broken");
    if (report->Code != 0)
        put(text, "    Driver Verifier: 0x%08X (0x%llX,0x%llX,0x%llX,0x%llX) %s\n",
            (unsigned)report->Code, p[0], p[1], p[2], p[3], info->name);
}

static void
put_place(struct text *text, const VF_REPORT *report)
{
    char line[128];
    const char *name = wdm_irql_name(report->Irql);
    long long time = (long long)report->Time100ns;

    put_field(text, "driver:", report->Driver);
    put_field(text, "in:", report->Export);
    snprintf(line, sizeof(line), "%u%s%s%s", report->Irql, name[0] != 0 ? " (" : "", name,
             name[0] != 0 ? ")" : "");
    put_field(text, "IRQL:", line);
    snprintf(line, sizeof(line), "%u on processor %u, %lld.%07lld s after boot",
             (unsigned)report->ThreadNumber, (unsigned)report->Processor, time / 10000000,
             time % 10000000);
    put_field(text, "thread:", line);
    put_field(text, "IRP:", report->Irp);
    put_field(text, "device:", report->Device);
}

static void
put_exception(struct text *text, const VF_REPORT *report)
{
    char line[192];
    const char *name;

    if (!report->ExceptionValid)
        return;
    name = wdm_ntstatus_name((uint32_t)report->Exception.ExceptionCode);
    snprintf(line, sizeof(line), "0x%08X %s at 0x%016llx",
             (unsigned)report->Exception.ExceptionCode, name != NULL ? name : "",
             (unsigned long long)report->Exception.ExceptionAddress);
    put_field(text, "exception:", line);
}

static void
put_stack(struct text *text, const struct wdm_frame *frames, size_t count, const char *indent)
{
    char line[512];

    for (size_t i = 0; i < count; i++)
        put(text, "%s#%zu %s\n", indent, i, wdm_frame_text(&frames[i], line, sizeof(line)));
}

static void
put_leaks(struct text *text, const VF_REPORT *report, struct wdm_frame *const *leaks)
{
    size_t kept = report->LeakCount < VF_LEAKS ? report->LeakCount : VF_LEAKS;
    size_t counted = 0;

    for (size_t i = 0; i < kept && counted < report->LeakCount; i++)
    {
        const VF_LEAK *leak = &report->Leaks[i];
        counted += leak->Count;
        put(text, "    %s", leak->What);
        if (leak->Count > 1)
            put(text, " (%u times)", (unsigned)leak->Count);
        put(text, "%s%s\n", leak->Detail[0] != 0 ? ": " : "", leak->Detail);
        put_stack(text, leaks[i], leak->FrameCount, "        ");
    }
    if (counted < report->LeakCount)
        put(text, "    ... and %zu more\n", (size_t)report->LeakCount - counted);
}

static void
put_callbacks(struct text *text, const VF_REPORT *report)
{
    for (size_t i = 0; i < report->CallbackCount; i++)
    {
        const VF_CALLBACK *callback = &report->Callbacks[i];
        put(text, "    callback:  %s, %s, %s, %llu bytes%s%s\n", callback->Component,
            callback->Kind, callback->State, (unsigned long long)callback->Length,
            callback->Guid[0] != 0 ? ", " : "", callback->Guid);
        for (size_t k = 0; k < callback->ByteCount; k++)
            put(text, "%s%02x%s", k % 16 == 0 ? "        " : "", callback->Bytes[k],
                k % 16 == 15 || k + 1 == callback->ByteCount ? "\n" : " ");
    }
}

char *
wdm_report_text(const VF_REPORT *report,
                const struct wdm_frame *frames,
                struct wdm_frame *const *leaks)
{
    struct text text = {NULL, 0, 0};
    struct wdm_bugcheck info;
    char buffer[128], read[160];
    const char *page = wdm_report_page(report, buffer, sizeof(buffer));

    wdm_bugcheck_lookup(report->Code, report->Parameters[0], &info);
    put_head(&text, report, &info);
    if (!report->MissingApi && report->Code != 0 && report->Kind != VfReportLeak)
        put_parameters(&text, report, &info);
    if (report->Kind != VfReportViolation)
        put_field(&text, "rule:", report->Rule);
    put_field(&text, "address:", report->Subject);
    put_place(&text, report);
    put_exception(&text, report);
    if (report->Kind == VfReportLeak)
        put_leaks(&text, report, leaks);
    else if (report->FrameCount != 0)
    {
        put(&text, "    stack of the driver:\n");
        put_stack(&text, frames, report->FrameCount, "      ");
    }
    put_callbacks(&text, report);
    put_field(&text, "page:", page);
    if (info.page[0] != 0 && !report->MissingApi)
    {
        snprintf(read, sizeof(read), "debugger/%s", info.page);
        if (strncmp(page, read, strlen(read) - 3) != 0)
            put_field(&text, "read also:", read);
    }
    return text.data;
}
