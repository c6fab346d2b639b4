/* SPDX-License-Identifier: MIT */
/*
 * Handle tables: one per process; the system process's holds the kernel's handles. Freed entries
 * are used again last in, first out, so that the same run gives the same handles. PASSIVE_LEVEL;
 * lookup is for any IRQL (ob.h has it inline).
 */
#include "obp.h"

#define OBP_FIRST_HANDLES 32u
#define OBP_MAX_HANDLES   (1u << 24)

POB_PROCESS ObSystemProcess;
PVOID (*ObPseudoHandle)(HANDLE Handle);

static NTSTATUS
ObpGrowTable(POB_HANDLE_TABLE Table)
{
    const ULONG count = Table->Count == 0 ? OBP_FIRST_HANDLES : Table->Count * 2;
    POB_HANDLE_ENTRY entries =
        count > OBP_MAX_HANDLES
            ? NULL
            : MmAllocatePool(NonPagedPoolNx, count * sizeof(OB_HANDLE_ENTRY), OBP_TABLE_TAG);
    if (entries == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Table->Entries != NULL)
    {
        __builtin_memcpy(entries, Table->Entries, Table->Count * sizeof(OB_HANDLE_ENTRY));
        MmFreePool(Table->Entries, OBP_TABLE_TAG);
    }
    /* Index 0 is not a handle; so 0 also ends the free list. */
    const ULONG first = Table->Count == 0 ? 1 : Table->Count;
    for (ULONG index = first; index < count; index++)
    {
        entries[index].Attributes = index + 1 < count ? index + 1 : Table->FirstFree;
    }
    Table->FirstFree = first;
    Table->Entries = entries;
    Table->Count = count;
    return STATUS_SUCCESS;
}

static NTSTATUS
ObpInsertHandle(POB_PROCESS Process,
                PVOID Object,
                OB_OPEN_REASON Reason,
                ACCESS_MASK GrantedAccess,
                ULONG Attributes,
                PHANDLE Handle)
{
    const POB_PROCESS process = Process;
    const BOOLEAN kernel = process == ObSystemProcess && (Attributes & OBJ_KERNEL_HANDLE) != 0;
    const POB_HANDLE_TABLE table = &process->Handles;
    const POBJECT_HEADER header = ObHeader(Object);
    if ((header->Flags & OB_FLAG_EXCLUSIVE) && header->HandleCount != 0)
    {
        return STATUS_ACCESS_DENIED;
    }
    NTSTATUS status = STATUS_SUCCESS;
    if (table->FirstFree == 0)
    {
        status = ObpGrowTable(table);
    }
    header->HandleCount++;
    if (NT_SUCCESS(status) && header->Type->Info.Open != NULL)
    {
        status = header->Type->Info.Open(Reason, (PEPROCESS)process, Object, GrantedAccess,
                                         (ULONG)header->HandleCount);
    }
    if (!NT_SUCCESS(status))
    {
        header->HandleCount--;
        return status;
    }
    const ULONG index = table->FirstFree;
    POB_HANDLE_ENTRY entry = &table->Entries[index];
    table->FirstFree = entry->Attributes;
    table->Used++;
    header->Type->HandleCount++;
    entry->Object = header;
    entry->GrantedAccess = GrantedAccess;
    entry->Attributes = Attributes & OBJ_INHERIT;
    entry->Creator = KiCallerAddress();
    ObReference(Object);
    *Handle = (HANDLE)(((ULONG64)index << 2) | (kernel ? OB_KERNEL_HANDLE_BITS : 0));
    return STATUS_SUCCESS;
}

NTSTATUS
ObCreateHandleInProcess(POB_PROCESS Source,
                        POB_PROCESS Process,
                        PVOID Object,
                        OB_OPEN_REASON Reason,
                        ACCESS_MASK GrantedAccess,
                        ULONG Attributes,
                        PHANDLE Handle)
{
    const POB_PROCESS process = (Attributes & OBJ_KERNEL_HANDLE) ? ObSystemProcess : Process;
    if (__builtin_expect(ObpObserverCount == 0, 1) ||
        !ObHeader(Object)->Type->Info.ObjectCallbacks || Reason == ObInheritHandle)
    {
        return ObpInsertHandle(process, Object, Reason, GrantedAccess, Attributes, Handle);
    }
    OBP_OBSERVED observed = {.Object = Object,
                             .Source = (PEPROCESS)Source,
                             .Target = (PEPROCESS)process,
                             .Operation = Reason == ObDuplicateHandle
                                              ? OB_OPERATION_HANDLE_DUPLICATE
                                              : OB_OPERATION_HANDLE_CREATE,
                             .Kernel = (Attributes & OBJ_KERNEL_HANDLE) != 0};
    ACCESS_MASK access = GrantedAccess;
    NTSTATUS status = ObpBeforeHandle(&observed, &access);
    if (NT_SUCCESS(status))
    {
        status = ObpInsertHandle(process, Object, Reason, access, Attributes, Handle);
    }
    ObpAfterHandle(&observed, access, status);
    return status;
}

NTSTATUS
ObCreateHandleForObject(PVOID Object,
                        OB_OPEN_REASON Reason,
                        ACCESS_MASK GrantedAccess,
                        ULONG Attributes,
                        PHANDLE Handle)
{
    const POB_PROCESS current = (POB_PROCESS)KiCurrentThread()->ApcProcess;
    return ObCreateHandleInProcess(current, current, Object, Reason, GrantedAccess, Attributes,
                                   Handle);
}

