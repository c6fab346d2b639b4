/* SPDX-License-Identifier: MIT */
/* ddi/bugcheck.def at run time: names, pages and meanings of parameters. */
#include "runtime/reportp.h"

#include <stdio.h>
#include <string.h>

#include "ddi_table.h"

struct bugcheck_row
{
    uint32_t code;
    const char *name, *page;
    const char *p[4];
};

struct case_row
{
    uint32_t code;
    uint64_t p1;
    const char *what;
    const char *p[3];
};

static const struct bugcheck_row bugchecks[] = {
#define BUGCHECK(code, name, page, p1, p2, p3, p4) {code, #name, page, {p1, p2, p3, p4}},
#include "ddi/bugcheck.def"
};

static const struct case_row cases[] = {
#define BUGCHECK_CASE(code, p1, what, p2, p3, p4) {code, p1, what, {p2, p3, p4}},
#include "ddi/bugcheck.def"
};

void
wdm_bugcheck_lookup(uint32_t code, uint64_t p1, struct wdm_bugcheck *info)
{
    memset(info, 0, sizeof(*info));
    info->name = info->page = info->what = "";
    for (int i = 0; i < 4; i++)
        info->parameters[i] = "";
    for (size_t i = 0; i < sizeof(bugchecks) / sizeof(bugchecks[0]); i++)
    {
        if (bugchecks[i].code != code)
            continue;
        info->name = bugchecks[i].name;
        info->page = bugchecks[i].page;
        memcpy(info->parameters, bugchecks[i].p, sizeof(info->parameters));
    }
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        if (cases[i].code != code || cases[i].p1 != p1)
            continue;
        info->what = cases[i].what;
        info->parameters[0] = cases[i].what;
        memcpy(&info->parameters[1], cases[i].p, sizeof(cases[i].p));
    }
}

const char *
wdm_irql_name(unsigned irql)
{
    static const char *const names[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};

    if (irql < sizeof(names) / sizeof(names[0]))
        return names[irql];
    if (irql == 15)
        return "HIGH_LEVEL";
    if (irql == 13)
        return "CLOCK_LEVEL";
    return irql < 12 ? "device IRQL" : "";
}

/* The rules name guide pages in short forms; readers get the path below the documentation's root.
 */
static const char *
page_path(const char *page, char *buffer, size_t size)
{
    const char *folder = "";
    size_t length;

    if (strchr(page, '.') != NULL && strncmp(page, "KERNEL:", 7) != 0)
        return page;
    if (strncmp(page, "KERNEL:", 7) == 0)
    {
        folder = "kernel/";
        page += 7;
    }
    else if (strncmp(page, "bug-check-", 10) == 0)
        folder = "debugger/";
    length = strlen(page);
    snprintf(buffer, size, "%s%s%s", folder, page,
             length > 3 && strcmp(page + length - 3, ".md") == 0 ? "" : ".md");
    return buffer;
}

const char *
wdm_report_page(const VF_REPORT *report, char *buffer, size_t size)
{
    char header[16];
    const char *slash;

    if (report->Page != NULL)
        return page_path(report->Page, buffer, size);
    for (size_t i = 0; report->Export[0] != 0 && i < wdm_ddi_row_count; i++)
    {
        const struct wdm_ddi_row *row = &wdm_ddi_rows[i];
        if (strcmp(row->name, report->Export) != 0 || (slash = strchr(row->page, '/')) == NULL)
            continue;
        snprintf(header, sizeof(header), "%.*s", (int)(slash - row->page), row->page);
        snprintf(buffer, size, "NF:%s.%s", header, row->name);
        return buffer;
    }
    return "";
}
