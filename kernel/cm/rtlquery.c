/* SPDX-License-Identifier: MIT */
/*
 * RtlQueryRegistryValues: a table of values, reported to a routine or stored directly.
 * PASSIVE_LEVEL. Contract: NF:wdm.RtlQueryRegistryValues.
 */
#include "cmprtl.h"

/* That of the run-time library's strings, so that RtlFreeUnicodeString frees what is allocated
 * here. */
#define CMP_QUERY_TAG MM_TAG('S', 't', 'r', ' ')

/* One value on its way to the driver. */
typedef struct _CMP_REPORT
{
    PRTL_QUERY_REGISTRY_TABLE Entry;
    PWSTR Name;
    ULONG Type;
    PVOID Data;
    ULONG Length;
    PVOID Context;
    PVOID Environment;
} CMP_REPORT, *PCMP_REPORT;

NTSTATUS
CmpReadValue(HANDLE Key, PUNICODE_STRING Name, PKEY_VALUE_PARTIAL_INFORMATION *Value)
{
    ULONG length = 256, required;
    for (;;)
    {
        PKEY_VALUE_PARTIAL_INFORMATION value =
            MmAllocatePool(PagedPool, length + sizeof(WCHAR), CMP_TAG);
        if (value == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        const NTSTATUS status =
            ZwQueryValueKey(Key, Name, KeyValuePartialInformation, value, length, &required);
        if (NT_SUCCESS(status))
        {
            *Value = value;
            return status;
        }
        MmFreePool(value, CMP_TAG);
        if (status != STATUS_BUFFER_OVERFLOW && status != STATUS_BUFFER_TOO_SMALL)
        {
            return status;
        }
        length = required;
    }
}

static BOOLEAN
CmpIsString(ULONG Type)
{
    return Type == REG_SZ || Type == REG_EXPAND_SZ || Type == REG_MULTI_SZ;
}

/* ---- storing ------------------------------------------------------------------------------ */

static NTSTATUS
CmpStoreString(PUNICODE_STRING String, const CMP_REPORT *Report)
{
    const WCHAR *text = Report->Data;
    ULONG length = Report->Length & ~1u;
    if (length >= sizeof(WCHAR) && text[length / sizeof(WCHAR) - 1] == 0)
    {
        length -= (ULONG)sizeof(WCHAR);
    }
    const ULONG size = length + (ULONG)sizeof(WCHAR);
    if (size > UNICODE_STRING_MAX_BYTES)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (String->Buffer == NULL)
    {
        String->Buffer = MmAllocateDriverPool(PagedPool, size, CMP_QUERY_TAG);
        if (String->Buffer == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        String->MaximumLength = (USHORT)size;
    }
    else if (String->MaximumLength < size)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memcpy(String->Buffer, text, length);
    String->Buffer[length / sizeof(WCHAR)] = 0;
    String->Length = (USHORT)length;
    return STATUS_SUCCESS;
}

/* The table of the page: how data is returned for RTL_QUERY_REGISTRY_DIRECT. */
static NTSTATUS
CmpStore(const CMP_REPORT *Report)
{
    PVOID target = Report->Entry->EntryContext;
    if (CmpIsString(Report->Type))
    {
        return CmpStoreString(target, Report);
    }
    if (Report->Length <= sizeof(ULONG))
    {
        __builtin_memcpy(target, Report->Data, Report->Length);
        return STATUS_SUCCESS;
    }
    const LONG size = *(PLONG)target;
    if (size < 0)
    {
        if ((ULONG) - (LONG64)size < Report->Length)
        {
            return STATUS_BUFFER_TOO_SMALL;
        }
        __builtin_memcpy(target, Report->Data, Report->Length);
        return STATUS_SUCCESS;
    }
    if ((ULONG)size < Report->Length + 2 * sizeof(ULONG))
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    ((PULONG)target)[0] = Report->Length;
    ((PULONG)target)[1] = Report->Type;
    __builtin_memcpy((PULONG)target + 2, Report->Data, Report->Length);
    return STATUS_SUCCESS;
}

/* ---- reporting ---------------------------------------------------------------------------- */

static NTSTATUS
CmpDeliver(const CMP_REPORT *Report)
{
    if (Report->Entry->Flags & RTL_QUERY_REGISTRY_DIRECT)
    {
        return CmpStore(Report);
    }
    const NTSTATUS status =
        Report->Entry->QueryRoutine(Report->Name, Report->Type, Report->Data, Report->Length,
                                    Report->Context, Report->Entry->EntryContext);
    return status == STATUS_BUFFER_TOO_SMALL ? STATUS_SUCCESS : status;
}

/* Each string of a REG_MULTI_SZ on its own. */
static NTSTATUS
CmpDeliverStrings(const CMP_REPORT *Report)
{
    CMP_REPORT one = *Report;
    const WCHAR *text = Report->Data;
    const ULONG count = Report->Length / sizeof(WCHAR);
    NTSTATUS status = STATUS_SUCCESS;
    one.Type = REG_SZ;
    for (ULONG start = 0; start < count && text[start] != 0 && NT_SUCCESS(status);)
    {
        ULONG end = start;
        while (end < count && text[end] != 0)
        {
            end++;
        }
        one.Data = (PVOID)(text + start);
        one.Length = (end - start + (end < count)) * (ULONG)sizeof(WCHAR);
        status = CmpDeliver(&one);
        start = end + 1;
    }
    return status;
}

/* The value of a variable in an environment block, or of the system's own; length 0: unknown. */
static PCWSTR
CmpVariable(PCWSTR Environment, const WCHAR *Name, ULONG Length, PULONG ValueLength)
{
    static const WCHAR system[] = L"SystemRoot=C:\\Windows\0SystemDrive=C:\0windir=C:\\Windows\0";
    PCWSTR entry = Environment != NULL ? Environment : system;
    *ValueLength = 0;
    while (*entry != 0)
    {
        UNICODE_STRING variable = {.Buffer = (PWSTR)entry};
        UNICODE_STRING name = {(USHORT)(Length * sizeof(WCHAR)), (USHORT)(Length * sizeof(WCHAR)),
                               (PWSTR)Name};
        ULONG size = 0, equals;
        while (entry[size] != 0)
        {
            size++;
        }
        for (equals = 0; equals < size && entry[equals] != '='; equals++)
        {
        }
        variable.Length = variable.MaximumLength = (USHORT)(equals * sizeof(WCHAR));
        if (equals < size && CmpCompare(&variable, &name) == 0)
        {
            *ValueLength = size - equals - 1;
            return entry + equals + 1;
        }
        entry += size + 1;
    }
    return NULL;
}

/* Writes Text with its %variables% replaced to Target (NULL: only counts). Unknown ones stay. */
static ULONG
CmpExpand(PCWSTR Environment, const WCHAR *Text, ULONG Count, PWSTR Target)
{
    ULONG written = 0;
    for (ULONG index = 0; index < Count; index++)
    {
        const WCHAR *source = &Text[index];
        ULONG length = 1, end = index + 1;
        if (Text[index] == '%')
        {
            while (end < Count && Text[end] != '%')
            {
                end++;
            }
            ULONG found = 0;
            PCWSTR value = end < Count && end > index + 1
                               ? CmpVariable(Environment, &Text[index + 1], end - index - 1, &found)
                               : NULL;
            if (value != NULL)
            {
                source = value;
                length = found;
                index = end;
            }
        }
        if (Target != NULL)
        {
            __builtin_memcpy(&Target[written], source, length * sizeof(WCHAR));
        }
        written += length;
    }
    return written;
}

static NTSTATUS
CmpDeliverExpanded(const CMP_REPORT *Report)
{
    CMP_REPORT expanded = *Report;
    const ULONG count = Report->Length / (ULONG)sizeof(WCHAR);
    const ULONG length =
        CmpExpand(Report->Environment, Report->Data, count, NULL) * (ULONG)sizeof(WCHAR);
    PWSTR text = MmAllocatePool(PagedPool, length + sizeof(WCHAR), CMP_TAG);
    if (text == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    (void)CmpExpand(Report->Environment, Report->Data, count, text);
    expanded.Type = REG_SZ;
    expanded.Data = text;
    expanded.Length = length;
    const NTSTATUS status = CmpDeliver(&expanded);
    MmFreePool(text, CMP_TAG);
    return status;
}

static NTSTATUS
CmpReport(const CMP_REPORT *Report)
{
    if (!(Report->Entry->Flags & RTL_QUERY_REGISTRY_NOEXPAND))
    {
        if (Report->Type == REG_MULTI_SZ)
        {
            return CmpDeliverStrings(Report);
        }
        if (Report->Type == REG_EXPAND_SZ)
        {
            return CmpDeliverExpanded(Report);
        }
    }
    return CmpDeliver(Report);
}

/* ---- entries of the table ----------------------------------------------------------------- */

/* Where the table's focus is. */
typedef struct _CMP_QUERY
{
    HANDLE Top;
    HANDLE Current; /* Top, an opened subkey, or NULL: a subkey that does not exist */
    PVOID Context;
    PVOID Environment;
} CMP_QUERY, *PCMP_QUERY;

/* Only system hives are trusted; elsewhere anybody may have stored any type. */
static void
CmpCheckTrust(HANDLE Handle, PRTL_QUERY_REGISTRY_TABLE Entry)
{
    static UNICODE_STRING machine = RTL_CONSTANT_STRING(L"MACHINE");
    PCMP_KEY key;
    if ((Entry->Flags & RTL_QUERY_REGISTRY_TYPECHECK) ||
        !NT_SUCCESS(CmpReferenceKey(Handle, 0, &key)))
    {
        return;
    }
    PCMP_NODE node = key->Node;
    while (node->Parent != NULL && node->Parent != CmpRoot)
    {
        node = node->Parent;
    }
    const BOOLEAN trusted = CmpCompare(&node->Name, &machine) == 0;
    ObDereference(key);
    if (!trusted)
    {
        KiBugCheckWithRule(KERNEL_SECURITY_CHECK_FAILURE, 9, 0, 0, (ULONG64)Entry,
                           "RTL_QUERY_REGISTRY_DIRECT on a hive that is not the system's needs "
                           "RTL_QUERY_REGISTRY_TYPECHECK",
                           "NF:wdm.RtlQueryRegistryValues", NULL, NULL);
    }
}

static NTSTATUS
CmpReportDefault(PCMP_QUERY Query, PRTL_QUERY_REGISTRY_TABLE Entry)
{
    CMP_REPORT report = {.Entry = Entry,
                         .Name = Entry->Name,
                         .Type = Entry->DefaultType & 0xff,
                         .Data = Entry->DefaultData,
                         .Length = Entry->DefaultLength,
                         .Context = Query->Context,
                         .Environment = Query->Environment};
    if (Entry->Flags & RTL_QUERY_REGISTRY_REQUIRED)
    {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (report.Type == REG_NONE)
    {
        return STATUS_SUCCESS;
    }
    if (report.Length == 0 && report.Data != NULL && CmpIsString(report.Type))
    {
        const WCHAR *text = report.Data;
        ULONG count = 0;
        if (report.Type == REG_MULTI_SZ)
        {
            while (text[count] != 0 || text[count + 1] != 0)
            {
                count++;
            }
            count++;
        }
        while (text[count] != 0)
        {
            count++;
        }
        report.Length = (count + 1) * (ULONG)sizeof(WCHAR);
    }
    return CmpReport(&report);
}

static NTSTATUS
CmpQueryNamed(PCMP_QUERY Query, PRTL_QUERY_REGISTRY_TABLE Entry)
{
    PKEY_VALUE_PARTIAL_INFORMATION value;
    UNICODE_STRING name;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    RtlInitUnicodeString(&name, Entry->Name);
    if (Query->Current != NULL)
    {
        status = CmpReadValue(Query->Current, &name, &value);
    }
    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
    {
        return CmpReportDefault(Query, Entry);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const CMP_REPORT report = {.Entry = Entry,
                               .Name = Entry->Name,
                               .Type = value->Type,
                               .Data = value->Data,
                               .Length = value->DataLength,
                               .Context = Query->Context,
                               .Environment = Query->Environment};
    const ULONG direct = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
    if ((Entry->Flags & direct) == direct &&
        Entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT != value->Type)
    {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    else
    {
        status = CmpReport(&report);
    }
    if (NT_SUCCESS(status) && (Entry->Flags & RTL_QUERY_REGISTRY_DELETE))
    {
        (void)ZwDeleteValueKey(Query->Current, &name);
    }
    MmFreePool(value, CMP_TAG);
    return status;
}

/* A value by its place, with a terminated name. STATUS_NO_MORE_ENTRIES at the end. */
static NTSTATUS
CmpEnumerateOne(PCMP_QUERY Query, PRTL_QUERY_REGISTRY_TABLE Entry, ULONG Index)
{
    ULONG length = 512, required;
    PKEY_VALUE_FULL_INFORMATION value;
    UNICODE_STRING name = {0};
    NTSTATUS status;
    for (;;)
    {
        value = MmAllocatePool(PagedPool, length, CMP_TAG);
        if (value == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        status = ZwEnumerateValueKey(Query->Current, Index, KeyValueFullInformation, value, length,
                                     &required);
        if (status != STATUS_BUFFER_OVERFLOW && status != STATUS_BUFFER_TOO_SMALL)
        {
            break;
        }
        MmFreePool(value, CMP_TAG);
        length = required;
    }
    if (NT_SUCCESS(status))
    {
        name.Buffer = MmAllocatePool(PagedPool, value->NameLength + sizeof(WCHAR), CMP_TAG);
        status = name.Buffer == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status))
    {
        __builtin_memcpy(name.Buffer, value->Name, value->NameLength);
        name.Length = name.MaximumLength = (USHORT)value->NameLength;
        const CMP_REPORT report = {
            .Entry = Entry,
            .Name = name.Buffer,
            .Type = value->Type,
            .Data = value->DataLength == 0 ? NULL : (PUCHAR)value + value->DataOffset,
            .Length = value->DataLength,
            .Context = Query->Context,
            .Environment = Query->Environment};
        status = CmpReport(&report);
        if (NT_SUCCESS(status) && (Entry->Flags & RTL_QUERY_REGISTRY_DELETE))
        {
            (void)ZwDeleteValueKey(Query->Current, &name);
        }
        CmpFreeString(&name);
    }
    MmFreePool(value, CMP_TAG);
    return status;
}

static NTSTATUS
CmpQueryAll(PCMP_QUERY Query, PRTL_QUERY_REGISTRY_TABLE Entry)
{
    NTSTATUS status = Query->Current == NULL ? STATUS_NO_MORE_ENTRIES : STATUS_SUCCESS;
    ULONG found = 0;
    while (NT_SUCCESS(status))
    {
        const ULONG index = (Entry->Flags & RTL_QUERY_REGISTRY_DELETE) ? 0 : found;
        status = CmpEnumerateOne(Query, Entry, index);
        found += NT_SUCCESS(status) ? 1 : 0;
    }
    if (status != STATUS_NO_MORE_ENTRIES)
    {
        return status;
    }
    return found == 0 && (Entry->Flags & RTL_QUERY_REGISTRY_REQUIRED) ? STATUS_OBJECT_NAME_NOT_FOUND
                                                                      : STATUS_SUCCESS;
}

static void
CmpFocusTop(PCMP_QUERY Query)
{
    if (Query->Current != NULL && Query->Current != Query->Top)
    {
        (void)ZwClose(Query->Current);
    }
    Query->Current = Query->Top;
}

/* RTL_QUERY_REGISTRY_SUBKEY: what follows is about this key. With a routine, all its values. */
static NTSTATUS
CmpFocusSubkey(PCMP_QUERY Query, PRTL_QUERY_REGISTRY_TABLE Entry)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE handle;
    RtlInitUnicodeString(&name, Entry->Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               Query->Top, NULL);
    const ACCESS_MASK access =
        KEY_READ | ((Entry->Flags & RTL_QUERY_REGISTRY_DELETE) ? KEY_SET_VALUE : 0);
    const NTSTATUS status = ZwOpenKey(&handle, access, &attributes);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND && !(Entry->Flags & RTL_QUERY_REGISTRY_REQUIRED))
    {
        Query->Current = NULL;
        return STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status))
    {
        Query->Current = handle;
    }
    return status;
}

static NTSTATUS
CmpQueryEntry(PCMP_QUERY Query, PRTL_QUERY_REGISTRY_TABLE Entry)
{
    const ULONG flags = Entry->Flags;
    if ((flags & RTL_QUERY_REGISTRY_DIRECT) &&
        (Entry->Name == NULL || Entry->QueryRoutine != NULL || (flags & RTL_QUERY_REGISTRY_SUBKEY)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (flags & (RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_SUBKEY))
    {
        CmpFocusTop(Query);
    }
    if (flags & RTL_QUERY_REGISTRY_SUBKEY)
    {
        if (Entry->Name == NULL)
        {
            return STATUS_INVALID_PARAMETER;
        }
        const NTSTATUS status = CmpFocusSubkey(Query, Entry);
        if (!NT_SUCCESS(status) || Entry->QueryRoutine == NULL)
        {
            return status;
        }
    }
    if (flags & RTL_QUERY_REGISTRY_NOVALUE)
    {
        const CMP_REPORT report = {.Entry = Entry, .Context = Query->Context, .Type = REG_NONE};
        return Entry->QueryRoutine == NULL ? STATUS_SUCCESS : CmpDeliver(&report);
    }
    if ((flags & RTL_QUERY_REGISTRY_DIRECT) && Query->Current != NULL)
    {
        CmpCheckTrust(Query->Current, Entry);
    }
    if (Entry->QueryRoutine == NULL && !(flags & RTL_QUERY_REGISTRY_DIRECT))
    {
        return STATUS_SUCCESS; /* TOPKEY alone */
    }
    return Entry->Name == NULL || (flags & RTL_QUERY_REGISTRY_SUBKEY) ? CmpQueryAll(Query, Entry)
                                                                      : CmpQueryNamed(Query, Entry);
}

DDI NTSTATUS
RtlQueryRegistryValues(ULONG RelativeTo,
                       PCWSTR Path,
                       PRTL_QUERY_REGISTRY_TABLE QueryTable,
                       PVOID Context,
                       PVOID Environment)
{
    CMP_QUERY query = {.Context = Context, .Environment = Environment};
    ACCESS_MASK access = KEY_READ;
    for (PRTL_QUERY_REGISTRY_TABLE entry = QueryTable;
         entry->QueryRoutine != NULL || entry->Name != NULL; entry++)
    {
        access |= (entry->Flags & RTL_QUERY_REGISTRY_DELETE) ? KEY_SET_VALUE : 0;
    }
    NTSTATUS status = CmpOpenRelative(RelativeTo, Path, FALSE, access, &query.Top);
    if (!NT_SUCCESS(status))
    {
        return status == STATUS_OBJECT_NAME_NOT_FOUND && (RelativeTo & RTL_REGISTRY_OPTIONAL)
                   ? STATUS_SUCCESS
                   : status;
    }
    query.Current = query.Top;
    for (PRTL_QUERY_REGISTRY_TABLE entry = QueryTable;
         NT_SUCCESS(status) &&
         (entry->QueryRoutine != NULL || entry->Name != NULL ||
          (entry->Flags & (RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_SUBKEY)));
         entry++)
    {
        status = CmpQueryEntry(&query, entry);
    }
    CmpFocusTop(&query);
    CmpCloseRelative(RelativeTo, query.Top);
    return status;
}