NTSTATUS
ObInheritHandles(POB_PROCESS Parent, POB_PROCESS Child)
{
    NTSTATUS status = STATUS_SUCCESS;
    while (NT_SUCCESS(status) && Child->Handles.Count < Parent->Handles.Count)
    {
        status = ObpGrowTable(&Child->Handles);
    }
    for (ULONG index = 1; NT_SUCCESS(status) && index < Parent->Handles.Count; index++)
    {
        const OB_HANDLE_ENTRY *entry = &Parent->Handles.Entries[index];
        HANDLE handle;
        if (entry->Object == NULL || !(entry->Attributes & OBJ_INHERIT))
        {
            continue;
        }
        /* The child's handle has the parent's value: take that entry off the free list first. */
        ULONG *link = &Child->Handles.FirstFree;
        while (*link != index)
        {
            NT_ASSERT(*link != 0);
            link = &Child->Handles.Entries[*link].Attributes;
        }
        *link = Child->Handles.Entries[index].Attributes;
        Child->Handles.Entries[index].Attributes = Child->Handles.FirstFree;
        Child->Handles.FirstFree = index;
        status = ObpInsertHandle(Child, ObBody(entry->Object), ObInheritHandle,
                                 entry->GrantedAccess, entry->Attributes, &handle);
    }
    return status;
}

/* ---- closing ------------------------------------------------------------------------------ */

ULONG
ObProcessHandleCount(POB_PROCESS Process, PVOID Object)
{
    const POBJECT_HEADER header = ObHeader(Object);
    ULONG count = 0;
    for (ULONG index = 1; index < Process->Handles.Count; index++)
    {
        count += Process->Handles.Entries[index].Object == header;
    }
    return count;
}

static void
ObpCloseEntry(POB_PROCESS Process, ULONG Index)
{
    const POB_HANDLE_TABLE table = &Process->Handles;
    POB_HANDLE_ENTRY entry = &table->Entries[Index];
    const POBJECT_HEADER header = entry->Object;
    const ACCESS_MASK granted = entry->GrantedAccess;
    const OB_CLOSE_METHOD close = header->Type->Info.Close;
    const ULONG systemCount = (ULONG)header->HandleCount;
    const ULONG processCount = close != NULL && header->Type->Info.MaintainHandleCount
                                   ? ObProcessHandleCount(Process, ObBody(header))
                                   : systemCount;
    entry->Object = NULL;
    entry->Attributes = table->FirstFree;
    table->FirstFree = Index;
    table->Used--;
    header->HandleCount--;
    header->Type->HandleCount--;
    if (close != NULL)
    {
        close((PEPROCESS)Process, ObBody(header), granted, processCount, systemCount);
    }
    ObpDropTemporaryName(header);
    ObDereference(ObBody(header));
}

static BOOLEAN
ObpMayClose(POB_PROCESS Process, POB_HANDLE_ENTRY Entry, HANDLE Handle, KPROCESSOR_MODE Mode)
{
    const OB_OKAYTOCLOSE_METHOD okay = Entry->Object->Type->Info.OkayToClose;
    return !(Entry->Attributes & OB_HANDLE_PROTECT) &&
           (okay == NULL || okay((PEPROCESS)Process, ObBody(Entry->Object), Handle, Mode));
}

NTSTATUS
ObCloseHandleInProcess(POB_PROCESS Process, HANDLE Handle, KPROCESSOR_MODE Mode)
{
    const BOOLEAN kernel = ObpIsKernelHandle(Handle);
    const POB_PROCESS process = kernel ? ObSystemProcess : Process;
    const ULONG64 value = (ULONG64)Handle & (kernel ? ~OB_KERNEL_HANDLE_BITS : ~0ull);
    const ULONG64 index = value >> 2;
    if ((kernel && Mode != KernelMode) || index == 0 || index >= process->Handles.Count ||
        process->Handles.Entries[index].Object == NULL)
    {
        if (kernel && Mode == KernelMode)
        {
            KiBugCheckWithRule(INVALID_KERNEL_HANDLE, (ULONG64)Handle, 1, 0, 0,
                               "a handle is closed once, and only if it is valid",
                               "bug-check-0x93--invalid-kernel-handle", NULL, NULL);
        }
        return STATUS_INVALID_HANDLE;
    }
    if (!ObpMayClose(process, &process->Handles.Entries[index], Handle, Mode))
    {
        return STATUS_HANDLE_NOT_CLOSABLE;
    }
    ObpCloseEntry(process, (ULONG)index);
    return STATUS_SUCCESS;
}

void
ObCloseAllHandles(POB_PROCESS Process)
{
    for (ULONG index = 1; index < Process->Handles.Count; index++)
    {
        if (Process->Handles.Entries[index].Object != NULL)
        {
            ObpCloseEntry(Process, index);
        }
    }
    if (Process->Handles.Entries != NULL)
    {
        MmFreePool(Process->Handles.Entries, OBP_TABLE_TAG);
    }
    Process->Handles = (OB_HANDLE_TABLE){0};
}

void
ObForEachHandle(POB_PROCESS Process,
                BOOLEAN (*Routine)(HANDLE Handle, const OB_HANDLE_ENTRY *Entry, PVOID Context),
                PVOID Context)
{
    const ULONG64 bits = Process == ObSystemProcess ? OB_KERNEL_HANDLE_BITS : 0;
    for (ULONG index = 1; index < Process->Handles.Count; index++)
    {
        const POB_HANDLE_ENTRY entry = &Process->Handles.Entries[index];
        if (entry->Object != NULL &&
            !Routine((HANDLE)(((ULONG64)index << 2) | bits), entry, Context))
        {
            return;
        }
    }
}
